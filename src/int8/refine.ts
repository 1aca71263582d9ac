import type { QuantizedMatrix } from "../layers/layer.ts";
import type { ErrorFeedback } from "./error-feedback.ts";

/** Rounds over all columns, after which little changes. */
const sweeps = 2;

/**
 * Rounds the columns of a matrix again, each for what is left over by all others: errors of two columns that do the same to
 * the outputs are made to cancel.
 *
 * With costs F = Σ g·gᵀ, g what the products do to an output, and H of the feedback, the error of the whole is
 * tr(dᵀ·H·d·F), d = rounded - exact: what is a Kronecker approximation of the outputs' own error (Tseng et al., "Model-
 * Preserving Adaptive Rounding", 2025). As a function of one column c it is F[c][c] times the error by H alone, from a
 * target that is moved by the others: exact[c] - Σ d[j]·F[j][c] / F[c][c], j ≠ c.
 *
 * @param weights (rows, columns), row-major
 * @param costs (columns, columns) F, symmetric
 * @param matrix its values are written over
 * @param isExact (columns) 1 for those that stay
 */
export function refine(
  feedback: ErrorFeedback,
  weights: ArrayLike<number>,
  costs: Float64Array,
  { values, scales }: Pick<QuantizedMatrix, "values" | "scales">,
  isExact: Uint8Array,
): void {
  const columns = scales.length;
  const rows = values.length / columns;
  // (columns, rows), as F is read
  const errors = new Float64Array(values.length);
  for (let c = 0; c < columns; c++) {
    for (let k = 0; k < rows; k++) {
      const at = k * columns + c;
      errors[c * rows + k] = values[at] * scales[c] - weights[at];
    }
  }
  const target = new Float64Array(rows);
  const own = new Float64Array(rows);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (let c = 0; c < columns; c++) {
      const cost = costs[c * columns + c];
      if (isExact[c] || !(cost > 0)) continue;
      const error = errors.subarray(c * rows, (c + 1) * rows);
      target.fill(0);
      for (let j = 0; j < columns; j++) {
        const share = j === c ? 0 : costs[c * columns + j] / cost;
        if (share !== 0) for (let k = 0; k < rows; k++) target[k] -= share * errors[j * rows + k];
      }
      for (let k = 0; k < rows; k++) {
        own[k] = error[k] - target[k];
        target[k] += weights[k * columns + c];
      }
      const rounded = feedback.round(target, 1, scales.subarray(c, c + 1));
      if (!(rounded.errors[0] < feedback.errorOf(own))) continue;
      for (let k = 0; k < rows; k++) {
        const at = k * columns + c;
        values[at] = rounded.values[k];
        error[k] = values[at] * scales[c] - weights[at];
      }
    }
  }
}
