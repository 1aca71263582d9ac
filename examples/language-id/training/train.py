"""Trains the network in Keras and writes ../model/language-id.keras and labels.json (the order of its outputs).

    python3 train.py --work FOLDER

FOLDER holds train.jsonl, which data.py wrote. The network that is trained classifies after every byte, so each crop
is as many examples as it has bytes; the one that is written gives the last answer only, with the same weights.
"""

import argparse
import json
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import tensorflow as tf

from crops import IDS, Crops, load
from languages import CODES, LANGUAGES

SEED = 6
FEATURES, UNITS = 32, 96
DROPOUT = 0.1
# (steps, crops a step, bytes a crop): short crops teach fast, long ones that a state must last
PHASES = ((2200, 384, 48), (700, 192, 128))
LEARNING_RATE = 5e-3
MODEL = Path(__file__).parent.parent / "model" / "language-id.keras"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="where data.py wrote its texts")
    parser.add_argument("--out", type=Path, default=MODEL)
    parser.add_argument("--scale", type=float, default=1, help="of the number of steps, to try things")
    options = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(2)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    keras.utils.set_random_seed(SEED)

    phases = [(max(1, round(steps * options.scale)), size, length) for steps, size, length in PHASES]
    warmup = phases[0][0] // 20
    ids = keras.Input((None,), dtype="int32")
    embedding = keras.layers.Embedding(IDS, FEATURES, mask_zero=True, name="embedding")
    gru = keras.layers.GRU(UNITS, return_sequences=True, name="gru")
    classifier = keras.layers.Dense(len(CODES), activation="softmax", name="languages")
    answers = classifier(keras.layers.Dropout(DROPOUT)(gru(embedding(ids))))
    network = keras.Model(ids, answers)
    network.compile(
        keras.optimizers.Adam(
            keras.optimizers.schedules.CosineDecay(
                LEARNING_RATE / 10,
                sum(steps for steps, _, _ in phases) - warmup,
                alpha=0.001,
                warmup_target=LEARNING_RATE,
                warmup_steps=warmup,
            ),
            clipnorm=1.0,
        ),
        "sparse_categorical_crossentropy",
        weighted_metrics=["accuracy"],
        jit_compile=False,
    )
    crops = Crops(load(options.work / "train.jsonl"), SEED)
    for steps, size, length in phases:
        epochs = max(1, steps // 100)
        network.fit(crops.batches(size, length), steps_per_epoch=steps // epochs, epochs=epochs, verbose=2)

    written = keras.Sequential(
        [
            keras.Input((None,), dtype="int32", name="bytes"),
            keras.layers.Embedding(IDS, FEATURES, mask_zero=True, name="embedding"),
            keras.layers.GRU(UNITS, name="gru"),
            keras.layers.Dense(len(CODES), activation="softmax", name="languages"),
        ],
        name="language_id",
    )
    for target, source in zip(written.layers, (embedding, gru, classifier)):
        target.set_weights(source.get_weights())
    options.out.parent.mkdir(exist_ok=True)
    written.save(options.out)
    labels = [{"code": language.code, "name": language.name} for language in LANGUAGES]
    (options.out.parent / "labels.json").write_text(json.dumps(labels, indent=1) + "\n")
    written.summary()


if __name__ == "__main__":
    main()
