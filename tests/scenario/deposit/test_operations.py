"""Every operation of the deposit flow, by command and by call, on a classic and on a native-only record."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from deposit_desk import CLASSIC, CLOSED, OPEN, OTHER, Desk, Zh
from zenodo_harvest.errors import UnknownCommunity, UsageError

KINDS = ["classic", "native"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_whole_flow_in_python(desk: Desk, kind: str) -> None:
    deposits = desk.of()
    id_ = getattr(desk, kind)()
    assert deposits.get(id_).state == "unsubmitted"
    (uploaded,) = deposits.upload(id_, desk.file())
    assert (uploaded.file.key, uploaded.was_there) == ("frost.csv", False)
    (again,) = deposits.upload(id_, desk.file())
    assert again.was_there
    before = deposits.get(id_).native
    changed = deposits.update(id_, {"title": "Frost days, again", "communities": [OPEN]}, unset=["license"])
    assert changed.title == "Frost days, again"
    assert changed.notes == ()
    kept = {key: value for key, value in before["metadata"].items() if key not in ("title", "rights")}
    assert {key: changed.native["metadata"].get(key) for key in kept} == kept
    reserved = deposits.reserve_doi(id_)
    assert reserved.doi == f"10.5281/zenodo.{id_}"
    published = deposits.publish(id_, wait=True)
    assert (published.state, published.doi) == ("done", reserved.doi)
    assert published.notes == (f"It is in {OPEN}.",)
    assert deposits.get(published.doi or "").id == id_
    assert id_ in [each.id for each in deposits.list(which="published")]
    assert deposits.edit(id_).state == "inprogress"
    assert [each.state for each in deposits.list(which="drafts") if each.id == id_] == ["inprogress"]
    assert deposits.update(id_, {"version": "1.1"}).native["metadata"]["version"] == "1.1"
    assert deposits.discard(id_).native["metadata"].get("version") is None
    deposits.edit(id_)
    deposits.update(id_, {"version": "1.2"})
    assert deposits.publish(id_).native["metadata"]["version"] == "1.2"
    following = deposits.new_version(id_)
    assert deposits.new_version(id_).id == following.id != id_
    assert [file.key for file in deposits.files(following.id)] == ["frost.csv"]
    renamed = deposits.rename(following.id, "frost.csv", "frost days.csv")
    assert renamed.checksum == uploaded.file.checksum
    deposits.upload(following.id, desk.file("b.csv", b"b"))
    assert deposits.sort(following.id, "b.csv").native["files"]["default_preview"] == "b.csv"
    assert deposits.remove(following.id, "b.csv").key == "b.csv"
    assert [file.key for file in deposits.files(following.id)] == ["frost days.csv"]
    copy = deposits.download(following.id, "frost days.csv", desk.folder / "copy.csv")
    assert copy.read_bytes() == b"day,frost\n1,2\n"
    assert deposits.delete(following.id).id == following.id


@pytest.mark.parametrize("kind", KINDS)
def test_the_whole_flow_in_the_shell(desk: Desk, zh: Zh, kind: str) -> None:
    id_ = getattr(desk, kind)()
    steps = [
        ("upload", id_, str(desk.file()), str(desk.file("b.csv", b"b"))),
        ("update", id_, "--set", "title=Frost, again", "--set", f'communities=["{OPEN}"]'),
        ("update", id_, "--unset", "license"),
        ("file", id_, "b.csv"),
        ("rename", id_, "b.csv", "c d.csv", "--from", str(desk.folder / "b.csv")),
        ("sort", id_, "c d.csv"),
        ("remove", id_, "c d.csv", "--yes"),
        ("download", id_, "frost.csv", "-o", str(desk.folder / "copy.csv")),
        ("reserve-doi", id_),
        ("publish", id_, "--yes", "--wait"),
        ("edit", id_),
        ("discard", id_, "--yes"),
    ]
    for step in steps:
        done = zh(*step)
        assert done.code == 0, (step, done.err)
    assert zh("publish", id_, "--yes").code == 2
    assert zh("communities", id_).rows[0]["status"] == "member"
    assert zh("get", f"10.5281/zenodo.{id_}").rows[0]["metadata"]["title"] == "Frost, again"
    following = zh("new-version", id_).out.strip()
    assert zh("new-version", id_).out.strip() == following
    assert zh("files", following).rows[0]["key"] == "frost.csv"
    assert zh("delete", following, "--yes").code == 0
    assert (desk.folder / "copy.csv").read_bytes() == desk.file().read_bytes()


def test_a_pipe_gets_the_one_value_that_a_script_wants(desk: Desk, zh: Zh) -> None:
    made = zh("create", "--set", "title=Frost days")
    assert made.out.strip().isdigit()
    assert made.out.count("\n") == 1
    assert zh("reserve-doi", made.out.strip()).out == f"10.5281/zenodo.{made.out}"


def test_metadata_comes_from_files_and_single_values_win(desk: Desk, zh: Zh) -> None:
    file = desk.file(
        ".zenodo.json", b'{"title": "From the file", "upload_type": "software", "version": "1.0"}'
    )
    made = zh("create", "--metadata", str(file), "--set", "version=2.0").out.strip()
    said = zh("get", made).rows[0]["metadata"]
    assert (said["title"], said["upload_type"], said["version"]) == ("From the file", "software", "2.0")


def test_a_dry_run_changes_nothing(desk: Desk, zh: Zh) -> None:
    id_ = desk.classic()
    done = zh("update", id_, "--set", "title=Other", "--dry-run")
    assert done.rows[0]["metadata"]["title"] == "Other"
    assert "Nothing was changed." in done.err
    assert desk.of().get(id_).title == "Frost days"
    assert not desk.writes("PUT", "/draft")


def test_replacing_removes_what_is_not_named(desk: Desk) -> None:
    deposits, id_ = desk.of(), desk.native()
    replaced = deposits.update(id_, {"title": "Alone", "upload_type": "poster"}, replace=True)
    assert set(replaced.native["metadata"]) == {"title", "resource_type"}


def test_lists_go_to_files_and_tables(desk: Desk, zh: Zh) -> None:
    id_ = desk.published()
    for name in ("own.csv", "own.parquet", "own.jsonl"):
        assert zh("list", "-o", str(desk.folder / name)).code == 0
    table = pq.read_table(desk.folder / "own.parquet").to_pylist()
    assert table[0]["id"] == id_
    assert len(table) == len((desk.folder / "own.jsonl").read_text().splitlines())
    shown = zh("files", id_, terminal=True)
    assert "frost.csv" in shown.out
    assert zh("files", id_, "--columns", "key").rows == [{"key": "frost.csv"}]
    refused = zh("files", id_, "--columns", "nokey")
    assert (refused.code, "nokey" in refused.err) == (2, True)


def test_what_cannot_be_undone_asks_or_needs_yes(desk: Desk, zh: Zh) -> None:
    id_ = desk.classic()
    desk.of().upload(id_, desk.file())
    for command in (("publish", id_), ("delete", id_), ("remove", id_, "frost.csv")):
        refused = zh(*command)
        assert (refused.code, "--yes" in refused.err) == (7, True)
        assert zh(*command, terminal=True, stdin="n\n").code == 7
    assert desk.of().get(id_).state == "unsubmitted"
    assert zh("publish", id_, terminal=True, stdin="y\n").code == 0
    assert desk.of().get(id_).state == "done"


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_is_submitted_accepted_and_withdrawn(desk: Desk, zh: Zh, kind: str) -> None:
    id_, curator = desk.published(kind), desk.of(OTHER)
    assert desk.of().submit(id_, CLOSED).status == "submitted"
    (request,) = [each for each in curator.requests(community=CLOSED) if each.record_id == id_]
    assert request.actions == ("accept", "decline")
    assert zh("requests", "list", token=OTHER).rows
    assert zh("requests", "accept", request.id, token=OTHER).rows[0]["status"] == "accepted"
    assert desk.of().communities(id_)[0].status == "member"
    assert desk.of().withdraw(id_, CLOSED).status == "withdrawn"
    assert desk.of().communities(id_) == ()
    assert zh("submit", id_, OPEN).rows[0]["status"] == "member"


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_asked_is_taken_back(desk: Desk, kind: str) -> None:
    id_, deposits = desk.published(kind), desk.of()
    deposits.submit(id_, CLOSED)
    assert deposits.withdraw(id_, CLOSED).status == "withdrawn"
    assert [each.status for each in deposits.communities(id_)] == ["cancelled"]
    assert deposits.submit(id_, CLOSED).status == "submitted"


@pytest.mark.parametrize("kind", KINDS)
def test_a_review_publishes_when_it_is_accepted(desk: Desk, zh: Zh, kind: str) -> None:
    id_ = getattr(desk, kind)()
    desk.of().upload(id_, desk.file())
    refused = zh("review", id_, CLOSED)
    assert (refused.code, "published" in refused.err) == (7, True)
    request = zh("review", id_, CLOSED, "--yes").rows[0]
    assert request["status"] == "submitted"
    refused = zh("requests", "accept", request["id"], token=OTHER)
    assert (refused.code, "publishes" in refused.err) == (7, True)
    assert zh("requests", "accept", request["id"], "--yes", token=OTHER).code == 0
    assert desk.of().get(id_).state == "done"
    assert [each.status for each in desk.of().communities(id_)] == ["member"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_declined_review_leaves_the_draft(desk: Desk, kind: str) -> None:
    id_, deposits = getattr(desk, kind)(), desk.of()
    deposits.upload(id_, desk.file())
    request = deposits.review(id_, CLOSED, comment="please")
    assert desk.of(OTHER).decline(request.id, comment="Not ours.").status == "declined"
    assert deposits.get(id_).state == "unsubmitted"
    request = deposits.review(id_, CLOSED)
    assert deposits.withdraw(id_, CLOSED).status == "withdrawn"
    assert deposits.publish(id_).state == "done"


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_asked_of_the_site(desk: Desk, zh: Zh, kind: str) -> None:
    id_, draft = desk.published(kind), desk.classic()
    assert zh("unlock-files", id_).code == 0
    assert zh("raise-quota", draft, "--to-gb", "100").code == 0
    assert zh("request-deletion", id_, "--reason", "test-record").code == 7
    done = zh("request-deletion", id_, "--reason", "test-record", "--yes").rows[0]
    assert done["status"] == "accepted"
    gone = zh("get", id_)
    assert (gone.code, "was deleted" in gone.err) == (3, True)


@pytest.mark.parametrize("kind", KINDS)
def test_files_of_a_published_record_are_changed_once_they_are_unlocked(desk: Desk, kind: str) -> None:
    id_, deposits = desk.published(kind), desk.of()
    deposits.unlock_files(id_)
    deposits.edit(id_)
    deposits.upload(id_, desk.file("more.csv", b"more"))
    published = deposits.publish(id_)
    assert [file.key for file in deposits.files(published.id)] == ["frost.csv", "more.csv"]


def test_a_form_is_sent_as_the_oldest_clients_do(desk: Desk) -> None:
    id_ = desk.classic()
    (done,) = desk.of().upload(id_, desk.file("frost days.csv"), multipart=True)
    assert done.file.key == "frost_days.csv"
    assert done.notes == ("The server calls 'frost days.csv' 'frost_days.csv'.",)
    assert desk.writes("POST", "/files")


def test_another_file_of_a_name_needs_to_be_replaced(desk: Desk, zh: Zh) -> None:
    id_ = desk.classic()
    zh("upload", id_, str(desk.file()))
    path = desk.file(content=b"other")
    refused = zh("upload", id_, str(path))
    assert (refused.code, "--replace" in refused.err) == (7, True)
    assert zh("upload", id_, str(path), "--replace").rows[0]["size_bytes"] == 5


def test_what_the_server_drops_or_changes_is_said(desk: Desk, zh: Zh) -> None:
    id_ = desk.classic()
    done = zh("update", id_, "--set", "description=<p>Frost<script>x</script></p>")
    assert done.code == 0
    assert "description was changed by the server" in done.err
    desk.of().upload(id_, desk.file())
    desk.of().update(id_, {"communities": [CLOSED]})
    published = desk.of().publish(id_)
    assert published.notes == (f"It waits for {CLOSED} to accept it; `deposit communities {id_}` tells.",)


def test_a_community_that_there_is_not_is_refused_before_anything_is_done(desk: Desk) -> None:
    id_ = desk.classic()
    desk.of().upload(id_, desk.file())
    named = {"communities": ["no-such-community", CLOSED]}
    with pytest.raises(UnknownCommunity, match="'no-such-community'"):
        desk.of().update(id_, named)
    with pytest.raises(UnknownCommunity, match="'no-such-community'"):
        desk.of().create({**CLASSIC, **named})
    assert desk.of().communities(id_) == ()
    desk.name_classically(id_, "no-such-community")
    with pytest.raises(UnknownCommunity, match="'no-such-community'"):
        desk.of().publish(id_)
    assert not desk.of().get(id_).is_published


def test_a_deposit_that_was_returned_stands_for_its_number(desk: Desk) -> None:
    deposits = desk.of()
    draft = deposits.create(CLASSIC)
    deposits.upload(draft, desk.file())
    assert deposits.update(draft, {"title": "Frost"}).title == "Frost"
    assert [file.key for file in deposits.files(draft)] == ["frost.csv"]
    assert deposits.publish(draft).is_published


def test_what_the_server_misses_is_named_with_its_field(desk: Desk) -> None:
    draft = desk.of().create({"title": "Frost days"})
    with pytest.raises(UsageError, match=r"cannot be published: .*metadata\.creators: ") as refused:
        desk.of().publish(draft)
    assert refused.value.field_errors


def test_what_cannot_be_listed_or_made_is_one_sentence(desk: Desk) -> None:
    with pytest.raises(UsageError, match="no 'foo' to list"):
        list(desk.of().list(which="foo"))  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="'Frost days', and no mapping"):
        desk.of().create("Frost days")  # type: ignore[arg-type]


def test_a_draft_that_somebody_else_changed_meanwhile_is_merged(desk: Desk, tmp_path: Path) -> None:
    from zenodo_harvest.emulator import Script

    id_ = desk.native()
    others = desk.of()
    change = Script({1: lambda: others.update(id_, {"version": "9"})}, path=f"/api/records/{id_}/draft")
    desk.emulator.faults.add(change)
    changed = desk.of().update(id_, {"title": "Mine"})
    assert (changed.title, changed.native["metadata"]["version"]) == ("Mine", "9")
