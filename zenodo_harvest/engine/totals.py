"""How many records a search finds: the answer to its smallest page."""

from __future__ import annotations

from zenodo_harvest.engine.page_sizes import prove_token
from zenodo_harvest.engine.pages import Page, read_page
from zenodo_harvest.engine.route import Route
from zenodo_harvest.http import Answer, Context


def count_rows(context: Context, route: Route) -> Page:
    """Return the smallest page of a search, after the token has shown that it counts."""
    return read_page(ask_least(context, route).content)


def ask_least(context: Context, route: Route) -> Answer:
    """Return the answer with the smallest page of a search, after the token has shown that it counts.

    Raises:
        BadToken: The server does not know the token.
    """
    prove_token(context)
    return context.transport.get(route.path, route.at(1, 1))
