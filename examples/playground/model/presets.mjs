// @ts-check
/**
 * Situations in which frameworks differ, each with one sentence that says what to look at. What the frameworks
 * themselves answered is in expected/presets.json, and the page is tested against it.
 *
 * @typedef {{ id: string, title: string, about: string, state: import("./state.mjs").State }} Preset
 */

/** @type {Omit<import("./state.mjs").State, "inputs" | "lengths" | "mask" | "initialState">} */
const small = {
  table: null,
  maskValue: null,
  units: 2,
  direction: "forward",
  resetAfter: false,
  activation: "tanh",
  recurrentActivation: "sigmoid",
  seed: 7,
};

const inputs = [
  [0.5, -1, 2, 1.5, -0.5],
  [1, 0.25, -2, 3, 0.75],
  [-1.5, 1, 0.5, 2, -0.25],
];

/** @param {string[]} rows 1 for a step that is valid */
const maskOf = (...rows) => rows.map((row) => [...row].map((step) => step === "1"));

/** @type {Preset[]} */
export const presets = [
  {
    id: "question",
    title: "The question",
    about: "Two rows of tokens, padded with 0: is tf.nn.dynamic_rnn the same as a Keras RNN? Not where the padding is.",
    state: {
      ...small,
      inputs: [
        [1, 2, 1, 0, 0],
        [0, 1, 2, 1, 0],
      ],
      table: [
        [0.37, 0.37],
        [1, 1],
        [2, 2],
      ],
      maskValue: 0.37,
      lengths: [3, 4],
      mask: maskOf("11100", "01110"),
      initialState: [0, 0],
      units: 1,
      activation: "linear",
      recurrentActivation: "linear",
      seed: 0,
    },
  },
  {
    id: "trailing",
    title: "Padding at the end",
    about: "The everyday case. Zeros, the last output again, or padding computed as if it were data.",
    state: { ...small, inputs, lengths: [5, 3, 1], mask: maskOf("11111", "11100", "10000"), initialState: [0, 0, 0] },
  },
  {
    id: "leading",
    title: "Padding in front",
    about: "With an initial state, Keras shows zeros there on TensorFlow and PyTorch, and the state on JAX and NumPy.",
    state: {
      ...small,
      inputs,
      lengths: [5, 5, 5],
      mask: maskOf("11111", "00111", "00001"),
      initialState: [0.5, 0.5, -0.5],
    },
  },
  {
    id: "holes",
    title: "A mask with holes",
    about: "Masks can leave out any step; lengths cannot say so, and these frameworks compute what is in the hole.",
    state: {
      ...small,
      inputs,
      lengths: [5, 5, 4],
      mask: maskOf("10101", "11011", "01010"),
      initialState: [0, 0.5, 0],
    },
  },
  {
    id: "empty",
    title: "A row of nothing but padding",
    about: "Its state is the initial one, or 0 (ONNX Runtime), or an error (PyTorch).",
    state: {
      ...small,
      inputs,
      lengths: [3, 0, 5],
      mask: maskOf("11100", "00000", "11111"),
      initialState: [0.5, 0.5, 0.5],
    },
  },
  {
    id: "after",
    title: "Reset after",
    about: "What Keras and PyTorch do unless told otherwise; TensorFlow 1's GRUCell and TF.js cannot.",
    state: {
      ...small,
      resetAfter: true,
      inputs,
      lengths: [5, 3, 2],
      mask: maskOf("11111", "11100", "11000"),
      initialState: [0.25, 0.25, 0.25],
    },
  },
  {
    id: "backwards",
    title: "Backwards",
    about:
      "Keras hands the outputs out in the order in which it made them, last step first; ONNX Runtime by input time.",
    state: {
      ...small,
      direction: "backwards",
      inputs,
      lengths: [5, 3, 1],
      mask: maskOf("11111", "11100", "10000"),
      initialState: [0, 0.5, 0.5],
    },
  },
  {
    id: "bidirectional",
    title: "Bidirectional",
    about:
      "Keras forces zeros onto the padding of bidirectional layers; TF.js does not. Without a mask, Keras starts backwards in the padding.",
    state: {
      ...small,
      units: 1,
      direction: "bidirectional",
      inputs,
      lengths: [5, 3, 1],
      mask: maskOf("11111", "11100", "10000"),
      initialState: [0.5, 0.5, 0.5],
    },
  },
];
