from __future__ import annotations

from urllib.parse import quote_plus

from zenodo_harvest.ids import RecordRef, parse_record_ref
from zenodo_harvest.query import lint, recid_query


def refs(*texts: str) -> list[RecordRef]:
    return [parse_record_ref(text) for text in texts]


def test_an_id_may_be_that_of_a_record_or_of_a_concept() -> None:
    assert recid_query(refs("1", "10.5281/zenodo.2")) == ["id:(1 OR 2) OR parent.id:(1 OR 2)"]


def test_one_reference_needs_no_group() -> None:
    assert recid_query(refs("1")) == ["id:1 OR parent.id:1"]


def test_a_doi_of_others_is_searched_as_a_phrase_in_both_places() -> None:
    assert recid_query(refs("1", "10.1234/Own")) == [
        'id:1 OR parent.id:1 OR pids.doi.identifier:"10.1234/own" OR parent.pids.doi.identifier:"10.1234/own"'
    ]


def test_no_query_holds_more_than_a_hundred_references_and_none_is_lost() -> None:
    queries = recid_query(refs(*(str(number) for number in range(1000, 1250)), "1000"))
    assert len(queries) == 3
    found = [number for q in queries for number in q[q.index("(") + 1 : q.index(")")].split(" OR ")]
    assert found == [str(number) for number in range(1000, 1250)]


def test_queries_of_long_dois_fit_into_a_request_line() -> None:
    queries = recid_query(refs(*(f"10.1234/{'x' * 120}{number}" for number in range(100))))
    assert all(len(quote_plus(q)) < 7000 for q in queries)
    assert sum(q.count("OR") + 2 for q in queries) == 200 + len(queries)


def test_the_linter_has_nothing_to_say_about_them() -> None:
    for q in recid_query(refs("1", "2", "abcde-12345", "10.1234/own", '10.1234/a"b')):
        assert lint(q).q == q
        assert lint(q).findings == ()


def test_nothing_asked_is_no_query() -> None:
    assert recid_query([]) == []
