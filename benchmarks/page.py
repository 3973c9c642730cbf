"""Measure the page of a catalogue: its size, making it, its memory, and opening it in Debian's Chromium.

Promised for 10,000 records: at most 15 MB, and usable (the table is filled) within 2 s of opening.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from zenodo_harvest.catalog.page import UsePoint, render_page

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from catalog_rows import NOW, about, catalog_row, catalog_rows, change, finding, use_of

CHROMIUM = "/usr/bin/chromium"


def peak_mb() -> int:
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) // 1024


def page(records: int) -> str:
    some = [catalog_row(number) for number in range(500)]
    return render_page(
        about(records),
        catalog_rows(records),
        changes=[change(row) for row in some],
        findings=[finding(row, f"rule-{place % 12}") for place, row in enumerate(some)],
        rule_titles={},
        use=use_of([{"id": str(1_000_000 + number)} for number in range(records)]),
        totals=[UsePoint(NOW, records, 9, 9)],
    )


def opened_ms(path: Path) -> tuple[float, float, float]:
    """Return how long opening takes, a search that finds little, and sorting everything by title."""
    with sync_playwright() as driver, driver.chromium.launch(executable_path=CHROMIUM) as browser:
        tab = browser.new_page()
        start = time.time()
        tab.goto(path.as_uri(), wait_until="commit")
        tab.wait_for_selector("#table tbody tr")
        opened = time.time() - start
        measured = """(act) => {
            const start = performance.now();
            const form = document.getElementById("filters");
            if (act === "search") {
                form.elements.q.value = "glacier frost 2";
                form.dispatchEvent(new Event("submit", { cancelable: true }));
            } else document.querySelector("#table thead button").click();
            document.body.getBoundingClientRect();
            return performance.now() - start;
        }"""
        return 1000 * opened, tab.evaluate(measured, "search"), tab.evaluate(measured, "sort")


def main() -> None:
    if not Path(CHROMIUM).exists():
        sys.exit(f"{CHROMIUM} is not there: apt-get install chromium")
    failed = False
    for records in (10_000, 50_000):
        start = time.perf_counter()
        text = page(records)
        made_s = time.perf_counter() - start
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "index.html"
            path.write_text(text, encoding="utf-8")
            megabytes = path.stat().st_size / 1e6
            opened, searched, sorted_ = opened_ms(path)
        print(
            f"{records:6,} records: {megabytes:5.1f} MB, made in {made_s:.1f} s with at most {peak_mb()} MB, "
            f"usable after {opened:,.0f} ms, search {searched:,.0f} ms, sort by title {sorted_:,.0f} ms"
        )
        failed |= records == 10_000 and (megabytes > 15 or opened > 2000)
    sys.exit(failed)


if __name__ == "__main__":
    main()
