"""`Session`: what the options that every command takes come to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

from typer import Option

from zenodo_harvest.bars import StderrProgress
from zenodo_harvest.cli.outside import Outside
from zenodo_harvest.errors import UsageError
from zenodo_harvest.settings import SITE_VARIABLE

if TYPE_CHECKING:
    from zenodo_harvest.client import Client

_PANEL = "For every command, before or after its name"


@dataclass(frozen=True, slots=True)
class Everywhere:
    """The options that every command takes."""

    site: Annotated[
        str | None,
        Option(
            "--site",
            metavar="SITE",
            help="zenodo, sandbox, emulator or the address of an InvenioRDM server; "
            f"without it {SITE_VARIABLE} counts, else zenodo.",
            rich_help_panel=_PANEL,
            show_default=False,
            autocompletion=lambda: ["zenodo", "sandbox", "emulator"],
        ),
    ] = None
    contact: Annotated[
        str | None,
        Option(
            "--contact",
            metavar="ADDRESS",
            help="Your e-mail or web address, told to the server with each request.",
            rich_help_panel=_PANEL,
            show_default=False,
        ),
    ] = None
    trace: Annotated[
        bool, Option("--trace", metavar="", help="Show each request on stderr.", rich_help_panel=_PANEL)
    ] = False
    quiet: Annotated[
        bool,
        Option("--quiet", "-q", metavar="", help="Say nothing on stderr but errors.", rich_help_panel=_PANEL),
    ] = False
    debug: Annotated[
        bool, Option("--debug", metavar="", help="Show the traceback of an error.", rich_help_panel=_PANEL)
    ] = False
    token: Annotated[str | None, Option("--token", "--access-token", hidden=True)] = None


@dataclass(frozen=True, slots=True)
class Session:
    """What a command knows besides its own options."""

    site: str | None = None
    contact: str | None = None
    trace: bool = False
    quiet: bool = False
    debug: bool = False
    outside: Outside = field(default_factory=Outside)
    progress: StderrProgress = field(default_factory=StderrProgress)

    @property
    def site_name(self) -> str:
        """The site by name or address: the option, else the environment variable, else Zenodo."""
        if self.site is not None:
            return self.site
        return self.outside.environ.get(SITE_VARIABLE) or "zenodo"

    def with_options(self, options: Everywhere) -> Session:
        """Return this session with what `options` say on top.

        Raises:
            UsageError: A token was given.
        """
        if options.token is not None:
            from zenodo_harvest.client import token_variable

            raise UsageError(
                "A token is not taken from the command line: every process of the machine could read it.",
                hint=f"Put it into the environment variable {token_variable(self.site_name)}. The one you "
                "typed is in your shell's history now: delete it there, or make a new token.",
            )
        quiet = self.quiet or options.quiet
        return Session(
            site=self.site if options.site is None else options.site,
            contact=options.contact or self.contact,
            trace=self.trace or options.trace,
            quiet=quiet,
            debug=self.debug or options.debug,
            outside=self.outside,
            progress=StderrProgress(quiet=quiet, is_terminal=self.outside.is_terminal),
        )

    @contextmanager
    def client(self) -> Iterator[Client]:
        """Open the client that this session's options describe; it is closed at the end."""
        client = self.outside.make_client(
            site=self.site_name,
            contact=self.contact,
            progress=self.progress,
            trace=(lambda exchange: self.progress.line(str(exchange))) if self.trace else None,
            keep_state=True,
        )
        try:
            yield client
        finally:
            self.progress.finish()
            client.close()
