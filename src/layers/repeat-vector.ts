import { expected } from "../errors.ts";
import { readOptions, readSize } from "../options.ts";
import { type Computation, makeLayer } from "./computation.ts";
import type { RepeatVectorLayer } from "./layer.ts";

/** What {@link repeatVector} takes. */
export interface RepeatVectorOptions {
  /** How many steps to make. */
  readonly n: number;
  readonly name?: string | undefined;
}

/**
 * One output → a sequence of n steps that all hold it, without a mask: between an encoder and a decoder. A model with it
 * cannot stream.
 *
 * @throws CongruentError `option`
 * @example repeatVector({ n: 10 })
 */
export function repeatVector(options: RepeatVectorOptions): RepeatVectorLayer {
  return makeLayer<RepeatVectorLayer>(
    { kind: "repeatVector", ...readOptions(options, "repeatVector", { n: readSize }) },
    computation,
  );
}

const computation: Computation<RepeatVectorLayer> = {
  shape({ name, n }, { features, sequence }, previous) {
    if (sequence) throw expected("model", name, `one output (returnSequences: false) from ${previous}`, "a sequence");
    return { features, backwardFeatures: 0, sequence: true, steps: n };
  },
  run({ n }, { rows, features, data: input }, store) {
    const data = store(rows * n * features);
    for (let cell = 0; cell < rows * n; cell++) {
      const row = Math.floor(cell / n);
      data.set(input.subarray(row * features, (row + 1) * features), cell * features);
    }
    return { rows, steps: n, features, data, mask: null };
  },
};
