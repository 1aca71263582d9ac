// @ts-check
/**
 * What one would write to get a column with the framework itself: a program that runs as it stands, weights included, and
 * leaves `outputs` and `states`. test/playground/run_shown.py and run-shown.mjs run all of them.
 *
 * @typedef {import("./state.mjs").State} State
 * @typedef {import("./frameworks.mjs").Framework} Framework
 * @typedef {import("./weights.mjs").Weights} Weights
 */
import { effectiveMask, features } from "./state.mjs";
import { weightsOf } from "./weights.mjs";

/** @param {State} state @param {Framework} framework */
export function theirCode(state, framework) {
  switch (framework.id) {
    case "dynamic_rnn":
      return dynamicRnn(state);
    case "keras-unmasked":
      return keras(state, "tensorflow", false);
    case "keras":
      return keras(state, "tensorflow", true);
    case "keras-jax":
      return keras(state, "jax", true);
    case "onnx":
      return onnxRuntime(state);
    case "pytorch":
      return pytorch(state);
    default:
      return tfjs(state);
  }
}

/** x and h0, and what Masking does to x. @param {State} state @param {boolean} masking */
function data({ table, inputs, maskValue, initialState, units }, masking) {
  const rows = list(inputs);
  return [
    table
      ? `x = np.array(${list(table)}, np.float32)[np.array(${rows})]`
      : `x = np.array(${rows}, np.float32)[..., None]`,
    ...(maskValue !== null && masking
      ? [`mask = np.any(x != np.float32(${maskValue}), -1)`, "x = x * mask[..., None]  # keras.layers.Masking"]
      : []),
    `h0 = np.repeat(np.array(${list(initialState)}, np.float32)[:, None], ${units}, 1)`,
  ].join("\n");
}

/** @param {State} state @param {string} backend @param {boolean} masked */
function keras(state, backend, masked) {
  const { units, direction, resetAfter, maskValue, mask } = state;
  const activation = (/** @type {string} */ name) => (name === "linear" ? "None" : `"${name}"`);
  const arrays = weightsOf(state).flatMap(({ kernel, recurrentKernel, bias }) => [
    kernel,
    recurrentKernel,
    resetAfter ? bias : bias[0],
  ]);
  const both = direction === "bidirectional";
  const gru = `keras.layers.GRU(
    ${units}, activation=${activation(state.activation)}, recurrent_activation=${activation(state.recurrentActivation)},
    reset_after=${python(resetAfter)}, return_sequences=True, return_state=True${direction === "backwards" ? ", go_backwards=True" : ""},
)`;
  return `import os
os.environ["KERAS_BACKEND"] = "${backend}"
import keras
import numpy as np

${data(state, masked)}
${masked && maskValue === null ? `mask = np.array(${bits(mask, "True", "False")})\n` : ""}rnn = ${both ? `keras.layers.Bidirectional(${gru})` : gru}
rnn.build(x.shape)
rnn.set_weights([np.array(w, np.float32) for w in [
${arrays.map((array) => `    ${list(array)},`).join("\n")}
]])
outputs, *states = rnn(x, ${masked ? "mask=mask, " : ""}initial_state=${both ? "[h0, h0]" : "[h0]"})`;
}

/** @param {State} state */
function dynamicRnn(state) {
  const { units, lengths, direction } = state;
  const name = (/** @type {string} */ activation) =>
    ({ tanh: "tf.tanh", sigmoid: "tf.sigmoid", linear: "tf.identity" })[activation] ?? `tf.nn.${activation}`;
  const cells = weightsOf(state).map((weights) => `GRUCell(\n${tf1Layout(weights).join(",\n")},\n)`);
  const both = direction !== "forward";
  const call = both
    ? `v1.nn.bidirectional_dynamic_rnn(
        cells[0], cells[-1], tf.constant(x), sequence_length=${list(lengths)},
        initial_state_fw=tf.constant(h0), initial_state_bw=tf.constant(h0),
    )`
    : `v1.nn.dynamic_rnn(
        cells[0], tf.constant(x), sequence_length=${list(lengths)}, initial_state=tf.constant(h0),
    )`;
  return `import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


class GRUCell:
    """tf.nn.rnn_cell.GRUCell of TensorFlow 1, which TensorFlow 2 has no longer."""

    state_size = output_size = ${units}

    def __init__(self, *weights):
        self.gates, self.gate_bias, self.candidate, self.bias = (np.array(w, np.float32) for w in weights)

    def get_initial_state(self, **_):
        return None  # it is given

    def __call__(self, x, h, scope=None):
        gates = ${name(state.recurrentActivation)}(tf.concat([x, h], 1) @ self.gates + self.gate_bias)
        r, u = tf.split(gates, 2, 1)
        c = ${name(state.activation)}(tf.concat([x, r * h], 1) @ self.candidate + self.bias)
        h = u * h + (1 - u) * c
        return h, h


${data(state, true)}
cells = [${cells.join(", ")}]
with tf.Graph().as_default(), v1.Session() as session:
    outputs, states = session.run(${call})${direction === "backwards" ? "\n    outputs, states = outputs[1], states[1]" : ""}`;
}

/** Gates r, u side by side, the input's rows above the state's; then the candidate's. @param {Weights} weights */
function tf1Layout({ kernel, recurrentKernel, bias }) {
  const units = recurrentKernel.length;
  const columns = (/** @type {number[]} */ row, /** @type {number} */ gate) =>
    row.slice(gate * units, (gate + 1) * units);
  const rows = [...kernel, ...recurrentKernel];
  const [z, r, n] = [0, 1, 2];
  return [
    rows.map((row) => [...columns(row, r), ...columns(row, z)]),
    [...columns(bias[0], r), ...columns(bias[0], z)],
    rows.map((row) => columns(row, n)),
    columns(bias[0], n),
  ].map((array) => `    ${list(array)}`);
}

/** @param {State} state */
function onnxRuntime(state) {
  const { units, lengths, direction, resetAfter } = state;
  const weights = weightsOf(state);
  const name = (/** @type {string} */ activation) =>
    activation === "linear" ? "Affine" : activation[0].toUpperCase() + activation.slice(1);
  const names = weights.flatMap(() => [name(state.recurrentActivation), name(state.activation)]);
  const parameters = names.flatMap((one) => (one === "Affine" ? [[1, 0]] : one === "Elu" ? [[1]] : []));
  const alpha = parameters.map(([first]) => first);
  const beta = parameters.flatMap(([, second]) => (second === undefined ? [] : [second]));
  const onnxDirection = { forward: "forward", backwards: "reverse", bidirectional: "bidirectional" }[direction];
  const lists = [
    ...(alpha.length > 0 ? [`activation_alpha=${floats(alpha)}`] : []),
    ...(beta.length > 0 ? [`activation_beta=${floats(beta)}`] : []),
  ];
  return `import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

${data(state, true)}
kernels = np.array(${list(weights.map(({ kernel }) => kernel))}, np.float32)
recurrent = np.array(${list(weights.map(({ recurrentKernel }) => recurrentKernel))}, np.float32)
biases = np.array(${list(weights.map(({ bias }) => bias.flat()))}, np.float32)
tensor = lambda name, array: numpy_helper.from_array(np.ascontiguousarray(array), name)
value = lambda name, kind=TensorProto.FLOAT: helper.make_tensor_value_info(name, kind, None)
node = helper.make_node(
    "GRU", ["X", "W", "R", "B", "sequence_lens", "initial_h"], ["Y", "Y_h"], hidden_size=${units},
    direction="${onnxDirection}", linear_before_reset=${Number(resetAfter)},
    activations=${list(names)}${lists.map((text) => `, ${text}`).join("")},
)
graph = helper.make_graph(
    [node], "gru", [value("X"), value("sequence_lens", TensorProto.INT32), value("initial_h")], [value("Y"), value("Y_h")],
    [tensor("W", kernels.transpose(0, 2, 1)), tensor("R", recurrent.transpose(0, 2, 1)), tensor("B", biases)],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
outputs, states = onnxruntime.InferenceSession(model.SerializeToString()).run(None, {
    "X": x.transpose(1, 0, 2),
    "sequence_lens": np.array(${list(lengths)}, np.int32),
    "initial_h": np.stack([h0] * ${weights.length}),
})
outputs = np.concatenate(list(outputs.transpose(1, 2, 0, 3)), -1)  # [time, directions, batch, units] before`;
}

/** @param {State} state */
function pytorch(state) {
  const { units, lengths, inputs } = state;
  const weights = weightsOf(state);
  const entries = weights.flatMap(({ kernel, recurrentKernel, bias }, direction) => {
    const suffix = direction === 0 ? "l0" : "l0_reverse";
    return [
      `    "weight_ih_${suffix}": ${list(gatesFirst(kernel))},`,
      `    "weight_hh_${suffix}": ${list(gatesFirst(recurrentKernel))},`,
      `    "bias_ih_${suffix}": ${list(gatesFirst([bias[0]]).flat())},`,
      `    "bias_hh_${suffix}": ${list(gatesFirst([bias[1]]).flat())},`,
    ];
  });
  return `import numpy as np
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

${data(state, true)}
rnn = torch.nn.GRU(${features(state)}, ${units}, batch_first=True${weights.length === 2 ? ", bidirectional=True" : ""})
weights = {  # gates r, z, n
${entries.join("\n")}
}
rnn.load_state_dict({name: torch.tensor(values) for name, values in weights.items()})
packed = pack_padded_sequence(torch.tensor(x), ${list(lengths)}, batch_first=True, enforce_sorted=False)
with torch.no_grad():
    outputs, states = rnn(packed, torch.tensor(np.stack([h0] * ${weights.length})))
outputs, _ = pad_packed_sequence(outputs, batch_first=True, total_length=${inputs[0].length})`;
}

/** (rows, 3H) with gates z, r, n → (3H, rows) with gates r, z, n. @param {number[][]} matrix */
function gatesFirst(matrix) {
  const units = matrix[0].length / 3;
  return [1, 0, 2].flatMap((gate) =>
    Array.from({ length: units }, (_, unit) => matrix.map((row) => row[gate * units + unit])),
  );
}

/** @param {State} state */
function tfjs(state) {
  const { units, table, inputs, maskValue, direction, initialState } = state;
  const mask = effectiveMask(state);
  const x = inputs.map((row, b) =>
    row.map((value, t) => {
      const step = table ? table[value] : [value];
      return maskValue !== null && !mask[b][t] ? step.map(() => 0) : step;
    }),
  );
  const h0 = initialState.map((value) => new Array(units).fill(value));
  const both = direction === "bidirectional";
  const weights = weightsOf(state).flatMap(({ kernel, recurrentKernel, bias }) => [kernel, recurrentKernel, bias[0]]);
  return `import * as tf from "@tensorflow/tfjs";

const x = tf.tensor(${list(x)});
const mask = tf.tensor(${bits(mask, "1", "0")}, undefined, "bool");
const h0 = tf.tensor(${list(h0)});
const layer = tf.layers.gru({
  units: ${units},
  activation: "${state.activation}",
  recurrentActivation: "${state.recurrentActivation}",
  resetAfter: false,
  returnSequences: true,
  returnState: true,${direction === "backwards" ? "\n  goBackwards: true," : ""}
});
const rnn = ${both ? 'tf.layers.bidirectional({ layer, mergeMode: "concat" })' : "layer"};
rnn.build(x.shape);
rnn.setWeights([
${weights.map((array) => `  tf.tensor(${list(array)}),`).join("\n")}
]);
const [outputs, ...states] = rnn.call(x, { mask, initialState: ${both ? "[h0, h0]" : "[h0]"} });`;
}

/** @param {boolean} value */
function python(value) {
  return value ? "True" : "False";
}

/** Numbers that Python takes for floats. @param {number[]} values */
function floats(values) {
  return `[${values.map((value) => value.toFixed(1)).join(", ")}]`;
}

/** @param {unknown} value */
function list(value) {
  return JSON.stringify(value).replaceAll(",", ", ");
}

/** @param {boolean[][]} mask @param {string} yes @param {string} no */
function bits(mask, yes, no) {
  return `[${mask.map((row) => `[${row.map((valid) => (valid ? yes : no)).join(", ")}]`).join(", ")}]`;
}
