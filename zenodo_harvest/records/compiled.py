"""The compiled reader, where it is installed: records of the foreseen shapes straight to Arrow."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, Protocol

from zenodo_harvest._version import __version__
from zenodo_harvest.records.record import Provenance
from zenodo_harvest.records.schema import SCHEMA_VERSION

MODULE = "zenodo_harvest_fast"
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


def compiled_reader(schema: Any, load: Callable[[str], Any] = import_module) -> CompiledReader | None:
    """Return a compiled reader of records with the columns of `schema`, None where there is none.

    One of another version than this package is not used, and that is logged.

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
    from zenodo_harvest.records.vocabulary import Vocabulary

    reader: CompiledReader = module.Reader(schema, Vocabulary(), SCHEMA_VERSION)
    return reader
