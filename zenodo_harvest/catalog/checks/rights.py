"""Rules about licenses and access."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zenodo_harvest.catalog.checks.rule import Around, RowRules, Rule
from zenodo_harvest.catalog.columns import CatalogRow
from zenodo_harvest.vocabularies.license_ids import license_id, license_of
from zenodo_harvest.vocabularies.licenses import spdx

_OF_WORKS = re.compile(r"CC-BY(-|$)").match
_OF_CODE = re.compile(r"(MIT|ISC|Apache|BSD|[AL]?GPL|MPL|EPL|Artistic)(-|$)").match
_OF_DATABASES = re.compile(r"(ODbL|ODC-By|PDDL)(-|$)").match
_NO_CODE = ("publication", "poster", "presentation", "image", "video", "audio")
_ABOUT_CODE = ("publication-softwaredocumentation", "publication-technicalnote", "publication-other")


def _is_spdx(name: str) -> bool:
    known = license_of(license_id(name) or "")
    return bool(known and known.spdx) or spdx(name.lower()) != name.lower()


def _none(row: CatalogRow, _: Around) -> Iterator[str]:
    access = row["access_status"]
    if not row["licenses"] and (access == "embargoed" or (access == "open" and row["file_count"])):
        yield f"no license for {access} files"


def _not_spdx(row: CatalogRow, _: Around) -> Iterator[str]:
    if row["access_status"] != "restricted":
        yield from (name for name in row["licenses"] if not _is_spdx(name))


def _unsuited(row: CatalogRow, _: Around) -> Iterator[str]:
    """Name licenses that were written for works of another kind, where none was written for this one."""
    kind, names = row["resource_type"] or "", row["licenses"]
    general = kind.partition("-")[0]
    if general == "software" and kind != "software-computationalnotebook":
        wrong = [name for name in names if _OF_WORKS(name) or _OF_DATABASES(name)]
    elif general in _NO_CODE and kind not in _ABOUT_CODE:
        wrong = [name for name in names if _OF_CODE(name) or _OF_DATABASES(name)]
    else:
        wrong = []
    if len(wrong) == len(names):
        yield from (f"{name} for {kind}" for name in wrong)


def _closed(row: CatalogRow, _: Around) -> Iterator[str]:
    if row["access_status"] == "restricted":
        yield from (name for name in row["licenses"] if name == "other-open" or _is_spdx(name))


RIGHTS: RowRules = (
    (
        Rule(
            "license-missing",
            "warning",
            "Files without a license",
            "Without one nobody may use the files. Ask the owner which license is meant, such as CC-BY-4.0 "
            "for text and data, or MIT for code.",
        ),
        _none,
    ),
    (
        Rule(
            "license-odd",
            "note",
            "License that SPDX does not know",
            "Programs cannot tell what it allows. Choose one with an SPDX identifier, if one says the same.",
        ),
        _not_spdx,
    ),
    (
        Rule(
            "license-unsuited",
            "note",
            "License for works of another kind",
            "Creative Commons advises against its licenses for code, and licenses of code say nothing of "
            "text and pictures. Choose one that was written for such works, or correct the type.",
        ),
        _unsuited,
    ),
    (
        Rule(
            "license-closed",
            "note",
            "Open license on restricted files",
            "The license lets everybody use files that nobody can fetch. Open the files, or say in words "
            "who may use them for what.",
        ),
        _closed,
    ),
)
