"""What the engine refuses, with the status and message the server answers then."""

from __future__ import annotations


class EngineError(Exception):
    """A search the engine refuses, with status and message of the answer (zenodo-api.md §1.4, §13)."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def bad_query() -> EngineError:
    """Return the 400 for text the engine cannot read as a query, or not for a field of that type."""
    return EngineError(400, "Invalid query string syntax.")


def engine_failure() -> EngineError:
    """Return the 500 for impossible dates and for too many clauses."""
    return EngineError(500, "Internal server error")
