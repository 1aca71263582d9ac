"""A manual page as text: groff formats it, on lines so long that a paragraph is one of them."""

import gzip
import re
import subprocess
from pathlib import Path

# The longest that groff takes without trouble: in basic units it must stay below 2^31.
LINE = "60000n"

# tty output in UTF-8, macros of man or mdoc, tables; no hyphenation, no justification; and of the terminal driver no
# colour sequences (-c), no overstruck bold (-b) or underlined (-u) letters.
GROFF = ["groff", "-Tutf8", "-mandoc", "-t", f"-rLL={LINE}", f"-rLT={LINE}", "-rHY=0", "-dAD=l", "-P-c", "-P-b", "-P-u"]

# Macros that know where a Chinese or Japanese line may be broken, so that no space comes from a line break there.
MACROS = {"ja": ["-mja"], "zh": ["-mzh"]}


# Tables of characters: one sentence, again and again.
TABLES = re.compile(r"(ascii|armscii|iso[_-]8859|cp125|koi8|charsets|utf-8)")


def find(root: Path, folder: str) -> list[Path]:
    """The pages of one language in an unpacked package: no links, no pages that only name another page, no tables."""
    paths = sorted((root / "usr/share/man" / folder).glob("man[1-9]/*.gz"))
    return [path for path in paths if not path.is_symlink() and not TABLES.match(path.name) and not _is_stub(path)]


def lines(path: Path, language: str) -> list[str]:
    """The page's paragraphs, headings and cells, in order."""
    # preconv writes what is not ASCII as groff's own \\[uXXXX]: so every letter survives.
    escaped = subprocess.run(["preconv", "-e", "utf-8"], input=_source(path), capture_output=True, check=True).stdout
    formatted = subprocess.run([*GROFF, *MACROS.get(language, [])], input=escaped, capture_output=True, check=False)
    return formatted.stdout.decode("utf-8").splitlines()


def _source(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes())


def _is_stub(path: Path) -> bool:
    return _source(path).lstrip().startswith(b".so ")
