"""License ids: the old ones of Zenodo and the ones of today, to SPDX identifiers."""

from __future__ import annotations

from functools import lru_cache

from zenodo_harvest.vocabularies.license_ids import license_id, license_of

_NOT_ZENODOS = {"cdla-permissive-2.0": "CDLA-Permissive-2.0"}
"""What other sites use."""


@lru_cache(maxsize=1024)
def spdx(spelling: str) -> str:
    """Return the SPDX identifier of a license id in any spelling, or the id itself if there is none.

    Ids such as ``other-open`` or ``notspecified`` have none.
    """
    license_ = license_of(license_id(spelling) or "")
    return (license_ and license_.spdx) or _NOT_ZENODOS.get(spelling.lower(), spelling)
