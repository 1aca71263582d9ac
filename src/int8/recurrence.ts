import { expected } from "../errors.ts";
import type { Int8Exports } from "../kernel/exports-int8.ts";
import { type PackedMatrix, writeBias } from "../kernel/matrix.ts";
import { padded } from "../kernel/memory.ts";
import { Recurrence } from "../kernel/recurrence.ts";
import type { QuantizedGru } from "../layers/layer.ts";

/** The field of a Gru (assembly/gru.ts) that says its precision, 0 for f32; behind it, the scratch for quantised rows. */
const PRECISION = 28;

/** Rows that multiplyInt8 quantises together. */
const QUANTIZED_ROWS = 66;

/** One direction of a GRU whose products are made in int8: what is different is how its matrices are kept. */
export class QuantizedRecurrence extends Recurrence {
  /** (QUANTIZED_ROWS) rows of 16 bytes, and 2 for each number of the deepest matrix */
  private readonly quantized: number;

  /** Reserves room for everything. */
  constructor(...given: ConstructorParameters<typeof Recurrence>) {
    super(...given);
    const { inputs, units } = this.layer;
    const deepest = Math.ceil(Math.max(inputs, units) / 16) * 16;
    this.quantized = this.memory.reserve(QUANTIZED_ROWS * (4 + deepest / 2));
  }

  private get exports(): Int8Exports {
    return this.memory.exports as Int8Exports;
  }

  private get int8(): QuantizedGru {
    return this.layer.int8 as QuantizedGru;
  }

  /** @throws CongruentError `model`: this kernel has no int8 */
  protected override reserve(depth: number, gates: number): PackedMatrix {
    const { exports, memory, layer } = this;
    const { units, name } = layer;
    if (!exports.packInt8) {
      throw expected("model", name, "a kernel with int8, as congruent/int8 and congruent/int8.wasm have it", "another");
    }
    const bytes = exports.sizeInt8(depth, (gates * padded(units)) / 4, this.int8.precision);
    const address = memory.reserve(bytes / 4);
    return { address, depth, gates, units };
  }

  protected override pack(matrix: PackedMatrix, name: "kernel" | "recurrentKernel", first: number): void {
    const { memory, scratch, exports, int8 } = this;
    const { address, depth, gates, units } = matrix;
    const { values, scales } = int8[name];
    const columns = scales.length;
    writeBias(memory, address, scales.subarray(first, first + gates * units), gates);
    const fit = Math.floor((4 * scratch.capacity) / columns);
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.length);
    for (let k = 0; k < depth; k += fit) {
      const count = Math.min(fit, depth - k);
      memory.u8.set(bytes.subarray(k * columns, (k + count) * columns), scratch.x);
      exports.packInt8(scratch.x + first, columns, k, count, depth, gates, units, int8.precision, address);
    }
  }

  protected override multiply(...given: Parameters<Int8Exports["multiply"]>): void {
    this.exports.multiplyInt8(...given, this.int8.precision, this.quantized);
  }

  override upload(): void {
    const at = (this.struct >> 2) + PRECISION;
    this.memory.i32[at] = this.int8.precision;
    this.memory.i32[at + 1] = this.quantized;
    super.upload();
  }
}
