"""How many records a search finds: the answer to its smallest page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenodo_harvest.search.page_sizes import prove_token
from zenodo_harvest.search.pages import Page, read_page
from zenodo_harvest.search.route import Route

if TYPE_CHECKING:
    from zenodo_harvest.http import Answer
    from zenodo_harvest.search.engine import Engine


def count_rows(engine: Engine, route: Route) -> Page:
    """Return the smallest page of a search, after the token has shown that it counts."""
    return read_page(ask_least(engine, route).content)


def ask_least(engine: Engine, route: Route) -> Answer:
    """Return the answer with the smallest page of a search, after the token has shown that it counts.

    Raises:
        BadToken: The server does not know the token.
    """
    prove_token(engine)
    return engine.transport.get(route.path, route.at(1, 1))
