"""Bad input: one sentence, a hint, the right exit code, and nothing changed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from deposit_desk import CLOSED, OPEN, OTHER, Desk, Zh
from zenodo_harvest.errors import LocalError, UsageError

Made = Callable[[Desk], tuple[str, ...]]


def two_of_one_name(desk: Desk) -> tuple[str, ...]:
    (desk.folder / "sub").mkdir()
    (desk.folder / "sub" / "frost.csv").write_bytes(b"other")
    return ("upload", desk.classic(), str(desk.file()), str(desk.folder / "sub" / "frost.csv"))


def a_pipe(desk: Desk) -> tuple[str, ...]:
    os.mkfifo(desk.folder / "pipe")
    return ("upload", desk.classic(), str(desk.folder / "pipe"))


def twice_named(desk: Desk) -> tuple[str, ...]:
    """A classic deposit may name a community twice; the server fails when it is published."""
    id_ = desk.classic()
    desk.name_classically(id_, OPEN, OPEN)
    return ("publish", id_, "--yes")


def a_large_file(desk: Desk, size_bytes: int = 101 << 20) -> str:
    path = desk.folder / "large.bin"
    with path.open("wb") as file:
        file.truncate(size_bytes)
    return str(path)


def concept_of(desk: Desk, id_: str) -> str:
    return desk.of().get(id_).concept_id


CASES: dict[str, tuple[Made, int, str]] = {
    "an id that is none": (lambda _: ("get", "frost"), 2, "is not a record id"),
    "an unknown id": (lambda _: ("get", "1"), 3, "There is no deposit 1"),
    "an unknown doi": (lambda _: ("get", "10.1234/none"), 3, "None of your deposits"),
    "a doi of the sandbox": (lambda _: ("get", "10.5072/zenodo.1"), 2, "sandbox"),
    "an address of another site": (lambda _: ("get", "https://example.org/records/1"), 2, "example.org"),
    "a concept": (lambda desk: ("edit", concept_of(desk, desk.published())), 2, "Its latest version is"),
    "a published one to update": (
        lambda desk: ("update", desk.published(), "--set", "title=Other"),
        2,
        "deposit edit",
    ),
    "a published one to upload to": (
        lambda desk: ("upload", desk.published(), str(desk.file())),
        2,
        "there is no draft to upload to",
    ),
    "files of an open edit": (
        lambda desk: ("upload", desk.of().edit(desk.published()).id, str(desk.file("b.csv", b"b"))),
        4,
        "are locked, as it is published",
    ),
    "a draft to edit": (lambda desk: ("edit", desk.classic()), 2, "was never published"),
    "a draft to discard": (lambda desk: ("discard", desk.classic(), "--yes"), 7, "deposit delete"),
    "a published one to delete": (lambda desk: ("delete", desk.published(), "--yes"), 7, "request-deletion"),
    "a draft to submit": (lambda desk: ("submit", desk.classic(), OPEN), 2, "deposit review"),
    "a published one to review": (
        lambda desk: ("review", desk.published(), OPEN, "--yes"),
        2,
        "deposit submit",
    ),
    "a community that is named twice": (twice_named, 2, "names a community twice"),
    "a draft without files": (lambda desk: ("publish", desk.native(), "--yes"), 2, "Missing uploaded files"),
    "an unknown license": (
        lambda desk: ("update", desk.classic(), "--set", "license=GPL-33"),
        2,
        "license",
    ),
    "an unknown field": (lambda _: ("create", "--set", "licence=MIT"), 2, "Did you mean license?"),
    "a setting without a value": (lambda _: ("create", "--set", "title"), 2, "sets nothing"),
    "an unknown community": (lambda desk: ("submit", desk.published(), "enes-data-spac"), 3, OPEN),
    "an unknown request": (
        lambda _: ("requests", "accept", "5d213734-f4c6-4966-92db-b7e749b22210"),
        3,
        "There is no request",
    ),
    "a missing file": (lambda desk: ("upload", desk.classic(), "nowhere.csv"), 8, "No such file"),
    "a missing metadata file": (lambda _: ("create", "--metadata", "nowhere.yaml"), 8, "nowhere.yaml"),
    "a folder": (lambda desk: ("upload", desk.classic(), str(desk.folder)), 2, "is a folder"),
    "an empty file": (lambda desk: ("upload", desk.classic(), str(desk.file("e", b""))), 2, "is empty"),
    "a name with a slash before it": (
        lambda desk: ("upload", desk.classic(), str(desk.file()), "--as", "/abs.csv"),
        2,
        "is no name for a file",
    ),
    "two dots for a name": (
        lambda desk: ("upload", desk.classic(), str(desk.file()), "--as", ".."),
        2,
        "is no name for a file",
    ),
    "two dots for a file": (lambda desk: ("remove", desk.native(), "..", "--yes"), 3, "has no file"),
    "a pipe": (a_pipe, 2, "is a pipe or a device"),
    "two files of one name": (two_of_one_name, 2, "Two files would be called 'frost.csv'"),
    "one name for two files": (
        lambda desk: ("upload", desk.classic(), str(desk.file()), str(desk.file("b", b"b")), "--as", "c"),
        2,
        "One name was given for several files",
    ),
    "a large file with a path for a name": (
        lambda desk: ("upload", desk.classic(), a_large_file(desk), "--as", "a/b"),
        2,
        "without `/`",
    ),
    "a large form": (
        lambda desk: ("upload", desk.classic(), a_large_file(desk), "--multipart"),
        2,
        "Leave --multipart out",
    ),
    "more than the quota": (
        lambda desk: ("upload", desk.classic(), a_large_file(desk), "--quota-gb", "0.05"),
        2,
        "A record takes 50,000,000 bytes",
    ),
    "a file that is not there": (
        lambda desk: ("file", desk.published(), "nothing.csv"),
        3,
        "It has 'frost.csv'",
    ),
    "a file of a name that is taken": (
        lambda desk: ("rename", desk.of().new_version(desk.published()).id, "frost.csv", "frost.csv"),
        7,
        "already",
    ),
    "an update of nothing": (lambda _: ("update", "1"), 2, "nothing to change"),
    "a list that is both": (lambda _: ("list", "--drafts", "--published"), 2, "contradict"),
    "a query that would not mean what it says": (lambda _: ("list", "title:(frost"), 2, "character"),
    "a column that is none": (lambda _: ("list", "--columns", "nothing"), 2, "There is no column"),
}


@pytest.mark.parametrize("name", CASES)
def test_bad_input_is_one_sentence_and_its_exit_code(desk: Desk, zh: Zh, name: str) -> None:
    make, code, said = CASES[name]
    arguments = make(desk)
    desk.emulator.log.clear()
    done = zh(*arguments)
    assert done.code == code, done.err
    assert said in done.err
    assert done.out == ""
    assert "Traceback" not in done.err
    assert not [each for each in desk.emulator.log if each.method in ("PUT", "POST") and each.status < 300]


@pytest.mark.parametrize("token", [OTHER, "wrong-token"])
@pytest.mark.parametrize(
    "command",
    [("get",), ("update", "--set", "title=Mine"), ("publish", "--yes"), ("delete", "--yes"), ("files",)],
)
def test_a_draft_of_somebody_else_is_refused(
    desk: Desk, zh: Zh, command: tuple[str, ...], token: str
) -> None:
    done = zh(command[0], desk.native(), *command[1:], token=token)
    assert done.code == 4, done.err
    assert "somebody else's draft, or your token is not valid" in done.err


@pytest.mark.parametrize("command", [("list",), ("create",), ("get", "1"), ("requests", "list")])
def test_without_a_token_it_is_named_where_one_goes(zh: Zh, command: tuple[str, ...]) -> None:
    done = zh(*command, token="")
    assert (done.code, "ZENODO_EMULATOR_TOKEN" in done.err) == (4, True)


def test_a_hundred_and_first_file_is_refused_before_the_first_byte(desk: Desk) -> None:
    deposits, id_ = desk.of(), desk.classic()
    paths = [desk.file(f"{number}.txt", b"x") for number in range(101)]
    desk.emulator.log.clear()
    with pytest.raises(UsageError, match="A record takes 100 files, and it would have 101"):
        deposits.upload(id_, *paths)
    assert not desk.writes("PUT")


def test_a_file_that_changes_while_it_is_read_is_an_error_and_leaves_nothing_broken(desk: Desk) -> None:
    class Growing(type(desk.notes)):  # type: ignore[misc]
        def advance(self, steps: int = 1) -> None:
            super().advance(steps)
            with path.open("ab") as file:
                file.write(b"more")

    id_ = desk.classic()
    path = Path(a_large_file(desk, 3 << 20))
    desk.notes = Growing()
    with pytest.raises(LocalError, match="changed while it was read"):
        desk.of().upload(id_, path)
    assert desk.of().files(id_) == ()


def test_a_closed_request_is_not_decided_again(desk: Desk, zh: Zh) -> None:
    request_id = desk.of().submit(desk.published(), CLOSED).request_id or ""
    assert zh("requests", "decline", request_id, token=OTHER).code == 0
    done = zh("requests", "accept", request_id, token=OTHER)
    assert (done.code, "is not open: it is declined" in done.err) == (2, True)
