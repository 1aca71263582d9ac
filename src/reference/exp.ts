import { bitsOf, F, fromBits, pmax, pmin } from "./f32.ts";

/**
 * e^-z, and the pieces of it that the activations are made of: assembly/exp.ts, one number at a time, with the same
 * constants in the same order.
 *
 *     n = round(-z / ln 2),  r = z + n · ln 2,  p = e^-r - 1        e^-z = 2^n · (1 + p)
 *
 * Keeping p apart from the 1 is what makes tanh, elu and others accurate near 0.
 *
 * Constants are the shortest decimals that round to the f32 beside them, and are rounded where they are used.
 */

/** 1 / ln 2 */
const LOG2E = Math.LOG2E; // 0x3fb8aa3b

/** ln 2 in two parts; the first has 16 bits, so that n · LN2_HI is exact. */
const LN2_HI = 0.69314575; // 0x3f317200
const LN2_LO = 1.4286068e-6; // 0x35bfbe8e

/** ln 2 in one part of 21 bits: n · LN2 is exact for n < 12, which is as far as tanh and elu can tell. */
const LN2 = Math.LN2; // 0x3f317218

/** e^-r - 1 = -r + r² · (1/2 - C3·r + C4·r² - C5·r³ + C6·r⁴), |r| ≤ ln 2 / 2. */
const C3 = 0.16666535; // 0x3e2aaa52
const C4 = 0.041666936; // 0x3d2aaaf3
const C5 = 0.008366488; // 0x3c091398
const C6 = 0.0013840828; // 0x3ab56a1d

/**
 * 1.5 · 2^23: added to a number below 2^22 it rounds that to a whole number and keeps it in the low bits. With an
 * exponent's bias added too, shifting those bits left by 23 makes a power of two. The biases: as it is, 2^32 times
 * that, 2^-32 times that, and double, for `exp`, which scales in two halves.
 */
export const ROUND = 12583039; // 0x4b40007f
const ROUND_UP = 12583071; // 0x4b40009f
export const ROUND_DOWN = 12583007; // 0x4b40005f
const ROUND_TWICE = 12583166; // 0x4b4000fe

/**
 * The pieces of e^-(z + rest), where z has few enough bits to be exact and rest is small, or there is none.
 *
 * @param rounding one of the ROUND constants; ROUND itself is for what is subtracted from 1, and takes ln 2 in one part
 * @returns 2^n, times what the rounding says; p = e^-r - 1; and -z / ln 2, rounded, with the rounding still in it
 */
export function split(z: number, rounding: number, rest = 0): { s: number; p: number; rounded: number } {
  const rounded = F(rounding - F(F(z + rest) * F(LOG2E)));
  const n = F(rounded - rounding);
  const r = rounding === ROUND ? F(z + F(n * F(LN2))) : F(F(F(z + F(n * F(LN2_HI))) + F(n * F(LN2_LO))) + rest);
  return { s: power(bitsOf(rounded)), p: expm1(r), rounded };
}

/** p = e^-r - 1 for |r| ≤ ln 2 / 2 */
function expm1(r: number): number {
  const r2 = F(r * r);
  const low = F(0.5 - F(r * F(C3)));
  const high = F(F(F(C4) - F(r * F(C5))) + F(r2 * F(C6)));
  return F(F(F(F(high * r2) + low) * r2) - r);
}

/** 2^n, from an n with its bias in the low bits */
function power(n: number): number {
  return fromBits(n << 23);
}

/** 2^32 · e^-(z + rest) for 0 ≤ z ≤ 109, as {@link split} */
export function scaledExp(z: number, rest?: number): number {
  const { s, p } = split(z, ROUND_UP, rest);
  return F(F(s * p) + s);
}

/** e^x: 0 below -103.97, denormal below -87.3365, Infinity above 88.7228. Softmax uses it too. */
export function exp(x: number): number {
  const { p, rounded } = split(pmin(pmax(-x, -89), 105), ROUND_TWICE);
  const all = bitsOf(rounded);
  const half = all >> 1;
  return F(F(F(p + 1) * power(half)) * power(all - half));
}
