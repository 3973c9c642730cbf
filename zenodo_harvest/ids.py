"""The identifiers people paste: record ids, concept ids, DOIs in any spelling, URLs, community slugs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote, urlsplit
from uuid import UUID

from zenodo_harvest.errors import UsageError
from zenodo_harvest.origins import PORTS

_DOI = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/[^\s\x00-\x1f\x7f\ud800-\udfff]+")
_ZENODO_DOI = re.compile(r"(10\.5281|10\.5072)/zenodo\.([0-9]{1,12})")
_DOI_PREFIX = re.compile(r"(?i)^(?:(?:(?:https?:)?//)?(?:dx\.|www\.)?doi\.org/+|(?:urn:|info:)?doi[\s:/=]*)+")
_AFTER_DOI = re.compile(r"(?s)[?#].*")
_ENCODED = re.compile(r"(?i)(?:https?|doi|info|urn|oai)%3a")
_RECORD_ID = re.compile(r"[0-9]{1,12}|[0-9a-z]{5}-[0-9a-z]{5}")
_OAI = re.compile(r"(?i:oai):([^:]+):(.+)")
_RECORD_PATH = re.compile(
    rf"/(?:records?|deposit(?:/depositions)?|uploads)/(?P<id>{_RECORD_ID.pattern})(?=[/?#]|\Z)"
    r"(?P<latest>/(?:versions/)?latest(?=[/?#]|\Z))?"
)
_BARE_PATH = re.compile(r"/(?:api/)?(?:records?|deposit|uploads|doi|badge)/")
_DOI_PATH = re.compile(r"(?i)/(?P<badge>badge/)?doi/(?P<doi>10[.%].+)")
_IMAGE = re.compile(r"(?i)\.(?:svg|png)$")
_REPOSITORY_PATH = re.compile(r"/badge/(?:latestdoi/)?[0-9]+(?=[/.]|\Z)")
_TOKEN = re.compile(
    r"(?i)(?:[?&;#]|&amp;|%3f|%26|%3b|%23)(?:resource-|access_)?"
    + "".join(f"(?:{letter}|%{ord(letter):02x}|%{ord(letter.upper()):02x})" for letter in "token")
    + r"(?:=|%3d)"
)
"""A token in a link, however its name is spelt and whatever sign stands before it."""
_MARKUP = ("](", ":target:", 'href="', "href='", 'src="', "src='", "image::")
"""What stands before the address in Markdown, reStructuredText and HTML; a link before its image."""
_BEFORE = " \u200b\ufeff<([{\"'`*\u201c\u2018"
_AFTER = "\u200b\ufeff.,;:!?/\"'`*\u2026\u201d\u2019"
_BRACKETS = {")": "(", "]": "[", "}": "{", ">": "<"}
_SHOWN = 100
_COMMUNITY_PATH = re.compile(r"/(?:api/)?communities/([^/?#]+)")
_SLUG = re.compile(r"[-\w]{1,100}", re.ASCII)


class RefusedRef(UsageError):
    """What was typed is understood and not used, such as a link that holds a token."""


@dataclass(frozen=True, slots=True)
class RecordRef:
    """One record as a person named it: by `id` (record or concept) or by `doi`.

    Attributes:
        kind: What `value` is.
        value: The id or the DOI.
        latest: Whether the latest version is meant, whichever of them `value` names.
        host: The server that an address named.
        port: Its port, unless that is the usual one of its scheme.
        doi: The DOI that held the id: only the site that minted it numbers its records so.
    """

    kind: Literal["id", "doi"]
    value: str
    latest: bool = False
    host: str = field(default="", compare=False)
    port: int | None = field(default=None, compare=False)
    doi: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class CommunityRef:
    """One community as a person named it: by `slug`, by `uuid`, or by free `text`."""

    kind: Literal["slug", "uuid", "text"]
    value: str

    def __str__(self) -> str:
        return self.value


def bare_doi(text: str) -> str | None:
    """Return the DOI in `text` (any usual spelling) without its prefix, or None if it is not one DOI."""
    rest, found = _DOI_PREFIX.subn("", _plain(text))
    if found:
        rest = _AFTER_DOI.sub("", rest)
    rest = unquote(_unwrapped(rest))
    return rest if _DOI.fullmatch(rest) else None


def normal_doi(text: str) -> str | None:
    """Return the bare, lower-case DOI in `text` (any usual spelling), or None if it is not one DOI."""
    doi = bare_doi(text)
    return doi and doi.lower()


def parse_record_ref(text: str) -> RecordRef:
    """Read a record id, concept id, DOI, OAI identifier, URL of a record or of something in it, or a badge.

    A DOI minted by Zenodo (``10.5281/zenodo.<id>``, sandbox ``10.5072``) holds the record id
    (zenodo-api.md §9.9, read 2026-08-20) and is read as that id; other DOIs stay DOIs. An address that ends
    in ``/latest`` means the latest version.

    Raises:
        RefusedRef: `text` is a link that holds a token, or names a GitHub repository.
        UsageError: `text` is none of these.
    """
    bare = _plain(_target(str(text)))
    ref = _by_name(bare) or _by_address(bare)
    if ref is None:
        raise UsageError(
            f"{shown(str(text))!r} is not a record id, DOI or record URL.",
            hint="Write e.g. 7078768, 10.5281/zenodo.7078768 or https://zenodo.org/records/7078768.",
        )
    if _TOKEN.search(str(text)):
        raise RefusedRef(
            f"The secret link to {ref} is not used.",
            hint="Give the id alone, and ask with a token of an account that has access.",
        )
    return ref


def is_record_id(text: str) -> bool:
    """Tell whether `text` is the id of a record or a concept, and nothing else."""
    return _RECORD_ID.fullmatch(text) is not None


def shown(text: str) -> str:
    """Return `text` as it may be repeated in a message: without a token, and not at any length."""
    token = _TOKEN.search(text)
    kept = text[: token.start()] if token else text
    return kept[:_SHOWN] + "\u2026" if token or len(kept) > _SHOWN else kept


def _by_name(bare: str) -> RecordRef | None:
    """Return what a DOI, an OAI identifier or an id names."""
    if doi := normal_doi(bare):
        return _by_doi(doi)
    if (oai := _OAI.fullmatch(bare)) and _RECORD_ID.fullmatch(oai[2]):
        return RecordRef("id", oai[2], host=oai[1].lower())
    return RecordRef("id", bare) if _RECORD_ID.fullmatch(bare) else None


def _by_doi(doi: str) -> RecordRef:
    minted = _ZENODO_DOI.fullmatch(doi)
    return RecordRef("id", minted[2], doi=doi) if minted else RecordRef("doi", doi)


def _by_address(bare: str) -> RecordRef | None:
    """Return the record that an address leads to.

    Raises:
        RefusedRef: It is the badge of a GitHub repository.
    """
    address = _address(bare) if "/" in bare else None
    if address is None:
        return None
    host, port, path = address
    if record := _RECORD_PATH.search(path):
        return RecordRef("id", record["id"], latest=bool(record["latest"]), host=host, port=port)
    if found := _DOI_PATH.search(path):
        doi = normal_doi(_IMAGE.sub("", found["doi"]) if found["badge"] else found["doi"])
        return _by_doi(doi) if doi else None
    if _REPOSITORY_PATH.match(path):
        raise RefusedRef(
            f"{shown(bare)!r} holds the number of a GitHub repository and names no record.",
            hint="Open it in a browser, and give the DOI that it leads to.",
        )
    return None


def _address(text: str) -> tuple[str, int | None, str] | None:
    """Return host, port and path of an address, with or without scheme or host; None if it is none."""
    scheme = "" if "://" in text else "https:" if text.startswith("//") else "https://"
    try:
        parts = urlsplit(scheme + text)
        port = parts.port
    except ValueError:
        return None
    is_address = parts.scheme in ("http", "https") and (parts.hostname or _BARE_PATH.match(text))
    if not is_address:
        return None
    is_usual = port == PORTS.get(parts.scheme)
    return (parts.hostname or "").removeprefix("www."), None if is_usual else port, parts.path


def _target(text: str) -> str:
    """Return the address that a link or an image in a text leads to, or `text` if it is neither."""
    for sign in _MARKUP:
        _, found, rest = text.rpartition(sign)
        if found:
            end = sign[-1] if sign[-1] in "\"'" else None
            return next(iter(rest.split(end, 1)), "")
    return text


def _plain(text: str) -> str:
    """Return `text` without what stands around it, read once more if all of it is percent-encoded."""
    bare = _unwrapped(text)
    return unquote(bare) if _ENCODED.match(bare) else bare


def _unwrapped(text: str) -> str:
    """Return `text` without the blanks, quotation marks, punctuation and unpaired brackets around it."""
    bare = text.strip().lstrip(_BEFORE)
    unpaired = {close: bare.count(close) - bare.count(start) for close, start in _BRACKETS.items()}
    end = len(bare)
    while end:
        last = bare[end - 1]
        if unpaired.get(last, 0) > 0:
            unpaired[last] -= 1
        elif last not in _AFTER and not last.isspace():
            break
        end -= 1
    return bare[:end]


def parse_community_ref(text: str) -> CommunityRef:
    """Read a community slug, UUID or URL; anything else is free text to search communities for.

    Slugs are ASCII letters, digits, ``-`` and ``_``, at most 100, and are stored in lower case
    (zenodo-api.md §5, read 2026-08-20).

    Raises:
        UsageError: `text` is blank.
    """
    bare = text.strip()
    if not bare:
        raise UsageError("The community is blank.", hint="Give a slug such as enes-data-space.")
    if "/" in bare and (path := _COMMUNITY_PATH.search(bare)):
        bare = unquote(path[1])
    try:
        return CommunityRef("uuid", str(UUID(bare)))
    except ValueError:
        pass
    return CommunityRef("slug", bare.lower()) if _SLUG.fullmatch(bare) else CommunityRef("text", bare)
