"""Which type an ``Accept`` header gets, by the server's strict rules."""

from __future__ import annotations

from collections.abc import Sequence

from werkzeug.datastructures import MIMEAccept

from zenodo_harvest.emulator.problems import not_acceptable

NATIVE = "application/vnd.inveniordm.v1+json"
PLAIN = "application/json"
BIBLIOGRAPHY = "text/x-bibliography"
_LEGACY = "application/vnd.zenodo.v1+json"

JSON_ONLY = (PLAIN,)
COMMUNITY_TYPES = (PLAIN, NATIVE)
RECORD_TYPES = (
    PLAIN,
    "application/ld+json",
    "application/vnd.inveniordm.v1.full+csv",
    "application/vnd.inveniordm.v1.simple+csv",
    "application/marcxml+xml",
    NATIVE,
    "application/vnd.citationstyles.csl+json",
    "application/vnd.datacite.datacite+json",
    "application/vnd.geo+json",
    "application/vnd.datacite.datacite+xml",
    'application/ld+json;profile="https://datapackage.org/profiles/2.0/datapackage.json"',
    "application/x-dc+xml",
    BIBLIOGRAPHY,
    "application/x-bibtex",
    "application/dcat+xml",
    "application/linkset+json",
    _LEGACY,
    "application/x-datacite+xml",
)
PLAIN_RECORD_TYPES = tuple(name for name in RECORD_TYPES if name != _LEGACY)
"""What other servers than Zenodo offer."""
WRITTEN = frozenset({PLAIN, NATIVE, _LEGACY})


def choose(accept: MIMEAccept, offered: Sequence[str]) -> str:
    """Return the offered type that the header asks for first; ``*/*`` or nothing gets the first offered.

    An exact type beats ``*/*`` whatever its weight; ``application/*`` and parameters match nothing
    (zenodo-api.md §3.1, read 2026-08-20).

    Raises:
        Problem: The 406 that lists what is offered.
    """
    wanted = [value for value, weight in accept if weight > 0]
    for value in wanted:
        if value in offered:
            return value
    if not wanted or "*/*" in wanted:
        return offered[0]
    raise not_acceptable(offered)
