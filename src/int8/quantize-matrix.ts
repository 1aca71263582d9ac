import type { QuantizationError, QuantizedMatrix } from "../layers/layer.ts";
import { ErrorFeedback, toInt8 } from "./error-feedback.ts";
import { damped } from "./moments.ts";
import { refine } from "./refine.ts";

/**
 * Shares of a column's largest magnitude that become 127. Cutting the largest weights off costs more than it gains; but
 * scales that are nearly the same round each in another way, and the best of them is taken.
 */
const clips = [1, 0.996, 1.002, 1.004, 1.006, 1.008, 1.01];

/** Of the costs, as `damping` of the products: from 0.03 to 0.3 the models under test do not differ by more than chance. */
const costDamping = 0.03;

/**
 * A matrix → int8. Where all numbers of a column are multiples of one power of two, and few enough of them, it is the
 * scale, and nothing is lost. Else the scale is the largest magnitude / 127 and values are rounded to nearest; or, where
 * it is known what the matrix will be multiplied by, both are those of the smallest error of the products.
 *
 * @param data (rows, columns), row-major, finite
 * @param products (rows, rows) Σ x·xᵀ over the rows x that it will be multiplied by
 * @param target what the products shall be those of, where that is not `data` itself
 * @param costs (columns, columns) Σ g·gᵀ, g what the products do to an output: {@link refine}
 */
export function quantizeMatrix(
  data: Float32Array,
  rows: number,
  columns: number,
  products: Float64Array | null = null,
  target: ArrayLike<number> = data,
  costs: Float64Array | null = null,
): QuantizedMatrix {
  const values = new Int8Array(rows * columns);
  const scales = new Float32Array(columns);
  const isExact = new Uint8Array(columns);
  for (let c = 0; c < columns; c++) {
    let largest = 0;
    for (let i = c; i < data.length; i += columns) largest = Math.max(largest, Math.abs(target[i]));
    const grid = target === data ? gridOf(data, c, columns, largest) : null;
    scales[c] = grid ?? largest / 127;
    // All of it is 0, or too small for a scale.
    if (scales[c] === 0) isExact[c] = 1;
    else for (let i = c; i < data.length; i += columns) values[i] = toInt8(target[i] / scales[c]);
    if (grid !== null) isExact[c] = 1;
  }
  const known = products && damped(products, rows);
  if (known && isExact.includes(0)) {
    const feedback = new ErrorFeedback(known, rows);
    feedBack(feedback, target, { values, scales }, isExact);
    const weighed = costs && damped(costs, columns, costDamping);
    if (weighed) refine(feedback, target, weighed, { values, scales }, isExact);
  }
  return { values, scales, error: errorOf(data, values, scales) };
}

/** Values and scales of the smallest error, column by column, written over those that are there. */
function feedBack(
  feedback: ErrorFeedback,
  weights: ArrayLike<number>,
  { values, scales }: Pick<QuantizedMatrix, "values" | "scales">,
  isExact: Uint8Array,
): void {
  const columns = scales.length;
  const whole = scales.map((scale) => scale || 1);
  const least = new Float64Array(columns).fill(Number.POSITIVE_INFINITY);
  for (const clip of clips) {
    const tried = whole.map((scale) => scale * clip);
    const rounded = feedback.round(weights, columns, tried);
    for (let c = 0; c < columns; c++) {
      if (isExact[c] || !(rounded.errors[c] < least[c])) continue;
      least[c] = rounded.errors[c];
      scales[c] = tried[c];
      for (let i = c; i < values.length; i += columns) values[i] = rounded.values[i];
    }
  }
}

/** The largest power of two of which a column has multiples up to 127 alone; null for none. */
function gridOf(data: Float32Array, first: number, columns: number, largest: number): number | null {
  if (largest === 0) return null;
  // The sizes of f32 from the largest power of two down: no logarithm, whose last digit is an engine's own.
  let grid = 2 ** 127;
  while (grid > largest) grid /= 2;
  for (let i = first; i < data.length; i += columns) {
    while (data[i] % grid !== 0) {
      grid /= 2;
      if (largest > 127 * grid) return null;
    }
  }
  return Math.fround(grid) === grid ? grid : null;
}

/** What int8 numbers stand for: value · scale, rounded to f32. */
export function dequantize(
  { values, scales }: Pick<QuantizedMatrix, "values" | "scales">,
  columns: number,
): Float32Array {
  const weights = new Float32Array(values.length);
  for (let i = 0; i < weights.length; i++) weights[i] = values[i] * scales[i % columns];
  return weights;
}

/** 0 for a matrix of zeros. */
export function errorOf(data: Float32Array, values: Int8Array, scales: Float32Array): QuantizationError {
  let [largest, squares, worst, lost] = [0, 0, 0, 0];
  for (let i = 0; i < data.length; i++) {
    const error = Math.abs(Math.fround(values[i] * scales[i % scales.length]) - data[i]);
    largest = Math.max(largest, Math.abs(data[i]));
    worst = Math.max(worst, error);
    squares += data[i] * data[i];
    lost += error * error;
  }
  return { max: worst / (largest || 1), rms: Math.sqrt(lost / (squares || 1)) };
}
