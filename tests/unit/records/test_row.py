"""A record shows itself in a line, and is read like a dictionary."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import pytest

from zenodo_harvest.records import Record
from zenodo_harvest.records.record import Person

HOSTILE = "<script>alert(1)</script>\x1b[31m\nFrost"
RECORD = Record(
    id="7",
    doi="10.5281/zenodo.7",
    title=HOSTILE,
    url='https://zenodo.org/records/7?"onclick="x',
    publication_year=2024,
    creators=tuple(Person(name=f"{name}, A") for name in ("Moreau", "Lind", "Frost", "Berg")),
    created=datetime(2024, 5, 3, tzinfo=UTC),
    description_html="x" * 10_000,
)


def test_a_record_is_one_line_of_what_people_look_for() -> None:
    assert repr(RECORD) == (
        "<Record 10.5281/zenodo.7: <script>alert(1)</script> Frost "
        '(Moreau, A; Lind, A; Frost, A and 1 more, 2024) https://zenodo.org/records/7?"onclick="x>'
    )
    assert repr(Record()) == "<Record: (no title)>"


def test_keys_of_a_record_are_completed() -> None:
    assert RECORD._ipython_key_completions_() == list(RECORD)
    assert "name" in RECORD.creators[0]._ipython_key_completions_()


def test_in_a_notebook_a_hostile_title_or_address_is_text() -> None:
    shown = RECORD._repr_html_()
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown
    assert '"onclick' not in shown
    assert "href" not in Record(title="x", url="javascript:alert(1)")._repr_html_()


def test_a_record_is_read_by_name_like_a_dictionary() -> None:
    assert RECORD["doi"] == RECORD.get("doi") == RECORD.doi
    assert RECORD["creators"][0]["name"] == "Moreau, A"
    assert dict(RECORD)["title"] == HOSTILE
    assert ("doi" in RECORD, "raw" in [*RECORD], "DOI" in RECORD) == (True, False, False)
    with pytest.raises(KeyError):
        RECORD["DOI"]
    with pytest.raises(KeyError):
        RECORD["keys"]


def test_as_a_dictionary_its_parts_are_dictionaries_too_and_times_stay_times() -> None:
    plain = RECORD.to_dict()
    assert list(plain) == [*RECORD]
    assert plain["creators"][1]["name"] == "Lind, A"
    assert plain["created"] == RECORD.created
    assert Record(raw="{}").to_dict()["raw"] == "{}"


def test_pandas_makes_a_row_of_a_record_and_of_a_part() -> None:
    assert pd.DataFrame([RECORD, RECORD])["doi"].tolist() == ["10.5281/zenodo.7"] * 2
    assert pd.DataFrame(RECORD.creators)["name"].tolist()[0] == "Moreau, A"
