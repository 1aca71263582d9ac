import { expected, show } from "../errors.ts";
import type { BidirectionalOptions } from "../layers/bidirectional.ts";
import type { GruOptions } from "../layers/gru.ts";
import { checkKeys, readOption } from "../options.ts";
import { flatten, type TensorLike } from "../tensor.ts";
import { type Directions, type GateOrder, readBiases, readKernels, readUnits } from "./gates.ts";

/** The activations that WebNN's GRU may have. */
export type WebnnActivation = "sigmoid" | "tanh" | "relu";

/** The operands and options of WebNN's `gru`, or of its `gruCell`, which has no axis of directions. */
export interface WebnnGru {
  /** [D, 3H, I], or [3H, I] of a cell */
  readonly weight: TensorLike;
  /** [D, 3H, H], or [3H, H] of a cell */
  readonly recurrentWeight: TensorLike;
  /** [D, 3H], or [3H] of a cell */
  readonly bias?: TensorLike | undefined;
  /** [D, 3H], or [3H] of a cell */
  readonly recurrentBias?: TensorLike | undefined;
  /** The order of the gates. Default zrn. */
  readonly layout?: GateOrder | undefined;
  /** Default true. */
  readonly resetAfter?: boolean | undefined;
  /** Of the gates, then of the candidate, for both directions. Default sigmoid, tanh. */
  readonly activations?: readonly WebnnActivation[] | undefined;
  /** Default forward. */
  readonly direction?: "forward" | "backward" | "both" | undefined;
  /** H, checked against the weights. */
  readonly hiddenSize?: number | undefined;
  /** Whether to give every step's output. Default false, as in WebNN: the last state alone. */
  readonly returnSequence?: boolean | undefined;
}

const keys: readonly (keyof WebnnGru)[] = [
  "weight",
  "recurrentWeight",
  "bias",
  "recurrentBias",
  "layout",
  "resetAfter",
  "activations",
  "direction",
  "hiddenSize",
  "returnSequence",
];
const activations: readonly unknown[] = ["sigmoid", "tanh", "relu"] satisfies WebnnActivation[];

/**
 * WebNN's GRU → the options of `gru`, or of `bidirectional` for `direction: "both"`, whose outputs stay apart
 * (`mergeMode: "none"`) as WebNN has them.
 *
 * - `layout` says which of z and r comes first. A graph made from PyTorch weights says `rzn`.
 * - `resetAfter` is true by default, unlike ONNX's `linear_before_reset`.
 * - Both directions have the same activations; the two biases may each be given alone.
 * - The sequence of a backward GRU is in input time: run with semantics whose `backwardsOrder` is `input`, e.g. `onnx`.
 *
 * Source: Web Neural Network API, `gru()` and `gruCell()` (webmachinelearning/webnn, index.bs).
 *
 * @throws CongruentError `weights`: a tensor is missing or has the wrong shape; `option`: an option is not WebNN's
 * @example gru(fromWebnn({ weight, recurrentWeight, bias, layout: "rzn", returnSequence: true }))
 */
export function fromWebnn(operands: WebnnGru & { readonly direction: "both" }): BidirectionalOptions;
export function fromWebnn(operands: WebnnGru & { readonly direction?: "forward" | "backward" | undefined }): GruOptions;
export function fromWebnn(operands: WebnnGru): GruOptions | BidirectionalOptions;
export function fromWebnn(operands: WebnnGru): GruOptions | BidirectionalOptions {
  checkKeys(operands, keys, "fromWebnn");
  const where = (key: keyof WebnnGru) => `fromWebnn.${key}`;
  const { layout = "zrn", direction = "forward", activations: functions = ["sigmoid", "tanh"] } = operands;
  if (layout !== "zrn" && layout !== "rzn") throw expected("option", where("layout"), "zrn or rzn", show(layout));
  if (direction !== "forward" && direction !== "backward" && direction !== "both") {
    throw expected("option", where("direction"), "forward, backward or both", show(direction));
  }
  if (!Array.isArray(functions) || functions.length !== 2 || !functions.every((name) => activations.includes(name))) {
    throw expected("option", where("activations"), `2 of ${activations.join(", ")}`, JSON.stringify(functions));
  }

  const { weight, recurrentWeight, bias, recurrentBias } = operands;
  const isCell = direction !== "both" && flatten(weight, "weights", where("weight")).shape.length === 2;
  const axes: Directions = isCell ? [] : [direction === "both" ? 2 : 1];
  const units = readUnits(recurrentWeight, axes, operands.hiddenSize, where("recurrentWeight"));
  const kernels = readKernels(weight, axes, units, undefined, layout, where("weight"));
  const recurrent = readKernels(recurrentWeight, axes, units, units, layout, where("recurrentWeight"));
  const biases = bias === undefined ? null : readBiases(bias, axes, units, 1, layout, where("bias"));
  const recurrentBiases =
    recurrentBias === undefined ? null : readBiases(recurrentBias, axes, units, 1, layout, where("recurrentBias"));
  const shared = {
    units,
    recurrentActivation: functions[0],
    activation: functions[1],
    resetAfter: readOption(operands.resetAfter, true, where("resetAfter")),
    returnSequences: readOption(operands.returnSequence, false, where("returnSequence")),
  };
  const options = (index: number, goBackwards: boolean): GruOptions => ({
    ...shared,
    kernel: kernels[index],
    recurrentKernel: recurrent[index],
    bias: biases ? biases[index][0] : null,
    recurrentBias: recurrentBiases ? recurrentBiases[index][0] : null,
    goBackwards,
  });
  if (direction !== "both") return options(0, direction === "backward");
  return { forward: options(0, false), backward: options(1, true), mergeMode: "none" };
}
