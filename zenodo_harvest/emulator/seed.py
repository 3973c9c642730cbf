"""Reading what the repository starts with: JSON Lines of native records, or a folder of recordings."""

from __future__ import annotations

import gzip
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from zenodo_harvest.emulator.defaults import Json
from zenodo_harvest.emulator.flavours import Flavour
from zenodo_harvest.emulator.state import Seed, User
from zenodo_harvest.errors import LocalError, UsageError

_DOI = re.compile(r"10\.5281/zenodo\.([0-9]+)")
_GZIP_MAGIC = b"\x1f\x8b"


def read_seed(path: Path) -> Seed:
    """Read a JSON Lines file of native records (gzip or not) or a folder of recordings.

    A folder holds ``records-native.jsonl.gz`` and, if there, ``records-legacy.jsonl.gz`` (for the names of
    closed files), ``communities.jsonl``, ``users.json`` (accounts, clock) and ``files.zip`` (named by md5).
    Records are read when they are asked for, and so are the faults of a line found.

    Raises:
        LocalError: There is no such file or folder, or it cannot be read.
        UsageError: A line is not the JSON of a record.
    """
    if not path.is_dir():
        return Seed(_lines(path))
    users = _optional(path / "users.json")
    known = json.loads(users.read_text("utf-8")) if users else {}
    communities, files = _optional(path / "communities.jsonl"), _optional(path / "files.zip")
    return Seed(
        _with_closed_files(
            _lines(path / "records-native.jsonl.gz"), _optional(path / "records-legacy.jsonl.gz")
        ),
        tuple(_lines(communities)) if communities else (),
        tuple(
            User(
                item["id"],
                item.get("token"),
                item.get("verified", True),
                tuple(item.get("owner_of", ())),
            )
            for item in known.get("users", ())
        ),
        _Contents(files) if files else {},
        datetime.fromisoformat(known["now"]) if "now" in known else None,
    )


def adapted(seed: Seed, flavour: Flavour) -> Seed:
    """Return a seed of Zenodo's with the ids and DOIs of another server."""
    if flavour.is_zenodo:
        return seed
    return replace(seed, records=(_renamed(record, flavour) for record in seed.records))


def _renamed(record: Json, flavour: Flavour) -> Json:
    text = _DOI.sub(lambda found: flavour.doi + flavour.id_of(found[1]), json.dumps(record))
    renamed: Json = json.loads(text)
    renamed["id"] = flavour.id_of(str(record["id"]))
    if "id" in (parent := renamed.get("parent", {})):
        parent["id"] = flavour.id_of(str(parent["id"]))
    renamed.get("pids", {}).pop("oai", None)
    for absent in ("ui", "swh"):
        renamed.pop(absent, None)
    return renamed


def _optional(path: Path) -> Path | None:
    return path if path.exists() else None


def _with_closed_files(records: Iterable[Json], legacy: Path | None) -> Iterator[Json]:
    """Yield the records with the files that a list of native records hides and single legacy ones show."""
    listed = {str(item["id"]): item["files"] for item in _lines(legacy)} if legacy else {}
    kept = ("id", "key", "size", "checksum")
    for record in records:
        if not record["files"].get("entries") and record["id"] in listed:
            entries = {item["key"]: {name: item[name] for name in kept} for item in listed[record["id"]]}
            record["files"]["entries"] = entries
        yield record


class _Contents(Mapping[str, bytes]):
    """The files of a ZIP by name, read when asked for."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with zipfile.ZipFile(path) as bundle:
            self._names = frozenset(bundle.namelist())

    def __getitem__(self, name: str) -> bytes:
        if name not in self._names:
            raise KeyError(name)
        with zipfile.ZipFile(self._path) as bundle:
            return bundle.read(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _lines(path: Path) -> Iterator[Json]:
    """Yield the objects of a JSON Lines file; only a line feed ends a line."""
    try:
        with path.open("rb") as opened:
            is_packed = opened.read(2) == _GZIP_MAGIC
        with gzip.open(path) if is_packed else path.open("rb") as stream:
            for number, line in enumerate(stream, 1):
                if line.strip():
                    yield _parsed(line, f"Line {number} of {path}")
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        hint = "Give a JSON Lines file of native records, or a folder like the recordings."
        raise LocalError(f"Cannot read the seed {path}: {reason}.", hint=hint) from error


def _parsed(line: bytes, where: str) -> Json:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise UsageError(f"{where} is not JSON: {error}.", hint="Write one record a line.") from error
    if not isinstance(record, dict) or "id" not in record:
        raise UsageError(f"{where} is not an object with an id.", hint="Write one record a line.")
    return record
