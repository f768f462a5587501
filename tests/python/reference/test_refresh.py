"""The real client against a real server: what arrives, what is refused, what a kill leaves."""

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import official
import pytest
import requests
import server as services
from server import Services
from test_import import ROOT, files_of

from reference import Refused
from reference.__main__ import main
from reference.client import CSV_TYPES, Client
from reference.refresh import refresh

EXPORT = "DSPT search results 23_11_2026 09_15_30.csv"


@pytest.fixture
def server() -> Iterator[Services]:
    with Services() as running:
        yield running
        running.shutdown()


class Session(requests.Session):
    """Waits half a second for an answer that is to be late, and a minute for any other."""

    def __init__(self, server: Services) -> None:
        super().__init__()
        self.server = server

    def get(self, url: str, **options: Any) -> requests.Response:
        """Asks as the client does."""
        late = [key for key, faults in self.server.faults.items() if services.slow in faults[:1]]
        options["timeout"] = 0.5 if any(key in url for key in late) else 60
        return super().get(url, **options)


@pytest.fixture
def client(server: Services, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A client with the server's clock, which a body that drips puts on."""
    clock = SimpleNamespace(sleep=time.sleep, monotonic=lambda: server.clock)
    monkeypatch.setattr("reference.client.time", clock)
    return Client(
        base=server.base, deadline=1, pause=0, tries=3, backoff=0.01, session=Session(server)
    )


def downloads(project: Path) -> dict[str, bytes]:
    """Today's downloads, by name."""
    return {path.rsplit("/")[-1]: content for path, content in files_of(project / "data").items()}


def test_everything_is_fetched_imported_and_noted(
    project: Path, client: Client, server: Services, seed: Callable[[str], list[str]]
) -> None:
    said = str(refresh(project, "2026-11-01", client))
    assert len(seed("ods/ods_trusts")) == 4
    assert len(seed("ods/ods_commissioners")) == 2
    assert seed("ods/ods_csus") == ["2026-11-01,0ZZ,INVENTED CSU,ZZ1 1AA"]
    assert len(seed("ods/ods_successions")) == 2
    assert [line.split(",")[0] for line in seed("ons/ons_icbs")] == ["2026-04-01"] * 2
    assert (project / "data" / "boundaries" / "icb_2026-04-01.geojson").exists()
    assert [path.name for path in sorted((project / "data" / "ods").iterdir())] == [
        "dispensaries_2026-11-01.parquet",
        "gp_practices_2026-11-01.parquet",
    ]
    assert (project / "data" / "dspt" / EXPORT).read_text() == official.table(
        official.DSPT
    ).replace("\r\n", "\n")
    assert f"data/dspt/{EXPORT}: new" in said
    # six rows in pages of two
    assert server.asked.count("LSOA21_SICBL26_ICB26_NHSER26_LAD26") == 3
    assert server.asked.count("Integrated_Care_Boards_April_2026_Boundaries_EN_BSC") == 2

    files = downloads(project)
    manifest = json.loads(files["manifest.json"])
    assert len(manifest) == 10
    for entry in manifest.values():
        content = files[entry["file"]]
        assert entry["sha256"] == hashlib.sha256(content).hexdigest()
        assert entry["bytes"] == len(content)
        assert entry["url"].startswith("https://")
        assert entry["licence"].startswith("Open Government Licence")
        assert entry["fetched_at"].endswith("+00:00")


def test_a_rerun_fetches_and_changes_nothing(
    project: Path, client: Client, server: Services
) -> None:
    refresh(project, None, client)
    before, asked = files_of(project), len(server.asked)
    assert "nothing: all of this was there already" in str(refresh(project, None, client))
    assert files_of(project) == before
    assert len(server.asked) == asked


def test_a_damaged_download_is_fetched_again(
    project: Path, client: Client, server: Services
) -> None:
    refresh(project, None, client)
    (path,) = project.glob("data/downloads/*/succ.csv")
    path.write_text("")
    server.asked.clear()
    refresh(project, None, client)
    assert server.asked == ["succ"]


@pytest.mark.parametrize(
    "fault",
    [
        services.text("busy", status=500),
        services.text("busy", status=503),
        services.text("slower, please", status=429),
        services.cut,
        services.slow,
        services.drip,
    ],
)
def test_a_passing_fault_is_tried_again(
    project: Path, client: Client, server: Services, fault: services.Answer
) -> None:
    server.faults["eccg"] = [fault]
    refresh(project, None, client)
    assert server.asked.count("eccg") == 2


HTML = "<!DOCTYPE html><html><body>Sorry, something went wrong</body></html>"
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
        ("eccg", services.text(GOOD, "text/html"), "text/html"),
        ("eccg", services.text(GOOD, "application/pdf"), "application/pdf"),
        ("eccg", services.text(""), "empty, a web page"),
        ("eccg", services.text(official.table(official.ETR)), r"returned trusts \(etr\), not comm"),
        ("eccg", services.text(GOOD[:-60]), "in the middle of a row"),
        (
            "epraccur",
            services.text(official.table(official.EDISPENSARY)),
            r"returned dispensaries \(edispensary\), not GP practices",
        ),
        ("ExportSearchResults", services.text(HTML), "web page"),
        ("ExportSearchResults", services.text("a,b\r\n1,2\r\n"), "no layout that we know"),
        (LOOKUP, services.text('{"error": {"code": 400}}', "application/json"), "instead of feat"),
        (LOOKUP, services.text("not json", "application/json"), "instead of features"),
        (
            LOOKUP,
            services.text('{"features": [], "exceededTransferLimit": true}', "application/json"),
            "says that it has more than 0",
        ),
        (
            LOOKUP,
            services.text('{"features": [1], "exceededTransferLimit": true}', "application/json"),
            "says that it has more than 1",
        ),
    ],
)
def test_what_is_no_whole_file_is_refused_and_changes_nothing(
    project: Path,
    client: Client,
    server: Services,
    key: str,
    fault: services.Answer,
    message: str,
) -> None:
    server.faults[key] = [fault] * client.tries
    with pytest.raises(Refused, match=message):
        refresh(project, None, client)
    assert files_of(project / "seeds") == {}
    assert not (project / "data" / "dspt").exists()
    assert not (project / "data" / "boundaries").exists()
    assert not (project / "data" / "ods").exists()
    kept = downloads(project)
    assert set(kept) - {"manifest.json"} == {
        e["file"] for e in json.loads(kept["manifest.json"]).values()
    }

    server.faults.clear()
    server.asked.clear()
    refresh(project, None, client)
    assert server.asked[0] == key  # and what was complete is not asked for again


def test_without_the_undocumented_report_the_rest_goes_on(
    project: Path, client: Client, server: Services, seed: Callable[[str], list[str]]
) -> None:
    server.faults["ecsu"] = [services.text("gone", status=404)]
    assert "ecsu.csv: " in str(refresh(project, None, client))
    assert seed("ods/ods_csus") == []
    assert len(seed("ods/ods_trusts")) == 4


def test_one_export_a_day_is_placed(project: Path, client: Client) -> None:
    held = project / "data" / "dspt" / "DSPT search results 23_11_2026 08_00_00.csv"
    held.parent.mkdir(parents=True)
    held.write_text("by hand\n")
    assert f"already has {held.name}" in str(refresh(project, None, client))
    assert os.listdir(held.parent) == [held.name]


def test_a_name_from_the_server_is_no_path(project: Path, client: Client, server: Services) -> None:
    body = official.table(official.DSPT)
    server.good["ExportSearchResults"] = services.text(body, name="../../seeds/evil.csv")
    refresh(project, None, client)
    (placed,) = os.listdir(project / "data" / "dspt")
    assert placed.startswith("DSPT search results ")
    assert not list(project.rglob("evil.csv"))


def test_requests_keep_their_distance(server: Services) -> None:
    client = Client(base=server.base, pause=0.21)
    pauses: list[float] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("reference.client.time.sleep", pauses.append)
        client.get("https://example.org/api?report=etr", CSV_TYPES)
    assert pauses == [0.21]
    assert Client().pause >= 0.2  # the services ask for less than five a second


def start(project: Path, base: str) -> subprocess.Popen[str]:
    """`python -m reference refresh`, in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "reference", "refresh"],
        cwd=project,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path[1:]]),
            "OPEN_CYBER_BASE_URL": base,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_kill_leaves_nothing_half_written(project: Path, server: Services) -> None:
    server.faults["succ"] = [services.slow]
    process = start(project, server.base)
    assert server.slow.wait(300)
    process.send_signal(signal.SIGKILL)
    process.wait(300)
    kept = downloads(project)
    assert set(kept) == {"etr.csv", "ect.csv", "eccg.csv", "ecsu.csv", "manifest.json"}
    assert set(json.loads(kept["manifest.json"])) == set(kept) - {"manifest.json"}
    assert files_of(project / "seeds") == {}

    server.asked.clear()
    out, err = start(project, server.base).communicate(timeout=300)
    assert err == ""
    assert "Changed" in out
    assert server.asked[0] == "succ"
    assert (project / "data" / "dspt" / EXPORT).exists()


def test_offline_is_one_line(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("OPEN_CYBER_BASE_URL", f"http://127.0.0.1:{free.getsockname()[1]}")
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda seconds: None)
    monkeypatch.setattr("sys.argv", ["reference", "refresh"])
    monkeypatch.chdir(project)
    assert main() == 1
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert "no connection. Are you online?" in said.err
    assert said.out == ""
    assert files_of(project) == {}
