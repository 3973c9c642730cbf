"""Contributor roles, spelt as DataCite spells its contributor types."""

from __future__ import annotations

ROLES = tuple(
    "ContactPerson DataCollector DataCurator DataManager Distributor Editor HostingInstitution Producer "
    "ProjectLeader ProjectManager ProjectMember RegistrationAgency RegistrationAuthority RelatedPerson "
    "Researcher ResearchGroup RightsHolder Sponsor Supervisor Translator WorkPackageLeader Other".split()
)
"""All roles of zenodo-api.md §9.9 (read 2026-08-20)."""
_BY_LOWER = {name.lower(): name for name in ROLES}


def datacite_role(role: str) -> str:
    """Return DataCite's name (``DataCollector``) of a role in any case, or the text itself."""
    return _BY_LOWER.get(role.lower(), role)
