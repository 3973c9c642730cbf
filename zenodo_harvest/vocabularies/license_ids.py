"""The licenses of Zenodo: their ids, SPDX identifiers, old ids, and what other spellings may mean."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from zenodo_harvest.vocabularies.pairs import read_pairs

DEPRECATED = frozenset(
    "agpl-1.0 agpl-3.0 gfdl-1.1 gfdl-1.2 gfdl-1.3 gpl-1.0 gpl-1.0+ gpl-2.0 gpl-2.0+ gpl-3.0 gpl-3.0+ "
    "lgpl-2.0 lgpl-2.0+ lgpl-2.1 lgpl-2.1+ lgpl-3.0 lgpl-3.0+ bsd-2-clause-freebsd "
    "bsd-2-clause-netbsd".split()
)
"""SPDX identifiers that SPDX has replaced, and that the deposit API still takes."""
UNVERSIONED = frozenset("cc-by cc-by-sa cc-nc apache gfdl odc-by zpl php mozilla fal eiffel".split())
"""Old ids that name no version: which one is meant is the server's choice."""
_FAMILIES = (
    (r"agplv?(\d)(\+|-?or-?later)?", "agpl-{0}.0-"),
    (r"lgplv?2\.1(\+|-?or-?later)?", "lgpl-2.1-"),
    (r"lgplv?([23])(\+|-?or-?later)?", "lgpl-{0}.0-"),
    (r"gplv?([123])(\+|-?or-?later)?", "gpl-{0}.0-"),
)
_ADDRESS = re.compile(r"(?:https?://)?(?:www\.)?((?:[a-z0-9-]+\.)+[a-z]{2,})/")
_HOSTS = frozenset(
    "apache.org choosealicense.com creativecommons.org gnu.org mozilla.org opendatacommons.org "
    "opensource.org spdx.org".split()
)
"""Where the end of an address is the id of a license."""
_WORDS = read_pairs("license_words.csv")
"""What people write, without blanks and hyphens, and the license that they mean."""


@dataclass(frozen=True, slots=True)
class License:
    """One license of Zenodo's vocabulary.

    Attributes:
        id: Zenodo's id, in lower case.
        spdx: The SPDX identifier; empty where SPDX has none.
        classic: What the deposit API writes for it.
        title: Its English name.
    """

    id: str
    spdx: str
    classic: str
    title: str

    @property
    def name(self) -> str:
        """How people write it: the SPDX identifier, else the id."""
        return self.spdx or self.id


def license_id(spelling: str) -> str | None:
    """Return Zenodo's id of a license as the deposit API reads it, in any case; None for an unknown one.

    The server takes its own ids, those of old Zenodo and the replaced SPDX identifiers of GNU licenses
    (zenodo-rdm 63864033, legacy/zenodo_legacy/licenses.py, read 2026-11-28).
    """
    licenses, spellings = _licenses()
    lowered = spelling.strip().lower()
    return spellings.get(lowered) or (lowered if lowered in licenses else None)


def all_licenses() -> tuple[str, ...]:
    """Return the ids of all licenses."""
    return tuple(_licenses()[0])


def license_of(zenodo_id: str) -> License | None:
    """Return the license with this id of Zenodo's."""
    return _licenses()[0].get(zenodo_id)


_CC = re.compile(r"creativecommons\.org/licenses/([a-z-]+)/([0-9.]+)(?:/([a-z]{2,3}|scotland)(?=/|$))?")
_ENDING = re.compile(r"(-standalone)?((\.[a-z]{2}(-[a-z]{2})?)?\.(html|txt|php))?$")
"""How the address of a page ends, which may tell its language as well."""
_LONGEST = 200
"""A longer text is no name of a license."""


def licenses_meant(spelling: str) -> tuple[str, ...]:
    """Return the licenses that a spelling stands for: an id, a name, a short form, the address of a text.

    ``LGPLv3`` and ``MIT or Apache-2.0`` stand for two; a form without a version for the newest. Where one of
    several is unknown, so is the whole.
    """
    if len(spelling) > _LONGEST:
        return ()
    text = re.sub(r",?\s+version\s+(?=\d)", " ", spelling.strip().lower())
    if whole := _alike(text) or _alike(_bare(text)):
        return whole
    parts = [
        name
        for part in re.split(r"\s+(?:or|and|with)\s+|\s*[,;]\s*", text.strip("() "))
        for name in ([part] if _ADDRESS.match(part) else part.split("/"))
    ]
    meant = [_alike(_bare(part)) for part in parts if part.strip()]
    return tuple(dict.fromkeys(names[0] for names in meant)) if all(meant) else ()


def licenses_like(spelling: str) -> tuple[str, ...]:
    """Return the licenses that an unknown spelling (``LGPLv3``, ``CC BY 4.0``) may mean, best first."""
    if _bare(spelling) == "public domain":
        return ("CC0-1.0", "other-pd")
    if meant := licenses_meant(spelling):
        return meant
    licenses, spellings = _licenses()
    near = get_close_matches(_bare(spelling[:_LONGEST]), [*licenses, *spellings], n=3, cutoff=0.75)
    alike = (licenses[license_id(one) or one].name for one in near)
    return tuple(dict.fromkeys(alike))


def unported(spelling: str) -> str:
    """Return the name of the license of which an address names the port to a country; else the spelling."""
    found = _CC.search(spelling.lower())
    return f"cc-{found[1]}-{found[2]}" if found and found[3] and _bare(spelling) else spelling


def _bare(spelling: str) -> str:
    """Return a spelling without what says nothing: of an address only the part that names the license."""
    text = spelling.strip().lower()
    if address := _ADDRESS.match(text):
        text = _named_by(text[address.start(1) :].rstrip("/")) if address[1] in _HOSTS else ""
    return re.sub(r"^(the|gnu)\s+|\s+licen[sc]e$", "", text)


def _named_by(address: str) -> str:
    text = re.sub(_ENDING, "", address)
    if found := re.match(_CC, text):
        return "-".join(("cc", *filter(None, found.groups())))
    if text.startswith("creativecommons.org/publicdomain/zero"):
        return "cc0-1.0"
    if found := re.fullmatch(r"apache\.org/licenses/license-([0-9.]+)", text):
        return f"apache-{found[1]}"
    if found := re.search(r"/(mpl|odbl|pddl|by)/([0-9])[.-]([0-9])$", text):
        return f"{'odc-by' if found[1] == 'by' else found[1]}-{found[2]}.{found[3]}"
    return text.rpartition("/")[2]


def _alike(text: str) -> tuple[str, ...]:
    licenses, _ = _licenses()
    if known := license_id(text):
        return (licenses[known].name,)
    bare = re.sub(r"[\s_-]+", "", text)
    for pattern, form in _FAMILIES:
        if found := re.fullmatch(pattern, re.sub(r"(\d)\.0(?=\+|or|$)", r"\1", bare)):
            stem = form.format(found[1])
            scopes = ("or-later",) if found[found.re.groups] else ("only", "or-later")
            return tuple(licenses[stem + scope].name for scope in scopes if stem + scope in licenses)
    if bare in _WORDS:
        return (licenses[_WORDS[bare]].name,)
    if found := re.fullmatch(r"cc(by(?:nc)?(?:nd|sa)?)v?(\d(?:\.\d)?)?(?:int(?:ernational|l)?)?", bare):
        terms = "-".join(re.findall("by|nc|nd|sa", found[1]))
        version = found[2] or "4.0"
        name = f"cc-{terms}-{version if '.' in version else version + '.0'}"
        return (licenses[name].name,) if name in licenses else ()
    found_id = _by_dense().get(_dense(text))
    return (licenses[found_id].name,) if found_id else ()


def _dense(text: str) -> str:
    return re.sub(r"[\s_.-]+", "", text)


@cache
def _by_dense() -> Mapping[str, str]:
    """Return the ids by ids and titles without blanks and signs."""
    licenses, _ = _licenses()
    titles = {_dense(each.title.lower()): name for name, each in licenses.items()}
    return {_dense(name): name for name in licenses} | titles


@cache
def _licenses() -> tuple[Mapping[str, License], Mapping[str, str]]:
    """Return the licenses by id, and the ids by the other spellings that the server takes."""
    licenses: dict[str, License] = {}
    spellings: dict[str, str] = {}
    with Path(__file__).with_name("licenses.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            licenses[row["id"]] = License(row["id"], row["spdx"], row["classic"], row["title"])
            spellings |= dict.fromkeys(row["spellings"].split(), row["id"])
    return licenses, spellings


@cache
def cff_licenses() -> frozenset[str]:
    """Return the SPDX identifiers that the schema of CITATION.cff 1.2.0 allows, in their exact case."""
    return frozenset(each.spdx for each in _licenses()[0].values() if each.spdx) | _ONLY_IN_CFF


_ONLY_IN_CFF = frozenset(
    "AGPL-1.0 AGPL-3.0 BSD-2-Clause-FreeBSD BSD-2-Clause-NetBSD BSD-3-Clause-Modification "
    "BSD-4-Clause-Shortened C-UDA-1.0 CC-BY-SA-2.1-JP CDL-1.0 DRL-1.0 eCos-2.0 FreeBSD-DOC GD GFDL-1.1 "
    "GFDL-1.2 GFDL-1.3 GPL-1.0 GPL-1.0+ GPL-2.0 GPL-2.0-with-autoconf-exception "
    "GPL-2.0-with-bison-exception GPL-2.0-with-classpath-exception GPL-2.0-with-font-exception "
    "GPL-2.0-with-GCC-exception GPL-2.0+ GPL-3.0 GPL-3.0-with-autoconf-exception "
    "GPL-3.0-with-GCC-exception GPL-3.0+ LGPL-2.0 LGPL-2.0+ LGPL-2.1 LGPL-2.1+ LGPL-3.0 LGPL-3.0+ "
    "MIT-Modern-Variant NAIST-2003 Nunit OGDL-Taiwan-1.0 StandardML-NJ wxWindows".split()
)
