"""Identifiers of works and people: what the server makes of them."""

from __future__ import annotations

from urllib.parse import urlsplit

from zenodo_harvest.vocabularies.terms import IDENTIFIER_SCHEMES

_PERSON_SCHEMES = ("orcid", "isni", "gnd", "ror")
LONGEST = 2000
"""A longer text is no identifier."""


def detected_scheme(identifier: str) -> str:
    """Return the scheme that the server finds for an identifier without one; empty if it finds none.

    It is the first of idutils' guesses that the site knows (marshmallow-utils, `IdentifierSchema`, read
    2026-11-28).
    """
    import idutils

    if len(identifier) > LONGEST:
        return ""
    return next(
        (one for one in idutils.detect_identifier_schemes(identifier) if one in IDENTIFIER_SCHEMES), ""
    )


def is_person_identifier(scheme: str, identifier: str) -> bool:
    """Tell whether an identifier of a person or organisation is right, check digit included."""
    import idutils

    if len(identifier) > LONGEST or scheme not in _PERSON_SCHEMES:
        return False
    try:
        return bool(getattr(idutils, f"is_{scheme}")(identifier.strip()))
    except (ValueError, TypeError, AttributeError):
        return False


def bare_person_identifier(scheme: str, identifier: str) -> str:
    """Return an identifier of a person as the server keeps it: an ORCID without its address."""
    import idutils

    try:
        return (
            str(idutils.normalize_pid(identifier, scheme))
            if is_person_identifier(scheme, identifier)
            else identifier
        )
    except (ValueError, TypeError, AttributeError):
        return identifier


def is_web_address(text: str) -> bool:
    """Tell whether the server takes this for a web address."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https", "ftp", "ftps") and "." in parts.netloc and " " not in text
