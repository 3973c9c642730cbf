"""`Search`: what is asked, frozen; nothing in it knows how it is sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from difflib import get_close_matches
from typing import Any, Self

from zenodo_harvest.errors import UsageError
from zenodo_harvest.query.address import read_address
from zenodo_harvest.query.filters import FILTERS

_FIELDS = {"community": "communities"} | {option: one.field for option, one in FILTERS.items()}
"""The field of `Search` that an option fills, where that takes several values."""

_SINGLE = frozenset({"q", "sort", "all_versions", "limit", "lint"})
_NO_LISTS = _SINGLE | {"address"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is asked of a site. Several values of one filter are alternatives; different filters all apply.

    Every filter of `Options` has a field here, whose name is in most cases the plural.

    Attributes:
        q: The query as typed.
        communities: Slugs, UUIDs or URLs; the engine verifies them.
        sort: One of `SORTS`; None leaves the order to the server.
        all_versions: Bring old versions as well as the latest.
        limit: The first so many records; None for all.
        lint: Check the query; False sends it as typed.
        address: The address of a search page that the query and filters were read from, if one was typed.
    """

    q: str = ""
    communities: tuple[str, ...] = ()
    sort: str | None = None
    all_versions: bool = False
    limit: int | None = None
    types: tuple[str, ...] = ()
    subtypes: tuple[str, ...] = ()
    access: tuple[str, ...] = ()
    licenses: tuple[str, ...] = ()
    created: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    creators: tuple[str, ...] = ()
    orcids: tuple[str, ...] = ()
    affiliations: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    funders: tuple[str, ...] = ()
    grants: tuple[str, ...] = ()
    dois: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    file_types: tuple[str, ...] = ()
    journals: tuple[str, ...] = ()
    custom: tuple[str, ...] = ()
    lint: bool = True
    address: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.q, str):
            raise UsageError(f"The query is {self.q!r}, not text.", hint="Give it as one string.")
        if any("\ud800" <= letter <= "\udfff" for letter in self.q):
            raise UsageError("The query is not text in UTF-8.", hint="Check the encoding of the terminal.")
        if self.sort is not None and not isinstance(self.sort, str):
            raise UsageError(f"The order is {self.sort!r}, not text.", hint="Give its name, such as newest.")
        if not isinstance(self.all_versions, bool):
            raise UsageError(f"all_versions is {self.all_versions!r}.", hint="Give True or False.")
        if self.limit is not None and (
            isinstance(self.limit, bool) or not isinstance(self.limit, int) or self.limit < 1
        ):
            raise UsageError(f"The limit is {self.limit}.", hint="Give a whole number of at least 1.")
        for name in _LISTS:
            object.__setattr__(self, name, _texts(name, getattr(self, name)))

    @classmethod
    def of(cls, **options: Any) -> Self:
        """Return the search of named options, each value alone or several.

        Options are the fields, or their singular: ``type="dataset"``, ``types=["dataset", "software"]``.
        None counts as not given; a blank value is refused, for it would stand for everything. A query that
        is the address of a search page becomes the query and filters that it holds, unless ``lint=False``.

        Raises:
            UsageError: An option is unknown, given under both names, or has a value it cannot have.
        """
        values: dict[str, Any] = {}
        for option, value in options.items():
            name = _FIELDS.get(option, option)
            if name not in _LISTS and name not in _SINGLE:
                raise UsageError(f"There is no option {option!r}.", hint=_did_you_mean(option))
            if name in values:
                raise UsageError(f"{option!r} was given twice.", hint=f"Give {name!r} once, with all values.")
            if value is not None:
                values[name] = value
        typed = values.get("q", "")
        held = read_address(typed) if isinstance(typed, str) and values.get("lint", True) else None
        for option, value in (held or {}).items():
            name = _FIELDS.get(option, option)
            if name != "q" and values.get(name):
                raise UsageError(
                    f"{option!r} is given, and in the address too.", hint="Leave it out of one of them."
                )
            values |= {name: value, "address": typed}
        return cls(**values)


_LISTS = tuple(field.name for field in fields(Search) if field.name not in _NO_LISTS)


def _texts(name: str, value: Any) -> tuple[str, ...]:
    values = (value,) if isinstance(value, (str, date)) or not isinstance(value, Iterable) else value
    texts = [one.isoformat() if isinstance(one, date) else one for one in values if one is not None]
    for text in texts:
        if not isinstance(text, str):
            raise UsageError(f"{text!r} is no value of {name!r}.", hint="Give text, or several texts.")
        if not text.strip():
            raise UsageError(
                f"A value of {name!r} is blank: without it everything would be searched.",
                hint="Leave the filter out if that is meant; an unset variable of a script also does this.",
            )
    return tuple(dict.fromkeys(text.strip() for text in texts))


def _did_you_mean(option: str) -> str:
    names = [*_FIELDS, *sorted(_SINGLE)]
    near = get_close_matches(option, names, 1, 0.5)
    return f"Did you mean {near[0]!r}?" if near else f"Options are {', '.join(sorted(names))}."
