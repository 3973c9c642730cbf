"""JSON with places: what is read is what `json` reads, and slips are found where they are."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zenodo_harvest.deposit.metadata.sources.json_text import read_json
from zenodo_harvest.deposit.metadata.sources.located import Place

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None, max_examples=100)
@given(VALUES, st.sampled_from([None, 1]), st.booleans())
def test_json_is_read_as_the_standard_library_reads_it(
    value: object, indent: int | None, ascii_: bool
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_)
    located = read_json(text.encode("utf-8", "surrogatepass"))
    if "\\ud" not in text and any(0xD800 <= ord(sign) <= 0xDFFF for sign in text):
        assert located.findings
    else:
        assert located.value == value
        assert not located.findings


@settings(deadline=None, max_examples=200)
@given(st.text('{}[]",:0123456789.eE-+truefalsn \n/\\*#'))
def test_whatever_json_refuses_is_refused(text: str) -> None:
    try:
        json.loads(text)
        is_json = "NaN" not in text
    except ValueError:
        is_json = False
    located = read_json(text.encode())
    repeated = [finding for finding in located.findings if "twice" in finding.message]
    assert bool(located.findings) != is_json or repeated


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ('{"a": 1\n "b": 2}', 2, 2, "A comma or } is missing"),
        ('{"a": [1 2]}', 1, 10, "A comma or ] is missing"),
        ('{\n// who\n"a": 1}', 2, 1, "no comments"),
        ('{"a": 1, /* x */ "b": 2}', 1, 10, "no comments"),
        ('{"a": 1,\n}', 1, 8, "A comma stands before the closing bracket"),
        ('{"a": [1,]}', 1, 9, "A comma stands before the closing bracket"),
        ('{"a": NaN}', 1, 7, "JSON has no NaN"),
        ('{"a": True}', 1, 7, "JSON has no True"),
        ("{'a': 1}", 1, 2, "A key in double quotation marks"),
        ("{\"a\": 'b'}", 1, 7, "straight double quotation marks"),
        ('{"a": "b\nc"}', 1, 9, "goes over the end of its line"),
        ('{"a": "b', 1, 7, "no closing quotation mark"),
        (r'{"a": "\q"}', 1, 8, "no JSON"),
        ('{"a" 1}', 1, 6, "A colon is missing"),
        ('{"a": }', 1, 7, "A value is missing"),
        ('{"a": 1', 1, 8, "ends too early"),
        ('{"a": 01}', 1, 8, "A comma or } is missing"),
        ('{"a": 1}}', 1, 9, "more after the end"),
        ('{"a": 1,\n "a": 2}', 2, 2, "twice"),
        ("   ", 1, 1, "empty"),
    ],
)
def test_a_slip_is_named_with_its_place(text: str, line: int, column: int, words: str) -> None:
    (found,) = read_json(text.encode()).findings
    assert (found.level, found.line, found.column) == ("error", line, column)
    assert words in found.message


def test_values_and_keys_know_their_places() -> None:
    located = read_json(b'{\n  "a": [\n    {"b": "\xc3\xa9", "c": 2}]}')
    assert located.values["a", 0, "c"] == Place(3, 21)
    assert located.keys["a", 0, "c"] == Place(3, 16)
    assert located.place(("a", 0, "missing")) == Place(3, 5)


def test_a_byte_order_mark_is_a_warning_and_shifts_no_column() -> None:
    located = read_json(b'\xef\xbb\xbf{"a": nil}')
    assert [(one.level, one.line, one.column) for one in located.findings] == [
        ("warning", 1, 1),
        ("error", 1, 7),
    ]


def test_a_file_that_is_not_utf_8_is_named_with_the_place() -> None:
    (found,) = read_json('{\n"a": "é"}'.encode("latin-1")).findings
    assert (found.line, found.column) == (2, 7)
    assert "UTF-8" in found.message


def test_nesting_without_end_is_refused() -> None:
    (found,) = read_json(b"[" * 100_000).findings
    assert "too deeply" in found.message
