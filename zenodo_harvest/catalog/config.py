"""`CatalogConfig`: what ``catalog.toml`` says: of what a catalogue is, and how it is kept."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta, Struct, ValidationError, convert, field

from zenodo_harvest.catalog.checks import check_off
from zenodo_harvest.durable import local_errors
from zenodo_harvest.errors import NotFound, UsageError
from zenodo_harvest.query import FILTERS, Search

CONFIG = "catalog.toml"
_Weeks = Annotated[int, Meta(ge=0, le=520)]
_Count = Annotated[int, Meta(ge=1)]


class HistoryConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """Of the statistics: after how many weeks all pages are read again and views and downloads noted."""

    interval_weeks: _Weeks = 4


class ChecksConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """Of the checks: the ids of the rules that are switched `off`."""

    off: tuple[str, ...] = ()


class SnapshotsConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """Of the snapshots: how many of the newest are kept, None for all."""

    keep: _Count | None = None


class CatalogConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """What a catalogue is of and how it is kept.

    Attributes:
        site: The site by name or address.
        search: The query ``q`` and the options of `Client.search`, without ``sort`` and ``limit``.
        title: Its title; None is that of its community, or its query.
        history: Of the statistics.
        checks: Of the checks.
        snapshots: Of the snapshots.
    """

    site: str
    search: dict[str, Any]
    title: str | None = None
    history: HistoryConfig = field(default_factory=HistoryConfig)
    checks: ChecksConfig = field(default_factory=ChecksConfig)
    snapshots: SnapshotsConfig = field(default_factory=SnapshotsConfig)

    def what(self) -> Search:
        """Return the search.

        Raises:
            UsageError: An option is unknown or has a value it cannot have.
        """
        return Search.of(**self.search)

    @classmethod
    def of(cls, site: str, q: str, options: Mapping[str, Any], title: str | None = None) -> CatalogConfig:
        """Return the configuration of a new catalogue.

        Raises:
            UsageError: The search has a limit or an order, an option is unknown, or nothing is asked for.
        """
        search = Search.of(q=q, **options)
        _check(search)
        named: dict[str, Any] = {"q": search.q, "community": search.communities}
        named |= {option: getattr(search, one.field) for option, one in FILTERS.items()}
        named |= {"all_versions": search.all_versions}
        kept = {
            name: list(value) if isinstance(value, tuple) else value for name, value in named.items() if value
        }
        if not search.lint:
            kept["lint"] = False
        return cls(site=site, search=kept, title=title)

    def to_toml(self) -> str:
        """Return the text of ``catalog.toml``."""
        lines = [
            "# A catalogue of zenodo-harvest. Change it as you like; `catalog sync` reads it each time.",
            f"site = {_value(self.site)}",
            f"title = {_value(self.title)}"
            if self.title
            else '# title = "…"  # else that of its community, or its query',
            "",
            "[search]  # the query q, and the options of `zenodo-harvest search`",
            *(f"{name} = {_value(value)}" for name, value in self.search.items()),
            "",
            "[history]  # after so many weeks all pages are read again, and views and downloads noted",
            f"interval_weeks = {self.history.interval_weeks}",
            "",
            "[checks]  # ids of rules that are switched off; `catalog check --rules` lists them",
            f"off = {_value(list(self.checks.off))}",
            "",
            "[snapshots]",
            "# keep = 52  # so many of the newest; else all",
        ]
        return "\n".join(lines) + "\n"


def read_config(folder: Path) -> CatalogConfig:
    """Return what the ``catalog.toml`` of a folder says.

    Raises:
        NotFound: There is none.
        UsageError: It cannot be read, or says what cannot be.
        LocalError: The disk does not give it.
    """
    path = folder / CONFIG
    if not path.is_file():
        raise NotFound(
            f"{str(folder)!r} is no catalogue: there is no {CONFIG} in it.",
            hint="Make one with `zenodo-harvest catalog init FOLDER --community SLUG`.",
        )
    try:
        with local_errors(path):
            found = tomllib.loads(path.read_text("utf-8"))
        config = convert(found, CatalogConfig)
    except ValidationError as error:
        wrong, _, key = str(error).partition(" - at `$.")
        where = f"{key.rstrip('`')}: " if key else ""
        raise UsageError(f"{str(path)!r} cannot be used: {where}{wrong}.", hint="Mend that line.") from error
    except ValueError as error:
        raise UsageError(f"{str(path)!r} cannot be read: {error}.", hint="Mend that line.") from error
    _check(config.what())
    check_off(config.checks.off)
    return config


def _check(search: Search) -> None:
    for option, value in (("sort", search.sort), ("limit", search.limit)):
        if value is not None:
            raise UsageError(
                f"A catalogue takes everything in its own order: it knows no {option}.",
                hint=f"Leave {option} out of the search.",
            )
    if replace(search, all_versions=False, lint=True, q=search.q.strip()) == Search():
        raise UsageError(
            "A catalogue of the whole site is too much.",
            hint="Name a community (--community SLUG), a query or a filter; for everything take a dump.",
        )


def _value(value: Any) -> str:
    """Return a text, number, truth value or list as TOML, which writes them as JSON does."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
