"""Bad input: one sentence, what to do next, and the exit code of its kind."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from werkzeug.wrappers import Request, Response

from depositing import CLOSED, FIRST, OWN, SECOND, Asked, Begin, Make, Meddling, Ran, Write, Zh, writes
from doubles import Notes
from zenodo_harvest.deposit import Deposits
from zenodo_harvest.deposit.uploading import FORM_BYTES
from zenodo_harvest.emulator import Emulator
from zenodo_harvest.errors import BadToken, LocalError, NotAllowed, NotFound, Refused, UsageError

UNKNOWN = "123456789"
NO_REQUEST = "5d213734-f4c6-4966-92db-b7e749b22210"


def said(ran: Ran, code: int, *words: str) -> str:
    """Check the exit code, and that one sentence says these words; return what was said."""
    assert ran.code == code, ran
    assert ran.out == ""
    first = ran.err.splitlines()[0]
    assert first.startswith("Error: ")
    assert "Traceback" not in ran.err
    assert "fault of zenodo-harvest" not in ran.err
    for word in words:
        assert word in ran.err, ran.err
    return ran.err


ON_ONE = {
    "get": (),
    "update": ("--set", "title=Frost"),
    "delete": ("--yes",),
    "files": (),
    "file": ("a.csv",),
    "download": ("a.csv",),
    "upload": ("here.csv",),
    "rename": ("a.csv", "b.csv"),
    "remove": ("a.csv", "--yes"),
    "sort": ("a.csv",),
    "reserve-doi": (),
    "publish": ("--yes",),
    "edit": (),
    "discard": ("--yes",),
    "new-version": (),
    "communities": (),
    "submit": (OWN,),
    "review": (OWN, "--yes"),
    "withdraw": (OWN,),
    "request-deletion": ("--reason", "test-record", "--yes"),
    "unlock-files": (),
    "raise-quota": ("--to-gb", "100"),
}
"""Every command that takes a deposit, with what else it wants."""


@pytest.mark.parametrize("command", ON_ONE)
def test_what_is_not_there_is_not_found(command: str, zh: Zh, write: Write, emulator: Emulator) -> None:
    write("here.csv")
    said(zh(command, UNKNOWN, *ON_ONE[command]), 3, UNKNOWN)
    assert writes(emulator) == []


@pytest.mark.parametrize("command", ON_ONE)
def test_a_concept_is_refused_and_its_latest_version_named(
    command: str, zh: Zh, write: Write, emulator: Emulator, concept: tuple[str, str]
) -> None:
    write("here.csv")
    concept_id, latest = concept
    said(zh(command, concept_id, *ON_ONE[command]), 2, "all versions", latest)
    assert writes(emulator) == []


@pytest.fixture
def concept(asked: Asked, release: Begin) -> tuple[str, str]:
    id_ = release()
    return str(asked.record(id_)["parent"]["id"]), id_


@pytest.mark.parametrize("command", ON_ONE)
def test_the_draft_of_somebody_else_is_not_ours(
    command: str, zh: Zh, write: Write, begin: Begin, emulator: Emulator
) -> None:
    id_ = begin()
    write("here.csv")
    said(zh(command, id_, *ON_ONE[command], token=SECOND), 4, "somebody else", id_)
    assert [each for each in writes(emulator) if each[2] < 300] == []


CHANGING_RECORDS = ("edit", "new-version", "submit", "request-deletion", "unlock-files", "raise-quota")


@pytest.mark.parametrize("command", CHANGING_RECORDS)
def test_the_record_of_somebody_else_is_not_changed(
    command: str, zh: Zh, release: Begin, emulator: Emulator
) -> None:
    id_ = release()
    emulator.log.clear()
    said(zh(command, id_, *ON_ONE[command], token=SECOND), 4)
    assert [each for each in writes(emulator) if each[2] < 300] == []


@pytest.mark.parametrize("command", ["list", *ON_ONE])
def test_without_a_token_nothing_is_asked(
    command: str, zh: Zh, begin: Begin, write: Write, emulator: Emulator
) -> None:
    write("here.csv")
    id_ = () if command == "list" else (begin(),)
    emulator.log.clear()
    said(zh(command, *id_, *ON_ONE.get(command, ()), token=""), 4, "need a token", "ZENODO_EMULATOR_TOKEN")
    assert len(emulator.log) == 0


@pytest.mark.parametrize("command", ["list", "create", *ON_ONE])
def test_a_wrong_token_is_not_allowed(command: str, zh: Zh, begin: Begin, write: Write) -> None:
    write("here.csv")
    id_ = () if command in ("list", "create") else (begin(),)
    said(zh(command, *id_, *ON_ONE.get(command, ()), token="wrong-token-of-somebody"), 4, "token")


NEED_DRAFT = ("update", "upload", "rename", "remove", "sort", "reserve-doi", "publish")


@pytest.mark.parametrize("command", NEED_DRAFT)
def test_a_published_record_is_no_draft(
    command: str, zh: Zh, release: Begin, write: Write, emulator: Emulator
) -> None:
    id_ = release(keys=("a.csv",))
    write("here.csv")
    emulator.log.clear()
    said(zh(command, id_, *ON_ONE[command]), 2, "is published", f"deposit edit {id_}", f"new-version {id_}")
    assert writes(emulator) == []


NEED_RECORD = ("edit", "new-version", "submit", "request-deletion", "unlock-files")


@pytest.mark.parametrize("command", NEED_RECORD)
def test_a_draft_was_never_published(command: str, zh: Zh, begin: Begin, emulator: Emulator) -> None:
    id_ = begin()
    said(zh(command, id_, *ON_ONE[command]), 2, "never published", "publish")
    assert writes(emulator) == []


def test_discarding_what_was_never_published_is_refused_and_delete_named(
    zh: Zh, begin: Begin, release: Begin
) -> None:
    id_ = begin()
    said(zh("discard", id_, "--yes"), 7, "destroy", f"deposit delete {id_}")
    done = release()
    said(zh("discard", done, "--yes"), 2, "no open edit")
    said(zh("delete", done, "--yes"), 7, "cannot be deleted", f"request-deletion {done}")


def test_what_is_missing_for_publication_is_named(zh: Zh, deposits: Deposits, write: Write) -> None:
    id_ = deposits.create({"title": "Frost"}).id
    text = said(zh("publish", id_, "--yes"), 2, "cannot be published")
    assert "files" in text or "Missing" in text
    deposits.upload(id_, write())
    said(zh("publish", id_, "--yes"), 2, "creators", "resource_type")


def test_a_site_that_allows_too_little_is_not_allowed(zh: Zh, begin: Begin, emulator: Emulator) -> None:
    """A token without the scopes: Zenodo does not check them, other servers do."""

    class Missing(Meddling):
        def before(self, request: Request) -> Response | None:
            if request.method == "GET":
                return None
            return Response(
                '{"status": 403, "message": "Permission denied."}', 403, content_type="application/json"
            )

    id_ = begin()
    emulator.faults.add(Missing())
    said(zh("publish", id_, "--yes"), 4, "allow")
    said(zh("create"), 4, "allow")


def test_files_that_cannot_be_sent(
    zh: Zh, begin: Begin, write: Write, emulator: Emulator, asked: Asked
) -> None:
    id_ = begin(keys=())
    Path("folder").mkdir()
    write("empty.csv", b"")
    os.mkfifo("fifo")
    good = write("good.csv")
    for bad, code, word in (
        ("missing.csv", 8, "cannot be read"),
        ("folder", 2, "zip"),
        ("empty.csv", 2, "empty"),
        ("fifo", 2, "pipe"),
        ("x" * 300, 8, "cannot be read"),
        ("folder/../folder/missing", 8, "cannot be read"),
    ):
        said(zh("upload", id_, good, bad), code, word)
    assert writes(emulator) == []
    Path("sub").mkdir()
    two = write("sub/good.csv", b"other")
    said(zh("upload", id_, good, two), 2, "Two files", "--as")
    said(zh("upload", id_, good, two, "--as", "x.csv"), 2, "several files")
    for name in (".", "..", "", " "):
        said(zh("upload", id_, good, "--as", name), 2, "no name for a file")
    assert writes(emulator) == []
    assert asked.keys(id_) == []


def test_a_name_with_a_slash_goes_as_long_as_the_file_is_small(
    zh: Zh, begin: Begin, emulator: Emulator, asked: Asked
) -> None:
    id_ = begin(keys=())
    Path("small.csv").write_bytes(b"1\n")
    with Path("large.bin").open("wb") as file:
        file.truncate(FORM_BYTES + 1)
    assert zh("upload", id_, "small.csv", "--as", "tables/small.csv").code == 0
    emulator.log.clear()
    said(zh("upload", id_, "large.bin", "--as", "tables/large.bin"), 2, "without `/`")
    said(zh("upload", id_, "large.bin", "--multipart"), 2, "--multipart")
    assert writes(emulator) == []
    assert asked.keys(id_) == ["tables/small.csv"]


def test_a_large_file_is_not_brought_to_get_a_name_it_cannot_have(
    deposits: Deposits, asked: Asked, begin: Begin, emulator: Emulator
) -> None:
    class Large(Meddling):
        """Says that the file of the draft is larger than any address but that of a bucket takes."""

        def after(self, request: Request, answer: Response) -> Response:
            if request.method == "GET" and request.path.endswith("/draft/files"):
                answer.set_data(re.sub(rb'"size": ?21', b'"size": 999999999', answer.get_data()))
            return answer

    id_ = begin()
    emulator.faults.add(Large())
    with pytest.raises(UsageError, match="without `/`"):
        deposits.rename(id_, "frost.csv", "a/frost.csv")
    with pytest.raises(UsageError, match="no name"):
        deposits.rename(id_, "frost.csv", "..")
    assert not [each for each in emulator.log if each.target.endswith("/content")]


def test_limits_are_met_before_the_first_byte(
    zh: Zh, deposits: Deposits, begin: Begin, write: Write, emulator: Emulator
) -> None:
    id_ = begin()
    many = [write(f"{number}.csv", b"x") for number in range(100)]
    said(zh("upload", id_, *many), 2, "100 files", "101")
    said(
        zh("upload", id_, write("big.csv", b"x" * 2000), "--quota-gb", "0.000002"),
        2,
        "2,000 bytes",
        "raise-quota",
    )
    with Path("huge.bin").open("wb") as file:
        file.truncate(50_000_000_001)
    said(zh("upload", id_, "huge.bin"), 2, "50,000,000,000 bytes")
    assert writes(emulator) == []


def test_a_file_that_changes_while_it_is_read_leaves_nothing_on_the_server(
    make: Make, begin: Begin, asked: Asked, write: Write
) -> None:
    id_ = begin()
    path = write("grows.bin", b"x" * (3 << 20))

    class Writer(Notes):
        """Writes to the file when the first megabyte was sent."""

        def advance(self, _steps: int = 1) -> None:
            with path.open("ab") as file:
                file.write(b"y")

    for key in ("grows.bin", "sub/grows.bin"):
        with pytest.raises(LocalError, match="changed while it was read"):
            make(progress=Writer()).deposits.upload(id_, path, key=key)
        assert asked.keys(id_) == ["frost.csv"]
    assert make().deposits.publish(id_).is_published


def test_an_upload_to_an_open_edit_says_that_its_files_are_locked(
    zh: Zh, deposits: Deposits, release: Begin, write: Write
) -> None:
    id_ = release()
    deposits.edit(id_)
    for key in ("here.csv", "sub/here.csv"):
        said(zh("upload", id_, write("here.csv"), "--as", key), 4, "locked", f"new-version {id_}")
    said(zh("remove", id_, "frost.csv", "--yes"), 4, "locked", f"new-version {id_}")
    assert deposits.publish(id_).is_published, "what is declared and never sent would block it"


METADATA = {
    "license=LGPLv3": "LGPL-3.0-only",
    "upload_type=datset": "dataset",
    'creators=[{"nme": "Moreau, Ada"}]': "name",
    'creators=[{"name": "Moreau, Ada", "orcid": "0000-0002-1825-0098"}]': "check digit",
    "titel=Frost": "title",
    "title=ab": "3",
    "publication_date=yesterday": "date",
    "keywords=frost": "list",
    "access_right=embargoed": "embargo",
    "nothing": "key=value",
}


@pytest.mark.parametrize("setting", METADATA)
def test_wrong_metadata_is_refused_before_it_is_sent(
    setting: str, zh: Zh, begin: Begin, emulator: Emulator
) -> None:
    id_ = begin()
    for command in (("create",), ("update", id_)):
        said(zh(*command, "--set", setting), 2, METADATA[setting])
    assert writes(emulator) == []


def test_metadata_files_that_cannot_be_read(zh: Zh, emulator: Emulator) -> None:
    Path("broken.json").write_text('{"title": ')
    said(zh("create", "--metadata", "broken.json"), 2, "broken.json")
    said(zh("create", "--metadata", "missing.json"), 8, "missing.json")
    assert writes(emulator) == []


def test_names_of_files_that_are_not_there(zh: Zh, begin: Begin) -> None:
    id_ = begin()
    for command in (("file",), ("download",), ("remove", "--yes"), ("rename", "new.csv"), ("sort",)):
        name, *more = command
        ran = zh(name, id_, "other.csv", *more)
        said(ran, 3, "no file 'other.csv'", "frost.csv")
    said(zh("rename", id_, "frost.csv", "frost.csv"), 7, "already")


def test_a_file_of_the_disk_is_not_overwritten_unasked(zh: Zh, begin: Begin, write: Write) -> None:
    id_ = begin()
    write("frost.csv", b"mine")
    said(zh("download", id_, "frost.csv"), 7, "-o")
    assert Path("frost.csv").read_bytes() == b"mine"
    assert zh("download", id_, "frost.csv", "-o", "frost.csv").code == 0
    said(zh("download", id_, "frost.csv", "-o", "frost.csv/frost.csv"), 8)


def test_a_wrong_source_of_a_renaming_is_refused(
    zh: Zh, begin: Begin, write: Write, emulator: Emulator
) -> None:
    id_ = begin()
    said(zh("rename", id_, "frost.csv", "new.csv", "--from", write("frost.csv", b"other")), 2, "md5")
    said(zh("rename", id_, "frost.csv", "new.csv", "--from", "missing.csv"), 8, "missing.csv")
    assert writes(emulator) == []


def test_communities_that_cannot_be_asked(zh: Zh, deposits: Deposits, begin: Begin, release: Begin) -> None:
    id_, draft = release(), begin()
    said(zh("submit", id_, "no-such-community"), 3, "no-such-community")
    said(zh("review", draft, "no-such-community", "--yes"), 3, "no-such-community")
    said(zh("withdraw", id_, "no-such-community"), 3, "no-such-community")
    said(zh("withdraw", id_, OWN), 2, "not in")
    said(zh("review", id_, OWN, "--yes"), 2, f"deposit submit {id_}")
    deposits.submit(id_, OWN)
    said(zh("submit", id_, OWN), 2, "already included")
    deposits.submit(id_, CLOSED)
    said(zh("submit", id_, CLOSED), 2, "already an open")
    deposits.review(draft, CLOSED)
    said(zh("review", draft, CLOSED, "--yes"), 2, "under review", "withdraw")
    said(zh("publish", draft, "--yes"), 2, "open review", f"withdraw {draft}")


def test_requests_that_cannot_be_decided(zh: Zh, deposits: Deposits, release: Begin) -> None:
    for action in ("accept", "decline"):
        said(zh("requests", action, NO_REQUEST), 3, NO_REQUEST)
        for odd in ("..", ""):
            said(zh("requests", action, odd), 2, "cannot be asked")
    id_ = release()
    request_id = deposits.submit(id_, CLOSED).request_id
    said(zh("requests", "accept", request_id), 2, "by you")
    said(zh("requests", "list", "--community", CLOSED), 4)
    said(zh("requests", "list", "--community", "no-such-community"), 3)
    deposits.withdraw(id_, CLOSED)
    said(zh("requests", "accept", request_id, token=SECOND), 2, "not open", "cancelled")
    third = str(deposits.submit(release(), CLOSED).request_id)
    said(zh("requests", "accept", third, token="wrong-token-of-somebody"), 4)


REFS = {
    "https://sandbox.zenodo.org/records/123": "sandbox",
    "10.5072/zenodo.123": "sandbox",
    "https://example.org/records/123": "example.org",
    "10.1234/abc": "10.1234/abc",
    "frost": "frost",
    "": "",
    "..": "",
    "-": "",
    "0": "",
    "1 2": "1 2",
    "123/draft": "123",
    "１２３": "",
}


@pytest.mark.parametrize("ref", REFS)
def test_references_that_name_nothing_here(ref: str, zh: Zh, emulator: Emulator) -> None:
    ran = zh("get", "--", ref)
    assert ran.code == (3 if ref in ("10.1234/abc", "0") else 2), ran
    said(ran, ran.code, REFS[ref])
    ran = zh("delete", "--yes", "--", ref)
    assert ran.code in (2, 3)
    assert writes(emulator) == []


def test_unknown_columns_orders_and_outputs(zh: Zh, begin: Begin, write: Write) -> None:
    id_ = begin()
    said(zh("files", id_, "--columns", "key,sise"), 2, "sise", "size_bytes")
    said(zh("files", id_, "-o", "files.docx"), 2, "docx")
    said(zh("list", "--sort", "sideways"), 2, "sideways")
    said(zh("list", "--columns", ","), 2, "column")
    said(zh("list", "--query", "title:("), 2)
    write("file")
    said(zh("files", id_, "-o", "file/files.csv"), 8)


def test_deletion_needs_a_reason_that_the_site_knows(zh: Zh, release: Begin) -> None:
    id_ = release()
    said(zh("request-deletion", id_, "--reason", "boredom", "--yes"), 2, "boredom")


def test_more_room_than_the_site_gives(zh: Zh, begin: Begin) -> None:
    said(zh("raise-quota", begin(), "--to-gb", "5000"), 4)


def test_a_record_that_was_deleted_is_gone(zh: Zh, deposits: Deposits, release: Begin) -> None:
    id_ = release()
    deposits.request_deletion(id_, reason="test-record")
    for command in ("get", "edit", "new-version", "publish", "files"):
        said(zh(command, id_, *ON_ONE[command]), 3, "deleted")


def test_errors_of_python_are_those_of_the_tree(make: Make, begin: Begin, release: Begin) -> None:
    deposits = make(FIRST).deposits
    with pytest.raises(NotFound):
        deposits.get(UNKNOWN)
    with pytest.raises(Refused):
        deposits.delete(release())
    with pytest.raises(BadToken):
        list(make("").deposits.list())
    with pytest.raises(NotAllowed):
        make(SECOND).deposits.get(begin())
    with pytest.raises(UsageError):
        deposits.update(begin(), {"titel": "Frost"})
    with pytest.raises(LocalError):
        deposits.upload(begin(), "missing.csv")
    unknown: Any = {"license": "LGPLv3"}
    with pytest.raises(UsageError, match=r"LGPL-3\.0-only"):
        deposits.create(unknown)
