from __future__ import annotations

import json

import pytest
from typer import Exit

from zenodo_harvest.catalog import Finding
from zenodo_harvest.cli.catalog_check import CheckOptions, tell_checks
from zenodo_harvest.cli.session import Session
from zenodo_harvest.errors import UsageError

PAGE = "https://zenodo.org/records/1"
ERROR = Finding("orcid-malformed", "error", "1", "Frost\x1b[31m days", PAGE, "Moreau, Ada: 12")
WARNING = Finding("description-missing", "warning", "2", None, None, "no description")
NOTE = Finding("keywords-missing", "note", "1", "Frost days", PAGE, "no keyword and no subject")


def ended(findings: list[Finding], **options: bool | str) -> int:
    """Tell the findings and return the exit code."""
    try:
        tell_checks(findings, CheckOptions(**options), Session())  # type: ignore[arg-type]
    except Exit as end:
        return end.exit_code
    return 0


def test_people_see_the_rules_with_counts_then_what_is_grave(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended([ERROR, WARNING, NOTE]) == 2
    told = capsys.readouterr()
    assert told.out.splitlines() == [
        "error    orcid-malformed           1  ORCID that is none",
        "warning  description-missing       1  No description",
        "note     keywords-missing          1  No keywords",
        "",
        f"error: orcid-malformed: Frost days <{PAGE}>: Moreau, Ada: 12",
        "warning: description-missing: (no title) <2>: no description",
    ]
    assert told.err == "3 findings. Of notes the number alone is shown: --json lists them.\n"


def test_programs_get_every_finding(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended([WARNING, NOTE], as_json=True) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["rule"] for row in rows] == ["description-missing", "keywords-missing"]
    assert rows[1]["url"] == PAGE


@pytest.mark.parametrize(
    ("findings", "fail_on", "code"),
    [
        ([], "note", 0),
        ([NOTE], "note", 2),
        ([NOTE], "warning", 0),
        ([WARNING], "warning", 2),
        ([WARNING], "error", 0),
        ([ERROR], "error", 2),
        ([ERROR], "never", 0),
    ],
)
def test_a_pipeline_fails_from_the_level_on_that_it_names(
    findings: list[Finding], fail_on: str, code: int
) -> None:
    assert ended(findings, fail_on=fail_on) == code


def test_nothing_found_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended([]) == 0
    assert capsys.readouterr() == ("", "Nothing was found.\n")


def test_a_level_that_is_none_is_refused() -> None:
    CheckOptions("never").check()
    with pytest.raises(UsageError, match="no level 'eror'"):
        CheckOptions("eror").check()
