"""An analyst writes pages without Python, and each mistake is named by page and query."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from reports.exposures import TARGET, exposures
from reports.marts import ReportError

Render = Callable[..., dict[str, str]]

PAGE = """---
title: New
order: 1
description: A page of a test.
queries:
  scores: >
    select region_name, composite_score, trusts from marts.agg_region_scores
    where snapshot_date = date '2023-11-16' order by composite_score desc
---
BODY
"""


def page(body: str = "Text.", **replaced: str) -> str:
    """The page with another body, or with words of its front matter replaced."""
    text = PAGE.replace("BODY", body)
    for old, new in replaced.items():
        text = text.replace(old, new)
    return text


def test_a_new_figure_needs_no_new_python(render: Render) -> None:
    body = """
{{ bar_chart(scores, category="region_name", value="trusts",
             title=scores.first.region_name ~ " leads") }}

{{ table(scores, columns={"region_name": "Region", "composite_score": "Score"}, caption="Scores") }}
"""
    html = render(page(body))["new.html"]
    assert "South East leads" in html
    assert '<td class="n"' in html and ">1.28</td>" in html
    assert 'aria-label="Bar chart. South East: 30' in html


def test_a_page_may_be_of_a_snapshot_that_has_no_page(
    render: Render, database: Path, tmp_path: Path
) -> None:
    copied = shutil.copy(database, tmp_path / "open_cyber.duckdb")
    with duckdb.connect(str(copied)) as connection:
        connection.execute("update marts.dim_snapshots set has_page = year(snapshot_date) > 2022")
    query = "select snapshot_date from marts.dim_snapshots order by snapshot_date"
    text = page(
        **{
            "title: New": "title: New\nfor_each: every",
            "queries:\n": f"queries:\n  every: {query}\n",
        }
    )
    texts = render(text, "[snapshot_date].md", copied)
    assert "9 September 2022" in texts["2022-09-09.html"]


TIMELINE = {
    "scores: >": "timeline: >",
    "region_name, composite_score, trusts": "organisation_type, days_after_deadline, share",
    "agg_region_scores": "agg_publication_timeline",
    "composite_score desc": "organisation_type, published_on",
}
LINES = """
{{ line_chart(timeline, x="days_after_deadline", y="share", series="organisation_type",
              words="Days", mark="<b>$x$ & y</b>", title="Lines") }}
"""


def test_a_line_chart_is_a_part_of_the_page(render: Render) -> None:
    text = page(LINES * 2, **TIMELINE)
    html = render(text)["new.html"]
    assert html == render(text)["new.html"]
    drawn = html[html.index('<div class="plot"') : html.index("<details>")]
    types = ["Commissioning Support Unit (CSU)", "Integrated Care Board (ICB)", "NHS Trust"]
    assert re.findall(r'<p class="panel-name">([^<]+)</p><svg ', drawn) == types
    assert drawn.count(">&lt;b&gt;$x$ &amp; y&lt;/b&gt;</text>") == drawn.count("</svg>") == 3


def test_a_line_of_one_day_is_drawn(render: Render) -> None:
    one = {"'2023-11-16'": "'2023-11-16' and published_on = '2023-06-30'"}
    assert "NHS Trust ends at 90.5%." in render(page(LINES, **TIMELINE, **one))["new.html"]


def test_a_page_for_each_row_binds_its_parameters(render: Render) -> None:
    text = page(
        "{{ one.first.region_name }}",
        **{
            "order: 1": "order: 1\nfor_each: regions",
            "queries:": "queries:\n  regions: select region_code from marts.agg_region_scores"
            " where snapshot_date = date '2023-11-16' order by region_code\n"
            "  one: select region_name from marts.agg_region_scores"
            " where region_code = $region_code order by snapshot_date limit 1",
        },
    )
    made = render(text, "region/[region_code].md")
    assert sum(name.endswith(".html") for name in made) == 7
    assert "London" in made["region/Y56.html"]
    assert 'href="../assets/site.css"' in made["region/Y56.html"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (page(trusts="nurses"), ["new.md", "`scores`", "nurses"]),
        (page(agg_region_scores="agg_nothing"), ["new.md", "`scores`", "make report"]),
        (page("{{ scores.first.nurses }}"), ["new.md", "`scores`", "no column `nurses`", "trusts"]),
        (
            page('{{ table(scores, {"nurses": "Nurses"}, "x") }}'),
            ["new.md", "`scores`", "`nurses`"],
        ),
        (page('{{ bar_chart(scores, "region_name", "nurses", "x") }}'), ["`scores`", "`nurses`"]),
        (page(**{"2023-11-16": "1999-01-01"}), ["new.md", "`scores`", "empty", "may_be_empty"]),
        (page(**{"date '2023-11-16'": "$nobody"}), ["new.md", "`scores`", "$nobody"]),
        (page(**{"composite_score, trusts from": "avg(trusts) from"}), ["`scores`", "avg", "mart"]),
        (page(**{"order by composite_score desc": ""}), ["new.md", "`scores`", "order by"]),
        (
            page(**{"marts.agg_region_scores": "staging.int_trusts_released"}),
            ["`scores`", "marts only"],
        ),
        (page("{{ nobody }}"), ["new.md", "nobody"]),
        (page("{{ scores"), ["new.md", "line"]),
        (page("{{ big_number(scores) }}"), ["new.md", "value"]),
        (page(title="tilte"), ["new.md", "front matter", "tilte"]),
        ("No front matter", ["new.md", "front matter"]),
    ],
)
def test_a_mistake_is_named(render: Render, text: str, words: list[str]) -> None:
    with pytest.raises(ReportError) as error:
        render(text)
    assert all(word in str(error.value) for word in words), error.value
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "sql",
    [
        "select count(*) from marts.dim_outcomes order by 1",
        "select o.* from marts.dim_outcomes as o, marts.dim_editions order by all",
        "select * from marts.dim_outcomes join marts.dim_editions on true order by all",
        "select outcome, points * 2 as doubled from marts.dim_outcomes order by all",
        "select distinct points from marts.dim_outcomes order by points",
        "select points from marts.dim_outcomes group by points order by points",
        "select outcome, rank() over (order by points) from marts.dim_outcomes order by all",
        "select outcome from marts.dim_outcomes union all select 'x' order by all",
        "select outcome from marts.dim_outcomes where points = (select 3) order by all",
        "select case when points > 0 then 'good' end as c from marts.dim_outcomes order by all",
        "select * from read_csv('secrets.csv') order by all",
        "drop table marts.dim_outcomes",
    ],
)
def test_a_page_computes_nothing(render: Render, sql: str) -> None:
    text = page(**{"queries:": f'queries:\n  sums: "{sql}"'})
    with pytest.raises(ReportError, match="new.md: query `sums`"):
        render(text)


def test_exposures_are_what_the_pages_read() -> None:
    assert TARGET.read_text(encoding="utf-8") == exposures(), "make exposures"
