"""`Fetch`: brings the rows of one route from the server, page by page, or says what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from zenodo_harvest.engine.page_sizes import heed_refusal, note_page, page_size
from zenodo_harvest.engine.pages import Contradiction, PageWalk, read_page
from zenodo_harvest.engine.route import Route
from zenodo_harvest.errors import BadAnswer, Incomplete, TooLarge, TooManyResults, UsageError
from zenodo_harvest.http import Context
from zenodo_harvest.raw_records import RawRecord, twice
from zenodo_harvest.sites import Dialect

TRIES = 3
"""How often a page that contradicts itself is asked for."""
PAUSE_S = 2.0
"""Wait before asking again, doubled each time."""
WALKS = 3
"""How often the pages are walked when rows were passed over."""
_GROWN_HINT = "The search grew meanwhile. Run it again; with `harvest` it may be of any size."


@dataclass(frozen=True, slots=True)
class Tally:
    """What a fetch has counted so far.

    Attributes:
        page_size: Rows a page.
        dialect: The JSON dialect of the rows, None before a row told.
        total_start: The total of the first page.
        total_end: The total of the latest page.
        rows: Rows given out.
        duplicates: Rows that came again.
        missing: Rows that were counted and did not come, or may have been passed over.
        is_over: Whether the walk has come to its end.
        reason: Why rows are missing, or what moved meanwhile.
    """

    page_size: int
    dialect: Dialect | None = None
    total_start: int | None = None
    total_end: int | None = None
    rows: int = 0
    duplicates: int = 0
    missing: int = 0
    is_over: bool = False
    reason: str | None = None


class Pager:
    """Asks for the pages of one route; a page that contradicts itself or those before is asked for again.

    Args:
        context: Asks.
        route: What is asked.
        in_haste: Take the first failure of the server for its answer.
    """

    def __init__(self, context: Context, route: Route, *, in_haste: bool = False) -> None:
        self._context = context
        self._route = route
        get = context.transport.get
        self._get = partial(get, is_repeatable=False) if in_haste else get

    def take(self, walk: PageWalk) -> tuple[RawRecord, ...]:
        """Ask for the next page of a walk until it is what it should be, and return its new rows.

        Raises:
            TooManyResults: More than can be paged through, and no limit was given.
            BadToken: The server does not know the token.
            TooLarge: A record by itself is larger than the bounds allow.
            Incomplete: The page stays wrong.
        """
        attempt = 1
        while True:
            content = self._ask(walk)
            try:
                rows = walk.take(read_page(content))
            except BadAnswer as error:
                if attempt == TRIES:
                    if isinstance(error, Contradiction):
                        url = self._route.url(self._context.site, walk.next_page or 1, walk.size)
                        raise Incomplete(error.message, hint=error.hint, url=url) from None
                    raise
                self._context.progress.note(f"{error.message} Asking again.")
            else:
                if walk.others:
                    self._context.progress.note(
                        f"{walk.others:,} records of a page are written in another JSON dialect than the "
                        "others; each is read as what it is."
                    )
                return rows
            self._context.clock.sleep(PAUSE_S * 2 ** (attempt - 1))
            attempt += 1

    def _ask(self, walk: PageWalk) -> bytes:
        """Return the answer for the next page, of fewer rows where the server or our bounds want that."""
        context = self._context
        while True:
            try:
                params = self._route.at(walk.next_page or 1, walk.size)
                content = self._get(self._route.path, params).content
            except UsageError as error:
                heed_refusal(context, error)
                walk.shrink(page_size(context))
            except TooLarge as error:
                if walk.size == 1:
                    raise
                walk.shrink(walk.size // 2)
                context.progress.note(f"{error.message} Asking for {walk.size} records at a time.")
            else:
                note_page(context, walk.size)
                return content


class Fetch:
    """Walks the pages of one route and yields each record once.

    When rows were passed over, because the total fell or rows changed places on the way, the pages are
    walked again and only rows not seen before are yielded. `tally` can be read at any time; one fetch is
    used once.
    """

    def __init__(self, context: Context, route: Route, *, limit: int | None = None) -> None:
        self._context = context
        self._route = route
        self._limit = limit
        self._pager = Pager(context, route)
        self.tally = Tally(page_size(context, limit))

    def records(self) -> Iterator[RawRecord]:
        """Yield each record as it came.

        Raises:
            TooManyResults: More than can be paged through, and no limit was given. Nothing was yielded.
            BadToken: The server does not know the token. Nothing was yielded.
            Incomplete: Rows are missing after all attempts.
        """
        seen: set[str] = set()
        walk = self._start(seen, None)
        for number in range(1, WALKS + 1):
            yield from self._walk(walk, seen)
            if walk.is_whole or walk.beyond or number == WALKS:
                break
            self._context.progress.note(
                f"{disagreement(walk)} Walking the pages once more for rows passed over."
            )
            walk = self._start(seen, walk)
        self._finish(walk)

    def _start(self, seen: set[str], earlier: PageWalk | None) -> PageWalk:
        return PageWalk(
            size=self.tally.page_size,
            window=self._context.site.window,
            limit=self._limit,
            seen=frozenset(seen),
            dialect=earlier.dialect if earlier else None,
            repeated=earlier.repeated if earlier else frozenset(),
        )

    def _walk(self, walk: PageWalk, seen: set[str]) -> Iterator[RawRecord]:
        duplicates = self.tally.duplicates
        while walk.next_page is not None:
            try:
                new = self._pager.take(walk)
            except (BadAnswer, Incomplete, TooLarge) as error:
                self.tally = replace(self.tally, reason=error.message)
                raise
            except TooManyResults as error:
                if self.tally.total_start is None:
                    raise
                self.tally = replace(self.tally, reason=error.message)
                raise Incomplete(error.message, hint=_GROWN_HINT) from None
            if self._limit is not None:
                new = new[: self._limit - self.tally.rows]
            self.tally = replace(
                self.tally,
                page_size=walk.size,
                dialect=walk.dialect,
                total_start=walk.total_start if self.tally.total_start is None else self.tally.total_start,
                total_end=walk.total_end,
                rows=self.tally.rows + len(new),
                duplicates=duplicates + walk.duplicates,
            )
            yield from new
        seen.update(walk.ids)

    def _finish(self, walk: PageWalk) -> None:
        if walk.is_whole:
            changed = walk.total_end != self.tally.total_start or self.tally.duplicates
            said = (
                [f"{disagreement(walk, self.tally)} Every record there from start to end is in."]
                if changed
                else []
            )
            if walk.twice:
                said.append(twice(walk.twice))
            self.tally = replace(self.tally, is_over=True, reason=" ".join(said) or None)
            return
        reason = disagreement(walk)
        missing = walk.missing or walk.beyond or walk.fell
        self.tally = replace(self.tally, is_over=True, missing=missing, reason=reason)
        raise Incomplete(
            reason,
            hint=_GROWN_HINT
            if walk.beyond
            else "Run it again when the server is quieter, or narrow the search.",
            url=self._route.url(self._context.site, 1, self.tally.page_size),
        )


def disagreement(walk: PageWalk, tally: Tally | None = None) -> str:
    """Say in one or two sentences how counts and rows disagree."""
    start = tally.total_start if tally else walk.total_start
    text = f"The server counted {start:,} records at the start and {walk.total_end:,} at the end"
    if walk.missing:
        return f"{text}, and {walk.missing:,} of them did not come."
    if walk.beyond:
        return f"{text}; nobody can page past {walk.window:,}."
    if walk.fell:
        return f"{text}; up to {walk.fell:,} may have been passed over."
    repeated = tally.duplicates if tally else walk.duplicates
    return f"{text}; {repeated:,} came more than once." if repeated else f"{text}."
