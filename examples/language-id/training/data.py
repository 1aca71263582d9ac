"""Makes the texts: manual pages to learn from, other manual pages and fortunes to test on.

    python3 data.py --work FOLDER

Needs Debian's apt-get and dpkg-deb, and groff (groff-base). Downloads the packages named in languages.py and nothing
else. Writes train.jsonl, heldout.jsonl and fortunes.jsonl ({language, page, text}) into FOLDER, and what was used into
../model/manifest.json.
"""

import argparse
import json
import random
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import fortunes
import packages
import pages
from cleaning import common_words, is_english, is_new, is_prose, key, pieces, shingles
from languages import LANGUAGES, Language

SEED = 6
HELD_OUT = 0.15  # of each language's text
MAX_TEXT = 1_200_000  # characters a language: more pages teach nothing new
MANIFEST = Path(__file__).parent.parent / "model" / "manifest.json"

Line = tuple[str, str]  # page, text


def order(page: str) -> str:
    """Sorts pages at random, alike in every language: what one holds out, the others hold out too."""
    return sha256(f"{SEED} {page}".encode()).hexdigest()


def read_pages(language: Language, roots: dict[str, Path]) -> list[Line]:
    found = [
        path for package in language.pages for folder in language.folders for path in pages.find(roots[package], folder)
    ]
    found.sort(key=lambda path: (order(path.name), str(path)))
    result: list[Line] = []
    size = 0
    with ThreadPoolExecutor(2) as pool:
        for path, formatted in zip(found, pool.map(lambda path: pages.lines(path, language.code), found)):
            kept = [text for line in formatted for text in pieces(line) if is_prose(text, language)]
            result += [(path.name.removesuffix(".gz"), text) for text in kept]
            size += sum(map(len, kept))
            if size > MAX_TEXT:
                pool.shutdown(wait=False, cancel_futures=True)
                break
    return result


def split(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """Whole pages to test on, until they are HELD_OUT of the text; a sentence that both have is only trained on."""
    total = sum(len(text) for _, text in lines)
    held_pages: set[str] = set()
    size = 0
    for page, text in lines:
        if page not in held_pages and size >= HELD_OUT * total:
            break
        held_pages.add(page)
        size += len(text)
    train = unique([line for line in lines if line[0] not in held_pages])
    seen = set().union(*(shingles(text) for _, text in train))
    held_out = unique([line for line in lines if line[0] in held_pages])
    return train, [line for line in held_out if is_new(line[1], seen)]


def unique(lines: list[Line]) -> list[Line]:
    first: dict[str, Line] = {}
    for line in lines:
        first.setdefault(key(line[1]), line)
    return list(first.values())


def count(lines: list[Line]) -> dict[str, int]:
    return {"lines": len(lines), "characters": sum(len(text) for _, text in lines)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="where archives and texts go")
    work = parser.parse_args().work
    names = sorted({name for language in LANGUAGES for name in (*language.pages, *language.fortunes)})
    roots = packages.fetch(names, work)

    texts = {language.code: read_pages(language, roots) for language in LANGUAGES}
    # A line found in two languages was not translated in one of them.
    owners: dict[str, set[str]] = defaultdict(set)
    for code, lines in texts.items():
        for _, text in lines:
            owners[key(text)].add(code)
    common = common_words([text for _, text in texts["en"]])
    rows: dict[str, list[dict]] = {"train": [], "heldout": [], "fortunes": []}
    manifest: dict = {"seed": SEED, "packages": {name: packages.version(name, work) for name in names}, "languages": {}}
    for language in LANGUAGES:
        lines = texts[language.code]
        own = lines
        if language.code != "en":
            own = [(page, text) for page, text in lines if len(owners[key(text)]) == 1 and not is_english(text, common)]
        train, held_out = split(own)
        seen = {key(text) for _, text in train}
        tales = [line for line in unique(fortunes.read(language, roots)) if key(line[1]) not in seen]
        if language.code != "en":
            tales = [line for line in tales if not is_english(line[1], common)]
        for name, part in (("train", train), ("heldout", held_out), ("fortunes", tales)):
            rows[name] += [{"language": language.code, "page": page, "text": text} for page, text in part]
        manifest["languages"][language.code] = {
            "name": language.name,
            "untranslatedLinesDropped": len(lines) - len(own),
            "train": {"pages": len({page for page, _ in train}), **count(train)},
            "heldOut": {"pages": sorted({page for page, _ in held_out}), **count(held_out)},
            "fortunes": count(tales),
        }
        print(f"{language.name}: {len(train)} lines to learn, {len(held_out)} held out, {len(tales)} fortunes")
    for name, part in rows.items():
        random.Random(SEED).shuffle(part)
        with open(work / f"{name}.jsonl", "w", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in part)
    MANIFEST.parent.mkdir(exist_ok=True)
    MANIFEST.write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
