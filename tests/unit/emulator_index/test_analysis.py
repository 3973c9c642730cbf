"""How text is cut into words, and what dates mean."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from zenodo_harvest.emulator.index import dates
from zenodo_harvest.emulator.index.analysis import edges, folded_words, words

NOW = datetime(2026, 11, 23, 3, 50, 7, 500_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Frost-days, 0.05 and 1,000", ["frost", "days", "0.05", "and", "1,000"]),
        ("O'Neil's example.org alpha_s", ["o'neil's", "example.org", "alpha_s"]),
        ("dwc:genus a,b __ _x", ["dwc:genus", "a", "b", "_x"]),
        ("霜日 かな カタカナ 한국어 ภาษา", ["霜", "日", "か", "な", "カタカナ", "한국어", "ภาษา"]),
        ("Ødegård e\u0301te\u0301 😀 ٣٫٥", ["ødegård", "e\u0301te\u0301", "😀", "٣٫٥"]),
        ("", []),
    ],
)
def test_words_are_those_of_uax_29_in_lower_case(text: str, cut: list[str]) -> None:
    assert words(text) == cut


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Frost-days <b>frost</b> p < 0.05", ["frostdays", "bfrostb", "p", "005"]),
        ("Øresund Straße Æon Łódź Þór ﬁn İ", ["oresund", "strasse", "aeon", "lodz", "thor", "fin", "i"]),
        ("霜日 Ελλάδα", ["霜", "日", "ελλάδα"]),
    ],
)
def test_folded_words_lose_punctuation_and_accents(text: str, cut: list[str]) -> None:
    assert folded_words(text) == cut


def test_a_word_of_more_than_255_letters_is_cut() -> None:
    assert [len(word) for word in words("x" * 600)] == [255, 255, 90]


def test_titles_of_communities_are_indexed_by_their_beginnings() -> None:
    assert edges("ENES a") == ["en", "ene", "enes"]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-11-23T03:30:25.742528+00:00", "2026-11-23T03:30:25.742", "2026-11-23T03:30:25.742"),
        ("2026-11-23T03:30+02:00", "2026-11-23T01:30", "2026-11-23T01:30:59.999"),
        ("2026-11-23", "2026-11-23", "2026-11-23T23:59:59.999"),
        ("2026-11", "2026-11-01", "2026-11-01T23:59:59.999"),
        ("2026", "2026-01-01", "2026-01-01T23:59:59.999"),
        ("now", "2026-11-23T03:50:07.5", "2026-11-23T03:50:07.5"),
        ("now-1d/d", "2026-11-22", "2026-11-22T23:59:59.999"),
        ("now/M", "2026-11-01", "2026-11-30T23:59:59.999"),
        ("now/w", "2026-11-23", "2026-11-29T23:59:59.999"),
        ("2024-01-31||+1M/d", "2024-02-29", "2024-02-29T23:59:59.999"),
        ("0", "1970-01-01", "1970-01-01"),
    ],
)
def test_dates_are_read_as_the_engine_does(text: str, first: str, last: str) -> None:
    moments = [datetime.fromisoformat(moment).replace(tzinfo=UTC) for moment in (first, last)]
    expected = [dates.millis(moment) for moment in moments]
    assert [dates.parse(text, NOW, round_up=up) for up in (False, True)] == expected


@pytest.mark.parametrize(
    "text", ["", "x", "2026-13", "2026-02-30", "now+", "now/q", "2026-01-01T25", "now+999999y"]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        dates.parse(text, NOW)


def test_edtf_dates_are_intervals_and_other_text_is_none() -> None:
    assert dates.span("2019") == dates.span("2019-01-01/2019-12-31")
    assert dates.span("2020/2021") == dates.span("2020-01/2021-12")
    assert [dates.span(text) for text in ("", "spring 2019", "2019-02-30", "2019/x")] == [None] * 4
