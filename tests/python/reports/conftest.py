"""A way to render pages."""

from collections.abc import Callable
from pathlib import Path

import pytest

from reports.marts import opened
from reports.pages import read_pages
from reports.rendering import SiteRenderer, render_pages


@pytest.fixture
def render(database: Path, tmp_path: Path) -> Callable[..., dict[str, str]]:
    """Renders a page from its text, as an analyst would have written it to a file.

    Its files are in a folder of the name `site`; one of the name `before` is the site before it.
    """

    def one(
        text: str,
        name: str = "new.md",
        marts: Path = database,
        site: str = "site",
        before: str = "",
    ) -> dict[str, str]:
        file = tmp_path / "pages" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        pages, older = read_pages(tmp_path / "pages"), tmp_path / before if before else None
        with opened(marts) as read:
            return render_pages(SiteRenderer(read, pages, tmp_path / site, older), {}).texts

    return one
