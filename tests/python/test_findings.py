"""Everything that dq_findings looks for, found in exports and seeds that have it.

Each of the invented organisations has one thing wrong; Z00 and RZ0 have nothing.
"""

from pathlib import Path
from typing import Any

import pytest

from tests.bench import Bench

HEADER = (
    "Code,Organisation Name,Status,Date Of Publication,Primary Sector,Commissioner (From ODS),{}\n"
)
FILES = {
    "DSPT Progress as of 17_06_2019 09_00_00 publish.csv": (
        "OrganisationName,ODSCode,PublicationStatus,DateOfPublication,PrimarySector,"
        "CCG (from ODS and CQC)\nOld House,Z90,Standards Met,CompletedThroughQIO,GP,\n"
    ),
    "DSPT search results.xlsx": "a workbook",
    "DSPT search results 17_10_2023 08_55_43.csv": HEADER.replace(",{}", "")
    + "Z00,A House,22/23 Standards Met,30/06/2023,Social Care,\n"
    + "Z09,A House,22/23 Standards Not Met,30/06/2023,Social Care,\n",
    "DSPT search results 16_11_2023 11_17_41.csv": HEADER.format("Colour")
    + "Z00,A House,22/23 Standards Met,01/07/2022,Social Care,,\n"
    + "RZ0,Trust 0,22/23 Standards Met,30/06/2023,NHS Trust,NHS SOMERSET ICB - 11X (CCG),\n"
    + "z01,A House,22/23 Standards Met,30/06/2023,Social Care,,\n"
    + "8E+395,A House,22/23 Standards Met,30/06/2023,Social Care,,\n"
    + "2003-04-01 00:00:00,A House,22/23 Standards Met,30/06/2023,Social Care,,\n"
    + "\tZ02,A House,22/23 Standards Met,30/06/2023,Social Care,,\n"
    + "Z03,Women?s House,22/23 Standards Met,30/06/2023,Social Care,,\n"
    + "Z04,Before the window,22/23 Standards Met,30/06/2022,Social Care,,\n"
    + "Z05,After the window,21/22 Standards Met,01/07/2023,Social Care,,\n"
    + "Z06,After the snapshot,22/23 Standards Met,17/11/2023,Social Care,,\n"
    + "Z07,A House,22/23 Standards Met,30/06/2023,Space Travel,,\n"
    + "RZ1,Trust 1,22/23 Standards Met,30/06/2023,NHS Trust,POWYS LHB (WALES),\n"
    + "Z09,A House,22/23 Approaching Standards,30/06/2023,Social Care,,\n"
    + "Z10,No trust,22/23 Standards Met,30/06/2023,NHS Trust,,\n"
    + "RZ3,Trust 3,19/20 Standards Met,16/06/2020,NHS Trust,,\n"
    + "RZ4,Trust 4,22/23 Standards Met,30/06/2023,NHS Trust,NHS DEVON ICB,\n",
}
SEEDS = {
    "ods_trusts": """\
2023-11-01,RZ0,TRUST 0,Y58,QSL,,2000-04-01,
2023-11-01,RZ1,TRUST 1,Y58,QSL,,2000-04-01,
2023-11-01,RZ2,TRUST 2,Y58,Q99,,2000-04-01,
2023-11-01,RZ3,TRUST 3,Y58,QSL,,2000-04-01,2020-03-31
2023-11-01,RZ4,TRUST 4,Y58,QSL,,2000-04-01,
2023-11-01,RZ5,TRUST 5,Y58,QSL,,2000-04-01,
2023-11-01,RZ6,TRUST 6,Y58,QSL,,2000-04-01,2022-03-31
""",
    "ods_successions": """\
RZ3,RZ0,R,2020-04-01,
RZ6,RZ6,R,2022-04-01,
RZ6,RZ7,R,2022-04-01,
RZ5,RZ0,R,2023-04-01,
""",
    "ods_corrections": """\
add succession,RZ3,RZ0,2020-04-01,in the source by now
close organisation,RZ6,,2022-03-30,in the source by now
close organisation,RZ5,,2024-03-31,not in the source yet
""",
}
KNOWN = """
    select organisation_code from seeds.ods_trusts
    union select organisation_code from seeds.ods_csus
    union select icb_code from seeds.ons_icbs
    union select organisation_code from seeds.ods_commissioners
"""
FOUND = {
    ("unexpected column", None),
    ("invisible characters", None),
    ("workbook", None),
    ("unreadable dates", None),
    ("outcomes without a date", None),
    ("code in lower case", "Z01"),
    ("code damaged by a spreadsheet", "8E+395"),
    ("code damaged by a spreadsheet", "2003-04-01 00:00:00"),
    ("garbled name", "Z03"),
    ("date outside the window of the edition", "Z04"),
    ("date outside the window of the edition", "Z05"),
    ("date outside the window of the edition", "Z06"),
    ("sector without a place in the list", None),
    ("status relabelled since the last snapshot", "Z09"),
    ("called an NHS trust but not one in ODS", "Z10"),
    ("in scope but not in the export", "RZ2"),
    ("in scope but not in the export", "RZ5"),
    ("in scope but in no ICB", "RZ2"),
    ("closed but still publishing", "RZ3"),
    ("ICB differs between export and ODS", "RZ1"),
    ("ICB differs between export and ODS", "RZ4"),
    ("organisation that succeeds itself", "RZ6"),
    ("succession without a known successor", "RZ6"),
    ("succeeded but still open", "RZ5"),
    ("correction that the source has caught up with", "RZ3"),
    ("correction that the source has caught up with", "RZ6"),
    ("no release on or before the census", None),
    ("accepted against doubts", None),
}


@pytest.fixture(scope="module")
def found(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Any, ...]]:
    """The findings: check, severity, organisation and detail, but those on real organisations."""
    folder: Path = tmp_path_factory.mktemp("findings")
    (folder / "exports").mkdir()
    for name, text in FILES.items():
        (folder / "exports" / name).write_text(text)
    real = set(bench.rows(KNOWN))
    with bench.undone():
        for seed, rows in SEEDS.items():
            (folder / seed).write_text(rows)
            bench.db.execute(f"copy seeds.{seed} from '{folder / seed}' (header false)")
            bench.changed(seed)
        bench.read(folder / "exports")
        bench.accept(*FILES)
        bench.run("dq_findings")
        rows = bench.rows(
            'select "check", severity, organisation_code, detail from marts.dq_findings'
            # the older exports here have no trust at all
            " where \"check\" not like 'in scope but%' or snapshot_date = '2023-11-16'"
        )
    return [row for row in rows if row[2] is None or (row[2],) not in real]


def test_each_oddity_is_found_with_what_it_is_about_and_nothing_else(found) -> None:
    assert {(check, code) for check, _, code, _ in found} == FOUND
    assert {severity for _, severity, _, _ in found} == {"error", "warning", "info"}
    details = " ".join(detail for *_, detail in found)
    for value in "colour|U+0009Z02|CompletedThroughQIO|Space Travel|POWYS LHB|z01|RZ7".split("|"):
        assert value in details
