"""The compiled reader makes the rows that the Python reader makes, of any document that it takes on."""

from __future__ import annotations

import copy
import gzip
import json
import random
import re
import tarfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from zenodo_harvest.export import arrow_schema, read_batch, reads_in_threads, to_batch
from zenodo_harvest.records import Provenance, compiled_reader, read_records

pytest.importorskip(
    "zenodo_harvest_fast", reason="the compiled reader is not installed: `make fast` builds it"
)

RECORDINGS = Path(__file__).parents[3] / "tests/data/recordings"
NOW = datetime(2026, 11, 23, 10, 30, 15, 123456, tzinfo=UTC)
PROVENANCE = Provenance("zenodo", "dump", NOW, "https://zenodo.org", keep_raw=True)
SCHEMA = arrow_schema(raw=True)
MANY = settings(deadline=None, max_examples=300, suppress_health_check=list(HealthCheck))
PIECES = (
    '& < > &lt; &amp; &quot; ]]> \x00 \x0b \r \n \t \\ \\n \\u0000 \\ud83d \\" " <br/> <p> </p> <!--x--> '
    "<![CDATA[x]]> &#65; &#xA0; &nbsp; &foo; \uffff \u2028 \xa0 1 1.0 -1 1e3 null true {} [] Text en DOI URL "
    "oai Other Updated Issued Abstract IsVersionOf IsPartOf ISSN 2020-13 2020/2021 GND "
    "<subject>x</subject> cc-by-4.0 &lt;p&gt;a&lt;/p&gt; info:eu-repo/semantics/openAccess "
    "https://zenodo.org/communities/x https://zenodo.org/records/1 10.5281/zenodo.1 "
    "https://github.com/a/b/tree/v1 "
    "2020-01-01T00:00:00.5+00:00 2020-02-30T00:00:00+00:00 2020-01-01T00:00:00Z"
).split(" ")
VALUES: tuple[Any, ...] = (
    *PIECES,
    *(
        None,
        True,
        False,
        0,
        1,
        -1,
        2**63,
        2**64,
        1.0,
        0.1,
        1e300,
        "",
        " ",
        "a  b",
        [],
        {},
        [None],
        [[]],
        {"a": 1},
    ),
)


def _members(name: str) -> list[bytes]:
    with tarfile.open(RECORDINGS / "dumps" / name) as archive:
        return [file.read() for member in archive if (file := archive.extractfile(member)) is not None]


RECORDED = gzip.decompress((RECORDINGS / "records-native.jsonl.gz").read_bytes()).splitlines()
JSON_DUMP = _members("records-json.tar.gz")
XML_DUMP = _members("records-xml.tar.gz")
SHORT_JSON = sorted(line for line in RECORDED if len(line) < 12_000)[::5]
SHORT_XML = sorted(content.decode() for content in XML_DUMP if len(content) < 5000)[::7]

READER = compiled_reader(SCHEMA)
assert READER is not None


def _compiled(documents: Sequence[bytes], provenance: Provenance = PROVENANCE) -> tuple[Any, list[int]]:
    assert READER is not None
    return READER.read(documents, provenance, round(NOW.timestamp() * 1e6))


def _in_python(documents: Sequence[bytes], provenance: Provenance = PROVENANCE) -> Any:
    return to_batch(read_records(documents, provenance), arrow_schema(raw=provenance.keep_raw))


def _check(*documents: bytes) -> None:
    batch = read_batch(documents, PROVENANCE).batch
    batch.validate(full=True)
    expected = _in_python(documents)
    if not batch.equals(expected):
        for name in SCHEMA.names:
            assert batch[name].to_pylist() == expected[name].to_pylist(), name
    assert batch.equals(expected)


def test_repositories_and_ids_of_affiliations_are_read_alike_and_saved_rows_left_to_python() -> None:
    record = json.loads(RECORDED[0])
    record["custom_fields"] = {"code:codeRepository": ""}
    record["metadata"]["related_identifiers"] = [
        {"identifier": "https://github.com/numpy/numpy", "relation_type": {"id": "cites"}},
        {"identifier": "https://github.com/frost/days/tree/v1", "relation_type": {"id": "issupplementto"}},
    ]
    places = [{"name": "X"}, {"id": "01y", "name": "Y"}, {"id": "02z"}]
    record["metadata"]["creators"] = [{"person_or_org": {"name": "A"}, "affiliations": places}]
    typed = {**record, "custom_fields": {"code:codeRepository": "https://example.org"}}
    documents = [json.dumps(each).encode() for each in (record, typed)]
    saved = msgspec.json.encode(read_records(documents, PROVENANCE)[0])
    batch, left = _compiled([*documents, saved])
    assert left == [2]
    batch = pa.record_batch(batch)
    assert batch["code_repository"].to_pylist() == ["https://github.com/frost/days", "https://example.org"]
    assert batch["creators"][0][0]["affiliation_ids"].as_py() == [None, "01y", "02z"]
    _check(*documents)


def test_a_general_type_that_the_id_does_not_say_and_links_to_code_are_read_alike_in_xml() -> None:
    link = '<relatedIdentifier relationType="IsSupplementTo" relatedIdentifierType="URL">'
    ours = f"{link}https://github.com/frost/days/tree/v1</relatedIdentifier>"
    changed = [
        re.sub(
            "(<relatedIdentifier .*?</relatedIdentifier>)",
            rf"\1{ours}",
            re.sub('resourceTypeGeneral="[A-Za-z]+">[^<]*<', f'resourceTypeGeneral="{general}">{text}<', xml),
            count=1,
        ).encode()
        for xml in SHORT_XML
        for general, text in (("Text", "Journal article"), ("Text", "Something new"), ("NewOne", ""))
        if "<relatedIdentifier " in xml
    ]
    batch, left = _compiled(changed)
    assert len(left) < len(changed) / 2
    assert "https://github.com/frost/days" in pa.record_batch(batch)["code_repository"].to_pylist()
    _check(*changed)


@pytest.mark.parametrize("base_url", ["https://zenodo.org", "http://127.0.0.1:5000", ""])
@pytest.mark.parametrize("documents", [RECORDED, JSON_DUMP, XML_DUMP], ids=["recorded", "json", "xml"])
def test_everything_the_real_server_wrote_is_read_by_it_and_alike(
    documents: list[bytes], base_url: str
) -> None:
    for keep_raw in (False, True):
        provenance = Provenance("zenodo", "dump", NOW, base_url, keep_raw=keep_raw)
        reader = compiled_reader(arrow_schema(raw=keep_raw))
        assert reader is not None
        assert reader.read(documents, provenance, 0)[1] == []
        assert read_batch(documents, provenance).batch.equals(_in_python(documents, provenance))


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from _paths(item, (*path, key))


PARSED = [json.loads(line) for line in SHORT_JSON]
KNOWN = {
    key for line in RECORDED for path in _paths(json.loads(line)) for key in path if isinstance(key, str)
}
KEYS = sorted({key for record in PARSED for path in _paths(record) for key in path if isinstance(key, str)})
TWINS: dict[str, list[Any]] = {}
"""What real records hold under a name; most values that stand in for another come from here."""


def _collect() -> None:
    for record in PARSED:
        for path in _paths(record):
            value: Any = record
            for key in path:
                value = value[key]
            TWINS.setdefault(str(path[-1]), []).append(value)


_collect()


def _changed_record(record: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """Return a record with a value replaced, added, removed or repeated."""
    record = copy.deepcopy(record)
    paths = [path for path in _paths(record) if path[0] not in ("links", "ui")]
    *above, last = chance.choice(paths)
    place: Any = record
    for key in above:
        place = place[key]
    twins = TWINS.get(chance.choice((str(last), chance.choice(KEYS))), VALUES)
    new = copy.deepcopy(chance.choice((chance.choice(twins), chance.choice(VALUES))))
    match chance.randrange(4):
        case 0:
            del place[last]
        case 1 if isinstance(place, dict):
            place[chance.choice(KEYS)] = new
        case 2 if isinstance(place, list):
            place.insert(chance.randrange(len(place) + 1), copy.deepcopy(chance.choice(place)))
        case _:
            place[last] = new
    return record


KINDS = (None, True, 7, 1.5, "x", [], ["x"], [None], [[]], {}, {"x": 1})


RARE = [
    json.dumps({"id": "1"} | part).encode()
    for part in (
        {"custom_fields": {"thesis:thesis": {"university": "Port-Blanc", "type": "PhD"}}},
        {"custom_fields": {"thesis:university": "Port-Blanc", "odd:odd": [{"a": [1]}]}},
        {"files": {"enabled": True, "entries": {"a.png": {"key": "a.png", "metadata": {"width": 9}}}}},
        {"metadata": {"locations": {"features": [{"identifiers": [{"scheme": "geonames"}], "place": "x"}]}}},
        {
            "metadata": {
                "locations": {"features": [{"geometry": {"type": "Polygon", "coordinates": [[[1, 2]]]}}]}
            }
        },
        {
            "parent": {
                "access": {"grants": [], "links": [{"id": "1"}], "settings": {"secret_link_expiration": 9}}
            }
        },
        {"stats": {"this_version": {"views": 7, "data_volume": 7.0}}},
    )
]


def _first_of_their_shape() -> Iterator[tuple[bytes, tuple[Any, ...]]]:
    """Yield a record and a path in it for every path there is, whatever the position or the file's name."""
    seen = set()
    for line in RECORDED + RARE:
        for path in _paths(json.loads(line)):
            shape = tuple("*" if isinstance(key, int) or "." in key else key for key in path)
            if shape not in seen:
                seen.add(shape)
                yield line, path


FIRST = list(_first_of_their_shape())


NEW_KEYS = st.sampled_from(
    ["zz_new", "", "_", "keywords", "é", "\U0001f600", 'a"\\', "links", "ui", "expanded"]
)
LEAVES_OF_TOMORROW = (
    st.none()
    | st.booleans()
    | st.integers(-(2**80), 2**80)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
)
VALUES_OF_TOMORROW = st.recursive(
    LEAVES_OF_TOMORROW,
    lambda values: (
        st.lists(values, max_size=3) | st.dictionaries(NEW_KEYS | st.text(max_size=3), values, max_size=3)
    ),
    max_leaves=8,
)
OF_ONE_KIND = ("title", "description", "entries")
"""Names of objects whose members are all of one kind, so that any other is a problem."""


def _open_objects(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the objects of a record into which a member of any kind may come."""
    yield record
    for path in _paths(record):
        value: Any = record
        for key in path:
            value = value[key]
        is_of_one_kind = path[-1] in OF_ONE_KIND or (path[-1] == "metadata" and len(path) > 1)
        if isinstance(value, dict) and (
            not is_of_one_kind or (path[0] == "parent" and path[-1] == "metadata")
        ):
            yield value


@MANY
@given(st.sampled_from(PARSED), st.data())
def test_members_that_nobody_foresaw_are_read_by_it_and_alike(
    record: dict[str, Any], data: st.DataObject
) -> None:
    record = copy.deepcopy(record)
    objects = list(_open_objects(record))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.sampled_from(objects))
        key = data.draw(NEW_KEYS | st.text(max_size=5).filter(lambda key: key not in KNOWN))
        place.setdefault(key, data.draw(VALUES_OF_TOMORROW))
    document = json.dumps(record, ensure_ascii=data.draw(st.booleans())).encode()
    assert _compiled([document])[1] == []
    _check(document)


@pytest.mark.parametrize(
    "value", [*KINDS, 2**64, -0.0, 1e16, 1e300, {"links": {"self": "x"}, "a": [[], {"b": 1}]}], ids=repr
)
def test_a_new_member_in_every_object_there_is_changes_nothing_but_extra(value: Any) -> None:
    documents = []
    for line in {line for line, _ in FIRST if not _compiled([line])[1]}:
        record = json.loads(line)
        for each in list(_open_objects(record)):
            each["zz_new"] = value
        documents.append(json.dumps(record).encode())
    assert _compiled(documents)[1] == []
    _check(*documents)


def test_names_of_the_legacy_dialect_are_left_to_python() -> None:
    native = {"id": "1", "parent": {"id": "2"}, "metadata": {"title": "Frost"}}
    documents = [
        json.dumps(record).encode()
        for record in (
            native | {"recid": None},
            native | {"conceptrecid": "2"},
            {"id": "1", "metadata": {"title": "Frost", "keywords": ["ice"]}},
            native | {"metadata": {"title": "Frost", "keywords": ["ice"]}},
        )
    ]
    assert _compiled(documents)[1] == [0, 1, 2]
    _check(*documents)


@pytest.mark.parametrize(
    "text", ['"a": 1, "a": 2', '"a": 1e400', '"a": ' + "[" * 90 + "]" * 90, '"a": "\\ud83d"']
)
def test_new_members_that_are_odd_are_left_to_python(text: str) -> None:
    for document in (
        f'{{"id": "1", {text}}}',
        f'{{"id": "1", "metadata": {{{text}}}}}',
        f'{{"id": "1", "b": {{{text}}}}}',
    ):
        assert _compiled([document.encode()])[1] == [0]
        _check(document.encode())


@pytest.mark.parametrize("value", KINDS, ids=repr)
def test_a_value_of_another_kind_is_read_alike_wherever_it_stands(value: Any) -> None:
    documents = []
    for line, (*above, last) in FIRST:
        record = place = json.loads(line)
        for key in above:
            place = place[key]
        place[last] = value
        documents.append(json.dumps(record).encode())
    _check(*documents)


@MANY
@given(st.sampled_from(PARSED), st.randoms(use_true_random=True))
def test_a_changed_record_is_read_alike(record: dict[str, Any], chance: random.Random) -> None:
    for _ in range(chance.randrange(1, 5)):
        record = _changed_record(record, chance)
    ascii_only, indent = chance.random() < 0.5, chance.choice((None, None, 1))
    _check(json.dumps(record, ensure_ascii=ascii_only, indent=indent).encode("utf-8", "replace"))


@MANY
@given(st.sampled_from(SHORT_JSON), st.randoms(use_true_random=True))
def test_changed_json_is_read_alike(line: bytes, chance: random.Random) -> None:
    text = line.decode()
    for _ in range(chance.randrange(1, 3)):
        place, piece = chance.randrange(len(text)), chance.choice(PIECES)
        text = text[:place] + piece + text[place + chance.choice((0, 0, 1, 5)) :]
    _check(text.encode("utf-8", "replace"))


FIELDS = re.compile(r'>[^<>]+<|"[^"]*"')
LEAVES = re.compile(r"<(\w+)[^<>]*>[^<>]*</\1>")


def _changed_document(document: str, chance: random.Random) -> str:
    """Return a document with something inserted, cut out, replaced or repeated."""
    place = chance.randrange(len(document))
    piece = chance.choice(PIECES)
    match chance.randrange(6):
        case 0:
            return document[:place] + piece + document[place:]
        case 5:
            place = chance.choice(list(re.finditer("(?<=>)<", document))).start()
            return document[:place] + chance.choice(ELEMENTS_OF_TOMORROW) + document[place:]
        case 1:
            return document[:place] + document[place + chance.choice((1, 2, 5, 60)) :]
        case 2 | 3:
            field = chance.choice(list(FIELDS.finditer(document)))
            start, end = field.start() + 1, field.end() - 1
            said = chance.choice((piece, piece + document[start:end], document[start:end] + piece, ""))
            return document[:start] + said + document[end:]
    leaf, other = chance.choices(list(LEAVES.finditer(document)), k=2)
    return document[: other.start()] + leaf[0] + document[other.start() :]


ELEMENTS_OF_TOMORROW = (
    "<zz_new>x</zz_new>",
    '<zz_new zzType="a &amp; b" b="c">x &lt; y</zz_new>',
    "<zz_new/>",
    "<zz_new></zz_new>",
    (
        '<relatedItems><relatedItem relatedItemType="Book"><titles><title>Ice</title><title/></titles>'
        "<empty/></relatedItem><relatedItem/></relatedItems>"
    ),
)
PART = re.compile(
    r"(?<=>)<(?=(?:creators|titles|publisher|dates|resourceType|rightsList|descriptions|/resource)[ >])"
)


@pytest.mark.parametrize("element", ELEMENTS_OF_TOMORROW)
def test_elements_that_nobody_foresaw_are_read_by_it_and_alike(element: str) -> None:
    documents = []
    for document in SHORT_XML:
        inside = document.index("kernel-4")
        places = [part.start() for part in PART.finditer(document) if part.start() > inside]
        documents += [(document[:place] + element + document[place:]).encode() for place in places]
    assert len(documents) > 6 * len(SHORT_XML)
    assert _compiled(documents)[1] == []
    _check(*documents)


@pytest.mark.parametrize(
    "element",
    [
        "<zz>x<b/></zz>",
        "<zz> </zz>",
        "<zz><b></zz></b>",
        "<zz a='b'/>",
        '<zz a="b" a="c"/>',
        '<zz xmlns="x"/>',
        "<a:zz/>",
        "<zz/><zz/>",
        "<zz",
        "<zz>x</zz>y",
        "<header/>",
        "<zz>" * 20 + "</zz>" * 20,
    ],
)
def test_elements_that_are_odd_are_left_to_python(element: str) -> None:
    document = SHORT_XML[0].replace("</resource>", element + "</resource>").encode()
    assert _compiled([document])[1] == [0]
    _check(document)


@MANY
@given(st.sampled_from(SHORT_XML), st.randoms(use_true_random=True))
def test_a_changed_document_is_read_alike_and_only_if_it_is_well_formed(
    document: str, chance: random.Random
) -> None:
    for _ in range(chance.randrange(1, 4)):
        document = _changed_document(document, chance)
    content = document.encode("utf-8", "replace")
    if not _compiled([content])[1]:
        etree.fromstring(content)
    _check(content)


html = st.lists(st.sampled_from([*PIECES, " ", "  ", "a", "b c", "é", "<b>", "</b>", "<li>x", "&copy;"])).map(
    "".join
)


@MANY
@given(html | st.text())
def test_a_description_becomes_the_same_text(text: str) -> None:
    _check(json.dumps({"id": "1", "metadata": {"description": text}}).encode())


digits = st.sampled_from("0123456789")
times = st.from_regex(
    r"\A(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\.[0-9]{0,7})?(\+00:00|Z)?\Z"
)


@MANY
@given(st.lists(times | st.datetimes().map(lambda time: time.isoformat() + "+00:00"), max_size=20))
def test_times_are_read_alike(texts: list[str]) -> None:
    _check(*(json.dumps({"id": "1", "created": text}).encode() for text in texts))


@given(
    st.lists(
        st.sampled_from([SHORT_JSON[0], SHORT_XML[0].encode(), b"", b"{", b'{"id": 7}', b'{"odd": 7}', b"<x"])
    )
)
@MANY
def test_documents_keep_their_order_whoever_reads_them(documents: list[bytes]) -> None:
    _check(*documents)


@given(st.lists(st.binary(max_size=50), max_size=5))
@MANY
def test_any_bytes_are_read_alike(documents: list[bytes]) -> None:
    _check(*documents)


def test_how_many_records_it_leaves_is_told_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    documents = [SHORT_JSON[0], b"{", SHORT_XML[0].encode(), b"<x"]
    with caplog.at_level("DEBUG", "zenodo_harvest.export"):
        assert read_batch(documents, PROVENANCE).left_to_python == 2
        assert read_batch(documents[:1], PROVENANCE).left_to_python == 0
        assert read_batch(documents[1:2], PROVENANCE).left_to_python == 1
    assert caplog.messages == [
        "2 of 4 records are left to the reader in Python",
        "1 of 1 records are left to the reader in Python",
    ]


def test_several_threads_read_at_once() -> None:
    assert reads_in_threads()
    documents = RECORDED + XML_DUMP
    expected = _in_python(documents)
    with ThreadPoolExecutor(4) as threads:
        for batch in threads.map(lambda _: read_batch(documents, PROVENANCE).batch, range(8)):
            assert batch.equals(expected)


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
    start, _, end = SHORT_XML[0].partition("<creators>")
    document = f"{start}<creators>{text}{end}".encode()
    began = time.process_time()
    assert _compiled([document])[1] == [0]
    assert time.process_time() - began < 1


@pytest.mark.parametrize("key", ["metadata", "custom_fields", "access"])
def test_deep_json_is_read_alike(key: str) -> None:
    _check(_nested(key))


def test_what_is_passed_over_may_be_as_deep_as_it_likes() -> None:
    batch, unread = _compiled([_nested("ui")])
    assert unread == []
    assert pa.record_batch(batch)["id"].to_pylist() == ["1"]


def _nested(key: str) -> bytes:
    start = f'{{"id": "1", "metadata": {{"title": "T"}}, "{key}": '.encode()
    return start + b"[" * 100_000 + b"]" * 100_000 + b"}"
