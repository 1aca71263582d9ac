"""Keras's answers for the layers that stand around a GRU, with and without a mask.

Usage: python make.py   (keras 3 on TensorFlow installed)
"""

import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np

rng = np.random.default_rng(5)
cases = []


def numbers(array):
    """NaN and infinities as texts: JSON has none."""
    array = np.asarray(array, dtype=np.float32)
    flat = [float(x) if np.isfinite(x) else str(x) for x in array.flatten()]
    return {"shape": list(array.shape), "data": flat}


def record(name, kind, options, layer, x, mask=None):
    x = np.asarray(x, dtype=np.float32)
    layer.build(x.shape)
    weights = options.pop("weights", [])
    if weights:
        layer.set_weights(weights)
    given = {} if mask is None or not layer.supports_masking else {"mask": np.asarray(mask, dtype=bool)}
    # Activation and the normalizations pass the mask on and do not look at it.
    y = layer(x, **(given if kind == "globalAveragePooling1D" else {}))
    case = {"name": name, "kind": kind, "options": options, "input": numbers(x), "output": numbers(y)}
    if mask is not None:
        case["mask"] = np.asarray(mask, dtype=int).tolist()
    cases.append(case)


x = rng.normal(0, 2, (3, 4, 5))
mask = [[1, 1, 0, 0], [0, 1, 0, 1], [0, 0, 0, 0]]
for name in ["relu", "tanh", "sigmoid", "softmax", "gelu", "elu", "hard_sigmoid", "softplus", "silu"]:
    record(f"activation {name}", "activation", {"activation": name}, keras.layers.Activation(name), x, mask)
record("softmax of one output", "activation", {"activation": "softmax"}, keras.layers.Activation("softmax"), x[:, 0])

gamma, beta, mean = (rng.normal(0, 1, 5).astype(np.float32) for _ in range(3))
variance = rng.uniform(0, 3, 5).astype(np.float32)
variance[0] = 0
moments = {"mean": mean.tolist(), "variance": variance.tolist()}
scale = {"gamma": gamma.tolist(), "beta": beta.tolist()}
batch = keras.layers.BatchNormalization
record("batch normalization", "batchNormalization", {**moments, **scale, "weights": [gamma, beta, mean, variance]}, batch(), x, mask)
record("batch normalization, epsilon", "batchNormalization", {**moments, **scale, "epsilon": 0.1, "weights": [gamma, beta, mean, variance]}, batch(epsilon=0.1), x)
record("batch normalization without gamma", "batchNormalization", {**moments, "beta": scale["beta"], "weights": [beta, mean, variance]}, batch(scale=False), x)
record("batch normalization without beta", "batchNormalization", {**moments, "gamma": scale["gamma"], "weights": [gamma, mean, variance]}, batch(center=False), x)
record("batch normalization of one output", "batchNormalization", {**moments, "weights": [mean, variance]}, batch(center=False, scale=False), x[:, 0])

layer = keras.layers.LayerNormalization
record("layer normalization", "layerNormalization", {"inputs": 5, **scale, "weights": [gamma, beta]}, layer(), x, mask)
record("layer normalization, epsilon", "layerNormalization", {"inputs": 5, **scale, "epsilon": 1e-5, "weights": [gamma, beta]}, layer(epsilon=1e-5), x)
record("layer normalization without gamma", "layerNormalization", {"inputs": 5, "beta": scale["beta"], "weights": [beta]}, layer(scale=False), x)
record("layer normalization, all features alike", "layerNormalization", {"inputs": 5}, layer(center=False, scale=False), np.full((1, 2, 5), 3.0))
record("layer normalization, far from zero", "layerNormalization", {"inputs": 5}, layer(center=False, scale=False), x + 10)
record("layer normalization of one output", "layerNormalization", {"inputs": 5}, layer(center=False, scale=False), x[:, 0])

record("average", "globalAveragePooling1D", {}, keras.layers.GlobalAveragePooling1D(), x)
record("average of what a mask leaves", "globalAveragePooling1D", {}, keras.layers.GlobalAveragePooling1D(), x, mask)
nan = x.copy()
nan[0, 3] = np.nan
record("average, NaN in padding", "globalAveragePooling1D", {}, keras.layers.GlobalAveragePooling1D(), nan, mask)
record("average of one step", "globalAveragePooling1D", {}, keras.layers.GlobalAveragePooling1D(), x[:, :1])
record("largest", "globalMaxPooling1D", {}, keras.layers.GlobalMaxPooling1D(), x)
record("largest, whatever the mask", "globalMaxPooling1D", {}, keras.layers.GlobalMaxPooling1D(), x, mask)
record("largest, infinite", "globalMaxPooling1D", {}, keras.layers.GlobalMaxPooling1D(), np.full((1, 2, 1), -np.inf))
record("repeat", "repeatVector", {"n": 3}, keras.layers.RepeatVector(3), x[:, 0])

# Stacks, with a mask that the model makes: [kind, options] of each layer.
stacks = []


def stack(name, layers, ours, tokens):
    model = keras.Sequential([keras.Input((None,), dtype="int32"), *layers])
    tokens = np.asarray(tokens)
    y = model(tokens)
    for part, description in zip(layers, ours):
        for key, weight in zip(description[2] if len(description) > 2 else [], part.get_weights()):
            description[1][key] = numbers(weight)
    stacks.append({"name": name, "layers": [d[:2] for d in ours], "input": tokens.tolist(), "output": numbers(y)})


def random(shape, dtype=None):
    return rng.uniform(-0.8, 0.8, shape).astype(np.float32)


tokens = [[1, 2, 3, 0], [4, 0, 2, 0], [0, 0, 0, 0]]


def gru(units, sequences):
    return keras.layers.GRU(units, return_sequences=sequences, kernel_initializer=random, recurrent_initializer=random, bias_initializer=random)


gru_weights = ["kernel", "recurrentKernel", "bias"]
embedding = lambda: keras.layers.Embedding(5, 3, mask_zero=True, embeddings_initializer=random)
for pooling, kind in [(keras.layers.GlobalAveragePooling1D, "globalAveragePooling1D"), (keras.layers.GlobalMaxPooling1D, "globalMaxPooling1D")]:
    stack(
        f"embedding, GRU, normalization, {kind}, dense",
        [embedding(), gru(4, True), keras.layers.LayerNormalization(), pooling(), keras.layers.Dense(2, kernel_initializer=random)],
        [["embedding", {"maskZero": True}, ["weights"]], ["gru", {"units": 4, "returnSequences": True}, gru_weights],
         ["layerNormalization", {"inputs": 4}, ["gamma", "beta"]], [kind, {}], ["dense", {"units": 2}, ["kernel", "bias"]]],
        tokens,
    )
stack(
    "an encoder and a decoder",
    [embedding(), gru(4, False), keras.layers.Activation("relu"), keras.layers.RepeatVector(3), gru(2, True)],
    [["embedding", {"maskZero": True}, ["weights"]], ["gru", {"units": 4}, gru_weights], ["activation", {"activation": "relu"}],
     ["repeatVector", {"n": 3}], ["gru", {"units": 2, "returnSequences": True}, gru_weights]],
    tokens,
)

out = {"keras": keras.__version__, "cases": cases, "stacks": stacks}
(Path(__file__).parent / "keras.json").write_text(json.dumps(out, separators=(",", ":")) + "\n")
