"""What a change would publish, figure by figure, and where it comes from."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from copied import commit

from tasks import compare, environment

Pair = tuple[Path, Path]


def diff(base: Path, head: Path, name: str = "main") -> tuple[int, list[str]]:
    """The exit status and the lines of a comparison."""
    result = subprocess.run(
        [sys.executable, "-m", "tasks.diff", base, head, name],
        cwd=environment.ROOT,
        capture_output=True,
        encoding="utf-8",
    )
    assert not result.stderr
    return result.returncode, result.stdout.splitlines()


def section(lines: list[str], mart: str) -> list[list[str]]:
    """The cells of each row of a mart's section."""
    start = lines.index(f"### `{mart}`")
    after = lines[start + 1 :]
    end = next((n for n, line in enumerate(after) if line.startswith("#")), len(after))
    rows = [line for line in after[:end] if line.startswith("| ")]
    return [line.strip("| ").split(" | ") for line in rows[1:]]


def test_without_a_change_one_line_says_so(swapped: Pair) -> None:
    _, head = swapped
    status, lines = diff(head, head)
    assert (status, len(lines)) == (0, 1)
    assert lines[0].startswith("Against `main`, 0 of ")


def test_a_swapped_point_names_the_icbs_that_move(swapped: Pair) -> None:
    base, head = swapped
    status, lines = diff(base, head)
    with duckdb.connect(str(head), read_only=True) as connection:
        connection.execute("attach ? as base", [str(base)])
        moved = connection.execute("""
            select now.icb_code, cast(was.composite_score as string)
            from marts.agg_icb_scores as now
            join base.marts.agg_icb_scores as was using (snapshot_date, icb_code)
            where now.composite_score != was.composite_score
            order by all
        """).fetchall()
    assert status == 1
    scores = [
        (row.split(", ")[1].split(" (")[0], re.search(r"composite_score: (\S+) → ", changes))
        for row, changes in section(lines, "agg_icb_scores")
    ]
    assert [(icb, was[1]) for icb, was in scores if was] == moved
    assert 10 < len(moved) < 42
    assert any(line.startswith("| `agg_icb_scores` | 42 | 42 | ") for line in lines)
    assert all(line.endswith("| `dspt_outcomes` |") for line in lines if line.startswith("| `agg_"))


def test_rows_columns_and_marts_that_came_or_went_are_named(swapped: Pair, tmp_path: Path) -> None:
    _, head = swapped
    base = Path(shutil.copy(head, tmp_path / "base's.duckdb"))
    with duckdb.connect(str(base)) as connection:
        connection.execute("""
            delete from marts.fct_compliance where organisation_code = 'RJ1';
            insert into marts.fct_compliance by name (
                select * replace ('X|1' as organisation_code) from marts.fct_compliance limit 1
            );
            alter table marts.agg_timeliness add column furlongs integer;
            alter table marts.agg_outcome_changes drop column comparison;
            create table marts.agg_old as select 1 as one;
            drop table marts.dim_regions;
        """)
    status, lines = diff(base, head)
    assert status == 1
    compliance = section(lines, "fct_compliance")
    assert [row[1] for row in compliance] == ["*new*", "*gone*"]
    assert "RJ1 (GUY'S AND ST THOMAS" in compliance[0][0]
    assert "X\\|1 (" in compliance[1][0]
    assert "- column `furlongs`: INTEGER → gone" in lines
    assert "- column `comparison`: new → VARCHAR" in lines  # a part of its key
    assert "| `agg_old` | 1 |  | 0 | it is gone |" in lines
    came = [line for line in lines if line.startswith("| `dim_regions` |  | ")]
    assert came and came[0].endswith("| `dim_regions` |")


def test_a_base_is_built_from_its_own_code_and_leaves_nothing(tmp_path, monkeypatch) -> None:
    (tmp_path / "rule.txt").write_text("old")
    (tmp_path / "requirements.txt").write_text("duckdb==1")
    (tmp_path / ".gitignore").write_text("target/")
    commit(tmp_path)
    (tmp_path / "rule.txt").write_text("new")
    (tmp_path / "requirements.txt").write_text("duckdb==2")
    built, pinned = {}, {environment.VENV: "duckdb==2"}

    def build(
        command: list[str], database: Path, cwd: Path, venv_folder: Path | None, *_: None, **__: str
    ) -> None:
        built[database.parent.name] = (
            (cwd / "rule.txt").read_text(),
            pinned[venv_folder or environment.VENV],
        )

    def install(requirements: str, root: Path, venv_folder: Path) -> None:
        pinned[venv_folder] = (root / requirements).read_text()

    def compared(*words: str | Path, **_: str | Path) -> subprocess.CompletedProcess[str]:
        assert [Path(word).parent.name for word in words[3:5]] == ["base", "head"]
        return subprocess.CompletedProcess([], 1)

    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "install", install)
    monkeypatch.setattr(environment, "dbt", build)
    monkeypatch.setattr(environment, "call", compared)
    with pytest.raises(SystemExit) as end:
        compare.diff()
    assert end.value.code == 1
    assert built == {"base": ("old", "duckdb==1"), "head": ("new", "duckdb==2")}
    with pytest.raises(SystemExit, match="neither a database nor a commit"):
        compare.diff("no such thing")
    assert not list((tmp_path / "target" / "diff").iterdir())
    trees = subprocess.run(["git", "worktree", "list"], cwd=tmp_path, capture_output=True)
    assert len(trees.stdout.splitlines()) == 1
