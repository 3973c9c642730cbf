"""The filters: how each is written, explained, and made into a condition of the query string.

Whoever uses one writes no quotes, escapes or field names. The fields are those of the index, which every
InvenioRDM server has, not old Zenodo's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal, Protocol, TypedDict, get_args, get_type_hints

from zenodo_harvest.errors import UsageError
from zenodo_harvest.ids import bare_doi, normal_doi
from zenodo_harvest.query.dates import Moment, read_range
from zenodo_harvest.query.quoting import escape_field, quote
from zenodo_harvest.vocabularies.fields import (
    ACCESS_STATUSES,
    custom_name,
    index_field,
    nearest_custom,
    vocabularies,
)
from zenodo_harvest.vocabularies.languages import all_languages, is_language, language_code, languages_like
from zenodo_harvest.vocabularies.license_ids import (
    all_licenses,
    license_id,
    licenses_like,
    licenses_meant,
    unported,
)
from zenodo_harvest.vocabularies.terms import nearest
from zenodo_harvest.vocabularies.types import (
    RESOURCE_TYPES,
    SUBTYPES,
    TOP_TYPES,
    subtype_ids,
    todays_type,
    type_ids,
)

_ROR = re.compile(r"(?i)(?:https?://)?(?:ror\.org/)?(0[a-hj-km-np-tv-z0-9]{6}[0-9]{2})")
_FUNDER_DOI = re.compile(r"(?i)(?:https?://(?:dx\.)?doi\.org/|doi:)?(10\.13039/[0-9]+)")

_TYPE_TITLE = "metadata.resource_type.title.en"
_EXAMPLES = {
    "resource type": f"one of {', '.join(sorted(TOP_TYPES))}, or a subtype such as article",
    "subtype": f"one of {', '.join(SUBTYPES)}",
    "access status": f"one of {', '.join(ACCESS_STATUSES)}",
    "license": "an SPDX or Zenodo id such as cc-by-4.0, cc0-1.0, mit or other-open",
    "language": "the three letters of ISO 639-3, such as eng",
}


class HasSlug(Protocol):
    """What stands for its slug, such as a `Community`."""

    @property
    def slug(self) -> str:
        """Its name in addresses."""


Values = str | Sequence[str] | None
"""One value or several; None is as if not given."""
Dates = str | int | date | Sequence[str | int | date] | None
"""Values that are periods; a number is a year."""
Communities = str | HasSlug | Sequence[str | HasSlug] | None
"""Values that name communities."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter.

    Attributes:
        field: The field of `Search` it fills.
        metavar: What its value is, in one word.
        help: What it means, for `--help`.
        conditions: Makes the conditions of one value, which are alternatives. It is told whether to refuse
            values that we know to match nothing, such as an unknown resource type, and raises `UsageError`;
            else such values, and old names, are taken as typed.
        known: Returns the values of its vocabulary, for whoever offers them; none for free text.
    """

    field: str
    metavar: str
    help: str
    conditions: Callable[[str, bool], list[str]]
    known: Callable[[], Sequence[str]] = tuple


class Options(TypedDict, total=False):
    """Where and how to search, and what narrows it; several values of one filter are alternatives.

    This is the list of all filters: `FILTERS`, the options of the command line, and the signatures of
    `Client` are made from it.
    """

    community: Annotated[Communities, "Slug, UUID, URL or exact title, or a `Community`."]
    sort: Annotated[str | None, "The order: bestmatch, newest, oldest, updated-desc…"]
    all_versions: Annotated[bool, "Every version of a record, not only the latest."]
    limit: Annotated[int | None, "The first so many records."]
    lint: Annotated[bool, "Check the query; False sends it as typed."]
    type: Annotated[
        Values,
        Filter(
            "types",
            "TYPE",
            "Resource type: dataset, publication, software…",
            _type,
            lambda: (*RESOURCE_TYPES, *SUBTYPES),
        ),
    ]
    subtype: Annotated[
        Values, Filter("subtypes", "TYPE", "Subtype: article, thesis, report…", _subtype, lambda: SUBTYPES)
    ]
    access: Annotated[
        Values,
        Filter(
            "access",
            "STATUS",
            "open, embargoed, restricted or metadata-only.",
            _access,
            lambda: ACCESS_STATUSES,
        ),
    ]
    license: Annotated[
        Values,
        Filter(
            "licenses",
            "ID",
            "License: cc-by-4.0, 'CC BY 4.0', mit or the address of its text.",
            _license,
            all_licenses,
        ),
    ]
    created: Annotated[
        Dates,
        Filter("created", "DATES", "Added to the site: 2024, 2024-05 or 2023..2024-06.", _window("created")),
    ]
    updated: Annotated[
        Dates, Filter("updated", "DATES", "Last edited, written as for --created.", _window("updated"))
    ]
    published: Annotated[
        Dates, Filter("published", "DATES", "Publication date, written as for --created.", _published)
    ]
    creator: Annotated[Values, Filter("creators", "NAME", "Name of a creator.", _creator)]
    orcid: Annotated[Values, Filter("orcids", "ORCID", "ORCID of a creator.", _orcid)]
    affiliation: Annotated[
        Values,
        Filter(
            "affiliations",
            "NAME",
            "Affiliation of a creator.",
            _phrase("metadata.creators.affiliations.name"),
        ),
    ]
    keyword: Annotated[Values, Filter("keywords", "WORD", "Keyword.", _phrase("metadata.subjects.subject"))]
    funder: Annotated[Values, Filter("funders", "NAME", "Funder, by name or id.", _funder)]
    grant: Annotated[Values, Filter("grants", "NUMBER", "Number of the award.", _grant)]
    doi: Annotated[Values, Filter("dois", "DOI", "DOI of the record or of all its versions.", _doi)]
    related: Annotated[Values, Filter("related", "ID", "Identifier of a related work.", _related)]
    language: Annotated[
        Values, Filter("languages", "CODE", "Language: eng, en or English.", _language, all_languages)
    ]
    filetype: Annotated[Values, Filter("file_types", "EXT", "Extension of a file: nc, csv, pdf.", _file_type)]
    journal: Annotated[
        Values,
        Filter("journals", "TITLE", "Title of the journal.", _phrase("custom_fields.journal:journal.title")),
    ]
    custom: Annotated[
        Values, Filter("custom", "KEY=VALUE", "A field of a domain vocabulary: dwc:genus=Apis.", _custom)
    ]


def _phrase(field: str) -> Callable[[str, bool], list[str]]:
    return lambda value, _: [f"{escape_field(field)}:{quote(value)}"]


def _type(value: str, checked: bool) -> list[str]:
    ids = type_ids(value) if checked or todays_type(value) == value else ()
    ids = ids or (() if checked else (value,))
    if not ids:
        raise _unknown("resource type", value, _near_type(value, (*RESOURCE_TYPES, *SUBTYPES)), _TYPE_TITLE)
    return [_type_condition(one) for one in ids]


def _type_condition(type_id: str) -> str:
    name = "props.type" if type_id in TOP_TYPES else "id"
    return f"metadata.resource_type.{name}:{quote(type_id)}"


def _subtype(value: str, checked: bool) -> list[str]:
    ids = subtype_ids(value) or (() if checked else (value,))
    if not ids and type_ids(value):
        hint = f"{value} is a type of its own: give it as the type."
        raise UsageError(f"There is no subtype {value!r}.", hint=hint)
    if not ids:
        raise _unknown("subtype", value, _near_type(value, SUBTYPES), _TYPE_TITLE)
    return [f"metadata.resource_type.id:{quote(one)}" for one in ids]


def _near_type(value: str, names: Sequence[str]) -> Sequence[str]:
    """Return the type that a value may mean: by one of its words, else what looks most like it."""
    words = re.findall(r"[a-z]+", value.lower())
    if any(word in ("notebook", "jupyter") for word in words):
        return ("computationalnotebook",)
    if meant := [word for word in words if type_ids(word) and word != "other"]:
        return meant
    return (near,) if (near := nearest(value, names, 0.5)) else ()


def _access(value: str, checked: bool) -> list[str]:
    status = re.sub(r"[\s_]+", "-", value.lower().removesuffix("access").strip())
    if checked and status not in ACCESS_STATUSES:
        near = "restricted" if status == "closed" else nearest(status, ACCESS_STATUSES, 0.5)
        raise _unknown("access status", value, (near,) if near else ())
    return [f"access.status:{quote(status)}"]


def license_ids(value: str) -> tuple[str, ...]:
    """Return the ids of the licenses that a value of the filter stands for; empty for an unknown one."""
    known = license_id(value)
    meant = (known,) if known else licenses_meant(value) or licenses_meant(unported(value))
    return tuple(name.lower() for name in meant)


def _license(value: str, checked: bool) -> list[str]:
    ids = license_ids(value)
    if not ids and "://" in value:
        return [f"metadata.rights.props.url:{quote(value)}"]
    if not ids and checked:
        near = [name.lower() for name in licenses_like(value)]
        raise _unknown("license", value, near, "metadata.rights.title.en")
    return [f"metadata.rights.id:{quote(one)}" for one in ids or (value.lower(),)]


def _window(field: str) -> Callable[[str, bool], list[str]]:
    def compile_window(value: str, _: bool) -> list[str]:
        first, last = read_range(value)
        low = first.first if first else "*"
        high, close = ("*", "]") if last is None else (last.after, "}")
        if high == "*":
            close = "]"
        return [f"{field}:[{_time(low)} TO {_time(high)}{close}"]

    return compile_window


def _published(value: str, _: bool) -> list[str]:
    first, last = read_range(value)
    return [f"metadata.publication_date_range:[{_edge(first, 'first')} TO {_edge(last, 'last')}]"]


def _edge(moment: Moment | None, edge: Literal["first", "last"]) -> str:
    """Return the first or last day of a period; publication dates have no time."""
    if moment is None:
        return "*"
    if moment.grain == "time" and moment.day:
        return moment.day.isoformat()
    return moment.first if edge == "first" else moment.last


def _time(text: str) -> str:
    return quote(text) if ":" in text else text


def _creator(value: str, _: bool) -> list[str]:
    """Find a name in both orders: the index holds ``Family, Given``, people write ``Given Family``."""
    names = [value]
    words = value.split()
    if "," not in value and 2 <= len(words) <= 4:
        names.append(f"{words[-1]}, {' '.join(words[:-1])}")
    return [f"metadata.creators.person_or_org.name:{quote(name)}" for name in names]


def _orcid(value: str, _: bool) -> list[str]:
    import idutils

    if not idutils.is_orcid(value):
        hint = "Write the 16 digits as 0000-0002-1825-0097; the last one checks the others."
        raise UsageError(f"{value!r} is not an ORCID.", hint=hint)
    return [f"metadata.creators.person_or_org.identifiers.identifier:{quote(idutils.normalize_orcid(value))}"]


def _funder(value: str, _: bool) -> list[str]:
    if ror := _ROR.fullmatch(value):
        return [f"metadata.funding.funder.id:{quote(ror[1].lower())}"]
    if doi := _FUNDER_DOI.fullmatch(value):
        return [f"metadata.funding.funder.identifiers.identifier:{quote(doi[1])}"]
    return [f"metadata.funding.funder.name:{quote(value)}"]


def _grant(value: str, checked: bool) -> list[str]:
    """Find an award by its number, or by ``funder::number`` as Zenodo writes it."""
    funder, colons, number = value.partition("::")
    if not colons or not funder.strip() or not number.strip():
        return [f"metadata.funding.award.number:{quote(value)}"]
    if _ROR.fullmatch(funder):
        return [f"metadata.funding.award.id:{quote(value)}"]
    (within,) = _funder(funder, checked)
    return [f"(metadata.funding.award.number:{quote(number)} AND {within})"]


def _doi(value: str, _: bool) -> list[str]:
    """Find a DOI as a phrase, which unlike the exact sub-field does not mind its case."""
    doi = normal_doi(value)
    if doi is None:
        raise UsageError(f"{value!r} is not a DOI.", hint="Write e.g. 10.5281/zenodo.7078768.")
    return [f"pids.doi.identifier:{quote(doi)}", f"parent.pids.doi.identifier:{quote(doi)}"]


def _related(value: str, _: bool) -> list[str]:
    """Find an identifier as typed; of a DOI also the bare form, in both cases: the field is exact."""
    forms = [value]
    if doi := bare_doi(value):
        forms = [doi, doi.lower()]
    return [f"metadata.related_identifiers.identifier:{quote(form)}" for form in dict.fromkeys(forms)]


def _language(value: str, checked: bool) -> list[str]:
    code = language_code(value)
    if checked and not (code and is_language(code)):
        raise _unknown("language", value, languages_like(value), "metadata.languages.title.en")
    return [f"metadata.languages.id:{quote(code or value)}"]


def _file_type(value: str, _: bool) -> list[str]:
    return [f"files.types:{quote(value.lower().lstrip('*.') or value)}"]


def _custom(value: str, checked: bool) -> list[str]:
    key, sign, wanted = (part.strip() for part in value.partition("="))
    if not sign or not key or not wanted:
        raise UsageError(f"{value!r} is not key=value.", hint="Write e.g. dwc:genus=Apis.")
    name = f"custom_fields.{custom_name(key)}"
    if checked and index_field(name) is None:
        near = nearest_custom(custom_name(key))
        hint = (
            f"Did you mean {' or '.join(near)}?"
            if near
            else f"It begins with {', '.join(sorted(vocabularies()))}."
        )
        raise UsageError(f"There is no custom field {key!r}.", hint=hint)
    if wanted == "*":
        return [f"_exists_:{escape_field(name)}"]
    return [f"{escape_field(name)}:{quote(wanted)}"]


def _unknown(what: str, value: str, near: Sequence[str], title: str = "") -> UsageError:
    """Return the refusal of a value that is in no vocabulary; `title` is the field that holds such names."""
    examples = _EXAMPLES[what]
    hint = f"Did you mean {' or '.join(near)}?" if near else f"Write {examples}."
    if what == "resource type" and all(map(type_ids, several := value.split(","))) and len(several) > 1:
        given = " ".join(f"--type {one.strip()}" for one in several)
        hint = f"Give each by itself: {given}; in Python as a list."
    elif title:
        hint += f" To search for words of its name, write {title}:{quote(value)} in the query."
    return UsageError(f"There is no {what} {value!r}.", hint=hint)


def _filters() -> Iterator[tuple[str, Filter]]:
    for option, hint in get_type_hints(Options, include_extras=True).items():
        for said in get_args(hint)[1:]:
            if isinstance(said, Filter):
                yield option, said


FILTERS: Mapping[str, Filter] = dict(_filters())
"""Every filter by the name of its option, in the order in which they become conditions."""
