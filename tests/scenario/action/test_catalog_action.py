"""The action for catalogues, run step by step as a runner does."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from zenodo_harvest.client import Client

ROOT = Path(__file__).parents[3]
ACTION = ROOT / "action" / "catalog"
EXAMPLES = sorted((ACTION / "examples").glob("*.yml"))


def steps() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((ACTION / "action.yml").read_text())["runs"]["steps"]
    return found


class Runner:
    """A runner's folders, files and environment; `folders` is what the workflow asks for."""

    def __init__(self, home: Path) -> None:
        self.temp, self.work = home / "temp", home / "work"
        self.summary, self.output = home / "summary", home / "output"
        for folder in (self.temp / "zenodo-harvest" / "bin", self.work):
            folder.mkdir(parents=True)
        (self.temp / "zenodo-harvest" / "bin" / "zenodo-harvest").symlink_to(
            Path(sys.executable).parent / "zenodo-harvest"
        )
        self.environ = {
            **os.environ,
            "GITHUB_ACTION_PATH": str(ACTION),
            "GITHUB_OUTPUT": str(self.output),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_REPOSITORY": "library/catalogues",
            "RUNNER_TEMP": str(self.temp),
        }

    def shell(self, code: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", code],
            cwd=self.work, env=self.environ | environ, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def step(self, words: str, **inputs: str) -> subprocess.CompletedProcess[str]:
        """Run the one step whose script is called so, with `inputs` or the defaults."""
        (step,) = (step for step in steps() if step.get("run", "").endswith(words))
        defaults = yaml.safe_load((ACTION / "action.yml").read_text())["inputs"]
        environ = {}
        for name, value in step["env"].items():
            asked = value.removeprefix("${{ inputs.").removesuffix(" }}")
            environ[name] = inputs.get(asked.replace("-", "_"), str(defaults[asked].get("default", "")))
        return self.shell(step["run"], **environ)

    @property
    def outputs(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in self.output.read_text().splitlines())

    def fresh(self) -> None:
        """Begin another job: its summary and outputs are empty."""
        for file in (self.summary, self.output):
            file.unlink(missing_ok=True)


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


def test_the_steps_sync_tell_keep_the_journal_and_fail_on_findings_if_asked(runner: Runner) -> None:
    with Client(site="emulator") as client:
        client.catalog(runner.work / "two words").init(community="cold-data-workshop")
    folders = "two words\n"
    assert runner.step('journals.sh" restore', folders=folders).returncode == 0
    synced = runner.step('sync.sh"', folders=folders)
    assert synced.returncode == 0, synced.stderr
    assert runner.outputs["changed"] == "true"
    assert runner.outputs["exit-code"] == "0"
    assert runner.outputs["summary"].startswith("two words: ")
    assert "- two words: " in runner.summary.read_text()
    assert runner.step('journals.sh" save', folders=folders).returncode == 0

    journal = runner.work / "two words" / "catalog.journal"
    kept = journal.read_bytes()
    journal.unlink()
    runner.fresh()
    assert runner.step('journals.sh" restore', folders=folders).returncode == 0
    assert journal.read_bytes() == kept
    again = runner.step('sync.sh"', folders=folders, fail_on="note")
    assert again.returncode == 2, again.stderr
    assert runner.outputs["exit-code"] == "2"
    assert runner.outputs["changed"] == "false"
    assert "0 changes" in runner.outputs["summary"]


def test_a_failure_is_told(runner: Runner) -> None:
    (runner.work / "empty").mkdir()
    failed = runner.step('sync.sh"', folders="empty")
    assert failed.returncode == 3
    assert runner.outputs == {"changed": "false", "summary": "", "exit-code": "3"}
    assert "The exit code is 3." in runner.summary.read_text()
    first, *_, last = failed.stdout.splitlines()
    assert last == f"::{first.removeprefix('::stop-commands::')}::"


@pytest.mark.parametrize(
    "asked",
    [{"version": "--index-url=x"}, {"version": "1 evil"}, {"extras": "fast] evil ["}, {"version": "@x"}],
)
def test_the_installer_takes_versions_and_extras_and_nothing_else(
    runner: Runner, asked: dict[str, str]
) -> None:
    refused = runner.step('install.sh"', **asked)
    assert refused.returncode == 2
    assert refused.stdout.startswith("::error::")


def stand_in(runner: Runner, sync: str) -> None:
    """Let a script play the command: the emulator's sample never moves."""
    command = runner.temp / "zenodo-harvest" / "bin" / "zenodo-harvest"
    command.unlink()
    command.write_text(f'#!/bin/sh\n[ "$2" = check ] && exit\n{sync}')
    command.chmod(0o755)


def catalogue(runner: Runner, name: str, sections: str) -> None:
    latest = runner.work / name / "latest"
    latest.mkdir(parents=True)
    (latest / "CHANGES.md").write_text(f"# Changes\n\n{sections}")


def test_of_each_catalogue_that_changed_the_newest_changes_are_in_the_summary(runner: Runner) -> None:
    catalogue(runner, "demo", "## Old: 1 added\n\n- that\n")
    catalogue(runner, "a=b", "## Older: 1 added\n\n- those\n")
    catalogue(runner, "same", "## Oldest: 1 added\n\n- these\n")
    for name in ("demo", "a=b"):
        new = f"## New: 1 added\n\n- it in {name}\n- … and 2 more: [changes.csv](changes.csv)\n"
        (runner.work / f"{name}.md").write_text(f"# Changes\n\n{new}\n## Old: 1 added\n")
    stand_in(
        runner,
        "cp demo.md demo/latest/CHANGES.md\ncp a=b.md a=b/latest/CHANGES.md\n"
        "echo {} >demo/latest/records.jsonl\necho demo: 1 record, 1 change, complete\n",
    )
    assert runner.step('sync.sh"', folders="demo\na=b\nsame").returncode == 0
    told = runner.summary.read_text()
    assert "- demo: 1 record, 1 change, complete" in told
    assert re.findall("### (.*)\n\n#### New: 1 added\n\n- (.*)", told) == [
        ("demo", "it in demo"),
        ("a=b", "it in a=b"),
    ]
    assert "Old" not in told
    assert told.count("- … and 2 more: changes.csv\n") == 2


def test_a_section_that_is_too_long_is_cut_between_lines_and_the_outputs_are_there(runner: Runner) -> None:
    catalogue(runner, "demo", "")
    stand_in(
        runner,
        "{ printf '## New: many\\n'; yes 'é — a title of a record' | head -n 60000; } "
        ">demo/latest/CHANGES.md\necho demo: many\n",
    )
    assert runner.step('sync.sh"', folders="demo").returncode == 0
    assert runner.outputs["summary"] == "demo: many"
    assert len(runner.summary.read_bytes()) < 1 << 20
    assert runner.summary.read_text("utf-8").rstrip().endswith("a title of a record")


def test_a_title_is_no_command_to_the_runner(runner: Runner) -> None:
    stand_in(runner, "echo '::error::pwned'\n")
    shown = runner.step('sync.sh"', folders="demo").stdout.splitlines()
    assert shown[0].startswith("::stop-commands::")
    assert "::error::pwned" in shown[1:-1]
    assert shown[-1] == f"::{shown[0].removeprefix('::stop-commands::')}::"


def test_journals_are_named_by_workflow_job_and_folders_with_nothing_a_key_cannot_hold(
    runner: Runner,
) -> None:
    def key(**environ: str) -> str:
        (step,) = (step for step in steps() if step.get("id") == "journals")
        runner.fresh()
        assert (
            runner.shell(step["run"], **{"GITHUB_WORKFLOW": "W", "GITHUB_JOB": "j", **environ}).returncode
            == 0
        )
        return runner.outputs["key"]

    assert re.fullmatch("[a-z0-9-]+", key(FOLDERS="a\nb", GITHUB_WORKFLOW="Catalogue, weekly"))
    assert key(FOLDERS="a") == key(FOLDERS="a") != key(FOLDERS="b")


def test_the_units_for_systemd_are_sound(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "catalogs.md").read_text()
    service, timer = re.findall(r"```ini\n(.*?)```", page, re.DOTALL)
    (tmp_path / "zenodo-catalogues.service").write_text(
        service.replace("/opt/zenodo-harvest/bin/", sys.prefix + "/bin/")
    )
    (tmp_path / "zenodo-catalogues.timer").write_text(timer)
    assert "Persistent=true" in timer
    if shutil.which("systemd-analyze"):
        units = sorted(map(str, tmp_path.glob("zenodo-*")))
        verified = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False
        )
        assert verified.returncode == 0, verified.stderr


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_examples_are_bounded_and_ask_for_no_more_than_they_need(example: Path) -> None:
    workflow = yaml.safe_load(example.read_text())
    inputs = yaml.safe_load((ACTION / "action.yml").read_text())["inputs"]
    assert workflow["permissions"] == {}
    assert workflow["concurrency"]["cancel-in-progress"] is False
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= 120
        for step in job["steps"]:
            if "action/catalog@" in step.get("uses", ""):
                assert set(step["with"]) <= set(inputs)


@pytest.mark.parametrize("name", ["commit.yml", "pages.yml"])
def test_the_commit_step_commits_and_pushes_once(runner: Runner, name: str) -> None:
    (step,) = (
        step
        for step in yaml.safe_load((ACTION / "examples" / name).read_text())["jobs"]["sync"]["steps"]
        if step.get("name") == "Commit"
    )
    tools = runner.temp / "tools"
    tools.mkdir()
    (tools / "gh").write_text("#!/bin/sh\n")
    (tools / "gh").chmod(0o755)
    runner.environ["PATH"] = f"{tools}:{runner.environ['PATH']}"
    runner.environ["GIT_CONFIG_GLOBAL"] = str(runner.temp / "gitconfig")
    made = runner.shell(
        "git init -q --bare ../there && git init -q -b main && git remote add origin ../there"
        " && git -c user.name=a -c user.email=a@example.org commit -q --allow-empty -m begin"
        " && git push -q -u origin main && mkdir catalogue && echo row >catalogue/records.jsonl"
    )
    assert made.returncode == 0, made.stderr
    for _ in range(2):
        committed = runner.shell(step["run"])
        assert committed.returncode == 0, committed.stderr
    log = runner.shell("git -C ../there log --format=%s main")
    assert log.stdout.splitlines() == ["Bring the catalogue up to date", "begin"]
