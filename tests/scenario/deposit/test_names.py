"""Names of files survive upload, list and download byte for byte, and never leave the folder."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from werkzeug.wrappers import Request, Response

from depositing import Asked, Begin, Make, Meddling, Zh
from zenodo_harvest.deposit import Deposits
from zenodo_harvest.deposit.files import drop_file
from zenodo_harvest.emulator import Emulator
from zenodo_harvest.errors import UsageError

NAMES = (
    "a b.txt",
    " leading and trailing ",
    "table#2.csv",
    "100%.txt",
    "50%25.txt",
    "%2e%2e",
    "what?.txt",
    "plus+plus.txt",
    "a&b=c;d.txt",
    'it\'s "quoted".txt',
    unicodedata.normalize("NFC", "na\u00efve.txt"),
    unicodedata.normalize("NFD", "na\u00efve.txt"),
    "\u0434\u0430\u043d\u043d\u044b\u0435.csv",
    "\U0001f9ca.bin",
    "x" * 255,
    "\u00fc" * 127 + "x",
    ".hidden",
    "...",
    "..double",
    "back\\slash",
    "tab\there",
    "-rf",
    "~",
    "$HOME",
    "*",
    "[a-b]",
    "con",
    "a:b",
    "<x>|y",
)
"""Names that a file of this machine may have as well."""
WITH_SLASH = ("a/b", "../x", "a/../b", "./c", "a//b", "dir/", "../../../up.txt")
"""Names that only a server may give a file."""


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_name_survives(name: str, deposits: Deposits, asked: Asked, draft: str) -> None:
    content = f"content of {name}".encode()
    Path(name).write_bytes(content)
    (uploaded,) = deposits.upload(draft, name)
    assert (uploaded.file.key, uploaded.notes) == (name, ())
    assert name in asked.keys(draft)
    assert name in [file.key for file in deposits.files(draft)]
    Path("copies").mkdir()
    path = deposits.download(draft, name, Path("copies"))
    assert path.read_bytes() == content
    assert path.parent == Path("copies")
    if "\\" not in name:
        assert path.name == name
        assert [each.name for each in Path("copies").iterdir()] == [name]


@pytest.fixture
def draft(begin: Begin) -> str:
    return begin(keys=())


@pytest.mark.parametrize("name", WITH_SLASH, ids=range(len(WITH_SLASH)))
def test_a_name_with_a_slash_survives_and_is_never_a_path(
    name: str, deposits: Deposits, asked: Asked, draft: str, tmp_path: Path
) -> None:
    content = f"content of {name}".encode()
    Path("frost.csv").write_bytes(content)
    (uploaded,) = deposits.upload(draft, "frost.csv", key=name)
    assert uploaded.file.key == name
    assert asked.keys(draft) == [name]
    inner = tmp_path / "here" / "in" / "deep"
    inner.mkdir(parents=True)
    before = set(tmp_path.rglob("*"))
    if name.endswith("/"):
        with pytest.raises(UsageError, match="no name"):
            deposits.download(draft, name, inner)
        assert deposits.download(draft, name, inner / "named").read_bytes() == content
    else:
        path = deposits.download(draft, name, inner)
        assert path.parent == inner
        assert path.read_bytes() == content
    new = set(tmp_path.rglob("*")) - before
    assert {each.parent for each in new} == {inner}
    deposits.remove(draft, name)
    assert asked.keys(draft) == []


@pytest.mark.parametrize("name", ["/etc/frost", "two\nlines", "a\r", "nul\0", "  "])
def test_a_name_that_no_address_reaches_is_refused(
    name: str, deposits: Deposits, draft: str, emulator: Emulator
) -> None:
    Path("frost.csv").write_bytes(b"1")
    with pytest.raises(UsageError, match="no name for a file"):
        deposits.upload(draft, "frost.csv", key=name)
    assert not emulator.log


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_a_name_that_stands_for_a_folder_touches_nothing(
    name: str, deposits: Deposits, asked: Asked, begin: Begin, emulator: Emulator
) -> None:
    """An address ending in ``/files/..`` is that of the draft: deleting it would destroy the deposit."""
    id_ = begin()
    deposit = deposits.get(id_)
    with pytest.raises(UsageError, match="cannot be asked"):
        drop_file(deposits._api(), deposit, name)
    Path("frost.csv").write_bytes(b"1")
    with pytest.raises(UsageError):
        deposits.upload(id_, "frost.csv", key=name)
    assert asked.keys(id_) == ["frost.csv"]
    assert not [request for request in emulator.log if request.method != "GET"]


def test_names_go_through_the_command_line(zh: Zh, asked: Asked, draft: str) -> None:
    names = ["a b#1?.csv", "na\u0308ive%.csv", "\U0001f9ca+.bin"]
    for name in names:
        Path(name).write_bytes(name.encode())
    ran = zh("upload", draft, *names)
    assert [row["key"] for row in ran.rows] == names
    assert asked.keys(draft) == names
    assert sorted(row["key"] for row in zh("files", draft).rows) == sorted(names)
    Path("out").mkdir()
    for name in names:
        assert zh("download", draft, name, "-o", "out").code == 0
        assert (Path("out") / name).read_bytes() == name.encode()


def test_a_name_without_unicode_is_refused(deposits: Deposits, draft: str) -> None:
    path = Path("fr\udcffst.csv")
    path.write_bytes(b"1")
    with pytest.raises(UsageError, match="no Unicode"):
        deposits.upload(draft, path)
    (named,) = deposits.upload(draft, path, key="frost.csv")
    assert named.file.is_complete


def test_a_form_changes_names_and_says_so(deposits: Deposits, draft: str) -> None:
    for name in ("a b.csv", "na\u00efve.csv", 'q"uote.csv'):
        Path(name).write_bytes(name.encode())
        (uploaded,) = deposits.upload(draft, name, multipart=True)
        assert uploaded.file.key != name
        assert uploaded.notes
        assert uploaded.file.is_complete


def test_a_bucket_that_the_browser_does_not_tell_is_done_without(
    make: Make, draft: str, asked: Asked, emulator: Emulator
) -> None:
    """Deposits made in the browser may lack ``links.bucket``."""

    class Silent(Meddling):
        def after(self, request: Request, answer: Response) -> Response:
            if request.path == f"/api/deposit/depositions/{draft}":
                body = json.loads(answer.get_data())
                del body["links"]["bucket"]
                answer.set_data(json.dumps(body))
            return answer

    emulator.faults.add(Silent())
    Path("a b.csv").write_bytes(b"12")
    make().deposits.upload(draft, "a b.csv")
    assert asked.keys(draft) == ["a b.csv"]
