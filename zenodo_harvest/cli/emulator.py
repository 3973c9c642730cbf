"""`emulator serve`, `tokens` and `reset`."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import Annotated

from typer import Option

from zenodo_harvest.cli.output import write_text
from zenodo_harvest.cli.session import Session


def serve(
    session: Session,
    port: Annotated[
        int, Option("--port", metavar="N", min=0, max=65535, help="Port of 127.0.0.1; 0 takes a free one.")
    ] = 0,
    seed: Annotated[
        Path | None,
        Option("--seed", metavar="PATH", help="JSON Lines of native records, or a folder of recordings."),
    ] = None,
    limits: Annotated[
        str, Option("--limits", metavar="RATE", help="deployed (as on zenodo.org), off, or e.g. 30/2s.")
    ] = "deployed",
    state: Annotated[
        Path | None,
        Option(
            "--state",
            metavar="FOLDER",
            help="Keep what is written in this folder; without it everything is forgotten at the end.",
        ),
    ] = None,
    flavour: Annotated[
        str,
        Option(
            "--flavour",
            metavar="NAME",
            help="zenodo, or inveniordm: a server that is an InvenioRDM and not Zenodo.",
            autocompletion=lambda: ["zenodo", "inveniordm"],
        ),
    ] = "zenodo",
) -> None:
    """Answer as Zenodo does, on a port of this machine.

    The address is written to stdout. Stop it with Ctrl-C.

    Example:
      zenodo-harvest emulator serve --port 8899 --limits off
    """
    from zenodo_harvest.emulator import Emulator

    with Emulator(seed=seed, limits=limits, port=port, state=state, flavour=flavour) as emulator:
        write_text(f"{emulator.url}\n")
        session.progress.note(f"The token {emulator.token} is that of its first user. Ctrl-C stops it.")
        with suppress(KeyboardInterrupt):
            Event().wait()


def tokens(session: Session) -> None:
    """Show the tokens of its users.

    One a line: token, user, the communities the user owns. The first user's is used with --site emulator
    unless ZENODO_EMULATOR_TOKEN holds another.

    Example:
      zenodo-harvest emulator tokens
    """
    from zenodo_harvest.emulator import Emulator

    for user in Emulator().users:
        if user.token:
            write_text("\t".join((user.token, f"user {user.id}", ", ".join(user.owner_of))) + "\n")
    session.progress.note("Put one of them into ZENODO_EMULATOR_TOKEN to be that user.")


def reset(session: Session) -> None:
    """Forget what was written with --site emulator.

    That is deposits, records, files and requests; the sample stays.

    Example:
      zenodo-harvest emulator reset
    """
    from zenodo_harvest.emulator import reset_state, state_folder

    was_there = reset_state()
    said = "was cleared" if was_there else "was empty"
    session.progress.note(f"The emulator's state in {state_folder()} {said}.")
