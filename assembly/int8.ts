/** The exports of the module with int8: all that the other one has, and these. */
import { multiplyInt8 as multiplyAt } from "./matmul-int8";

export * from "./index";
export { packInt8, sizeInt8 } from "./pack-int8";

/** As of matmul-int8.ts, which the kernel calls too. */
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
