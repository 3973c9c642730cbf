"""Whatever two states of a catalogue hold: what differs is told, once, and told back the other way round."""

from __future__ import annotations

import io
import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from hypothesis import given
from hypothesis import strategies as st

from catalog_rows import about
from zenodo_harvest.catalog import (
    CATALOG_COLUMNS,
    Change,
    FieldChange,
    atom_feed,
    changes_markdown,
    compare,
    read_changes,
    write_changes,
    write_changes_csv,
)
from zenodo_harvest.catalog.change_words import web_address
from zenodo_harvest.catalog.comparing import NO_CHANGE, ORDERED

NOW = datetime(2026, 11, 1, tzinfo=UTC)
SLUGS = ("arctic", "oceans")
MIRROR = {"added": "left", "left": "added", "new-version": "left", "metadata": "metadata", "files": "files"}

texts = st.text(max_size=4)
people = st.fixed_dictionaries({"name": texts, "orcid": st.none() | texts})
files = st.fixed_dictionaries(
    {"key": st.sampled_from("abc"), "size_bytes": st.integers(0, 3), "checksum": st.sampled_from(["x", "y"])}
)
LISTS = {
    "keywords": texts, "languages": texts, "licenses": texts, "references": texts, "communities": texts,
    "creators": people, "contributors": people, "subjects": people, "related": people, "funding": people,
    "dates": people, "additional_titles": people,
}  # fmt: skip
values = {name: st.none() | texts for name in CATALOG_COLUMNS}
values |= {name: st.lists(items, max_size=3) for name, items in LISTS.items()}
values |= {name: st.none() | people for name in ("journal", "meeting", "imprint")}
values |= {"custom_fields": st.none() | people.map(json.dumps), "extra": st.none()}
values |= {"schema_version": st.just("1")}
values |= {"files": st.lists(files, max_size=3, unique_by=lambda file: file["key"])}
values |= {
    "related": st.just([]),
    "license_urls": st.just([]),
    "version_index": st.none() | st.integers(1, 3),
}
values |= {"memberships": st.sets(st.sampled_from(SLUGS)).map(sorted), "concept_id": st.sampled_from("pqr")}
rows = st.fixed_dictionaries(values)
kinds = "title keywords creators journal files memberships concept_id version_index".split()
small_rows = st.fixed_dictionaries({name: values[name] for name in kinds})
states = st.dictionaries(st.sampled_from(["1", "2", "3", "x", "y"]), small_rows, max_size=4)


def _compared(before: dict[str, Any], after: dict[str, Any], known: dict[str, str] | None = None) -> Any:
    return compare(before, after, gone={}, communities=SLUGS, found_at=NOW, known_concepts=known or {})


def _seen(name: str, value: Any) -> Any:
    """Return what a reader would see of a column; for one without order its items."""
    if name == "custom_fields" and value:
        value = json.loads(value)
    if isinstance(value, dict):
        return {part: text for part, text in value.items() if text}
    if not isinstance(value, list):
        return value
    if name == "communities":
        value = [slug for slug in value if slug not in SLUGS]
    items = [json.dumps(item) for item in value]
    return items if name in ORDERED else set(items)


@given(state=states)
def test_a_state_differs_in_nothing_from_itself(state: dict[str, Any]) -> None:
    assert _compared(state, state) == ()


@given(before=rows, after=rows)
def test_each_column_that_differs_is_told_or_is_known_to_be_no_change(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    changes = _compared({"1": before}, {"1": after})
    told = {field.name.split(".")[0] for each in changes if each.kind == "metadata" for field in each.fields}
    differ = {
        name
        for name in CATALOG_COLUMNS
        if (_seen(name, before[name]) or None) != (_seen(name, after[name]) or None)
    }
    assert told == differ - NO_CHANGE - {"files"}


@given(before=small_rows, after=small_rows)
def test_each_file_with_another_checksum_is_told_and_no_other(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    changes = _compared({"1": before}, {"1": after})
    told = {field.name for each in changes if each.kind == "files" for field in each.fields}
    old, new = ({(file["key"], file["checksum"]) for file in row["files"]} for row in (before, after))
    assert told == {key for key, _ in old ^ new}


@given(before=states, after=states)
def test_the_other_way_round_the_same_is_told_in_reverse(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    for state in (before, after):
        for id_, row in state.items():
            row["concept_id"] = id_
    there, back = _compared(before, after), _compared(after, before)
    assert Counter(map(_told, there)) == Counter(map(_told_in_reverse, back))


def _told(change: Change) -> tuple[Any, ...]:
    fields = sorted((field.name, repr(field.before), repr(field.after)) for field in change.fields)
    return change.kind, change.id, change.community, tuple(fields)


def _told_in_reverse(change: Change) -> tuple[Any, ...]:
    fields = sorted((field.name, repr(field.after), repr(field.before)) for field in change.fields)
    return MIRROR[change.kind], change.id, change.community, tuple(fields)


@given(before=states, after=states, known=st.dictionaries(st.sampled_from("pqr"), st.sampled_from("129x")))
def test_each_record_that_came_or_went_is_told_once_or_followed(
    before: dict[str, Any], after: dict[str, Any], known: dict[str, str]
) -> None:
    changes = _compared(before, after, known)
    came = {each.id for each in changes if each.kind in ("added", "new-version")} - before.keys()
    assert came == after.keys() - before.keys()
    went = {each.id for each in changes if each.kind == "left"} - after.keys()
    followed = {
        id_
        for id_ in before.keys() - after.keys() - went
        if any(row["concept_id"] == before[id_]["concept_id"] for new, row in after.items() if new in came)
    }
    assert went | followed == before.keys() - after.keys()
    assert len({(each.kind, each.id, each.community) for each in changes}) == len(changes)


parts = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
fields = st.builds(FieldChange, name=texts, before=parts, after=parts)
changes_of_any_kind = st.builds(
    Change,
    kind=st.sampled_from(["added", "new-version", "metadata", "files", "left", "deleted"]),
    id=texts,
    title=st.none() | texts,
    url=st.none() | texts,
    doi=st.none() | texts,
    found_at=st.just(NOW),
    previous_id=st.none() | texts,
    community=st.none() | texts,
    fields=st.lists(fields, max_size=3).map(tuple),
    reason=st.none() | texts,
)


@given(changes=st.lists(changes_of_any_kind, max_size=3))
def test_changes_survive_being_saved(changes: list[Change]) -> None:
    stream = io.BytesIO()
    write_changes(stream, changes)
    stream.seek(0)
    assert list(read_changes(stream)) == changes


@given(changes=st.lists(changes_of_any_kind, max_size=3))
def test_whatever_changed_can_be_told(changes: list[Change]) -> None:
    """A change that cannot be told would stop every later sync."""
    assert changes_markdown(changes, about(0))
    assert atom_feed(changes, about(0))
    write_changes_csv(io.BytesIO(), changes)


@given(url=st.text() | st.text().map("https://{}".format) | st.text("[]:/@#?%\\\t ").map("http:{}".format))
def test_an_address_is_safe_in_any_markup_or_none(url: str) -> None:
    address = web_address(url)
    if address is not None:
        assert address.lower().startswith(("http://", "https://"))
        assert not set(address) & set("\"'<>()`\\ \t\n")
        assert not set(address.replace(urlsplit(address).netloc, "")) & set("[]")
        assert address.isascii()
