"""Changes as JSON Lines, as a snapshot keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from zenodo_harvest.catalog.change import Change
from zenodo_harvest.errors import LocalError

if TYPE_CHECKING:
    from _typeshed import SupportsWrite


def write_changes(stream: SupportsWrite[bytes], changes: Iterable[Change]) -> None:
    """Write changes to a binary stream, one a line; `read_changes` gives them back."""
    encoder = msgspec.json.Encoder()
    for change in changes:
        stream.write(encoder.encode(change) + b"\n")


def read_changes(lines: Iterable[bytes]) -> Iterator[Change]:
    """Yield the changes that `write_changes` wrote.

    Raises:
        LocalError: A line is no change.
    """
    decoder = msgspec.json.Decoder(Change)
    for number, line in enumerate(lines, 1):
        try:
            yield decoder.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise LocalError(
                f"Line {number} of the saved changes cannot be read: {error}.",
                hint="Restore the snapshot, or remove it: the next sync compares with the one before.",
            ) from error
