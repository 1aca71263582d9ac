/**
 * e^-z, and the pieces of it that the activations are made of: assembly/exp.ts, one number at a time, with the same
 * constants in the same order.
 *
 *     n = round(-z / ln 2),  r = z + n · ln 2,  p = e^-r - 1        e^-z = 2^n · (1 + p)
 *
 * Keeping p apart from the 1 is what makes tanh, elu and others accurate near 0.
 */

const F = Math.fround;

/** 1 / ln 2 */
const LOG2E = 1.4426950216293335; // 0x3fb8aa3b

/** ln 2 in two parts; the first has 16 bits, so that n · LN2_HI is exact. */
const LN2_HI = 0.693145751953125; // 0x3f317200
const LN2_LO = 1.428606765330187e-6; // 0x35bfbe8e

/** ln 2 in one part of 21 bits: n · LN2 is exact for n < 12, which is as far as tanh and elu can tell. */
const LN2 = 0.6931471824645996; // 0x3f317218

/** e^-r - 1 = -r + r² · (1/2 - C3·r + C4·r² - C5·r³ + C6·r⁴), |r| ≤ ln 2 / 2. */
const C3 = 0.16666534543037415; // 0x3e2aaa52
const C4 = 0.04166693612933159; // 0x3d2aaaf3
const C5 = 0.008366487920284271; // 0x3c091398
const C6 = 0.0013840828323736787; // 0x3ab56a1d

/**
 * 1.5 · 2^23: added to a number below 2^22 it rounds that to a whole number and keeps it in the low bits. With an
 * exponent's bias added too, shifting those bits left by 23 makes a power of two. The biases: as it is, 2^32 times
 * that, 2^-32 times that, and double, for `exp`, which scales in two halves.
 */
export const ROUND = 12583039; // 0x4b40007f
const ROUND_UP = 12583071; // 0x4b40009f
export const ROUND_DOWN = 12583007; // 0x4b40005f
const ROUND_TWICE = 12583166; // 0x4b4000fe

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** The bits of an f32, as an i32. */
export function bitsOf(x: number): number {
  float[0] = x;
  return bits[0];
}

/** The f32 of these bits. */
export function fromBits(pattern: number): number {
  bits[0] = pattern;
  return float[0];
}

/** The larger one; a NaN in x stays. WebAssembly's pmax. */
export function pmax(x: number, y: number): number {
  return x < y ? y : x;
}

/** The smaller one; a NaN in x stays. WebAssembly's pmin. */
export function pmin(x: number, y: number): number {
  return y < x ? y : x;
}

/** -z / ln 2, rounded by one of the ROUND constants, which stays in it. */
export function round(z: number, rounding: number): number {
  return F(rounding - F(z * LOG2E));
}

/** r = z + n · ln 2 for any n */
export function remainder(z: number, n: number): number {
  return F(F(z + F(n * LN2_HI)) + F(n * LN2_LO));
}

/** r = z + n · ln 2 where e^-z is subtracted from 1 */
export function nearRemainder(z: number, n: number): number {
  return F(z + F(n * LN2));
}

/** p = e^-r - 1 for |r| ≤ ln 2 / 2 */
export function expm1(r: number): number {
  const r2 = F(r * r);
  const low = F(0.5 - F(r * C3));
  const high = F(F(C4 - F(r * C5)) + F(r2 * C6));
  return F(F(F(F(high * r2) + low) * r2) - r);
}

/** 2^n, from the result of {@link round} */
export function power(rounded: number): number {
  return fromBits(bitsOf(rounded) << 23);
}

/** 2^32 · e^-z for 0 ≤ z ≤ 109 */
export function scaledExp(z: number): number {
  const rounded = round(z, ROUND_UP);
  const p = expm1(remainder(z, F(rounded - ROUND_UP)));
  const s = power(rounded);
  return F(F(s * p) + s);
}

/** 2^32 · e^-(z + rest), where z has few enough bits to be exact and rest is small */
export function scaledExpOfSum(z: number, rest: number): number {
  const rounded = round(F(z + rest), ROUND_UP);
  const r = remainder(z, F(rounded - ROUND_UP));
  const p = expm1(F(r + rest));
  const s = power(rounded);
  return F(F(s * p) + s);
}

/** e^x: 0 below -103.97, denormal below -87.3365, Infinity above 88.7228. Softmax uses it too. */
export function exp(x: number): number {
  const z = pmin(pmax(-x, -89), 105);
  const rounded = round(z, ROUND_TWICE);
  const p = expm1(remainder(z, F(rounded - ROUND_TWICE)));
  const all = bitsOf(rounded);
  const half = all >> 1;
  const first = F(F(p + 1) * fromBits(half << 23));
  return F(first * fromBits((all - half) << 23));
}
