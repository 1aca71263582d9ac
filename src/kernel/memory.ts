import { expected } from "../errors.ts";
import type { KernelExports } from "./exports.ts";

/** Bytes by which a memory grows. */
export const PAGE = 65536;
/** What a 32-bit memory can address. */
const LIMIT = 65536 * PAGE;

/** Floats from which a bulk copy beats a loop (the bulk copy has to make a view). */
const BULK = 128;

/** Units rounded up to whole vectors: how the kernel strides everything that it writes. */
export function padded(units: number): number {
  return (units + 3) & ~3;
}

/**
 * The memory of one instance: reserved front to back and never given back, so that nothing in it ever moves. Addresses
 * are bytes, multiples of 16; indices are floats, for the views.
 */
export class KernelMemory {
  /** The whole memory; made anew when it grows. */
  f32!: Float32Array;
  i32!: Int32Array;
  u8!: Uint8Array;
  private end: number;

  constructor(readonly exports: KernelExports) {
    this.view();
    this.end = exports.heapBase();
  }

  private view(): void {
    const { buffer } = this.exports.memory;
    this.f32 = new Float32Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.u8 = new Uint8Array(buffer);
  }

  /**
   * Reserves floats (or ids), zeroed, at an address that is a multiple of 64. Call {@link commit} before they are used.
   */
  reserve(floats: number): number {
    const address = Math.ceil(this.end / 64) * 64;
    this.end = address + floats * 4;
    return address;
  }

  /**
   * Makes room for all that was reserved.
   *
   * @throws CongruentError `memory`: it is more than the engine gives
   */
  commit(): void {
    const { memory } = this.exports;
    const have = memory.buffer.byteLength;
    // Half a vector tile may be read past the end of a buffer's last row: never past the memory's.
    const need = this.end + 64;
    if (need > have) {
      try {
        if (need > LIMIT) throw new RangeError(`more than ${LIMIT} bytes`);
        memory.grow(Math.ceil((need - have) / PAGE));
      } catch (cause) {
        throw expected("memory", "model", `${need} bytes of WebAssembly memory`, `none beyond ${have}`, { cause });
      }
    }
    if (this.f32.buffer !== memory.buffer) this.view();
  }

  /** Copies floats in, from index `from` of a source to an address. */
  write(address: number, source: Float32Array, from = 0, count = source.length - from): void {
    copy(this.f32, address >> 2, source, from, count);
  }

  /** Copies floats out, from an address to index `to` of a target. */
  read(address: number, target: Float32Array, to = 0, count = target.length - to): void {
    copy(target, to, this.f32, address >> 2, count);
  }

  /**
   * Copies rows out that are `stride` floats apart: (count, size) from index `to` of a target, `step` apart there.
   */
  readRows(
    address: number,
    stride: number,
    target: Float32Array,
    to: number,
    size: number,
    count: number,
    step = size,
  ): void {
    if (stride === step) this.read(address, target, to, count * size);
    else for (let i = 0; i < count; i++) this.read(address + i * stride * 4, target, to + i * step, size);
  }
}

/** target[to + i] = source[from + i] for i < count. The arrays do not overlap. */
export function copy<T extends Float32Array | Int32Array | Uint8Array>(
  target: T,
  to: number,
  source: T,
  from: number,
  count: number,
): void {
  if (count < BULK) {
    for (let i = 0; i < count; i++) target[to + i] = source[from + i];
  } else {
    target.set(from === 0 && count === source.length ? source : source.subarray(from, from + count), to);
  }
}
