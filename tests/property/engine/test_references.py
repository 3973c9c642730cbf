from __future__ import annotations

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from zenodo_harvest.engine import Listed, read_refs
from zenodo_harvest.errors import UsageError

ids = st.integers(1000, 10**9).map(str)
refs = st.one_of(
    ids,
    ids.map("10.5281/zenodo.{}".format),
    ids.map("https://doi.org/10.5281/zenodo.{}".format),
    ids.map("https://zenodo.org/records/{}".format),
)


@settings(deadline=None)
@given(st.lists(refs, min_size=1, max_size=30))
def test_a_list_with_one_reference_a_line_gives_all_in_their_order(lines: list[str]) -> None:
    listed = read_refs("\n".join(lines))
    assert listed.refs == tuple(lines)
    assert listed.skipped == ()


@settings(deadline=None)
@given(
    st.lists(refs.filter(lambda ref: "/" in ref), min_size=1, max_size=10),
    st.sampled_from([",", ";", "\t"]),
    st.integers(0, 3),
)
def test_the_place_of_the_column_does_not_matter(lines: list[str], sign: str, place: int) -> None:
    table = [["year", "title", "n"], *(["2020", "frost days", "7"] for _ in lines)]
    for row, cell in zip(table, ["doi", *lines], strict=True):
        row.insert(place, cell)
    assert read_refs("\n".join(sign.join(row) for row in table)).refs == read_refs("\n".join(lines)).refs


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from('10.5281/zenodo,;\t"\n\r#\ufeff xä\x00'), max_size=80))
def test_any_text_gives_references_or_one_clear_refusal(text: str) -> None:
    with suppress(UsageError):
        listed = read_refs(text)
        assert isinstance(listed, Listed)
        assert listed.refs
