"""Everything is described where a reader looks for it, truly, and with one word for one thing."""

import re
import subprocess
from pathlib import Path

import pytest
from dbt_common.clients.jinja import get_environment
from jinja2.nodes import Macro

from exports.reader import FINDINGS
from tasks.__main__ import COMMANDS

ROOT = Path(__file__).parents[2]
TRACKED = subprocess.run(
    ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    cwd=ROOT, check=True, capture_output=True, encoding="utf-8",
).stdout.split("\0")  # fmt: skip
MANUALS = [
    name for name in TRACKED if name.endswith(".md") and not name.startswith("reports/pages")
]


TERMS = dict(
    re.findall(r"^- \*\*(.+?)\*\*: (.+)$", (ROOT / "docs" / "glossary.md").read_text("utf-8"), re.M)
)
TEXTS = sorted(
    path
    for pattern in (
        "README.md", "CONTRIBUTING.md", "docs/**/*.md", "data/**/README.md", "macros/*.yml",
        "models/**/*.md", "models/**/*.sql", "models/**/*.yml", "reports/pages/**/*.md",
        "reports/*.md", "reports/*.yml", "reports/templates/*", "seeds/**/*.yml",
    )
    for path in ROOT.glob(pattern)
)  # fmt: skip
# what else these things have been called, and the term for each
OTHER_WORDS = {
    r"gate of plausibility|plausibility gate": "plausibility check",
    r"cuts? (of|in) the box|five cuts|every cut": "Snapshot",
    r"census day": "Census date",
    r"due date|due day": "Deadline",
    r"DSPT (year|cycle|round)|yearly round": "Edition",
    r"heirs?|inheritors?": "Successor",
    r"ratings?|grades?": "Outcome",
    r"anomal(y|ies)|data quality issues?": "Finding",
    r"(DSPT|data|raw) (extract|dump)s?": "Export",
    r"discrepanc(y|ies)": "Difference",
    r"overall score|total score": "Composite score",
}


def read(*names: str) -> str:
    return "\n".join((ROOT / name).read_text(encoding="utf-8") for name in names)


def test_every_model_seed_and_column_has_a_text(manifest, connection) -> None:
    nodes = [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed", "snapshot")
    ]
    described = {
        (node["schema"], node["alias"], name)
        for node in nodes
        for name, column in node["columns"].items()
        if column["description"].strip()
    }
    there = connection.execute(
        "select schema_name, table_name, column_name from duckdb_columns() where not internal"
    ).fetchall()
    assert [node["name"] for node in nodes if not node["description"].strip()] == []
    assert len(there) > 400
    assert [".".join(column) for column in there if column not in described] == []


def test_every_mart_carries_its_texts_in_the_database(connection) -> None:
    bare = connection.execute("""
        select table_name from duckdb_tables() where schema_name = 'marts' and comment is null
        union all
        select table_name || '.' || column_name from duckdb_columns()
        where schema_name = 'marts' and comment is null
    """).fetchall()
    assert bare == []


def test_the_name_of_a_unit_test_says_of_which_model(manifest) -> None:
    tests = manifest["unit_tests"].values()
    assert [one["name"] for one in tests if not one["name"].startswith(f"{one['model']}__")] == []


def test_every_macro_and_argument_has_a_text(manifest) -> None:
    ours = [one for one in manifest["macros"].values() if one["package_name"] == "open_cyber"]
    macros = {macro["name"]: macro for macro in ours}
    by_dbt = {"model", "supported_languages"}  # given to every test, and to a materialization
    for name, macro in macros.items():
        if name.partition("__")[2] in macros:
            continue  # an engine's form of a macro: the text of the macro holds for each
        assert macro["description"].strip(), name
        written = get_environment().parse(macro["macro_sql"]).find(Macro)
        arguments = {argument.name for argument in written.args}
        described = {one["name"] for one in macro["arguments"] if one["description"].strip()}
        assert described <= arguments <= described | by_dbt, name


@pytest.mark.parametrize("command", [one.__name__.replace("_", "-") for one in COMMANDS])
def test_every_command_is_described(command) -> None:
    assert re.search(rf"^# .+\n{command}:", read("Makefile"), re.M), "a line above its recipe"
    manual = re.sub(r"\s+", " ", read(*MANUALS))
    assert re.search(rf"make {command}\b", manual), "README or CONTRIBUTING, as `make ...`"


def test_every_setting_is_described() -> None:
    code = [
        name
        for name in TRACKED
        if re.fullmatch(r"(?!tests/).*\.(py|sql|yml)", name) and (ROOT / name).is_file()
    ]
    settings = set(re.findall(r"""(?:environ\.get\(|environ\[|getenv\(|env_var\()["'](\w+)""",
                              read(*code)))  # fmt: skip
    assert {"DSPT_EXPORTS", "OPEN_CYBER_DB"} <= settings
    manual = read("README.md", "CONTRIBUTING.md")
    assert [name for name in sorted(settings) if name not in manual] == []


def test_every_finding_is_in_the_list_of_checks(connection) -> None:
    findings = [n for n in TRACKED if re.match(r"models/rules/findings/.*\.sql", n)]
    looked_for = re.findall(r"'([^']+)' as check_name", read(*findings))
    listed = connection.execute("select check_name from marts.dim_checks").fetchall()
    assert {name for (name,) in listed} == {*looked_for, *FINDINGS}


def test_the_readme_has_the_figures_of_the_database(connection) -> None:
    outcomes = ["Total", "Standards Exceeded", "Standards Met", "Approaching Standards",
                "Standards Not Met", "Not Published"]  # fmt: skip
    shown = re.findall(r"^\| (\d\d/\d\d) " + r"\| (\d+) " * 6 + r"\|$", read("README.md"), re.M)
    figures = ", ".join(f"max(organisations) filter (outcome = '{one}')" for one in outcomes)
    counted = connection.execute(f"""
        select edition, {figures} from marts.agg_outcomes_by_type
        where organisation_type = 'NHS Trust' and snapshot_date in (
            select max(snapshot_date) from marts.dim_snapshots group by reporting_edition
        )
        group by edition order by edition desc
    """).fetchall()
    assert [(edition, *map(int, numbers)) for edition, *numbers in shown] == counted


def test_the_readme_has_queries_that_find_something(connection) -> None:
    queries = [
        query
        for block in re.findall(r"```sql\n(.*?)```", read("README.md"), re.S)
        for query in block.split(";")
        if query.strip()
    ]
    assert len(queries) >= 3
    assert [query for query in queries if not connection.execute(query).fetchall()] == []


@pytest.mark.parametrize("name", MANUALS)
def test_links_in_the_manuals_lead_somewhere(name) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", read(name))
    assert [link for link in links if not (ROOT / name).parent.joinpath(link).exists()] == []


def test_every_path_that_a_manual_names_is_there() -> None:
    folders = {name.partition("/")[0] for name in TRACKED if "/" in name}
    named = set(
        re.findall(rf"`((?:{'|'.join(map(re.escape, folders))})/[^`<\s]+)`", read(*MANUALS))
    )
    assert len(named) > 20
    assert [path for path in sorted(named) if not list(ROOT.glob(path.rstrip("/")))] == []


def test_every_component_that_pages_call_is_described_with_what_it_takes() -> None:
    called = read(*(name for name in TRACKED if name.startswith("reports/pages/")))
    macros = re.findall(r"{% macro (\w+)\((.*)\) -?%}", read("reports/templates/components.html"))
    takes = {
        name: {*re.findall(r"(\w+)(?:=[^,]*)?(?:,|$)", arguments)} - {"data"}
        for name, arguments in macros
        if re.search(rf"{{{{ {name}\(", called)
    }
    rows = re.findall(r"^\| `(\w+)` \|[^|]+\|([^|]+)\|$", read("reports/README.md"), re.M)
    documented = {name: {*re.findall(r"`(\w+)`", words)} for name, words in rows}
    assert len(takes) > 10
    assert {name: documented.get(name) for name in takes} == takes


def test_every_file_of_tests_has_its_place_in_the_table_of_tests() -> None:
    table = read("docs/testing.md").partition("\n\n## ")[0]
    files = [Path(name) for name in TRACKED if re.fullmatch(r"tests/.*/test_\w+\.py", name)]
    assert len(files) > 30
    assert [
        path.name
        for path in files
        if path.name not in table and f"{path.parent.name}/`" not in table
    ] == []


def test_the_glossary_is_in_order_and_every_term_is_used() -> None:
    assert len(TERMS) >= 20
    assert list(TERMS) == sorted(TERMS)
    elsewhere = " ".join(path.read_text("utf-8") for path in TEXTS if path.stem != "glossary")
    assert [term for term in TERMS if term.lower() not in elsewhere.lower()] == []


def test_the_methodology_page_defines_each_term(site: Path) -> None:
    page = (site / "methodology.html").read_text("utf-8")
    assert [term for term in TERMS if f"<strong>{term}</strong>: " not in page] == []


@pytest.mark.parametrize("words", OTHER_WORDS)
def test_a_thing_is_called_by_its_term_alone(words) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in TEXTS
        for match in re.finditer(rf"\b({words})\b", path.read_text("utf-8"), re.I)
    ]
    assert found == [], f"the glossary has {OTHER_WORDS[words]}"
