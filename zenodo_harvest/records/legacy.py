"""Reads legacy Zenodo JSON, today's and that of before October 2023 (zenodo-api.md §3.3, read 2026-08-20)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from zenodo_harvest.records.derived import total_of
from zenodo_harvest.records.fields import (
    BEYOND,
    Fill,
    Json,
    Take,
    Where,
    check,
    columns_of,
    day,
    each,
    first,
    flag,
    gather,
    identifier,
    inside,
    is_number,
    mapped,
    number,
    part,
    report,
    spread,
    text,
    texts,
    time,
    use,
    within,
)
from zenodo_harvest.records.leftover import as_json
from zenodo_harvest.records.record import (
    Alternate,
    Description,
    File,
    Funding,
    Imprint,
    Journal,
    Location,
    Meeting,
    Person,
    RecordDate,
    Related,
    Subject,
)
from zenodo_harvest.vocabularies.licenses import spdx
from zenodo_harvest.vocabularies.relations import datacite_relation
from zenodo_harvest.vocabularies.roles import datacite_role
from zenodo_harvest.vocabularies.types import todays_type

_IDS = ("id", "recid", "record_id")
_STATUS = {"closed": "restricted"}


def _fraction(key: str) -> Take:
    """Take a number."""

    def take(value: Json, where: Where) -> float | None:
        found: Any = value.get(key)
        if is_number(found):
            del value[key]
            return float(found)
        check(found, float, where, key)
        return None

    return take


def _either(kind: Callable[[str], Take], *keys: str) -> Take:
    """Take a value at the first of some keys that the object has."""
    takes = {key: kind(key) for key in keys}

    def take(value: Json, where: Where) -> Any:
        return next((one(value, where) for key, one in takes.items() if key in value), None)

    return take


def _identity(record: Json, where: Where, columns: dict[str, Any]) -> None:
    """Take the id and the DOI under all their names, and the time of the last edit."""
    key = next((key for key in _IDS if record.get(key) is not None), "id")
    columns["id"] = id_ = identifier(key)(record, where)
    for key in _IDS:
        if record.get(key).__class__ in (str, int) and str(record[key]) == id_:
            del record[key]
    found = record.get("metadata")
    metadata = found if found.__class__ is dict else {}
    place = (record, where) if "doi" in record else (metadata, (where, "metadata"))
    columns["doi"] = text("doi")(*place)
    if metadata.get("doi") == columns["doi"]:
        metadata.pop("doi", None)
    if record.get("modified") == record.get("updated"):
        record.pop("modified", None)
    columns["updated"] = time("modified" if record.get("updated") is None else "updated")(record, where)


def _texts_or(key: str, *names: str) -> Take:
    """Take the texts of a list: its items, or what they have at the first of some keys."""
    plain, named = texts(key), each(key, _either(text, *names))

    def take(value: Json, where: Where) -> tuple[str, ...]:
        items = value.get(key)
        is_plain = items.__class__ is list and any(item.__class__ is str for item in items)
        found: tuple[str, ...] = (plain if is_plain else named)(value, where)
        return found

    return take


def _version(relations: Json, where: Where, columns: dict[str, Any]) -> None:
    """Take the place among the versions, and the concept unless the record names another."""
    versions = relations.get("version")
    check(versions, list, where, "version")
    if versions.__class__ is not list or not versions:
        return
    version, here = versions[0], ((where, "version"), 0)
    if version.__class__ is not dict:
        check(version, dict, *here)
        return
    index = number("index")(version, here)
    if index is not None:
        version["index"] = index  # counts from 0, unlike the column
        columns["version_index"] = index + 1 if index < BEYOND - 1 else None
    columns["is_latest"] = flag("is_last")(version, here)
    parent = version.get("parent")
    check(parent, dict, here, "parent")
    if parent.__class__ is dict and columns["concept_id"] in (None, parent.get("pid_value")):
        columns["concept_id"] = identifier("pid_value")(parent, (here, "parent"))


def _owner(record: Json, where: Where, columns: dict[str, Any]) -> None:
    """Take the owner's id from ``[7]``, ``[{"id": 7}]``, ``[{"id": "7"}]`` or ``"owner": 7``."""
    match record:
        case {"owner": _}:
            columns["owner_id"] = identifier("owner")(record, where)
        case {"owners": [int() as owner, *others]} if owner.__class__ is int:
            columns["owner_id"], record["owners"] = str(owner), others
        case {"owners": [{"id": _} as owner, *_]}:
            columns["owner_id"] = identifier("id")(owner, ((where, "owners"), 0))
        case {"owners": [] | None}:
            pass
        case {"owners": _}:
            report(where, "owners", "a list of numbers or of objects with an id was expected")


def _type(metadata: Json, where: Where, columns: dict[str, Any]) -> None:
    """Take the type's id; the two halves stay behind unless the id is the same as the one there is."""
    halves, keys = metadata.get("resource_type"), ("type", "subtype")
    if "upload_type" in metadata:
        halves, keys = metadata, ("upload_type", f"{metadata['upload_type']}_type")
    else:
        check(halves, dict, where, "resource_type")
        where = where, "resource_type"
    if halves.__class__ is not dict:
        return
    general, special = (halves.get(key) for key in keys)
    if not special or general.__class__ is not str:
        general = text(keys[0])(halves, where)
    if special.__class__ is not str:
        special = text(keys[1])(halves, where)
    if general:
        general = todays_type(f"{general}-{special}" if special else general)
    columns["resource_type"] = general


def _lists(metadata: Json, _: Where, columns: dict[str, Any]) -> None:
    """Make lists of what is one value here and may be several in other dialects."""
    for name in ("languages", "licenses"):
        columns[name] = () if columns[name] is None else (columns[name],)
    notes = (("notes", columns.pop("notes")), ("methods", columns.pop("method")))
    columns["additional_descriptions"] = tuple(
        Description(description=text, type=kind) for kind, text in notes if text is not None
    )
    columns["custom_fields"] = as_json(metadata.pop("custom", None), without=())


def _license(metadata: Json, where: Where) -> Any:
    """Take the license from either of its forms: an id, or an object that has one."""
    return (_LICENSE if metadata.get("license").__class__ is str else _LICENSE_ID)(metadata, where)


def _date(date: Json, where: Where) -> Any:
    """Return a date as EDTF; the ends of an interval stay behind as they are written."""
    start, end = date.get("start"), date.get("end")
    if start == end:
        _END(date, where)
        return _START(date, where)
    if all(value is None or value.__class__ is str for value in (start, end)):
        return f"{start or ''}/{end or ''}"
    report(*where, "text was expected as start and end")
    return None


def _affiliations(person: Json, where: Where, columns: dict[str, Any]) -> None:
    """Take the one affiliation, which has no id here."""
    affiliation = _AFFILIATION(person, where)
    if affiliation is not None:
        columns |= {"affiliations": (affiliation,), "affiliation_ids": (None,)}


_LICENSE = mapped("license", spdx)
_LICENSE_ID = within(
    "license", first(mapped("id", spdx), mapped("$ref", lambda ref: spdx(ref.rpartition("/")[2])))
)
_START, _END, _AFFILIATION = text("start"), text("end"), text("affiliation")


def _with_md5(checksum: str) -> str:
    return checksum if ":" in checksum or not checksum else f"md5:{checksum}"


def _bucket(file: Json, _: Where, columns: dict[str, Any]) -> None:
    """Take the address of a file of old, and a type that its name tells as well."""
    extension, links = _extension(columns["key"]), file.get("links")
    if extension and file.get("type") == extension:
        del file["type"]
    if links.__class__ is dict:
        # the links of a deposit are called otherwise, and its own address is not where its files are
        url = links.get("self" if "bucket" in file else "download")
        columns["file_url"] = url if url.__class__ is str else None


def _extension(key: str | None) -> str:
    """Return the extension of a file's name in lower case, empty if it has none."""
    stem, dot, extension = (key or "").rpartition("/")[2].rpartition(".")
    return extension.lower() if stem.strip(".") and dot else ""


def _listed(record: Json, where: Where, columns: dict[str, Any]) -> None:
    """Take the files, which the inner form of a record calls otherwise."""
    (_INNER_FILES if "_files" in record else _FILES)(record, where, columns)


def _contributors(metadata: Json, where: Where) -> tuple[Person, ...]:
    """Take the contributors, and the supervisors of a thesis, which once stood apart."""
    found = _SUPERVISORS(metadata, where) or ()
    supervisors = (replace(person, role=person.role or "Supervisor") for person in found)
    return (*_CONTRIBUTORS(metadata, where), *supervisors)


def _award(reference: str) -> str:
    """Return the id of the award in the address of a grant."""
    return reference.rpartition("/grants/")[2]


def _files(_: Json, __: Where, columns: dict[str, Any]) -> None:
    """Count what native JSON says of the files."""
    files = columns["files"]
    columns["file_count"] = len(files) or None
    columns["total_bytes"] = total_of(files)
    columns["file_types"] = tuple(_extension(file.key) for file in files)


_FILE = part(
    File,
    _bucket,
    key=_either(text, "filename", "key"),
    size_bytes=_either(number, "filesize", "size"),
    checksum=mapped("checksum", _with_md5),
    file_id=text("id"),
)
"""A file in any of the three spellings that were served."""
_FILES, _INNER_FILES = gather("files", files=_FILE), gather("_files", files=_FILE)
_PERSON = part(
    Person,
    _affiliations,
    name=text("name"),
    family_name=text("familyname"),
    given_name=text("givennames"),
    orcid=text("orcid"),
    gnd=text("gnd"),
    role=mapped("type", datacite_role),
)
_CONTRIBUTORS = each("contributors", _PERSON)
_SUPERVISORS = first(within("thesis", each("supervisors", _PERSON)), each("thesis_supervisors", _PERSON))
_METADATA = columns_of(
    _type,
    inside("relations", _version),
    _lists,
    spread(Journal, "journal", "journal_"),
    spread(Meeting, "meeting", "conference_"),
    spread(Imprint, "imprint", "part_of", "imprint_", "partof_"),
    title=text("title"),
    version_label=text("version"),
    description_html=text("description"),
    languages=text("language"),
    notes=text("notes"),
    method=text("method"),
    communities=_texts_or("communities", "identifier", "id"),
    keywords=texts("keywords"),
    subjects=each(
        "subjects", part(Subject, subject_id=text("identifier"), subject=text("term"), scheme=text("scheme"))
    ),
    licenses=_license,
    dates=each("dates", part(RecordDate, date=_date, type=text("type"), description=text("description"))),
    locations=each(
        "locations",
        part(
            Location,
            place=text("place"),
            description=text("description"),
            latitude=_fraction("lat"),
            longitude=_fraction("lon"),
        ),
    ),
    publication_date=text("publication_date"),
    creators=each("creators", _PERSON),
    contributors=_contributors,
    access_status=mapped("access_right", lambda status: _STATUS.get(status, status)),
    embargo_until=day("embargo_date"),
    related=each(
        "related_identifiers",
        part(
            Related,
            identifier=text("identifier"),
            scheme=text("scheme"),
            relation=mapped("relation", datacite_relation),
            related_resource_type=mapped("resource_type", todays_type),
        ),
    ),
    alternate=each(
        "alternate_identifiers", part(Alternate, identifier=text("identifier"), scheme=text("scheme"))
    ),
    references=_texts_or("references", "raw_reference"),
    funding=each(
        "grants",
        part(
            Funding,
            funder_name=within("funder", text("name")),
            award_id=first(text("id"), mapped("$ref", _award)),
            award_number=text("code"),
            award_title=text("title"),
            award_acronym=text("acronym"),
        ),
    ),
    publisher=first(within("imprint", text("publisher")), text("imprint_publisher")),
    code_repository=within("custom", text("code:codeRepository")),
    thesis_university=first(within("thesis", text("university")), text("thesis_university")),
)


def _legacy(this: str, every: str, metadata: Fill) -> Fill:
    """Return the reader of an era, which says how its counts of one version and of all are called."""
    return columns_of(
        _identity,
        metadata,
        _owner,
        _listed,
        _files,
        inside(
            "stats",
            **use("", this, number(f"{this}volume")),
            **use("all_versions_", every, number(f"{every}volume")),
        ),
        concept_id=identifier("conceptrecid"),
        concept_doi=text("conceptdoi"),
        oai_id=within("_oai", text("id")),
        revision=number("revision"),
        created=time("created"),
        swhid=within("swh", text("swhid")),
    )


_NESTED = inside("metadata", _METADATA)
read_todays = _legacy("version_", "", _NESTED)
"""Takes all columns out of a record of today; what stays behind has no column."""
read_pre2023 = _legacy("", "version_", _NESTED)
"""The same for a record of before October 2023."""
read_flat = _legacy("", "version_", _METADATA)
"""The same for one of the open metadata files or in its inner form, which have no `metadata` apart."""
