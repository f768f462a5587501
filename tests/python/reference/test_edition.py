"""An edition comes from an import, a row and an export: nothing else is changed."""

import shutil

import official

from tests.bench import ROOT

NAME = "DSPT search results 01_11_2026 09_00_00.csv"


def test_an_edition_comes_from_an_import_a_row_and_an_export(bench, project, tmp_path) -> None:
    """In a project that knows no organisation, and no edition after 24/25."""
    shutil.copytree(ROOT / "seeds", project.root / "seeds", dirs_exist_ok=True)
    editions = project.root / "seeds" / "dspt" / "dspt_editions.csv"
    known, newer = editions.read_text("utf-8").split("25/26,")
    editions.write_text(known, "utf-8")
    row = f"25/26,{newer.splitlines()[0]}\n"
    for seed in [
        *project.root.glob("seeds/o[dn]s/o*"),
        *project.root.glob("seeds/published/*.csv"),
    ]:
        if seed.stem not in ("ods_prescribing_settings", "ods_dispenser_types", "ods_statuses"):
            seed.write_text(seed.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    project.imports({
        "etr_2026-07.csv": official.ETR,
        "ect_2026-07.csv": official.ECT,
        "eccg_2026-07.csv": official.ECCG,
        "succ.csv": [*official.SUCC, ["TZ1", "RZ1", "R", "20260701", ""]],
        "lookup_2026-04.csv": official.lookup(),
    })  # fmt: skip
    editions.write_text(known + row, "utf-8")
    header, *rows = official.DSPT
    exported = [[*header, "Commissioner (From ODS)"], *([*row, ""] for row in rows)]
    official.write(tmp_path / "exports", {NAME: exported})
    with bench.undone():
        bench.seed(project.root)
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
