"""What the real server software answered, read through our own transport and client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from doubles import StillClock
from zenodo_harvest.client import Client
from zenodo_harvest.engine import resolve_community
from zenodo_harvest.errors import (
    Deleted,
    NotAllowed,
    NotFound,
    RateLimited,
    ServerError,
    UsageError,
)
from zenodo_harvest.http import PLAIN_JSON, LocalBudget, RetryPolicy, Transport
from zenodo_harvest.sites import Site

RECORDER = Site("recorder", "http://127.0.0.1:5000")


MakeTransport = Callable[..., Transport]


@pytest.fixture
def make_transport() -> Iterator[MakeTransport]:
    with ExitStack() as made:

        def make(token: str | None = None) -> Transport:
            clock = StillClock()
            transport = Transport(
                RECORDER,
                user_agent="zenodo-harvest/test",
                token=token,
                budget=made.enter_context(LocalBudget(clock=clock)),
                clock=clock,
                retry=RetryPolicy(attempts=1),
            )
            return made.enter_context(transport)

        yield make


@pytest.fixture
def client() -> Iterator[Client]:
    clock = StillClock()
    with LocalBudget(clock=clock) as budget, Client(RECORDER, clock=clock, budget=budget) as opened:
        yield opened


@pytest.mark.cassette("walk-software")
def test_a_walk_over_three_pages_brings_every_record_once(client: Client) -> None:
    results = client.search("type:software", sort="oldest")
    records = list(results)
    assert results.total == len(records) == len({record.id for record in records}) == 62
    assert {record.resource_type.partition("-")[0] for record in records if record.resource_type} == {
        "software"
    }
    assert {record.dialect for record in records} == {"native"}


@pytest.mark.cassette("community-by-slug")
def test_a_slug_is_resolved_to_its_uuid(make_transport: MakeTransport) -> None:
    community = resolve_community(make_transport(), "https://zenodo.org/communities/ENES-data-space")
    assert (community.slug, community.id) == ("enes-data-space", "9a2370c8-7d98-4420-bf4e-4005fa30c6a5")


@pytest.mark.cassette("community-by-uuid")
def test_a_uuid_is_resolved_to_its_slug(make_transport: MakeTransport) -> None:
    community = resolve_community(make_transport(), "9a2370c8-7d98-4420-bf4e-4005fa30c6a5")
    assert community.slug == "enes-data-space"


@pytest.mark.cassette("silent-community")
def test_the_server_answers_for_the_whole_repository_when_a_community_is_unknown(
    make_transport: MakeTransport,
) -> None:
    answer = make_transport().get("/api/records", [("communities", "no-such-community"), ("size", "2")])
    assert answer.json()["hits"]["total"] == 274


@pytest.mark.cassette("silent-fallback")
def test_the_server_answers_a_broken_query_with_a_bag_of_words(make_transport: MakeTransport) -> None:
    answer = make_transport().get("/api/records", [("q", "frost AND (index"), ("size", "2")])
    assert answer.json()["hits"]["total"] == 242


@pytest.mark.cassette("past-the-end")
def test_a_page_past_the_end_is_empty_and_still_tells_the_total(make_transport: MakeTransport) -> None:
    hits = (
        make_transport().get("/api/records", [("q", "frost"), ("size", "10"), ("page", "2")]).json()["hits"]
    )
    assert (hits["hits"], hits["total"]) == ([], 10)


@pytest.mark.cassette("legacy-page")
def test_plain_json_is_the_legacy_dialect(make_transport: MakeTransport) -> None:
    answer = make_transport().get("/api/records", [("q", "frost"), ("size", "10")], accept=PLAIN_JSON)
    assert "conceptrecid" in answer.json()["hits"]["hits"][0]


@pytest.mark.cassette("single-record")
def test_a_single_record_is_read(client: Client) -> None:
    record = client.record("14000009")
    assert record.id == "14000009"
    assert record.problems == ()


@pytest.mark.cassette("deleted-record")
def test_a_deleted_record_shows_its_tombstone(make_transport: MakeTransport) -> None:
    with pytest.raises(Deleted) as gone:
        make_transport().get("/api/records/14000872")
    assert gone.value.tombstone["removal_reason"]["id"] == "test-record"


@pytest.mark.cassette("bad-token-cap")
def test_a_wrong_token_has_the_page_cap_of_guests(make_transport: MakeTransport) -> None:
    with pytest.raises(UsageError) as refused:
        make_transport("TOKEN-WRONG").get("/api/records", [("size", "100")])
    (complaint,) = refused.value.field_errors
    assert complaint.field == "size"
    assert "25" in complaint.messages[0]


@pytest.mark.cassette("unknown-record")
def test_an_unknown_record_is_not_found(make_transport: MakeTransport) -> None:
    with pytest.raises(NotFound):
        make_transport().get("/api/records/99999999")


@pytest.mark.cassette("unknown-community")
def test_an_unknown_community_is_not_found(make_transport: MakeTransport) -> None:
    with pytest.raises(NotFound):
        make_transport().get("/api/communities/no-such-community")


@pytest.mark.cassette("restricted-files")
def test_restricted_files_are_not_allowed(make_transport: MakeTransport) -> None:
    with pytest.raises(NotAllowed):
        make_transport().get("/api/records/14000014/files", accept=PLAIN_JSON)


@pytest.mark.parametrize(
    ("params", "part"),
    [
        pytest.param(
            [("q", "title:foo/bar")], "query", marks=pytest.mark.cassette("query-syntax"), id="query syntax"
        ),
        pytest.param(
            [("page", "401"), ("size", "25")], "", marks=pytest.mark.cassette("deep-window"), id="deep window"
        ),
        pytest.param(
            [("sort", "nosuch")], "nosuch", marks=pytest.mark.cassette("unknown-sort"), id="unknown sort"
        ),
    ],
)
def test_what_the_server_refuses_is_a_usage_error(
    make_transport: MakeTransport, params: list[tuple[str, str]], part: str
) -> None:
    with pytest.raises(UsageError) as refused:
        make_transport().get("/api/records", params)
    assert part in str(refused.value).lower()


@pytest.mark.cassette("wrong-accept")
def test_an_accept_header_that_nobody_serves_is_a_usage_error(make_transport: MakeTransport) -> None:
    with pytest.raises(UsageError):
        make_transport().get("/api/records", [("size", "1")], accept="application/xml")


@pytest.mark.cassette("impossible-date")
def test_an_impossible_date_is_a_server_error(make_transport: MakeTransport) -> None:
    with pytest.raises(ServerError) as failed:
        make_transport().get("/api/records", [("q", "created:[2024-13-45 TO *]")])
    assert failed.value.status == 500


@pytest.mark.parametrize(
    "target",
    [
        pytest.param("/api/records", marks=pytest.mark.cassette("rate-limit-json"), id="JSON"),
        pytest.param("/oai2d", marks=pytest.mark.cassette("rate-limit-html"), id="HTML page"),
    ],
)
def test_a_429_is_named_whatever_its_body(make_transport: MakeTransport, target: str) -> None:
    params = [("size", "1")] if target == "/api/records" else [("verb", "Identify")]
    with pytest.raises(RateLimited) as limited:
        make_transport().get(target, params, accept="*/*")
    assert limited.value.retry_after_s == 59
