/**
 * A 16-bit float (IEEE 754 binary16) → its value, which float32 has exactly.
 *
 * @param bits sign, 5 bits of exponent, 10 of fraction
 */
export function fromFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** The upper half of a float32 (bfloat16) → its value. */
export function fromBfloat16(bits: number): number {
  words[0] = bits << 16;
  return float[0];
}

const words = new Int32Array(1);
const float = new Float32Array(words.buffer);
