"""How the engine cuts text into the words it indexes: UAX#29 words, lower case, accents folded or not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

Analyzer = Callable[[str], list[str]]

_LONGEST_WORD = 255
_SINGLES = {
    **dict.fromkeys(":·\u0387\u055f\u05f4\u2027\ufe13\ufe55\uff1a", "L"),
    **dict.fromkeys(".'\u2018\u2019\u2024\ufe52\uff07\uff0e", "P"),
    **dict.fromkeys(",;\u037e\u0589\u060c\u060d\u066c\u07f8\u2044\ufe10\ufe14\ufe50\ufe54\uff0c\uff1b", "U"),
    **dict.fromkeys("\u3031\u3032\u3033\u3034\u3035\u309b\u309c\u30a0\u30fc\uff70", "K"),
    "\u066b": "N",
    "\u202f": "X",
    "\u3007": "I",
    "\u200b": "O",
}
_RANGES = (
    *((first, last, "T") for first, last in ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF))),
    *((first, last, "T") for first, last in ((0x1950, 0x19DF), (0x1A20, 0x1AAF), (0xAA60, 0xAADF))),
    *((first, last, "J") for first, last in ((0x3041, 0x3096), (0x309D, 0x309F), (0x1B001, 0x1B11F))),
    *((first, last, "K") for first, last in ((0x30A1, 0x30FF), (0x31F0, 0x31FF), (0xFF66, 0xFF9F))),
    *((first, last, "I") for first, last in ((0x2E80, 0x2FD5), (0x3400, 0x4DBF), (0x4E00, 0x9FFF))),
    *((first, last, "I") for first, last in ((0xF900, 0xFAFF), (0x20000, 0x3FFFF))),
    (0x1F300, 0x1FAFF, "Y"),
)
_BY_CATEGORY = {"L": "A", "M": "E"}
_BY_EXACT_CATEGORY = {"Nd": "N", "Nl": "A", "Pc": "X", "Cf": "E"}

# One letter a class: A letter, N digit, K katakana, J hiragana, I ideograph, T south-east Asian, Y emoji,
# X underscore, E mark, and what joins: L letters, U digits, P both.
_DIGITS = "NE*+(?:(?:[UP]E*+)?NE*+)*+"
_LETTERS = "AE*+(?:(?:[LP]E*+)?AE*+)*+"
_CORE = f"(?:(?:KE*+)++|(?:{_DIGITS}|{_LETTERS})++)"
_WORD = re.compile(f"(?:XE*+)*+{_CORE}(?:(?:XE*+)++{_CORE})*(?:XE*+)*+|[IJY]E*+|(?:TE*+)++")
_ASCII_CORE = r"(?:[0-9](?:[.',;]?[0-9])*+|[a-z](?:[:.']?[a-z])*+)++"
_ASCII_WORD = re.compile(f"_*+{_ASCII_CORE}(?:_++{_ASCII_CORE})*_*+")

_FOLDED = dict(
    zip(
        "ÆæŒœØøÐðÞþŁłĐđħĦıŊŋŦŧƒßẞĸſ",
        "AE ae OE oe O o D d TH th L l D d h H i N n T t f ss SS q s".split(),
        strict=True,
    )
)


class _Classes(dict[int, str]):
    def __missing__(self, code: int) -> str:
        char = chr(code)
        found = _SINGLES.get(char) or self._of_category(code, unicodedata.category(char))
        self[code] = found
        return found

    @staticmethod
    def _of_category(code: int, category: str) -> str:
        if category != "Nd":
            for first, last, name in _RANGES:
                if first <= code <= last:
                    return name
        return _BY_EXACT_CATEGORY.get(category) or _BY_CATEGORY.get(category[0], "O")


class _Stripped(dict[int, int | None]):
    """Drops ASCII punctuation and every symbol, as the engine's character filter does."""

    def __missing__(self, code: int) -> int | None:
        category = unicodedata.category(chr(code))
        is_dropped = category[0] == "S" or (code < 128 and category[0] == "P")
        self[code] = None if is_dropped else code
        return self[code]


class _Folds(dict[int, str]):
    def __missing__(self, code: int) -> str:
        char = chr(code)
        plain = "".join(c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c))
        self[code] = _FOLDED.get(char) or (plain if plain and plain.isascii() else char)
        return self[code]


_CLASSES, _STRIPPED, _FOLDS = _Classes(), _Stripped(), _Folds()


def words(text: str) -> list[str]:
    """Return the words of a text in lower case, accents kept (the engine's standard analyzer)."""
    lowered = text.replace("İ", "i").lower()
    if lowered.isascii():
        found: list[str] = _ASCII_WORD.findall(lowered)
    else:
        found = [lowered[slice(*match.span())] for match in _WORD.finditer(lowered.translate(_CLASSES))]
    if len(text) <= _LONGEST_WORD:
        return found
    return [word[at : at + _LONGEST_WORD] for word in found for at in range(0, len(word), _LONGEST_WORD)]


def folded_words(text: str) -> list[str]:
    """Return the words without punctuation and accents: ``frost-days`` is one (the ``accent_analyzer``)."""
    found = words(text.translate(_STRIPPED))
    return found if text.isascii() else [word.translate(_FOLDS) for word in found]


def edges(text: str) -> list[str]:
    """Return the beginnings of two to twenty letters of the folded words (titles of communities)."""
    return [word[:length] for word in folded_words(text) for length in range(2, min(len(word), 20) + 1)]


ANALYZERS: dict[str, Analyzer] = {"text": words, "folded": folded_words, "edges": edges}


@lru_cache(maxsize=4096)
def normalized(kind: str, text: str) -> str:
    """Return the text as a single word of a field: for wildcards, ranges, regular expressions."""
    if kind == "keyword":
        return text
    if kind == "text":
        return text.lower()
    return text.translate(_STRIPPED).lower().translate(_FOLDS)
