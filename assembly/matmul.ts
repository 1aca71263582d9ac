/**
 * y = init + x · W over packed weights (pack.ts), f32, fixed-width SIMD.
 *
 * One accumulation order in every kernel: each output starts at init and adds x[k]·W[k] for k ascending, product and
 * sum rounded apart. So a row's bits do not depend on how many rows there are, on which tile it fell into, or on
 * padding.
 */
import { GROUP } from "./pack";
import { STRIDE, tile1x1, tile1x12, tile1x3, tile1x6, tile3x1, tile3x3 } from "./tile";

/**
 * k-rows that a tile goes through before the next tile takes its turn: a group of that depth is 24 KB, which stays in
 * the first-level cache while every row of x passes over it. A sum that is interrupted waits in y, as the f32 that it
 * is, so its bits are those of one that is not.
 */
const DEPTH: i32 = 512;

/**
 * @param x f32 rows of depth, xStride bytes apart
 * @param index (rows) i32: which row of x each row of the product is of; 0 where they are the same
 * @param rows 0 or more
 * @param w packed (depth, 4 · vectors)
 * @param depth k: columns of x
 * @param vectors columns of the product / 4
 * @param init (4 · vectors) f32: what every row starts from
 * @param y (rows, 4 · vectors) f32, a row every yStride bytes
 */
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
  const threes = rows - (rows % 3);
  if (threes) multiplyThrees(x, index, xStride, threes, w, depth, vectors, init, y, yStride);
  for (let row = threes; row < rows; ++row) {
    multiplyRow(rowAt(x, index, xStride, row), w, depth, vectors, init, y + <usize>row * yStride);
  }
}

// @ts-ignore: decorator
@inline
function rowAt(x: usize, index: usize, xStride: usize, row: i32): usize {
  return x + <usize>(index ? load<i32>(index + (<usize>row << 2)) : row) * xStride;
}

/** Rows three at a time: group by group, and the vectors of a group that is not full one by one. */
function multiplyThrees(
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
  for (let left = vectors; left > 0; ) {
    const stride = left < GROUP ? <usize>left << 4 : STRIDE;
    const width = left < GROUP ? 1 : GROUP;
    for (let vector = left; vector > max(left - GROUP, 0); vector -= width) {
      let from = init;
      let fromStride: usize = 0;
      let wk = w;
      for (let k = 0; k < depth; k += DEPTH) {
        const n = min(DEPTH, depth - k);
        const xk = x + (<usize>k << 2);
        let yr = y;
        for (let row = 0; row < rows; row += 3) {
          const x0 = rowAt(xk, index, xStride, row);
          const x1 = rowAt(xk, index, xStride, row + 1);
          const x2 = rowAt(xk, index, xStride, row + 2);
          if (width == GROUP) tile3x3(x0, x1, x2, wk, n, from, fromStride, yr, yStride);
          else tile3x1(x0, x1, x2, wk, n, stride, from, fromStride, yr, yStride);
          from += fromStride * 3;
          yr += yStride * 3;
        }
        wk += <usize>n * stride;
        from = y;
        fromStride = yStride;
      }
      w += <usize>width << 4;
      init += <usize>width << 4;
      y += <usize>width << 4;
    }
    w += <usize>(depth - 1) * stride;
    left -= GROUP;
  }
}

/** One row: four groups at a time, then two, then one, then the vectors of a group that is not full. */
export function multiplyRow(x: usize, w: usize, depth: i32, vectors: i32, init: usize, y: usize): void {
  const size = <usize>depth * STRIDE;
  for (; vectors >= 4 * GROUP; vectors -= 4 * GROUP) {
    tile1x12(x, w, depth, size, init, y);
    w += size << 2;
    init += STRIDE << 2;
    y += STRIDE << 2;
  }
  if (vectors >= 2 * GROUP) {
    tile1x6(x, w, depth, size, init, y);
    w += size << 1;
    init += STRIDE << 1;
    y += STRIDE << 1;
    vectors -= 2 * GROUP;
  }
  if (vectors >= GROUP) {
    tile1x3(x, w, depth, init, y);
    w += size;
    init += STRIDE;
    y += STRIDE;
    vectors -= GROUP;
  }
  for (let i = 0; i < vectors; ++i) {
    const at = <usize>i << 4;
    tile1x1(x, w + at, depth, <usize>vectors << 4, init + at, y + at);
  }
}
