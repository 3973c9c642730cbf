"""The columns of the table: what the data dictionary, the Parquet metadata and the docs all say."""

from __future__ import annotations

from dataclasses import dataclass

SCHEMA_VERSION = "2"
"""Moves when a column changes its name, type or meaning."""

CHILD_TABLES = {
    "creators": "creators",
    "contributors": "contributors",
    "files": "files",
    "communities": "communities",
    "keywords": "keywords",
    "subjects": "subjects",
    "related": "related",
    "funding": "funding",
}
"""Tables with one row for each item of a list, by name, and the column that they unfold."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its `name`, `type`, `group` and what it means."""

    name: str
    type: str
    group: str
    description: str


def _group(group: str, *columns: tuple[str, str, str]) -> tuple[Column, ...]:
    return tuple(Column(name, kind, group, description) for name, kind, description in columns)


COLUMNS = (
    *_group(
        "identity",
        ("id", "string", "Id of this version of the record."),
        ("concept_id", "string", "Id of the concept, which stands for all versions."),
        ("doi", "string", "DOI of this version."),
        ("concept_doi", "string", "DOI of the concept; resolves to the latest version."),
        ("oai_id", "string", "Identifier in OAI-PMH."),
        ("url", "string", "Address of the web page of this version."),
        ("version_index", "int64", "Number of this version among its siblings, from 1."),
        ("is_latest", "bool", "Whether this was the latest version when it was read."),
        ("version_label", "string", "Version as its authors call it, such as 1.2.0."),
        ("revision", "int64", "Number of times the record was committed; rises with each edit."),
    ),
    *_group(
        "what",
        ("title", "string", "Title as typed; may hold markup or LaTeX."),
        ("resource_type", "string", "Type, with its subtype: publication-article, dataset, software."),
        ("resource_type_general", "string", "Type without its subtype: publication, dataset, software."),
        ("description_html", "string", "Description as HTML."),
        ("description_text", "string", "Description as plain text, blocks on lines of their own."),
        ("languages", "list<string>", "Languages as ISO 639-3 codes; legacy JSON gives the first alone."),
        ("publisher", "string", "Publisher; legacy JSON of today does not carry it."),
        ("keywords", "list<string>", "Free keywords in the order typed."),
        ("subjects", "list<struct<Subject>>", "Subjects with an identifier."),
    ),
    *_group(
        "when",
        ("created", "timestamp", "When this version was published on the site (UTC)."),
        ("updated", "timestamp", "Last edit of the record (UTC); communities and statistics do not move it."),
        ("publication_date", "string", "Date of publication as typed (EDTF level 0); any year."),
        ("publication_year", "int64", "Year in which the publication date begins."),
        ("publication_start", "date", "First day that the publication date means."),
        ("publication_end", "date", "Last day that the publication date means."),
        ("embargo_until", "date", "Day on which the files become open."),
    ),
    *_group(
        "who",
        (
            "creators",
            "list<struct<Person>>",
            "Creators in order; affiliation_ids (ROR) stand beside affiliations.",
        ),
        ("contributors", "list<struct<Person>>", "Contributors in order, with their DataCite role."),
        ("owner_id", "string", "User id of the owner on the site."),
    ),
    *_group(
        "rights",
        ("access_status", "string", "Access to the files: open, embargoed, restricted or metadata-only."),
        ("access_record", "string", "Access to the metadata: public or restricted."),
        ("access_files", "string", "Access to the files as set: public or restricted."),
        ("licenses", "list<string>", "Licences: SPDX identifiers where one exists, else the site's ids."),
        ("license_urls", "list<string>", "Addresses of the licences."),
    ),
    *_group(
        "where",
        ("communities", "list<string>", "Slugs of the communities, sorted."),
        ("community_ids", "list<string>", "UUIDs of the communities, sorted."),
        ("journal", "struct<Journal>", "Journal an article appeared in."),
        ("meeting", "struct<Meeting>", "Conference a work was presented at."),
        ("imprint", "struct<Imprint>", "Book or report a work is, or is part of."),
        ("thesis_university", "string", "University that awarded a thesis."),
    ),
    *_group(
        "links",
        ("related", "list<struct<Related>>", "Related works, with DataCite's relation names."),
        ("alternate", "list<struct<Alternate>>", "Other identifiers of the same work."),
        ("references", "list<string>", "References as text."),
        ("funding", "list<struct<Funding>>", "Funders and awards."),
        ("code_repository", "string", "Where the code is: as typed, else the first link to a repository."),
        ("swhid", "string", "Identifier in the Software Heritage archive."),
    ),
    *_group(
        "files",
        ("files", "list<struct<File>>", "Files that the reader may see; size in bytes, checksum md5:hex."),
        ("file_count", "int64", "Number of files; null where they are hidden."),
        (
            "total_bytes",
            "int64",
            "Size of all files in bytes; null where they are hidden or one is of unknown size.",
        ),
        ("file_types", "list<string>", "Distinct file extensions in lower case, sorted."),
    ),
    *_group(
        "use",
        ("views", "int64", "Views of this version."),
        ("unique_views", "int64", "Views of this version, one a visitor and hour."),
        ("downloads", "int64", "Downloads of files of this version."),
        ("unique_downloads", "int64", "Downloads of this version, one a visitor and hour."),
        ("data_volume_bytes", "int64", "Bytes downloaded of this version."),
        ("all_versions_views", "int64", "Views of all versions."),
        ("all_versions_unique_views", "int64", "Views of all versions, one a visitor and hour."),
        ("all_versions_downloads", "int64", "Downloads of files of all versions."),
        ("all_versions_unique_downloads", "int64", "Downloads of all versions, one a visitor and hour."),
        ("all_versions_data_volume_bytes", "int64", "Bytes downloaded of all versions."),
    ),
    *_group(
        "rest",
        ("dates", "list<struct<RecordDate>>", "Further dates, with DataCite's type in lower case."),
        ("additional_titles", "list<struct<Title>>", "Further titles."),
        ("additional_descriptions", "list<struct<Description>>", "Further descriptions as HTML."),
        ("locations", "list<struct<Location>>", "Places; latitude and longitude in degrees."),
        ("custom_fields", "string", "Custom fields without a column, as JSON."),
        ("extra", "string", "All else that the server said, as JSON in the server's layout, but no links."),
        ("problems", "list<string>", "What in the record was not as it should be; its values are in extra."),
    ),
    *_group(
        "source",
        ("site", "string", "Name of the site."),
        ("dialect", "string", "What it was read from: native, legacy or legacy-pre2023 JSON; datacite XML."),
        ("source", "string", "Route it came by: search, oai, dump, deposit or file."),
        ("retrieved_at", "timestamp", "When it was fetched (UTC); one value for a whole harvest."),
        ("schema_version", "string", "Version of this table's schema."),
    ),
)
"""All columns, in the order of the fields of `Record`."""
