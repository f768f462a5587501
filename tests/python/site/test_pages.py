"""The rendered site, walked as readers meet it: every page, at desk and phone width.

The documentation under `docs/` is dbt's own: it must be silent and stay at home, but neither its
size nor its accessibility is ours.
"""

from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

WIDTHS = {"desk": 1280, "phone": 375}
PAGE_BYTES = 1_000_000
SITE_BYTES = 15_000_000
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
            file = (site / page.parent / path).resolve() if path else (site / page)
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
    """Every page at every width: what the console said, what it asked for, what axe found."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.add_init_script(path=axe)
    watched = watch(context, address)
    page = context.new_page()
    violations, wide = [], []
    for path in pages_of(site):
        page.goto(f"{address}{path.as_posix()}")
        for name, width in WIDTHS.items() if is_ours(path) else ():
            page.set_viewport_size({"width": width, "height": 900})
            violations += [f"{path} ({name}): {fault}" for fault in page.evaluate(AXE)]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append(f"{path} ({name})")
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
    table = page.locator("table.data[data-search]")
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


def test_each_organisation_has_an_address(address, open_page):
    page, _ = open_page(f"{address}organisations.html#RH5")
    assert page.locator("#RH5").is_visible()
    assert page.evaluate("document.querySelector('#RH5:target') !== null")
