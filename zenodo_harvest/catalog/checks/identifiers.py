"""Whether an identifier is of the form that its scheme asks for."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit

from zenodo_harvest.ids import normal_doi

_LONGEST = 2000
"""A longer text is no identifier."""
_SHORT_DOI = re.compile(r"(?i)(?:https?://)?(?:dx\.)?doi\.org/(?:10/)?[a-z0-9]+/?")
_OTHER_URI = re.compile(r"(?i)[a-z][a-z0-9+.-]*:(?://)?[^\s/]\S*")
_DOI_HOSTS = ("doi.org", "dx.doi.org", "www.doi.org")
_USUAL_DOI = re.compile(r"10\.\d{4,9}/[\w./-]*\w", re.ASCII).fullmatch
_ANY = {
    "handle",
    "igsn",
    "other",
    "purl",
    "w3id",
    "urn",
    "upc",
    "crossreffunderid",
    "ads",
    "cstr",
    "wikidata",
}
"""Schemes of which no form can be told for certain, or more is in use than the checks know."""
_RESOLVED = {"arxiv", "ark", "hal", "pmcid", "pmid", "issn", "isbn", "bibcode", "lsid", "swh"}
"""Schemes whose identifiers are given as addresses that resolve as well."""
_CALLED = {"eissn": "issn", "lissn": "issn", "ean": "ean13", "swhid": "swh"}


@lru_cache(maxsize=4096)
def doi_of(text: str) -> str | None:
    """Return the DOI in a text as it is compared, None if it is not one DOI."""
    return text.lower() if _USUAL_DOI(text) else normal_doi(text)


@lru_cache(maxsize=65_536)
def is_valid(scheme: str, identifier: str) -> bool:
    """Tell whether an identifier has the form of its scheme; of a scheme that is not known each one has."""
    text, scheme = identifier.strip(), _CALLED.get(scheme.lower(), scheme.lower())
    if not text or len(text) > _LONGEST:
        return False
    if scheme == "doi":
        return doi_of(text) is not None or bool(_SHORT_DOI.fullmatch(text))
    if scheme == "url":
        return _is_address(text)
    if scheme in _ANY:
        return True
    import idutils

    check = getattr(idutils, f"is_{scheme}", None)
    bare = text[len(scheme) :].lstrip(" :") if text.lower().startswith(f"{scheme} ") else text
    try:
        if check is None or check(bare):
            return True
    except (ValueError, TypeError, LookupError, AttributeError):
        """What the library cannot take is no identifier."""
    return text.lower().startswith(("http://", "https://")) and scheme in _RESOLVED and _is_address(text)


def _is_address(text: str) -> bool:
    """Tell whether this is an address; one on the network needs a host, and one of doi.org a DOI."""
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        return False
    if not parts.scheme or " " in text:
        return False
    if parts.scheme.lower() not in ("http", "https", "ftp", "ftps"):
        return bool(_OTHER_URI.fullmatch(text))
    if "." not in host:
        return False
    return host.lower() not in _DOI_HOSTS or bool(doi_of(text) or _SHORT_DOI.fullmatch(text))
