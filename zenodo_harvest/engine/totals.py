"""How many records a search finds: the answer to its smallest page."""

from __future__ import annotations

from zenodo_harvest.engine.page_sizes import prove_token
from zenodo_harvest.engine.pages import Page, read_page
from zenodo_harvest.engine.route import Route
from zenodo_harvest.errors import ServerError, ZenodoHarvestError
from zenodo_harvest.http import Answer, Context, error_of

FAILED = 500
"""The status of every page with a record on which the server fails."""


def count_rows(context: Context, route: Route, *, in_haste: bool = False) -> Page:
    """Return the smallest page of a search; as `ask_least`."""
    return read_page(ask_least(context, route, in_haste=in_haste).content)


def ask_least(context: Context, route: Route, *, in_haste: bool = False) -> Answer:
    """Return the answer with the smallest page of a search, after the token has shown that it counts.

    Where the server fails on the first record, another page tells the total as well: the second, or the last
    that can be asked for, which is beyond most searches and holds no record.

    Args:
        context: Asks.
        route: The search.
        in_haste: Do not wait for a server that fails on a record to get over it.

    Raises:
        BadToken: The server does not know the token.
    """
    prove_token(context)
    for page in (1, 2, context.site.window):
        is_patient = page == 1 and not in_haste
        failure: ZenodoHarvestError
        try:
            answer = context.transport.get(
                route.path, route.at(page, 1), also=() if is_patient else (FAILED,)
            )
        except ServerError as error:
            failure = error
        else:
            if answer.status != FAILED:
                return answer
            failure = error_of(answer)
        if failure.status != FAILED or failure.is_final:
            break
    raise failure
