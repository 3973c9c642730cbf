"""Dates: partial, impossible, with offsets, compared as text."""

from __future__ import annotations

import pytest

from zenodo_harvest.query import lint


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("created:2024", "created:[2024-01-01 TO 2025-01-01}"),
        ("created:2024-02", "created:[2024-02-01 TO 2024-03-01}"),
        ('created:"2024-02"', "created:[2024-02-01 TO 2024-03-01}"),
        ("created:2024*", "created:[2024-01-01 TO 2025-01-01}"),
        ("created:2024-05-*", "created:[2024-05-01 TO 2024-06-01}"),
        ("created:[2024-01 TO 2024-02]", "created:[2024-01-01 TO 2024-03-01}"),
        ("updated:[2020 TO 2020]", "updated:[2020-01-01 TO 2021-01-01}"),
        ("created:[2024-01-15 TO 2024-02]", "created:[2024-01-15 TO 2024-03-01}"),
        ("created:[* TO 2023-12]", "created:[* TO 2024-01-01}"),
        ("created:{2023 TO *]", "created:[2024-01-01 TO *]"),
        ("created:[2024-05-03 TO 2024-05-03}", "created:[2024-05-03 TO 2024-05-04}"),
        ("created:>2023", "created:>=2024-01-01"),
        ("created:<=2023-12", "created:<2024-01-01"),
        ("created:(2023 OR 2024-02)", "created:([2023-01-01 TO 2024-01-01} OR [2024-02-01 TO 2024-03-01})"),
        ("embargodate:2030", "embargodate:[2030-01-01 TO 2031-01-01}"),
        ("created:[2020 TO 9999]", "created:[2020-01-01 TO 9999-12-31]"),
    ],
)
def test_a_month_or_year_means_all_of_it(typed: str, sent: str) -> None:
    assert lint(typed).q == sent


@pytest.mark.parametrize(
    "q",
    [
        "created:2024-05-03",
        "created:>=2024",
        "created:<2024-02",
        "created:[2024 TO *]",
        "created:[2024 TO 2025}",
        "created:[2024-01-01 TO 2024-02-01}",
        "created:[2024-05-03 TO 2024-05-03]",
        "created:[2024-05-03T04 TO 2024-05-03T04]",
        "created:[2026-11-23T03:30:25 TO 2026-11-23T03:31:25}",
        "updated:[now-1d TO now]",
        "updated:[now-1M/M TO now/M}",
        "created:*",
        'created:"2024-05-03T10:00:00+00:00"',
        "publication_date:2019*",
        "publication_date:2019-05-03",
        'publication_date:"2019"',
        "metadata.publication_date_range:[2019-01-01 TO 2019-12-31]",
    ],
)
def test_a_date_that_means_what_it_says_is_left_alone(q: str) -> None:
    assert lint(q).q == q
    assert lint(q).findings == ()


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("publication_date:[2020 TO 2021]", "metadata.publication_date_range:[2020-01-01 TO 2021-12-31]"),
        ("publicationdate:[2020-02 TO *]", "metadata.publication_date_range:[2020-02 TO *]"),
        ("publication_date:2019", "metadata.publication_date_range:[2019-01-01 TO 2019-12-31]"),
        ("publication_date:2020-02", "metadata.publication_date_range:[2020-02-01 TO 2020-02-29]"),
        ("publication_date:>2019", "metadata.publication_date_range:>=2020-01-01"),
        (
            "metadata.publication_date_range:[2020 TO 2021]",
            "metadata.publication_date_range:[2020-01-01 TO 2021-12-31]",
        ),
        ("year:2020", "metadata.publication_date_range:[2020-01-01 TO 2020-12-31]"),
    ],
)
def test_publication_dates_are_compared_as_dates_not_as_text(typed: str, sent: str) -> None:
    assert lint(typed).q == sent


@pytest.mark.parametrize(
    ("q", "part"),
    [
        ("created:2024-02-30", "there is no date 2024-02-30, the server fails on it; write 2024-02-29"),
        ("created:[2024-13-01 TO *]", "there is no date 2024-13-01"),
        ("created:notadate", "is not a date"),
        ("created:2024-1", "write 2024-01"),
        ("created:20240503", "write 2024-05-03"),
        ("created:03.05.2024", "write 2024-MM-DD"),
        ("updated:2024-05-03T25", "there is no time"),
        ("created:20?4", "no wildcards"),
        ("created:/2024.*/", "cannot be matched like text"),
        ("created:2024~", "cannot be matched like text"),
        ("created:{2023 TO 2024}", "nothing in that range"),
    ],
)
def test_what_is_no_date_is_refused_before_the_server_fails(q: str, part: str) -> None:
    (error,) = lint(q).errors
    assert part in str(error)


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        (
            "updated:[2024-01-01T10:00:00+00:00 TO *]",
            'updated:["2024-01-01T10:00:00+00:00" TO *]',
        ),
        ("created:2024-01-01T10:00:00.123456+02:00", 'created:"2024-01-01T10:00:00.123456+02:00"'),
        ("created:2024-01-01T10:00:00", 'created:"2024-01-01T10:00:00"'),
        ("created:2024-01-01T10:00:00Z", 'created:"2024-01-01T10:00:00Z"'),
        ("created:>=2024-01-01T10:00:00+00:00", 'created:["2024-01-01T10:00:00+00:00" TO *]'),
        ("created:<2024-01-01T10:00:00-05:00", 'created:[* TO "2024-01-01T10:00:00-05:00"}'),
        ("created:>2024-01-01T10:00:00Z", "created:{2024-01-01T10:00:00Z TO *]"),
    ],
)
def test_the_time_format_of_the_api_itself_is_quoted(typed: str, sent: str) -> None:
    assert lint(typed).q == sent


def test_a_range_that_ends_before_it_begins_is_warned_about() -> None:
    (finding,) = lint("created:[2024-05-03 TO 2024-05-01]").findings
    assert (finding.level, finding.position) == ("warning", 8)
