"""Objects that are no records, and records in forms of long ago."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from zenodo_harvest.dumps import read_documents
from zenodo_harvest.errors import UsageError
from zenodo_harvest.records import Record

_FOREIGN = {
    "CSL": {"id": "1", "type": "dataset", "title": "Peas", "author": [{"family": "Novak"}]},
    "figshare": {"id": 7, "title": "Peas", "doi": "10.6084/m9.figshare.7", "authors": [], "files": []},
    "DataCite": {"id": "10.5281/zenodo.1", "type": "dois", "attributes": {"titles": [{"title": "Peas"}]}},
    "community": {"id": "u", "slug": "peas", "metadata": {"title": "Peas"}, "revision_id": 2, "access": {}},
    "user": {"id": "3", "username": "iva", "profile": {"full_name": "Iva"}, "revision_id": 1},
    "request": {"id": "r", "type": "community-submission", "title": "Peas", "revision_id": 4},
    "table": {"id": 1, "metadata.title": "Peas", "metadata.publication_date": "2024"},
    "dataverse": {"name": "Peas", "type": "dataset", "global_id": "doi:10.7910/DVN/1"},
    "nothing": {},
}


@pytest.mark.parametrize("kind", _FOREIGN)
def test_an_object_that_is_no_record_says_so_in_its_row(kind: str, read: Callable[..., Record]) -> None:
    said = {
        "community": "this is a community and no record",
        "dataverse": "neither an id",
        "nothing": "neither",
    }
    assert said.get(kind, "the record has no metadata") in "; ".join(read(_FOREIGN[kind]).problems)


def test_metadata_without_anything_of_a_record_is_named(read: Callable[..., Record]) -> None:
    record = read({"id": 5, "metadata": {"titles": [{"title": "Peas"}], "authors": [{"full_name": "Iva"}]}})
    assert record.problems == ("the metadata holds nothing that a record has",)


@pytest.mark.parametrize("kind", _FOREIGN)
def test_a_file_without_any_record_is_refused(kind: str) -> None:
    answer = {"hits": {"hits": [_FOREIGN[kind]], "total": 1}}
    for saved in (_FOREIGN[kind], [_FOREIGN[kind]], answer):
        with pytest.raises(UsageError, match="holds no record"):
            list(read_documents(io.BytesIO(json.dumps(saved).encode()), "it"))


@pytest.mark.parametrize("text", ["{A}{A} {A}", "{A}{A}\n{A}", "{A}\n{A} {A}"])
def test_objects_on_one_line_are_told_apart(text: str) -> None:
    content = text.replace("{A}", '{"id": 7, "metadata": {"title": "Peas"}}')
    assert len(list(read_documents(io.BytesIO(content.encode()), "it"))) == 3


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig"])
def test_text_in_utf_16_is_read(encoding: str) -> None:
    (content,) = read_documents(io.BytesIO('{"id": 7, "metadata": {"title": "Žito"}}'.encode(encoding)), "it")
    assert "Žito" in content.decode()


def test_a_deleted_record_says_so(read: Callable[..., Record]) -> None:
    record = read({"id": "7", "parent": {}, "tombstone": {"removal_reason": {"id": "spam"}}})
    assert record.problems == ("the record is deleted",)


def test_the_size_of_all_files_is_unknown_where_one_is(read: Callable[..., Record]) -> None:
    files = [{"key": "a", "size": 3}, {"key": "b"}]
    record = read({"id": 7, "conceptrecid": "6", "files": files})
    assert (record.file_count, record.total_bytes) == (2, None)
    native: dict[str, Any] = {"enabled": True, "entries": {"a": {"size": 3}, "b": {}}}
    record = read({"id": "7", "parent": {}, "files": native})
    assert (record.file_count, record.total_bytes) == (2, None)


def test_the_parts_of_the_inner_form_that_are_objects_are_read(read: Callable[..., Record]) -> None:
    record = read(
        {
            "recid": 8,
            "title": "Peas",
            "creators": [{"familyname": "Novak", "givennames": "Iva"}],
            "communities": ["garden"],
            "grants": [{"$ref": "https://dx.zenodo.org/grants/10.13039/501100000780::777523"}],
            "references": [{"raw_reference": "Wu 2001"}],
        }
    )
    assert (record.creators[0].name, record.communities) == ("Novak, Iva", ("garden",))
    assert (record.references, record.problems) == (("Wu 2001",), ())
    assert record.funding[0].award_id == "10.13039/501100000780::777523"


@pytest.mark.parametrize(
    ("links", "site"),
    [
        ({"self": "https://repo.example.edu/api/records/1"}, "repo.example.edu"),
        ({"html": "https://sandbox.zenodo.org/records/1"}, "sandbox"),
        ({"self": "https://www.zenodo.org/api/records/1"}, "zenodo"),
        ({"self": "records/1"}, "ours"),
        ({}, "ours"),
    ],
)
def test_the_site_of_a_saved_record_is_where_its_links_lead(
    links: dict[str, str], site: str, read: Callable[..., Record]
) -> None:
    value = {"id": "1", "parent": {}, "links": links}
    assert read(value, site="ours", source="file").site == site
    assert read(value, site="ours", source="search").site == "ours"
