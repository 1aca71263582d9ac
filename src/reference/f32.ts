/** The nearest f32: what every operation of the kernel rounds to. */
export const F = Math.fround;

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
