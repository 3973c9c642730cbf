"""The command as a process of its own: pipes, a terminal, signals. Few, since each start costs."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

MAIN = [sys.executable, "-m", "zenodo_harvest"]
_STYLE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def test_the_classic_walkthrough_in_the_shell(process: Any) -> None:
    found = process("--site", "emulator", "communities", "find", "enes")
    assert (found.returncode, found.stderr) == (0, "")
    slug = json.loads(found.stdout.splitlines()[0])["slug"]
    done = process("communities", "records", slug, "index", "--columns", "doi,title", "--site", "emulator")
    assert done.returncode == 0
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert rows
    assert set(rows[0]) == {"doi", "title"}


def test_a_reader_that_closes_the_pipe_ends_it_quietly(tmp_path: Path) -> None:
    with subprocess.Popen(
        [*MAIN, "--site", "emulator", "search", "frost", "--all", "-q"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.readline().startswith(b"{")
        running.stdout.close()
        said = running.stderr.read()
    assert said == b""
    assert running.returncode == 0


def test_on_a_terminal_of_80_columns_there_is_a_table(frosty: int, tmp_path: Path) -> None:
    controller, terminal = pty.openpty()
    env = {
        key: value for key, value in os.environ.items() if key not in ("COLUMNS", "NO_COLOR", "FORCE_COLOR")
    }
    with subprocess.Popen(
        [*MAIN, "--site", "emulator", "search", "frost"],
        stdin=subprocess.DEVNULL,
        stdout=terminal,
        stderr=subprocess.PIPE,
        env=env | {"COLUMNS": "80", "TERM": "xterm-256color"},
        cwd=tmp_path,
    ) as running:
        os.close(terminal)
        shown = _read_all(controller)
        assert running.stderr is not None
        said = running.stderr.read().decode()
    assert running.returncode == 0
    lines = _STYLE.sub("", shown).splitlines()
    assert lines[0].split()[:2] == ["DOI", "Title"]
    assert len(lines) == 27
    assert max(map(len, lines)) <= 80
    assert f"The first 25 of {frosty} records." in said


@pytest.mark.parametrize(("flavour", "own"), [("zenodo", "conceptrecid"), ("inveniordm", "parent")])
def test_the_emulator_serves_until_it_is_interrupted(
    frosty: int, tmp_path: Path, flavour: str, own: str
) -> None:
    with subprocess.Popen(
        [*MAIN, "emulator", "serve", "--limits", "off", "--flavour", flavour],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    ) as running:
        assert running.stdout is not None
        url = running.stdout.readline().strip()
        try:
            with urlopen(f"{url}/api/records?q=frost&size=1", timeout=20) as answer:
                found = json.load(answer)["hits"]
            assert found["total"] == frosty
            assert own in found["hits"][0]
        finally:
            running.send_signal(signal.SIGINT)
            _, said = running.communicate(timeout=20)
    assert running.returncode == 0
    assert "emulator-token" in said
    assert "Traceback" not in said


def _read_all(controller: int) -> str:
    """Read until the other end is closed, which Linux reports as an error."""
    read = bytearray()
    while True:
        try:
            data = os.read(controller, 65536)
        except OSError:
            break
        if not data:
            break
        read += data
    os.close(controller)
    return read.decode().replace("\r\n", "\n")
