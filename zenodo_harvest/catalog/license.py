"""The license of the metadata that a catalogue holds."""

from __future__ import annotations

from dataclasses import dataclass

from zenodo_harvest.catalog.about import About
from zenodo_harvest.sites import NAMES


@dataclass(frozen=True, slots=True)
class MetadataLicense:
    """A license by its SPDX identifier, title and address."""

    name: str
    title: str
    path: str


CC0 = MetadataLicense(
    "CC0-1.0",
    "Creative Commons Zero v1.0 Universal",
    "https://creativecommons.org/publicdomain/zero/1.0/",
)


def metadata_license(about: About) -> MetadataLicense | None:
    """Return what the metadata may be used under, None where the site's own terms have to be asked.

    Zenodo puts all metadata, e-mail addresses excepted, under CC0 (about.zenodo.org/policies, read 2026-11).
    """
    return CC0 if about.site in NAMES else None
