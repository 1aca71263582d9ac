import type { Precision, QuantizedMatrix } from "../layers/layer.ts";
import { F } from "./f32.ts";

/** Rows with nothing larger than this count as zeros: the scale of a smaller one would overflow. */
const TINY = 2 ** -100;

/** 1.5 · 2^23: a number below 2^22 added to it is rounded to a whole number, ties to even, in the sum's low bits. */
const ROUND = 12582912; // 0x4b400000

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/**
 * A row of numbers → whole numbers u from 1 to 127 (7 bits) or to 16383 (14 bits), and a scale:
 *
 *     m     = max |x[k]|                                      NaN if one is
 *     L     = 63 (7 bits) or 8191 (14 bits)
 *     inv   = m < 2^-100 ? 0 : L / m
 *     u[k]  = round(x[k] · inv) + L + 1                       ties to even
 *     scale = m < 2^-100 ? 0 : m / L                          NaN where m is not finite
 *
 * so that x[k] ≈ scale · (u[k] - (L + 1)); every operation is rounded to f32. The row alone decides, whatever stands
 * beside it in the batch.
 *
 * In a row that is not finite u is the low bits of a NaN, still in range, and the scale makes NaN of all that follows.
 *
 * @param u gets (inputs)
 * @param x holds the row, (inputs) from index `at`
 * @returns the scale
 */
export function quantizeRow(u: Int32Array, x: Float32Array, at: number, inputs: number, precision: Precision): number {
  const limit = precision === 7 ? 63 : 8191;
  let m = 0;
  for (let k = 0; k < inputs; k++) m = Math.max(m, Math.abs(x[at + k]));
  const inverse = m < TINY ? 0 : F(limit / m);
  for (let k = 0; k < inputs; k++) {
    float[0] = F(x[at + k] * inverse) + (ROUND + limit + 1);
    u[k] = bits[0] & (2 * limit + 1);
  }
  if (m < TINY) return 0;
  return m < Number.POSITIVE_INFINITY ? F(m / limit) : Number.NaN;
}

/**
 * A row vector times an int8 matrix, plus a bias. The sum is of whole numbers, exact in any order and in any engine:
 *
 *     sum[c] = Σ values[k][c] · (u[k] - (L + 1))              an i32
 *     out[c] = bias[c] + sum[c] · scale · scales[c]           the sum rounded to f32 first; from left to right
 *
 * Kernels take u as it is, which fits their instructions, and start the sum from -(L + 1) · Σ values[k][c] in its place;
 * at 14 bits they take u / 128 and the rest of it one after the other. The integers are the same.
 *
 * @param out (columns), written from `from` up to `to`
 * @param x holds the vector, (inputs) from index `at`; quantised as a whole by {@link quantizeRow}
 * @param matrix (inputs, columns)
 * @param bias (columns), or null for zeros
 * @param from first column to compute
 * @param to the column behind the last one to compute
 */
export function quantizedProduct(
  out: Float32Array,
  x: Float32Array,
  at: number,
  inputs: number,
  { values, scales }: QuantizedMatrix,
  precision: Precision,
  columns: number,
  bias: Float32Array | null,
  from = 0,
  to: number = columns,
): void {
  const u = new Int32Array(inputs);
  const scale = quantizeRow(u, x, at, inputs, precision);
  const offset = precision === 7 ? 64 : 8192;
  for (let c = from; c < to; c++) {
    let sum = 0;
    for (let k = 0; k < inputs; k++) sum = (sum + values[k * columns + c] * (u[k] - offset)) | 0;
    out[c] = (bias === null ? 0 : bias[c]) + F(F(F(sum) * scale) * scales[c]);
  }
}
