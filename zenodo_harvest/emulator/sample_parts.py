"""The parts of a sample record that depend on nothing but their arguments."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from zenodo_harvest.emulator import sample_words as words
from zenodo_harvest.emulator.defaults import Json

_PYTHON = {"id": "python", "title": {"en": "Python"}}
_MEETING = {"title": "Workshop on Cold Data", "acronym": "WCD", "place": "Nordhaven", "session": "IV"}


@dataclass(frozen=True, slots=True)
class Plan:
    """What the versions of one concept share."""

    number: int
    theme: words.Theme
    kind: str
    title: str
    topic: str
    what: str
    place: str
    years: tuple[int, int]
    language: str | None
    files: tuple[str, ...]

    @property
    def slug(self) -> str:
        """The topic as a part of file names."""
        return re.sub(r"\W+", "_", self.topic.lower())


def named(id_: str, title: str) -> Json:
    """Return an item of a vocabulary."""
    return {"id": id_, "title": {"en": title}}


def stamp(moment: datetime) -> str:
    """Return a time as the server writes it."""
    return moment.isoformat(timespec="microseconds")


def community(uuid: str, row: tuple[str, str, str, str], founded: datetime) -> Json:
    """Return a community; those of events review what is handed in."""
    slug, title, description, kind = row
    return {
        "id": uuid,
        "slug": slug,
        "created": stamp(founded - timedelta(days=len(slug))),
        "metadata": {"title": title, "description": description, "type": named(kind, kind.title())},
        "access": {"review_policy": "closed"} if kind == "event" else {},
    }


def person(index: int) -> Json:
    """Return a creator: three of four have an ORCID, one of five a second affiliation."""
    people = list(words.PEOPLE.items())
    index %= len(people)
    name, affiliation = people[index]
    family, given = name.split(", ")
    body: Json = {"type": "personal", "name": name, "given_name": given, "family_name": family}
    if index % 4 != 3:
        body["identifiers"] = [{"identifier": _orcid(index), "scheme": "orcid"}]
    others = [people[index - 1][1]] if index % 5 == 0 else []
    return {"person_or_org": body, "affiliations": [{"name": item} for item in (affiliation, *others)]}


def organisation(name: str) -> Json:
    """Return a creator that is no person."""
    return {"person_or_org": {"type": "organizational", "name": name}}


def license_of(id_: str) -> Json:
    """Return a license as the server shows it."""
    if id_ == "cc0-1.0":
        url = "https://creativecommons.org/publicdomain/zero/1.0/legalcode"
    elif id_.startswith("cc-"):
        url = f"https://creativecommons.org/licenses/{id_[3:-4]}/4.0/legalcode"
    else:
        url = f"https://opensource.org/license/{id_}"
    return {
        **named(id_, words.LICENSES[id_]),
        "description": {"en": ""},
        "props": {"scheme": "spdx", "url": url},
    }


def publication_date(number: int, created: datetime) -> str:
    """Return the day, and now and then only a month, a year, or an interval of years."""
    if number % 17 == 3:
        return f"{created.year - 2}/{created.year}"
    if number % 13 == 5:
        return str(created.year)
    return created.strftime("%Y-%m" if number % 9 == 2 else "%Y-%m-%d")


def description(plan: Plan) -> str:
    """Return the HTML description; its first words are glued to a tag, as they often are."""
    first, last = plan.years
    return (
        f"<p><strong>{plan.topic}</strong>: {plan.what}. This {words.TYPES[plan.kind].lower()} covers "
        f"{plan.place} from {first} to {last}.</p>"
        "<p>Missing values are empty cells &amp; nothing was interpolated.</p>"
        f"<ul><li>Period: {first} to {last}</li><li>Contact: data@example.org</li></ul>"
    )


def extras(plan: Plan, point: tuple[float, float]) -> Json:
    """Return the metadata only some records have, by their number."""
    first, last = plan.years
    funder, award, award_title = words.AWARDS[plan.number % 2]
    notes = {"description": "Please tell us what you use it for.", "type": named("notes", "Notes")}
    curator = {**person(plan.number + 7), "role": named("datacurator", "Data curator")}
    season = {
        "date": f"{first}-06-01/{last}-06-01",
        "type": named("collected", "Collected"),
        "description": "Field season",
    }
    translated = {
        "title": f"Jours de gel : {plan.place}",
        "type": named("translated-title", "Translated title"),
    }
    feature = {"place": plan.place, "geometry": {"type": "Point", "coordinates": list(point)}}
    code = {
        "identifier": f"https://example.org/{plan.slug}?tab=readme#top",
        "scheme": "url",
        "relation_type": named("issupplementedby", "Is supplemented by"),
    }
    repository = {
        "identifier": f"https://github.com/nordhaven/{plan.slug}/tree/v1.0",
        "scheme": "url",
        "relation_type": named("issupplementto", "Is supplement to"),
    }
    grant = {"funder": {"name": funder}, "award": {"number": award, "title": {"en": award_title}}}
    chosen: tuple[tuple[int, str, Any], ...] = (
        (4, "related_identifiers", [code]),
        (11, "related_identifiers", [repository]),
        (6, "contributors", [curator]),
        (7, "funding", [grant]),
        (8, "dates", [season]),
        (9, "additional_descriptions", [notes]),
        (10, "locations", {"features": [feature]}),
        (13, "additional_titles", [translated]),
    )
    return {name: value for every, name, value in chosen if plan.number % every == 0}


def custom_fields(plan: Plan, created: datetime) -> Json:
    """Return journal, meeting, thesis, book or code, as the type asks for."""
    if plan.kind == "publication-article":
        pages = f"{10 + plan.number}-{19 + plan.number}"
        journal = {"title": "Annals of Cold Regions", "volume": str(created.year - 1990), "pages": pages}
        return {"journal:journal": {**journal, "issue": str(1 + plan.number % 4), "issn": "2049-3630"}}
    if plan.kind in {"publication-conferencepaper", "poster", "presentation"}:
        return {"meeting:meeting": {**_MEETING, "dates": f"3-5 May {created.year}"}}
    if plan.kind == "publication-dissertation":
        return {"thesis:thesis": {"university": "University of Nordhaven"}}
    if plan.kind == "publication-section":
        return {"imprint:imprint": {"title": "Collected Winters", "pages": "12-34", "place": "Nordhaven"}}
    if plan.kind.startswith("software"):
        url = f"https://example.org/git/{plan.slug}"
        return {"code:codeRepository": url, "code:programmingLanguage": [_PYTHON]}
    return {}


def numbered(body: Json, record_id: str, concept_id: str) -> Json:
    """Return the record with its ids and DOIs."""

    def doi(id_: str) -> Json:
        return {"identifier": f"10.5281/zenodo.{id_}", "provider": "datacite", "client": "datacite"}

    oai = {"identifier": f"oai:zenodo.org:{record_id}", "provider": "oai"}
    parent = {**body["parent"], "id": concept_id, "pids": {"doi": doi(concept_id)}}
    return {**body, "id": record_id, "parent": parent, "pids": {"doi": doi(record_id), "oai": oai}}


def cite(record: Json, cited: Json) -> None:
    """Let one record reference the DOI of another."""
    identifier = {"identifier": cited["pids"]["doi"]["identifier"], "scheme": "doi"}
    relation = named("references", "References")
    record["metadata"].setdefault("related_identifiers", []).append({**identifier, "relation_type": relation})


def delete(record: Json, reason: str) -> None:
    """Leave a tombstone; that of spam is hidden (zenodo-api.md §4.2, read 2026-08-20)."""
    names: Iterable[str] = (item["person_or_org"]["name"] for item in record["metadata"]["creators"])
    doi = record["pids"]["doi"]["identifier"]
    work = f"{'; '.join(names)} ({record['created'][:4]}). {record['metadata']['title']}"
    record["deletion_status"] = {"is_deleted": True, "status": "D"}
    record["tombstone"] = {
        "note": "",
        "removed_by": {"user": record["parent"]["access"]["owned_by"]["user"]},
        "removal_date": record["updated"],
        "citation_text": f"{work}. Zenodo. https://doi.org/{doi}",
        "is_visible": reason != "spam",
        "removal_reason": {"id": reason},
    }


def _orcid(number: int) -> str:
    """Return an ORCID with a right check digit, at the unused end of the range (ISO 7064, 11-2)."""
    digits = f"00090009{90000 + 137 * number:05d}{number % 97:02d}"
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    whole = digits + ("X" if check == 10 else str(check))
    return "-".join(whole[start : start + 4] for start in range(0, 16, 4))
