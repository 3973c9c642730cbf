"""The two kinds of servers that are emulated, Zenodo and a plain InvenioRDM, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from zenodo_harvest.emulator.params import GUEST_CAP, RECORD_FACETS, RECORD_SORTS, USER_CAP
from zenodo_harvest.errors import UsageError

FlavourName = Literal["zenodo", "inveniordm"]

_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
_SCATTER = 0x9E3779B1


@dataclass(frozen=True, slots=True)
class Flavour:
    """What sets a server apart (zenodo-api.md §10, last table, read 2026-08-20).

    Attributes:
        name: How it is asked for.
        title: What it calls itself.
        host: The host in its OAI identifiers.
        doi: What precedes an id in the DOIs that it mints.
        is_zenodo: Whether it has what Zenodo added: legacy JSON and its field names, the classic API, dumps,
            more parameters and orders, verified owners first.
        set_prefix: What precedes the slug of a community in the name of its set.
        oai_page: Records of a page of OAI-PMH.
        token_life_s: How long a resumption token is good.
        facets: What it counts by.
        sorts: The orders of records.
        guest_cap: The largest page of a guest; None for no cap.
        user_cap: The same with a token.
        searches: Searches a minute; None where these count like other requests.
        guest_requests: Other requests a minute of a guest.
        user_requests: The same with a token.
    """

    name: FlavourName
    title: str
    host: str
    doi: str
    is_zenodo: bool
    set_prefix: str
    oai_page: int
    token_life_s: int
    facets: tuple[str, ...]
    sorts: frozenset[str]
    guest_cap: int | None
    user_cap: int | None
    searches: int | None
    guest_requests: int
    user_requests: int

    def cap(self, *, is_user: bool) -> int | None:
        """Return the largest page of records."""
        return self.user_cap if is_user else self.guest_cap

    def oai_identifier(self, record_id: str) -> str:
        """Return the OAI identifier of a record."""
        return f"oai:{self.host}:{record_id}"

    def id_of(self, number: str) -> str:
        """Return the id of what Zenodo numbers so; other servers have letters and a checksum."""
        if self.is_zenodo or not number.isdecimal():
            return number
        rest = value = int(number) * _SCATTER % len(_LETTERS) ** 8
        text = ""
        for _ in range(8):
            rest, digit = divmod(rest, len(_LETTERS))
            text = _LETTERS[digit] + text
        return f"{text[:5]}-{text[5:]}{98 - value * 100 % 97:02}"


ZENODO = Flavour(
    name="zenodo",
    title="Zenodo",
    host="zenodo.org",
    doi="10.5281/zenodo.",
    is_zenodo=True,
    set_prefix="user-",
    oai_page=50,
    token_life_s=120,
    facets=RECORD_FACETS,
    sorts=RECORD_SORTS,
    guest_cap=GUEST_CAP,
    user_cap=USER_CAP,
    searches=30,
    guest_requests=133,
    user_requests=1000,
)
INVENIORDM = Flavour(
    name="inveniordm",
    title="InvenioRDM",
    host="repository.example.org",
    doi="10.1234/",
    is_zenodo=False,
    set_prefix="community-",
    oai_page=10,
    token_life_s=60,
    facets=tuple(name for name in RECORD_FACETS if name != "subject"),
    sorts=frozenset(
        "bestmatch newest oldest version updated-desc updated-asc mostviewed mostdownloaded".split()
    ),
    guest_cap=None,
    user_cap=None,
    searches=None,
    guest_requests=500,
    user_requests=1000,
)
FLAVOURS: Mapping[str, Flavour] = {one.name: one for one in (ZENODO, INVENIORDM)}


def flavour_called(name: str) -> Flavour:
    """Return the flavour of this name.

    Raises:
        UsageError: There is none.
    """
    if name not in FLAVOURS:
        raise UsageError(f"There is no flavour {name!r}.", hint=f"Use {' or '.join(FLAVOURS)}.")
    return FLAVOURS[name]
