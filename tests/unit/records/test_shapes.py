"""The shapes in which zenodo.org has served the same thing over the years, and its strange content."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from zenodo_harvest.records import Record

Read = Callable[..., Record]

TODAY: dict[str, Any] = {"id": 7, "recid": "7", "conceptrecid": "6"}
OLD: dict[str, Any] = {"id": 7, "conceptrecid": "6", "owners": [3], "revision": 4}
NATIVE: dict[str, Any] = {"id": "7", "parent": {"id": "6"}}


@pytest.mark.parametrize(
    ("value", "file"),
    [
        (TODAY, {"id": "u", "filename": "a.CSV", "filesize": 9, "checksum": "ab12"}),
        (TODAY, {"id": "u", "key": "a.CSV", "size": 9, "checksum": "md5:ab12"}),
        (OLD, {"bucket": "b", "type": "csv", "key": "a.CSV", "size": 9, "checksum": "md5:ab12"}),
    ],
)
def test_files_are_the_same_in_all_three_spellings(read: Read, value: Any, file: Any) -> None:
    record = read({**value, "files": [file]})
    found = record.files[0]
    assert (found.key, found.size_bytes, found.checksum) == ("a.CSV", 9, "md5:ab12")
    assert (record.file_count, record.total_bytes, record.file_types) == (1, 9, ("csv",))
    assert record.problems == ()


def test_an_old_file_keeps_the_address_of_its_bucket(read: Read) -> None:
    link = "https://zenodo.org/api/files/b/a.csv"
    record = read({**OLD, "files": [{"bucket": "b", "key": "a.csv", "size": 1, "links": {"self": link}}]})
    assert record.files[0].file_url == link


@pytest.mark.parametrize(
    ("part", "swhid"),
    [
        ({}, None),
        ({"swh": {}}, None),
        ({"swh": None}, None),
        ({"swh": {"swhid": "swh:1:dir:0"}}, "swh:1:dir:0"),
    ],
)
@pytest.mark.parametrize("value", [TODAY, NATIVE])
def test_an_archive_identifier_may_be_absent_empty_or_null(
    read: Read, value: Any, part: Any, swhid: str | None
) -> None:
    record = read({**value, **part})
    assert (record.swhid, record.problems) == (swhid, ())


@pytest.mark.parametrize(
    "owners",
    [{"owners": [95208]}, {"owners": [{"id": 95208}]}, {"owners": [{"id": "95208"}]}, {"owner": 95208}],
)
def test_an_owner_is_the_same_in_all_spellings(read: Read, owners: Any) -> None:
    record = read({**TODAY, **owners})
    assert (record.owner_id, record.extra) == ("95208", None)


def test_further_owners_are_kept(read: Read) -> None:
    record = read({**OLD, "owners": [3, 4]})
    assert (record.owner_id, record.extra) == ("3", '{"owners":[4]}')


@pytest.mark.parametrize("value", [{"id": 7, "recid": "7"}, {"recid": 7, "record_id": 7}, {"record_id": "7"}])
def test_ids_are_text_whatever_they_were(read: Read, value: Any) -> None:
    record = read({**value, "conceptrecid": 6})
    assert (record.id, record.concept_id, record.extra) == ("7", "6", None)


def test_a_date_without_its_value_keeps_its_type(read: Read) -> None:
    record = read({**TODAY, "metadata": {"dates": [{"type": "issued"}]}})
    assert (record.dates[0].date, record.dates[0].type, record.problems) == (None, "issued", ())


@pytest.mark.parametrize(
    ("ends", "date"),
    [
        ({"start": "2020-01-01", "end": "2020-02-01"}, "2020-01-01/2020-02-01"),
        ({"start": "2020", "end": "2020"}, "2020"),
        ({"start": "2020"}, "2020/"),
        ({"end": "2020"}, "/2020"),
    ],
)
def test_the_ends_of_a_legacy_date_become_one_date(read: Read, ends: Any, date: str) -> None:
    record = read({**TODAY, "metadata": {"dates": [{"type": "collected", **ends}]}})
    assert record.dates[0].date == date


@pytest.mark.parametrize("identifier", ["hash://sha256/ab", "urn:lsid:x.org:names:1", "10.1/a(b)c"])
@pytest.mark.parametrize("scheme", [{}, {"scheme": "doi"}])
def test_an_alternate_identifier_may_lack_its_scheme(read: Read, identifier: str, scheme: Any) -> None:
    metadata = {"alternate_identifiers": [{"identifier": identifier, **scheme}]}
    record = read({**TODAY, "metadata": metadata})
    assert (record.alternate[0].identifier, record.alternate[0].scheme) == (identifier, scheme.get("scheme"))


@pytest.mark.parametrize("affiliation", [{}, {"affiliation": None}])
def test_an_affiliation_may_be_null_or_absent(read: Read, affiliation: Any) -> None:
    record = read({**TODAY, "metadata": {"creators": [{"name": "A, B", **affiliation}]}})
    assert (record.creators[0].affiliations, record.problems, record.extra) == ((), (), None)


@pytest.mark.parametrize(
    ("typed", "year", "start", "end"),
    [
        ("2020", 2020, "2020-01-01", "2020-12-31"),
        ("2020-02", 2020, "2020-02-01", "2020-02-29"),
        ("2020-02-03", 2020, "2020-02-03", "2020-02-03"),
        ("2019-12/2020", 2019, "2019-12-01", "2020-12-31"),
    ],
)
@pytest.mark.parametrize("value", [TODAY, OLD, NATIVE])
def test_a_publication_date_may_be_a_year_a_month_or_an_interval(
    read: Read, value: Any, typed: str, year: int, start: str, end: str
) -> None:
    record = read({**value, "metadata": {"publication_date": typed}})
    assert (record.publication_date, record.publication_year) == (typed, year)
    assert (str(record.publication_start), str(record.publication_end)) == (start, end)


def test_a_publication_date_that_does_not_exist_stays_as_typed_and_is_named(read: Read) -> None:
    record = read({**TODAY, "metadata": {"publication_date": "2021-02-30"}})
    assert (record.publication_date, record.publication_start) == ("2021-02-30", None)
    assert record.problems[0].startswith("metadata.publication_date: ")


def test_a_time_may_lack_microseconds_and_zone(read: Read) -> None:
    times = {
        read({**TODAY, "created": f"2020-01-02T03:04:05{rest}"}).created for rest in ("", "Z", ".000+00:00")
    }
    assert [str(time) for time in times] == ["2020-01-02 03:04:05+00:00"]


@pytest.mark.parametrize(
    ("license_", "name"),
    [
        ({"id": "MIT"}, "MIT"),
        ({"id": "mit-license"}, "MIT"),
        ({"id": "cc-zero"}, "CC0-1.0"),
        ("cc-by-4.0", "CC-BY-4.0"),
        ({"id": "notspecified"}, "notspecified"),
    ],
)
def test_licences_of_all_eras_become_spdx_and_the_original_is_kept(
    read: Read, license_: Any, name: str
) -> None:
    record = read({**OLD, "metadata": {"license": license_}})
    assert record.licenses == (name,)
    original = license_ if isinstance(license_, str) else license_["id"]
    assert original == name or original in (record.extra or "")


def test_a_record_may_have_no_licence_and_no_description(read: Read) -> None:
    record = read({**TODAY, "metadata": {}})
    assert (record.licenses, record.description_html, record.description_text) == ((), None, None)


def test_a_description_may_be_huge_and_in_any_script(read: Read) -> None:
    markup = "<p>soft\u00adhyphen 🧊 \u202eright to left שלום</p>" + "<p>x</p>" * 10_000
    record = read({**TODAY, "metadata": {"description": markup}})
    assert record.description_html == markup
    assert (record.description_text or "").startswith("soft\u00adhyphen 🧊 \u202eright to left שלום\nx\nx")


@pytest.mark.parametrize(
    "value",
    [
        {**TODAY, "files": [], "metadata": {"access_right": "restricted"}},
        {**OLD, "metadata": {"access_right": "restricted"}},
        {**NATIVE, "access": {"status": "restricted"}, "files": {"enabled": True}},
        {**NATIVE, "access": {"status": "restricted"}}
        | {"files": {"enabled": True, "count": 0, "total_bytes": 0, "entries": {}, "order": []}},
    ],
)
def test_hidden_files_are_unknown_and_not_zero(read: Read, value: Any) -> None:
    record = read(value)
    assert record.access_status == "restricted"
    assert (record.files, record.file_count, record.total_bytes) == ((), None, None)


def test_a_native_record_without_files_has_zero_files(read: Read) -> None:
    record = read({**NATIVE, "files": {"enabled": False, "count": 0, "total_bytes": 0}})
    assert (record.file_count, record.total_bytes) == (0, 0)


def test_a_closed_record_of_old_is_restricted_and_the_original_is_kept(read: Read) -> None:
    record = read({**OLD, "metadata": {"access_right": "closed"}})
    assert (record.access_status, record.extra) == ("restricted", '{"metadata":{"access_right":"closed"}}')


def test_a_record_with_an_external_doi_has_no_concept_doi(read: Read) -> None:
    record = read({**TODAY, "doi": "10.1000/x", "metadata": {"doi": "10.1000/x"}})
    assert (record.doi, record.concept_doi, record.extra) == ("10.1000/x", None, None)


def test_versions_count_from_one_in_every_dialect(read: Read) -> None:
    relations = {
        "version": [{"index": 0, "is_last": True, "parent": {"pid_type": "recid", "pid_value": "6"}}]
    }
    legacy = read({**TODAY, "metadata": {"relations": relations}})
    native = read({**NATIVE, "versions": {"index": 1, "is_latest": True}})
    assert (legacy.version_index, legacy.is_latest, legacy.concept_id) == (1, True, "6")
    assert (native.version_index, native.is_latest, native.concept_id) == (1, True, "6")


@pytest.mark.parametrize(
    "funder",
    [
        {"name": "EC", "acronyms": ["EC"], "doi": "10.13039/1", "links": {"self": "x"}},
        {"name": "EC"},
    ],
)
def test_grants_of_both_eras_name_the_funder_and_the_award(read: Read, funder: Any) -> None:
    grant = {"code": "283595", "title": "OpenAIREplus", "internal_id": "10.13039/1::283595", "funder": funder}
    found = read({**OLD, "metadata": {"grants": [grant]}}).funding[0]
    assert (found.funder_name, found.award_number, found.award_title) == ("EC", "283595", "OpenAIREplus")


def test_an_open_record_may_carry_an_embargo_date(read: Read) -> None:
    record = read({**OLD, "metadata": {"access_right": "open", "embargo_date": "2015-06-30"}})
    assert (record.access_status, str(record.embargo_until)) == ("open", "2015-06-30")


@pytest.mark.parametrize(
    ("key", "quoted", "extension"),
    [
        ("a b/c#d?.tar.gz", "a%20b%2Fc%23d%3F.tar.gz", "gz"),
        ("100%&.txt", "100%25%26.txt", "txt"),
        ("данные.CSV", "%D0%B4%D0%B0%D0%BD%D0%BD%D1%8B%D0%B5.CSV", "csv"),
        ("../../etc/passwd", "..%2F..%2Fetc%2Fpasswd", ""),
        (".hidden", ".hidden", ""),
        ("x" * 196, "x" * 196, ""),
    ],
)
def test_a_file_may_have_any_name_and_its_address_is_encoded(
    read: Read, key: str, quoted: str, extension: str
) -> None:
    link = f"https://zenodo.org/api/records/7/files/{key}/content"
    file = {"key": key, "size": 87_000_000_000, "links": {"self": link}}
    record = read({**TODAY, "links": {"self": "https://zenodo.org/api/records/7"}, "files": [file]})
    assert record.files[0].key == key
    assert record.files[0].file_url == f"https://zenodo.org/api/records/7/files/{quoted}/content"
    assert record.total_bytes == 87_000_000_000
    assert record.file_types == ((extension,) if extension else ())


def test_names_languages_and_keywords_stay_as_they_were_typed(read: Read) -> None:
    names = ["Plato", "A, B; C, D; E, F; G, H; I, J", "x" * 966, "mail@example.org"]
    metadata = {
        "creators": [{"name": name} for name in names],
        "language": "english",
        "keywords": ["a, b, c"],
    }
    record = read({**OLD, "metadata": metadata})
    assert [person.name for person in record.creators] == names
    assert (record.languages, record.keywords) == (("english",), ("a, b, c",))


@pytest.mark.parametrize(
    ("communities", "slugs"),
    [({}, ()), ({"ids": ["u"], "default": "u", "entries": [{"id": "u", "slug": "s"}]}, ("s",)), (None, ())],
)
def test_a_native_record_may_be_in_no_community(read: Read, communities: Any, slugs: tuple[str, ...]) -> None:
    record = read({**NATIVE, "parent": {"id": "6", "communities": communities}})
    assert (record.communities, record.problems) == (slugs, ())


def test_the_random_order_of_communities_is_sorted_away(read: Read) -> None:
    orders = (["b", "a", "c"], ["c", "b", "a"])
    found = {
        read({**TODAY, "metadata": {"communities": [{"id": each} for each in order]}}).communities
        for order in orders
    }
    assert found == {("a", "b", "c")}


def test_a_relation_without_its_name_keeps_the_identifier(read: Read) -> None:
    metadata = {"related_identifiers": [{"identifier": "10.1/x", "scheme": "doi"}]}
    related = read({**TODAY, "metadata": metadata}).related[0]
    assert (related.identifier, related.relation) == ("10.1/x", None)


def test_a_contributor_without_a_mapped_type_has_no_role(read: Read) -> None:
    record = read({**TODAY, "metadata": {"contributors": [{"name": "A", "type": None}]}})
    assert (record.contributors[0].role, record.problems) == (None, ())


def test_the_thesis_of_old_is_the_dissertation_of_today(read: Read) -> None:
    halves = {"type": "publication", "subtype": "thesis", "title": "Thesis"}
    record = read({**OLD, "metadata": {"resource_type": halves}})
    assert (record.resource_type, record.resource_type_general) == (
        "publication-dissertation",
        "publication",
    )
    assert '"subtype":"thesis"' in (record.extra or "")


def test_a_deposit_is_read_like_a_record(read: Read) -> None:
    record = read(
        {
            "id": 7,
            "record_id": 7,
            "conceptrecid": "6",
            "owner": 3,
            "state": "unsubmitted",
            "submitted": False,
            "title": "",
            "files": [{"id": "u", "filename": "a.csv", "filesize": 9, "checksum": "ab"}],
            "metadata": {
                "upload_type": "publication",
                "publication_type": "article",
                "license": "cc-by",
                "communities": [{"identifier": "zenodo"}],
                "journal_title": "J",
                "conference_acronym": "C",
                "imprint_publisher": "P",
                "imprint_isbn": "978",
                "partof_title": "B",
                "thesis_university": "U",
            },
        }
    )
    assert (record.dialect, record.title, record.owner_id) == ("legacy", "", "3")
    assert (record.resource_type, record.licenses) == ("publication-article", ("CC-BY-4.0",))
    assert (record.communities, record.publisher, record.thesis_university) == (("zenodo",), "P", "U")
    assert record.journal is not None
    assert record.meeting is not None
    assert record.imprint is not None
    assert (record.journal.journal_title, record.meeting.meeting_acronym) == ("J", "C")
    assert (record.imprint.imprint_isbn, record.imprint.imprint_title) == ("978", "B")
    assert record.problems == ()


def test_an_embargo_that_is_written_as_a_time_keeps_the_time(read: Read) -> None:
    record = read({**TODAY, "metadata": {"embargo_date": "2099-01-31T10:00:00+00:00"}})
    assert str(record.embargo_until) == "2099-01-31"
    assert record.extra == '{"metadata":{"embargo_date":"2099-01-31T10:00:00+00:00"}}'


def test_a_native_thesis_of_old_is_a_dissertation_too(read: Read) -> None:
    record = read({**NATIVE, "metadata": {"resource_type": {"id": "publication-thesis"}}})
    assert record.resource_type == "publication-dissertation"
    assert record.extra == '{"metadata":{"resource_type":{"id":"publication-thesis"}}}'
