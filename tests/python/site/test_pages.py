"""The rendered site as readers use it: links, tables, maps and addresses, in a real browser.

The documentation under `docs/` is dbt's own: it must be silent and stay at home, but its size is
not ours.
"""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from reports import formats
from tests.browser import Parsed, wait_until

PAGE_BYTES = 300_000
SITE_BYTES = 60_000_000


def pages_of(site: Path) -> list[Path]:
    """All pages, relative to the site."""
    return sorted(path.relative_to(site) for path in site.rglob("*.html"))


def is_ours(page: Path) -> bool:
    """Whether it is not one of dbt's."""
    return page.parts[0] != "docs"


def listed(faults: list[str]) -> str:
    """Each fault once and on a line of its own: pytest would cut the list."""
    return "\n".join(["faults:", *dict.fromkeys(faults)])


def test_no_dead_link_and_no_id_twice(site):
    read = {page: Parsed(site / page) for page in pages_of(site) if is_ours(page)}
    ids = {site / page: Counter(parsed.values("id")) for page, parsed in read.items()}
    faults = [f"{page}: id {name} twice" for page in ids for name, n in ids[page].items() if n > 1]
    for page, parsed in read.items():
        for target in set(parsed.values("href", "src")):
            address = urlsplit(target)
            if address.scheme in ("https", "http", "mailto", "data"):
                continue
            path = unquote(address.path)
            base = site if path.startswith("/") else site / page.parent  # the page of 404
            file = (base / path.lstrip("/")).resolve() if address.path else (site / page)
            name = unquote(address.fragment)
            if not file.is_file():
                faults.append(f"{page}: no file {target}")
            elif name and name not in ids.get(file, [name]):
                faults.append(f"{page}: no anchor {target}")
    assert read
    assert not faults, listed(faults)


def test_pages_and_site_are_small(site):
    sizes = {page: (site / page).stat().st_size for page in pages_of(site) if is_ours(page)}
    assert not {page: size for page, size in sizes.items() if size > PAGE_BYTES}
    ours = [path for path in site.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in ours) < SITE_BYTES


def walked(page, watched, address: str, pages: Iterable[Path], widths: dict[int, str]) -> list[str]:
    """The faults of pages: what each says on the console, asks of another machine, and is too wide.

    At some widths a script is run too, which gives faults of its own.
    """
    faults = []
    for path in pages:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(f"{address}{path.as_posix()}")
        for width, script in widths.items() if is_ours(path) else ():
            page.set_viewport_size({"width": width, "height": 900})
            at = f"{path} at {width} px"
            faults += [f"{at}: {fault}" for fault in page.evaluate(script)]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                faults.append(f"{at} scrolls sideways")
    return faults + watched.errors + watched.foreign


def test_a_page_of_each_kind_is_silent_stays_at_home_and_fits_a_phone(site, address, open_page):
    kinds = {(page.parts[0] if len(page.parts) > 1 else page): page for page in pages_of(site)}
    assert len(kinds) > 20
    opened = open_page(address, reduced_motion="reduce")
    faults = walked(*opened, address, kinds.values(), {375: "[]"})
    assert not faults, listed(faults)


def test_the_organisations_can_be_searched_and_sorted(address, open_page):
    page, watched = open_page(f"{address}organisations.html")
    table = page.locator("table.data[data-search]").first
    rows = table.locator("tbody tr")
    whole = rows.count()
    box, shown = page.get_by_role("searchbox").first, rows.filter(visible=True)
    box.fill("somerset")
    assert 0 < shown.count() < whole
    assert all("somerset" in text.lower() for text in shown.all_inner_texts())
    outcomes = "rows => rows.map((row) => row.querySelector('.outcome').textContent)"
    for typed, outcome in {  # an outcome is found as a whole
        "standards met": "Standards Met",
        "not met": "Standards Not Met",
        "Exceeded": "Standards Exceeded",
        "approaching london": "Approaching Standards",
        "met": "Standards Met",
    }.items():
        box.fill(typed)
        assert set(shown.evaluate_all(outcomes)) <= {outcome}, typed
    assert shown.count() > 100
    box.fill("guys and st thomas'")
    assert shown.count() == 1
    box.fill("")
    assert shown.count() == whole
    code = table.get_by_role("columnheader", name="Code")
    for direction in ("ascending", "descending"):
        code.get_by_role("button").click()
        assert code.get_attribute("aria-sort") == direction
        codes = table.locator("tbody tr").evaluate_all("rows => rows.map((row) => row.id)")
        assert codes == sorted(codes, reverse=direction == "descending")
    assert not watched.errors


@pytest.mark.parametrize("name", ["RJ1", "rj1", "RA4"])  # RA4 has closed, and its list is folded
@pytest.mark.parametrize("filtered", ["", "somerset"])
def test_an_address_leads_to_its_row_even_if_filtered(address, open_page, name, filtered):
    page, watched = open_page(f"{address}organisations.html{'' if filtered else '#' + name}")
    row = page.locator(f"tr#{name.upper()}")
    if filtered:
        page.get_by_role("searchbox").first.fill(filtered)
        assert not row.is_visible()
        page.evaluate(f"location.hash = '{name}'")
    wait_until(page, f"document.querySelector('#{name.upper()}:target')?.checkVisibility()")
    at = f"document.getElementById('{name.upper()}').getBoundingClientRect()"
    wait_until(page, f"{at}.top >= 0 && {at}.bottom < innerHeight")
    assert not watched.errors


def test_two_icbs_are_compared(address, open_page):
    page, watched = open_page(f"{address}compare.html?a=QSL&b=qxu")
    result = page.locator("[data-compare] table")
    row = result.get_by_role("row").filter(has_text="Commissioner score")
    assert row.get_by_role("cell").all_inner_texts() == ["1.00", "3.00", "−2.00"]
    page.locator("[data-compare] select").nth(1).select_option("QOP")
    assert "−0.10" in result.inner_text()
    assert page.url.endswith("?a=QSL&b=QOP")
    assert not watched.errors


PAIRS = """() => {
    const [first, second] = document.querySelectorAll("[data-compare] select");
    const found = [];
    for (const a of first.options)
        for (const b of first.options) {
            [first.value, second.value] = [a.value, b.value];
            second.dispatchEvent(new Event("change"));
            const rows = document.querySelectorAll("[data-compare] tbody tr");
            found.push([a.value, b.value, [...rows].map((row) => row.cells[3].textContent)]);
        }
    return found;
}"""
COMPARED = """
    select scores.icb_code, composite_score, commissioner_score, trust_score, scores.trusts,
        rank_in_england, icbs_with_this_score, rank_one_step_better, rank_one_step_worse,
        met.met_or_exceeded, met.organisations, met.share
    from marts.agg_icb_scores as scores
    left join marts.agg_met_or_exceeded as met
        on scores.icb_code = met.code and scores.snapshot_date = met.snapshot_date
        and met.level = 'icb' and met.organisation_type = 'NHS Trust'
    where scores.snapshot_date = $day
"""


def in_points(share: float) -> str:
    """A difference of shares."""
    return f"{formats.percent(share).replace('-', '−').removesuffix('%')} points"


DIFFERENCES = [*[formats.score] * 3, *[formats.number] * 7, in_points]


@pytest.mark.full
def test_any_two_icbs_differ_by_what_is_not_rounded(site, connection, address, open_page):
    compared = 0
    for path in sorted((site / "compare").glob("*.html")):
        rows = connection.execute(COMPARED, {"day": path.stem}).fetchall()
        exact = {code: figures for code, *figures in rows}
        page, _ = open_page(f"{address}compare/{path.name}")
        for a, b, shown in page.evaluate(PAIRS):
            # the first two are words: the region, and the board's own outcome
            assert shown[2:] == [
                "–" if x is None or y is None else words(x - y)
                for words, x, y in zip(DIFFERENCES, exact[a], exact[b], strict=True)
            ], (path.stem, a, b)
            compared += 1
    assert compared > 5 * 40 * 40


def test_an_error_is_reported_about_a_code(address, open_page):
    page, _ = open_page(f"{address}report-an-error.html?code=RJ1")
    assert page.locator("[data-about]").inner_text().endswith("RJ1:")
    page, _ = open_page(f"{address}report-an-error.html?code=<b>")
    assert not page.locator("[data-about]").is_visible()
