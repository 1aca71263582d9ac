/**
 * The nearest IEEE 754 binary16, ties to even: 1 sign, 5 exponent, 10 fraction bits. NaN stays NaN, and what is beyond
 * the range becomes infinite.
 *
 * @returns its 16 bits
 */
export function toHalf(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  // Halfway between the largest half, 65504, and what would be the next one.
  if (size >= 65520) return sign | 0x7c00;
  // Below 2⁻¹⁴ halves are 2⁻²⁴ apart, as they are from there to 2⁻¹³.
  const exponent = Math.max(Math.floor(Math.log2(size)), -14);
  // 0 to 2048 steps: 1024 is the hidden bit. A carry out of the fraction goes into the exponent, which is right.
  const steps = roundToEven(size * 2 ** (10 - exponent));
  return sign | (((exponent + 14) << 10) + steps);
}

function roundToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
