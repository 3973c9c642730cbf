"""The command line as a whole: the tree of commands, the options before them, and what errors become."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from typing import Annotated, Any, NoReturn

from typer import Exit, Option, Typer, echo
from typer.core import TyperGroup
from typer.exceptions import Abort, TyperException

from zenodo_harvest._version import __version__
from zenodo_harvest.cli.errors import report
from zenodo_harvest.cli.lazy_commands import Branch, Leaf, Tree, grow, without_types
from zenodo_harvest.cli.option_groups import with_option_groups
from zenodo_harvest.cli.outside import Outside
from zenodo_harvest.cli.session import Session
from zenodo_harvest.cli.streams import ReaderGone, prepare_streams
from zenodo_harvest.errors import ZenodoHarvestError
from zenodo_harvest.export import keep_pandas_out

NAME = "zenodo-harvest"
_ROOM = "zenodo_harvest.cli"
_DRAFTS, _FILES, _REQUESTS = (f"{_ROOM}.deposit.{name}" for name in ("drafts", "files", "requests"))
DEPOSIT: Tree = {
    "list": Leaf(f"{_DRAFTS}:list_", "List your own deposits, all versions of them."),
    "create": Leaf(f"{_DRAFTS}:create", "Make a deposit; a pipe gets its number alone."),
    "get": Leaf(f"{_DRAFTS}:get", "Show a deposit: its draft if there is one, else the published record."),
    "update": Leaf(f"{_DRAFTS}:update", "Change the metadata of a draft; what is not named stays as it is."),
    "delete": Leaf(f"{_DRAFTS}:delete", "Delete a deposit that was never published, with its files."),
    "files": Leaf(f"{_FILES}:files", "List the files of a deposit."),
    "file": Leaf(f"{_FILES}:file", "Show one file of a deposit."),
    "download": Leaf(f"{_FILES}:download", "Bring one file to the disk, verified by its md5."),
    "upload": Leaf(
        f"{_FILES}:upload",
        "Upload files to a draft, verified by md5; the same file that is there is not sent again.",
    ),
    "rename": Leaf(f"{_FILES}:rename", "Give a file of a draft another name."),
    "remove": Leaf(f"{_FILES}:remove", "Remove a file from a draft."),
    "sort": Leaf(f"{_FILES}:sort", "Have a file shown first; the server keeps no order beyond that."),
    "reserve-doi": Leaf(
        f"{_DRAFTS}:reserve_doi", "Reserve the DOI that a draft will have; a pipe gets it alone."
    ),
    "publish": Leaf(
        f"{_DRAFTS}:publish", "Publish a draft, or an open edit, for good; a pipe gets the DOI alone."
    ),
    "edit": Leaf(
        f"{_DRAFTS}:edit",
        "Open an edit of a published record: its metadata can be changed then, its files cannot.",
    ),
    "discard": Leaf(f"{_DRAFTS}:discard", "Drop the open edit of a published record, which stays as it is."),
    "new-version": Leaf(
        f"{_DRAFTS}:new_version",
        "Make the draft of the next version, with the files of the one before; a pipe gets its number alone.",
    ),
    "communities": Leaf(
        f"{_REQUESTS}:communities", "List the communities that a deposit is in, was submitted to, or names."
    ),
    "submit": Leaf(f"{_REQUESTS}:submit", "Submit a published record to a community."),
    "review": Leaf(f"{_REQUESTS}:review", "Submit a draft to a community, whose acceptance publishes it."),
    "withdraw": Leaf(
        f"{_REQUESTS}:withdraw", "Take a deposit out of a community, or take back what was asked of it."
    ),
    "requests": Branch(
        "What is asked of communities: list, accept, decline.",
        f"{NAME} deposit requests list",
        {
            "list": Leaf(
                f"{_REQUESTS}:list_requests",
                "List the requests that concern you: yours, and those that you may decide.",
            ),
            "accept": Leaf(
                f"{_REQUESTS}:accept", "Accept a request; where that publishes a draft it needs --yes."
            ),
            "decline": Leaf(f"{_REQUESTS}:decline", "Decline a request."),
        },
    ),
    "request-deletion": Leaf(
        f"{_REQUESTS}:request_deletion",
        "Ask for a published record to be removed; within 30 days of publication that is done at once.",
    ),
    "unlock-files": Leaf(
        f"{_REQUESTS}:unlock_files",
        "Ask for the files of a published record to be unlocked; the site decides for how long.",
    ),
    "validate": Leaf(f"{_ROOM}.deposit.validate:validate", "Check metadata files without asking a server."),
    "raise-quota": Leaf(f"{_REQUESTS}:raise_quota", "Ask for more room for the files of a deposit."),
}
TREE: Tree = {
    "search": Leaf(f"{_ROOM}.search:search", "Find records: show them, or write them to files."),
    "count": Leaf(f"{_ROOM}.search:count", "Count records by type, year, access, file type or subject."),
    "explain": Leaf(f"{_ROOM}.search:explain", "Show what a search would send, why, and what it would cost."),
    "communities": Branch(
        "Find communities and list their records.",
        f"{NAME} communities find 'ENES data'",
        {
            "find": Leaf(f"{_ROOM}.communities:find", "Find communities by words of their name."),
            "show": Leaf(f"{_ROOM}.communities:show", "Show one community: its id, title and policies."),
            "records": Leaf(f"{_ROOM}.communities:records", "List the records of one community."),
        },
    ),
    "harvest": Leaf(
        f"{_ROOM}.harvest:harvest", "Fetch everything a search finds, however many, and account for it."
    ),
    "plan": Leaf(
        f"{_ROOM}.harvest:plan", "Compare the routes of a harvest: requests, minutes, what each can bring."
    ),
    "catalog": Branch(
        "Keep the catalogue of communities: tables, a page, a feed, what changed, what needs a hand.",
        f"{NAME} catalog init demo-catalog --community enes-data-space",
        {
            "init": Leaf(f"{_ROOM}.catalog:init", "Make a folder a catalogue of communities or of a search."),
            "sync": Leaf(f"{_ROOM}.catalog:sync", "Bring catalogues up to date."),
            "diff": Leaf(f"{_ROOM}.catalog:diff", "Tell what changed between two snapshots."),
            "check": Leaf(f"{_ROOM}.catalog:check", "Tell what a curator would mend."),
            "history": Leaf(f"{_ROOM}.catalog_history:history", "Tell how views and downloads moved."),
        },
    ),
    "record": Leaf(f"{_ROOM}.record:record", "Fetch single records by id, DOI or address."),
    "schema": Leaf(f"{_ROOM}.schema:schema", "Show the data dictionary: every column and its meaning."),
    "convert": Leaf(f"{_ROOM}.convert:convert", "Turn saved JSON of records into a table."),
    "dump": Branch(
        "All records in one archive: find a dump, fetch it, turn it into a table.",
        f"{NAME} dump convert records-json.tar.gz -o records.parquet",
        {
            "list": Leaf(f"{_ROOM}.dumps:list_", "List the dumps that the site offers."),
            "fetch": Leaf(f"{_ROOM}.dumps:fetch", "Fetch a dump and verify it."),
            "convert": Leaf(f"{_ROOM}.dumps:convert", "Turn a fetched dump into a table, with all cores."),
        },
    ),
    "deposit": Branch(
        "Publish: make deposits, upload files, set metadata, publish, make new versions.",
        f"{NAME} deposit create --metadata zenodo.yaml",
        DEPOSIT,
    ),
    "emulator": Branch(
        "An embedded Zenodo to try things out.",
        f"{NAME} emulator serve --port 8899",
        {
            "serve": Leaf(f"{_ROOM}.emulator:serve", "Answer as Zenodo does, on a port of this machine."),
            "tokens": Leaf(f"{_ROOM}.emulator:tokens", "Show the tokens of its users."),
            "reset": Leaf(f"{_ROOM}.emulator:reset", "Forget what was written with --site emulator."),
        },
    ),
}


class Root(TyperGroup):
    """The outermost group: it knows the tree, and every error passes through it."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands.update(grow(TREE))

    def invoke(self, ctx: Any) -> Any:
        """Run the command; an error becomes text and an exit code."""
        try:
            answer = super().invoke(ctx)
            sys.stdout.flush()
        except (Exit, Abort):
            raise
        except (Exception, KeyboardInterrupt) as error:
            raise _ended(error, ctx.obj) from error
        return answer

    def make_context(self, *arguments: Any, **settings: Any) -> Any:
        """Read the options before the name of a command."""
        try:
            return super().make_context(*arguments, **settings)
        except TyperException as error:
            raise _ended(error, Session()) from error

    def get_params(self, ctx: Any) -> Any:
        """Return the options, as ``--help`` shows them."""
        return without_types(super().get_params(ctx))


def _ended(error: BaseException, session: Session) -> BaseException:
    """Tell what went wrong and return what ends the run; a command without words shows its help."""
    if isinstance(error, TyperException) and not error.format_message().strip():
        return error
    return Exit(report(error, session))


def build_app(outside: Outside | None = None) -> Typer:
    """Return the whole command line, to run in what is `outside`."""
    app = Typer(
        cls=Root,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={
            "obj": Session(outside=outside or Outside()),
            "help_option_names": ["--help", "-h"],
        },
    )
    app.callback()(with_option_groups(_start))
    return app


def main() -> None:
    """Run the command line with the arguments of this process; the entry point ``zenodo-harvest``."""
    prepare_streams()
    keep_pandas_out()
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # what was ignored at the start stays so: nohup means it
        if number and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end)
    code = _code_of(lambda: build_app()(prog_name=NAME))
    flushed = _code_of(sys.stdout.flush)
    raise SystemExit(code or flushed)


def _code_of(work: Callable[[], object]) -> int:
    """Do the work and return its exit code; help and version are shown where no group sees their errors."""
    try:
        work()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    except (ZenodoHarvestError, ReaderGone, OSError, KeyboardInterrupt) as error:
        return report(error, Session())
    return 0


def _end(number: int, _: object) -> NoReturn:
    """End as an exception does, so that nothing half-written stays behind."""
    raise SystemExit(128 + number)


def _show_version(wanted: bool) -> None:
    if wanted:
        echo(f"{NAME} {__version__}")
        raise Exit


def _start(
    session: Session,
    version: Annotated[
        bool, Option("--version", metavar="", help="Show the version.", is_eager=True, callback=_show_version)
    ] = False,
) -> None:
    """Zenodo as data: search it, and keep what you find as tables.

    Example:
      zenodo-harvest search frost --community enes-data-space -o frost.parquet
    """
