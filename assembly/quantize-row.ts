/**
 * A row of f32 → whole numbers and a scale, which are multiplied in its place (src/reference/int8.ts defines them).
 *
 *     row  ┆ scale f32, two 16-bit ones, 8 bytes free ┆ (wide(K)) i8 or i16
 *
 * i8: u, from 1 to 127, as the relaxed dot wants it. i16: u less its offset, with a sign.
 */

/** Bytes in front of the numbers. */
export const HEADER: usize = 16;

/** K rounded up to what is written at a time; the numbers behind K are any in range, their weights are zeros. */
// @ts-ignore: decorator
@inline
export function wide(depth: i32): i32 {
  return (depth + 15) & ~15;
}

/** 1.5 · 2^23: what is added to it is rounded to a whole number, ties to even, in the low bits. */
const ROUND: f32 = 12582912;

/** 2^-100: rows with nothing larger count as zeros. */
const TINY: f32 = 7.888609052210118e-31;

/**
 * @param x (depth) f32; up to 15 behind them are read
 * @param limit 63 or 8191: what the largest number becomes
 * @param row gets 16 + wide(depth) · sizeof<T> bytes
 */
export function quantizeRow<T>(x: usize, depth: i32, limit: f32, row: usize): void {
  const most = largest(x, depth);
  const inverse: f32 = most < TINY ? 0 : limit / most;
  store<f32>(row, most < TINY ? 0 : most < Infinity ? most / limit : NaN);
  store<i32>(row, 0x00010001, 4);
  const factor = f32x4.splat(inverse);
  const round = f32x4.splat(ROUND + limit + 1);
  const bits = i32x4.splat(<i32>limit * 2 + 1);
  const offset = i16x8.splat(<i16>limit + 1);
  row += HEADER;
  for (const end = x + (<usize>depth << 2); x < end; x += 64) {
    const a = v128.and(f32x4.add(f32x4.mul(v128.load(x), factor), round), bits);
    const b = v128.and(f32x4.add(f32x4.mul(v128.load(x, 16), factor), round), bits);
    const c = v128.and(f32x4.add(f32x4.mul(v128.load(x, 32), factor), round), bits);
    const d = v128.and(f32x4.add(f32x4.mul(v128.load(x, 48), factor), round), bits);
    const ab = i16x8.narrow_i32x4_s(a, b);
    const cd = i16x8.narrow_i32x4_s(c, d);
    if (sizeof<T>() == 1) {
      v128.store(row, i8x16.narrow_i16x8_s(ab, cd));
      row += 16;
    } else {
      v128.store(row, i16x8.sub(ab, offset));
      v128.store(row, i16x8.sub(cd, offset), 16);
      row += 32;
    }
  }
}

/** max |x|, NaN if one is: as integers without their sign numbers keep their order, and NaN is above all of them. */
function largest(x: usize, depth: i32): f32 {
  const magnitude = i32x4.splat(0x7fffffff);
  let a = i32x4.splat(0);
  let b = a;
  const end = x + (<usize>depth << 2);
  for (; x + 32 <= end; x += 32) {
    a = i32x4.max_s(a, v128.and(v128.load(x), magnitude));
    b = i32x4.max_s(b, v128.and(v128.load(x, 16), magnitude));
  }
  a = i32x4.max_s(a, b);
  a = i32x4.max_s(a, i8x16.shuffle(a, a, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  let most = max(i32x4.extract_lane(a, 0), i32x4.extract_lane(a, 1));
  for (; x < end; x += 4) most = max(most, load<i32>(x) & 0x7fffffff);
  return reinterpret<f32>(most);
}
