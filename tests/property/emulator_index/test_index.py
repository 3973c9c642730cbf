"""Properties of the search core: any text is answered or refused, and sets obey the rules of sets."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from zenodo_harvest.emulator.index import EngineError, Filters, Index

NOW = datetime(2026, 11, 23, 3, 50, tzinfo=UTC)
WORDS = ("frost", "index", "Ødegård", "open data", "a-b", "<b>x", "霜日")


def record(number: int) -> dict[str, Any]:
    return {
        "id": str(number),
        "created": f"2024-01-{number % 28 + 1:02}T10:00:00.000000+00:00",
        "updated": f"2024-02-{number % 28 + 1:02}T10:00:00.000000+00:00",
        "parent": {"id": str(1000 + number), "access": {"owned_by": {"user": "3"}}, "communities": {}},
        "versions": {"index": number % 3 + 1, "is_latest": True},
        "metadata": {
            "title": f"{WORDS[number % len(WORDS)]} {number}",
            "publication_date": ("2019", "2019-05", "2020/2021", "odd")[number % 4],
            "resource_type": {"id": ("dataset", "publication-article")[number % 2]},
            "subjects": [{"subject": WORDS[number % 3]}],
        },
        "files": {"enabled": True, "count": number % 4, "total_bytes": number * 100, "entries": {}},
    }


INDEX = Index((record(number) for number in range(60)), (), verified_owners=frozenset(), now=lambda: NOW)
EVERYTHING = frozenset(str(number) for number in range(60))

NAMES = (
    *(
        "title",
        "description",
        "created",
        "updated",
        "recid",
        "versions.index",
        "is_published",
        "_exists_",
        "*",
    ),
    *("metadata.publication_date_range", "metadata.locations.features.centroid", "pid.pk", "metadata.\\*"),
    *("custom_fields.obo\\:RO_0002453", "no.such", "communities", "doi"),
)
VALUES = (
    *(
        "frost",
        "index",
        "fro*",
        "*st",
        "f?o",
        "frost~",
        "frost~0.5",
        f"frost~{'9' * 400}",
        "frost^2",
        "frost^x",
    ),
    *(
        '"a b"',
        '"a b"~2',
        f'"a b"~{"9" * 400}',
        '"a"~1.5',
        "/fr[o&&]st/",
        "/(((/",
        "/a{1,9999999}/",
        "/(?x)/",
    ),
    *(
        "/[[a--b]/",
        '/"x^"/',
        "1",
        "1.5",
        "-3",
        "true",
        "2019",
        "2019-13",
        "2024-01-05",
        "now",
        "now-1d/d",
        "now/q",
    ),
    *("now+999999y", "9" * 15, "[1", "2024-01-01||+1M/d", "[* TO 3]", "[a TO *]", "{2019 TO 2020-02}", ">=3"),
    *("(a OR b)", "(a b)", "()", "<2020", "<=", ">", "10.5281/zenodo.1", "a:b", "*", "**", "?", "\\*", "a\\"),
    *("&&", "||", "+", "-", "!", "^2", "~", "- ", "[x", "\\u00e9", "\\u12"),
)
QUERIES = st.lists(
    st.one_of(
        st.builds("{}:{}".format, st.sampled_from(NAMES), st.sampled_from(VALUES)),
        st.sampled_from((*VALUES, "AND", "OR", "NOT", "(", ")", "TO")),
        st.text(max_size=6),
    ),
    max_size=6,
).map(" ".join)
REFUSALS = {(400, "Invalid query string syntax."), (500, "Internal server error")}
LEAVES = st.sampled_from(("frost", "index", "title:frost", "created:>=2024-01-10", "versions.index:2", "x"))


def ids(q: str | None, **filters: Any) -> frozenset[str]:
    hits = INDEX.search(
        q,
        sort=None,
        page=1,
        size=1000,
        filters=Filters(**filters),
        verified_first=False,
        with_aggregations=False,
    )
    assert hits.total == len(hits.ids) == len(set(hits.ids))
    return frozenset(hits.ids)


def outcome(q: str) -> tuple[int, str]:
    try:
        ids(q)
    except EngineError as refusal:
        return refusal.status, refusal.message
    return 200, ""


@settings(deadline=None, max_examples=100)
@given(st.one_of(QUERIES, st.text()))
def test_any_text_is_answered_or_refused_as_the_engine_does(q: str) -> None:
    assert outcome(q) in REFUSALS or ids(q) <= EVERYTHING


@settings(deadline=None, max_examples=100)
@given(LEAVES, LEAVES)
def test_and_or_and_not_are_intersection_union_and_difference(one: str, other: str) -> None:
    assert ids(f"{one} AND {other}") == ids(one) & ids(other)
    assert ids(f"{one} OR {other}") == ids(f"{one} {other}") == ids(one) | ids(other)
    assert ids(f"{one} NOT {other}") == ids(f"{one} -{other}") == ids(one) - ids(other)
    assert ids(f"NOT {one}") == EVERYTHING - ids(one)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.text(max_size=12), max_size=3))
def test_any_chosen_dates_are_a_filter_or_idle(values: list[str]) -> None:
    assert ids(None, facets={"publication_date": values, "no_such_facet": values}) <= EVERYTHING


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 28), st.integers(1, 28))
def test_half_open_windows_add_up(first: int, second: int) -> None:
    low, middle = sorted((first, second))
    parts = f"created:[2024-01-{low:02} TO 2024-01-{middle:02}}}", f"created:[2024-01-{middle:02} TO *]"
    assert not ids(parts[0]) & ids(parts[1])
    assert ids(parts[0]) | ids(parts[1]) == ids(f"created:[2024-01-{low:02} TO *]")
