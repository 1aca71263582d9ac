import { expected } from "../errors.ts";
import { readOptions } from "../options.ts";
import type { Sequence } from "../sequence/sequence.ts";
import { type Computation, makeLayer } from "./computation.ts";
import type { PoolingLayer } from "./layer.ts";
import type { LayerShape } from "./stack.ts";

/** What {@link globalAveragePooling1D} and {@link globalMaxPooling1D} take. */
export interface PoolingOptions {
  readonly name?: string | undefined;
}

/**
 * The mean of each feature over the valid steps; NaN for a row that has none, as in Keras. It needs the whole sequence,
 * so a model with it cannot stream.
 *
 * @throws CongruentError `option`
 * @example globalAveragePooling1D()
 */
export function globalAveragePooling1D(options: PoolingOptions = {}): PoolingLayer {
  return pooling("globalAveragePooling1D", options, average);
}

/**
 * The largest value of each feature over all steps. Keras's looks at padded steps too, whatever the mask, and so does this
 * one: there, a GRU with a mask has repeated its last output, and one with lengths has zeros. It needs the whole sequence,
 * so a model with it cannot stream.
 *
 * @throws CongruentError `option`
 * @example globalMaxPooling1D()
 */
export function globalMaxPooling1D(options: PoolingOptions = {}): PoolingLayer {
  return pooling("globalMaxPooling1D", options, largest);
}

/** What a pooling writes for one row: (F) */
type Pool = (input: Sequence, row: number, out: Float32Array) => void;

function pooling(kind: PoolingLayer["kind"], options: PoolingOptions, pool: Pool): PoolingLayer {
  const computation: Computation<PoolingLayer> = {
    shape({ name }, { features, sequence }, previous): LayerShape {
      if (!sequence) {
        throw expected("model", name, `a sequence (returnSequences: true) from ${previous}`, "its last output");
      }
      return { features, backwardFeatures: 0, sequence: false };
    },
    run(_, input, store) {
      const { rows, features } = input;
      const data = store(rows * features);
      for (let row = 0; row < rows; row++) pool(input, row, data.subarray(row * features, (row + 1) * features));
      return { rows, steps: 1, features, data, mask: null };
    },
  };
  return makeLayer<PoolingLayer>({ kind, ...readOptions(options, kind, {}) }, computation);
}

/** Sums in double precision, ascending in time. A step that is not valid is not looked at: no NaN comes out of padding. */
function average({ steps, features, data, mask }: Sequence, row: number, out: Float32Array): void {
  for (let i = 0; i < features; i++) {
    let sum = 0;
    let count = 0;
    for (let cell = row * steps; cell < (row + 1) * steps; cell++) {
      if (mask && !mask[cell]) continue;
      sum += data[cell * features + i];
      count++;
    }
    out[i] = sum / count;
  }
}

/** NaN wins, as in NumPy and TensorFlow. */
function largest({ steps, features, data }: Sequence, row: number, out: Float32Array): void {
  for (let i = 0; i < features; i++) {
    let max = -Infinity;
    for (let step = 0; step < steps; step++) max = Math.max(max, data[(row * steps + step) * features + i]);
    out[i] = max;
  }
}
