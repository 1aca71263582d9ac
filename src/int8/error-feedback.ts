import { inverseFactor } from "./inverse-factor.ts";

/** Rounds, after which hardly a value changes. */
const sweeps = 4;

/**
 * Rounds a matrix so that its products with known rows are as right as can be: after each row of the matrix the error goes
 * into the rows that are still to be rounded, and then single values are moved as long as that helps.
 *
 * With H = Σ x·xᵀ the error of a column is dᵀ·H·d, d = rounded - exact. Source: Frantar et al., "GPTQ", 2022 (rounding with
 * feedback, rows with the largest H first); the moves are coordinate descent from there.
 *
 * @param weights (rows, columns), row-major; stays
 * @param scales (columns), none of them 0
 * @param products (rows, rows) H, positive definite
 */
export class ErrorFeedback {
  readonly #order: Int32Array;
  /** (rows, rows) R of the rows in their order */
  readonly #factor: Float64Array;

  constructor(
    private readonly products: Float64Array,
    private readonly rows: number,
  ) {
    const diagonal = (i: number) => products[i * rows + i];
    this.#order = Int32Array.from({ length: rows }, (_, i) => i).sort((a, b) => diagonal(b) - diagonal(a) || a - b);
    const ordered = new Float64Array(rows * rows);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < rows; j++) ordered[i * rows + j] = products[this.#order[i] * rows + this.#order[j]];
    }
    this.#factor = inverseFactor(ordered, rows);
  }

  /** @returns the values, and the error of each column */
  round(
    weights: ArrayLike<number>,
    columns: number,
    scales: Float32Array,
  ): { values: Int8Array; errors: Float64Array } {
    const values = this.#feedBack(weights, columns, scales);
    const slopes = this.#slopes(weights, columns, scales, values);
    this.#descend(columns, scales, values, slopes);
    const errors = new Float64Array(columns);
    for (let k = 0; k < this.rows; k++) {
      for (let c = 0; c < columns; c++) {
        const at = k * columns + c;
        errors[c] += (values[at] * scales[c] - weights[at]) * slopes[at];
      }
    }
    return { values, errors };
  }

  /** dᵀ·H·d of a column that is off by d, (rows). */
  errorOf(d: Float64Array): number {
    const { rows, products } = this;
    let sum = 0;
    for (let i = 0; i < rows; i++) {
      let slope = 0;
      for (let k = 0; k < rows; k++) slope += products[i * rows + k] * d[k];
      sum += d[i] * slope;
    }
    return sum;
  }

  #feedBack(weights: ArrayLike<number>, columns: number, scales: Float32Array): Int8Array {
    const { rows } = this;
    const left = Float64Array.from(weights);
    const values = new Int8Array(rows * columns);
    const error = new Float64Array(columns);
    for (let i = 0; i < rows; i++) {
      const row = this.#order[i] * columns;
      for (let c = 0; c < columns; c++) {
        const value = toInt8(left[row + c] / scales[c]);
        values[row + c] = value;
        error[c] = (left[row + c] - value * scales[c]) / this.#factor[i * rows + i];
      }
      for (let j = i + 1; j < rows; j++) {
        const share = this.#factor[i * rows + j];
        const other = this.#order[j] * columns;
        if (share !== 0) for (let c = 0; c < columns; c++) left[other + c] -= share * error[c];
      }
    }
    return values;
  }

  /** H·d, (rows, columns): half the slope of the error in each value's direction. */
  #slopes(weights: ArrayLike<number>, columns: number, scales: Float32Array, values: Int8Array): Float64Array {
    const slopes = new Float64Array(this.rows * columns);
    const d = new Float64Array(columns);
    for (let k = 0; k < this.rows; k++) {
      for (let c = 0; c < columns; c++) d[c] = values[k * columns + c] * scales[c] - weights[k * columns + c];
      for (let i = 0; i < this.rows; i++) {
        const share = this.products[i * this.rows + k];
        const row = i * columns;
        if (share !== 0) for (let c = 0; c < columns; c++) slopes[row + c] += share * d[c];
      }
    }
    return slopes;
  }

  #descend(columns: number, scales: Float32Array, values: Int8Array, slopes: Float64Array): void {
    const { rows, products } = this;
    for (let sweep = 0, moved = true; sweep < sweeps && moved; sweep++) {
      moved = false;
      for (let k = 0; k < rows; k++) {
        const curvature = products[k * rows + k];
        for (let c = 0; c < columns; c++) {
          const at = k * columns + c;
          const value = toInt8(values[at] - slopes[at] / (curvature * scales[c]));
          if (value === values[at]) continue;
          const step = (value - values[at]) * scales[c];
          values[at] = value;
          for (let i = 0; i < rows; i++) slopes[i * columns + c] += products[i * rows + k] * step;
          moved = true;
        }
      }
    }
  }
}

/** The nearest whole number of those that a value in int8 may be: -127 to 127. */
export function toInt8(value: number): number {
  return Math.max(-127, Math.min(127, Math.round(value)));
}
