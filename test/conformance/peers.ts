import { fromOnnx } from "../../src/convert/onnx/gru.ts";
import { fromPyTorchModule } from "../../src/convert/pytorch.ts";
import { fromTf1GruCell } from "../../src/convert/tf1/cell.ts";
import { fromWebnn } from "../../src/convert/webnn.ts";
import { bidirectional, gru } from "../../src/kernel/layers.ts";
import type { BidirectionalOptions } from "../../src/layers/bidirectional.ts";
import type { GruOptions } from "../../src/layers/gru.ts";
import type { Layer } from "../../src/layers/layer.ts";
import type { SemanticsOption } from "../../src/sequence/resolve.ts";
import { activationOption, kerasWeights, onnxNode, pytorchStateDict, tf1Cell, webnnOperands } from "./foreign.ts";
import { layersOf, type Vector } from "./vectors.ts";

/** How a user of one framework would say with our API what the framework did. */
export interface Peer {
  /** The stack of a case, from its weights in the framework's own layout where there is a converter. */
  readonly layers: (vector: Vector, returnSequences: boolean) => Layer[];
  /** The framework's preset, with what a case sets differently. */
  readonly semantics: (vector: Vector) => SemanticsOption;
  /** Whether the framework's own axes are [time, batch]. */
  readonly timeMajor: (vector: Vector) => boolean;
}

/** Keras's terms are ours: no converter. */
const kerasLayers = (vector: Vector, returnSequences: boolean, zeroOutputForMask: boolean): Layer[] => {
  const direction = (index: number, goBackwards: boolean): GruOptions => ({
    ...kerasWeights(vector, vector, index),
    recurrentActivation: activationOption(vector.activations[index][0]),
    activation: activationOption(vector.activations[index][1]),
    resetAfter: vector.reset_after,
    returnSequences,
    goBackwards,
    zeroOutputForMask,
  });
  if (vector.D === 1) return [gru(direction(0, vector.direction === "reverse"))];
  return [bidirectional({ forward: direction(0, false), backward: direction(1, true), mergeMode: vector.merge_mode })];
};

/** `zero_output_for_mask`. A `Bidirectional` sets it by itself, so there it is left at its default. */
const zeroed = ({ D, padded_output: rule }: Vector): boolean => D === 1 && rule === "zero";

/** Keras 3 on TensorFlow or PyTorch. */
export const keras: Peer = {
  layers: (vector, returnSequences) => kerasLayers(vector, returnSequences, zeroed(vector)),
  semantics: () => "keras",
  timeMajor: () => false,
};

/** Keras 3 on JAX or NumPy. */
export const kerasJax: Peer = {
  ...keras,
  // With `unroll=True` these back ends start the output that they repeat from zeros, as the other two do, and not from
  // the state (SEMANTICS.md §3.2): their cases say carry_output.
  semantics: ({ D, padded_output: rule }) =>
    D === 1 && rule === "carry_output" ? { preset: "keras-jax", paddedOutput: "carry-output" } : "keras-jax",
};

/** TF.js layers. */
export const tfjs: Peer = {
  layers: (vector, returnSequences) => kerasLayers(vector, returnSequences, false),
  semantics: () => "tfjs",
  timeMajor: () => false,
};

/** ONNX, and ONNX Runtime. */
export const onnx: Peer = {
  layers: (vector, returnSequences) => {
    const { activation_alpha, activation_beta, ...node } = onnxNode(vector, vector);
    // Elu was run without parameters: 1 by ONNX and by ONNX Runtime. The two other cases of this kind are left with the
    // parameters that ONNX Runtime puts in, all 0, because ONNX's defaults are others or none.
    const isBare = vector.name === "activation_default_Elu";
    const lists = {
      ...(activation_alpha && { activation_alpha }),
      ...(activation_beta && { activation_beta }),
    };
    return [directional(fromOnnx({ ...node, ...(isBare ? {} : lists) }), returnSequences)];
  },
  semantics: () => "onnx",
  timeMajor: () => true,
};

/** WebNN has neither lengths nor masks; what it has in common with ONNX is that outputs are in input time. */
export const webnn: Peer = {
  layers: (vector, returnSequences) => [directional(fromWebnn(webnnOperands(vector, vector)), returnSequences)],
  semantics: () => "onnx",
  timeMajor: () => true,
};

/** `torch.nn.GRU`. */
export const pytorch: Peer = {
  layers: (vector, returnSequences) =>
    fromPyTorchModule(pytorchStateDict(vector, layersOf(vector), "encoder.gru."), {
      prefix: "encoder.gru",
      bidirectional: vector.D === 2,
      returnSequences,
    }),
  // `pad_packed_sequence(…, padding_value)`.
  semantics: ({ padded_output: rule }) =>
    typeof rule === "object" ? { preset: "pytorch", paddedOutput: rule } : "pytorch",
  timeMajor: ({ source_layout: layout }) => layout !== "batch_first=True",
};

/** `tf.compat.v1.nn.dynamic_rnn` and `bidirectional_dynamic_rnn`, which takes two cells and returns two outputs. */
export const tf1: Peer = {
  layers: (vector, returnSequences) => {
    const cell = (index: number): GruOptions => ({
      ...fromTf1GruCell(tf1Cell(vector, vector, index)),
      returnSequences,
    });
    return [vector.D === 1 ? gru(cell(0)) : bidirectional({ forward: cell(0), backward: cell(1), mergeMode: "none" })];
  },
  semantics: () => "tf1",
  timeMajor: () => false,
};

/** A converter's options, for one direction or two. */
function directional(options: GruOptions | BidirectionalOptions, returnSequences: boolean): Layer {
  if (!("forward" in options)) return gru({ ...options, returnSequences });
  const { forward, backward, mergeMode } = options;
  return bidirectional({
    forward: { ...(forward as GruOptions), returnSequences },
    backward: { ...(backward as GruOptions), returnSequences },
    mergeMode,
  });
}
