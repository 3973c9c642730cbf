"""Records that mean harm: in the page they are text, and nothing happens."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from catalog_rows import (
    COMMUNITIES,
    HOSTILE_TEXTS,
    HOSTILE_URLS,
    about,
    catalog_row,
    change,
    finding,
    hostile_rows,
)
from zenodo_harvest.catalog import CommunityShown, FieldChange
from zenodo_harvest.catalog.page import render_page
from zenodo_harvest.display import one_line

from .conftest import Opened

ROWS = list(hostile_rows())


@pytest.fixture(scope="module")
def opened(open_page: Callable[[str], Opened]) -> Opened:
    everything = "".join(HOSTILE_TEXTS)
    communities = [
        CommunityShown(
            slug, everything, HOSTILE_URLS[0], f"<p onclick='alert(1)' style='color:red'>{everything}</p>"
        )
        for slug in COMMUNITIES
    ]
    texts = dict(enumerate(HOSTILE_TEXTS))
    rows = {place: catalog_row(place, title=text, doi=text) for place, text in texts.items()}
    for place, row in rows.items():
        row["url"] = HOSTILE_URLS[place % len(HOSTILE_URLS)]
    changes = [
        change(
            rows[place],
            "deleted",
            reason=text,
            community=text,
            previous_id=text,
            fields=(FieldChange(text, [text], {"name": text}), FieldChange("creators", {text: text}, None)),
        )
        for place, text in texts.items()
    ]
    return open_page(
        render_page(
            about(1, title=everything, query=everything, problem=everything, communities=tuple(communities)),
            ROWS,
            changes=changes,
            findings=[finding(rows[place], text, detail=text) for place, text in texts.items()],
            rule_titles={text: text for text in HOSTILE_TEXTS[:5]},
            use={row["id"]: {"views": 1, "downloads": 1} for row in ROWS},
            totals=[],
        )
    )


def test_nothing_runs_and_nothing_is_asked_for(opened: Opened) -> None:
    page = opened.page
    page.get_by_label("On a page").select_option("500")
    expect(page.locator("#table .more")).to_have_count(len(ROWS))
    for button in page.locator("#table .more").all():
        button.click()
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true })")
    page.mouse.move(300, 300)
    assert page.evaluate("window.alarm") is None
    assert opened.is_calm()


def test_no_element_attribute_or_address_comes_from_a_record(opened: Opened) -> None:
    page = opened.page
    foreign = "img, iframe, base, object, form:not(#filters), svg:not([role=img]), [style], [autofocus]"
    assert page.locator(foreign).count() == 0
    assert page.locator("script").count() == 2
    names = page.evaluate("[...document.querySelectorAll('*')].flatMap((one) => one.getAttributeNames())")
    assert not [name for name in names if name.startswith("on")]
    addresses = page.evaluate(
        "[...document.querySelectorAll('[href]')].map((one) => one.getAttribute('href'))"
    )
    ours = {address for address in addresses if address.startswith(("https://", "#"))}
    beside = {"records.csv", "records.parquet", "records.jsonl", "changes.csv", "checks.csv", "feed.atom"}
    assert set(addresses) - ours <= beside | {"CHANGES.md", "dictionary.md", "README.md"}


def test_what_was_typed_is_read(opened: Opened) -> None:
    shown = set(opened.page.locator("#table .title").all_inner_texts())
    for text in HOSTILE_TEXTS[:-1]:
        assert one_line(text) in shown


def test_a_thousand_creators_are_counted_and_nothing_is_no_failure(opened: Opened) -> None:
    table = opened.page.locator("#table tbody").inner_text()
    assert "and 992 more (2026)" in table
    assert "Untitled" in table
    assert "(-44). Old" in table
