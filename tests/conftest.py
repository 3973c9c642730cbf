"""What several rings use: the check that reading a record lost none of its values."""

from __future__ import annotations

import gc
import json
import os
import re
import signal
import struct
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, settings

from zenodo_harvest.records import Record
from zenodo_harvest.vocabularies.types import RESOURCE_TYPES, general_type

# Threads of numpy's linear algebra, which nothing here uses, spin for a while in each process that has it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# What tests start must hear of an interruption, also where the suite itself runs in the background.
signal.signal(signal.SIGINT, signal.default_int_handler)
# How long an example takes says more about the machine than about the code.
ANY_MACHINE = settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("any machine", ANY_MACHINE)
settings.register_profile("deep", ANY_MACHINE, max_examples=1000)  # of `make soak`
settings.load_profile("any machine")
_NOT_DATA = ("links", "ui", "expanded")
_JSON_COLUMNS = ("custom_fields", "extra")


def pytest_collection_finish() -> None:
    """Look for cycles of objects less often, and never among the thousands of tests, which all stay."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def lost_values() -> Callable[[Any, Record], set[Any]]:
    """Return the function that names the values of a JSON input which no column holds."""

    def lost(value: Any, record: Record) -> set[Any]:
        kept = set(_values_of_row(record))
        return {scalar for scalar in _scalars(value) if not _forms(scalar) & kept}

    return lost


def _scalars(value: Any) -> Iterator[Any]:
    """Yield the scalars of a JSON value, save those under links, ui and expanded."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case dict() as found:
                waiting += (item for key, item in found.items() if key not in _NOT_DATA)
            case list() | tuple() as found:
                waiting += found
            case None:
                continue
            case found:
                yield _tagged(found)


def _values_of_row(record: Record) -> Iterator[Any]:
    for column, value in msgspec.to_builtins(record, builtin_types=(datetime, date)).items():
        if column in _JSON_COLUMNS and value is not None:
            yield from _scalars(json.loads(value))
        elif column == "locations":
            yield from _scalars(value)
            for place in value:
                yield from _scalars(json.loads(place["geometry"] or "null"))
        elif column not in ("raw", "problems"):
            yield from _scalars(value)


def _tagged(value: Any) -> Any:
    """Tell true from 1, but not 3.0 from 3."""
    if isinstance(value, bool):
        return ("flag", value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _forms(scalar: Any) -> set[Any]:
    """Return the forms in which a column may hold a value: ids are text, times are times."""
    forms: set[Any] = {scalar}
    if isinstance(scalar, int):
        forms.add(str(scalar))
        forms.add(
            _tagged(struct.unpack("d", struct.pack("d", float(scalar)))[0]) if abs(scalar) < 2**1000 else 0
        )
    if isinstance(scalar, str):
        try:
            time = datetime.fromisoformat(scalar)
        except ValueError:
            return forms
        forms.add(time.replace(tzinfo=UTC) if time.tzinfo is None else time)
        if len(scalar) == len("2020-01-01"):
            forms.add(time.date())
    return forms


@pytest.fixture(scope="session")
def lost_texts() -> Callable[[Any, Record], set[str]]:
    """Return the function that names the texts and attributes of an XML element which no column holds."""

    def lost(root: Any, record: Record) -> set[str]:
        kept = {str(value) for value in _values_of_row(record)}
        kept |= {record.updated.date().isoformat()} if record.updated else set()
        return {text for attribute, text in _texts(root) if not _xml_forms(attribute, text) & kept}

    return lost


_SAID_BY_THE_COLUMN = {
    "identifierType": {"DOI", "URL"},
    "nameType": {"Personal", "Organizational"},
    "nameIdentifierScheme": {"ORCID", "GND", "ISNI", "ROR"},
    "funderIdentifierType": {"ROR"},
    "alternateIdentifierType": {"oai", "URL"},
    "relatedIdentifierType": {"DOI", "URL", "ISSN"},
    "relationType": {"IsVersionOf", "IsPartOf"},
    "resourceTypeGeneral": {"Collection"},
    "descriptionType": {"Abstract"},
    "dateType": {"Issued", "Updated"},
}


def _texts(root: Any) -> Iterator[tuple[str, str]]:
    """Yield the texts, under no name, and the attributes that say more than which column is meant."""
    for element in root.iter():
        for name, value in element.items():
            is_said = value in _SAID_BY_THE_COLUMN.get(name, ()) or name.endswith("}schemaLocation")
            if value.strip() and not is_said:
                yield name, value
        yield from (("", text) for text in (element.text, element.tail) if text and text.strip())


def _xml_forms(attribute: str, text: str) -> set[str]:
    """Return the forms in which a column may hold a text or an attribute of DataCite XML."""
    forms = {text.strip(), text.lower(), *map(str, _forms(text))}
    if attribute in ("titleType", "descriptionType"):
        forms.add(re.sub("(?<!^)(?=[A-Z])", "-", text).lower())
    if attribute == "resourceTypeGeneral":
        forms |= {type_id for type_id in RESOURCE_TYPES if general_type(type_id) == text}
    if attribute == "rightsURI":
        forms.add(text.removeprefix("info:eu-repo/semantics/").removesuffix("Access"))
    if not attribute and (slug := re.search("(?:^user-|/communities/)([^/]+)/?$", text)):
        forms.add(slug[1])
    if not attribute and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        forms.add(str(float(text)))
    return forms
