import { expected } from "../errors.ts";
import type { Model } from "../model/model.ts";
import type { Tensor } from "../tensor.ts";
import type { TestVector } from "./model-file.ts";

/** How far a model's results are from those that its file holds. */
export interface Verification {
  /** The largest |result - known result|, 0 where they are all equal. NaN equals NaN. */
  readonly deviation: number;
  /** What the file allows. */
  readonly tolerance: number;
}

/**
 * Runs a test vector.
 *
 * @param model one that has not run before
 * @throws CongruentError `file`: the results are further off than the file allows; or as a run does
 */
export function verify(model: Model, { input, results, tolerance, lengths, mask }: TestVector): Verification {
  const given = resultsOf(model, input, { lengths, mask });
  let deviation = 0;
  for (const [name, tensor] of Object.entries(results)) {
    deviation = Math.max(deviation, distance(given[name]?.data ?? [], tensor.data));
  }
  if (!(deviation <= tolerance)) {
    throw expected("file", "verify", `results within ${tolerance} of the known ones`, `${deviation}`);
  }
  return { deviation, tolerance };
}

/** The results of a run by the names that files give them. */
export function resultsOf(model: Model, ...run: Parameters<Model["run"]>): Record<string, Tensor> {
  const { outputs, backwardOutputs, states } = model.run(...run);
  return {
    outputs,
    ...(backwardOutputs && { backwardOutputs }),
    ...Object.fromEntries(states.map((state, i) => [`state${i}`, state])),
  };
}

/** The largest |a - b|; Infinity where they are not as long. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let worst = a.length === b.length ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < a.length; i++) {
    if (!Object.is(a[i], b[i]) && a[i] !== b[i]) worst = Math.max(worst, Math.abs(a[i] - b[i]));
  }
  return worst;
}
