from __future__ import annotations

import gzip
import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from zenodo_harvest.dumps import read_documents
from zenodo_harvest.errors import UsageError
from zenodo_harvest.records import Provenance, read_record

A = {"id": 1, "metadata": {"title": "é"}}
B = {"id": 2, "metadata": {"title": "b"}}
HERE = Provenance("zenodo", "file", datetime(2026, 11, 28, tzinfo=UTC), "")


def _read(content: bytes) -> list[Any]:
    return [json.loads(document) for document in read_documents(io.BytesIO(content), "some.json")]


def _lines(*values: Any) -> bytes:
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


LAYOUTS = {
    "list": json.dumps([A, B]).encode(),
    "indented list": json.dumps([A, B], indent=2).encode(),
    "JSON Lines": _lines(A, B),
    "JSON Lines without a last line end": _lines(A, B).rstrip(),
    "JSON Lines with blank lines": b"\n  \n" + _lines(A) + b"\r\n\n" + _lines(B) + b"\n\n",
    "JSON Lines of Windows": _lines(A, B).replace(b"\n", b"\r\n"),
    "search answer": json.dumps({"hits": {"total": 2, "hits": [A, B]}, "links": {}}).encode(),
    "indented search answer": json.dumps({"hits": {"hits": [A, B]}}, indent=1).encode(),
    "lines of search answers": _lines({"hits": {"hits": [A]}}, {"hits": {"hits": [B]}}),
    "list of search answers": json.dumps([{"hits": {"hits": [A]}}, {"hits": {"hits": [B]}}]).encode(),
    "with a byte order mark": b"\xef\xbb\xbf" + _lines(A, B),
    "list with a byte order mark": b"\xef\xbb\xbf" + json.dumps([A, B], indent=2).encode(),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_records_are_found_in_every_layout_gzip_or_not(layout: str) -> None:
    content = LAYOUTS[layout]
    assert _read(content) == [A, B]
    assert _read(gzip.compress(content, mtime=0)) == [A, B]


@pytest.mark.parametrize("indent", [None, 2])
def test_one_record_is_found(indent: int | None) -> None:
    assert _read(json.dumps(A, indent=indent).encode()) == [A]


def test_deposits_are_records() -> None:
    deposit = {"id": 1, "owner": 3, "submitted": False, "metadata": {"upload_type": "dataset"}}
    assert _read(json.dumps([deposit]).encode()) == [deposit]


@pytest.mark.parametrize("content", [b"[]", b'{"hits": {"total": 0, "hits": []}}'])
def test_no_hits_are_no_records_and_no_error(content: bytes) -> None:
    assert _read(content) == []


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xef\xbb\xbf", gzip.compress(b"", mtime=0)])
def test_an_empty_file_is_refused(content: bytes) -> None:
    with pytest.raises(UsageError, match=r"some\.json is empty\."):
        _read(content)


@pytest.mark.parametrize("content", [b"<html>", b"id,title\n1,2\n", b"\x89PNG\r\n\x1a\n", b'{"id": 1,\n "a"'])
def test_what_is_no_json_is_refused(content: bytes) -> None:
    with pytest.raises(UsageError, match=r"some\.json is no JSON: ") as caught:
        _read(content)
    assert "JSON Lines" in caught.value.hint


@pytest.mark.parametrize("content", [b"7", b'"a"', b"{}", b'{"status": 404, "message": "gone"}', b"null"])
def test_json_without_records_is_refused(content: bytes) -> None:
    with pytest.raises(UsageError, match=r"some\.json holds no record\."):
        _read(content)


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (_lines(A) + b'{"id": 2,\n' + _lines(B), 1),
        (b"\n\n" + _lines(A) + b"oops\n", 1),
        (b'{"id": 1, oops\n' + _lines(B), 0),
        (b'{"id": 1, "oops\n{"id": 2\n' + _lines(A), 0),
        (_lines(A, B)[:-9], 1),
    ],
)
def test_a_broken_line_is_a_row_that_names_its_problem(content: bytes, place: int) -> None:
    documents = list(read_documents(io.BytesIO(content), "some.json"))
    assert documents[place] == content.strip().split(b"\n")[place].strip()
    assert len(documents) == len(content.strip().split(b"\n"))
    assert read_record(documents[place], HERE).problems == ("the record is no JSON",)


def test_broken_lines_alone_are_no_records() -> None:
    with pytest.raises(UsageError, match=r"line 1 of some\.json is no JSON: "):
        _read(b'{"id": 1, "a\n{"id": 2, "b\n')


@pytest.mark.parametrize("odd", [{}, None, 7, "a", {"status": 404}])
def test_what_is_no_record_costs_none_of_those_around_it(odd: Any) -> None:
    rows = [odd, A, odd, B]
    for content in (_lines(*rows), json.dumps(rows).encode(), json.dumps({"hits": {"hits": rows}}).encode()):
        assert _read(content) == rows


def test_where_nothing_is_a_record_the_first_value_is_named() -> None:
    with pytest.raises(UsageError, match=r"item 1 of some\.json holds no record\."):
        _read(b"[7, 8]")
    with pytest.raises(UsageError, match=r"some\.json holds no record\."):
        _read(b"\n\n" + b"{}\n" * 1000 + _lines(A))


def test_a_gzip_file_that_is_cut_short_is_refused_after_its_whole_records() -> None:
    content = gzip.compress(b"".join(_lines({**A, "n": number}) for number in range(20_000)))
    documents = read_documents(io.BytesIO(content[: len(content) // 2]), "some.json.gz")
    assert json.loads(next(documents))["n"] == 0
    with pytest.raises(UsageError, match=r"some\.json\.gz is cut short or no gzip file\."):
        list(documents)


@pytest.mark.parametrize(
    "content", [b"\x1f\x8b", b"\x1f\x8bgarbage garbage garbage", gzip.compress(_lines(A), mtime=0)[:-4]]
)
def test_a_damaged_gzip_file_is_refused(content: bytes) -> None:
    with pytest.raises(UsageError, match=r"some\.json is cut short or no gzip file\."):
        _read(content)


def test_a_line_nested_too_deeply_is_a_row_that_says_so() -> None:
    content = _lines(A) + b'{"id":' * 100_000 + b"\n"
    _, deep = read_documents(io.BytesIO(content), "some.json")
    assert read_record(deep, HERE).problems == ("the record is nested too deeply to be read",)


def test_a_line_that_a_strict_decoder_refuses_is_still_a_record() -> None:
    lines = _lines(A) + b'{"id": "half \\ud83d"}\n{"id": "caf\xe9"}\n{"id": NaN}\n'
    assert len(list(read_documents(io.BytesIO(lines), "some.json"))) == 4
    huge = b'[{"id": 123456789012345678901234567890, "metadata": {}}]'
    assert _read(huge) == [{"id": 123456789012345678901234567890, "metadata": {}}]


def test_lines_are_read_one_by_one() -> None:
    class Endless(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            line = _lines(A) * 50
            buffer[: len(line)] = line
            return len(line)

    documents = read_documents(io.BufferedReader(Endless()), "endless")
    assert [json.loads(next(documents)) for _ in range(1000)] == [A] * 1000
