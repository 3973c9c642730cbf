"""Relation types, spelt as DataCite spells them."""

from __future__ import annotations

RELATIONS = tuple(
    "IsCitedBy Cites IsSupplementTo IsSupplementedBy IsContinuedBy Continues IsDescribedBy Describes "
    "HasMetadata IsMetadataFor HasVersion IsVersionOf IsNewVersionOf IsPreviousVersionOf IsPartOf HasPart "
    "IsPublishedIn IsReferencedBy References IsDocumentedBy Documents IsCompiledBy Compiles IsVariantFormOf "
    "IsOriginalFormOf IsIdenticalTo IsReviewedBy Reviews IsDerivedFrom IsSourceOf IsRequiredBy Requires "
    "IsObsoletedBy Obsoletes IsCollectedBy Collects IsTranslationOf HasTranslation IsAlternateIdentifier "
    "Other".split()
)
"""All relations of zenodo-api.md §9.9 (read 2026-08-20)."""
_BY_LOWER = {name.lower(): name for name in RELATIONS}


def datacite_relation(relation: str) -> str:
    """Return DataCite's name (``IsSupplementTo``) of a relation in any case, or the text itself."""
    return _BY_LOWER.get(relation.lower(), relation)
