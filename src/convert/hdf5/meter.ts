import { CongruentError } from "../../errors.ts";

/**
 * A file's bytes for jsfive, which follows every address and count that a file declares: a few bytes can ask it to read
 * the same block a billion times. It reads each header, name, node and chunk with `slice`, so that is where the work is
 * counted, and ended.
 */
export class MeteredBuffer extends ArrayBuffer {
  readonly #meter: Meter;

  /** @param meter of the buffer that this one is part of; a new one when it is a whole file */
  constructor(bytes: Uint8Array, meter?: Meter) {
    super(bytes.length);
    new Uint8Array(this).set(bytes);
    this.#meter = meter ?? new Meter(bytes.length);
  }

  /** A copy of a part, metered together with the whole. */
  override slice(begin = 0, end = this.byteLength): ArrayBuffer {
    const from = Math.min(Math.max(begin, 0), this.byteLength);
    const part = new Uint8Array(this, from, Math.min(Math.max(end - from, 0), this.byteLength - from));
    this.#meter.charge(1 + part.length / 64);
    if (part.length === 4) this.#meter.check(this, from);
    // Names and headers are read once; what is larger is read from again.
    return part.length > 64 ? new MeteredBuffer(part, this.#meter) : part.slice().buffer;
  }

  /** For work that is not seen here: a unit is about 64 bytes, or one small read. */
  charge(units: number): void {
    this.#meter.charge(units);
  }
}

/** The most rows and columns of a fractal heap's table: HDF5 writes 4 columns, and rows double in size. */
const widestTable = 256;

class Meter {
  #left: number;

  /** A sound file needs a few reads for each of its objects; a large one, one pass over it as well. */
  constructor(size: number) {
    this.#left = 150_000 + size / 16;
  }

  charge(units: number): void {
    this.#left -= units;
    if (this.#left < 0) throw new CongruentError("file", "HDF5: expected each part to be read once, got endless ones");
  }

  /** What a block with a signature declares, before jsfive believes it. */
  check(buffer: ArrayBuffer, offset: number): void {
    const view = new DataView(buffer, offset);
    const signature = String.fromCharCode(...new Uint8Array(buffer, offset, 4));
    if (signature === "TREE") this.charge(view.getUint16(6, true));
    if (signature === "FHIB") this.charge(widestTable);
    // A version 2 B-tree header: its depth.
    if (signature === "BTHD" && view.getUint16(12, true) > 8) throw outOfRange("depth of a B-tree");
    if (signature === "FRHP") {
      const width = view.getUint16(110, true);
      const rows = view.getUint16(140, true);
      if (width * rows > widestTable) throw outOfRange("table of a heap");
    }
  }
}

function outOfRange(what: string): CongruentError {
  return new CongruentError("file", `HDF5: the ${what} is larger than any that HDF5 writes`);
}
