from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from zenodo_harvest.engine import CommunityUsed, Receipt
from zenodo_harvest.export import OutputWritten
from zenodo_harvest.harvest import HarvestReceipt

NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)
RECEIPT = Receipt(
    tool="zenodo-harvest 0.1.0",
    site="zenodo",
    base_url="https://zenodo.org",
    query="frost",
    params=(("q", "frost"),),
    communities=(CommunityUsed("enes-data-space", "uuid"),),
    rows=3,
    complete=True,
    started_at=NOW,
    ended_at=NOW,
    outputs=(OutputWritten("records.csv", 10, "abc", 3),),
)


def test_a_receipt_survives_being_written_and_read() -> None:
    assert Receipt.from_json(RECEIPT.to_json()) == RECEIPT


def test_a_receipt_is_the_same_text_every_time_and_ends_with_a_line() -> None:
    assert RECEIPT.to_json() == RECEIPT.to_json()
    assert RECEIPT.to_json().endswith("}\n")
    assert list(json.loads(RECEIPT.to_json()))[:3] == ["tool", "site", "base_url"]


def test_a_receipt_with_keys_of_a_later_version_can_be_read() -> None:
    later = json.loads(RECEIPT.to_json()) | {"windows": []}
    assert Receipt.from_json(json.dumps(later)) == RECEIPT


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"tool": 1}', "\x00"])
def test_another_file_is_no_receipt(text: str) -> None:
    with pytest.raises(ValueError, match="no receipt"):
        Receipt.from_json(text)


def test_a_token_in_an_address_does_not_reach_the_receipt() -> None:
    written = replace(
        RECEIPT, requests_sent=("https://zenodo.org/api/records?access_token=hunter2",)
    ).to_json()
    assert "hunter2" not in written


def cells(receipt: Receipt) -> list[str]:
    return re.findall(r'<td style="text-align:left">(.*?)</td>', receipt._repr_html_())


def test_a_receipt_shows_itself() -> None:
    shown = replace(RECEIPT, query="<b>", requests=1, outputs=(OutputWritten("<i>.csv", 10, "abc", 3),))
    assert repr(shown) == "<Receipt: 3 rows, complete, '<b>', zenodo, 1 request, <i>.csv>"
    assert "<b>" not in shown._repr_html_()
    assert "&lt;i&gt;.csv" in shown._repr_html_()
    assert cells(shown)[:4] == ["rows", "3", "complete", "yes"]
    limited = replace(RECEIPT, limit=3)
    assert repr(limited).startswith("<Receipt: 3 rows, limit 3, complete, ")
    assert cells(limited)[:4] == ["rows", "3", "limit", "3"]
    late = HarvestReceipt(
        tool="t",
        site="zenodo",
        base_url="",
        reason="2 are missing.",
        created_before=NOW,
        started_at=NOW,
        ended_at=NOW,
    )
    assert repr(late) == "<HarvestReceipt: 0 rows, not complete, 2 are missing., zenodo, 0 requests>"
