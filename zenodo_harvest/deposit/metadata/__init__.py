"""What Zenodo is told about an upload: files, names, checks and the two dialects of the server."""

from zenodo_harvest.deposit.metadata.findings import Finding as Finding
from zenodo_harvest.deposit.metadata.findings import has_errors as has_errors
from zenodo_harvest.deposit.metadata.sources.kinds import files_in as files_in
from zenodo_harvest.deposit.metadata.validate import validate as validate

__all__ = ["Finding", "files_in", "has_errors", "validate"]
