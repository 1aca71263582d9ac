/** The exports of the module with int8: all that the other one has, and these, over places in floats as there. */
import { multiplyInt8 as multiplyAt } from "./matmul-int8";
import { packInt8 as packAt } from "./pack-int8";

export * from "./index";
export { sizeInt8 } from "./pack-int8";

/** @param source counts in bytes: it is of int8 */
export function packInt8(
  source: usize,
  sourceStride: i32,
  k0: i32,
  count: i32,
  depth: i32,
  gates: i32,
  units: i32,
  precision: i32,
  target: usize,
): void {
  packAt(source, sourceStride, k0, count, depth, gates, units, precision, target << 2);
}

export function multiplyInt8(
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
  precision: i32,
  scratch: usize,
): void {
  multiplyAt(
    x << 2,
    index << 2,
    xStride << 2,
    rows,
    w << 2,
    depth,
    vectors,
    init << 2,
    y << 2,
    yStride << 2,
    precision,
    scratch << 2,
  );
}
