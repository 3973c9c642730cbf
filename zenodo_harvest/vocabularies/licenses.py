"""Licence ids: the old ones of Zenodo and the ones of today, to SPDX identifiers."""

from __future__ import annotations

_RENAMED = {
    "apache2.0": "Apache-2.0",
    "apgl-v3": "AGPL-3.0-only",
    "agpl-3.0": "AGPL-3.0-only",
    "bsd-2-clause-netbsd": "BSD-2-Clause",
    "cc-by": "CC-BY-4.0",
    "cc-by-sa": "CC-BY-SA-4.0",
    "cc-zero": "CC0-1.0",
    "gpl-2.0": "GPL-2.0-only",
    "gpl-2.0+": "GPL-2.0-or-later",
    "gpl-3.0": "GPL-3.0-only",
    "gpl-3.0+": "GPL-3.0-or-later",
    "lgpl-2.1": "LGPL-2.1-only",
    "lgpl-3.0": "LGPL-3.0-only",
    "mit-license": "MIT",
    "odc-odbl": "ODbL-1.0",
}
"""Ids that Zenodo spells otherwise, and SPDX ids that were split (zenodo-api.md §9.9, read 2026-08-20)."""

_SPDX = (
    *(
        f"CC-BY{terms}-{version}"
        for terms in ("", "-SA", "-NC", "-ND", "-NC-SA", "-NC-ND")
        for version in ("1.0", "2.0", "2.5", "3.0", "4.0")
    ),
    *(
        f"{family}-{version}-{scope}"
        for family, versions in (
            ("GPL", ("1.0", "2.0", "3.0")),
            ("LGPL", ("2.0", "2.1", "3.0")),
            ("AGPL", ("1.0", "3.0")),
            ("GFDL", ("1.1", "1.2", "1.3")),
        )
        for version in versions
        for scope in ("only", "or-later")
    ),
    *("0BSD AFL-3.0 Apache-1.1 Apache-2.0 Artistic-1.0 Artistic-2.0 BSD-2-Clause BSD-3-Clause".split()),
    *("BSD-4-Clause BSL-1.0 CC0-1.0 CDLA-Permissive-1.0 CDLA-Permissive-2.0 CDLA-Sharing-1.0".split()),
    *("CECILL-2.0 CECILL-2.1 CECILL-B CECILL-C CERN-OHL-P-2.0 CERN-OHL-S-2.0 CERN-OHL-W-2.0".split()),
    *("ECL-2.0 EPL-1.0 EPL-2.0 EUPL-1.1 EUPL-1.2 ISC LPPL-1.3c MIT MIT-0 MPL-1.1 MPL-2.0 MS-PL".split()),
    *("MS-RL NCSA ODbL-1.0 ODC-By-1.0 OFL-1.1 OGL-UK-3.0 OSL-3.0 PDDL-1.0 PostgreSQL Python-2.0".split()),
    *("UPL-1.0 Unlicense W3C WTFPL Zlib ZPL-2.1".split()),
)
_BY_LOWER = {name.lower(): name for name in _SPDX} | _RENAMED


def spdx(license_id: str) -> str:
    """Return the SPDX identifier of a licence id in any spelling, or the id itself if there is none.

    Ids such as ``other-open`` or ``notspecified`` have none.
    """
    return _BY_LOWER.get(license_id.lower(), license_id)
