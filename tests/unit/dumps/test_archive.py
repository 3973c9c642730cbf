from __future__ import annotations

import gzip
import os
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from zenodo_harvest.dumps import fetched_at
from zenodo_harvest.dumps.archive import Member, kind_of, open_archive, read_lines
from zenodo_harvest.errors import LocalError

MEMBERS = [(f"{number}.json", b"x" * number) for number in (0, 1, 511, 512, 513, 10_000)]


def members(path: Path) -> list[tuple[str, bytes]]:
    with open_archive(path) as archive:
        return [(member.name, member.content) for member in archive.members()]


def folder(name: str) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type = tarfile.DIRTYPE
    return entry


@pytest.mark.parametrize("layout", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_every_layout_of_tar_gives_names_and_contents_in_order(pack: Any, layout: int) -> None:
    assert members(pack(*MEMBERS, format=layout)) == MEMBERS


def test_extended_headers_are_no_members_and_other_entries_are_counted(pack: Any) -> None:
    timed = tarfile.TarInfo("timed.json")
    timed.mtime = 1_700_000_000.25
    path = pack(folder("./"), timed, ("n" * 120 + ".json", b"{}"), format=tarfile.PAX_FORMAT)
    with open_archive(path) as archive:
        found = list(archive.members())
        assert archive.skipped == 1
    assert [member.content for member in found] == [b"", b"{}"]
    assert found[0].name == "timed.json"


def test_headers_of_long_names_and_links_and_of_the_whole_are_no_entries_of_their_own(pack: Any) -> None:
    long = "n" * 120
    link = tarfile.TarInfo("link.json")
    link.type, link.linkname = tarfile.SYMTYPE, long
    for settings in (
        {"format": tarfile.GNU_FORMAT},
        {"format": tarfile.PAX_FORMAT, "pax_headers": {"comment": "of all"}},
    ):
        with open_archive(pack(link, (long, b"{}"), **settings)) as archive:
            assert [member.content for member in archive.members()] == [b"{}"]
            assert archive.skipped == 1


def test_a_file_of_the_oldest_layout_is_a_member(pack: Any) -> None:
    old = tarfile.TarInfo("old.json")
    old.type = tarfile.AREGTYPE
    with open_archive(pack(old, ("new.json", b"{}"))) as archive:
        assert list(archive.members()) == [Member("old.json", b""), Member("new.json", b"{}")]
        assert archive.skipped == 0


def test_a_name_that_is_no_utf_8_costs_its_letters_and_no_member(pack: Any) -> None:
    path = pack(("é.json", b"{}"), format=tarfile.USTAR_FORMAT, encoding="latin-1")
    assert members(path) == [("\ufffd.json", b"{}")]


def test_a_header_full_of_letters_beyond_ascii_has_a_check_sum_like_any_other(pack: Any) -> None:
    entry = tarfile.TarInfo("é" * 77 + "/" + "é" * 45)
    entry.linkname, entry.uname, entry.gname = "é" * 49, "é" * 15, "é" * 15
    ((name, content),) = members(pack(entry, format=tarfile.USTAR_FORMAT))
    assert (name, content) == ("é" * 45, b"")


def test_an_archive_without_members_is_empty_and_one_in_several_gzip_parts_is_whole(
    pack: Any, tmp_path: Path
) -> None:
    assert members(pack()) == []
    path = pack(*MEMBERS)
    whole = gzip.decompress(path.read_bytes())
    path.write_bytes(b"".join(gzip.compress(whole[at : at + 700]) for at in range(0, len(whole), 700)))
    assert members(path) == MEMBERS


def test_an_archive_that_is_cut_anywhere_is_an_error_that_says_so(pack: Any) -> None:
    path = pack(*MEMBERS)
    whole = path.read_bytes()
    for upto in range(2, len(whole)):
        path.write_bytes(whole[:upto])
        with pytest.raises(LocalError, match="cut short") as cut:
            members(path)
        assert cut.value.exit_code == 8


def test_a_tar_that_was_cut_before_it_was_compressed_is_cut_short(pack: Any) -> None:
    tar = gzip.decompress(pack(("1.json", b"x" * 512), ("2.json", b"y" * 512)).read_bytes())
    for blocks in (1, 2, 3, 4):
        with pytest.raises(LocalError, match="cut short"):
            members(pack(tar=tar[: 512 * blocks]))


@pytest.mark.parametrize("at", [30, -5])
def test_a_changed_byte_is_found(pack: Any, at: int) -> None:
    path = pack(("1.json", bytes(range(256)) * 40))
    content = bytearray(path.read_bytes())
    content[at] ^= 0x55
    path.write_bytes(content)
    with pytest.raises(LocalError, match=r"damaged|cut short"):
        members(path)


@pytest.mark.parametrize(
    "content", [b"<html>busy</html>", b"PK\x03\x04" * 20, gzip.compress(b"no tar " * 200, mtime=0)]
)
def test_something_else_is_no_archive(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "dump.tar.gz"
    path.write_bytes(content)
    with pytest.raises(LocalError, match=r"dump\.tar\.gz.*(gzip|tar archive)"):
        members(path)


def test_a_missing_file_and_an_empty_one_are_errors(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match="cannot be read"):
        members(tmp_path / "none.tar.gz")
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "nothing.gz").write_bytes(gzip.compress(b"", mtime=0))
    for name in ("empty", "nothing.gz"):
        with pytest.raises(LocalError, match="empty"):
            kind_of(tmp_path / name)


def test_what_a_dump_holds_is_seen_by_its_content(pack: Any, tmp_path: Path) -> None:
    assert kind_of(pack(*MEMBERS)) == "records"
    (tmp_path / "odd.name").write_bytes(gzip.compress(b"record_id,doi\r\n1,10.5281/zenodo.1\r\n", mtime=0))
    assert kind_of(tmp_path / "odd.name") == "tombstones"


def test_lines_keep_their_ends_and_a_bad_byte_costs_one_character(tmp_path: Path) -> None:
    path = tmp_path / "lines.gz"
    path.write_bytes(gzip.compress(b"a\r\nb\xff\n", mtime=0))
    assert list(read_lines(path)) == ["a\r\n", "b\ufffd\n"]


def test_a_dump_was_fetched_when_its_file_was_written(pack: Any, tmp_path: Path) -> None:
    path = pack(*MEMBERS)
    os.utime(path, (1_700_000_000.75, 1_700_000_000.75))
    assert fetched_at(path) == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    with pytest.raises(LocalError):
        fetched_at(tmp_path / "none")


def test_members_after_the_end_of_an_archive_are_not_lost_without_a_word(pack: Any, tmp_path: Path) -> None:
    path = pack(*MEMBERS)
    whole = gzip.decompress(path.read_bytes())
    for odd in (whole + whole, whole[:1024] + bytes(512) + whole[1024:]):
        path.write_bytes(gzip.compress(odd))
        with pytest.raises(LocalError, match=r"members follow after its end|is damaged"):
            members(path)


def test_a_member_without_a_name_is_a_member(pack: Any) -> None:
    assert members(pack(("", b"{}"), ("2.json", b"{}"))) == [("", b"{}"), ("2.json", b"{}")]


def test_a_damaged_header_is_an_error_and_not_the_end(pack: Any) -> None:
    tar = bytearray(gzip.decompress(pack(("1.json", b"x"), ("2.json", b"y")).read_bytes()))
    tar[1024 + 150] ^= 1
    with pytest.raises(LocalError, match="damaged"):
        members(pack(tar=bytes(tar)))
