"""Records in the XML formats of OAI-PMH."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from zenodo_harvest.emulator.answers.oai import datacite, dcat, dublin_core, marc
from zenodo_harvest.emulator.answers.oai.elements import Element
from zenodo_harvest.emulator.defaults import Json

__all__ = ["FORMATS", "Format"]

Write = Callable[[Json, str], Element]
"""What writes a record's XML; the text is scheme and host of the server."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format as the server announces it, and its writer."""

    schema: str
    namespace: str
    write: Write


_MARC = Format(
    "https://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd",
    "https://www.loc.gov/standards/marcxml/",
    marc.write,
)
_DATACITE = Format(
    "http://schema.datacite.org/meta/kernel-4.5/metadata.xsd",
    "http://datacite.org/schema/kernel-4",
    datacite.write,
)
_OAI_DATACITE = Format(
    "http://schema.datacite.org/oai/oai-1.1/oai.xsd",
    "http://schema.datacite.org/oai/oai-1.1/",
    lambda record, base: datacite.wrapped(datacite.write(record, base)),
)
FORMATS = {
    "marcxml": _MARC,
    "oai_dc": Format(
        "http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
        "http://www.openarchives.org/OAI/2.0/oai_dc/",
        dublin_core.write,
    ),
    "dcat": Format(
        "http://schema.datacite.org/meta/kernel-4/metadata.xsd",
        "https://www.w3.org/ns/dcat",
        dcat.write,
    ),
    "marc21": _MARC,
    "datacite": _DATACITE,
    "oai_datacite": _OAI_DATACITE,
    "datacite4": _DATACITE,
    "oai_datacite4": _OAI_DATACITE,
}
"""The formats by prefix, as the server lists them (zenodo-api.md §7, read 2026-08-20)."""
