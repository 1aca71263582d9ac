/**
 * What the machine gives to WebAssembly SIMD at most: products and sums per second, and bytes per second.
 *
 * AssemblyScript; compiled on the spot by roofline.mjs.
 */

/**
 * Twelve independent chains of a = a · m + c: as many accumulators as the kernels have, and nothing to load.
 *
 * @param factor m, and term c: parameters, because constants V8 makes anew wherever they are used
 */
export function mulAdd(iterations: i32, factor: f32, term: f32): f32 {
  const m = f32x4.splat(factor);
  const c = f32x4.splat(term);
  let a0 = f32x4.splat(0.0), a1 = f32x4.splat(0.1), a2 = f32x4.splat(0.2), a3 = f32x4.splat(0.3);
  let a4 = f32x4.splat(0.4), a5 = f32x4.splat(0.5), a6 = f32x4.splat(0.6), a7 = f32x4.splat(0.7);
  let a8 = f32x4.splat(0.8), a9 = f32x4.splat(0.9), a10 = f32x4.splat(1.0), a11 = f32x4.splat(1.1);
  for (let i = 0; i < iterations; ++i) {
    a0 = f32x4.add(f32x4.mul(a0, m), c);
    a1 = f32x4.add(f32x4.mul(a1, m), c);
    a2 = f32x4.add(f32x4.mul(a2, m), c);
    a3 = f32x4.add(f32x4.mul(a3, m), c);
    a4 = f32x4.add(f32x4.mul(a4, m), c);
    a5 = f32x4.add(f32x4.mul(a5, m), c);
    a6 = f32x4.add(f32x4.mul(a6, m), c);
    a7 = f32x4.add(f32x4.mul(a7, m), c);
    a8 = f32x4.add(f32x4.mul(a8, m), c);
    a9 = f32x4.add(f32x4.mul(a9, m), c);
    a10 = f32x4.add(f32x4.mul(a10, m), c);
    a11 = f32x4.add(f32x4.mul(a11, m), c);
  }
  a0 = f32x4.add(f32x4.add(a0, a1), f32x4.add(a2, a3));
  a4 = f32x4.add(f32x4.add(a4, a5), f32x4.add(a6, a7));
  a8 = f32x4.add(f32x4.add(a8, a9), f32x4.add(a10, a11));
  return f32x4.extract_lane(f32x4.add(f32x4.add(a0, a4), a8), 0);
}

/** Twelve loads an iteration, each into a sum of its own. */
export function load(address: usize, bytes: i32): f32 {
  let a0 = f32x4.splat(0), a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0;
  let a6 = a0, a7 = a0, a8 = a0, a9 = a0, a10 = a0, a11 = a0;
  for (const end = address + bytes; address < end; address += 192) {
    a0 = f32x4.add(a0, v128.load(address));
    a1 = f32x4.add(a1, v128.load(address, 16));
    a2 = f32x4.add(a2, v128.load(address, 32));
    a3 = f32x4.add(a3, v128.load(address, 48));
    a4 = f32x4.add(a4, v128.load(address, 64));
    a5 = f32x4.add(a5, v128.load(address, 80));
    a6 = f32x4.add(a6, v128.load(address, 96));
    a7 = f32x4.add(a7, v128.load(address, 112));
    a8 = f32x4.add(a8, v128.load(address, 128));
    a9 = f32x4.add(a9, v128.load(address, 144));
    a10 = f32x4.add(a10, v128.load(address, 160));
    a11 = f32x4.add(a11, v128.load(address, 176));
  }
  a0 = f32x4.add(f32x4.add(a0, a1), f32x4.add(a2, a3));
  a4 = f32x4.add(f32x4.add(a4, a5), f32x4.add(a6, a7));
  a8 = f32x4.add(f32x4.add(a8, a9), f32x4.add(a10, a11));
  return f32x4.extract_lane(f32x4.add(f32x4.add(a0, a4), a8), 0);
}
