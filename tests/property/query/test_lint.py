from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from zenodo_harvest.lucene import parse
from zenodo_harvest.query import lint
from zenodo_harvest.vocabularies.flavours import INVENIORDM, ZENODO, Flavour

PIECES = (
    "frost", "days", "frost-days", "AND", "OR", "NOT", "and", "TO", "&&", "||", "!", "+", "-", "(", ")",
    "[", "]", "{", "}", '"', "'", ":", "\\", "/", "~", "~1", "^2", "^", "*", "?", "<", ">=", " ", "  ",
    "\u00a0", "“", "”", "title:", "created:", "doi:", "recid:", "version:", "type:", "communities:",
    "filecount:", "nosuch:", "keyword:", "custom_fields.dwc:genus:", "custom_fields.dwc\\:genus:",
    "publication_date:", "_exists_:", "language:", "license.identifier:", "is_published:",
    "metadata.publication_date_range:", "_files.checksum:", "*:", "filetype:", "2024", "2024-02",
    "2024-02-30", "2024-05-03", "2024-05-03T10:00:00+00:00", "now-1d", "[2024 TO 2025]", "{2024-01 TO *]",
    "10.5281/zenodo.1", "doi:10.5281/zenodo.*", "https://doi.org/10.5281/zenodo.1", ",", ".",
    "https://example.org/a?b=c", "0000-0002-1825-0097", '"10.5281/zenodo.1"', "MIT", "yes", "en", "1",
    "1.0", "a/b",
)  # fmt: skip
QUERIES = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=14).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join),
    st.text(max_size=60),
)
WORDS = st.text(st.characters(whitelist_categories=["Ll"]), min_size=1, max_size=8).filter(
    lambda word: word not in ("and", "or", "not", "doi")
)


def parses(q: str) -> bool:
    try:
        parse(q)
    except Exception:  # noqa: BLE001 -- luqum lets errors of others through, such as decimal's
        return False
    return True


@settings(deadline=None, max_examples=400)
@given(QUERIES, st.sampled_from([ZENODO, INVENIORDM]))
def test_a_linted_query_needs_no_further_change(q: str, flavour: Flavour) -> None:
    linted = lint(q, flavour)
    again = lint(linted.q, flavour)
    assert again.q == linted.q
    if not linted.errors:
        assert not again.errors
        assert all(finding.level == "warning" for finding in again.findings)


@settings(deadline=None, max_examples=400)
@given(QUERIES)
def test_what_the_parser_cannot_read_is_never_sent(q: str) -> None:
    linted = lint(q)
    assert linted.errors or not linted.q or parses(linted.q)
    if not parses(q) and q.strip():
        assert linted.errors or linted.q != q


@settings(deadline=None)
@given(QUERIES)
def test_every_finding_is_a_sentence_with_a_place_in_the_query(q: str) -> None:
    for finding in lint(q).findings:
        assert finding.reason
        assert finding.fix
        assert str(finding)[-1] in ".?"
        assert finding.position is not None
        assert 0 <= finding.position <= len(q)


@settings(deadline=None)
@given(QUERIES)
def test_a_query_without_rewrites_is_sent_to_the_byte(q: str) -> None:
    linted = lint(q)
    if q.strip() and not any(finding.level == "rewrite" for finding in linted.findings):
        assert linted.q == q
    if linted.errors:
        assert linted.q == q


@settings(deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=5), st.sampled_from([" AND ", " OR ", "  AND\n"]))
def test_plain_words_are_sent_as_they_are(words: list[str], operator: str) -> None:
    q = operator.join(words)
    assert lint(q).q == q
    assert lint(q).findings == ()


@settings(deadline=None)
@given(st.lists(st.integers(1, 10**9), min_size=2, max_size=20))
def test_values_of_a_keyword_field_are_always_joined_by_or(ids: list[int]) -> None:
    typed = " ".join(str(number) for number in ids)
    assert lint(f"recid:({typed})").q == f"recid:({typed.replace(' ', ' OR ')})"


DOI = "10.5281/zenodo.1"
ATOMS = st.sampled_from(
    [
        ("frost", "frost"),
        ("filetype:CSV", "filetype:csv"),
        ("created:2024", "created:[2024-01-01 TO 2025-01-01}"),
        ("publication_date:[2020 TO 2021]", "metadata.publication_date_range:[2020-01-01 TO 2021-12-31]"),
        ("title:foo/bar", 'title:"foo/bar"'),
        ("recid:(1 2)", "recid:(1 OR 2)"),
        ("version:1.0", "metadata.version:1.0"),
        ("custom_fields.dwc:genus:Apis", "custom_fields.dwc\\:genus:Apis"),
        (DOI, f'(doi:"{DOI}" OR conceptdoi:"{DOI}")'),
    ]
)


def join(parts: list[tuple[str, str]], operator: str, *, grouped: bool) -> tuple[str, str]:
    typed, sent = (operator.join(side) for side in zip(*parts, strict=True))
    return (f"({typed})", f"({sent})") if grouped else (typed, sent)


GROUPS = st.recursive(
    ATOMS,
    lambda inner: st.builds(
        lambda parts, operator: join(parts, operator, grouped=True),
        st.lists(inner, min_size=2, max_size=3),
        st.sampled_from([" AND ", " OR ", " ", " AND NOT ", " && "]),
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.lists(GROUPS, min_size=2, max_size=3), st.sampled_from([" AND ", " OR ", "  ", " || "]))
def test_rewrites_leave_operators_and_groups_as_they_are(parts: list[tuple[str, str]], operator: str) -> None:
    typed, sent = join(parts, operator, grouped=False)
    assert lint(typed).q == sent
