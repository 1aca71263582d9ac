import type { KernelExports } from "./exports.ts";
import { attempt } from "./instantiate.ts";

/** Floats by which a memory grows. */
export const PAGE = 16384;

/** Floats from which a bulk copy beats a loop (the bulk copy has to make a view). */
const BULK = 128;

/** Units rounded up to whole vectors: how the kernel strides everything that it writes. */
export function padded(units: number): number {
  return (units + 3) & ~3;
}

/**
 * The memory of one instance: reserved front to back and never given back, so that nothing in it ever moves. A place in it
 * is an index of the view that reads it: of floats (or integers), and of bytes for masks and flags.
 */
export interface KernelMemory {
  readonly exports: KernelExports;
  /** The whole memory; made anew when it grows. */
  readonly f32: Float32Array;
  readonly i32: Int32Array;
  readonly u8: Uint8Array;
  /**
   * Reserves floats (or ids), zeroed, at a place that is a multiple of 16.
   *
   * @throws CongruentError `memory`: it is more than the engine gives
   */
  reserve(floats: number): number;
}

/** The memory of a fresh instance. */
export function openMemory(exports: KernelExports): KernelMemory {
  const { memory } = exports;
  let end = exports.heapBase();
  const view = () => {
    const { buffer } = memory;
    return { f32: new Float32Array(buffer), i32: new Int32Array(buffer), u8: new Uint8Array(buffer) };
  };
  const opened = {
    exports,
    ...view(),
    reserve(floats: number): number {
      const at = end;
      const next = at + Math.ceil(floats / 16) * 16;
      // Half a vector tile may be read past the end of a buffer's last row: never past the memory's.
      const missing = next + 16 - opened.f32.length;
      if (missing > 0) {
        attempt(() => memory.grow(Math.ceil(missing / PAGE)), `${4 * next} bytes`);
        Object.assign(opened, view());
      }
      end = next;
      return at;
    },
  };
  return opened;
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

/** Copies `count` rows of `size`, each `toStep` behind the one before it in the target, and `fromStep` in the source. */
export function copyRows<T extends Float32Array | Int32Array>(
  target: T,
  to: number,
  toStep: number,
  source: T,
  from: number,
  fromStep: number,
  size: number,
  count: number,
): void {
  if (toStep === size && fromStep === size) copy(target, to, source, from, size * count);
  else for (let i = 0; i < count; i++) copy(target, to + i * toStep, source, from + i * fromStep, size);
}
