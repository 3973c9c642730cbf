"""Fits JSON into the types of a dialect as far as it goes: what does not fit is kept aside and reported."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import zip_longest
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from zenodo_harvest.records.metadata_shapes import NOTHING
from zenodo_harvest.records.taking import BEYOND, NAMES, NOT_DATA, left_over

_Shape = TypeVar("_Shape", bound=msgspec.Struct)
_UNIONS = (UnionType, Union)
_Fitted = tuple[Any, Any]
_Fitter = Callable[[Any, str, list[str]], _Fitted]


def fit(value: dict[str, Any], kind: type[_Shape], problems: list[str]) -> tuple[_Shape, Any]:
    """Return an object as `kind`, and whatever has no place in it in the layout of the object.

    Values of another type than expected are reported in `problems`, fields that `kind` lacks are not.
    Items of a list keep their places: one that does not fit is None.
    """
    fitted, rest = _fitter(kind)(value, "", problems)
    return fitted, rest


def merged(one: Any, other: Any) -> Any:
    """Return two partial copies of one JSON value as one."""
    if isinstance(one, dict) and isinstance(other, dict):
        return {key: merged(one.get(key), other.get(key)) for key in one | other}
    if isinstance(one, list) and isinstance(other, list):
        return [merged(*pair) for pair in zip_longest(one, other)]
    return other if one is None else one


@cache
def _fitter(hint: Any) -> _Fitter:
    """Return the function that fits values into one type."""
    options = tuple(each for each in get_args(hint) if each is not NoneType)
    if get_origin(hint) in _UNIONS and len(options) == 1:
        return _fitter(options[0])
    if get_origin(hint) is Annotated and hint.__origin__ is msgspec.Raw:
        return _raw(_fitter(hint.__metadata__[0]))
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return _objects(hint)
    if get_origin(hint) is list:
        return _lists(_fitter(options[0]))
    if get_origin(hint) is dict:
        return _mappings(_fitter(options[1]))
    if hint is Any:
        return lambda value, _path, _problems: (value, None)
    scalars = _scalar_types(hint)
    return _wholes if scalars == (int,) else _scalars(scalars)


def _scalar_types(hint: Any) -> tuple[type, ...]:
    if isinstance(hint, type):
        return (hint,)
    if get_origin(hint) in _UNIONS:
        return tuple(kind for each in get_args(hint) for kind in _scalar_types(each) if kind is not NoneType)
    return (hint.__origin__,)


def _objects(kind: type[msgspec.Struct]) -> _Fitter:
    hints = get_type_hints(kind, include_extras=True)
    names = {each.encode_name: each.name for each in msgspec.structs.fields(kind)}

    def fitter(value: Any, path: str, problems: list[str]) -> _Fitted:
        if type(value) is not dict:
            return _odd(value, path, problems, dict)
        found, rests = {}, {}
        for key, item in value.items():
            if item is None:
                continue
            if (name := names.get(key)) is not None:
                place = f"{path}.{key}" if path else key
                fitted, rest = _fitter(hints[name])(item, place, [] if key in NOT_DATA else problems)
                if fitted is not None:
                    found[name] = fitted
            else:
                rest = left_over(item, NOT_DATA)
            if rest is not None and key not in NOT_DATA:
                rests[key] = rest
        return kind(**found), rests or None

    return fitter


def _lists(item_fitter: _Fitter) -> _Fitter:
    def fitter(value: Any, path: str, problems: list[str]) -> _Fitted:
        if type(value) is not list:
            return _odd(value, path, problems, list)
        pairs = [item_fitter(item, f"{path}.{number}", problems) for number, item in enumerate(value)]
        rests = [rest for _, rest in pairs]
        return [fitted for fitted, _ in pairs], rests if any(rest is not None for rest in rests) else None

    return fitter


def _mappings(item_fitter: _Fitter) -> _Fitter:
    def fitter(value: Any, path: str, problems: list[str]) -> _Fitted:
        if type(value) is not dict:
            return _odd(value, path, problems, dict)
        found, rests = {}, {}
        for key, item in value.items():
            if item is not None:
                fitted, rest = item_fitter(item, f"{path}.{key}", problems)
                if fitted is not None:
                    found[key] = fitted
                if rest is not None:
                    rests[key] = rest
        return found, rests or None

    return fitter


def _raw(fitter: _Fitter) -> _Fitter:
    """Fit a value, then write it again for whoever reads it later."""

    def raw_fitter(value: Any, path: str, problems: list[str]) -> _Fitted:
        fitted, rest = fitter(value, path, problems)
        return NOTHING if fitted is None else msgspec.Raw(msgspec.json.encode(fitted)), rest

    return raw_fitter


def _scalars(kinds: tuple[type, ...]) -> _Fitter:
    return lambda value, path, problems: (
        (value, None) if type(value) in kinds else _odd(value, path, problems, kinds[0])
    )


def _wholes(value: Any, path: str, problems: list[str]) -> _Fitted:
    """Fit a whole number of 64 bits, also when it is written as a float such as ``3.0``."""
    if type(value) is int or (type(value) is float and value.is_integer()):
        if -BEYOND <= value < BEYOND:
            return int(value), None
        problems.append(f"{path}: a number of more than 64 bits")
        return None, value
    return _odd(value, path, problems, int)


def _odd(value: Any, path: str, problems: list[str], expected: type) -> _Fitted:
    if value is not None:
        problems.append(f"{path}: {NAMES[expected]} was expected, found {NAMES[type(value)]}")
    return None, left_over(value, NOT_DATA)
