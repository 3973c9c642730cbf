"""A byte-order mark and broken UTF-8 cost nothing, in whichever answer of a server they come first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from werkzeug.wrappers import Request, Response

from zenodo_harvest.client import Client
from zenodo_harvest.emulator import Emulator
from zenodo_harvest.errors import NotFound

SPOILS: dict[str, Callable[[bytes], bytes]] = {
    "a byte-order mark": lambda body: b"\xef\xbb\xbf" + body,
    "a broken byte": lambda body: body.replace(b'"title": "', b'"title": "\xff').replace(
        b'"title":"', b'"title":"\xff'
    ),
}


class Spoiler:
    """Spoils every answer."""

    def __init__(self, spoil: Callable[[bytes], bytes]) -> None:
        self._spoil = spoil

    def before(self, _: Request) -> Response | None:
        return None

    def after(self, _: Request, answer: Response) -> Response:
        answer.set_data(self._spoil(answer.get_data()))
        return answer


@pytest.fixture(params=list(SPOILS))
def client(request: Any) -> Iterator[Client]:
    with (
        Emulator(limits="off", faults=Spoiler(SPOILS[request.param])) as emulator,
        Client(emulator.url, "") as opened,  # an address of which nothing is known
    ):
        yield opened


def test_a_community_is_read(client: Client) -> None:
    assert client.communities.show("enes-data-space").slug == "enes-data-space"


def test_a_search_in_a_community_is_read(client: Client) -> None:
    assert len(list(client.search("index", community="enes-data-space", limit=3))) == 3


def test_a_count_and_a_record_are_read(client: Client) -> None:
    assert client.count("index", by="type").total > 0
    assert client.record("900000101").id == "900000101"


def test_dumps_are_listed(client: Client) -> None:
    assert client.dumps.list()


def test_what_a_server_says_of_an_error_is_read(client: Client) -> None:
    with pytest.raises(NotFound):
        client.record("1")
