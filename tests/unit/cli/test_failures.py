from __future__ import annotations

import errno
from typing import Any

import pytest

from zenodo_harvest.errors import (
    BadAnswer,
    BadToken,
    Deleted,
    FieldError,
    Incomplete,
    LocalError,
    Refused,
    ServerError,
    TooManyResults,
    UnknownCommunity,
    UsageError,
    ZenodoHarvestError,
)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("Wrong.", hint="Do it right."), 2),
        (TooManyResults("Wrong.", hint="Do it right."), 2),
        (UnknownCommunity("Wrong.", hint="Do it right."), 3),
        (Deleted("Wrong.", hint="Do it right."), 3),
        (BadToken("Wrong.", hint="Do it right."), 4),
        (Incomplete("Wrong.", hint="Do it right."), 5),
        (ServerError("Wrong.", hint="Do it right."), 6),
        (BadAnswer("Wrong.", hint="Do it right."), 6),
        (Refused("Wrong.", hint="Do it right."), 7),
        (LocalError("Wrong.", hint="Do it right."), 8),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, ZenodoHarvestError) else str(value),
)
def test_each_error_is_one_sentence_a_hint_and_its_exit_code(
    run: Any, client: Any, error: ZenodoHarvestError, code: int
) -> None:
    client.results.error = error
    done = run("search", "frost", "--quiet")
    assert done.code == code
    assert done.err == "Error: Wrong.\nDo it right.\n"
    assert done.out == ""


def test_the_complaints_of_the_server_about_single_fields_are_told(run: Any, client: Any) -> None:
    client.results.error = UsageError("Wrong.", field_errors=[FieldError("size", ("Too big.", "Odd."))])
    assert "  size: Too big. Odd.\n" in run("search").err


def test_what_a_server_wrote_into_an_error_cannot_steer_the_terminal(run: Any, client: Any) -> None:
    client.results.error = ServerError("It says \x1b]0;evil\x07\x1b[31mred\u202e.")
    assert run("search").err == "Error: It says red.\n"


def test_a_bug_is_one_sentence_and_says_how_to_see_more(run: Any, client: Any) -> None:
    client.results.error = RuntimeError("a list has no such key; Bearer s3cret")
    done = run("search")
    assert done.code == 1
    assert "RuntimeError" in done.err
    assert "--debug" in done.err
    assert "Traceback" not in done.err
    assert "s3cret" not in done.err


@pytest.mark.parametrize("words", [["--debug", "search"], ["search", "--debug"]])
def test_debug_shows_the_traceback_without_secrets(run: Any, client: Any, words: list[str]) -> None:
    client.results.error = RuntimeError("GET https://zenodo.org/api?access_token=s3cret")
    done = run(*words)
    assert done.code == 1
    assert "Traceback" in done.err
    assert "s3cret" not in done.err


def test_an_interrupted_command_says_so_and_ends_with_130(run: Any, client: Any) -> None:
    client.results.error = KeyboardInterrupt()
    done = run("search")
    assert done.code == 130
    assert done.err.startswith("Interrupted")


def test_a_reader_who_has_had_enough_is_no_error(run: Any, client: Any) -> None:
    client.results.error = BrokenPipeError(errno.EPIPE, "Broken pipe")
    done = run("search")
    assert (done.code, done.err) == (0, "")


def test_a_full_disk_below_stdout_is_a_local_error(run: Any, client: Any) -> None:
    client.results.error = OSError(errno.ENOSPC, "No space left on device")
    done = run("search")
    assert done.code == 8
    assert "No space left on device" in done.err


def test_a_lost_connection_that_nobody_handled_is_a_bug_and_not_blamed_on_the_disk(
    run: Any, client: Any
) -> None:
    client.results.error = ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")
    assert run("search").code == 1
