"""Where the project's files are, and how to run the programs of its environment."""

import ast
import csv
import errno
import hashlib
import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

from tasks import publishing

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
SITE = ROOT / "site"
NPM = ROOT / "tests" / "npm"
PREVIEW = ROOT / "preview"
STAYS = "What was published before is unchanged."
with (ROOT / "seeds" / "dspt" / "dspt_exports.csv").open(encoding="utf-8", newline="") as exports:
    # the exports that are part of the project
    EXPORTS = [ROOT / "data" / "dspt" / row["source_file"] for row in csv.DictReader(exports)]
# of the user's settings of dbt and pip only those that say where packages come from reach ours
SETTINGS = re.compile(
    "DBT_|PIP_(?!(INDEX_URL|EXTRA_INDEX_URL|FIND_LINKS|NO_INDEX|CERT|CLIENT_CERT|TRUSTED_HOST|PROXY"
    "|CONFIG_FILE|CACHE_DIR|DEFAULT_TIMEOUT|RETRIES)$)"
)
# all is pinned: some pips stumble over what depends on a name with an extra
QUIET = ("--quiet", "--disable-pip-version-check", "--no-user", "--no-deps")
FROM_PIP = {  # what uv calls the settings of pip that say where packages come from
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
    "timeout": "UV_HTTP_TIMEOUT",
}


def database() -> Path:
    """The published database: OPEN_CYBER_DB, or else open_cyber.duckdb in the root."""
    named = os.environ.get("OPEN_CYBER_DB") or "open_cyber.duckdb"
    return (ROOT / Path(named).expanduser()).resolve()


def say(step: str) -> None:
    """Prints what is being done now, separately from the output of a command."""
    print(f"* {step}", file=sys.stderr, flush=True)


def installed(program: str, venv_folder: Path | None = None) -> str:
    """The path of a program of the environment, or of another."""
    venv_folder = venv_folder or VENV
    if found := shutil.which(program, path=venv_folder / ("Scripts" if os.name == "nt" else "bin")):
        return found
    sys.exit(f"{program} is not in {venv_folder}: delete that folder and run this again.")


def call(
    program: str,
    *arguments: str | Path,
    cwd: Path | None = None,
    hold: bool = False,
    venv_folder: Path | None = None,
    settings: Mapping[str, str | Path] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Runs a program of the environment in a folder, or the root; can hold back its output."""
    says = "utf-8" if hold else sys.stdout.encoding
    # it may say any name
    settings = {"PYTHONIOENCODING": f"{says}:backslashreplace", **(settings or {})}
    return subprocess.run(
        [installed(program, venv_folder), *map(str, arguments)],
        cwd=cwd or ROOT,
        env=os.environ | {name: str(value) for name, value in settings.items()},
        stdout=subprocess.PIPE if hold else None,
        stderr=subprocess.STDOUT if hold else None,
        encoding="utf-8",
        errors="replace",
    )


def run(
    program: str, *arguments: str | Path, venv_folder: Path | None = None, **settings: str | Path
) -> None:
    """Runs a program of the environment in the project's root; ends the whole run if it fails."""
    if call(program, *arguments, venv_folder=venv_folder, settings=settings).returncode:
        name = arguments[1] if program == "python" else program  # python -m name
        sys.exit(f"Stopped in {name}. {STAYS}")


def install(requirements: str, root: Path | None = None, venv_folder: Path | None = None) -> None:
    """Brings the environment to the pinned versions; does nothing if it already has them.

    The versions of another project, by its root, are installed in a separate folder.
    """
    root, venv_folder = root or ROOT, venv_folder or VENV
    wanted = {
        # its programs know their folder and their Python
        venv_folder / "made-for.txt": f"{venv_folder.resolve()}, Python {sys.version}".encode(),
        venv_folder / requirements: (root / requirements).read_bytes(),
    }
    made_for, stamp = (path.exists() and path.read_bytes() == it for path, it in wanted.items())
    if made_for and stamp:
        return
    with publishing.change(ROOT):  # one run installs at a time
        say(f"Installing {requirements} into {venv_folder.name} (a minute or two, once)")
        if not made_for:
            if venv_folder.is_symlink():  # what it leads to is somebody's
                venv_folder.unlink()
            venv.create(venv_folder, with_pip=True, clear=True)
        if not install_by_uv(root / requirements, venv_folder):
            run("pip", "install", *QUIET, "-r", root / requirements, venv_folder=venv_folder)
        for path, content in wanted.items():
            path.write_bytes(content)


def install_by_uv(requirements: Path, venv_folder: Path) -> bool:
    """Installs with uv, which takes seconds where pip takes a minute; returns whether that worked.

    pip installs the pinned uv, and says where packages come from.
    """
    pins = re.split(r"\n(?=\S)", (ROOT / "requirements-dev.txt").read_text("utf-8"))
    pin = venv_folder / "uv.txt"
    pin.write_text("".join(one for one in pins if one.startswith("uv==")), "utf-8")
    hold = partial(call, hold=True, venv_folder=venv_folder)
    if hold("pip", "install", *QUIET, "-r", pin).returncode:
        return False
    configured = hold("pip", "config", "list").stdout
    settings = {"VIRTUAL_ENV": str(venv_folder), "UV_INDEX_STRATEGY": "unsafe-best-match"}  # as pip
    for name, value in re.findall(r"^[\w:]+\.([\w-]+)=(.+)$", configured, re.MULTILINE):
        if name in FROM_PIP:  # the environment's come last, and count
            words = str(ast.literal_eval(value)).split()
            settings[FROM_PIP[name]] = ("," if name == "find-links" else " ").join(words)
    quiet = ("--quiet", "--no-config", "--no-deps", "--require-hashes", "-r", requirements)
    return not hold("uv", "pip", "install", *quiet, settings=settings).returncode


def dbt(
    command: list[str],
    database: Path,
    cwd: Path = ROOT,
    venv_folder: Path | None = None,
    parse: Path | None = None,
    **settings: str | Path,
) -> None:
    """Runs a project's dbt on a database, with a target folder next to it.

    dbt's parse of the project is read from the file `parse`, and kept there.
    """
    target = database.parent / "target"
    options: list[str | Path] = ["--quiet", "--target-path", target]
    if parse and parse.exists():
        options += ["--partial-parse-file-path", parse]
    # dbt-duckdb takes a path from the root for an address, of which # and ? are parts
    path = os.path.relpath(database, cwd)
    # for another path in the profile dbt would parse all anew
    named = {"OPEN_CYBER_DB": database.name, "OPEN_CYBER_NEW": path}
    settings |= named if parse else {"OPEN_CYBER_DB": path}
    result = call(
        "dbt", *command, *options, cwd=cwd, hold=True, venv_folder=venv_folder, settings=settings
    )
    full = os.strerror(errno.ENOSPC)
    if result.returncode and full in result.stdout:  # in a traceback, or once for each model
        sys.exit(f"Stopped in dbt: {full} in {cwd}. {STAYS}")
    print(result.stdout, end="")
    if result.returncode:
        sys.exit(f"Stopped in dbt. {STAYS}")
    if parse and (parsed := target / parse.name).exists():
        parse.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(parsed, parse)


def git(*words: str) -> subprocess.CompletedProcess[str]:
    """Asks git about the project; where there is no git, it says nothing."""
    try:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, encoding="utf-8")
    except OSError as error:
        return subprocess.CompletedProcess(words, 1, "", str(error))


def commit() -> str:
    """The commit of the project as pages name it, `-dirty` if files differ; blank without git."""
    return git("describe", "--always", "--dirty", "--exclude=*", "--abbrev=10").stdout.strip()


def fresh(folder: Path) -> Path:
    """Makes an empty folder, and deletes what an earlier run left there."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def link(exports: Iterable[Path], folder: Path) -> Path:
    """Puts exports into a new folder: as links if the system can, because there may be many."""
    fresh(folder)
    for name, export in {export.name: export for export in exports}.items():  # the later of two
        try:
            (folder / name).symlink_to(export.absolute())
        except OSError:  # Windows allows it to few
            shutil.copy2(export, folder / name)
    return folder


def contents(*patterns: str) -> str:
    """A digest of the files that these globs or folders name, and of the versions used on them."""
    patterns += ("dbt_project.yml", "profiles.yml", "requirements.txt")
    found = [path for one in patterns for path in sorted(ROOT.glob(one))]
    paths = [path for one in found for path in ([one] if one.is_file() else sorted(one.rglob("*")))]
    files = [path for path in paths if path.is_file() and path.suffix != ".pyc"]
    return digest([(path.relative_to(ROOT).as_posix(), path.read_bytes()) for path in files])


def digest(*facts: object) -> str:
    """A hash that shows whether facts are still the same."""
    return hashlib.sha256(repr(facts).encode()).hexdigest()
