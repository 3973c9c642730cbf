"""Rules about the DOI and about identifiers of other works."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zenodo_harvest.catalog.checks.identifiers import doi_of, is_valid
from zenodo_harvest.catalog.checks.rule import Around, RowRules, Rule
from zenodo_harvest.catalog.columns import CatalogRow

_BEFORE_HOST = re.compile(r"(?:https?://)?(?:www\.)?", re.IGNORECASE)
_OF_VERSIONS = ("IsVersionOf", "HasVersion", "IsPartOf", "IsNewVersionOf", "IsPreviousVersionOf")


def _external(row: CatalogRow, around: Around) -> Iterator[str]:
    doi = row["doi"]
    if doi and around.doi_prefix and not doi.startswith(f"{around.doi_prefix}/"):
        yield doi


def _malformed(row: CatalogRow, _: Around) -> Iterator[str]:
    for link in (*row["related"], *row["alternate"]):
        scheme, identifier = link["scheme"], link["identifier"]
        if identifier is not None and scheme and not is_valid(scheme, identifier):
            yield f"{scheme} {identifier}"


def _itself(row: CatalogRow, around: Around) -> Iterator[str]:
    if not row["related"]:
        return
    own, concept = (doi_of(row[name]) if row[name] else None for name in ("doi", "concept_doi"))
    home = f"{_bare(around.site_url)}/record"
    pages = tuple(f"{home}{ending}/{row['id']}" for ending in ("", "s"))
    for link in row["related"]:
        text, relation = link["identifier"] or "", link["relation"] or ""
        doi = doi_of(text)
        is_concept = doi is not None and doi == concept and relation not in _OF_VERSIONS
        if is_concept or (doi is not None and doi == own) or _bare(text).rstrip("/") in pages:
            yield f"{relation} {text}".strip()


def _bare(address: str) -> str:
    return _BEFORE_HOST.sub("", address.strip(), count=1)


LINKS: RowRules = (
    (
        Rule(
            "doi-external",
            "note",
            "DOI of another place",
            "The DOI was registered elsewhere, so it leads there, and the site makes no new versions of the "
            "record. That is right for a copy of that very work; what only belongs to it needs a DOI of the "
            "site, and the other DOI among the related works.",
        ),
        _external,
    ),
    (
        Rule(
            "related-malformed",
            "error",
            "Identifier of another work that is none",
            "It does not have the form that its scheme asks for, so the link leads nowhere. Copy it again "
            "from the page of that work, or correct the scheme.",
        ),
        _malformed,
    ),
    (
        Rule(
            "related-self",
            "warning",
            "Record related to itself",
            "A related work has the DOI or the address of this record. Name the work that was meant, or "
            "remove it.",
        ),
        _itself,
    ),
)
