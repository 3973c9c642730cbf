from __future__ import annotations

import copy
import csv
import gzip
import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from zenodo_harvest.catalog import (
    RULES,
    Finding,
    PendingRecord,
    check,
    rule_counts,
    write_checks_csv,
)
from zenodo_harvest.errors import UsageError
from zenodo_harvest.export import write_jsonl
from zenodo_harvest.records import File, Person, Provenance, Record, RecordDate, Related, read_record

Row = dict[str, Any]
Plant = Callable[[Row], Any]
RECORDED = Path(__file__).parents[2] / "data" / "recordings" / "records-native.jsonl.gz"
TODAY = date(2026, 11, 23)
ADA = Person(
    name="Moreau, Ada",
    family_name="Moreau",
    given_name="Ada",
    type="personal",
    orcid="0000-0002-1825-0097",
    affiliations=("Institute of Cold Regions",),
    affiliation_ids=("05sd8tv96",),
)
GROUP = Person(name="Frost Group; North", type="organizational")


def record(number: int, title: str, **changed: Any) -> Record:
    """A record with which nothing is wrong."""
    known: dict[str, Any] = {
        "id": str(number),
        "concept_id": str(number - 1),
        "doi": f"10.5281/zenodo.{number}",
        "concept_doi": f"10.5281/zenodo.{number - 1}",
        "url": f"https://zenodo.org/records/{number}",
        "title": title,
        "resource_type": "dataset",
        "description_text": "Days with frost at twelve stations of the coast, counted by hand each week.",
        "keywords": ("frost",),
        "created": datetime(2024, 3, number % 28 + 1, tzinfo=UTC),
        "publication_date": "2024-03",
        "publication_start": date(2024, 3, 1),
        "publication_end": date(2024, 3, 31),
        "creators": (ADA, GROUP),
        "owner_id": "7",
        "access_status": "open",
        "licenses": ("CC-BY-4.0",),
        "communities": ("enes-data-space",),
        "related": (Related("10.1234/abc", "doi", "Cites"), Related("https://example.org/a", "url", "Cites")),
        "files": (
            File(key="LICENSE", size_bytes=11_000, checksum="md5:11"),
            File(key=f"frost-{number}.nc", size_bytes=5, checksum=f"md5:{number:032x}"),
        ),
        "file_count": 2,
        "dates": (RecordDate("2020-01-01/2020-03-01", "collected"), RecordDate("2020-01/", "valid")),
        "dialect": "native",
    }
    return Record(**(known | changed))


CLEAN = (
    record(100, "Frost days of the northern coast", version_label="1.0"),
    record(102, "frostlib v1.2", resource_type="software", licenses=("MIT",), version_label="1.2"),
    record(104, "Heat waves", access_status="restricted", licenses=(), files=(), file_count=None),
    record(106, "Snow", access_status="embargoed", embargo_until=date(2027, 1, 1), files=(), file_count=None),
)


def rows_of(*records: Record) -> list[Row]:
    stream = io.BytesIO()
    write_jsonl(stream, records)
    return [json.loads(line) | {"memberships": []} for line in stream.getvalue().splitlines()]


def found(rows: list[Row], **options: Any) -> list[Finding]:
    settings = {"doi_prefix": "10.5281", "site_url": "https://zenodo.org", "today": TODAY}
    return check(rows, **(settings | options))


def vars_of(person: Person) -> Row:
    return {name: getattr(person, name) for name in person.__struct_fields__}


def put(**changed: Any) -> Plant:
    return lambda row: row.update(changed)


def put_creator(**changed: Any) -> Plant:
    return lambda row: row["creators"][0].update(changed)


def relate(identifier: str, scheme: str, relation: str = "Cites") -> Plant:
    return lambda row: row["related"].append(
        {"identifier": identifier, "scheme": scheme, "relation": relation}
    )


def add_file(key: str, size_bytes: int = 5, checksum: str = "md5:77") -> Plant:
    return lambda row: row["files"].append({"key": key, "size_bytes": size_bytes, "checksum": checksum})


def again(**changed: Any) -> Callable[[Row], Row]:
    """The record once more, a year later, as a concept of its own with a file of its own."""

    def go(row: Row) -> Row:
        other = copy.deepcopy(row)
        other |= {"id": "900", "concept_id": "899", "doi": "10.5281/zenodo.900", "created": "2025-03-01"}
        other |= {"concept_doi": None, "url": "https://zenodo.org/records/900"}
        other["files"][1]["checksum"] = "md5:900"
        return other | changed

    return go


FAULTS: tuple[tuple[str, Plant], ...] = (
    ("title-placeholder", put(title=None)),
    ("title-placeholder", put(title="Test")),
    ("title-placeholder", put(title="Supplementary Material")),
    ("title-placeholder", put(title="Deliverable 1.1")),
    ("title-placeholder", put(title="final version.PDF")),
    ("title-placeholder", put(title="frost-100.nc")),
    ("title-placeholder", put(title="????")),
    ("title-placeholder", lambda row: row.update(title="a_b") or add_file("a_b.nc")(row)),
    ("description-missing", put(description_text=None)),
    ("description-missing", put(description_text=" \n")),
    ("description-short", put(description_text="See the article.")),
    ("description-short", put(title="x" * 60, description_text="X" * 60)),
    ("keywords-missing", put(keywords=[])),
    ("keywords-joined", put(keywords=["frost; snow"])),
    ("keywords-joined", put(keywords=["frost, snow, ice, hail"])),
    ("creators-missing", put(creators=[])),
    ("creators-joined", put_creator(name="Moreau, Ada; Okoro, Nkem")),
    ("creators-joined", put_creator(name="Moreau et al.")),
    ("orcid-malformed", put_creator(orcid="0000-0002-1825-0098")),
    ("orcid-malformed", lambda row: row["contributors"].append(row["creators"][0] | {"orcid": "12"})),
    ("orcid-shared", lambda row: row["creators"].append(row["creators"][0] | {"name": "Okoro, Nkem"})),
    ("orcid-missing", put_creator(orcid=None)),
    ("affiliation-missing", put_creator(affiliations=[], affiliation_ids=[])),
    ("ror-missing", put_creator(affiliation_ids=[None])),
    ("license-missing", put(licenses=[])),
    ("license-missing", put(licenses=[], access_status="embargoed", embargo_until="2027-01-01", files=[])),
    ("license-odd", put(licenses=["House rules"])),
    ("license-odd", put(licenses=["other-open"])),
    ("license-unsuited", put(resource_type="software")),
    ("license-unsuited", put(resource_type="poster", licenses=["GPL-3.0-or-later"])),
    ("license-closed", put(access_status="restricted")),
    ("publication-date", put(publication_date=None, publication_start=None)),
    (
        "publication-date",
        put(
            publication_date="2024-03/2023-01",
            publication_start=None,
            problems=["metadata.publication_date: no EDTF level 0 date of a day that exists"],
        ),
    ),
    ("publication-date-odd", put(publication_date="2062", publication_start="2062-01-01")),
    ("publication-date-odd", put(publication_date="0204", publication_start="0204-01-01")),
    ("dates-malformed", lambda row: row["dates"].append({"date": "2021-05-01/2020-01-01", "type": "valid"})),
    ("embargo", put(access_status="embargoed", embargo_until="2025-01-01")),
    ("embargo", put(access_status="embargoed", embargo_until=None)),
    (
        "embargo",
        put(access_status="embargoed", embargo_until="2026-11-22", publication_start="2026-11-23"),
    ),
    ("doi-external", put(doi="10.1234/frost")),
    ("related-malformed", relate("10.5281", "doi")),
    ("related-malformed", relate("https://doi.org/doi:10.5281", "url")),
    ("related-malformed", relate("www.example.org/a", "url")),
    ("related-malformed", relate("http://localhost/a", "url")),
    ("related-malformed", relate("ark:99", "ark")),
    ("related-malformed", relate("978-3-16-148410-9", "isbn")),
    ("related-malformed", lambda row: row["alternate"].append({"identifier": "2101", "scheme": "arxiv"})),
    ("related-self", relate("https://doi.org/10.5281/ZENODO.100", "doi")),
    ("related-self", relate("http://www.zenodo.org/record/100/", "url")),
    ("related-self", relate("10.5281/zenodo.99", "doi", "IsSupplementTo")),
    ("file-clutter", add_file(".DS_Store")),
    ("file-clutter", add_file("data/~$frost.docx")),
    ("file-empty", add_file("b.csv", 0)),
    ("record-odd", put(problems=["metadata.languages: no list"])),
    ("duplicate-work", again()),
    ("duplicate-work", again(title="<i>Frost days</i> of the Northern Coast!", owner_id="8")),
    ("versions-apart", again(title="Frost days of the northern coast, v2.0", version_label="2.0")),
    ("versions-apart", again(title="Frost days of the northern coast: version 3", version_label=None)),
    ("versions-apart", again(version_label="2.0", creators=[vars_of(GROUP)])),
    ("duplicate-files", lambda row: again(title="Other", files=copy.deepcopy(row["files"]))(row)),
    (
        "file-shared",
        lambda row: again(
            title="Other",
            files=[*row["files"], {"key": "more", "size_bytes": 3, "checksum": "md5:0"}],
        )(row),
    ),
)


def planted(plant: Plant) -> list[Row]:
    """The clean collection with one fault in its first record, or with one record more."""
    rows = rows_of(*CLEAN)
    added = plant(rows[0])
    return [*rows, added] if isinstance(added, dict) and "id" in added else rows


def test_nothing_is_found_where_nothing_is_wrong() -> None:
    assert found(rows_of(*CLEAN)) == []


@pytest.mark.parametrize(("rule", "plant"), FAULTS, ids=[f"{rule}-{n}" for n, (rule, _) in enumerate(FAULTS)])
def test_a_planted_fault_is_found_by_its_rule_alone(rule: str, plant: Plant) -> None:
    rows = planted(plant)
    (finding,) = found(rows)
    assert finding.rule == rule
    assert finding.id in ("100", "900")
    assert finding.detail
    assert found(rows, off=[rule]) == [], "and by none when it is switched off"


def test_every_rule_has_a_fault_that_it_finds() -> None:
    pending = {"community-pending"}  # below, since it is not in a row
    assert {rule.id for rule in RULES} == {rule for rule, _ in FAULTS} | pending
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert all(rule.title and rule.explanation.endswith(".") for rule in RULES)


HARMLESS: tuple[Plant, ...] = (
    relate("https://doi.org/10.1234/ABC", "doi"),
    relate("https://doi.org/10/gqx2", "url"),
    relate("https://doi.org/10/gqx2", "doi"),
    relate("hash://md5/b3cd", "url"),
    relate("whatever", "a scheme of tomorrow"),
    relate("10.5281/zenodo.99", "doi", "IsVersionOf"),
    relate("https://zenodo.org/records/1000", "url"),
    relate("https://arxiv.org/abs/2101.00001", "arxiv"),
    relate("https://n2t.net/ark:/12148/btv1b8449691v", "ark"),
    relate("https://hal.science/hal-01234567", "hal"),
    relate("ISSN 2041-1723", "issn"),
    put(title="論語"),
    put(title="1Q84", resource_type="publication-book"),
    put(title="Plots.jl"),
    put(description_text="二〇二四年北海岸の十二観測所における霜日数を毎週手作業で数えた記録。"),
    put(keywords=["2-amino-3,4-dimethyl", "Paris, France"]),
    put(licenses=["CC-BY-4.0", "MIT"], resource_type="software"),
    put(licenses=["CC0-1.0"], resource_type="software"),
    put(resource_type="software-computationalnotebook"),
    put(access_status="restricted", licenses=["House rules"]),
    put(access_status="metadata-only", licenses=[], files=[], file_count=0),
    put(publication_date="2026-11-24", publication_start="2026-11-24"),
    put(embargo_until="2020-01-01"),
    put(dialect="legacy", creators=[{**rows_of(CLEAN[0])[0]["creators"][0], "affiliation_ids": []}]),
    put_creator(orcid="https://orcid.org/0000-0002-1825-0097"),
    put_creator(affiliations=["Independent researcher"], affiliation_ids=[None]),
    lambda row: row["dates"].append({"date": None, "type": "issued"}),
    lambda row: row["dates"].append({"date": "2020-01-01/..", "type": "valid"}),
    add_file("src/__init__.py", 0),
    again(resource_type="poster"),
    again(languages=["fra"]),
    again(concept_id="99"),
    lambda row: relate("10.5281/zenodo.900", "doi", "IsPreviousVersionOf")(row) or again(related=[])(row),
    lambda row: add_file("__init__.py", 0)(row) or again(title="Other")(row),
    again(related=[{"identifier": "10.5281/zenodo.100", "scheme": "doi", "relation": "IsNewVersionOf"}]),
    again(title="Other", files=[{"key": "LICENSE.txt", "size_bytes": 11_000, "checksum": "md5:11"}]),
)


@pytest.mark.parametrize("plant", HARMLESS, ids=range(len(HARMLESS)))
def test_what_only_looks_like_a_fault_is_left_alone(plant: Plant) -> None:
    assert found(planted(plant)) == []


def test_the_order_of_the_rows_does_not_matter() -> None:
    rows = [planted(plant)[0] | {"id": f"{n:03}"} for n, (_, plant) in enumerate(FAULTS)]
    first = found(rows)
    rows.reverse()
    assert found(rows) == first
    levels = [each.level for each in first]
    assert levels == sorted(levels, key=["error", "warning", "note"].index)


def test_of_many_people_the_first_few_are_named() -> None:
    (row,) = rows_of(CLEAN[0])
    person = row["creators"][0]
    row["creators"] = [person | {"name": f"Moreau, A{n}", "orcid": None} for n in range(1000)]
    (finding,) = found([row])
    assert finding.detail == "Moreau, A0; Moreau, A1; Moreau, A2 and 997 more"


def test_duplicates_are_told_of_the_later_records_and_name_the_oldest() -> None:
    rows = rows_of(*CLEAN)
    rows = [again(id=id_, concept_id=id_, doi=None)(rows[0]) for id_ in ("901", "900")] + rows
    told = [(each.id, each.detail) for each in found(rows) if each.rule == "duplicate-work"]
    assert told == [("900", "as 100 (2024-03-17)"), ("901", "as 100 (2024-03-17)")]


def test_titles_without_a_letter_are_not_compared() -> None:
    first = planted(put(title="????"))[0]
    assert {each.rule for each in found([first, again()(first)])} == {"title-placeholder"}


def test_what_is_found_in_the_recorded_collection() -> None:
    source = Provenance("zenodo", "search", datetime(2026, 11, 23, tzinfo=UTC))
    with gzip.open(RECORDED) as lines:
        records = [each for each in (read_record(line, source) for line in lines) if each.is_latest]
    assert len(records) == 274
    counts = {rule.id: number for rule, number in rule_counts(found(rows_of(*records)))}
    assert counts == {
        "description-missing": 33,
        "license-missing": 26,
        "publication-date-odd": 2,
        "ror-missing": 253,
        "orcid-missing": 208,
        "affiliation-missing": 120,
        "keywords-missing": 84,
        "license-unsuited": 61,
        "license-odd": 17,
        "license-closed": 15,
        "keywords-joined": 14,
    }


def test_of_several_records_that_share_files_the_one_with_most_is_named() -> None:
    first, second, third = rows_of(*(record(n, f"Frost days of station {n}") for n in (300, 302, 304)))
    add_file("a.nc", checksum="md5:a")(first)
    for checksum in ("md5:b", "md5:c"):
        add_file(checksum, checksum=checksum)(second)
    third["files"] += [*first["files"][2:], *second["files"][2:]]
    (finding,) = found([first, second, third])
    assert (finding.rule, finding.id) == ("file-shared", "304")
    assert finding.detail.startswith("md5:b; md5:c in 302")


def test_a_file_that_comes_with_everything_is_left_alone() -> None:
    rows = rows_of(*(record(200 + 2 * n, f"Frost days of station {n}") for n in range(30)))
    for row in rows:
        add_file("logo.png")(row)
    assert found(rows) == []


def asked(status: str, **changed: Any) -> PendingRecord:
    known: dict[str, Any] = {
        "id": "300",
        "title": "Hail",
        "url": "https://zenodo.org/me/requests/1",
        "community": "enes-data-space",
        "status": status,
        "asked_at": "2026-11-01T08:00:00Z",
    }
    return PendingRecord(**(known | changed))


def test_who_waits_for_a_community_is_named_until_it_is_in() -> None:
    rows = rows_of(*CLEAN)
    pending = [asked("submitted"), asked("declined", id="301"), asked("submitted", id="100")]
    told = [(each.rule, each.id, each.detail) for each in found(rows, pending=pending)]
    assert told == [
        ("community-pending", "300", "the request to enes-data-space of 2026-11-01 waits for a curator"),
        ("community-pending", "301", "the request to enes-data-space of 2026-11-01 was declined"),
    ]
    assert found(rows, pending=pending, off=["community-pending"]) == []
    both = [asked("submitted"), asked("submitted", community="frost-index-lab")]
    assert len(found(rows, pending=both)) == 2


def test_no_rule_is_switched_off_by_mistake() -> None:
    with pytest.raises(UsageError, match="no rule 'orcid-mising'") as refused:
        found([], off=["orcid-mising"])
    assert refused.value.hint == "Did you mean orcid-missing?"


def test_without_a_known_prefix_no_doi_is_called_external() -> None:
    assert found(planted(put(doi="10.1234/frost")), doi_prefix=None) == []


def written(findings: list[Finding]) -> str:
    stream = io.BytesIO()
    write_checks_csv(stream, findings)
    return stream.getvalue().decode()


def test_the_table_has_a_row_for_each_finding_and_no_cell_runs() -> None:
    findings = found(planted(put(title="=HYPERLINK(1)", keywords=[])))
    rows = list(csv.DictReader(io.StringIO(written(findings), newline="")))
    assert [row["rule"] for row in rows] == ["keywords-missing"]
    assert rows[0] == {
        "level": "note",
        "rule": "keywords-missing",
        "id": "100",
        "title": "'=HYPERLINK(1)",
        "url": "https://zenodo.org/records/100",
        "detail": "no keyword and no subject",
    }


def test_the_records_are_counted_by_rule() -> None:
    rows = [planted(put(description_text=None, keywords=[]))[0] | {"id": str(n)} for n in range(5)]
    findings = found([row | {"title": f"Title {row['id']}", "files": []} for row in rows])
    assert [(rule.id, number) for rule, number in rule_counts(findings)] == [
        ("description-missing", 5),
        ("keywords-missing", 5),
    ]


def test_the_record_that_shares_all_files_is_named_though_an_older_one_shares_one() -> None:
    rows = rows_of(record(100, "First frost"), record(102, "Second snow"), record(104, "Third hail"))
    for row, sums in zip(rows, (("a", "z"), ("a", "b"), ("a", "b")), strict=True):
        row["files"] = [{"key": f"{each}.dat", "size_bytes": 5, "checksum": f"md5:{each}"} for each in sums]
    told = {(each.rule, each.id): each.detail for each in found(rows)}
    assert "in 102" in told["duplicate-files", "104"]


def test_a_version_label_can_neither_forge_a_line_nor_fill_the_screen() -> None:
    rows = rows_of(
        record(100, "Frost days"), record(102, "Frost days", version_label="2\n\x1b]0;x\x07" + "y" * 5000)
    )
    rows[0]["version_label"] = "1"
    (one,) = [each for each in found(rows) if each.id == "102"]
    assert len(one.detail) <= 400
    assert one.detail.isprintable()
