"""A new outcome is rows of seeds and nothing else: every page, legend, map and picture has it."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from reports.marts import opened
from reports.pages import read_pages
from reports.rendering import SiteRenderer, render_pages
from reports.settings import PAGES
from reports.site import write_texts
from tests.bench import Bench

COLOUR, PATTERN, MARKER = "#7a3e9d", "M40 0v80M0 20h80", "M-9-12h18l-4 24h-10z"


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages and pictures of the newest snapshot, in which what was approaching is now pending."""
    folder = tmp_path_factory.mktemp("pending")
    bench = Bench()
    bench.default()
    bench.alter(f"""
        insert into {bench.relations["dspt_outcomes"]} by name
        select 'Standards Pending' as outcome, 0 as points, 7 as outcome_order,
            '{COLOUR}' as colour, '{PATTERN}' as pattern, '{MARKER}' as marker,
            true as always_shown, false as meets_standard, 'An assessor has them.' as meaning
    """)
    bench.alter(f"""
        update {bench.relations["dspt_status_labels"]} set outcome = 'Standards Pending'
        where outcome = 'Approaching Standards'
    """)
    bench.run()
    bench.alter("update marts.dim_snapshots set has_page = snapshot_date = date '2023-11-16'")
    bench.alter("update marts.agg_icb_scores set is_newest = is_newest and icb_code = 'QOP'")
    kinds = ("snapshot/", "changes/", "icb/")
    pages = [page for page in read_pages(PAGES) if page.source.startswith(kinds)]
    with opened(bench.keep(folder / "open_cyber.duckdb")) as marts:
        write_texts(render_pages(SiteRenderer(marts, pages, folder), {}).texts, folder)
    return folder


def test_pages_define_it_and_give_it_a_sign_in_legends_tables_and_maps(rendered: Path) -> None:
    page = (rendered / "index.html").read_text("utf-8")
    signs = page.partition("</defs>")[0]
    assert COLOUR in signs and f'd="{PATTERN}"' in signs and 'id="sign-7"' in signs
    swatch = '<svg class="swatch" aria-hidden="true"><use href="#swatch-7"/></svg>'
    named = f'<span class="outcome">{swatch}Standards Pending</span>'
    assert f"<dt>{named}</dt><dd>An assessor has them.</dd>" in page
    assert f"<li>{swatch}Standards Pending</li>" in page
    assert f">{swatch} Standards Pending</th>" in page
    drawing = page.partition('id="outcomes"')[2].partition("</figure>")[0]
    assert f'd="{PATTERN}"' in drawing and f'd="{MARKER}" fill="{COLOUR}"' in drawing
    assert ":\nStandards Pending\n" in drawing and "</svg> Standards Pending</li>" in drawing
    changed = (rendered / "changes.html").read_text("utf-8")
    assert "Standards Pending to Standards Met" in changed and 'fill="url(#sign-7)"' in changed
    placed = (rendered / "icb" / "QOP.html").read_text("utf-8")
    assert f'd="{MARKER}" fill="{COLOUR}"' in placed and named in placed


PICTURES = (
    "snapshot-2023-11-16-outcomes-over-editions-figure", "snapshot-2023-11-16-outcomes",
    "changes-2023-11-16-flows-figure", "icb-QOP-here",
)  # fmt: skip


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_have_its_sign(rendered: Path, name: str) -> None:
    svg = (rendered / "pictures" / f"{name}.svg").read_text("utf-8")
    assert "Standards Pending</text>" in svg and COLOUR in svg and f'd="{PATTERN}"' in svg
    png = (rendered / "pictures" / f"{name}.png").read_bytes()
    colours = {colour for _, colour in Image.open(BytesIO(png)).convert("RGB").getcolors(1 << 24)}
    assert any(
        max(abs(a - b) for a, b in zip(colour, bytes.fromhex(COLOUR[1:]), strict=True)) < 8
        for colour in colours
    )


def test_an_outcome_not_always_shown_is_where_somebody_has_it(rendered: Path, site: Path) -> None:
    for page in (rendered / "index.html", site / "index.html"):
        assert "Entry Level" not in page.read_text("utf-8").partition("<main")[2]
