"""One tree of errors; each branch has one exit code and carries a hint that says what to do next."""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

_SECRET_PARAMETERS = re.compile(
    r"(?i)((?:[?&;#]|%3[bf]|%2[36])(?:access_token|resource-token|token|api_key)(?:=|%3d))[^&;#\s]+"
)
_SECRET_HEADER = re.compile(r"(?i)(bearer\s+)[^\s,;'\"]+")
_SECRET_USER = re.compile(r"(?i)(https?://)[^/@\s]+@")


MOST_CHARACTERS = 300
"""Of what a server says, and of an address, no more stands in a message."""
_LONG_ADDRESS = re.compile(rf"(https?://[^\s'\"]{{{MOST_CHARACTERS}}})[^\s'\"]+")
_SHORTEST_SECRET = 6
"""A shorter text would be found in words."""
_secrets: dict[str, re.Pattern[str]] = {}


def hide(secret: str) -> None:
    """Have `redact` remove this token from now on, in whichever text it comes back."""
    if len(secret) >= _SHORTEST_SECRET:
        _secrets[secret] = re.compile(spelling_of(secret))


def spelling_of(secret: str) -> str:
    """Return the pattern of a token, each letter as it is or as JSON, addresses or XML may write it."""
    return "".join(map(_letter, secret))


def _letter(letter: str) -> str:
    code = ord(letter)
    percent = "".join(f"%{byte:02x}" for byte in letter.encode())
    escaped = rf"(?i:\\u{code:04x}|{percent}|&#(?:{code}|x0*{code:x});)"
    slash = r"|\\/" if letter == "/" else ""
    return rf"(?:{re.escape(letter)}|{escaped}{slash})"


def redact(text: str) -> str:
    """Return `text` without tokens: those in use, query parameters, ``Bearer`` values, user names in URLs."""
    for spelling in _secrets.values():
        text = spelling.sub("***", text)
    text = _SECRET_PARAMETERS.sub(r"\1***", text)
    text = _SECRET_HEADER.sub(r"\1***", text)
    return _SECRET_USER.sub(r"\1***@", text)


def brief(text: str) -> str:
    """Return a text of a server as it may stand in a message: without tokens, and not at any length."""
    text = redact(text[: 2 * MOST_CHARACTERS])
    return f"{text[:MOST_CHARACTERS]}\u2026" if len(text) > MOST_CHARACTERS else text


def _said(text: str) -> str:
    return _LONG_ADDRESS.sub("\\1\u2026", redact(text))


@dataclass(frozen=True, slots=True)
class FieldError:
    """One complaint of the server about one field, as its ``errors`` list gives it."""

    field: str
    messages: tuple[str, ...]


class ZenodoHarvestError(Exception):
    """The root of every error this package raises on purpose.

    Args:
        message: One sentence that says what went wrong; a long address in it is cut.
        hint: One sentence that says what to do next; may be empty.
        url: The request it is about; secrets are removed.
        status: The HTTP status, if a server answered.
        retry_after_s: Seconds to wait, if the server asked for it on a 429 or 503.
        field_errors: The server's complaints about single fields.
        is_final: Whether asking again is useless: what was asked makes the server fail.
    """

    exit_code: ClassVar[int] = 1

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        url: str = "",
        status: int | None = None,
        retry_after_s: float | None = None,
        field_errors: Sequence[FieldError] = (),
        is_final: bool = False,
    ) -> None:
        self.message = _said(message)
        super().__init__(self.message)
        # the sentence says what went wrong: a traceback shows no other error that was handled meanwhile
        self.__suppress_context__ = True
        self.hint = _said(hint)
        self.url = redact(url)
        self.status = status
        self.retry_after_s = retry_after_s
        self.field_errors = tuple(field_errors)
        self.is_final = is_final

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), dict(self.__dict__)))


def _rebuild(kind: type[ZenodoHarvestError], state: Mapping[str, Any]) -> ZenodoHarvestError:
    """Unpickle an error without knowing the signature of its class."""
    error = kind.__new__(kind, state["message"])
    error.__dict__.update(state)
    error.args = (state["message"],)
    return error


class UsageError(ZenodoHarvestError):
    """What was asked cannot be done as asked: a bad option, value or combination."""

    exit_code = 2


class QueryRefused(UsageError):
    """The query would not mean what it says.

    `findings` are the linter's, as text; `position` is the first place refused in the query as typed, counted
    from 0, or None where no single place is meant.
    """

    def __init__(
        self, message: str, *, findings: Sequence[str] = (), position: int | None = None, **details: Any
    ) -> None:
        super().__init__(message, **details)
        self.findings = tuple(findings)
        self.position = position


class TooManyResults(UsageError):
    """More results than the server's window of 10,000 lets anyone page through."""


class NotFound(ZenodoHarvestError):
    """The record, file or page does not exist."""

    exit_code = 3


class UnknownCommunity(NotFound):
    """No community has this slug or UUID; `nearest` are the slugs that look most like it."""

    def __init__(self, message: str, *, nearest: Sequence[str] = (), **details: Any) -> None:
        super().__init__(message, **details)
        self.nearest = tuple(nearest)


class Deleted(NotFound):
    """The record or community was deleted; `tombstone` is what the server says about it."""

    def __init__(self, message: str, *, tombstone: Mapping[str, Any] | None = None, **details: Any) -> None:
        super().__init__(message, **details)
        self.tombstone = dict(tombstone or {})


class NotAllowed(ZenodoHarvestError):
    """The server does not let this user do it."""

    exit_code = 4


class BadToken(NotAllowed):
    """The server treats the token as no token at all."""


class Incomplete(ZenodoHarvestError):
    """Rows are missing, or may be; nothing was passed off as whole."""

    exit_code = 5


class ServerError(ZenodoHarvestError):
    """The server or the network gave up."""

    exit_code = 6


class NoAnswer(ServerError):
    """No whole answer came: the name, the network or the server failed."""


class RateLimited(ServerError):
    """The server answered 429 and went on doing so."""


class BadAnswer(ServerError):
    """The answer is not what its status promises: HTML for JSON, cut short, or of another shape."""


class TooLarge(ServerError):
    """The answer is larger than what is taken in; a smaller one may be asked for."""


class Refused(ZenodoHarvestError):
    """It would destroy, overwrite or publish something that was not named first."""

    exit_code = 7


class LocalError(ZenodoHarvestError):
    """A local file, folder or disk does not let us go on."""

    exit_code = 8


class QueryWarning(UserWarning):
    """What the linter changed in a query, or finds surprising in it."""


class MissingWarning(UserWarning):
    """Some of what was asked for by name is not in the table."""


def warn(text: str, category: type[Warning]) -> None:
    """Warn at the line that called this package, so that each such line warns once."""
    level, frame = 2, sys._getframe(1)  # noqa: SLF001
    while frame.f_back and frame.f_globals.get("__name__", "").startswith("zenodo_harvest."):
        level, frame = level + 1, frame.f_back
    warnings.warn(_said(text), category, stacklevel=level)


def unpicklable(what: str) -> UsageError:
    """Return the error for what was to be pickled and holds connections."""
    return UsageError(
        f"{what} cannot be pickled: it holds connections, and perhaps a token.",
        hint="Make a client in each process; all of them share one budget of requests.",
    )
