from __future__ import annotations

import pickle
from datetime import date
from typing import Any

import pytest

from zenodo_harvest.errors import QueryRefused, UsageError
from zenodo_harvest.query import Query, Search, compile_search, lint

TODAY = date(2026, 11, 23)
TYPE = "metadata.resource_type.props.type"
FUNDER_ID = "metadata.funding.funder.identifiers.identifier"


def compiled(**options: Any) -> Query:
    return compile_search(Search.of(**options), today=TODAY)


def test_nothing_asked_sends_nothing() -> None:
    assert compiled() == Query("", ())
    assert compiled(q="   ").params == ()


def test_only_parameters_the_server_knows_are_sent_and_all_values_are_text() -> None:
    query = compiled(q="frost", sort="newest", all_versions=True, limit=5, community="x", type="dataset")
    assert [name for name, _ in query.params] == ["q", "sort", "all_versions"]
    assert dict(query.params) == {"q": query.q, "sort": "newest", "all_versions": "true"}


@pytest.mark.parametrize(
    ("options", "q"),
    [
        ({"type": "dataset"}, 'metadata.resource_type.props.type:"dataset"'),
        ({"type": "Publication"}, 'metadata.resource_type.props.type:"publication"'),
        ({"type": "publication-article"}, 'metadata.resource_type.id:"publication-article"'),
        ({"type": "publication::publication-article"}, 'metadata.resource_type.id:"publication-article"'),
        ({"type": "thesis"}, 'metadata.resource_type.id:"publication-dissertation"'),
        ({"type": "publication-thesis"}, 'metadata.resource_type.id:"publication-dissertation"'),
        ({"type": ["dataset", "software"]}, 'metadata.resource_type.props.type:("dataset" OR "software")'),
        (
            {"type": ["dataset", "article"]},
            f'({TYPE}:"dataset" OR metadata.resource_type.id:"publication-article")',
        ),
        ({"subtype": "article"}, 'metadata.resource_type.id:"publication-article"'),
        ({"subtype": "other"}, 'metadata.resource_type.id:("publication-other" OR "image-other")'),
        ({"access": "Open"}, 'access.status:"open"'),
        ({"access": "metadata_only"}, 'access.status:"metadata-only"'),
        ({"license": "CC-BY-4.0"}, 'metadata.rights.id:"cc-by-4.0"'),
        ({"license": "https://x.org/l"}, 'metadata.rights.props.url:"https://x.org/l"'),
        ({"creator": "Tanaka, Sven"}, 'metadata.creators.person_or_org.name:"Tanaka, Sven"'),
        (
            {"creator": "Sven Tanaka"},
            'metadata.creators.person_or_org.name:("Sven Tanaka" OR "Tanaka, Sven")',
        ),
        (
            {"orcid": "https://orcid.org/0000-0002-1825-0097"},
            'metadata.creators.person_or_org.identifiers.identifier:"0000-0002-1825-0097"',
        ),
        ({"affiliation": "CERN"}, 'metadata.creators.affiliations.name:"CERN"'),
        ({"keyword": 'so "called"'}, 'metadata.subjects.subject:"so \\"called\\""'),
        ({"funder": "European Commission"}, 'metadata.funding.funder.name:"European Commission"'),
        ({"funder": "https://ror.org/00k4n6c32"}, 'metadata.funding.funder.id:"00k4n6c32"'),
        (
            {"funder": "doi:10.13039/501100000780"},
            'metadata.funding.funder.identifiers.identifier:"10.13039/501100000780"',
        ),
        ({"grant": "821003"}, 'metadata.funding.award.number:"821003"'),
        ({"grant": "00k4n6c32::821003"}, 'metadata.funding.award.id:"00k4n6c32::821003"'),
        (
            {"grant": "10.13039/501100000780::283595"},
            f'(metadata.funding.award.number:"283595" AND {FUNDER_ID}:"10.13039/501100000780")',
        ),
        (
            {"doi": "https://doi.org/10.5281/ZENODO.1", "all_versions": True},
            '(pids.doi.identifier:"10.5281/zenodo.1" OR parent.pids.doi.identifier:"10.5281/zenodo.1")',
        ),
        (
            {"related": "https://doi.org/10.1000/ABC"},
            'metadata.related_identifiers.identifier:("10.1000/ABC" OR "10.1000/abc")',
        ),
        (
            {"related": "DOI: 10.1000/ABC"},
            'metadata.related_identifiers.identifier:("10.1000/ABC" OR "10.1000/abc")',
        ),
        ({"related": "https://x.org/a"}, 'metadata.related_identifiers.identifier:"https://x.org/a"'),
        ({"language": ["en", "ger", "FRA"]}, 'metadata.languages.id:("eng" OR "deu" OR "fra")'),
        ({"type": "Journal article"}, 'metadata.resource_type.id:"publication-article"'),
        ({"access": "openAccess"}, 'access.status:"open"'),
        (
            {"license": "https://creativecommons.org/licenses/by/4.0/deed.en"},
            'metadata.rights.id:"cc-by-4.0"',
        ),
        ({"license": "https://www.apache.org/licenses/LICENSE-2.0.txt"}, 'metadata.rights.id:"apache-2.0"'),
        ({"license": "https://www.mozilla.org/en-US/MPL/2.0/"}, 'metadata.rights.id:"mpl-2.0"'),
        ({"license": "https://example.org/mine"}, 'metadata.rights.props.url:"https://example.org/mine"'),
        ({"license": "Apache License, Version 2.0"}, 'metadata.rights.id:"apache-2.0"'),
        ({"license": "GPLv3"}, 'metadata.rights.id:("gpl-3.0-only" OR "gpl-3.0-or-later")'),
        ({"license": "foo-bar", "lint": False}, 'metadata.rights.id:"foo-bar"'),
        ({"language": "Polish"}, 'metadata.languages.id:"pol"'),
        ({"language": "Klingon", "lint": False}, 'metadata.languages.id:"Klingon"'),
        ({"filetype": "*.CSV"}, 'files.types:"csv"'),
        ({"journal": "Annals of Frost"}, 'custom_fields.journal\\:journal.title:"Annals of Frost"'),
        ({"custom": "dwc:genus=Apis"}, 'custom_fields.dwc\\:genus:"Apis"'),
        ({"custom": "custom_fields.dwc\\:genus = Apis"}, 'custom_fields.dwc\\:genus:"Apis"'),
        ({"custom": "code:codeRepository=https://a=b"}, 'custom_fields.code\\:codeRepository:"https://a=b"'),
        ({"custom": "dwc:genus=*"}, "_exists_:custom_fields.dwc\\:genus"),
    ],
)
def test_a_filter_becomes_a_condition_with_all_the_quoting_done(options: dict[str, Any], q: str) -> None:
    query = compiled(**options)
    assert query.q == q
    assert query.findings == ()


@pytest.mark.parametrize("spelling", ["cc-by", "CC-BY", "CC BY", "ccby", "Creative Commons Attribution"])
def test_a_license_without_a_version_is_the_one_of_today_and_said(spelling: str) -> None:
    query = compiled(license=spelling)
    assert query.q == compiled(license="cc-by-4.0").q == compiled(license="CC BY 4.0").q
    assert [str(finding) for finding in query.findings] == [
        f"license {spelling} was changed to cc-by-4.0, because it names no version."
    ]


def test_a_port_of_a_license_is_taken_where_there_is_one_else_said() -> None:
    address = "https://creativecommons.org/licenses/by-sa/3.0/"
    ported = compiled(license=f"{address}at/deed.de")
    assert (ported.q, ported.findings) == ('metadata.rights.id:"cc-by-sa-3.0-at"', ())
    unported = compiled(license=f"{address}de/")
    assert unported.q == 'metadata.rights.id:"cc-by-sa-3.0"'
    assert [str(finding) for finding in unported.findings] == [
        f"license {address}de/ was changed to cc-by-sa-3.0, because Zenodo has no port to that country."
    ]


@pytest.mark.parametrize(
    ("value", "created", "published"),
    [
        ("2024", "[2024-01-01 TO 2025-01-01}", "[2024-01-01 TO 2024-12-31]"),
        ("2024-02", "[2024-02-01 TO 2024-03-01}", "[2024-02-01 TO 2024-02-29]"),
        ("2024-05-03", "[2024-05-03 TO 2024-05-04}", "[2024-05-03 TO 2024-05-03]"),
        ("2020..2024", "[2020-01-01 TO 2025-01-01}", "[2020-01-01 TO 2024-12-31]"),
        ("2020 .. 2024-06", "[2020-01-01 TO 2024-07-01}", "[2020-01-01 TO 2024-06-30]"),
        ("2024-01-01..", "[2024-01-01 TO *]", "[2024-01-01 TO *]"),
        ("..2020", "[* TO 2021-01-01}", "[* TO 2020-12-31]"),
        ("*..2020", "[* TO 2021-01-01}", "[* TO 2020-12-31]"),
        (
            "2024-05-01T10:00:00+00:00..2024-05-01T11:00:00+00:00",
            '["2024-05-01T10:00:00+00:00" TO "2024-05-01T11:00:00+00:00"}',
            "[2024-05-01 TO 2024-05-01]",
        ),
        ("now-7d..", "[now-7d TO *]", "[now-7d TO *]"),
    ],
)
def test_dates_and_ranges_include_what_they_name(value: str, created: str, published: str) -> None:
    assert compiled(created=value).q == f"created:{created}"
    assert compiled(updated=value).q == f"updated:{created}"
    assert compiled(published=value).q == f"metadata.publication_date_range:{published}"


def test_several_ranges_are_alternatives() -> None:
    assert compiled(created=["2020", "2022"]).q == (
        "created:([2020-01-01 TO 2021-01-01} OR [2022-01-01 TO 2023-01-01})"
    )


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("frost", "frost"),
        ('"frost days"', '"frost days"'),
        ("title:frost*", "title:frost*"),
        ("frost OR heat", "(frost OR heat)"),
        ("-frost", "(-frost)"),
        ("NOT frost", "(NOT frost)"),
        ("(frost)", "((frost))"),
        ("created:[2024-01-01 TO *]", "created:[2024-01-01 TO *]"),
        ("frost heat", "(frost heat)"),
        ("frost^2", "(frost^2)"),
        ("TO", "(TO)"),
    ],
)
def test_what_was_typed_is_put_in_parentheses_only_where_that_matters(typed: str, sent: str) -> None:
    assert compiled(q=typed, access="open").q == f'{sent} AND access.status:"open"'
    assert compiled(q=typed).q == typed


def test_different_filters_all_apply() -> None:
    assert compiled(type="dataset", access="open", language="eng").q == (
        'metadata.resource_type.props.type:"dataset" AND access.status:"open" AND metadata.languages.id:"eng"'
    )


@pytest.mark.parametrize(
    ("options", "message", "hint"),
    [
        ({"type": "datset"}, "'datset'", "dataset"),
        ({"type": "Jupyter notebook"}, "no resource type", "Did you mean computationalnotebook?"),
        ({"type": "PhD thesis"}, "no resource type", "Did you mean thesis?"),
        ({"type": "dataset,poster"}, "no resource type", "--type dataset --type poster; in Python as a list"),
        ({"subtype": "dataset"}, "no subtype", ""),
        ({"access": "closed"}, "'closed'", "restricted"),
        ({"language": "klingon"}, "'klingon'", "eng"),
        ({"language": "germn"}, "'germn'", "Did you mean german?"),
        ({"language": "klingon"}, "'klingon'", 'write metadata.languages.title.en:"klingon"'),
        ({"subtype": "artcle"}, "'artcle'", "Did you mean article?"),
        ({"type": "artcle"}, "'artcle'", 'write metadata.resource_type.title.en:"artcle"'),
        ({"subtype": "dataset"}, "'dataset'", "give it as the type"),
        ({"license": "public domain"}, "'public domain'", "Did you mean cc0-1.0 or other-pd?"),
        ({"license": "cc-by-5.0"}, "'cc-by-5.0'", "Did you mean cc-by-4.0"),
        ({"license": "foo-bar"}, "'foo-bar'", 'write metadata.rights.title.en:"foo-bar"'),
        ({"orcid": "0000-0002-1825-0098"}, "not an ORCID", "checks the others"),
        ({"doi": "frost"}, "not a DOI", "10.5281"),
        ({"custom": "genus"}, "not key=value", "dwc:genus=Apis"),
        ({"custom": "genus=Apis"}, "no custom field", "dwc:genus"),
        ({"created": "2024-02-30"}, "no date 2024-02-30", "2024-02-29"),
        ({"created": "yesterday"}, "not a date", "2020..2024-06"),
        ({"created": "2020/2021"}, "'2020/2021' is not a date", "Write 2020..2021."),
        ({"created": ">2020"}, "'>2020' is not a date", "Write 2021-01-01.."),
        ({"created": "<= 2020-05"}, "not a date", "Write ..2020-05."),
        ({"created": "before 2020"}, "not a date", "Write ..2019-12-31."),
        ({"published": "since 2020"}, "not a date", "Write 2020.."),
        ({"published": "[2020 TO 2024]"}, "not a date", "Write 2020..2024."),
        ({"published": "[2020 TO *]"}, "not a date", "Write 2020.."),
        ({"created": "May 2024"}, "'May 2024' is not a date", "Write 2024-05."),
        ({"created": "2020-2021"}, "'2020-2021' is not a date", "Write 2020..2021."),
        ({"published": "2020-01 to 2020-06"}, "not a date", "Write 2020-01..2020-06."),
        ({"created": "last month"}, "'last month' is not a date", "now-30d.."),
        ({"published": "2024..2020"}, "before it begins", "earlier"),
        ({"published": ".."}, "no range", "2024-05"),
        ({"created": "2024-05-01T10:00:00Z"}, "one moment", "range"),
        ({"sort": "nosuch"}, "'nosuch'", "bestmatch"),
        ({"keyword": [str(number) for number in range(501)]}, "too many", "500"),
    ],
)
def test_a_value_that_a_filter_cannot_have_is_refused_with_what_to_write(
    options: dict[str, Any], message: str, hint: str
) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        compiled(**options)
    assert hint in caught.value.hint
    assert caught.value.exit_code == 2


def test_a_query_that_cannot_be_read_is_refused_with_the_position() -> None:
    with pytest.raises(QueryRefused, match="At character 9") as caught:
        compiled(q="foo AND (")
    assert caught.value.exit_code == 2
    assert caught.value.position == 8
    assert pickle.loads(pickle.dumps(caught.value)).position == 8
    assert "add )" in caught.value.findings[0]
    assert caught.value.hint.startswith("Add ) where it ends")
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_without_lint_the_query_is_sent_as_typed() -> None:
    query = compiled(q="foo AND (", lint=False)
    assert query.params == (("q", "foo AND ("),)
    assert query.findings == ()


def test_without_lint_a_resource_type_that_we_do_not_know_is_sent() -> None:
    assert compiled(type="comic", lint=False).q == 'metadata.resource_type.id:"comic"'


def test_the_doi_of_an_older_version_is_said_to_need_all_versions() -> None:
    (finding,) = compiled(doi="10.5281/zenodo.1").findings
    assert "all versions" in str(finding)
    assert compiled(doi="10.5281/zenodo.1", all_versions=True).findings == ()


def test_a_time_to_come_is_warned_about() -> None:
    (finding,) = compiled(created="2027..").findings
    assert "future" in str(finding)
    assert compiled(created="2026").findings == ()
    assert compiled(published="2050").findings == ()


def test_an_unlisted_custom_field_is_warned_about() -> None:
    (finding,) = compiled(custom="dwc:genes=Apis").findings
    assert "dwc:genus" in str(finding)


def test_what_the_linter_says_comes_with_the_query() -> None:
    assert compiled(q="filetype:CSV").findings == lint("filetype:CSV").findings
    assert compiled(q="filetype:CSV").q == "filetype:csv"


def test_the_linter_has_nothing_to_change_in_what_is_compiled() -> None:
    filters = {
        "type": ["dataset", "article"],
        "created": "2024",
        "published": "..2020-05",
        "creator": "Sven Tanaka",
        "orcid": "0000-0002-1825-0097",
        "doi": "10.5281/zenodo.1",
        "related": "https://x.org/a",
        "language": "en",
        "filetype": "csv",
        "custom": "dwc:genus=Apis",
        "grant": "00k4n6c32::1",
        "license": "mit",
        "journal": "a/b: c",
        "funder": "x",
        "affiliation": "y",
    }
    query = compiled(q="frost AND days", **filters)
    again = lint(query.q)
    assert again.q == query.q
    assert again.errors == ()
