"""How the site looks: to axe-core at two widths, on a phone, printed, in forced colours.

The documentation under `docs/` is dbt's own: its accessibility is not ours.
"""

import re
import subprocess
from io import BytesIO
from pathlib import Path

import pytest
import shapely
from PIL import Image
from test_pages import listed, pages_of, walked

pytestmark = pytest.mark.full
DESK, PHONE, NARROWEST = 1280, 375, 320
AXE = """async () => {
    const runOnly = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const { violations } = await axe.run(document, { runOnly, resultTypes: ["violations"] });
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target}`));
}"""


def test_axe_finds_nothing_and_no_page_scrolls_sideways(site, address, open_page, axe):
    """Of the pages of a folder, one for every layout there is."""
    layouts: dict[object, Path] = {}
    for path in pages_of(site):
        text = (site / path).read_text(encoding="utf-8")
        layout = frozenset(re.findall(r'<(\w+)(?: class="([^"]*)")?', text))
        layouts.setdefault((path.parts[0], layout) if len(path.parts) > 1 else path, path)
    page, watched = open_page(address, reduced_motion="reduce")
    page.context.add_init_script(path=axe)
    widths = {DESK: AXE, PHONE: AXE, NARROWEST: "[]"}
    faults = walked(page, watched, address, layouts.values(), widths)
    assert not faults, listed(faults)


def test_the_words_of_a_line_chart_can_be_read_at_each_width(address, open_page):
    for width in (DESK, PHONE):
        page, _ = open_page(f"{address}timeliness.html", width)
        font = "element => getComputedStyle(element).fontFamily"
        texts = page.locator(".plot svg text").all()
        assert len(texts) > 20
        for text in texts:
            box = text.bounding_box()
            assert box["height"] > 11
            assert box["x"] >= 0 and box["x"] + box["width"] <= width
            assert text.evaluate(font) == page.locator("body").evaluate(font)


def test_trusts_on_the_map_show(address, open_page):
    """At most ten are more than half covered by those drawn after them."""
    for width in (DESK, PHONE):
        page, _ = open_page(f"{address}index.html", width)
        boxes = [one.bounding_box() for one in page.locator("#outcomes .map-trusts use").all()]
        discs = [
            shapely.Point(b["x"] + b["width"] / 2, b["y"] + b["height"] / 2).buffer(b["width"] / 2)
            for b in boxes
        ]
        covered = sum(
            disc.intersection(shapely.union_all(discs[number:])).area > disc.area / 2
            for number, disc in enumerate(discs, 1)
        )
        assert len(discs) > 200 and covered <= 10, width


def test_outcomes_of_the_crosstab_are_on_the_screen_of_a_phone(address, open_page):
    page, _ = open_page(f"{address}index.html", PHONE)
    for cell in page.locator(".crosstab td").all():
        box = cell.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE
    assert page.locator(".crosstab td").first.evaluate(
        "cell => getComputedStyle(cell, '::before').content"
    )


def test_words_of_a_cell_stand_beside_each_other_on_a_phone(address, open_page):
    page, _ = open_page(f"{address}icb/QKK.html", PHONE)
    gaps = page.locator(".crosstab td:not(.n):has(small)").evaluate_all("""cells => cells.map(
        (cell) => {
            const [outcome, change] = [...cell.children].map((part) => {
                const words = document.createRange();
                words.selectNodeContents(part);
                return words.getBoundingClientRect();
            });
            return change.left - outcome.right;
        })""")
    assert gaps and min(gaps) > 0


def pixels(page, locator) -> set[tuple[int, ...]]:
    """The colours within an element, as they are on the screen."""
    image = Image.open(BytesIO(locator.screenshot())).convert("RGB")
    return {colour for _, colour in image.getcolors(1 << 24)}


def test_forced_colours_keep_bars_swatches_and_the_current_page(address, open_page):
    page, _ = open_page(f"{address}index.html", forced_colors="active")
    back = Image.open(BytesIO(page.screenshot())).convert("RGB").getpixel((2, 890))
    outcomes = page.locator(".legend").first.locator(".swatch")
    colours = [pixels(page, one) - {back} for one in outcomes.all()]
    assert all(colours) and len({frozenset(one) for one in colours}) == len(colours)
    parts = page.locator(".bar rect").filter(visible=True)
    assert parts.count() > 5
    assert all(pixels(page, part) - {back} for part in parts.all())
    line = "link => getComputedStyle(link).borderBottomColor"
    current = page.locator(".menu a[aria-current]").evaluate(line)
    assert current not in page.locator(".menu a:not([aria-current])").evaluate_all(
        f"all => all.map({line})"
    )


def test_the_map_of_an_icb_tells_it_from_its_neighbours(address, open_page):
    page, _ = open_page(f"{address}icb/QKK.html")
    fill = "paths => paths.map((path) => getComputedStyle(path).fill)"
    *others, here = page.locator(".near-icb path").evaluate_all(fill)
    assert others and here not in others


def pages_printed(page, path: Path) -> list[str]:
    """The words of each sheet of A4 that the page makes."""
    page.pdf(path=path, prefer_css_page_size=True)
    text = subprocess.run(
        ["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True
    )
    return text.stdout.split("\f")[:-1]


def test_printed_tables_have_their_headings_on_every_sheet(address, open_page, tmp_path, pdftotext):
    page, _ = open_page(f"{address}organisations.html")
    sheets = pages_printed(page, tmp_path / "printed.pdf")
    rows = page.locator("table.data").first.locator("tbody tr").count()
    with_rows = [sheet for sheet in sheets if len(re.findall(r"\bR[A-Z0-9]{2}\b", sheet)) > 5]
    assert rows > 200 and len(with_rows) > 5
    assert all(re.search(r"Organisation +Code +(Outcome|Type)", sheet) for sheet in with_rows)


def test_what_is_folded_is_printed_and_help_is_not(address, open_page, tmp_path, pdftotext):
    page, _ = open_page(f"{address}index.html")
    sheets = pages_printed(page, tmp_path / "printed.pdf")
    words = " ".join(" ".join(sheets).split())
    assert "Figures:" in words and "Drag or use" not in words and "Zoom" not in words
    lines = [len(sheet.strip().splitlines()) for sheet in sheets]
    assert all(count > 20 for count in lines[:-1]), lines


@pytest.mark.parametrize(("icb", "sides"), [("QSL", 2), ("QOP", 2), ("QYG", 3)])
def test_an_icb_prints_on_few_sides(address, open_page, tmp_path, pdftotext, icb, sides):
    """One trust, ten, and the most: 19 trusts and 13 locations of four editions."""
    page, _ = open_page(f"{address}icb/{icb}.html")
    assert len(pages_printed(page, tmp_path / "printed.pdf")) <= sides


CONTRAST = """() => {
    const light = (text) => {
        const part = text.match(/[\\d.]+/g).slice(0, 3).map((n) => n / 255);
        const linear = part.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
    };
    const words = document.querySelectorAll(".bar text, .track text, .number *, .flow-side *");
    return [...words].map((node) => {
        let at = node;
        while (getComputedStyle(at).backgroundColor.endsWith(", 0)")) at = at.parentElement;
        const { color, fill, stroke } = getComputedStyle(node);
        const behind = stroke === "none" ? getComputedStyle(at).backgroundColor : stroke;
        const [a, b] = [node.tagName === "text" ? fill : color, behind].map(light);
        return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), node.textContent];
    });
}"""


def test_words_in_figures_have_contrast(site, address, open_page):
    page, _ = open_page(f"{address}index.html")
    measured = []
    for path in pages_of(site):
        if len(path.parts) == 1:
            page.goto(f"{address}{path.as_posix()}")
            measured += [(*one, path) for one in page.evaluate(CONTRAST)]
    assert len(measured) > 50
    assert not [one for one in measured if one[0] < 4.5]
