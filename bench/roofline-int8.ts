/**
 * What the machine gives at most to products of int8 weights: products and sums per second, in each way in which the
 * kernels make them (assembly/dot-int8.ts).
 *
 * AssemblyScript with relaxed SIMD; compiled on the spot by roofline.mjs.
 */

/**
 * Twelve chains of the relaxed dot, a sixteen of products and sums each.
 *
 * @param weight any byte
 * @param number 0 to 127; flip, the same: the numbers change with it, so that no product can be kept
 */
export function relaxedDot(iterations: i32, weight: i32, number: i32, flip: i32): i32 {
  const w = i8x16.splat(<i8>weight);
  const f = i8x16.splat(<i8>flip);
  let u = i8x16.splat(<i8>number);
  let a0 = i32x4.splat(0),
    a1 = a0,
    a2 = a0,
    a3 = a0,
    a4 = a0,
    a5 = a0;
  let a6 = a0,
    a7 = a0,
    a8 = a0,
    a9 = a0,
    a10 = a0,
    a11 = a0;
  for (let i = 0; i < iterations; ++i) {
    a0 = i32x4.relaxed_dot_i8x16_i7x16_add_s(w, u, a0);
    a1 = i32x4.relaxed_dot_i8x16_i7x16_add_s(w, u, a1);
    a2 = i32x4.relaxed_dot_i8x16_i7x16_add_s(w, u, a2);
    a3 = i32x4.relaxed_dot_i8x16_i7x16_add_s(w, u, a3);
    a4 = i32x4.relaxed_dot_i8x16_i7x16_add_s(w, u, a4);
    a5 = i32x4.relaxed_dot_i8x16_i7x16_add_s(w, u, a5);
    a6 = i32x4.relaxed_dot_i8x16_i7x16_add_s(w, u, a6);
    a7 = i32x4.relaxed_dot_i8x16_i7x16_add_s(w, u, a7);
    a8 = i32x4.relaxed_dot_i8x16_i7x16_add_s(w, u, a8);
    a9 = i32x4.relaxed_dot_i8x16_i7x16_add_s(w, u, a9);
    a10 = i32x4.relaxed_dot_i8x16_i7x16_add_s(w, u, a10);
    a11 = i32x4.relaxed_dot_i8x16_i7x16_add_s(w, u, a11);
    u = v128.xor(u, f);
  }
  a0 = i32x4.add(i32x4.add(a0, a1), i32x4.add(a2, a3));
  a4 = i32x4.add(i32x4.add(a4, a5), i32x4.add(a6, a7));
  a8 = i32x4.add(i32x4.add(a8, a9), i32x4.add(a10, a11));
  return i32x4.extract_lane(i32x4.add(i32x4.add(a0, a4), a8), 0);
}

/**
 * The relaxed dot of smaller instructions: three weights times three rows, two steps at a time, as a tile has them. Only
 * the rows are loaded, from the same place in every call.
 *
 * @param address of 24 bytes an iteration, 0 to 127 each
 * @param weight any byte
 */
export function smallDot(iterations: i32, address: usize, weight: i32): i32 {
  const w0 = i8x16.splat(<i8>weight),
    w1 = i8x16.splat(<i8>(weight + 1)),
    w2 = i8x16.splat(<i8>(weight + 2));
  const ones = i16x8.splat(<i16>(weight >> 31) | 1);
  let u: v128;
  let a00 = i32x4.splat(0),
    a01 = a00,
    a02 = a00,
    a10 = a00,
    a11 = a00,
    a12 = a00,
    a20 = a00,
    a21 = a00,
    a22 = a00;
  for (const end = address + 24 * iterations; address < end; ) {
    u = v128.load32_splat(address);
    a00 = i32x4.add(a00, i32x4.dot_i16x8_s(i16x8.relaxed_dot_i8x16_i7x16_s(w0, u), ones));
    a01 = i32x4.add(a01, i32x4.dot_i16x8_s(i16x8.relaxed_dot_i8x16_i7x16_s(w1, u), ones));
    a02 = i32x4.add(a02, i32x4.dot_i16x8_s(i16x8.relaxed_dot_i8x16_i7x16_s(w2, u), ones));
    u = v128.load32_splat(address, 4);
    a10 = i32x4.add(a10, i32x4.dot_i16x8_s(i16x8.relaxed_dot_i8x16_i7x16_s(w0, u), ones));
    a11 = i32x4.add(a11, i32x4.dot_i16x8_s(i16x8.relaxed_dot_i8x16_i7x16_s(w1, u), ones));
    a12 = i32x4.add(a12, i32x4.dot_i16x8_s(i16x8.relaxed_dot_i8x16_i7x16_s(w2, u), ones));
    u = v128.load32_splat(address, 8);
    a20 = i32x4.add(a20, i32x4.dot_i16x8_s(i16x8.relaxed_dot_i8x16_i7x16_s(w0, u), ones));
    a21 = i32x4.add(a21, i32x4.dot_i16x8_s(i16x8.relaxed_dot_i8x16_i7x16_s(w1, u), ones));
    a22 = i32x4.add(a22, i32x4.dot_i16x8_s(i16x8.relaxed_dot_i8x16_i7x16_s(w2, u), ones));
    u = v128.load32_splat(address, 12);
    a00 = i32x4.add(a00, i32x4.dot_i16x8_s(i16x8.relaxed_dot_i8x16_i7x16_s(w0, u), ones));
    a01 = i32x4.add(a01, i32x4.dot_i16x8_s(i16x8.relaxed_dot_i8x16_i7x16_s(w1, u), ones));
    a02 = i32x4.add(a02, i32x4.dot_i16x8_s(i16x8.relaxed_dot_i8x16_i7x16_s(w2, u), ones));
    u = v128.load32_splat(address, 16);
    a10 = i32x4.add(a10, i32x4.dot_i16x8_s(i16x8.relaxed_dot_i8x16_i7x16_s(w0, u), ones));
    a11 = i32x4.add(a11, i32x4.dot_i16x8_s(i16x8.relaxed_dot_i8x16_i7x16_s(w1, u), ones));
    a12 = i32x4.add(a12, i32x4.dot_i16x8_s(i16x8.relaxed_dot_i8x16_i7x16_s(w2, u), ones));
    u = v128.load32_splat(address, 20);
    a20 = i32x4.add(a20, i32x4.dot_i16x8_s(i16x8.relaxed_dot_i8x16_i7x16_s(w0, u), ones));
    a21 = i32x4.add(a21, i32x4.dot_i16x8_s(i16x8.relaxed_dot_i8x16_i7x16_s(w1, u), ones));
    a22 = i32x4.add(a22, i32x4.dot_i16x8_s(i16x8.relaxed_dot_i8x16_i7x16_s(w2, u), ones));
    address += 24;
  }
  a00 = i32x4.add(i32x4.add(a00, a01), i32x4.add(a02, a10));
  a11 = i32x4.add(i32x4.add(a11, a12), i32x4.add(a20, a21));
  return i32x4.extract_lane(i32x4.add(i32x4.add(a00, a11), a22), 0);
}

/**
 * The dot of plain SIMD, of numbers with 16 bits, eight products and sums each: the same tile.
 *
 * @param address of 24 bytes an iteration
 */
export function wideDot(iterations: i32, address: usize, weight: i32): i32 {
  const w0 = i16x8.splat(<i16>weight),
    w1 = i16x8.splat(<i16>(weight + 1)),
    w2 = i16x8.splat(<i16>(weight + 2));
  let u: v128;
  let a00 = i32x4.splat(0),
    a01 = a00,
    a02 = a00,
    a10 = a00,
    a11 = a00,
    a12 = a00,
    a20 = a00,
    a21 = a00,
    a22 = a00;
  for (const end = address + 24 * iterations; address < end; ) {
    u = v128.load32_splat(address);
    a00 = i32x4.add(a00, i32x4.dot_i16x8_s(w0, u));
    a01 = i32x4.add(a01, i32x4.dot_i16x8_s(w1, u));
    a02 = i32x4.add(a02, i32x4.dot_i16x8_s(w2, u));
    u = v128.load32_splat(address, 4);
    a10 = i32x4.add(a10, i32x4.dot_i16x8_s(w0, u));
    a11 = i32x4.add(a11, i32x4.dot_i16x8_s(w1, u));
    a12 = i32x4.add(a12, i32x4.dot_i16x8_s(w2, u));
    u = v128.load32_splat(address, 8);
    a20 = i32x4.add(a20, i32x4.dot_i16x8_s(w0, u));
    a21 = i32x4.add(a21, i32x4.dot_i16x8_s(w1, u));
    a22 = i32x4.add(a22, i32x4.dot_i16x8_s(w2, u));
    u = v128.load32_splat(address, 12);
    a00 = i32x4.add(a00, i32x4.dot_i16x8_s(w0, u));
    a01 = i32x4.add(a01, i32x4.dot_i16x8_s(w1, u));
    a02 = i32x4.add(a02, i32x4.dot_i16x8_s(w2, u));
    u = v128.load32_splat(address, 16);
    a10 = i32x4.add(a10, i32x4.dot_i16x8_s(w0, u));
    a11 = i32x4.add(a11, i32x4.dot_i16x8_s(w1, u));
    a12 = i32x4.add(a12, i32x4.dot_i16x8_s(w2, u));
    u = v128.load32_splat(address, 20);
    a20 = i32x4.add(a20, i32x4.dot_i16x8_s(w0, u));
    a21 = i32x4.add(a21, i32x4.dot_i16x8_s(w1, u));
    a22 = i32x4.add(a22, i32x4.dot_i16x8_s(w2, u));
    address += 24;
  }
  a00 = i32x4.add(i32x4.add(a00, a01), i32x4.add(a02, a10));
  a11 = i32x4.add(i32x4.add(a11, a12), i32x4.add(a20, a21));
  return i32x4.extract_lane(i32x4.add(i32x4.add(a00, a11), a22), 0);
}
