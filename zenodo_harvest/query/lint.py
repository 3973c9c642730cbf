"""`lint`: what the server would make of a query, said before it is sent."""

from __future__ import annotations

from zenodo_harvest.query.findings import Finding, Linted


def lint(q: str) -> Linted:
    """Return the query to send, and everything there is to say about it; never raises.

    A query with nothing to change comes back as it was typed. What is returned needs no further change:
    ``lint(lint(q).q).q == lint(q).q``. With an error among the findings the query is returned as typed,
    not to be sent: the server would refuse it, fail, or silently search for any of its words
    (zenodo-api.md §2.1 and §13).
    """
    if not q.strip():
        return Linted("")
    from zenodo_harvest.query.passes import run

    try:
        return run(q)
    except RecursionError:
        reason = "the parentheses are nested too deeply"
        return Linted(q, (Finding("error", 0, q, reason, "write the query with fewer parentheses"),))
