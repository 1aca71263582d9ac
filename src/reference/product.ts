import { F } from "./f32.ts";
/** What {@link product} is, for matrices of one kind or another. */
export type Product<Matrix> = (
  out: Float32Array,
  x: Float32Array,
  at: number,
  inputs: number,
  matrix: Matrix,
  columns: number,
  bias: Float32Array | null,
  from?: number,
  to?: number,
) => void;

/**
 * A row vector times a matrix, plus a bias: out[c] = bias[c] + Σ x[k]·matrix[k][c].
 *
 * The sum starts from the bias and takes k in ascending order, and every product and every sum is rounded to f32. All
 * engines keep to this order: it is why a row's bits depend on nothing but the row.
 *
 * @param out (columns), written from `from` up to `to`
 * @param x holds the vector, (inputs) from index `at`
 * @param matrix (inputs, columns), row-major
 * @param bias (columns), or null for zeros
 * @param from first column to compute
 * @param to the column behind the last one to compute
 */
export function product(
  out: Float32Array,
  x: Float32Array,
  at: number,
  inputs: number,
  matrix: Float32Array,
  columns: number,
  bias: Float32Array | null,
  from = 0,
  to: number = columns,
): void {
  for (let c = from; c < to; c++) out[c] = bias === null ? 0 : bias[c];
  for (let k = 0; k < inputs; k++) {
    const value = x[at + k];
    const row = k * columns;
    for (let c = from; c < to; c++) out[c] = F(out[c] + F(value * matrix[row + c]));
  }
}
