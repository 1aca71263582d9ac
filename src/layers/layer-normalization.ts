import { readOptions, readSize } from "../options.ts";
import type { TensorLike } from "../tensor.ts";
import { readEpsilon, readVector } from "./batch-normalization.ts";
import { type Computation, makeLayer } from "./computation.ts";
import type { LayerNormalizationLayer } from "./layer.ts";

/** What {@link layerNormalization} takes. */
export interface LayerNormalizationOptions {
  /** F */
  readonly inputs: number;
  /** [F], the scale. Default 1. PyTorch's `weight` */
  readonly gamma?: TensorLike | null | undefined;
  /** [F], the offset. Default 0. PyTorch's `bias` */
  readonly beta?: TensorLike | null | undefined;
  /** Added to the variance, more than 0. Default 0.001, as in Keras; PyTorch's is 0.00001. */
  readonly epsilon?: number | undefined;
  readonly name?: string | undefined;
}

const F = Math.fround;

/**
 * gamma · (x - mean) / √(variance + epsilon) + beta, with mean and variance over the features of every step, padded ones
 * too. Both are summed in double precision, so they are the same whatever the framework's order was, to an f32.
 *
 * @throws CongruentError `option` or `weights`
 * @example layerNormalization({ inputs: 2, gamma: [1, 2], beta: [0, 1] })
 */
export function layerNormalization(options: LayerNormalizationOptions): LayerNormalizationLayer {
  const readers = { inputs: readSize, gamma: readVector, beta: readVector, epsilon: readEpsilon };
  return makeLayer<LayerNormalizationLayer>(
    { kind: "layerNormalization", ...readOptions(options, "layerNormalization", readers) },
    computation,
  );
}

const computation: Computation<LayerNormalizationLayer> = {
  shape: (_, input) => input,
  run(layer, input, store) {
    const data = store(input.data.length);
    compute(layer, input.data, data, input.data.length / layer.inputs);
    return { ...input, data };
  },
  step: compute,
};

/** @param input (rows, F) */
function compute(layer: LayerNormalizationLayer, input: Float32Array, output: Float32Array, rows: number): void {
  const { inputs, gamma, beta, epsilon } = layer;
  for (let row = 0, at = 0; row < rows; row++, at += inputs) {
    let sum = 0;
    for (let i = at; i < at + inputs; i++) sum += input[i];
    const mean = sum / inputs;
    let squares = 0;
    for (let i = at; i < at + inputs; i++) squares += (input[i] - mean) * (input[i] - mean);
    const scale = 1 / Math.sqrt(squares / inputs + epsilon);
    for (let i = 0; i < inputs; i++) {
      const normal = F((input[at + i] - mean) * scale);
      output[at + i] = F(F(normal * (gamma ? gamma[i] : 1)) + (beta ? beta[i] : 0));
    }
  }
}
