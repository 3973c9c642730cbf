"""Short lists of controlled words: kinds of dates, titles, descriptions and identifiers."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

DATE_TYPES = tuple(
    "accepted available collected copyrighted coverage created issued other submitted updated valid "
    "withdrawn".split()
)
TITLE_TYPES = ("alternative-title", "subtitle", "translated-title", "other")
DESCRIPTION_TYPES = tuple(
    "abstract methods series-information table-of-contents technical-info notes other".split()
)
IDENTIFIER_SCHEMES = tuple(
    "ark arxiv ads crossreffunderid cstr doi ean13 eissn grid handle igsn isbn isni issn istc lissn lsid "
    "pmid purl rrid upc url urn wikidata w3id other".split()
)
"""Identifier schemes of works (zenodo-api.md §9.9, read 2026-08-20)."""
PERSON_SCHEMES = ("orcid", "isni", "gnd", "ror", "edmo")
"""Identifier schemes of people and organisations."""


_LONGEST = 100
"""A longer text is no misspelt word."""


def nearest(word: str, words: Iterable[str], cutoff: float = 0.6) -> str:
    """Return the word that looks most like `word`, case and punctuation aside, or an empty text."""
    if len(word) > _LONGEST:
        return ""
    plain = {_plain(each): each for each in words}
    found = get_close_matches(_plain(word), plain, n=1, cutoff=cutoff)
    return plain[found[0]] if found else ""


def _plain(word: str) -> str:
    return "".join(sign for sign in word.casefold() if sign.isalnum())
