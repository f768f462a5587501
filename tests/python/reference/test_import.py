"""Official files in, seeds out: what is read, what is refused, and that nothing is half done."""

import re
import shutil
from contextlib import nullcontext
from pathlib import Path
from unittest.mock import Mock

import geopandas as gpd
import official
import pytest
import shapely
from official import ECCG, ECT, ETR, SUCC, areas, files_of, lookup, organisation, table

from reference import Refused
from reference.__main__ import main
from reference.importing import import_files
from tests.bench import ROOT

OFFICIAL = ROOT.parent / "shared" / "data"
IMPORTED = ("ods_trusts.csv", "ods_commissioners.csv", "ods_successions.csv")  # with no row by hand
RELEASE_BY_HAND = "2022-07-01"  # of ONS
NOTHING_NEW = "nothing: all of this was there already"
SAME_MONTH = {"lookup_2026-04.csv": lookup()}  # as the boundaries of these tests


@pytest.mark.skipif(not OFFICIAL.is_dir(), reason="no official files in ../shared/data")
def test_official_files_give_the_committed_seeds_byte_for_byte(project) -> None:
    others = shutil.ignore_patterns("*.yml", *IMPORTED)
    shutil.copytree(ROOT / "seeds", project.root / "seeds", ignore=others, dirs_exist_ok=True)
    for name in ("ons_sub_icb_locations", "ons_icbs", "ons_regions"):
        file = Path("seeds") / "ons" / f"{name}.csv"
        header, *rows = (ROOT / file).read_text("utf-8").splitlines(True)
        by_hand = [row for row in rows if row.startswith(RELEASE_BY_HAND)]
        (project.root / file).write_text("".join([header, *by_hand]), "utf-8")
    for part in ("ods", "ons", "edition_20_21", "boundaries", "sectors"):
        import_files(project.root, OFFICIAL / part)
    kept = (".csv", ".geojson", ".parquet")
    for part in ("seeds/ods", "seeds/ons", "data/boundaries", "data/ods"):
        ours = {name: it for name, it in files_of(ROOT / part).items() if name.endswith(kept)}
        theirs = project.files(part)
        assert [name for name in theirs | ours if theirs.get(name) != ours.get(name)] == []


@pytest.mark.parametrize(
    ("name", "given", "release"),
    [
        ("etr_2026-07.csv", None, "2026-07-01"),
        ("etr_2026-07 (2).csv", None, "2026-07-01"),
        ("SICBL23_ICB23_Apr_2023.csv", None, "2023-04-01"),
        ("Sub_ICB_Locations_(April_2024)_EN.csv", None, "2024-04-01"),
        ("ONSPD_AUG_2026_UK.csv", None, "2026-08-01"),
        ("etr_2026-07-20.csv", None, "2026-07-20"),
        ("etr20260720.csv", None, "2026-07-20"),
        ("etr_2026_07_20 (1).csv", None, "2026-07-20"),
        ("etr 20.07.2026.csv", None, "2026-07-20"),
        ("etr (1 July 2026).csv", None, "2026-07-01"),
        ("etr_2026-07.csv", "2026-07-20", "2026-07-20"),
        ("etr_2026-07-20.csv", "2026-07-20", "2026-07-20"),
        ("etr.csv", "2026-07-20", "2026-07-20"),
        ("summary_2023.csv", "2026-07-20", "2026-07-20"),
        ("etr_2026-13.csv", "2026-07-20", "2026-07-20"),
    ],
)
def test_a_release_comes_from_the_name_or_is_given(project, name, given, release) -> None:
    project.imports({name: ETR}, given)
    assert project.seed("ods/ods_trusts")[0].startswith(f"{release},RZ1,")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("etr_2026-07-20.csv", ETR),
        ("etr_2026-07-20.zip", {"etr.csv": ETR}),
        ("etr_2026-06.csv", ETR),
    ],
)
def test_a_name_and_release_that_disagree_stop_the_import(project, name, content) -> None:
    words = r"its name says 2026-0[67].*, but RELEASE=2026-07-21; leave"
    project.refuses(words, {name: content}, "2026-07-21")


def test_a_file_of_an_edition_has_its_own_date_among_others(project) -> None:
    # each row of succ has a day of its own
    files = {"SICBL_Apr_2026.csv": lookup(), "etr.csv": ETR, "succ_2021-04.csv": SUCC}
    said = project.imports(files, "2026-11-20")
    assert "SICBL_Apr_2026.csv: ONS lookup 2026-04-01 (its own date)" in said
    assert "etr.csv: trusts (etr) 2026-11-20\n" in said
    with pytest.raises(Refused, match="its name says 2026-04, but RELEASE=2026-11-20"):
        import_files(project.root, project.downloads / "SICBL_Apr_2026.csv", "2026-11-20")


def test_ods_files_are_told_apart_by_content(project) -> None:
    files = {"a.csv": ETR, "b.csv": ECT, "c.csv": ECCG, "d.csv": official.ECSU, "e.csv": SUCC}
    project.imports(files, "2026-05-01")
    place = "QA1,ZZ1 1AA,2020-04-01,"
    assert project.seed("ods/ods_trusts") == [
        f"2026-05-01,RZ1,RZ1 NHS TRUST,Y60,{place}",
        "2026-05-01,RZ2,RZ2 NHS TRUST,Y60,QA2,ZZ1 1AA,2020-04-01,",
        f"2026-05-01,TZ1,TZ1 NHS TRUST,Y60,{place}",
        f"2026-05-01,Z1Z2Z,Z1Z2Z NHS TRUST,Y60,{place}",
    ]
    assert project.seed("ods/ods_commissioners") == [
        "2026-05-01,97Z,INVENTED COMMISSIONING HUB,H,Y60,Q99,ZZ1 1AA,2020-04-01,",
        f"2026-05-01,98Z,NHS INVENTED ICB - 98Z,C,Y60,{place}",
    ]
    assert project.seed("ods/ods_csus") == ["2026-05-01,0ZZ,INVENTED CSU,ZZ1 1AA"]
    assert project.seed("ods/ods_successions") == [
        "RY0,RZ0,R,2019-04-01,F",
        "RZ0,RZ1,R,2021-04-01,",
    ]


@pytest.mark.parametrize("written", range(10))
def test_a_disk_that_is_full_after_any_file_changes_nothing(project, monkeypatch, written) -> None:
    files = {"etr_2026-06.csv": ETR, "eccg_2026-06.csv": ECCG, "succ.csv": SUCC}
    full = Mock(side_effect=[*[None] * written, OSError("No space left on device")])
    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space left"):
        patch.setattr("reference.seeds.os.fsync", full)
        project.imports(files)
    assert project.files() == {}
    project.imports(files)
    assert len(project.files()) == 10


def test_summary_says_what_changed_against_the_release_before(project) -> None:
    newer = [
        organisation("RZ1", "RENAMED NHS TRUST"),
        organisation("RZ2", icb="QA1"),
        organisation("RZ3"),
        organisation("RZ4", closed="20191231"),
        organisation("Z1Z2Z", closed="20260430"),
    ]
    older = {"etr_2026-04.csv": [*ETR, organisation("RZ9")]}
    project.imports({"etr_2026-05.csv": newer})
    assert "release 2026-04-01, 4 rows, our first release" in project.imports(older)
    assert project.seed("ods/ods_trusts") == sorted(project.seed("ods/ods_trusts"))

    shutil.rmtree(project.root / "seeds" / "ods")
    said = project.imports(older | {"etr_2026-05.csv": newer, "etr_2026-06.csv": newer})
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


def test_care_trusts_come_in_a_list_of_their_own(project) -> None:
    """TAD, TAF, TAH and TAJ come in `ect` alone; the one of November 2023 is the newest."""
    care = [organisation("TZ1"), organisation("TZ2")]
    project.imports({"etr_2023-11.csv": [*ETR, organisation("RZ9")]})
    project.imports({"ect_2023-11.csv": care})
    assert NOTHING_NEW in project.imports({"ect_2023-11.csv": care})
    codes = [line.split(",")[1] for line in project.seed("ods/ods_trusts")]
    assert codes == ["RZ1", "RZ2", "RZ9", "TZ1", "TZ2", "Z1Z2Z"]
    said = project.imports({"etr_2026-07.csv": ETR})
    assert "listed no more 1: RZ9 RZ9 NHS TRUST" in said
    said = project.imports({"ect_2026-08.csv": care[:1]})
    assert "release 2026-08-01, 1 rows, against 2023-11-01" in said
    assert "listed no more 1: TZ2 TZ2 NHS TRUST" in said


def test_successions_are_added_once_and_never_changed(project) -> None:
    said = project.imports({"etr_2026-05.csv": ETR, "succ.csv": SUCC})
    assert "1 successions that reach no trust" in said
    changed = [["RZ0", "RZ1", "R", "20210401", "X"], ["RZ2", "RZ1", "R", "20260701", ""]]
    said = project.imports({"succ.csv": changed})
    assert "1 new successions: RZ2 > RZ1 (2026-07-01)" in said
    assert "another reason or mark for RZ0 > RZ1: we keep ours" in said
    assert project.seed("ods/ods_successions") == [
        "RY0,RZ0,R,2019-04-01,F",
        "RZ0,RZ1,R,2021-04-01,",
        "RZ2,RZ1,R,2026-07-01,",
    ]


@pytest.mark.parametrize(
    ("year", "kinds", "bom"),
    [
        ("20", ("CCG", "STP"), "\ufeff"),
        ("22", ("LOC", "ICB"), ""),
        ("24", ("SICBL", "ICB", "OA21"), "\ufeff"),
        ("26", ("SICBL", "ICB", "LSOA21"), ""),
    ],
)
def test_lookups_and_boundaries_of_any_year(project, year, kinds, bom) -> None:
    """Whatever the case of letters in the boundaries' columns."""
    drawn = areas(year, kinds[0], ("E3802", "E3801")).rename(columns=str.lower)
    release = f"20{year}-04-01"
    project.imports({
        f"lookup_{release}.csv": bom + table(lookup(year, *kinds)),
        f"areas_{release}.geojson": drawn,
    })  # fmt: skip
    path = project.root / "data" / "boundaries" / f"sub_icb_{release}.geojson"
    assert list(gpd.read_file(path)["sub_icb_code"]) == ["98Z", "99Z"]
    assert project.seed("ons/ons_sub_icb_locations") == [
        f"{release},98Z,E3801,Place one,QA1",
        f"{release},99Z,E3802,Place two,QA2",
    ]
    assert project.seed("ons/ons_icbs") == [
        f"{release},QA1,E5401,ICB one,Y60",
        f"{release},QA2,E5402,ICB two,Y60",
    ]
    assert project.seed("ons/ons_regions") == [f"{release},Y60,E4001,Region"]


PATIENTS_2022 = """\
PUBLICATION,EXTRACT_DATE,ORG_TYPE,ORG_CODE,ONS_CODE,POSTCODE,SEX,AGE,NUMBER_OF_PATIENTS
GP_PRAC_PAT_LIST,01SEP2022,SUB_ICB_LOCATION,99Z,E3802,,ALL,ALL,200
GP_PRAC_PAT_LIST,01SEP2022,SUB_ICB_LOCATION,98Z,E3801,,ALL,ALL,100
GP_PRAC_PAT_LIST,01SEP2022,SUB_ICB_LOCATION,98Z,E3801,,MALE,ALL,50
GP_PRAC_PAT_LIST,01SEP2022,SUB_ICB_LOCATION,98Z,E3801,,ALL,42,2
GP_PRAC_PAT_LIST,01SEP2022,ICB,QA1,E5401,,ALL,ALL,300
"""
# real rows of the file of August 2026: another word for the kind of place, dates in ISO
PATIENTS_2026 = """\
PUBLICATION,EXTRACT_DATE,ORG_TYPE,ORG_CODE,ONS_CODE,SEX,AGE,NUMBER_OF_PATIENTS
GP_PRAC_PAT_LIST,2026-08-01,Comm Region,Y56,E40000003,ALL,ALL,10923536
GP_PRAC_PAT_LIST,2026-08-01,ICB,QWO,E54000054,ALL,ALL,2673396
GP_PRAC_PAT_LIST,2026-08-01,SUB_ICB_LOCATION_CODE,15F,E38000225,ALL,ALL,929023
"""


def test_registered_patients_of_sub_icb_locations(project) -> None:
    project.imports({"gp-reg-pat-prac-sing-age-regions.csv": PATIENTS_2022})
    project.imports({"gp-reg-pat-prac-sing-age-regions.csv": PATIENTS_2026}, "2026-11-01")
    source = "NHS England: Patients Registered at a GP Practice"
    assert project.seed("ons/ons_registered_patients") == [
        f'2022-09-01,98Z,100,2022-09-01,"{source}, 2022-09"',
        f'2022-09-01,99Z,200,2022-09-01,"{source}, 2022-09"',
        f'2026-08-01,15F,929023,2026-08-01,"{source}, 2026-08"',
    ]


NEWER_ECCG = [  # real rows of December 2025, of each kind that there is
    organisation("00C", "NHS DARLINGTON CCG", closed="20200331"),
    organisation("05A", "NHS COVENTRY AND RUGBY CCG", closed="20210331"),
    organisation("00L", "NHS NORTH EAST AND NORTH CUMBRIA ICB - 00L", sub_type="RO319"),
    organisation("36L", "NHS SOUTH WEST LONDON ICB - 36L", sub_type="RO319|RO326"),
    organisation("A4R1E", "NEWHAM - SUB-ICB REPORTING ENTITY", sub_type="RO327"),
    organisation("13Q", "NATIONAL COMMISSIONING HUB 1", sub_type="RO218"),
]


def test_commissioners_keep_what_the_newer_service_says_they_are(project) -> None:
    project.imports({"eccg_2025-12.csv": NEWER_ECCG})
    rows = [line.split(",") for line in project.seed("ods/ods_commissioners")]
    assert {row[1]: row[3] for row in rows} == {row[0]: row[13] for row in NEWER_ECCG}


HEADER = [""] * 27
HEADER[0:4] = ["Organisation Code", "Name", "National Grouping", "High Level Health Geography"]
HEADER[9:14] = ["Postcode", "Open Date", "Close Date", "Null", "Organisation Sub-Type Code"]


def test_a_file_with_headers_is_read_by_their_words(project) -> None:
    project.imports({"etr_2026-04.csv": [[row[1], row[0], *row[2:]] for row in [HEADER, *ETR]]})
    assert [line.split(",")[1:6] for line in project.seed("ods/ods_trusts")] == [
        ["RZ1", "RZ1 NHS TRUST", "Y60", "QA1", "ZZ1 1AA"],
        ["RZ2", "RZ2 NHS TRUST", "Y60", "QA2", "ZZ1 1AA"],
        ["Z1Z2Z", "Z1Z2Z NHS TRUST", "Y60", "QA1", "ZZ1 1AA"],
    ]


POINTS = "organisation_code,latitude,longitude,source\nRZ2,51.5,-0.1,by hand\n"


def test_points_from_a_postcode_directory(project) -> None:
    rows = [
        organisation("RZ1", postcode="zz11aa"),
        organisation("RZ2", postcode="ZZ1 1AB"),
        organisation("RZ3", postcode="ZZ1 1AC"),
        organisation("RZ4", postcode="ZZ1 1AD"),
    ]
    project.keep("ods/ods_coordinates", POINTS)
    directory = (
        "pcd,pcd2,pcds,doterm,lat,long\n"
        "ZZ1 1AA,ZZ1  1AA,ZZ1 1AA,,53.462441,-2.227710\n"
        "ZZ1 1AB,ZZ1  1AB,ZZ1 1AB,,53.0,-2.0\n"
        "ZZ1 1AC,ZZ1  1AC,ZZ1 1AC,202001,52.5,-1.5\n"
        "ZZ1 1AD,ZZ1  1AD,ZZ1 1AD,,99.999999,0.000000\n"
    )
    said = project.imports({"etr_2026-05.csv": rows, "ONSPD_AUG_2026_UK.csv": directory})
    assert project.seed("ods/ods_coordinates") == [
        "RZ1,53.462441,-2.227710,ONSPD 2026-08",
        "RZ2,51.5,-0.1,by hand",
        "RZ3,52.5,-1.5,ONSPD 2026-08",
    ]
    assert "2 new points: RZ1, RZ3" in said
    assert "no point for RZ4" in said
    damaged = directory + "ZZ1 1AD,ZZ1  1AD,ZZ1 1AD,,north,west\n"
    words = "ONSPD_AUG_2026_UK.csv: cannot be read: .*north"
    project.refuses(words, {"ONSPD_AUG_2026_UK.csv": damaged})


@pytest.mark.parametrize(
    ("name", "source", "level", "directory"),
    [
        (
            "ONSPD_NOV_2025_UK",
            "ONSPD 2025-11",
            "Data/",
            "pcd7,pcd8,pcds,doterm,nhser24cd,sicbl24cd,lat,long,icb23cd,\n"
            '"NW1 0PE","NW1  0PE","NW1 0PE","","X","E38000240",51.535200,-0.130700,"X",""\n'
            '"IM1 0PE","IM1  0PE","IM1 0PE","","X","E38000240",,,"X",""\n',
        ),
        (
            "NSPL_AUG_2026_UK",
            "NSPL 2026-08",
            "",
            "PCD7,SICBL26CD,LAT,LONG\nNW1 0PE,E38000240,51.535200,-0.130700\n",
        ),
        (
            "ONSPD_FEB_2022_UK",
            "ONSPD 2022-02",
            "ONSPD_FEB_2022/Data/",
            "\ufeffpcd, loc22cd, lat, long\nNW10PE,X,51.535200,-0.130700\n",
        ),
    ],
)
def test_a_zip_with_a_postcode_directory(project, name, source, level, directory) -> None:
    """Since 2025 they have codes of a lookup, `sicbl24cd`: the columns are of the real ones."""
    packed = {
        f"{level}{name}.csv": directory,
        f"{level}multi_csv/{name}_ZZ.csv": directory.replace("51.5", "0"),
        "Documents/Country names and codes UK as at 08_24.csv": "CTRY12CD\nE92000001",
        "Documents/SICBL names and codes EN as at 12_24.csv": "SICBL24CD,SICBL24NM\nE38,93C\n",
        "Documents/empty.csv": "",
        "Documents/regions.csv": [organisation("Q70", "NHS ENGLAND SOUTH")],
        "User Guide/ONSPD User Guide Aug 2024.pdf": "%PDF-1.4",
    }
    trust = organisation("G6V2S", "NORTH LONDON NHS FOUNDATION TRUST", postcode="NW1 0PE")
    said = project.imports({"etr_2022-01.csv": [trust], f"{name}.zip": packed})
    assert project.seed("ods/ods_coordinates") == [f"G6V2S,51.535200,-0.130700,{source}"]
    assert f"{name}.csv: postcode directory {source[-7:]}-01" in said
    assert f"{name}.zip: left out " in said
    assert "Country names and codes UK as at 08_24.csv, " in said
    assert "no layout" not in said


def test_of_a_zip_what_is_no_layout_is_passed_over_unless_there_is_no_other(project) -> None:
    packed = {"2026-06/etr.csv": ETR, "etr.pdf": "%PDF-1.7 \0", "notes.csv": "a,b\n1,2\n"}
    assert "etr_2026-05.zip: left out notes.csv" in project.imports({"etr_2026-05.zip": packed})
    assert [line[:15] for line in project.seed("ods/ods_trusts")] == [
        "2026-05-01,RZ1,",
        "2026-05-01,RZ2,",
        "2026-05-01,Z1Z2",
    ]
    words = r"notes\.csv: no layout that we know"
    project.refuses(words, {"etr_2026-05.zip": {"notes.csv": "a,b\n1,2\n"}})


def test_a_link_is_read_like_a_file_and_one_to_none_is_named(project, tmp_path) -> None:
    (tmp_path / "5f3a").write_text(table(ETR))
    official.write(project.downloads, {})
    (project.downloads / "etr_2026-05.csv").symlink_to(tmp_path / "5f3a")
    import_files(project.root, project.downloads)
    assert project.seed("ods/ods_trusts")[0].startswith("2026-05-01,RZ1,")
    (project.downloads / "eccg_2026-05.csv").symlink_to(tmp_path / "nowhere")
    with pytest.raises(Refused, match=r"eccg_2026-05\.csv: is a link to a missing file"):
        import_files(project.root, project.downloads)


def test_what_is_left_out_is_named(project) -> None:
    said = project.imports({
        "README.md": "# Downloads\n",
        "points.csv": "Code,lat,long\nRZ1,52,-1\n",
        "export.csv": official.DSPT,
        "regions.geojson": areas("24", "NHSER"),
    })  # fmt: skip
    assert [line.partition(":")[0].strip() for line in said.splitlines()] == [
        "Read", "nothing",
        "Left out", "README.md", "export.csv", "points.csv", "regions.geojson",
        "Changed", "nothing",
    ]  # fmt: skip


def test_older_files_may_be_in_the_windows_code_page(project) -> None:
    rows = table([organisation("RZ1", "WOMEN’S NHS TRUST")])
    project.imports({"etr_2026-05.csv": rows.encode("cp1252")})
    assert "WOMEN’S" in project.seed("ods/ods_trusts")[0]


TRUSTS = table(ETR)
LONG = "x" * 200_000
PATIENTS = "gp-reg-pat-prac-sing-age-regions.csv"
UNDATED = PATIENTS_2026.replace("2026-08-01,SUB", "August 2026,SUB")
SECOND = ["2", "E3801", "98Z", "Place one", "E5402", "QA2", "ICB two", "E4001", "Y60", "R"]
EAUTH = [  # real rows of eauth, August 2017: regions and area teams, some with the sub-type C
    organisation("Q70", "NHS ENGLAND SOUTH (WESSEX)", sub_type="C"),
    organisation("A", "NORTH EAST GOVERNMENT OFFICE REGION", opened="19940401"),
]
WITHOUT_CLOSE_DATE = [*HEADER[:11], "Closed", *HEADER[12:]]
HEADER_OF_SUCC = ["Old", "New", "Reason", "Date", "Mark"]
IN_DEGREES = areas().to_crs(4326)
ELSEWHERE = "coordinates are not degrees within England"


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("etr.csv", ETR, "its name has no month.*RELEASE"),
        ("x_2026-05.csv", "", "is empty"),
        ("x_2026-05.csv", "<!DOCTYPE html><html>", "is a web page"),
        ("x_2026-05.csv", "a,b\n1,2\n", "no layout that we know"),
        ("x_2026-05.geojson", '{"type": "Topology"}', "no layout that we know"),
        ("x_2026-05.geojson", '{"type": "Topology", "arcs": "' + LONG, "no layout that we know"),
        ("x_2026-05.csv", TRUSTS + '"' + LONG, "is not a CSV file"),
        ("x_2026-05.zip", "PK", "not a complete zip"),
        ("x_2026-05.csv", EAUTH, "row 1, Q70 NHS ENGLAND .* is neither .* not imported"),
        ("x_2026-05.csv", [*NEWER_ECCG, EAUTH[1]], "row 7, A NORTH EAST"),
        ("x_2026-05.csv", [*ETR, *ECCG], "mixes several.*RZ1.*98Z"),
        ("x_2026-05.csv", TRUSTS + '"RZ3","NAME","Y60"\r\n', "row 4 has 3 columns"),
        ("x_2026-05.csv", ETR * 2, "row 4 lists RZ1 a second time"),
        ("x_2026-05.csv", TRUSTS.replace("20200401", "31042020", 1), "row 1: '31042020' is not a"),
        ("succ.csv", [["A", "B", "R", "20200230", ""]], "row 1: '20200230' is not a date"),
        ("succ.csv", [HEADER_OF_SUCC, *SUCC], "has a header row.*without headers"),
        ("etr_2026-04.csv", [HEADER], "has a header row and no other"),
        ("x_2026-04.csv", [WITHOUT_CLOSE_DATE, *ETR], "has a header row.*no column CLOSE DATE; d"),
        ("x_2026-04.csv", [["Code", *HEADER[1:]], *ETR], "header row.*no column ORGANISATION CODE"),
        ("x_2026-04.csv", [["Trust code", *[""] * 26], *ETR], "header row.*not the one of ODS"),
        ("x_2026-05.csv", lookup(top="CAL"), "NHSER; has FID"),
        ("x_2026-05.csv", [*lookup(), SECOND], "row 4 has a blank, or a second answer"),
        (PATIENTS, PATIENTS_2022.replace(",200", ",2e2"), "row 2, 99Z: '2e2' is not a count"),
        (PATIENTS, PATIENTS_2022.replace("EXTRACT_DATE", "DAY"), "no layout that we know"),
        (PATIENTS, UNDATED, "row 4: 'August 2026' is not a date"),
        (PATIENTS, UNDATED.replace("August 2026", ""), "row 4: '' is not a date"),
        ("icb_2026-04.gpkg", areas()[:1], "other ICBs than the lookup of that release: QA1"),
        (
            "icb_2026-04.gpkg",
            areas(codes=("E5402", "E5499")),
            "no ODS code for E5499; import the ONS",
        ),
        ("icb_2026-04.gpkg", areas().drop(columns="ICB26NM"), "needs a code and a name column"),
        ("icb_2026-04.shp", areas().set_crs(None, allow_override=True), "has no CRS"),
        ("icb_2026-04.gpkg", areas().set_geometry(areas().buffer(2_000)), "overlap"),
        (
            "sub_icb_2026-04.gpkg",
            areas(prefix="SICBL", codes=("E3802", "E3801"))[:1],
            "other sub-ICB locations than the lookup of that release",
        ),
        ("icb_2026-04.gpkg", IN_DEGREES.set_geometry(IN_DEGREES.translate(10)), ELSEWHERE),
        ("icb_2026-04.gpkg", IN_DEGREES.set_crs(27700, allow_override=True), ELSEWHERE),
    ],
)
def test_one_bad_file_stops_all_and_says_why(project, name, content, words) -> None:
    others = SAME_MONTH | {"ect_2026-04.csv": ECT}
    project.refuses(f"{re.escape(name)}.*{words}", others | {name: content})


def test_a_lookup_of_another_year_gets_the_name_to_use(project) -> None:
    file, advised = lookup("20", "CCG", "STP"), "lookup_2020-04.csv"
    for name, release in {"CCG20_STP20_EN.csv": "2021-03-31", "x_2021-03.csv": None}.items():
        words = rf"columns are of 2020, but the release is 2021-03.*{re.escape(advised)}"
        project.refuses(words, {name: file}, release)
    project.imports({advised: file})


def test_a_release_is_never_rewritten(project) -> None:
    project.imports(SAME_MONTH | {"etr_2026-05.csv": ETR, "icb_2026-04.gpkg": areas()})
    words = "already has the release 2026-05-01.* for Z1Z2Z; .*RELEASE"
    project.refuses(words, {"etr_2026-05.csv": ETR[:2]})
    words = r"icb_2026-04-01\.geojson already exists with other content"
    moved = areas().set_geometry(areas().translate(5_000))
    project.refuses(words, {"icb_2026-04.gpkg": moved})


def test_a_seed_with_other_columns_is_not_touched(project) -> None:
    project.keep("ods/ods_trusts", "organisation_code,name\n")
    words = r"seeds/ods/ods_trusts\.csv: its columns are not"
    project.refuses(words, {"etr_2026-05.csv": ETR})


DAY = ["--release", "2026-05-01"]


@pytest.mark.parametrize(
    ("arguments", "refused", "words"),
    [
        (DAY, False, "3 rows, our first release"),
        ([*DAY, "--accept", " etr.csv ;"], False, "3 rows, our first release"),
        ([*DAY, "--accept", "a.csv; etr.csv"], True, "ACCEPT=a.csv: no such file"),
        (["--release", "May 2026"], True, "'May 2026' is not a date; write it as 2026-04-01"),
        ([], True, "etr.csv: its name has no month"),
    ],
)
def test_command_line(project, monkeypatch, capsys, arguments, refused, words) -> None:
    official.write(project.downloads, {"etr.csv": ETR})
    monkeypatch.chdir(project.root)
    monkeypatch.setattr("sys.argv", ["reference", "import", str(project.downloads), *arguments])
    with pytest.raises(SystemExit) if refused else nullcontext() as end:
        main()
    said = capsys.readouterr()
    assert words in (str(end.value) if refused else said.out)
    assert not said.err and (not refused or len(str(end.value).splitlines()) == 1)


@pytest.mark.parametrize(
    ("suffix", "crs"), [("geojson", "EPSG:27700"), ("gpkg", "EPSG:4326"), ("shp", "EPSG:3857")]
)
def test_boundaries_of_any_format_and_crs(project, suffix, crs) -> None:
    project.imports(SAME_MONTH | {f"ICB_APR_2026_EN_BSC.{suffix}": areas().to_crs(crs)})
    path = project.root / "data" / "boundaries" / "icb_2026-04-01.geojson"
    stored = gpd.read_file(path)
    assert list(stored["icb_code"]) == ["QA1", "QA2"]
    assert list(stored["icb_name"]) == ["ICB one", "ICB two"]
    assert stored.crs == "EPSG:4326"
    assert shapely.coverage_is_valid(stored.geometry.values)
    assert stored.to_crs(27700).area.sum() == pytest.approx(50_000 * 100_000, rel=0.001)
    assert path.read_bytes().endswith(b"]}\n")
    assert path.stat().st_size < 5_000  # of 76,000 as it came


def test_icbs_kept_by_hand_are_enough_for_their_boundaries(project) -> None:
    icbs = ["2026-04-01,QA1,E5401,ICB one,Y60", "2026-04-01,QA2,E5402,ICB two,Y60"]
    columns = "release_date,icb_code,icb_ons_code,icb_name,region_code"
    project.keep("ods/ods_icbs", "\n".join([columns, *icbs]))
    project.imports({"ICB_APR_2026_EN_BSC.geojson": areas()})
    assert (project.root / "data" / "boundaries" / "icb_2026-04-01.geojson").exists()
    assert project.seed("ods/ods_icbs") == icbs


KNOWN = [
    organisation("RA4", "YEOVIL DISTRICT HOSPITAL NHS FOUNDATION TRUST", closed="20230331"),
    organisation("RQF", "VELINDRE NHS TRUST", region="W00", icb="Q99"),
    *(organisation(f"RZ{n}") for n in "1234"),
]


def with_other(*others: list[str]) -> list[list[str]]:
    """The list of trusts with other rows in the place of these."""
    replaced = {row[0]: row for row in others}
    return [replaced.get(row[0], row) for row in KNOWN]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (organisation("RA4"), r"1 open again \(RA4\)"),
        (organisation("RA4", closed="20301231"), r"1 open again \(RA4\)"),
        (organisation("RZ1", icb=""), r"1 without icb_code \(RZ1\)"),
        (organisation("RZ1", region=""), r"1 without region_code \(RZ1\)"),
        (organisation("RZ1", postcode=""), r"1 without postcode \(RZ1\)"),
    ],
)
def test_a_release_that_takes_back_what_was_known_is_doubted(project, row, words) -> None:
    project.imports({"etr_2023-11.csv": KNOWN})
    newer = {"etr_2026-01.csv": with_other(row)}
    words = f"against earlier releases {words}"
    project.refuses(rf'{words}\..*ACCEPT="etr_2026-01', newer)
    said = project.imports(newer, accepted=["etr_2026-01.csv"])
    assert re.search(f"accepted, etr_2026-01.csv: {words}", said)
    assert len(project.seed("ods/ods_trusts")) == 12
    assert NOTHING_NEW in project.imports(newer)


def test_what_real_releases_do_is_not_doubted(project) -> None:
    """A trust closes; the newer service has no words for Wales, and no role for one that closed."""
    project.imports({"etr_2023-11.csv": KNOWN, "eccg_2023-11.csv": ECCG})
    wales = organisation("RQF", "VELINDRE NHS TRUST", region="", icb="")
    closed = organisation("98Z", "NHS INVENTED ICB - 98Z", closed="20260331")
    said = project.imports({
        "etr_2026-07.csv": with_other(wales, organisation("RZ4", closed="20260331")),
        "eccg_2026-07.csv": [closed, ECCG[1]],
    })  # fmt: skip
    assert "accepted" not in said


def test_a_release_that_closes_many_trusts_is_doubted(project) -> None:
    trusts = [organisation(f"RZ{n}") for n in "ABCDEFGHIJKLMNOPQRSTUVWX"]
    closed = [organisation(row[0], closed="20240331") for row in trusts]
    project.imports({"etr_2023-11.csv": trusts})
    words = r"against earlier releases 11 closed \(RZA, .* and 3 more"
    project.refuses(words, {"etr_2024-11.csv": [*closed[:11], *trusts[11:]]})
    project.imports({"etr_2024-11.csv": [*closed[:10], *trusts[10:]]})


def test_a_lookup_without_most_of_the_earlier_locations_is_doubted(project) -> None:
    project.imports({"lookup_2023-04.csv": lookup("23")})
    project.imports({"lookup_2024-04.csv": lookup("24")[:2]})  # one of two
    rows = lookup("25")[:2]
    rows[1][1:7] = ["E3805", "95Z", "Place five", "E5405", "QA5", "ICB five"]
    words = r"against earlier releases 1 no longer listed \(98Z\)"
    project.refuses(words, {"lookup_2025-04.csv": rows})
