"""What rows were read as comes back as it was, and never for another row."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import pytest

from zenodo_harvest.durable import Journal, Row
from zenodo_harvest.harvest.readings import Readings
from zenodo_harvest.raw_records import RawRecord
from zenodo_harvest.records import Provenance, Record, read_head, read_records

RECORDINGS = Path(__file__).parents[2] / "data" / "recordings"
FROM = Provenance("zenodo", "search", datetime(2026, 11, 1, tzinfo=UTC), "https://zenodo.org")
LATER = datetime(2026, 11, 8, tzinfo=UTC)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal(tmp_path / "journal") as opened:
        yield opened


def keep(journal: Journal, *documents: bytes, readings: Readings | None = None) -> None:
    heads = list(map(read_head, documents))
    rows = [
        RawRecord(head.name, head.id, None, None, text) for head, text in zip(heads, documents, strict=True)
    ]
    with journal.writing():
        journal.keep_rows(Row(row.name, f"{place:09}", row.body) for place, row in enumerate(rows))
        if readings:
            readings.take(rows)


def all_of(readings: Readings) -> list[Record]:
    return list(chain.from_iterable(readings.batches(LATER)))


def unread(journal: Journal) -> list[str]:
    """Return what has to be read, by the reader of `FROM`."""
    return [row.id for row in journal.made(Readings(journal, FROM).reader) if row.content is not None]


def afresh(documents: Sequence[bytes]) -> list[Record]:
    return read_records(documents, replace(FROM, retrieved_at=LATER))


def document(id_: str, title: str) -> bytes:
    return json.dumps({"id": id_, "metadata": {"title": title}}).encode()


def test_real_records_come_back_as_if_they_were_read_anew(journal: Journal) -> None:
    with gzip.open(RECORDINGS / "records-native.jsonl.gz") as lines:
        documents = [line.strip() for line in lines]
    readings = Readings(journal, FROM)
    keep(journal, *documents, readings=readings)
    assert not unread(journal)
    assert all_of(readings) == afresh(documents)


def test_rows_that_nobody_read_are_read_when_they_are_wanted_and_not_again(journal: Journal) -> None:
    keep(journal, document("1", "Frost"), document("2", "Ice"))
    assert unread(journal) == ["1", "2"]
    assert [record.title for record in all_of(Readings(journal, FROM))] == ["Frost", "Ice"]
    assert not unread(journal)


def test_a_row_with_another_content_is_read_anew_whoever_wrote_it(journal: Journal) -> None:
    readings = Readings(journal, FROM)
    keep(journal, document("1", "Frost"), readings=readings)
    keep(journal, document("1", "Thaw"))
    assert unread(journal) == ["1"]
    assert [record.title for record in all_of(readings)] == ["Thaw"]


def test_another_site_is_another_reader(journal: Journal) -> None:
    keep(journal, document("1", "Frost"), readings=Readings(journal, FROM))
    elsewhere = Readings(journal, replace(FROM, site="sandbox"))
    assert [record.site for record in all_of(elsewhere)] == ["sandbox"]


@pytest.mark.parametrize("title", ["half a character: \ud83d", 2**70])
def test_odd_values_come_back_as_they_were_read(journal: Journal, title: object) -> None:
    text = json.dumps({"id": "1", "revision_id": 2**70, "metadata": {"title": title}}).encode()
    readings = Readings(journal, FROM)
    keep(journal, text, readings=readings)
    assert not unread(journal)
    assert all_of(readings) == afresh([text])


def test_rows_that_went_leave_nothing(journal: Journal) -> None:
    readings = Readings(journal, FROM)
    keep(journal, document("1", "Frost"), document("2", "Ice"), readings=readings)
    with journal.writing():
        journal.drop_rows(["1"])
    assert [record.title for record in all_of(readings)] == ["Ice"]
    keep(journal, document("1", "Frost"))
    assert unread(journal) == ["1"]
