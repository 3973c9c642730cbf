"""`Client`: the front door. Each method is a few lines that call a room."""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import cache, cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, Unpack

from zenodo_harvest._version import __version__
from zenodo_harvest.bars import progress_here
from zenodo_harvest.bounds import Bounds
from zenodo_harvest.display import html_facts
from zenodo_harvest.engine import (
    PREVIEW_ROWS,
    RouteName,
    SaveOptions,
    check_route,
    check_save_options,
    lists_options,
    paths_of,
    read_refs,
    search_of,
)
from zenodo_harvest.errors import NotFound, UsageError, unpicklable, warn
from zenodo_harvest.origins import Origin
from zenodo_harvest.progress import NoProgress, Progress
from zenodo_harvest.servers import Server, site_called, site_of
from zenodo_harvest.settings import SITE_VARIABLE, user_agent
from zenodo_harvest.sites import Site, find_site

if TYPE_CHECKING:
    from zenodo_harvest.catalog import Catalog
    from zenodo_harvest.deposit import Deposits
    from zenodo_harvest.dumps import Dump, Dumps
    from zenodo_harvest.engine import (
        Communities,
        Counts,
        Explanation,
        References,
        Results,
    )
    from zenodo_harvest.harvest import HarvestReceipt, Plan
    from zenodo_harvest.http import Budget, Clock, Context, Exchange, Usage
    from zenodo_harvest.query import Options
    from zenodo_harvest.records import Record

__all__ = ["PREVIEW_ROWS", "Client", "RouteName", "SaveOptions", "Server", "read_refs", "search"]


class Client:
    """Searches one site.

    Args:
        site: ``zenodo``, ``sandbox``, ``emulator``, the address of an InvenioRDM server, a `Site`, or a
            running `Server`, such as an `Emulator`. What a name starts is stopped by `close`. None is
            what ``ZENODO_HARVEST_SITE`` says, else Zenodo.
        token: A personal access token; None looks for one in the environment and the settings, an empty
            text does without.
        contact: An e-mail or web address, told to the server with each request.
        progress: Is told how far long work is and what the linter says of a query. None and True show a bar
            on a terminal and in a notebook, and warn (`QueryWarning`); False does neither.
        trace: Is given each request with its cost.
        clock: Tells the time and waits.
        budget: Decides when the next request may go; without one all processes of the user share theirs.
        bounds: What one answer and one record may come to; without them what the environment says.
        keep_state: Let a server that a name starts keep what is written, for the next client that asks so.

    Raises:
        UsageError: There is no such site, or the environment sets a bound that is none.
    """

    def __init__(
        self,
        site: str | Site | Server | None = None,
        token: str | None = None,
        *,
        contact: str | None = None,
        progress: Progress | bool | None = None,
        trace: Callable[[Exchange], None] | None = None,
        clock: Clock | None = None,
        budget: Budget | None = None,
        bounds: Bounds | None = None,
        keep_state: bool = False,
    ) -> None:
        if token is not None and not isinstance(token, str):
            raise UsageError("The token is not a text.", hint="Give it as one string, or leave it out.")
        self._bounds = bounds or Bounds.from_environment()
        self._started: Server | None = None
        self._is_stopped = False
        self._process = os.getpid()
        if site is None:
            site = _usual_site()
        if isinstance(site, str):
            self._site, self._started = site_called(site, keep_state=keep_state)
        else:
            self._site = site if isinstance(site, Site) else site_of(site)
        self._token = token
        self._contact = contact
        if progress is True:
            progress = None
        self._warn = warn if progress is None else None
        self._progress: Progress = progress_here() if progress is None else progress or NoProgress()
        self._trace = trace
        self._clock = clock
        self._budget = budget

    def __repr__(self) -> str:
        return f"Client({self._site.name}, {self._site.url})"

    def _repr_html_(self) -> str:
        return html_facts("Client", {"site": self._site.name, "address": self._site.url})

    @lists_options()
    def search(self, q: str = "", **options: Unpack[Options]) -> Results:
        """Return the records that match; nothing is asked before, except what an unknown server is.

        Args:
            q: The query: words, or fields as in ``title:(frost OR snow)``.
            options: Where and how to search, and filters; values of one filter are alternatives.

        Raises:
            QueryRefused: The query would not mean what it says.
            UsageError: An option cannot be used.
        """
        from zenodo_harvest.engine import Results

        results = Results(self._context, search_of(q, options))
        self._context.tell(results.findings)
        return results

    @lists_options(without=("sort", "limit"))
    def count(self, q: str = "", by: str | Iterable[str] = (), **options: Unpack[Options]) -> Counts:
        """Count the records that match; it costs one request, and one for each community.

        Args:
            q: The query as typed.
            by: Count also by ``type``, ``year``, ``access``, ``filetype`` or ``subject``, one or several.
            options: As for `search`.

        Raises:
            QueryRefused: The query would not mean what it says.
            UsageError: An option cannot be used.
        """
        from zenodo_harvest.engine import count

        return count(self._context, search_of(q, options), (by,) if isinstance(by, str) else by or ())

    @lists_options()
    def explain(self, q: str = "", *, with_total: bool = False, **options: Unpack[Options]) -> Explanation:
        """Return what would be sent and why; communities are verified, nothing is searched.

        Args:
            q: The query as typed.
            with_total: Ask for the total as well, and say what fetching everything costs: one request.
            options: As for `search`.

        Raises:
            QueryRefused: The query would not mean what it says.
            UsageError: An option cannot be used.
        """
        from zenodo_harvest.engine import Results

        return Results(self._context, search_of(q, options)).explain(with_total=with_total)

    @lists_options(without=("sort", "limit"))
    def harvest(
        self,
        q: str,
        *paths: Path | str,
        route: RouteName = "search",
        update: bool = False,
        fresh: bool = False,
        full_walk_weeks: int = 4,
        save: SaveOptions | None = None,
        **options: Unpack[Options],
    ) -> HarvestReceipt:
        """Fetch everything that matches, however many, into files; go on where an earlier call was stopped.

        Args:
            q: The query as typed.
            paths: As for `Results.save`; a journal of the harvest lies beside the first.
            route: ``search``, ``oai`` for the DataCite metadata of all versions, or ``dump``; see `plan`.
            update: Bring a finished harvest up to date; a dump is always taken whole.
            fresh: Forget what an earlier call brought; a dump leaves nothing to forget.
            full_walk_weeks: With `update`, fetch everything again when so many weeks have passed.
            save: How files are written, as for `Results.save`.
            options: As for `search`, but without `limit` and `sort`.

        Raises:
            QueryRefused: The query would not mean what it says.
            UsageError: An option cannot be used, the route does not know it, or the journal is of another
                harvest.
            Incomplete: Records are missing; the receipt beside the files says which.
        """
        from zenodo_harvest.harvest import Harvest, Scope, harvest_dump

        check_route(route)
        check_save_options(save or {})
        files, search = paths_of(paths), search_of(q, options)
        if route == "dump":
            scope = Scope(self._context, search).verify()
            return harvest_dump(scope, self.dumps, files, save or {}, update=update, fresh=fresh)
        return Harvest(self._context, search, route=route).save(
            files, save or {}, update=update, fresh=fresh, full_walk_weeks=full_walk_weeks
        )

    @lists_options(without=("sort", "limit"))
    def plan(self, q: str = "", *, route: RouteName | None = None, **options: Unpack[Options]) -> Plan:
        """Compare the routes by which a search can be harvested: requests, minutes, what each cannot bring.

        Args:
            q: The query as typed.
            route: Take this one.
            options: As for `search`, but without `limit` and `sort`.

        Raises:
            QueryRefused: The query would not mean what it says.
            UsageError: An option cannot be used, or the route cannot be taken for this search.
        """
        from zenodo_harvest.harvest import Scope, make_plan

        check_route(route)
        scope = Scope(self._context, search_of(q, options)).verify()
        return make_plan(scope, self._dumps_offered(), route)

    def _dumps_offered(self) -> tuple[Dump, ...]:
        with suppress(NotFound):
            return self.dumps.list()
        return ()

    def record(self, ref: str | int) -> Record:
        """Return the record of an id, concept id, DOI or URL.

        Raises:
            NotFound: There is none.
            Deleted: It was deleted.
        """
        from zenodo_harvest.engine import record_by_ref

        return record_by_ref(self._context, str(ref))

    def records(self, refs: Iterable[str | int] | int, *, unread: Sequence[str] = ()) -> References:
        """Return the records of a list of references, in its order, up to 100 a request.

        Args:
            refs: Ids, DOIs or addresses.
            unread: Values of the list that name no record, such as `read_refs` found them, for the receipt.

        Raises:
            UsageError: One of them cannot be read.
        """
        from zenodo_harvest.engine import References

        return References(self._context, refs, unread=unread)

    @cached_property
    def communities(self) -> Communities:
        """The communities of the site."""
        from zenodo_harvest.engine import Communities

        return Communities(lambda: self._context.transport, self.search)

    @cached_property
    def dumps(self) -> Dumps:
        """The metadata dumps of the site."""
        from zenodo_harvest.dumps import Dumps

        return Dumps(
            lambda: self._context.transport, self._site.name, self._site.url, self._progress, self._bounds
        )

    @cached_property
    def deposits(self) -> Deposits:
        """One's own deposits: everything that publishing takes."""
        from platformdirs import user_cache_path

        from zenodo_harvest.deposit import Api, Deposits

        made: set[str] = set()

        def api() -> Api:
            context = self._context
            return Api(
                context.transport,
                site=lambda: context.site,
                clock=context.clock,
                progress=self._progress,
                locks=user_cache_path("zenodo-harvest"),
                made=made,
            )

        return Deposits(api)

    def catalog(self, folder: Path | str) -> Catalog:
        """Return the catalogue in a folder: `Catalog.init` makes one, `Catalog.sync` brings it up to date.

        Args:
            folder: The folder; it need not be there.
        """
        from zenodo_harvest.catalog import Catalog

        return Catalog(Path(folder), lambda: self._context, lambda: self.deposits)

    @property
    def site(self) -> Site:
        """The site; its flavour is None as long as an unknown server was not asked."""
        return self._site

    @property
    def usage(self) -> Usage:
        """Requests, waits and retries so far."""
        return self._context.transport.usage

    def close(self) -> None:
        """Close the connections, and stop the server if this client started it in this process."""
        if context := self.__dict__.pop("_context", None):
            context.transport.close()
        if self._started is not None and self._process == os.getpid():
            self._started.close()
            self._started = None
            self._is_stopped = True

    def __reduce__(self) -> tuple[Any, ...]:
        raise unpicklable("A client")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @cached_property
    def _context(self) -> Context:
        from zenodo_harvest.engine import detect_flavour
        from zenodo_harvest.http import Context, ShownSite, SystemClock, Transport
        from zenodo_harvest.tokens import find_token

        if self._is_stopped:
            raise UsageError("This client was closed, and its server stopped.", hint="Make a new client.")
        clock, site = self._clock or SystemClock(), self._site
        token = self._token
        if token is None:
            token = find_token(site.origin, is_emulator=site.is_emulator)
            token = token or getattr(self._started, "token", None)
        transport = Transport(
            site,
            user_agent=user_agent(self._contact),
            token=token or None,
            budget=self._budget,
            clock=clock,
            bounds=self._bounds,
            progress=self._progress,
            trace=self._trace,
        )
        tool = f"zenodo-harvest {__version__}"
        shown = ShownSite(lambda: detect_flavour(transport))
        return Context(transport, shown, clock=clock, progress=self._progress, tool=tool, warn=self._warn)


def token_variable(site: str) -> str:
    """Return the environment variable that holds the token of a site, by its name or address.

    Raises:
        UsageError: There is no such site.
    """
    from zenodo_harvest.tokens import TokenPlace

    if site == "emulator":
        return TokenPlace.of(Origin("http", "localhost", 80), is_emulator=True).variable
    return TokenPlace.of(find_site(site).origin).variable


@lists_options()
def search(
    q: str = "", *, site: str | None = None, token: str | None = None, **options: Unpack[Options]
) -> Results:
    """Return the records of a site that match, as `Client.search` does.

    The client behind it is kept until the program ends and shared by further calls.

    Args:
        q: The query: words, or fields as in ``title:(frost OR snow)``.
        site: As for `Client`.
        token: As for `Client`.
        options: Where and how to search, and filters; values of one filter are alternatives.
    """
    return _shared_client(_usual_site() if site is None else site, token).search(q, **options)


def _usual_site() -> str:
    return os.environ.get(SITE_VARIABLE) or "zenodo"


@cache
def _shared_client(site: str, token: str | None) -> Client:
    client = Client(site, token)
    atexit.register(client.close)
    return client
