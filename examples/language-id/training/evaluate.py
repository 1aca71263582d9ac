"""Measures the trained network in Keras, and writes what the JavaScript side is compared with.

    python3 evaluate.py --work FOLDER

FOLDER holds heldout.jsonl and fortunes.jsonl, which data.py wrote. Writes into ../model: results.json (accuracies),
confusion.svg, heldout.jsonl (texts) and heldout.probabilities.f32 (Keras's own answers, little-endian float32, a row
of as many as there are languages for each text); and into FOLDER sample.json and expected.json, one text's ids and
probabilities, for the converted file to verify itself with.
"""

import argparse
import json
import os
import random
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np

from cleaning import in_script
from crops import encode, load
from languages import CODES, LANGUAGES, Language

SEED = 6
MODEL = Path(__file__).parent.parent / "model"
SAMPLE = "Which language is this text in?"
LENGTHS = (10, 20, 50, 100, 1000)  # bytes
PER_LANGUAGE = 400  # crops of one length, where there is so much text
PER_LINE = 3
COMMITTED = 100  # texts of a language in heldout.jsonl
COMMITTED_SAMPLE = "Which language is this text in?"
LENGTHS = (10, 20, 30, 50, 100)
NEAR = {"da", "nb"}  # nearly one language in writing: reported apart


def cut(text: str, length: int) -> str:
    """The longest start of `text` that is at most `length` bytes of whole characters."""
    return text.encode()[:length].decode(errors="ignore")


def crops(lines: list[str], language: Language, length: int, seed: str) -> list[str]:
    """Pieces from word to byte: `length` bytes long to within a character, a few of a line, no two overlapping.

    Those of a language with its own letters are mostly in them: a file name in a Russian line is no Russian text.
    What is left of a line is joined with the next.
    """
    chance = random.Random(seed)
    words = not language.script.startswith("CJK")
    found: list[str] = []
    rest = ""
    for line in lines:
        rest = f"{rest} {line}" if rest else line
        for _ in range(PER_LINE):
            starts = [0, *(at + 1 for at, character in enumerate(rest) if character == " " or not words)]
            start = starts[min(chance.randrange(4), len(starts) - 1)]
            text = cut(rest[start:], length)
            if len(text.encode()) < length - 3:
                break
            rest = rest[start + len(text) :]
            rest = rest.partition(" ")[2] if words else rest
            if sum(c.isalpha() for c in text) >= len(text) / 2 and in_script(text, language) >= 0.5:
                found.append(text)
        else:
            rest = ""
        if len(found) >= PER_LANGUAGE:
            break
    return found[:PER_LANGUAGE]


def predict(network: keras.Model, texts: list[str]) -> np.ndarray:
    """(texts, languages) probabilities"""
    longest = max(len(text.encode()) for text in texts)
    return network.predict(np.stack([encode(text.encode(), longest) for text in texts]), batch_size=512, verbose=0)


def mean(shares: np.ndarray) -> float:
    """So that every language counts the same, however many texts it has."""
    return round(float(shares.mean()), 4)


def measure(network: keras.Model, path: Path, lengths: tuple[int, ...]) -> tuple[dict, dict]:
    """Accuracies by length and language, and (languages, languages) counts by length: true rows, answered columns."""
    texts = load(path)
    results, confusions = {}, {}
    for length in lengths:
        confusion = np.zeros((len(CODES), len(CODES)), int)
        for index, language in enumerate(LANGUAGES):
            cropped = crops(texts[language.code], language, length, f"{SEED} {length}")
            if cropped:
                confusion[index] = np.bincount(predict(network, cropped).argmax(1), minlength=len(CODES))
        counts = confusion.sum(1)
        right = np.diag(confusion)
        tested = counts > 0
        apart = tested & ~np.isin(CODES, list(NEAR))
        pair = [CODES.index(code) for code in sorted(NEAR)]
        as_one = right.copy()
        as_one[pair] = confusion[np.ix_(pair, pair)].sum(1)
        results[length] = {
            "texts": int(counts.sum()),
            "accuracy": mean(right[tested] / counts[tested]),
            "accuracyWithoutDanishAndNorwegian": mean(right[apart] / counts[apart]),
            "accuracyDanishAndNorwegianAsOne": mean(as_one[tested] / counts[tested]),
            "languages": {
                code: {"texts": int(counts[i]), "accuracy": round(float(right[i] / counts[i]), 4)}
                for i, code in enumerate(CODES)
                if tested[i]
            },
        }
        confusions[length] = confusion
        print(path.name, length, {k: v for k, v in results[length].items() if k != "languages"})
        print("   ", {k: v["accuracy"] for k, v in results[length]["languages"].items()}, flush=True)
    return results, confusions


def draw(confusion: np.ndarray, title: str, file: Path) -> None:
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "language-id", "svg.fonttype": "none", "font.family": "sans-serif"})
    from matplotlib import pyplot

    shares = 100 * confusion / np.maximum(1, confusion.sum(1, keepdims=True))
    figure, axes = pyplot.subplots(figsize=(9, 9), layout="constrained")
    axes.imshow(np.sqrt(shares), cmap="Blues", vmin=0, vmax=10)
    axes.set_xticks(range(len(CODES)), CODES)
    axes.set_yticks(range(len(CODES)), [f"{language.name} {language.code}" for language in LANGUAGES])
    axes.tick_params(top=True, labeltop=True, length=0)
    axes.set_xlabel("answered")
    axes.set_title(title, pad=12)
    for row, column in zip(*np.nonzero(confusion)):
        share = shares[row, column]
        text = f"{share:.0f}" if share >= 0.95 else f"{share:.1f}".removeprefix("0")
        axes.text(column, row, text, ha="center", va="center", fontsize=8, color="white" if share > 40 else "black")
    figure.savefig(file, metadata={"Date": None})


def write_held_out(network: keras.Model, path: Path) -> int:
    """Short pieces (10 to 100 bytes) of held-out lines, and Keras's probabilities of each; returns how many."""
    texts = load(path)
    rows = []
    for language in LANGUAGES:
        cropped = []
        for length in COMMITTED_LENGTHS:
            share = COMMITTED // len(COMMITTED_LENGTHS)
            cropped += crops(texts[language.code], language, length, f"{SEED} committed {length}")[:share]
        rows += [(language.code, text) for text in cropped]
    probabilities = predict(network, [text for _, text in rows]).astype("<f4")
    with open(MODEL / "heldout.jsonl", "w", encoding="utf-8") as file:
        file.writelines(json.dumps({"language": code, "text": text}, ensure_ascii=False) + "\n" for code, text in rows)
    (MODEL / "heldout.probabilities.f32").write_bytes(probabilities.tobytes())
    return len(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="where data.py wrote its texts")
    parser.add_argument("--model", type=Path, default=MODEL / "language-id.keras")
    parser.add_argument("--only-print", action="store_true", help="write nothing")
    options = parser.parse_args()
    network = keras.saving.load_model(options.model)
    held_out, confusions = measure(network, options.work / "heldout.jsonl", LENGTHS)
    fortunes, _ = measure(network, options.work / "fortunes.jsonl", LENGTHS[:-1])
    if options.only_print:
        return
    (options.work / "sample.json").write_text(json.dumps([encode(SAMPLE.encode(), len(SAMPLE)).tolist()]))
    (options.work / "expected.json").write_text(json.dumps(predict(network, [SAMPLE]).tolist()))
    draw(confusions[50], "Held-out manual pages, 50 bytes: % of each language's texts", MODEL / "confusion.svg")
    results = {
        "languages": CODES,
        "parameters": network.count_params(),
        "heldOut": held_out,
        "fortunes": fortunes,
        "committedTexts": write_held_out(network, options.work / "heldout.jsonl"),
    }
    (MODEL / "results.json").write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
