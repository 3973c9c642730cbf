"""Lists and objects: every key at every depth is one that Zenodo knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zenodo_harvest.deposit.metadata.checks import ids, plain, words
from zenodo_harvest.deposit.metadata.checks.plain import Check
from zenodo_harvest.deposit.metadata.checks.report import Report, did_you_mean, kind_of
from zenodo_harvest.deposit.metadata.findings import Path
from zenodo_harvest.deposit.metadata.item_names import ITEMS, NEEDED
from zenodo_harvest.deposit.metadata.names import OTHER_NAMES, Name
from zenodo_harvest.vocabularies.terms import nearest


def check_members(report: Report, path: Path, members: Mapping[str, Any], names: Sequence[Name]) -> None:
    """Check the values of an object, and that each key is one of `names`."""
    known = {name.name: name for name in names if name.classic or not report.is_classic}
    for key, value in members.items():
        if report.is_full:
            return
        here = (*path, key)
        if key not in known:
            report.error(here, _unknown(key, report, names), _meant(key, known))
        elif value is None:
            _null(report, here, known[key])
        else:
            CHECKS[known[key].kind](report, here, value)


def _unknown(key: str, report: Report, names: Sequence[Name]) -> str:
    if report.is_classic and any(name.name == key for name in names):
        return "The deposit API does not know this key, and drops it without a word; zenodo.yaml can say it"
    return "Zenodo does not know this key, and drops it without a word"


def _meant(key: str, known: Mapping[str, Name]) -> str:
    for other in (OTHER_NAMES.get(key), OTHER_NAMES.get(key.lower()), nearest(key, known, 0.75)):
        if other and other in known and other != key:
            return did_you_mean(other)
    return "Remove it."


def _null(report: Report, path: Path, name: Name) -> None:
    if name.refuses_null and report.is_classic:
        report.error(path, "The deposit API refuses null here", "Leave the field out.")
    elif name.kind == "person name":
        report.error(path, "The name is empty", "Write one.")
    elif name.kind in ("identifier", "relation", "grant id", "community", "role", "date type", "license id"):
        report.error(path, "The value is empty", "Write one.")
    elif name.name in ("title", "upload_type", "creators"):
        report.error(
            path, "The field says nothing (null), and Zenodo publishes nothing without", "Fill it in."
        )
    elif name.name not in ("affiliation", "orcid", "gnd", "embargo_date"):
        report.warn(path, "The field is there and says nothing (null)", "Leave it out.")


def _listed(kind: str) -> Check:
    """Return the check of a list of objects."""

    def check(report: Report, path: Path, value: Any) -> None:
        if not isinstance(value, list):
            report.error(
                path, f"A list is wanted here, and this is {kind_of(value)}", "Put it in brackets […]."
            )
            return
        for at, item in enumerate(value):
            _item(report, (*path, at), item, kind)

    return check


def _item(report: Report, path: Path, item: Any, kind: str) -> None:
    if not isinstance(item, dict):
        wanted = next(iter(NEEDED.get(kind, ())), ITEMS[kind][0].name)
        hint = (
            f'Write {{"{wanted}": …}}.' if not isinstance(item, str) else f'Write {{"{wanted}": "{item}"}}.'
        )
        report.error(path, f"An object is wanted here, and this is {kind_of(item)}", hint)
        return
    check_members(report, path, item, ITEMS[kind])
    for key in NEEDED.get(kind, ()):
        if key not in item and not (key == "name" and ("family_name" in item or "given_name" in item)):
            report.error((*path, key), f"The {key} is missing", _ADVICE.get((kind, key), "Add it."))
    for rule in _RULES.get(kind, ()):
        rule(report, path, item)


_ADVICE = {
    ("contributors", "type"): "Add it, such as DataCollector or Other.",
    ("related identifiers", "relation"): "Add it, such as cites or isSupplementTo.",
    ("dates", "type"): "Add it, such as Collected or Valid.",
}


def an_item(kind: str) -> Check:
    """Return the check of one object."""

    def check(report: Report, path: Path, value: Any) -> None:
        _item(report, path, value, kind)

    return check


def person_name(report: Report, path: Path, value: Any) -> None:
    """A name; only one comma tells the family name from the given one."""
    if not plain.is_text(report, path, value):
        return
    if not value.strip():
        report.error(path, "The name is empty", "Write one.")
    elif value.count(",") == 0 and not report.is_classic:
        return
    elif value.count(",") == 0:
        report.warn(path, "The name has no comma, and all of it becomes the family name", _name_hint(value))
    elif value.count(",") > 1:
        report.warn(
            path,
            "The name has more than one comma, and all of it becomes the family name",
            "Write Family, Given.",
        )
    elif value.strip().startswith(","):
        report.error(path, "The family name is empty", "Write Family, Given.")
    elif value.strip().endswith(","):
        report.warn(path, "The given name is empty", "Write Family, Given.")


def _name_hint(value: str) -> str:
    first, _, last = value.strip().rpartition(" ")
    return (
        f"Did you mean {last}, {first}? An organisation stays as it is." if first else "Write Family, Given."
    )


def _person(report: Report, path: Path, item: Mapping[str, Any]) -> None:
    name = item.get("name")
    is_person = item.get("name_type") != "organizational" and not item.get("family_name")
    if not report.is_classic and is_person and isinstance(name, str) and name.strip() and "," not in name:
        report.warn(
            (*path, "name"),
            "The name has no comma, and all of it becomes the family name",
            f"{_name_hint(name).split('?')[0]}? Of an organisation add name_type: organizational.",
        )


def _a_date(report: Report, path: Path, item: Mapping[str, Any]) -> None:
    if not any(item.get(key) for key in ("date", "start", "end")):
        report.error((*path, "start"), "The date is missing", "Add start, end or both.")
    start, end = item.get("start"), item.get("end")
    if isinstance(start, str) and isinstance(end, str):
        from zenodo_harvest.deposit.metadata.dates import is_edtf

        if is_edtf(start) and is_edtf(end) and not is_edtf(f"{start}/{end}"):
            report.error((*path, "end"), f"{end} is before {start}, and Zenodo drops the date")


def _a_place(report: Report, path: Path, item: Mapping[str, Any]) -> None:
    if report.is_classic and item.get("place") is None:
        report.error(
            (*path, "place"), "The name of the place is missing", "Add it: the server fails without."
        )
    for key, other in (("lat", "lon"), ("lon", "lat")):
        if item.get(key) is None and item.get(other) is not None:
            report.error((*path, key), f"The point has {other} alone, and Zenodo drops it", "Add it.")


def _a_subject(report: Report, path: Path, item: Mapping[str, Any]) -> None:
    if item.get("id"):
        return
    for key in ("term", "identifier"):
        if not item.get(key):
            report.error((*path, key), f"The {key} is missing", "Add it.")
    if not item.get("scheme"):
        report.warn(
            (*path, "scheme"), "The scheme is missing, and Zenodo may drop the subject", "Add it: url."
        )


def _a_license(report: Report, path: Path, item: Mapping[str, Any]) -> None:
    if bool(item.get("id")) == bool(item.get("title")):
        report.error(path, "A license has either an id or a title of its own")


def _an_award(report: Report, path: Path, item: Mapping[str, Any]) -> None:
    if not any(item.get(key) for key in ("id", "number", "title")):
        report.error(path, "An award has an id, a number or a title")


def _a_funder(report: Report, path: Path, item: Mapping[str, Any]) -> None:
    if not any(item.get(key) for key in ("id", "name")):
        report.error(path, "A funder has an id or a name")


_RULES: Mapping[str, tuple[Any, ...]] = {
    "creators": (_person,),
    "creators of thesis": (_person,),
    "contributors": (_person,),
    "dates": (_a_date,),
    "locations": (_a_place,),
    "subjects": (_a_subject,),
    "licenses": (_a_license,),
    "award": (_an_award,),
    "funder": (_a_funder,),
}


def texts(report: Report, path: Path, value: Any) -> None:
    """A list of texts; one text alone would fall into its letters."""
    if isinstance(value, str):
        report.error(
            path,
            "A list of texts is wanted here: the deposit API cuts one text into its letters",
            _list_hint(value),
        )
    elif not isinstance(value, list):
        report.error(path, f"A list of texts is wanted here, and this is {kind_of(value)}")
    else:
        for at, each in enumerate(value):
            plain.full_text(report, (*path, at), each)


def keywords(report: Report, path: Path, value: Any) -> None:
    """A list of keywords, each alone."""
    texts(report, path, value)
    lone = value[0] if isinstance(value, list) and len(value) == 1 else None
    if isinstance(lone, str) and any(mark in lone for mark in ",;"):
        report.warn((*path, 0), "This is one keyword with commas in it", _list_hint(lone))


def _list_hint(value: str) -> str:
    parts = [part.strip() for part in value.replace(";", ",").split(",") if part.strip()]
    return f"Write [{', '.join(parts)}]." if len(parts) > 1 else f"Write [{value}]."


def references(report: Report, path: Path, value: Any) -> None:
    """A list of texts, or of objects where our own format wants to say more."""
    if report.is_classic or not isinstance(value, list):
        texts(report, path, value)
        return
    for at, each in enumerate(value):
        if isinstance(each, dict):
            _item(report, (*path, at), each, "references")
        else:
            plain.full_text(report, (*path, at), each)


def _texts_or(kind: str, word: Check) -> Check:
    """Return the check of a list of words or of objects."""

    def check(report: Report, path: Path, value: Any) -> None:
        if not isinstance(value, list):
            report.error(
                path, f"A list is wanted here, and this is {kind_of(value)}", "Put it in brackets […]."
            )
            return
        for at, each in enumerate(value):
            if isinstance(each, dict):
                _item(report, (*path, at), each, kind)
            else:
                word(report, (*path, at), each)

    return check


def languages(report: Report, path: Path, value: Any) -> None:
    """A list of languages."""
    if not isinstance(value, list):
        report.error(path, f"A list is wanted here, and this is {kind_of(value)}", "Put it in brackets […].")
        return
    for at, each in enumerate(value):
        words.language(report, (*path, at), each)


def creators(report: Report, path: Path, value: Any) -> None:
    """The authors: at least one."""
    if value == []:
        report.error(path, "There are no creators", "Name at least one.")
    _listed("creators")(report, path, value)


def communities(report: Report, path: Path, value: Any) -> None:
    """Communities, each once: the server fails at a slug that is there twice."""
    if isinstance(value, list) and not report.is_classic:
        _texts_or("communities", ids.community)(report, path, value)
    else:
        _listed("communities")(report, path, value)
    seen: set[str] = set()
    for at, each in enumerate(value if isinstance(value, list) else ()):
        slug = each.get("identifier") if isinstance(each, dict) else each
        if isinstance(slug, str) and slug in seen:
            place = (*path, at, "identifier") if isinstance(each, dict) else (*path, at)
            report.error(place, f"{slug} stands here twice, and publishing fails", "Remove one.")
        seen.add(str(slug))


def custom_fields(report: Report, path: Path, value: Any) -> None:
    """Fields of the site, by their names with a colon."""
    from zenodo_harvest.deposit.metadata.checks.custom import check_custom

    check_custom(report, path, value)


CHECKS: Mapping[str, Check] = {
    "text": plain.text,
    "texts": texts,
    "title": plain.title,
    "html": plain.html,
    "description text": plain.description_text,
    "version": plain.version,
    "edtf date": plain.edtf_date,
    "edtf time": plain.edtf_time,
    "day": plain.day,
    "latitude": plain.latitude,
    "longitude": plain.longitude,
    "object": plain.an_object,
    "localised": plain.localised,
    "ignored": plain.ignored,
    "upload type": words.upload_type,
    "subtype": words.subtype,
    "resource type": words.resource_type,
    "access right": words.access_right,
    "access of record": words.access_record,
    "license": words.license_,
    "license id": words.license_word,
    "language": words.language,
    "language id": words.language_id,
    "languages": languages,
    "role": words.role,
    "relation": words.relation,
    "date type": words.date_type,
    "title type": words.title_type,
    "description type": words.description_type,
    "scheme": words.scheme,
    "person scheme": words.person_scheme,
    "name type": words.name_type,
    "doi": ids.doi,
    "orcid": ids.person_id("orcid"),
    "gnd": ids.person_id("gnd"),
    "isni": ids.person_id("isni"),
    "ror": ids.person_id("ror"),
    "identifier": ids.identifier,
    "community": ids.community,
    "grant id": ids.grant_id,
    "url": ids.url,
    "isbn": ids.isbn,
    "issn": ids.issn,
    "person name": person_name,
    "keywords": keywords,
    "references": references,
    "creators": creators,
    "communities": communities,
    "custom fields": custom_fields,
    "licenses": _texts_or("licenses", words.license_word),
    "affiliations": _texts_or("affiliations", plain.full_text),
    "funder": an_item("funder"),
    "award": an_item("award"),
    **{
        kind: _listed(kind)
        for kind in (
            "creators of thesis",
            "contributors",
            "related identifiers",
            "alternate identifiers",
            "identifiers",
            "person identifiers",
            "plain identifiers",
            "dates",
            "locations",
            "grants",
            "funding",
            "subjects",
            "additional titles",
            "additional descriptions",
        )
    },
}
"""How the values of each kind are checked."""
