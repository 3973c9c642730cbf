"""Names of files survive byte for byte; a token is nowhere but in its header."""

from __future__ import annotations

import logging
import pickle
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from deposit_desk import CLOSED, OPEN, OTHER, OWNER, Desk, Zh
from zenodo_harvest.emulator import Fault
from zenodo_harvest.errors import ZenodoHarvestError

NAMES = [
    "frost days.csv",
    "table#2.csv",
    "100%.csv",
    "%41.csv",
    "what?.csv",
    "plus+plus.csv",
    "quo\"te's.csv",
    "a&b=c;d.csv",
    unicodedata.normalize("NFC", "données_été.csv"),
    unicodedata.normalize("NFD", "données_été.csv"),
    "данные.csv",
    "霜" * 83 + ".csv..",
    "x" * 251 + ".csv",
    ".hidden",
    "..csv",
    "back\\slash.csv",
    "data/frost.csv",
    "../up.csv",
]


def test_names_survive_upload_list_and_download(desk: Desk, tmp_path: Path) -> None:
    deposits, id_ = desk.of(), desk.classic()
    contents = {name: f"content of {number}".encode() for number, name in enumerate(NAMES)}
    for number, (name, content) in enumerate(contents.items()):
        deposits.upload(id_, desk.file(str(number), content), key=name)
    for state in ("draft", "published"):
        assert {file.key for file in deposits.files(id_)} == set(NAMES), state
        for number, (name, content) in enumerate(contents.items()):
            copy = deposits.download(id_, name, tmp_path / f"{state}{number}")
            assert copy.read_bytes() == content, (state, name)
        if state == "draft":
            deposits.publish(id_)


@pytest.mark.parametrize("name", ["../up.csv", "a/../../b.csv", "a/b.csv"])
def test_a_name_on_the_server_never_leads_out_of_the_folder(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    id_ = desk.classic()
    desk.of().upload(id_, desk.file(), key=name)
    inside = tmp_path / "in" / "side"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    path = desk.of().download(id_, name)
    assert (inside / path).resolve().parent == inside


def test_a_token_is_nowhere_but_in_its_header(
    desk: Desk, zh: Zh, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    said: list[str] = []
    errors: list[BaseException] = []
    with caplog.at_level(logging.DEBUG):
        for how in ("server-error-after", "lost-answer", "html-page"):
            desk.emulator.faults.add(Fault(how, path="/api/*", method="POST", first=2))  # type: ignore[arg-type]
        made = zh("create", "--set", "title=Frost days", "--trace", "--debug")
        id_ = made.out.strip() or desk.native()
        for arguments in (
            ("update", id_, "--set", "title=Frost", "--set", f'communities=["{OPEN}"]'),
            ("upload", id_, str(desk.file())),
            ("list", "-o", str(tmp_path / "own.csv")),
            ("publish", id_, "--yes"),
            ("get", "1"),
            ("submit", id_, CLOSED),
        ):
            done = zh(*arguments, "--trace", "--debug")
            said += [done.out, done.err]
        for act in ("publish", "delete", "edit"):
            try:
                getattr(desk.of(OTHER), act)(id_)
            except ZenodoHarvestError as error:
                errors.append(error)
    assert errors
    said += [caplog.text, made.out, made.err, repr(desk.of())]
    said += [f"{error!r} {error} {vars(error)} {pickle.dumps(error)!r}" for error in errors]
    said += [each.target for each in desk.emulator.log]
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert all(each.has_token for each in desk.emulator.log)
    for token in (OWNER, OTHER):
        assert not [text for text in said if token in text]
        assert not [path for path in written if token.encode() in path.read_bytes()]


def test_a_bucket_of_another_host_is_not_gone_to(desk: Desk) -> None:
    """The server's link names a bucket; where it is, is our own business."""
    from werkzeug.wrappers import Request, Response

    class Elsewhere:
        def before(self, _: Request) -> Response | None:
            """Let every request be answered."""

        def after(self, request: Request, answer: Response) -> Response:
            if "/deposit/depositions/" in request.path:
                answer.set_data(answer.get_data().replace(desk.emulator.url.encode(), b"http://evil.invalid"))
            return answer

    id_, seen = desk.classic(), []  # type: ignore[var-annotated]
    desk.emulator.faults.add(Elsewhere())
    deposits: Any = desk.of(trace=lambda exchange: seen.append(exchange.url))
    deposits.upload(id_, desk.file())
    assert seen
    assert all(url.startswith(desk.emulator.url) for url in seen)
