"""The fixture as another project's tests use it: each run is a pytest of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.metadata import entry_points
from itertools import islice
from pathlib import Path

from zenodo_harvest.emulator.sample import sample

MODULE = "zenodo_harvest.emulator.pytest_plugin"
PAGE = Path(__file__).parents[3] / "docs" / "emulator.md"


def run(folder: Path, text: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run `text` as a test file in `folder`, with the plugin loaded as the installation has it."""
    is_installed = any(point.value == MODULE for point in entry_points(group="pytest11"))
    plugin = [] if is_installed else ["-p", MODULE]
    (folder / "test_mine.py").write_text(text)
    homes = {f"XDG_{name}_HOME": str(folder / "home") for name in ("CACHE", "CONFIG", "DATA", "STATE")}
    others = [f"-pno:{name}" for name in ("hypothesispytest", "randomly", "xdist", "cov")]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "--strict-markers",
        "-W",
        "error",
        *others,
        *plugin,
        *options,
    ]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "ZENODO"))}
    return subprocess.run(
        command, cwd=folder, env=kept | homes, capture_output=True, text=True, check=False, timeout=60
    )


def test_the_test_file_on_the_page_passes_as_it_stands(tmp_path: Path) -> None:
    (text,) = re.findall(r"```py\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert len([line for line in text.splitlines() if line]) <= 10
    ran = run(tmp_path, text)
    assert "2 passed" in ran.stdout, ran.stdout + ran.stderr


def test_each_test_has_an_emulator_of_its_own(tmp_path: Path) -> None:
    ran = run(
        tmp_path,
        """
import json
from urllib.request import urlopen
import pytest

def total(zenodo):
    with urlopen(zenodo.url + "/api/records?size=1") as answer:
        return json.load(answer)["hits"]["total"]

@pytest.mark.parametrize("turn", [1, 2])
def test_mine(zenodo, turn):
    before = total(zenodo)
    assert before > 100
    assert len(zenodo.log) == 1
    assert not list(zenodo.faults)
    zenodo.add({"id": "99000002", "metadata": {"title": "Mine", "resource_type": {"id": "dataset"}}})
    assert total(zenodo) == before + 1
    zenodo.faults.add("html-page x*")
""",
    )
    assert "2 passed" in ran.stdout, ran.stdout + ran.stderr


def test_there_are_no_limits_unless_the_marker_sets_them(tmp_path: Path) -> None:
    ran = run(
        tmp_path,
        """
from urllib.error import HTTPError
from urllib.request import urlopen
import pytest

def refused(zenodo):
    for _ in range(40):
        try:
            urlopen(zenodo.url + "/api/records?size=1").close()
        except HTTPError as error:
            error.close()
    return [request.status for request in zenodo.log].count(429)

def test_off(zenodo):
    assert refused(zenodo) == 0

@pytest.mark.zenodo(limits="deployed")
class TestLimited:
    def test_deployed(self, zenodo):
        assert refused(zenodo) == 10

    @pytest.mark.zenodo(limits="35/1m")
    def test_the_nearest_marker_wins(self, zenodo):
        assert refused(zenodo) == 5
""",
    )
    assert "3 passed" in ran.stdout, ran.stdout + ran.stderr


def test_a_seed_is_looked_for_beside_the_test_file(tmp_path: Path) -> None:
    records = [record for record in sample().records if record["versions"]["is_latest"]]
    lines = (json.dumps(record) for record in islice(records, 3))
    (tmp_path / "mine.jsonl").write_text("\n".join(lines))
    text = """
import json
from urllib.request import urlopen
import pytest

@pytest.mark.zenodo(seed="mine.jsonl")
def test_mine(zenodo):
    with urlopen(zenodo.url + "/api/records") as answer:
        assert json.load(answer)["hits"]["total"] == 3
"""
    ran = run(tmp_path, text, "--rootdir", "/")
    assert "1 passed" in ran.stdout, ran.stdout + ran.stderr


def test_a_marker_without_names_says_how_to_write_it(tmp_path: Path) -> None:
    ran = run(
        tmp_path,
        "import pytest\n\n@pytest.mark.zenodo('deployed')\ndef test_mine(zenodo):\n    assert zenodo\n",
    )
    assert "zenodo(limits='deployed')" in ran.stdout
    assert "1 error" in ran.stdout


def test_markers_and_fixtures_list_it(tmp_path: Path) -> None:
    assert "@pytest.mark.zenodo(seed, limits, faults, ...)" in run(tmp_path, "", "--markers").stdout
    assert re.search(r"^zenodo -- .*\n    A running emulator", run(tmp_path, "", "--fixtures").stdout, re.M)


def test_a_run_without_the_fixture_loads_nothing_heavy() -> None:
    code = (
        f"import pytest, sys; old = set(sys.modules); import {MODULE}; print(*sorted(set(sys.modules) - old))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["lazy_loader", "zenodo_harvest", "zenodo_harvest.emulator", MODULE]
