from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from zenodo_harvest.records import Journal, Location, Person, Record, RecordDate, Related, Subject, Title
from zenodo_harvest.vocabularies.types import general_type

Read = Callable[..., Record]
NAMESPACE = 'xmlns="http://datacite.org/schema/kernel-4"'


def resource(body: str, namespace: str = NAMESPACE) -> bytes:
    return f"<resource {namespace}>{body}</resource>".encode()


def oai(body: str, header: str = "") -> bytes:
    return (
        '<record xmlns="http://www.openarchives.org/OAI/2.0/"><header>'
        "<identifier>oai:zenodo.org:8</identifier><datestamp>2026-01-02T03:04:05Z</datestamp>"
        f"{header}</header><metadata>{body}</metadata></record>"
    ).encode()


def extra(record: Record) -> Any:
    return json.loads(record.extra or "{}")


def test_a_bare_resource_is_read(read: Read) -> None:
    record = read(
        resource(
            '<identifier identifierType="DOI">10.5281/zenodo.8</identifier>'
            "<titles><title>Frost</title></titles><publisher>Zenodo</publisher><publicationYear>2026</publicationYear><version>1.0</version>"
            '<resourceType resourceTypeGeneral="Dataset"/><language>eng</language>'
        )
    )
    assert (record.id, record.doi, record.title) == ("8", "10.5281/zenodo.8", "Frost")
    assert (record.publisher, record.version_label, record.languages) == ("Zenodo", "1.0", ("eng",))
    assert (record.resource_type, record.resource_type_general) == ("dataset", "dataset")
    assert (record.publication_date, record.publication_end) == ("2026", date(2026, 12, 31))
    assert (record.dialect, record.extra, record.problems) == ("datacite", None, ())


def test_the_header_of_oai_pmh_gives_identifier_time_and_communities(read: Read) -> None:
    wrapped = f"<oai_datacite><payload>{resource('').decode()}</payload></oai_datacite>"
    header = "<setSpec>software</setSpec><setSpec>user-frost</setSpec><setSpec>community-ice</setSpec>"
    record = read(oai(wrapped, header), base_url="https://zenodo.org")
    assert (record.id, record.oai_id) == ("8", "oai:zenodo.org:8")
    assert record.updated == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert record.communities == ("frost", "ice")
    assert record.url == "https://zenodo.org/records/8"
    assert extra(record) == {"header": {"setSpec": ["software"]}}


def test_the_day_of_the_last_edit_is_no_time_and_no_date_of_the_work(read: Read) -> None:
    dates = (
        '<dates><date dateType="Issued">2025-12</date><date dateType="Updated">2026-01-01</date>'
        '<date dateType="Collected" dateInformation="Campaign">2020/2021</date>'
        '<date dateType="Updated">2026-01-02</date></dates>'
    )
    alone, with_header = read(resource(dates)), read(oai(resource(dates).decode()))
    for record in (alone, with_header):
        assert record.publication_date == "2025-12"
        assert record.dates == (
            RecordDate(date="2026-01-01", type="updated"),
            RecordDate(date="2020/2021", type="collected", description="Campaign"),
        )
    assert alone.updated is None
    assert extra(alone)["dates"][-1] == {"@dateType": "Updated", "#text": "2026-01-02"}
    assert "dates" not in extra(with_header)


def test_people_have_their_names_identifiers_and_roles(read: Read) -> None:
    record = read(
        resource(
            '<creators><creator><creatorName nameType="Personal">Frost, Ada</creatorName>'
            "<givenName>Ada</givenName><familyName>Frost</familyName>"
            '<nameIdentifier nameIdentifierScheme="ORCID" schemeURI="https://orcid.org">'
            "https://orcid.org/0000-0001-2345-6789</nameIdentifier>"
            '<affiliation affiliationIdentifier="https://ror.org/01">North</affiliation>'
            "<affiliation>South</affiliation></creator></creators>"
            '<contributors><contributor contributorType="Editor"><contributorName nameType="Organizational">'
            "House</contributorName></contributor></contributors>"
        )
    )
    assert record.creators == (
        Person(
            name="Frost, Ada",
            family_name="Frost",
            given_name="Ada",
            type="personal",
            orcid="0000-0001-2345-6789",
            affiliations=("North", "South"),
            affiliation_ids=("01", None),
        ),
    )
    assert record.contributors == (Person(name="House", type="organizational", role="Editor"),)
    assert set(extra(record)["creators"][0]) == {"nameIdentifier", "affiliation"}


def test_links_of_the_server_are_told_from_those_of_people(read: Read) -> None:
    def related(relation: str, kind: str, text: str, more: str = "") -> str:
        return (
            f'<relatedIdentifier relationType="{relation}" relatedIdentifierType="{kind}"{more}>{text}'
            "</relatedIdentifier>"
        )

    record = read(
        resource(
            '<identifier identifierType="DOI">10.5281/zenodo.8</identifier><alternateIdentifiers>'
            '<alternateIdentifier alternateIdentifierType="URL">https://zenodo.org/records/8'
            '</alternateIdentifier><alternateIdentifier alternateIdentifierType="oai">oai:zenodo.org:8'
            '</alternateIdentifier><alternateIdentifier alternateIdentifierType="bibcode">2026F'
            "</alternateIdentifier></alternateIdentifiers><relatedIdentifiers>"
            + related("IsVersionOf", "DOI", "10.5281/zenodo.3")
            + related("IsPartOf", "URL", "https://elsewhere.test/communities/x")
            + related("Cites", "arXiv", "2601.1", ' resourceTypeGeneral="JournalArticle"')
            + related("IsVersionOf", "DOI", "10.5281/zenodo.7")
            + related("IsPartOf", "URL", "https://zenodo.org/communities/frost/")
            + related("IsPartOf", "ISSN", "2049-3630", ' resourceTypeGeneral="Collection"')
            + related("Cites", "URL", "https://a.test", ' resourceTypeGeneral="Text"')
            + "</relatedIdentifiers>"
        )
    )
    assert (record.url, record.concept_doi, record.concept_id) == (
        "https://zenodo.org/records/8",
        "10.5281/zenodo.7",
        "7",
    )
    assert record.communities == ("frost",)
    assert record.journal == Journal(journal_issn="2049-3630")
    assert [each.scheme for each in record.alternate] == ["ads"]
    assert record.related == (
        Related(identifier="10.5281/zenodo.3", scheme="doi", relation="IsVersionOf"),
        Related(identifier="https://elsewhere.test/communities/x", scheme="url", relation="IsPartOf"),
        Related(
            identifier="2601.1", scheme="arxiv", relation="Cites", related_resource_type="publication-article"
        ),
        Related(identifier="https://a.test", scheme="url", relation="Cites"),
    )
    assert extra(record)["relatedIdentifiers"][-1]["@resourceTypeGeneral"] == "Text"


def test_a_doi_of_another_registrant_tells_no_concept(read: Read) -> None:
    record = read(
        oai(
            resource(
                '<identifier identifierType="DOI">10.1000/own</identifier><relatedIdentifiers>'
                '<relatedIdentifier relationType="IsVersionOf" relatedIdentifierType="DOI">10.5281/zenodo.3'
                "</relatedIdentifier></relatedIdentifiers>"
            ).decode()
        )
    )
    assert (record.id, record.concept_doi, record.concept_id) == ("8", None, None)
    assert record.related[0].identifier == "10.5281/zenodo.3"


@pytest.mark.parametrize(
    ("general", "text", "type_id"),
    [
        ("Text", "", "publication"),
        ("Text", "Working paper", "publication-workingpaper"),
        ("Text", "Project deliverable", "publication-deliverable"),
        ("Text", "Other", "publication-other"),
        ("Text", "Something new", None),
        ("Image", "Other", "image-other"),
        ("JournalArticle", "", "publication-article"),
        ("Dataset", "Environmental data", "dataset"),
        ("NewInDataCite", "", None),
    ],
)
def test_a_general_type_and_its_text_mean_one_of_our_types_or_none(
    read: Read, general: str, text: str, type_id: str | None
) -> None:
    record = read(resource(f'<resourceType resourceTypeGeneral="{general}">{text}</resourceType>'))
    assert record.resource_type == type_id
    assert record.resource_type_general == (type_id and type_id.partition("-")[0])
    is_said = type_id is not None and general_type(type_id) == general
    kept = text if is_said else {"@resourceTypeGeneral": general, "#text": text}
    assert extra(record).get("resourceType", "") == kept


def test_rights_are_access_and_licences(read: Read) -> None:
    record = read(
        resource(
            '<rightsList><rights rightsURI="https://c.test" rightsIdentifierScheme="spdx" '
            'rightsIdentifier="cc-by-4.0">Attribution</rights><rights rightsURI="https://h.test">House rules'
            '</rights><rights rightsURI="info:eu-repo/semantics/embargoedAccess"/></rightsList>'
        )
    )
    assert record.access_status == "embargoed"
    assert record.licenses == ("CC-BY-4.0", "House rules")
    assert record.license_urls == ("https://c.test", "https://h.test")
    assert extra(record)["rightsList"][0]["#text"] == "Attribution"


def test_a_description_is_text_unless_it_holds_markup(read: Read) -> None:
    def abstract(text: str) -> Record:
        element = f'<description descriptionType="Abstract">{text}</description>'
        return read(resource(f"<descriptions>{element}</descriptions>"))

    plain = abstract("a &lt; b &amp;amp; List&lt;String&gt;")
    assert (plain.description_html, plain.description_text) == (None, "a < b &amp; List<String>")
    old = abstract("&lt;p&gt;a&lt;/p&gt;&lt;p&gt;b&lt;/p&gt;")
    assert (old.description_html, old.description_text) == ("<p>a</p><p>b</p>", "a\nb")
    elements = abstract("a<br/>b")
    assert elements.description_text == "a\nb"


def test_titles_subjects_and_places_have_their_columns(read: Read) -> None:
    record = read(
        resource(
            '<titles><title xml:lang="en">One</title>'
            '<title titleType="TranslatedTitle" xml:lang="fra">Un</title>'
            "</titles><subjects><subject>frost</subject>"
            '<subject subjectScheme="MeSH" valueURI="https://id.test/1">Cold</subject></subjects>'
            "<geoLocations><geoLocation><geoLocationPlace>Here</geoLocationPlace><geoLocationPoint>"
            "<pointLatitude>1.5</pointLatitude><pointLongitude>-2</pointLongitude></geoLocationPoint>"
            "</geoLocation><geoLocation><geoLocationBox><westBoundLongitude>1</westBoundLongitude>"
            "<eastBoundLongitude>2</eastBoundLongitude><southBoundLatitude>3</southBoundLatitude>"
            "<northBoundLatitude>4</northBoundLatitude></geoLocationBox></geoLocation></geoLocations>"
        )
    )
    assert record.additional_titles == (
        Title(additional_title="Un", type="translated-title", language="fra"),
    )
    assert extra(record) == {"titles": [{"@lang": "en"}, None]}
    assert record.keywords == ("frost",)
    assert record.subjects == (Subject(subject_id="https://id.test/1", subject="Cold", scheme="MeSH"),)
    assert record.locations[0] == Location(place="Here", latitude=1.5, longitude=-2.0)
    box = json.loads(record.locations[1].geometry or "")
    assert box["coordinates"][0][:2] == [[1, 3], [2, 3]]


def test_a_part_that_comes_twice_or_is_unknown_stays_whole(read: Read) -> None:
    record = read(
        resource("<publisher>A</publisher><publisher>B</publisher><relatedItems><b>c</b></relatedItems>loose")
    )
    assert record.publisher == "A"
    assert extra(record) == {"publisher": "B", "relatedItems": {"b": ["c"]}, "#text": ["loose"]}


def test_older_versions_of_the_schema_are_read_the_same(read: Read) -> None:
    body = "<titles><title>Frost</title></titles>"
    for namespace in ('xmlns="http://datacite.org/schema/kernel-3"', ""):
        assert read(resource(body, namespace)).title == "Frost"


def test_xml_that_is_not_well_formed_is_read_as_far_as_it_goes_and_kept(read: Read) -> None:
    raw = b"<resource><titles><title>Frost</title></titles><publisher>Zen"
    record = read(raw)
    assert record.title == "Frost"
    assert record.problems[0].startswith("the record is no well-formed XML")
    assert extra(record)["text"] == raw.decode()


def test_a_name_that_is_none_is_kept_as_it_is(read: Read) -> None:
    record = read(b"<resource><titles><title>Frost</title></titles><odd:>x</odd:></resource>")
    assert record.title == "Frost"
    assert extra(record)["odd:"] == "x"


@pytest.mark.parametrize(
    "raw", ["<html>", b"  <html><br></html>", b"\xef\xbb\xbf<a>b</a>", "<", "<?xml", "<a>\ud800"]
)
def test_xml_of_another_kind_becomes_a_row_of_its_content(read: Read, raw: bytes | str) -> None:
    record = read(raw)
    assert (record.dialect, record.id) == (None, None)
    assert record.problems
    assert record.extra


def test_entities_and_document_types_are_not_read(read: Read) -> None:
    raw = (
        '<!DOCTYPE resource [<!ENTITY a "boom"><!ENTITY file SYSTEM "file:///etc/passwd">]>'
        "<resource><titles><title>x &a; &file;</title></titles></resource>"
    )
    record = read(raw)
    assert record.title == "x &a; &file;"
    assert record.problems == ("the record declares a document type, which is not read", "id: none")


def test_a_bomb_of_entities_is_a_row_of_its_text(read: Read) -> None:
    bomb = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 20))
    raw = f'<!DOCTYPE r [<!ENTITY a0 "boom">{bomb}]><resource><version>&a19;</version></resource>'
    record = read(raw)
    assert len(str(record)) < 10_000
    assert extra(record)["text"] == raw


def test_xml_as_text_or_bytes_with_or_without_a_declaration_is_the_same(read: Read) -> None:
    body = resource("<titles><title>caf\u00e9</title></titles>")
    latin = b'<?xml version="1.0" encoding="ISO-8859-1"?>' + body.decode().encode("latin-1")
    for raw in (body, body.decode(), b"\n" + body, latin, latin.decode("latin-1")):
        assert read(raw).title == "caf\u00e9"


def test_a_deleted_record_is_a_row_without_metadata(read: Read) -> None:
    raw = oai("").replace(b"<header>", b'<header status="deleted">').replace(b"<metadata></metadata>", b"")
    record = read(raw)
    assert (record.id, record.problems) == ("8", ("record: no metadata",))
    assert extra(record) == {"header": {"@status": "deleted"}}


def test_the_text_as_it_came_is_kept_where_asked_for(read: Read) -> None:
    assert read(resource(""), keep_raw=True).raw == resource("").decode()
