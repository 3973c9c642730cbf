"""Values are cut out of a text whole, wherever its pieces end."""

from __future__ import annotations

import io
import json
from itertools import cycle
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from zenodo_harvest.bounds import Bounds
from zenodo_harvest.dumps import read_documents
from zenodo_harvest.json_text import JsonText

scalars = st.none() | st.booleans() | st.integers() | st.text(alphabet='a"\\{}[],: é\n\u2028😀', max_size=12)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
)
sizes = st.lists(st.integers(1, 9), min_size=1, max_size=5)
records = st.dictionaries(st.sampled_from("abc"), values).map(
    lambda found: {**found, "id": 1, "metadata": {}}
)


class Dripping(io.RawIOBase):
    """A stream that gives a few bytes at a time."""

    def __init__(self, content: bytes, sizes: list[int]) -> None:
        self._left = io.BytesIO(content)
        self._sizes = cycle(sizes)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._left.read(min(len(buffer), next(self._sizes)))
        buffer[: len(piece)] = piece
        return len(piece)


@given(st.lists(values, max_size=6), st.sampled_from([None, 1]), st.booleans(), sizes)
def test_values_are_taken_whole_and_in_order(
    found: list[Any], indent: int | None, is_ascii: bool, sizes: list[int]
) -> None:
    texts = [json.dumps(value, indent=indent, ensure_ascii=is_ascii) for value in found]
    text = JsonText(Dripping("\n ".join(texts).encode(), sizes), Bounds())
    taken = []
    while text.peek():
        taken.append(json.loads(text.value()))
    assert taken == found
    assert text.line == 1 + sum(part.count("\n") for part in "\n ".join(texts))


LAYOUTS = {
    "list": lambda found, indent: json.dumps(found, indent=indent),
    "lists in a list": lambda found, indent: json.dumps([[item] for item in found], indent=indent),
    "lines": lambda found, _: "\n".join(map(json.dumps, found)),
    "answer": lambda found, indent: json.dumps(
        {"took": [1], "hits": {"max_score": None, "hits": found, "total": {"value": len(found)}}, "x": {}},
        indent=indent,
    ),
}


@given(
    st.lists(records, min_size=1, max_size=6),
    st.sampled_from(sorted(LAYOUTS)),
    st.sampled_from([None, 1]),
    sizes,
    st.booleans(),
)
def test_records_are_found_in_every_layout_however_its_pieces_end(
    found: list[Any], layout: str, indent: int | None, sizes: list[int], is_long: bool
) -> None:
    """A long answer is one that is larger than a record may be, while its records are not."""
    content = LAYOUTS[layout](found, indent).encode()
    largest = max(len(json.dumps(record, indent=4)) for record in found)
    bounds = Bounds(record_bytes=2 * largest + 100) if is_long else Bounds()
    documents = read_documents(io.BufferedReader(Dripping(content, sizes)), "some.json", bounds=bounds)
    assert [json.loads(document) for document in documents] == found
