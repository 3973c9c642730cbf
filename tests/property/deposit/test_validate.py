"""Whatever a file holds, it is answered; and metadata without an error can be used."""

from __future__ import annotations

import json
from datetime import date
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zenodo_harvest.deposit.metadata import Metadata, from_native, has_errors, to_classic, to_native
from zenodo_harvest.deposit.metadata.item_names import ITEMS
from zenodo_harvest.deposit.metadata.names import NAMES
from zenodo_harvest.deposit.metadata.settling import settled
from zenodo_harvest.deposit.metadata.sources.cff import of_cff
from zenodo_harvest.deposit.metadata.sources.codemeta import of_codemeta
from zenodo_harvest.deposit.metadata.sources.json_text import read_json
from zenodo_harvest.deposit.metadata.sources.kinds import Kind
from zenodo_harvest.deposit.metadata.sources.yaml_text import read_yaml
from zenodo_harvest.deposit.metadata.validate import findings_of

TODAY = date(2026, 11, 28)
MANY = settings(deadline=None, max_examples=100)
KINDS = cast("tuple[Kind, ...]", ("own", "classic", "cff", "codemeta"))
KEYS = sorted({name.name for names in (NAMES, *ITEMS.values()) for name in names})
FOREIGN = (
    "cff-version message authors family-names given-names date-released license-url repository-code "
    "references preferred-citation contact identifiers value @context @type type author givenName familyName "
    "@id license keywords codeRepository softwareVersion datePublished affiliation maintainer"
).split()
TEXTS = st.sampled_from(
    [
        *"dataset publication article open embargoed MIT cc-by GPL-3.0 eng fr".split(),
        *"2020 2020-03-01 2099-01-01".split(),
        *"cites isAlternateIdentifier DataCollector Valid collected 10.1234/abc notes".split(),
        *"subtitle personal".split(),
        *"https://example.org/a 0000-0002-1825-0097 https://orcid.org/0000-0002-1825-0097 1.2.0".split(),
        *"organizational software SoftwareSourceCode Person Organization 00k4n6c32::1".split(),
        *("https://w3id.org/codemeta/3.0", "Okoro, Nkem", "Snow depth", "", " ", "a, b, c", "<p>x</p>"),
    ]
)
SCALARS = (
    st.none() | st.booleans() | st.integers(-200, 3000) | st.floats(-200, 200) | TEXTS | st.text(max_size=5)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS + FOREIGN), inner, max_size=4)
    ),
    max_leaves=10,
)
DOCUMENTS = st.dictionaries(st.sampled_from(KEYS + FOREIGN) | st.text(max_size=4), VALUES, max_size=6)
GOOD: dict[str, dict[str, Any]] = {
    "own": {
        "title": "Snow depth",
        "upload_type": "dataset",
        "description": "Daily.",
        "creators": [{"name": "Okoro, Nkem", "affiliations": ["A"]}],
        "contributors": [{"name": "Moreau, Ada", "type": "DataCollector"}],
        "dates": [{"date": "2020", "type": "valid"}],
        "related_identifiers": [{"identifier": "10.1234/abc", "relation": "cites"}],
        "funding": [{"funder": {"name": "X"}, "award": {"number": "1"}}],
        "licenses": ["MIT"],
        "locations": [{"place": "X", "lat": 1.5, "lon": 2}],
        "subjects": [{"id": "x"}],
        "references": ["A"],
        "keywords": ["a"],
        "languages": ["eng"],
        "communities": ["snow"],
        "custom_fields": {"code:codeRepository": "https://example.org/a"},
    },
    "classic": {
        "title": "Snow depth",
        "upload_type": "dataset",
        "description": "Daily.",
        "creators": [{"name": "Okoro, Nkem", "affiliation": "A"}],
        "contributors": [{"name": "Moreau, Ada", "type": "DataCollector"}],
        "thesis_supervisors": [{"name": "Rossi, Chiara"}],
        "dates": [{"start": "2020", "type": "valid"}],
        "related_identifiers": [{"identifier": "10.1234/abc", "relation": "cites"}],
        "grants": [{"id": "1"}],
        "license": "MIT",
        "locations": [{"place": "X", "lat": 1.5, "lon": 2}],
        "subjects": [{"term": "x", "identifier": "https://example.org/a", "scheme": "url"}],
        "language": "en",
        "keywords": ["a"],
        "communities": [{"identifier": "snow"}],
        "notes": "Some",
        "custom": {"code:codeRepository": "https://example.org/a"},
    },
    "cff": {
        "cff-version": "1.2.0",
        "message": "Cite.",
        "title": "Snow depth",
        "authors": [{"family-names": "Okoro", "given-names": "Nkem", "affiliation": "A"}, {"name": "Group"}],
        "contact": [{"family-names": "Okoro"}],
        "license": ["MIT"],
        "keywords": ["a"],
        "date-released": "2020-03-01",
        "version": "1",
        "abstract": "Daily.",
        "repository-code": "https://example.org/a",
    },
    "codemeta": {
        "@context": "https://w3id.org/codemeta/3.0",
        "type": "SoftwareSourceCode",
        "name": "Snow depth",
        "author": [
            {"type": "Person", "givenName": "Nkem", "familyName": "Okoro", "affiliation": {"name": "A"}}
        ],
        "maintainer": {"type": "Organization", "name": "Group"},
        "license": "https://spdx.org/licenses/MIT",
        "keywords": ["a"],
        "datePublished": "2020-03-01",
        "version": "1",
        "codeRepository": "https://example.org/a",
    },
}
OWN = {"own": dict, "classic": dict, "cff": of_cff, "codemeta": of_codemeta}


@st.composite
def nearly_good(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """A good document with one value, somewhere, replaced by another."""
    document: dict[str, Any] = json.loads(json.dumps(GOOD[kind]))
    target: Any = document
    while True:
        step = draw(st.sampled_from(sorted(target) if isinstance(target, dict) else range(len(target))))
        inner = target[step]
        if isinstance(inner, (dict, list)) and inner and draw(st.booleans()):
            target = inner
        else:
            target[step] = draw(VALUES)
            return document


@pytest.mark.parametrize("kind", KINDS)
def test_the_good_documents_have_no_error(kind: Kind) -> None:
    assert not has_errors(findings_of(read_json(json.dumps(GOOD[kind]).encode()), kind, today=TODAY))


@MANY
@given(st.sampled_from(KINDS), DOCUMENTS)
def test_any_document_is_answered(kind: Kind, document: dict[str, Any]) -> None:
    content = json.dumps(document).encode("utf-8", "replace")
    findings_of(read_json(content), kind, today=TODAY)
    findings_of(read_yaml(content), kind, today=TODAY)


@MANY
@given(st.sampled_from(KINDS), st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_content_is_answered(kind: Kind, content: bytes) -> None:
    for located in (read_json(content), read_yaml(content)):
        found = findings_of(located, kind, today=TODAY)
        assert has_errors(found) or isinstance(located.value, dict)


@pytest.mark.parametrize("kind", KINDS)
@MANY
@given(st.data())
def test_metadata_without_an_error_can_be_used(kind: Kind, data: st.DataObject) -> None:
    document = data.draw(nearly_good(kind))
    located = read_json(json.dumps(document).encode("utf-8", "replace"))
    if has_errors(findings_of(located, kind, today=TODAY)):
        return
    said = Metadata.from_document(settled(OWN[kind](located.value)))
    entries = [{"slug": slug} for slug in said.communities]
    assert from_native({**to_native(said), "parent": {"communities": {"entries": entries}}}) == said
    to_classic(said)
