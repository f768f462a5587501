"""Maintains what the project depends on: packages, licences, exposures, reference data."""

import json
import subprocess
import sys

from tasks import environment


def lock(*arguments: str) -> None:
    """Pins what pyproject.toml asks for, with hashes: [--upgrade | --upgrade-package NAME]."""
    for requirements, sources in {
        "requirements.txt": ["pyproject.toml"],
        "requirements-dev.txt": ["pyproject.toml", "--extra=test"],
        "tests/engines/spark.txt": ["tests/engines/spark.in"],
        "tests/engines/fusion.txt": ["tests/engines/fusion.in"],
    }.items():
        environment.run(
            "uv", "pip", "compile", *sources,
            # one file for every system and every Python from 3.11; no address of an index in it
            "--universal", "--python-version=3.11", "--generate-hashes", "--no-emit-index-url",
            "--no-strip-extras",  # the pip of Python 3.11 wants a pin for each name with extras
            "--no-annotate", "--custom-compile-command=python -m tasks lock", "--quiet",
            f"--output-file={requirements}", *arguments,
        )  # fmt: skip


def licences() -> None:
    """Lists the licence of every installed package."""
    environment.run("pip-licenses", "--order=license", "--with-urls")
    print("Of npm, for the tests only:")
    for lock in sorted(environment.NPM.rglob("package-lock.json")):
        for name, package in json.loads(lock.read_text(encoding="utf-8"))["packages"].items():
            if name:
                words = package.get("license", "licence unknown")
                print(f" {name.removeprefix('node_modules/')} {package['version']} {words}")


def audit() -> None:
    """Looks for known vulnerabilities in what is pinned, and reports if nobody answered."""
    environment.say("Asking for known vulnerabilities (pip-audit)")
    answer = subprocess.run(
        [
            # in an environment of its own: pip-audit needs a pip, and more, that are not ours
            environment.installed("uv"), "tool", "run", "--from", "pip-audit==2.10.1", "pip-audit",
            "--disable-pip", "--requirement", "requirements-dev.txt", "--format", "json",
            "--progress-spinner", "off",
        ],
        cwd=environment.ROOT, capture_output=True, encoding="utf-8",
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


def exposures() -> None:
    """Writes which marts each page reads: models/marts/_exposures.yml."""
    environment.run("python", "-m", "reports.exposures")


def overview() -> None:
    """Takes the picture of the README from the published site: docs/overview.png."""
    environment.run("python", "-m", "tests.browser")


def reference(*arguments: str) -> None:
    """Adds a release of ODS and ONS files to the seeds: FOLDER [--release yyyy-mm-dd]."""
    environment.run("python", "-m", "reference", "import", *arguments)


def refresh(*arguments: str) -> None:
    """Downloads today's files from the official services, and adds them to the seeds."""
    environment.run("python", "-m", "reference", "refresh", *arguments)
