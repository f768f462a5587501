"""Builds, publishes and shows: report, preview, serve."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tasks import environment, publishing


def report() -> None:
    """Builds and tests the marts, renders the pages, and publishes both together."""
    environment.install("requirements.txt")
    refuse(environment.database())
    publish(environment.ROOT, environment.database(), environment.SITE)
    if other := os.environ.get("DSPT_EXPORTS"):
        print(f"Made from {other}, not from data/dspt. To try an export: make preview EXPORT=...")
    elif changed := changed_exports():
        print(f"Not as in git, so nobody else can build this: {', '.join(changed)}")


def preview(*exports: str) -> None:
    """Shows in preview/ what an export would change, beside those of data/dspt: EXPORT."""
    environment.install("requirements.txt")
    given = [Path(export).expanduser().absolute() for export in exports if export]
    if not given:
        sys.exit("EXPORT is missing: name the file, make preview EXPORT=~/Downloads/....csv")
    for export in given:
        if not export.is_file():
            sys.exit(f"EXPORT: there is no file {export}. Give its path from {Path.cwd()}, or all.")
    ours = [
        path
        for path in (environment.ROOT / "data" / "dspt").iterdir()
        if path.suffix.lower() == ".csv"
    ]
    environment.PREVIEW.mkdir(exist_ok=True)
    publish(
        environment.PREVIEW,
        environment.PREVIEW / "open_cyber.duckdb",
        environment.PREVIEW / "site",
        [*ours, *given],
    )


def serve() -> None:
    """Shows the site on http://127.0.0.1:8000 until Ctrl-C."""
    if not environment.SITE.exists():
        sys.exit("There is no site yet: run `python -m tasks report` first.")
    try:
        server = ThreadingHTTPServer(
            ("127.0.0.1", 8000), partial(SimpleHTTPRequestHandler, directory=environment.SITE)
        )
    except OSError as error:
        sys.exit(f"Port 8000: {error.strerror}. End the program that has it.")
    print("The site is on http://127.0.0.1:8000 until Ctrl-C", flush=True)
    with server, suppress(KeyboardInterrupt):
        server.serve_forever()


def publish(folder: Path, database: Path, site: Path, exports: Iterable[Path] = ()) -> None:
    """Builds, audits, publishes: the old database and site stay until the new pass every test.

    The exports are those of `DSPT_EXPORTS`, or of data/dspt, where none are given.
    """
    with publishing.change(folder) as place:
        new_database, new_site = place(database), place(site)
        building = publishing.scratch(folder)
        built, rendered = building / "open_cyber.duckdb", building / "site"
        anew = building / "anew" / built.name
        given = {"DSPT_EXPORTS": environment.lay(exports, building / "exports")} if exports else {}
        environment.say("Building and testing the marts (dbt build)")
        if database.exists():  # dbt takes over what it kept of the exports
            publishing.link(database, building / "before.duckdb")
        build = ["build", "--no-write-json"]
        tested, now = (
            environment.ROOT / "target" / "rules-tested",
            rules(),
        )  # not what changes meanwhile
        if tested.exists() and tested.read_bytes() == now.encode():
            build += ["--exclude-resource-type", "unit_test"]
        environment.dbt(build, built, **given)
        tested.parent.mkdir(exist_ok=True)
        tested.write_text(now)
        environment.dbt(["docs", "generate", "--static"], built, **given)
        environment.say("Rendering the pages")
        anew.parent.mkdir()
        environment.run(
            "python", "-m", "exports", "write-anew", built, anew, DUCKDB_JE_MALLOC_CONF="zero:true"
        )
        environment.run("python", "-m", "reports", "--database", anew, "--site", rendered,
            "--before", site, "--docs", building / "target")  # fmt: skip
        shutil.move(anew, new_database)  # to the right disk
        shutil.move(rendered, new_site)
    print(f"The database is {database}\nThe page is     {site / 'index.html'}")


def rules() -> str:
    """What the unit tests depend on, in short: they are half of a build, and see no export."""
    return environment.contents("macros", "models", "seeds")


def refuse(database: Path) -> None:
    """Ends the run where a database cannot be published, or could not be read."""
    schemas = re.findall(
        r"\+schema: (\w+)", (environment.ROOT / "dbt_project.yml").read_text("utf-8")
    )
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
            cwd=environment.ROOT,
            capture_output=True,
            encoding="utf-8",
        )
        files = [entry[3:] for entry in status.stdout.split("\0")]
        return [file for file in files if file.lower().endswith(".csv")]
    return []
