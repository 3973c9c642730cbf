"""`--set` and `--unset` speak the names of the table."""

from __future__ import annotations

from typing import Any

import pytest

from zenodo_harvest.deposit.metadata import Changes, Metadata, changed, parse_set
from zenodo_harvest.errors import UsageError

SAID = Metadata.from_document(
    {
        "title": "Snow",
        "upload_type": "publication",
        "publication_type": "article",
        "creators": [{"name": "Okoro, Nkem", "affiliation": "Institute"}, {"name": "Lind, Tove"}],
        "license": "MIT",
        "notes": "A note",
        "dates": [{"start": "2019", "end": "2020", "type": "Valid"}],
        "references": ["One"],
        "contributors": [{"name": "Rossi, Chiara", "type": "Supervisor"}],
    }
)


@pytest.mark.parametrize(
    ("setting", "field", "value"),
    [
        ("title=Snow = water", "title", "Snow = water"),
        ("version=1.10", "version", "1.10"),
        ("creators.0.orcid=https://orcid.org/0000-0002-1825-0097", "creators.0.orcid", "0000-0002-1825-0097"),
        ("creators.1.name=Lindqvist, Tove", "creators.1.name", "Lindqvist, Tove"),
        ("creators.0.affiliation=University", "creators.0.affiliations.0.name", "University"),
        ('creators.2={"name": "Kim, Jun"}', "creators.2.name", "Kim, Jun"),
        ("creators.2.name=Kim, Jun", "creators.2.name", "Kim, Jun"),
        ('keywords=["snow", "ice"]', "keywords", ["snow", "ice"]),
        ("keywords.0=snow", "keywords", ["snow"]),
        ("license=cc-by-4.0", "licenses", [{"id": "cc-by-4.0"}]),
        ("language=fr", "languages", ["fra"]),
        ("notes=Another", "additional_descriptions", [{"description": "Another", "type": "notes"}]),
        ("imprint_publisher=Press", "publisher", "Press"),
        ("publication_type=preprint", "publication_type", "preprint"),
        ("upload_type=dataset", "publication_type", None),
        ("journal_volume=3", "journal_volume", "3"),
        ("locations.0.lat=0.5", "locations.0.lat", 0.5),
        ("dates.0.end=2021", "dates.0.date", "2019/2021"),
        (
            "references.0.identifier=10.1234/x",
            "references.0",
            {"reference": "One", "identifier": "10.1234/x"},
        ),
        ("references.1=Two", "references", ["One", "Two"]),
        ('grants=[{"id": "283595"}]', "funding.0.award.id", "00k4n6c32::283595"),
        (
            "custom_fields.code:codeRepository=https://a.org",
            "custom_fields.code:codeRepository",
            "https://a.org",
        ),
        ("custom_fields.dwc:individualCount=3", "custom_fields.dwc:individualCount", 3),
    ],
)
def test_a_setting_sets_one_field(setting: str, field: str, value: Any) -> None:
    assert got(changed(SAID, parse_set([setting])), field) == value


@pytest.mark.parametrize(
    ("key", "field", "value"),
    [
        ("publication_type", "publication_type", None),
        ("license", "licenses", None),
        ("notes", "additional_descriptions", None),
        ("creators.0", "creators.0.name", "Lind, Tove"),
        ("creators.0.affiliation", "creators.0.affiliations", None),
        ("thesis_supervisors", "contributors", None),
        ("upload_type", "upload_type", None),
        ("journal_title", "journal_title", None),
    ],
)
def test_an_unset_key_is_gone(key: str, field: str, value: Any) -> None:
    assert got(changed(SAID, parse_set((), [key])), field) == value


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("title", "key=value"),
        ("licence=MIT", "Did you mean license?"),
        ("tittle=x", "Did you mean title?"),
        ("creators.7.name=x", "positions count from 0"),
        ("title.0=x", "positions count from 0"),
        ("grants.0.id=283595", "funding"),
        ("creators.0.orcd=x", "deposit validate"),
        ("keywords=snow", "deposit validate"),
        ("prereserve_doi=true", "Leave it out"),
    ],
)
def test_a_setting_that_leads_nowhere_is_refused(setting: str, words: str) -> None:
    with pytest.raises(UsageError) as refused:
        changed(SAID, parse_set([setting]))
    assert words.lower() in f"{refused.value.message} {refused.value.hint}".lower()


def test_changes_add_up_and_the_later_ones_win() -> None:
    both = Changes.of({"title": "From a file", "version": "1"}) | parse_set(["title=Typed"], ["notes"])
    said = changed(SAID, both)
    assert (said.title, said.version, said.additional_descriptions) == ("Typed", "1", ())


def got(said: Metadata, path: str) -> Any:
    """The value at a dotted path of the document, None if there is none."""
    value: Any = said.as_document()
    for step in path.split("."):
        try:
            value = value[int(step)] if isinstance(value, list) else value[step]
        except (KeyError, IndexError):
            return None
    return value
