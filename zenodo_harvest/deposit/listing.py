"""One's own deposits, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, get_args

from zenodo_harvest.deposit.api import PAGE_SIZE, Api
from zenodo_harvest.deposit.deposit import Deposit, read_classic, read_native
from zenodo_harvest.errors import BadAnswer, UsageError
from zenodo_harvest.query import Search, check_sort, compile_search

Which = Literal["all", "drafts", "published"]


def list_deposits(
    api: Api, q: str = "", *, which: Which = "all", sort: str | None = None
) -> Iterator[Deposit]:
    """Yield one's own deposits, all versions of them.

    On Zenodo they come by the classic list, the only one that tells of open edits (zenodo-api.md §13, run
    2026-11-23). A deposit that was just made may not be in it yet.

    Args:
        api: Asks.
        q: A query over them.
        which: ``all``; ``drafts``, those that can be changed now; or ``published``.
        sort: The order.

    Raises:
        QueryRefused: The query would not mean what it says; the server would find nothing, without a word.
        UsageError: There is no such order, or nothing of this kind to list.
        BadToken: There is no token.
    """
    if which not in get_args(Which):
        raise UsageError(f"There is no {which!r} to list.", hint=f"Give one of {', '.join(get_args(Which))}.")
    params = _params(api, q, sort)
    for deposit in _classic(api, params) if api.is_zenodo else _native(api, params):
        wanted = {"all": True, "drafts": deposit.has_draft, "published": deposit.is_published}
        if wanted[which]:
            yield deposit


def _params(api: Api, q: str, sort: str | None) -> dict[str, str]:
    query = compile_search(Search(q=q), api.flavour, today=api.today())
    for finding in query.findings:
        api.progress.note(str(finding))
    return {"q": query.q} | ({"sort": check_sort(sort, api.flavour.sorts)} if sort else {})


def _classic(api: Api, params: dict[str, str]) -> Iterator[Deposit]:
    page = 1
    while True:
        asked = {
            **params,
            "all_versions": "true",
            "shared_with_me": "false",
            "size": str(PAGE_SIZE),
            "page": str(page),
        }
        rows = api.read("/api/deposit/depositions", asked)
        if not isinstance(rows, list):
            raise BadAnswer("The answer is no list of deposits.", hint="Check the address of the site.")
        yield from map(read_classic, rows)
        if len(rows) < PAGE_SIZE:
            return
        page += 1


def _native(api: Api, params: dict[str, str]) -> Iterator[Deposit]:
    yield from map(read_native, api.hits("/api/user/records", {**params, "allversions": "true"}))
