"""Every recorded exchange of OAI-PMH: with the real server software, and with zenodo.org (both in place)."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import yaml

from zenodo_harvest.errors import BadAnswer, NotFound, ZenodoHarvestError
from zenodo_harvest.http import Answer
from zenodo_harvest.oai import NoRecordsMatch, OaiError, OaiPage, OaiWalk, TokenLost
from zenodo_harvest.oai.answers import read_formats, read_identity, read_page, read_sets
from zenodo_harvest.records import Provenance, Record, read_record
from zenodo_harvest.sites import Site

_ROOT = Path(__file__).parents[3]
_SHARED = (_ROOT / "../shared").resolve()
_NATIVE = _ROOT / "tests/data/recordings/records-native.jsonl.gz"
_SITE = Site("recorder", "http://127.0.0.1:5000")
_PROVENANCE = Provenance("recorder", "oai", datetime(2026, 11, 23, tzinfo=UTC), _SITE.url)
_READERS = {
    "ListRecords": read_page,
    "ListIdentifiers": read_page,
    "GetRecord": read_page,
    "ListSets": read_sets,
    "ListMetadataFormats": read_formats,
    "Identify": read_identity,
}
_ERRORS = {
    "badArgument": OaiError,
    "badVerb": OaiError,
    "badResumptionToken": TokenLost,
    "noRecordsMatch": NoRecordsMatch,
    "idDoesNotExist": NotFound,
}

pytestmark = pytest.mark.corpus


class Player:
    """Gives recorded answers in order, whatever is asked."""

    site = _SITE

    def __init__(self, answers: Sequence[bytes]) -> None:
        self._answers = iter(answers)

    def get(
        self,
        path_or_url: str,
        params: Sequence[tuple[str, str]] = (),
        *,
        accept: str = "",
        also: Collection[int] = (),
        is_repeatable: bool = True,
    ) -> Answer:
        assert (path_or_url, accept, tuple(also)) == ("/oai2d", "*/*", (422,))
        assert is_repeatable == ("resumptionToken" not in dict(params))
        return Answer(200, {}, next(self._answers), path_or_url)


def _recorded(name: str) -> list[tuple[dict[str, str], int, bytes]]:
    """Return the parameters sent, the status and the body of each exchange."""
    if not _SHARED.is_dir():
        pytest.skip("../shared is absent")
    loaded = yaml.load((_SHARED / f"recordings/scenarios/{name}.yaml").read_bytes(), yaml.CSafeLoader)
    found = []
    for exchange in loaded["interactions"]:
        address, response = urlsplit(exchange["request"]["uri"]), exchange["response"]
        body = response["body"]["string"]
        if address.path == "/oai2d":
            asked = dict(parse_qsl(address.query, keep_blank_values=True))
            content = body if isinstance(body, bytes) else body.encode()
            found.append((asked, response["status"]["code"], content))
    return found


def _native() -> Iterator[Record]:
    for line in gzip.decompress(_NATIVE.read_bytes()).splitlines():
        yield read_record(line, _PROVENANCE)


def _refusal(content: bytes) -> str:
    """Return the code of the error that an answer is read as."""
    code = next((each for each in _ERRORS if f'code="{each}"'.encode() in content), "")
    with pytest.raises(_ERRORS.get(code, ZenodoHarvestError)):
        read_page(content, "")
    return code


@pytest.mark.parametrize(
    ("name", "answers", "refusals"),
    [
        (
            "oai",
            19,
            {
                "badArgument": 6,
                "badVerb": 1,
                "badResumptionToken": 2,
                "noRecordsMatch": 2,
                "idDoesNotExist": 1,
            },
        ),
        ("oai-tokens", 5, {"badArgument": 1, "badResumptionToken": 2}),
    ],
)
def test_every_recorded_exchange_parses(name: str, answers: int, refusals: dict[str, int]) -> None:
    good, codes = 0, Counter[str]()
    for asked, status, content in _recorded(name):
        if status == 200:
            assert _READERS[asked["verb"]](content, "")
            good += 1
        elif status == 422:
            codes[_refusal(content)] += 1
        else:
            with pytest.raises(BadAnswer):
                read_page(content, "")
    assert (good, dict(codes)) == (answers, refusals)


def test_the_recorded_walk_is_whole_and_says_what_native_json_says() -> None:
    answers = [
        content
        for asked, status, content in _recorded("oai")
        if status == 200 and asked["verb"] == "ListRecords"
    ]
    rows = [
        read_record(record, _PROVENANCE)
        for page in OaiWalk(Player(answers)).pages()
        for record in page.records
    ]
    assert len(rows) == 319
    assert {row.problems for row in rows} == {()}
    by_id = {row.id: row for row in rows}
    for native in _native():
        row = by_id[native.id]
        assert native.updated is not None
        assert row.updated == native.updated.replace(microsecond=0)
        for column in (
            "doi",
            "concept_id",
            "oai_id",
            "creators",
            "keywords",
            "communities",
            "related",
            "dates",
        ):
            assert getattr(row, column) == getattr(native, column), f"{column} of {native.id}"


def test_every_answer_of_zenodo_org_parses() -> None:
    if not _SHARED.is_dir():
        pytest.skip("../shared is absent")
    pages, codes = 0, Counter[str]()
    for path in sorted(_SHARED.glob("corpus/oai/*.xml*")):
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        if "-422-" in path.name:
            codes[_refusal(content)] += 1
        elif b"<OAI-PMH" in content:
            verb = next(each for each in _READERS if f"<{each}>".encode() in content)
            found: Any = _READERS[verb](content, "")
            pages += isinstance(found, OaiPage) and bool(found.identifiers) and all(found.identifiers)
    assert pages == 39
    assert codes == {"noRecordsMatch": 5, "badResumptionToken": 4, "badArgument": 3, "idDoesNotExist": 2}
