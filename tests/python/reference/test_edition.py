"""An edition comes from an import, a row and an export: nothing else is changed."""

import shutil
from pathlib import Path

import official
import pytest

from reference.importing import import_files
from tests.bench import ROOT, Bench

NAME = "DSPT search results 01_11_2026 09_00_00.csv"


def test_an_edition_comes_from_an_import_a_row_and_an_export(
    bench: Bench, project: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a project that knows no organisation, and no edition after 24/25."""
    shutil.copytree(ROOT / "seeds", project / "seeds", dirs_exist_ok=True)
    editions = project / "seeds" / "dspt" / "dspt_editions.csv"
    known, newer = editions.read_text("utf-8").split("25/26,")
    editions.write_text(known, "utf-8")
    row = f"25/26,{newer.splitlines()[0]}\n"
    for seed in [*project.glob("seeds/o[dn]s/o*.csv"), *project.glob("seeds/published/*.csv")]:
        if seed.stem not in ("ods_prescribing_settings", "ods_dispenser_types", "ods_statuses"):
            seed.write_text(seed.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    tables = {
        "etr_2026-07.csv": official.ETR,
        "ect_2026-07.csv": official.ECT,
        "eccg_2026-07.csv": official.ECCG,
        "succ.csv": [*official.SUCC, ["TZ1", "RZ1", "R", "20260701", ""]],
        "lookup_2026-04.csv": official.lookup("SICBL", "ICB", "NHSER", year="26"),
    }
    for name, rows in tables.items():
        (folder / name).write_text(official.table(rows), "utf-8")
    import_files(project, folder)
    editions.write_text(known + row, "utf-8")
    (tmp_path / "exports").mkdir()
    header, *rows = official.DSPT
    exported = [[*header, "Commissioner (From ODS)"], *([*row, ""] for row in rows)]
    (tmp_path / "exports" / NAME).write_text(official.table(exported), "utf-8")
    with bench.undone():
        bench.seed(project)
        bench.read(tmp_path / "exports")
        bench.accept(NAME)
        assert bench.failed() == []
        ledger = bench.rows(
            "select organisation_code, edition, icb_code, outcome, inheritance_path"
            " from marts.fct_compliance order by all"
        )
    assert ledger == [
        ("QA1", "25/26", "QA1", "Not Published", None),
        ("QA2", "25/26", "QA2", "Not Published", None),
        ("RZ1", "25/26", "QA1", "Standards Met", None),
        ("RZ2", "25/26", "QA2", "Not Published", None),
        ("TZ1", "25/26", "QA1", "Standards Met", "TZ1 > RZ1"),
        ("Z1Z2Z", "25/26", "QA1", "Not Published", None),
    ]
