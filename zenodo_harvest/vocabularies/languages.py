"""Languages: the codes of two letters and the older ones of three, to the codes Zenodo uses."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from zenodo_harvest.vocabularies.pairs import read_pairs

_IDS = read_pairs("language_codes.csv")
"""Zenodo's ids by codes of two letters, those of ISO 639-2/B that differ, and a few English names."""
_NAMES = tuple(code for code in _IDS if len(code) > 3)


def language_code(text: str) -> str | None:
    """Return the code of three letters that Zenodo uses for a language, or None if it cannot be told.

    Zenodo's ids are those of ISO 639-3, in lower case (zenodo-api.md §3.4, read 2026-08-20).
    """
    code = text.strip().lower()
    code = re.sub(r"^([a-z]{2})[-_][a-z]{2,4}$", r"\1", code)
    return _IDS.get(code) or (code if re.fullmatch(r"[a-z]{3}", code) else None)


def all_languages() -> tuple[str, ...]:
    """Return the codes of the languages that have one of two letters as well."""
    return tuple(dict.fromkeys(_IDS[code] for code in _IDS if len(code) == 2))


def languages_like(text: str) -> list[str]:
    """Return the English names that look most like `text`, best first."""
    return get_close_matches(text.strip().lower(), _NAMES, 2, 0.7)


def is_language(code: str) -> bool:
    """Tell whether this is an id of Zenodo's languages: ISO 639-3, in lower case."""
    return code in _codes()


def two_letters(code: str) -> str | None:
    """Return the code of three letters for one of two letters in any case, as the deposit API does."""
    return _IDS.get(code.lower()) if len(code) == 2 else None


@cache
def _codes() -> frozenset[str]:
    return frozenset(Path(__file__).with_name("languages.txt").read_text(encoding="utf-8").split())
