"""Pieces of text as the network reads them: id = byte + 1, and 0 behind the end."""

import json
import random
import unicodedata
from pathlib import Path

import numpy as np

from languages import CODES, LANGUAGES

IDS = 257


def encode(data: bytes, length: int) -> np.ndarray:
    """(length) ids of the first bytes, padded with 0."""
    ids = np.zeros(length, np.int32)
    cut = np.frombuffer(data[:length], np.uint8)
    ids[: len(cut)] = cut.astype(np.int32) + 1
    return ids


def load(path: Path) -> dict[str, list[str]]:
    """The texts of each language, in the file's order."""
    texts: dict[str, list[str]] = {code: [] for code in CODES}
    with open(path, encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            texts[row["language"]].append(row["text"])
    return texts


class Crops:
    """Endless random crops, every language as often as the others.

    A crop starts at a word or, seldom, in the middle of a character; its case and its accents are changed now and
    then, and some bytes are wrong, as people type.
    """

    LOWER, UPPER, BARE, MID = 0.2, 0.04, 0.04, 0.2
    WRONG = 0.01  # of the bytes

    def __init__(self, texts: dict[str, list[str]], seed: int):
        self.random = random.Random(seed)
        self.numpy = np.random.default_rng(seed)
        self.texts = [texts[code] for code in CODES]
        self.weights = [np.cumsum([len(text) for text in lines]).tolist() for lines in self.texts]
        self.latin = [language.script == "LATIN" for language in LANGUAGES]

    def line(self, label: int) -> str:
        return self.random.choices(self.texts[label], cum_weights=self.weights[label])[0]

    def crop(self, label: int, length: int) -> bytes:
        text = self.line(label)
        start = self.random.randrange(len(text))
        start = max(0, min(start, len(text) - length // 3))
        start = text.rfind(" ", 0, start + 1) + 1 if self.latin[label] else start
        text = text[start : start + length]
        if len(text) < length and self.random.random() < 0.7:
            text = f"{text} {self.line(label)[: length - len(text)]}"
        kind = self.random.random()
        if kind < self.LOWER:
            text = text.lower()
        elif kind < self.LOWER + self.UPPER:
            text = text.upper()
        elif kind < self.LOWER + self.UPPER + self.BARE and self.latin[label]:
            text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
        data = text.encode()
        return data[self.random.randrange(4) :] if self.random.random() < self.MID else data

    def batches(self, size: int, length: int):
        """Yields ids (size, length), labels (size, length) and weights (size, length): every prefix is an example.

        The first bytes count less: they say little. In a language with letters of its own nothing counts before the
        first of them: a name in Latin letters is not yet Russian.
        """
        ramp = np.minimum(1, np.arange(1, length + 1) / 10).astype(np.float32)
        while True:
            labels = [self.random.randrange(len(CODES)) for _ in range(size)]
            ids = np.stack([encode(self.crop(label, length), length) for label in labels])
            weights = np.tile(ramp, (size, 1))
            foreign = ~np.array([self.latin[label] for label in labels])
            weights[foreign] *= np.maximum.accumulate(ids[foreign] > 128, axis=1)
            weights[ids == 0] = 0
            wrong = (self.numpy.random(ids.shape) < self.WRONG) & (ids > 0)
            ids[wrong] = self.numpy.integers(ord("a"), ord("z") + 1, wrong.sum()) + 1
            yield ids, np.repeat(np.array(labels, np.int32)[:, None], length, axis=1), weights
