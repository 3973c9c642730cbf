"""What cannot be undone is asked for first: on a terminal by a question, elsewhere by ``--yes``."""

from __future__ import annotations

import sys
from typing import Annotated

from typer import Option

from zenodo_harvest.cli.session import Session
from zenodo_harvest.errors import Refused

Yes = Annotated[bool, Option("--yes", "-y", metavar="", help="Do it without asking.")]


def make_sure(what: str, session: Session, *, yes: bool) -> None:
    """Ask whether something is to be done that cannot be undone.

    Args:
        what: What would be done, as a sentence.
        session: The command's session.
        yes: Whether it was said already.

    Raises:
        Refused: It is not to be done, or nobody is there to say so.
    """
    if yes:
        return
    is_there = session.outside.is_terminal(sys.stdin) and session.outside.is_terminal(sys.stderr)
    if not is_there:
        raise Refused(f"{what} It was not done.", hint="Add --yes if that is meant.")
    if not _says_yes(f"{what} Go on? [y/N] "):
        raise Refused("Nothing was done.", hint="")


def _says_yes(question: str) -> bool:
    """Ask on stderr alone: what a script takes from stdout must not begin with a question."""
    sys.stderr.write(question)
    sys.stderr.flush()
    answer = sys.stdin.readline()
    if not answer:
        sys.stderr.write("\n")
    return answer.strip().lower() in ("y", "yes")
