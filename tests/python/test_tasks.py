"""Write, audit, publish: what was published stays as it was until all of the new is there."""

from collections.abc import Callable
from pathlib import Path

import pytest

import tasks


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose build and pages are files with one word in them, published once as `old`."""
    monkeypatch.setattr(tasks, "ROOT", tmp_path)
    monkeypatch.setattr(tasks, "SITE", tmp_path / "site")
    monkeypatch.setattr(tasks, "install", lambda requirements: None)
    monkeypatch.delenv("OPEN_CYBER_DB", raising=False)
    (tmp_path / "open_cyber.duckdb").write_text("old")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("old")
    return tmp_path


def steps(monkeypatch: pytest.MonkeyPatch, render: Callable[[Path], None]) -> None:
    """Puts a build that writes `new` in the place of dbt, and `render` in that of the pages."""
    monkeypatch.setattr(tasks, "dbt", lambda command, database, **_: database.write_text("new"))
    monkeypatch.setattr(tasks, "run", lambda *arguments, **_: render(arguments[6]))


def write_page(site: Path) -> None:
    site.mkdir()
    (site / "index.html").write_text("new")


def published(root: Path) -> tuple[str, str]:
    return (
        (root / "open_cyber.duckdb").read_text(),
        (root / "site" / "index.html").read_text(),
    )


def test_a_good_run_replaces_both(root, monkeypatch) -> None:
    steps(monkeypatch, write_page)
    tasks.report()
    assert published(root) == ("new", "new")
    assert sorted(path.name for path in root.iterdir()) == ["open_cyber.duckdb", "site"]


def test_a_failed_build_changes_nothing(root, monkeypatch) -> None:
    monkeypatch.setattr(
        tasks, "dbt", lambda command, database, **_: tasks.sys.exit("a test failed")
    )
    with pytest.raises(SystemExit, match="a test failed"):
        tasks.report()
    assert published(root) == ("old", "old")


def test_a_failed_page_changes_nothing(root, monkeypatch) -> None:
    def half_a_page(site: Path) -> None:
        write_page(site)
        tasks.sys.exit("a query failed")

    steps(monkeypatch, half_a_page)
    with pytest.raises(SystemExit, match="a query failed"):
        tasks.report()
    assert published(root) == ("old", "old")


def test_a_site_is_put_back_after_a_kill_between_its_renames(root, monkeypatch) -> None:
    (root / ".building").mkdir()
    (root / "site").rename(root / ".building" / "old-site")
    monkeypatch.setattr(
        tasks, "dbt", lambda command, database, **_: tasks.sys.exit("a test failed")
    )
    with pytest.raises(SystemExit):
        tasks.report()
    assert published(root) == ("old", "old")


def test_a_program_that_fails_ends_the_run_with_a_line(monkeypatch) -> None:
    monkeypatch.setattr(tasks, "PROGRAMS", None)  # the programs of this environment
    with pytest.raises(SystemExit, match="Stopped in no_such_module"):
        tasks.run("python", "-m", "no_such_module")


def test_the_words_after_a_command_reach_it(monkeypatch) -> None:
    ran = []
    monkeypatch.setattr(tasks, "install", lambda requirements: None)
    monkeypatch.setattr(tasks, "run", lambda *arguments: ran.append(arguments[3:]))
    for words in (["refresh", "--release", "2026-07-20"], ["reference", "a folder"]):
        monkeypatch.setattr("sys.argv", ["tasks", *words])
        tasks.main()
    assert ran == [("refresh", "--release", "2026-07-20"), ("import", "a folder")]
    monkeypatch.setattr("sys.argv", ["tasks", "report", "now"])
    with pytest.raises(SystemExit):
        tasks.main()
