"""What Zenodo is told about an upload: files, names, checks and the two dialects of the server."""

from zenodo_harvest.deposit.metadata.changes import Changes as Changes
from zenodo_harvest.deposit.metadata.changes import changed as changed
from zenodo_harvest.deposit.metadata.changes import parse_set as parse_set
from zenodo_harvest.deposit.metadata.classic import Classic as Classic
from zenodo_harvest.deposit.metadata.classic import Loss as Loss
from zenodo_harvest.deposit.metadata.classic import from_classic as from_classic
from zenodo_harvest.deposit.metadata.classic import to_classic as to_classic
from zenodo_harvest.deposit.metadata.edit import edit as edit
from zenodo_harvest.deposit.metadata.edit import replace as replace
from zenodo_harvest.deposit.metadata.edit import sendable as sendable
from zenodo_harvest.deposit.metadata.findings import Finding as Finding
from zenodo_harvest.deposit.metadata.findings import has_errors as has_errors
from zenodo_harvest.deposit.metadata.model import Metadata as Metadata
from zenodo_harvest.deposit.metadata.names import NAMES as NAMES
from zenodo_harvest.deposit.metadata.native_reading import from_native as from_native
from zenodo_harvest.deposit.metadata.native_writing import to_native as to_native
from zenodo_harvest.deposit.metadata.reading import Conflict as Conflict
from zenodo_harvest.deposit.metadata.reading import Reading as Reading
from zenodo_harvest.deposit.metadata.reading import read as read
from zenodo_harvest.deposit.metadata.sources.kinds import files_in as files_in
from zenodo_harvest.deposit.metadata.validate import check as check
from zenodo_harvest.deposit.metadata.validate import validate as validate

__all__ = [
    "NAMES",
    "Changes",
    "Classic",
    "Conflict",
    "Finding",
    "Loss",
    "Metadata",
    "Reading",
    "changed",
    "check",
    "edit",
    "files_in",
    "from_classic",
    "from_native",
    "has_errors",
    "parse_set",
    "read",
    "replace",
    "sendable",
    "to_classic",
    "to_native",
    "validate",
]
