/**
 * y = init + x · W over packed weights (pack.ts), f32, fixed-width SIMD.
 *
 * One accumulation order in every kernel: each output starts at init and adds x[k]·W[k] for k ascending, product and
 * sum rounded apart. So a row's bits do not depend on how many rows there are, on which tile it fell into, or on
 * padding.
 *
 * Kernel names give the tile: rows × vectors. V8 keeps 15 vectors in registers: accumulators, one splat a row and one
 * weight must fit, or the tile spills to the stack and runs at half its speed.
 */
import { GROUP, groupWidth } from "./pack";

// @ts-ignore: decorator
@inline
function add(accumulator: v128, x: v128, weight: v128): v128 {
  return f32x4.add(accumulator, f32x4.mul(x, weight));
}

/**
 * k-rows that a tile goes through before the next tile takes its turn: a full group of that depth is 24 KB, which stays
 * in the first-level cache while every column of the group and every row of x passes over it. A sum that is interrupted
 * waits in y, as the f32 that it is, so its bits are those of one that is not.
 */
const DEPTH: i32 = 128;

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
  const quads = rows & ~3;
  const pair = quads + (rows & 2);
  for (let first = 0; first < vectors; first += GROUP) {
    const width = groupWidth(vectors, first);
    const stride = <usize>width << 4;
    if (rows > 1) {
      let from = init;
      let fromStride: usize = 0;
      let wk = w;
      for (let k = 0; k < depth; k += DEPTH) {
        const n = min(DEPTH, depth - k);
        const xk = x + (<usize>k << 2);
        if (quads) columns4(xk, index, xStride, quads, wk, n, width, stride, from, fromStride, y, yStride);
        if (pair > quads) {
          columns2(
            rowAt(xk, index, xStride, quads),
            rowAt(xk, index, xStride, quads + 1),
            wk,
            n,
            width,
            stride,
            from + <usize>quads * fromStride,
            fromStride,
            y + <usize>quads * yStride,
            yStride,
          );
        }
        wk += <usize>n * stride;
        from = y;
        fromStride = yStride;
      }
    }
    if (rows > pair) {
      columns1(rowAt(x, index, xStride, pair), w, depth, width, stride, init, y + <usize>pair * yStride);
    }
    w += <usize>depth * stride;
    init += stride;
    y += stride;
  }
}

// @ts-ignore: decorator
@inline
function rowAt(x: usize, index: usize, xStride: usize, row: i32): usize {
  return x + <usize>(index ? load<i32>(index + (<usize>row << 2)) : row) * xStride;
}

/** All vectors of a group for rows four at a time: two vectors wide, the last one alone where the width is odd. */
function columns4(
  x: usize,
  index: usize,
  xStride: usize,
  rows: i32,
  w: usize,
  depth: i32,
  width: i32,
  stride: usize,
  init: usize,
  initStride: usize,
  y: usize,
  yStride: usize,
): void {
  for (let column = 0; column < width; column += 2) {
    let from = init;
    let yr = y;
    for (let row = 0; row < rows; row += 4) {
      const x0 = rowAt(x, index, xStride, row);
      const x1 = rowAt(x, index, xStride, row + 1);
      const x2 = rowAt(x, index, xStride, row + 2);
      const x3 = rowAt(x, index, xStride, row + 3);
      if (column + 1 < width) tile4x2(x0, x1, x2, x3, w, depth, stride, from, initStride, yr, yStride);
      else tile4x1(x0, x1, x2, x3, w, depth, stride, from, initStride, yr, yStride);
      from += initStride << 2;
      yr += yStride << 2;
    }
    w += 32;
    init += 32;
    y += 32;
  }
}

/** All vectors of a group for two rows. */
function columns2(
  x0: usize,
  x1: usize,
  w: usize,
  depth: i32,
  width: i32,
  stride: usize,
  init: usize,
  initStride: usize,
  y: usize,
  yStride: usize,
): void {
  let column = 0;
  for (; column + 4 <= width; column += 4) {
    tile2x4(x0, x1, w, depth, stride, init, initStride, y, yStride);
    w += 64;
    init += 64;
    y += 64;
  }
  for (; column < width; ++column) {
    tile2x1(x0, x1, w, depth, stride, init, initStride, y, yStride);
    w += 16;
    init += 16;
    y += 16;
  }
}

/** All vectors of a group for one row: in one tile where the group is full, else 8, 6, 4, 2 and 1 as they fit. */
// @ts-ignore: decorator
@inline
function columns1(x: usize, w: usize, depth: i32, width: i32, stride: usize, init: usize, y: usize): void {
  if (width == GROUP) {
    tile1x12(x, w, depth, init, y);
    return;
  }
  if (width >= 8) {
    tile1x8(x, w, depth, stride, init, y);
    w += 128;
    init += 128;
    y += 128;
    width -= 8;
  } else if (width >= 6) {
    tile1x6(x, w, depth, stride, init, y);
    w += 96;
    init += 96;
    y += 96;
    width -= 6;
  } else if (width >= 4) {
    tile1x4(x, w, depth, stride, init, y);
    w += 64;
    init += 64;
    y += 64;
    width -= 4;
  }
  if (width >= 2) {
    tile1x2(x, w, depth, stride, init, y);
    w += 32;
    init += 32;
    y += 32;
    width -= 2;
  }
  if (width) tile1x1(x, w, depth, stride, init, y);
}

function tile4x2(
  x0: usize,
  x1: usize,
  x2: usize,
  x3: usize,
  w: usize,
  depth: i32,
  stride: usize,
  init: usize,
  initStride: usize,
  y: usize,
  yStride: usize,
): void {
  let a00 = v128.load(init), a01 = v128.load(init, 16);
  init += initStride;
  let a10 = v128.load(init), a11 = v128.load(init, 16);
  init += initStride;
  let a20 = v128.load(init), a21 = v128.load(init, 16);
  init += initStride;
  let a30 = v128.load(init), a31 = v128.load(init, 16);
  for (const end = x0 + (<usize>depth << 2); x0 < end; ) {
    const w0 = v128.load(w);
    const w1 = v128.load(w, 16);
    let s = v128.load32_splat(x0);
    a00 = add(a00, s, w0);
    a01 = add(a01, s, w1);
    s = v128.load32_splat(x1);
    a10 = add(a10, s, w0);
    a11 = add(a11, s, w1);
    s = v128.load32_splat(x2);
    a20 = add(a20, s, w0);
    a21 = add(a21, s, w1);
    s = v128.load32_splat(x3);
    a30 = add(a30, s, w0);
    a31 = add(a31, s, w1);
    w += stride;
    x0 += 4;
    x1 += 4;
    x2 += 4;
    x3 += 4;
  }
  v128.store(y, a00);
  v128.store(y, a01, 16);
  y += yStride;
  v128.store(y, a10);
  v128.store(y, a11, 16);
  y += yStride;
  v128.store(y, a20);
  v128.store(y, a21, 16);
  y += yStride;
  v128.store(y, a30);
  v128.store(y, a31, 16);
}

function tile4x1(
  x0: usize,
  x1: usize,
  x2: usize,
  x3: usize,
  w: usize,
  depth: i32,
  stride: usize,
  init: usize,
  initStride: usize,
  y: usize,
  yStride: usize,
): void {
  let a0 = v128.load(init);
  init += initStride;
  let a1 = v128.load(init);
  init += initStride;
  let a2 = v128.load(init);
  let a3 = v128.load(init + initStride);
  for (const end = x0 + (<usize>depth << 2); x0 < end; ) {
    const w0 = v128.load(w);
    a0 = add(a0, v128.load32_splat(x0), w0);
    a1 = add(a1, v128.load32_splat(x1), w0);
    a2 = add(a2, v128.load32_splat(x2), w0);
    a3 = add(a3, v128.load32_splat(x3), w0);
    w += stride;
    x0 += 4;
    x1 += 4;
    x2 += 4;
    x3 += 4;
  }
  v128.store(y, a0);
  y += yStride;
  v128.store(y, a1);
  y += yStride;
  v128.store(y, a2);
  y += yStride;
  v128.store(y, a3);
}

function tile2x4(
  x0: usize,
  x1: usize,
  w: usize,
  depth: i32,
  stride: usize,
  init: usize,
  initStride: usize,
  y: usize,
  yStride: usize,
): void {
  let a00 = v128.load(init), a01 = v128.load(init, 16), a02 = v128.load(init, 32), a03 = v128.load(init, 48);
  init += initStride;
  let a10 = v128.load(init), a11 = v128.load(init, 16), a12 = v128.load(init, 32), a13 = v128.load(init, 48);
  for (const end = x0 + (<usize>depth << 2); x0 < end; ) {
    const s0 = v128.load32_splat(x0);
    const s1 = v128.load32_splat(x1);
    let v = v128.load(w);
    a00 = add(a00, s0, v);
    a10 = add(a10, s1, v);
    v = v128.load(w, 16);
    a01 = add(a01, s0, v);
    a11 = add(a11, s1, v);
    v = v128.load(w, 32);
    a02 = add(a02, s0, v);
    a12 = add(a12, s1, v);
    v = v128.load(w, 48);
    a03 = add(a03, s0, v);
    a13 = add(a13, s1, v);
    w += stride;
    x0 += 4;
    x1 += 4;
  }
  v128.store(y, a00);
  v128.store(y, a01, 16);
  v128.store(y, a02, 32);
  v128.store(y, a03, 48);
  y += yStride;
  v128.store(y, a10);
  v128.store(y, a11, 16);
  v128.store(y, a12, 32);
  v128.store(y, a13, 48);
}

function tile2x1(
  x0: usize,
  x1: usize,
  w: usize,
  depth: i32,
  stride: usize,
  init: usize,
  initStride: usize,
  y: usize,
  yStride: usize,
): void {
  let a0 = v128.load(init);
  let a1 = v128.load(init + initStride);
  for (const end = x0 + (<usize>depth << 2); x0 < end; ) {
    const w0 = v128.load(w);
    a0 = add(a0, v128.load32_splat(x0), w0);
    a1 = add(a1, v128.load32_splat(x1), w0);
    w += stride;
    x0 += 4;
    x1 += 4;
  }
  v128.store(y, a0);
  v128.store(y + yStride, a1);
}

function tile1x12(x: usize, w: usize, depth: i32, init: usize, y: usize): void {
  let a0 = v128.load(init), a1 = v128.load(init, 16), a2 = v128.load(init, 32), a3 = v128.load(init, 48);
  let a4 = v128.load(init, 64), a5 = v128.load(init, 80), a6 = v128.load(init, 96), a7 = v128.load(init, 112);
  let a8 = v128.load(init, 128), a9 = v128.load(init, 144), a10 = v128.load(init, 160), a11 = v128.load(init, 176);
  for (const end = x + (<usize>depth << 2); x < end; x += 4) {
    const s = v128.load32_splat(x);
    a0 = add(a0, s, v128.load(w));
    a1 = add(a1, s, v128.load(w, 16));
    a2 = add(a2, s, v128.load(w, 32));
    a3 = add(a3, s, v128.load(w, 48));
    a4 = add(a4, s, v128.load(w, 64));
    a5 = add(a5, s, v128.load(w, 80));
    a6 = add(a6, s, v128.load(w, 96));
    a7 = add(a7, s, v128.load(w, 112));
    a8 = add(a8, s, v128.load(w, 128));
    a9 = add(a9, s, v128.load(w, 144));
    a10 = add(a10, s, v128.load(w, 160));
    a11 = add(a11, s, v128.load(w, 176));
    w += 192;
  }
  v128.store(y, a0);
  v128.store(y, a1, 16);
  v128.store(y, a2, 32);
  v128.store(y, a3, 48);
  v128.store(y, a4, 64);
  v128.store(y, a5, 80);
  v128.store(y, a6, 96);
  v128.store(y, a7, 112);
  v128.store(y, a8, 128);
  v128.store(y, a9, 144);
  v128.store(y, a10, 160);
  v128.store(y, a11, 176);
}

function tile1x8(x: usize, w: usize, depth: i32, stride: usize, init: usize, y: usize): void {
  let a0 = v128.load(init), a1 = v128.load(init, 16), a2 = v128.load(init, 32), a3 = v128.load(init, 48);
  let a4 = v128.load(init, 64), a5 = v128.load(init, 80), a6 = v128.load(init, 96), a7 = v128.load(init, 112);
  for (const end = x + (<usize>depth << 2); x < end; x += 4) {
    const s = v128.load32_splat(x);
    a0 = add(a0, s, v128.load(w));
    a1 = add(a1, s, v128.load(w, 16));
    a2 = add(a2, s, v128.load(w, 32));
    a3 = add(a3, s, v128.load(w, 48));
    a4 = add(a4, s, v128.load(w, 64));
    a5 = add(a5, s, v128.load(w, 80));
    a6 = add(a6, s, v128.load(w, 96));
    a7 = add(a7, s, v128.load(w, 112));
    w += stride;
  }
  v128.store(y, a0);
  v128.store(y, a1, 16);
  v128.store(y, a2, 32);
  v128.store(y, a3, 48);
  v128.store(y, a4, 64);
  v128.store(y, a5, 80);
  v128.store(y, a6, 96);
  v128.store(y, a7, 112);
}

function tile1x6(x: usize, w: usize, depth: i32, stride: usize, init: usize, y: usize): void {
  let a0 = v128.load(init), a1 = v128.load(init, 16), a2 = v128.load(init, 32);
  let a3 = v128.load(init, 48), a4 = v128.load(init, 64), a5 = v128.load(init, 80);
  for (const end = x + (<usize>depth << 2); x < end; x += 4) {
    const s = v128.load32_splat(x);
    a0 = add(a0, s, v128.load(w));
    a1 = add(a1, s, v128.load(w, 16));
    a2 = add(a2, s, v128.load(w, 32));
    a3 = add(a3, s, v128.load(w, 48));
    a4 = add(a4, s, v128.load(w, 64));
    a5 = add(a5, s, v128.load(w, 80));
    w += stride;
  }
  v128.store(y, a0);
  v128.store(y, a1, 16);
  v128.store(y, a2, 32);
  v128.store(y, a3, 48);
  v128.store(y, a4, 64);
  v128.store(y, a5, 80);
}

function tile1x4(x: usize, w: usize, depth: i32, stride: usize, init: usize, y: usize): void {
  let a0 = v128.load(init), a1 = v128.load(init, 16), a2 = v128.load(init, 32), a3 = v128.load(init, 48);
  for (const end = x + (<usize>depth << 2); x < end; x += 4) {
    const s = v128.load32_splat(x);
    a0 = add(a0, s, v128.load(w));
    a1 = add(a1, s, v128.load(w, 16));
    a2 = add(a2, s, v128.load(w, 32));
    a3 = add(a3, s, v128.load(w, 48));
    w += stride;
  }
  v128.store(y, a0);
  v128.store(y, a1, 16);
  v128.store(y, a2, 32);
  v128.store(y, a3, 48);
}

function tile1x2(x: usize, w: usize, depth: i32, stride: usize, init: usize, y: usize): void {
  let a0 = v128.load(init), a1 = v128.load(init, 16);
  for (const end = x + (<usize>depth << 2); x < end; x += 4) {
    const s = v128.load32_splat(x);
    a0 = add(a0, s, v128.load(w));
    a1 = add(a1, s, v128.load(w, 16));
    w += stride;
  }
  v128.store(y, a0);
  v128.store(y, a1, 16);
}

function tile1x1(x: usize, w: usize, depth: i32, stride: usize, init: usize, y: usize): void {
  let a0 = v128.load(init);
  for (const end = x + (<usize>depth << 2); x < end; x += 4) {
    a0 = add(a0, v128.load32_splat(x), v128.load(w));
    w += stride;
  }
  v128.store(y, a0);
}
