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

import pytest
from copied import commit, open_elsewhere

import tasks
import tasks.__main__ as cli
from tasks import environment, publishing, release, report

INSTALL = environment.install  # which `Project` replaces


class Project:
    """A project whose build and pages are files with one word in them, published once as `old`."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self.monkeypatch = root, monkeypatch
        self.done: list[str] = []  # build, render
        monkeypatch.setattr(environment, "ROOT", root)
        monkeypatch.setattr(environment, "SITE", root / "site")
        monkeypatch.setattr(environment, "PREVIEW", root / "preview")
        monkeypatch.setattr(environment, "install", lambda requirements: None)
        monkeypatch.setattr(environment, "dbt", self.dbt)
        monkeypatch.setattr(environment, "run", self.run)
        monkeypatch.setattr(publishing, "SETTLED", -1)  # else so young a file is not known
        monkeypatch.delenv("OPEN_CYBER_DB", raising=False)
        monkeypatch.delenv("DSPT_EXPORTS", raising=False)
        for name in ("profiles.yml", "requirements.txt"):
            self.write(name, "")
        self.write("dbt_project.yml", "models: {+schema: marts}")
        self.write("data/dspt/ours.csv", "ours")
        self.write("open_cyber.duckdb", "old")
        self.write("site/index.html", "old")
        self.own = {path.name for path in root.iterdir()}

    def write(self, name: str, text: str) -> Path:
        """Writes a file of the project."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def command(self, *words: str) -> None:
        """Runs a command as the command line does."""
        self.monkeypatch.setattr("sys.argv", ["tasks", *words])
        cli.main()

    def dbt(self, words: list[str], database: Path, **given: Path) -> None:
        """Leaves what dbt does: a database, and docs beside it."""
        if words[0] == "build":
            self.done.append("build")
            database.write_text("new")
            self.built(words, database, **given)
        (database.parent / "target").mkdir(exist_ok=True)
        (database.parent / "target" / report.DOCS).write_text("docs")

    def run(self, *arguments: str | Path, **_: str) -> None:
        """Copies the database, or renders the pages."""
        if "write-anew" in arguments:
            shutil.copy(*arguments[4:6])
            return
        self.done.append("render")
        write_page(arguments[6])
        self.rendered(arguments[6])

    def built(self, words: list[str], database: Path, **given: Path) -> None:
        """Nothing; a test puts in its place what is to happen at the end of a build."""

    def rendered(self, site: Path) -> None:
        """Nothing; the same for the pages."""

    def published(self, folder: str = "") -> tuple[str, str]:
        """The words of the database and of the site."""
        at = self.root / folder
        return (at / "open_cyber.duckdb").read_text(), (at / "site/index.html").read_text()

    def left_over(self) -> set[str]:
        """What is in the root that neither the project nor the publication has put there."""
        return {path.name for path in self.root.iterdir()} - self.own - {"target"}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    return Project(tmp_path, monkeypatch)


def write_page(site: Path) -> None:
    site.mkdir()
    (site / "index.html").write_text("new")


def test_a_good_run_replaces_both_and_begins_with_what_is_kept(project) -> None:
    def built(words: list[str], database: Path, **_: Path) -> None:
        assert database.with_name("before.duckdb").read_text() == "old"

    project.built = built
    project.command("report")
    assert project.published() == ("new", "new")
    assert not project.left_over()


@pytest.mark.parametrize(
    ("step", "error", "words"),
    [
        ("built", SystemExit("a test failed"), "a test failed"),
        ("rendered", SystemExit("a query failed"), "a query failed"),
        (
            "rendered",
            OSError(errno.ENOSPC, "No space left on device", "site"),
            r"site: No space left on device\. Free disk space",
        ),
    ],
)
def test_a_step_that_fails_changes_nothing_and_is_one_line(project, step, error, words) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    setattr(project, step, fail)
    with pytest.raises(SystemExit, match=words):
        project.command("report")
    assert project.published() == ("old", "old")
    assert not project.left_over()


def test_unit_tests_run_again_where_rules_changed_and_until_they_pass(project) -> None:
    ran = []

    def built(words: list[str], *_: object, **__: object) -> None:
        ran.append("unit_test" not in words)
        if len(ran) == 3:
            sys.exit("a unit test failed")

    project.built = built
    # young files are not known, so every report builds
    project.monkeypatch.setattr(publishing, "SETTLED", 10**18)
    project.command("report")
    project.command("report")
    rule = project.write("models/rule.sql", "select 1")
    with pytest.raises(SystemExit, match="a unit test failed"):
        project.command("report")
    project.command("report")
    project.command("report")
    (project.root / "target" / "rules" / "made-from").write_bytes(b"\xff")
    project.command("report", "full")
    rule.rename(rule.with_name("other.sql"))
    project.command("report")
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
    "dbt_project.yml": "build",  # with limits of the plausibility check
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
def test_a_report_does_what_has_changed_and_no_more(project, file) -> None:
    path = project.write(file, "old")
    project.command("report")
    project.command("report")
    assert project.done.pop() == "render"
    project.done.clear()
    page, kept = project.root / "site" / "index.html", path.stat()
    rendered_before = page.stat().st_ino
    path.write_text("odd")
    os.utime(path, ns=(kept.st_atime_ns, kept.st_mtime_ns))
    project.command("report")
    expected = {"build": ["build", "render"], "render": ["render"], "nothing": []}
    assert project.done == expected[KINDS[file]]
    assert (page.stat().st_ino != rendered_before) == ("render" in project.done)


def test_another_setting_is_another_publication(project) -> None:
    project.command("report")
    for number, setting in enumerate(("DSPT_ACCEPT", "DSPT_EXPORTS", "OPEN_CYBER_MEMORY"), 2):
        project.monkeypatch.setenv(setting, "another")
        project.command("report")
        assert project.done == ["build", "render"] * number, setting


def test_a_named_export_with_signs_of_globs_in_its_name_is_noticed_when_it_changes(project) -> None:
    project.monkeypatch.setenv("DSPT_EXPORTS", str(project.write("ours [1].csv", "old")))
    project.command("report")
    project.write("ours [1].csv", "other")
    project.command("report")
    assert project.done == ["build", "render"] * 2


def test_nothing_is_kept_where_all_is_to_begin_anew_or_an_export_is_young(project) -> None:
    project.command("report")
    project.command("report", "full")
    project.monkeypatch.setattr(publishing, "SETTLED", 10**18)
    project.command("report", "full")
    project.command("report")
    assert project.done == ["build", "render"] * 4


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b'{"outputs": '])
def test_a_damaged_record_of_the_last_publication_is_none(project, content) -> None:
    project.command("report")
    (project.root / "target" / "published.json").write_bytes(content)
    project.command("report")
    project.command("report")
    assert project.done == ["build", "render"] * 2


def test_a_second_run_is_refused_while_the_first_is_at_work(project) -> None:
    def run_again(site: Path) -> None:
        with pytest.raises(SystemExit, match="Another run is at work"):
            project.command("report")

    project.rendered = run_again
    project.command("report")
    assert project.published() == ("new", "new")


@pytest.mark.parametrize("words", [["report"], ["preview", "x.csv"], ["serve"], ["reference", "x"]])
def test_any_command_settles_what_a_killed_run_has_begun(project, words) -> None:
    root = project.root
    (root / ".publishing").write_bytes(b'"open_cyber.duckdb"\n"site"\ndecided\n')
    (root / ".open_cyber.duckdb.new").write_text("new")
    (root / "site").rename(root / ".site.old")
    write_page(root / ".site.new")
    (root / ".building").mkdir()

    def stop(*_: object, **__: object) -> None:
        sys.exit("stopped")

    project.monkeypatch.setattr(environment, "install", stop)
    project.monkeypatch.setattr(report, "ThreadingHTTPServer", stop)
    with pytest.raises(SystemExit):
        project.command(*words)
    assert project.published() == ("new", "new")
    assert not project.left_over()


def test_a_database_that_is_open_for_writing_is_refused(project) -> None:
    database = project.root / "open_cyber.duckdb"
    database.unlink()
    with open_elsewhere(database), pytest.raises(SystemExit, match="is open in another program"):
        project.command("report")


@pytest.mark.parametrize(
    ("name", "words"),
    [("marts.duckdb", "has the name of a schema"), ("none/x.duckdb", "There is no folder")],
)
def test_a_database_that_cannot_be_is_refused_at_once(project, name, words) -> None:
    project.monkeypatch.setenv("OPEN_CYBER_DB", name)
    with pytest.raises(SystemExit, match=words):
        project.command("report")
    assert project.done == []
    assert project.published() == ("old", "old")


def test_a_database_may_have_any_other_name_and_place(project) -> None:
    database = project.root / "site" / "o'neil's \"own\".db"
    project.monkeypatch.setenv("OPEN_CYBER_DB", str(database))
    project.monkeypatch.setattr(environment, "SITE", project.root / "other" / "site")
    project.command("report")
    assert database.read_text() == "new"


def test_a_preview_has_the_export_beside_ours_and_touches_nothing(project) -> None:
    """Links are exports under their own name; of two exports of one name it has the one given."""
    dspt = project.root / "data" / "dspt"
    for name in ("one", "two", "three"):
        project.write(f"annex/{name}", name)
    (dspt / "absolute.csv").symlink_to(project.root / "annex" / "one")
    (dspt / "relative.csv").symlink_to(Path("..") / ".." / "annex" / "two")
    (dspt / "broken.csv").symlink_to("nowhere")
    (project.root / "mine.csv").symlink_to(Path("annex") / "three")
    seen = {}

    def built(words: list[str], database: Path, DSPT_EXPORTS: Path, **_: Path) -> None:
        for path in DSPT_EXPORTS.iterdir():
            seen[path.name] = path.read_text() if path.exists() else None

    project.built = built
    same_name = project.write("elsewhere/ours.csv", "another")
    project.command("preview", str(project.root / "mine.csv"), str(same_name))
    ours = {"ours.csv": "ours", "absolute.csv": "one", "relative.csv": "two"}
    ours["broken.csv"] = None  # the reader of the exports names it
    assert seen == ours | {"mine.csv": "three", "ours.csv": "another"}
    assert (dspt / "ours.csv").read_text() == "ours"
    linked = environment.link(dspt.iterdir(), project.root / "linked")
    assert {path.name for path in linked.iterdir()} == ours.keys()
    assert project.published() == ("old", "old")
    assert project.published("preview") == ("new", "new")
    assert set(os.listdir(project.root / "preview")) == {"open_cyber.duckdb", "site"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "EXPORT is missing"),
        ([""], "EXPORT is missing"),
        # `make -C ..` runs in the project's folder, not in that of the caller
        (["no.csv"], "no file {root}/no.csv. Give its path from {root}, or"),
    ],
)
def test_a_preview_of_no_file_is_refused(project, words, said) -> None:
    project.monkeypatch.chdir(project.root)
    with pytest.raises(SystemExit, match=said.format(root=project.root)):
        project.command("preview", *words)


def test_a_report_says_which_exports_are_not_as_in_git(project, capsys) -> None:
    commit(project.root)
    project.command("report")
    assert "git" not in capsys.readouterr().out
    for name in ("ours.csv", "new £ one.csv", "ignored.csv"):
        project.write(f"data/dspt/{name}", "new")
    project.write("data/dspt/.gitignore", "ignored.csv")
    project.command("report")
    *_, said = capsys.readouterr().out.splitlines()
    assert said.startswith("Not committed")
    with pytest.raises(SystemExit) as stopped:
        release.refuse()
    refused = [line.strip('"') for line in str(stopped.value).splitlines()]
    for name in ("ours.csv", "new £ one.csv", "ignored.csv"):
        assert f"data/dspt/{name}" in said
        assert refused.count(f"data/dspt/{name}") == 1
    project.monkeypatch.setenv("DSPT_EXPORTS", "elsewhere")
    project.command("report")
    assert "Built from elsewhere, not from data/dspt" in capsys.readouterr().out


def test_an_export_that_lies_in_data_dspt_can_be_committed() -> None:
    name = "data/dspt/DSPT search results 01_07_2030 12_00_00.csv"
    ignored = subprocess.run(
        ["git", "check-ignore", name], cwd=environment.ROOT, capture_output=True
    )
    assert ignored.returncode == 1, ignored


def test_a_port_that_is_taken_is_named(project) -> None:
    with socket.socket() as taken:
        try:
            taken.bind(("127.0.0.1", 8000))
        except OSError:
            pytest.skip("port 8000 is taken")
        taken.listen()
        with pytest.raises(SystemExit, match=r"Port 8000: .*\. End the program that uses it"):
            report.serve()


def test_a_server_that_is_stopped_ends_without_an_error(project, monkeypatch) -> None:
    served = []

    def stopped(*_: object) -> None:
        served.append(True)
        raise KeyboardInterrupt

    monkeypatch.setattr(report.ThreadingHTTPServer, "serve_forever", stopped)
    monkeypatch.setattr(report.ThreadingHTTPServer, "server_bind", lambda server: None)
    monkeypatch.setattr(report.ThreadingHTTPServer, "server_activate", lambda server: None)
    project.command("serve")
    assert served


def test_a_program_that_fails_ends_the_run_with_a_line(monkeypatch) -> None:
    monkeypatch.setattr(environment, "installed", lambda program, venv_folder: sys.executable)
    with pytest.raises(SystemExit, match="Stopped in no_such_module"):
        environment.run("python", "-m", "no_such_module")


def test_the_words_after_a_command_reach_it(project, monkeypatch) -> None:
    ran = []
    monkeypatch.setattr(environment, "run", lambda *arguments: ran.append(arguments[3:]))
    project.command("refresh", "--release", "2026-07-20")
    project.command("reference", "a folder")
    assert ran == [("refresh", "--release", "2026-07-20"), ("import", "a folder")]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["types", "now"], "types: too many positional arguments: now"),
        (["report", "full", "now"], "report: too many positional arguments: full now"),
        (["report", "now"], "report does not take now"),
        (["preview", "no.csv"], "there is no file"),
        (["release", "next"], "VERSION=next is not a version"),
        (["verify", "0.0.0"], "There is no release 0.0.0"),
    ],
)
def test_a_wrong_argument_is_refused_before_anything_is_installed(
    project, capsys, words, said
) -> None:
    ran = []
    project.monkeypatch.setattr(environment, "install", ran.append)
    with pytest.raises(SystemExit) as stopped:
        project.command(*words)
    assert said in f"{stopped.value}{capsys.readouterr().err}"
    assert ran == []


NOT_OURS = {"DBT_PROFILES_DIR": "/x", "DBT_TARGET": "spark", "DBT_PROJECT_DIR": "/x",
            "DBT_PROFILE": "x", "PIP_USER": "1", "PIP_TARGET": "/x"}  # fmt: skip


def test_settings_of_dbt_and_pip_that_are_the_users_stay_out(project, monkeypatch) -> None:
    for name, value in (NOT_OURS | {"PIP_INDEX_URL": "file:///mirror"}).items():
        monkeypatch.setenv(name, value)
    seen: dict[str, str] = {}
    monkeypatch.setattr(environment, "install", lambda requirements: seen.update(os.environ))
    monkeypatch.setattr(environment, "run", lambda *arguments: None)
    project.command("types")
    assert not NOT_OURS.keys() & seen.keys()
    assert seen["PIP_INDEX_URL"] == "file:///mirror"  # by which packages are reached


@pytest.fixture
def installed(project, monkeypatch) -> Callable[[Path], list[str]]:
    """Installs the environment of a project, an empty folder here; gives what that took."""
    done: list[str] = []

    def create(folder: Path, with_pip: bool, clear: bool) -> None:
        assert with_pip and clear
        environment.fresh(folder)
        done.append("venv")

    def install(root: Path) -> list[str]:
        monkeypatch.setattr(environment, "ROOT", root)
        monkeypatch.setattr(environment, "VENV", root / ".venv")
        done.clear()
        INSTALL("requirements.txt")
        return done.copy()

    monkeypatch.setattr(environment, "run", lambda *words, **_: done.append(words[0]))
    monkeypatch.setattr(environment, "install_by_uv", lambda requirements, venv_folder: False)
    monkeypatch.setattr(environment.venv, "create", create)
    return install


def test_the_environment_is_made_anew_for_another_python_or_folder(project, installed) -> None:
    root = project.root
    assert installed(root) == ["venv", "pip"]
    assert installed(root) == []
    project.write("requirements.txt", "other==1")
    assert installed(root) == ["pip"]
    with pytest.MonkeyPatch.context() as other:
        other.setattr(environment.sys, "version", "3.99")
        assert installed(root) == ["venv", "pip"]
        assert installed(root) == []
    assert installed(root) == ["venv", "pip"]
    renamed = root.rename(root.with_name("renamed"))
    assert installed(renamed) == ["venv", "pip"]
    assert installed(renamed) == []


def test_an_environment_that_is_a_link_is_used_or_left_as_it_is(project, installed) -> None:
    installed(project.root)
    made_for = project.root / ".venv" / "made-for.txt"
    copy = project.write("copy/requirements.txt", "").parent
    (copy / ".venv").symlink_to(project.root / ".venv")
    assert installed(copy) == []
    made_for.write_text("another Python")
    assert installed(copy) == ["venv", "pip"]
    assert not (copy / ".venv").is_symlink()
    assert made_for.read_text() == "another Python"


CONFIGURED = """\
global.index-url='https://one.example/simple'
global.find-links='\\n/wheels\\n/more'
user.no-deps='true'
:env:.index-url='https://two.example/simple'
"""


@pytest.mark.parametrize("unreachable", [None, "pip", "uv"])
def test_uv_installs_what_is_pinned_from_where_pip_would(project, unreachable) -> None:
    """Else pip does; what comes is checked by its hashes either way."""
    pins = "a==1 \\\n    --hash=1\nuv==2 \\\n    --hash=2\nz==3\n"
    project.write("requirements-dev.txt", pins)
    venv_folder = environment.fresh(project.root / ".venv")
    called = []

    def call(
        *words: str, settings: dict[str, str] | None = None, **_: object
    ) -> subprocess.CompletedProcess:
        called.append((words, settings))
        said = CONFIGURED if words[1] == "config" else ""
        return subprocess.CompletedProcess(words, int(words[0] == unreachable), said)

    project.monkeypatch.setattr(environment, "call", call)
    worked = environment.install_by_uv(project.root / "requirements.txt", venv_folder)
    assert worked == (unreachable is None)
    assert (venv_folder / "uv.txt").read_text().split() == ["uv==2", "\\", "--hash=2"]
    if unreachable != "pip":
        words, settings = called[-1]
        assert "--require-hashes" in words
        assert settings["UV_DEFAULT_INDEX"] == "https://two.example/simple"
        assert settings["UV_FIND_LINKS"] == "/wheels,/more"
        assert len(settings) == 4


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
def test_a_folder_that_duckdb_or_python_cannot_work_in_is_refused(project, sign) -> None:
    project.monkeypatch.setattr(environment, "ROOT", project.root / f"what{sign}")
    words = rf"what\{sign}: neither DuckDB nor Python can use .* \{sign} "
    with pytest.raises(SystemExit, match=words):
        project.command("report")


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
    preview = """if True:
        import sys
        from tasks import __main__, environment
        # installs nothing in the environment in which the tests run, and says the name
        environment.install = lambda requirements: print(sys.argv[-1])
        __main__.main()
    """
    dbt = ["build", "--quiet", "--select", "stg_dspt__exports"]
    for words in (
        ["-m", "exports"],
        ["-m", "dbt.cli.main", *dbt, "--target-path", str(tmp_path / "target")],
        ["-c", preview, "preview", name],
    ):
        said = subprocess.run(
            [sys.executable, *words], cwd=environment.ROOT, env=given,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        ).stdout  # fmt: skip
        assert r"DSPT \xa3 \u5317.csv" in said, said
        assert "Traceback" not in said
