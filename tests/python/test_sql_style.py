"""SQL that stands elsewhere than in models is linted too: in the heads of pages, and in macros."""

from pathlib import Path

import pytest
import yaml
from sqlfluff.core import FluffConfig, Linter

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "reports" / "pages").rglob("*.md")) + [ROOT / "reports" / "site.yml"]


def linter(exclude: str, **settings: str) -> Linter:
    """The rules of the project, less those of layout: this SQL is folded, or made."""
    overrides = settings | {"exclude_rules": f"layout,structure.column_order,{exclude}"}
    return Linter(FluffConfig.from_path(str(ROOT), overrides=overrides))


def faults(sql: str, linter: Linter) -> list[str]:
    found = linter.lint_string(f"{sql.strip()}\n").get_violations()
    return [f"{one.rule_code()} line {one.line_no}: {one.desc()}" for one in found]


def queries(page: Path) -> dict[str, str]:
    text = page.read_text(encoding="utf-8")
    head = yaml.safe_load(text.split("---\n")[1] if page.suffix == ".md" else text)
    given = head.get("queries") or {}
    return {name: it["sql"] if isinstance(it, dict) else it for name, it in given.items()}


@pytest.fixture(scope="module")
def of_pages() -> Linter:
    # every column of a row is a wish of some pages; one direction in an order by is what they say
    config = linter("references.keywords,ambiguous.column_count,ambiguous.order_by",
                    templater="placeholder")  # fmt: skip
    config.config.set_value(["templater", "placeholder", "param_style"], "dollar")
    return config


def test_the_queries_of_pages_keep_the_style(of_pages) -> None:
    wrong = {
        f"{page.relative_to(ROOT)}: {name}": found
        for page in PAGES
        for name, sql in queries(page).items()
        if (found := faults(sql, of_pages))
    }
    assert wrong == {}


def test_a_fault_in_a_query_is_seen(of_pages) -> None:
    assert faults("select a from marts.b where c = $d order by a", of_pages) == []
    assert faults("SELECT a from marts.b where c = $d order by a", of_pages)
    assert faults("select a frm marts.b where c = $d order by a", of_pages)


@pytest.mark.full
def test_what_macros_write_keeps_the_style(manifest) -> None:
    # dbt quotes each name of a relation, and its own macros cast by ::
    # the macros' own names come from where they are called
    config = linter("references,ambiguous,convention.casting_style", templater="raw")
    callers = {
        node["name"]: node["compiled_code"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and any(macro.startswith("macro.open_cyber.") for macro in node["depends_on"]["macros"])
    }
    assert len(callers) > 5
    assert {name: found for name, sql in callers.items() if (found := faults(sql, config))} == {}
