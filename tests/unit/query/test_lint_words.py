"""Queries that find other records than their author expects: sent as typed, with a warning."""

from __future__ import annotations

import pytest

from zenodo_harvest.query import Finding, lint


def only_warning(q: str) -> Finding:
    linted = lint(q)
    assert linted.q == q
    (warning,) = linted.findings
    assert warning.level == "warning"
    return warning


def test_words_side_by_side_are_said_to_match_any_of_them() -> None:
    assert str(only_warning("climate model")) == (
        "At character 1: records that match ANY of the words are found; "
        'for all of them write climate AND model, for the phrase "climate model".'
    )


@pytest.mark.parametrize(
    "q", ["title:frost index", "type:dataset created:2024-05-03", 'frost "heat wave"', "(a b) AND c"]
)
def test_conditions_side_by_side_are_alternatives_too(q: str) -> None:
    assert "ANY" in str(only_warning(q))


@pytest.mark.parametrize(
    "q",
    ["frost", "frost NOT index", "frost -index", "+frost index", "frost && days", "frost OR days", "!frost"],
)
def test_words_that_are_joined_or_alone_need_no_warning(q: str) -> None:
    assert lint(q).findings == ()


@pytest.mark.parametrize("operator", ["and", "or", "not"])
def test_an_operator_in_lower_case_is_said_to_be_a_word(operator: str) -> None:
    texts = [str(finding) for finding in lint(f"frost {operator} index").findings]
    assert any(f"write {operator.upper()} if you mean the operator" in text for text in texts)


def test_and_mixed_with_or_is_warned_about() -> None:
    assert "parentheses" in str(only_warning("a AND b OR c"))
    assert lint("(a AND b) OR c").findings == ()


def test_hyphens_are_said_to_join_words() -> None:
    assert "frostdays" in str(only_warning("frost-days"))
    assert "frostdays" in str(only_warning("title:frost-days"))
    assert lint("creators.name:García-López").findings == ()
    assert lint("2024-05").findings == ()


def test_descriptions_are_said_to_hide_words_next_to_tags_once() -> None:
    warning = only_warning("description:frost AND description:index")
    assert "HTML" in str(warning)


def test_a_star_in_quotes_is_said_to_be_no_wildcard() -> None:
    assert "no wildcard" in str(only_warning('title:"fro*"'))


def test_a_regular_expression_over_a_title_is_said_to_lose_its_punctuation() -> None:
    assert "punctuation" in str(only_warning("title:/fro.t/"))
    assert lint("metadata.publisher:/zen.*/").findings == ()


def test_a_slug_that_nobody_checks_is_warned_about() -> None:
    assert "does not exist" in str(only_warning("communities:no-such-community"))


def test_a_resource_type_that_does_not_exist_is_warned_about() -> None:
    assert "publication-article" in str(only_warning("metadata.resource_type.id:publication-artcle"))


def test_fields_compared_as_a_whole_say_so() -> None:
    assert "as a whole" in str(only_warning("thesis.university:harbour"))
    assert lint('thesis.university:"Harbour University"').findings == ()


def test_a_type_that_does_not_exist_stays_what_was_typed() -> None:
    assert "did you mean" in str(only_warning("type:nosuchtype"))
    assert "did you mean" in str(only_warning("type:(dataset OR nosuchtype)"))
