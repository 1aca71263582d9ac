import { ROUND, ROUND_DOWN, scaledExp, split } from "./exp.ts";
import { bitsOf, F, fromBits, pmax, pmin } from "./f32.ts";

/**
 * The elementwise functions: assembly/elementwise.ts, one number at a time, operation by operation, so that the bits
 * are the same. Every one takes an f32 and gives an f32. docs/activations.md has special values and errors.
 */

/** 2^-32, the inverse of the scale in scaledExp and under the sum in logisticDenominator */
const DOWN = 2 ** -32;

/** 2^-32 · (1 + e^-z) for -109 ≤ z ≤ 65. Scaled, so that its inverse is still exact where it is denormal. */
function logisticDenominator(z: number): number {
  const { s, p } = split(z, ROUND_DOWN);
  return F(F(F(s * p) + DOWN) + s);
}

/** max(x, 0) - tail, for a tail that is scaled by 2^32 */
function withTail(x: number, tail: number): number {
  return F(relu(x) - F(tail * DOWN));
}

/** By Horner's rule. The coefficients, of 1, x, x² …, are decimals as in exp.ts. */
function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduceRight((sum, coefficient) => F(F(sum * x) + F(coefficient)), 0);
}

/** 1 / (1 + e^-x) */
export function sigmoid(x: number): number {
  const z = pmin(pmax(x, -105), 30);
  return F(DOWN / logisticDenominator(z));
}

/** (1 - e^-2|x|) / (1 + e^-2|x|) with the sign of x: odd in every bit, x itself where |x| ≤ 2^-26. */
export function tanh(x: number): number {
  const size = Math.abs(x);
  const { s, p } = split(pmin(F(size + size), 20), ROUND);
  const sp = F(s * p);
  const numerator = F(F(1 - s) - sp);
  const denominator = F(F(s + 1) + sp);
  return withSign(F(numerator / denominator), x);
}

/** Of a number that is not negative. */
function withSign(size: number, x: number): number {
  return fromBits(bitsOf(size) | (bitsOf(x) & 0x80000000));
}

/** x where x > 0, else 0; -0 and NaN stay. */
export function relu(x: number): number {
  return pmax(x, 0);
}

/** clip(x, 0, 6) */
export function relu6(x: number): number {
  return pmin(relu(x), 6);
}

/** clip(alpha·x + beta, 0, 1) */
export function hardSigmoid(x: number, alpha: number, beta: number): number {
  return pmin(relu(affine(x, alpha, beta)), 1);
}

/** x where x ≥ 0, else alpha·x */
export function leakyRelu(x: number, alpha: number): number {
  return x >= 0 ? x : F(alpha * x);
}

/** x where x > alpha, else 0; NaN stays. */
export function thresholdedRelu(x: number, alpha: number): number {
  return x <= alpha ? 0 : x;
}

/** e^x - 1 for x < 0, -1 below -20, of no meaning above 0 */
function expm1OfNegative(x: number): number {
  const { s, p } = split(pmin(-x, 20), ROUND);
  return F(F(s * p) + F(s - 1));
}

/** x where x ≥ 0, else alpha·(e^x - 1) */
export function elu(x: number, alpha: number): number {
  return x >= 0 ? x : F(alpha * expm1OfNegative(x));
}

/** 1.0507009873554805, and that times 1.6732632423543772 (Klambauer et al. 2017) */
const SELU_SCALE = 1.050701; // 0x3f867d5f
const SELU_SCALE_ALPHA = 1.7580993; // 0x3fe10966

/** scale·x where x ≥ 0, else scale·alpha·(e^x - 1) */
export function selu(x: number): number {
  return x >= 0 ? F(F(SELU_SCALE) * x) : F(F(SELU_SCALE_ALPHA) * expm1OfNegative(x));
}

/** log(1 + e) = y + y³·(S0 + S1·y² + S2·y⁴ + S3·y⁶), y = e / (1 + e/2), 0 ≤ e ≤ 1. */
const SOFTPLUS = [
  0.08333302, // 0x3daaaa81
  0.012506699, // 0x3c4ce8e6
  0.0021877366, // 0x3b0f6021
  0.0005470069, // 0x3a0f6503
];

/** log(1 + e^x) = max(x, 0) + log(1 + e^-|x|) */
export function softplus(x: number): number {
  const scaled = scaledExp(pmin(Math.abs(x), 109));
  const e = F(scaled * DOWN);
  const y = F(scaled / F(F(e * 0.5) + 1));
  const unscaled = F(y * DOWN);
  const v = F(unscaled * unscaled);
  const log = F(y + F(y * F(v * polynomial(SOFTPLUS, v))));
  return withTail(x, -log);
}

/** The largest finite number: with it as the bound, ±Infinity gives ±1. */
const LARGEST = 3.4028235e38; // 0x7f7fffff

/** x / (1 + |x|) */
export function softsign(x: number): number {
  const t = pmin(Math.abs(x), F(LARGEST));
  return withSign(F(t / F(t + 1)), x);
}

/** x / (1 + e^-x) = max(x, 0) - |x| / (1 + e^|x|), which neither overflows nor cancels */
export function silu(x: number): number {
  const t = pmin(Math.abs(x), 109);
  return withTail(x, F(t / logisticDenominator(-t)));
}

/** 2·√(2/π), and that times 0.044715 */
const GELU_LINEAR = 1.5957692; // 0x3fcc422a
const GELU_CUBIC = 0.071354814; // 0x3d922279

/** x / (1 + e^-z), z = 2·√(2/π)·(x + 0.044715·x³), folded as silu is */
export function geluTanh(x: number): number {
  const t = pmin(Math.abs(x), 10.875);
  const slope = F(F(F(t * t) * F(GELU_CUBIC)) + F(GELU_LINEAR));
  return withTail(x, F(t / logisticDenominator(-F(slope * t))));
}

/** e^(t²/2)·(1 - Φ(t)) = (1/2 + G1·t + … + G4·t⁴) / (1 + H1·t + … + H5·t⁵), 0 ≤ t ≤ 14.6. */
const GELU_NUMERATOR = [
  0.5,
  0.4384974, // 0x3ee082bb
  0.18338533, // 0x3e3bc95d
  0.040683914, // 0x3d26a42d
  0.004123849, // 0x3b87215a
];
const GELU_DENOMINATOR = [
  1,
  1.6748798, // 0x3fd66276
  1.2031265, // 0x3f9a000d
  0.46986714, // 0x3ef0926d
  0.10198583, // 0x3dd0ddf2
  0.010336839, // 0x3c295bd8
];

/** x·Φ(x) = max(x, 0) - t·(1 - Φ(t)) with t = |x|. t² is taken in two parts, so that the tail is accurate too. */
export function gelu(x: number): number {
  const t = pmin(Math.abs(x), 14.5);
  const head = fromBits(bitsOf(t) & 0xfffff000);
  const square = F(F(head * head) * 0.5);
  const rest = F(F(F(t - head) * F(t + head)) * 0.5);
  const scaled = F(t * scaledExp(square, rest));
  const numerator = F(scaled * polynomial(GELU_NUMERATOR, t));
  return withTail(x, F(numerator / polynomial(GELU_DENOMINATOR, t)));
}

/**
 * x·tanh(log(1 + e^x)) = max(x, 0) - t·w with t = |x|, e = e^-t, and w = e(e+2) / (e(e+2)+2) where x < 0, else
 * 2e² / (1 + 2e(1+e)): sums of positive numbers only.
 */
export function mish(x: number): number {
  const negative = x < 0;
  const t = pmin(Math.abs(x), 109);
  const scaled = scaledExp(t);
  const e = F(scaled * DOWN);
  const g = F(e + (negative ? 2 : e));
  const factor = F(e + (negative ? 0 : 1));
  const denominator = F(F(g * factor) + (negative ? 2 : 1));
  return withTail(x, F(F(t * F(scaled * g)) / denominator));
}

/** alpha·x + beta */
export function affine(x: number, alpha: number, beta: number): number {
  return F(F(alpha * x) + beta);
}

/** alpha·tanh(beta·x) */
export function scaledTanh(x: number, alpha: number, beta: number): number {
  return F(alpha * tanh(F(beta * x)));
}
