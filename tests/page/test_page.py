"""The page of a catalogue in a browser: what somebody does with it, with a mouse or without."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Page, expect

from catalog_rows import NOW, about, catalog_rows, change, finding, use_of
from zenodo_harvest.catalog import FieldChange
from zenodo_harvest.catalog.page import UsePoint, render_page

from .conftest import Opened

ROWS: list[dict[str, Any]] = [
    *catalog_rows(300),
    *(
        next(catalog_rows(1)) | {"id": name, "title": title, "memberships": [], "publication_year": 1901}
        for name, title in (("first", "A été of Łódź, quokka"), ("last", "كتاب عن المناخ"))
    ),
]


@pytest.fixture(scope="module")
def opened(open_page: Callable[[str], Opened]) -> Opened:
    fields = (FieldChange("title", "Old", "New"), FieldChange("keywords", [], ["snow"]))
    return open_page(
        render_page(
            about(len(ROWS)),
            ROWS,
            changes=[change(ROWS[0]), change(ROWS[1], "metadata", fields=fields)],
            findings=[finding(row) for row in ROWS[:30]],
            rule_titles={"no-license": "Records without a license"},
            use=use_of(ROWS),
            totals=[
                UsePoint(NOW.replace(month=month), 302, 900 * month, 400 * month) for month in (9, 10, 11)
            ],
        )
    )


@pytest.fixture
def page(opened: Opened) -> Iterator[Page]:
    """Yield the page as it is when it was just opened, and look afterwards that it stayed calm."""
    opened.page.emulate_media(media="screen", color_scheme="light")
    opened.page.evaluate(
        "document.querySelectorAll('#mend details').forEach((part) => { part.open = false })"
    )
    opened.page.get_by_role("button", name="Clear all").click()
    expect(opened.page.get_by_role("status")).to_have_text("1 to 25 of 302 records")
    yield opened.page
    assert opened.is_calm()


def titles(page: Page) -> list[str]:
    return page.locator("#table a.title").all_inner_texts()


def status(page: Page) -> str:
    return page.get_by_role("status").inner_text()


def test_a_filter_shows_those_records_alone_and_the_address_keeps_it(page: Page) -> None:
    software = [row for row in ROWS if row["resource_type"] == "software"]
    page.get_by_label("Type", exact=True).select_option(label=f"Software ({len(software)})")
    expect(page.get_by_role("status")).to_have_text(f"1 to 25 of {len(software)} records found of 302")
    expect(page).to_have_url(re.compile("#type=software$"))
    assert set(page.locator("#table tbody td:nth-child(3)").all_inner_texts()) == {"Software"}

    page.get_by_label("Year", exact=True).select_option("1901")
    page.get_by_role("searchbox", name="Search").fill("nowhere")
    expect(page.get_by_role("status")).to_have_text("No record matches; there are 302.")

    page.evaluate("location.hash = '#type=software&sort=title&page=2'")
    expect(page.get_by_role("status")).to_have_text(re.compile("^26 to"))
    assert page.get_by_label("Sort by").input_value() == "title"
    assert page.get_by_label("Year", exact=True).input_value() == ""


def test_the_search_finds_words_whatever_their_accents_and_case(page: Page) -> None:
    page.get_by_role("searchbox", name="Search").fill("ETE łodz QUOKKA")
    expect(page.locator("#table a.title")).to_have_text(["A été of Łódź, quokka"])


def test_a_header_sorts_and_says_which_way(page: Page) -> None:
    header = page.locator("#table").get_by_role("columnheader", name="Downloads", exact=True)
    header.get_by_role("button").click()
    assert header.get_attribute("aria-sort") == "descending"
    downloads = [int(text or -1) for text in page.locator("#table tbody td:last-child").all_inner_texts()]
    assert downloads == sorted((use["downloads"] or 0 for use in use_of(ROWS).values()), reverse=True)[:25]
    header.get_by_role("button").click()
    assert header.get_attribute("aria-sort") == "ascending"
    assert page.locator("#table th[aria-sort]").count() == 1
    assert page.locator("#table tbody td:last-child").first.inner_text() == "1"


def test_pages_lead_to_every_record(page: Page) -> None:
    page.get_by_role("button", name="Last", exact=True).click()
    assert status(page) == "301 to 302 of 302 records"
    assert page.get_by_role("button", name="Next", exact=True).get_attribute("aria-disabled") == "true"
    assert page.locator("#where").inner_text() == "Page 13 of 13"
    page.get_by_role("button", name="Previous", exact=True).click()
    assert status(page) == "276 to 300 of 302 records"
    page.get_by_label("On a page").select_option("500")
    expect(page.get_by_role("status")).to_have_text("1 to 302 of 302 records")
    assert sorted(titles(page)) == sorted(row["title"] for row in ROWS)


def test_a_record_is_opened_with_the_keyboard_alone(page: Page) -> None:
    page.evaluate("document.activeElement.blur(); window.getSelection().removeAllRanges(); scrollTo(0, 0)")
    page.keyboard.press("Tab")
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    focused = []
    while not (focused and focused[-1].startswith("Details of ")):
        page.keyboard.press("Tab")
        focused.append(page.evaluate("document.activeElement.textContent.trim()"))
        assert len(focused) < 40
    assert "Record" in focused
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"
    newest = max(ROWS, key=lambda row: row["created"])
    assert newest["description_text"][:100] in page.locator("#table .details").inner_text()
    page.keyboard.press("Space")
    assert page.locator("#table .details").count() == 0


def test_a_record_has_a_citation_and_links(page: Page) -> None:
    row = ROWS[7]
    page.get_by_role("searchbox", name="Search").fill(row["doi"])
    expect(page.locator("#table a.title")).to_have_count(1)
    names = "; ".join(creator["name"] for creator in row["creators"][:8])
    version = f" ({row['version_label']})" if row["version_label"] else ""
    more = f" and {len(row['creators']) - 8} more" if len(row["creators"]) > 8 else ""
    address = f"https://doi.org/{row['doi']}"
    assert page.locator(".citation").inner_text() == (
        f"{names}{more} ({row['publication_year']}). {row['title']}{version}. Zenodo. {address}"
    )
    assert page.locator(".citation a").get_attribute("href") == address
    assert page.locator("#table a.title").get_attribute("href") == row["url"]


def test_a_title_from_right_to_left_stands_so(page: Page) -> None:
    page.get_by_role("searchbox", name="Search").fill("كتاب")
    expect(page.locator("#table a.title")).to_have_count(1)
    direction = "getComputedStyle(document.querySelector('#table a.title')).direction"
    assert page.evaluate(direction) == "rtl"


def test_what_changed_and_what_to_mend_are_there(page: Page) -> None:
    changed = page.get_by_role("region", name="What changed").inner_text()
    for text in ("2 changes", "Added", "Metadata changed", "Old", "New", "snow"):
        assert text in changed
    mend = page.get_by_role("region", name="What needs a curator")
    mend.get_by_text("Records without a license").click()
    expect(mend.get_by_role("listitem")).to_have_count(25)
    assert "and 5 more" in mend.inner_text()


def test_paper_has_the_records_and_no_controls(page: Page) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.locator("#filters, #pager, .more, .skip").filter(visible=True).count()
    assert page.locator("#table a.title").first.is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light")])
def test_axe_finds_nothing_to_complain_about(page: Page, width: int, scheme: Any) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true })")
    # a few rows are like all
    page.get_by_role("searchbox", name="Search").fill(ROWS[0]["doi"])
    expect(page.locator("#table .more")).to_have_count(3)
    page.locator("#table .more").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate(AXE_FILE_PATH.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    page.set_viewport_size({"width": 1280, "height": 900})
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
