/**
 * A dense layer: activation(bias + x · kernel), row by row, and softmax, which is the one activation that looks at a
 * whole row.
 */
import { activate, exp } from "./activation";
import { multiply } from "./matmul";
import { padded } from "./pack";

/** The code of softmax, behind the elementwise ones. */
const SOFTMAX: i32 = -1;

/**
 * @param x (rows, depth) f32, a row every xStride
 * @param w packed (depth, units)
 * @param bias (Op)
 * @param y (rows, Op) outputs
 * @param activation code, or -1 for softmax
 */
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
  y <<= 2;
  const vectors = padded(units) >> 2;
  const stride = <usize>vectors << 4;
  multiply(x << 2, 0, xStride << 2, rows, w << 2, depth, vectors, bias << 2, y, stride);
  if (activation != SOFTMAX) {
    activate(activation, y, rows * vectors, alpha, beta);
    return;
  }
  for (let row = 0; row < rows; ++row) {
    softmax(y, units, vectors);
    y += stride;
  }
}

/** exp(x - max) / sum, with the maximum and the sum taken in ascending order. */
function softmax(y: usize, units: i32, vectors: i32): void {
  const end = y + (<usize>units << 2);
  let most = load<f32>(y);
  for (let p = y + 4; p < end; p += 4) {
    const value = load<f32>(p);
    most = most < value ? value : most;
  }
  const m = f32x4.splat(most);
  for (let i = 0; i < vectors; ++i) {
    const p = y + (<usize>i << 4);
    v128.store(p, exp(f32x4.sub(v128.load(p), m)));
  }
  let sum: f32 = 0;
  for (let p = y; p < end; p += 4) sum += load<f32>(p);
  const s = f32x4.splat(sum);
  for (let i = 0; i < vectors; ++i) {
    const p = y + (<usize>i << 4);
    v128.store(p, f32x4.div(v128.load(p), s));
  }
}
