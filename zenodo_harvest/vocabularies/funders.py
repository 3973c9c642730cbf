"""Funders whose grants old Zenodo named by DOI: their ROR ids, by which Zenodo names them today."""

from __future__ import annotations

from zenodo_harvest.vocabularies.pairs import read_pairs

_ROR_OF = read_pairs("funders.csv")
"""The end of the funder's DOI to its ROR id (zenodo-rdm 63864033, legacy/zenodo_legacy/funders.py, read
2026-11-28)."""
_PREFIX = "10.13039/"
_DOI_OF = {ror: _PREFIX + doi for doi, ror in _ROR_OF.items()}
EUROPEAN_COMMISSION = "00k4n6c32"
"""The funder of a grant that is named by its number alone."""


def funder_ror(funder: str) -> str:
    """Return the ROR id of a funder that is named by its DOI, or the text itself."""
    return _ROR_OF.get(funder.removeprefix(_PREFIX), funder) if funder.startswith(_PREFIX) else funder


def funder_doi(ror: str) -> str:
    """Return the DOI by which old Zenodo names a funder, or the text itself."""
    return _DOI_OF.get(ror, ror)


def award_of_grant(grant_id: str) -> tuple[str, str]:
    """Return the funder's id and the award's id that the deposit API makes of a grant's id."""
    funder, found, number = grant_id.partition("::")
    ror = funder_ror(funder) if found else EUROPEAN_COMMISSION
    return ror, f"{ror}::{number if found else funder}"


def grant_of_award(funder: str, award: str) -> str | None:
    """Return the grant's id from which the deposit API makes this award, or None if there is none."""
    stem, found, number = award.partition("::")
    return f"{funder_doi(stem)}::{number}" if found and stem == funder and number else None
