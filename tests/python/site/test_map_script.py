"""assets/map.js on a page of its own: tooltips, layers, zoom, keyboard, touch, calm."""

import json
from pathlib import Path

import pytest
from waiting import wait_until

from reports.formats import environment
from reports.maps import choropleth

ROOT = Path(__file__).parents[3]
ASSETS = ROOT / "reports" / "assets"
BOUNDARIES = ROOT / "data" / "boundaries" / "icb_2023-04-01.geojson"
MET = {"label": "Met", "colour": "#5aa9e6", "pattern": "", "marker": "M-9-9h18v18h-18z", "place": 1}
APPROACHING = MET | {"label": "Approaching", "colour": "#f2b134", "place": 2}
LONDON, MANCHESTER = "#m-icb-QWE", "#m-icb-QOP"


@pytest.fixture(scope="module")
def page_file(tmp_path_factory) -> Path:
    """A page with one map of 42 ICBs and two trusts, and the pages that its shapes link to."""
    folder = tmp_path_factory.mktemp("map")
    features = json.loads(BOUNDARIES.read_text(encoding="utf-8"))["features"]
    codes = [feature["properties"]["icb_code"] for feature in features]
    boards = [
        {"code": code, "label": f"Board {code}", "value_text": "Met", "detail": None, "sign": MET,
         "href": f"{code}.html", "region": "England"}
        for code in codes
    ]  # fmt: skip
    trusts = [
        {"organisation_code": code, "label": f"A trust in {town}", "value_text": sign["label"],
         "sign": sign, "latitude": latitude, "longitude": longitude, "href": href}
        for code, town, sign, latitude, longitude, href in [
            ("R01", "Manchester", APPROACHING, 53.48, -2.24, "QOP.html"),
            ("R02", "London", MET, 51.5, -0.12, "QMJ.html"),
        ]
    ]  # fmt: skip
    drawn = (
        environment()
        .get_template("map.html")
        .module.map_figure(
            choropleth(boards, BOUNDARIES, points=trusts, legend=[MET, APPROACHING]),
            "All boards met the standards",
            "42 of 42.",
            "m",
        )
    )
    for name in ("map.css", "map.js"):
        (folder / name).write_bytes((ASSETS / name).read_bytes())
    head = '<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,">'
    style = '<link rel="stylesheet" href="map.css"><style>body{font-family:Arial}</style>'
    for code in codes:
        text = f"{head}<title>{code}</title><main><h1>Board {code}</h1></main>"
        (folder / f"{code}.html").write_text(text, encoding="utf-8")
    (folder / "index.html").write_text(
        f'{head}<meta name="viewport" content="width=device-width"><title>Map</title>{style}'
        f'<main><h1>Map</h1>{drawn}<p>After</p></main><script src="map.js"></script>',
        encoding="utf-8",
    )
    return folder / "index.html"


@pytest.fixture
def page(open_page, page_file):
    """The map with a mouse, for a reader who has asked for calm: no glide to wait for."""
    opened, watched = open_page(page_file.as_uri(), reduced_motion="reduce")
    yield opened
    assert not watched.errors
    assert not watched.foreign


def zoom_of(page) -> float:
    """How far the drawing is zoomed in."""
    width = page.locator(".map-drawing").evaluate("svg => svg.viewBox.baseVal.width")
    return round(6000 / width, 2)


def centre_of(page, selector: str) -> tuple[float, float]:
    """Middle of a shape, in pixels of the window."""
    box = page.locator(selector).locator("path, use").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def tooltip_of(page) -> str:
    """Words of the tooltip, or none where it is hidden."""
    tooltip = page.locator(".map-tooltip")
    return tooltip.inner_text() if tooltip.is_visible() else ""


def test_hover_shows_the_words_and_leaving_or_escape_takes_them_away(page):
    page.mouse.move(*centre_of(page, MANCHESTER))
    assert tooltip_of(page) == "Board QOP\nMet\nEngland"
    page.keyboard.press("Escape")
    assert tooltip_of(page) == ""
    page.mouse.move(*centre_of(page, LONDON))
    assert tooltip_of(page).startswith("Board QWE")
    page.mouse.move(5, 5)
    page.locator(".map-tooltip").wait_for(state="hidden")


def test_the_pointer_may_rest_on_the_tooltip(page):
    page.mouse.move(*centre_of(page, MANCHESTER))
    box = page.locator(".map-tooltip").bounding_box()
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.wait_for_timeout(300)
    assert tooltip_of(page).startswith("Board QOP")


def test_tab_reaches_each_shape_with_its_words_and_enter_follows(page):
    drawing = page.locator(".map-drawing")
    drawing.focus()
    page.keyboard.press("Tab")
    first = page.locator(".map-icbs a").first
    assert first.evaluate("link => link === document.activeElement")
    assert tooltip_of(page).startswith("Board QE1")
    assert first.get_attribute("aria-label") == "Board QE1: Met, England"
    page.keyboard.press("+")
    assert tooltip_of(page).startswith("Board QE1")  # the focus stays in sight
    page.keyboard.press("Enter")
    page.wait_for_url("**/QE1.html")


def test_the_map_can_be_skipped_and_left_by_tab(page):
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "map-skip"
    page.keyboard.press("Enter")
    assert page.url.endswith("#m-end")
    page.locator(".map-layers input").last.focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('.map').contains(document.activeElement)") is False


def test_layers_go_and_come(page):
    for layer, name in {"icbs": "boards", "regions": "Region", "trusts": "trusts"}.items():
        shown = page.locator(f".map-{layer}")
        box = page.get_by_role("checkbox", name=name)
        box.uncheck()
        assert not shown.is_visible()
        box.check()
        assert shown.is_visible()


def test_buttons_and_keys_zoom_and_move(page):
    page.get_by_role("button", name="Zoom in").click()
    assert zoom_of(page) == 1.5
    page.get_by_role("button", name="Zoom out").click()
    assert zoom_of(page) == 1
    page.locator(".map-drawing").focus()
    for key, zoom in {"+": 1.5, "=": 2.25, "-": 1.5}.items():
        page.keyboard.press(key)
        assert zoom_of(page) == zoom
    before = page.locator(".map-drawing").get_attribute("viewBox")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert page.locator(".map-drawing").get_attribute("viewBox") != before
    page.keyboard.press("0")
    assert zoom_of(page) == 1
    assert page.locator(".map-status").inner_text() == "Zoom: 1.0 times. Zoom in to select trusts."


def test_the_wheel_scrolls_the_page_unless_the_map_is_meant(page):
    page.set_viewport_size({"width": 1280, "height": 500})
    page.mouse.move(*centre_of(page, MANCHESTER))
    page.mouse.wheel(0, -100)
    assert zoom_of(page) == 1
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    wait_until(page, "document.querySelector('.map-drawing').viewBox.baseVal.width < 6000")
    page.keyboard.up("Control")
    assert zoom_of(page) == 2
    page.locator(".map-drawing").focus()
    page.mouse.wheel(0, -300)
    wait_until(page, "document.querySelector('.map-drawing').viewBox.baseVal.width < 2000")


def test_trusts_appear_as_one_zooms_in(page):
    trust = page.locator("#m-trust-R01")
    small = trust.locator("use").bounding_box()["width"]
    assert page.locator(".map-trusts").get_attribute("aria-hidden") == "true"
    assert trust.get_attribute("tabindex") == "-1"
    page.mouse.move(*centre_of(page, "#m-trust-R01"))
    assert "Board" in tooltip_of(page)  # a dot does not stand in the way of its ICB
    page.keyboard.down("Control")
    page.mouse.wheel(0, -900)
    page.keyboard.up("Control")
    wait_until(page, "!document.querySelector('.map-trusts.is-small')")
    assert trust.get_attribute("tabindex") == "0"
    assert trust.locator("use").bounding_box()["width"] > max(2 * small, 23)
    page.mouse.move(5, 5)
    page.mouse.move(*centre_of(page, "#m-trust-R01"))
    assert tooltip_of(page) == "A trust in Manchester\nApproaching"


def test_a_drag_moves_the_map_and_follows_no_link(page):
    page.get_by_role("button", name="Zoom in").click()
    x, y = centre_of(page, MANCHESTER)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 40, steps=4)
    page.mouse.up()
    moved = centre_of(page, MANCHESTER)
    assert moved == (pytest.approx(x + 60, abs=1), pytest.approx(y + 40, abs=1))
    assert page.url.endswith("index.html")
    page.mouse.click(*moved)
    page.wait_for_url("**/QOP.html")


def test_focus_brings_a_shape_into_view(page):
    page.locator(".map-drawing").focus()
    for _ in range(4):
        page.keyboard.press("+")
    page.keyboard.press("Tab")
    inner = page.locator(".map-icbs a").first.locator("path").bounding_box()
    outer = page.locator(".map-drawing").bounding_box()
    middle = inner["y"] + inner["height"] / 2
    assert outer["y"] < middle < outer["y"] + outer["height"]


def test_first_tap_shows_second_tap_opens(open_page, page_file):
    page, _ = open_page(page_file.as_uri(), 375, touch=True)
    place = centre_of(page, MANCHESTER)
    page.touchscreen.tap(*place)
    assert "Tap again to open" in tooltip_of(page)
    assert page.url.endswith("index.html")
    page.touchscreen.tap(*place)
    page.wait_for_url("**/QOP.html")


def test_two_fingers_zoom(open_page, page_file):
    page, _ = open_page(page_file.as_uri(), 375, touch=True)
    x, y = centre_of(page, MANCHESTER)
    session = page.context.new_cdp_session(page)

    def touch(kind: str, spread: float) -> None:
        points = [{"x": x - spread, "y": y, "id": 0}, {"x": x + spread, "y": y, "id": 1}]
        session.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [] if kind == "touchEnd" else points},
        )

    touch("touchStart", 20)
    for spread in (30, 40, 60):
        touch("touchMove", spread)
    touch("touchEnd", 60)
    assert zoom_of(page) == pytest.approx(3, abs=0.2)


def test_zoom_glides_where_nobody_asked_for_calm(open_page, page_file):
    page, _ = open_page(page_file.as_uri())
    page.get_by_role("button", name="Zoom in").click()
    wait_until(page, "document.querySelector('.map-status').textContent.includes('1.5')")
    assert zoom_of(page) == 1.5


def test_without_a_script_the_drawing_still_says_everything(open_page, page_file):
    page, _ = open_page(page_file.as_uri(), java_script_enabled=False)
    assert page.locator(".map-drawing a title").count() == 44
    assert page.locator(".map-trusts").is_visible()
    page.locator(MANCHESTER).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/QOP.html")
