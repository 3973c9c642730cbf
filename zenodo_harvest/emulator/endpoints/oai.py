"""OAI-PMH: the six verbs, their arguments, and lists that go on with tokens."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from threading import Lock
from uuid import uuid4

from werkzeug.wrappers import Response

from zenodo_harvest.emulator.answers.oai import FORMATS
from zenodo_harvest.emulator.answers.oai.elements import Element, grow
from zenodo_harvest.emulator.answers.oai.envelope import (
    NS,
    add_header,
    add_record,
    add_set,
    add_token,
    envelope,
    refusal,
    written,
)
from zenodo_harvest.emulator.defaults import Json, is_deleted
from zenodo_harvest.emulator.endpoints.call import EXPIRED, STALE, Call
from zenodo_harvest.emulator.oai_lists import Scroll, Shelf, header
from zenodo_harvest.emulator.problems import PageProblem
from zenodo_harvest.emulator.resumption import Tokens
from zenodo_harvest.emulator.state import State

_SELECTION = ("from", "until", "set")
_REQUIRED = {
    "Identify": (),
    "ListMetadataFormats": (),
    "ListSets": (),
    "GetRecord": ("identifier", "metadataPrefix"),
    "ListIdentifiers": ("metadataPrefix",),
    "ListRecords": ("metadataPrefix",),
}
_OPTIONAL = {
    "ListMetadataFormats": ("identifier",),
    "ListIdentifiers": _SELECTION,
    "ListRecords": _SELECTION,
}
_LISTS = frozenset({"ListSets", "ListIdentifiers", "ListRecords"})
_ARGUMENTS = ("verb", *_SELECTION, "identifier", "metadataPrefix")
_SHORT_DATE = re.compile(r"(\d{4})(-\d\d)?")

Asked = dict[str, str]


class _Refusal(Exception):
    """An error of the protocol, which the server answers with 422."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(frozen=True, slots=True)
class _Step:
    """Where a list stands: the page asked for, what was asked first, the scroll that holds the rest."""

    page: int
    asked: Asked
    scroll_id: str = ""


class Oai:
    """The OAI-PMH server (zenodo-api.md §7, §13, read 2026-08-20)."""

    def __init__(self, state: State, clock: Callable[[], float]) -> None:
        self._state, self._clock, self._flavour = state, clock, state.flavour
        self._shelf = Shelf(state)
        self._tokens = Tokens(clock, state.flavour.token_life_s)
        self._scrolls: dict[str, Scroll] = {}
        self._lock = Lock()

    def answer(self, call: Call) -> Response:
        """Answer any verb; arguments of a form are not read."""
        try:
            body, status = written(self._answer(call)), 200
        except _Refusal as refused:
            body, status = refusal(call.url, self._clock(), refused.code, refused.message), 422
        return Response(body, status=status, content_type="text/xml")

    def _answer(self, call: Call) -> Element:
        asked = _checked(call.request.args.to_dict(), datetime.fromtimestamp(self._clock(), UTC).date())
        verb = asked["verb"]
        self._shelf.refresh(is_stale=STALE in call.request.environ)
        root = envelope(call.url, self._clock(), asked)
        body = grow(root, f"{NS}{verb}")
        if verb in _LISTS:
            self._add_page(body, call, verb, self._step(call, verb, asked))
        elif verb == "Identify":
            self._add_identity(body, call)
        elif verb == "GetRecord":
            self._add_one(body, call, asked)
        else:
            self._add_formats(body, asked)
        return root

    def _add_identity(self, body: Element, call: Call) -> None:
        oldest = min((record["created"] for record in self._state.records()), default="0001-01-01T00:00:00")
        for name, value in (
            ("repositoryName", self._flavour.title),
            ("baseURL", call.url),
            ("protocolVersion", "2.0"),
            ("adminEmail", f"info@{self._flavour.host}"),
            ("earliestDatestamp", f"{oldest[:19]}Z"),
            ("deletedRecord", "no"),
            ("granularity", "YYYY-MM-DDThh:mm:ssZ"),
        ):
            grow(body, f"{NS}{name}", value)

    def _add_formats(self, body: Element, asked: Asked) -> None:
        if "identifier" in asked:
            self._record(asked["identifier"])
        for prefix, known in FORMATS.items():
            element = grow(body, f"{NS}metadataFormat")
            grow(element, f"{NS}metadataPrefix", prefix)
            grow(element, f"{NS}schema", known.schema)
            grow(element, f"{NS}metadataNamespace", known.namespace)

    def _add_one(self, body: Element, call: Call, asked: Asked) -> None:
        record = self._record(asked["identifier"])
        shown = header(record, self._flavour.set_prefix)
        if shown is None:
            raise _unknown()
        add_record(body, shown, self._sets(), FORMATS[asked["metadataPrefix"]].write(record, call.base))

    def _record(self, identifier: str) -> Json:
        """Return the record of an identifier; a deleted one breaks the server (zenodo-api.md §7)."""
        record = self._state.record(identifier.removeprefix(self._flavour.oai_identifier("")))
        if record is None or record["pids"].get("oai", {}).get("identifier") != identifier:
            raise _unknown()
        if is_deleted(record):
            raise PageProblem(500)
        return record

    def _add_page(self, body: Element, call: Call, verb: str, step: _Step) -> None:
        """Add one page of a list; after a full page comes another, which may be empty."""
        if verb == "ListSets":
            scroll_id, total = "", self._add_sets(body, step)
        else:
            scroll_id = step.scroll_id or self._scroll(step.asked)
            total = self._add_items(body, call, verb, replace(step, scroll_id=scroll_id))
        has_next = step.page * self._flavour.oai_page <= total
        if step.page == 1 and not has_next:
            return
        following = _Step(step.page + 1, step.asked, scroll_id)
        token = self._tokens.issue(verb, asdict(following)) if has_next else None
        expires_s = self._clock() + self._flavour.token_life_s
        cursor = (step.page - 1) * self._flavour.oai_page
        add_token(body, token, expires_s, cursor=cursor, total=total)

    def _add_sets(self, body: Element, step: _Step) -> int:
        communities, size = self._communities(), self._flavour.oai_page
        for community in communities[(step.page - 1) * size : step.page * size]:
            add_set(body, community, self._flavour.set_prefix)
        return len(communities)

    def _add_items(self, body: Element, call: Call, verb: str, step: _Step) -> int:
        sets, write = self._sets(), FORMATS[step.asked["metadataPrefix"]].write
        with self._lock:
            scroll = self._scrolls.get(step.scroll_id)
            if scroll is None:
                raise PageProblem(500)
            scroll.expires_s = self._clock() + self._flavour.token_life_s
            items = scroll.take(self._flavour.oai_page)
        for item in items:
            if verb == "ListIdentifiers":
                add_header(body, item.header, sets)
            else:
                add_record(body, item.header, sets, write(item.record(), call.base))
        return len(scroll.items)

    def _scroll(self, asked: Asked) -> str:
        """Begin a list and return its id; lists whose tokens are expired are forgotten."""
        items = self._shelf.select(asked.get("from"), asked.get("until"), asked.get("set"))
        if not items:
            raise _Refusal("noRecordsMatch")
        scroll_id, now_s = uuid4().hex, self._clock()
        with self._lock:
            self._scrolls = {id_: one for id_, one in self._scrolls.items() if one.expires_s >= now_s}
            self._scrolls[scroll_id] = Scroll(items, now_s + self._flavour.token_life_s)
        return scroll_id

    def _step(self, call: Call, verb: str, asked: Asked) -> _Step:
        if "resumptionToken" not in asked:
            return _Step(1, asked)
        content = self._tokens.read(verb, asked["resumptionToken"])
        if content is None or EXPIRED in call.request.environ:
            raise _Refusal(
                "badResumptionToken", "The value of the resumptionToken argument is invalid or expired."
            )
        return _Step(**content)

    def _communities(self) -> list[Json]:
        public = (item for item in self._state.communities() if item["access"]["visibility"] == "public")
        return sorted(public, key=lambda item: str(item["created"]))

    def _sets(self) -> list[str]:
        return [f"{self._flavour.set_prefix}{community['slug']}" for community in self._communities()]


def _unknown() -> _Refusal:
    return _Refusal("idDoesNotExist", "No matching identifier")


def _checked(arguments: Asked, today: date) -> Asked:
    """Return the arguments in the server's order, dates in full, or raise what the server refuses."""
    verb = arguments.get("verb")
    if verb is None:
        raise _Refusal("badVerb", "Missing data for required field.")
    if verb not in _REQUIRED:
        raise _Refusal("badArgument", f"This is not a valid OAI-PMH verb:{verb}")
    if verb in _LISTS and "resumptionToken" in arguments:
        if len(arguments) > 2:
            raise _Refusal("badArgument", "You have passed too many arguments.")
        return {name: arguments[name] for name in ("resumptionToken", "verb")}
    if arguments.keys() - {"verb", *_REQUIRED[verb], *_OPTIONAL.get(verb, ())}:
        raise _Refusal("badArgument", "You have passed too many arguments.")
    if any(name not in arguments for name in _REQUIRED[verb]):
        raise _Refusal("badArgument", "Missing data for required field.")
    if arguments.get("metadataPrefix", "oai_dc") not in FORMATS:
        raise _Refusal("badArgument", "metadataPrefix does not exist")
    times = {name: _time(arguments[name], today) for name in _SELECTION[:2] if name in arguments}
    if len(times) == 2:
        _check_order(times["from"], times["until"])
    written_out = {name: f"{time:%Y-%m-%dT%H:%M:%SZ}" for name, time in times.items()}
    return {name: written_out.get(name, arguments[name]) for name in _ARGUMENTS if name in arguments}


def _time(text: str, today: date) -> datetime:
    """Read a date; what is missing of one is taken from today (zenodo-api.md §7, read 2026-08-20)."""
    if short := _SHORT_DATE.fullmatch(text):
        text = f"{short[1]}{short[2] or f'-{today:%m}'}-{today:%d}"
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise _Refusal("badArgument", "Not a valid datetime.") from None
    return time.astimezone(UTC) if time.tzinfo else time


def _check_order(first: datetime, last: datetime) -> None:
    """Compare two times; one with and one without a zone break the server (zenodo-api.md §7)."""
    if (first.tzinfo is None) != (last.tzinfo is None):
        raise PageProblem(500)
    if first > last:
        raise _Refusal("badArgument", 'Date "from" must be before "until".')
