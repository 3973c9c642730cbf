"""Identifiers by scheme, as the server's input checks them."""

from __future__ import annotations

from typing import Any

from zenodo_harvest.emulator.defaults import Json
from zenodo_harvest.emulator.deposits.fields import (
    REQUIRED,
    UNKNOWN,
    Faults,
    Read,
    Reader,
    clean_text,
    refused,
    under,
)

_LABELS = {
    "ads": "ADS",
    "ark": "ARK",
    "arxiv": "arXiv",
    "crossreffunderid": "Crossref Funder ID",
    "cstr": "CSTR",
    "doi": "DOI",
    "ean13": "EAN13",
    "eissn": "EISSN",
    "gnd": "GND",
    "grid": "GRID",
    "handle": "Handle",
    "igsn": "IGSN",
    "isbn": "ISBN",
    "isni": "ISNI",
    "issn": "ISSN",
    "istc": "ISTC",
    "lissn": "LISSN",
    "lsid": "LSID",
    "orcid": "ORCID",
    "other": "Other",
    "pmid": "PMID",
    "purl": "PURL",
    "ror": "ROR",
    "rrid": "RRID",
    "swh": "SWHID",
    "upc": "UPC",
    "url": "URL",
    "urn": "URN",
    "w3id": "W3ID",
    "wikidata": "Wikidata",
}
RECORD_SCHEMES = frozenset(_LABELS) - {"gnd", "orcid", "ror"}
PERSON_SCHEMES = frozenset(("orcid", "isni", "gnd", "ror"))
_UNCHECKED = frozenset(("crossreffunderid", "grid", "igsn", "other", "upc", "w3id", "eissn", "lissn"))


def detect(value: str, allowed: frozenset[str]) -> str | None:
    """Return the scheme of an identifier among those allowed, or None."""
    import idutils

    return next((scheme for scheme in idutils.detect_identifier_schemes(value) if scheme in allowed), None)


def is_valid(value: str, scheme: str) -> bool:
    """Tell whether an identifier is right by the rules of its scheme."""
    import idutils

    if scheme in _UNCHECKED:
        return bool(value)
    if scheme == "isni":
        return bool(idutils.is_isni(value))
    check = getattr(idutils, f"is_{scheme}", None)
    return bool(check(value)) if check else True


def identifier(
    allowed: frozenset[str],
    *,
    more: dict[str, Reader] | None = None,
    required: tuple[str, ...] = (),
    is_needed: bool = True,
) -> Reader:
    """Return a reader of objects with an identifier and its scheme, which is detected where it is missing.

    Args:
        allowed: The schemes that can be used.
        more: Readers of further parts.
        required: Those of them that must be there.
        is_needed: Whether there must be an identifier at all.
    """

    def read(value: Any) -> Read:
        if not isinstance(value, dict):
            return refused("Invalid input type.")
        kept: Json = {}
        faults: Faults = []
        for name, reader in (more or {}).items():
            if name in value:
                found = reader(value[name])
                kept |= {name: found.value} if not found.faults else {}
                faults += under(name, found.faults)
        faults += [(name, REQUIRED) for name in required if name not in value]
        known = {"identifier", "scheme", *(more or {})}
        faults += [(name, UNKNOWN) for name in value if name not in known]
        given, scheme = value.get("identifier"), value.get("scheme")
        if not isinstance(given, str) or not clean_text(given):
            is_odd = given is not None and not isinstance(given, str)
            wanting = [("identifier", "Not a valid string." if is_odd else REQUIRED)]
            return Read(kept, [*faults, *(wanting if is_needed else ())])
        given = clean_text(given)
        scheme = clean_text(scheme).lower() if isinstance(scheme, str) and scheme else detect(given, allowed)
        if scheme is None:
            wrong = ("scheme", "No valid scheme recognized for identifier.")
            return Read(kept | {"identifier": given}, [*faults, wrong])
        kept |= {"identifier": given, "scheme": scheme}
        if scheme not in allowed:
            return Read(kept, [*faults, ("scheme", "Invalid scheme.")])
        if not is_valid(given, scheme):
            return Read(kept, [*faults, ("identifier", f"Invalid {_LABELS[scheme]} identifier.")])
        kept["identifier"] = _normal(given, scheme)
        return Read(kept, faults)

    return read


def _normal(value: str, scheme: str) -> str:
    import idutils

    try:
        return str(idutils.normalize_pid(value, scheme) or value)
    except (ValueError, TypeError, AttributeError):
        return value
