"""What is left of a deleted record."""

from __future__ import annotations

from zenodo_harvest.emulator.defaults import Json, owner_of


def tombstone(record: Json, *, at: str, reason: str, note: str, is_visible: bool) -> Json:
    """Return the tombstone of a record that its owner had deleted (zenodo-api.md §4.2, read 2026-08-20)."""
    return {
        "note": note,
        "removed_by": {"user": owner_of(record) or "1"},
        "removal_date": at,
        "citation_text": _citation(record),
        "is_visible": is_visible,
        "removal_reason": {"id": reason},
        "deletion_policy": {"id": "grace-period-v1"},
    }


def _citation(record: Json) -> str:
    metadata = record["metadata"]
    names = [_name(entry["person_or_org"]) for entry in metadata.get("creators", ())]
    *others, last = names or [""]
    authors = f"{', '.join(others)}, & {last}" if others else last
    kind = metadata.get("resource_type", {}).get("title", {}).get("en")
    parts = (
        authors,
        f"({metadata['publication_date'][:4]}).",
        metadata["title"] + (f" [{kind}]." if kind else "."),
        f"{metadata.get('publisher', 'Zenodo')}.",
        f"https://doi.org/{doi['identifier']}" if (doi := record["pids"].get("doi")) else "",
    )
    return " ".join(part for part in parts if part)


def _name(person: Json) -> str:
    if not person.get("given_name"):
        return str(person.get("name", ""))
    initials = " ".join(f"{name[0]}." for name in person["given_name"].split())
    return f"{person.get('family_name', '')}, {initials}"
