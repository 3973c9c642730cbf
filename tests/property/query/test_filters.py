from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from luqum.tree import Phrase, SearchField

from zenodo_harvest.lucene import parse
from zenodo_harvest.query import Search, compile_search, lint

TODAY = date(2026, 11, 23)
TEXTS = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=40).filter(
    lambda text: text.strip()
)
PHRASE_FILTERS = st.sampled_from(["affiliation", "keyword", "journal"])


def phrases(node: object) -> list[str]:
    if isinstance(node, Phrase):
        value = node.value[1:-1]
        out, place = "", 0
        while place < len(value):
            place += value[place] == "\\"
            out += value[place]
            place += 1
        return [out]
    return [text for child in node.children for text in phrases(child)]  # type: ignore[attr-defined]


@settings(deadline=None)
@given(PHRASE_FILTERS, TEXTS)
def test_whatever_a_filter_is_given_the_server_reads_the_same(name: str, value: str) -> None:
    tree = parse(compile_search(Search.of(**{name: value}), today=TODAY).q)
    assert isinstance(tree, SearchField)
    assert phrases(tree) == [value.strip()]


@settings(deadline=None)
@given(PHRASE_FILTERS, st.lists(TEXTS, min_size=2, max_size=6, unique_by=str.strip))
def test_several_values_are_all_asked_for(name: str, values: list[str]) -> None:
    tree = parse(compile_search(Search.of(**{name: values}), today=TODAY).q)
    assert phrases(tree) == [value.strip() for value in values]


@settings(deadline=None)
@given(TEXTS)
def test_no_value_can_break_out_of_its_filter(value: str) -> None:
    q = compile_search(Search.of(keyword=value, custom=f"dwc:genus=x{value}", access="open"), today=TODAY).q
    tree = parse(q)
    assert type(tree).__name__ == "AndOperation"
    assert len(tree.children) == 3


@settings(deadline=None)
@given(st.dates(), st.dates(), st.sampled_from([4, 7, 10]), st.sampled_from([4, 7, 10]))
def test_a_range_of_dates_includes_both_its_ends(first: date, last: date, cut: int, cut_last: int) -> None:
    low, high = sorted([first, last])
    text = f"{low.isoformat()[:cut]}..{high.isoformat()[:cut_last]}"
    search = Search.of(created=text, published=text)
    if low.isoformat()[:cut].ljust(10, "~") < high.isoformat()[:cut_last] or low.year < high.year:
        q = compile_search(search, today=TODAY).q
        start, end = q.split("metadata.publication_date_range:[")[1].rstrip("]").split(" TO ")
        assert start <= low.isoformat() <= high.isoformat() <= end
        assert lint(q).q == q
