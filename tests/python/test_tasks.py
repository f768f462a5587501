"""Write, audit, publish: what was published stays as it was until all of the new is there."""

import ast
import errno
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

import tasks
import tasks.__main__ as cli
from tasks import environment, publishing, report


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose build and pages are files with one word in them, published once as `old`."""
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "SITE", tmp_path / "site")
    monkeypatch.setattr(environment, "PREVIEW", tmp_path / "preview")
    monkeypatch.setattr(environment, "install", lambda requirements: None)
    monkeypatch.delenv("OPEN_CYBER_DB", raising=False)
    monkeypatch.delenv("DSPT_EXPORTS", raising=False)
    (tmp_path / "dbt_project.yml").write_text("models: {+schema: marts}")
    for name in ("profiles.yml", "requirements.txt"):
        (tmp_path / name).write_text("")
    (tmp_path / "open_cyber.duckdb").write_text("old")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("old")
    (tmp_path / "data" / "dspt").mkdir(parents=True)
    (tmp_path / "data" / "dspt" / "ours.csv").write_text("ours")
    return tmp_path


def steps(monkeypatch: pytest.MonkeyPatch, render: Callable[[Path], None]) -> None:
    """Puts a build that writes `new` in the place of dbt, and `render` in that of the pages."""
    monkeypatch.setattr(environment, "dbt", lambda words, database, **_: write_database(database))

    def run(*arguments: str | Path, **_: str) -> None:
        if "write-anew" in arguments:
            arguments[5].write_bytes(arguments[4].read_bytes())
        else:
            render(arguments[6])

    monkeypatch.setattr(environment, "run", run)


def write_database(database: Path, words: str = "new") -> None:
    """What dbt leaves: a database, and docs beside it."""
    database.write_text(words)
    write_docs(database)


def write_docs(database: Path) -> None:
    (database.parent / "target").mkdir(exist_ok=True)
    (database.parent / "target" / report.DOCS).write_text("docs")


def write_page(site: Path) -> None:
    site.mkdir()
    (site / "index.html").write_text("new")


def command(monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    """Runs a command as the command line does."""
    monkeypatch.setattr("sys.argv", ["tasks", *words])
    cli.main()


def published(root: Path) -> tuple[str, str]:
    return (
        (root / "open_cyber.duckdb").read_text(),
        (root / "site" / "index.html").read_text(),
    )


def left_over(root: Path) -> set[str]:
    """What is in the root that neither the project nor the publication has put there."""
    known = {"open_cyber.duckdb", "site", "data", "target"}
    names = {path.name for path in root.iterdir()}
    return names - known - {"dbt_project.yml", "profiles.yml", "requirements.txt"}


def test_a_good_run_replaces_both(root, monkeypatch) -> None:
    steps(monkeypatch, write_page)
    command(monkeypatch, "report")
    assert published(root) == ("new", "new")
    assert not left_over(root)


def test_a_new_database_begins_with_what_the_published_one_keeps(root, monkeypatch) -> None:
    def build(words: list[str], database: Path, **_: str) -> None:
        assert database.with_name("before.duckdb").read_text() == "old"
        write_database(database, "new")

    steps(monkeypatch, write_page)
    monkeypatch.setattr(environment, "dbt", build)
    command(monkeypatch, "report")
    assert published(root) == ("new", "new")


def test_unit_tests_run_again_where_rules_changed_and_until_they_pass(root, monkeypatch) -> None:
    ran = []

    def build(words: list[str], database: Path, **_: str) -> None:
        write_database(database, "new")
        if words[0] == "build":
            ran.append("unit_test" not in words)
            if len(ran) == 3:
                sys.exit("a unit test failed")

    steps(monkeypatch, write_page)
    monkeypatch.setattr(environment, "dbt", build)
    command(monkeypatch, "report")
    command(monkeypatch, "report")
    (root / "models").mkdir()
    (root / "models" / "rule.sql").write_text("select 1")
    with pytest.raises(SystemExit, match="a unit test failed"):
        command(monkeypatch, "report")
    command(monkeypatch, "report")
    command(monkeypatch, "report")
    (root / "target" / "rules" / "made-from").write_bytes(b"\xff")
    command(monkeypatch, "report", "full")
    (root / "models" / "rule.sql").rename(root / "models" / "other.sql")
    command(monkeypatch, "report")
    assert ran == [True, False, True, True, False, True, True]


KINDS = {  # of what a publication rests on, and what is done where it has changed
    "models/rules/rule.sql": "build",
    "macros/macro.sql": "build",
    "seeds/seed.csv": "build",
    "tests/assert.sql": "build",
    "tests/generic/key.sql": "build",
    "data/ods/list.parquet": "build",
    "exports/reader.py": "build",
    "requirements.txt": "build",
    "profiles.yml": "build",
    "data/dspt/ours.csv": "build",
    "data/dspt/new.csv": "build",
    "open_cyber.duckdb": "build",
    "site/index.html": "build",
    "target/rules/static_index.html": "nothing",
    "reports/pages/page.md": "render",
    "reports/templates/page.html": "render",
    "reports/assets/style.css": "render",
    "data/boundaries/icbs.geojson": "render",
    "docs/glossary.md": "render",
    "tasks/report.py": "render",
    "CHANGELOG.md": "render",
    "pyproject.toml": "render",
    "README.md": "nothing",
    "tests/python/test.py": "nothing",
}


@pytest.mark.parametrize("file", KINDS)
def test_a_report_does_what_has_changed_and_no_more(file, root, monkeypatch) -> None:
    done = publications(root, monkeypatch)
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("old")
    command(monkeypatch, "report")
    command(monkeypatch, "report")
    assert done.pop() == "render"
    done.clear()
    kept = path.stat()
    path.write_text("odd")
    os.utime(path, ns=(kept.st_atime_ns, kept.st_mtime_ns))
    command(monkeypatch, "report")
    assert done == {"build": ["build", "render"], "render": ["render"], "nothing": []}[KINDS[file]]


@pytest.mark.parametrize("setting", ["DSPT_ACCEPT", "DSPT_EXPORTS", "OPEN_CYBER_MEMORY"])
def test_another_setting_is_another_publication(setting, root, monkeypatch) -> None:
    done = publications(root, monkeypatch)
    command(monkeypatch, "report")
    monkeypatch.setenv(setting, "another")
    command(monkeypatch, "report")
    assert done == ["build", "render"] * 2


def test_nothing_is_kept_where_all_is_to_begin_anew_or_an_export_is_young(root, monkeypatch):
    done = publications(root, monkeypatch)
    command(monkeypatch, "report")
    command(monkeypatch, "report", "full")
    monkeypatch.setattr(publishing, "SETTLED", 10**18)
    command(monkeypatch, "report", "full")
    command(monkeypatch, "report")
    assert done == ["build", "render"] * 4


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b'{"outputs": '])
def test_a_damaged_record_of_the_last_publication_is_none(content, root, monkeypatch) -> None:
    done = publications(root, monkeypatch)
    command(monkeypatch, "report")
    (root / "target" / "published.json").write_bytes(content)
    command(monkeypatch, "report")
    command(monkeypatch, "report")
    assert done == ["build", "render"] * 2


def publications(root: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What reports do from now on: build, render."""
    done: list[str] = []

    def build(words: list[str], database: Path, **_: str) -> None:
        write_database(database)
        done.extend(words[:1] if words[0] == "build" else [])

    def render(site: Path) -> None:
        write_page(site)
        done.append("render")

    steps(monkeypatch, render)
    monkeypatch.setattr(environment, "dbt", build)
    monkeypatch.setattr(publishing, "SETTLED", -1)  # else so young a file is not known
    return done


def test_a_failed_build_changes_nothing(root, monkeypatch) -> None:
    def half_a_build(words: list[str], database: Path, **_: str) -> None:
        write_database(database, "half")
        sys.exit("a test failed")

    steps(monkeypatch, write_page)
    monkeypatch.setattr(environment, "dbt", half_a_build)
    with pytest.raises(SystemExit, match="a test failed"):
        command(monkeypatch, "report")
    assert published(root) == ("old", "old")
    assert not left_over(root)


def test_a_failed_page_changes_nothing(root, monkeypatch) -> None:
    def half_a_page(site: Path) -> None:
        write_page(site)
        sys.exit("a query failed")

    steps(monkeypatch, half_a_page)
    with pytest.raises(SystemExit, match="a query failed"):
        command(monkeypatch, "report")
    assert published(root) == ("old", "old")
    assert not left_over(root)


def test_an_error_of_the_system_is_one_line(root, monkeypatch) -> None:
    def no_space(site: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(site))

    steps(monkeypatch, no_space)
    with pytest.raises(SystemExit, match=r"site: No space left on device\. Free disk space"):
        command(monkeypatch, "report")
    assert published(root) == ("old", "old")
    assert not left_over(root)


def test_a_second_run_is_refused_while_the_first_is_at_work(root, monkeypatch) -> None:
    def run_again(site: Path) -> None:
        with pytest.raises(SystemExit, match="Another run is at work"):
            command(monkeypatch, "report")
        write_page(site)

    steps(monkeypatch, run_again)
    command(monkeypatch, "report")
    assert published(root) == ("new", "new")


@pytest.mark.parametrize("words", [["report"], ["preview", "x.csv"], ["serve"], ["reference", "x"]])
def test_any_command_settles_what_a_killed_run_has_begun(words, root, monkeypatch) -> None:
    (root / ".publishing").write_bytes(b'"open_cyber.duckdb"\n"site"\ndecided\n')
    (root / ".open_cyber.duckdb.new").write_text("new")
    (root / "site").rename(root / ".site.old")
    write_page(root / ".site.new")
    (root / ".building").mkdir()

    def stop(*_: object, **__: object) -> None:
        sys.exit("stopped")

    for module, step in (
        (environment, "dbt"),
        (environment, "run"),
        (report, "ThreadingHTTPServer"),
    ):
        monkeypatch.setattr(module, step, stop)
    with pytest.raises(SystemExit):
        command(monkeypatch, *words)
    assert published(root) == ("new", "new")
    assert not left_over(root)


def test_a_log_of_the_old_database_goes_with_it(root, monkeypatch) -> None:
    database = root / "open_cyber.duckdb"
    database.unlink()
    with duckdb.connect(str(database)) as connection:
        connection.execute("create table word as select 'old' as word")
    script = "import duckdb, os; c = duckdb.connect('open_cyber.duckdb')"
    script += "; c.execute(\"insert into word values ('more')\"); os._exit(0)"
    subprocess.run([sys.executable, "-c", script], cwd=root, check=True)
    assert (root / "open_cyber.duckdb.wal").exists()

    def build(words: list[str], database: Path, **_: str) -> None:
        with duckdb.connect(str(database)) as connection:
            connection.execute("create or replace table word as select 'new' as word")
        write_docs(database)

    steps(monkeypatch, write_page)
    monkeypatch.setattr(environment, "dbt", build)
    command(monkeypatch, "report")
    with duckdb.connect(str(database), read_only=True) as connection:
        assert connection.execute("from word").fetchall() == [("new",)]


def test_a_database_that_is_open_for_writing_is_refused(root, monkeypatch) -> None:
    (root / "open_cyber.duckdb").unlink()
    script = "import duckdb; c = duckdb.connect('open_cyber.duckdb'); print(1, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as session:
        assert session.stdout
        session.stdout.readline()
        steps(monkeypatch, write_page)
        with pytest.raises(SystemExit, match="is open in another program"):
            command(monkeypatch, "report")


@pytest.mark.parametrize(
    ("name", "words"),
    [("marts.duckdb", "has the name of a schema"), ("none/x.duckdb", "There is no folder")],
)
def test_a_database_that_cannot_be_is_refused_at_once(name, words, root, monkeypatch) -> None:
    monkeypatch.setenv("OPEN_CYBER_DB", name)
    steps(monkeypatch, write_page)
    with pytest.raises(SystemExit, match=words):
        command(monkeypatch, "report")
    assert published(root) == ("old", "old")


def test_a_database_may_have_any_other_name_and_place(root, monkeypatch) -> None:
    place = root / "site" / "o'neil's \"own\".db"
    monkeypatch.setenv("OPEN_CYBER_DB", str(place))
    monkeypatch.setattr(environment, "SITE", root / "other" / "site")
    steps(monkeypatch, write_page)
    command(monkeypatch, "report")
    assert place.read_text() == "new"


def test_a_preview_has_the_export_beside_ours_and_touches_nothing(root, monkeypatch) -> None:
    (root / "mine.csv").write_text("mine")
    seen = set()

    def build(words: list[str], database: Path, DSPT_EXPORTS: Path, **_: Path) -> None:
        write_database(database, "new")
        seen.update(path.read_text() for path in DSPT_EXPORTS.iterdir())

    steps(monkeypatch, write_page)
    monkeypatch.setattr(environment, "dbt", build)
    command(monkeypatch, "preview", str(root / "mine.csv"))
    assert seen == {"ours", "mine"}
    assert published(root) == ("old", "old")
    assert published(root / "preview") == ("new", "new")
    assert {path.name for path in (root / "preview").iterdir()} == {"open_cyber.duckdb", "site"}


def test_a_preview_of_another_file_of_the_same_name_leaves_ours(root, monkeypatch) -> None:
    (root / "elsewhere").mkdir()
    (root / "elsewhere" / "ours.csv").write_text("mine")
    steps(monkeypatch, write_page)
    command(monkeypatch, "preview", str(root / "elsewhere" / "ours.csv"))
    assert (root / "data" / "dspt" / "ours.csv").read_text() == "ours"


@pytest.mark.parametrize("words", [[], [""]])
def test_a_preview_of_nothing_is_refused(words, root, monkeypatch) -> None:
    with pytest.raises(SystemExit, match="EXPORT is missing"):
        command(monkeypatch, "preview", *words)


def test_a_preview_of_a_file_that_is_elsewhere_says_where_it_was_looked_for(root, monkeypatch):
    """`make -C ..` runs in the project's folder, not in that of the caller."""
    monkeypatch.chdir(root)
    with pytest.raises(SystemExit, match=f"no file {root}/no.csv. Give its path from {root}, or"):
        command(monkeypatch, "preview", "no.csv")


def test_links_are_exports_under_their_own_name_in_every_command(root, monkeypatch) -> None:
    annex = root / "annex"
    annex.mkdir()
    for name in ("one", "two", "three"):
        (annex / name).write_text(name)
    dspt = root / "data" / "dspt"
    (dspt / "absolute.csv").symlink_to(annex / "one")
    (dspt / "relative.csv").symlink_to(Path("..") / ".." / "annex" / "two")
    (dspt / "broken.csv").symlink_to("nowhere")
    (root / "mine.csv").symlink_to(Path("annex") / "three")
    seen = {}

    def build(words: list[str], database: Path, DSPT_EXPORTS: Path, **_: Path) -> None:
        write_database(database, "new")
        seen.update({
            path.name: path.read_text() if path.exists() else None
            for path in DSPT_EXPORTS.iterdir()
        })  # fmt: skip

    steps(monkeypatch, write_page)
    monkeypatch.setattr(environment, "dbt", build)
    command(monkeypatch, "preview", str(root / "mine.csv"))
    assert seen == {
        "ours.csv": "ours", "absolute.csv": "one", "relative.csv": "two", "mine.csv": "three",
        "broken.csv": None,  # the reader of the exports names it
    }  # fmt: skip
    assert seen.keys() == {
        path.name for path in environment.lay(dspt.iterdir(), root / "laid").iterdir()
    } | {"mine.csv"}


def test_a_report_says_which_exports_are_not_as_in_git(root, monkeypatch, capsys) -> None:
    steps(monkeypatch, write_page)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b.c"]
    subprocess.run([*git, "init", "--quiet"], cwd=root, check=True)
    subprocess.run([*git, "add", "data"], cwd=root, check=True)
    subprocess.run([*git, "commit", "--quiet", "-m", "ours"], cwd=root, check=True)
    command(monkeypatch, "report")
    assert "git" not in capsys.readouterr().out
    (root / "data" / "dspt" / "ours.csv").write_text("changed")
    (root / "data" / "dspt" / "new £ one.csv").write_text("new")
    (root / "data" / "dspt" / "ignored.csv").write_text("new")
    (root / "data" / "dspt" / ".gitignore").write_text("ignored.csv")
    command(monkeypatch, "report")
    *_, said = capsys.readouterr().out.splitlines()
    assert said.startswith("Not committed")
    for name in ("ours.csv", "new £ one.csv", "ignored.csv"):
        assert f"data/dspt/{name}" in said
    monkeypatch.setenv("DSPT_EXPORTS", "elsewhere")
    command(monkeypatch, "report")
    assert "Made from elsewhere, not from data/dspt" in capsys.readouterr().out


def test_an_export_that_lies_in_data_dspt_can_be_committed() -> None:
    name = "data/dspt/DSPT search results 01_07_2030 12_00_00.csv"
    ignored = subprocess.run(
        ["git", "check-ignore", name], cwd=environment.ROOT, capture_output=True
    )
    assert ignored.returncode == 1, ignored


def test_a_port_that_is_taken_is_named(root) -> None:
    with socket.socket() as taken:
        try:
            taken.bind(("127.0.0.1", 8000))
        except OSError:
            pytest.skip("port 8000 is taken")
        taken.listen()
        with pytest.raises(SystemExit, match=r"Port 8000: .*\. End the program that uses it"):
            report.serve()


def test_a_server_that_is_stopped_ends_without_an_error(root, monkeypatch) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(report.ThreadingHTTPServer, "serve_forever", stopped)
    monkeypatch.setattr(report.ThreadingHTTPServer, "server_bind", lambda server: None)
    monkeypatch.setattr(report.ThreadingHTTPServer, "server_activate", lambda server: None)
    command(monkeypatch, "serve")


def test_a_program_that_fails_ends_the_run_with_a_line(monkeypatch) -> None:
    monkeypatch.setattr(environment, "installed", lambda program, place: sys.executable)
    with pytest.raises(SystemExit, match="Stopped in no_such_module"):
        environment.run("python", "-m", "no_such_module")


def test_the_words_after_a_command_reach_it(monkeypatch) -> None:
    ran = []
    monkeypatch.setattr(environment, "install", lambda requirements: None)
    monkeypatch.setattr(environment, "run", lambda *arguments: ran.append(arguments[3:]))
    for words in (["refresh", "--release", "2026-07-20"], ["reference", "a folder"]):
        monkeypatch.setattr("sys.argv", ["tasks", *words])
        cli.main()
    assert ran == [("refresh", "--release", "2026-07-20"), ("import", "a folder")]
    monkeypatch.setattr("sys.argv", ["tasks", "report", "now"])
    with pytest.raises(SystemExit):
        cli.main()


NOT_OURS = {"DBT_PROFILES_DIR": "/x", "DBT_TARGET": "spark", "DBT_PROJECT_DIR": "/x",
            "DBT_PROFILE": "x", "PIP_USER": "1", "PIP_TARGET": "/x"}  # fmt: skip


def test_settings_of_dbt_and_pip_that_are_the_users_stay_out(root, monkeypatch) -> None:
    for name, value in (NOT_OURS | {"PIP_INDEX_URL": "file:///mirror"}).items():
        monkeypatch.setenv(name, value)
    seen: dict[str, str] = {}
    monkeypatch.setattr(environment, "install", lambda requirements: seen.update(os.environ))
    monkeypatch.setattr(environment, "run", lambda *arguments: None)
    command(monkeypatch, "types")
    assert not NOT_OURS.keys() & seen.keys()
    assert seen["PIP_INDEX_URL"] == "file:///mirror"  # by which packages are reached


INSTALL = environment.install  # which `root` replaces


class Environments:
    """A project whose environments are empty folders, and what was done to them."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.done: list[str] = []
        monkeypatch.setattr(environment, "run", lambda *words, **_: self.done.append(words[0]))
        monkeypatch.setattr(environment, "install_by_uv", lambda requirements, place: False)
        monkeypatch.setattr(environment.venv, "create", self.create)
        self.monkeypatch = monkeypatch
        self.move(root)

    def move(self, root: Path) -> None:
        """Has the project in another folder."""
        self.monkeypatch.setattr(environment, "ROOT", root)
        self.monkeypatch.setattr(environment, "VENV", root / ".venv")

    def create(self, folder: Path, with_pip: bool, clear: bool) -> None:
        """Makes an environment as `venv` does, but for its programs."""
        assert with_pip and clear
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        self.done.append("venv")

    def install(self) -> list[str]:
        """Installs; says what that took."""
        self.done.clear()
        INSTALL("requirements.txt")
        return self.done.copy()


def test_the_environment_is_made_anew_for_another_python_or_folder(root, monkeypatch) -> None:
    environments = Environments(root, monkeypatch)
    assert environments.install() == ["venv", "pip"]
    assert environments.install() == []
    (root / "requirements.txt").write_text("other==1")
    assert environments.install() == ["pip"]
    with monkeypatch.context() as other:
        other.setattr(environment.sys, "version", "3.99")
        assert environments.install() == ["venv", "pip"]
        assert environments.install() == []
    assert environments.install() == ["venv", "pip"]
    renamed = root.rename(root.with_name("renamed"))
    environments.move(renamed)
    assert environments.install() == ["venv", "pip"]
    assert environments.install() == []


def test_an_environment_that_is_a_link_is_used_or_left_as_it_is(root, monkeypatch) -> None:
    environments = Environments(root, monkeypatch)
    environments.install()
    (root / "copy").mkdir()
    shutil.copy(root / "requirements.txt", root / "copy")
    (root / "copy" / ".venv").symlink_to(root / ".venv")
    environments.move(root / "copy")
    assert environments.install() == []
    (root / ".venv" / "made-for.txt").write_text("another Python")
    assert environments.install() == ["venv", "pip"]
    assert not (root / "copy" / ".venv").is_symlink()
    assert (root / ".venv" / "made-for.txt").read_text() == "another Python"


CONFIGURED = """\
global.index-url='https://one.example/simple'
global.find-links='\\n/wheels\\n/more'
user.no-deps='true'
:env:.index-url='https://two.example/simple'
"""


@pytest.mark.parametrize("unreachable", [None, "pip", "uv"])
def test_uv_installs_what_is_pinned_from_where_pip_would(unreachable, root, monkeypatch) -> None:
    """Else pip does; what comes is checked by its hashes either way."""
    (root / "requirements-dev.txt").write_text(
        "a==1 \\\n    --hash=1\nuv==2 \\\n    --hash=2\nz==3\n"
    )
    (root / ".venv").mkdir()
    called = []

    def call(*words: str, environment: dict[str, str], **_: object) -> subprocess.CompletedProcess:
        called.append((words, environment))
        said = CONFIGURED if words[1] == "config" else ""
        return subprocess.CompletedProcess(words, int(words[0] == unreachable), said)

    monkeypatch.setattr(environment, "call", call)
    assert environment.install_by_uv(root / "requirements.txt", root / ".venv") == (
        unreachable is None
    )
    assert (root / ".venv" / "uv.txt").read_text().split() == ["uv==2", "\\", "--hash=2"]
    if unreachable != "pip":
        words, places = called[-1]
        assert "--require-hashes" in words
        assert places["UV_DEFAULT_INDEX"] == "https://two.example/simple"
        assert places["UV_FIND_LINKS"] == "/wheels,/more"
        assert len(places) == 4


def test_an_older_python_is_told_what_is_needed() -> None:
    source = Path(tasks.__file__).read_text("utf-8")
    ast.parse(source, feature_version=(3, 8))  # else it would stop at what it cannot read
    said = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.version_info = (3, 10, 13); exec({source!r})"],
        capture_output=True, encoding="utf-8",
    )  # fmt: skip
    assert said.returncode == 1
    assert said.stderr.startswith("This needs Python 3.11 or newer, but ")
    assert len(said.stderr.splitlines()) == 1


@pytest.mark.parametrize("sign", ["?", ":"])
def test_a_folder_that_duckdb_or_python_cannot_work_in_is_refused(sign, root, monkeypatch) -> None:
    monkeypatch.setattr(environment, "ROOT", root / f"what{sign}")
    with pytest.raises(
        SystemExit, match=rf"what\{sign}: neither DuckDB nor Python can use .* \{sign} "
    ):
        command(monkeypatch, "report")


@pytest.mark.full
def test_a_name_that_the_console_cannot_show_is_said_by_number(tmp_path) -> None:
    """By what is run, and by what runs it; dbt, which would log a traceback, says it too."""
    name = "DSPT £ 北.csv"
    (tmp_path / name).write_text("")
    given = os.environ | {
        "PYTHONIOENCODING": "ascii", "DSPT_EXPORTS": str(tmp_path),
        "OPEN_CYBER_DB": str(tmp_path / "new" / "open_cyber.duckdb"),
    }  # fmt: skip
    (tmp_path / "new").mkdir()
    build = """if True:
        from tasks import environment, publishing
        publishing.show_any_name()
        environment.dbt(["build", "--select", "stg_dspt__exports"], environment.database())
    """
    preview = """if True:
        from tasks import __main__, environment
        environment.install = print  # the one in which the tests run stays as it is
        __main__.main()
    """
    for words in (
        ["-m", "exports"],
        ["-c", build],
        ["-m", "dbt.cli.main", "build", "--quiet", "--select", "stg_dspt__exports",
         "--target-path", str(tmp_path / "target")],
        ["-c", preview, "preview", name],
    ):  # fmt: skip
        said = subprocess.run(
            [sys.executable, *words],
            cwd=environment.ROOT,
            env=given,
            capture_output=True,
            text=True,
        )
        shown = said.stdout + said.stderr
        assert r"DSPT \xa3 \u5317.csv" in shown, shown
        assert "Traceback" not in shown
