"""OAI-PMH as the real server software answered it, read through our own transport."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from doubles import StillClock
from zenodo_harvest.errors import Incomplete, NotFound
from zenodo_harvest.http import LocalBudget, RetryPolicy, Transport
from zenodo_harvest.oai import OaiError, OaiWalk, get_record, identify, list_formats, list_sets
from zenodo_harvest.records import Provenance, read_record
from zenodo_harvest.sites import Site

RECORDER = Site("recorder", "http://127.0.0.1:5000")
PROVENANCE = Provenance("recorder", "oai", datetime(2026, 11, 23, tzinfo=UTC), RECORDER.url)


@pytest.fixture
def transport() -> Iterator[Transport]:
    clock = StillClock()
    with (
        LocalBudget(clock=clock) as budget,
        Transport(
            RECORDER,
            user_agent="zenodo-harvest/test",
            budget=budget,
            clock=clock,
            retry=RetryPolicy(attempts=1),
        ) as made,
    ):
        yield made


@pytest.mark.cassette("oai-about")
def test_the_repository_its_formats_and_its_sets_are_read(transport: Transport) -> None:
    identity = identify(transport)
    assert (identity.name, identity.deleted_record) == ("Zenodo", "no")
    assert identity.granularity == "YYYY-MM-DDThh:mm:ssZ"
    prefixes = {each.prefix for each in list_formats(transport)}
    assert prefixes >= {"oai_dc", "oai_datacite", "datacite", "marcxml", "dcat"}
    specs = [each.spec for each in list_sets(transport)]
    assert len(specs) == len(set(specs)) == 9
    assert {"user-enes-data-space", "user-empty-room"} <= set(specs)


@pytest.mark.cassette("oai-record")
def test_one_record_is_read_in_datacite_and_kept_whole_in_every_other_format(transport: Transport) -> None:
    rows = {
        prefix: read_record(get_record(transport, "oai:zenodo.org:14000096", prefix=prefix), PROVENANCE)
        for prefix in ("oai_dc", "oai_datacite", "marcxml", "dcat")
    }
    assert {row.id for row in rows.values()} == {"14000096"}
    assert {row.communities for row in rows.values()} == {("enes-data-space", "frost-index-lab")}
    row = rows["oai_datacite"]
    assert (row.concept_id, row.problems) == ("14000082", ())
    assert row.updated == datetime(2026, 11, 23, 3, 31, 11, tzinfo=UTC)
    for prefix in ("oai_dc", "marcxml", "dcat"):
        assert "climate-model intercomparison" in (rows[prefix].extra or "")
        assert rows[prefix].problems[0].endswith("no DataCite resource")
    with pytest.raises(NotFound):
        get_record(transport, "oai:zenodo.org:99999999", prefix="oai_dc")


@pytest.mark.cassette("oai-refusals")
def test_refusals_have_names_and_no_match_is_an_empty_list(transport: Transport) -> None:
    with pytest.raises(OaiError, match="metadataPrefix does not exist") as caught:
        list(OaiWalk(transport, prefix="nope").pages())
    assert caught.value.code == "badArgument"
    assert list(OaiWalk(transport, prefix="oai_dc", set_="user-nosuch").pages()) == []
    backwards = {"from_": datetime(2026, 2, 1, tzinfo=UTC), "until": datetime(2026, 1, 1, tzinfo=UTC)}
    with pytest.raises(OaiError):
        list(OaiWalk(transport, prefix="oai_dc", **backwards).pages())


@pytest.mark.cassette("oai-expired-token")
def test_a_walk_whose_token_expired_is_not_passed_off_as_whole(transport: Transport) -> None:
    walk = OaiWalk(
        transport,
        "ListIdentifiers",
        prefix="oai_dc",
        from_=datetime(2026, 11, 23, 3, 30, tzinfo=UTC),
        until=datetime(2026, 11, 23, 3, 32, tzinfo=UTC),
        redos=0,
    )
    pages = walk.pages()
    assert len(next(pages).identifiers) == 50
    with pytest.raises(Incomplete, match="token is expired or spent"):
        next(pages)
