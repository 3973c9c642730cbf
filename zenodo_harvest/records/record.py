"""`Record`: what one version of a Zenodo record says, whichever dialect said it.

No field of a part is called as a column is, so that parts can be spread out beside the columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from zenodo_harvest.display import cut, html_facts, one_line
from zenodo_harvest.row import Row

_SHOWN_TITLE, _SHOWN_NAME, _SHOWN_PEOPLE = 100, 40, 3


class Person(Row, frozen=True, gc=False):
    """A creator or contributor: a person or an organisation.

    `affiliation_ids` are the ids (ROR) of `affiliations`, place by place, None for one without.
    """

    name: str | None = None
    family_name: str | None = None
    given_name: str | None = None
    type: str | None = None
    orcid: str | None = None
    gnd: str | None = None
    isni: str | None = None
    ror: str | None = None
    role: str | None = None
    affiliations: tuple[str, ...] = ()
    affiliation_ids: tuple[str | None, ...] = ()


class Subject(Row, frozen=True, gc=False):
    """A subject from a controlled vocabulary."""

    subject_id: str | None = None
    subject: str | None = None
    scheme: str | None = None


class Journal(Row, frozen=True, gc=False):
    """Where an article was published."""

    journal_title: str | None = None
    journal_volume: str | None = None
    journal_issue: str | None = None
    journal_pages: str | None = None
    journal_issn: str | None = None


class Meeting(Row, frozen=True, gc=False):
    """The conference a work was presented at."""

    meeting_title: str | None = None
    meeting_acronym: str | None = None
    meeting_dates: str | None = None
    meeting_place: str | None = None
    meeting_url: str | None = None
    meeting_session: str | None = None
    meeting_session_part: str | None = None


class Imprint(Row, frozen=True, gc=False):
    """The book or report a work is, or is part of."""

    imprint_title: str | None = None
    imprint_isbn: str | None = None
    imprint_place: str | None = None
    imprint_pages: str | None = None
    imprint_edition: str | None = None


class Related(Row, frozen=True, gc=False):
    """A link to another work, with DataCite's relation name (``IsSupplementTo``)."""

    identifier: str | None = None
    scheme: str | None = None
    relation: str | None = None
    related_resource_type: str | None = None


class Alternate(Row, frozen=True, gc=False):
    """Another identifier of the same work."""

    identifier: str | None = None
    scheme: str | None = None


class Funding(Row, frozen=True, gc=False):
    """Who paid, and under which award."""

    funder_id: str | None = None
    funder_name: str | None = None
    award_id: str | None = None
    award_number: str | None = None
    award_title: str | None = None
    award_acronym: str | None = None


class File(Row, frozen=True, gc=False):
    """One file of the record; `checksum` is spelt ``algorithm:hex``."""

    key: str | None = None
    size_bytes: int | None = None
    checksum: str | None = None
    mimetype: str | None = None
    file_id: str | None = None
    file_url: str | None = None


class RecordDate(Row, frozen=True, gc=False):
    """A further date of the work, as typed (EDTF), with DataCite's date type in lower case."""

    date: str | None = None
    type: str | None = None
    description: str | None = None


class Title(Row, frozen=True, gc=False):
    """A further title."""

    additional_title: str | None = None
    type: str | None = None
    language: str | None = None


class Description(Row, frozen=True, gc=False):
    """A further description, as HTML."""

    description: str | None = None
    type: str | None = None
    language: str | None = None


class Location(Row, frozen=True, gc=False):
    """A place; `geometry` is GeoJSON where it is more than a point."""

    place: str | None = None
    description: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    geometry: str | None = None


class Record(Row, frozen=True, gc=False):
    """One version of a record; each field is a column of the table, in this order.

    None means that the dialect did not say. Empty tuples mean that the list was empty or absent.
    """

    id: str | None = None
    concept_id: str | None = None
    doi: str | None = None
    concept_doi: str | None = None
    oai_id: str | None = None
    url: str | None = None
    version_index: int | None = None
    is_latest: bool | None = None
    version_label: str | None = None
    revision: int | None = None

    title: str | None = None
    resource_type: str | None = None
    resource_type_general: str | None = None
    description_html: str | None = None
    description_text: str | None = None
    languages: tuple[str, ...] = ()
    publisher: str | None = None
    keywords: tuple[str, ...] = ()
    subjects: tuple[Subject, ...] = ()

    created: datetime | None = None
    updated: datetime | None = None
    publication_date: str | None = None
    publication_year: int | None = None
    publication_start: date | None = None
    publication_end: date | None = None
    embargo_until: date | None = None

    creators: tuple[Person, ...] = ()
    contributors: tuple[Person, ...] = ()
    owner_id: str | None = None

    access_status: str | None = None
    access_record: str | None = None
    access_files: str | None = None
    licenses: tuple[str, ...] = ()
    license_urls: tuple[str, ...] = ()

    communities: tuple[str, ...] = ()
    community_ids: tuple[str, ...] = ()
    journal: Journal | None = None
    meeting: Meeting | None = None
    imprint: Imprint | None = None
    thesis_university: str | None = None

    related: tuple[Related, ...] = ()
    alternate: tuple[Alternate, ...] = ()
    references: tuple[str, ...] = ()
    funding: tuple[Funding, ...] = ()
    code_repository: str | None = None
    swhid: str | None = None

    files: tuple[File, ...] = ()
    file_count: int | None = None
    total_bytes: int | None = None
    file_types: tuple[str, ...] = ()

    views: int | None = None
    unique_views: int | None = None
    downloads: int | None = None
    unique_downloads: int | None = None
    data_volume_bytes: int | None = None
    all_versions_views: int | None = None
    all_versions_unique_views: int | None = None
    all_versions_downloads: int | None = None
    all_versions_unique_downloads: int | None = None
    all_versions_data_volume_bytes: int | None = None

    dates: tuple[RecordDate, ...] = ()
    additional_titles: tuple[Title, ...] = ()
    additional_descriptions: tuple[Description, ...] = ()
    locations: tuple[Location, ...] = ()
    custom_fields: str | None = None
    extra: str | None = None
    problems: tuple[str, ...] = ()

    site: str | None = None
    dialect: str | None = None
    source: str | None = None
    retrieved_at: datetime | None = None
    schema_version: str | None = None

    raw: str | None = None
    """The server's JSON as it came; a column only where it was asked for."""

    def __repr__(self) -> str:
        title = cut(self.title or "(no title)", _SHOWN_TITLE)
        about = ", ".join(filter(None, (self._people(), str(self.publication_year or ""))))
        name = " ".join(filter(None, ("Record", one_line(self.doi or self.id or ""))))
        parts = f"{name}:", title, about and f"({about})", one_line(self.url or "")
        return f"<{' '.join(filter(None, parts))}>"

    def _repr_html_(self) -> str:
        facts = {
            "DOI": self.doi,
            "creators": self._people(),
            "year": str(self.publication_year or ""),
            "type": self.resource_type,
            "files": self.file_count,
            "address": self.url,
            "problems": "; ".join(self.problems),
        }
        return html_facts(self.title or "(no title)", facts)

    def _people(self) -> str:
        names = [cut(person.name or "?", _SHOWN_NAME) for person in self.creators[:_SHOWN_PEOPLE]]
        more = len(self.creators) - len(names)
        return "; ".join(names) + (f" and {more} more" if more else "")


Source = Literal["search", "oai", "dump", "deposit", "file"]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where records come from.

    Attributes:
        site: Name of the server.
        source: The route they took.
        retrieved_at: One time for all records of a run (UTC).
        base_url: Address of the server, for links that its JSON does not carry.
        keep_raw: Keep the JSON as it came in `Record.raw`.
    """

    site: str
    source: Source
    retrieved_at: datetime
    base_url: str = ""
    keep_raw: bool = False
