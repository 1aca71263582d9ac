/**
 * Matrix tiles over packed int8 weights (pack-int8.ts) and quantised rows (quantize-row.ts), both ways of dot-int8.ts.
 *
 * As tile.ts: rows × vectors, no more values than there are registers, in an order that the optimizer leaves alone.
 * Two steps at a time; a row's numbers take 32 bits a step either way.
 */
import { dot } from "./dot-int8";
import { GROUP } from "./pack";
import { HEADER } from "./quantize-row";

/** Bytes of a step's weights, of a group. */
const STEP: usize = GROUP << 4;

/** The sum as f32 behind its start. */
// @ts-ignore: decorator
@inline
function finish(sum: v128, scale: v128, columnScale: v128, init: v128): v128 {
  return f32x4.add(init, f32x4.mul(f32x4.mul(f32x4.convert_i32x4_s(sum), scale), columnScale));
}

/** A row's header has two 16-bit ones beside its scale. */
// @ts-ignore: decorator
@inline
function onesOf(row: usize): v128 {
  return v128.load32_splat(row, 4);
}

/** Bytes of `depth` of a row's numbers. */
// @ts-ignore: decorator
@inline
function sizeOf<T>(depth: i32): usize {
  return <usize>depth * sizeof<T>();
}

/**
 * @param u row 0, the others stride bytes apart
 * @param w a group's weights
 * @param depth a multiple of 8
 * @param scales the columns'; their starts are gap bytes further on
 */
export function tile3x3<T>(
  u: usize,
  stride: usize,
  w: usize,
  depth: i32,
  scales: usize,
  gap: usize,
  init: usize,
  y: usize,
  yStride: usize,
): void {
  let a00 = v128.load(scales + gap), a01 = v128.load(scales + gap, 16), a02 = v128.load(scales + gap, 32);
  let a10 = a00, a11 = a01, a12 = a02, a20 = a00, a21 = a01, a22 = a02;
  let w0: v128, w1: v128, w2: v128, s: v128;
  let u0 = u + HEADER;
  let u1 = u0 + stride;
  let u2 = u1 + stride;
  const ones = onesOf(u);
  for (const end = u0 + sizeOf<T>(depth); u0 < end; ) {
    w0 = v128.load(w);
    w1 = v128.load(w, 16);
    w2 = v128.load(w, 32);
    s = v128.load32_splat(u0);
    a00 = dot<T>(a00, s, w0, ones);
    a01 = dot<T>(a01, s, w1, ones);
    a02 = dot<T>(a02, s, w2, ones);
    s = v128.load32_splat(u1);
    a10 = dot<T>(a10, s, w0, ones);
    a11 = dot<T>(a11, s, w1, ones);
    a12 = dot<T>(a12, s, w2, ones);
    s = v128.load32_splat(u2);
    a20 = dot<T>(a20, s, w0, ones);
    a21 = dot<T>(a21, s, w1, ones);
    a22 = dot<T>(a22, s, w2, ones);
    w0 = v128.load(w, 48);
    w1 = v128.load(w, 64);
    w2 = v128.load(w, 80);
    s = v128.load32_splat(u0, 4);
    a00 = dot<T>(a00, s, w0, ones);
    a01 = dot<T>(a01, s, w1, ones);
    a02 = dot<T>(a02, s, w2, ones);
    s = v128.load32_splat(u1, 4);
    a10 = dot<T>(a10, s, w0, ones);
    a11 = dot<T>(a11, s, w1, ones);
    a12 = dot<T>(a12, s, w2, ones);
    s = v128.load32_splat(u2, 4);
    a20 = dot<T>(a20, s, w0, ones);
    a21 = dot<T>(a21, s, w1, ones);
    a22 = dot<T>(a22, s, w2, ones);
    w += 2 * STEP;
    u0 += 8;
    u1 += 8;
    u2 += 8;
  }
  let scale = v128.load32_splat(u);
  v128.store(y, finish(a00, scale, v128.load(scales), v128.load(init)));
  v128.store(y, finish(a01, scale, v128.load(scales, 16), v128.load(init, 16)), 16);
  v128.store(y, finish(a02, scale, v128.load(scales, 32), v128.load(init, 32)), 32);
  u += stride;
  y += yStride;
  scale = v128.load32_splat(u);
  v128.store(y, finish(a10, scale, v128.load(scales), v128.load(init)));
  v128.store(y, finish(a11, scale, v128.load(scales, 16), v128.load(init, 16)), 16);
  v128.store(y, finish(a12, scale, v128.load(scales, 32), v128.load(init, 32)), 32);
  u += stride;
  y += yStride;
  scale = v128.load32_splat(u);
  v128.store(y, finish(a20, scale, v128.load(scales), v128.load(init)));
  v128.store(y, finish(a21, scale, v128.load(scales, 16), v128.load(init, 16)), 16);
  v128.store(y, finish(a22, scale, v128.load(scales, 32), v128.load(init, 32)), 32);
}

/** @param wStride bytes from one step's weights to the next */
export function tile3x1<T>(
  u: usize,
  stride: usize,
  w: usize,
  depth: i32,
  wStride: usize,
  scales: usize,
  gap: usize,
  init: usize,
  y: usize,
  yStride: usize,
): void {
  let a0 = v128.load(scales + gap), a1 = a0, a2 = a0;
  let u0 = u + HEADER;
  let u1 = u0 + stride;
  let u2 = u1 + stride;
  const ones = onesOf(u);
  for (const end = u0 + sizeOf<T>(depth); u0 < end; u0 += 4) {
    const w0 = v128.load(w);
    a0 = dot<T>(a0, v128.load32_splat(u0), w0, ones);
    a1 = dot<T>(a1, v128.load32_splat(u1), w0, ones);
    a2 = dot<T>(a2, v128.load32_splat(u2), w0, ones);
    w += wStride;
    u1 += 4;
    u2 += 4;
  }
  const columnScale = v128.load(scales);
  const start = v128.load(init);
  v128.store(y, finish(a0, v128.load32_splat(u), columnScale, start));
  u += stride;
  y += yStride;
  v128.store(y, finish(a1, v128.load32_splat(u), columnScale, start));
  v128.store(y + yStride, finish(a2, v128.load32_splat(u + stride), columnScale, start));
}

/** @param size bytes from one group of the weights to the next */
export function tile1x12<T>(
  u: usize,
  w0: usize,
  depth: i32,
  size: usize,
  scales: usize,
  gap: usize,
  init: usize,
  y: usize,
): void {
  const starts = scales + gap;
  let a0 = v128.load(starts), a1 = v128.load(starts, 16), a2 = v128.load(starts, 32);
  let a3 = v128.load(starts, 48), a4 = v128.load(starts, 64), a5 = v128.load(starts, 80);
  let a6 = v128.load(starts, 96), a7 = v128.load(starts, 112), a8 = v128.load(starts, 128);
  let a9 = v128.load(starts, 144), a10 = v128.load(starts, 160), a11 = v128.load(starts, 176);
  let w1 = w0 + size;
  let w2 = w1 + size;
  let w3 = w2 + size;
  let x = u + HEADER;
  const ones = onesOf(u);
  for (const end = x + sizeOf<T>(depth); x < end; x += 8) {
    let s = v128.load32_splat(x);
    a0 = dot<T>(a0, s, v128.load(w0), ones);
    a1 = dot<T>(a1, s, v128.load(w0, 16), ones);
    a2 = dot<T>(a2, s, v128.load(w0, 32), ones);
    a3 = dot<T>(a3, s, v128.load(w1), ones);
    a4 = dot<T>(a4, s, v128.load(w1, 16), ones);
    a5 = dot<T>(a5, s, v128.load(w1, 32), ones);
    a6 = dot<T>(a6, s, v128.load(w2), ones);
    a7 = dot<T>(a7, s, v128.load(w2, 16), ones);
    a8 = dot<T>(a8, s, v128.load(w2, 32), ones);
    a9 = dot<T>(a9, s, v128.load(w3), ones);
    a10 = dot<T>(a10, s, v128.load(w3, 16), ones);
    a11 = dot<T>(a11, s, v128.load(w3, 32), ones);
    s = v128.load32_splat(x, 4);
    a0 = dot<T>(a0, s, v128.load(w0, 48), ones);
    a1 = dot<T>(a1, s, v128.load(w0, 64), ones);
    a2 = dot<T>(a2, s, v128.load(w0, 80), ones);
    a3 = dot<T>(a3, s, v128.load(w1, 48), ones);
    a4 = dot<T>(a4, s, v128.load(w1, 64), ones);
    a5 = dot<T>(a5, s, v128.load(w1, 80), ones);
    a6 = dot<T>(a6, s, v128.load(w2, 48), ones);
    a7 = dot<T>(a7, s, v128.load(w2, 64), ones);
    a8 = dot<T>(a8, s, v128.load(w2, 80), ones);
    a9 = dot<T>(a9, s, v128.load(w3, 48), ones);
    a10 = dot<T>(a10, s, v128.load(w3, 64), ones);
    a11 = dot<T>(a11, s, v128.load(w3, 80), ones);
    w0 += 2 * STEP;
    w1 += 2 * STEP;
    w2 += 2 * STEP;
    w3 += 2 * STEP;
  }
  const scale = v128.load32_splat(u);
  v128.store(y, finish(a0, scale, v128.load(scales), v128.load(init)));
  v128.store(y, finish(a1, scale, v128.load(scales, 16), v128.load(init, 16)), 16);
  v128.store(y, finish(a2, scale, v128.load(scales, 32), v128.load(init, 32)), 32);
  v128.store(y, finish(a3, scale, v128.load(scales, 48), v128.load(init, 48)), 48);
  v128.store(y, finish(a4, scale, v128.load(scales, 64), v128.load(init, 64)), 64);
  v128.store(y, finish(a5, scale, v128.load(scales, 80), v128.load(init, 80)), 80);
  v128.store(y, finish(a6, scale, v128.load(scales, 96), v128.load(init, 96)), 96);
  v128.store(y, finish(a7, scale, v128.load(scales, 112), v128.load(init, 112)), 112);
  v128.store(y, finish(a8, scale, v128.load(scales, 128), v128.load(init, 128)), 128);
  v128.store(y, finish(a9, scale, v128.load(scales, 144), v128.load(init, 144)), 144);
  v128.store(y, finish(a10, scale, v128.load(scales, 160), v128.load(init, 160)), 160);
  v128.store(y, finish(a11, scale, v128.load(scales, 176), v128.load(init, 176)), 176);
}

export function tile1x6<T>(
  u: usize,
  w0: usize,
  depth: i32,
  size: usize,
  scales: usize,
  gap: usize,
  init: usize,
  y: usize,
): void {
  const starts = scales + gap;
  let a0 = v128.load(starts), a1 = v128.load(starts, 16), a2 = v128.load(starts, 32);
  let a3 = v128.load(starts, 48), a4 = v128.load(starts, 64), a5 = v128.load(starts, 80);
  let w1 = w0 + size;
  let x = u + HEADER;
  const ones = onesOf(u);
  for (const end = x + sizeOf<T>(depth); x < end; x += 8) {
    let s = v128.load32_splat(x);
    a0 = dot<T>(a0, s, v128.load(w0), ones);
    a1 = dot<T>(a1, s, v128.load(w0, 16), ones);
    a2 = dot<T>(a2, s, v128.load(w0, 32), ones);
    a3 = dot<T>(a3, s, v128.load(w1), ones);
    a4 = dot<T>(a4, s, v128.load(w1, 16), ones);
    a5 = dot<T>(a5, s, v128.load(w1, 32), ones);
    s = v128.load32_splat(x, 4);
    a0 = dot<T>(a0, s, v128.load(w0, 48), ones);
    a1 = dot<T>(a1, s, v128.load(w0, 64), ones);
    a2 = dot<T>(a2, s, v128.load(w0, 80), ones);
    a3 = dot<T>(a3, s, v128.load(w1, 48), ones);
    a4 = dot<T>(a4, s, v128.load(w1, 64), ones);
    a5 = dot<T>(a5, s, v128.load(w1, 80), ones);
    w0 += 2 * STEP;
    w1 += 2 * STEP;
  }
  const scale = v128.load32_splat(u);
  v128.store(y, finish(a0, scale, v128.load(scales), v128.load(init)));
  v128.store(y, finish(a1, scale, v128.load(scales, 16), v128.load(init, 16)), 16);
  v128.store(y, finish(a2, scale, v128.load(scales, 32), v128.load(init, 32)), 32);
  v128.store(y, finish(a3, scale, v128.load(scales, 48), v128.load(init, 48)), 48);
  v128.store(y, finish(a4, scale, v128.load(scales, 64), v128.load(init, 64)), 64);
  v128.store(y, finish(a5, scale, v128.load(scales, 80), v128.load(init, 80)), 80);
}

export function tile1x3<T>(
  u: usize,
  w0: usize,
  depth: i32,
  scales: usize,
  gap: usize,
  init: usize,
  y: usize,
): void {
  const starts = scales + gap;
  let a0 = v128.load(starts), a1 = v128.load(starts, 16), a2 = v128.load(starts, 32);
  let x = u + HEADER;
  const ones = onesOf(u);
  for (const end = x + sizeOf<T>(depth); x < end; x += 8) {
    let s = v128.load32_splat(x);
    a0 = dot<T>(a0, s, v128.load(w0), ones);
    a1 = dot<T>(a1, s, v128.load(w0, 16), ones);
    a2 = dot<T>(a2, s, v128.load(w0, 32), ones);
    s = v128.load32_splat(x, 4);
    a0 = dot<T>(a0, s, v128.load(w0, 48), ones);
    a1 = dot<T>(a1, s, v128.load(w0, 64), ones);
    a2 = dot<T>(a2, s, v128.load(w0, 80), ones);
    w0 += 2 * STEP;
  }
  const scale = v128.load32_splat(u);
  v128.store(y, finish(a0, scale, v128.load(scales), v128.load(init)));
  v128.store(y, finish(a1, scale, v128.load(scales, 16), v128.load(init, 16)), 16);
  v128.store(y, finish(a2, scale, v128.load(scales, 32), v128.load(init, 32)), 32);
}

/** @param stride bytes from one step's weights to the next */
export function tile1x1<T>(
  u: usize,
  w: usize,
  depth: i32,
  stride: usize,
  scales: usize,
  gap: usize,
  init: usize,
  y: usize,
): void {
  let a0 = v128.load(scales + gap);
  let x = u + HEADER;
  const ones = onesOf(u);
  for (const end = x + sizeOf<T>(depth); x < end; x += 4) {
    a0 = dot<T>(a0, v128.load32_splat(x), v128.load(w), ones);
    w += stride;
  }
  v128.store(y, finish(a0, v128.load32_splat(u), v128.load(scales), v128.load(init)));
}
