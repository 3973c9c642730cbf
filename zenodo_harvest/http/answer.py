"""`Answer`: what came back, and which error an unwanted status means."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from zenodo_harvest.errors import (
    BadAnswer,
    Deleted,
    FieldError,
    NotAllowed,
    NotFound,
    RateLimited,
    ServerError,
    UsageError,
    ZenodoHarvestError,
    brief,
)
from zenodo_harvest.http.clock import moment_of, whole_number

NATIVE_JSON = "application/vnd.inveniordm.v1+json"
"""Native InvenioRDM JSON; on Zenodo the default is the legacy dialect (zenodo-api.md §3.1)."""
PLAIN_JSON = "application/json"
"""Legacy JSON on Zenodo, native JSON on other servers; all that files and communities offer."""
LONGEST_ASKED_S = 86_400.0
"""A longer ``Retry-After`` is taken as this one."""
_MOST_COMPLAINTS = 50
"""More fields, and more messages about one, are not told."""
_ANY = msgspec.json.Decoder(msgspec.Raw)
_ZENODO = re.compile(r"https?://(?:[^/]+\.)?zenodo\.org(?:[:/]|$)")


def _nothing() -> Generator[bytes]:
    yield from ()


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the server, read to its end unless it is a stream.

    Attributes:
        status: The HTTP status.
        headers: The headers; they find names in any case.
        content: The body; empty of a stream.
        url: The address that answered.
        blocks: The body of a stream, to be read once.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes
    url: str
    blocks: Generator[bytes] = field(default_factory=_nothing, repr=False, compare=False)

    @property
    def media_type(self) -> str:
        """The content type without parameters, in lower case."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def size_bytes(self) -> int:
        """The length of the body; of a stream as announced, 0 where it is not."""
        announced = self.headers.get("Content-Length", "")
        return len(self.content) or (int(announced) if re.fullmatch("[0-9]{1,18}", announced) else 0)

    def json(self) -> Any:
        """Return the JSON value.

        Raises:
            BadAnswer: The body is an HTML page, cut short, empty or no JSON at all.
        """
        self._check_kind()
        # Neither a byte that is no UTF-8 nor a number that is none must cost a page of records.
        text = _text(self.content)
        try:
            return msgspec.json.decode(text)
        except msgspec.DecodeError:
            pass
        except RecursionError:
            raise self._bad("is nested too deeply") from None
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            raise self._bad("is cut short or no JSON") from None

    def check_json(self) -> None:
        """Make sure that there is a JSON value, without making it.

        Raises:
            BadAnswer: As `json`.
        """
        self._check_kind()
        try:
            _ANY.decode(self.content)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            from zenodo_harvest.json_text import is_whole

            # An odd value in one record must not cost the others of its page.
            if not is_whole(self.content):
                self.json()

    def _check_kind(self) -> None:
        if not self.content.strip():
            raise self._bad("is empty")
        if self.media_type == "text/html" or self.content.lstrip()[:1] == b"<":
            raise self._bad("is a web page instead of JSON")

    def retry_after_s(self) -> float | None:
        """Return what ``Retry-After`` asks for, heeded on 429 and 503 alone.

        The header stands on every answer, also of success (zenodo-api.md §6.2, read 2026-08-20). It is
        never more than `LONGEST_ASKED_S`, and None where it makes no sense.
        """
        value = self.headers.get("Retry-After", "").strip()
        if self.status not in (429, 503) or not value:
            return None
        seconds = whole_number(value)
        if seconds is not None:
            return min(float(seconds), LONGEST_ASKED_S) if seconds >= 0 else None
        until, now = moment_of(value), moment_of(self.headers.get("Date", ""))
        if until is None or now is None:
            return None
        return max(0.0, min(until - now, LONGEST_ASKED_S))

    def _bad(self, what: str) -> BadAnswer:
        return BadAnswer(
            f"The answer to {self.url} {what}.",
            hint=f"A proxy or an overload may be the cause. {_later(self.url)}",
            url=self.url,
            status=self.status,
        )


def error_of(answer: Answer, *, is_write: bool = False) -> ZenodoHarvestError:
    """Return the error that an answer of status 300 or more means.

    Args:
        answer: The answer.
        is_write: Whether what was asked may change something; there is no query then.
    """
    body = _body(answer)
    said = brief(str(body.get("message") or "").strip())
    fields = _field_errors(body)
    details: dict[str, Any] = {"url": answer.url, "status": answer.status, "field_errors": fields}
    status = answer.status
    if status == 410:
        return _deleted(body, details)
    if status == 404:
        return NotFound(f"{answer.url} does not exist.", hint="Check the id or address.", **details)
    if status in (401, 403):
        return _not_allowed(answer, body, details)
    if status == 429:
        return RateLimited(
            f"The server refuses further requests for now ({said or 'status 429'}).",
            hint="Wait a few minutes; another program behind the same address may use up the budget.",
            retry_after_s=answer.retry_after_s(),
            **details,
        )
    if status == 414:
        return UsageError("The request is too long for the server.", hint="Shorten the query.", **details)
    if 400 <= status < 500:
        told = brief("; ".join(message for field in fields for message in field.messages)) or said
        hint = (
            "`zenodo-harvest explain` shows what is sent."
            if "query" in said.lower()
            else "Change what was asked."
        )
        return UsageError(
            f"The server refused the request: {told or f'status {status}'}", hint=hint, **details
        )
    because = f": {said.rstrip('.')}" if said else ""
    is_of_query = is_final(answer) and not is_write
    return ServerError(
        f"The server failed with status {status}{because}.",
        hint="The query itself may be the cause: check its dates and its length."
        if is_of_query
        else _later(answer.url),
        retry_after_s=answer.retry_after_s(),
        is_final=is_of_query,
        **details,
    )


def _later(url: str) -> str:
    return "Try again later" + ("; status.zenodo.org tells of outages." if _ZENODO.match(url) else ".")


def is_final(answer: Answer) -> bool:
    """Tell whether asking again is useless: a 500 that the query itself causes (zenodo-api.md §1.4)."""
    return answer.status == 500 and _body(answer).get("message") in (
        "Internal server error",
        "Misconfigured search.",
    )


def _text(content: bytes) -> str:
    return content.decode("utf-8-sig", "replace")


def _body(answer: Answer) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(_text(answer.content))
    except (msgspec.DecodeError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _field_errors(body: Mapping[str, Any]) -> tuple[FieldError, ...]:
    errors = body.get("errors")
    return tuple(
        FieldError(brief(str(error.get("field", ""))), _messages(error.get("messages")))
        for error in (errors[:_MOST_COMPLAINTS] if isinstance(errors, list) else ())
        if isinstance(error, dict)
    )


def _messages(value: Any) -> tuple[str, ...]:
    messages = value[:_MOST_COMPLAINTS] if isinstance(value, list) else [value] if value else []
    return tuple(brief(str(message)) for message in messages)


def _deleted(body: Mapping[str, Any], details: Mapping[str, Any]) -> Deleted:
    tombstone = body.get("tombstone")
    tombstone = tombstone if isinstance(tombstone, dict) else {}
    reason = tombstone.get("removal_reason")
    why = f" Reason: {brief(str(reason['id']))}." if isinstance(reason, dict) and reason.get("id") else ""
    when = f" on {str(tombstone['removal_date'])[:10]}" if tombstone.get("removal_date") else ""
    return Deleted(
        f"{details['url']} was deleted{when}.{why}",
        hint="Another version may still exist: ask for the concept id.",
        tombstone=tombstone,
        **details,
    )


def _not_allowed(answer: Answer, body: Mapping[str, Any], details: Mapping[str, Any]) -> NotAllowed:
    if not body:
        return NotAllowed(
            "A firewall in front of the server refused the request.",
            hint="Set a contact (ZENODO_HARVEST_CONTACT), slow down, or ask the operators of the site.",
            **details,
        )
    return NotAllowed(
        f"The server does not allow {answer.url}.",
        hint="Check that a valid token is set and that it belongs to someone with access.",
        **details,
    )
