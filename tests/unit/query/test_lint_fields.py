"""Names of fields and the values they take."""

from __future__ import annotations

import pytest

from zenodo_harvest.query import lint
from zenodo_harvest.vocabularies.fields import EXPECTED, LEGACY


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("subtype:article", "resource_type.subtype:publication-article"),
        ("resource_type:dataset", "type:dataset"),
        ("journal.issue:3", "custom_fields.journal\\:journal.issue:3"),
        ("publisher:Zenodo", "metadata.publisher:Zenodo"),
        ("access:open", "access_right:open"),
        ("orcid:0000-0002-1825-0097", "creators.orcid:0000-0002-1825-0097"),
        ("updated_at:[2020-01-01 TO *]", "updated:[2020-01-01 TO *]"),
        ("author:Tanaka AND keyword:frost", "creators.name:Tanaka AND keywords:frost"),
        ("Title:frost", "title:frost"),
        ("title=frost AND type=dataset", "title:frost AND type:dataset"),
        ('(author="Tanaka, Yuki")', '(creators.name:"Tanaka, Yuki")'),
        ("license=cc-by", "license.identifier:cc-by-4.0"),
        ("title.keyword:index", "metadata.title.keyword:index"),
        ("metadata.creators.name:Tanaka", "creators.name:Tanaka"),
        ("imprint.publisher:x", "metadata.publisher:x"),
        ("custom_fields.code:codeRepository:x", "custom_fields.code\\:codeRepository:x"),
        ("custom_fields.dwc:genus:Apis", "custom_fields.dwc\\:genus:Apis"),
        ("dwc:genus:Apis", "custom_fields.dwc\\:genus:Apis"),
        ("dwc\\:genus:Apis", "custom_fields.dwc\\:genus:Apis"),
        ("_exists_:doi", "_exists_:pids.doi.identifier"),
        ("_exists_:journal.title", "_exists_:custom_fields.journal\\:journal.title"),
        ("_exists_:custom_fields.journal:journal", "_exists_:custom_fields.journal\\:journal"),
    ],
)
def test_a_name_people_expect_is_translated_with_before_and_after(typed: str, sent: str) -> None:
    linted = lint(typed)
    assert linted.q == sent
    rewrite = linted.findings[0]
    assert rewrite.level == "rewrite"
    assert rewrite.text in str(rewrite)
    assert rewrite.fix in str(rewrite)


@pytest.mark.parametrize("name", sorted(set(EXPECTED) - set(LEGACY)))
def test_no_expected_name_is_sent_to_find_nothing(name: str) -> None:
    assert not lint(f"{name}:*").q.startswith(f"{name}:")


@pytest.mark.parametrize("name", sorted(set(LEGACY) - {"imprint.publisher"}))
def test_every_name_that_the_server_translates_is_left_to_it(name: str) -> None:
    assert lint(f"{name}:*").q == f"{name}:*"


@pytest.mark.parametrize(
    ("q", "part"),
    [
        ("titel:frost", "did you mean title, or"),
        ("creatrs.name:x", "did you mean creators.name"),
        ("nosuch:field", 'write "nosuch:field" to search the words'),
        ("custom:x", "custom_fields.<namespace>"),
        ("metadata.creators:x", "only holds other fields"),
        ("metadata.locations.features.centroid:1", "cannot be searched"),
        ("uuid:x", "cannot be searched"),
        ("custom_fields.nosuch\\:genus:x", "there is no field"),
        ("_exists_:nosuchfield", "there is no field nosuchfield that could exist"),
    ],
)
def test_a_field_that_finds_nothing_is_refused_with_what_to_write(q: str, part: str) -> None:
    (error,) = lint(q).errors
    assert part in str(error)


@pytest.mark.parametrize(
    "q",
    [
        "_exists_:metadata.funding",
        "_exists_:metadata.version",
        "metadata.title.original:frost",
        "metadata.rights.title.en:attribution",
        "metadata.title.\\*:frost",
        "custom_fields.dwc\\:genus:Apis",
        "parent.is_verified:true",
        "stats.all_versions.views:>10",
    ],
)
def test_a_field_of_the_index_is_accepted(q: str) -> None:
    assert lint(q).q == q
    assert lint(q).findings == ()


def test_a_custom_field_of_a_known_vocabulary_is_sent_with_a_warning() -> None:
    linted = lint("custom_fields.dwc\\:genes:x")
    assert linted.q == "custom_fields.dwc\\:genes:x"
    assert "custom_fields.dwc\\:genus" in str(linted.findings[0])


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("license.identifier:MIT", "license.identifier:mit"),
        ('license.identifier:"CC-BY-4.0"', 'license.identifier:"cc-by-4.0"'),
        ("language:ENG", "language:eng"),
        ("language:en", "language:eng"),
        ("language:(en OR ger)", "language:(eng OR deu)"),
        ("type:Publication", "type:publication"),
        ("filetype:CSV", "filetype:csv"),
        ("filetype:.csv", "filetype:csv"),
        ("communities:ENES-Data-Space", "communities:enes-data-space"),
        ("contributors.type:Supervisor", "contributors.type:supervisor"),
        ("related.relation:isCitedBy", "related.relation:iscitedby"),
        ("is_published:yes", "is_published:true"),
        ("type:thesis", "metadata.resource_type.id:publication-dissertation"),
        ("type:(article OR poster)", "metadata.resource_type.id:(publication-article OR poster)"),
        ("resource_type.subtype:article", "resource_type.subtype:publication-article"),
        ("communities:enes*", "parent.communities.entries.slug:enes*"),
        (
            "communities:0f1a2b3c-1111-2222-3333-444455556666",
            "parent.communities.ids:0f1a2b3c-1111-2222-3333-444455556666",
        ),
        ("version:1.0", "metadata.version:1.0"),
        ("version:v2.0 AND frost", "metadata.version:v2.0 AND frost"),
        ("recid:(1 2 3)", "recid:(1 OR 2 OR 3)"),
        ("type:(software dataset)", "type:(software OR dataset)"),
        ("filecount:(1 2)", "filecount:(1 OR 2)"),
        ("recid:(1 2 OR 3)", "recid:(1 OR 2 OR 3)"),
        ("recid:(1 OR 2 3)", "recid:(1 OR 2 OR 3)"),
    ],
)
def test_a_value_that_would_find_nothing_is_written_as_the_index_has_it(typed: str, sent: str) -> None:
    assert lint(typed).q == sent


@pytest.mark.parametrize(
    "q",
    [
        "resource_type.subtype:publication-thesis",
        "version:2",
        "version:[1 TO 3]",
        "title:(frost index)",
        "recid:1 recid:2",
        "y=mx",
        '"title=frost"',
        "license.identifier:cc-by-4.0",
    ],
)
def test_a_value_that_the_server_understands_is_left_alone(q: str) -> None:
    assert lint(q).q == q
    assert not lint(q).errors


@pytest.mark.parametrize(
    ("q", "part"),
    [
        ("filecount:abc", "takes whole numbers"),
        ("size:10MB", "in bytes"),
        ("filesize:[1k TO 2k]", "whole numbers"),
        ("versions.index:abc", "whole numbers"),
        ("custom_fields.dwc\\:decimalLatitude:north", "takes numbers"),
        ("is_published:maybe", "either true or false"),
        ("access_right:closed", "open, embargoed, restricted, metadata-only"),
        ("language:klingon", "three letters"),
        ("created:2020/2021", "write [2020 TO 2021]"),
        ("created:2020..2021", "write [2020 TO 2021]"),
    ],
)
def test_a_value_that_the_field_cannot_have_is_refused(q: str, part: str) -> None:
    (error,) = lint(q).errors
    assert part in str(error)
