from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from doubles import Notes
from zenodo_harvest.dumps import Dump, find_dump, list_dumps
from zenodo_harvest.errors import BadAnswer, NotFound
from zenodo_harvest.http import Answer
from zenodo_harvest.sites import ZENODO


class OneAnswer:
    """A transport that gives one answer to everything."""

    site = ZENODO

    def __init__(self, body: Any, status: int = 200) -> None:
        self._answer = Answer(status, {}, json.dumps(body).encode(), f"{ZENODO.url}/api/exporter")

    def get(self, path: str, **_: Any) -> Answer:
        assert path == "/api/exporter"
        return self._answer


def version(number: int, *, is_head: bool = False, **changes: Any) -> dict[str, Any]:
    return {
        "version_id": f"v{number}",
        "created": f"2026-0{number}-01T00:00:00+00:00",
        "is_head": is_head,
        "size": 1000 + number,
        "checksum": f"md5:{number:032x}",
        "links": {"self": f"https://zenodo.org/api/exporter/k/v{number}"},
        **changes,
    }


def dumps(*versions: dict[str, Any], key: str = "records-xml.tar.gz") -> tuple[Dump, ...]:
    return list_dumps(OneAnswer({key: list(versions)}))


def test_the_newest_is_the_one_the_server_calls_head_and_not_the_first() -> None:
    found = dumps(version(3), version(1), version(2, is_head=True))
    assert [dump.version_id for dump in found] == ["v2", "v3", "v1"]
    assert find_dump(found, "records-xml.tar.gz").version_id == "v2"
    assert find_dump(found, "records-xml.tar.gz", "v1").size_bytes == 1001


def test_without_a_head_the_latest_counts() -> None:
    assert find_dump(dumps(version(1), version(3), version(2)), "records-xml.tar.gz").version_id == "v3"


def test_a_version_without_a_link_is_found_by_its_key_and_id() -> None:
    (dump,) = dumps(version(1, links={}), key="bio syslit/records-json.tar.gz")
    assert dump.url == "https://zenodo.org/api/exporter/bio%20syslit/records-json.tar.gz/v1"


def test_a_time_without_a_zone_is_utc_and_a_bare_checksum_is_an_md5() -> None:
    (dump,) = dumps(version(1, created="2026-01-02T03:04:05", checksum="ABC"))
    assert dump.created == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert dump.md5 == "abc"


def test_an_unknown_key_names_the_nearest_and_an_unknown_version_those_kept() -> None:
    found = dumps(version(1), version(2))
    with pytest.raises(NotFound) as missing:
        find_dump(found, "record-xml.tar.gz")
    assert "records-xml.tar.gz" in missing.value.hint
    with pytest.raises(NotFound) as gone:
        find_dump(found, "records-xml.tar.gz", "v9")
    assert "v2, v1" in gone.value.hint
    with pytest.raises(NotFound, match="offers none"):
        find_dump((), "records-xml.tar.gz")


def test_a_server_without_an_exporter_offers_no_dumps() -> None:
    with pytest.raises(NotFound) as missing:
        list_dumps(OneAnswer({"message": "no such page", "status": 404}, 404))
    assert missing.value.message == "https://zenodo.org offers no dumps."
    assert missing.value.hint


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"k": [{}]},
        {"k": 5},
        {"k": [version(1, size="much")]},
        {"k": [version(1, checksum="sha256:00")]},
        {"k": [version(1, created="soon")]},
    ],
)
def test_a_list_of_another_shape_is_a_bad_answer(body: Any) -> None:
    with pytest.raises(BadAnswer, match="not as foreseen"):
        list_dumps(OneAnswer(body))


ODD: dict[str, Any] = {
    "no version": None,
    "a text": "v1",
    "no size": version(1, size=None),
    "an endless size": version(1, size="9" * 5000),
    "a size below zero": version(1, size=-1),
    "a size that is none": version(1, size=True),
    "a size of 400 digits": version(1, size=10**400),
    "another checksum": version(1, checksum="sha256:00"),
    "a time before all": version(1, created="0001-01-01T00:00:00+14:00"),
    "a time after all": version(1, created="9999-12-31T23:59:59-14:00"),
    "a list of links": version(1, links=[1]),
    "no address": version(1, links={"self": "javascript:alert(1)"}),
    "an id that is none": version(1, version_id="v\u001b1"),
    "an id with a line break": version(1, version_id="v1\n"),
}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("is_beside", [True, False])
def test_an_odd_dump_costs_no_other(name: str, is_beside: bool) -> None:
    odd, notes = ODD[name], Notes()
    good = [version(2, is_head=True), version(3)]
    body = {"a.gz": [good[0], odd, good[1]]} if is_beside else {"a.gz": good, "b.gz": [odd], "c.gz": odd}
    found = list_dumps(OneAnswer(body), notes)
    assert [dump.version_id for dump in found] == ["v2", "v3"]
    assert [note.split("left out: ")[1] for note in notes.notes] == ["a.gz." if is_beside else "b.gz, c.gz."]


def test_an_endless_number_and_an_odd_key_cost_no_other() -> None:
    good = json.dumps([version(2)])
    body = f'{{"a.gz": {good}, "b.gz": {good.replace("1002", "1e999")}, "\\u001b[31m": {good}}}'
    answer = OneAnswer({})
    answer._answer = Answer(200, {}, body.encode(), "")
    assert [dump.key for dump in list_dumps(answer)] == ["a.gz"]


def test_an_empty_list_is_no_error() -> None:
    assert list_dumps(OneAnswer({})) == ()
