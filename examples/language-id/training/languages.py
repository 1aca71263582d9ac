"""The languages, in the order of the model's outputs, and the Debian packages that hold their texts."""

from typing import NamedTuple


class Language(NamedTuple):
    code: str  # BCP 47, without a region
    name: str
    script: str  # the word that starts the Unicode names of its letters
    pages: tuple[str, ...]  # packages of manual pages: what the model learns from
    folders: tuple[str, ...]  # below /usr/share/man
    fortunes: tuple[str, ...] = ()  # packages of fortunes: only tested on


# Not manpages-mk: without English and repeated lines, 4 kB of Macedonian are left. manpages-pt is empty.
LANGUAGES = (
    Language("cs", "Czech", "LATIN", ("manpages-cs", "manpages-cs-dev"), ("cs",), ("fortunes-cs",)),
    Language("da", "Danish", "LATIN", ("manpages-da", "manpages-da-dev"), ("da",)),
    Language("de", "German", "LATIN", ("manpages-de", "manpages-de-dev"), ("de",), ("fortunes-de",)),
    Language("el", "Greek", "GREEK", ("manpages-el",), ("el",)),
    Language("en", "English", "LATIN", ("manpages", "manpages-dev"), ("",), ("fortunes", "fortunes-min")),
    Language("es", "Spanish", "LATIN", ("manpages-es", "manpages-es-dev"), ("es",), ("fortunes-es",)),
    Language("fi", "Finnish", "LATIN", ("manpages-fi",), ("fi",)),
    Language("fr", "French", "LATIN", ("manpages-fr", "manpages-fr-dev"), ("fr",)),
    Language("hu", "Hungarian", "LATIN", ("manpages-hu",), ("hu",)),
    Language("id", "Indonesian", "LATIN", ("manpages-id",), ("id",)),
    Language("it", "Italian", "LATIN", ("manpages-it", "manpages-it-dev"), ("it",), ("fortunes-it",)),
    Language("ja", "Japanese", "CJK HIRAGANA KATAKANA", ("manpages-ja", "manpages-ja-dev"), ("ja",)),
    Language("nb", "Norwegian", "LATIN", ("manpages-nb",), ("nb",)),
    Language("nl", "Dutch", "LATIN", ("manpages-nl", "manpages-nl-dev"), ("nl",)),
    Language("pl", "Polish", "LATIN", ("manpages-pl", "manpages-pl-dev"), ("pl",), ("fortunes-pl",)),
    Language("pt", "Portuguese", "LATIN", ("manpages-pt-br", "manpages-pt-br-dev"), ("pt_BR",), ("fortunes-br",)),
    Language("ro", "Romanian", "LATIN", ("manpages-ro",), ("ro",)),
    Language("ru", "Russian", "CYRILLIC", ("manpages-ru", "manpages-ru-dev"), ("ru",), ("fortunes-ru",)),
    Language("sr", "Serbian", "CYRILLIC", ("manpages-sr",), ("sr",)),
    Language("sv", "Swedish", "LATIN", ("manpages-sv",), ("sv",)),
    Language("tr", "Turkish", "LATIN", ("manpages-tr",), ("tr",)),
    Language("uk", "Ukrainian", "CYRILLIC", ("manpages-uk", "manpages-uk-dev"), ("uk",)),
    Language("vi", "Vietnamese", "LATIN", ("manpages-vi",), ("vi",)),
    Language("zh", "Chinese", "CJK", ("manpages-zh",), ("zh_CN", "zh_TW"), ("fortunes-zh",)),
)

CODES = tuple(language.code for language in LANGUAGES)
