import { expected, showShape } from "../errors.ts";
import type { Tensor } from "../tensor.ts";

/** How far results are apart. NaN equals NaN, and is Infinity away from anything else. */
export interface Comparison {
  /** Of |a - b| */
  readonly max: number;
  readonly mean: number;
  readonly rms: number;
  /** Along the last axis: a step of a sequence, or a sequence. */
  readonly rows: number;
  /** Rows whose largest number is at the same place in both; null for rows of one number. */
  readonly agreeing: number | null;
}

/**
 * Compares results number by number, and row by row.
 *
 * @param pairs of one result, run by run
 * @throws CongruentError `model`: two have not the same shape
 */
export function compareTensors(pairs: readonly (readonly [Tensor, Tensor])[]): Comparison {
  let [max, sum, squares, count, rows, agreeing] = [0, 0, 0, 0, 0, 0];
  let isChoice = false;
  for (const [{ data, shape }, other] of pairs) {
    if (showShape(shape) !== showShape(other.shape)) {
      throw expected("model", "results", showShape(shape), showShape(other.shape));
    }
    for (let i = 0; i < data.length; i++) {
      const distance = Object.is(data[i], other.data[i]) ? 0 : Math.abs(data[i] - other.data[i]);
      const counted = Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance;
      max = Math.max(max, counted);
      sum += counted;
      squares += counted * counted;
    }
    count += data.length;
    const size = shape.at(-1) as number;
    isChoice = size > 1;
    for (let at = 0; at < data.length; at += size) {
      rows++;
      if (largestOf(data, at, size) === largestOf(other.data, at, size)) agreeing++;
    }
  }
  return { max, mean: sum / count, rms: Math.sqrt(squares / count), rows, agreeing: isChoice ? agreeing : null };
}

/** The first place of the largest number. */
function largestOf(data: Float32Array, at: number, size: number): number {
  let best = 0;
  for (let i = 1; i < size; i++) if (data[at + i] > data[at + best]) best = i;
  return best;
}
