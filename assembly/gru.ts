/**
 * The GRU: one cell, two reset modes, and the loop over a packed batch.
 *
 *     px = b  + x · W                               z = f(clip(px_z + ph_z))
 *     ph = rb + h · R                               r = f(clip(px_r + ph_r))
 *     reset after:   n = g(clip(px_n + r * ph_n))
 *     reset before:  n = g(clip(px_n + (rb_n + (r * h) · R_n)))
 *     h' = z * h + (1 - z) * n
 *
 * (Cho et al. 2014: z keeps the old state. The two modes are Keras's `reset_after`, ONNX's `linear_before_reset`.)
 *
 * Memory of one call: a padded block, and the packed steps between (padding.ts), which are all that is computed.
 *
 *     x    (rows, steps, I)     inputs, or (rows, steps) ids of an embedding's rows
 *     px   (packed steps, 3·Hp) their input projection
 *     ph   (rows, 3·Hp)         the recurrent product of one step, then the gates in its place: z | r | n;
 *                               reset before, r * h in the place of r
 *     h    (rows, Hp)           the state, updated in place
 *     y    (rows, steps, Hp)    every new state, at the place of its input, and the padding
 */
import { activate, SIGMOID, TANH } from "./activation";
import { stepOfEight, WIDTH } from "./eight";
import { blend, sigmoidOfSums, tanhAndState } from "./gates";
import { multiply, multiplyRow } from "./matmul";
import { multiplyInt8 } from "./matmul-int8";
import { padded } from "./pack";
import { entry, Packing, packSteps, pad } from "./padding";

/**
 * One direction's constants, written once by JS, pointers as addresses: in src/kernel/direction.ts, the last two in
 * src/int8/matrices.ts.
 */
// @ts-ignore: decorator
@unmanaged
class Gru extends Packing {
  /** scratch: see the drawing */
  px: usize;
  ph: usize;
  /** (pxCapacity) i32: ids of packed steps */
  ids: usize;
  /** packed (I, z|r|n) */
  kernel: usize;
  /** packed (H, z|r|n), or (H, z|r) when reset before */
  recurrentKernel: usize;
  /** packed (H, n), reset before only */
  recurrentCandidate: usize;
  /** (3·Hp) */
  bias: usize;
  /** (3·Hp) */
  recurrentBias: usize;
  /** (V + 1, I) the embedding that inputs are ids of, and zeros; or 0 */
  embedding: usize;
  /** (V + 1, 3·Hp) the projection of each of its rows, or 0 */
  table: usize;
  /** packed steps that fit into px, at least as many as a block has rows */
  pxCapacity: i32;
  /** I */
  inputs: i32;
  /** H */
  units: i32;
  resetAfter: i32;
  /** From each row's last valid step to its first */
  reverse: i32;
  recurrentActivation: i32;
  activation: i32;
  /** Infinity for none */
  clip: f32;
  recurrentAlpha: f32;
  recurrentBeta: f32;
  activationAlpha: f32;
  activationBeta: f32;
  /** 7 or 14 where the three matrices are int8 (pack-int8.ts), 0 where they are f32 */
  precision: i32;
  /** scratch of multiplyInt8, where they are int8 */
  quantized: usize;
}

/**
 * Runs a padded block of steps.
 *
 * @param layer a Gru
 * @param x (rows, steps, ·) inputs, xStride from one step to the next
 * @param mask (rows, steps) u8, 1 where a step is valid; 0 where all are
 * @param h (rows, Hp) state, in and out
 * @param started (rows) u8: 1 once a row has had a valid step, in and out
 * @param y (rows, steps, Hp) outputs, or 0 for none
 * @param rule what padded outputs hold (padding.ts)
 * @param value the number that they hold, for the rule that wants one
 */
export function gru(
  layer: usize,
  x: usize,
  xStride: usize,
  rows: i32,
  steps: i32,
  mask: usize,
  h: usize,
  started: usize,
  y: usize,
  rule: i32,
  value: f32,
): void {
  const self = changetype<Gru>(layer << 2);
  x <<= 2;
  xStride <<= 2;
  h <<= 2;
  y <<= 2;
  const width = <usize>padded(self.units) << 2;
  const gates = width * 3;
  const reverse = self.reverse;
  if (mask) pad(false, rows, steps, mask, reverse, h, started, y, width, rule, value);
  const packed = packSteps(self, rows, steps, mask, reverse);
  let cells = self.cells;
  for (let step = 0, end = 0; step < packed; ) {
    let count = 0;
    for (; end < packed; ++end) {
      const alive = entry(self.alive, end);
      if (count + alive > self.pxCapacity) break;
      count += alive;
    }
    if (!self.table) project(self, x, xStride, cells, count, gates);
    let px = self.px;
    for (; step < end; ++step) {
      const alive = entry(self.alive, step);
      stepOfRows(self, px, x, xStride, cells, alive, h, y, width);
      px += <usize>alive * gates;
      cells += <usize>alive << 2;
    }
  }
  pad(true, rows, steps, mask, reverse, h, started, y, width, rule, value);
}

/**
 * One valid step of one row: as `gru` with nothing to list and nothing to pad.
 *
 * @param x (I), or the id of an embedding's row
 * @param y (Hp) gets the new state
 */
export function step(layer: usize, x: usize, h: usize, y: usize): void {
  const self = changetype<Gru>(layer << 2);
  x <<= 2;
  h <<= 2;
  y <<= 2;
  const width = <usize>padded(self.units) << 2;
  const gates = width * 3;
  const cells = self.cells;
  store<i32>(self.order, 0);
  store<i32>(cells, 0);
  if (!self.table) {
    const row = self.embedding ? self.embedding + (<usize>(load<i32>(x) * self.inputs) << 2) : x;
    if (INT8 && self.precision) projectInt8(self, row, 0, 0, 1, gates);
    else multiplyRow(row, self.kernel, self.inputs, <i32>(gates >> 4), self.bias, self.px);
  }
  stepOfRows(self, self.px, x, 0, cells, 1, h, y, width);
}

/** px = b + x · W of some packed steps. */
function project(self: Gru, x: usize, xStride: usize, cells: usize, count: i32, gates: usize): void {
  const vectors = <i32>(gates >> 4);
  if (self.embedding) {
    for (let i = 0; i < count; ++i) {
      store<i32>(self.ids + (<usize>i << 2), load<i32>(x + <usize>entry(cells, i) * xStride));
    }
    x = self.embedding;
    xStride = <usize>self.inputs << 2;
    cells = self.ids;
  }
  if (INT8 && self.precision) projectInt8(self, x, cells, xStride, count, gates);
  else multiply(x, cells, xStride, count, self.kernel, self.inputs, vectors, self.bias, self.px, gates);
}

/** px = b + x · W, over int8. */
function projectInt8(self: Gru, x: usize, index: usize, xStride: usize, rows: i32, gates: usize): void {
  const w = self.kernel;
  const px = self.px;
  const vectors = <i32>(gates >> 4);
  multiplyInt8(x, index, xStride, rows, w, self.inputs, vectors, self.bias, px, gates, self.precision, self.quantized);
}

/** The projection of a row's step: its place in px, or the table's row. */
// @ts-ignore: decorator
@inline
function projected(self: Gru, px: usize, x: usize, xStride: usize, cells: usize, row: i32, gates: usize): usize {
  if (!self.table) return px + <usize>row * gates;
  return self.table + <usize>load<i32>(x + <usize>entry(cells, row) * xStride) * gates;
}

/** ph = rb + h · R of the rows alive. */
// @ts-ignore: decorator
@inline
function product(
  self: Gru,
  h: usize,
  rows: i32,
  depth: i32,
  vectors: i32,
  ph: usize,
  gates: usize,
  width: usize,
): void {
  const order = self.order;
  const w = self.recurrentKernel;
  const bias = self.recurrentBias;
  if (INT8 && self.precision) {
    multiplyInt8(h, order, width, rows, w, depth, vectors, bias, ph, gates, self.precision, self.quantized);
    return;
  }
  // One row is the rule, and every call between takes nanoseconds.
  if (rows == 1) multiplyRow(h + <usize>entry(order, 0) * width, w, depth, vectors, bias, ph);
  else multiply(h, order, width, rows, w, depth, vectors, bias, ph, gates);
}

/**
 * One step of the rows alive. Reset after, one recurrent product gives all three gates; reset before, the candidate's
 * has to wait for r.
 */
function stepOfRows(
  self: Gru,
  px: usize,
  x: usize,
  xStride: usize,
  cells: usize,
  rows: i32,
  h: usize,
  y: usize,
  width: usize,
): void {
  const gates = width * 3;
  const after = <bool>self.resetAfter;
  const depth = self.units;
  // Three rows and more are quicker through a tile.
  const plain = self.recurrentActivation == SIGMOID && self.activation == TANH && self.clip == Infinity;
  if ((!INT8 || !self.precision) && after && plain && width == WIDTH && rows < 3) {
    for (let row = 0; row < rows; ++row) {
      const state = h + <usize>entry(self.order, row) * width;
      const output = y ? y + <usize>entry(cells, row) * width : state;
      const p = projected(self, px, x, xStride, cells, row, gates);
      stepOfEight(p, self.recurrentKernel, depth, self.recurrentBias, state, output);
    }
    return;
  }
  let ph = self.ph;
  product(self, h, rows, depth, <i32>((after ? gates : width << 1) >> 4), ph, gates, width);
  for (let row = 0; row < rows; ++row) {
    updateAndReset(self, projected(self, px, x, xStride, cells, row, gates), ph, width);
    if (!after) {
      const r = ph + width;
      const hr = h + <usize>entry(self.order, row) * width;
      for (let i: usize = 0; i < width; i += 16) v128.store(r + i, f32x4.mul(v128.load(r + i), v128.load(hr + i)));
    }
    ph += gates;
  }
  ph = self.ph;
  if (!after) {
    const vectors = <i32>(width >> 4);
    const bias = self.recurrentBias + width * 2;
    const rh = ph + width;
    const n = rh + width;
    const w = self.recurrentCandidate;
    if (INT8 && self.precision) {
      multiplyInt8(rh, 0, gates, rows, w, depth, vectors, bias, n, gates, self.precision, self.quantized);
    } else multiply(rh, 0, gates, rows, w, depth, vectors, bias, n, gates);
  }
  for (let row = 0; row < rows; ++row) {
    const p = projected(self, px, x, xStride, cells, row, gates);
    candidateAndState(self, p, ph, after, h, y, cells, row, width);
    ph += gates;
  }
}

/** z | r of one row, in place of their recurrent products. */
// @ts-ignore: decorator
@inline
function updateAndReset(self: Gru, px: usize, ph: usize, width: usize): void {
  if (self.recurrentActivation == SIGMOID && self.clip == Infinity) {
    sigmoidOfSums(px, ph, width << 1);
    return;
  }
  activateSum(ph, px, width << 1, self.clip, self.recurrentActivation, self.recurrentAlpha, self.recurrentBeta);
}

/** n from its recurrent product, and the new state. */
// @ts-ignore: decorator
@inline
function candidateAndState(
  self: Gru,
  px: usize,
  ph: usize,
  after: bool,
  states: usize,
  outputs: usize,
  cells: usize,
  row: i32,
  width: usize,
): void {
  const r = ph + width;
  const n = r + width;
  const h = states + <usize>entry(self.order, row) * width;
  const y = outputs ? outputs + <usize>entry(cells, row) * width : h;
  px += width << 1;
  if (self.activation == TANH && self.clip == Infinity) {
    tanhAndState(px, n, after, r, ph, h, y, width);
    return;
  }
  if (after) {
    for (let i: usize = 0; i < width; i += 16) v128.store(n + i, f32x4.mul(v128.load(r + i), v128.load(n + i)));
  }
  activateSum(n, px, width, self.clip, self.activation, self.activationAlpha, self.activationBeta);
  for (let i: usize = 0; i < width; i += 16) {
    const state = blend(v128.load(ph + i), v128.load(h + i), v128.load(n + i));
    v128.store(h + i, state);
    v128.store(y + i, state);
  }
}

/**
 * a = activation(clip(a + b)) over some bytes; the recurrent side is the one in place, and addition does not care.
 *
 * @param c the bound to [-c, c], Infinity for none; NaN stays
 */
function activateSum(a: usize, b: usize, bytes: usize, c: f32, activation: i32, alpha: f32, beta: f32): void {
  const high = f32x4.splat(c);
  const low = f32x4.splat(-c);
  for (let i: usize = 0; i < bytes; i += 16) {
    const sum = f32x4.add(v128.load(b + i), v128.load(a + i));
    v128.store(a + i, f32x4.pmin(f32x4.pmax(sum, low), high));
  }
  activate(activation, a, <i32>(bytes >> 4), alpha, beta);
}
