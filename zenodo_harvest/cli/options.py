"""Options that several commands take: each is written once, as a field of a dataclass."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from typer import Argument, Option

from zenodo_harvest.cli.option_groups import JOINED
from zenodo_harvest.client import PREVIEW_ROWS
from zenodo_harvest.errors import Refused, UsageError
from zenodo_harvest.query import FILTERS, SORTS

if TYPE_CHECKING:
    from zenodo_harvest.client import SaveOptions

_FILTERS = "Filters"
_OUTPUT = "Output"
_Group = TypeVar("_Group")

Query = Annotated[
    str,
    Argument(metavar="QUERY", help="Words, or a query such as 'title:(frost OR snow)'.", show_default=False),
    JOINED,
]


def _filter(*names: str, **settings: Any) -> Any:
    return Option(*names, rich_help_panel=_FILTERS, show_default=False, **settings)


def _output(*names: str, **settings: Any) -> Any:
    return Option(*names, rich_help_panel=_OUTPUT, show_default=False, **settings)


def output_path(text: str) -> Path:
    """Return the path of an output; that of a folder does not become the name of a file.

    Raises:
        UsageError: It ends in a slash, and before it as the name of a file does; or it is blank.
    """
    if not text.strip():
        raise UsageError(
            "The name of the output is blank.",
            hint="Name a file; an unset variable of a script also does this.",
        )
    path = Path(text)
    if text.endswith(("/", os.sep)):
        from zenodo_harvest.export import EXTENSIONS

        if path.name.lower().endswith(EXTENSIONS):
            raise UsageError(
                f"{text!r} names a folder as if it was a file.",
                hint="Leave the slash out; for a folder of tables leave the ending out and add --tables.",
            )
    return path


Force = Annotated[
    bool, _output("--force", metavar="", help="Replace a file that is there, whoever wrote it.")
]


def _offer(values: Callable[[], Sequence[str]]) -> Callable[[], list[str]]:
    return lambda: list(values())


def complete_columns(incomplete: str) -> list[str]:
    """Return what the last of several names with commas between them may become."""
    from zenodo_harvest.export import check_columns

    done, comma, _ = incomplete.rpartition(",")
    return [f"{done}{comma}{name}" for name in check_columns(None) if name not in done.split(",")]


def _sorts() -> list[tuple[str, str]]:
    return list(SORTS.items())


@dataclass(frozen=True, slots=True)
class Within:
    """In which communities."""

    community: Annotated[
        list[str],
        _filter(
            "--community",
            "-c",
            metavar="REF",
            help="In this community: slug, UUID or address. Repeat for more.",
        ),
    ] = field(default_factory=list)


def _with_filters(group: type[_Group]) -> type[_Group]:
    """Give a class an option for each filter there is, before those of its own."""
    own = group.__annotations__
    group.__annotations__ = {}
    for name, one in FILTERS.items():
        option = _filter(f"--{name}", metavar=one.metavar, help=one.help, autocompletion=_offer(one.known))
        group.__annotations__[name] = Annotated[list[str], option]
        setattr(group, name, field(default_factory=list))
    group.__annotations__ |= own
    return group


@dataclass(frozen=True, slots=True)
@_with_filters
class Filters:
    """Which records. The names are those of `Client.search`; values of one filter are alternatives."""

    all_versions: Annotated[
        bool, _filter("--all-versions", metavar="", help="Every version of a record, not only the latest.")
    ] = False
    no_lint: Annotated[bool, _filter("--no-lint", metavar="", help="Send the query as typed, unchecked.")] = (
        False
    )


@dataclass(frozen=True, slots=True)
class Extent:
    """How many records, in which order."""

    sort: Annotated[
        str | None,
        _output(
            "--sort", metavar="ORDER", help="bestmatch, newest, oldest, updated-desc…", autocompletion=_sorts
        ),
    ] = None
    limit: Annotated[
        int | None,
        _output("--limit", "-n", metavar="N", min=1, help="The first N records."),
    ] = None
    everything: Annotated[
        bool,
        _output("--all", metavar="", help=f"All records; else a terminal shows {PREVIEW_ROWS}."),
    ] = False

    @property
    def is_look(self) -> bool:
        """Whether nobody said how many: then the first few are shown."""
        return not self.everything and self.limit is None


@dataclass(frozen=True, slots=True)
class Outputs:
    """Where rows go and what they look like."""

    output: Annotated[
        list[Path],
        _output(
            "--output",
            "-o",
            parser=output_path,
            metavar="FILE",
            help="Write all records to this file: .parquet, .csv, .jsonl (or .csv.gz, .jsonl.gz); "
            "repeat for several formats at once.",
        ),
    ] = field(default_factory=list)
    columns: Annotated[
        str | None,
        _output(
            "--columns",
            metavar="A,B,C",
            help="These columns, in this order; `schema` names them.",
            autocompletion=complete_columns,
        ),
    ] = None
    tables: Annotated[
        bool, _output("--tables", metavar="", help="Write the child tables as well: -o names a folder.")
    ] = False
    table_format: Annotated[
        list[str],
        _output(
            "--table-format",
            metavar="FORMAT",
            help="With --tables: parquet (else), csv.",
            autocompletion=lambda: ["parquet", "csv"],
        ),
    ] = field(default_factory=list)
    raw: Annotated[
        bool, _output("--raw", metavar="", help="Keep the server's JSON in a column of its own.")
    ] = False
    raw_csv: Annotated[
        bool,
        _output("--raw-csv", metavar="", help="In CSV, leave text a spreadsheet would run as a formula."),
    ] = False
    spreadsheet: Annotated[
        bool,
        _output(
            "--spreadsheet",
            metavar="",
            help="In CSV, add a byte-order mark, and keep text such as 1.0 from becoming a number.",
        ),
    ] = False
    force: Force = False

    @property
    def column_names(self) -> tuple[str, ...] | None:
        """The columns asked for, None for all."""
        return None if self.columns is None else split_names(self.columns)

    @property
    def folder(self) -> Path:
        """Where the first file that is written lies, and the receipt."""
        return self.output[0] if self.tables else self.output[0].parent

    def check(self, extent: Extent | None = None) -> None:
        """Refuse what cannot be done, before anything is asked of a server.

        Raises:
            UsageError: A column, an extension or a combination of options cannot be used.
            Refused: An output is a file of the user.
            LocalError: An output cannot be written.
        """
        if extent is not None and extent.everything and extent.limit is not None:
            raise UsageError("--all and --limit contradict each other.", hint="Give one of them.")
        idle = [name for name, value in self._for_files() if value]
        if idle and not self.output:
            raise UsageError(f"{idle[0]} needs an output.", hint="Name a file or folder with -o.")
        if self.table_format and not self.tables:
            raise UsageError(
                "--table-format needs --tables.", hint="Add --tables, and name a folder with -o."
            )
        if (self.raw_csv or self.spreadsheet) and not self._writes_csv:
            name = "--raw-csv" if self.raw_csv else "--spreadsheet"
            raise UsageError(f"{name} needs CSV.", hint="Name a .csv file, or add --table-format csv.")
        if self.columns is not None:
            from zenodo_harvest.export import check_columns

            check_columns(self.column_names, raw=self.raw)
        if self.output:
            from zenodo_harvest.export import try_sinks

            try_sinks(self.output, **self.save_options())

    def check_sources(self, sources: Sequence[Path]) -> None:
        """Refuse to write over a file that is to be read.

        Raises:
            Refused: An output is one of `sources`.
        """
        read = {source.resolve() for source in sources if str(source) != "-"}
        for target in self.output:
            if target.resolve() in read:
                raise Refused(
                    f"{str(target)!r} would be written over what it is made from.",
                    hint="Name another output.",
                )

    @property
    def _writes_csv(self) -> bool:
        if self.tables:
            return "csv" in self.table_format
        return any(path.name.lower().endswith((".csv", ".csv.gz")) for path in self.output)

    def _for_files(self) -> tuple[tuple[str, Any], ...]:
        return (
            ("--tables", self.tables),
            ("--table-format", self.table_format),
            ("--raw-csv", self.raw_csv),
            ("--spreadsheet", self.spreadsheet),
            ("--force", self.force),
        )

    def save_options(self) -> SaveOptions:
        """Return the options as `Client.search(…).save` and `export.open_sinks` take them."""
        return {
            "columns": self.column_names,
            "raw": self.raw,
            "raw_csv": self.raw_csv,
            "spreadsheet": self.spreadsheet,
            "tables": self.tables,
            "table_formats": tuple(self.table_format) or ("parquet",),
            "overwrite": self.force,
        }


def split_names(text: str) -> tuple[str, ...]:
    """Return the names that an option takes with commas between them."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def search_options(*parts: Any) -> dict[str, Any]:
    """Return what `parts` (options dataclasses) ask for as the keywords that `Client.search` takes."""
    values: dict[str, Any] = {}
    for part in parts:
        values |= asdict(part)
    values.pop("everything", None)
    if "no_lint" in values:
        values["lint"] = not values.pop("no_lint")
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
