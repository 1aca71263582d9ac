import type { Tolerance, VectorResults } from "./vectors.ts";

/** One value that is not as expected. */
export interface Mismatch {
  readonly result: string;
  /** Flat; -1 when the result is missing or has the wrong size. */
  readonly index: number;
  readonly expected: number;
  readonly actual: number;
}

/**
 * Every value that is further from the expected one than the tolerance allows. Results that were not expected are not
 * looked at; a NaN is never right.
 */
export function compare(actual: VectorResults, expected: VectorResults, tolerance: Tolerance): Mismatch[] {
  const mismatches: Mismatch[] = [];
  for (const [result, wanted] of Object.entries(expected)) {
    const given = actual[result as keyof VectorResults];
    if (given?.length !== wanted.length) {
      mismatches.push({ result, index: -1, expected: wanted.length, actual: given?.length ?? 0 });
      continue;
    }
    for (let index = 0; index < wanted.length; index++) {
      if (!isNear(given[index], wanted[index], tolerance)) {
        mismatches.push({ result, index, expected: wanted[index], actual: given[index] });
      }
    }
  }
  return mismatches;
}

function isNear(actual: number, expected: number, tolerance: Tolerance): boolean {
  if ("ulp_f32" in tolerance) return Math.abs(f32Rank(actual) - f32Rank(expected)) <= tolerance.ulp_f32;
  return Math.abs(actual - expected) <= tolerance.atol + tolerance.rtol * Math.abs(expected);
}

/** The place of a number among all f32 values in order, both zeros at 0; NaN stays NaN. */
function f32Rank(value: number): number {
  if (Number.isNaN(value)) return Number.NaN;
  const bits = new Int32Array(Float32Array.of(value).buffer)[0];
  return bits >= 0 ? bits : -(bits & 0x7fffffff);
}
