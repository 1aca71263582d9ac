/**
 * What distinguishes the frameworks: how a padded batch of results is filled where there was nothing to compute.
 *
 * On every valid step they agree. This file is the one place that says where they do not.
 */
export interface Semantics {
  /**
   * What a layer's output holds at a step that is not valid, going in the layer's processing order:
   * `zero`; `carry-output`, the previous output, which is 0 before the first valid step; `carry-state`, the state as it
   * is then, which is the initial state before the first valid step; or a value.
   */
  readonly paddedOutput: "zero" | "carry-output" | "carry-state" | { readonly value: number };
  /** The final state of a row without a single valid step; `error` refuses such a row. */
  readonly emptyState: "initial" | "zero" | "error";
  /**
   * What a length beyond the time axis does: `error`; `clamp`; or `clamp-forward`, which clamps unless the model has a
   * bidirectional layer, and is an error there, as `bidirectional_dynamic_rnn` has it.
   */
  readonly longLength: "error" | "clamp" | "clamp-forward";
  /** What a negative length does. TF1's forward `dynamic_rnn` takes it as 0; no preset does, because it is a bug. */
  readonly negativeLength: "error" | "zero";
  /** How a `goBackwards` layer orders its outputs: by input time, or as it processed them (last input first). */
  readonly backwardsOrder: "input" | "processing";
  /** The padded output of a bidirectional layer that returns sequences: forced to 0, or the same as any other layer's. */
  readonly bidirectionalPadding: "zero" | "same";
  /**
   * What a layer without `returnSequences` gives: `step`, the output of the last step processed, padded or not (Keras);
   * or `state`, the final state (TF1's `state`, ONNX's `Y_h`, PyTorch's `h_n`).
   */
  readonly lastOutput: "step" | "state";
}

/** The frameworks whose answers can be asked for by name. */
export type Preset = "tf1" | "keras" | "keras-jax" | "onnx" | "pytorch" | "tfjs";

/** Each framework's rules, as measured by running it. */
export const presets: Readonly<Record<Preset, Semantics>> = {
  /** `tf.nn.dynamic_rnn` and `tf.nn.bidirectional_dynamic_rnn`. */
  tf1: {
    paddedOutput: "zero",
    emptyState: "initial",
    longLength: "clamp-forward",
    negativeLength: "error",
    backwardsOrder: "input",
    bidirectionalPadding: "zero",
    lastOutput: "state",
  },
  /** Keras with a mask, on TensorFlow or PyTorch. */
  keras: {
    paddedOutput: "carry-output",
    emptyState: "initial",
    longLength: "error",
    negativeLength: "error",
    backwardsOrder: "processing",
    bidirectionalPadding: "zero",
    lastOutput: "step",
  },
  /** Keras with a mask, on JAX or NumPy. */
  "keras-jax": {
    paddedOutput: "carry-state",
    emptyState: "initial",
    longLength: "error",
    negativeLength: "error",
    backwardsOrder: "processing",
    bidirectionalPadding: "zero",
    lastOutput: "step",
  },
  /** ONNX Runtime's GRU with `sequence_lens`. */
  onnx: {
    paddedOutput: "zero",
    emptyState: "zero",
    longLength: "error",
    negativeLength: "error",
    backwardsOrder: "input",
    bidirectionalPadding: "zero",
    lastOutput: "state",
  },
  /** PyTorch's packed sequences, padded back to the whole time axis. */
  pytorch: {
    paddedOutput: { value: 0 },
    emptyState: "error",
    longLength: "error",
    negativeLength: "error",
    backwardsOrder: "input",
    bidirectionalPadding: "same",
    lastOutput: "state",
  },
  /** TF.js layers with a mask. */
  tfjs: {
    paddedOutput: "carry-state",
    emptyState: "initial",
    longLength: "error",
    negativeLength: "error",
    backwardsOrder: "processing",
    bidirectionalPadding: "same",
    lastOutput: "step",
  },
};
