"""What an OAI-PMH server refuses, by its code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zenodo_harvest.errors import NotFound, ServerError, UsageError, ZenodoHarvestError

_REFUSED = 422


class OaiError(UsageError):
    """The server refused an OAI-PMH request; `code` says why, such as ``badArgument``."""

    def __init__(self, message: str, *, code: str = "", **details: Any) -> None:
        super().__init__(message, **details)
        self.code = code


class NoRecordsMatch(NotFound):
    """Nothing matches, or the server has no such set: it does not tell one from the other."""


class TokenLost(ServerError):
    """A resumption token is expired, spent or in doubt; the walk has to begin anew."""


_KNOWN: Mapping[str, tuple[type[ZenodoHarvestError], str, str]] = {
    "noRecordsMatch": (NoRecordsMatch, "No record matches.", "Check the set and the dates."),
    "badResumptionToken": (
        TokenLost,
        "The resumption token is expired or spent.",
        "Begin the walk anew; a token lives for a minute or two.",
    ),
    "idDoesNotExist": (
        NotFound,
        "There is no record with this OAI identifier.",
        "Identifiers look like oai:HOST:ID, such as oai:zenodo.org:7078768.",
    ),
}
"""The error, its message and its hint for each code (zenodo-api.md §7, read 2026-08-20)."""


def error_of(code: str, said: str, url: str) -> ZenodoHarvestError:
    """Return the error that an OAI code means."""
    if code in _KNOWN:
        kind, message, hint = _KNOWN[code]
        return kind(message, hint=hint, url=url, status=_REFUSED)
    return OaiError(
        f"The server refused the request: {said or 'no reason given'} ({code or 'no code'}).",
        hint="The formats that a server offers are listed by ListMetadataFormats, its sets by ListSets.",
        code=code,
        url=url,
        status=_REFUSED,
    )
