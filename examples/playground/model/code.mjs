// @ts-check
/**
 * What one would write to get a column: with congruent, and with the framework.
 *
 * @typedef {import("./state.mjs").State} State
 * @typedef {import("./frameworks.mjs").Framework} Framework
 */
import { effectiveMask, features } from "./state.mjs";
import { weightsOf } from "./weights.mjs";

/** @param {State} state @param {Framework} framework */
export function ourCode(state, framework) {
  const { inputs, table, maskValue, lengths, mask, units, direction, initialState, resetAfter } = state;
  const weights = weightsOf(state);
  const options = (/** @type {import("./weights.mjs").Weights} */ { kernel, recurrentKernel, bias }, more = "") => `{
    units: ${units}, returnSequences: true, resetAfter: ${resetAfter},${more}
    activation: "${state.activation}", recurrentActivation: "${state.recurrentActivation}",
    kernel: ${list(kernel)},
    recurrentKernel: ${list(recurrentKernel)},
    bias: ${list(resetAfter ? bias : bias[0])},
  }`;
  const layers = [
    ...(table ? [`embedding({ weights: ${list(table)} })`] : []),
    ...(maskValue === null ? [] : [`masking({ maskValue: ${maskValue} })`]),
    direction === "bidirectional"
      ? `bidirectional({\n  forward: ${options(weights[0])},\n  backward: ${options(weights[1], " goBackwards: true,")},\n})`
      : `gru(${options(weights[0], direction === "backwards" ? " goBackwards: true," : "")})`,
  ];
  const run = [
    ...(framework.takes === "lengths" ? [`lengths: ${list(lengths)}`] : []),
    ...(framework.takes === "nothing" ? ["mask: false"] : []),
    ...(framework.takes === "mask" && maskValue === null ? [`mask: ${bits(mask)}`] : []),
    `semantics: "${framework.semantics}"`,
    ...(initialState.some((value) => value !== 0)
      ? [`initialState: ${list(weights.map(() => initialState.map((value) => new Array(units).fill(value))))}`]
      : []),
  ];
  const names = [
    "createModel",
    ...(table ? ["embedding"] : []),
    ...(maskValue === null ? [] : ["masking"]),
    direction === "bidirectional" ? "bidirectional" : "gru",
  ];
  const batch = table ? list(inputs) : list(inputs.map((row) => row.map((value) => [value])));
  return `import { ${names.sort().join(", ")} } from "congruent";

const model = createModel([${layers.join(", ")}]);
const { outputs, states } = model.run(${batch}, {
  ${run.join(",\n  ")},
});`;
}

/** @param {State} state @param {Framework} framework */
export function theirCode(state, framework) {
  const { units, lengths, inputs, initialState, direction, resetAfter, maskValue, mask } = state;
  const x = state.table
    ? `x = np.array(${list(state.table)}, np.float32)[np.array(${list(inputs)})]`
    : `x = np.array(${list(inputs)}, np.float32)[..., None]`;
  const h0 = `h0 = np.repeat(np.array(${list(initialState)}, np.float32)[:, None], ${units}, 1)`;
  const activation = (/** @type {string} */ name) => (name === "linear" ? "None" : `"${name}"`);
  const both = direction === "bidirectional";
  const kerasLayer = () => {
    const layer = `keras.layers.GRU(${units}, activation=${activation(state.activation)}, recurrent_activation=${activation(state.recurrentActivation)},
    reset_after=${resetAfter ? "True" : "False"}, return_sequences=True, return_state=True${direction === "backwards" ? ", go_backwards=True" : ""})`;
    return both ? `keras.layers.Bidirectional(${layer})` : layer;
  };
  const maskText =
    maskValue === null ? `np.array(${bits(mask, "True", "False")})` : `np.any(x != np.float32(${maskValue}), -1)`;
  switch (framework.id) {
    case "dynamic_rnn":
      return `import tensorflow.compat.v1 as tf   # rnn_cell.GRUCell: TensorFlow 1

${x}${maskValue === null ? "" : `\nx = x * np.any(x != np.float32(${maskValue}), -1, keepdims=True)   # Masking writes zeros`}
${h0}
${
  both
    ? `outputs, states = tf.nn.bidirectional_dynamic_rnn(
    tf.nn.rnn_cell.GRUCell(${units}), tf.nn.rnn_cell.GRUCell(${units}), x,
    sequence_length=${list(lengths)}, initial_state_fw=h0, initial_state_bw=h0)`
    : `outputs, state = tf.nn.dynamic_rnn(
    tf.nn.rnn_cell.GRUCell(${units}), x,
    sequence_length=${list(lengths)}, initial_state=h0)`
}`;
    case "keras-unmasked":
      return `import keras

${x}
${h0}
rnn = ${kerasLayer()}
outputs, *states = rnn(x, initial_state=${both ? "[h0, h0]" : "h0"})   # no mask=`;
    case "keras":
    case "keras-jax":
      return `import os
os.environ["KERAS_BACKEND"] = "${framework.id === "keras" ? "tensorflow" : "jax"}"
import keras

${x}
mask = ${maskText}${maskValue === null ? "" : "\nx = x * mask[..., None]"}
${h0}
rnn = ${kerasLayer()}
outputs, *states = rnn(x, mask=mask, initial_state=${both ? "[h0, h0]" : "h0"})`;
    case "onnx":
      return `import onnxruntime

${x}
${h0}
# a GRU node with direction="${{ forward: "forward", backwards: "reverse", bidirectional: "bidirectional" }[direction]}", linear_before_reset=${resetAfter ? 1 : 0}
outputs, state = onnxruntime.InferenceSession("gru.onnx").run(None, {
    "X": x.transpose(1, 0, 2),
    "sequence_lens": np.array(${list(lengths)}, np.int32),
    "initial_h": ${both ? "np.stack([h0, h0])" : "h0[None]"},
})   # outputs: [time, directions, batch, units]`;
    case "pytorch":
      return `import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

${x}
${h0}
rnn = torch.nn.GRU(${features(state)}, ${units}, batch_first=True${both ? ", bidirectional=True" : ""})
packed = pack_padded_sequence(torch.tensor(x), ${list(lengths)}, batch_first=True, enforce_sorted=False)
outputs, state = rnn(packed, torch.tensor(${both ? "np.stack([h0, h0])" : "h0[None]"}))
outputs, _ = pad_packed_sequence(outputs, batch_first=True, total_length=${inputs[0].length})`;
    default:
      return `import * as tf from "@tensorflow/tfjs";

const layer = tf.layers.gru({
  units: ${units}, activation: "${state.activation}", recurrentActivation: "${state.recurrentActivation}",
  resetAfter: false, returnSequences: true, returnState: true,${direction === "backwards" ? " goBackwards: true," : ""}
});
const rnn = ${both ? 'tf.layers.bidirectional({ layer, mergeMode: "concat" })' : "layer"};
// x: [${inputs.length}, ${inputs[0].length}, ${features(state)}], mask: ${bits(effectiveMask(state))}, h0: [${inputs.length}, ${units}]
const [outputs, ...states] = rnn.call(x, { mask, initialState: ${both ? "[h0, h0]" : "[h0]"} });`;
  }
}

/** @param {unknown} value */
function list(value) {
  return JSON.stringify(value).replaceAll(",", ", ");
}

/** @param {boolean[][]} mask */
function bits(mask, yes = "1", no = "0") {
  return `[${mask.map((row) => `[${row.map((valid) => (valid ? yes : no)).join(", ")}]`).join(", ")}]`;
}
