"""Recorded metadata goes through the model and both dialects, and nothing is lost that is not named."""

from __future__ import annotations

from typing import Any

import pytest

from zenodo_harvest.deposit.metadata import edit as edited
from zenodo_harvest.deposit.metadata import (
    from_classic,
    from_native,
    parse_set,
    sendable,
    to_classic,
    to_native,
)

pytestmark = pytest.mark.corpus


def test_every_record_is_written_as_it_was_read(records: list[dict[str, Any]]) -> None:
    for record in records:
        body, expected = to_native(from_native(record)), sendable(record)
        assert body["metadata"] == without_empty(expected["metadata"]), record["id"]
        assert body.get("custom_fields", {}) == expected.get("custom_fields", {}), record["id"]
        assert body.get("access") == access_of(expected), record["id"]
        assert body["pids"]["doi"] == expected["pids"]["doi"], record["id"]


def test_every_deposit_survives_both_dialects(deposits: list[dict[str, Any]]) -> None:
    for metadata in deposits:
        said = from_classic(metadata)
        entries = [{"slug": slug} for slug in said.communities]
        assert from_native({**to_native(said), "parent": {"communities": {"entries": entries}}}) == said
        classic = to_classic(said)
        assert {loss.path for loss in classic.losses} <= {"licenses"}
        expected = said.as_document()
        expected.setdefault("access_right", "open")
        assert from_classic(classic.metadata).as_document() == expected


def test_every_value_of_a_deposit_is_in_the_model(deposits: list[dict[str, Any]]) -> None:
    for metadata in deposits:
        kept = set(texts(from_classic(metadata).as_document()))
        told = {text for name, value in metadata.items() if name not in COMPUTED for text in texts(value)}
        assert {text.lower() for text in told} - {text.lower() for text in kept} <= SPELT_OTHERWISE


COMPUTED = ("prereserve_doi", "access_conditions", "license")
# restricted, and names as the server joins them again after their only comma
SPELT_OTHERWISE = {"closed", "a. person,b. person", "edgar berdahl,"}


def test_the_records_lose_what_the_deposit_api_cannot_say(records: list[dict[str, Any]]) -> None:
    paths = {loss.path.split(".")[0] for each in records for loss in to_classic(from_native(each)).losses}
    assert paths >= {
        "additional_titles",
        "creators",
        "languages",
        "journal_issn",
        "sizes",
        "funding",
        "licenses",
    }


def test_an_edit_of_a_record_touches_one_field(records: list[dict[str, Any]]) -> None:
    changes = parse_set(["version=of the test"])
    for record in records:
        expected = sendable(record)
        expected["metadata"]["version"] = "of the test"
        assert edited(record, changes) == expected


def without_empty(metadata: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in metadata.items() if value not in (None, "", [], {})}


def access_of(draft: dict[str, Any]) -> dict[str, Any] | None:
    """The access of a draft without an embargo that says nothing."""
    access = dict(draft.get("access") or {})
    embargo = {key: value for key, value in access.pop("embargo", {}).items() if value is not None}
    if embargo not in ({}, {"active": False}):
        access["embargo"] = embargo
    return access or None


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for each in value.values() for text in texts(each)]
    if isinstance(value, (list, tuple)):
        return [text for each in value for text in texts(each)]
    return [value.strip()] if isinstance(value, str) and value.strip() else []
