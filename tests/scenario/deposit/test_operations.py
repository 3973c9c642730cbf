"""Every operation of the deposit flow by the command line and by Python, on classic and native drafts."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from depositing import CLOSED, NATIVE, OWN, SECOND, Asked, Begin, Make, Write, Zh, md5_of, writes
from zenodo_harvest.deposit import Deposits
from zenodo_harvest.emulator import Emulator
from zenodo_harvest.errors import Refused, UsageError

KINDS = pytest.mark.parametrize("kind", ["classic", "native"])


def held_of(native: dict[str, Any]) -> dict[str, Any]:
    """Return what a record says, without what the server computes."""
    return {name: native[name] for name in ("metadata", "access", "custom_fields")}


class Cli:
    """The same calls as those of `Deposits`, each by a command line; returns what was printed."""

    def __init__(self, zh: Zh) -> None:
        self._zh = zh

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        ran = self._zh(*arguments, **options)
        assert ran.code == 0, (arguments, ran)
        assert "Traceback" not in ran.err
        return ran


@pytest.fixture
def cli(zh: Zh) -> Cli:
    return Cli(zh)


def test_create_prints_the_number_alone_in_a_pipe_and_a_card_on_a_terminal(cli: Cli, asked: Asked) -> None:
    ran = cli("create", "--set", "title=Frost days")
    assert ran.out == f"{int(ran.out)}\n"
    assert asked.draft(ran.out.strip())["metadata"]["title"] == "Frost days"
    shown = cli("create", "--set", "title=Frost days", terminal=True)
    assert "unsubmitted" in shown.out
    assert "Frost days" in shown.out


def test_create_without_metadata_makes_a_draft(cli: Cli, deposits: Deposits, asked: Asked) -> None:
    for id_ in (cli("create").out.strip(), deposits.create().id):
        assert asked.draft(id_)["is_published"] is False


def test_create_takes_names_that_classic_metadata_has_not(cli: Cli, deposits: Deposits, asked: Asked) -> None:
    Path("zenodo.json").write_text(
        json.dumps({"title": "Frost", "upload_type": "dataset", "languages": ["eng", "fra"], "sizes": ["3"]})
    )
    by_file = cli("create", "--metadata", "zenodo.json").out.strip()
    by_call = deposits.create({"title": "Frost", "languages": ["eng", "fra"], "sizes": ["3"]}).id
    for id_ in (by_file, by_call):
        metadata = asked.draft(id_)["metadata"]
        assert [each["id"] for each in metadata["languages"]] == ["eng", "fra"]
        assert metadata["sizes"] == ["3"]


@KINDS
def test_get_shows_state_and_metadata(kind: str, cli: Cli, deposits: Deposits, begin: Begin) -> None:
    id_ = begin(kind)
    deposit, shown = deposits.get(id_), cli("get", id_).only
    assert shown["state"] == deposit.state == "unsubmitted"
    assert shown["metadata"] == deposits.metadata(deposit).as_document()
    assert shown["title"].startswith("Frost days")
    if kind == "native":
        assert shown["metadata"]["additional_titles"][0]["lang"] == "fra"


@KINDS
def test_an_update_changes_one_field_and_nothing_else(
    kind: str, cli: Cli, deposits: Deposits, asked: Asked, begin: Begin
) -> None:
    id_ = begin(kind)
    before = held_of(asked.draft(id_))
    assert deposits.update(id_, {"version": "1.0"}).notes == ()
    assert held_of(asked.draft(id_)) == {**before, "metadata": {**before["metadata"], "version": "1.0"}}
    ran = cli("update", id_, "--set", "version=1.10", "--set", "title=Days of frost")
    assert ran.only["title"] == "Days of frost"
    after = held_of(asked.draft(id_))
    assert after["metadata"] == {**before["metadata"], "version": "1.10", "title": "Days of frost"}
    cli("update", id_, "--unset", "version", "--set", f"title={before['metadata']['title']}")
    assert held_of(asked.draft(id_)) == before


@KINDS
def test_a_dry_run_shows_what_would_be_sent_and_sends_nothing(
    kind: str, cli: Cli, deposits: Deposits, emulator: Emulator, begin: Begin
) -> None:
    id_ = begin(kind)
    ran = cli("update", id_, "--set", "version=2", "--dry-run")
    assert ran.only["metadata"]["version"] == "2"
    assert deposits.preview(id_, {"version": "2"})["metadata"]["version"] == "2"
    assert "Nothing was changed" in ran.err
    assert writes(emulator) == []


@KINDS
def test_replacing_removes_what_is_not_named_and_keeps_access(
    kind: str, cli: Cli, asked: Asked, begin: Begin
) -> None:
    id_ = begin(kind)
    asked(
        "PUT",
        f"/api/records/{id_}/draft",
        {**asked.draft(id_), "access": {"record": "public", "files": "restricted"}},
    )
    cli("update", id_, "--replace", "--set", "title=Frost alone", "--set", "upload_type=dataset")
    draft = asked.draft(id_)
    assert draft["metadata"]["title"] == "Frost alone"
    assert not {"sizes", "languages", "creators", "additional_titles"} & set(draft["metadata"])
    assert draft["access"]["files"] == "restricted"


@KINDS
def test_delete_asks_or_needs_yes(
    kind: str, cli: Cli, zh: Zh, deposits: Deposits, asked: Asked, begin: Begin, emulator: Emulator
) -> None:
    id_ = begin(kind)
    refused = zh("delete", id_)
    assert refused.code == 7
    assert "--yes" in refused.err
    assert zh("delete", id_, terminal=True, stdin="n\n").code == 7
    assert writes(emulator) == []
    assert zh("delete", id_, terminal=True, stdin="y\n").code == 0
    assert asked.status("GET", f"/api/records/{id_}/draft")[0] == 404
    other, third = begin(kind), begin(kind)
    cli("delete", other, "--yes")
    assert deposits.delete(third).id == third
    assert {other, third} & {str(each["id"]) for each in asked.own()} == set()


@KINDS
def test_files_are_uploaded_listed_brought_renamed_sorted_and_removed(
    kind: str, cli: Cli, zh: Zh, deposits: Deposits, asked: Asked, begin: Begin, write: Write
) -> None:
    id_ = begin(kind, keys=())
    one, two = write("one.csv", b"1,2\n"), write("two.csv", b"3,4\n")
    uploaded = cli("upload", id_, one, two).rows
    assert [(row["key"], row["was_there"]) for row in uploaded] == [("one.csv", False), ("two.csv", False)]
    assert uploaded[0]["checksum"] == md5_of(b"1,2\n")
    (again,) = deposits.upload(id_, one)
    assert again.was_there
    (named,) = deposits.upload(id_, two, key="three.csv")
    assert named.file.key == "three.csv"
    assert {row["key"] for row in cli("files", id_).rows} == {"one.csv", "two.csv", "three.csv"}
    assert cli("file", id_, "one.csv").only == deposits.file(id_, "one.csv").facts()

    cli("download", id_, "one.csv", "-o", "copy.csv")
    assert Path("copy.csv").read_bytes() == b"1,2\n"
    assert deposits.download(id_, "two.csv", Path("copy2.csv")).read_bytes() == b"3,4\n"

    changed = write("one.csv", b"5,6\n")
    refused = zh("upload", id_, changed)
    assert refused.code == 7
    assert "--replace" in refused.err
    cli("upload", id_, changed, "--replace")
    assert deposits.file(id_, "one.csv").checksum == md5_of(b"5,6\n")

    assert cli("rename", id_, "one.csv", "uno.csv").only["checksum"] == md5_of(b"5,6\n")
    assert deposits.rename(id_, "two.csv", "due.csv", source=two).key == "due.csv"
    assert sorted(asked.keys(id_)) == ["due.csv", "three.csv", "uno.csv"]

    assert "order" in cli("sort", id_, "three.csv", "uno.csv").err
    assert asked.draft(id_)["files"]["default_preview"] == "three.csv"
    assert deposits.sort(id_, "uno.csv").notes == ()
    assert asked.draft(id_)["files"]["default_preview"] == "uno.csv"

    assert zh("remove", id_, "due.csv").code == 7
    cli("remove", id_, "due.csv", "--yes")
    deposits.remove(id_, "three.csv")
    assert asked.keys(id_) == ["uno.csv"]


@KINDS
def test_a_form_uploads_as_well(kind: str, cli: Cli, deposits: Deposits, begin: Begin, write: Write) -> None:
    id_ = begin(kind, keys=())
    ran = cli("upload", id_, write("a b.csv", b"1\n"), "--multipart")
    assert ran.only["key"] == "a_b.csv"
    assert "calls" in ran.err
    (plain,) = deposits.upload(id_, write("plain.csv"), multipart=True)
    assert (plain.file.key, plain.notes) == ("plain.csv", ())


@KINDS
def test_a_doi_is_reserved_once_and_kept(
    kind: str, cli: Cli, deposits: Deposits, asked: Asked, begin: Begin
) -> None:
    id_ = begin(kind)
    ran = cli("reserve-doi", id_)
    assert ran.out == f"10.5281/zenodo.{id_}\n"
    again = deposits.reserve_doi(id_)
    assert again.doi == ran.out.strip()
    assert again.notes
    published = deposits.publish(id_)
    assert published.doi == ran.out.strip()


@KINDS
def test_publish_asks_prints_the_doi_and_waits(
    kind: str, cli: Cli, zh: Zh, deposits: Deposits, asked: Asked, begin: Begin, emulator: Emulator
) -> None:
    id_ = begin(kind)
    before = held_of(asked.draft(id_))
    refused = zh("publish", id_)
    assert refused.code == 7
    assert "--yes" in refused.err
    assert zh("publish", id_, terminal=True, stdin="\n").code == 7
    assert writes(emulator) == []
    ran = cli("publish", id_, "--yes", "--wait")
    assert ran.out == f"10.5281/zenodo.{id_}\n"
    after = held_of(asked.record(id_))
    assert {name: after["metadata"][name] for name in before["metadata"]}.keys() == before["metadata"].keys()
    other = begin(kind)
    published = deposits.publish(other, wait=True)
    assert (published.state, published.doi) == ("done", f"10.5281/zenodo.{other}")
    assert published.concept_doi


@KINDS
def test_an_edit_is_opened_changed_dropped_and_published(
    kind: str, cli: Cli, zh: Zh, deposits: Deposits, asked: Asked, release: Begin
) -> None:
    id_ = release(kind)
    before = held_of(asked.record(id_))
    assert cli("edit", id_).only["state"] == "inprogress"
    assert deposits.edit(id_).notes == ("An edit was open already.",)
    deposits.update(id_, {"version": "3"})
    assert zh("discard", id_).code == 7
    assert cli("discard", id_, "--yes").only["state"] == "done"
    assert held_of(asked.record(id_)) == before
    deposits.edit(id_)
    assert deposits.discard(id_).state == "done"
    deposits.edit(id_)
    cli("update", id_, "--set", "version=4")
    assert deposits.publish(id_).id == id_
    after = held_of(asked.record(id_))
    assert after == {**before, "metadata": {**before["metadata"], "version": "4"}}


@KINDS
def test_a_new_version_is_made_once_with_the_files(
    kind: str, cli: Cli, deposits: Deposits, asked: Asked, release: Begin
) -> None:
    id_ = release(kind)
    ran = cli("new-version", id_)
    next_id = ran.out.strip()
    assert int(next_id) != int(id_)
    assert asked.keys(next_id) == ["frost.csv"]
    again = deposits.new_version(id_)
    assert again.id == next_id
    assert "already" in again.notes[0]
    before, after = asked.record(id_)["metadata"], asked.draft(next_id)["metadata"]
    assert {**after, "publication_date": ""} == {**before, "publication_date": ""}
    deposits.publish(next_id)
    third = deposits.new_version(id_)  # of an old version
    assert third.concept_id == again.concept_id
    assert third.id not in (id_, next_id)


@KINDS
def test_a_record_is_submitted_decided_and_withdrawn(
    kind: str, cli: Cli, deposits: Deposits, others: Deposits, release: Begin
) -> None:
    id_ = release(kind)
    assert cli("submit", id_, OWN).only["status"] == "member"
    assert deposits.submit(id_, CLOSED).status == "submitted"
    rows = {row["slug"]: row for row in cli("communities", id_).rows}
    assert {slug: row["status"] for slug, row in rows.items()} == {OWN: "member", CLOSED: "submitted"}
    assert tuple(each.facts() for each in deposits.communities(id_)) == tuple(rows.values())
    request_id = rows[CLOSED]["request_id"]
    assert request_id in [each.id for each in others.requests(community=CLOSED)]
    assert others.decline(request_id, comment="Not ours.").status == "declined"
    assert cli("withdraw", id_, OWN).only["status"] == "withdrawn"
    deposits.submit(id_, CLOSED)
    assert deposits.withdraw(id_, CLOSED).status == "withdrawn"
    assert [each for each in deposits.communities(id_) if each.status in ("member", "submitted")] == []


@KINDS
def test_a_curator_accepts_and_declines_by_the_command_line(
    kind: str, cli: Cli, zh: Zh, deposits: Deposits, asked: Asked, begin: Begin, release: Begin
) -> None:
    included, reviewed, refused = release(kind), begin(kind), begin(kind)
    deposits.submit(included, CLOSED)
    assert zh("review", reviewed, CLOSED).code == 7
    first = cli("review", reviewed, CLOSED, "--comment", "Please.", "--yes").only
    second = deposits.review(refused, CLOSED)
    rows = cli("requests", "list", "--community", CLOSED, token=SECOND).rows
    by_record = {row["record_id"]: row["id"] for row in rows}
    assert (by_record[reviewed], by_record[refused]) == (first["id"], second.id)
    assert cli("requests", "accept", by_record[included], token=SECOND).only["status"] == "accepted"
    undecided = zh("requests", "accept", first["id"], token=SECOND)
    assert undecided.code == 7
    assert "publishes" in undecided.err
    assert cli("requests", "accept", first["id"], "--yes", token=SECOND).only["status"] == "accepted"
    assert asked.record(reviewed)["is_published"]
    assert cli("requests", "decline", second.id, token=SECOND).only["status"] == "declined"
    assert asked.draft(refused)["is_published"] is False
    assert {row["status"] for row in cli("requests", "list", "--all").rows} >= {"accepted", "declined"}


@KINDS
def test_a_review_is_taken_back(kind: str, cli: Cli, deposits: Deposits, begin: Begin) -> None:
    id_ = begin(kind)
    deposits.review(id_, CLOSED)
    assert [each.status for each in deposits.communities(id_)] == ["submitted"]
    assert cli("withdraw", id_, CLOSED).only["status"] == "withdrawn"
    assert deposits.publish(id_).is_published


@KINDS
def test_the_site_is_asked_for_deletion_files_and_room(
    kind: str, cli: Cli, zh: Zh, deposits: Deposits, asked: Asked, begin: Begin, release: Begin, write: Write
) -> None:
    by_cli, by_call = release(kind), release(kind)
    unlocked = cli("unlock-files", by_cli).only
    assert unlocked["status"] == "accepted"
    assert deposits.unlock_files(by_call).status == "accepted"
    deposits.edit(by_cli)
    deposits.upload(by_cli, write("more.csv"))
    deposits.publish(by_cli)
    assert "more.csv" in asked.keys(by_cli, of="")
    draft = begin(kind)
    assert cli("raise-quota", draft, "--to-gb", "100").code == 0
    assert deposits.raise_quota(begin(kind), 100).id
    assert zh("request-deletion", by_cli, "--reason", "test-record").code == 7
    assert cli("request-deletion", by_cli, "--reason", "test-record", "--yes").only["status"] == "accepted"
    assert deposits.request_deletion(by_call, reason="test-record").status == "accepted"
    assert [asked.status("GET", f"/api/records/{id_}")[0] for id_ in (by_cli, by_call)] == [410, 410]


@KINDS
def test_own_deposits_are_listed_by_state(
    kind: str, cli: Cli, deposits: Deposits, begin: Begin, release: Begin
) -> None:
    draft, done, open_ = begin(kind), release(kind), release(kind)
    deposits.edit(open_)
    states = {row["id"]: row["state"] for row in cli("list").rows}
    assert [states[id_] for id_ in (draft, done, open_)] == ["unsubmitted", "done", "inprogress"]
    assert states == {each.id: each.state for each in deposits.list()}
    drafts = {row["id"] for row in cli("list", "--drafts").rows}
    assert {draft, open_} <= drafts
    assert done not in drafts
    published = {each.id for each in deposits.list(which="published")}
    assert {done, open_} <= published
    assert draft not in published
    assert [row["id"] for row in cli("list", "--query", f"recid:{done}").rows] == [done]
    ordered = [each.created for each in deposits.list(sort="oldest")]
    assert len(ordered) == len(states)


@KINDS
def test_a_deposit_is_named_by_doi_and_address_too(
    kind: str, deposits: Deposits, release: Begin, emulator: Emulator
) -> None:
    id_ = release(kind)
    for ref in (
        f"10.5281/zenodo.{id_}",
        f"https://doi.org/10.5281/zenodo.{id_}",
        f"{emulator.url}/records/{id_}",
    ):
        assert deposits.get(ref).id == id_
    begun = deposits.create({"title": "A draft"})
    for ref in (f"{emulator.url}/uploads/{begun.id}", f"{emulator.url}/api/deposit/depositions/{begun.id}"):
        assert deposits.get(ref).id == begun.id


LISTINGS = {
    "list": ("list",),
    "files": ("files", "{id}"),
    "communities": ("communities", "{id}"),
    "requests": ("requests", "list", "--all"),
}


@pytest.mark.parametrize("listing", LISTINGS)
def test_a_listing_goes_to_files_tables_and_json_lines(
    listing: str, cli: Cli, deposits: Deposits, release: Begin
) -> None:
    id_ = release()
    deposits.submit(id_, CLOSED)
    command = [part.format(id=id_) for part in LISTINGS[listing]]
    rows = cli(*command).rows
    assert rows
    ran = cli(*command, "-o", "rows.csv", "-o", "rows.parquet", "-o", "rows.jsonl")
    assert ran.out == ""
    assert "rows.parquet" in ran.err
    with Path("rows.csv").open(newline="") as file:
        table = list(csv.DictReader(file))
    assert [each[next(iter(rows[0]))] for each in table] == [str(next(iter(row.values()))) for row in rows]
    assert pq.read_table("rows.parquet").to_pylist() == rows
    assert [json.loads(line) for line in Path("rows.jsonl").read_text().splitlines()] == rows
    shown = cli(*command, terminal=True).out
    assert str(next(iter(rows[0].values())))[:8] in shown
    first = next(iter(rows[0]))
    assert [list(row) for row in cli(*command, "--columns", first).rows] == [[first]] * len(rows)
    cli(*command, "--columns", first, "-o", "one.parquet")
    assert pq.read_table("one.parquet").column_names == [first]


def test_more_deposits_than_a_page_are_listed(make: Make, asked: Asked) -> None:
    deposits = make(SECOND).deposits
    for number in range(101):
        asked("POST", "/api/deposit/depositions", {"metadata": {"title": f"Number {number}"}}, token=SECOND)
    ids = [each.id for each in deposits.list()]
    assert len(ids) == len(set(ids)) > 101


def test_native_is_native(begin: Begin, asked: Asked) -> None:
    """What the native kind of these tests holds is really there."""
    held = asked.draft(begin("native"))
    for name in NATIVE["metadata"]:
        assert held["metadata"].get(name), name
    assert held["custom_fields"]["journal:journal"]["issn"] == "2049-3630"


def test_wrong_combinations_are_refused(zh: Zh, deposits: Deposits, begin: Begin) -> None:
    assert zh("list", "--drafts", "--published").code == 2
    assert zh("update", begin()).code == 2
    with pytest.raises(Refused):
        deposits.discard(begin())
    with pytest.raises(UsageError):
        deposits.upload(begin())
