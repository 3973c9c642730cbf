"""The shape of DataCite XML exactly as the server's dumps write it (recordings, read 2026-11-23).

It is compact, each part stands in its place, holds text and has its usual attributes. No pattern can match in
two ways, so that matching takes time in proportion to length, whether it succeeds or not.
"""

from __future__ import annotations

import re

_TEXT = "([^<>]++)"
_VALUE = '([^"<>\n\t]++)'
_BARE = r"[^<>/\s]++"
_NAMESPACES = (
    ' xmlns="http://schema.datacite.org/oai/oai-1.1/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)


def _leaf(name: str, attributes: str = "") -> str:
    return f"<{name}{attributes}>{_TEXT}</{name}>"


def _person(name: str, role: str = "") -> str:
    return (
        f"<{name}{role}>"
        + _leaf(f"{name}Name", '(?: nameType="(Personal|Organizational)")?+')
        + f"(?:{_leaf('givenName')})?+(?:{_leaf('familyName')})?+"
        + f'(?:<nameIdentifier nameIdentifierScheme="ORCID">({_BARE})</nameIdentifier>)?+'
        + f'((?:<nameIdentifier nameIdentifierScheme="(?:GND|ISNI|ROR)">{_BARE}</nameIdentifier>)*+)'
        + f"((?:<affiliation>[^<>]++</affiliation>)*+)</{name}>"
    )


_ITEMS = {
    "alternateIdentifiers": _leaf("alternateIdentifier", f' alternateIdentifierType="{_VALUE}"'),
    "creators": _person("creator"),
    "titles": _leaf("title", f'(?: xml:lang="{_VALUE}")?+(?: titleType="{_VALUE}")?+'),
    "subjects": _leaf("subject"),
    "contributors": _person("contributor", f' contributorType="{_VALUE}"'),
    "dates": _leaf("date", f' dateType="{_VALUE}"(?: dateInformation="{_VALUE}")?+'),
    "relatedIdentifiers": _leaf(
        "relatedIdentifier",
        f' relationType="{_VALUE}"(?: resourceTypeGeneral="{_VALUE}")?+ relatedIdentifierType="{_VALUE}"',
    ),
    "sizes": _leaf("size"),
    "formats": _leaf("format"),
    "rightsList": (
        f'<rights(?: rightsURI="{_VALUE}")?+(?: rightsIdentifierScheme="{_VALUE}")?+'
        f'(?: rightsIdentifier="{_VALUE}")?+(?:/>|>{_TEXT}</rights>)'
    ),
    "descriptions": _leaf("description", f'(?: xml:lang="{_VALUE}")?+ descriptionType="{_VALUE}"'),
    "geoLocations": (
        f"<geoLocation>(?:{_leaf('geoLocationPlace')})?+(?:<geoLocationPoint><pointLongitude>{_TEXT}"
        f"</pointLongitude><pointLatitude>{_TEXT}</pointLatitude></geoLocationPoint>)?+</geoLocation>"
    ),
    "fundingReferences": (
        f"<fundingReference>{_leaf('funderName')}"
        f'(?:<funderIdentifier funderIdentifierType="ROR">{_TEXT}</funderIdentifier>)?+'
        f"(?:{_leaf('awardNumber')})?+(?:{_leaf('awardTitle')})?+</fundingReference>"
    ),
}


def _list(name: str) -> str:
    """Return the pattern of a list that may be absent; its group holds the items uncut."""
    item = re.sub(r"\((?!\?)", "(?:", _ITEMS[name])
    return f"(?:<{name}>((?:{item})*+)</{name}>)?+"


def _one(name: str, attributes: str = "") -> str:
    """Return the pattern of a text that may be absent."""
    return f"(?:{_leaf(name, attributes)})?+"


DOCUMENT = re.compile(
    r"(?:<\?xml version='1\.0' encoding='UTF-8'\?>\n)?+"
    f'<oai_datacite{re.escape(_NAMESPACES)} xsi:schemaLocation="[^"<>&]*+">'
    f"{_leaf('schemaVersion')}{_one('datacentreSymbol')}<payload>"
    r'<resource xmlns="http://datacite\.org/schema/kernel-4" xsi:schemaLocation="[^"<>&]*+">'
    + _list("alternateIdentifiers")
    + _list("creators")
    + _list("titles")
    + _one("publisher")
    + _one("publicationYear")
    + _list("subjects")
    + _list("contributors")
    + _list("dates")
    + _one("language")
    + f'(?:<resourceType resourceTypeGeneral="{_VALUE}">([^<>]*+)</resourceType>)?+'
    + _one("identifier", ' identifierType="DOI"')
    + _list("relatedIdentifiers")
    + _list("sizes")
    + _list("formats")
    + _one("version")
    + _list("rightsList")
    + _list("descriptions")
    + _list("geoLocations")
    + _list("fundingReferences")
    + r"</resource></payload></oai_datacite>\n?+"
)
"""A whole document. Its groups: the version of the schema, the datacentre, and the parts in order."""
ITEMS = {name: re.compile(pattern) for name, pattern in _ITEMS.items()}
"""One item of each list; its groups are the attributes in the order they are written, and the texts."""
NAME_IDENTIFIER = re.compile(f'<nameIdentifier nameIdentifierScheme="{_VALUE}">{_TEXT}</nameIdentifier>')
