import { expected, showShape } from "../errors.ts";
import type { Tensor } from "../tensor.ts";

/** How far two results are apart. NaN equals NaN, and is Infinity away from anything else. */
export interface Comparison {
  readonly shape: readonly number[];
  /** Of |a - b| */
  readonly max: number;
  readonly mean: number;
  readonly rms: number;
  /** Along the last axis: a step of a sequence, or a sequence. Those of zeros in both, which padding is, do not count. */
  readonly rows: number;
  /** Rows whose largest number is at the same place in both; null for rows of one number. */
  readonly agreeing: number | null;
}

/**
 * Compares two results number by number, and row by row.
 *
 * @throws CongruentError `model`: they have not the same shape
 */
export function compareTensors(a: Tensor, b: Tensor): Comparison {
  const { data, shape } = a;
  if (showShape(shape) !== showShape(b.shape)) throw expected("model", "results", showShape(shape), showShape(b.shape));
  let [max, sum, squares] = [0, 0, 0];
  for (let i = 0; i < data.length; i++) {
    const distance = Object.is(data[i], b.data[i]) ? 0 : Math.abs(data[i] - b.data[i]);
    const counted = Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance;
    max = Math.max(max, counted);
    sum += counted;
    squares += counted * counted;
  }
  const size = shape.at(-1) as number;
  let [rows, agreeing] = [0, 0];
  for (let at = 0; at < data.length; at += size) {
    if ([data, b.data].every((numbers) => numbers.subarray(at, at + size).every((value) => value === 0))) continue;
    rows++;
    if (largestOf(data, at, size) === largestOf(b.data, at, size)) agreeing++;
  }
  return {
    shape,
    max,
    mean: sum / data.length,
    rms: Math.sqrt(squares / data.length),
    rows,
    agreeing: size > 1 ? agreeing : null,
  };
}

/** The first place of the largest number. */
function largestOf(data: Float32Array, at: number, size: number): number {
  let best = 0;
  for (let i = 1; i < size; i++) if (data[at + i] > data[at + best]) best = i;
  return best;
}
