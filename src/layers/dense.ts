import { type ActivationOption, resolveActivation } from "../activation.ts";
import { checkKeys, readFlag, readName, readSize } from "../options.ts";
import { readTensor, type TensorLike } from "../tensor.ts";
import { checkBias } from "./bias.ts";
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

const keys: readonly (keyof DenseOptions)[] = ["units", "kernel", "bias", "useBias", "activation", "name"];

/**
 * activation(x · kernel + bias), at every step, padded ones too (as in Keras).
 *
 * @returns a frozen layer with its own copies of the weights, which need not be finite
 * @throws CongruentError `option` or `weights`
 * @example dense({ units: 2, kernel: [[1, 0], [0, 1], [1, 1]], bias: [0, 0.5], activation: "softmax" })
 */
export function dense(options: DenseOptions): DenseLayer {
  checkKeys(options, keys, "dense");
  const where = options.name ?? "dense";
  const name = readName(options.name, "dense");
  const units = readSize(options.units, `${where}.units`);
  const { bias = null, activation = "linear" } = options;
  checkBias(readFlag(options.useBias, bias !== null, `${where}.useBias`), bias !== null, where);
  const kernel = readTensor(options.kernel, ["inputs", units], "weights", `${where}.kernel`);
  return Object.freeze<DenseLayer>({
    kind: "dense",
    name,
    inputs: kernel.shape[0],
    units,
    kernel: kernel.data,
    bias: bias && readTensor(bias, [units], "weights", `${where}.bias`).data,
    activation:
      activation === "softmax" ? activation : Object.freeze(resolveActivation(activation, `${where}.activation`)),
  });
}
