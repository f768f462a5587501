"""The tests themselves, tried on a mutant of each model; `make mutants` tries more."""

import subprocess
import sys

import pytest

from tests.bench import ROOT


@pytest.mark.full
def test_of_a_mutant_of_each_model_the_tests_see_most() -> None:
    command = [sys.executable, "-m", "tests.mutants", "--most", "1"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
    assert ran.returncode == 0, ran.stdout + ran.stderr
