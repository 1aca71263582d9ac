"""Which lines of a page or a fortune are prose in the language they should be in.

The rules look at characters and at a list of English words, never at what the model says.
"""

import re
import unicodedata
from collections import Counter
from functools import lru_cache

from languages import Language

# Words that English sentences cannot do without, and that none of the other languages has.
ENGLISH = frozenset(
    "the and this that these those with which from not by when should has been it its can must if they you there their "
    "where would could have does only into than then because each such your while during".split()
)
GAP = re.compile(r"\s{3,}|[\u2500-\u257f]+")  # white space and the frames of tables
WORD = re.compile(r"[^\W\d_]+")
REFERENCE = re.compile(r"\(\d\w*\)")
CODE = re.compile(r"://|[{};\\=_|<>@#$~^]|^[-+.#/*]|\w/\w|--\w")

OPTION = re.compile(r"^(-[-\w]+,? )+")
SHINGLE = 12  # letters

MIN_BYTES = 24
MIN_LETTERS = 0.75  # of a line's characters, spaces counted as letters
COMMON = 5  # times in the English pages: a word to know English by
MIN_SCRIPT = 0.6  # of a line's letters: less is a line of names and commands
MAX_ENGLISH = 0.1  # of a line's words: those that English cannot do without
MAX_COMMON = 0.6  # of a line's words: any that the English pages have
MAX_CODE = 0.02  # of a line's characters
MAX_CAPITALS = {"de": 0.7}  # of a line's words: more are names
MAX_CAPITALS_ELSEWHERE = 0.5
MAX_SEEN = 0.5  # of a tested line's shingles


@lru_cache(maxsize=None)
def script_of(character: str) -> str:
    return unicodedata.name(character, "?").split(" ")[0].split("-")[0]


def in_script(text: str, language: Language) -> float:
    """The fraction of letters that the language's own alphabet has; 0 without letters."""
    letters = [character for character in text if character.isalpha()]
    own = language.script.split(" ")
    return sum(script_of(letter) in own for letter in letters) / max(1, len(letters))


def pieces(line: str) -> list[str]:
    """A line, cut where the formatter left a gap (tag and text, columns); single spaces, no leading options."""
    cut = [" ".join(unicodedata.normalize("NFC", piece).split()) for piece in GAP.split(line.strip())]
    return [OPTION.sub("", piece) for piece in cut]


def is_prose(text: str, language: Language) -> bool:
    if len(text.encode()) < MIN_BYTES:
        return False
    letters = sum(c.isalpha() or c == " " or unicodedata.category(c) == "Mn" for c in text)
    if letters < MIN_LETTERS * len(text) or in_script(text, language) < MIN_SCRIPT:
        return False
    words = WORD.findall(text)
    if len(REFERENCE.findall(text)) > 0.2 * len(words) or len(CODE.findall(text)) > MAX_CODE * len(text):
        return False
    capitals = sum(word[0].isupper() for word in words)
    if capitals > MAX_CAPITALS.get(language.code, MAX_CAPITALS_ELSEWHERE) * len(words):
        return False
    if language.script == "LATIN" and sum(len(word) > 1 for word in words) < 3:
        return False
    english = sum(word.lower() in ENGLISH for word in words)
    return language.code == "en" or english <= MAX_ENGLISH * len(words)


def common_words(texts: list[str]) -> frozenset[str]:
    """The words of three letters or more that the English pages use, file and printf among them."""
    counts = Counter(word.lower() for text in texts for word in WORD.findall(text) if len(word) > 2)
    return frozenset(word for word, count in counts.items() if count >= COMMON)


def is_english(text: str, common: frozenset[str]) -> bool:
    """Whether a line of a translated page was left in English, or is a declaration in C."""
    words = [word.lower() for word in WORD.findall(text) if len(word) > 2]
    return sum(word in common for word in words) > MAX_COMMON * len(words)


def key(text: str) -> str:
    """What makes two lines the same: their letters."""
    return "".join(character for character in text.lower() if character.isalpha())


def shingles(text: str) -> set[str]:
    letters = key(text)
    return {letters[start : start + SHINGLE] for start in range(max(1, len(letters) - SHINGLE + 1))}


def is_new(text: str, seen: set[str]) -> bool:
    """Whether a line is more than a sentence that training knows, with another page's name in it."""
    own = shingles(text)
    return len(own & seen) <= MAX_SEEN * len(own)
