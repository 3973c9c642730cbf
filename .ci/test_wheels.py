"""What people install: both wheels from dist/, in an environment with nothing in it and no Rust in sight."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DIST = ROOT / "dist"
DUMP = ROOT / "tests" / "data" / "recordings" / "dumps" / "records-json.tar.gz"
# the command, which says at its end whether the compiled reader was loaded
COMMAND = """
import atexit, sys
from zenodo_harvest.cli import main
atexit.register(lambda: print("compiled:", "zenodo_harvest_fast" in sys.modules))
main()
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Return the function that runs the Python of an environment that holds the wheels and what they need."""
    home = tmp_path_factory.mktemp("empty")
    venv.create(home / "env", with_pip=True)
    folder = home / "env" / ("Scripts" if sys.platform == "win32" else "bin")
    settings = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    settings["PATH"] = os.pathsep.join([str(folder), *_without_rust(os.environ["PATH"].split(os.pathsep))])
    settings["PYTHONUTF8"] = "1"
    python = shutil.which("python", path=str(folder))
    assert python

    def call(*arguments: str | Path) -> str:
        command = [python, *arguments]
        done = subprocess.run(
            command, check=True, cwd=home, env=settings, stdout=subprocess.PIPE, text=True, timeout=900
        )
        return done.stdout

    mine = "zenodo-harvest,zenodo-harvest-fast"
    constraints = ROOT / ".ci" / "constraints.txt"
    options = ["--quiet", "--only-binary", mine, "--find-links", DIST, "--constraint", constraints]
    call("-m", "pip", "install", *options, f"zenodo-harvest[fast]=={_version()}")
    return call


def _without_rust(folders: list[str]) -> list[str]:
    return [folder for folder in folders if not shutil.which("cargo", path=folder)]


def _wheels(name: str) -> list[Path]:
    """Return the wheels of a package: one for each system that was built for."""
    found = list(DIST.glob(f"{name}-*.whl"))
    assert found, "make wheels builds them"
    return found


def _version() -> str:
    [wheel] = _wheels("zenodo_harvest")
    return wheel.name.split("-")[1]


def test_both_are_of_one_version_and_the_compiled_one_fits_every_python() -> None:
    for wheel in _wheels("zenodo_harvest_fast"):
        _, version, python, abi, _ = wheel.name.split("-")
        assert (version, python, abi) == (_version(), "cp311", "abi3")


@pytest.mark.parametrize("name", ["zenodo_harvest", "zenodo_harvest_fast"])
def test_the_licence_is_in_the_wheel(name: str) -> None:
    for path in _wheels(name):
        with zipfile.ZipFile(path) as wheel:
            assert any(entry.endswith("/licenses/LICENSE") for entry in wheel.namelist())


def test_types_are_in_the_wheel() -> None:
    [path] = _wheels("zenodo_harvest")
    with zipfile.ZipFile(path) as wheel:
        packed = {entry for entry in wheel.namelist() if entry.endswith((".pyi", "/py.typed"))}
    source = ROOT / "zenodo_harvest"
    there = {path.relative_to(ROOT).as_posix() for path in source.rglob("*.pyi")}
    assert packed == there | {"zenodo_harvest/py.typed"}


def test_there_is_no_rust(run: Callable[..., str]) -> None:
    assert run("-c", "import shutil; print(shutil.which('cargo'), shutil.which('rustc'))") == "None None\n"


def test_the_compiled_reader_is_found(run: Callable[..., str]) -> None:
    code = "from zenodo_harvest.export import reads_in_threads; print(reads_in_threads())"
    assert run("-c", code) == "True\n"


def test_a_dump_is_converted_by_the_compiled_reader(run: Callable[..., str], tmp_path: Path) -> None:
    output = tmp_path / "records.parquet"
    said = run("-c", COMMAND, "dump", "convert", DUMP, "-o", output)
    assert said.endswith("compiled: True\n")
    count = "import sys, pyarrow.parquet as pq; print(pq.read_metadata(sys.argv[1]).num_rows)"
    assert int(run("-c", count, output)) > 10


def test_the_command_works_with_what_the_wheel_asks_for(run: Callable[..., str], tmp_path: Path) -> None:
    output = tmp_path / "frost.csv"
    run("-c", COMMAND, "--site", "emulator", "search", "frost", "-o", output)
    with output.open(encoding="utf-8", newline="") as file:
        assert len(list(csv.reader(file))) > 1
