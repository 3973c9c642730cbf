from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from hashlib import md5
from itertools import pairwise
from pathlib import Path

import pytest

from doubles import Notes
from zenodo_harvest.errors import LocalError
from zenodo_harvest.http import FileBody, FormBody

MIB = 1 << 20


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of two and a half blocks, none of them like another."""
    path = tmp_path / "frost.nc"
    path.write_bytes(b"".join(number.to_bytes(4, "big") for number in range(MIB * 5 // 8)))
    return path


def test_a_file_is_sent_as_it_is_with_its_length_and_md5(file: Path) -> None:
    body, content = FileBody(file), file.read_bytes()
    assert (len(body), body.size_bytes, body.md5) == (len(content), len(content), "")
    assert b"".join(body) == content
    assert body.md5 == md5(content, usedforsecurity=False).hexdigest()


def test_no_more_than_a_block_is_read_at_once(file: Path) -> None:
    assert list(map(len, FileBody(file))) == [MIB, MIB, MIB // 2]


def test_a_file_of_whole_blocks_ends_with_a_whole_one(tmp_path: Path) -> None:
    path = tmp_path / "even.bin"
    path.write_bytes(bytes(2 * MIB))
    assert list(map(len, FileBody(path))) == [MIB, MIB]


def test_a_file_can_be_sent_again_and_has_the_same_md5(file: Path) -> None:
    body = FileBody(file)
    first, known = b"".join(body), body.md5
    assert (b"".join(body), body.md5) == (first, known)


def test_what_was_not_sent_to_its_end_has_no_md5(file: Path) -> None:
    body = FileBody(file)
    b"".join(body)
    blocks = iter(body)
    next(blocks)
    blocks.close()  # type: ignore[attr-defined]
    assert body.md5 == ""


def test_an_empty_file_sends_nothing_and_has_the_md5_of_nothing(tmp_path: Path) -> None:
    path = tmp_path / "empty"
    path.touch()
    body = FileBody(path)
    assert (len(body), list(body), body.md5) == (0, [], "d41d8cd98f00b204e9800998ecf8427e")


class Sent:
    """Counts what would have gone over the wire."""

    size_bytes = 0

    def take(self, blocks: Iterable[bytes]) -> None:
        for block in blocks:
            self.size_bytes += len(block)


def shrink(file: Path) -> None:
    os.truncate(file, MIB + 5)


def grow(file: Path) -> None:
    with file.open("ab") as more:
        more.write(b"more")


def overwrite(file: Path) -> None:
    with file.open("r+b") as inside:
        inside.seek(2 * MIB)
        inside.write(b"other")
    os.utime(file, ns=(0, 1))


def replace_it(file: Path) -> None:
    seen = file.stat()
    other = file.with_name("other")
    other.write_bytes(bytes(seen.st_size))
    os.utime(other, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    other.replace(file)


CHANGES = pytest.mark.parametrize("change", [shrink, grow, overwrite, replace_it])


@CHANGES
def test_a_file_that_changes_while_it_is_sent_never_arrives_whole(
    file: Path, change: Callable[[Path], None]
) -> None:
    body, sent = FileBody(file), Sent()
    blocks = iter(body)
    sent.take([next(blocks)])
    change(file)
    with pytest.raises(LocalError, match="changed while it was read") as changed:
        sent.take(blocks)
    assert MIB <= sent.size_bytes < len(body)
    assert body.md5 == ""
    assert changed.value.exit_code == 8
    assert changed.value.hint


@CHANGES
def test_a_file_that_changed_before_it_is_sent_never_arrives_whole(
    file: Path, change: Callable[[Path], None]
) -> None:
    body, sent = FileBody(file), Sent()
    change(file)
    with pytest.raises(LocalError, match="changed while it was read"):
        sent.take(body)
    assert sent.size_bytes < len(body)


def test_a_file_that_vanishes_is_named(file: Path) -> None:
    body = FileBody(file)
    file.unlink()
    with pytest.raises(LocalError, match=re.escape(str(file))):
        list(body)


def test_a_file_that_is_not_there_is_said_before_anything_is_sent(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match="No such file") as missing:
        FileBody(tmp_path / "none.nc")
    assert missing.value.hint


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    body = FileBody(tmp_path)  # a folder can be looked at, and not read
    with pytest.raises(LocalError, match="cannot be read"):
        list(body)


def test_progress_counts_megabytes_and_ends(file: Path, notes: Notes) -> None:
    list(FileBody(file, notes))
    assert notes.started == [("MB of frost.nc", 2)]
    assert (notes.steps, notes.finished) == (2, 1)


def test_progress_goes_ahead_with_what_was_sent(file: Path, notes: Notes) -> None:
    steps = [notes.steps for _ in FileBody(file, notes)]
    assert steps[0] == 0
    assert all(before < after for before, after in pairwise(steps))


def test_progress_ends_where_sending_fails(file: Path, notes: Notes) -> None:
    body = FileBody(file, notes)
    shrink(file)
    with pytest.raises(LocalError):
        list(body)
    assert notes.finished == 1


def test_a_form_holds_the_file_and_its_name_and_tells_its_length(file: Path) -> None:
    body = FileBody(file)
    form = FormBody(body, "snow days.nc")
    sent = b"".join(form)
    boundary = form.headers["Content-Type"].removeprefix("multipart/form-data; boundary=").encode()
    first, named, content, last = sent.split(b"--" + boundary)
    assert (len(form), first, last) == (len(sent), b"", b"--\r\n")
    assert named.endswith(b'name="name"\r\n\r\nsnow days.nc\r\n')
    assert b'name="file"; filename="snow days.nc"\r\n' in content
    assert content.partition(b"\r\n\r\n")[2] == file.read_bytes() + b"\r\n"
    assert body.md5


def test_a_name_cannot_break_out_of_its_header_in_a_form(file: Path) -> None:
    form = FormBody(FileBody(file), 'a"b\r\nX-Evil: 1')
    content = b"".join(form)
    assert b'filename="a%22b%0D%0AX-Evil: 1"\r\n' in content


def test_two_forms_have_two_boundaries(file: Path) -> None:
    headers = {FormBody(FileBody(file), "a").headers["Content-Type"] for _ in range(2)}
    assert len(headers) == 2
