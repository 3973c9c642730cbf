from __future__ import annotations

import pytest

from zenodo_harvest.records.dates import read_day, read_edtf, read_time


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2020", "2020-01-01", "2020-12-31"),
        ("0001", "0001-01-01", "0001-12-31"),
        ("9999", "9999-01-01", "9999-12-31"),
        ("2020-02", "2020-02-01", "2020-02-29"),
        ("2021-02", "2021-02-01", "2021-02-28"),
        ("2020-02-29", "2020-02-29", "2020-02-29"),
        (" 2020-01-01 ", "2020-01-01", "2020-01-01"),
        ("2019/2020-06", "2019-01-01", "2020-06-30"),
        ("2020-01-01/2020-01-01", "2020-01-01", "2020-01-01"),
        ("2020-06/2020", "2020-06-01", "2020-12-31"),
    ],
)
def test_a_date_means_its_first_to_its_last_day(text: str, start: str, end: str) -> None:
    span = read_edtf(text)
    assert span is not None
    assert (str(span.start), str(span.end)) == (start, end)


NO_DATES = "/ 2020/ /2020 20 20201 2020-13 2020-00 2021-02-29 2020-1-1 0000 2020~ 199X 21/12/2020 2021/2020"


@pytest.mark.parametrize(
    "text", ["", *NO_DATES.split(), "2020-01-01T25:00:00", "2020/2021/2022", "٢٠٢٠", "soon", "-2020"]
)
def test_what_is_no_date_of_a_day_that_exists_means_none(text: str) -> None:
    assert read_edtf(text) is None


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2020-01-02T03:04:05.678901+00:00", "2020-01-02 03:04:05.678901+00:00"),
        ("2020-01-02T03:04:05", "2020-01-02 03:04:05+00:00"),
        ("2020-01-02T03:04:05Z", "2020-01-02 03:04:05+00:00"),
        ("2020-01-02T03:04:05+02:00", "2020-01-02 01:04:05+00:00"),
    ],
)
def test_a_time_is_in_utc_whatever_zone_it_has(text: str, time: str) -> None:
    assert str(read_time(text)) == time


@pytest.mark.parametrize("text", ["", "now", "2020-13-01T00:00:00", "0001-01-01T00:00:00+23:00", "\ud800"])
def test_what_is_no_time_is_none(text: str) -> None:
    assert read_time(text) is None


def test_a_day_may_be_given_with_a_time() -> None:
    assert str(read_day("2099-01-31")) == str(read_day("2099-01-31T10:00:00+00:00")) == "2099-01-31"
    assert read_day("2099-02-31") is None
    assert read_day("") is None
