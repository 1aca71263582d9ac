"""What the frameworks answer to the examples of the page -> test/vectors/playground.json. Each framework is executed, none is imitated.

Usage, beside an installation of tensorflow, keras, torch, onnx, onnxruntime and jax:

    node test/playground/export.mjs > presets.json
    for b in tensorflow torch jax; do KERAS_BACKEND=$b python test/playground/make.py presets.json $b; done
    node test/playground/tfjs.mjs    # after the benchmark's peers have been installed

Every call adds its answers. dynamic_rnn runs with a GRUCell of the layout that TensorFlow 1.15 documents
(gates r, u; rows input then state), since TensorFlow 2.21 has dynamic_rnn but no longer that cell. A framework that
cannot do what an example asks (PyTorch: reset before, other activations) has no answer there.
"""
import json
import os
import sys
from pathlib import Path

import numpy as np

target = Path(__file__).parent.with_name("vectors") / "playground.json"
presets = json.loads(Path(sys.argv[1]).read_text())
backend = sys.argv[2]
answers = json.loads(target.read_text()) if target.exists() else {}


def features(state):
    """-> x (B, T, I) float32 and the mask (B, T)"""
    values = np.array(state["inputs"])
    if state["table"]:
        x = np.array(state["table"], np.float32)[values]
    else:
        x = values.astype(np.float32)[..., None]
    mask = np.array(state["mask"])
    if state["maskValue"] is not None:
        mask = np.any(x != np.float32(state["maskValue"]), -1)
    return x, mask


def initial(state):
    return np.repeat(np.array(state["initialState"], np.float32)[:, None], state["units"], 1)


def put(preset, framework, versions, outputs, states):
    answers.setdefault(preset, {})[framework] = {
        "by": versions,
        "outputs": np.asarray(outputs, np.float32).tolist(),
        "states": np.asarray(states, np.float32).tolist(),
    }


def refuse(preset, framework, versions, error):
    answers.setdefault(preset, {})[framework] = {"by": versions, "error": str(error).splitlines()[0][:200]}


def keras_answer(state, weights, masked):
    import keras

    x, mask = features(state)
    h0 = initial(state)
    name = lambda activation: None if activation == "linear" else activation
    if state["maskValue"] is not None and masked:
        x = x * mask[..., None]  # keras.layers.Masking
    both = state["direction"] == "bidirectional"
    layer = keras.layers.GRU(
        state["units"],
        activation=name(state["activation"]),
        recurrent_activation=name(state["recurrentActivation"]),
        reset_after=state["resetAfter"],
        return_sequences=True,
        return_state=True,
        go_backwards=state["direction"] == "backwards",
    )
    if both:
        layer = keras.layers.Bidirectional(layer)
    layer.build(x.shape)
    flat = []
    for w in weights:
        bias = np.array(w["bias"], np.float32)
        flat += [np.array(w["kernel"], np.float32), np.array(w["recurrentKernel"], np.float32)]
        flat += [bias if state["resetAfter"] else bias[0]]
    layer.set_weights(flat)
    outputs, *states = layer(
        keras.ops.convert_to_tensor(x),
        mask=keras.ops.convert_to_tensor(mask) if masked else None,
        initial_state=[keras.ops.convert_to_tensor(h0)] * (2 if both else 1),
    )
    numpy = keras.ops.convert_to_numpy
    return numpy(outputs), np.concatenate([numpy(s) for s in states], -1)


def dynamic_rnn_answer(state, weights):
    import tensorflow as tf

    v1 = tf.compat.v1
    act = {"tanh": tf.tanh, "sigmoid": tf.sigmoid, "relu": tf.nn.relu, "linear": tf.identity}

    def cell(w):
        z, r, n = np.split(np.array(w["kernel"], np.float32), 3, 1)
        uz, ur, un = np.split(np.array(w["recurrentKernel"], np.float32), 3, 1)
        bz, br, bn = np.split(np.array(w["bias"][0], np.float32), 3)
        gates, candidate = np.block([[r, z], [ur, uz]]), np.block([[n], [un]])
        gate_bias = np.concatenate([br, bz])
        f, g = act[state["recurrentActivation"]], act[state["activation"]]

        class Cell:
            """rnn_cell_impl.py of TensorFlow 1.15: r, u = f([x, h] Wg + bg); c = g([x, r h] Wc + bc); u h + (1 - u) c"""

            state_size = output_size = state["units"]

            def get_initial_state(self, **_):
                raise AssertionError("every example has an initial state")

            def __call__(self, x, h, scope=None):
                r, u = tf.split(f(tf.matmul(tf.concat([x, h], 1), gates) + gate_bias), 2, 1)
                c = g(tf.matmul(tf.concat([x, r * h], 1), candidate) + bn)
                new = u * h + (1 - u) * c
                return new, new

        return Cell()

    x, mask = features(state)
    if state["maskValue"] is not None:
        x = x * mask[..., None]
    h0, lengths = initial(state), state["lengths"]
    with tf.Graph().as_default(), v1.Session() as session:
        if state["direction"] == "bidirectional":
            outputs, states = v1.nn.bidirectional_dynamic_rnn(
                cell(weights[0]), cell(weights[1]), tf.constant(x), sequence_length=lengths,
                initial_state_fw=tf.constant(h0), initial_state_bw=tf.constant(h0),
            )
            outputs, states = session.run([tf.concat(outputs, -1), tf.concat(states, -1)])
        elif state["direction"] == "backwards":
            outputs, states = v1.nn.bidirectional_dynamic_rnn(
                cell(weights[0]), cell(weights[0]), tf.constant(x), sequence_length=lengths,
                initial_state_fw=tf.constant(h0), initial_state_bw=tf.constant(h0),
            )
            outputs, states = session.run([outputs[1], states[1]])
        else:
            outputs, states = session.run(
                v1.nn.dynamic_rnn(cell(weights[0]), tf.constant(x), sequence_length=lengths, initial_state=tf.constant(h0))
            )
    return outputs, states


def onnx_answer(state, weights):
    import onnx
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    x, mask = features(state)
    if state["maskValue"] is not None:
        x = x * mask[..., None]
    h, d = state["units"], len(weights)
    tensor = lambda name, a: numpy_helper.from_array(np.ascontiguousarray(a, np.float32), name)
    stack = lambda key: np.stack([np.array(w[key], np.float32).T for w in weights])
    biases = np.stack([np.concatenate([np.array(b, np.float32) for b in w["bias"]]) for w in weights])
    onnx_name = {"linear": "Affine", "tanh": "Tanh", "sigmoid": "Sigmoid", "relu": "Relu"}
    names = [onnx_name[state["recurrentActivation"]], onnx_name[state["activation"]]] * d
    affine = names.count("Affine")
    node = helper.make_node(
        "GRU", ["X", "W", "R", "B", "lengths", "h0"], ["Y", "Y_h"], hidden_size=h, activations=names,
        direction={"forward": "forward", "backwards": "reverse", "bidirectional": "bidirectional"}[state["direction"]],
        linear_before_reset=int(state["resetAfter"]),
        **({"activation_alpha": [1.0] * affine, "activation_beta": [0.0] * affine} if affine else {}),
    )
    info = lambda name, kind: helper.make_tensor_value_info(name, kind, None)
    graph = helper.make_graph(
        [node], "gru",
        [info("X", TensorProto.FLOAT), info("lengths", TensorProto.INT32), info("h0", TensorProto.FLOAT)],
        [info("Y", TensorProto.FLOAT), info("Y_h", TensorProto.FLOAT)],
        [tensor("W", stack("kernel")), tensor("R", stack("recurrentKernel")), tensor("B", biases)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    y, y_h = session.run(None, {
        "X": x.transpose(1, 0, 2),
        "lengths": np.array(state["lengths"], np.int32),
        "h0": np.stack([initial(state)] * d),
    })
    # (T, D, B, H) -> (B, T, D * H)
    return y.transpose(2, 0, 1, 3).reshape(*x.shape[:2], d * h), y_h.transpose(1, 0, 2).reshape(len(x), d * h)


def pytorch_answer(state, weights):
    import torch
    from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

    x, mask = features(state)
    rnn = torch.nn.GRU(x.shape[2], state["units"], batch_first=True, bidirectional=len(weights) == 2)
    order = lambda a: np.concatenate([np.split(a, 3)[i] for i in (1, 0, 2)])  # z, r, n -> r, z, n
    with torch.no_grad():
        for w, suffix in zip(weights, ["", "_reverse"]):
            for name, value in [
                ("weight_ih_l0", np.array(w["kernel"], np.float32).T),
                ("weight_hh_l0", np.array(w["recurrentKernel"], np.float32).T),
                ("bias_ih_l0", np.array(w["bias"][0], np.float32)),
                ("bias_hh_l0", np.array(w["bias"][1], np.float32)),
            ]:
                getattr(rnn, name + suffix).copy_(torch.tensor(order(value)))
        packed = pack_padded_sequence(torch.tensor(x), state["lengths"], batch_first=True, enforce_sorted=False)
        outputs, states = rnn(packed, torch.tensor(np.stack([initial(state)] * len(weights))))
        outputs, _ = pad_packed_sequence(outputs, batch_first=True, total_length=x.shape[1])
    return outputs.numpy(), states.numpy().transpose(1, 0, 2).reshape(len(x), -1)


for preset in presets:
    state, weights, name = preset["state"], preset["weights"], preset["id"]
    import keras

    assert keras.backend.backend() == backend, keras.backend.backend()
    versions = f"keras {keras.__version__} on {backend}"
    if backend == "jax":
        put(name, "keras-jax", versions, *keras_answer(state, weights, True))
        continue
    if backend == "torch":
        # The other back end of the same column: it has to agree.
        put(name, "keras-torch", versions, *keras_answer(state, weights, True))
        import torch

        if state["resetAfter"]:
            put(name, "pytorch", f"torch {torch.__version__}", *pytorch_answer(state, weights))
        elif 0 in state["lengths"]:
            try:
                pytorch_answer({**state, "resetAfter": True}, weights)
            except RuntimeError as error:
                refuse(name, "pytorch", f"torch {torch.__version__}", error)
        continue
    import onnxruntime
    import tensorflow as tf

    put(name, "keras", versions, *keras_answer(state, weights, True))
    put(name, "keras-unmasked", versions, *keras_answer(state, weights, False))
    put(name, "onnx", f"onnxruntime {onnxruntime.__version__}", *onnx_answer(state, weights))
    if not state["resetAfter"]:
        put(name, "dynamic_rnn", f"tensorflow {tf.__version__}, compat.v1", *dynamic_rnn_answer(state, weights))

target.write_text(json.dumps(answers, separators=(",", ":")).replace('"},"', '"},\n"').replace('},"', '},\n"') + "\n")
print(backend, {preset: sorted(of) for preset, of in answers.items()})
