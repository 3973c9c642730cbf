"""Saved files of other kinds, in place: the record that one holds, or why it holds none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from zenodo_harvest.client import read_refs
from zenodo_harvest.dumps import read_documents
from zenodo_harvest.errors import UsageError
from zenodo_harvest.export import open_sinks, write_documents
from zenodo_harvest.records import Provenance, Record, read_record

_CASES = (Path(__file__).parents[3] / "../shared/cases").resolve()
_PROVENANCE = Provenance("zenodo", "file", datetime(2026, 11, 28, tzinfo=UTC))
Read = Callable[[str], Record]

pytestmark = pytest.mark.corpus


@pytest.fixture(scope="session")
def case() -> Callable[[str], Path]:
    """Return the function that finds a case by its number."""
    if not _CASES.is_dir():
        pytest.skip("../shared/cases is absent")
    return lambda number: next(_CASES.glob(f"{number}-*"))


@pytest.fixture(scope="session")
def the_record(case: Callable[[str], Path]) -> Read:
    """Return the function that reads the one record of a case."""

    def read(number: str) -> Record:
        path = case(number)
        if path.suffix == ".xml":
            return read_record(path.read_bytes(), _PROVENANCE)
        with path.open("rb") as stream:
            (document,) = read_documents(stream, path.name)
        return read_record(document, _PROVENANCE)

    return read


def test_of_a_hit_of_a_search_engine_its_source_is_the_record(the_record: Read) -> None:
    record = the_record("c01")
    assert (record.id, record.title, record.site) == ("5000001", "T", "zenodo")
    assert record.problems == ()


@pytest.mark.parametrize("number", ["c02", "c03"])
def test_what_is_no_record_is_refused(number: str, case: Callable[[str], Path]) -> None:
    with case(number).open("rb") as stream, pytest.raises(UsageError, match="holds no record"):
        list(read_documents(stream, "it"))


def test_a_record_without_metadata_apart_fills_the_columns(the_record: Read) -> None:
    record = the_record("c05")
    assert [person.name for person in record.creators] == ["Novak, Iva"]
    assert record.creators[0].affiliations == ("Garden Institute",)
    assert (record.description_text, record.publication_date) == ("x", "2017-05-01")
    assert (record.resource_type, record.licenses) == ("publication-article", ("CC-BY-4.0",))
    assert (record.keywords, record.communities, record.access_status) == (("peas",), ("garden",), "open")
    assert record.journal is not None
    assert record.journal.journal_title == "Pea Letters"
    assert (record.total_bytes, record.problems) == (12, ())


def test_the_inner_form_of_a_record_fills_the_columns(the_record: Read) -> None:
    record = the_record("c06")
    assert (record.id, record.oai_id, record.licenses) == ("8", "oai:zenodo.org:8", ("CC-BY-4.0",))
    assert [(file.key, file.size_bytes) for file in record.files] == [("a.tsv", 1665)]
    assert (record.languages, record.keywords, record.resource_type) == (("spa",), ("peas",), "dataset")
    assert record.problems == ()


def test_custom_fields_of_communities_are_no_problem(the_record: Read) -> None:
    assert the_record("c07").problems == ()


def test_the_site_is_where_the_links_say(the_record: Read) -> None:
    assert the_record("c08").site == "repo.example.edu"


def test_supervisors_are_contributors(the_record: Read) -> None:
    people = [(person.name, person.role) for person in the_record("c09").contributors]
    assert people == [("Wu, Li", "DataCurator"), ("Rossi, Ada", "Supervisor")]


def test_the_files_of_a_deposit_are_where_its_links_say(the_record: Read) -> None:
    record = the_record("c10")
    assert record.files[0].file_url == "https://zenodo.org/api/files/b1/a.csv"
    assert record.funding[0].award_id == "10.13039/501100000780::777523"
    assert record.problems == ()


def test_listed_files_are_counted_where_the_server_does_not(the_record: Read) -> None:
    record = the_record("c12")
    assert (record.file_count, record.total_bytes) == (1, 5)


def test_an_affiliation_with_an_id_alone_is_kept(the_record: Read) -> None:
    person = the_record("c13").creators[0]
    assert person.affiliations == ("01ggx4157", "University of Nordhaven")
    assert person.affiliation_ids == ("01ggx4157", None)


def test_a_date_with_a_time_has_a_year_and_a_day(the_record: Read) -> None:
    record = the_record("c14")
    assert (record.publication_year, record.publication_start) == (2020, date(2020, 5, 1))


def test_a_number_that_is_none_is_called_so(the_record: Read) -> None:
    assert the_record("c16").problems == (
        "NaN is no number",
        "stats.downloads: a whole number was expected, found NaN, which is no number",
    )


def test_utf_16_is_read(the_record: Read) -> None:
    record = the_record("c19")
    assert (record.id, record.title, record.problems) == ("5000001", "T", ())


def test_a_funder_among_the_contributors_is_funding(the_record: Read) -> None:
    (funding,) = the_record("c20").funding
    assert (funding.funder_name, funding.award_number) == ("European Commission", "283595")


def test_a_name_is_made_of_its_parts_in_every_format(
    the_record: Read, case: Callable[[str], Path], tmp_path: Path
) -> None:
    assert the_record("c22").creators[0].name == "Novak, Iva"
    with open_sinks((tmp_path / "it.parquet",)) as sink:
        write_documents(sink, [case("c22").read_bytes()], _PROVENANCE)
    rows: list[dict[str, Any]] = pq.read_table(tmp_path / "it.parquet").to_pylist()
    assert rows[0]["creators"][0]["name"] == "Novak, Iva"


def test_two_references_on_a_line_are_two(case: Callable[[str], Path]) -> None:
    listed = read_refs(case("c17").read_text())
    assert listed.refs == tuple(f"10.5281/zenodo.900000{last}" for last in ("101", "182", "216"))
    assert listed.skipped == ()
