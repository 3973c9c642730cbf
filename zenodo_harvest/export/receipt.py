"""Receipts: what lies beside outputs and describes them."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from zenodo_harvest._version import __version__
from zenodo_harvest.durable import Unnamed, name_of, receipt_path
from zenodo_harvest.errors import redact
from zenodo_harvest.export.outputs import describe_output

TOOL = f"zenodo-harvest {__version__}"


@dataclass(frozen=True, slots=True)
class OutputWritten:
    """A finished file; `path` is relative to the receipt's folder."""

    path: str
    size_bytes: int
    sha256: str
    rows: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputsReceipt:
    """What every receipt has.

    Attributes:
        outputs: The files written.
    """

    outputs: tuple[OutputWritten, ...] = ()

    def to_json(self) -> str:
        """Return the receipt as indented JSON, keys always in the same order, secrets removed."""
        facts = asdict(self)
        facts["outputs"] = facts.pop("outputs")
        return redact(json.dumps(facts, indent=2, ensure_ascii=False, default=_plain)) + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableReceipt(OutputsReceipt):
    """What a table was made of that no search has brought.

    Attributes:
        tool: Name and version of this package.
        site: The site that it came from.
        sources: The files it was made from, or what was listed.
        retrieved_at: When its rows were fetched (UTC).
        rows: Rows written.
        rows_with_problems: How many of them name problems.
        duplicates: How many of them have the id of a row before them.
        left_to_python: How many of them the compiled reader left to the reader in Python; None where it had
            no part.
    """

    tool: str = TOOL
    site: str
    sources: tuple[str, ...]
    retrieved_at: datetime
    rows: int
    rows_with_problems: int = 0
    duplicates: int = 0
    left_to_python: int | None = None


AnyReceipt = TypeVar("AnyReceipt", bound=OutputsReceipt)


def write_receipt(receipt: AnyReceipt, sink: Unnamed) -> AnyReceipt:
    """Describe the files of a sink in the receipt, which appears together with them, beside the first.

    Args:
        receipt: What it says apart from the files.
        sink: The files; they are finished here.
    """
    final = receipt_path(sink.paths[0])
    outputs = tuple(
        _written(made, path / made.relative_to(now), final.parent)
        for path, now in zip(sink.paths, sink.finish(), strict=True)
        for made in (sorted(now.rglob("*.parquet")) if now.is_dir() else [now])
    )
    receipt = replace(receipt, outputs=outputs)
    sink.claim()
    sink.add_text(final, receipt.to_json())
    return receipt


def _written(made: Path, path: Path, folder: Path) -> OutputWritten:
    described = describe_output(made)
    name = name_of(Path(os.path.relpath(path, folder)).as_posix())
    return OutputWritten(name, described.size_bytes, described.sha256, described.rows)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"a receipt cannot hold {type(value).__name__}")
