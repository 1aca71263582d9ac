import { expected } from "../errors.ts";
import type { Floats, Tensor } from "../tensor.ts";
import type { StoredTensor } from "./safetensors.ts";

/**
 * A stored tensor of floats → f32. Every F16 and BF16 is an f32 exactly.
 *
 * @param where what to call it in a message
 * @throws CongruentError `unsupported`: numbers of another type
 */
export function widen({ dtype, shape, bytes }: StoredTensor, where: string): Tensor {
  // A copy of its own: the file need not be aligned, nor stay.
  const { buffer } = new Uint8Array(bytes);
  if (dtype === "F32") return { data: new Float32Array(buffer), shape };
  if (dtype !== "F16" && dtype !== "BF16") {
    const given = dtype === "I8" ? "I8, which loadModel of congruent/int8 reads" : dtype;
    throw expected("unsupported", where, "dtype F32, F16 or BF16", given);
  }
  const halves = new Uint16Array(buffer);
  if (dtype === "F16") return { data: Float32Array.from(halves, halfToNumber) as Floats, shape };
  return { data: new Float32Array(Uint32Array.from(halves, (bits) => bits << 16).buffer), shape };
}

/** IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits. */
export function halfToNumber(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const size = exponent ? 2 ** (exponent - 25) * (1024 + fraction) : 2 ** -24 * fraction;
  return (bits & 0x8000 ? -1 : 1) * (exponent < 31 ? size : fraction ? Number.NaN : Number.POSITIVE_INFINITY);
}
