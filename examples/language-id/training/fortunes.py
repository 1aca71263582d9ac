"""Fortunes: jokes, proverbs, verses and quotations. Another domain than manual pages; only tested on."""

import re
from pathlib import Path

from cleaning import is_prose, pieces
from languages import Language

# Who said it, below the text.
ATTRIBUTION = re.compile(r"\s*(--|—|–|\(c\)|©)")

# Collections in another language than their package's (Slovak), and those that mean to offend.
SKIPPED = re.compile(r"/(klasik-sk|off/.*|translate-me|.*\.(dat|u8|fortunes-pre))$")


def read(language: Language, roots: dict[str, Path]) -> list[tuple[str, str]]:
    """(collection, text) of each fortune whose lines, joined, are prose in the language."""
    result = []
    for package in language.fortunes:
        for path in sorted((roots[package] / "usr/share/games/fortunes").rglob("*")):
            if path.is_symlink() or not path.is_file() or SKIPPED.search(str(path)):
                continue
            try:
                text = path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue  # an older encoding: other packages have enough
            for fortune in re.split(r"\n%.*\n", re.sub(r"\x1b\[[\d;]*m", "", text)):
                kept = [line for line in fortune.splitlines() if not ATTRIBUTION.match(line)]
                joined = " ".join(piece for line in kept for piece in pieces(line))
                if is_prose(joined, language):
                    result.append((path.name, joined))
    return result
