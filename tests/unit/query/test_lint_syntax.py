"""Queries that the server's parser or engine cannot read."""

from __future__ import annotations

import pytest

from zenodo_harvest.query import Finding, lint


def only_error(q: str) -> Finding:
    linted = lint(q)
    assert linted.q == q
    (error,) = linted.errors
    return error


@pytest.mark.parametrize(
    ("q", "character"),
    [
        ("foo AND", 8),
        ("foo AND (bar", 9),
        ("(a b", 1),
        ('"unbalanced', 1),
        ("title:", 7),
        ("foo]", 4),
        ("foo{", 4),
        ("[dwc:genus]:x", 5),
        ("foo AND (", 9),
        ("OR frost", 1),
        ("frost AND AND index", 11),
        ("title:frost)", 12),
        ("()", 2),
        ("frost\\", 6),
        ("created:[2024 TO 2025", 9),
        ("~", 1),
    ],
)
def test_what_the_server_would_silently_search_as_any_of_the_words_is_refused_with_the_position(
    q: str, character: int
) -> None:
    error = only_error(q)
    assert error.position == character - 1
    assert f"At character {character}: " in str(error)
    assert error.fix


def test_an_error_is_one_clear_sentence() -> None:
    sentence = "the parenthesis is never closed; add ) where it ends, or write \\( for the character."
    assert str(only_error("foo AND (bar")) == f"At character 9: {sentence}"


@pytest.mark.parametrize(
    ("q", "part"),
    [
        ("a:b:c", "second colon"),
        ("title:Foo: bar", 'title:"Foo: bar"'),
        ('frost"', "quotation mark inside a word"),
        ("frost &&", "joins nothing"),
        ("|| frost", "joins nothing"),
        ("(&& frost)", "joins nothing"),
        ("frost !", "joins nothing"),
        ("a^b", "followed by a number"),
        ("a^.", "no number"),
        ("p < 0.05", "needs a field"),
        ("[a TO b]", "needs a field"),
    ],
)
def test_what_the_engine_refuses_although_the_parser_does_not_is_refused(q: str, part: str) -> None:
    assert part in str(only_error(q))


def test_a_round_boost_that_the_parser_writes_as_1e1_is_refused() -> None:
    assert "write another number, such as ^9" in str(only_error("frost^10"))
    assert lint("frost^3").findings == ()


@pytest.mark.parametrize("count", [54, 200])
def test_more_words_than_the_default_fields_can_take_are_refused(count: int) -> None:
    q = " OR ".join(f"w{number}" for number in range(count))
    assert "more than the 53" in str(only_error(q))


def test_words_that_still_fit_are_sent() -> None:
    words = [f"w{number}" for number in range(53)]
    assert not lint(" OR ".join(words)).errors
    assert not lint(" AND ".join(words[:40])).errors
    assert lint(" AND ".join(words[:50])).errors
    assert lint(f'"{" ".join(words)} again"').findings == ()
    assert not lint(f"title:({' OR '.join(words * 3)})").errors


def test_a_list_the_engine_cannot_hold_is_refused() -> None:
    ids = " OR ".join(str(number) for number in range(1017))
    assert "1017 values" in str(only_error(f"recid:({ids})"))


def test_nesting_without_end_is_refused_not_a_crash() -> None:
    assert "nested" in str(only_error("(" * 3000 + "a" + ")" * 3000))


@pytest.mark.parametrize("q", ["", "   ", "\n\t"])
def test_nothing_typed_is_nothing_sent(q: str) -> None:
    linted = lint(q)
    assert (linted.q, linted.findings) == ("", ())


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("wow!", "wow\\!"),
        ("a!b", "a\\!b"),
        ("title:foo/bar", 'title:"foo/bar"'),
        ("frost AND foo/bar", 'frost AND "foo/bar"'),
        ("title:foo/b*", "title:foo\\/b*"),
        ("foo/bar~1", "foo\\/bar~1"),
        ("/data/file.csv", '"/data/file.csv"'),
        ("filename:/abc", 'filename:"/abc"'),
        ("https://example.org/code/3", '"https://example.org/code/3"'),
        ("(https://example.org/a)", '("https://example.org/a")'),
        ("related.identifier:https://example.org/a?b=c", 'related.identifier:"https://example.org/a?b=c"'),
        ("license.url:http://example.org/x", 'license.url:"http://example.org/x"'),
        ("“climate model”", '"climate model"'),
        ("title:(„frost“ OR “heat”)", 'title:("frost" OR "heat")'),
        ("climate\u00a0AND\u00a0model", "climate AND model"),
        ("size:> 100", "size:>100"),
        ('size:>="100"', "size:>=100"),
        ("_files.checksum:md5:abc", '_files.checksum:"md5:abc"'),
    ],
)
def test_what_is_plainly_meant_is_repaired(typed: str, sent: str) -> None:
    assert lint(typed).q == sent


@pytest.mark.parametrize(
    "q",
    [
        "*",
        "*:*",
        "!frost",
        "frost && days",
        "frost || muon",
        "+frost -index",
        "C++",
        "what\\?",
        "title:/fro.t/",
        '"frost days"~3',
        "fro?t~1",
        "(frost OR heat)^2 AND index",
        'title:"https://example.org/a/b"',
        "related.identifier:10.1000*",
        "keywords:foo\\/bar",
        "frost   AND\n index ",
        'title:"say \\"frost\\""',
    ],
)
def test_what_the_server_understands_is_sent_as_typed_to_the_byte(q: str) -> None:
    linted = lint(q)
    assert linted.q == q
    assert not linted.errors


def test_a_position_is_that_of_the_query_as_typed_also_after_other_rewrites() -> None:
    q = "10.5281/zenodo.1 OR filetype:CSV OR filecount:many"
    errors = lint(q).errors
    assert [error.position for error in errors] == [q.index("many")]
