"""Builds, publishes and shows: report, preview, serve."""

import os
import re
import shutil
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tasks import environment, marks, publishing

DOCS = "static_index.html"  # of dbt
RULES = Path("target", "rules")  # where docs and parse of the rules are kept
NO_UNIT_TESTS = ("--exclude-resource-type", "unit_test")


def report(full: str = "") -> None:
    """Builds and tests the marts, renders the pages, publishes both: [full] starts from nothing.

    If nothing has changed, nothing is done; if only pages have, nothing is built.
    """
    if full not in ("", "full"):
        sys.exit(f"report does not take {full}: `full` is its only argument.")
    database, site = environment.database(), environment.SITE
    refuse(database)
    environment.install("requirements.txt")
    if full:
        for kept in (".exports", RULES):
            shutil.rmtree(environment.ROOT / kept, ignore_errors=True)
    now = marks.Marks(database, site)
    if now.is_published and not full:
        print(f"Nothing has changed since {now.last['at']}, when everything was published")
        print(f"The database is {database}\nThe site is     {site / 'index.html'}")
        return
    now.forget()
    if now.is_built and are_tested(rules()) and not full:
        publish_site(database, site)
    else:
        publish(environment.ROOT, database, site, begin_anew=bool(full))
    now.keep()
    if other := os.environ.get("DSPT_EXPORTS"):
        print(f"Built from {other}, not from data/dspt. To try an export: make preview EXPORT=...")
    elif changed := changed_exports():
        print(f"Not committed, so nobody else can build this: {', '.join(changed)}")


def preview(*exports: str) -> None:
    """Shows in preview/ what an export would change, next to those of data/dspt: EXPORT."""
    given = [Path(export).expanduser().absolute() for export in exports if export]
    if not given:
        sys.exit("EXPORT is missing: name the file, make preview EXPORT=~/Downloads/....csv")
    for export in given:
        if not export.is_file():
            sys.exit(
                f"EXPORT: there is no file {export}. Give its path from {Path.cwd()}, or in full."
            )
    environment.install("requirements.txt")
    ours = (environment.ROOT / "data" / "dspt").glob("*.[cC][sS][vV]")
    folder = environment.PREVIEW
    folder.mkdir(exist_ok=True)
    publish(folder, folder / "open_cyber.duckdb", folder / "site", [*ours, *given])


def serve() -> None:
    """Shows the site on http://127.0.0.1:8000 until Ctrl-C."""
    if not environment.SITE.exists():
        sys.exit("There is no site yet: run `python -m tasks report` first.")
    try:
        server = ThreadingHTTPServer(
            ("127.0.0.1", 8000), partial(SimpleHTTPRequestHandler, directory=environment.SITE)
        )
    except OSError as error:
        sys.exit(f"Port 8000: {error.strerror}. End the program that uses it.")
    print("The site is on http://127.0.0.1:8000 until Ctrl-C", flush=True)
    with server, suppress(KeyboardInterrupt):
        server.serve_forever()


def publish_site(database: Path, site: Path) -> None:
    """Publishes the pages again, from the published database."""
    with publishing.change(environment.ROOT) as new_form:
        new_site = new_form(site)
        rendered = publishing.scratch(environment.ROOT) / "site"
        render(database, rendered, "--before", site)
        shutil.move(rendered, new_site)
    print(f"The site is     {site / 'index.html'}")


def publish(
    folder: Path,
    database: Path,
    site: Path,
    exports: Iterable[Path] = (),
    begin_anew: bool = False,
) -> None:
    """Builds, audits, publishes: the old database and site stay until the new ones pass every test.

    The exports are those of `DSPT_EXPORTS`, or of data/dspt if none are given. Whatever can be
    reused from the old ones is, unless everything is to start from nothing.
    """
    with publishing.change(folder) as new_form:
        new_database, new_site = new_form(database), new_form(site)
        building = publishing.scratch(folder)
        built, rendered = building / "open_cyber.duckdb", building / "site"
        anew = building / "anew" / built.name
        given = {"DSPT_EXPORTS": environment.link(exports, building / "exports")} if exports else {}
        environment.say("Building and testing the marts (dbt build)")
        if database.exists() and not begin_anew:  # dbt takes over what it kept of the exports
            publishing.link(database, building / "before.duckdb")
        build(built, given)
        anew.parent.mkdir()
        environment.run(
            "python", "-m", "exports", "write-anew", built, anew, DUCKDB_JE_MALLOC_CONF="zero:true"
        )
        render(anew, rendered, *(() if begin_anew else ("--before", site)))
        shutil.move(anew, new_database)  # to the right disk
        shutil.move(rendered, new_site)
    print(f"The database is {database}\nThe site is     {site / 'index.html'}")


def build(database: Path, given: Mapping[str, Path]) -> None:
    """Builds and tests a database; unit tests and docs only if rules or versions changed.

    They are half of a build, and do not depend on exports. dbt's parse is kept with them.
    """
    folder = environment.ROOT / RULES
    parse, now = folder / "partial_parse.msgpack", rules()  # not what changes meanwhile
    command = ["build", "--no-write-json"]
    if are_tested(now):
        return environment.dbt([*command, *NO_UNIT_TESTS], database, parse=parse, **given)
    # docs have the order of the parse, and one that is brought up to date has another
    parse.unlink(missing_ok=True)
    environment.dbt(command, database, parse=parse, **given)
    environment.dbt(["docs", "generate", "--static"], database, parse=parse, **given)
    folder.mkdir(parents=True, exist_ok=True)
    made = Path(shutil.copy(database.parent / "target" / DOCS, folder)).read_bytes()
    (folder / "made-from").write_text(environment.digest(now, made))


def rules() -> str:
    """A digest of everything that the unit tests and the docs depend on."""
    return environment.contents("macros", "models", "seeds")


def are_tested(rules: str) -> bool:
    """Whether rules of this digest have passed their unit tests, and their docs are unchanged."""
    folder = environment.ROOT / RULES
    with suppress(OSError, ValueError):
        docs = (folder / DOCS).read_bytes()
        return (folder / "made-from").read_text() == environment.digest(rules, docs)
    return False


def render(database: Path, site: Path, *more: str | Path) -> None:
    """Renders the pages, with dbt's docs of the last build."""
    environment.say("Rendering the pages")
    paths = ("--database", database, "--site", site, "--docs", environment.ROOT / RULES)
    environment.run("python", "-m", "reports", *paths, *more)


def refuse(database: Path) -> None:
    """Ends the run if a database could not be published or read."""
    schemas = re.findall(
        r"\+schema: (\w+)", (environment.ROOT / "dbt_project.yml").read_text("utf-8")
    )
    if database.name.lower().split(".")[0] in (*schemas, "information_schema"):
        sys.exit(f"OPEN_CYBER_DB: {database.name} has the name of a schema: choose another name.")
    if not database.parent.is_dir():
        sys.exit(f"There is no folder {database.parent} for OPEN_CYBER_DB: create it first.")
    if database.exists() and publishing.is_being_written(database):
        sys.exit(
            f"{database} is open in another program: close it there, or open it with -readonly."
        )


def changed_exports() -> list[str]:
    """The exports in data/dspt that are new to git or changed; none if there is no git."""
    words = "status --porcelain -z --no-renames --ignored -uall data/dspt"
    entries = environment.git(*words.split()).stdout.split("\0")
    return [entry[3:] for entry in entries if entry.lower().endswith(".csv")]
