"""One table of names: the model, the checks and the documentation agree with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

from zenodo_harvest.deposit.metadata import NAMES, Finding, Metadata, read, to_classic, to_native
from zenodo_harvest.deposit.metadata.checks.objects import CHECKS
from zenodo_harvest.deposit.metadata.item_names import ITEMS, NEEDED
from zenodo_harvest.deposit.metadata.names import CUSTOM_NAMES, OTHER_NAMES
from zenodo_harvest.deposit.metadata.table import markdown_tables

PAGE = (Path(__file__).parents[4] / "docs/metadata.md").read_text("utf-8")
EXAMPLE = re.search(r"```yaml\n(.+?)```", PAGE, re.DOTALL)
NOT_IN_THE_MODEL = {"notes", "method", "thesis_supervisors", "access_conditions", "prereserve_doi"}


def test_the_model_has_every_name_that_stands_for_itself() -> None:
    own = {name.name for name in NAMES if not name.stands_for} - NOT_IN_THE_MODEL
    assert own == set(Metadata.__struct_fields__)
    assert {name.stands_for for name in NAMES} - {""} <= own
    assert set(CUSTOM_NAMES) <= own


def test_every_kind_is_checked() -> None:
    kinds = {name.kind for names in (NAMES, *ITEMS.values()) for name in names}
    assert kinds <= set(CHECKS)
    assert all(set(needed) <= {name.name for name in ITEMS[kind]} for kind, needed in NEEDED.items())


def test_what_people_write_leads_to_names() -> None:
    names = {name.name for each in (NAMES, *ITEMS.values()) for name in each}
    assert set(OTHER_NAMES.values()) <= names


def test_the_page_has_the_tables_of_the_code() -> None:
    assert markdown_tables() in PAGE


def test_the_example_of_the_page_is_right_in_every_field(
    tmp_path: Path, findings: Callable[..., tuple[Finding, ...]]
) -> None:
    assert EXAMPLE
    told = findings(EXAMPLE[1], "own")
    assert {(one.level, one.path.split(".")[0]) for one in told} <= {("warning", "communities")}
    path = tmp_path / "zenodo.yaml"
    path.write_text(EXAMPLE[1], "utf-8")
    said = read([path], today=date(2026, 11, 28)).metadata
    assert said.version == "1.10"
    assert to_native(said)["metadata"]["languages"] == [{"id": "eng"}, {"id": "fra"}]
    assert {"languages.1", "creators.1.name_type"} <= {loss.path for loss in to_classic(said).losses}
