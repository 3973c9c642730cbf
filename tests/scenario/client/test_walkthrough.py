from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from traceback import format_exception
from typing import Any

import pytest

import zenodo_harvest as zh
from zenodo_harvest.emulator import Emulator
from zenodo_harvest.engine import Receipt
from zenodo_harvest.errors import BadToken, Deleted, NotFound, UnknownCommunity
from zenodo_harvest.http import LocalBudget, SystemClock


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(limits="off") as server:
        yield server


@contextmanager
def open_client(site: Emulator | str, token: str = "", **settings: Any) -> Iterator[zh.Client]:
    with (
        LocalBudget(clock=SystemClock()) as budget,
        zh.Client(site, token, budget=budget, **settings) as opened,
    ):
        yield opened


@pytest.fixture
def client(emulator: Emulator) -> Iterator[zh.Client]:
    with open_client(emulator) as opened:
        yield opened


def test_the_classic_walkthrough_takes_twelve_lines(capsys: pytest.CaptureFixture[str]) -> None:
    walkthrough = """
import zenodo_harvest as zh
client = zh.Client(site="emulator", token="")
community = client.communities.find("enes data space")[0]
print(community.id, community.slug)
print(client.search(community=community.slug).total)
for record in client.search("index", community=community.slug):
    print(record.doi, "–", record.title)
client.close()
"""
    assert len(walkthrough.strip().splitlines()) <= 12
    exec(walkthrough, {})  # noqa: S102 - the text is ours, and its length is what is tested
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith(" enes-data-space")
    assert int(lines[1]) >= len(lines) - 2 > 0
    assert all(line.startswith("10.5281/zenodo.") and " – " in line for line in lines[2:])


def test_what_a_site_name_started_is_stopped_with_the_client() -> None:
    client = zh.Client(site="emulator", token="")
    host, _, port = client.site.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=5):
        pass
    client.close()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((host, int(port)), timeout=5)


def test_every_row_of_the_server_arrives_once(client: zh.Client) -> None:
    found = client.search(all_versions=True)
    ids = [record.id for record in found]
    assert len(ids) == len(set(ids)) == found.total
    assert found.receipt is not None
    assert found.receipt.complete


def test_a_token_that_counts_takes_fewer_requests(emulator: Emulator, client: zh.Client) -> None:
    list(guest := client.search(all_versions=True))
    with open_client(emulator, "emulator-token") as with_token:
        list(user := with_token.search(all_versions=True))
    assert guest.receipt is not None
    assert user.receipt is not None
    assert (guest.receipt.page_size, user.receipt.page_size) == (25, 100)
    assert user.receipt.requests < guest.receipt.requests


def test_a_bad_token_is_said_and_not_worked_around(emulator: Emulator) -> None:
    with open_client(emulator, "wrong") as client:
        for use in (
            client.search("frost").preview,
            lambda: client.count("frost"),
            lambda: list(client.search()),
        ):
            with pytest.raises(BadToken, match="does not know the token"):
                use()


def test_no_token_is_in_any_address_that_the_server_saw(emulator: Emulator) -> None:
    before = len(emulator.log)
    with open_client(emulator, "emulator-token") as client:
        client.search("frost", community="enes-data-space").preview()
        client.communities.find("enes")
        client.count("frost", by="type")
    seen = [str(request) for request in emulator.log[before:]]
    assert len(seen) >= 4
    assert not [line for line in seen if "emulator-token" in line]


def test_parquet_csv_and_json_lines_come_from_one_walk_with_one_receipt(
    client: zh.Client, tmp_path: Path
) -> None:
    names = ["records.parquet", "records.csv", "records.jsonl"]
    found = client.search(community="enes-data-space")
    receipt = found.save(*(tmp_path / name for name in names))
    assert {path.name for path in tmp_path.iterdir()} == {*names, "records.parquet.receipt.json"}
    assert [output.path for output in receipt.outputs] == names
    assert {output.rows for output in receipt.outputs} == {receipt.rows} == {found.total}
    assert Receipt.from_json((tmp_path / "records.parquet.receipt.json").read_text()) == receipt


def test_each_output_has_a_receipt_of_its_name(client: zh.Client, tmp_path: Path) -> None:
    for query in ("frost", "index", "frost"):
        client.search(query).to_csv(tmp_path / f"{query}.csv")
    for query in ("frost", "index"):
        assert json.loads((tmp_path / f"{query}.csv.receipt.json").read_text())["query"] == query
    assert len(list(tmp_path.iterdir())) == 4


def test_a_search_becomes_a_frame_and_an_arrow_table(client: zh.Client) -> None:
    found = client.search("index", community="enes-data-space")
    frame, table = found.to_pandas(["id", "title"]), found.to_arrow(["id", "title"])
    assert list(frame.columns) == table.column_names == ["id", "title"]
    assert len(frame) == table.num_rows == found.total > 0


def test_a_frame_has_arrows_types_on_demand_and_unknown_ones_fetch_nothing(client: zh.Client) -> None:
    found = client.search("frost")
    with pytest.raises(zh.UsageError, match="no dtype_backend 'arrow'"):
        found.to_pandas(dtype_backend="arrow")
    assert found.receipt is None
    assert str(found.to_pandas(["views"], dtype_backend="pyarrow")["views"].dtype) == "int64[pyarrow]"


def test_a_search_without_hits_is_a_table_without_rows(client: zh.Client, tmp_path: Path) -> None:
    receipt = client.search("nosuchwordanywhere").to_parquet(tmp_path / "none.parquet")
    assert (receipt.rows, receipt.total_end, receipt.complete) == (0, 0, True)
    assert (tmp_path / "none.parquet").exists()


def test_an_unknown_community_leaves_no_file(client: zh.Client, tmp_path: Path) -> None:
    with pytest.raises(UnknownCommunity) as caught:
        client.search("frost", community="no-such").to_csv(tmp_path / "x.csv")
    assert caught.value.nearest
    assert list(tmp_path.iterdir()) == []


def test_a_record_is_found_by_id_doi_concept_and_address(client: zh.Client) -> None:
    record = next(iter(client.search(limit=1)))
    for ref in (record.id, record.doi, record.concept_id, f"https://zenodo.org/records/{record.id}"):
        assert client.record(str(ref)).id == record.id


def test_records_of_a_list_come_in_its_order_with_the_misses(client: zh.Client) -> None:
    some = list(client.search(limit=30))
    refs = [str(record.doi if place % 2 else record.id) for place, record in enumerate(reversed(some))]
    found = client.records([*refs, "999999999999", refs[0]])
    with pytest.warns(zh.MissingWarning, match="1 of 31 references led to no record: 999999999999"):
        assert [record.id for record in found] == [record.id for record in reversed(some)]
    assert [miss.ref for miss in found.missing] == ["999999999999"]
    assert found.repeated == 1


def test_a_record_that_is_not_there_is_one_sentence(client: zh.Client) -> None:
    with pytest.raises(NotFound, match="has no record 999999999999") as caught:
        client.record("999999999999")
    assert "".join(format_exception(caught.value)).count("Traceback") == 1


def test_counts_add_up(client: zh.Client) -> None:
    counts = client.count(by=["type", "access", "year"])
    for by in ("type", "access"):
        assert sum(bucket.count for bucket in counts[by].buckets) + (counts[by].rest or 0) == counts.total


def test_a_community_s_records_are_the_same_by_either_way(client: zh.Client) -> None:
    by_search = [record.id for record in client.search("frost", community="enes-data-space")]
    by_community = [record.id for record in client.communities.records("ENES Data Space", "frost")]
    assert by_search == by_community
    assert client.communities.count("enes-data-space") == client.search(community="enes-data-space").total


def test_several_communities_give_the_union(client: zh.Client) -> None:
    slugs = [community.slug for community in client.communities.find()]
    one, two = [slug for slug in slugs if client.communities.count(slug)][:2]
    ids = {record.id for slug in (one, two) for record in client.search(community=slug)}
    assert {record.id for record in client.search(community=[one, two])} == ids


def test_an_explanation_searches_nothing(client: zh.Client, emulator: Emulator) -> None:
    before = len(emulator.log)
    explanation = client.explain("frost", community="enes-data-space")
    assert len(emulator.log) - before == 1
    assert explanation.communities[0].slug == "enes-data-space"
    assert explanation.requests[0].startswith(f"{emulator.url}/api/communities/")


def test_a_site_known_by_its_address_alone_is_found_out(emulator: Emulator) -> None:
    with open_client(emulator.url) as client:
        found: Any = client.search("frost", limit=30)
        assert len(list(found)) == min(30, found.total)
        assert found.receipt.page_size == 25


def test_a_deleted_record_says_when_and_why(client: zh.Client) -> None:
    ids = {int(record.id or 0) for record in client.search(all_versions=True)}
    concepts = {int(record.concept_id or 0) for record in client.search(all_versions=True)}
    gaps = set(range(min(ids), max(ids))) - ids - concepts
    said = []
    for gap in sorted(gaps):
        try:
            client.record(str(gap))
        except Deleted as error:
            said.append(error.message)
        except NotFound:
            continue
    assert said
    assert all(
        re.search(r"^Record \d+ was deleted on \d{4}-\d\d-\d\d \([a-z-]+\)", message) for message in said
    )
