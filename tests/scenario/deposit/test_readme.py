"""The walkthrough of the README, in the shell, as it stands there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_the_walkthrough_in_the_shell_ends_as_the_readme_says(tmp_path: Path) -> None:
    page = (ROOT / "README.md").read_text()
    commands, said = re.findall(
        r"```sh\n(export ZENODO_HARVEST_SITE.*?)```\n\n[^`].*?\n\n```text\n(.*?)```", page, re.S
    )[0]
    assert len(commands.splitlines()) <= 8
    tool = tmp_path / "bin" / "zenodo-harvest"
    tool.parent.mkdir()
    tool.write_text(f"#!{sys.executable}\nfrom zenodo_harvest.cli import main\nmain()\n")
    tool.chmod(0o755)
    environ = {
        name: value for name, value in os.environ.items() if not name.startswith(("ZENODO", "XDG"))
    } | {
        "PATH": f"{tool.parent}:{os.environ['PATH']}",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
    }
    done = subprocess.run(
        ["bash", "-c", f"set -e\n{commands}"],
        env=environ,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    shown = done.stdout.splitlines() + done.stderr.splitlines()
    assert [line for line in said.splitlines() if line not in shown] == []
