"""Rules about files, and about what the reader reported."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zenodo_harvest.catalog.checks.dates import UNREADABLE
from zenodo_harvest.catalog.checks.rule import Around, RowRules, Rule
from zenodo_harvest.catalog.columns import CatalogRow

_CLUTTER = re.compile(
    r"(?:.*/)?(?:\.ds_store|thumbs\.db|desktop\.ini|__macosx.*|\._[^/]+|~\$[^/]+|[^/]+\.(?:bak|tmp|swp)|[^/]+~)",
    re.IGNORECASE | re.DOTALL,
).fullmatch
_MAY_BE_EMPTY = re.compile(r"(?:.*/)?(?:__init__\.py|py\.typed|\.[^/]*)", re.DOTALL).fullmatch


def _clutter(row: CatalogRow, _: Around) -> Iterator[str]:
    return (file["key"] for file in row["files"] if _CLUTTER(file["key"] or ""))


def _empty(row: CatalogRow, _: Around) -> Iterator[str]:
    for file in row["files"]:
        key = file["key"] or ""
        if file["size_bytes"] == 0 and not _MAY_BE_EMPTY(key) and not _CLUTTER(key):
            yield key


def _unread(row: CatalogRow, _: Around) -> Iterator[str]:
    return (problem for problem in row["problems"] if not problem.startswith(UNREADABLE))


FILES: RowRules = (
    (
        Rule(
            "file-clutter",
            "note",
            "Files that programs left behind",
            "Backups and files of the desktop are of no use to others. Leave them out of the next version.",
        ),
        _clutter,
    ),
    (
        Rule(
            "file-empty",
            "warning",
            "Empty files",
            "A file without content is mostly an upload that failed. Ask the owner for a new version with "
            "the whole file.",
        ),
        _empty,
    ),
)
READING: RowRules = (
    (
        Rule(
            "record-odd",
            "warning",
            "Values that could not be read",
            "The site gave something that is not as it should be; the column `extra` keeps it. Look at the "
            "record on the site, and mend the field that is named.",
        ),
        _unread,
    ),
)
