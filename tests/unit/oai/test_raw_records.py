"""What a page of OAI-PMH hands on of its records: read from the page, without another look at their XML."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from zenodo_harvest.oai import Header, OaiPage
from zenodo_harvest.raw_records import RawRecord, text_name

DAY = datetime(2026, 1, 2, tzinfo=UTC)
BODY = b"<record/>"


def raw(identifier: str, name: str, datestamp: str = "2026-01-02T00:00:00Z") -> RawRecord:
    page = OaiPage((BODY,), (Header(identifier, datestamp),), None, None, None, (name,))
    (record,) = page.raw_records
    return record


def test_the_id_is_the_last_part_of_the_identifier_and_the_one_time_is_that_of_the_last_edit() -> None:
    found = raw("oai:zenodo.org:7078768", "oai:zenodo.org:7078768")
    assert found == RawRecord("7078768", "7078768", DAY, DAY, BODY)


@pytest.mark.parametrize("identifier", ["", "oai:zenodo.org:"])
def test_a_record_without_an_id_is_called_by_its_text(identifier: str) -> None:
    found = raw(identifier, identifier or text_name(BODY))
    assert (found.name, found.id) == (text_name(BODY), None)


def test_a_record_with_the_id_of_another_keeps_the_name_that_the_walk_gave_it() -> None:
    assert raw("oai:zenodo.org:7", "~made") == RawRecord("~made", "7", DAY, DAY, BODY)


def test_a_time_that_is_none_is_not_told() -> None:
    assert raw("oai:zenodo.org:7", "oai:zenodo.org:7", "soon").created is None
