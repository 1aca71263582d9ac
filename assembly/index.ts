/**
 * The module's exports, and nothing else: numbers only, for memory that src/kernel lays out. JS counts places as its
 * views do: in floats (or integers) of four bytes, those of masks and flags in bytes. Behind these functions they are
 * addresses.
 */
import { activate as activateAt } from "./activation";
import { dense as denseAt } from "./dense";
import { gru as gruAt, step as stepAt } from "./gru";
import { multiply as multiplyAt } from "./matmul";
import { pack as packAt } from "./pack";

/** The first place that is free, a multiple of 64 bytes, in a memory that nothing else allocates from. */
export function heapBase(): usize {
  return ((__heap_base + 63) & ~63) >> 2;
}

export function activate(code: i32, values: usize, vectors: i32, alpha: f32, beta: f32): void {
  activateAt(code, values << 2, vectors, alpha, beta);
}

export function pack(
  source: usize,
  sourceStride: i32,
  k0: i32,
  count: i32,
  depth: i32,
  gates: i32,
  units: i32,
  target: usize,
): void {
  packAt(source << 2, sourceStride, k0, count, depth, gates, units, target << 2);
}

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

export function gru(
  layer: usize,
  x: usize,
  xStride: usize,
  rows: i32,
  steps: i32,
  mask: usize,
  h: usize,
  started: usize,
  y: usize,
  rule: i32,
  value: f32,
): void {
  gruAt(layer << 2, x << 2, xStride << 2, rows, steps, mask, h << 2, started, y << 2, rule, value);
}

export function step(layer: usize, x: usize, h: usize, y: usize): void {
  stepAt(layer << 2, x << 2, h << 2, y << 2);
}

export function dense(
  x: usize,
  xStride: usize,
  rows: i32,
  w: usize,
  depth: i32,
  units: i32,
  bias: usize,
  y: usize,
  activation: i32,
  alpha: f32,
  beta: f32,
): void {
  denseAt(x << 2, xStride << 2, rows, w << 2, depth, units, bias << 2, y << 2, activation, alpha, beta);
}
