"""The items of the reference lists: the server's own, and those that only the records here use."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from zenodo_harvest.emulator.defaults import Json

OWN_ADDRESS = frozenset(("affiliations", "awards", "funders", "names", "subjects"))
"""The lists beside ``/api/vocabularies`` (zenodo-api.md §5, read 2026-08-20)."""
_SHARED = (
    "communitytypes contributorsroles creatorsroles datetypes descriptiontypes languages licenses "
    "relationtypes removalreasons resourcetypes titletypes"
)
# the list, the repeated field of the metadata its items stand in, and the part of each, if not the whole
_PLACES = (
    ("awards", "funding", "award"),
    ("contributorsroles", "contributors", "role"),
    ("creatorsroles", "creators", "role"),
    ("datetypes", "dates", "type"),
    ("descriptiontypes", "additional_descriptions", "type"),
    ("funders", "funding", "funder"),
    ("languages", "languages", None),
    ("licenses", "rights", None),
    ("relationtypes", "related_identifiers", "relation_type"),
    ("subjects", "subjects", None),
    ("titletypes", "additional_titles", "type"),
)
_FIRST_MADE = datetime(2024, 1, 1, tzinfo=UTC)
_REVISIONS = {"awards": 2, "funders": 2}


def reference_lists(records: Iterable[Json], communities: Iterable[Json]) -> dict[str, dict[str, Json]]:
    """Return the items by list and id, in the order they were made.

    The server's own are those of a fresh installation (zenodo-rdm 63864033, read 2026-08-20), without the
    long texts of licences and awards, and with 190 of its 7,847 languages, as many as the recorded server
    held: the 184 with a code of two letters, and six more.
    """
    lists: dict[str, dict[str, Json]] = {kind: {} for kind in (*_SHARED.split(), *OWN_ADDRESS)}
    used: dict[tuple[str, str], Mapping[str, Any]] = {}
    found = chain.from_iterable(_used(record["metadata"]) for record in records)
    types = (("communitytypes", item["metadata"].get("type", {})) for item in communities)
    for kind, mention in chain(found, types):
        if "id" in mention:
            used.setdefault((kind, str(mention["id"])), mention)
    own = {(kind, item["id"]): item for kind, item in _shipped()}
    for number, (kind, id_) in enumerate([*own, *(key for key in used if key not in own)]):
        made = (_FIRST_MADE + timedelta(seconds=number)).isoformat()
        item: Json = {"created": made, "updated": made, "revision_id": _REVISIONS.get(kind, 1)}
        if kind not in OWN_ADDRESS:
            item["type"] = kind
        lists[kind][id_] = {**item, **used.get((kind, id_), {}), **own.get((kind, id_), {})}
    _name_partners(lists)
    return lists


def title(item: Mapping[str, Any]) -> str:
    """Return what a list is sorted by unless asked otherwise: the English title, the name or the subject."""
    english = item.get("title", {}).get("en")
    return str(item.get("name") or item.get("subject") or english or item["id"])


def _shipped() -> Iterator[tuple[str, Json]]:
    data = gzip.decompress(Path(__file__).with_name("reference.jsonl.gz").read_bytes())
    for line in data.splitlines():
        item = msgspec.json.decode(line)
        yield item.pop("list"), item


def _name_partners(lists: Mapping[str, Mapping[str, Json]]) -> None:
    """Complete what an award says of its funder and its organisations by id alone."""
    for award in lists["awards"].values():
        if funder := lists["funders"].get(award.get("funder", {}).get("id")):
            award["funder"] = {"id": funder["id"], "name": funder["name"]}
        partners = (
            lists["affiliations"].get(item.get("id"), item) for item in award.get("organizations", ())
        )
        if shown := [_partner(item) for item in partners]:
            award["organizations"] = shown


def _partner(affiliation: Mapping[str, Any]) -> Json:
    return {name: affiliation[name] for name in ("id", "name", "identifiers") if name in affiliation}


def _used(metadata: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield "resourcetypes", metadata.get("resource_type", {})
    for kind, field, part in _PLACES:
        for item in metadata.get(field, ()):
            yield kind, (item.get(part) or {}) if part else item
    for someone in chain(metadata.get("creators", ()), metadata.get("contributors", ())):
        yield from (("affiliations", item) for item in someone.get("affiliations", ()))
        yield from (("names", name) for name in _names(someone))


def _names(someone: Mapping[str, Any]) -> Iterator[Json]:
    """Yield a person with an ORCID as the list of names has them."""
    person = someone["person_or_org"]
    for identifier in person.get("identifiers", ()):
        if identifier["scheme"] == "orcid":
            shown = {name: value for name, value in person.items() if name != "type"}
            yield {**shown, "id": identifier["identifier"], "affiliations": someone.get("affiliations", [])}
