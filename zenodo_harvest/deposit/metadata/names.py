"""The one table of names: what metadata files, ``--set`` and the documentation call each field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Name:
    """One name of a field.

    Attributes:
        name: How files write it.
        kind: What its values look like; a key of the table of checks.
        about: What it means, in one clause.
        native: Where the native dialect keeps it.
        classic: Whether the deposit API knows the name, and with it ``.zenodo.json``.
        refuses_null: Whether the deposit API answers 400 to ``null`` and does not take it for "not given"
            (zenodo-rdm 63864033, legacy/deserializers/metadata.py, read 2026-11-28).
        stands_for: The name that our own format prefers; the two cannot stand together.
    """

    name: str
    kind: str
    about: str
    native: str
    classic: bool = True
    refuses_null: bool = False
    stands_for: str = ""


_META = "metadata."
_CUSTOM = "custom_fields."

NAMES: tuple[Name, ...] = (
    Name("title", "title", "title, at least 3 characters", _META + "title", refuses_null=True),
    Name("upload_type", "upload type", "kind of upload: dataset, software …", _META + "resource_type.id"),
    Name("publication_type", "subtype", "kind of publication: article …", _META + "resource_type.id"),
    Name("image_type", "subtype", "kind of image: figure, photo …", _META + "resource_type.id"),
    Name("software_type", "subtype", "kind of software: computationalnotebook", _META + "resource_type.id"),
    Name("creators", "creators", "authors, in order", _META + "creators", refuses_null=True),
    Name(
        "description",
        "html",
        "abstract, as HTML, at least 3 characters",
        _META + "description",
        refuses_null=True,
    ),
    Name(
        "publication_date",
        "edtf date",
        "2020, 2020-03, 2020-03-01 or an interval a/b",
        _META + "publication_date",
        refuses_null=True,
    ),
    Name(
        "version",
        "version",
        "label of the version, at most 191 characters",
        _META + "version",
        refuses_null=True,
    ),
    Name(
        "license",
        "license",
        "license, by its SPDX identifier or Zenodo's id",
        _META + "rights.0.id",
        refuses_null=True,
        stands_for="licenses",
    ),
    Name("licenses", "licenses", "several licenses, or texts of one's own", _META + "rights", classic=False),
    Name("copyright", "text", "notice of copyright", _META + "copyright", classic=False),
    Name("access_right", "access right", "open, embargoed or restricted (the files)", "access.files"),
    Name("embargo_date", "day", "day on which an embargo ends", "access.embargo.until"),
    Name("embargo_reason", "text", "why there is an embargo", "access.embargo.reason", classic=False),
    Name(
        "access_record",
        "access of record",
        "public or restricted (the record)",
        "access.record",
        classic=False,
    ),
    Name("access_conditions", "ignored", "of old Zenodo; has no effect", ""),
    Name("keywords", "keywords", "free keywords, a list", _META + "subjects.subject", refuses_null=True),
    Name("subjects", "subjects", "terms of vocabularies", _META + "subjects, custom_fields.legacy:subjects"),
    Name(
        "language",
        "language",
        "language, three letters",
        _META + "languages.0.id",
        refuses_null=True,
        stands_for="languages",
    ),
    Name("languages", "languages", "several languages", _META + "languages.id", classic=False),
    Name("notes", "description text", "notes, as HTML", _META + "additional_descriptions (notes)"),
    Name("method", "description text", "methods, as HTML", _META + "additional_descriptions (methods)"),
    Name(
        "additional_descriptions",
        "additional descriptions",
        "descriptions of other types",
        _META + "additional_descriptions",
        classic=False,
    ),
    Name(
        "additional_titles",
        "additional titles",
        "subtitles, translated titles",
        _META + "additional_titles",
        classic=False,
    ),
    Name(
        "contributors",
        "contributors",
        "people who helped, with a type",
        _META + "contributors",
        refuses_null=True,
    ),
    Name("thesis_supervisors", "creators of thesis", "supervisors", _META + "contributors (supervisor)"),
    Name(
        "related_identifiers",
        "related identifiers",
        "works that it cites, supplements …",
        _META + "related_identifiers",
        refuses_null=True,
    ),
    Name(
        "alternate_identifiers",
        "alternate identifiers",
        "other identifiers of the same",
        _META + "identifiers",
        refuses_null=True,
        stands_for="identifiers",
    ),
    Name("identifiers", "identifiers", "other identifiers of the same", _META + "identifiers", classic=False),
    Name("references", "references", "references as texts", _META + "references", refuses_null=True),
    Name("dates", "dates", "dates with a type", _META + "dates", refuses_null=True),
    Name("locations", "locations", "places", _META + "locations.features", refuses_null=True),
    Name(
        "grants",
        "grants",
        "grants by id: 10.13039/501100000780::283595",
        _META + "funding",
        refuses_null=True,
        stands_for="funding",
    ),
    Name("funding", "funding", "funders and awards", _META + "funding", classic=False),
    Name("communities", "communities", "communities to ask for inclusion", ""),
    Name("doi", "doi", "DOI that another agency gave; Zenodo gives one if left out", "pids.doi.identifier"),
    Name("prereserve_doi", "ignored", "of old Zenodo; has no effect", ""),
    Name(
        "imprint_publisher",
        "text",
        "publisher",
        _META + "publisher",
        refuses_null=True,
        stands_for="publisher",
    ),
    Name("publisher", "text", "publisher; Zenodo by default", _META + "publisher", classic=False),
    Name("sizes", "texts", "sizes as texts: 12 pages", _META + "sizes", classic=False),
    Name("formats", "texts", "formats as texts: text/csv", _META + "formats", classic=False),
    Name("journal_title", "text", "journal", _CUSTOM + "journal:journal.title"),
    Name("journal_volume", "text", "volume", _CUSTOM + "journal:journal.volume"),
    Name("journal_issue", "text", "issue", _CUSTOM + "journal:journal.issue"),
    Name("journal_pages", "text", "pages", _CUSTOM + "journal:journal.pages"),
    Name("journal_issn", "issn", "ISSN", _CUSTOM + "journal:journal.issn", classic=False),
    Name("conference_title", "text", "conference", _CUSTOM + "meeting:meeting.title"),
    Name("conference_acronym", "text", "its acronym", _CUSTOM + "meeting:meeting.acronym"),
    Name("conference_dates", "text", "its dates, as text", _CUSTOM + "meeting:meeting.dates"),
    Name("conference_place", "text", "its place", _CUSTOM + "meeting:meeting.place"),
    Name("conference_url", "url", "its address", _CUSTOM + "meeting:meeting.url"),
    Name("conference_session", "text", "session", _CUSTOM + "meeting:meeting.session"),
    Name("conference_session_part", "text", "part of the session", _CUSTOM + "meeting:meeting.session_part"),
    Name("imprint_isbn", "isbn", "ISBN of the book", _CUSTOM + "imprint:imprint.isbn"),
    Name("imprint_place", "text", "place of the publisher", _CUSTOM + "imprint:imprint.place"),
    Name("imprint_edition", "text", "edition", _CUSTOM + "imprint:imprint.edition", classic=False),
    Name("partof_title", "text", "book or report that it is part of", _CUSTOM + "imprint:imprint.title"),
    Name("partof_pages", "text", "pages in it", _CUSTOM + "imprint:imprint.pages"),
    Name("thesis_university", "text", "university", _CUSTOM + "thesis:thesis.university"),
    Name("thesis_department", "text", "department", _CUSTOM + "thesis:thesis.department", classic=False),
    Name("thesis_type", "text", "kind of thesis: PhD", _CUSTOM + "thesis:thesis.type", classic=False),
    Name(
        "thesis_submitted",
        "edtf date",
        "date of submission",
        _CUSTOM + "thesis:thesis.date_submitted",
        classic=False,
    ),
    Name(
        "thesis_defended",
        "edtf date",
        "date of the defence",
        _CUSTOM + "thesis:thesis.date_defended",
        classic=False,
    ),
    Name(
        "custom",
        "custom fields",
        "further fields of the site: code:codeRepository …",
        _CUSTOM + "*",
        stands_for="custom_fields",
    ),
    Name("custom_fields", "custom fields", "further fields of the site", _CUSTOM + "*", classic=False),
    Name("default_preview", "text", "file that is shown first", "files.default_preview", classic=False),
)
"""Every name of a field, in the order in which files are written."""

OTHER_NAMES: Mapping[str, str] = {
    "abstract": "description",
    "author": "creators",
    "authors": "creators",
    "community": "communities",
    "contributor": "contributors",
    "creator": "creators",
    "date": "publication_date",
    "date_published": "publication_date",
    "date-released": "publication_date",
    "datePublished": "publication_date",
    "funder": "grants",
    "given-names": "name",
    "family-names": "name",
    "fullname": "name",
    "givenName": "name",
    "familyName": "name",
    "given_name": "name",
    "family_name": "name",
    "institution": "affiliation",
    "affiliations": "affiliation",
    "licence": "license",
    "licenses": "license",
    "licences": "license",
    "languages": "language",
    "methods": "method",
    "name": "title",
    "ORCID": "orcid",
    "orcid_id": "orcid",
    "publisher": "imprint_publisher",
    "relation_type": "relation",
    "relatedIdentifiers": "related_identifiers",
    "resource_type": "upload_type",
    "rights": "license",
    "slug": "identifier",
    "tags": "keywords",
    "funding": "grants",
    "additional_descriptions": "notes",
    "custom_fields": "custom",
    "identifiers": "related_identifiers",
    "role": "type",
}
"""What people write, and what they mean, as far as the looks of a word do not tell."""

CUSTOM_NAMES: Mapping[str, tuple[str, str]] = {
    "journal_title": ("journal:journal", "title"),
    "journal_volume": ("journal:journal", "volume"),
    "journal_issue": ("journal:journal", "issue"),
    "journal_pages": ("journal:journal", "pages"),
    "journal_issn": ("journal:journal", "issn"),
    "conference_title": ("meeting:meeting", "title"),
    "conference_acronym": ("meeting:meeting", "acronym"),
    "conference_dates": ("meeting:meeting", "dates"),
    "conference_place": ("meeting:meeting", "place"),
    "conference_url": ("meeting:meeting", "url"),
    "conference_session": ("meeting:meeting", "session"),
    "conference_session_part": ("meeting:meeting", "session_part"),
    "imprint_isbn": ("imprint:imprint", "isbn"),
    "imprint_place": ("imprint:imprint", "place"),
    "imprint_edition": ("imprint:imprint", "edition"),
    "partof_title": ("imprint:imprint", "title"),
    "partof_pages": ("imprint:imprint", "pages"),
    "thesis_university": ("thesis:thesis", "university"),
    "thesis_department": ("thesis:thesis", "department"),
    "thesis_type": ("thesis:thesis", "type"),
    "thesis_submitted": ("thesis:thesis", "date_submitted"),
    "thesis_defended": ("thesis:thesis", "date_defended"),
}
"""Names for parts of custom fields."""
