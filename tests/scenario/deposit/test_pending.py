"""Who waits for a community, as its curator and the one who asked see it."""

from __future__ import annotations

import pytest

from deposit_desk import CLOSED, OTHER, OWNER, Desk
from zenodo_harvest.catalog import pending_records
from zenodo_harvest.errors import NotAllowed


def uuid_of(desk: Desk, id_: str) -> str:
    (asked,) = [each for each in desk.of().requests(everything=True) if each.record_id == id_]
    assert asked.community_id
    return asked.community_id


@pytest.mark.parametrize("token", [OWNER, OTHER], ids=["who asked", "curator"])
def test_records_whose_last_request_is_open_or_declined_are_seen(desk: Desk, token: str) -> None:
    waits, declined, joined, withdrawn = (desk.published() for _ in range(4))
    curator = desk.of(OTHER)
    for id_ in (waits, declined, joined, withdrawn):
        desk.of().submit(id_, CLOSED)
    asked = {each.record_id: each.id for each in curator.requests(community=CLOSED)}
    curator.decline(asked[declined])
    curator.decline(asked[joined])
    desk.of().submit(joined, CLOSED)
    again = {each.record_id: each.id for each in curator.requests(community=CLOSED)}
    curator.accept(again[joined])
    desk.of().withdraw(withdrawn, CLOSED)
    seen = pending_records(desk.of(token), {CLOSED: uuid_of(desk, waits)})
    told = {each.id: (each.status, each.community, each.title) for each in seen}
    assert told[waits] == ("submitted", CLOSED, "Frost days")
    assert told[declined] == ("declined", CLOSED, "Frost days")
    assert {joined, withdrawn}.isdisjoint(told)
    assert all(each.url and each.asked_at for each in seen)


def test_a_wrong_token_is_told(desk: Desk) -> None:
    id_ = desk.published()
    desk.of().submit(id_, CLOSED)
    with pytest.raises(NotAllowed):
        pending_records(desk.of("no-such-token"), {CLOSED: uuid_of(desk, id_)})
