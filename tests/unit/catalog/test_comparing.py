"""Every way in which a record can change is one change of the right kind, and nothing else is one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from zenodo_harvest.catalog import CATALOG_COLUMNS, Change, FieldChange, compare
from zenodo_harvest.catalog.comparing import NO_CHANGE
from zenodo_harvest.harvest import Gone

NOW = datetime(2026, 11, 1, 6, tzinfo=UTC)
FILE = {
    "key": "data.csv",
    "size_bytes": 12,
    "checksum": "md5:aa",
    "mimetype": "text/csv",
    "file_id": "f1",
    "file_url": "https://zenodo.org/api/records/11/files/data.csv/content",
}
ANNA, BERT = {"name": "Arendt, Anna", "orcid": None}, {"name": "Brand, Bert", "orcid": None}


def row(id_: str = "11", **columns: Any) -> dict[str, Any]:
    plain: dict[str, Any] = dict.fromkeys(CATALOG_COLUMNS)
    plain |= {
        "id": id_,
        "concept_id": "10",
        "doi": f"10.5281/zenodo.{id_}",
        "url": f"https://zenodo.org/records/{id_}",
        "title": "Sea ice",
        "version_index": 1,
        "is_latest": True,
        "revision": 3,
        "updated": "2026-10-01T00:00:00Z",
        "keywords": ["ice", "sea"],
        "creators": [ANNA, BERT],
        "communities": ["arctic"],
        "files": [FILE],
        "memberships": ["arctic"],
    }
    return plain | columns


def found(
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    *,
    gone: Gone | None = None,
    communities: tuple[str, ...] = ("arctic",),
    known: Mapping[str, str] | None = None,
    is_same_schema: bool = True,
) -> tuple[Change, ...]:
    return compare(
        {before["id"]: before} if before else {},
        {after["id"]: after} if after else {},
        gone={gone.id: gone} if gone else {},
        communities=communities,
        found_at=NOW,
        known_concepts=known or {},
        is_same_schema=is_same_schema,
    )


def fields(*, before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    """Return the fields of the one change of metadata between two states of a record."""
    (change,) = found(row(**before), row(**after))
    assert change.kind == "metadata"
    return change.fields


def test_a_new_record_is_added_with_its_title_doi_address_and_time() -> None:
    assert found(None, row()) == (
        Change("added", "11", "Sea ice", "https://zenodo.org/records/11", "10.5281/zenodo.11", found_at=NOW),
    )


def test_a_record_of_several_communities_is_added_to_and_leaves_each() -> None:
    both = row(memberships=["arctic", "oceans"])
    of_both = {"communities": ("arctic", "oceans")}
    came, went = found(None, both, **of_both), found(both, None, **of_both)
    assert [(change.kind, change.community) for change in came] == [("added", "arctic"), ("added", "oceans")]
    assert [(change.kind, change.community) for change in went] == [("left", "arctic"), ("left", "oceans")]


def test_a_record_that_moves_between_communities_leaves_one_and_is_added_to_the_other() -> None:
    before = row(memberships=["arctic"], communities=["arctic", "elsewhere"])
    after = row(memberships=["oceans"], communities=["elsewhere", "oceans"])
    changes = found(before, after, communities=("arctic", "oceans"))
    assert [(change.kind, change.community) for change in changes] == [
        ("added", "oceans"),
        ("left", "arctic"),
    ]


def test_communities_besides_those_of_the_catalogue_are_metadata() -> None:
    (field,) = fields(
        before={"communities": ["arctic", "elsewhere"]}, after={"communities": ["arctic", "somewhere"]}
    )
    assert field == FieldChange("communities", ["elsewhere"], ["somewhere"])


def test_a_new_version_is_linked_to_the_one_held_and_that_one_has_not_left() -> None:
    (change,) = found(row("11"), row("20", version_index=2), gone=Gone("11", "left"), known={"10": "11"})
    assert (change.kind, change.id, change.previous_id) == ("new-version", "20", "11")


def test_a_new_version_is_linked_where_all_versions_are_kept() -> None:
    (change,) = found(None, row("20", version_index=2), known={"10": "11"})
    assert (change.kind, change.previous_id) == ("new-version", "11")


def test_several_new_versions_at_once_are_linked_one_to_the_other() -> None:
    changes = compare(
        {},
        {"30": row("30", version_index=3), "20": row("20", version_index=2)},
        gone={},
        communities=("arctic",),
        found_at=NOW,
        known_concepts={"10": "11"},
    )
    assert [(change.id, change.previous_id) for change in changes] == [("20", "11"), ("30", "20")]


def test_all_versions_of_a_concept_that_was_not_held_are_added() -> None:
    after = {"30": row("30", version_index=3), "20": row("20", version_index=2)}
    changes = compare({}, after, gone={}, communities=("arctic",), found_at=NOW, known_concepts={"7": "8"})
    assert [(change.kind, change.id) for change in changes] == [("added", "20"), ("added", "30")]


def test_an_old_version_that_is_deleted_when_a_new_one_comes_is_told_as_deleted() -> None:
    changes = found(row("11"), row("20", version_index=2), gone=Gone("11", "deleted", "retracted"))
    assert [(change.kind, change.id) for change in changes] == [("new-version", "20"), ("deleted", "11")]


def test_an_old_version_without_even_a_tombstone_has_left_though_a_new_one_came() -> None:
    changes = found(row("11"), row("20", version_index=2), gone=Gone("11", "removed"))
    assert [(change.kind, change.id) for change in changes] == [("new-version", "20"), ("left", "11")]


@pytest.mark.parametrize("indexes", [(2, 1), (None, None)])
def test_an_old_version_that_comes_back_as_a_later_one_was_deleted_is_no_new_version(
    indexes: tuple[int | None, int | None],
) -> None:
    later, earlier = row("20", version_index=indexes[0]), row("11", version_index=indexes[1])
    changes = found(later, earlier, gone=Gone("20", "deleted"), known={"10": "20"})
    assert [(change.kind, change.id) for change in changes] == [("added", "11"), ("deleted", "20")]


def test_a_deleted_record_says_why_and_one_without_a_tombstone_has_left() -> None:
    (deleted,) = found(row(), None, gone=Gone("11", "deleted", "spam", "2026-10-30"))
    assert (deleted.kind, deleted.reason, deleted.title) == ("deleted", "spam", "Sea ice")
    assert [change.kind for change in found(row(), None, gone=Gone("11", "removed"))] == ["left"]
    assert [change.kind for change in found(row(), None)] == ["left"]


def test_metadata_is_compared_column_by_column_in_one_change() -> None:
    assert fields(
        before={"title": "Sea ice", "publisher": None}, after={"title": "Lake ice", "publisher": "Zenodo"}
    ) == (FieldChange("title", "Sea ice", "Lake ice"), FieldChange("publisher", None, "Zenodo"))


@pytest.mark.parametrize("name", ["keywords", "languages", "licenses", "references"])
def test_of_a_list_what_came_and_what_went_is_told_and_its_order_is_nothing(name: str) -> None:
    assert found(row(**{name: ["a", "b"]}), row(**{name: ["b", "a", "a"]})) == ()
    assert fields(before={name: ["a", "b"]}, after={name: ["b", "c"]}) == (FieldChange(name, ["a"], ["c"]),)
    assert fields(before={name: []}, after={name: ["c"]}) == (FieldChange(name, None, ["c"]),)


def test_creators_who_came_or_changed_are_told_alone_and_a_new_order_as_a_whole() -> None:
    known = ANNA | {"orcid": "0000-0002-1825-0097"}
    assert fields(before={"creators": [ANNA, BERT]}, after={"creators": [known, BERT]}) == (
        FieldChange("creators", [ANNA], [known]),
    )
    assert fields(before={"creators": [ANNA, BERT]}, after={"creators": [BERT, ANNA]}) == (
        FieldChange("creators", [ANNA, BERT], [BERT, ANNA]),
    )
    assert found(row(contributors=[ANNA, BERT]), row(contributors=[BERT, ANNA])) == ()


def test_parts_of_a_mapping_are_told_one_by_one() -> None:
    journal = {"journal_title": "Ice", "journal_volume": "1", "journal_issn": None}
    assert fields(before={"journal": journal}, after={"journal": journal | {"journal_volume": "2"}}) == (
        FieldChange("journal.journal_volume", "1", "2"),
    )
    assert found(row(journal=None), row(journal=dict.fromkeys(journal))) == ()


def test_custom_fields_are_told_by_name_and_in_them_order_is_nothing() -> None:
    before = {"dwc:kingdom": ["Animalia", "Plantae"], "code:status": {"id": "wip"}}
    after = {"dwc:kingdom": ["Plantae", "Animalia"], "code:status": {"id": "active"}}
    assert fields(
        before={"custom_fields": json.dumps(before)}, after={"custom_fields": json.dumps(after)}
    ) == (FieldChange("custom_fields.code:status.id", "wip", "active"),)


def test_what_the_server_says_of_vocabularies_and_communities_is_no_change_but_new_metadata_is() -> None:
    before = {"metadata": {"resource_type": {"title": {"en": "Dataset"}}}, "parent": {"communities": 1}}
    after = {"metadata": {"resource_type": {"title": {"en": "Data"}}}, "parent": {"communities": 2}}
    assert found(row(extra=json.dumps(before)), row(extra=json.dumps(after))) == ()
    after["metadata"]["sizes"] = ["3 pages"]
    assert fields(before={"extra": json.dumps(before)}, after={"extra": json.dumps(after)}) == (
        FieldChange("extra.metadata.sizes", None, ["3 pages"]),
    )


@pytest.mark.parametrize("extra", ["[]", "no JSON", '{"metadata": 3}', "{"])
def test_what_else_the_server_said_may_be_anything(extra: str) -> None:
    with_sizes = '{"metadata": {"sizes": ["1"]}}'
    if extra in ("no JSON", "{"):
        assert found(row(extra=extra), row(extra=extra)) == ()
    else:
        assert fields(before={"extra": extra}, after={"extra": with_sizes}) == (
            FieldChange("extra.metadata.sizes", None, ["1"]),
        )


def test_files_are_told_by_name_and_checksum() -> None:
    old, new = FILE | {"key": "old.csv"}, FILE | {"key": "new.csv", "checksum": "md5:bb"}
    after = [FILE | {"checksum": "md5:cc", "size_bytes": 13}, new]
    (change,) = found(row(files=[FILE, old]), row(files=after))
    assert change.kind == "files"
    assert change.fields == (
        FieldChange(
            "data.csv",
            {"checksum": "md5:aa", "size_bytes": 12},
            {"checksum": "md5:cc", "size_bytes": 13},
        ),
        FieldChange("new.csv", None, {"checksum": "md5:bb", "size_bytes": 12}),
        FieldChange("old.csv", {"checksum": "md5:aa", "size_bytes": 12}, None),
    )


def test_another_id_address_or_type_of_an_unchanged_file_is_no_change() -> None:
    other = FILE | {"mimetype": "text/plain", "file_id": "f2", "file_url": "https://zenodo.org/x"}
    assert found(row(files=[FILE]), row(files=[other])) == ()
    assert found(row(files=[FILE]), row(files=[FILE | {"checksum": None}])) == ()
    (change,) = found(row(files=[FILE]), row(files=[FILE | {"checksum": None, "size_bytes": 13}]))
    assert change.kind == "files"


def test_metadata_and_files_of_one_record_are_a_change_each() -> None:
    changes = found(row(), row(title="Lake ice", files=[]))
    assert [change.kind for change in changes] == ["metadata", "files"]


@pytest.mark.parametrize("name", sorted(NO_CHANGE - {"id"}))
def test_what_is_counted_named_or_derived_is_no_change(name: str) -> None:
    assert found(row(**{name: "old"}), row(**{name: "new"})) == ()


def test_addresses_of_licenses_are_told_only_where_the_licenses_are_the_same() -> None:
    assert [
        field.name
        for field in fields(
            before={"licenses": ["MIT"], "license_urls": ["https://a"]},
            after={"licenses": ["CC0-1.0"], "license_urls": ["https://b"]},
        )
    ] == ["licenses"]
    assert fields(before={"license_urls": ["https://a"]}, after={"license_urls": ["https://b"]}) == (
        FieldChange("license_urls", ["https://a"], ["https://b"]),
    )


def test_a_repository_that_follows_from_a_related_work_is_told_once() -> None:
    link = {"identifier": "https://github.com/own/name/tree/v1", "relation": "IsSupplementTo"}
    linked = {"related": [link], "code_repository": "https://github.com/own/name"}
    assert [field.name for field in fields(before={}, after=linked)] == ["related"]
    typed = {"code_repository": "https://github.com/own/name"}
    assert [field.name for field in fields(before={}, after=typed)] == ["code_repository"]


def test_with_another_schema_columns_that_one_has_are_no_change() -> None:
    old = {name: value for name, value in row(revision=2).items() if name != "publisher"}
    new = row(publisher="Zenodo", title="Lake ice")
    (change,) = found(old, new, is_same_schema=False)
    assert change.fields == (FieldChange("title", "Sea ice", "Lake ice"),)


def test_with_another_schema_a_record_that_the_server_calls_the_same_is_unchanged() -> None:
    assert found(row(), row(title="Read otherwise"), is_same_schema=False) == ()
    replaced = row(files=[FILE | {"checksum": "md5:cc"}])
    assert [change.kind for change in found(row(), replaced, is_same_schema=False)] == ["files"]
    moved = row(memberships=["oceans"])
    kinds = [change.kind for change in found(row(), moved, is_same_schema=False)]
    assert kinds == ["added", "left"]


def test_changes_come_by_kind_title_and_id() -> None:
    rows = {
        id_: row(id_, concept_id=id_, title=title)
        for id_, title in (("9", "zebra"), ("100", "Apple"), ("11", None), ("20", "apple"))
    }
    before = {"5": row("5", concept_id="5")}
    changes = compare(before, rows, gone={}, communities=(), found_at=NOW, known_concepts={})
    assert [change.id for change in changes] == ["20", "100", "9", "11", "5"]


def test_files_that_are_only_closed_or_opened_are_neither_removed_nor_added() -> None:
    opened, closed = row(access_status="open"), row(access_status="restricted", files=[])
    for before, after in ((opened, closed), (closed, opened)):
        assert [change.kind for change in found(before, after)] == ["metadata"]


@pytest.mark.parametrize("others", [(), ("oceans",)])
def test_a_community_that_was_renamed_is_no_change_of_its_records(others: tuple[str, ...]) -> None:
    before, after = row(memberships=["arctic", *others]), row(memberships=["polar", *others])
    assert found(before, after, communities=("polar", *others)) == ()
