"""`emulator tokens` and `reset`, and what `--site emulator` keeps between commands."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import Client as Browser

from zenodo_harvest.client import Client
from zenodo_harvest.emulator import Emulator, state_folder

OWNER = {"Authorization": "Bearer emulator-token"}


def publish() -> None:
    browser = Browser(Emulator(limits="off", state=state_folder()).app)
    metadata = {"title": "Kept zyxwv", "upload_type": "dataset", "creators": [{"name": "Moreau, Ada"}]}
    deposit = browser.post("/api/deposit/depositions", json={"metadata": metadata}, headers=OWNER).get_json()
    bucket = deposit["links"]["bucket"].removeprefix("http://localhost")
    browser.put(f"{bucket}/a.txt", data=b"a", headers=OWNER)
    url = f"/api/deposit/depositions/{deposit['id']}/actions/publish"
    assert browser.post(url, headers=OWNER).status_code == 202


def test_a_command_finds_what_an_earlier_one_published_until_the_reset(zh: Any) -> None:
    publish()
    found = zh("--site", "emulator", "search", "zyxwv", "--columns", "title")
    assert (found.code, found.rows) == (0, [{"title": "Kept zyxwv"}])
    cleared = zh("emulator", "reset")
    assert (cleared.code, "was cleared" in cleared.err) == (0, True)
    assert zh("--site", "emulator", "search", "zyxwv").rows == []
    assert "was empty" in zh("emulator", "reset").err


def test_a_client_in_python_starts_fresh_and_one_that_asks_so_does_not() -> None:
    publish()
    with Client("emulator") as fresh, Client("emulator", keep_state=True) as kept:
        assert (fresh.count("zyxwv").total, kept.count("zyxwv").total) == (0, 1)


def test_a_command_reads_and_writes_nothing(zh: Any) -> None:
    assert zh("--site", "emulator", "search", "frost", "--limit", "1").code == 0
    assert not state_folder().exists()


def test_the_tokens_of_all_users_are_shown_the_first_ones_first(zh: Any) -> None:
    shown = zh("emulator", "tokens")
    rows = [line.split("\t") for line in shown.out.splitlines()]
    assert rows[0] == ["emulator-token", "user 1", "enes-data-space"]
    assert (rows[1][:2], "cold-data-workshop" in rows[1][2]) == (["emulator-token-2", "user 2"], True)


@pytest.mark.parametrize(("token", "is_sent"), [(None, True), ("", False)])
def test_the_first_users_token_is_offered_unless_none_is_wanted(token: str | None, is_sent: bool) -> None:
    with Client("emulator", token) as client:
        assert client.count("frost").total > 0
        server: Any = client._started
        assert {asked.has_token for asked in server.log} == {is_sent}
