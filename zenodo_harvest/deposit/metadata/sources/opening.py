"""A metadata file, read into a document whose parts know their places."""

from __future__ import annotations

from pathlib import Path

from zenodo_harvest.deposit.metadata.sources.json_text import read_json
from zenodo_harvest.deposit.metadata.sources.located import Located, broken
from zenodo_harvest.deposit.metadata.sources.yaml_text import read_yaml
from zenodo_harvest.errors import LocalError

MAX_BYTES = 10_000_000
"""No metadata is larger; more is another kind of file."""


def open_located(path: Path) -> Located:
    """Read a file as JSON or YAML, by its name.

    Raises:
        LocalError: It cannot be read from the disk.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise LocalError(
            f"{str(path)!r} cannot be read: {error.strerror or error}.",
            hint="Check its path and permissions.",
        ) from error
    if len(content) > MAX_BYTES:
        return broken(f"The file is larger than {MAX_BYTES:,} bytes, which no metadata is")
    return located_text(content, is_json=path.suffix.lower() == ".json")


def located_text(content: bytes, *, is_json: bool) -> Located:
    """Read JSON or YAML."""
    return read_json(content) if is_json else read_yaml(content)
