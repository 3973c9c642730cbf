from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from zenodo_harvest.engine import count
from zenodo_harvest.errors import BadToken, UsageError
from zenodo_harvest.query import Search
from zenodo_harvest.sites import ZENODO


def buckets(counts: dict[str, int], inner: dict[str, dict[str, int]] | None = None) -> dict[str, Any]:
    found = [{"key": key, "doc_count": number, "label": key.title()} for key, number in counts.items()]
    if inner is not None:
        found = [{**bucket, "inner": buckets(inner.get(str(bucket["key"]), {}))} for bucket in found]
    return {"label": "?", "buckets": found}


AGGREGATIONS = {
    "resource_type": buckets(
        {"publication": 20, "dataset": 15}, {"publication": {"publication-article": 12}, "dataset": {}}
    ),
    "publication_date": buckets({"2019": 30, "2020": 0, "2021": 12}),
    "access_status": buckets({"open": 40}),
    "subject": buckets({f"word {number}": 5 for number in range(10)}),
    "file_type": buckets({"csv": 30, "txt": 25}),
}


def context(kit: Any, aggregations: object = AGGREGATIONS, **how: Any) -> Any:
    rows = [kit.record(number) for number in range(40)]
    return kit.context({"/api/records": kit.list_route(rows, aggregations=aggregations, **how)})


def test_a_count_costs_one_request_for_one_row(kit: Any) -> None:
    asking = context(kit)
    assert count(asking, Search(q="frost")).total == 40
    ((path, params, _),) = asking.transport.log
    assert path == "/api/records"
    assert dict(params) == {"q": "frost", "size": "1", "page": "1"}


def test_types_come_with_their_subtypes_and_what_the_list_leaves_out(kit: Any) -> None:
    (types,) = count(context(kit), Search(), ["type"]).breakdowns
    assert [(bucket.key, bucket.label, bucket.count) for bucket in types.buckets] == [
        ("publication", "Publication", 20),
        ("dataset", "Dataset", 15),
    ]
    assert [(inner.key, inner.count) for inner in types.buckets[0].inner] == [("publication-article", 12)]
    assert types.rest == 5
    assert "5 more" in types.note


def test_years_without_records_are_left_out(kit: Any) -> None:
    years = count(context(kit), Search(), ["year"])["year"]
    assert [(bucket.key, bucket.count) for bucket in years.buckets] == [("2019", 30), ("2021", 12)]
    assert years.rest is None
    assert "each" in years.note


def test_a_list_that_the_server_may_have_cut_says_so(kit: Any) -> None:
    counts = count(context(kit), Search(), ["subject", "filetype"])
    assert "10 largest" in counts["subject"].note
    assert counts["filetype"].note == ""
    assert counts["subject"].rest is None


def test_a_whole_list_has_nothing_to_say(kit: Any) -> None:
    assert count(context(kit), Search(), ["access"])["access"].note == ""


def test_subtypes_that_the_server_may_have_cut_are_named(kit: Any) -> None:
    many = buckets({"publication": 40}, {"publication": {f"publication-{number}": 4 for number in range(10)}})
    (types,) = count(context(kit, {"resource_type": many}), Search(), ["type"]).breakdowns
    assert types.rest == 0
    assert "publication may have more" in types.note


def test_several_breakdowns_come_from_one_request_in_the_order_asked_for(kit: Any) -> None:
    asking = context(kit)
    counts = count(asking, Search(), ["year, type", "year"])
    assert [breakdown.by for breakdown in counts.breakdowns] == ["year", "type"]
    assert len(asking.transport.log) == 1


def test_an_unknown_facet_is_refused_before_anything_is_asked(kit: Any) -> None:
    asking = context(kit)
    with pytest.raises(UsageError, match="'yaer'") as caught:
        count(asking, Search(), ["yaer"])
    assert "Did you mean year?" in caught.value.hint
    assert asking.transport.log == []


@pytest.mark.parametrize("name", ["FileType", "file_type", "file-type"])
def test_the_spelling_of_a_facet_does_not_matter(kit: Any, name: str) -> None:
    assert count(context(kit), Search(), [name]).breakdowns[0].by == "filetype"


def test_a_server_that_does_not_count_so_is_refused(kit: Any) -> None:
    with pytest.raises(UsageError, match="zenodo does not count by subject"):
        count(context(kit, {}), Search(), ["subject"])


def test_a_count_with_a_token_the_server_does_not_know_is_refused(kit: Any) -> None:
    asking = kit.context({"/api/records": kit.list_route([], cap=25)}, has_token=True)
    with pytest.raises(BadToken):
        count(asking, Search())


def test_another_server_is_not_asked_for_more_than_one_row(kit: Any) -> None:
    site = replace(ZENODO, flavour="inveniordm")
    asking = kit.context({"/api/records": kit.list_route([], cap=100)}, has_token=True, site=site)
    assert count(asking, Search()).total == 0
    assert dict(asking.transport.log[0][1])["size"] == "1"


def test_strange_buckets_are_passed_over(kit: Any) -> None:
    odd = {"access_status": {"buckets": [None, {"key": "open"}, {"key": "open", "doc_count": 40}]}}
    (access,) = count(context(kit, odd), Search(), ["access"]).breakdowns
    assert [(bucket.key, bucket.label, bucket.count) for bucket in access.buckets] == [("open", "open", 40)]


def test_counts_show_themselves_and_become_a_frame(kit: Any) -> None:
    odd = {**AGGREGATIONS, "resource_type": buckets({"<b>": 3}, {"<b>": {"x": 2}})}
    counts = count(context(kit, odd), Search(), ["type", "year"])
    assert repr(counts) == (
        "<Counts: 40 records; type: <B> 3 (37 more are in none of the values listed: the server lists the 1 "
        "largest.); year: 2019 30, 2021 12 (A record whose date spans several years is counted in each.)>"
    )
    assert "&lt;B&gt; / X" in counts._repr_html_()
    assert "<B>" not in counts._repr_html_()
    frame = counts.to_pandas()
    assert list(frame.columns) == ["by", "key", "label", "count", "within"]
    assert frame[frame.by == "type"].fillna("").values.tolist() == [
        ["type", "<b>", "<B>", 3, ""],
        ["type", "x", "<B> / X", 2, "<b>"],
        ["type", "", "none of these", 37, ""],
    ]
    assert frame[frame.by == "year"]["key"].tolist() == [2019, 2021]
    assert frame[frame.by == "year"]["count"].sum() == 42


def test_counts_by_nothing_are_one_row_with_the_total(kit: Any) -> None:
    counts = count(context(kit), Search())
    assert counts.to_pandas()[["by", "count"]].values.tolist() == [["total", 40]]
    assert '<td style="text-align:right">40</td>' in counts._repr_html_()


def test_what_counts_do_not_show_stands_beside_them(kit: Any) -> None:
    counts = count(context(kit), Search(), ["subject", "filetype", "year"])
    assert counts.notes == (
        "subject: The server lists the 10 largest; there may be more.",
        "year: A record whose date spans several years is counted in each.",
    )
    assert all(note in counts._repr_html_() for note in counts.notes)


def test_counts_are_iterated_over_row_by_row_and_make_a_dictionary(kit: Any) -> None:
    counts = count(context(kit), Search(), ["year", "type"])
    assert pd.DataFrame(counts)["count"].tolist() == [30, 12, 20, 12, 15, 5]
    assert dict(counts) == {"year": counts["year"], "type": counts["type"]}
    assert ("year" in counts, "subject" in counts) == (True, False)
