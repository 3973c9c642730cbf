"""`emulator serve`."""

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
) -> None:
    """Answer as Zenodo does, on a port of this machine.

    The address is written to stdout. Stop it with Ctrl-C.

    Example:
      zenodo-harvest emulator serve --port 8899 --limits off
    """
    from zenodo_harvest.emulator import Emulator

    with Emulator(seed=seed, limits=limits, port=port) as emulator:
        write_text(f"{emulator.url}\n")
        session.progress.note("The token emulator-token is that of its default user. Ctrl-C stops it.")
        with suppress(KeyboardInterrupt):
            Event().wait()
