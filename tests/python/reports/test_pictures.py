"""Pictures: what is kept from the site before has the same bytes as what is drawn anew."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from reports import pixels

PAGE = """---
title: Scores
order: 1
description: A page of a test.
queries:
  regions: >
    select region_name, trusts from marts.agg_region_scores
    where snapshot_date = date '2023-11-16' order by region_code
---
{{ bar_chart(regions, category="region_name", value="trusts", title="Trusts of each region") }}

{{ bar_chart(regions, category="region_name", value="trusts", title="The same") }}
"""
ONE, OTHER = "scores-regions-figure.png", "scores-regions-figure-2.png"
Draw = Callable[..., dict[str, bytes]]


@pytest.fixture
def draw(render: Callable[..., dict[str, str]], tmp_path: Path) -> Draw:
    """Renders the page into a folder of this name, with an older one at hand or not."""

    def pictures(name: str, before: str = "", text: str = PAGE) -> dict[str, bytes]:
        render(text, "scores.md", site=name, before=before)
        return {path.name: path.read_bytes() for path in (tmp_path / name / "pictures").iterdir()}

    return pictures


def test_a_picture_is_kept_where_it_is_of_the_same_and_whole(draw: Draw, tmp_path: Path) -> None:
    def kept(name: str, before: str) -> list[bool]:
        files = [
            [tmp_path / one / "pictures" / file for one in (name, before)] for file in (ONE, OTHER)
        ]
        return [new.samefile(old) for new, old in files]

    first = draw("first")
    assert draw("second", "first") == first and kept("second", "first") == [True, True]

    changed = PAGE.replace("The same", "The same, in other words")
    assert draw("changed", "first", changed) == draw("anew", text=changed)
    assert kept("changed", "first") == [True, False]

    damaged, whole = tmp_path / "second" / "pictures" / ONE, first[ONE]
    damaged.unlink()  # it is the very file of the first
    for wrong in (whole[:5000] + b"?" + whole[5001:], whole[:5000], first[OTHER]):
        damaged.write_bytes(wrong)
        again = f"after {len(wrong)} bytes"
        assert draw(again, "second") == first and kept(again, "second") == [False, True]
    for damaged in ("", "[]", '{"scores-regions-figure": 1}'):
        (tmp_path / "first" / "pictures.json").write_text(damaged)
        assert draw("third", "first") == first and kept("third", "first") == [False, False]


def test_other_versions_and_other_code_draw_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    before = pixels.mark_of("<svg/>")
    for name, other in {"version": lambda _: "0", "FONTS": {}}.items():
        with monkeypatch.context() as patch:
            patch.setattr(pixels, name, other)
            pixels._made_by.cache_clear()
            assert pixels.mark_of("<svg/>") != before, name
        pixels._made_by.cache_clear()
    assert pixels.mark_of("<svg/>") == before


def test_a_picture_is_1296_pixels_wide_in_few_colours(draw: Draw, tmp_path: Path) -> None:
    draw("site")
    with Image.open(tmp_path / "site" / "pictures" / ONE) as picture:
        assert picture.width == 1296 and picture.mode == "P"
        assert picture.convert("RGB").getpixel((0, 0)) == (255, 255, 255)


def test_words_are_set_into_lines_that_fit() -> None:
    words = "Data Security and Protection Toolkit: who meets the standards of the NHS"
    lines = pixels.fitted(words, 150, 12)
    assert " ".join(lines) == words and len(lines) > 2
    assert all(pixels.text_length(line, 12) <= 150 for line in lines)
    assert pixels.fitted("Unbreakable", 5, 12) == ["Unbreakable"]
