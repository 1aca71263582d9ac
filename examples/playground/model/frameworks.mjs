// @ts-check
import { effectiveMask, maskOfLengths } from "./state.mjs";

/**
 * The columns of the page: who is asked, how congruent is asked for the same, and what its rule is.
 *
 * @typedef {import("./state.mjs").State} State
 * @typedef {"dynamic_rnn" | "keras-unmasked" | "keras" | "keras-jax" | "onnx" | "pytorch" | "tfjs"} FrameworkId
 *
 * @typedef {object} Framework
 * @property {FrameworkId} id
 * @property {string} title
 * @property {"lengths" | "mask" | "nothing"} takes what it is told about padding
 * @property {import("congruent").RunOptions["semantics"]} semantics
 * @property {string} rule one sentence: what its padding holds
 * @property {(state: State) => string[]} limits what it cannot do of what is asked; the column then shows its padding
 *   rule with the cell that was asked for
 */

const resetBeforeOnly =
  (/** @type {string} */ who) =>
  (/** @type {State} */ { resetAfter }) =>
    resetAfter ? [`${who} has no reset_after: this is its rule with your cell.`] : [];

const noHoles = (/** @type {State} */ state) => {
  const [mask, lengths] = [effectiveMask(state), maskOfLengths(state)];
  return mask.flat().some((valid, i) => valid !== lengths.flat()[i])
    ? [`It takes lengths (${state.lengths.join(", ")}), so the mask is not seen.`]
    : [];
};

/** @type {readonly Framework[]} */
export const frameworks = [
  {
    id: "dynamic_rnn",
    title: "tf.nn.dynamic_rnn",
    takes: "lengths",
    semantics: "tf1",
    rule: "Behind a row's end it writes zeros and hands the state through.",
    limits: (state) => [
      ...resetBeforeOnly("TensorFlow 1's GRUCell")(state),
      ...(state.recurrentActivation === "sigmoid" || state.table
        ? []
        : ["TensorFlow 1's GRUCell always has sigmoid gates: this is its rule with your cell."]),
      ...(state.direction === "backwards"
        ? ["Only bidirectional_dynamic_rnn goes backwards: this is its backward half."]
        : []),
      ...noHoles(state),
    ],
  },
  {
    id: "keras-unmasked",
    title: "Keras without a mask",
    takes: "nothing",
    semantics: "keras",
    rule: "Nobody told it what is padding, so it computes every step.",
    limits: () => [],
  },
  {
    id: "keras",
    title: "Keras with a mask, on TensorFlow or PyTorch",
    takes: "mask",
    semantics: "keras",
    rule: "On padding it stops: the last output is shown again, and 0 before there was one.",
    limits: ({ direction }) => forcedZeros(direction),
  },
  {
    id: "keras-jax",
    title: "Keras with a mask, on JAX or NumPy",
    takes: "mask",
    semantics: "keras-jax",
    rule: "On padding it stops and shows the state: before the first real step that is the initial one.",
    limits: ({ direction }) => forcedZeros(direction),
  },
  {
    id: "onnx",
    title: "ONNX Runtime",
    takes: "lengths",
    semantics: "onnx",
    rule: "Zeros behind a row's end, and an empty row's state is 0, whatever the initial one was.",
    limits: noHoles,
  },
  {
    id: "pytorch",
    title: "PyTorch, packed",
    takes: "lengths",
    semantics: "pytorch",
    rule: "Packing leaves the padding out; unpacking fills it with 0 (or padding_value). Rows must not be empty.",
    limits: (state) => [
      ...(state.resetAfter ? [] : ["PyTorch's GRU always resets after: this is its rule with your cell."]),
      ...(state.activation === "tanh" && state.recurrentActivation === "sigmoid"
        ? []
        : ["PyTorch's GRU has tanh and sigmoid only: this is its rule with your cell."]),
      ...(state.direction === "backwards"
        ? ["PyTorch goes backwards in bidirectional layers only: this is that half."]
        : []),
      ...noHoles(state),
    ],
  },
  {
    id: "tfjs",
    title: "TF.js layers",
    takes: "mask",
    semantics: "tfjs",
    rule: "On padding it shows the state, also in bidirectional layers, where Keras forces zeros.",
    limits: resetBeforeOnly("TF.js"),
  },
];

/** @param {State["direction"]} direction */
function forcedZeros(direction) {
  return direction === "bidirectional" ? ["Bidirectional sets zero_output_for_mask on both directions: zeros."] : [];
}
