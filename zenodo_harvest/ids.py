"""The identifiers people paste: record ids, concept ids, DOIs in any spelling, URLs, community slugs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote, urlsplit
from uuid import UUID

from zenodo_harvest.errors import UsageError

_DOI = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/\S+")
_ZENODO_DOI = re.compile(r"(?i)(10\.5281|10\.5072)/zenodo\.([0-9]+)")
_DOI_PREFIX = re.compile(r"(?i)^(?:doi:\s*|https?://(?:dx\.|www\.)?doi\.org/)")
_RECORD_ID = re.compile(r"[0-9]{1,12}|[0-9a-z]{5}-[0-9a-z]{5}")
_OAI = re.compile(r"oai:([^:]+):(.+)")
_RECORD_PATH = re.compile(
    rf"/(?:records?|deposit(?:/depositions)?|uploads)/(?P<id>{_RECORD_ID.pattern})(?:/.*)?$"
)
_AFTER_DOI = re.compile(r"[?#].*|[.,;/]+$")
_DOI_PATH = re.compile(r"/doi/(10\..+)$")
_COMMUNITY_PATH = re.compile(r"/(?:api/)?communities/([^/?#]+)")
_SLUG = re.compile(r"[-\w]{1,100}", re.ASCII)


@dataclass(frozen=True, slots=True)
class RecordRef:
    """One record as a person named it: by `id` (record or concept) or by `doi`.

    Attributes:
        kind: What `value` is.
        value: The id or the DOI.
        host: The server that an address named.
        doi: The DOI that held the id: only the site that minted it numbers its records so.
    """

    kind: Literal["id", "doi"]
    value: str
    host: str = field(default="", compare=False)
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


def normal_doi(text: str) -> str | None:
    """Return the bare, lower-case DOI in `text` (any usual spelling), or None if it is not one DOI."""
    bare, found = _DOI_PREFIX.subn("", text.strip())
    if found:
        bare = _AFTER_DOI.sub("", bare)
    bare = bare.rstrip(".,;/")
    return unquote(bare).lower() if _DOI.fullmatch(bare) else None


def parse_record_ref(text: str) -> RecordRef:
    """Read a record id, concept id, DOI, OAI identifier or URL of a record.

    A DOI minted by Zenodo (``10.5281/zenodo.<id>``, sandbox ``10.5072``) holds the record id
    (zenodo-api.md §9.9, read 2026-08-20) and is read as that id; other DOIs stay DOIs.

    Raises:
        UsageError: `text` is none of these.
    """
    bare = str(text).strip()
    if doi := normal_doi(bare):
        minted = _ZENODO_DOI.fullmatch(doi)
        return RecordRef("id", minted[2], doi=doi) if minted else RecordRef("doi", doi)
    if oai := _OAI.fullmatch(bare):
        bare, host = oai[2], oai[1]
        if _RECORD_ID.fullmatch(bare):
            return RecordRef("id", bare, host=host)
    if "/" in bare and (address := _address(bare)):
        host, path = address
        if record := _RECORD_PATH.search(path):
            return RecordRef("id", record["id"], host=host)
        if doi_path := _DOI_PATH.search(path):
            return parse_record_ref(doi_path[1])
    if _RECORD_ID.fullmatch(bare):
        return RecordRef("id", bare)
    raise UsageError(
        f"{text!r} is not a record id, DOI or record URL.",
        hint="Write e.g. 7078768, 10.5281/zenodo.7078768 or https://zenodo.org/records/7078768.",
    )


def _address(text: str) -> tuple[str, str] | None:
    """Return host and path of an address, with or without its scheme; None if it is none."""
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
    except ValueError:
        return None
    return (parts.hostname or "").removeprefix("www."), parts.path


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
