from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from zenodo_harvest.cli.explanation import changes, lines_of


def explanation(**values: Any) -> Any:
    plain = {
        "typed": "frost",
        "sent": "frost",
        "params": (("q", "frost"), ("sort", "newest")),
        "requests": ("https://zenodo.org/api/records?q=frost&sort=newest&page=1&size=25",),
        "findings": (),
        "communities": (),
        "total": 1234,
        "cost": "50 requests, about 2 min; with a token 13",
    }
    return SimpleNamespace(**(plain | values))


def text_of(**values: Any) -> str:
    return "\n".join("".join(piece for piece, _ in line) for line in lines_of(explanation(**values)))


def test_an_explanation_names_query_request_total_and_cost() -> None:
    text = text_of()
    assert "query        frost\n" in text
    assert "request      GET https://zenodo.org/api/records?q=frost&sort=newest&page=1&size=25\n" in text
    assert "records      1,234 records\n" in text
    assert text.endswith("cost         50 requests, about 2 min; with a token 13")


def test_a_rewritten_query_is_shown_as_typed_and_as_sent() -> None:
    finding = SimpleNamespace(level="rewrite")
    text = text_of(typed="created:2024", sent="created:[2024-01-01 TO 2024-12-31]", findings=(finding,))
    assert "typed        - created:2024\n" in text
    assert "sent         + created:[2024-01-01 TO 2024-12-31]\n" in text
    assert "rewrite      namespace" in text


def test_only_what_differs_is_marked() -> None:
    removed, added = changes("title:frost AND created:2024", "title:frost AND created:[2024 TO 2025]")
    assert "".join(piece for piece, _ in removed) == "title:frost AND created:2024"
    assert "".join(piece for piece, _ in added) == "title:frost AND created:[2024 TO 2025]"
    assert next(piece for piece, style in added if not style) == "title:frost AND created:"
    assert [piece for piece, style in removed if style and piece] == []


def test_an_empty_query_is_said_to_be_one() -> None:
    assert "every record" in text_of(typed="", sent="")


def test_without_a_total_there_is_no_cost() -> None:
    assert "cost" not in text_of(total=None, cost=None)


def test_the_communities_searched_are_named_with_their_id() -> None:
    community = SimpleNamespace(slug="enes-data-space", id="0c9a", title="ENES [Data] \x1b[31mSpace")
    assert "community    enes-data-space (0c9a): ENES [Data] Space" in text_of(communities=(community,))
