import { checkOption, readOption, readOptions } from "../options.ts";
import { type Floats, readTensor, type TensorLike } from "../tensor.ts";
import { type Computation, makeLayer } from "./computation.ts";
import type { BatchNormalizationLayer } from "./layer.ts";

/** What {@link batchNormalization} takes. */
export interface BatchNormalizationOptions {
  /** [F], the mean that was learned: Keras's `moving_mean`, PyTorch's `running_mean` */
  readonly mean: TensorLike;
  /** [F], the variance that was learned */
  readonly variance: TensorLike;
  /** [F], the scale. Default 1. PyTorch's `weight` */
  readonly gamma?: TensorLike | null | undefined;
  /** [F], the offset. Default 0. PyTorch's `bias` */
  readonly beta?: TensorLike | null | undefined;
  /** Added to the variance, more than 0. Default 0.001, as in Keras; PyTorch's is 0.00001. */
  readonly epsilon?: number | undefined;
  readonly name?: string | undefined;
}

const readers = {
  mean: (mean: unknown, where: string) => readTensor(mean, "weights", where, ["features"]).data,
  variance: (variance: unknown, where: string, { mean }: { readonly mean: Floats }) =>
    readTensor(variance, "weights", where, [mean.length]).data,
  gamma: readScale,
  beta: readScale,
  epsilon: readEpsilon,
};

const F = Math.fround;

/**
 * gamma · (x - mean) / √(variance + epsilon) + beta at every step, padded ones too: batch normalization at inference.
 *
 * It is computed as Keras does on TensorFlow: x·a + (beta - mean·a), where a = gamma / √(variance + epsilon).
 *
 * @throws CongruentError `option` or `weights`
 * @example batchNormalization({ mean: [0.5, 1], variance: [1, 4] })
 */
export function batchNormalization(options: BatchNormalizationOptions): BatchNormalizationLayer {
  const { name, mean, variance, gamma, beta, epsilon } = readOptions(options, "batchNormalization", readers);
  const inputs = mean.length;
  const factor = new Float32Array(inputs);
  const offset = new Float32Array(inputs);
  for (let i = 0; i < inputs; i++) {
    factor[i] = F(F(1 / Math.sqrt(F(variance[i] + epsilon))) * (gamma ? gamma[i] : 1));
    offset[i] = F((beta ? beta[i] : 0) - F(mean[i] * factor[i]));
  }
  return makeLayer<BatchNormalizationLayer>(
    { kind: "batchNormalization", name, inputs, mean, variance, gamma, beta, epsilon },
    scaling(factor, offset),
  );
}

/** x·factor + offset, feature by feature. */
function scaling(factor: Float32Array, offset: Float32Array): Computation<object> {
  const features = factor.length;
  const compute = (input: Float32Array, output: Float32Array, size: number): void => {
    for (let i = 0, j = 0; i < size; i++, j = j + 1 < features ? j + 1 : 0) {
      output[i] = F(F(input[i] * factor[j]) + offset[j]);
    }
  };
  return {
    shape: (_, input) => input,
    run(_, input, store) {
      const data = store(input.data.length);
      compute(input.data, data, data.length);
      return { ...input, data };
    },
    step: (_, input, output, rows) => compute(input, output, rows * features),
  };
}

/** gamma or beta, (F) or null */
function readScale(scale: unknown, where: string, { mean }: { readonly mean: Floats }): Floats | null {
  return readVector(scale, where, { inputs: mean.length });
}

/** (inputs), or null for none */
export function readVector(vector: unknown, where: string, { inputs }: { readonly inputs: number }): Floats | null {
  return vector ? readTensor(vector, "weights", where, [inputs]).data : null;
}

/**
 * What keeps a division from being one by 0, as f32. Default 0.001.
 * @throws CongruentError `option`
 */
export function readEpsilon(value: unknown, where: string): number {
  const epsilon = readOption(value, 1e-3, where);
  checkOption(epsilon > 0 && epsilon < Infinity, where, "a number above 0", value);
  return epsilon;
}
