/**
 * The products of whole numbers, in the three ways that there are; `T` says which.
 *
 *     i8    four k at a time: int8 weights × 7 bits, relaxed SIMD        bytes   c0 k0 k1 k2 k3 ┆ c1 … ┆ c2 … ┆ c3 …
 *     u8    the same, made of smaller instructions
 *     i16   two k at a time: weights with 16 bits × up to 15 bits        halves  c0 k0 k1 ┆ c1 k0 k1 ┆ c2 … ┆ c3 …
 *
 * A vector of weights is that of four columns (c), a splat has the same k of a row for all of them: 32 bits either way.
 * The weights of i16 are widened when they are packed: widened at each load, they are a fifth to a half slower.
 * The relaxed dot leaves open what its second operand means from 128 on, and whether two products may overflow 16 bits
 * together. Neither can come up with 0 to 127, so every engine gives the same integers.
 *
 * That dot is one instruction on ARM and on x86 with AVX-VNNI, and five on other x86, where V8 makes a vector of ones
 * anew for each: there u8 takes three, with the ones kept.
 *
 * 14 bits go as i16 in both modules. Two passes of i8, of the high seven bits and of the low ones, would be ten
 * instructions on such x86 where i16 has four.
 */

/** k of a step: of a vector of weights. */
// @ts-ignore: decorator
@inline
export function depthOf<T>(): i32 {
  return sizeof<T>() == 1 ? 4 : 2;
}

/** sum + the products of a step; `ones` are 16-bit ones, for u8 */
// @ts-ignore: decorator
@inline
export function dot<T>(sum: v128, u: v128, weights: v128, ones: v128): v128 {
  if (sizeof<T>() != 1) return i32x4.add(sum, i32x4.dot_i16x8_s(weights, u));
  if (isSigned<T>()) return i32x4.relaxed_dot_i8x16_i7x16_add_s(weights, u, sum);
  return i32x4.add(sum, i32x4.dot_i16x8_s(i16x8.relaxed_dot_i8x16_i7x16_s(weights, u), ones));
}

/**
 * Whether this is x86 without AVX-VNNI: where two products overflow 16 bits, which ours never do, only its dot is held
 * back at their limit.
 */
export function isDotSlow(): bool {
  const sum = i32x4.relaxed_dot_i8x16_i7x16_add_s(i8x16.splat(127), i8x16.splat(-1), i32x4.splat(0));
  return i32x4.extract_lane(sum, 0) == 2 * i16.MAX_VALUE;
}
