"""Funders whose grants old Zenodo named by DOI: their ROR ids, by which Zenodo names them today."""

from __future__ import annotations

_ROR_OF = dict(
    pair.split("=")
    for pair in (
        "501100001665=00rbzpz17 501100002341=05k73zm37 501100000923=05mmh0f86 100018231=03zj4c476 "
        "501100000024=01gavpb45 501100000780=00k4n6c32 501100000806=02k4b9v70 501100001871=00snfqn58 "
        "501100002428=013tf3c58 501100004488=03n51vw80 501100004564=01znas443 501100000925=011kf5r70 "
        "100000002=01cwqze88 501100000038=01h531d29 100000001=021nxhr62 501100003246=04jsz6e67 "
        "501100000690=001aqnf71 100014013=001aqnf71 501100001602=0271asj38 501100001711=00yjd3n13 "
        "100001345=006cvnv84 501100004410=04w9kkr77 100004440=029chgv08 501100006364=03m8vkq32 "
        "501100011730=00x0z1472"
    ).split()
)
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
