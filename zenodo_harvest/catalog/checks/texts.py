"""Rules about title, description and keywords."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from zenodo_harvest.catalog.checks.rule import Around, RowRules, Rule
from zenodo_harvest.catalog.columns import CatalogRow

_SAYING_NOTHING = frozenset(
    "abc abcd appendix article asdf blank code data dataset document draft file files foo foobar na "
    "none paper placeholder poster presentation publication qwerty report researchdata sample "
    "slides software supplementarydata supplementaryfile supplementaryfiles "
    "supplementaryinformation supplementarymaterial supplementarymaterials test test1 test2 "
    "testdata testdataset testfile testing testrecord testupload tbd thesis title tmp todo unknown "
    "unnamed untitled upload video xxx".split()
) | {""}
"""Titles that say nothing, without blanks and signs."""
_TOO_LONG = max(map(len, _SAYING_NOTHING)) + 1
_NUMBER_ALONE = re.compile(
    r"(deliverable|appendix|chapter|d|fig(ure|\.)?|milestone|ms|part|table|wp)?\s*#?\d+([.-]\d+)*",
    re.IGNORECASE,
).fullmatch
_FILE_NAME = re.compile(
    r".*\S\.(7z|avi|bib|csv|docx?|gif|gz|h5|jpe?g|mat|mov|mp[34]|nc|od[pst]|pdf|png|pptx?|rar|svg|tar|tgz|tiff?|tsv"
    r"|txt|wav|xlsx?|xml|zip)",
    re.IGNORECASE | re.DOTALL,
).fullmatch
_SHORTEST_TITLE = 3
"""As UTF-8: two letters say nothing, two signs of which each is a word do."""
_SHORTEST_BYTES = 60
"""Of a description as UTF-8: some ten words, and fewer signs where a sign says more."""
_SEVERAL = re.compile(r"[;,\u3001\uff0c\uff1b]\s*[^;,\u3001\uff0c\uff1b\s]")
_MOST_COMMAS = 3
"""More of them within one keyword part it; fewer stand in names of things."""


def _plain(text: str | None, most: int | None = None) -> str:
    """Return the letters and digits of a text, or the first of them."""
    return "".join(islice(filter(str.isalnum, (text or "").casefold()), most))


def _no_title(row: CatalogRow, _: Around) -> Iterator[str]:
    title = (row["title"] or "").strip()
    is_short = len(title.encode("utf-8", "replace")) < _SHORTEST_TITLE
    if is_short or _plain(title, _TOO_LONG) in _SAYING_NOTHING or _NUMBER_ALONE(title):
        yield title or "no title"
    elif _FILE_NAME(title) or _names_file(title, row):
        yield f"the name of a file: {title}"


def _names_file(title: str, row: CatalogRow) -> bool:
    """Tell whether a title is the name of one of the record's files; one of a single word may be both."""
    if "_" not in title and "." not in title:
        return False
    keys = [file["key"] or "" for file in row["files"]]
    is_stem = "_" in title and title in {key.rpartition(".")[0] for key in keys}
    return is_stem or ("." in title and title in keys)


def _no_description(row: CatalogRow, _: Around) -> Iterator[str]:
    if not (row["description_text"] or "").strip():
        yield "no description"


def _short_description(row: CatalogRow, _: Around) -> Iterator[str]:
    text = (row["description_text"] or "").strip()
    if text and len(text.encode("utf-8", "replace")) < _SHORTEST_BYTES:
        yield text
    elif text and len(text) < 2 * len(row["title"] or "") and _plain(text) == _plain(row["title"]):
        yield "the title once more"


def _no_keywords(row: CatalogRow, _: Around) -> Iterator[str]:
    if not row["keywords"] and not row["subjects"]:
        yield "no keyword and no subject"


def _joined_keywords(row: CatalogRow, _: Around) -> Iterator[str]:
    for keyword in row["keywords"]:
        signs = _SEVERAL.findall(keyword)
        if len(signs) >= _MOST_COMMAS or any(sign.startswith(";") for sign in signs):
            yield keyword


TEXTS: RowRules = (
    (
        Rule(
            "title-placeholder",
            "warning",
            "Title that says nothing",
            "It is missing, a placeholder, a bare number or the name of a file. Write what the work is "
            "about, as one would for an article; ask for a record that was a test to be deleted.",
        ),
        _no_title,
    ),
    (
        Rule(
            "description-missing",
            "warning",
            "No description",
            "Searches look into it, and readers decide by it. Say what the work is, how it was made and "
            "what it can be used for.",
        ),
        _no_description,
    ),
    (
        Rule(
            "description-short",
            "note",
            "Description that says little",
            "It is shorter than some ten words, or the title once more. Say what the work is, how it was "
            "made and what it can be used for.",
        ),
        _short_description,
    ),
    (
        Rule(
            "keywords-missing",
            "note",
            "No keywords",
            "People who browse by subject do not find the record. Add the words that others in the "
            "community use.",
        ),
        _no_keywords,
    ),
    (
        Rule(
            "keywords-joined",
            "note",
            "Several keywords in one",
            "The site takes the whole list for one keyword, which no other record has. Enter each one alone.",
        ),
        _joined_keywords,
    ),
)
