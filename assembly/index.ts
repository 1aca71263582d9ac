/**
 * The module's exports, and nothing else: numbers only, for memory that src/kernel lays out. JS counts places as its
 * views do: in floats (or integers) of four bytes, those of masks and flags in bytes. What is exported begins by making
 * addresses of them; inside there are only those.
 */
import { activate as activateAt } from "./activation";
import { multiply as multiplyAt } from "./matmul";

export { dense } from "./dense";
export { gru, step } from "./gru";
export { pack } from "./pack";

/** The first place that is free, a multiple of 64 bytes, in a memory that nothing else allocates from. */
export function heapBase(): usize {
  return ((__heap_base + 63) & ~63) >> 2;
}

/** As of activation.ts, which the kernel calls too. */
export function activate(code: i32, values: usize, vectors: i32, alpha: f32, beta: f32): void {
  activateAt(code, values << 2, vectors, alpha, beta);
}

/** As of matmul.ts, which the kernel calls too. */
export function multiply(
  x: usize,
  index: usize,
  xStride: usize,
  rows: i32,
  w: usize,
  depth: i32,
  vectors: i32,
  init: usize,
  y: usize,
  yStride: usize,
): void {
  multiplyAt(x << 2, index << 2, xStride << 2, rows, w << 2, depth, vectors, init << 2, y << 2, yStride << 2);
}
