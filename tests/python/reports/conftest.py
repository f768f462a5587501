"""A way to render one page."""

from collections.abc import Callable
from pathlib import Path

import pytest

from reports.marts import opened
from reports.pages import read_pages
from reports.rendering import render_pages


@pytest.fixture
def render(database: Path, tmp_path: Path) -> Callable[..., dict[str, str]]:
    """Renders a page from its text, as an analyst would have written it to a file."""

    def one(text: str, name: str = "new.md") -> dict[str, str]:
        file = tmp_path / "pages" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        with opened(database) as marts:
            pages = read_pages(tmp_path / "pages")
            return render_pages(marts, pages, {}, tmp_path / "site").texts

    return one
