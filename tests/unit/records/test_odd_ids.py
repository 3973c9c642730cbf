"""An id that no record can have is named in the row, in every dialect; the row keeps it as it came."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from zenodo_harvest.records import Provenance, Record, read_record, read_records

PROVENANCE = Provenance("zenodo", "search", datetime(2026, 11, 23, tzinfo=UTC), "https://zenodo.org")
NONE, ODD = "id: none", "id: not that of a record"
ODD_IDS: dict[Any, str] = {
    None: NONE,
    "": NONE,
    "  ": ODD,
    "../../x": ODD,
    "a/b": ODD,
    "7?q=1": ODD,
    "a\u0000\u001b[31m": ODD,
    "7\u202e": ODD,
    -5: ODD,
    "~abc": ODD,
    ".": ODD,
    "x" * 300: ODD,
}
GOOD_IDS = ["7", 7, 10**11, "abcde-12345", "7F_x.1"]
DIALECTS: dict[str, dict[str, Any]] = {
    "native": {"parent": {"id": "1"}, "metadata": {"title": "Frost"}},
    "legacy": {"conceptrecid": "1", "recid": None, "metadata": {"title": "Frost"}},
    "legacy-pre2023": {"conceptrecid": "1", "metadata": {"title": "Frost"}},
}


def read(dialect: str, id_: Any) -> Record:
    raw = json.dumps({"id": id_, **DIALECTS[dialect]}).encode()
    record = read_record(raw, PROVENANCE)
    assert list(read_records([raw], PROVENANCE)) == [record]
    assert record.title == "Frost"
    return record


def of_oai(id_: str) -> Record:
    kernel = "<resource xmlns='http://datacite.org/schema/kernel-4'><titles><title>Frost</title></titles></resource>"
    header = f"<header><identifier>oai:zenodo.org:{id_}</identifier></header>"
    return read_record(f"<record>{header}<metadata>{kernel}</metadata></record>".encode(), PROVENANCE)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("id_", ODD_IDS, ids=range(len(ODD_IDS)))
def test_an_odd_id_is_named(dialect: str, id_: Any) -> None:
    record = read(dialect, id_)
    assert record.problems == (ODD_IDS[id_],)
    assert (record.id or None) == (str(id_) if id_ else None)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("id_", GOOD_IDS)
def test_the_id_of_a_record_is_no_problem(dialect: str, id_: Any) -> None:
    record = read(dialect, id_)
    assert (record.id, record.problems) == (str(id_), ())


@pytest.mark.parametrize(
    ("id_", "problems"), [("7", ()), ("", (NONE,)), ("../x", (ODD,)), ("a b", (ODD,)), ("-5", (ODD,))]
)
def test_ids_of_oai_pmh_are_looked_at_too(id_: str, problems: tuple[str, ...]) -> None:
    record = of_oai(id_)
    assert (record.id, record.title, record.problems) == (id_ or None, "Frost", problems)


def test_an_object_of_nothing_says_that_it_is_no_record() -> None:
    assert NONE in read_record(b"{}", PROVENANCE).problems


@pytest.mark.parametrize("id_", ODD_IDS, ids=range(len(ODD_IDS)))
def test_the_compiled_reader_leaves_an_odd_id_to_the_plain_one(id_: Any) -> None:
    fast = pytest.importorskip("zenodo_harvest_fast", reason="`make fast` builds it")
    from zenodo_harvest.export import arrow_schema
    from zenodo_harvest.records import compiled_reader

    assert fast
    reader = compiled_reader(arrow_schema(raw=False))
    assert reader is not None
    documents = [json.dumps({"id": each, **DIALECTS["native"]}).encode() for each in (id_, "7")]
    assert reader.read(documents, PROVENANCE, 0)[1] == [0]
