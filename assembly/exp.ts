/**
 * e^-z, four lanes at a time, and the pieces of it that the activations are made of. src/reference/exp.ts is the same
 * in scalars.
 *
 *     n = round(-z / ln 2),  r = z + n · ln 2,  p = e^-r - 1        e^-z = 2^n · (1 + p)
 *
 * Keeping p apart from the 1 is what makes tanh, elu and others accurate near 0. No division, no branch, no FMA.
 *
 * Constants are read from memory: engines build a v128.const anew at every use, which doubles the time of sigmoid.
 */

// @ts-ignore: decorator
@inline
export function constant(address: usize): v128 {
  return v128.load32_splat(address);
}

/** 1 / ln 2 */
const LOG2E = memory.data<f32>([1.4426950216293335]); // 0x3fb8aa3b

/** ln 2 in two parts; the first has 16 bits, so that n · LN2_HI is exact. */
const LN2_HI = memory.data<f32>([0.693145751953125]); // 0x3f317200
const LN2_LO = memory.data<f32>([1.428606765330187e-6]); // 0x35bfbe8e

/** ln 2 in one part of 21 bits: n · LN2 is exact for n < 12, which is as far as tanh and elu can tell. */
const LN2 = memory.data<f32>([0.6931471824645996]); // 0x3f317218

/**
 * e^-r - 1 = -r + r² · (1/2 - C3·r + C4·r² - C5·r³ + C6·r⁴), |r| ≤ ln 2 / 2. Minimax (Lawson), then tuned by the
 * exhaustive error of tanh.
 */
const C3 = memory.data<f32>([0.16666534543037415]); // 0x3e2aaa52
const C4 = memory.data<f32>([0.04166693612933159]); // 0x3d2aaaf3
const C5 = memory.data<f32>([0.008366487920284271]); // 0x3c091398
const C6 = memory.data<f32>([0.0013840828323736787]); // 0x3ab56a1d
export const HALF = memory.data<f32>([0.5]);
export const ONE = memory.data<f32>([1]);

/**
 * 1.5 · 2^23: added to a number below 2^22 it rounds that to a whole number and keeps it in the low bits. With an
 * exponent's bias added too, shifting those bits left by 23 makes a power of two. The biases: as it is, 2^32 times
 * that, 2^-32 times that, and double, for `exp`, which scales in two halves.
 */
export const ROUND = memory.data<f32>([12583039]); // 0x4b40007f
const ROUND_UP = memory.data<f32>([12583071]); // 0x4b40009f
export const ROUND_DOWN = memory.data<f32>([12583007]); // 0x4b40005f
const ROUND_TWICE = memory.data<f32>([12583166]); // 0x4b4000fe

const EXP_LEAST = memory.data<f32>([-89]);
const EXP_MOST = memory.data<f32>([105]);

/** -z / ln 2, rounded by one of the ROUND constants, which stays in it. */
// @ts-ignore: decorator
@inline
export function round(z: v128, rounding: v128): v128 {
  return f32x4.sub(rounding, f32x4.mul(z, constant(LOG2E)));
}

/** r = z + n · ln 2 for any n */
// @ts-ignore: decorator
@inline
export function remainder(z: v128, n: v128): v128 {
  return f32x4.add(f32x4.add(z, f32x4.mul(n, constant(LN2_HI))), f32x4.mul(n, constant(LN2_LO)));
}

/** r = z + n · ln 2 where e^-z is subtracted from 1 */
// @ts-ignore: decorator
@inline
export function nearRemainder(z: v128, n: v128): v128 {
  return f32x4.add(z, f32x4.mul(n, constant(LN2)));
}

/** p = e^-r - 1 for |r| ≤ ln 2 / 2 */
// @ts-ignore: decorator
@inline
export function expm1(r: v128): v128 {
  const r2 = f32x4.mul(r, r);
  const low = f32x4.sub(constant(HALF), f32x4.mul(r, constant(C3)));
  const high = f32x4.add(f32x4.sub(constant(C4), f32x4.mul(r, constant(C5))), f32x4.mul(r2, constant(C6)));
  return f32x4.sub(f32x4.mul(f32x4.add(f32x4.mul(high, r2), low), r2), r);
}

/** 2^n, from the result of `round` */
// @ts-ignore: decorator
@inline
export function power(rounded: v128): v128 {
  return i32x4.shl(rounded, 23);
}

/** 2^32 · e^-z for 0 ≤ z ≤ 109 */
// @ts-ignore: decorator
@inline
export function scaledExp(z: v128): v128 {
  const rounded = round(z, constant(ROUND_UP));
  const p = expm1(remainder(z, f32x4.sub(rounded, constant(ROUND_UP))));
  const s = power(rounded);
  return f32x4.add(f32x4.mul(s, p), s);
}

/** 2^32 · e^-(z + rest), where z has few enough bits to be exact and rest is small */
// @ts-ignore: decorator
@inline
export function scaledExpOfSum(z: v128, rest: v128): v128 {
  const rounded = round(f32x4.add(z, rest), constant(ROUND_UP));
  const r = remainder(z, f32x4.sub(rounded, constant(ROUND_UP)));
  const p = expm1(f32x4.add(r, rest));
  const s = power(rounded);
  return f32x4.add(f32x4.mul(s, p), s);
}

/**
 * e^x. Error ≤ 1.05 ulp, denormal results ≤ 0.75·2^-149. 0 below -103.97, Infinity above 88.7228.
 */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  const z = f32x4.pmin(f32x4.pmax(f32x4.neg(x), constant(EXP_LEAST)), constant(EXP_MOST));
  const rounded = round(z, constant(ROUND_TWICE));
  const p = expm1(remainder(z, f32x4.sub(rounded, constant(ROUND_TWICE))));
  const half = i32x4.shr_s(rounded, 1);
  const first = f32x4.mul(f32x4.add(p, constant(ONE)), i32x4.shl(half, 23));
  return f32x4.mul(first, i32x4.shl(i32x4.sub(rounded, half), 23));
}
