/**
 * The elementwise functions, four lanes at a time. src/reference/elementwise.ts is the same in scalars, operation by
 * operation, so that the bits are the same; docs/activations.md has definitions, special values and all errors.
 *
 * Errors stated here are the largest over every f32 bit pattern against a float64 truth
 * (test/activation-exhaustive.mjs), in units in the last place of the truth, where that is a normal number.
 */
import { HALF, ONE, ROUND, ROUND_DOWN, constant, expm1, nearRemainder, power, remainder, round } from "./exp";
import { scaledExp, scaledExpOfSum } from "./exp";

const ZERO = memory.data<f32>([0]);
const TWO = memory.data<f32>([2]);
const SIX = memory.data<f32>([6]);
const SIGN = memory.data<f32>([-0.0]); // 0x80000000
/** 2^-32, the inverse of the scale in scaledExp and under the sum in logisticDenominator */
const DOWN = memory.data<f32>([2.3283064365386963e-10]); // 0x2f800000

/** 2^-32 · (1 + e^-z) for -109 ≤ z ≤ 65. Scaled, so that its inverse is still exact where it is denormal. */
// @ts-ignore: decorator
@inline
function logisticDenominator(z: v128): v128 {
  const rounded = round(z, constant(ROUND_DOWN));
  const p = expm1(remainder(z, f32x4.sub(rounded, constant(ROUND_DOWN))));
  const s = power(rounded);
  return f32x4.add(f32x4.add(f32x4.mul(s, p), constant(DOWN)), s);
}

const SIGMOID_LEAST = memory.data<f32>([-105]);
const SIGMOID_MOST = memory.data<f32>([30]);

/** 1 / (1 + e^-x). Error ≤ 2.00 ulp, denormal results ≤ 0.99·2^-149. */
// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  const z = f32x4.pmin(f32x4.pmax(x, constant(SIGMOID_LEAST)), constant(SIGMOID_MOST));
  return f32x4.div(constant(DOWN), logisticDenominator(z));
}

const TANH_MOST = memory.data<f32>([20]);

/** (1 - e^-2|x|) / (1 + e^-2|x|) with the sign of x: odd in every bit, x itself where |x| ≤ 2^-26. Error ≤ 1.98 ulp. */
// @ts-ignore: decorator
@inline
export function tanh(x: v128): v128 {
  const sign = v128.and(x, constant(SIGN));
  const size = v128.xor(x, sign);
  const z = f32x4.pmin(f32x4.add(size, size), constant(TANH_MOST));
  const rounded = round(z, constant(ROUND));
  const p = expm1(nearRemainder(z, f32x4.sub(rounded, constant(ROUND))));
  const s = power(rounded);
  const sp = f32x4.mul(s, p);
  const numerator = f32x4.sub(f32x4.sub(constant(ONE), s), sp);
  const denominator = f32x4.add(f32x4.add(s, constant(ONE)), sp);
  return v128.or(f32x4.div(numerator, denominator), sign);
}

/** x where x > 0, else 0; -0 and NaN stay. Exact. */
// @ts-ignore: decorator
@inline
export function relu(x: v128): v128 {
  return f32x4.pmax(x, constant(ZERO));
}

/** clip(x, 0, 6). Exact. */
// @ts-ignore: decorator
@inline
export function relu6(x: v128): v128 {
  return f32x4.pmin(relu(x), constant(SIX));
}

/** clip(alpha·x + beta, 0, 1) */
// @ts-ignore: decorator
@inline
export function hardSigmoid(x: v128, alpha: v128, beta: v128): v128 {
  return f32x4.pmin(relu(affine(x, alpha, beta)), constant(ONE));
}

/** x where x ≥ 0, else alpha·x */
// @ts-ignore: decorator
@inline
export function leakyRelu(x: v128, alpha: v128): v128 {
  return v128.bitselect(x, f32x4.mul(alpha, x), f32x4.ge(x, constant(ZERO)));
}

/** x where x > alpha, else 0; NaN stays. Exact. */
// @ts-ignore: decorator
@inline
export function thresholdedRelu(x: v128, alpha: v128): v128 {
  return v128.andnot(x, f32x4.le(x, alpha));
}

/** e^x - 1 for x < 0, -1 below -20, of no meaning above 0. Error ≤ 1.11 ulp. */
// @ts-ignore: decorator
@inline
function expm1OfNegative(x: v128): v128 {
  const z = f32x4.pmin(f32x4.neg(x), constant(TANH_MOST));
  const rounded = round(z, constant(ROUND));
  const p = expm1(nearRemainder(z, f32x4.sub(rounded, constant(ROUND))));
  const s = power(rounded);
  return f32x4.add(f32x4.mul(s, p), f32x4.sub(s, constant(ONE)));
}

/** x where x ≥ 0, else alpha·(e^x - 1). Error ≤ 1.11 ulp with alpha = 1. */
// @ts-ignore: decorator
@inline
export function elu(x: v128, alpha: v128): v128 {
  return v128.bitselect(x, f32x4.mul(alpha, expm1OfNegative(x)), f32x4.ge(x, constant(ZERO)));
}

/** 1.0507009873554805, and that times 1.6732632423543772 (Klambauer et al. 2017) */
const SELU_SCALE = memory.data<f32>([1.0507010221481323]); // 0x3f867d5f
const SELU_SCALE_ALPHA = memory.data<f32>([1.7580993175506592]); // 0x3fe10966

/** scale·x where x ≥ 0, else scale·alpha·(e^x - 1). Error ≤ 2.01 ulp, denormal results ≤ 0.78·2^-149. */
// @ts-ignore: decorator
@inline
export function selu(x: v128): v128 {
  const negative = f32x4.mul(constant(SELU_SCALE_ALPHA), expm1OfNegative(x));
  return v128.bitselect(f32x4.mul(constant(SELU_SCALE), x), negative, f32x4.ge(x, constant(ZERO)));
}

/** Beyond it t·e^-t is 0. */
const TAIL_MOST = memory.data<f32>([109]);

/** log(1 + e) = y + y³·(L0 + L1·y² + L2·y⁴ + L3·y⁶), y = e / (1 + e/2), 0 ≤ e ≤ 1. Minimax, error 0.04 ulp. */
const L0 = memory.data<f32>([0.08333302289247513]); // 0x3daaaa81
const L1 = memory.data<f32>([0.012506699189543724]); // 0x3c4ce8e6
const L2 = memory.data<f32>([0.002187736565247178]); // 0x3b0f6021
const L3 = memory.data<f32>([0.0005470069008879364]); // 0x3a0f6503

/** log(1 + e^x) = max(x, 0) + log(1 + e^-|x|). Error ≤ 2.87 ulp, denormal results ≤ 0.75·2^-149. */
// @ts-ignore: decorator
@inline
export function softplus(x: v128): v128 {
  const scaled = scaledExp(f32x4.pmin(f32x4.abs(x), constant(TAIL_MOST)));
  const e = f32x4.mul(scaled, constant(DOWN));
  const y = f32x4.div(scaled, f32x4.add(f32x4.mul(e, constant(HALF)), constant(ONE)));
  const unscaled = f32x4.mul(y, constant(DOWN));
  const v = f32x4.mul(unscaled, unscaled);
  let series = f32x4.add(f32x4.mul(constant(L3), v), constant(L2));
  series = f32x4.add(f32x4.mul(series, v), constant(L1));
  series = f32x4.add(f32x4.mul(series, v), constant(L0));
  const log = f32x4.add(y, f32x4.mul(y, f32x4.mul(v, series)));
  return f32x4.add(relu(x), f32x4.mul(log, constant(DOWN)));
}

/** The largest finite number: with it as the bound, ±Infinity gives ±1. */
const LARGEST = memory.data<f32>([3.4028234663852886e38]); // 0x7f7fffff

/** x / (1 + |x|). Error ≤ 1.50 ulp. */
// @ts-ignore: decorator
@inline
export function softsign(x: v128): v128 {
  const sign = v128.and(x, constant(SIGN));
  const t = f32x4.pmin(v128.xor(x, sign), constant(LARGEST));
  return v128.or(f32x4.div(t, f32x4.add(t, constant(ONE))), sign);
}

/**
 * x / (1 + e^-x) = max(x, 0) - |x| / (1 + e^|x|), which neither overflows nor cancels. Error ≤ 2.00 ulp, denormal
 * results ≤ 1.42·2^-149.
 */
// @ts-ignore: decorator
@inline
export function silu(x: v128): v128 {
  const t = f32x4.pmin(f32x4.abs(x), constant(TAIL_MOST));
  const tail = f32x4.div(t, logisticDenominator(f32x4.neg(t)));
  return f32x4.sub(relu(x), f32x4.mul(tail, constant(DOWN)));
}

/** 2·√(2/π), and that times 0.044715 */
const GELU_LINEAR = memory.data<f32>([1.5957691669464111]); // 0x3fcc422a
const GELU_CUBIC = memory.data<f32>([0.07135481387376785]); // 0x3d922279
/** Beyond it the tail is 0. */
const GELU_TANH_MOST = memory.data<f32>([10.875]);

/** x / (1 + e^-z), z = 2·√(2/π)·(x + 0.044715·x³), folded like silu. Error ≤ 215 ulp, denormal results ≤ 107·2^-149. */
// @ts-ignore: decorator
@inline
export function geluTanh(x: v128): v128 {
  const t = f32x4.pmin(f32x4.abs(x), constant(GELU_TANH_MOST));
  const slope = f32x4.add(f32x4.mul(f32x4.mul(t, t), constant(GELU_CUBIC)), constant(GELU_LINEAR));
  const tail = f32x4.div(t, logisticDenominator(f32x4.neg(f32x4.mul(slope, t))));
  return f32x4.sub(relu(x), f32x4.mul(tail, constant(DOWN)));
}

/**
 * e^(t²/2)·(1 - Φ(t)) = (1/2 + G1·t + … + G4·t⁴) / (1 + H1·t + … + H5·t⁵), 0 ≤ t ≤ 14.6. Minimax, error 0.2 ulp.
 */
const G1 = memory.data<f32>([0.438497394323349]); // 0x3ee082bb
const G2 = memory.data<f32>([0.18338532745838165]); // 0x3e3bc95d
const G3 = memory.data<f32>([0.040683913975954056]); // 0x3d26a42d
const G4 = memory.data<f32>([0.0041238488629460335]); // 0x3b87215a
const H1 = memory.data<f32>([1.674879789352417]); // 0x3fd66276
const H2 = memory.data<f32>([1.2031265497207642]); // 0x3f9a000d
const H3 = memory.data<f32>([0.46986714005470276]); // 0x3ef0926d
const H4 = memory.data<f32>([0.10198582708835602]); // 0x3dd0ddf2
const H5 = memory.data<f32>([0.010336838662624359]); // 0x3c295bd8
/** Beyond it the tail is 0. */
const GELU_MOST = memory.data<f32>([14.5]);
/** The upper half of the significand, whose square is exact. */
const HEAD = memory.data<u32>([0xfffff000]);

/**
 * x·Φ(x) = max(x, 0) - t·(1 - Φ(t)) with t = |x|. t² is taken in two parts, so that the tail is accurate too.
 * Error ≤ 7.29 ulp, denormal results ≤ 3.16·2^-149.
 */
// @ts-ignore: decorator
@inline
export function gelu(x: v128): v128 {
  const t = f32x4.pmin(f32x4.abs(x), constant(GELU_MOST));
  const head = v128.and(t, constant(HEAD));
  const square = f32x4.mul(f32x4.mul(head, head), constant(HALF));
  const rest = f32x4.mul(f32x4.mul(f32x4.sub(t, head), f32x4.add(t, head)), constant(HALF));
  const scaled = f32x4.mul(t, scaledExpOfSum(square, rest));
  let numerator = f32x4.add(f32x4.mul(constant(G4), t), constant(G3));
  numerator = f32x4.add(f32x4.mul(numerator, t), constant(G2));
  numerator = f32x4.add(f32x4.mul(numerator, t), constant(G1));
  numerator = f32x4.add(f32x4.mul(numerator, t), constant(HALF));
  let denominator = f32x4.add(f32x4.mul(constant(H5), t), constant(H4));
  denominator = f32x4.add(f32x4.mul(denominator, t), constant(H3));
  denominator = f32x4.add(f32x4.mul(denominator, t), constant(H2));
  denominator = f32x4.add(f32x4.mul(denominator, t), constant(H1));
  denominator = f32x4.add(f32x4.mul(denominator, t), constant(ONE));
  const tail = f32x4.div(f32x4.mul(scaled, numerator), denominator);
  return f32x4.sub(relu(x), f32x4.mul(tail, constant(DOWN)));
}

/**
 * x·tanh(log(1 + e^x)) = max(x, 0) - t·w with t = |x|, e = e^-t, and w = e(e+2) / (e(e+2)+2) where x < 0, else
 * 2e² / (1 + 2e(1+e)): sums of positive numbers only. Error ≤ 4.69 ulp, denormal results ≤ 1.31·2^-149.
 */
// @ts-ignore: decorator
@inline
export function mish(x: v128): v128 {
  const negative = f32x4.lt(x, constant(ZERO));
  const t = f32x4.pmin(f32x4.abs(x), constant(TAIL_MOST));
  const scaled = scaledExp(t);
  const e = f32x4.mul(scaled, constant(DOWN));
  const g = f32x4.add(e, v128.bitselect(constant(TWO), e, negative));
  const factor = f32x4.add(e, v128.andnot(constant(ONE), negative));
  const last = v128.bitselect(constant(TWO), constant(ONE), negative);
  const denominator = f32x4.add(f32x4.mul(g, factor), last);
  const tail = f32x4.div(f32x4.mul(t, f32x4.mul(scaled, g)), denominator);
  return f32x4.sub(relu(x), f32x4.mul(tail, constant(DOWN)));
}

/** alpha·x + beta */
// @ts-ignore: decorator
@inline
export function affine(x: v128, alpha: v128, beta: v128): v128 {
  return f32x4.add(f32x4.mul(alpha, x), beta);
}

/** alpha·tanh(beta·x) */
// @ts-ignore: decorator
@inline
export function scaledTanh(x: v128, alpha: v128, beta: v128): v128 {
  return f32x4.mul(alpha, tanh(f32x4.mul(beta, x)));
}
