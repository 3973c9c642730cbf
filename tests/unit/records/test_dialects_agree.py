"""The native and the legacy form of the same recorded records, read and compared column by column."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from zenodo_harvest.records import COLUMNS, Provenance, Record, read_record

_RECORDINGS = Path(__file__).parents[3] / "tests/data/recordings"
_PROVENANCE = Provenance("recorder", "search", datetime(2026, 11, 23, tzinfo=UTC))


def _read(name: str) -> dict[str | None, Record]:
    lines = gzip.decompress((_RECORDINGS / name).read_bytes()).splitlines()
    return {record.id: record for record in (read_record(line, _PROVENANCE) for line in lines)}


NATIVE = _read("records-native.jsonl.gz")
LEGACY = _read("records-legacy.jsonl.gz")


def _nothing(_: Any) -> tuple[()]:
    return ()


def _null(_: Any) -> None:
    return None


def _each(**lost: Any) -> Callable[[Iterable[Any]], tuple[Any, ...]]:
    return lambda items: tuple(msgspec.structs.replace(item, **lost) for item in items)


def _person(person: Any, **kept: Any) -> Any:
    known = {"name": person.name, "orcid": person.orcid, "gnd": person.gnd}
    return type(person)(
        **known,
        affiliations=person.affiliations[:1],
        affiliation_ids=(None,) * len(person.affiliations[:1]),
        **kept,
    )


def _one(**lost: Any) -> Callable[[Any], Any]:
    return lambda item: item and msgspec.structs.replace(item, **lost)


# What legacy JSON cannot carry (zenodo-api.md §3.3 "Lost in this format" and the rows of its table), as the
# loss that makes a native column equal to the legacy one. Every other column has to be equal as it is.
LOST: dict[str, Callable[[Any], Any]] = {
    # Not in the format at all.
    "oai_id": _null,
    "publisher": _null,
    "access_record": _null,
    "access_files": _null,
    "additional_titles": _nothing,
    "license_urls": _nothing,
    "community_ids": _nothing,
    "data_volume_bytes": _null,
    "all_versions_data_volume_bytes": _null,
    # The first one only.
    "languages": lambda languages: languages[:1],
    "licenses": lambda licenses: licenses[:1],
    # Creators: name, ORCID, GND and the first affiliation. Contributors also keep their role.
    "creators": lambda people: tuple(_person(person) for person in people),
    "contributors": lambda people: tuple(_person(person, role=person.role) for person in people),
    # Single dates lose their value, intervals keep it.
    "dates": lambda dates: tuple(
        each if "/" in each.date else msgspec.structs.replace(each, date=None) for each in dates
    ),
    # Only notes and methods are carried, each under a key of its own, so that their order is lost.
    "additional_descriptions": lambda items: sorted(
        (each.description, each.type) for each in items if each.type in ("notes", "methods")
    ),
    "alternate": _each(scheme=None),
    "journal": _one(journal_issn=None),
    "imprint": _one(imprint_title=None, imprint_pages=None),
    # Awards outside the vocabulary have no code to be named by.
    "funding": lambda funding: tuple(each for each in funding if each.award_id),
    # Five relations have no legacy name.
    "related": lambda related: tuple(
        msgspec.structs.replace(each, relation=None)
        if each.relation in ("IsTranslationOf", "HasTranslation", "IsCollectedBy", "Collects", "Other")
        else each
        for each in related
    ),
    "files": _each(mimetype=None),
    # For a name without extension, native JSON gives the one of its media type, which legacy JSON lacks.
    "file_types": lambda types: tuple(each for each in types if each != "bin"),
}
# The native recording was made by a guest and the legacy one by the owner, who sees hidden files.
SEEN_BY_THE_OWNER = ("files", "file_count", "total_bytes", "file_types")
# How the record was read, not what it says; `extra` has the layout of its dialect.
ABOUT_THE_READING = ("dialect", "extra")
SAME_LOSS_ON_BOTH_SIDES = ("additional_descriptions",)


def test_both_recordings_hold_the_same_319_records() -> None:
    assert NATIVE.keys() == LEGACY.keys()
    assert len(NATIVE) == 319


@pytest.mark.parametrize("column", [each.name for each in COLUMNS if each.name not in ABOUT_THE_READING])
def test_both_dialects_give_the_same_value_wherever_both_carry_it(column: str) -> None:
    loss = LOST.get(column, lambda value: value)
    for id_, native in NATIVE.items():
        if column in SEEN_BY_THE_OWNER and native.access_status != "open":
            continue
        ours, theirs = loss(getattr(native, column)), getattr(LEGACY[id_], column)
        if column in SAME_LOSS_ON_BOTH_SIDES:
            theirs = loss(theirs)
        assert theirs == ours, f"{column} of record {id_}"


@pytest.mark.parametrize("column", LOST)
def test_each_listed_loss_is_met_in_the_recordings(column: str) -> None:
    assert any(getattr(NATIVE[id_], column) != getattr(LEGACY[id_], column) for id_ in NATIVE)


def test_what_both_dialects_carry_is_met_in_the_recordings_and_not_only_null() -> None:
    empty = {
        column.name
        for column in COLUMNS
        if all(getattr(record, column.name) in (None, ()) for record in LEGACY.values())
    }
    never_here = {"subjects", "swhid", "problems"}
    assert empty - set(LOST) == never_here


def test_hidden_files_are_not_counted_as_none() -> None:
    hidden = [record for record in NATIVE.values() if record.access_status in ("restricted", "embargoed")]
    assert len(hidden) == 37
    assert {(record.file_count, record.total_bytes) for record in hidden} == {(None, None)}
