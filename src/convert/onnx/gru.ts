import type { ActivationName, ActivationOption } from "../../activation.ts";
import { expected, show } from "../../errors.ts";
import type { BidirectionalOptions } from "../../layers/bidirectional.ts";
import type { GruOptions } from "../../layers/gru.ts";
import { checkKeys } from "../../options.ts";
import type { TensorLike } from "../../tensor.ts";
import { type Directions, readBiases, readKernels, readUnits } from "../gates.ts";

/** The weights and attributes of an ONNX `GRU` node, by ONNX's names. */
export interface OnnxGru {
  /** [D, 3H, I], rows z|r|n (ONNX writes zrh) */
  readonly W: TensorLike;
  /** [D, 3H, H], rows z|r|n */
  readonly R: TensorLike;
  /** [D, 6H]: for each direction Wb (z|r|n), then Rb (z|r|n) */
  readonly B?: TensorLike | undefined;
  /** Default forward. */
  readonly direction?: "forward" | "reverse" | "bidirectional" | undefined;
  /** Default 0: r multiplies the state before its product. PyTorch exports have 1. */
  readonly linear_before_reset?: 0 | 1 | boolean | undefined;
  /** Bound of every pre-activation, more than 0. Default none. */
  readonly clip?: number | undefined;
  /** For each direction f (gates), then g (candidate); upper and lower case are the same. Default Sigmoid, Tanh. */
  readonly activations?: readonly string[] | undefined;
  readonly activation_alpha?: readonly number[] | undefined;
  readonly activation_beta?: readonly number[] | undefined;
  /** H, checked against the weights. */
  readonly hidden_size?: number | undefined;
}

const keys: readonly (keyof OnnxGru)[] = [
  "W",
  "R",
  "B",
  "direction",
  "linear_before_reset",
  "clip",
  "activations",
  "activation_alpha",
  "activation_beta",
  "hidden_size",
];

/** A parameter of an activation: its default, or null where it must be given. */
type Parameters = { readonly alpha?: number | null; readonly beta?: number | null };

/**
 * ONNX's functions by their lower-case names, with ONNX's own defaults. They differ from Keras's (LeakyRelu,
 * HardSigmoid), and for Affine, ScaledTanh and ThresholdedRelu ONNX Runtime's are 0: the first two have none here, and
 * have to be given.
 */
const functions: Readonly<Record<string, { readonly name: ActivationName } & Parameters>> = {
  sigmoid: { name: "sigmoid" },
  tanh: { name: "tanh" },
  relu: { name: "relu" },
  softsign: { name: "softsign" },
  softplus: { name: "softplus" },
  elu: { name: "elu", alpha: 1 },
  leakyrelu: { name: "leaky_relu", alpha: 0.01 },
  thresholdedrelu: { name: "thresholded_relu", alpha: 1 },
  hardsigmoid: { name: "hard_sigmoid", alpha: 0.2, beta: 0.5 },
  affine: { name: "affine", alpha: null, beta: null },
  scaledtanh: { name: "scaled_tanh", alpha: null, beta: null },
};

/**
 * An ONNX GRU → the options of `gru`, or of `bidirectional` for `direction: "bidirectional"`, whose outputs stay apart
 * (`mergeMode: "none"`) as ONNX's Y has them. Sequences are returned; run with the semantics `onnx`.
 *
 * - `linear_before_reset` is 0 unless the node says otherwise: the opposite of Keras 3, PyTorch and WebNN.
 * - The gates are z|r|h, and B is Wb then Rb, not the two interleaved.
 * - `activation_alpha` and `activation_beta` do not run beside `activations`: from left to right, each function that has
 *   the parameter takes the next one, over both directions; those left without take the default.
 * - `clip` bounds what goes into every activation, with `linear_before_reset` after r is applied; not the state.
 * - LeakyRelu's default slope is 0.01 and HardSigmoid's 0.2 here, unlike Keras's.
 *
 * Source: ONNX Operators.md, `GRU`; ONNX Runtime `deep_cpu_gru.cc` and `rnn_helpers.cc` for how parameters are taken.
 *
 * @throws CongruentError `weights`: a tensor is missing or has the wrong shape; `option`: an attribute that is not
 *   known, a function that is not ONNX's, a parameter that is missing or that no function takes
 * @example gru(fromOnnx({ W, R, B, linear_before_reset: 1 }))
 */
export function fromOnnx(node: OnnxGru & { readonly direction: "bidirectional" }): BidirectionalOptions;
export function fromOnnx(node: OnnxGru & { readonly direction?: "forward" | "reverse" | undefined }): GruOptions;
export function fromOnnx(node: OnnxGru): GruOptions | BidirectionalOptions;
export function fromOnnx(node: OnnxGru): GruOptions | BidirectionalOptions {
  checkKeys(node, keys, "fromOnnx");
  const where = (key: keyof OnnxGru) => `fromOnnx.${key}`;
  const { direction = "forward", linear_before_reset: linear = 0 } = node;
  if (direction !== "forward" && direction !== "reverse" && direction !== "bidirectional") {
    throw expected("option", where("direction"), "forward, reverse or bidirectional", show(direction));
  }
  if (linear !== true && linear !== false && linear !== 0 && linear !== 1) {
    throw expected("option", where("linear_before_reset"), "0 or 1", show(linear));
  }
  const both = direction === "bidirectional";
  const axes: Directions = [both ? 2 : 1];
  const units = readUnits(node.R, axes, node.hidden_size, where("R"));
  const kernels = readKernels(node.W, axes, units, undefined, "zrn", where("W"));
  const recurrent = readKernels(node.R, axes, units, units, "zrn", where("R"));
  const biases = node.B === undefined ? null : readBiases(node.B, axes, units, 2, "zrn", where("B"));
  const activations = readActivations(node, both ? 4 : 2);
  const { clip = Number.POSITIVE_INFINITY } = node;
  const options = (index: number, goBackwards: boolean): GruOptions => ({
    units,
    kernel: kernels[index],
    recurrentKernel: recurrent[index],
    bias: biases ? biases[index][0] : null,
    recurrentBias: biases ? biases[index][1] : null,
    recurrentActivation: activations[2 * index],
    activation: activations[2 * index + 1],
    resetAfter: Boolean(linear),
    clip,
    returnSequences: true,
    goBackwards,
  });
  if (!both) return options(0, direction === "reverse");
  return { forward: options(0, false), backward: options(1, true), mergeMode: "none" };
}

/** f and g of each direction, with their parameters. */
function readActivations(node: OnnxGru, count: number): ActivationOption[] {
  const standard = ["Sigmoid", "Tanh", "Sigmoid", "Tanh"].slice(0, count);
  const { activations: names = standard } = node;
  if (!Array.isArray(names) || names.length !== count) {
    throw expected("option", "fromOnnx.activations", `${count} names`, show(names));
  }
  const lists = { alpha: node.activation_alpha ?? [], beta: node.activation_beta ?? [] };
  const taken = { alpha: 0, beta: 0 };
  const activations = names.map((written: unknown, index): ActivationOption => {
    const where = `fromOnnx.activations[${index}]`;
    const key = typeof written === "string" ? written.toLowerCase() : "";
    if (!Object.hasOwn(functions, key)) {
      throw expected("option", where, `one of ${Object.keys(functions).join(", ")}`, show(written));
    }
    const { name, ...defaults } = functions[key];
    const option: { name: ActivationName; alpha?: number; beta?: number } = { name };
    for (const parameter of ["alpha", "beta"] as const) {
      const standardValue = defaults[parameter];
      if (standardValue === undefined) continue;
      const list = lists[parameter];
      const value = taken[parameter] < list.length ? list[taken[parameter]++] : standardValue;
      if (value === null) throw expected("option", where, `activation_${parameter} for ${written}`, "none");
      option[parameter] = value;
    }
    return option;
  });
  for (const parameter of ["alpha", "beta"] as const) {
    const { length } = lists[parameter];
    if (taken[parameter] !== length) {
      throw expected(
        "option",
        `fromOnnx.activation_${parameter}`,
        `${taken[parameter]} for ${names.join(", ")}`,
        show(length),
      );
    }
  }
  return activations;
}
