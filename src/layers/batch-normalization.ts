import { expected, show } from "../errors.ts";
import { checkKeys, readName } from "../options.ts";
import { readTensor, type TensorLike } from "../tensor.ts";
import { type Computation, withComputation } from "./computation.ts";
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
  checkKeys(options, ["mean", "variance", "gamma", "beta", "epsilon", "name"], "batchNormalization");
  const name = readName(options.name, "batchNormalization");
  const where = name || "batchNormalization";
  const mean = readTensor(options.mean, ["features"], "weights", `${where}.mean`).data;
  const inputs = mean.length;
  const variance = readTensor(options.variance, [inputs], "weights", `${where}.variance`).data;
  const { gamma, beta } = readScale(options, inputs, where);
  const epsilon = readEpsilon(options.epsilon, where);
  const factor = new Float32Array(inputs);
  const offset = new Float32Array(inputs);
  for (let i = 0; i < inputs; i++) {
    factor[i] = F(F(1 / Math.sqrt(F(variance[i] + epsilon))) * (gamma ? gamma[i] : 1));
    offset[i] = F((beta ? beta[i] : 0) - F(mean[i] * factor[i]));
  }
  return withComputation<BatchNormalizationLayer>(
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
      const data = store.take(input.data.length);
      compute(input.data, data, data.length);
      return { ...input, data };
    },
    step: (_, input, output, rows) => compute(input, output, rows * features),
  };
}

/** gamma and beta, (F) or null each. */
export function readScale(
  { gamma = null, beta = null }: Pick<BatchNormalizationOptions, "gamma" | "beta">,
  size: number,
  where: string,
) {
  return {
    gamma: gamma && readTensor(gamma, [size], "weights", `${where}.gamma`).data,
    beta: beta && readTensor(beta, [size], "weights", `${where}.beta`).data,
  };
}

/**
 * What keeps a division from being one by 0, as f32. Default 0.001.
 * @throws CongruentError `option`
 */
export function readEpsilon(epsilon: number | undefined, where: string): number {
  const value = F(epsilon ?? 1e-3);
  if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
    throw expected("option", `${where}.epsilon`, "a number greater than 0", show(epsilon));
  }
  return value;
}
