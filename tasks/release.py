"""Makes releases, and builds them again: release, verify."""

import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

from tasks import changelog, compare, environment, publishing, report, testing

RELEASES = environment.ROOT / "releases"
Record = dict[str, Any]


def release(version: str = "", commit: str = "HEAD") -> None:
    """Writes the record of a release, and its tables: VERSION [COMMIT, if an older one].

    Stops if CHANGELOG.md lacks the reason for a figure that changed. Makes no commit and no tag.
    """
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        sys.exit(f"VERSION={version} is not a version: write it as in make release VERSION=1.2.0")
    before = records()[-1:]
    if before and _numbers(version) <= _numbers(before[0]["version"]):
        sys.exit(f"{before[0]['version']} is released already: choose a later version.")
    refuse()
    changelog.section(environment.ROOT / "CHANGELOG.md", version)  # stops early if it is not there
    environment.install("requirements-dev.txt")
    commit = git("rev-parse", "--verify", f"{commit}^{{commit}}").strip()
    is_older = commit != git("rev-parse", "HEAD").strip()
    folder = environment.ROOT / "target" / "release"
    with publishing.change(folder):
        building = publishing.scratch(folder)
        made = building / "made"
        databases = [compare.build_base(commit, building / "now")]
        databases += [built(record, building / "before") for record in before]
        environment.run("python", "-m", "tasks.record", "make", version, commit, made, *databases)
        if not is_older:  # which was tested when it was made, by the tests of its time
            testing.test()
        with publishing.change(environment.ROOT) as new_form:
            for path in filter(Path.is_file, sorted(made.rglob("*"))):
                shutil.move(path, new_form(environment.ROOT / path.relative_to(made)))
    print(
        f"Release {version} is written: check `git status` and releases/{version}.json, then\n"
        f"  git add --all && git commit --message 'Release {version}'\n"
        f"  git tag --annotate v{version} --message 'Release {version}'" + f" {commit}" * is_older
    )


def verify(*versions: str) -> None:
    """Builds releases again from their commits and compares every table: [VERSION ...], else all.

    Ends with 1 if one differs.
    """
    known = {record["version"]: record for record in records()}
    if unknown := {*versions} - known.keys():
        sys.exit(f"There is no release {', '.join(sorted(unknown))}: {', '.join(known)}")
    environment.install("requirements.txt")
    os.environ.pop("DSPT_EXPORTS", None)  # a release is made of the exports of its commit
    folder = environment.ROOT / "target" / "release"
    with publishing.change(folder):
        building = publishing.scratch(folder)
        checked = [
            environment.call(
                "python", "-m", "tasks.record", "check",
                version, built(known[version], building / version),
            )
            for version in versions or known
        ]  # fmt: skip
    sys.exit(any(one.returncode for one in checked))


def built(record: Record, folder: Path) -> Path:
    """The database of a release, built again."""
    return compare.build_base(record["commit"], folder, DSPT_ACCEPT=record["accepted"])


def records() -> list[Record]:
    """The records of all releases, the oldest first."""
    found = [json.loads(path.read_text("utf-8")) for path in RELEASES.glob("*.json")]
    return sorted(found, key=lambda record: _numbers(record["version"]))


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def refuse() -> None:
    """Ends the run if what would be released is not committed."""
    if other := os.environ.get("DSPT_EXPORTS"):
        sys.exit(f"A release is made from data/dspt: unset DSPT_EXPORTS, which is {other}")
    entries = git("status", "--porcelain", "-z", "--no-renames", "-uall").split("\0")
    if changed := {entry[3:] for entry in entries if entry} | {*report.changed_exports()}:
        sys.exit(
            "Not committed, so nobody else could build this release. Commit it, or move it away:\n"
            + "\n".join(sorted(changed))
        )


def git(*words: str) -> str:
    """What git says; its error ends the run."""
    result = environment.git(*words)
    if result.returncode:
        sys.exit(result.stderr.strip() or f"git {words[0]} failed")
    return result.stdout
