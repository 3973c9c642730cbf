"""The one place where an error becomes text and an exit code."""

from __future__ import annotations

import re
from contextlib import suppress
from traceback import format_exception
from typing import Any

from typer.exceptions import TyperException

from zenodo_harvest.cli.session import Session
from zenodo_harvest.cli.streams import ReaderGone, StdoutLost, let_go_of_stdout
from zenodo_harvest.errors import ZenodoHarvestError, redact

BUG = 1
LOCAL = 8
INTERRUPTED = 130


def report(error: BaseException, session: Session) -> int:
    """Tell a person what went wrong and return the exit code.

    Only ``--debug`` shows a traceback. A reader of our output who has had enough is no error.
    """
    session.progress.finish()
    if isinstance(error, BrokenPipeError | ReaderGone):
        _let_go_of_stdout()
        return 0
    if session.debug:
        session.progress.line(redact("".join(format_exception(error))).rstrip())
    lines, exit_code = _told(error)
    for line in lines:
        session.progress.line(redact(line))
    if isinstance(error, OSError | StdoutLost):
        _let_go_of_stdout()
    return exit_code


def _told(error: BaseException) -> tuple[list[str], int]:
    """Return what to say, and the exit code."""
    if isinstance(error, ZenodoHarvestError):
        complaints = [f"  {each.field}: {' '.join(each.messages)}" for each in error.field_errors]
        return [
            f"Error: {error.message}",
            *complaints,
            *([error.hint] if error.hint else []),
        ], error.exit_code
    if isinstance(error, TyperException):
        message = re.sub(r"Input (should be [^,]*)(, .*)?", r"it \1", error.format_message().strip())
        context = getattr(error, "ctx", None)
        lines = [f"Error: {message}{'' if message[-1] in '.?!' else '.'}"]
        if context and re.match("No such option: -[^-]", message) and _takes_query(context):
            lines.append(
                "A query that begins with a hyphen follows --, as -- -frost does; or write NOT frost."
            )
        elif context:
            lines.append(f"{context.command_path} --help shows what can be given.")
        return lines, error.exit_code
    if isinstance(error, KeyboardInterrupt):
        return ["Interrupted. Run the same command again; a harvest goes on where it was."], INTERRUPTED
    if isinstance(error, OSError) and not isinstance(error, ConnectionError):
        place = f" {error.filename!r}" if error.filename else " the output"
        return [
            f"Error:{place} could not be read or written: {error.strerror or error}.",
            "Free some space or name another place.",
        ], LOCAL
    return [
        f"Error: this is a fault of zenodo-harvest ({type(error).__name__}: {error}).",
        "Run the command again with --debug and report what it shows.",
    ], BUG


def _takes_query(context: Any) -> bool:
    return any(parameter.name == "query" for parameter in context.command.params)


def _let_go_of_stdout() -> None:
    """Let go of stdout where it is a file."""
    with suppress(OSError, ValueError):
        let_go_of_stdout()
