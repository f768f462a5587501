"""Chromium, a server for a site, Lighthouse, and a page as it is written."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome")
# No sandbox, as containers have no user namespaces; nothing that calls home by itself.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
# each page in a new browser, but in one process, which takes longer to start than to audit; a
# machine that others work on gets ten minutes for what takes seconds
SCRIPT = """
    import { createInterface } from "node:readline";
    import { launch } from "chrome-launcher";
    import lighthouse from "lighthouse";
    import { ProtocolSession } from "lighthouse/core/gather/session.js";

    const wait = 600_000;
    ProtocolSession.prototype.getNextProtocolTimeout = function () {
        return this._nextProtocolTimeout ?? wait;
    };

    async function audited(url, ...onlyCategories) {
        const chromeFlags = process.argv.slice(1);
        const chrome = await launch({ chromeFlags, maxConnectionRetries: wait / 500 });
        try {
            const { lhr } = await lighthouse(url, {
                port: chrome.port, onlyCategories, disableFullPageScreenshot: true,
                maxWaitForFcp: wait, maxWaitForLoad: wait,
            });
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


def chromium() -> str | None:
    """Where Chromium is, if it is there."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def overview() -> None:
    """Takes the picture of the README: the top of the published overview page."""
    root = Path(__file__).resolve().parents[1]
    browser = chromium() or sys.exit("No Chromium: apt-get install chromium")
    page, picture = root / "site" / "index.html", root / "docs" / "overview.png"
    if not page.exists():
        sys.exit("There is no site yet: run `make report` first.")
    command = [browser, *ARGUMENTS, "--headless=new", "--hide-scrollbars"]
    size = ["--window-size=1280,1880", f"--screenshot={picture}"]
    subprocess.run([*command, *size, page.as_uri()], check=True, stderr=subprocess.DEVNULL)


@contextmanager
def lighthouse(browser: str, packages: Path) -> Iterator[Callable[..., dict[str, Any]]]:
    """Audits an address, on a phone with a slow line, in some categories; gives the report."""
    with subprocess.Popen(
        ["node", "--input-type=module", "--eval", SCRIPT, "--", "--headless=new", *ARGUMENTS],
        cwd=packages, env=os.environ | {"CHROME_PATH": browser}, encoding="utf-8",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        questions, answers = process.stdin, process.stdout
        assert questions and answers

        def audited(url: str, *categories: str) -> dict[str, Any]:
            print(json.dumps([url, *categories]), file=questions, flush=True)
            report: dict[str, Any] = json.loads(answers.readline())
            assert "categories" in report, report["message"]
            return report

        yield audited
        questions.close()


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *_: object) -> None:
        """Nothing: what a test prints is for faults."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Address of a server of a folder, on a free port of this machine."""
    handler = partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def wait_until(page: Any, expression: str, seconds: float = 60) -> None:
    """Waits until an expression is true; fails with it where it is not in time.

    Playwright's own `wait_for_function` asks again from within the page, where the policy forbids
    to evaluate a text: it works only where the first answer is the right one.
    """
    for _ in range(int(seconds * 20)):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"not so within {seconds} s: {expression}")


class Parsed(HTMLParser):
    """The tags of a page, and its words."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(page.read_text(encoding="utf-8"))
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keeps a tag with its attributes."""
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        """Keeps the words between tags."""
        self.words.append(data)

    def values(self, *names: str) -> list[str]:
        """What attributes of these names say."""
        return [attrs[name] for _, attrs in self.tags for name in names if name in attrs]


if __name__ == "__main__":
    overview()
