"""The metadata files that the real server judged, judged by the emulator: what it keeps, changes, refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from zenodo_harvest.emulator import Emulator

_FOLDER = (Path(__file__).parents[3] / "../shared/corpus/metadata-files").resolve()
_OWNER = {"Authorization": "Bearer emulator-token"}
_DEPOSITS = "/api/deposit/depositions"

pytestmark = pytest.mark.corpus


def _verdicts() -> list[dict[str, Any]]:
    path = _FOLDER / "verdicts.json"
    listed = json.loads(path.read_text("utf-8")) if path.exists() else []
    return [one for one in listed if one["server"]]


@pytest.fixture(scope="module")
def client() -> Client:
    return Client(Emulator(limits="off").app)


def test_every_file_is_judged_as_by_the_server(client: Client) -> None:
    verdicts = _verdicts()
    if not verdicts:
        pytest.skip("../shared/corpus is absent")
    for verdict in verdicts:
        metadata = json.loads((_FOLDER / verdict["file"]).read_text("utf-8-sig"))
        server = {"errors": [], **verdict["server"]}
        assert judged(client, metadata, server.get("changed", {})) == server, verdict["file"]


def judged(client: Client, metadata: dict[str, Any], changed: dict[str, Any]) -> dict[str, Any]:
    """Return what becomes of metadata: the statuses, keys that vanish, values that change, errors."""
    deposit = client.post(_DEPOSITS, json={}, headers=_OWNER).get_json()
    url = f"{_DEPOSITS}/{deposit['id']}"
    put = client.put(url, json={"metadata": metadata}, headers=_OWNER)
    if put.status_code != 200:
        return {"put": put.status_code, "errors": errors(put.get_json())}
    kept = put.get_json()["metadata"]
    bucket = deposit["links"]["bucket"].removeprefix("http://localhost")
    client.put(f"{bucket}/a.txt", data=b"a", headers=_OWNER)
    publish = client.post(f"{url}/actions/publish", headers=_OWNER)
    return {
        "put": 200,
        "dropped": [name for name in metadata if name not in kept],
        "changed": {name: kept.get(name) for name in changed},
        "publish": publish.status_code,
        "errors": errors(publish.get_json()),
    }


def errors(body: dict[str, Any]) -> list[list[Any]]:
    return [[one["field"], one["messages"]] for one in body.get("errors", [])]
