"""What an OAI-PMH server refuses, by its code."""

from __future__ import annotations

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


def error_of(code: str, said: str, url: str) -> ZenodoHarvestError:
    """Return the error that an OAI code means (zenodo-api.md §7, read 2026-08-20)."""
    if code == "noRecordsMatch":
        return NoRecordsMatch(
            "No record matches.", hint="Check the set and the dates.", url=url, status=_REFUSED
        )
    if code == "badResumptionToken":
        return TokenLost(
            "The resumption token is expired or spent.",
            hint="Begin the walk anew; a token lives for two minutes.",
            url=url,
            status=_REFUSED,
        )
    if code == "idDoesNotExist":
        return NotFound(
            "There is no record with this OAI identifier.",
            hint="Identifiers look like oai:zenodo.org:7078768.",
            url=url,
            status=_REFUSED,
        )
    return OaiError(
        f"The server refused the request: {said or 'no reason given'} ({code or 'no code'}).",
        hint="The formats that a server offers are listed by ListMetadataFormats, its sets by ListSets.",
        code=code,
        url=url,
        status=_REFUSED,
    )
