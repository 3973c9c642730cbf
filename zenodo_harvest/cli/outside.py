"""`Outside`: what a command finds around it, handed in so that tests can hand in another."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from zenodo_harvest.client import Client


def _make_client(**settings: Any) -> Client:
    from zenodo_harvest.client import Client

    return Client(**settings)


def _is_terminal(stream: TextIO) -> bool:
    return stream.isatty()


@dataclass(frozen=True, slots=True)
class Outside:
    """What a command finds around it.

    Attributes:
        make_client: Makes the client of a command from ``site``, ``contact``, ``progress``, ``trace`` and
            ``keep_state``.
        is_terminal: Tells whether a stream is read by a person.
        environ: The environment variables.
        now: Tells the time (UTC).
    """

    make_client: Callable[..., Client] = _make_client
    is_terminal: Callable[[TextIO], bool] = _is_terminal
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    @property
    def shows_tables(self) -> bool:
        """Whether data goes to a person: then it is shown as a table, otherwise as JSON Lines."""
        return self.is_terminal(sys.stdout)
