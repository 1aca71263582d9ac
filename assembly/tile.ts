/**
 * Matrix tiles over packed weights (see pack.ts).
 *
 * Names give the shape: rows × vectors. V8 keeps 15 vectors in registers: accumulators, one splat a row and the weights
 * must fit, or the tile spills to the stack and runs at half its speed. Four k at a time, since what a core does beside
 * the arithmetic (addresses, the end of the loop) takes a place in its pipeline like any product or sum.
 *
 * The order of the source has to survive: an optimizer that moves every sum to where it is used next keeps the weights
 * of all four k alive at once. build.mjs therefore leaves this file's functions as the compiler's first level makes
 * them.
 */
import { GROUP } from "./pack";

// @ts-ignore: decorator
@inline
function add(accumulator: v128, x: v128, weight: v128): v128 {
  return f32x4.add(accumulator, f32x4.mul(x, weight));
}

/** Bytes of a k-row in a full group. */
export const STRIDE: usize = <usize>GROUP << 4;

export function tile3x3(
  x0: usize,
  x1: usize,
  x2: usize,
  w: usize,
  depth: i32,
  init: usize,
  initStride: usize,
  y: usize,
  yStride: usize,
): void {
  let a00 = v128.load(init), a01 = v128.load(init, 16), a02 = v128.load(init, 32);
  init += initStride;
  let a10 = v128.load(init), a11 = v128.load(init, 16), a12 = v128.load(init, 32);
  init += initStride;
  let a20 = v128.load(init), a21 = v128.load(init, 16), a22 = v128.load(init, 32);
  let s: v128, w0: v128, w1: v128, w2: v128;
  const end = x0 + (<usize>depth << 2);
  for (const fours = x0 + (<usize>(depth & ~3) << 2); x0 < fours; ) {
    w0 = v128.load(w);
    w1 = v128.load(w, 16);
    w2 = v128.load(w, 32);
    s = v128.load32_splat(x0);
    a00 = add(a00, s, w0);
    a01 = add(a01, s, w1);
    a02 = add(a02, s, w2);
    s = v128.load32_splat(x1);
    a10 = add(a10, s, w0);
    a11 = add(a11, s, w1);
    a12 = add(a12, s, w2);
    s = v128.load32_splat(x2);
    a20 = add(a20, s, w0);
    a21 = add(a21, s, w1);
    a22 = add(a22, s, w2);
    w0 = v128.load(w, 48);
    w1 = v128.load(w, 64);
    w2 = v128.load(w, 80);
    s = v128.load32_splat(x0, 4);
    a00 = add(a00, s, w0);
    a01 = add(a01, s, w1);
    a02 = add(a02, s, w2);
    s = v128.load32_splat(x1, 4);
    a10 = add(a10, s, w0);
    a11 = add(a11, s, w1);
    a12 = add(a12, s, w2);
    s = v128.load32_splat(x2, 4);
    a20 = add(a20, s, w0);
    a21 = add(a21, s, w1);
    a22 = add(a22, s, w2);
    w0 = v128.load(w, 96);
    w1 = v128.load(w, 112);
    w2 = v128.load(w, 128);
    s = v128.load32_splat(x0, 8);
    a00 = add(a00, s, w0);
    a01 = add(a01, s, w1);
    a02 = add(a02, s, w2);
    s = v128.load32_splat(x1, 8);
    a10 = add(a10, s, w0);
    a11 = add(a11, s, w1);
    a12 = add(a12, s, w2);
    s = v128.load32_splat(x2, 8);
    a20 = add(a20, s, w0);
    a21 = add(a21, s, w1);
    a22 = add(a22, s, w2);
    w0 = v128.load(w, 144);
    w1 = v128.load(w, 160);
    w2 = v128.load(w, 176);
    s = v128.load32_splat(x0, 12);
    a00 = add(a00, s, w0);
    a01 = add(a01, s, w1);
    a02 = add(a02, s, w2);
    s = v128.load32_splat(x1, 12);
    a10 = add(a10, s, w0);
    a11 = add(a11, s, w1);
    a12 = add(a12, s, w2);
    s = v128.load32_splat(x2, 12);
    a20 = add(a20, s, w0);
    a21 = add(a21, s, w1);
    a22 = add(a22, s, w2);
    w += STRIDE << 2;
    x0 += 16;
    x1 += 16;
    x2 += 16;
  }
  while (x0 < end) {
    w0 = v128.load(w);
    w1 = v128.load(w, 16);
    w2 = v128.load(w, 32);
    s = v128.load32_splat(x0);
    a00 = add(a00, s, w0);
    a01 = add(a01, s, w1);
    a02 = add(a02, s, w2);
    s = v128.load32_splat(x1);
    a10 = add(a10, s, w0);
    a11 = add(a11, s, w1);
    a12 = add(a12, s, w2);
    s = v128.load32_splat(x2);
    a20 = add(a20, s, w0);
    a21 = add(a21, s, w1);
    a22 = add(a22, s, w2);
    w += STRIDE;
    x0 += 4;
    x1 += 4;
    x2 += 4;
  }
  v128.store(y, a00);
  v128.store(y, a01, 16);
  v128.store(y, a02, 32);
  y += yStride;
  v128.store(y, a10);
  v128.store(y, a11, 16);
  v128.store(y, a12, 32);
  y += yStride;
  v128.store(y, a20);
  v128.store(y, a21, 16);
  v128.store(y, a22, 32);
}

export function tile3x1(
  x0: usize,
  x1: usize,
  x2: usize,
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
  let a2 = v128.load(init + initStride);
  for (const end = x0 + (<usize>depth << 2); x0 < end; ) {
    const w0 = v128.load(w);
    a0 = add(a0, v128.load32_splat(x0), w0);
    a1 = add(a1, v128.load32_splat(x1), w0);
    a2 = add(a2, v128.load32_splat(x2), w0);
    w += stride;
    x0 += 4;
    x1 += 4;
    x2 += 4;
  }
  v128.store(y, a0);
  y += yStride;
  v128.store(y, a1);
  v128.store(y + yStride, a2);
}

export function tile1x12(x: usize, w0: usize, depth: i32, size: usize, init: usize, y: usize): void {
  let a0 = v128.load(init), a1 = v128.load(init, 16), a2 = v128.load(init, 32), a3 = v128.load(init, 48);
  let a4 = v128.load(init, 64), a5 = v128.load(init, 80), a6 = v128.load(init, 96), a7 = v128.load(init, 112);
  let a8 = v128.load(init, 128), a9 = v128.load(init, 144), a10 = v128.load(init, 160), a11 = v128.load(init, 176);
  let w1 = w0 + size;
  let w2 = w1 + size;
  let w3 = w2 + size;
  let s: v128;
  const end = x + (<usize>depth << 2);
  for (const even = x + (<usize>(depth & ~3) << 2); x < even; x += 16) {
    s = v128.load32_splat(x);
    a0 = add(a0, s, v128.load(w0));
    a1 = add(a1, s, v128.load(w0, 16));
    a2 = add(a2, s, v128.load(w0, 32));
    a3 = add(a3, s, v128.load(w1));
    a4 = add(a4, s, v128.load(w1, 16));
    a5 = add(a5, s, v128.load(w1, 32));
    a6 = add(a6, s, v128.load(w2));
    a7 = add(a7, s, v128.load(w2, 16));
    a8 = add(a8, s, v128.load(w2, 32));
    a9 = add(a9, s, v128.load(w3));
    a10 = add(a10, s, v128.load(w3, 16));
    a11 = add(a11, s, v128.load(w3, 32));
    s = v128.load32_splat(x, 4);
    a0 = add(a0, s, v128.load(w0, 48));
    a1 = add(a1, s, v128.load(w0, 64));
    a2 = add(a2, s, v128.load(w0, 80));
    a3 = add(a3, s, v128.load(w1, 48));
    a4 = add(a4, s, v128.load(w1, 64));
    a5 = add(a5, s, v128.load(w1, 80));
    a6 = add(a6, s, v128.load(w2, 48));
    a7 = add(a7, s, v128.load(w2, 64));
    a8 = add(a8, s, v128.load(w2, 80));
    a9 = add(a9, s, v128.load(w3, 48));
    a10 = add(a10, s, v128.load(w3, 64));
    a11 = add(a11, s, v128.load(w3, 80));
    s = v128.load32_splat(x, 8);
    a0 = add(a0, s, v128.load(w0, 96));
    a1 = add(a1, s, v128.load(w0, 112));
    a2 = add(a2, s, v128.load(w0, 128));
    a3 = add(a3, s, v128.load(w1, 96));
    a4 = add(a4, s, v128.load(w1, 112));
    a5 = add(a5, s, v128.load(w1, 128));
    a6 = add(a6, s, v128.load(w2, 96));
    a7 = add(a7, s, v128.load(w2, 112));
    a8 = add(a8, s, v128.load(w2, 128));
    a9 = add(a9, s, v128.load(w3, 96));
    a10 = add(a10, s, v128.load(w3, 112));
    a11 = add(a11, s, v128.load(w3, 128));
    s = v128.load32_splat(x, 12);
    a0 = add(a0, s, v128.load(w0, 144));
    a1 = add(a1, s, v128.load(w0, 160));
    a2 = add(a2, s, v128.load(w0, 176));
    a3 = add(a3, s, v128.load(w1, 144));
    a4 = add(a4, s, v128.load(w1, 160));
    a5 = add(a5, s, v128.load(w1, 176));
    a6 = add(a6, s, v128.load(w2, 144));
    a7 = add(a7, s, v128.load(w2, 160));
    a8 = add(a8, s, v128.load(w2, 176));
    a9 = add(a9, s, v128.load(w3, 144));
    a10 = add(a10, s, v128.load(w3, 160));
    a11 = add(a11, s, v128.load(w3, 176));
    w0 += STRIDE << 2;
    w1 += STRIDE << 2;
    w2 += STRIDE << 2;
    w3 += STRIDE << 2;
  }
  for (; x < end; x += 4) {
    s = v128.load32_splat(x);
    a0 = add(a0, s, v128.load(w0));
    a1 = add(a1, s, v128.load(w0, 16));
    a2 = add(a2, s, v128.load(w0, 32));
    a3 = add(a3, s, v128.load(w1));
    a4 = add(a4, s, v128.load(w1, 16));
    a5 = add(a5, s, v128.load(w1, 32));
    a6 = add(a6, s, v128.load(w2));
    a7 = add(a7, s, v128.load(w2, 16));
    a8 = add(a8, s, v128.load(w2, 32));
    a9 = add(a9, s, v128.load(w3));
    a10 = add(a10, s, v128.load(w3, 16));
    a11 = add(a11, s, v128.load(w3, 32));
    w0 += STRIDE;
    w1 += STRIDE;
    w2 += STRIDE;
    w3 += STRIDE;
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

export function tile1x6(x: usize, w0: usize, depth: i32, size: usize, init: usize, y: usize): void {
  let a0 = v128.load(init), a1 = v128.load(init, 16), a2 = v128.load(init, 32);
  let a3 = v128.load(init, 48), a4 = v128.load(init, 64), a5 = v128.load(init, 80);
  let w1 = w0 + size;
  for (const end = x + (<usize>depth << 2); x < end; x += 4) {
    const s = v128.load32_splat(x);
    a0 = add(a0, s, v128.load(w0));
    a1 = add(a1, s, v128.load(w0, 16));
    a2 = add(a2, s, v128.load(w0, 32));
    a3 = add(a3, s, v128.load(w1));
    a4 = add(a4, s, v128.load(w1, 16));
    a5 = add(a5, s, v128.load(w1, 32));
    w0 += STRIDE;
    w1 += STRIDE;
  }
  v128.store(y, a0);
  v128.store(y, a1, 16);
  v128.store(y, a2, 32);
  v128.store(y, a3, 48);
  v128.store(y, a4, 64);
  v128.store(y, a5, 80);
}

export function tile1x3(x: usize, w0: usize, depth: i32, init: usize, y: usize): void {
  let a0 = v128.load(init), a1 = v128.load(init, 16), a2 = v128.load(init, 32);
  for (const end = x + (<usize>depth << 2); x < end; x += 4) {
    const s = v128.load32_splat(x);
    a0 = add(a0, s, v128.load(w0));
    a1 = add(a1, s, v128.load(w0, 16));
    a2 = add(a2, s, v128.load(w0, 32));
    w0 += STRIDE;
  }
  v128.store(y, a0);
  v128.store(y, a1, 16);
  v128.store(y, a2, 32);
}

export function tile1x1(x: usize, w: usize, depth: i32, stride: usize, init: usize, y: usize): void {
  let a0 = v128.load(init);
  for (const end = x + (<usize>depth << 2); x < end; x += 4) {
    a0 = add(a0, v128.load32_splat(x), v128.load(w));
    w += stride;
  }
  v128.store(y, a0);
}
