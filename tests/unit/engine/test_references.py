from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from zenodo_harvest.engine import References, read_refs, record_by_ref
from zenodo_harvest.errors import Deleted, MissingWarning, NotFound, UsageError
from zenodo_harvest.sites import ZENODO

TOMBSTONE = {
    "removal_date": "2026-11-23T04:08:57+00:00",
    "removal_reason": {"id": "test-record"},
    "note": "A trial.",
}


def lookup(kit: Any, *rows: dict[str, Any], **how: Any) -> Any:
    """An context whose search finds every record that is named in the query in any of its names."""

    def answer(params: dict[str, str]) -> object:
        named = set(re.findall(r"[0-9.]+/[a-z0-9.]+|[0-9]+", params["q"]))
        found = [row for row in rows if named & names(row)]
        return kit.list_route(found, cap=100)(params)

    return kit.context({"/api/records": answer}, **how)


def names(row: dict[str, Any]) -> set[str]:
    parent = row["parent"]
    return {
        row["id"],
        row["pids"]["doi"]["identifier"],
        parent["id"],
        parent.get("pids", {}).get("doi", {}).get("identifier", ""),
    }


def test_records_come_in_the_order_of_the_list(kit: Any) -> None:
    context = lookup(kit, *(kit.record(number) for number in (100, 200, 300)))
    found = References(context, ["300", "10.5281/zenodo.100", "https://zenodo.org/records/200"])
    assert [record.id for record in found] == ["300", "100", "200"]
    assert found.missing == ()
    assert found.receipt is not None
    assert (found.receipt.complete, found.receipt.rows) == (True, 3)


def test_what_is_not_found_is_listed_as_it_was_typed(kit: Any) -> None:
    found = References(lookup(kit, kit.record(100)), ["100", "doi:10.5281/zenodo.7", "10.1234/elsewhere"])
    assert [record.id for record in found] == ["100"]
    assert [miss.ref for miss in found.missing] == ["doi:10.5281/zenodo.7", "10.1234/elsewhere"]
    assert found.receipt is not None
    assert found.receipt.missed == ("doi:10.5281/zenodo.7", "10.1234/elsewhere")
    assert not found.receipt.complete


def test_an_id_that_the_search_does_not_find_is_asked_for_to_learn_why(kit: Any) -> None:
    context = lookup(kit, kit.record(100))
    context.transport.routes["/api/records/7"] = lambda _: Deleted("gone", tombstone=TOMBSTONE)
    context.transport.routes["/api/records/8"] = lambda _: kit.record(8)
    found = References(context, ["7", "100", "8", "9"])
    assert [record.id for record in found] == ["100", "8"]
    assert [(miss.ref, miss.reason) for miss in found.missing] == [
        ("7", "Record 7 was deleted on 2026-11-23 (test-record): A trial"),
        ("9", "zenodo has no record 9"),
    ]


def test_a_list_full_of_misses_does_not_cost_a_request_for_each(kit: Any) -> None:
    context = lookup(kit)
    found = References(context, [str(number) for number in range(1000, 1100)])
    assert list(found) == []
    assert len(found.missing) == 100
    assert len(context.transport.log) == 21
    assert found.missing[-1].reason == "zenodo has no such record, or it was deleted"


def test_a_record_named_twice_comes_once_and_is_told(kit: Any) -> None:
    found = References(lookup(kit, kit.record(100)), ["100", "10.5281/ZENODO.100"])
    assert [record.id for record in found] == ["100"]
    assert (found.total, found.repeated) == (1, 1)
    assert "1 reference came more than once" in kit.progress.notes[0]


def test_a_doi_of_another_registrant_is_found_by_its_doi(kit: Any) -> None:
    row = kit.record(100, pids={"doi": {"identifier": "10.1234/Own.DOI"}})
    row["pids"]["doi"]["identifier"] = "10.1234/own.doi"
    assert [record.id for record in References(lookup(kit, row), ["https://doi.org/10.1234/Own.DOI"])] == [
        "100"
    ]


def test_a_concept_leads_to_its_latest_version(kit: Any) -> None:
    parent = {"id": "99", "pids": {"doi": {"identifier": "10.5281/zenodo.99"}}}
    old = kit.record(100, parent=parent, versions={"index": 1, "is_latest": False})
    new = kit.record(150, parent=parent, versions={"index": 2, "is_latest": True})
    assert [record.id for record in References(lookup(kit, new, old), ["99", "100"])] == ["150", "100"]


def test_no_query_holds_more_than_a_hundred_references(kit: Any) -> None:
    rows = [kit.record(number) for number in range(1000, 1250)]
    context = lookup(kit, *rows)
    found = References(context, [str(number) for number in range(1000, 1250)])
    assert [record.id for record in found] == [str(number) for number in range(1000, 1250)]
    for _, params, _ in context.transport.log:
        assert len(re.findall(r"\b1[0-9]{3}\b", dict(params)["q"])) <= 200


def test_old_versions_are_found_too(kit: Any) -> None:
    context = lookup(kit, kit.record(100))
    list(References(context, ["100"]))
    assert ("all_versions", "true") in context.transport.log[0][1]


def test_a_list_can_be_walked_twice(kit: Any) -> None:
    found = References(lookup(kit, kit.record(100)), ["100", "7"])
    assert [record.id for record in found] == [record.id for record in found] == ["100"]
    assert len(found.missing) == 1


def test_something_that_is_no_reference_is_refused_at_once(kit: Any) -> None:
    with pytest.raises(UsageError, match="'frost days'"):
        References(lookup(kit), ["100", "frost days"])


def test_another_server_is_asked_for_all_versions_by_the_name_it_knows(kit: Any) -> None:
    site = replace(ZENODO, flavour="inveniordm", name="repo")
    context = lookup(kit, kit.record(100), site=site)
    assert [record.id for record in References(context, ["100"])] == ["100"]
    sent = dict(context.transport.log[0][1])
    assert (sent["allversions"], "all_versions" in sent) == ("true", False)


def test_a_single_record_is_read_from_its_own_route(kit: Any) -> None:
    context = kit.context({"/api/records/100": lambda _: kit.record(100)})
    assert record_by_ref(context, "10.5281/zenodo.100").title == "Record 100"
    assert context.transport.log[0][2] == "application/vnd.inveniordm.v1+json"


def test_a_concept_leads_to_another_record_and_that_is_said(kit: Any) -> None:
    context = kit.context({"/api/records/99": lambda _: kit.record(150, parent={"id": "99"})})
    assert record_by_ref(context, "99").id == "150"
    assert kit.progress.notes == ["99 is a concept; 150 is its latest version."]


def test_a_deleted_record_says_when_and_why(kit: Any) -> None:
    gone = Deleted("Record deleted", status=410, tombstone=TOMBSTONE)
    context = kit.context({"/api/records/100": lambda _: gone})
    with pytest.raises(
        Deleted, match=r"Record 100 was deleted on 2026-11-23 \(test-record\): A trial\."
    ) as caught:
        record_by_ref(context, "100")
    assert caught.value.tombstone == TOMBSTONE
    assert caught.value.exit_code == 3


@pytest.mark.parametrize("tombstone", [{}, {"removal_reason": "odd", "note": None, "removal_date": None}])
def test_a_deleted_record_without_reasons_is_a_sentence_too(kit: Any, tombstone: dict[str, Any]) -> None:
    context = kit.context({"/api/records/100": lambda _: Deleted("Record deleted", tombstone=tombstone)})
    with pytest.raises(Deleted, match=r"^Record 100 was deleted\. "):
        record_by_ref(context, "100")


def test_an_unknown_record_is_said_to_be_unknown_there(kit: Any) -> None:
    with pytest.raises(NotFound, match="zenodo has no record 100") as caught:
        record_by_ref(kit.context({}), "https://zenodo.org/record/100")
    assert "sandbox" in caught.value.hint


def test_a_single_foreign_doi_is_searched_for(kit: Any) -> None:
    row = kit.record(100, pids={"doi": {"identifier": "10.1234/own"}})
    context = lookup(kit, row)
    assert record_by_ref(context, "10.1234/own").id == "100"
    assert dict(context.transport.log[0][1])["q"].startswith('pids.doi.identifier:"10.1234/own"')
    with pytest.raises(NotFound, match=r"DOI 10\.1234/other"):
        record_by_ref(context, "10.1234/other")


def test_references_are_read_one_a_line() -> None:
    listed = read_refs("\ufeff# my list\n10.5281/zenodo.1\n\n https://zenodo.org/records/2 \n3\n")
    assert listed.refs == ("10.5281/zenodo.1", "https://zenodo.org/records/2", "3")
    assert listed.skipped == ()


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_the_column_with_the_most_dois_is_taken(sign: str) -> None:
    lines = [("year", "title", "paper", "DOI"), ("2020", "a", "10.1/x", "10.5281/zenodo.1")]
    lines += [("2021", '"b, or c; d"', "", "https://doi.org/10.5281/zenodo.2")]
    assert read_refs("\n".join(sign.join(line) for line in lines)).refs == (
        "10.5281/zenodo.1",
        "https://doi.org/10.5281/zenodo.2",
    )


def test_a_column_called_id_is_taken_before_years() -> None:
    assert read_refs("year,recid,n\n2020,123456,1\n2021,123457,2\n2022,,3\n").refs == ("123456", "123457")


def test_values_that_are_no_reference_are_passed_over_and_told() -> None:
    listed = read_refs("doi\n10.5281/zenodo.1\ndoi:10.5281/ZENODO.1\nn/a\nhttp://[/records/1\n")
    assert listed.refs == ("10.5281/zenodo.1", "doi:10.5281/ZENODO.1")
    assert listed.skipped == ("n/a", "http://[/records/1")


@pytest.mark.parametrize(
    "ref",
    [
        "https://sandbox.zenodo.org/records/100",
        "https://example.org/records/100",
        "10.5072/zenodo.100",
        "oai:sandbox.zenodo.org:100",
    ],
)
def test_a_record_of_another_site_is_not_answered_with_one_of_the_same_number(kit: Any, ref: str) -> None:
    context = lookup(kit, kit.record(100))
    with pytest.raises(UsageError, match="names a record of"):
        record_by_ref(context, ref)
    with pytest.raises(UsageError, match="names a record of"):
        References(context, [ref])
    assert context.transport.log == []


def test_nothing_is_written_when_no_reference_leads_to_a_record(kit: Any) -> None:
    found = References(lookup(kit), ["404"])
    assert list(found) == []
    assert found.refusal is not None
    assert "Check the references" in found.refusal.hint


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing", "title\nfrost\n", '"unclosed\n'])
def test_a_list_without_references_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no record id"):
        read_refs(text)


def test_several_references_on_a_line_are_all_taken() -> None:
    text = "10.5281/zenodo.1, 10.5281/zenodo.2\nhttps://zenodo.org/records/3\n"
    assert read_refs(text).refs == ("10.5281/zenodo.1", "10.5281/zenodo.2", "https://zenodo.org/records/3")


def test_a_file_that_is_no_table_is_refused_in_one_sentence() -> None:
    with pytest.raises(UsageError, match="cannot be read as a table"):
        read_refs("doi,title\n10.5281/zenodo.1," + "x" * 200_000)


def test_a_frame_of_references_says_what_it_misses_and_the_rest_is_there(kit: Any) -> None:
    context = replace(lookup(kit, kit.record(100)), warn=lambda text, kind: told.append((text, kind)))
    told: list[tuple[str, type[Warning]]] = []
    found = References(context, ["100", "999"])
    assert found.to_pandas()["id"].tolist() == ["100"]
    ((text, kind),) = told
    assert text.startswith("1 of 2 references led to no record: 999 (")
    assert kind is MissingWarning
    assert [record.id for record in found] == ["100"]
    assert len(told) == 1
    assert [miss.ref for miss in found.missing] == ["999"]
    assert "1 of 2 references led to no record" in found._repr_html_()
    assert repr(found) == "<References: 2 on zenodo, 1 of them missing>"
    assert found[0].id == "100"


@pytest.mark.parametrize("use", ["iterated over", "saved"])
def test_a_missing_reference_is_told_wherever_the_records_are_used(
    kit: Any, tmp_path: Path, use: str
) -> None:
    told: list[str] = []
    context = replace(lookup(kit, kit.record(100)), warn=lambda text, _: told.append(text))
    found = References(context, ["100", "999"])
    if use == "saved":
        found.to_jsonl(tmp_path / "records.jsonl")
    else:
        assert [record.id for record in found] == ["100"]
    (text,) = told
    assert "999" in text


def test_what_was_kept_still_misses_what_it_missed(kit: Any, tmp_path: Path) -> None:
    found = References(lookup(kit, kit.record(100)), ["100", "999"])
    found.to_pandas()
    next(found.walk(keep_raw=True))
    receipt = found.to_csv(tmp_path / "records.csv")
    assert (receipt.complete, receipt.missed) == (False, ("999",))
    assert [miss.ref for miss in found.missing] == ["999"]
