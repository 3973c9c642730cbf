"""OAI-PMH: lists of records walked page by page, proven whole by the server's own count.

A walk yields the XML of the records as it came and reads only their headers: a token lives for two minutes
from its page (zenodo-api.md §7 and §13, read 2026-08-20), so nothing slow may stand between two pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import compress
from typing import Literal

from zenodo_harvest.errors import BadAnswer, Incomplete, UsageError
from zenodo_harvest.http import Transport
from zenodo_harvest.oai.answers import OaiPage, read_page
from zenodo_harvest.oai.errors import NoRecordsMatch, TokenLost
from zenodo_harvest.oai.verbs import PREFIX, REDOS, ask, go_on
from zenodo_harvest.progress import NoProgress, Progress
from zenodo_harvest.raw_records import RecordNames, text_name

Verb = Literal["ListRecords", "ListIdentifiers"]


class OaiWalk:
    """Walks one list to its end; used once.

    A token is sent once: sent again after its answer was lost, it would skip a page in silence
    (zenodo-api.md §13 "OAI tokens", read 2026-08-20). After any doubt the walk begins anew and yields only
    records that it has not yielded yet in this state. Each walk is checked against the server's count.

    Args:
        transport: Talks to the site.
        verb: ``ListRecords``, or ``ListIdentifiers`` for the headers alone.
        prefix: The metadata format.
        set_: Only records of this set, ``user-<slug>`` for a community of Zenodo. A set that does not exist
            looks like an empty one, so its community has to be known to exist.
        from_: Only records edited at this time or later.
        until: Only records edited at this time or before.
        most: Records that a list may hold at most; one that has more, or says so, is given up.
        redos: How often to begin anew; with 0 nothing is asked twice.
        progress: Is told when a walk begins anew.
    """

    def __init__(
        self,
        transport: Transport,
        verb: Verb = "ListRecords",
        *,
        prefix: str = PREFIX,
        set_: str | None = None,
        from_: datetime | None = None,
        until: datetime | None = None,
        most: int | None = None,
        redos: int = REDOS,
        progress: Progress | None = None,
    ) -> None:
        self._transport = transport
        self._verb = verb
        self._first = list_params(set_, from_, until, prefix=prefix)
        self._redos = redos
        self._most = most
        self._progress: Progress = progress or NoProgress()
        self._yielded: set[tuple[str, str]] = set()
        self._repeated: AbstractSet[tuple[str, str]] = frozenset()
        self.walks = 0
        """How often the list was begun."""
        self.records = 0
        """Records of the last walk, each counted once."""
        self.duplicates = 0
        """Records that came twice within the last walk."""
        self.twice: tuple[str, ...] = ()
        """Identifiers that several records of the last walk have."""
        self.complete_list_size: int | None = None
        """Records in the list by the server's count; None before the first page, or if it does not tell."""

    def pages(self) -> Iterator[OaiPage]:
        """Yield the pages that hold something; of a walk begun anew only the records that are new.

        Raises:
            Incomplete: No walk was whole.
            UsageError: The server refused the request; `OaiError.code` says why.
            ServerError: The server or the network gave up before the first page.
        """
        reason, status = "", None
        while self.walks <= self._redos:
            if reason:
                self._progress.note(f"{reason} Beginning the list anew.")
            self.walks += 1
            try:
                yield from self._walk()
            except (TokenLost, BadAnswer) as error:
                reason, status = error.message, error.status
                continue
            reason, status = self._gap(), None
            if not reason:
                return
        raise Incomplete(
            f"The list was begun {self.walks} times and never came whole. {reason}",
            hint="Run it again when the server is quieter, or walk shorter windows.",
            status=status,
            url=f"{self._transport.site.url}{self._transport.site.oai_path}",
        )

    def _walk(self) -> Iterator[OaiPage]:
        names = RecordNames(self._repeated)
        self.records, self.duplicates, self.complete_list_size = 0, 0, None
        token: str | None = None
        while True:
            try:
                page = self._page(token)
            except NoRecordsMatch:
                self.complete_list_size = 0
                return
            before = self.records
            told = _named(page, names)
            self.duplicates += len(page.headers) - sum(name is not None for name in told)
            self.records = len(names.known)
            if self.complete_list_size is None:
                is_all = page.complete_list_size is None and token is None and page.token is None
                self.complete_list_size = len(page.headers) if is_all else page.complete_list_size
            self._check_end(page)
            if (new := self._new(page, told)).headers:
                yield new
            if (token := page.token) is None:
                break
            if self.records == before:
                raise TokenLost("A page in the middle brought nothing new.", hint="Begin the walk anew.")
        self._repeated = names.repeated
        self.twice = names.twice

    def _check_end(self, page: OaiPage) -> None:
        """Give up a list that goes on beyond its own count, or has or claims more than can be."""
        told, most = page.complete_list_size, self._most
        if told is not None and most is not None and told > most:
            raise self._endless(f"The list says that it has {told:,} records where {most:,} are the most")
        limit = most if told is None else self.complete_list_size
        if limit is not None and self.records > limit:
            raise self._endless(f"The list has brought {self.records:,} records of {limit:,}")

    def _endless(self, sign: str) -> Incomplete:
        """Return the error for a list that would be no shorter if it were begun anew."""
        return Incomplete(
            f"{sign}, and may never end.",
            hint="Ask the operators of the site, or harvest by search.",
            url=f"{self._transport.site.url}{self._transport.site.oai_path}",
        )

    def _page(self, token: str | None) -> OaiPage:
        if token is None:
            is_repeatable = self._redos > 0
            return read_page(*ask(self._transport, self._verb, self._first, is_repeatable=is_repeatable))
        return read_page(*go_on(self._transport, self._verb, token))

    def _new(self, page: OaiPage, told: Sequence[str | None]) -> OaiPage:
        """Return a page without the records that were yielded before in the same state, with their names."""
        is_new = []
        for name, header in zip(told, page.headers, strict=True):
            state = (name or "", header.datestamp)
            is_new.append(name is not None and (state not in self._yielded or not name))
            self._yielded.add(state)
        return replace(
            page,
            records=tuple(compress(page.records, is_new)),
            headers=tuple(compress(page.headers, is_new)),
            names=tuple(name or "" for name in compress(told, is_new)),
        )

    def _gap(self) -> str:
        """Say how the records of a walk and the server's count disagree; empty if they do not."""
        if self.complete_list_size in (None, self.records):
            return ""
        return f"The server counts {self.complete_list_size:,} records and gave {self.records:,}."


def _named(page: OaiPage, names: RecordNames) -> list[str | None]:
    """Return the name of each record of a page, None for one that came before."""
    names.begin_page()
    if not page.records:
        return [names.name(header.identifier, b"") for header in page.headers]
    pairs = zip(page.headers, page.records, strict=True)
    return [names.name(header.identifier or text_name(record), record) for header, record in pairs]


def list_params(
    set_: str | None = None,
    from_: datetime | None = None,
    until: datetime | None = None,
    *,
    prefix: str = PREFIX,
) -> tuple[tuple[str, str], ...]:
    """Return the parameters, besides the verb, that a list begins with."""
    return (("metadataPrefix", prefix), *_window(set_, from_, until))


def _window(set_: str | None, from_: datetime | None, until: datetime | None) -> list[tuple[str, str]]:
    """Return the parameters of a window, which are whole seconds that hold it.

    Dates are always written in full: mixed with shorter ones the server fails (zenodo-api.md §7, read
    2026-08-20).
    """
    params = [] if set_ is None else [("set", set_)]
    for name, time, round_up in (("from", from_, 0), ("until", until, 999_999)):
        if time is not None:
            if time.tzinfo is None:
                raise UsageError(f"The time {time} has no zone.", hint="Give a time in UTC.")
            whole = time.astimezone(UTC) + timedelta(microseconds=round_up)
            params.append((name, f"{whole:%Y-%m-%dT%H:%M:%SZ}"))
    return params
