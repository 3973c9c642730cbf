"""The JSON and the DataCite XML of the same dumped records, read and compared column by column."""

from __future__ import annotations

import tarfile
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from zenodo_harvest.html_text import text_of
from zenodo_harvest.records import COLUMNS, Journal, Provenance, Record, read_record

_DUMPS = Path(__file__).parents[3] / "tests/data/recordings/dumps"
_PROVENANCE = Provenance("recorder", "dump", datetime(2026, 11, 23, tzinfo=UTC), "http://127.0.0.1:5000")


def _read(name: str) -> dict[str | None, Record]:
    with tarfile.open(_DUMPS / name) as archive:
        contents = [file.read() for member in archive if (file := archive.extractfile(member)) is not None]
    return {record.id: record for record in (read_record(content, _PROVENANCE) for content in contents)}


NATIVE = _read("records-json.tar.gz")
DATACITE = _read("records-xml.tar.gz")


def _nothing(_: Any) -> tuple[()]:
    return ()


def _null(_: Any) -> None:
    return None


def _each(**lost: Any) -> Callable[[Iterable[Any]], tuple[Any, ...]]:
    return lambda items: tuple(msgspec.structs.replace(item, **lost) for item in items)


def _without_spaces(text: str | None) -> str | None:
    return text and "".join(text.split())


# What DataCite XML cannot carry or carries differently (found by comparing both dumps), as the loss that
# makes a native column equal. Every other column has to be equal as it is.
LOST: dict[str, Callable[[Any], Any]] = {
    # Not in the format at all.
    "version_index": _null,
    "is_latest": _null,
    "revision": _null,
    "created": _null,
    "owner_id": _null,
    "access_record": _null,
    "access_files": _null,
    "embargo_until": _null,
    "community_ids": _nothing,
    "meeting": _null,
    "imprint": _null,
    "code_repository": _null,
    "thesis_university": _null,
    "references": _nothing,
    "custom_fields": _null,
    "files": _nothing,
    "file_count": _null,
    "total_bytes": _null,
    "file_types": _nothing,
    "views": _null,
    "unique_views": _null,
    "downloads": _null,
    "unique_downloads": _null,
    "data_volume_bytes": _null,
    "all_versions_views": _null,
    "all_versions_unique_views": _null,
    "all_versions_downloads": _null,
    "all_versions_unique_downloads": _null,
    "all_versions_data_volume_bytes": _null,
    # A dump gives the day of the last edit alone, which stays in `extra`; OAI-PMH gives the second.
    "updated": _null,
    # The first one only.
    "languages": lambda languages: languages[:1],
    # The server strips markup from titles and descriptions, with space around blocks that is not ours.
    "title": text_of,
    "description_html": _null,
    "description_text": _without_spaces,
    # Notes become "other".
    "additional_descriptions": lambda items: tuple(
        msgspec.structs.replace(
            each, description=text_of(each.description), type="other" if each.type == "notes" else each.type
        )
        for each in items
    ),
    "locations": _each(description=None),
    "journal": lambda journal: (
        Journal(journal_issn=journal.journal_issn) if journal and journal.journal_issn else None
    ),
    "funding": _each(award_id=None, award_acronym=None),
    # Through the DOI of the concept, which records with a DOI of another registrant lack.
    "concept_id": lambda id_: id_ if id_ != WITHOUT_A_CONCEPT_DOI else None,
}
WITHOUT_A_CONCEPT_DOI = "14000652"
SAME_LOSS_ON_BOTH_SIDES = ("description_text",)
# How the record was read, not what it says; `extra` has the layout of its dialect.
ABOUT_THE_READING = ("dialect", "extra")


def test_both_dumps_hold_the_same_383_records_and_nothing_odd() -> None:
    assert NATIVE.keys() == DATACITE.keys()
    assert len(NATIVE) == 383
    assert {(record.dialect, record.problems) for record in DATACITE.values()} == {("datacite", ())}


@pytest.mark.parametrize("column", [each.name for each in COLUMNS if each.name not in ABOUT_THE_READING])
def test_json_and_xml_give_the_same_value_wherever_both_carry_it(column: str) -> None:
    loss = LOST.get(column, lambda value: value)
    for id_, native in NATIVE.items():
        ours, theirs = loss(getattr(native, column)), getattr(DATACITE[id_], column)
        if column in SAME_LOSS_ON_BOTH_SIDES:
            theirs = loss(theirs)
        assert theirs == ours, f"{column} of record {id_}"


@pytest.mark.parametrize("column", LOST)
def test_each_listed_loss_is_met_in_the_dumps(column: str) -> None:
    assert any(getattr(NATIVE[id_], column) != getattr(DATACITE[id_], column) for id_ in NATIVE)


def test_what_xml_carries_is_met_in_the_dumps_and_not_only_null() -> None:
    empty = {
        column.name
        for column in COLUMNS
        if all(getattr(record, column.name) in (None, ()) for record in DATACITE.values())
    }
    never_here = {"subjects", "swhid", "problems"}
    nothing_at_all = {column for column, loss in LOST.items() if loss in (_null, _nothing)}
    assert empty == never_here | nothing_at_all
