"""assets/map.js on the overview, opened as a file: tooltips, layers, zoom, keys, touch, calm."""

import pytest

from tests.browser import wait_until

pytestmark = pytest.mark.full

LONDON, SHROPSHIRE, WIGHT = "#outcomes-icb-QWE", "#outcomes-icb-QOC", "#outcomes-trust-R1F"


@pytest.fixture
def open_map(open_page, site):
    """Opens the overview where its first map is, with these options."""

    def opened(*size, **options):
        page, watched = open_page((site / "index.html").as_uri(), *size, **options)
        page.evaluate("document.querySelector('#outcomes').scrollIntoView()")
        return page, watched

    return opened


@pytest.fixture
def page(open_map):
    """The map with a mouse, for a reader who has asked for calm: no glide to wait for."""
    opened, watched = open_map(reduced_motion="reduce")
    yield opened
    assert not watched.errors
    assert not watched.foreign


def press(page, name: str) -> None:
    """Presses a button of the map."""
    page.locator("#outcomes").get_by_role("button", name=name).click()


def zoom_of(page) -> float:
    """How far the drawing is zoomed in."""
    width = page.locator("#outcomes .map-drawing").evaluate("svg => svg.viewBox.baseVal.width")
    return round(6000 / width, 2)


def centre_of(page, selector: str) -> tuple[float, float]:
    """Middle of a shape, in pixels of the window."""
    box = page.locator(selector).locator("path, use").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def tooltip_of(page) -> str:
    """Words of the tooltip, or none where it is hidden."""
    tooltip = page.locator("#outcomes .map-tooltip")
    return tooltip.inner_text() if tooltip.is_visible() else ""


def test_hover_shows_the_words_and_leaving_or_escape_takes_them_away(page):
    page.mouse.move(*centre_of(page, SHROPSHIRE))
    assert (
        tooltip_of(page)
        == "NHS Shropshire, Telford and Wrekin Integrated Care Board\nStandards Met\nMidlands"
    )
    page.keyboard.press("Escape")
    assert tooltip_of(page) == ""
    page.mouse.move(*centre_of(page, LONDON))
    tooltip = page.locator("#outcomes .map-tooltip")
    box = tooltip.bounding_box()
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.wait_for_timeout(300)
    assert tooltip_of(page).startswith("NHS South West London")  # the pointer may rest on it
    page.mouse.move(5, 5)
    tooltip.wait_for(state="hidden")


def test_tab_brings_a_shape_into_view_with_its_words_and_enter_follows(page):
    drawing = page.locator("#outcomes .map-drawing")
    drawing.focus()
    for _ in range(4):
        page.keyboard.press("+")
    page.keyboard.press("Tab")
    first = page.locator("#outcomes .map-icbs a").first
    assert first.evaluate("link => link === document.activeElement")
    inner, outer = first.locator("path").bounding_box(), drawing.bounding_box()
    assert outer["y"] < inner["y"] + inner["height"] / 2 < outer["y"] + outer["height"]
    assert tooltip_of(page).startswith("NHS Somerset")
    assert (
        first.get_attribute("aria-label")
        == "NHS Somerset Integrated Care Board: Standards Met, South West"
    )
    page.keyboard.press("+")
    assert tooltip_of(page).startswith("NHS Somerset")  # the focus stays in sight
    page.keyboard.press("Enter")
    page.wait_for_url("**/icb/QSL.html")


def test_the_map_can_be_skipped_and_left_by_tab(page):
    page.locator("#outcomes .map-skip").focus()
    page.keyboard.press("Enter")
    assert page.url.endswith("#outcomes-end")
    page.locator("#outcomes .map-layers input").last.focus()
    page.keyboard.press("Tab")
    assert not page.evaluate("document.querySelector('.map').contains(document.activeElement)")


def test_layers_go_and_come_on_both_maps(page):
    for figure, number in zip(page.locator("figure.map").all(), (3, 2), strict=True):
        layers = figure.locator("[data-layer]").all()
        boxes = figure.get_by_role("checkbox").all()
        assert len(layers) == number
        for layer, box in zip(layers, boxes, strict=True):
            box.uncheck()
            assert not layer.is_visible()
            box.check()
            assert layer.is_visible()


def test_buttons_and_keys_zoom_and_move(page):
    press(page, "Zoom in")
    assert zoom_of(page) == 1.5
    press(page, "Zoom out")
    assert zoom_of(page) == 1
    page.locator("#outcomes .map-drawing").focus()
    for key, zoom in {"+": 1.5, "=": 2.25, "-": 1.5}.items():
        page.keyboard.press(key)
        assert zoom_of(page) == zoom
    before = page.locator("#outcomes .map-drawing").get_attribute("viewBox")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert page.locator("#outcomes .map-drawing").get_attribute("viewBox") != before
    page.keyboard.press("0")
    assert zoom_of(page) == 1
    assert (
        page.locator("#outcomes .map-status").inner_text()
        == "Zoom: 1.0 times. Zoom in to select trusts."
    )


def test_the_wheel_scrolls_the_page_unless_the_map_is_meant(page):
    page.set_viewport_size({"width": 1280, "height": 500})
    before = page.evaluate("scrollY")
    page.mouse.move(*centre_of(page, SHROPSHIRE))
    page.mouse.wheel(0, 100)
    wait_until(page, f"scrollY > {before}")
    assert zoom_of(page) == 1
    page.mouse.move(*centre_of(page, SHROPSHIRE))
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    wait_until(page, "document.querySelector('.map-drawing').viewBox.baseVal.width < 6000")
    page.keyboard.up("Control")
    assert zoom_of(page) == 2
    page.locator("#outcomes .map-drawing").focus()
    page.mouse.wheel(0, -300)
    wait_until(page, "document.querySelector('.map-drawing').viewBox.baseVal.width < 2000")


def test_trusts_appear_as_one_zooms_in(page):
    trust, layer = page.locator(WIGHT), page.locator("#outcomes .map-trusts")
    small = trust.locator("use").bounding_box()["width"]
    assert layer.get_attribute("aria-hidden") == "true"
    assert trust.get_attribute("tabindex") == "-1"
    page.mouse.move(*centre_of(page, WIGHT))
    assert "Integrated Care Board" in tooltip_of(page)  # a dot does not stand in the way of its ICB
    page.keyboard.down("Control")
    page.mouse.wheel(0, -900)
    page.keyboard.up("Control")
    wait_until(page, "!document.querySelector('.map-trusts.is-small')")
    assert trust.get_attribute("tabindex") == "0"
    assert trust.locator("use").bounding_box()["width"] > max(2 * small, 23)
    page.mouse.move(5, 5)
    page.mouse.move(*centre_of(page, WIGHT))
    assert tooltip_of(page) == "Isle of Wight NHS Trust\nStandards Met"


def test_a_drag_moves_the_map_and_follows_no_link(page):
    press(page, "Zoom in")
    x, y = centre_of(page, SHROPSHIRE)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 40, steps=4)
    page.mouse.up()
    moved = centre_of(page, SHROPSHIRE)
    assert moved == (pytest.approx(x + 60, abs=1), pytest.approx(y + 40, abs=1))
    assert page.url.endswith("index.html")
    page.mouse.click(*moved)
    page.wait_for_url("**/icb/QOC.html")


def test_first_tap_shows_second_tap_opens(open_map):
    page, _ = open_map(375, touch=True)
    place = centre_of(page, SHROPSHIRE)
    page.touchscreen.tap(*place)
    assert "Tap again to open" in tooltip_of(page)
    assert page.url.endswith("index.html")
    page.touchscreen.tap(*place)
    page.wait_for_url("**/icb/QOC.html")


def test_two_fingers_zoom(open_map):
    page, _ = open_map(375, touch=True)
    x, y = centre_of(page, SHROPSHIRE)
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


def test_zoom_glides_where_nobody_asked_for_calm(open_map):
    page, _ = open_map()
    press(page, "Zoom in")
    wait_until(page, "document.querySelector('.map-status').textContent.includes('1.5')")
    assert zoom_of(page) == 1.5


def test_without_a_script_the_drawing_still_says_everything(site, open_page):
    page, _ = open_page((site / "index.html").as_uri(), java_script_enabled=False)
    assert page.locator("#outcomes a title").count() == 42 + 210
    assert page.locator("#outcomes .map-trusts").is_visible()
    page.locator(SHROPSHIRE).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/icb/QOC.html")
