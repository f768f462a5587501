"""Makes releases, and builds them again: release, verify."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tasks import changelog, checks, compare, environment, publishing, report

INPUTS = ("data/dspt", "data/ods", "seeds")


def release(version: str = "", commit: str = "HEAD") -> None:
    """Writes the record of a release, and the tables that stay: VERSION [COMMIT, if an older one].

    Stops where CHANGELOG.md lacks the reason of a figure that changed. Makes no commit and no tag.
    """
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        sys.exit(f"VERSION={version} is none: name it as 1.2.0, make release VERSION=1.2.0")
    known = released()
    if known and _numbers(version) <= _numbers(known[-1]):
        sys.exit(f"{known[-1]} is released, and a release stays: take a later version.")
    refuse()
    changelog.section(environment.ROOT / "CHANGELOG.md", version)  # stops early if it is not there
    environment.install("requirements.txt")
    commit = git("rev-parse", "--verify", f"{commit}^{{commit}}").strip()
    is_older = commit != git("rev-parse", "HEAD").strip()
    folder = environment.ROOT / "target" / "release"
    with publishing.change(folder):
        building = publishing.scratch(folder)
        made, facts = building / "made", building / "facts.json"
        accepted = os.environ.get("DSPT_ACCEPT", "")
        about = {"version": version, "commit": commit, "accepted": accepted}
        facts.write_text(json.dumps(about | {"inputs": hashes(commit)}), "utf-8")
        database = compare.build_base(commit, building / "now")
        before: list[str | Path] = []
        if known:
            os.environ["DSPT_ACCEPT"] = record_of(known[-1])["accepted"]
            ref = record_of(known[-1])["commit"]
            before = ["--before", compare.build_base(ref, building / "before")]
            os.environ["DSPT_ACCEPT"] = accepted
        environment.run(
            "python", "-m", "tasks.record", "make", database, *before, "--facts", facts,
            "--into", made,
        )  # fmt: skip
        if not is_older:  # which was tested when it was made, by the tests of its time
            checks.test()
        with publishing.change(environment.ROOT) as place_of:
            for path in sorted(made.glob("releases/*")):
                shutil.move(path, place_of(environment.ROOT / path.relative_to(made)))
            for path in filter(Path.is_file, sorted(made.rglob("*"))):
                shutil.move(path, place_of(environment.ROOT / path.relative_to(made)))
    print(
        f"Release {version} is written: look at `git status` and releases/{version}.json, then\n"
        f"  git add --all && git commit --message 'Release {version}'\n"
        f"  git tag --annotate v{version} --message 'Release {version}'" + f" {commit}" * is_older
    )


def verify(*versions: str) -> None:
    """Builds releases anew from their commits and compares every table: [VERSION ...], else all.

    Ends with 1 where one is not the same.
    """
    named = [version for version in versions if version]
    if unknown := set(named) - set(released()):
        sys.exit(f"There is no release {', '.join(sorted(unknown))}: {', '.join(released())}")
    os.environ.pop("DSPT_EXPORTS", None)  # a release is made of the exports of its commit
    environment.install("requirements.txt")
    folder = environment.ROOT / "target" / "release"
    is_wrong = False
    with publishing.change(folder):
        building = publishing.scratch(folder)
        for version in named or released():
            record = record_of(version)
            os.environ["DSPT_ACCEPT"] = record["accepted"]
            database = compare.build_base(record["commit"], building / version)
            compared = environment.call(
                "python", "-m", "tasks.record", "check", database, "--version", version,
                cwd=environment.ROOT, environment={},
            )  # fmt: skip
            is_wrong |= bool(compared.returncode)
    sys.exit(int(is_wrong))


def released() -> list[str]:
    """The versions that are released, the oldest first."""
    names = (path.stem for path in (environment.ROOT / "releases").glob("*.json"))
    return sorted(names, key=_numbers)


def record_of(version: str) -> dict[str, str]:
    """The record of a release."""
    path = environment.ROOT / "releases" / f"{version}.json"
    found: dict[str, str] = json.loads(path.read_text("utf-8"))
    return found


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def refuse() -> None:
    """Ends the run where what would be released is not what git has."""
    if other := os.environ.get("DSPT_EXPORTS"):
        sys.exit(f"A release is made of data/dspt: unset DSPT_EXPORTS, which is {other}")
    changed = git("status", "--porcelain", "--untracked-files=all").splitlines()
    changed += [f"!! {export}" for export in report.changed_exports()]
    if changed:
        sys.exit(
            "Not as in git, so nobody else could build this release. Commit it, or move it away:\n"
            + "\n".join(dict.fromkeys(line[3:] for line in changed))
        )


def hashes(commit: str) -> dict[str, str]:
    """Each file that the marts of a commit are made from, as git has it, by its SHA-256."""
    names = git("ls-tree", "-r", "-z", "--name-only", commit, *INPUTS).split("\0")
    files = [name for name in names if name.endswith((".csv", ".parquet"))]
    return {
        name: hashlib.sha256(
            subprocess.run(
                ["git", "show", f"{commit}:{name}"],
                cwd=environment.ROOT, capture_output=True, check=True,
            ).stdout
        ).hexdigest()
        for name in files
    }  # fmt: skip


def git(*words: str) -> str:
    """What git says; its error ends the run."""
    said = subprocess.run(
        ["git", "-c", "core.quotePath=false", *words],
        cwd=environment.ROOT, capture_output=True, encoding="utf-8",
    )  # fmt: skip
    if said.returncode:
        sys.exit(said.stderr.strip() or f"git {words[0]} failed")
    return said.stdout
