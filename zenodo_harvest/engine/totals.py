"""How many records a search finds: the answer to its smallest page."""

from __future__ import annotations

from zenodo_harvest.engine.page_sizes import prove_token
from zenodo_harvest.engine.pages import Page, read_page
from zenodo_harvest.engine.route import Route
from zenodo_harvest.errors import ServerError
from zenodo_harvest.http import Answer, Context, error_of

FAILED = 500
"""The status of every page with a record on which the server fails."""


def count_rows(context: Context, route: Route, *, in_haste: bool = False) -> Page:
    """Return the smallest page of a search; as `ask_least`."""
    return read_page(ask_least(context, route, in_haste=in_haste).content)


def ask_least(context: Context, route: Route, *, in_haste: bool = False) -> Answer:
    """Return the answer with the smallest page of a search, after the token has shown that it counts.

    Where the server fails on the first record, another page tells the total as well.

    Args:
        context: Asks.
        route: The search.
        in_haste: Do not wait for a server that fails on a record to get over it.

    Raises:
        BadToken: The server does not know the token.
    """
    prove_token(context)
    if not in_haste:
        try:
            return context.transport.get(route.path, route.at(1, 1))
        except ServerError as error:
            if error.status != FAILED:
                raise
    for page in (1, 2, 3):
        answer = context.transport.get(route.path, route.at(page, 1), also=(FAILED,))
        if answer.status != FAILED:
            return answer
    raise error_of(answer)
