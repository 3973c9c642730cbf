from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from zenodo_harvest.records import Provenance, Record, read_record

Lost = Callable[[Any, Record], set[str]]

PROVENANCE = Provenance("zenodo", "dump", datetime(2026, 11, 23, tzinfo=UTC), "https://zenodo.org")
KERNEL = "http://datacite.org/schema/kernel-4"

NAMES = (
    "identifier creators creator creatorName nameIdentifier affiliation titles title publisher version "
    "publicationYear subjects subject contributors contributor contributorName dates date language rights "
    "resourceType rightsList alternateIdentifiers alternateIdentifier relatedIdentifiers relatedIdentifier "
    "descriptions description geoLocations geoLocation geoLocationPlace geoLocationPoint geoLocationBox "
    "pointLatitude pointLongitude fundingReferences fundingReference funderName awardNumber sizes b"
).split()
INSIDE = {"creators": "creator", "contributors": "contributor", "rightsList": "rights"}
ATTRIBUTES = (
    "identifierType titleType dateType relationType relatedIdentifierType resourceTypeGeneral nameType "
    "nameIdentifierScheme rightsURI rightsIdentifier descriptionType valueURI contributorType odd"
).split()
VALUES = ("DOI", "URL", "ORCID", "Issued", "Updated", "Abstract", "IsVersionOf", "Text", "x", "")
TEXTS = (None, "a", "2020", "10.5281/zenodo.7", "1.5", "https://zenodo.org/records/7", "\u00e9")


def _element(name: str, chance: random.Random, depth: int = 0) -> Any:
    """Return an element of parts that often stand where they belong."""
    element = etree.Element(f"{{{KERNEL}}}{name}")
    for _ in range(chance.choice((0, 0, 1, 2)) if depth else 0):
        element.set(chance.choice(ATTRIBUTES), chance.choice(VALUES))
    element.text = chance.choice(TEXTS) if depth else None
    for _ in range(chance.randrange((8, 4, 4, 2, 1)[depth])):
        usual = INSIDE.get(name, name.removesuffix("s"))
        part = _element(chance.choice((usual, chance.choice(NAMES))), chance, depth + 1)
        part.tail = chance.choice((None, None, " ", "b"))
        element.append(part)
    return element


@settings(deadline=None, max_examples=100)
@given(chance=st.randoms(use_true_random=True))
def test_no_text_or_attribute_of_any_resource_is_lost(chance: random.Random, lost_texts: Lost) -> None:
    resource = _element("resource", chance)
    record = read_record(etree.tostring(resource), PROVENANCE)
    assert lost_texts(resource, record) == set()


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=200))
def test_no_bytes_are_too_odd_to_become_a_row(tail: bytes) -> None:
    record = read_record(b"<resource" + tail, PROVENANCE)
    assert record.extra or not record.problems
