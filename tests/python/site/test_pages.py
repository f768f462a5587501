"""The rendered site, walked as readers meet it: every page, at desk and phone width.

The documentation under `docs/` is dbt's own: it must be silent and stay at home, but neither its
size nor its accessibility is ours.
"""

import re
import subprocess
from collections import Counter
from html.parser import HTMLParser
from io import BytesIO
from math import cos, hypot, sin, sqrt
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from PIL import Image
from waiting import wait_until

WIDTHS = {"desk": 1280, "phone": 375}
NARROWEST = 320
PAGE_BYTES = 300_000
SITE_BYTES = 40_000_000
AXE = """async () => {
    const runOnly = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const { violations } = await axe.run(document, { runOnly, resultTypes: ["violations"] });
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target}`));
}"""


def pages_of(site: Path) -> list[Path]:
    """All pages, relative to the site."""
    return sorted(path.relative_to(site) for path in site.rglob("*.html"))


def is_ours(page: Path) -> bool:
    """Whether it is not one of dbt's."""
    return page.parts[0] != "docs"


def walked(site: Path) -> list[Path]:
    """The pages to walk: of those of one organisation each, one for every layout there is."""
    layouts: dict[object, Path] = {}
    for page in pages_of(site):
        text = (site / page).read_text(encoding="utf-8")
        layout = frozenset(re.findall(r'<(\w+)(?: class="([^"]*)")?', text))
        layouts.setdefault(layout if page.parts[0] == "organisation" else page, page)
    return list(layouts.values())


def listed(faults: list[str]) -> str:
    """Each fault once and on a line of its own: pytest would cut the list."""
    return "\n".join(["faults:", *dict.fromkeys(faults)])


class Anchors(HTMLParser):
    """Ids of a page, and where it links to or loads from."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keeps what the tag names and points to."""
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name in ("href", "src") and value is not None:
                self.targets.append(value)


def test_no_dead_link_and_no_id_twice(site):
    read = {page: Anchors(site / page) for page in pages_of(site) if is_ours(page)}
    faults = []
    for page, anchors in read.items():
        faults += [
            f"{page}: id {name} twice" for name, uses in Counter(anchors.ids).items() if uses > 1
        ]
        for target in set(anchors.targets):
            address = urlsplit(target)
            if address.scheme in ("https", "http", "mailto", "data"):
                continue
            path = unquote(address.path)
            base = site if path.startswith("/") else site / page.parent  # the page of 404
            file = (base / path.lstrip("/")).resolve() if address.path else (site / page)
            ids = read[file.relative_to(site)].ids if file.relative_to(site) in read else None
            if not file.is_file():
                faults.append(f"{page}: no file {target}")
            elif address.fragment and ids is not None and unquote(address.fragment) not in ids:
                faults.append(f"{page}: no anchor {target}")
    assert read
    assert not faults, listed(faults)


def test_pages_and_site_are_small(site):
    sizes = {page: (site / page).stat().st_size for page in pages_of(site) if is_ours(page)}
    assert not {page: size for page, size in sizes.items() if size > PAGE_BYTES}
    ours = [path for path in site.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in ours) < SITE_BYTES


@pytest.fixture(scope="module")
def walk(site, address, browser, axe, watch) -> dict[str, list[str]]:
    """Every kind of page at every width: what it said, what it asked for, what axe found."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.add_init_script(path=axe)
    watched = watch(context, address)
    page = context.new_page()
    violations, wide = [], []
    for path in walked(site):
        page.goto(f"{address}{path.as_posix()}")
        for name, width in WIDTHS.items() if is_ours(path) else ():
            page.set_viewport_size({"width": width, "height": 900})
            violations += [f"{path} ({name}): {fault}" for fault in page.evaluate(AXE)]
        for width in (*WIDTHS.values(), NARROWEST) if is_ours(path) else ():
            page.set_viewport_size({"width": width, "height": 900})
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append(f"{path} at {width} px")
    context.close()
    return {
        "console": watched.errors,
        "foreign": watched.foreign,
        "violations": violations,
        "wide": wide,
    }


def test_the_console_stays_silent(walk):
    assert not walk["console"], listed(walk["console"])


def test_no_request_leaves_the_site(walk):
    assert not walk["foreign"], listed(walk["foreign"])


def test_axe_finds_no_violation_at_desk_and_phone_width(walk):
    assert not walk["violations"], listed(walk["violations"])


def test_no_page_scrolls_sideways(walk):
    assert not walk["wide"], listed(walk["wide"])


def test_the_overview_works_from_a_file(site, open_page):
    page, watched = open_page((site / "index.html").as_uri())
    assert page.locator(".map-zoom button").count()
    assert not watched.errors
    assert not watched.foreign


def test_the_maps_of_the_overview_explore(address, open_page):
    page, watched = open_page(f"{address}index.html", reduced_motion="reduce")
    maps = page.locator("figure.map")
    assert maps.count() == 2
    for number in range(2):
        figure = maps.nth(number)
        figure.locator(".map-drawing").focus()
        page.keyboard.press("Tab")
        assert figure.locator(".map-tooltip").is_visible()
        before = figure.locator(".map-drawing").get_attribute("viewBox")
        figure.get_by_role("button", name="Zoom in").click()
        assert figure.locator(".map-drawing").get_attribute("viewBox") != before
        for box in figure.get_by_role("checkbox").all():
            box.uncheck()
        assert not figure.locator(".map-icbs").is_visible()
    maps.first.get_by_role("checkbox").first.check()
    maps.first.locator(".map-icbs a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/icb/*.html")
    assert not watched.errors


@pytest.mark.parametrize(("name", "drawing"), [("desk", 0), ("phone", 1)])
def test_a_line_chart_has_a_drawing_for_each_width(address, open_page, name, drawing):
    page, _ = open_page(f"{address}timeliness.html", WIDTHS[name])
    drawings = page.locator(".plot svg")
    assert [one.is_visible() for one in drawings.all()] == [drawing == 0, drawing == 1]
    for text in drawings.nth(drawing).locator("text").all():
        box = text.bounding_box()
        assert box["height"] > 11
        assert box["x"] >= 0 and box["x"] + box["width"] <= WIDTHS[name]
        font = "element => getComputedStyle(element).fontFamily"
        assert text.evaluate(font) == page.locator("body").evaluate(font)


def test_the_organisations_can_be_searched_and_sorted(address, open_page):
    page, watched = open_page(f"{address}organisations.html")
    table = page.locator("table.data[data-search]").first
    rows = table.locator("tbody tr")
    whole = rows.count()
    page.get_by_role("searchbox").first.fill("somerset")
    shown = rows.filter(visible=True)
    assert 0 < shown.count() < whole
    assert all("somerset" in text.lower() for text in shown.all_inner_texts())
    page.get_by_role("searchbox").first.fill("")
    assert rows.filter(visible=True).count() == whole
    code = table.get_by_role("columnheader", name="Code")
    for direction in ("ascending", "descending"):
        code.get_by_role("button").click()
        assert code.get_attribute("aria-sort") == direction
        codes = table.locator("tbody tr").evaluate_all("rows => rows.map((row) => row.id)")
        assert codes == sorted(codes, reverse=direction == "descending")
    assert not watched.errors


@pytest.mark.parametrize("name", ["RH5", "rh5", "RA4"])  # RA4 has closed, and its list is folded
def test_each_organisation_has_an_address(address, open_page, name):
    page, watched = open_page(f"{address}organisations.html#{name}")
    row = page.locator(f"tr#{name.upper()}")
    assert row.is_visible()
    wait_until(page, f"document.querySelector('#{name.upper()}:target') !== null")
    assert not watched.errors


def test_a_filter_does_not_hide_what_an_address_names(address, open_page):
    page, _ = open_page(f"{address}organisations.html")
    page.get_by_role("searchbox").first.fill("somerset")
    assert not page.locator("tr#RJ1").is_visible()
    page.evaluate("location.hash = '#rj1'")
    wait_until(page, "document.querySelector('#RJ1:target')?.checkVisibility()")


def test_two_icbs_are_compared(address, open_page):
    page, watched = open_page(f"{address}compare.html?a=QSL&b=qxu")
    result = page.locator("[data-compare] table")
    row = result.get_by_role("row").filter(has_text="Commissioner half")
    assert row.get_by_role("cell").all_inner_texts() == ["1.00", "3.00", "−2.00"]
    page.locator("[data-compare] select").nth(1).select_option("QOP")
    assert "−0.10" in result.inner_text()
    assert page.url.endswith("?a=QSL&b=QOP")
    assert not watched.errors


def test_an_error_is_reported_about_a_code(address, open_page):
    page, _ = open_page(f"{address}report-an-error.html?code=RJ1")
    assert page.locator("[data-about]").inner_text().endswith("RJ1:")
    page, _ = open_page(f"{address}report-an-error.html?code=<b>")
    assert not page.locator("[data-about]").is_visible()


def test_an_outcome_is_found_as_a_whole(address, open_page):
    page, _ = open_page(f"{address}organisations.html")
    rows = page.locator("table.data[data-search] tbody tr")
    outcomes = "rows => rows.map((row) => row.querySelector('.outcome').textContent)"
    for typed, outcome in {
        "met": "Standards Met",
        "standards met": "Standards Met",
        "not met": "Standards Not Met",
        "Exceeded": "Standards Exceeded",
        "approaching london": "Approaching Standards",
    }.items():
        page.get_by_role("searchbox").first.fill(typed)
        assert set(rows.filter(visible=True).evaluate_all(outcomes)) <= {outcome}, typed
    page.get_by_role("searchbox").first.fill("guys and st thomas'")
    assert rows.filter(visible=True).count() == 1
    page.get_by_role("searchbox").first.fill("met")
    assert rows.filter(visible=True).count() > 100


@pytest.mark.parametrize("written", ["RJ1", "rj1"])
def test_an_address_leads_to_its_row_also_where_a_filter_hides_it(address, open_page, written):
    page, _ = open_page(f"{address}organisations.html")
    page.get_by_role("searchbox").first.fill("somerset")
    assert not page.locator("#RJ1").is_visible()
    page.evaluate(f"location.hash = '{written}'")
    wait_until(page, "document.querySelector('#RJ1:target') !== null")
    assert page.locator("#RJ1").is_visible()


def test_trusts_on_the_map_show(address, open_page):
    """At most ten are more than half covered by those drawn after them."""
    inside = [
        (sqrt((n + 0.5) / 200) * cos(2.4 * n), sqrt((n + 0.5) / 200) * sin(2.4 * n))
        for n in range(200)
    ]
    for width in WIDTHS.values():
        page, _ = open_page(f"{address}index.html", width)
        boxes = [one.bounding_box() for one in page.locator("#outcomes .map-trusts circle").all()]
        circles = [
            (b["x"] + b["width"] / 2, b["y"] + b["height"] / 2, b["width"] / 2) for b in boxes
        ]
        covered = 0
        for number, (x, y, radius) in enumerate(circles):
            later = [one for one in circles[number + 1 :] if hypot(one[0] - x, one[1] - y) < 40]
            hidden = sum(
                any(hypot(x + radius * a - u, y + radius * b - v) < r for u, v, r in later)
                for a, b in inside
            )
            covered += hidden > len(inside) / 2
        assert len(circles) > 200 and covered <= 10, width


def test_outcomes_of_the_crosstab_are_on_the_screen_of_a_phone(address, open_page):
    page, _ = open_page(f"{address}index.html", 375)
    for cell in page.locator(".crosstab td").all():
        box = cell.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 375
    assert page.locator(".crosstab td").first.evaluate(
        "cell => getComputedStyle(cell, '::before').content"
    )


def test_words_of_a_cell_stand_beside_each_other_on_a_phone(address, open_page):
    page, _ = open_page(f"{address}icb/QKK.html", 375)
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
    parts = page.locator(".part").filter(visible=True)
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
    [here] = page.locator(".locator-near .is-here > path").evaluate_all(fill)
    others = page.locator(".locator-near > a:not(.is-here) > path:not(.from)").evaluate_all(fill)
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
    assert all(re.search(r"Organisation +Code +Outcome", sheet) for sheet in with_rows)


def test_what_is_folded_is_printed_and_help_is_not(address, open_page, tmp_path, pdftotext):
    page, _ = open_page(f"{address}index.html")
    sheets = pages_printed(page, tmp_path / "printed.pdf")
    words = " ".join(" ".join(sheets).split())
    assert "Figures:" in words and "Drag or use" not in words and "Zoom" not in words
    lines = [len(sheet.strip().splitlines()) for sheet in sheets]
    assert all(count > 20 for count in lines[:-1]), lines


@pytest.mark.parametrize("icb", ["QSL", "QOP", "QYG"])  # one trust, ten and sixteen
def test_an_icb_prints_on_two_sides(address, open_page, tmp_path, pdftotext, icb):
    page, _ = open_page(f"{address}icb/{icb}.html")
    assert len(pages_printed(page, tmp_path / "printed.pdf")) <= 2


CONTRAST = """() => {
    const light = (text) => {
        const part = text.match(/[\\d.]+/g).slice(0, 3).map((n) => n / 255);
        const linear = part.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
    };
    const words = document.querySelectorAll(".part b, .number *, .bar-value, .flow-side *");
    return [...words].map((node) => {
        let at = node;
        while (getComputedStyle(at).backgroundColor.endsWith(", 0)")) at = at.parentElement;
        const colours = [getComputedStyle(node).color, getComputedStyle(at).backgroundColor];
        const [a, b] = colours.map(light);
        return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), node.textContent];
    });
}"""


def test_words_in_figures_have_contrast(site, address, open_page):
    page, _ = open_page(f"{address}index.html")
    measured = []
    for path in pages_of(site):
        if is_ours(path) and path.parts[0] not in ("icb", "organisation"):
            page.goto(f"{address}{path.as_posix()}")
            measured += [(*one, path) for one in page.evaluate(CONTRAST)]
    assert len(measured) > 50
    assert not [one for one in measured if one[0] < 4.5]
