"""`Search`: what is asked, frozen; nothing in it knows how it is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from difflib import get_close_matches
from numbers import Integral, Number
from typing import Any, Self

from zenodo_harvest.errors import UsageError
from zenodo_harvest.query.address import read_address
from zenodo_harvest.query.filters import FILTERS

_FIELDS = {"community": "communities"} | {option: one.field for option, one in FILTERS.items()}
"""The field of `Search` that an option fills, where that takes several values."""
_OPTIONS = {field: option for option, field in _FIELDS.items()}

_PERIODS = frozenset({"created", "updated", "published"})
_NUMBERS = _PERIODS | {"grants"}
"""Filters that also take a number: a year, or that of an award."""
_KINDS: tuple[tuple[type, str], ...] = (
    (str, "a text"),
    (bool, "a truth value"),
    (Number, "a number"),
    (bytes, "bytes"),
)

_SINGLE = frozenset({"q", "sort", "all_versions", "limit", "lint"})
_MEANT = {"year": ("published", "created"), "query": ("q",), "page": ("limit",), "size": ("limit",)}
"""What options of other clients are called here."""
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
            raise _mistyped("sort", self.sort, "the name of an order, such as 'newest'")
        for name in ("all_versions", "lint"):
            if not isinstance(getattr(self, name), bool):
                raise _mistyped(name, getattr(self, name), "True or False")
        if self.limit is not None and (
            isinstance(self.limit, bool) or not isinstance(self.limit, Integral) or self.limit < 1
        ):
            raise _mistyped("limit", self.limit, "a whole number of at least 1, such as limit=100")
        object.__setattr__(self, "limit", None if self.limit is None else int(self.limit))
        for name in _LISTS:
            object.__setattr__(self, name, _texts(name, getattr(self, name)))

    def __str__(self) -> str:
        said = [repr(self.q)] if self.q.strip() else []
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name != "q" and value != field.default:
                values = ", ".join(value) if isinstance(value, tuple) else value
                said.append(f"{_OPTIONS.get(field.name, field.name)}={values}")
        return ", ".join(said) or "everything"

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
    is_one = isinstance(value, str | bytes | date | Mapping) or not isinstance(value, Iterable)
    texts = [_text(name, one) for one in ((value,) if is_one else value) if one is not None]
    return tuple(dict.fromkeys(texts))


def _text(name: str, value: Any) -> str:
    if name == "communities" and isinstance(slug := getattr(value, "slug", None), str):
        return slug
    if name in _PERIODS and isinstance(value, date):
        # pandas has no days without a time: its midnight is the day
        return value.isoformat().removesuffix("T00:00:00")
    if name in _NUMBERS and isinstance(value, Integral) and not isinstance(value, bool):
        return str(value)
    if name in _NUMBERS and isinstance(value, float) and value.is_integer():
        raise _mistyped(name, value, f"a whole number: {int(value)}")
    if not isinstance(value, str):
        raise _mistyped(name, value, "text, or several texts")
    if not value.strip():
        raise UsageError(
            f"A value of {_OPTIONS.get(name, name)!r} is blank: without it everything would be searched.",
            hint="Leave the filter out if that is meant; an unset variable of a script also does this.",
        )
    return value.strip()


def _mistyped(name: str, value: Any, wanted: str) -> UsageError:
    """Return the error for a value of the wrong type; what kind it is often is what cannot be seen."""
    kind = next((word for kind, word in _KINDS if isinstance(value, kind)), f"a {type(value).__name__}")
    return UsageError(f"{_OPTIONS.get(name, name)!r} is {value!r}, {kind}.", hint=f"Give {wanted}.")


def _did_you_mean(option: str) -> str:
    names = [*_FIELDS, *sorted(_SINGLE)]
    near = _MEANT.get(option) or get_close_matches(option, names, 1, 0.6)
    return (
        f"Did you mean {' or '.join(map(repr, near))}?"
        if near
        else f"Options are {', '.join(sorted(names))}."
    )
