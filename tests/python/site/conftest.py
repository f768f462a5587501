"""A real browser, a server for the site, and axe-core: what the tests of the pages need.

Where one is missing the tests skip with one line that says how to get it; with `CI` set they fail,
so that a green run means that the pages were walked.
"""

import functools
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from npm import PINNED, node_modules, unavailable

ROOT = Path(__file__).parents[3]
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
# No sandbox, as containers have no user namespaces; nothing that calls home by itself.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where Chromium is."""
    path = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    return path or unavailable("no Chromium: apt-get install chromium")


@pytest.fixture(scope="session")
def browser(chromium) -> Iterator:
    """Headless Chromium, one for all tests."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        unavailable("no Playwright: pip install playwright")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def axe() -> Path:
    """axe-core as a script."""
    return node_modules() / "axe-core" / "axe.min.js"


LIGHTHOUSE = """
    import { createInterface } from "node:readline";
    import { launch } from "chrome-launcher";
    import lighthouse from "lighthouse";

    async function audited(url, ...onlyCategories) {
        const chrome = await launch({ chromeFlags: process.argv.slice(1) });
        try {
            const options = { port: chrome.port, onlyCategories, disableFullPageScreenshot: true };
            const { lhr } = await lighthouse(url, options);
            return lhr.runtimeError ?? lhr;
        } finally {
            chrome.kill();
        }
    }
    for await (const line of createInterface({ input: process.stdin })) {
        const said = await audited(...JSON.parse(line)).catch(({ stack }) => ({ message: stack }));
        console.log(JSON.stringify(said));
    }
"""


@pytest.fixture(scope="session")
def lighthouse(chromium) -> Iterator:
    """Audits an address as Lighthouse does, on a phone with a slow line; gives its report.

    Each time in a new browser, but in one process, which takes longer to start than to audit. Its
    packages are many and large: where they do not install that is no fault, in CI neither.
    """
    folder = node_modules(PINNED / "lighthouse", pytest.skip).parent
    with subprocess.Popen(
        ["node", "--input-type=module", "--eval", LIGHTHOUSE, "--", "--headless=new", *ARGUMENTS],
        cwd=folder, env=os.environ | {"CHROME_PATH": chromium}, encoding="utf-8",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip

        def audited(url: str, *categories: str) -> dict:
            for _ in range(3):  # a browser that does not answer in time says nothing of the page
                print(json.dumps([url, *categories]), file=process.stdin, flush=True)
                said = json.loads(process.stdout.readline())
                if "categories" in said:
                    return said
            pytest.fail(said["message"])

        yield audited


@pytest.fixture(scope="session")
def pdftotext() -> None:
    """Reads the words of a printed page."""
    if not shutil.which("pdftotext"):
        unavailable("no pdftotext: apt-get install poppler-utils")


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *_: object) -> None:
        """Nothing: a test's output is for faults."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Address of a server of `folder` on a free port of this machine."""
    handler = functools.partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="session")
def serve():
    """Serves a folder, in a `with`."""
    return served


@pytest.fixture(scope="session")
def address(site) -> Iterator[str]:
    """Address of the served site."""
    with served(site) as where:
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


@pytest.fixture(scope="session")
def watch() -> type[Watched]:
    """Watches a context: `watch(context, home)`."""
    return Watched


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
        page.set_default_timeout(20_000)
        page.goto(url)
        return page, watched

    yield opened
    for context in contexts:
        context.close()
