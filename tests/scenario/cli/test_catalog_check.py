"""`catalog check` on a catalogue of the sample."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from doubles import Ran

Zh = Callable[..., Ran]


def test_a_catalogue_is_checked_by_the_rules_that_it_leaves_on(zh: Zh, tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    assert zh("catalog", "init", str(folder), "--community", "enes-data-space").code == 0
    unsynced = zh("catalog", "check", str(folder))
    assert (unsynced.code, "never synced" in unsynced.err) == (3, True)
    assert zh("catalog", "sync", str(folder)).code == 0
    found = zh("catalog", "check", str(folder), "--json").rows
    rules = {row["rule"] for row in found}
    assert {"orcid-missing", "ror-missing"} <= rules
    assert len((folder / "latest" / "checks.csv").read_text().splitlines()) == len(found) + 1
    assert zh("catalog", "check", str(folder)).code == 0
    assert zh("catalog", "check", str(folder), "--fail-on", "note").code == 2
    config = folder / "catalog.toml"
    config.write_text(config.read_text().replace("off = []", 'off = ["ror-missing"]'))
    rows = zh("catalog", "check", str(folder), "--json").rows
    assert {row["rule"] for row in rows} == rules - {"ror-missing"}


def test_the_rules_are_explained_without_a_catalogue(zh: Zh) -> None:
    shown = zh("catalog", "check", "--rules")
    assert shown.code == 0
    assert shown.out.startswith("title-placeholder (warning): Title that says nothing. It is missing,")
