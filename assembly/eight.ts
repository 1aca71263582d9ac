/**
 * A step of a GRU with five to eight units, reset after, sigmoid and tanh, without a clip: small enough to stay in
 * registers from the recurrent product to the new state. The operations of multiply and gates.ts in their order, but
 * without their calls and the memory in between.
 */
import { sigmoid, tanh } from "./activation";
import { blend } from "./gates";
import { STRIDE } from "./tile";

/** Bytes of a row of states. */
export const WIDTH: usize = 32;

// @ts-ignore: decorator
@inline
function add(sum: v128, x: v128, weight: v128): v128 {
  return f32x4.add(sum, f32x4.mul(x, weight));
}

/**
 * @param px (6 vectors) the row's input projection z | r | n
 * @param w packed recurrent kernel (units, 6 vectors)
 * @param bias (6 vectors)
 * @param h (2 vectors) the state, in and out
 * @param y (2 vectors) gets the new state; may be h
 */
export function stepOfEight(px: usize, w: usize, units: i32, bias: usize, h: usize, y: usize): void {
  let z0 = v128.load(bias), z1 = v128.load(bias, 16), r0 = v128.load(bias, 32);
  let r1 = v128.load(bias, 48), n0 = v128.load(bias, 64), n1 = v128.load(bias, 80);
  let second = w + <usize>units * STRIDE;
  for (let x = h, end = h + (<usize>units << 2); x < end; x += 4) {
    const s = v128.load32_splat(x);
    z0 = add(z0, s, v128.load(w));
    z1 = add(z1, s, v128.load(w, 16));
    r0 = add(r0, s, v128.load(w, 32));
    r1 = add(r1, s, v128.load(second));
    n0 = add(n0, s, v128.load(second, 16));
    n1 = add(n1, s, v128.load(second, 32));
    w += STRIDE;
    second += STRIDE;
  }
  // r first: the candidate waits for it.
  r0 = sigmoid(f32x4.add(v128.load(px, 32), r0));
  r1 = sigmoid(f32x4.add(v128.load(px, 48), r1));
  n0 = tanh(f32x4.add(v128.load(px, 64), f32x4.mul(r0, n0)));
  n1 = tanh(f32x4.add(v128.load(px, 80), f32x4.mul(r1, n1)));
  z0 = sigmoid(f32x4.add(v128.load(px), z0));
  z1 = sigmoid(f32x4.add(v128.load(px, 16), z1));
  n0 = blend(z0, v128.load(h), n0);
  n1 = blend(z1, v128.load(h, 16), n1);
  v128.store(h, n0);
  v128.store(h, n1, 16);
  v128.store(y, n0);
  v128.store(y, n1, 16);
}
