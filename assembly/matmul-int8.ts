/**
 * y = init + x · W over packed int8 weights (pack-int8.ts): rows become whole numbers (quantize-row.ts), their products
 * are summed up in i32, exact in any order, and the sum becomes f32:
 *
 *     y = init + sum · (the row's scale) · (the column's scale)       rounded after each operation, from left to right
 *
 * Every row by itself, so its bits depend neither on the others nor on the tile that it falls into.
 */
import { isDotSlow } from "./dot-int8";
import { GROUP } from "./pack";
import { deep, isRelaxed, weightsSize } from "./pack-int8";
import { HEADER, quantizeRow, wide } from "./quantize-row";
import { tile1x1, tile1x12, tile1x3, tile1x6, tile3x1, tile3x3 } from "./tile-int8";

/** Rows that are quantised together: a multiple of three, and at least those of a block (src/kernel/scratch.ts). */
const ROWS: i32 = 66;

/**
 * @param x f32 rows of depth, xStride bytes apart; up to 15 numbers behind a row are read
 * @param index (rows) i32: which row of x each row of the product is of; 0 where they are the same
 * @param rows 0 or more
 * @param w packed (depth, 4 · vectors), of the precision at hand
 * @param depth k: columns of x
 * @param vectors columns of the product / 4
 * @param init (4 · vectors) f32: what every row starts from
 * @param y (rows, 4 · vectors) f32, a row every yStride bytes
 * @param precision 7 or 14
 * @param scratch room for 66 rows of 16 + 2 · wide(depth) bytes, depth rounded up to a multiple of 16
 */
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
  const relaxed = isRelaxed(precision);
  const limit: f32 = precision == 7 ? 63 : 8191;
  const stride = HEADER + (<usize>wide(depth) << <usize>!relaxed);
  for (let first = 0; first < rows; first += ROWS) {
    const count = min(ROWS, rows - first);
    for (let i = 0; i < count; ++i) {
      const row = index ? load<i32>(index + (<usize>(first + i) << 2)) : first + i;
      const from = x + <usize>row * xStride;
      const to = scratch + <usize>i * stride;
      if (ASC_FEATURE_RELAXED_SIMD && relaxed) quantizeRow<i8>(from, depth, limit, to);
      else quantizeRow<i16>(from, depth, limit, to);
    }
    if (ASC_FEATURE_RELAXED_SIMD && relaxed) {
      if (isDotSlow()) product<u8>(scratch, stride, count, w, depth, vectors, init, y, yStride);
      else product<i8>(scratch, stride, count, w, depth, vectors, init, y, yStride);
    } else product<i16>(scratch, stride, count, w, depth, vectors, init, y, yStride);
    y += <usize>count * yStride;
  }
}

/** Of rows that have been quantised, stride bytes apart: three at a time, then one by one. */
function product<T>(
  u: usize,
  stride: usize,
  rows: i32,
  w: usize,
  depth: i32,
  vectors: i32,
  init: usize,
  y: usize,
  yStride: usize,
): void {
  const threes = rows - (rows % 3);
  if (threes) multiplyThrees<T>(u, stride, threes, w, depth, vectors, init, y, yStride);
  for (let row = threes; row < rows; ++row) {
    multiplyRow<T>(u + <usize>row * stride, w, depth, vectors, init, y + <usize>row * yStride);
  }
}

/** Group by group, which stays in the first-level cache while all rows pass over it. */
function multiplyThrees<T>(
  u: usize,
  stride: usize,
  rows: i32,
  scales: usize,
  depth: i32,
  vectors: i32,
  init: usize,
  y: usize,
  yStride: usize,
): void {
  const gap = <usize>vectors << 4;
  let w = scales + (gap << 1);
  for (let left = vectors; left > 0; left -= GROUP) {
    const group = min(left, GROUP);
    const width = group < GROUP ? 1 : GROUP;
    for (let vector = 0; vector < group; vector += width) {
      const at = w + (<usize>vector << 4);
      for (let row = 0; row < rows; row += 3) {
        const u0 = u + <usize>row * stride;
        const yr = y + <usize>row * yStride;
        if (width == GROUP) tile3x3<T>(u0, stride, at, deep(depth), scales, gap, init, yr, yStride);
        else tile3x1<T>(u0, stride, at, deep(depth), <usize>group << 4, scales, gap, init, yr, yStride);
      }
      scales += <usize>width << 4;
      init += <usize>width << 4;
      y += <usize>width << 4;
    }
    w += weightsSize<T>(group, depth);
  }
}

/** One row: four groups at a time, then two, then one, then the vectors of a group that is not full. */
function multiplyRow<T>(u: usize, scales: usize, depth: i32, vectors: i32, init: usize, y: usize): void {
  const gap = <usize>vectors << 4;
  const size = weightsSize<T>(GROUP, depth);
  let w = scales + (gap << 1);
  for (; vectors >= 4 * GROUP; vectors -= 4 * GROUP) {
    tile1x12<T>(u, w, deep(depth), size, scales, gap, init, y);
    w += size << 2;
    scales += GROUP << 6;
    init += GROUP << 6;
    y += GROUP << 6;
  }
  if (vectors >= 2 * GROUP) {
    tile1x6<T>(u, w, deep(depth), size, scales, gap, init, y);
    w += size << 1;
    scales += GROUP << 5;
    init += GROUP << 5;
    y += GROUP << 5;
    vectors -= 2 * GROUP;
  }
  if (vectors >= GROUP) {
    tile1x3<T>(u, w, deep(depth), scales, gap, init, y);
    w += size;
    scales += GROUP << 4;
    init += GROUP << 4;
    y += GROUP << 4;
    vectors -= GROUP;
  }
  for (let i = 0; i < vectors; ++i) {
    const at = <usize>i << 4;
    const stride = <usize>vectors << 4;
    tile1x1<T>(u, w + at, deep(depth), stride, scales + at, gap, init + at, y + at);
  }
}
