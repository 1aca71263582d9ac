import { type ActivationOption, readActivation } from "../activation.ts";
import { readOptions, readSize } from "../options.ts";
import { readTensor, type TensorLike } from "../tensor.ts";
import { checkBias } from "./bias.ts";
import { makeLayer } from "./computation.ts";
import type { DenseLayer } from "./layer.ts";

/** What {@link dense} takes. */
export interface DenseOptions {
  /** O */
  readonly units: number;
  /** [I, O] */
  readonly kernel: TensorLike;
  /** [O] */
  readonly bias?: TensorLike | null | undefined;
  /** true: the bias must be given; false: it must not. Default: as given. */
  readonly useBias?: boolean | undefined;
  /** Default linear. */
  readonly activation?: ActivationOption | "softmax" | undefined;
  readonly name?: string | undefined;
}

const readers = {
  units: readSize,
  kernel: (kernel: unknown, where: string, { units }: { units: number }) =>
    readTensor(kernel, "weights", where, ["inputs", units]),
  bias: (bias: unknown, where: string, { units }: { units: number }) =>
    bias ? readTensor(bias, "weights", where, [units]).data : null,
  useBias: checkBias,
  activation: readActivation,
};

/**
 * activation(x · kernel + bias), at every step, padded ones too (as in Keras).
 *
 * @returns a frozen layer with its own copies of the weights, which need not be finite
 * @throws CongruentError `option` or `weights`
 * @example dense({ units: 2, kernel: [[1, 0], [0, 1], [1, 1]], bias: [0, 0.5], activation: "softmax" })
 */
export function dense(options: DenseOptions): DenseLayer {
  const layer = readOptions(options, "dense", readers);
  const { shape, data: kernel } = layer.kernel;
  return makeLayer<DenseLayer>({ kind: "dense", inputs: shape[0], ...layer, kernel });
}
