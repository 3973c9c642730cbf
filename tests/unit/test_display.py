from __future__ import annotations

import itertools

import pytest

from zenodo_harvest.display import breaks, count, one_line, printable, size


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("a\x1b[31mred\x1b[0m b", "ared b"),
        ("\x1b]0;title\x07x", "x"),
        ("\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b31mred", "red"),
        ("\x1bcreset", "reset"),
        ("bell\x07 back\x08 null\x00", "bell back null"),
        ("abc\u202edef\u2066", "abcdef"),
        ("\ud800lone", "\ufffdlone"),
        ("[red]markup[/red] stays", "[red]markup[/red] stays"),
        ("Schöne 👩‍🔬 字", "Schöne 👩‍🔬 字"),
    ],
)
def test_what_would_steer_the_terminal_is_taken_out(hostile: str, shown: str) -> None:
    assert printable(hostile) == shown


def test_line_breaks_stay_in_text_and_become_blanks_on_one_line() -> None:
    assert printable("a\r\nb\tc\rd") == "a\nb\tcd"
    assert one_line(" a\r\nb\t c \n") == "a b c"


def test_numbers_have_their_noun() -> None:
    assert [count(1, "record"), count(0, "row"), count(1234, "query")] == [
        "1 record",
        "0 rows",
        "1,234 queries",
    ]


@pytest.mark.parametrize(
    ("size_bytes", "shown"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (9_949, "9.9 kB"),
        (10_000, "10 kB"),
        (999_400, "999 kB"),
        (999_600, "1.0 MB"),
        (3_400_000_000, "3.4 GB"),
        (5 * 10**15, "5000 TB"),
    ],
)
def test_sizes_are_written_as_people_read_them(size_bytes: int, shown: str) -> None:
    assert size(size_bytes) == shown


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("a record of frost", 8, ["a record ", "of frost"]),
        ("averylongword b", 5, ["averylongword ", "b"]),
        ("GET averylongword b", 5, ["GET averylongword ", "b"]),
        ("", 5, [""]),
        ("ab  cd", 80, ["ab  cd"]),
    ],
)
def test_lines_begin_with_words(text: str, width: int, lines: list[str]) -> None:
    places = [0, *breaks(text, width), len(text)]
    assert [text[start:end] for start, end in itertools.pairwise(places)] == lines
