"""Shows what this tree would publish differently from another: diff."""

import os
import sys
from pathlib import Path

from tasks import environment, publishing


def diff(base: str = "main") -> None:
    """Shows in Markdown what this tree would publish differently from BASE: a git ref or database.

    Ends with 1 if anything changes.
    """
    folder = environment.ROOT / "target" / "diff"
    with publishing.change(folder):
        building = publishing.scratch(folder)
        there = (environment.ROOT / Path(base).expanduser()).resolve()
        before = there if there.is_file() else build_base(base, building / "base")
        environment.say("Building the marts of this tree")
        now = build_marts(environment.ROOT, building / "head")
        compared = environment.call("python", "-m", "tasks.diff", before, now, base)
        sys.exit(compared.returncode)


def build_base(ref: str, folder: Path, **settings: str) -> Path:
    """Builds the marts of a commit with its own code, rules, seeds and exports."""
    environment.say(f"Building the marts of {ref}")
    tree = folder / "tree"
    environment.git("worktree", "prune")  # what a killed run has left
    added = environment.git("worktree", "add", "--quiet", "--detach", str(tree), ref)
    if added.returncode:
        sys.exit(
            f"{added.stderr}{ref} is neither a database nor a commit that git knows here. In a"
            " shallow clone, run: git fetch --unshallow"
        )
    try:
        return build_marts(tree, folder, environment_of(tree), **settings)
    finally:
        environment.git("worktree", "remove", "--force", str(tree))


def environment_of(tree: Path) -> Path:
    """The environment of a tree: this one, or a separate one if it pins other versions."""
    pinned, ours = ((root / "requirements.txt").read_bytes() for root in (tree, environment.ROOT))
    if pinned == ours:
        return environment.VENV
    venv_folder = environment.ROOT / "target" / "environments" / environment.digest(pinned)[:12]
    environment.install("requirements.txt", tree, venv_folder)
    return venv_folder


def build_marts(
    project: Path, folder: Path, venv_folder: Path | None = None, **settings: str | Path
) -> Path:
    """Builds the marts of a project without its tests; returns their database."""
    folder.mkdir(exist_ok=True)
    database = folder / "open_cyber.duckdb"
    given = os.environ.get("DSPT_EXPORTS")  # of both, if it is named
    if given:
        settings["DSPT_EXPORTS"] = environment.ROOT / Path(given).expanduser()
    command = ["build", "--resource-type", "seed", "--resource-type", "model"]
    environment.dbt(command, database, project, venv_folder, None, **settings)
    return database
