"""Official files in, seeds out: what is read, what is refused, and that nothing is half done."""

import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import official
import pytest
import shapely
from killed import before_each_change
from official import organisation, table

from reference import Refused
from reference.importing import import_files
from reference.layouts import date_in_name

ROOT = Path(__file__).parents[3]
OFFICIAL = ROOT.parent / "shared" / "data"
BY_HAND = (
    "ods/display_words",
    "ods/ods_csus",
    "ods/ods_icbs",
    "ods/ods_corrections",
    "ods/ods_coordinates",
    "ods/ods_statuses",
    "ods/ods_prescribing_settings",
    "ods/ods_dispenser_types",
    "ons/ons_registered_patients",
)

RELEASE_BY_HAND = "2022-07-01"  # of ONS

Seed = Callable[[str], list[str]]


def files_of(root: Path) -> dict[str, bytes]:
    """Every file under a folder, by relative path."""
    paths = [path for path in root.rglob("*") if path.is_file()]
    return {str(path.relative_to(root)): path.read_bytes() for path in paths}


@pytest.mark.skipif(not OFFICIAL.is_dir(), reason="no official files in ../shared/data")
def test_official_files_give_the_committed_seeds_byte_for_byte(project: Path) -> None:
    for name in BY_HAND:
        target = project / "seeds" / f"{name}.csv"
        target.parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / "seeds" / f"{name}.csv", target)
    for name in ("ons_sub_icb_locations", "ons_icbs", "ons_regions"):
        header, *rows = (ROOT / "seeds" / "ons" / f"{name}.csv").read_text("utf-8").splitlines(True)
        by_hand = [row for row in rows if row.startswith(RELEASE_BY_HAND)]
        (project / "seeds" / "ons" / f"{name}.csv").write_text("".join([header, *by_hand]), "utf-8")
    for part in ("ods", "ons", "edition_20_21", "boundaries", "sectors"):
        import_files(project, OFFICIAL / part)
    kept = (".csv", ".geojson", ".parquet")
    for part in ("seeds/ods", "seeds/ons", "data/boundaries", "data/ods"):
        ours = {name: it for name, it in files_of(ROOT / part).items() if name.endswith(kept)}
        theirs = files_of(project / part)
        assert [name for name in theirs | ours if theirs.get(name) != ours.get(name)] == []


@pytest.mark.parametrize(
    ("name", "release"),
    [
        ("etr_2026-07.csv", "2026-07"),
        ("etr_2026-07 (2).csv", "2026-07"),
        ("CCG_STP_NHSER_Apr_2021_LU_EN.csv", "2021-04"),
        ("SICBL23_ICB23_Apr_2023.csv", "2023-04"),
        ("icb_apr_2023_en_bsc.geojson", "2023-04"),
        ("Sub_ICB_Locations_(April_2024)_EN.csv", "2024-04"),
        ("ONSPD_AUG_2026_UK.csv", "2026-08"),
        ("etr_2026-07-20.csv", "2026-07-20"),
        ("etr 2025-07-15.csv", "2025-07-15"),
        ("etr20260720.csv", "2026-07-20"),
        ("etr_2026_07_20 (1).csv", "2026-07-20"),
        ("etr 20.07.2026.csv", "2026-07-20"),
        ("etr (1 July 2026).csv", "2026-07-01"),
        ("etr.csv", None),
        ("summary_2023.csv", None),
        ("etr_2026-13.csv", None),
    ],
)
def test_date_in_a_name(name: str, release: str | None) -> None:
    assert date_in_name(name) == release


def test_ods_files_are_told_apart_by_content(project: Path, folder: Path, seed: Seed) -> None:
    for name, rows in {
        "a": official.ETR,
        "b": official.ECT,
        "c": official.ECCG,
        "d": official.ECSU,
        "e": official.SUCC,
    }.items():
        (folder / f"{name}.csv").write_text(table(rows), newline="")
    import_files(project, folder, "2026-05-01")
    place = "QA1,ZZ1 1AA,2020-04-01,"
    assert seed("ods/ods_trusts") == [
        f"2026-05-01,RZ1,RZ1 NHS TRUST,Y60,{place}",
        "2026-05-01,RZ2,RZ2 NHS TRUST,Y60,QA2,ZZ1 1AA,2020-04-01,",
        f"2026-05-01,TZ1,TZ1 NHS TRUST,Y60,{place}",
        f"2026-05-01,Z1Z2Z,Z1Z2Z NHS TRUST,Y60,{place}",
    ]
    assert seed("ods/ods_commissioners") == [
        "2026-05-01,97Z,INVENTED COMMISSIONING HUB,H,Y60,Q99,ZZ1 1AA,2020-04-01,",
        f"2026-05-01,98Z,NHS INVENTED ICB - 98Z,C,Y60,{place}",
    ]
    assert seed("ods/ods_csus") == ["2026-05-01,0ZZ,INVENTED CSU,ZZ1 1AA"]
    assert seed("ods/ods_successions") == ["RY0,RZ0,R,2019-04-01,F", "RZ0,RZ1,R,2021-04-01,"]


def test_importing_twice_changes_nothing(project: Path, folder: Path) -> None:
    (folder / "etr_2026-05.csv").write_text(table(official.ETR))
    (folder / "succ.csv").write_text(table(official.SUCC))
    import_files(project, folder)
    before = files_of(project)
    assert "nothing: all of this was there already" in str(import_files(project, folder))
    assert files_of(project) == before


def test_a_kill_before_any_change_of_a_file_leaves_all_of_the_old_or_all_of_the_new(
    project: Path, folder: Path
) -> None:
    (folder / "etr_2026-05.csv").write_text(table(official.ETR))
    import_files(project, folder)
    before = files_of(project)
    (folder / "etr_2026-06.csv").write_text(table(official.ETR))
    (folder / "eccg_2026-06.csv").write_text(table(official.ECCG))
    (folder / "succ.csv").write_text(table(official.SUCC))

    def state(killed: Path) -> str:
        after = files_of(killed)
        assert after.keys() == before.keys()
        changed = sum(after[name] != before[name] for name in before)
        return {0: "old", 3: "new"}[changed]

    states = before_each_change(project, lambda: import_files(project, folder), state)
    assert states == sorted(states, reverse=True), "once decided, it is completed"
    assert states.count("old") > 10
    assert states.count("new") > 3
    assert state(project) == "new"
    assert "nothing: all of this was there already" in str(import_files(project, folder))


def test_a_full_disk_changes_nothing(
    project: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "etr_2026-05.csv").write_text(table(official.ETR))

    def full(_: int) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("reference.seeds.os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        import_files(project, folder)
    assert files_of(project) == {}


def test_a_release_is_never_rewritten(project: Path, folder: Path) -> None:
    (folder / "etr_2026-05.csv").write_text(table(official.ETR))
    import_files(project, folder)
    before = files_of(project)
    (folder / "etr_2026-05.csv").write_text(table(official.ETR[:2]))
    with pytest.raises(Refused, match=r"already has the release 2026-05-01.* for Z1Z2Z; .*RELEASE"):
        import_files(project, folder)
    assert files_of(project) == before


def test_care_trusts_of_a_month_may_follow_the_trusts(
    project: Path, folder: Path, seed: Seed
) -> None:
    (folder / "etr_2026-05.csv").write_text(table(official.ETR))
    import_files(project, folder)
    (folder / "ect_2026-05.csv").write_text(table(official.ECT))
    import_files(project, folder)
    import_files(project, folder)
    assert [line.split(",")[1] for line in seed("ods/ods_trusts")] == ["RZ1", "RZ2", "TZ1", "Z1Z2Z"]


def test_summary_says_what_changed_against_the_release_before(
    project: Path, folder: Path, seed: Seed
) -> None:
    newer = [
        organisation("RZ1", "RENAMED NHS TRUST"),
        organisation("RZ2", icb="QA1"),
        organisation("RZ3"),
        organisation("RZ4", closed="20191231"),
        organisation("Z1Z2Z", closed="20260430"),
    ]
    (folder / "etr_2026-05.csv").write_text(table(newer))
    import_files(project, folder)
    (folder / "etr_2026-04.csv").write_text(table([*official.ETR, organisation("RZ9")]))
    older = str(import_files(project, folder))
    assert "release 2026-04-01, 4 rows, the first on hand" in older
    assert seed("ods/ods_trusts") == sorted(seed("ods/ods_trusts"))

    (folder / "etr_2026-06.csv").write_text(table(newer))
    shutil.rmtree(project / "seeds" / "ods")
    said = str(import_files(project, folder))
    for line in (
        "release 2026-05-01, 5 rows, against 2026-04-01",
        "opened 1: RZ3 RZ3 NHS TRUST",
        "closed 1: Z1Z2Z Z1Z2Z NHS TRUST",
        "listed now, though closed before 1: RZ4",
        "listed no more 1: RZ9 RZ9 NHS TRUST",
        "renamed 1: RZ1 RZ1 NHS TRUST > RENAMED NHS TRUST",
        "moved ICB 1: RZ2 QA2 > QA1",
    ):
        assert line in said


def test_successions_are_added_once_and_never_changed(
    project: Path, folder: Path, seed: Seed
) -> None:
    (folder / "etr_2026-05.csv").write_text(table(official.ETR))
    (folder / "succ.csv").write_text(table(official.SUCC))
    assert "1 successions that reach no trust" in str(import_files(project, folder))
    changed = [["RZ0", "RZ1", "R", "20210401", "X"], ["RZ2", "RZ1", "R", "20260701", ""]]
    (folder / "succ.csv").write_text(table(changed))
    said = str(import_files(project, folder))
    assert "1 new successions: RZ2 > RZ1 (2026-07-01)" in said
    assert "another reason or mark for RZ0 > RZ1: ours stays" in said
    assert seed("ods/ods_successions") == [
        "RY0,RZ0,R,2019-04-01,F",
        "RZ0,RZ1,R,2021-04-01,",
        "RZ2,RZ1,R,2026-07-01,",
    ]


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("Apr_2020.csv", official.lookup("CCG", "STP", "NHSER", year="20")),
        ("Apr_2021.csv", official.lookup("CCG", "STP", "NHSER", year="21")),
        ("Jul_2022.csv", official.lookup("LOC", "ICB", "NHSER", year="22")),
        ("2024-04.csv", official.lookup("SICBL", "ICB", "NHSER", year="24", extra="OA21")),
        ("2026-04.csv", official.lookup("SICBL", "ICB", "NHSER", year="26", extra="LSOA21")),
    ],
)
@pytest.mark.parametrize("bom", [True, False])
def test_lookups_of_any_year(
    project: Path, folder: Path, seed: Seed, name: str, rows: list[list[str]], bom: bool
) -> None:
    (folder / name).write_text(table(rows, bom=bom), "utf-8")
    import_files(project, folder)
    release = f"{date_in_name(name)}-01"
    assert seed("ons/ons_sub_icb_locations") == [
        f"{release},98Z,E3801,Place one,QA1",
        f"{release},99Z,E3802,Place two,QA2",
    ]
    assert seed("ons/ons_icbs") == [
        f"{release},QA1,E5401,ICB one,Y60",
        f"{release},QA2,E5402,ICB two,Y60",
    ]
    assert seed("ons/ons_regions") == [f"{release},Y60,E4001,Region"]


def test_a_csu_with_a_close_date_is_not_listed(project: Path, folder: Path, seed: Seed) -> None:
    closed = organisation("0ZY", "CLOSED CSU", region="", icb="", closed="20180331")
    (folder / "ecsu_2026-05.csv").write_text(table([closed, *official.ECSU]))
    import_files(project, folder)
    assert seed("ods/ods_csus") == ["2026-05-01,0ZZ,INVENTED CSU,ZZ1 1AA"]


def test_registered_patients_of_sub_icb_locations(project: Path, folder: Path, seed: Seed) -> None:
    header = (
        "PUBLICATION,EXTRACT_DATE,ORG_TYPE,ORG_CODE,ONS_CODE,POSTCODE,SEX,AGE,NUMBER_OF_PATIENTS"
    )
    facts = [
        "GP_PRAC_PAT_LIST,01SEP2022,SUB_ICB_LOCATION,99Z,E3802,,ALL,ALL,200",
        "GP_PRAC_PAT_LIST,01SEP2022,SUB_ICB_LOCATION,98Z,E3801,,ALL,ALL,100",
        "GP_PRAC_PAT_LIST,01SEP2022,SUB_ICB_LOCATION,98Z,E3801,,MALE,ALL,50",
        "GP_PRAC_PAT_LIST,01SEP2022,SUB_ICB_LOCATION,98Z,E3801,,ALL,42,2",
        "GP_PRAC_PAT_LIST,01SEP2022,ICB,QA1,E5401,,ALL,ALL,300",
    ]
    path = folder / "gp-reg-pat-prac-sing-age-regions.csv"
    path.write_text("\n".join([header, *facts]))
    import_files(project, folder)
    source = '"NHS England: Patients Registered at a GP Practice, 2022-09"'
    assert seed("ons/ons_registered_patients") == [
        f"2022-09-01,98Z,100,2022-09-01,{source}",
        f"2022-09-01,99Z,200,2022-09-01,{source}",
    ]
    facts = [facts[0].replace(",200", ",2e2")]
    path.write_text("\n".join([header, *facts]))
    with pytest.raises(Refused, match="row 2, 99Z: '2e2' is not a count"):
        import_files(project, folder)


NEWER_ECCG = [  # real rows of December 2025, of each kind that there is
    organisation("00C", "NHS DARLINGTON CCG", closed="20200331"),
    organisation("05A", "NHS COVENTRY AND RUGBY CCG", closed="20210331"),
    organisation("00L", "NHS NORTH EAST AND NORTH CUMBRIA ICB - 00L", sub_type="RO319"),
    organisation("36L", "NHS SOUTH WEST LONDON ICB - 36L", sub_type="RO319|RO326"),
    organisation("A4R1E", "NEWHAM - SUB-ICB REPORTING ENTITY", sub_type="RO327"),
    organisation("13Q", "NATIONAL COMMISSIONING HUB 1", sub_type="RO218"),
]


def test_commissioners_keep_what_the_newer_service_says_they_are(
    project: Path, folder: Path, seed: Seed
) -> None:
    (folder / "eccg_2025-12.csv").write_text(table(NEWER_ECCG))
    import_files(project, folder)
    roles = {line.split(",")[1]: line.split(",")[3] for line in seed("ods/ods_commissioners")}
    assert roles == {
        "00C": "",
        "05A": "",
        "00L": "RO319",
        "36L": "RO319|RO326",
        "A4R1E": "RO327",
        "13Q": "RO218",
    }


@pytest.mark.parametrize(
    ("role", "words"), [("RO999", "sub-type 'RO999' of 99Z"), ("", "sub-type '' of 99Z")]
)
def test_a_commissioner_of_an_unknown_kind_stops_the_import(
    project: Path, folder: Path, role: str, words: str
) -> None:
    unknown = organisation("99Z", "NHS INVENTED ICB - 99Z", sub_type=role)
    (folder / "eccg_2025-12.csv").write_text(table([*NEWER_ECCG, unknown]))
    with pytest.raises(Refused, match=rf"eccg_2025-12\.csv: row 7: the {words} .*R3"):
        import_files(project, folder)
    assert files_of(project) == {}


def test_a_file_of_other_organisations_is_not_ours_for_one_cell(
    project: Path, folder: Path
) -> None:
    """Real rows of eauth, August 2017: regions and area teams, some with the sub-type C."""
    eauth = [
        organisation("Q70", "NHS ENGLAND SOUTH (WESSEX)", sub_type="C"),
        organisation("A", "NORTH EAST GOVERNMENT OFFICE REGION", opened="19940401"),
    ]
    (folder / "eauth_2017-08.csv").write_text(table(eauth))
    message = r"eauth_2017-08\.csv: row 1, Q70 NHS ENGLAND .* is neither .* not imported"
    with pytest.raises(Refused, match=message):
        import_files(project, folder)
    (folder / "eauth_2017-08.csv").write_text(table([*NEWER_ECCG, eauth[1]]))
    with pytest.raises(Refused, match="row 7, A NORTH EAST"):
        import_files(project, folder)


HEADER = [""] * 27
HEADER[0:4] = ["Organisation Code", "Name", "National Grouping", "High Level Health Geography"]
HEADER[9:14] = ["Postcode", "Open Date", "Close Date", "Null", "Organisation Sub-Type Code"]


def test_a_file_with_headers_is_read_by_their_words(
    project: Path, folder: Path, seed: Seed
) -> None:
    (folder / "etr_2026-04.csv").write_text(table([HEADER, *official.ETR]))
    import_files(project, folder)
    plain = seed("ods/ods_trusts")
    moved = [[row[1], row[0], *row[2:]] for row in [HEADER, *official.ETR]]
    (folder / "etr_2026-04.csv").write_text(table(moved))
    shutil.rmtree(project / "seeds" / "ods")
    import_files(project, folder)
    assert seed("ods/ods_trusts") == plain
    assert plain[0] == "2026-04-01,RZ1,RZ1 NHS TRUST,Y60,QA1,ZZ1 1AA,2020-04-01,"


@pytest.mark.parametrize(
    ("name", "rows", "message"),
    [
        ("etr.csv", [HEADER], "and no other"),
        (
            "etr.csv",
            [[*HEADER[:11], "Closed", *HEADER[12:]], *official.ETR],
            "no column CLOSE DATE; download",
        ),
        ("etr.csv", [["Trust code", *HEADER[1:]], *official.ETR], "no column ORGANISATION CODE"),
        ("etr.csv", [["Trust code", *[""] * 26], *official.ETR], "not the one of ODS"),
        ("succ.csv", [["Old", "New", "Reason", "Date", "Mark"], *official.SUCC], "without headers"),
    ],
)
def test_a_header_that_is_not_ours_is_named(
    project: Path, folder: Path, name: str, rows: list[list[str]], message: str
) -> None:
    (folder / name).write_text(table(rows))
    with pytest.raises(Refused, match=rf"{name}: has a header row.*{message}"):
        import_files(project, folder, "2026-04-01")


def test_a_lookup_of_another_year_gets_the_name_to_use(project: Path, folder: Path) -> None:
    rows = official.lookup("CCG", "STP", "NHSER", year="20")
    (folder / "CCG20_STP20_NHSER20_EN.csv").write_text(table(rows))
    with pytest.raises(Refused, match=r"CCG20_STP20_NHSER20_EN_2020-04\.csv"):
        import_files(project, folder, "2021-03-31")
    (folder / "CCG20_STP20_NHSER20_EN.csv").rename(folder / "CCG20_STP20_NHSER20_EN_2020-04.csv")
    import_files(project, folder, "2021-03-31")
    assert (project / "seeds" / "ons" / "ons_icbs.csv").read_text("utf-8").count("2020-04-01") == 2


def test_registered_patients_of_2026(project: Path, folder: Path, seed: Seed) -> None:
    """Real rows of the file of August 2026: another word for the kind of place, dates in ISO."""
    text = (
        "PUBLICATION,EXTRACT_DATE,ORG_TYPE,ORG_CODE,ONS_CODE,SEX,AGE,NUMBER_OF_PATIENTS\n"
        "GP_PRAC_PAT_LIST,2026-08-01,Comm Region,Y56,E40000003,ALL,ALL,10923536\n"
        "GP_PRAC_PAT_LIST,2026-08-01,ICB,QWO,E54000054,ALL,ALL,2673396\n"
        "GP_PRAC_PAT_LIST,2026-08-01,SUB_ICB_LOCATION_CODE,15F,E38000225,ALL,ALL,929023\n"
    )
    path = folder / "gp-reg-pat-prac-sing-age-regions.csv"
    for no_date in ("August 2026", ""):
        path.write_text(text.replace("2026-08-01,SUB", f"{no_date},SUB"))
        with pytest.raises(Refused, match=rf"row 4: '{no_date}' is not a date"):
            import_files(project, folder, "2026-08-01")
    path.write_text(text)
    import_files(project, folder, "2026-11-01")
    source = '"NHS England: Patients Registered at a GP Practice, 2026-08"'
    assert seed("ons/ons_registered_patients") == [f"2026-08-01,15F,929023,2026-08-01,{source}"]


@pytest.mark.parametrize(
    "header", ["pcd,pcd2,pcds,doterm,lat,long", "PCD7,PCD8,PCDS,DOTERM,LAT,LONG"]
)
def test_points_from_a_postcode_directory(
    project: Path, folder: Path, seed: Seed, header: str
) -> None:
    rows = [
        organisation("RZ1", postcode="zz11aa"),
        organisation("RZ2", postcode="ZZ1 1AB"),
        organisation("RZ3", postcode="ZZ1 1AC"),
        organisation("RZ4", postcode="ZZ1 1AD"),
    ]
    (folder / "etr_2026-05.csv").write_text(table(rows))
    coordinates = project / "seeds" / "ods" / "ods_coordinates.csv"
    coordinates.parent.mkdir()
    coordinates.write_text("organisation_code,latitude,longitude,source\nRZ2,51.5,-0.1,by hand\n")
    directory = [
        "ZZ1 1AA,ZZ1  1AA,ZZ1 1AA,,53.462441,-2.227710",
        "ZZ1 1AB,ZZ1  1AB,ZZ1 1AB,,53.0,-2.0",
        "ZZ1 1AC,ZZ1  1AC,ZZ1 1AC,202001,52.5,-1.5",
        "ZZ1 1AD,ZZ1  1AD,ZZ1 1AD,,99.999999,0.000000",
    ]
    (folder / "ONSPD_AUG_2026_UK.csv").write_text("\n".join([header, *directory]))
    said = str(import_files(project, folder))
    assert seed("ods/ods_coordinates") == [
        "RZ1,53.462441,-2.227710,ONSPD 2026-08",
        "RZ2,51.5,-0.1,by hand",
        "RZ3,52.5,-1.5,ONSPD 2026-08",
    ]
    assert "2 new points: RZ1, RZ3" in said
    assert "no point for RZ4" in said

    (folder / "etr_2026-05.csv").write_text(table([*rows, organisation("RZ5")]))
    (folder / "etr_2026-05.csv").rename(folder / "etr_2026-06.csv")
    directory.append("ZZ1 1AD,ZZ1  1AD,ZZ1 1AD,,north,west")
    (folder / "ONSPD_AUG_2026_UK.csv").write_text("\n".join([header, *directory]))
    with pytest.raises(Refused, match="ONSPD_AUG_2026_UK.csv: cannot be read: .*north"):
        import_files(project, folder)


@pytest.mark.parametrize("crs", ["EPSG:27700", "EPSG:4326", "EPSG:3857"])
@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "shp"])
def test_boundaries_of_any_format_and_crs(
    project: Path, folder: Path, suffix: str, crs: str
) -> None:
    rows = official.lookup("SICBL", "ICB", "NHSER", year="26")
    (folder / "lookup_2026-04.csv").write_text(table(rows))
    official.areas().to_crs(crs).to_file(folder / f"ICB_APR_2026_EN_BSC.{suffix}")
    import_files(project, folder)
    path = project / "data" / "boundaries" / "icb_2026-04-01.geojson"
    stored = gpd.read_file(path)
    assert list(stored["icb_code"]) == ["QA1", "QA2"]
    assert list(stored["icb_name"]) == ["ICB one", "ICB two"]
    assert stored.crs == "EPSG:4326"
    assert shapely.coverage_is_valid(stored.geometry.values)
    assert stored.to_crs(27700).area.sum() == pytest.approx(50_000 * 100_000, rel=0.001)
    assert path.read_bytes().endswith(b"]}\n")
    assert path.stat().st_size < 5_000  # of 76,000 as it came


def test_boundaries_of_sub_icb_locations(project: Path, folder: Path) -> None:
    rows = official.lookup("SICBL", "ICB", "NHSER", year="26")
    (folder / "lookup_2026-04.csv").write_text(table(rows))
    areas = official.areas(prefix="SICBL")
    areas["SICBL26CD"] = ["E3802", "E3801"]
    areas.to_file(folder / "SICBL_APR_2026_EN_BSC.geojson")
    import_files(project, folder)
    stored = gpd.read_file(project / "data" / "boundaries" / "sub_icb_2026-04-01.geojson")
    assert list(stored["sub_icb_code"]) == ["98Z", "99Z"]
    areas[:1].to_file(folder / "SICBL_APR_2026_EN_BSC.geojson")
    with pytest.raises(Refused, match="other sub-ICB locations than the lookup of that release"):
        import_files(project, folder)


def test_boundaries_need_every_icb_of_the_lookup_and_no_other(project: Path, folder: Path) -> None:
    rows = official.lookup("SICBL", "ICB", "NHSER", year="26")
    (folder / "lookup_2026-04.csv").write_text(table(rows))
    areas = official.areas()
    areas[:1].to_file(folder / "icb_2026-04.geojson")
    with pytest.raises(Refused, match="other ICBs than the lookup of that release: QA1"):
        import_files(project, folder)
    areas["ICB26CD"] = ["E5402", "E5499"]
    areas.to_file(folder / "icb_2026-04.geojson")
    with pytest.raises(Refused, match="no ODS code for E5499; import the ONS"):
        import_files(project, folder)
    official.areas().drop(columns="ICB26NM").to_file(folder / "icb_2026-04.geojson")
    with pytest.raises(Refused, match="needs a code and a name column"):
        import_files(project, folder)
    (folder / "icb_2026-04.geojson").unlink()
    official.areas().to_file(folder / "icb_2026-04.shp")
    (folder / "icb_2026-04.prj").unlink()
    with pytest.raises(Refused, match="has no CRS"):
        import_files(project, folder)
    assert files_of(project) == {}


def test_icbs_kept_by_hand_are_enough_for_their_boundaries(project: Path, folder: Path) -> None:
    by_hand = project / "seeds" / "ods" / "ods_icbs.csv"
    by_hand.parent.mkdir()
    by_hand.write_text(
        "release_date,icb_code,icb_ons_code,icb_name,region_code\n"
        "2026-04-01,QA1,E5401,ICB one,Y60\n"
        "2026-04-01,QA2,E5402,ICB two,Y60\n"
    )
    before = by_hand.read_bytes()
    official.areas().to_file(folder / "ICB_APR_2026_EN_BSC.geojson")
    import_files(project, folder)
    assert (project / "data" / "boundaries" / "icb_2026-04-01.geojson").exists()
    assert by_hand.read_bytes() == before


def test_areas_that_overlap_are_refused(project: Path, folder: Path) -> None:
    rows = official.lookup("SICBL", "ICB", "NHSER", year="26")
    (folder / "lookup_2026-04.csv").write_text(table(rows))
    areas = official.areas()
    areas.geometry = areas.geometry.buffer(2_000)
    areas.to_file(folder / "icb_2026-04.gpkg")
    with pytest.raises(Refused, match="overlap"):
        import_files(project, folder)


def test_a_boundary_file_is_never_rewritten(project: Path, folder: Path) -> None:
    rows = official.lookup("SICBL", "ICB", "NHSER", year="26")
    (folder / "lookup_2026-04.csv").write_text(table(rows))
    official.areas().to_file(folder / "icb_2026-04.gpkg")
    import_files(project, folder)
    before = files_of(project)
    import_files(project, folder)
    moved = official.areas()
    moved.geometry = moved.translate(5_000)
    moved.to_file(folder / "icb_2026-04.gpkg")
    with pytest.raises(Refused, match=r"icb_2026-04-01\.geojson is there with other content"):
        import_files(project, folder)
    assert files_of(project) == before


def test_what_is_left_out_is_named(project: Path, folder: Path) -> None:
    (folder / "README.md").write_text("# Downloads\n")
    (folder / "points.csv").write_text("Code,lat,long\nRZ1,52,-1\n")
    (folder / "export.csv").write_text(table(official.DSPT))
    official.areas("24", "NHSER").to_file(folder / "regions.geojson")
    said = import_files(project, folder)
    assert said.read == []
    assert [line.split(":")[0] for line in said.left_out] == [
        "README.md",
        "export.csv",
        "points.csv",
        "regions.geojson",
    ]


def test_zipped_files_are_read_with_the_month_of_the_zip(
    project: Path, folder: Path, seed: Seed
) -> None:
    with zipfile.ZipFile(folder / "etr_2026-05.zip", "w") as archive:
        archive.writestr("etr.csv", table(official.ETR))
        archive.writestr("etr.pdf", b"%PDF-1.7 \0")
    import_files(project, folder)
    assert len(seed("ods/ods_trusts")) == 3


def test_older_files_may_be_in_the_windows_code_page(
    project: Path, folder: Path, seed: Seed
) -> None:
    rows = table([organisation("RZ1", "WOMEN’S NHS TRUST")])
    (folder / "etr_2026-05.csv").write_text(rows, "cp1252")
    import_files(project, folder)
    assert "WOMEN’S" in seed("ods/ods_trusts")[0]


GOOD = table(official.ETR)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("etr.csv", GOOD, "etr.csv: its name has no month.*RELEASE"),
        ("x_2026-05.csv", "", "x_2026-05.csv: is empty"),
        ("x_2026-05.csv", "<!DOCTYPE html><html>", "is a web page"),
        ("x_2026-05.csv", "a,b\n1,2\n", "no layout that we know"),
        ("x_2026-05.geojson", '{"type": "Topology"}', "no layout that we know"),
        (
            "x_2026-05.geojson",
            '{"type": "Topology", "arcs": "' + "x" * 200_000,
            "no layout that we",
        ),
        ("x_2026-05.csv", GOOD + '"' + "x" * 200_000, "is not a CSV file"),
        ("x_2026-05.zip", "PK", "not a complete zip"),
        ("x_2026-05.csv", table([organisation("A99999", "SURGERY")]), "neither trusts, commis"),
        ("x_2026-05.csv", table([*official.ETR, *official.ECCG]), "mixes several.*RZ1.*98Z"),
        ("x_2026-05.csv", GOOD + '"RZ3","NAME","Y60"\r\n', "row 4 has 3 columns"),
        ("x_2026-05.csv", table(official.ETR * 2), "row 4 lists RZ1 a second time"),
        ("x_2026-05.csv", GOOD.replace("20200401", "31042020", 1), "row 1: '31042020' is not a"),
        ("succ.csv", table([["A", "B", "R", "20200230", ""]]), "row 1: '20200230' is not a date"),
        (
            "x_2026-05.csv",
            table(official.lookup("SICBL", "ICB", "CAL", year="26")),
            "NHSER; has FID",
        ),
        (
            "x_2025-04.csv",
            table(official.lookup("SICBL", "ICB", "NHSER", year="26")),
            "columns are of 2026, but the release is 2025-04-01",
        ),
        (
            "x_2026-05.csv",
            table(
                [
                    *official.lookup("SICBL", "ICB", "NHSER", year="26"),
                    [
                        "2",
                        "E3801",
                        "98Z",
                        "Place one",
                        "E5402",
                        "QA2",
                        "ICB two",
                        "E4001",
                        "Y60",
                        "R",
                    ],
                ]
            ),
            "row 4 has a blank, or a second answer",
        ),
    ],
)
def test_one_bad_file_stops_all_and_says_why(
    project: Path, folder: Path, name: str, text: str, message: str
) -> None:
    (folder / "ect_2026-04.csv").write_text(table(official.ECT))
    (folder / name).write_text(text)
    with pytest.raises(Refused, match=message):
        import_files(project, folder)
    assert files_of(project) == {}


def test_a_seed_with_other_columns_is_not_touched(project: Path, folder: Path) -> None:
    path = project / "seeds" / "ods" / "ods_trusts.csv"
    path.parent.mkdir()
    path.write_text("organisation_code,name\n")
    (folder / "etr_2026-05.csv").write_text(GOOD)
    with pytest.raises(Refused, match=r"seeds/ods/ods_trusts\.csv: its columns are not"):
        import_files(project, folder)


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--release", "2026-05-01"], 0, "3 rows, the first on hand"),
        (["--release", "2026-05-01", "--accept", " etr.csv ;"], 0, "3 rows, the first on hand"),
        (
            ["--release", "2026-05-01", "--accept", "a.csv; etr.csv"],
            1,
            "ACCEPT=a.csv: no such file",
        ),
        (["--release", "May 2026"], 1, "'May 2026' is not a date; write it as 2026-04-01"),
        ([], 1, "etr.csv: its name has no month"),
    ],
)
def test_command_line(
    project: Path, folder: Path, arguments: list[str], status: int, words: str
) -> None:
    (folder / "etr.csv").write_text(GOOD)
    run = subprocess.run(
        [sys.executable, "-m", "reference", "import", folder, *arguments],
        cwd=project,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert run.returncode == status
    assert words in (run.stderr if status else run.stdout)
    assert "Traceback" not in run.stderr
    assert len(run.stderr.splitlines()) == status


@pytest.mark.parametrize(
    ("name", "header", "row", "source"),
    [
        (
            "ONSPD_NOV_2025_UK.csv",
            "pcd7,pcd8,pcds,doterm,nhser24cd,sicbl24cd,lat,long,icb23cd,",
            '"NW1 0PE","NW1  0PE","NW1 0PE","","X","E38000240",51.535200,-0.130700,"X",""',
            "ONSPD 2025-11",
        ),
        (
            "NSPL_AUG_2026_UK.csv",
            "PCD7,SICBL26CD,LAT,LONG",
            "NW1 0PE,E38000240,51.535200,-0.130700",
            "NSPL 2026-08",
        ),
        (
            "ONSPD_FEB_2022_UK.csv",
            "\ufeffpcd, loc22cd, lat, long",
            "NW10PE,X,51.535200,-0.130700",
            "ONSPD 2022-02",
        ),
    ],
)
def test_a_postcode_directory_may_have_the_codes_of_a_lookup(
    project: Path, folder: Path, seed: Seed, name: str, header: str, row: str, source: str
) -> None:
    """Since 2025 they have `sicbl24cd`: the columns are of the real ones."""
    trust = organisation("G6V2S", "NORTH LONDON NHS FOUNDATION TRUST", postcode="NW1 0PE")
    (folder / "etr_2022-01.csv").write_text(table([trust]))
    no_point = row.replace("NW1", "IM1").replace("51.535200", "").replace("-0.130700", "")
    (folder / name).write_text("\n".join([header, row, no_point]), "utf-8")
    import_files(project, folder)
    assert seed("ods/ods_coordinates") == [f"G6V2S,51.535200,-0.130700,{source}"]


def zipped(path: Path, members: dict[str, str]) -> None:
    """A zip with these files."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)


DIRECTORY = "pcds,sicbl,lat,long\nZZ1 1AA,X,51.5,-0.1\n"
NAMES = "SICBL24CD,SICBL24CDH,SICBL24NM\nE38000240,93C,NHS INVENTED ICB - 93C\n"


@pytest.mark.parametrize("level", ["Data/", "", "ONSPD_AUG_2024/Data/"])
def test_of_the_zip_of_a_postcode_directory_only_that_is_read(
    project: Path, folder: Path, seed: Seed, level: str
) -> None:
    (folder / "etr_2024-05.csv").write_text(table(official.ETR[:1]))
    zipped(
        folder / "ONSPD_AUG_2024.zip",
        {
            f"{level}ONSPD_AUG_2024_UK.csv": DIRECTORY,
            f"{level}multi_csv/ONSPD_AUG_2024_UK_ZZ.csv": DIRECTORY.replace("51.5", "0"),
            "Documents/Country names and codes UK as at 08_24.csv": "CTRY12CD\nE92000001",
            "Documents/SICBL names and codes EN as at 12_24.csv": NAMES,
            "Documents/empty.csv": "",
            "Documents/regions.csv": table([organisation("Q70", "NHS ENGLAND SOUTH")]),
            "User Guide/ONSPD User Guide Aug 2024.pdf": "%PDF-1.4",
        },
    )
    said = str(import_files(project, folder))
    assert seed("ods/ods_coordinates") == ["RZ1,51.5,-0.1,ONSPD 2024-08"]
    assert "ONSPD_AUG_2024_UK.csv: postcode directory 2024-08-01" in said
    assert "ONSPD_AUG_2024.zip: passed over " in said
    assert "Country names and codes UK as at 08_24.csv, " in said
    assert "no layout" not in said


def test_of_any_zip_what_is_no_layout_is_passed_over_unless_there_is_no_other(
    project: Path, folder: Path, seed: Seed
) -> None:
    zipped(folder / "etr.zip", {"2026-05/etr.csv": table(official.ETR), "notes.csv": "a,b\n1,2\n"})
    said = str(import_files(project, folder, "2026-05-20"))
    assert len(seed("ods/ods_trusts")) == 3
    assert "etr.zip: passed over notes.csv" in said
    before = files_of(project)
    zipped(folder / "etr.zip", {"notes.csv": "a,b\n1,2\n"})
    with pytest.raises(Refused, match=r"notes\.csv: no layout that we know"):
        import_files(project, folder)
    wrong = official.ETR[0][:3] + ["x"] + official.ETR[0][4:10] + ["31042020"] + [""] * 16
    zipped(
        folder / "etr_2026-06.zip", {"etr.csv": table([wrong]), "eccg.csv": table(official.ECCG)}
    )
    (folder / "etr.zip").unlink()
    with pytest.raises(Refused, match=r"etr\.csv: row 1: '31042020' is not a date"):
        import_files(project, folder)
    assert files_of(project) == before


def test_a_link_is_read_like_a_file_and_one_to_none_is_named(
    project: Path, folder: Path, seed: Seed, tmp_path: Path
) -> None:
    (tmp_path / "5f3a").write_text(table(official.ETR))
    (folder / "etr_2026-05.csv").symlink_to(tmp_path / "5f3a")
    import_files(project, folder)
    assert seed("ods/ods_trusts")[0].startswith("2026-05-01,RZ1,")
    (folder / "eccg_2026-05.csv").symlink_to(tmp_path / "nowhere")
    with pytest.raises(Refused, match=r"eccg_2026-05\.csv: is a link to a missing file"):
        import_files(project, folder)


@pytest.mark.parametrize(
    ("name", "given", "release"),
    [
        ("etr_2026-07-20.csv", None, "2026-07-20"),
        ("etr_2026-07-20.csv", "2026-07-20", "2026-07-20"),
        ("etr 2025-07-15.csv", "2025-07-15", "2025-07-15"),
        ("etr_2026-07.csv", "2026-07-20", "2026-07-20"),
        ("etr_2026-07.csv", None, "2026-07-01"),
        ("etr.csv", "2026-07-20", "2026-07-20"),
    ],
)
def test_a_day_comes_from_the_name_or_from_release(
    project: Path, folder: Path, seed: Seed, name: str, given: str | None, release: str
) -> None:
    (folder / name).write_text(table(official.ETR[:1]))
    import_files(project, folder, given)
    assert seed("ods/ods_trusts")[0].startswith(f"{release},RZ1,")


@pytest.mark.parametrize("name", ["etr_2026-07-20.csv", "etr_2026-07-20.zip", "etr_2026-06.csv"])
def test_a_name_and_release_that_disagree_stop_the_import(
    project: Path, folder: Path, name: str
) -> None:
    if name.endswith("zip"):
        zipped(folder / name, {"etr.csv": table(official.ETR)})
    else:
        (folder / name).write_text(table(official.ETR))
    with pytest.raises(Refused, match=r"its name says 2026-0[67].*, but RELEASE=2026-07-21; leave"):
        import_files(project, folder, "2026-07-21")
    assert files_of(project) == {}


def test_a_file_of_an_edition_has_its_own_date_among_others(project: Path, folder: Path) -> None:
    rows = official.lookup("SICBL", "ICB", "NHSER", year="26")
    (folder / "SICBL_ICB_NHSER_Apr_2026.csv").write_text(table(rows))
    (folder / "etr.csv").write_text(table(official.ETR))
    (folder / "succ_2021-04.csv").write_text(table(official.SUCC))  # each row has a day of its own
    said = str(import_files(project, folder, "2026-11-20"))
    assert "SICBL_ICB_NHSER_Apr_2026.csv: ONS lookup 2026-04-01 (its own date)" in said
    assert "etr.csv: trusts (etr) 2026-11-20\n" in said
    with pytest.raises(Refused, match="its name says 2026-04, but RELEASE=2026-11-20"):
        import_files(project, folder / "SICBL_ICB_NHSER_Apr_2026.csv", "2026-11-20")


def test_care_trusts_are_not_missed_in_the_list_of_the_others(project: Path, folder: Path) -> None:
    """TAD, TAF, TAH and TAJ come in `ect` alone; the one of November 2023 is the newest."""
    (folder / "etr_2023-11.csv").write_text(table([*official.ETR, organisation("RZ9")]))
    care = [organisation("TZ1"), organisation("TZ2")]
    (folder / "ect_2023-11.csv").write_text(table(care))
    import_files(project, folder)
    (folder / "ect_2023-11.csv").unlink()
    (folder / "etr_2023-11.csv").rename(folder / "etr_2026-07.csv")
    (folder / "etr_2026-07.csv").write_text(table(official.ETR))
    said = str(import_files(project, folder))
    assert "listed no more 1: RZ9 RZ9 NHS TRUST" in said
    (folder / "ect_2026-08.csv").write_text(table(care[:1]))
    said = str(import_files(project, folder))
    assert "release 2026-08-01, 1 rows, against 2023-11-01" in said
    assert "listed no more 1: TZ2 TZ2 NHS TRUST" in said


KNOWN = [
    organisation("RA4", "YEOVIL DISTRICT HOSPITAL NHS FOUNDATION TRUST", closed="20230331"),
    organisation("RQF", "VELINDRE NHS TRUST", region="W00", icb="Q99"),
    *(organisation(f"RZ{n}") for n in "1234"),
]


def with_first(row: list[str]) -> list[list[str]]:
    """The list with another row in the place of one."""
    return [row if row[0] == each[0] else each for each in KNOWN]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (with_first(organisation("RA4")), r"1 open again \(RA4\)"),
        (with_first(organisation("RA4", closed="20301231")), r"1 open again \(RA4\)"),
        (with_first(organisation("RZ1", icb="")), r"1 without icb_code \(RZ1\)"),
        (with_first(organisation("RZ1", region="")), r"1 without region_code \(RZ1\)"),
        (with_first(organisation("RZ1", postcode="")), r"1 without postcode \(RZ1\)"),
    ],
)
def test_a_release_that_takes_back_what_was_known_stops_unless_it_is_accepted(
    project: Path, folder: Path, seed: Seed, rows: list[list[str]], words: str
) -> None:
    (folder / "etr_2023-11.csv").write_text(table(KNOWN))
    import_files(project, folder)
    before = files_of(project)
    (folder / "etr_2026-01.csv").write_text(table(rows))
    with pytest.raises(Refused, match=rf'against earlier releases {words}\..*ACCEPT="etr_2026-01'):
        import_files(project, folder)
    with pytest.raises(Refused, match=r"ACCEPT=etr\.csv: no such file"):
        import_files(project, folder, accepted=["etr.csv"])
    assert files_of(project) == before
    said = str(import_files(project, folder, accepted=["etr_2026-01.csv"]))
    assert re.search(f"accepted, etr_2026-01.csv: against earlier releases {words}", said)
    assert len(seed("ods/ods_trusts")) == 12
    assert "nothing: all of this was there" in str(import_files(project, folder))


def test_what_real_releases_do_is_not_doubted(project: Path, folder: Path) -> None:
    """A trust closes; the newer service has no words for Wales, and no role for one that closed."""
    (folder / "etr_2023-11.csv").write_text(table(KNOWN))
    (folder / "eccg_2023-11.csv").write_text(table(official.ECCG))
    import_files(project, folder)
    wales = organisation("RQF", "VELINDRE NHS TRUST", region="", icb="")
    newer = [*with_first(wales)[:-1], organisation("RZ4", closed="20260331")]
    (folder / "etr_2026-07.csv").write_text(table(newer))
    closed = organisation("98Z", "NHS INVENTED ICB - 98Z", closed="20260331")
    (folder / "eccg_2026-07.csv").write_text(table([closed, official.ECCG[1]]))
    assert "accepted" not in str(import_files(project, folder))


def test_a_release_that_closes_many_is_doubted(project: Path, folder: Path) -> None:
    trusts = [organisation(f"RZ{n}") for n in "ABCDEFGHIJKLMNOPQRSTUVWX"]
    (folder / "etr_2023-11.csv").write_text(table(trusts))
    (folder / "lookup_2023-04.csv").write_text(
        table(official.lookup("SICBL", "ICB", "NHSER", year="23"))
    )
    import_files(project, folder)
    closed = [organisation(row[0], closed="20240331") for row in trusts]
    (folder / "etr_2024-11.csv").write_text(table([*closed[:11], *trusts[11:]]))
    with pytest.raises(Refused, match=r"against earlier releases 11 closed \(RZA, .* and 3 more"):
        import_files(project, folder)
    (folder / "etr_2024-11.csv").write_text(table([*closed[:10], *trusts[10:]]))
    import_files(project, folder)
    (folder / "etr_2024-11.csv").unlink()
    rows = [row for row in official.lookup("SICBL", "ICB", "NHSER", year="24") if row[2] != "99Z"]
    (folder / "lookup_2024-04.csv").write_text(table(rows))
    import_files(project, folder)  # one of two
    rows[1][1:7] = ["E3805", "95Z", "Place five", "E5405", "QA5", "ICB five"]
    (folder / "lookup_2024-04.csv").rename(folder / "lookup_2025-04.csv")
    (folder / "lookup_2025-04.csv").write_text(
        table(rows).replace("24CD", "25CD").replace("24NM", "25NM")
    )
    with pytest.raises(Refused, match=r"against earlier releases 1 no longer listed \(98Z\)"):
        import_files(project, folder)


@pytest.mark.parametrize("year", ["20", "26"])
def test_boundaries_in_any_letter_case(project: Path, folder: Path, year: str) -> None:
    kinds = {"20": ("CCG", "STP"), "26": ("SICBL", "ICB")}[year]
    rows = official.lookup(*kinds, "NHSER", year=year)
    (folder / f"lookup_20{year}-04.csv").write_text(table(rows))
    areas = official.areas(year, kinds[0])
    areas[f"{kinds[0]}{year}CD"] = ["E3802", "E3801"]
    areas.columns = areas.columns.str.lower()
    areas.to_file(folder / f"areas_20{year}-04.geojson")
    import_files(project, folder)
    stored = gpd.read_file(project / "data" / "boundaries" / f"sub_icb_20{year}-04-01.geojson")
    assert list(stored["sub_icb_code"]) == ["98Z", "99Z"]


def test_boundaries_elsewhere_than_in_england_are_refused(project: Path, folder: Path) -> None:
    rows = official.lookup("SICBL", "ICB", "NHSER", year="26")
    (folder / "lookup_2026-04.csv").write_text(table(rows))
    in_degrees = official.areas().to_crs(4326)
    for wrong in (
        official.areas().set_crs(4326, allow_override=True),  # eastings, with no word of their CRS
        in_degrees.set_geometry(in_degrees.translate(10)),
        in_degrees.set_crs(27700, allow_override=True),
        in_degrees.set_geometry(
            shapely.transform(in_degrees.geometry.values, lambda xy: xy[:, ::-1])
        ),
    ):
        wrong.to_file(folder / "icb_2026-04.gpkg")
        with pytest.raises(Refused, match="coordinates are not degrees within England"):
            import_files(project, folder)
    assert files_of(project) == {}
