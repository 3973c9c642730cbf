"""What is sent to an InvenioRDM that is not Zenodo: the names of its index, and orders that it has."""

from __future__ import annotations

from datetime import date

import pytest

from zenodo_harvest.errors import QueryRefused, UsageError
from zenodo_harvest.query import Query, Search, compile_search, lint
from zenodo_harvest.vocabularies.fields import LEGACY, is_listed
from zenodo_harvest.vocabularies.flavours import INVENIORDM

BOTH = 'pids.doi.identifier:"10.9999/x-1" OR parent.pids.doi.identifier:"10.9999/x-1"'
UUID = "d5c6d48c-2b0c-5a43-b545-7dc47cf687c9"


def compiled(**options: object) -> Query:
    return compile_search(Search.of(**options), INVENIORDM, today=date(2026, 11, 28))


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("10.9999/x-1", BOTH),
        ("https://doi.org/10.9999/x-1", BOTH),
        ("doi:10.9999/x-1", BOTH),
        ('doi:"10.9999/x-1"', 'pids.doi.identifier:"10.9999/x-1"'),
        ("doi:10.9999*", "pids.doi.identifier.keyword:10.9999*"),
        ("frost 10.9999/x-1", f"frost ({BOTH})"),
        ("https://repo.example.edu/records/abcde-12345?x=1", "id:abcde-12345 OR parent.id:abcde-12345"),
        ("https://repo.example.edu/people/abcde-12345", '"https://repo.example.edu/people/abcde-12345"'),
        ("creators.name:Novak", "metadata.creators.person_or_org.name:Novak"),
        ("author:Novak", "metadata.creators.person_or_org.name:Novak"),
        ("0000-0002-1825-0097", "metadata.creators.person_or_org.identifiers.identifier:0000-0002-1825-0097"),
        ("journal.title:Snow", "custom_fields.journal\\:journal.title:Snow"),
        ("type:article", "metadata.resource_type.id:publication-article"),
        ("version:2", "versions.index:2"),
        ("version:1.2.0", "metadata.version:1.2.0"),
        ("communities:garden", "parent.communities.entries.slug:garden"),
        ("community:garden", "parent.communities.entries.slug:garden"),
        (f"communities:{UUID}", f"parent.communities.ids:{UUID}"),
        (f"community:{UUID}", f"parent.communities.ids:{UUID}"),
        ("publication_date:2020", "metadata.publication_date_range:[2020-01-01 TO 2020-12-31]"),
        ("_exists_:grants.code", "_exists_:metadata.funding.award.number"),
        ("metadata.title:frost AND NOT title:ice", "metadata.title:frost AND NOT metadata.title:ice"),
        ("custom_fields.my\\:thing:3", "custom_fields.my\\:thing:3"),
        ("custom_fields.my:thing:3", "custom_fields.my\\:thing:3"),
        ("_exists_:custom_fields.my\\:thing", "_exists_:custom_fields.my\\:thing"),
    ],
)
def test_a_query_names_fields_of_the_index_alone(typed: str, sent: str) -> None:
    linted = lint(typed, INVENIORDM)
    assert not linted.errors
    assert linted.q == sent
    assert lint(sent, INVENIORDM).q == sent


@pytest.mark.parametrize("name", [name for name, native in LEGACY.items() if name != native])
def test_no_name_of_old_zenodo_is_sent_and_each_is_said(name: str) -> None:
    linted = lint(f"{name}:*", INVENIORDM)
    sent = linted.q.removesuffix(":*").replace("\\", "")
    assert is_listed(sent)
    assert LEGACY.get(sent, sent) == sent
    assert any(finding.level == "rewrite" for finding in linted.findings)


def test_a_field_that_nobody_has_is_refused_with_names_of_the_index() -> None:
    with pytest.raises(QueryRefused) as caught:
        compiled(q="creatos.name:Novak")
    assert "metadata.creators.person_or_org.name" in caught.value.hint
    assert " creators.name" not in caught.value.hint


def test_custom_fields_of_the_site_itself_are_sent_with_a_warning() -> None:
    for query in (compiled(custom="my:thing=3"), compiled(q="custom_fields.dwc\\:genus:Apis")):
        (finding,) = query.findings
        assert finding.level == "warning"
        assert "in no list of custom fields" in str(finding)
    assert compiled(q="custom_fields.journal\\:journal.title:Snow").findings == ()


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("publication-desc", "Orders are bestmatch, newest, oldest"),
        ("mostrecent", "Did you mean newest"),
        ("-mostrecent", "Did you mean oldest"),
        ("views", "Did you mean mostviewed"),
        ("newst", "Did you mean newest"),
    ],
)
def test_an_order_that_only_zenodo_has_is_refused(name: str, hint: str) -> None:
    with pytest.raises(UsageError, match="no such order") as caught:
        compiled(sort=name)
    assert hint in caught.value.hint
    assert "journal" not in caught.value.hint


def test_orders_that_all_have_are_sent() -> None:
    for name in ("bestmatch", "newest", "oldest", "version", "updated-desc", "updated-asc", "mostviewed"):
        assert compiled(sort=name).params == (("sort", name),)


@pytest.mark.parametrize(
    ("option", "value", "sent"),
    [
        ("type", "image-map", 'metadata.resource_type.id:"image-map"'),
        ("subtype", "map", 'metadata.resource_type.id:"map"'),
        ("license", "our-own-1.0", 'metadata.rights.id:"our-own-1.0"'),
        ("language", "klingon", 'metadata.languages.id:"klingon"'),
    ],
)
def test_a_value_that_another_server_may_have_is_sent_as_typed_with_a_warning(
    option: str, value: str, sent: str
) -> None:
    found = compiled(**{option: value})
    assert found.q == sent
    (said,) = found.findings
    assert (said.level, said.text) == ("warning", f"{option} {value}")
    with pytest.raises(UsageError, match=f"There is no .* {value!r}"):
        compile_search(Search.of(**{option: value}), today=date(2026, 11, 28))


def test_only_zenodo_has_renamed_its_type_of_theses() -> None:
    found = compiled(type="publication-thesis")
    assert (found.q, found.findings) == ('metadata.resource_type.id:"publication-thesis"', ())
    on_zenodo = compile_search(Search.of(type="publication-thesis"), today=date(2026, 11, 28))
    assert on_zenodo.q == 'metadata.resource_type.id:"publication-dissertation"'
