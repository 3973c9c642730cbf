from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from zenodo_harvest.records import Provenance, Record, read_record

Read = Callable[..., Record]


@pytest.mark.parametrize(
    ("value", "dialect"),
    [
        ({"id": "7", "parent": {"id": "6"}, "metadata": {}}, "native"),
        ({"id": "abcde-12345", "metadata": {"title": "t"}}, "native"),
        ({"id": 7, "recid": "7", "conceptrecid": "6", "owners": [{"id": "3"}]}, "legacy"),
        ({"id": 7, "conceptrecid": "6", "owners": [3], "revision": 4}, "legacy-pre2023"),
        ({"id": 7, "owner": 3, "state": "done", "submitted": True, "metadata": {}}, "legacy"),
        ({"metadata": {"title": "t", "access_right": "open", "upload_type": "dataset"}}, "legacy-pre2023"),
    ],
)
def test_the_dialect_is_told_from_the_object_alone(read: Read, value: Any, dialect: str) -> None:
    assert read(value).dialect == dialect


def test_the_same_object_as_bytes_text_and_mapping_gives_the_same_record(read: Read) -> None:
    value = {"id": 7, "recid": "7", "metadata": {"title": "é", "keywords": ["a"]}, "links": {"self": "x"}}
    text = json.dumps(value)
    assert read(value) == read(text) == read(text.encode()) == read(b"\xef\xbb\xbf" + text.encode())


def test_reading_a_mapping_leaves_it_as_it_is(read: Read) -> None:
    value = {"id": 7, "recid": "7", "metadata": {"title": "t", "creators": [{"name": "n"}]}, "links": {}}
    before = json.dumps(value)
    read(value, keep_raw=True)
    assert json.dumps(value) == before


def test_what_has_no_column_is_in_extra_in_the_layout_of_the_server(read: Read) -> None:
    record = read({"id": "7", "parent": {}, "new": 1, "metadata": {"title": "t", "shape": {"a": [None, 2]}}})
    assert record.extra is not None
    assert json.loads(record.extra) == {"new": 1, "metadata": {"shape": {"a": [None, 2]}}}


def test_links_and_display_texts_are_not_kept(read: Read) -> None:
    parts = {"links": {"self": "a"}, "ui": {"b": 1}, "expanded": {"c": 2}}
    assert read({"id": "7", "pids": {}, **parts}).extra is None


def test_a_value_of_the_wrong_type_is_named_and_kept(read: Read) -> None:
    record = read({"id": "7", "parent": {}, "metadata": {"title": ["a", "b"], "creators": "me"}})
    assert record.problems == (
        "metadata.title: text was expected, found a list",
        "metadata.creators: a list was expected, found text",
    )
    assert record.title is None
    assert record.creators == ()
    assert json.loads(record.extra or "") == {"metadata": {"title": ["a", "b"], "creators": "me"}}


@pytest.mark.parametrize("raw", [b"", b"no json", b"\xff\xfe", "{", "\ud800"])
def test_text_that_is_no_json_becomes_a_row_of_its_text(read: Read, raw: bytes | str) -> None:
    record = read(raw)
    assert record.problems == ("the record is no JSON",)
    assert record.id is None
    text = json.loads(record.extra or "")["text"]
    assert text == (
        raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw.replace("\ud800", "\ufffd")
    )


@pytest.mark.parametrize("raw", ["[1]", '"a"', "7", "true"])
def test_json_that_is_no_object_becomes_a_row_of_its_value(read: Read, raw: str) -> None:
    record = read(raw)
    assert record.problems == ("the record is no JSON object",)
    assert json.loads(record.extra or "")["value"] == json.loads(raw)


def test_bytes_that_are_no_utf_8_are_replaced_and_named(read: Read) -> None:
    record = read(b'{"id": "7", "parent": {}, "metadata": {"title": "caf\xe9"}}')
    assert (record.title, record.problems) == ("caf\ufffd", ("the record is no UTF-8",))


def test_half_a_surrogate_pair_is_replaced_and_named(read: Read) -> None:
    record = read('{"id": "7", "parent": {}, "metadata": {"title": "a\\ud83d b"}}')
    assert (record.title, len(record.problems)) == ("a\ufffd b", 1)


@pytest.mark.parametrize(
    "number", ["123456789012345678901234567890", "1" * 5000, "1e400", "-9" * 1 + "9" * 30]
)
def test_a_number_beyond_64_bits_is_kept_but_in_no_column(read: Read, number: str) -> None:
    record = read('{"id": "7", "parent": {}, "revision_id": ' + number + "}")
    assert record.revision is None
    assert record.problems[0].startswith("revision_id: ")
    assert number in (record.extra or "")


@pytest.mark.parametrize(
    "line",
    [
        '{"id": 7, "recid": "7", "conceptrecid": "6", "revision": %s}',
        '{"id": "7", "parent": {}, "revision_id": %s}',
    ],
)
@pytest.mark.parametrize(
    ("number", "revision"),
    [
        ("9223372036854775807", 2**63 - 1),
        ("9223372036854775808", None),
        ("9223372036854775808.0", None),
        ("9223372036854774784.0", 2**63 - 1024),
        ("-9223372036854775808", -(2**63)),
        ("-9223372036854775808.0", -(2**63)),
        ("-9223372036854775809", None),
    ],
)
def test_the_last_number_of_64_bits_is_in_the_column_and_the_first_beyond_is_kept_beside_it(
    read: Read, line: str, number: str, revision: int | None
) -> None:
    record = read(line % number)
    assert record.revision == revision
    assert [problem.rpartition(": ")[2] for problem in record.problems] == (
        [] if revision is not None else ["a number of more than 64 bits"]
    )
    kept = [json.loads(number)] if revision is None else []
    assert list(json.loads(record.extra or "{}").values()) == kept


@pytest.mark.parametrize(
    ("number", "latitude"),
    [(2**53, 2.0**53), (-(2**53), -(2.0**53)), (2**53 + 1, None), (-(2**53) - 1, None)],
)
def test_a_whole_number_that_no_float_holds_is_kept_as_it_was_in_a_column_of_floats(
    read: Read, number: int, latitude: float | None
) -> None:
    metadata = {"locations": [{"place": "Here", "lat": number}]}
    record = read({"id": 7, "recid": "7", "conceptrecid": "6", "metadata": metadata})
    assert record.locations[0].latitude == latitude
    assert (str(number) in (record.extra or "")) == (latitude is None)
    assert bool(record.problems) == (latitude is None)


def test_sizes_whose_sum_is_beyond_64_bits_give_no_sum(read: Read) -> None:
    files = [{"key": name, "size": 2**63 - 1} for name in "ab"]
    assert read({"id": 7, "recid": "7", "files": files}).total_bytes is None


def test_empty_texts_and_zeros_are_values(read: Read) -> None:
    record = read(
        {"id": "7", "parent": {}, "metadata": {"title": "", "version": ""}, "versions": {"index": 0}}
    )
    assert (record.title, record.version_label, record.version_index) == ("", "", 0)


def test_a_title_at_the_top_is_used_where_metadata_has_none_and_kept_where_it_differs(read: Read) -> None:
    assert read({"id": 7, "recid": "7", "title": "top", "metadata": {}}).title == "top"
    record = read({"id": 7, "recid": "7", "title": "top", "metadata": {"title": "inner"}})
    assert (record.title, record.extra) == ("inner", '{"title":"top"}')


def test_the_json_as_it_came_is_kept_only_on_request(read: Read) -> None:
    raw = '{"id":"7",  "parent":{}}'
    assert read(raw).raw is None
    assert read(raw, keep_raw=True).raw == raw


def test_addresses_are_made_of_the_base_url_where_the_json_has_none(read: Read) -> None:
    value = {"id": "7", "parent": {}, "files": {"count": 1, "entries": {"a b/ü.csv": {"size": 1}}}}
    record = read(value, base_url="https://zenodo.org")
    assert record.url == "https://zenodo.org/records/7"
    assert record.files[0].file_url == "https://zenodo.org/api/records/7/files/a%20b%2F%C3%BC.csv/content"
    assert read(value).url is None
    assert read(value).files[0].file_url is None


def test_all_native_columns_are_filled(read: Read) -> None:
    record = read(
        {
            "id": "7",
            "revision_id": 3,
            "created": "2024-02-03T04:05:06.789+00:00",
            "parent": {
                "id": "6",
                "access": {"owned_by": {"user": 12}},
                "communities": {"ids": ["u2", "u1"], "entries": [{"id": "u1", "slug": "b"}, {"slug": "a"}]},
                "pids": {"doi": {"identifier": "10.5281/zenodo.6"}},
            },
            "access": {"record": "public", "files": "restricted", "status": "embargoed"}
            | {"embargo": {"active": True, "until": "2099-01-31"}},
            "metadata": {
                "rights": [{"id": "mit"}, {"title": {"de": "Eigene"}, "link": "https://x.org"}],
                "locations": {
                    "features": [{"place": "Sea", "geometry": {"type": "Point", "coordinates": [8, 4.5]}}]
                },
                "creators": [
                    {
                        "person_or_org": {
                            "type": "personal",
                            "name": "A, B",
                            "identifiers": [
                                {"scheme": "isni", "identifier": "i"},
                                {"scheme": "ror", "identifier": "r"},
                            ],
                        },
                        "role": {"id": "datacollector"},
                        "affiliations": [{"name": "X"}, {"name": "Y", "id": "01y"}, {"id": "02z"}],
                    }
                ],
            },
            "custom_fields": {"thesis:university": "U", "code:codeRepository": "https://git", "code:x": "y"},
            "stats": {"this_version": {"views": 1.0, "data_volume": 5.0}, "all_versions": {"views": 2}},
        }
    )
    assert (record.concept_id, record.concept_doi, record.owner_id) == ("6", "10.5281/zenodo.6", "12")
    assert (record.communities, record.community_ids) == (("a", "b"), ("u1", "u2"))
    assert str(record.embargo_until) == "2099-01-31"
    assert (record.licenses, record.license_urls) == (("MIT", "Eigene"), ("https://x.org",))
    assert (record.locations[0].latitude, record.locations[0].longitude) == (4.5, 8.0)
    person = record.creators[0]
    assert (person.isni, person.ror, person.role, person.affiliations) == (
        "i",
        "r",
        "DataCollector",
        ("X", "Y", "02z"),
    )
    assert person.affiliation_ids == (None, "01y", "02z")
    assert (record.thesis_university, record.code_repository, record.custom_fields) == (
        "U",
        "https://git",
        '{"code:x":"y"}',
    )
    assert (record.views, record.all_versions_views, record.data_volume_bytes) == (1, 2, 5)
    assert record.created is not None
    assert record.created.isoformat() == "2024-02-03T04:05:06.789000+00:00"


def _place(geometry: Any) -> dict[str, Any]:
    return {"id": "7", "parent": {}, "metadata": {"locations": {"features": [{"geometry": geometry}]}}}


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [2, 0]]]},
        {"type": "Point", "coordinates": [1, 2, 3]},
        {"type": "GeometryCollection", "geometries": [{"type": "Point"}]},
    ],
)
def test_a_geometry_that_is_no_point_stays_geojson(read: Read, geometry: Any) -> None:
    record = read(_place(geometry))
    assert (record.locations[0].latitude, record.problems, record.extra) == (None, (), None)
    assert json.loads(record.locations[0].geometry or "") == geometry


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Point", "coordinates": ["8", "4"]},
        {"type": "Point", "coordinates": [True, 4]},
        {"coordinates": [1, 2]},
    ],
)
def test_a_geometry_that_is_no_geojson_is_named_and_kept(read: Read, geometry: Any) -> None:
    record = read(_place(geometry))
    assert record.problems[0].startswith("metadata.locations.features.0.geometry: ")
    assert (record.locations[0].latitude, record.locations[0].geometry) == (None, None)
    assert json.loads(record.extra or "")["metadata"] == _place(geometry)["metadata"]


@pytest.mark.parametrize(
    ("relation", "address", "repository"),
    [
        ("issupplementto", "https://github.com/frost/days/tree/v1.0", "https://github.com/frost/days"),
        ("issupplementedby", "https://github.com/frost/days.git", "https://github.com/frost/days"),
        ("iscompiledby", "https://gitlab.cern.ch/a/b/c/-/tags/v1", "https://gitlab.cern.ch/a/b/c"),
        ("haspart", "https://codeberg.org/frost/days?x=1", "https://codeberg.org/frost/days"),
        ("cites", "https://github.com/numpy/numpy", None),
        ("issupplementto", "https://github.com/frost", None),
        ("issupplementto", "https://example.org/frost/days", None),
        ("issupplementto", "10.5281/zenodo.7", None),
    ],
)
def test_a_link_to_the_code_of_the_work_is_its_repository(
    read: Read, relation: str, address: str, repository: str | None
) -> None:
    related = [{"identifier": address, "relation_type": {"id": relation}}]
    native = read({"id": "7", "parent": {}, "metadata": {"related_identifiers": related}})
    legacy = read(
        {
            "id": 7,
            "conceptrecid": "6",
            "metadata": {"related_identifiers": [{"identifier": address, "relation": relation}]},
        }
    )
    assert native.code_repository == legacy.code_repository == repository
    assert native.related[0].identifier == address


def test_a_saved_row_becomes_the_record_that_it_was(read: Read) -> None:
    record = read(
        {
            "id": "7",
            "parent": {"id": 6},
            "metadata": {
                "title": "T",
                "publication_date": "2020",
                "creators": [{"person_or_org": {"name": "A"}}],
            },
            "created": "2024-02-03T04:05:06.789Z",
            "zz": 1,
        }
    )
    assert (record.extra, record.source) == ('{"zz":1}', "search")
    row = msgspec.json.encode(record)
    again = read_record(row, Provenance("elsewhere", "file", datetime(2030, 1, 1, tzinfo=UTC)))
    assert again == record


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"schema_version": "1"}, "the row is not of version 2 of the schema"),
        ({"journal.title": "J"}, "the row is not of version 2 of the schema"),
        ({"views": "many"}, "the row is not as it was saved"),
        ({"created": "2024-02-03T04:05:06"}, "the row is not as it was saved: a time has no zone"),
    ],
)
def test_a_row_that_is_none_of_this_schema_is_kept_and_said(
    read: Read, change: dict[str, Any], problem: str
) -> None:
    record = read({"id": "7", "title": "T", "schema_version": "2", **change})
    assert (record.id, record.title) == ("7", None)
    assert record.problems[0].startswith(problem)
    assert '"title":"T"' in (record.extra or "")


def test_a_saved_row_that_had_to_be_repaired_says_so_beside_what_it_said_before(read: Read) -> None:
    row = msgspec.json.encode(read({"id": "7", "metadata": {"title": "T", "publication_date": "then"}}))
    now = Provenance("elsewhere", "file", datetime(2030, 1, 1, tzinfo=UTC))
    before, again = read_record(row, now), read_record(row.replace(b'"T"', b'"T\xff"'), now)
    assert before.problems
    assert again.title == "T\ufffd"
    assert again.problems[: len(before.problems)] == before.problems
    assert len(again.problems) == len(before.problems) + 1
    hostile = read_record(row.replace(b'"id":"7"', b'"id":"../7"'), now)
    assert "id: not that of a record" in hostile.problems
