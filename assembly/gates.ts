/**
 * The gates' arithmetic for the activations that nearly every GRU has, sigmoid and tanh without a clip, with nothing
 * written to memory in between. Other activations go through activation.ts, one pass over memory an operation, with the
 * same operations in the same order.
 *
 * Four vectors at a time, so that constants are read once for all of them and their latencies overlap.
 */
import { sigmoid, tanh } from "./activation";

/**
 * ph = sigmoid(px + ph)
 *
 * @param px (bytes / 4) f32
 * @param ph (bytes / 4) f32
 * @param bytes a multiple of 16
 */
export function sigmoidOfSums(px: usize, ph: usize, bytes: usize): void {
  let i: usize = 0;
  for (; i + 64 <= bytes; i += 64) {
    let first = f32x4.add(v128.load(px + i), v128.load(ph + i));
    let second = f32x4.add(v128.load(px + i, 16), v128.load(ph + i, 16));
    let third = f32x4.add(v128.load(px + i, 32), v128.load(ph + i, 32));
    let fourth = f32x4.add(v128.load(px + i, 48), v128.load(ph + i, 48));
    first = sigmoid(first);
    second = sigmoid(second);
    third = sigmoid(third);
    fourth = sigmoid(fourth);
    v128.store(ph + i, first);
    v128.store(ph + i, second, 16);
    v128.store(ph + i, third, 32);
    v128.store(ph + i, fourth, 48);
  }
  for (; i < bytes; i += 16) v128.store(ph + i, sigmoid(f32x4.add(v128.load(px + i), v128.load(ph + i))));
}

/** z * h + (1 - z) * n */
// @ts-ignore: decorator
@inline
export function blend(z: v128, h: v128, n: v128): v128 {
  return f32x4.add(f32x4.mul(z, h), f32x4.mul(f32x4.sub(f32x4.splat(1), z), n));
}

/**
 * n = tanh(px + r * ph), h = y = z * h + (1 - z) * n
 *
 * @param px (width bytes) the candidate's input projection, as all others one row
 * @param ph its recurrent product
 * @param after whether r is still to be multiplied: reset after
 * @param y may be h
 */
export function tanhAndState(
  px: usize,
  ph: usize,
  after: bool,
  r: usize,
  z: usize,
  h: usize,
  y: usize,
  width: usize,
): void {
  let i: usize = 0;
  for (; i + 64 <= width; i += 64) {
    let first = v128.load(ph + i);
    let second = v128.load(ph + i, 16);
    let third = v128.load(ph + i, 32);
    let fourth = v128.load(ph + i, 48);
    if (after) {
      first = f32x4.mul(v128.load(r + i), first);
      second = f32x4.mul(v128.load(r + i, 16), second);
      third = f32x4.mul(v128.load(r + i, 32), third);
      fourth = f32x4.mul(v128.load(r + i, 48), fourth);
    }
    first = f32x4.add(v128.load(px + i), first);
    second = f32x4.add(v128.load(px + i, 16), second);
    third = f32x4.add(v128.load(px + i, 32), third);
    fourth = f32x4.add(v128.load(px + i, 48), fourth);
    first = tanh(first);
    second = tanh(second);
    third = tanh(third);
    fourth = tanh(fourth);
    first = blend(v128.load(z + i), v128.load(h + i), first);
    second = blend(v128.load(z + i, 16), v128.load(h + i, 16), second);
    third = blend(v128.load(z + i, 32), v128.load(h + i, 32), third);
    fourth = blend(v128.load(z + i, 48), v128.load(h + i, 48), fourth);
    v128.store(h + i, first);
    v128.store(h + i, second, 16);
    v128.store(h + i, third, 32);
    v128.store(h + i, fourth, 48);
    v128.store(y + i, first);
    v128.store(y + i, second, 16);
    v128.store(y + i, third, 32);
    v128.store(y + i, fourth, 48);
  }
  for (; i < width; i += 16) {
    let n = v128.load(ph + i);
    if (after) n = f32x4.mul(v128.load(r + i), n);
    n = tanh(f32x4.add(v128.load(px + i), n));
    const state = blend(v128.load(z + i), v128.load(h + i), n);
    v128.store(h + i, state);
    v128.store(y + i, state);
  }
}
