"""What is installed is what is pinned, and an audit that nobody answered is not called green."""

import json
import re
from subprocess import CompletedProcess

import pytest
from npm import PINNED, ROOT

from tasks import environment, upkeep

REQUIREMENTS = sorted([*ROOT.glob("requirements*.txt"), *ROOT.glob("tests/engines/*.txt")])
LOCKS = sorted(PINNED.rglob("package-lock.json"))


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
    said = "" if answered is None else json.dumps({"dependencies": answered})
    answer = CompletedProcess([], 1, said, "Traceback\nno route")
    monkeypatch.setattr(upkeep.subprocess, "run", lambda *arguments, **options: answer)
    monkeypatch.setattr(environment, "install", lambda requirements: None)
    with pytest.raises(SystemExit, match=words):
        upkeep.audit()
    assert ("a 1: CVE-2026-1" in capsys.readouterr().out) is (KNOWN in (answered or []))
