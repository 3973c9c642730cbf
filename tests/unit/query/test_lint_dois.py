"""DOIs, ORCIDs and addresses that people paste."""

from __future__ import annotations

import pytest

from zenodo_harvest.query import lint

BOTH = 'doi:"10.5281/zenodo.14000091" OR conceptdoi:"10.5281/zenodo.14000091"'


@pytest.mark.parametrize(
    "typed",
    [
        "10.5281/zenodo.14000091",
        " 10.5281/zenodo.14000091 ",
        "10.5281/ZENODO.14000091",
        '"10.5281/zenodo.14000091"',
        "https://doi.org/10.5281/zenodo.14000091",
        "http://dx.doi.org/10.5281/zenodo.14000091",
        "doi.org/10.5281/zenodo.14000091",
        "doi:10.5281/zenodo.14000091",
        "DOI:10.5281/zenodo.14000091",
        "doi: 10.5281/zenodo.14000091",
        "DOI 10.5281/zenodo.14000091",
        "doi:https://doi.org/10.5281/zenodo.14000091",
        '"doi:10.5281/zenodo.14000091"',
        "10.5281/zenodo.14000091.",
    ],
)
def test_a_doi_in_any_spelling_is_looked_up_as_record_and_as_concept(typed: str) -> None:
    linted = lint(typed)
    assert linted.q.strip() == BOTH
    assert [finding.level for finding in linted.findings] == ["rewrite"]
    assert BOTH in str(linted.findings[0])


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("frost AND 10.5281/zenodo.14000091", f"frost AND ({BOTH})"),
        ("NOT 10.5281/zenodo.14000091", f"NOT ({BOTH})"),
        ("-doi:10.5281/zenodo.14000091", f"-({BOTH})"),
        ("(10.5281/zenodo.14000091)", f"(({BOTH}))"),
        ("10.5281/zenodo.14000091 OR index", f"({BOTH}) OR index"),
        ("doi:(10.5281/zenodo.1 OR 10.5281/zenodo.2)", 'doi:("10.5281/zenodo.1" OR "10.5281/zenodo.2")'),
        ("conceptdoi:10.5281/zenodo.1", 'conceptdoi:"10.5281/zenodo.1"'),
        ("related.identifier:10.1000/x", 'related.identifier:"10.1000/x"'),
        (
            "10.1016/S0140-6736(20)30183-5",
            'doi:"10.1016/s0140-6736(20)30183-5" OR conceptdoi:"10.1016/s0140-6736(20)30183-5"',
        ),
        ('doi:"https://doi.org/10.5281/zenodo.1"', 'doi:"10.5281/zenodo.1"'),
    ],
)
def test_a_doi_keeps_its_place_among_operators_and_groups(typed: str, sent: str) -> None:
    assert lint(typed).q == sent


@pytest.mark.parametrize(
    "q", ['doi:"10.5281/zenodo.1"', 'pids.doi.identifier.keyword:"10.5281/zenodo.1"', BOTH]
)
def test_a_doi_written_as_the_server_wants_it_is_left_alone(q: str) -> None:
    assert lint(q).q == q
    assert lint(q).findings == ()


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("doi:10.5281*", "pids.doi.identifier.keyword:10.5281*"),
        ("doi:10.5281/zenodo.140*", "pids.doi.identifier.keyword:10.5281\\/zenodo.140*"),
        ("conceptdoi:10.5281*", "parent.pids.doi.identifier.keyword:10.5281*"),
    ],
)
def test_a_wildcard_that_the_server_would_quote_gets_the_field_that_takes_it(typed: str, sent: str) -> None:
    assert lint(typed).q == sent


def test_the_address_of_a_record_becomes_its_id() -> None:
    assert lint("https://zenodo.org/records/7078768").q == "recid:7078768 OR conceptrecid:7078768"


def test_the_token_of_a_secret_link_does_not_get_into_the_query() -> None:
    linted = lint("https://zenodo.org/records/7078768?preview=1&token=abc")
    assert linted.q == "recid:7078768 OR conceptrecid:7078768"


@pytest.mark.parametrize("typed", ["https://orcid.org/0000-0002-1825-0097", "0000-0002-1825-0097"])
def test_an_orcid_is_searched_where_orcids_are(typed: str) -> None:
    assert lint(typed).q.replace('"', "") == "creators.orcid:0000-0002-1825-0097"


def test_the_address_of_an_orcid_becomes_the_orcid() -> None:
    assert (
        lint('creators.orcid:"https://orcid.org/0000-0002-1825-0097"').q
        == 'creators.orcid:"0000-0002-1825-0097"'
    )
