"""The project's commands: `python -m tasks report`, `python -m tasks test` and the rest.

Needs nothing but Python 3.11 or newer: it makes the environment in `.venv`, and runs all else
there.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - what follows an older one may not even read
    sys.exit(
        f"This needs Python 3.11 or newer, and {sys.executable} is {sys.version.split()[0]}: name "
        "another, as in `make report PYTHON=python3.12` or `python3.12 -m tasks report`."
    )

import argparse
import csv
import errno
import hashlib
import inspect
import json
import os
import re
import shutil
import subprocess
import venv
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import publishing

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PROGRAMS = VENV / ("Scripts" if os.name == "nt" else "bin")
SITE = ROOT / "site"
NPM = ROOT / "tests" / "npm"
PREVIEW = ROOT / "preview"
STAYS = "What was published before is as it was."
with (ROOT / "seeds" / "dspt" / "dspt_exports.csv").open(encoding="utf-8", newline="") as exports:
    # the exports that are part of the project
    EXPORTS = [ROOT / "data" / "dspt" / row["source_file"] for row in csv.DictReader(exports)]
# of the user's settings of dbt and pip only those that say where packages come from reach ours
SETTINGS = re.compile(
    "DBT_|PIP_(?!(INDEX_URL|EXTRA_INDEX_URL|FIND_LINKS|NO_INDEX|CERT|CLIENT_CERT|TRUSTED_HOST|PROXY"
    "|CONFIG_FILE|CACHE_DIR|DEFAULT_TIMEOUT|RETRIES)$)"
)


def database() -> Path:
    """The database that is published: OPEN_CYBER_DB, else open_cyber.duckdb in the root."""
    named = os.environ.get("OPEN_CYBER_DB") or "open_cyber.duckdb"
    return (ROOT / Path(named).expanduser()).resolve()


def say(step: str) -> None:
    """Prints what is being done now, apart from what a command gives."""
    print(f"* {step}", file=sys.stderr, flush=True)


def installed(program: str) -> str:
    """The path of a program of the environment."""
    if found := shutil.which(program, path=PROGRAMS):
        return found
    sys.exit(f"{program} is not in {VENV}: delete that folder and run this again.")


def call(
    program: str,
    *arguments: str | Path,
    cwd: Path,
    environment: Mapping[str, str | Path],
    hold: bool = False,
) -> subprocess.CompletedProcess[str]:
    """Runs a program of the environment in a folder; holds back what it says, if that is asked."""
    says = "utf-8" if hold else sys.stdout.encoding
    settings = {"PYTHONIOENCODING": f"{says}:backslashreplace"}  # it may say any name
    return subprocess.run(
        [installed(program), *map(str, arguments)],
        cwd=cwd,
        env=os.environ | settings | {name: str(value) for name, value in environment.items()},
        stdout=subprocess.PIPE if hold else None,
        stderr=subprocess.STDOUT if hold else None,
        encoding="utf-8",
        errors="replace",
    )


def run(program: str, *arguments: str | Path, **environment: str | Path) -> None:
    """Runs a program of the environment in the project's root; ends the whole run if it fails."""
    if call(program, *arguments, cwd=ROOT, environment=environment).returncode:
        name = arguments[1] if program == "python" else program  # python -m name
        sys.exit(f"Stopped in {name}. {STAYS}")


def install(requirements: str) -> None:
    """Brings `.venv` to the pinned versions; does nothing where it has them already."""
    wanted = {
        # its programs know their folder and their Python
        VENV / "made-for.txt": f"{VENV.resolve()}, Python {sys.version}".encode(),
        VENV / requirements: (ROOT / requirements).read_bytes(),
    }
    made_for, stamp = (path.exists() and path.read_bytes() == it for path, it in wanted.items())
    if made_for and stamp:
        return
    with publishing.change(ROOT):  # one run installs at a time
        say(f"Installing {requirements} into .venv (a minute or two, once)")
        if not made_for:
            if VENV.is_symlink():  # what it leads to is somebody's
                VENV.unlink()
            venv.create(VENV, with_pip=True, clear=True)
        quiet = ("--quiet", "--disable-pip-version-check", "--no-user")
        run("pip", "install", *quiet, "-r", requirements)
        for path, content in wanted.items():
            path.write_bytes(content)


def dbt(command: list[str], database: Path, cwd: Path = ROOT, **environment: str | Path) -> None:
    """Runs a project's dbt on a database, with a target folder beside it, a cache of its own."""
    place = ("--quiet", "--target-path", database.parent / "target")
    # dbt-duckdb takes a path from the root for an address, of which # and ? are parts
    environment["OPEN_CYBER_DB"] = os.path.relpath(database, cwd)
    result = call("dbt", *command, *place, cwd=cwd, environment=environment, hold=True)
    full = os.strerror(errno.ENOSPC)
    if result.returncode and full in result.stdout:  # in a traceback, or once for each model
        sys.exit(f"Stopped in dbt: {full} in {cwd}. {STAYS}")
    print(result.stdout, end="")
    if result.returncode:
        sys.exit(f"Stopped in dbt. {STAYS}")


def fresh(folder: Path) -> Path:
    """Makes an empty folder, whatever an earlier run has left there."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def lay(exports: Iterable[Path], folder: Path) -> Path:
    """Puts exports into a new folder: as links, where the system can, for there may be many."""
    fresh(folder)
    for name, export in {export.name: export for export in exports}.items():  # the later of two
        try:
            (folder / name).symlink_to(export.absolute())
        except OSError:  # Windows allows it to few
            shutil.copy2(export, folder / name)
    return folder


def contents(*places: str) -> str:
    """A digest of all files in these folders, and of the versions that work on them."""
    paths = [path for place in places for path in sorted((ROOT / place).rglob("*"))]
    files = [path for path in paths if path.is_file() and path.suffix != ".pyc"]
    files += [ROOT / name for name in ("dbt_project.yml", "profiles.yml", "requirements.txt")]
    known = {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in files}
    return hashlib.sha256(repr(known).encode()).hexdigest()


def rules() -> str:
    """What the unit tests depend on, in short: they are half of a build, and see no export."""
    return contents("macros", "models", "seeds")


def publish(folder: Path, database: Path, site: Path, exports: Iterable[Path] = ()) -> None:
    """Builds, audits, publishes: the old database and site stay until the new pass every test.

    The exports are those of `DSPT_EXPORTS`, or of data/dspt, where none are given.
    """
    with publishing.change(folder) as place:
        new_database, new_site = place(database), place(site)
        building = publishing.scratch(folder)
        built, rendered = building / "open_cyber.duckdb", building / "site"
        anew = building / "anew" / built.name
        given = {"DSPT_EXPORTS": lay(exports, building / "exports")} if exports else {}
        say("Building and testing the marts (dbt build)")
        if database.exists():  # dbt takes over what it kept of the exports
            publishing.link(database, building / "before.duckdb")
        build = ["build", "--no-write-json"]
        tested, now = ROOT / "target" / "rules-tested", rules()  # not what changes meanwhile
        if tested.exists() and tested.read_bytes() == now.encode():
            build += ["--exclude-resource-type", "unit_test"]
        dbt(build, built, **given)
        tested.parent.mkdir(exist_ok=True)
        tested.write_text(now)
        dbt(["docs", "generate", "--static"], built, **given)
        say("Rendering the pages")
        anew.parent.mkdir()
        run("python", "-m", "exports", "write-anew", built, anew, DUCKDB_JE_MALLOC_CONF="zero:true")
        run("python", "-m", "reports", "--database", anew, "--site", rendered,
            "--before", site, "--docs", building / "target")  # fmt: skip
        shutil.move(anew, new_database)  # to the right disk
        shutil.move(rendered, new_site)
    print(f"The database is {database}\nThe page is     {site / 'index.html'}")


def report() -> None:
    """Builds and tests the marts, renders the pages, and publishes both together."""
    install("requirements.txt")
    refuse(database())
    publish(ROOT, database(), SITE)
    if other := os.environ.get("DSPT_EXPORTS"):
        print(f"Made from {other}, not from data/dspt. To try an export: make preview EXPORT=...")
    elif changed := changed_exports():
        print(f"Not as in git, so nobody else can build this: {', '.join(changed)}")


def refuse(database: Path) -> None:
    """Ends the run where a database cannot be published, or could not be read."""
    schemas = re.findall(r"\+schema: (\w+)", (ROOT / "dbt_project.yml").read_text("utf-8"))
    if database.name.lower().split(".")[0] in (*schemas, "information_schema"):
        sys.exit(f"OPEN_CYBER_DB: {database.name} is named like a schema in it: take another name.")
    if not database.parent.is_dir():
        sys.exit(f"There is no folder {database.parent} for OPEN_CYBER_DB: make it first.")
    if database.exists() and publishing.is_being_written(database):
        sys.exit(f"{database} is open in another program: close it there, or open it -readonly.")


def changed_exports() -> list[str]:
    """The exports in data/dspt that git has not, or has otherwise; none where there is no git."""
    with suppress(FileNotFoundError):
        status = subprocess.run(
            "git status --porcelain -z --no-renames --ignored -uall data/dspt".split(),
            cwd=ROOT,
            capture_output=True,
            encoding="utf-8",
        )
        files = [entry[3:] for entry in status.stdout.split("\0")]
        return [file for file in files if file.lower().endswith(".csv")]
    return []


def preview(*exports: str) -> None:
    """Shows in preview/ what an export would change, beside those of data/dspt: EXPORT."""
    install("requirements.txt")
    given = [Path(export).expanduser().absolute() for export in exports if export]
    if not given:
        sys.exit("EXPORT is missing: name the file, make preview EXPORT=~/Downloads/....csv")
    for export in given:
        if not export.is_file():
            sys.exit(f"EXPORT: there is no file {export}. Give its path from {Path.cwd()}, or all.")
    ours = [path for path in (ROOT / "data" / "dspt").iterdir() if path.suffix.lower() == ".csv"]
    PREVIEW.mkdir(exist_ok=True)
    publish(PREVIEW, PREVIEW / "open_cyber.duckdb", PREVIEW / "site", [*ours, *given])


def diff(base: str = "main") -> None:
    """Says, in Markdown, what this tree would publish otherwise than BASE: a git ref or database.

    Ends with 1 where anything changes.
    """
    install("requirements.txt")
    folder = ROOT / "target" / "diff"
    with publishing.change(folder):
        building = publishing.scratch(folder)
        there = (ROOT / Path(base).expanduser()).resolve()
        before = there if there.is_file() else build_base(base, building / "base")
        say("Building the marts of this tree")
        now = build_marts(ROOT, building / "head")
        compared = call(
            "python", "-m", "diff", before, now, "--name", base, cwd=ROOT, environment={}
        )
        sys.exit(compared.returncode)


def build_base(ref: str, folder: Path) -> Path:
    """Builds the marts of a commit with its own code, rules, seeds and exports."""
    say(f"Building the marts of {ref}")
    tree = folder / "tree"
    git = partial(subprocess.run, cwd=ROOT)
    git(["git", "worktree", "prune"])  # what a killed run has left
    if git(["git", "worktree", "add", "--quiet", "--detach", tree, ref]).returncode:
        sys.exit(f"BASE={ref} is neither a database nor a commit that git knows here.")
    try:
        return build_marts(tree, folder)
    finally:
        git(["git", "worktree", "remove", "--force", tree])


def build_marts(project: Path, folder: Path) -> Path:
    """Builds the marts of a project without its tests; gives their database."""
    folder.mkdir(exist_ok=True)
    database = folder / "open_cyber.duckdb"
    given = os.environ.get("DSPT_EXPORTS")  # of both, if it is named
    exports = {"DSPT_EXPORTS": ROOT / Path(given).expanduser()} if given else {}
    command = ["build", "--resource-type", "seed", "--resource-type", "model"]
    dbt(command, database, project, **exports)
    return database


def lint() -> None:
    """Checks the layout of Python and SQL (ruff, sqlfluff)."""
    install("requirements-dev.txt")
    say("Linting")
    run("ruff", "check", ".")
    run("ruff", "format", "--check", ".")
    empty = fresh(ROOT / "target" / "lint") / "open_cyber.duckdb"
    run(
        "sqlfluff", "lint", "--disable-progress-bar", "--processes=2",  # not one after the other
        "models", "tests", OPEN_CYBER_DB=empty,
    )  # fmt: skip


def types() -> None:
    """Checks the types of the Python (mypy, strict)."""
    install("requirements-dev.txt")
    say("Checking types")
    run("mypy")


def lock(*arguments: str) -> None:
    """Pins what pyproject.toml asks for, with hashes: [--upgrade | --upgrade-package NAME]."""
    install("requirements-dev.txt")
    for requirements, sources in {
        "requirements.txt": ["pyproject.toml"],
        "requirements-dev.txt": ["pyproject.toml", "--extra=test"],
        "tests/engines/spark.txt": ["tests/engines/spark.in"],
        "tests/engines/fusion.txt": ["tests/engines/fusion.in"],
    }.items():
        run(
            "uv", "pip", "compile", *sources,
            # one file for every system and every Python from 3.11; no address of an index in it
            "--universal", "--python-version=3.11", "--generate-hashes", "--no-emit-index-url",
            "--no-strip-extras",  # the pip of Python 3.11 wants a pin for each name with extras
            "--no-annotate", "--custom-compile-command=python -m tasks lock", "--quiet",
            f"--output-file={requirements}", *arguments,
        )  # fmt: skip


def licences() -> None:
    """Lists the licence of every package that is installed."""
    install("requirements-dev.txt")
    run("pip-licenses", "--order=license", "--with-urls")
    print("Of npm, for the tests only:")
    for lock in sorted(NPM.rglob("package-lock.json")):
        for name, package in json.loads(lock.read_text(encoding="utf-8"))["packages"].items():
            if name:
                words = package.get("license", "licence unknown")
                print(f" {name.removeprefix('node_modules/')} {package['version']} {words}")


def audit() -> None:
    """Asks whether what is pinned has a known vulnerability, and says so if nobody answered."""
    install("requirements-dev.txt")
    say("Asking for known vulnerabilities (pip-audit)")
    answer = subprocess.run(
        [
            # in an environment of its own: pip-audit needs a pip, and more, that are not ours
            installed("uv"), "tool", "run", "--from", "pip-audit==2.10.1", "pip-audit",
            "--disable-pip", "--requirement", "requirements-dev.txt", "--format", "json",
            "--progress-spinner", "off",
        ],
        cwd=ROOT, capture_output=True, encoding="utf-8",
    )  # fmt: skip
    if not answer.stdout.startswith("{"):
        why = (answer.stderr.strip().splitlines() or ["no answer"])[-1]
        sys.exit(f"NOT AUDITED: pip-audit could not reach its data. {why[:300]}")
    packages = json.loads(answer.stdout)["dependencies"]
    known = [package for package in packages if package.get("vulns")]
    unknown = [package["name"] for package in packages if "skip_reason" in package]
    for package in known:
        faults = ", ".join(fault["id"] for fault in package["vulns"])
        print(f"{package['name']} {package['version']}: {faults}")
    if unknown:
        sys.exit(f"NOT AUDITED: no data on {len(unknown)} of {len(packages)}: {', '.join(unknown)}")
    if known:
        sys.exit("Known vulnerabilities: python -m tasks lock --upgrade-package NAME")
    print(f"No known vulnerability in {len(packages)} packages")


def test(only: str = "") -> None:
    """Lints, builds with all tests, runs the fast Python tests: [PART OF A NAME, to run no more].

    Lint and types are checked aside, and say what they found at the end.
    """
    install("requirements-dev.txt")
    if only:
        return run_tests("-k", only, "-m", "not faults", **built())
    with ThreadPoolExecutor(1) as aside:
        held = partial(call, cwd=ROOT, environment={}, hold=True)
        modules = (["tests.bench"], ["tasks", "types"], ["tasks", "lint"])
        checks = [aside.submit(held, "python", "-m", *words) for words in modules]
        try:
            run_tests(**built(anew=True))
        finally:
            found = [check.result() for check in checks]
            print(*(one.stdout for one in found), sep="", end="", flush=True)
    if any(one.returncode for one in found):
        sys.exit("Lint and types are not green")
    say("Lint, build and tests are green; `make test-all` runs the rest")


def test_all() -> None:
    """Runs what `test` leaves out: axe, Lighthouse, attacks, kills, worlds, mutants, engines."""
    install("requirements-dev.txt")
    run_tests("-m", "full and not faults", **built())
    test_engines("default")
    say("All tests of the second ring are green")


def built(anew: bool = False) -> dict[str, Path]:
    """What the Python tests share: a database that passed all tests of the build, and its site.

    If it is not asked for anew, that of the last run will do where nothing has changed since.
    """
    folder = ROOT / "target" / "test"
    database, site, exports = folder / "open_cyber.duckdb", folder / "site", folder / "exports"
    stamp = folder / "made-from"
    parts = ("data", "exports", "macros", "models", "reports", "seeds", "tests/generic")
    now = contents(*parts)
    if anew or not stamp.exists() or stamp.read_bytes() != now.encode():
        fresh(folder)
        say("Building with all tests (dbt build)")
        lay(EXPORTS, exports)  # the tests know these; others may lie beside
        dbt(["build"], database, DSPT_EXPORTS=exports)
        say("Rendering the pages")
        run("python", "-m", "reports", "--database", database, "--site", site)
        stamp.write_text(now)
    return {"OPEN_CYBER_DB": database, "DSPT_EXPORTS": exports, "OPEN_CYBER_SITE": site}


def run_tests(*arguments: str, **given: Path) -> None:
    """Runs Python tests: a file at a time on each core, so what they share is made once."""
    say("Running the Python tests (pytest)")
    run("pytest", "--numprocesses=auto", "--maxprocesses=4", "--dist=loadfile", *arguments, **given)


def faults() -> None:
    """Kills, fills disks and spoils inputs for many minutes: the long form of the fault tests."""
    install("requirements-dev.txt")
    run("pytest", "-m", "faults", "-rP", "tests/python/faults")


def mutants(*arguments: str) -> None:
    """Asks whether tests see small changes of the SQL: [--models NAME] [--most N] [--seed N]."""
    install("requirements-dev.txt")
    run("python", "-m", "tests.mutants", *arguments)


def test_engines(*only: str) -> None:
    """Compares the marts of DuckDB, Spark and dbt Fusion row by row: [default] no whole exports."""
    install("requirements-dev.txt")
    whole = () if only == ("default",) else ("--whole=10", *only)
    exports = lay(EXPORTS, ROOT / "target" / "engines" / "default")
    run("python", "-m", "tests.engines", *whole, exports)


def exposures() -> None:
    """Writes which marts each page reads: models/marts/_exposures.yml."""
    install("requirements.txt")
    run("python", "-m", "reports.exposures")


def serve() -> None:
    """Shows the site on http://127.0.0.1:8000 until Ctrl-C."""
    if not SITE.exists():
        sys.exit("There is no site yet: run `python -m tasks report` first.")
    try:
        server = ThreadingHTTPServer(
            ("127.0.0.1", 8000), partial(SimpleHTTPRequestHandler, directory=SITE)
        )
    except OSError as error:
        sys.exit(f"Port 8000: {error.strerror}. End the program that has it.")
    print("The site is on http://127.0.0.1:8000 until Ctrl-C", flush=True)
    with server, suppress(KeyboardInterrupt):
        server.serve_forever()


def bench(*numbers: str) -> None:
    """Measures builds of 1, 10 and 100 (or other numbers of) whole exports: docs/benchmarks.md."""
    install("requirements-dev.txt")
    run("python", "-m", "tests.benchmarks", *numbers)


def reference(*arguments: str) -> None:
    """Adds a release of ODS and ONS files to the seeds: FOLDER [--release yyyy-mm-dd]."""
    install("requirements.txt")
    run("python", "-m", "reference", "import", *arguments)


def refresh(*arguments: str) -> None:
    """Downloads today's files from the official services, and adds them to the seeds."""
    install("requirements.txt")
    run("python", "-m", "reference", "refresh", *arguments)


def main() -> None:
    """Reads the command line and runs the command."""
    parser = argparse.ArgumentParser(prog="python -m tasks", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for command in (
        report, preview, diff, serve, test, test_all, test_engines, faults, mutants, lint, types,
        bench, lock, licences, audit, exposures, reference, refresh,
    ):  # fmt: skip
        name = command.__name__.replace("_", "-")
        subparser = commands.add_parser(name, help=command.__doc__)
        subparser.set_defaults(command=command)
    publishing.show_any_name()
    options, arguments = parser.parse_known_args()
    if arguments and not inspect.signature(options.command).parameters:
        parser.error(f"{options.command.__name__} takes no arguments: {' '.join(arguments)}")
    for sign in ("?", os.pathsep):
        if sign in str(ROOT):
            sys.exit(
                f"{ROOT}: neither DuckDB nor Python likes {sign} in a folder's name. Rename it."
            )
    for name in filter(SETTINGS.match, list(os.environ)):
        del os.environ[name]
    try:
        for folder in (ROOT, PREVIEW):
            with suppress(publishing.Busy):
                publishing.settle(folder)
        options.command(*arguments)
    except publishing.Stopped as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"{error.filename or ROOT}: {error.strerror}. Free disk space, or permissions?")
    except KeyboardInterrupt:
        sys.exit(f"Stopped. {STAYS}")


if __name__ == "__main__":
    main()
