import { unzlibSync } from "fflate";
import { type Dataset, Filters } from "jsfive";
import { CongruentError, show, showShape } from "../../errors.ts";
import type { Floats } from "../../tensor.ts";
import { type Dtype, toFloat32 } from "../dtype.ts";
import { guard } from "./guard.ts";
import type { MeteredBuffer } from "./meter.ts";
import { type NumberType, readNumberType } from "./numbers.ts";

/** Messages of an object header. */
const datatypeMessage = 3;
const layoutMessage = 8;
const dataspaceMessage = 1;
const externalMessage = 7;

/** What a compressed dataset may unpack to, beyond twice the size of its file: 2^21 numbers. */
const unpackedNumbers = 2 ** 21;

/** An array of numbers in a file, read when it is asked for. */
export class HdfDataset {
  readonly shape: readonly number[];
  /** Elements. */
  readonly count: number;
  readonly #type: NumberType;

  constructor(
    private readonly given: Dataset,
    private readonly buffer: MeteredBuffer,
    private readonly where: string,
  ) {
    const objects = given._dataobjects;
    this.shape = objects.determine_data_shape(buffer, this.#message(dataspaceMessage));
    this.count = this.shape.reduce((product, size) => product * size, 1);
    this.#type = readNumberType(buffer, this.#message(datatypeMessage));
    if (!Number.isSafeInteger(this.count) || this.count * 4 > 1024 * buffer.byteLength) {
      throw this.#damaged(`shape ${showShape(this.shape)} in a file of ${buffer.byteLength} bytes`);
    }
  }

  /** Bytes of its numbers, unpacked. */
  get bytes(): number {
    return this.count * this.#type.size;
  }

  /**
   * The numbers in row-major order, as f32.
   * @throws CongruentError `unsupported`: not numbers; `file`
   */
  read(): Floats {
    return guard(this.where, () => this.#read());
  }

  #read(): Floats {
    const { dtype } = this.#type;
    if (dtype === null) {
      throw new CongruentError("unsupported", `${this.where}: expected numbers, got ${this.#type.name}`);
    }
    if (this.given._dataobjects.find_msg_type(externalMessage).length > 0) {
      throw new CongruentError("unsupported", `${this.where}: expected its data in this file, got them in another`);
    }
    const at = this.#message(layoutMessage);
    const view = new DataView(this.buffer);
    const version = view.getUint8(at);
    const layout = view.getUint8(at + 1);
    if ((version === 3 || version === 4) && layout === 0) {
      return this.#contiguous(dtype, at + 4, view.getUint16(at + 2, true));
    }
    if ((version === 3 || version === 4) && layout === 1) {
      return this.#contiguous(dtype, Number(view.getBigUint64(at + 2, true)), Number(view.getBigUint64(at + 10, true)));
    }
    if (version === 3 && layout === 2) return this.#chunked(dtype);
    throw new CongruentError("unsupported", `${this.where}: stored in layout ${layout} of version ${version}`);
  }

  #contiguous(dtype: Dtype, at: number, size: number): Floats {
    if (this.count === 0) return new Float32Array(0);
    if (size !== this.bytes) throw this.#damaged(`${size} bytes for shape ${showShape(this.shape)}`);
    if (!(at + size <= this.buffer.byteLength)) throw this.#damaged("data beyond the end of the file");
    return toFloat32(new Uint8Array(this.buffer, at, size), dtype, this.#type.littleEndian, this.where);
  }

  /** jsfive gives each element as a JavaScript number in a list, so what it gives is bounded first. */
  #chunked(dtype: Dtype): Floats {
    const chunk = this.given._dataobjects.chunks?.reduce((product, size) => product * size, 1) ?? 0;
    const limit = unpackedNumbers + this.buffer.byteLength / 4;
    if (!(chunk > 0 && chunk <= limit && this.count <= limit)) {
      throw this.#damaged(`chunks of ${chunk} numbers, ${this.count} in all, in ${this.buffer.byteLength} bytes`);
    }
    // jsfive reads these as what they are; not bfloat16.
    if (!["f16", "f32", "f64"].includes(dtype)) {
      throw new CongruentError("unsupported", `${this.where}: ${dtype} in chunks`);
    }
    const unpacked = chunk * this.#type.size;
    const inflate = (packed: ArrayBuffer): ArrayBuffer => {
      this.buffer.charge(unpacked / 64);
      // One byte more than there should be, to see whether there are more.
      const out = unzlibSync(new Uint8Array(packed), { out: new Uint8Array(unpacked + 5) });
      // fletcher32, where it comes first, adds a checksum of 4 bytes.
      if (out.length !== unpacked && out.length !== unpacked + 4) throw this.#damaged("a chunk of another size");
      return out.slice().buffer;
    };
    Filters.set(1, inflate);
    const values = this.given._dataobjects.get_data();
    if (values.length !== this.count) throw this.#damaged(`${values.length} numbers of ${this.count}`);
    return Float32Array.from({ length: this.count }, (_, i) => {
      const value = values[i];
      if (typeof value !== "number") throw this.#damaged(`${show(value)} for number ${i}`);
      return value;
    });
  }

  #message(type: number): number {
    const message = this.given._dataobjects.find_msg_type(type)[0];
    if (!message) throw this.#damaged(`no header message ${type}`);
    return message.get("offset_to_message") as number;
  }

  #damaged(what: string): CongruentError {
    return new CongruentError("file", `${this.where}: damaged: ${what}`);
  }
}
