from __future__ import annotations

import sys

import pytest

from zenodo_harvest.bars import StderrProgress
from zenodo_harvest.progress import Wait


def test_away_from_a_terminal_only_notes_are_written(capsys: pytest.CaptureFixture[str]) -> None:
    progress = StderrProgress(is_terminal=lambda _stream: False)
    progress.start("records", 3)
    progress.advance()
    progress.note("Waiting 12 s for the budget.")
    progress.finish()
    caught = capsys.readouterr()
    assert (caught.out, caught.err) == ("", "Waiting 12 s for the budget.\n")


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")


def test_on_a_terminal_a_bar_shows_how_far_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    progress = StderrProgress(is_terminal=lambda _stream: True)
    progress.start("records", 3)
    progress.advance(2)
    progress.note("A [red]note[/red] as it is.")
    progress.finish()
    caught = capsys.readouterr()
    assert caught.out == ""
    assert "A [red]note[/red] as it is.\n" in caught.err
    assert "2/3" in caught.err


def test_a_second_task_takes_the_place_of_the_first(capsys: pytest.CaptureFixture[str]) -> None:
    progress = StderrProgress(is_terminal=lambda _stream: True)
    progress.start("first", 3)
    progress.start("second", None)
    progress.finish()
    assert "second" in capsys.readouterr().err
    progress.start("third", 1)
    progress.finish()
    assert "third" in capsys.readouterr().err


def test_quiet_leaves_only_what_must_be_said(capsys: pytest.CaptureFixture[str]) -> None:
    progress = StderrProgress(quiet=True, is_terminal=lambda _stream: True)
    progress.start("records", 3)
    progress.note("By the way.")
    progress.line("Error: it broke.")
    progress.finish()
    assert capsys.readouterr().err == "Error: it broke.\n"


def test_ending_what_was_never_begun_is_fine() -> None:
    progress = StderrProgress(is_terminal=lambda _stream: False)
    progress.advance()
    progress.finish()
    progress.finish()


def test_data_written_while_a_bar_is_shown_goes_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    progress = StderrProgress(is_terminal=lambda _stream: True)
    progress.start("records", 3)
    sys.stdout.write('{"id": "1"}\n')
    progress.finish()
    assert capsys.readouterr().out == '{"id": "1"}\n'


def test_where_data_goes_through_a_pipe_there_is_no_bar(capsys: pytest.CaptureFixture[str]) -> None:
    progress = StderrProgress(is_terminal=lambda _stream: True, is_pipe=lambda _stream: True)
    progress.start("records", 3)
    progress.advance()
    progress.note(Wait(lambda left_s: f"Waiting {left_s} s.", 30))
    progress.finish()
    assert capsys.readouterr().err == "Waiting 30 s.\n"


@pytest.mark.parametrize("label", ["records", None])
def test_a_wait_is_counted_down_in_place(capsys: pytest.CaptureFixture[str], label: str | None) -> None:
    progress = StderrProgress(is_terminal=lambda _stream: True)
    if label:
        progress.start(label, 3)
    progress.note(Wait(lambda left_s: f"Waiting {left_s} s.", 29.5))
    progress.finish()
    shown = capsys.readouterr().err
    assert "Waiting 30 s." in shown
    assert shown.rpartition("Waiting 30 s.")[2].endswith("\x1b[2K")


def test_a_note_breaks_between_words_on_a_terminal_alone(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    note = "Error: nothing is at https://zenodo.org/communities/no-such.\n  what is indented stays as it is"
    StderrProgress(is_terminal=lambda _stream: True).note(note)
    assert capsys.readouterr().err.splitlines() == [
        "Error: nothing is at",
        "https://zenodo.org/communities/no-such.",
        "  what is indented stays as it is",
    ]
    StderrProgress(is_terminal=lambda _stream: False).note(note)
    assert capsys.readouterr().err == f"{note}\n"


def test_the_end_of_an_earlier_wait_does_not_end_a_newer_one(capsys: pytest.CaptureFixture[str]) -> None:
    progress = StderrProgress(is_terminal=lambda _stream: True)
    progress.note(earlier := Wait(lambda left_s: f"First {left_s} s.", 29.5))
    progress.note(Wait(lambda left_s: f"Second {left_s} s.", 29.5))
    progress._bars.end(earlier)
    progress.finish()
    assert "Second 30 s." in capsys.readouterr().err


def test_after_a_wait_the_next_is_shown_again(capsys: pytest.CaptureFixture[str]) -> None:
    progress = StderrProgress(is_terminal=lambda _stream: True)
    progress.note(first := Wait(lambda left_s: f"First {left_s} s.", 29.5))
    progress._bars.end(first)
    progress.note("By the way.")
    progress.note(Wait(lambda left_s: f"Second {left_s} s.", 29.5))
    progress.finish()
    shown = capsys.readouterr().err
    assert shown.index("By the way.\n") < shown.index("Second 30 s.")
