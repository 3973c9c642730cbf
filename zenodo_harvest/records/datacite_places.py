"""Reads the places of DataCite XML."""

from __future__ import annotations

from typing import Any

from zenodo_harvest.json_values import encode
from zenodo_harvest.records.elements import KERNEL, Element, around, name_of, put, settle, tree
from zenodo_harvest.records.record import Location

_LOCATION = f"{KERNEL}geoLocation"
_SIDES = ("westBoundLongitude", "southBoundLatitude", "eastBoundLongitude", "northBoundLatitude")


def read_locations(locations: Element, columns: dict[str, Any], rest: dict[str, Any], _: list[str]) -> None:
    """Take the places: points as two numbers, a box or a polygon as GeoJSON."""
    found, remains = [], []
    for each in locations:
        if each.tag == _LOCATION:
            location, remain = _location(each)
            found.append(location)
            remains.append(remain)
        else:
            remains.append(tree(each))
    columns["locations"] = tuple(found)
    settle(locations, remains, rest)


def _location(element: Element) -> tuple[Location, dict[str, Any] | None]:
    known: dict[str, Any] = {}
    rest = around(element)
    for part in element:
        name = name_of(part.tag)
        if (reader := _READERS.get(name)) is None or not reader(part, known):
            put(rest, name, tree(part))
    return Location(**known), rest or None


def _place(part: Element, known: dict[str, Any]) -> bool:
    if "place" in known or len(part) or part.keys():
        return False
    known["place"] = part.text
    return True


def _point(part: Element, known: dict[str, Any]) -> bool:
    numbers = _numbers(part)
    if "latitude" in known or numbers is None or numbers.keys() != {"pointLatitude", "pointLongitude"}:
        return False
    known["latitude"], known["longitude"] = numbers["pointLatitude"], numbers["pointLongitude"]
    return True


def _box(part: Element, known: dict[str, Any]) -> bool:
    numbers = _numbers(part)
    if "geometry" in known or numbers is None or numbers.keys() != set(_SIDES):
        return False
    west, south, east, north = (numbers[side] for side in _SIDES)
    known["geometry"] = _polygon_of(
        [[west, south], [east, south], [east, north], [west, north], [west, south]]
    )
    return True


def _polygon(part: Element, known: dict[str, Any]) -> bool:
    points = [_numbers(point) for point in part]
    if "geometry" in known or any(point is None or len(point) != 2 for point in points):
        return False
    if any(name_of(point.tag) != "polygonPoint" for point in part):
        return False
    try:
        ring = [[point["pointLongitude"], point["pointLatitude"]] for point in points if point]
    except KeyError:
        return False
    known["geometry"] = _polygon_of(ring)
    return True


def _polygon_of(ring: list[list[float]]) -> str:
    return encode({"type": "Polygon", "coordinates": [ring]}).decode()


def _numbers(element: Element) -> dict[str, float] | None:
    """Return the numbers that the parts of an element hold by name, None if they are anything else."""
    found: dict[str, float] = {}
    for part in element:
        try:
            found[name_of(part.tag)] = number = float(part.text or "")
        except ValueError:
            return None
        if len(part) or part.keys() or number != number or abs(number) > 360:
            return None
    return found if len(found) == len(element) and not element.keys() else None


_READERS = {
    "geoLocationPlace": _place,
    "geoLocationPoint": _point,
    "geoLocationBox": _box,
    "geoLocationPolygon": _polygon,
}
