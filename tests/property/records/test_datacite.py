from __future__ import annotations

import random
import re
import tarfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from zenodo_harvest.records import Provenance, Record, read_record
from zenodo_harvest.records.datacite_fast import datacite_row
from zenodo_harvest.records.rows import record_of

Lost = Callable[[Any, Record], set[str]]

DUMP = Path(__file__).parents[3] / "tests/data/recordings/dumps/records-xml.tar.gz"
PROVENANCE = Provenance("zenodo", "dump", datetime(2026, 11, 23, tzinfo=UTC), "https://zenodo.org")
KERNEL = "http://datacite.org/schema/kernel-4"
PIECES = (
    '& < > &lt; &amp; &quot; ]]> \x00 \r \t " <br/> <!--x--> <![CDATA[x]]> &#65; &foo; \uffff 1 Text en DOI '
    "URL oai Other Updated Issued bibcode Abstract IsVersionOf 2020-13 GND <subject>x</subject> cc-by-4.0 "
    "&lt;p&gt;a&lt;/p&gt; info:eu-repo/semantics/openAccess https://zenodo.org/communities/x "
    "https://zenodo.org/records/1 10.5281/zenodo.1 10.5281/zenodo.14000005"
).split(" ")
FIELDS = re.compile(r'>[^<>]+<|"[^"]*"')
LEAVES = re.compile(r"<(\w+)[^<>]*>[^<>]*</\1>")


def _documents() -> list[str]:
    with tarfile.open(DUMP) as archive:
        contents = [file.read() for member in archive if (file := archive.extractfile(member)) is not None]
    return sorted(content.decode() for content in contents if len(content) < 5000)[::7]


DOCUMENTS = _documents()


def _changed(document: str, chance: random.Random) -> str:
    """Return a document with something inserted, cut out, replaced or repeated."""
    place = chance.randrange(len(document))
    piece = chance.choice(PIECES)
    match chance.randrange(4):
        case 0:
            return document[:place] + piece + document[place:]
        case 1:
            return document[:place] + document[place + chance.choice((1, 2, 5, 60)) :]
        case 2:
            field = chance.choice(list(FIELDS.finditer(document)))
            start, end = field.start() + 1, field.end() - 1
            said = chance.choice((piece, piece + document[start:end], document[start:end] + piece, ""))
            return document[:start] + said + document[end:]
    leaf, other = chance.choices(list(LEAVES.finditer(document)), k=2)
    return document[: other.start()] + leaf[0] + document[other.start() :]


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(DOCUMENTS), st.randoms(use_true_random=True))
def test_whatever_is_read_without_a_parser_is_well_formed_and_read_the_same_with_one(
    document: str, chance: random.Random
) -> None:
    for _ in range(chance.randrange(1, 4)):
        document = _changed(document, chance)
    raw = document.encode("utf-8", "replace")
    if (row := datacite_row(raw, PROVENANCE, None)) is not None:
        etree.fromstring(raw)
        assert record_of(row) == read_record(_with_a_parser(raw), PROVENANCE)
    record = read_record(raw, PROVENANCE)
    assert record.dialect == "datacite" or record.problems


def _with_a_parser(raw: bytes) -> bytes:
    """Return a document that says the same and is not in the shape that needs no parser."""
    return raw.replace(b"<payload>", b"<payload >", 1)


def test_a_document_is_read_with_a_parser_if_a_blank_stands_where_the_server_writes_none() -> None:
    raw = DOCUMENTS[0].encode()
    assert datacite_row(raw, PROVENANCE, None) is not None
    assert datacite_row(_with_a_parser(raw), PROVENANCE, None) is None


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


@pytest.mark.parametrize(
    "text",
    [
        "<creator><creatorName>a</creatorName>" * 20_000,
        "<affiliation>a</affiliation>" * 20_000,
        "<" * 100_000,
        "a" * 500_000,
    ],
)
def test_time_grows_with_length_also_where_the_shape_does_not_fit(text: str) -> None:
    start, _, end = DOCUMENTS[0].partition("<creators>")
    raw = f"{start}<creators>{text}{end}".encode()
    began = time.process_time()
    assert datacite_row(raw, PROVENANCE, None) is None
    assert time.process_time() - began < 1
