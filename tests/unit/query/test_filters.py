"""The one list of filters, and what is made from it."""

from __future__ import annotations

from dataclasses import fields
from typing import get_type_hints

from zenodo_harvest.cli.options import Filters
from zenodo_harvest.query import FILTERS, Options, Search

_TYPED = ("q", "address")


def test_every_filter_fills_a_field_of_a_search_of_its_own() -> None:
    many = [field.name for field in fields(Search) if field.default == ()]
    assert many == ["communities", *(one.field for one in FILTERS.values())]


def test_every_option_is_a_filter_or_a_field_of_a_search() -> None:
    others = [name for name in get_type_hints(Options) if name not in FILTERS]
    single = [field.name for field in fields(Search) if field.default != () and field.name not in _TYPED]
    assert sorted(others) == sorted(["community", *single])


def test_every_filter_is_an_option_of_the_command_line() -> None:
    hints = get_type_hints(Filters, include_extras=True)
    assert list(hints) == [field.name for field in fields(Filters)]
    assert list(hints) == [*FILTERS, "all_versions", "no_lint"]
    for name, one in FILTERS.items():
        (option,) = hints[name].__metadata__
        assert (option.metavar, option.help) == (one.metavar, one.help)
