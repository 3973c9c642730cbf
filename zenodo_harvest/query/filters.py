"""Filters become parts of the query; whoever uses them writes no quotes, escapes or field names."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Literal

from zenodo_harvest.errors import UsageError
from zenodo_harvest.ids import bare_doi, normal_doi
from zenodo_harvest.query.dates import Moment, NotADate, read_moment, suggest
from zenodo_harvest.query.quoting import escape_field, quote
from zenodo_harvest.query.spec import Search
from zenodo_harvest.vocabularies.fields import ACCESS_STATUSES, custom_fields, index_field, vocabularies
from zenodo_harvest.vocabularies.languages import language_code
from zenodo_harvest.vocabularies.types import RESOURCE_TYPES, TOP_TYPES, subtype_ids, type_ids

MOST_VALUES = 500
"""Values one filter takes; some become two in the query, and from 1017 on the server fails (§2.5)."""

_ROR = re.compile(r"(?i)(?:https?://)?(?:ror\.org/)?(0[a-hj-km-np-tv-z0-9]{6}[0-9]{2})")
_FUNDER_DOI = re.compile(r"(?i)(?:https?://(?:dx\.)?doi\.org/|doi:)?(10\.13039/[0-9]+)")
_RANGE_HINT = "Write 2024, 2024-05, 2024-05-03, 2020..2024-06, 2024-01-01.. or ..2020."


def parts(search: Search, *, checked: bool = True) -> list[str]:
    """Return one condition for each filter of `search`; all of them apply, and each stands by itself.

    Values of one filter are alternatives, joined by ``OR``. The fields are those of the index, which every
    InvenioRDM server has, not old Zenodo's.

    Args:
        search: What is asked.
        checked: Refuse values that we know to match nothing, such as an unknown resource type.

    Raises:
        UsageError: A value cannot be what its filter takes.
    """
    found = []
    for name, compiler in _FILTERS.items():
        values: Sequence[str] = getattr(search, name)
        if len(values) > MOST_VALUES:
            raise UsageError(
                f"{len(values)} values of {name} are too many.", hint=f"Give {MOST_VALUES} at most."
            )
        if values:
            options = [option for value in values for option in compiler(value, checked)]
            found.append(any_of(options))
    return found


def any_of(conditions: Sequence[str]) -> str:
    """Return the alternatives as one condition; those of one field share its name."""
    unique = list(dict.fromkeys(conditions))
    if len(unique) == 1:
        return unique[0]
    split = [_named(condition) for condition in unique]
    names = {name for name, _ in split}
    if len(names) == 1 and "" not in names:
        return f"{split[0][0]}:({' OR '.join(value for _, value in split)})"
    return f"({' OR '.join(unique)})"


def _named(condition: str) -> tuple[str, str]:
    found = re.fullmatch(r"((?:[\w.@-]|\\:)+):(\"(?:[^\\\"]|\\.)*\"|[\[{][^\"]*[\]}])", condition, re.DOTALL)
    return (found[1], found[2]) if found else ("", condition)


def _phrase(field: str) -> Callable[[str, bool], list[str]]:
    return lambda value, _: [f"{escape_field(field)}:{quote(value)}"]


def _type(value: str, checked: bool) -> list[str]:
    ids = type_ids(value) or (() if checked else (value,))
    if not ids:
        raise _unknown("resource type", value, RESOURCE_TYPES)
    return [_type_condition(one) for one in ids]


def _type_condition(type_id: str) -> str:
    name = "props.type" if type_id in TOP_TYPES else "id"
    return f"metadata.resource_type.{name}:{quote(type_id)}"


def _subtype(value: str, checked: bool) -> list[str]:
    ids = subtype_ids(value) or (() if checked else (value,))
    if not ids:
        raise _unknown("subtype", value, [name for name in RESOURCE_TYPES if "-" in name])
    return [f"metadata.resource_type.id:{quote(one)}" for one in ids]


def _access(value: str, checked: bool) -> list[str]:
    status = value.lower().replace("_", "-").replace(" ", "-")
    if checked and status not in ACCESS_STATUSES:
        raise _unknown("access status", value, ACCESS_STATUSES)
    return [f"access.status:{quote(status)}"]


def _license(value: str, _: bool) -> list[str]:
    if "://" in value:
        return [f"metadata.rights.props.url:{quote(value)}"]
    return [f"metadata.rights.id:{quote(value.lower())}"]


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


def read_range(text: str) -> tuple[Moment | None, Moment | None]:
    """Read ``2024``, ``2020..2024-06``, ``2024-01-01..`` or ``..2020``; None where it is open.

    Both ends are included, down to what they say: ``..2020`` ends with 2020. Times are half-open.

    Raises:
        UsageError: It is none of these, or ends before it begins.
    """
    first, dots, last = (part.strip() for part in text.partition(".."))
    if not dots:
        last = first
    try:
        low = read_moment(first.replace(" ", "T")) if first and first != "*" else None
        high = read_moment(last.replace(" ", "T")) if last and last != "*" else None
    except NotADate as error:
        wrong = first if str(first) in str(error) else last
        reason = str(error)
        hint = f"Write {suggest(wrong)}." if suggest(wrong)[:1].isdigit() else _RANGE_HINT
        raise UsageError(f"{reason[:1].upper()}{reason[1:]} (in {text!r}).", hint=hint) from None
    if low is None and high is None:
        raise UsageError(f"{text!r} is no range of dates.", hint=_RANGE_HINT)
    if not dots and low and low.grain in ("time", "math"):
        raise UsageError(
            f"{text!r} is one moment.", hint="Write a range such as 2024-05-01T10:00Z..2024-05-01T11:00Z."
        )
    if low and high and low.day and high.day and low.day > high.day:
        raise UsageError(f"The range {text!r} ends before it begins.", hint="Write the earlier date first.")
    return low, high


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


def _language(value: str, _: bool) -> list[str]:
    code = language_code(value)
    if code is None:
        raise UsageError(
            f"{value!r} is not a language code.", hint="Write the three letters of ISO 639-3, such as eng."
        )
    return [f"metadata.languages.id:{quote(code)}"]


def _file_type(value: str, _: bool) -> list[str]:
    return [f"files.types:{quote(value.lower().lstrip('*.') or value)}"]


def _custom(value: str, checked: bool) -> list[str]:
    key, sign, wanted = (part.strip() for part in value.partition("="))
    if not sign or not key or not wanted:
        raise UsageError(f"{value!r} is not key=value.", hint="Write e.g. dwc:genus=Apis.")
    name = f"custom_fields.{key.replace(chr(92), '').removeprefix('custom_fields.')}"
    if checked and index_field(name) is None:
        near = get_close_matches(name.removeprefix("custom_fields."), list(custom_fields()), 2, 0.6)
        hint = (
            f"Did you mean {' or '.join(near)}?"
            if near
            else f"It begins with {', '.join(sorted(vocabularies()))}."
        )
        raise UsageError(f"There is no custom field {key!r}.", hint=hint)
    if wanted == "*":
        return [f"_exists_:{escape_field(name)}"]
    return [f"{escape_field(name)}:{quote(wanted)}"]


def _unknown(what: str, value: str, known: Sequence[str]) -> UsageError:
    near = get_close_matches(value.lower(), known, 2, 0.5)
    if what == "access status" and value.lower() == "closed":
        near = ["restricted"]
    hint = f"Did you mean {' or '.join(near)}?" if near else f"Write one of {', '.join(known)}."
    return UsageError(f"There is no {what} {value!r}.", hint=hint)


_FILTERS: Mapping[str, Callable[[str, bool], list[str]]] = {
    "types": _type,
    "subtypes": _subtype,
    "access": _access,
    "licenses": _license,
    "created": _window("created"),
    "updated": _window("updated"),
    "published": _published,
    "creators": _creator,
    "orcids": _orcid,
    "affiliations": _phrase("metadata.creators.affiliations.name"),
    "keywords": _phrase("metadata.subjects.subject"),
    "funders": _funder,
    "grants": _grant,
    "dois": _doi,
    "related": _related,
    "languages": _language,
    "file_types": _file_type,
    "journals": _phrase("custom_fields.journal:journal.title"),
    "custom": _custom,
}
