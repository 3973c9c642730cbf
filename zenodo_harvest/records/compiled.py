"""The compiled reader, where it is installed: records of the foreseen shapes straight to Arrow."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import date
from html import unescape
from importlib import import_module
from typing import Any, NamedTuple, Protocol

from zenodo_harvest import html_text
from zenodo_harvest._version import __version__
from zenodo_harvest.records.dates import read_edtf
from zenodo_harvest.records.record import Provenance
from zenodo_harvest.records.schema import SCHEMA_VERSION
from zenodo_harvest.vocabularies import datacite
from zenodo_harvest.vocabularies.code_hosts import code_repository
from zenodo_harvest.vocabularies.licenses import spdx
from zenodo_harvest.vocabularies.relations import datacite_relation
from zenodo_harvest.vocabularies.roles import datacite_role
from zenodo_harvest.vocabularies.types import todays_type

MODULE = "zenodo_harvest_fast"
_EPOCH = date(1970, 1, 1)
_log = logging.getLogger(__name__)


class CompiledReader(Protocol):
    """Reads what is as foreseen; in native JSON there may be more than was foreseen."""

    def read(
        self, documents: Sequence[bytes], provenance: Provenance, retrieved_at_us: int
    ) -> tuple[Any, list[int]]:
        """Return the records as one Arrow batch, and the places of the documents that it leaves to others.

        Args:
            documents: Native JSON or DataCite XML.
            provenance: Where they were read.
            retrieved_at_us: And when, in microseconds since 1970.
        """


class Span(NamedTuple):
    """What a date means: its year, and its first and its last day, counted from 1970."""

    year: int
    start: int
    end: int


class Vocabulary:
    """Tells the compiled reader what words, dates and HTML mean, as that is known in Python alone.

    Who asks remembers the answers. Where an answer is due and there is none, as for a date that is
    none, the whole record is left to the reader in Python.
    """

    license_id = staticmethod(spdx)
    role = staticmethod(datacite_role)
    relation = staticmethod(datacite_relation)
    resource_type = staticmethod(todays_type)
    code_repository = staticmethod(code_repository)
    general_type = staticmethod(datacite.GENERAL_TYPES.get)
    type_of = staticmethod(datacite.type_of)
    type_of_general = staticmethod(datacite.type_of_general)
    scheme = staticmethod(datacite.SCHEMES.get)
    text_type = staticmethod(datacite.TEXT_TYPES.get)
    access = staticmethod(datacite.ACCESS.get)
    text_of = staticmethod(html_text.text_of)
    is_marked_up = staticmethod(datacite.is_marked_up)

    def span(self, typed: str) -> Span | None:
        """Return the days that a publication date means, None if it is no date."""
        found = read_edtf(typed)
        if found is None:
            return None
        return Span(found.start.year, (found.start - _EPOCH).days, (found.end - _EPOCH).days)

    def markup(self, piece: str) -> str:
        """Return what stands in text for an HTML tag or for a reference such as ``&amp;``."""
        return html_text.instead_of(piece) if piece.startswith("<") else unescape(piece)


def compiled_reader(schema: Any, load: Callable[[str], Any] = import_module) -> CompiledReader | None:
    """Return a compiled reader of records with the columns of `schema`, None where there is none.

    One of another version than this package, or for another schema, is not used, and that is logged.

    Args:
        schema: The Arrow schema of the records table, with or without `raw`.
        load: Imports a module by its name.
    """
    try:
        module = load(MODULE)
    except ImportError:
        return None
    if module.__version__ != __version__:
        _log.warning("%s %s is not used: this is zenodo-harvest %s", MODULE, module.__version__, __version__)
        return None
    if getattr(module, "SCHEMA_VERSION", None) != SCHEMA_VERSION:
        _log.warning("%s is not used: it was built for another schema than %s", MODULE, SCHEMA_VERSION)
        return None
    reader: CompiledReader = module.Reader(schema, Vocabulary())
    return reader
