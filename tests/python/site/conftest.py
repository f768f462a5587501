"""A real browser, a server for the site, and axe-core: what the tests of the pages need.

Where one is missing the tests skip with one line that says how to get it; with `CI` set they fail,
so that a green run means that the pages were walked.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from npm import PINNED, node_modules, unavailable

from tests import browser as programs


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where Chromium is."""
    return programs.chromium() or unavailable("no Chromium: apt-get install chromium")


@pytest.fixture(scope="session")
def browser(chromium) -> Iterator:
    """Headless Chromium, one for all tests."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        unavailable("no Playwright: pip install playwright")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=programs.ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def axe() -> Path:
    """axe-core as a script."""
    return node_modules() / "axe-core" / "axe.min.js"


@pytest.fixture(scope="session")
def lighthouse(chromium) -> Iterator:
    """Audits an address as Lighthouse does, on a phone with a slow line; gives its report.

    Its packages are many and large: where they do not install that is no fault, in CI neither.
    """
    with programs.lighthouse(
        chromium, node_modules(PINNED / "lighthouse", pytest.skip).parent
    ) as audited:
        yield audited


@pytest.fixture(scope="session")
def pdftotext() -> None:
    """Reads the words of a printed page."""
    if not shutil.which("pdftotext"):
        unavailable("no pdftotext: apt-get install poppler-utils")


@pytest.fixture(scope="session")
def address(site) -> Iterator[str]:
    """Address of the served site."""
    with programs.served(site) as where:
        yield where


class Watched:
    """What pages of a browser context said and asked for: console errors and foreign requests."""

    def __init__(self, context, home: str) -> None:
        self.errors: list[str] = []
        self.foreign: list[str] = []
        context.on("console", self._heard)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        context.on("request", lambda request: self._asked(request.url, home))

    def _heard(self, message) -> None:
        if message.type in ("error", "warning"):
            self.errors.append(f"{message.location['url']}: {message.text}")

    def _asked(self, url: str, home: str) -> None:
        if not url.startswith((home, "data:", "blob:")):
            self.foreign.append(url)


@pytest.fixture
def open_page(browser):
    """Opens an address in a context of its own, and gives the page and what it said and asked."""
    contexts = []

    def opened(url: str, width: int = 1280, *, touch: bool = False, **options: object):
        size = {"width": width, "height": 900}
        context = browser.new_context(viewport=size, has_touch=touch, **options)
        contexts.append(context)
        watched = Watched(context, url.rsplit("/", 1)[0])
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.goto(url)
        return page, watched

    yield opened
    for context in contexts:
        context.close()
