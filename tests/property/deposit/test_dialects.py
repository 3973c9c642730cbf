"""Nothing of metadata is lost in the native dialect, and in the classic one exactly what is named."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from werkzeug.test import Client

from zenodo_harvest.deposit import not_kept
from zenodo_harvest.deposit.metadata import (
    Changes,
    Loss,
    Metadata,
    edit,
    from_classic,
    from_native,
    sendable,
    to_classic,
    to_native,
)
from zenodo_harvest.emulator import Emulator
from zenodo_harvest.vocabularies.relations import RELATIONS
from zenodo_harvest.vocabularies.roles import ROLES
from zenodo_harvest.vocabularies.terms import DATE_TYPES, DESCRIPTION_TYPES, TITLE_TYPES

Document = dict[str, Any]
MANY = settings(deadline=None, max_examples=100)

WORDS = st.text("abcdeéßÅ Ж界-'.", min_size=1, max_size=12).map(str.strip).filter(bool)
CODES = st.sampled_from(["eng", "fra", "deu", "zho"])
LOCAL = st.dictionaries(st.sampled_from(["en", "de"]), WORDS, min_size=1, max_size=1)
IDENTIFIERS = st.sampled_from(
    ["10.1234/abc", "https://example.org/a?b=c", "arXiv:2101.00001", "nobody knows this", "1234-5679"]
)
SCHEMES = st.sampled_from([None, "doi", "url", "other"])
MAYBE = st.none() | WORDS


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Document]:
    """Objects with some of the fields."""
    return st.fixed_dictionaries({}, optional=fields)


def listed(items: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(items, max_size=3)


IDENTIFIED = st.fixed_dictionaries({"identifier": IDENTIFIERS}, optional={"scheme": SCHEMES})
AFFILIATIONS = st.one_of(WORDS, st.fixed_dictionaries({"name": WORDS}), st.just({"id": "04wxnsj81"}))
NAMED = st.one_of(
    st.fixed_dictionaries({"name": WORDS}),
    st.fixed_dictionaries({"name": st.tuples(WORDS, WORDS).map(", ".join)}),
    st.fixed_dictionaries({"name": st.tuples(WORDS, WORDS, WORDS).map(", ".join)}),
    st.fixed_dictionaries({"family_name": WORDS, "given_name": st.just("Jr., Ada") | WORDS}),
    st.fixed_dictionaries({"name": WORDS | st.just("One, Two"), "name_type": st.just("organizational")}),
)
OF_PERSON = some(
    affiliations=listed(AFFILIATIONS),
    orcid=st.just("0000-0002-1825-0097"),
    gnd=st.just("gnd:4079154-3"),
    isni=st.just("0000000121032683"),
    ror=st.just("04wxnsj81"),
    identifiers=listed(st.just({"identifier": "123", "scheme": "edmo"})),
)


def person(word: str) -> st.SearchStrategy[Document]:
    role = some(**{word: st.sampled_from(ROLES)})
    return st.tuples(NAMED, OF_PERSON, role).map(lambda parts: parts[0] | parts[1] | parts[2])


TYPES = st.sampled_from(
    [
        {"upload_type": "dataset"},
        {"upload_type": "publication", "publication_type": "article"},
        {"upload_type": "image", "image_type": "figure"},
        {"upload_type": "software", "software_type": "computationalnotebook"},
        {"upload_type": "publication"},
        {"upload_type": "workflow-of-another-site"},
        {},
    ]
)
ACCESS = st.sampled_from(
    [
        {},
        {"access_right": "open"},
        {"access_right": "restricted"},
        {"access_right": "restricted", "access_record": "restricted"},
        {"access_right": "embargoed", "embargo_date": "2099-01-01"},
        {"access_right": "embargoed", "embargo_date": "2099-01-01", "embargo_reason": "The paper"},
        {"access_right": "open", "embargo_date": "2001-01-01"},
    ]
)
RELATED = st.fixed_dictionaries(
    {"identifier": IDENTIFIERS, "relation": st.sampled_from(RELATIONS)},
    optional={"scheme": SCHEMES, "resource_type": st.just("publication-article")},
)
DEGREES = st.floats(-89, 89).map(lambda degrees: round(degrees, 4)) | st.just(0)
PLACES = st.one_of(
    st.fixed_dictionaries({"place": WORDS, "lat": DEGREES, "lon": DEGREES}, optional={"description": WORDS}),
    some(place=WORDS, description=WORDS, identifiers=listed(IDENTIFIED)).filter(bool),
    st.fixed_dictionaries(
        {"geometry": st.just({"type": "Polygon", "coordinates": [[[0, 1], [2, 3], [4, 5], [0, 1]]]})},
        optional={"place": WORDS},
    ),
)
AWARDS = st.one_of(
    st.just({"funder": {"id": "00k4n6c32"}, "award": {"id": "00k4n6c32::283595"}}),
    st.just({"funder": {"id": "00k4n6c32"}}),
    st.just({"funder": {"id": "00k4n6c32"}, "award": {"id": "a-site-of-its-own"}}),
    st.fixed_dictionaries(
        {
            "funder": st.fixed_dictionaries({"name": WORDS}),
            "award": st.fixed_dictionaries({"number": WORDS, "title": LOCAL}, optional={"acronym": WORDS}),
        }
    ),
)
LICENSES = st.one_of(
    st.sampled_from(["cc-by-4.0", "MIT", "gpl-3.0-or-later", "cc-by-1.0", "not-of-old-zenodo"]),
    st.fixed_dictionaries(
        {"title": LOCAL}, optional={"description": LOCAL, "link": st.just("https://example.org/l")}
    ),
)
SUBJECTS = st.one_of(
    st.just({"id": "http://example.org/subject/frost"}),
    st.fixed_dictionaries(
        {"term": WORDS, "identifier": st.just("https://example.org/s"), "scheme": st.just("url")}
    ),
)
TEXTS = ("title", "description", "version", "copyright", "publisher", "default_preview", "partof_title")
CUSTOM = ("journal_title", "journal_issn", "conference_url", "imprint_place", "imprint_edition")
CUSTOM_2 = ("thesis_university", "thesis_type", "journal_volume")
FIELDS = some(
    **dict.fromkeys((*TEXTS, *CUSTOM, *CUSTOM_2), WORDS),
    creators=listed(person("role")),
    contributors=listed(person("type")),
    publication_date=st.sampled_from(["2020", "2020-03", "2020-03-01", "2019/2020"]),
    keywords=listed(WORDS),
    subjects=listed(SUBJECTS),
    languages=listed(CODES),
    licenses=listed(LICENSES),
    additional_titles=listed(
        st.fixed_dictionaries(
            {"title": WORDS, "type": st.sampled_from(TITLE_TYPES)}, optional={"lang": CODES}
        )
    ),
    additional_descriptions=listed(
        st.fixed_dictionaries(
            {"description": WORDS, "type": st.sampled_from(DESCRIPTION_TYPES)}, optional={"lang": CODES}
        )
    ),
    related_identifiers=listed(RELATED),
    identifiers=listed(IDENTIFIED),
    references=listed(
        st.one_of(
            WORDS, st.fixed_dictionaries({"reference": WORDS, "identifier": IDENTIFIERS, "scheme": SCHEMES})
        )
    ),
    dates=listed(
        st.fixed_dictionaries(
            {"date": st.sampled_from(["2020", "2019/2020-05"]), "type": st.sampled_from(DATE_TYPES)},
            optional={"description": WORDS},
        )
    ),
    locations=listed(PLACES),
    funding=listed(AWARDS),
    communities=listed(st.sampled_from(["enes-data-space", "closed-review-club"])),
    doi=st.sampled_from(["10.1234/own", "10.5281/zenodo.14000001"]),
    sizes=listed(WORDS),
    formats=listed(st.just("text/csv")),
    custom_fields=some(
        **{
            "code:codeRepository": st.just("https://example.org/git/x"),
            "code:programmingLanguage": st.just([{"id": "python"}]),
            "dwc:decimalLatitude": st.just(1.5),
            "meeting:meeting": st.just({"identifiers": [{"identifier": "10.1234/abc", "scheme": "doi"}]}),
        }
    ),
)
METADATA = st.tuples(TYPES, ACCESS, FIELDS).map(
    lambda parts: Metadata.from_document(parts[0] | parts[1] | parts[2])
)


def record_of(said: Metadata) -> Document:
    """A record that says this, its communities included."""
    entries = [{"slug": slug} for slug in said.communities]
    return {**to_native(said), "parent": {"communities": {"entries": entries}}}


@MANY
@given(METADATA)
def test_nothing_is_lost_or_invented_in_the_native_dialect(said: Metadata) -> None:
    body = json.loads(json.dumps(to_native(said)))
    entries = [{"slug": slug} for slug in said.communities]
    assert from_native({**body, "parent": {"communities": {"entries": entries}}}) == said


@MANY
@given(METADATA)
def test_a_document_says_what_the_metadata_says(said: Metadata) -> None:
    assert Metadata.from_document(json.loads(json.dumps(said.as_document()))) == said


@MANY
@given(METADATA)
def test_what_is_lost_in_the_classic_dialect_is_exactly_what_was_named(said: Metadata) -> None:
    classic = to_classic(said)
    back = from_classic(json.loads(json.dumps(classic.metadata)))
    expected = without(said.as_document(), classic.losses)
    expected.setdefault("access_right", "open")
    assert in_one_order(back) == in_one_order(Metadata.from_document(expected))


@MANY
@given(METADATA)
def test_every_loss_names_something_that_is_there(said: Metadata) -> None:
    document = said.as_document()
    for loss in to_classic(said).losses:
        if loss.path != "licenses":
            smaller = without(document, [loss])
            assert Metadata.from_document(smaller) != said, loss


@MANY
@given(METADATA, METADATA)
def test_an_edit_changes_the_named_fields_and_nothing_else(said: Metadata, wanted: Metadata) -> None:
    draft = with_unknown_fields(record_of(said))
    before = copy.deepcopy(draft)
    body = edit(draft, Changes.of(wanted.as_document()))
    assert draft == before
    expected = Metadata.from_document(kept_of(said, wanted) | wanted.as_document())
    named = set(wanted.as_document())
    seen = from_native({**body, "parent": draft["parent"]})
    for name in Metadata.__struct_fields__:
        if name != "communities":
            assert getattr(seen, name) == getattr(expected, name)
    assert body["metadata"]["of_tomorrow"] == before["metadata"]["of_tomorrow"]
    assert body["of_tomorrow"] == before["of_tomorrow"]
    for field, value in sendable(before)["metadata"].items():
        if field not in FIELDS_OF and field not in named:
            assert body["metadata"][field] == value


FIELDS_OF = (
    "resource_type rights subjects languages identifiers related_identifiers additional_descriptions "
    "locations"
).split()
"""Native fields that several names, or a name of another spelling, speak of."""


def kept_of(said: Metadata, wanted: Metadata) -> Document:
    """What stays of a document when another one comes over it: no dates of an embargo that is lifted."""
    document = said.as_document()
    if wanted.access_right in ("open", "restricted"):
        document.pop("embargo_date", None)
        document.pop("embargo_reason", None)
    return document


def with_unknown_fields(record: Document) -> Document:
    """A draft as a server of tomorrow may show it."""
    record = copy.deepcopy(record)
    record["of_tomorrow"] = [1, {"type": {"id": "x", "title": {"en": "X"}}}]
    record["metadata"]["of_tomorrow"] = {"type": {"id": "x", "title": {"en": "X"}}, "number": 1.0}
    for creator in record["metadata"].get("creators", []):
        creator["of_tomorrow"] = "kept"
    record |= {"id": "1", "links": {}, "revision_id": 4}
    return record


def without(document: Document, losses: Any) -> Document:
    """A document without what the losses name; positions are those of the whole document."""
    smaller = copy.deepcopy(document)
    for loss in sorted(losses, key=steps_of, reverse=True):
        target: Any = smaller
        *way, last = steps_of(loss)
        for step in way:
            target = target[step[1]]
        if isinstance(target, list):
            del target[last[1]]
        else:
            target.pop(last[1], None)
    return smaller


def steps_of(loss: Loss) -> list[tuple[int, Any]]:
    """The steps of a path, comparable with each other: positions by number."""
    return [(1, int(step)) if step.isdigit() else (0, step) for step in loss.path.split(".")]


def in_one_order(said: Metadata) -> Document:
    """A document in which the order of notes and methods, which says nothing, is always the same."""
    document = said.as_document()
    if "additional_descriptions" in document:
        document["additional_descriptions"].sort(key=lambda each: str(each.get("type")))
    return document


@pytest.fixture(scope="module")
def put() -> Iterator[Callable[[Document], Any]]:
    """Replace one draft of the emulator by a native body."""
    user = {"Authorization": "Bearer emulator-token", "Accept": "application/vnd.inveniordm.v1+json"}
    with Emulator(limits="off") as emulator:
        client = Client(emulator.app)
        path = f"/api/records/{client.post('/api/records', json={}, headers=user).get_json()['id']}/draft"
        yield lambda body: client.put(path, json=body, headers=user)


@MANY
@given(said=METADATA)
def test_what_a_server_does_not_keep_is_named(put: Callable[[Document], Any], said: Metadata) -> None:
    body = {name: value for name, value in to_native(said).items() if name in ("metadata", "custom_fields")}
    answer = put({"files": {"enabled": True}, **body})
    assume(answer.status_code == 200)
    kept = from_native(answer.get_json()).as_document()
    told = " ".join(not_kept(body, answer.get_json()))
    names = {"licenses": "rights", "keywords": "subjects"}
    for name, value in said.as_document().items():
        native = names.get(name, name)
        if native in body["metadata"] and not set(texts(value)) <= set(texts(kept.get(name))):
            assert native in told


def texts(value: Any) -> Iterator[str]:
    """Yield every text in a value."""
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts(inner)
