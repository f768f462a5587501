"""The real client against a real server: what arrives, what is refused, what a kill leaves."""

import hashlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import official
import pytest
import requests
import server as services
from official import EXPORT, files_of
from server import Services

from reference import Refused
from reference.__main__ import main
from reference.client import CSV_TYPES, Client
from reference.refresh import refresh
from tests.bench import ROOT


@pytest.fixture
def server() -> Iterator[Services]:
    with Services() as running:
        yield running
        running.shutdown()


@pytest.fixture
def client(server: Services, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A client with the server's clock, which a body that drips puts on.

    It waits half a second for an answer that is to be late, and a minute for any other.
    """
    session = requests.Session()
    ask = session.get

    def get(url: str, **options: Any) -> requests.Response:
        late = [key for key, faults in server.faults.items() if services.slow in faults[:1]]
        return ask(url, **options | {"timeout": 0.5 if any(key in url for key in late) else 60})

    monkeypatch.setattr(session, "get", get)
    clock = SimpleNamespace(sleep=time.sleep, monotonic=lambda: server.clock)
    monkeypatch.setattr("reference.client.time", clock)
    return Client(base=server.base, deadline=1, pause=0, tries=3, backoff=0.01, session=session)


def downloads(root: Path) -> dict[str, bytes]:
    """Today's downloads, by name."""
    return {path.rsplit("/")[-1]: content for path, content in files_of(root / "data").items()}


def test_everything_is_fetched_imported_and_noted(project, client, server) -> None:
    said = str(refresh(project.root, "2026-11-01", client))
    assert len(project.seed("ods/ods_trusts")) == 4
    assert len(project.seed("ods/ods_commissioners")) == 2
    assert project.seed("ods/ods_csus") == ["2026-11-01,0ZZ,INVENTED CSU,ZZ1 1AA"]
    assert len(project.seed("ods/ods_successions")) == 2
    assert [line.split(",")[0] for line in project.seed("ons/ons_icbs")] == ["2026-04-01"] * 2
    assert list(project.files("data/boundaries")) == ["icb_2026-04-01.geojson"]
    assert sorted(project.files("data/ods")) == [
        "dispensaries_2026-11-01.parquet",
        "gp_practices_2026-11-01.parquet",
    ]
    assert project.files("data/dspt") == {EXPORT: official.table(official.DSPT).encode()}
    assert f"data/dspt/{EXPORT}: new" in said
    # six rows in pages of two
    assert server.asked.count("LSOA21_SICBL26_ICB26_NHSER26_LAD26") == 3
    assert server.asked.count("Integrated_Care_Boards_April_2026_Boundaries_EN_BSC") == 2

    files = downloads(project.root)
    manifest = json.loads(files["manifest.json"])
    assert len(manifest) == 10
    for entry in manifest.values():
        content = files[entry["file"]]
        assert entry["sha256"] == hashlib.sha256(content).hexdigest()
        assert entry["bytes"] == len(content)
        assert entry["url"].startswith("https://")
        assert entry["licence"].startswith("Open Government Licence")
        assert entry["fetched_at"].endswith("+00:00")


def test_a_rerun_fetches_and_changes_nothing_but_what_is_damaged(project, client, server) -> None:
    refresh(project.root, None, client)
    before = project.files()
    server.asked.clear()
    assert "nothing: all of this was there already" in str(refresh(project.root, None, client))
    assert project.files() == before
    assert server.asked == []
    (path,) = project.root.glob("data/downloads/*/succ.csv")
    path.write_text("")
    refresh(project.root, None, client)
    assert server.asked == ["succ"]


@pytest.mark.parametrize(
    "fault",
    [
        services.text("busy", status=503),
        services.text("slower, please", status=429),
        services.cut,
        services.slow,
        services.drip,
    ],
)
def test_a_passing_fault_is_tried_again(project, client, server, fault) -> None:
    server.faults["eccg"] = [fault]
    refresh(project.root, None, client)
    assert server.asked.count("eccg") == 2


HTML = "<!DOCTYPE html><html><body>Sorry, something went wrong</body></html>"
NO_MORE = '{"features": %s, "exceededTransferLimit": true}'
GOOD = official.table(official.ECCG)
LOOKUP = "LSOA21_SICBL26_ICB26_NHSER26_LAD26"


@pytest.mark.parametrize(
    ("key", "fault", "message"),
    [
        ("eccg", services.text("gone", status=404), "answers 404"),
        ("eccg", services.text("busy", status=500), "answers 500.*Are you online"),
        ("eccg", services.cut, "cut in the middle"),
        ("eccg", services.cut_chunked, "cut in the middle"),
        ("eccg", services.slow, "no answer in time"),
        ("eccg", services.drip, "no complete answer in 1 seconds"),
        ("eccg", services.text(HTML), "empty, a web page"),
        ("eccg", services.text(GOOD, "application/pdf"), "application/pdf"),
        ("eccg", services.text(""), "empty, a web page"),
        ("eccg", services.text(official.table(official.ETR)), r"returned trusts \(etr\), not comm"),
        ("eccg", services.text(GOOD[:-60]), "in the middle of a row"),
        ("ExportSearchResults", services.text(HTML), "web page"),
        ("ExportSearchResults", services.text("a,b\r\n1,2\r\n"), "no layout that we know"),
        (LOOKUP, services.text('{"error": {"code": 400}}', "application/json"), "instead of feat"),
        (LOOKUP, services.text("not json", "application/json"), "instead of features"),
        (LOOKUP, services.text(NO_MORE % [], "application/json"), "says that it has more than 0"),
        (LOOKUP, services.text(NO_MORE % [1], "application/json"), "says that it has more than 1"),
    ],
)
def test_a_broken_file_is_refused(project, client, server, key, fault, message) -> None:
    server.faults[key] = [fault] * client.tries
    with pytest.raises(Refused, match=message):
        refresh(project.root, None, client)
    assert project.files("seeds") == {}
    assert os.listdir(project.root / "data") == ["downloads"]
    kept = downloads(project.root)
    noted = json.loads(kept.pop("manifest.json")).values()
    assert kept.keys() == {entry["file"] for entry in noted}

    server.faults.clear()
    server.asked.clear()
    refresh(project.root, None, client)
    assert server.asked[0] == key  # and what was complete is not asked for again


def test_without_the_undocumented_report_the_rest_goes_on(project, client, server) -> None:
    server.faults["ecsu"] = [services.text("gone", status=404)]
    assert "ecsu.csv: " in str(refresh(project.root, None, client))
    assert project.seed("ods/ods_csus") == []
    assert len(project.seed("ods/ods_trusts")) == 4


def test_one_export_a_day_is_placed(project, client) -> None:
    held = project.root / "data" / "dspt" / EXPORT.replace("09_15_30", "08_00_00")
    held.parent.mkdir(parents=True)
    held.write_text("by hand\n")
    assert f"already has {held.name}" in str(refresh(project.root, None, client))
    assert os.listdir(held.parent) == [held.name]


def test_a_name_from_the_server_is_no_path(project, client, server) -> None:
    body = official.table(official.DSPT)
    server.good["ExportSearchResults"] = services.text(body, name="../../seeds/evil.csv")
    refresh(project.root, None, client)
    (placed,) = os.listdir(project.root / "data" / "dspt")
    assert placed.startswith("DSPT search results ")
    assert not list(project.root.rglob("evil.csv"))


def test_requests_keep_their_distance(server, monkeypatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("reference.client.time.sleep", pauses.append)
    Client(base=server.base, pause=0.21).get("https://example.org/api?report=etr", CSV_TYPES)
    assert pauses == [0.21]
    assert Client().pause >= 0.2  # the services ask for less than five a second


def test_a_kill_leaves_nothing_half_written(project, server) -> None:
    server.faults["succ"] = [services.slow]
    path = os.pathsep.join([str(ROOT), *sys.path[1:]])
    settings = os.environ | {"PYTHONPATH": path, "OPEN_CYBER_BASE_URL": server.base}
    command = [sys.executable, "-m", "reference", "refresh"]
    with subprocess.Popen(command, cwd=project.root, env=settings) as process:
        assert server.slow.wait(300)
        process.kill()
    kept = downloads(project.root)
    noted = json.loads(kept.pop("manifest.json")).keys()
    assert kept.keys() == noted == {"etr.csv", "ect.csv", "eccg.csv", "ecsu.csv"}
    assert project.files("seeds") == {}

    server.asked.clear()
    again = subprocess.run(
        command, cwd=project.root, env=settings, capture_output=True, text=True, timeout=300
    )
    assert again.stderr == ""
    assert "Changed" in again.stdout
    assert server.asked[0] == "succ"
    assert list(project.files("data/dspt")) == [EXPORT]


def test_offline_is_one_line(project, monkeypatch, capsys) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("OPEN_CYBER_BASE_URL", f"http://127.0.0.1:{free.getsockname()[1]}")
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda seconds: None)
    monkeypatch.setattr("sys.argv", ["reference", "refresh"])
    monkeypatch.chdir(project.root)
    with pytest.raises(SystemExit, match=r"no connection\. Are you online\?") as end:
        main()
    assert len(str(end.value).splitlines()) == 1
    assert capsys.readouterr().out == ""
    assert project.files() == {}
