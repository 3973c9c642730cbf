"""One Chromium for the tests of the page; it reaches nothing, and what it was asked for is kept."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

CHROMIUM = shutil.which("chromium")
# a machine that does much else is slow
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)
LISTEN = """
    window.reports = [];
    document.addEventListener("securitypolicyviolation", (event) => reports.push(event.violatedDirective));
"""


@dataclass
class Opened:
    """A page that was opened from disk, and what came of it."""

    page: Page
    address: str
    asked_for: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def is_calm(self) -> bool:
        """Tell whether nothing but the file was asked for, and nothing was refused, shown or thrown."""
        assert self.asked_for == [self.address]
        assert self.dialogs == self.errors == self.page.evaluate("window.reports") == []
        return True


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("needs Debian's Chromium: apt-get install chromium")
    with sync_playwright() as driver, driver.chromium.launch(executable_path=CHROMIUM) as browser:
        yield browser


@pytest.fixture(scope="module")
def open_page(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Opened]]:
    """Return the function that opens a page from disk in a window of its own."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    context.add_init_script(LISTEN)

    def opened(html: str) -> Opened:
        path = tmp_path_factory.mktemp("page") / "index.html"
        path.write_text(html, encoding="utf-8")
        page = context.new_page()
        found = Opened(page, path.as_uri())
        page.on("dialog", lambda dialog: (found.dialogs.append(dialog.message), dialog.dismiss()))
        page.on("pageerror", lambda error: found.errors.append(str(error)))
        page.on("console", lambda message: found.errors.append(message.text))

        def answer(route: Route) -> None:
            found.asked_for.append(route.request.url)
            if route.request.url == found.address:
                route.continue_()
            else:
                route.abort()

        page.route("**/*", answer)
        page.goto(found.address)
        return found

    yield opened
    context.close()
