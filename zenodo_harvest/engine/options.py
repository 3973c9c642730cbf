"""What a caller may ask of a search by name, and the frozen `Search` it becomes."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from inspect import Parameter, cleandoc, signature
from os import PathLike
from pathlib import Path
from typing import Any, Literal, TypedDict, TypeVar, get_args, get_type_hints

from zenodo_harvest.errors import UsageError
from zenodo_harvest.query import Options, Search

Asking = TypeVar("Asking", bound=Callable[..., Any])

RouteName = Literal["search", "oai", "dump"]
"""How everything can be fetched."""
PREVIEW_ROWS = 25
"""So many records are shown where nobody said how many."""


def check_route(name: str | None) -> RouteName | None:
    """Return the route of this name, None for None.

    Raises:
        UsageError: There is none.
    """
    routes: tuple[RouteName, ...] = get_args(RouteName)
    found = next((route for route in routes if route == name), None)
    if name is not None and found is None:
        raise UsageError(f"There is no route {name!r}.", hint=f"Use one of {', '.join(routes)}.")
    return found


class SaveOptions(TypedDict, total=False):
    """How files are written; the names of ``export.open_sink``."""

    columns: Sequence[str] | None
    raw: bool
    raw_csv: bool
    spreadsheet: bool
    tables: bool
    table_formats: Sequence[str]
    separator: str
    overwrite: bool


def check_save_options(options: Mapping[str, object]) -> None:
    """Refuse an option that does not exist.

    Raises:
        UsageError: One is not among `SaveOptions`.
    """
    if unknown := options.keys() - SaveOptions.__annotations__.keys():
        known = ", ".join(SaveOptions.__annotations__)
        raise UsageError(f"There is no option {min(unknown)!r}.", hint=f"Options are {known}.")


def paths_of(paths: Sequence[object]) -> list[Path]:
    """Return the paths of files.

    Raises:
        UsageError: There is none, or one is no path.
    """
    hint = "Give the path of a file, such as records.parquet."
    if not paths:
        raise UsageError("No file is named.", hint=hint)
    for path in paths:
        if not isinstance(path, str | PathLike):
            raise UsageError(f"{path!r} is no path.", hint=hint)
    return [Path(str(path)) for path in paths]


def search_of(q: str, options: Options) -> Search:
    """Return the search that a query and options ask for.

    Raises:
        UsageError: An option is unknown or has a value it cannot have.
    """
    if writing := options.keys() & SaveOptions.__annotations__.keys():
        raise UsageError(
            f"{min(writing)!r} is no option of a search.",
            hint="It says how files are written: give it to what writes them, to `harvest` in save={…}.",
        )
    return Search.of(q=q, **options)


def lists_options(*, without: Collection[str] = ()) -> Callable[[Asking], Asking]:
    """Have a function that takes ``**options`` name each of them in its signature and its docstring.

    That is what completion and help in a notebook show; type checkers read `Options` itself.

    Args:
        without: Options that it does not know.
    """
    names = [name for name in _TYPES if name not in without]
    listed = [f"    {name}: {getattr(_SAID[name], 'help', _SAID[name]).replace('--', '')}" for name in names]
    options = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=_DEFAULTS.get(name), annotation=_typed(_TYPES[name]))
        for name in names
    ]

    def listing(function: Asking) -> Asking:
        shown = signature(function)
        *own, _ = shown.parameters.values()
        function.__signature__ = shown.replace(parameters=[*own, *options])  # type: ignore[attr-defined]
        before, here, after = cleandoc(function.__doc__ or "").partition("    options: ")
        if here:
            _, *rest = after.splitlines()
            function.__doc__ = "\n".join([f"{before}{listed[0]}", *listed[1:], *rest])
        return function

    return listing


def _typed(hint: Any) -> str:
    """Return a type as people write it, without the modules it is from."""
    return re.sub(r"\b[a-z_.]+\.(?=\w)", "", str(hint) if get_args(hint) else hint.__name__)


_TYPES = get_type_hints(Options)
_SAID = {name: get_args(hint)[1] for name, hint in get_type_hints(Options, include_extras=True).items()}
_DEFAULTS = {"all_versions": False, "lint": True}
"""What an option is that is not given, unless None."""
