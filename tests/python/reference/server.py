"""The official services on this machine: a real HTTP server, with their layouts and faults."""

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import official

Answer = Callable[["Handler"], None]


class Services(ThreadingHTTPServer):
    """Answers by what an address ends in: `etr`, `ExportSearchResults`, `NHSER26_LAD26`, ...

    `faults` holds, by the same key, answers to give before the good one.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []
        self.faults: dict[str, list[Answer]] = {}
        self.slow = threading.Event()  # a slow body has begun
        self.clock = 0.0  # seconds
        fields, *facts = official.lookup(finer="LSOA21")
        self.good: dict[str, Answer] = {
            **{report: text(official.table(rows)) for report, rows in official.REPORTS.items()},
            "ExportSearchResults": text(official.table(official.DSPT), name=official.EXPORT),
            "LSOA21_SICBL26_ICB26_NHSER26_LAD26": pages(
                [{"attributes": dict(zip(fields, fact, strict=True))} for fact in facts], size=2
            ),
            "Integrated_Care_Boards_April_2026_Boundaries_EN_BSC": pages(
                json.loads(official.areas().to_crs(4326).to_json())["features"], size=1
            ),
        }
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def base(self) -> str:
        """Scheme and host, to put in place of those of the real services."""
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """Gives the fault that is next for an address, else the good answer."""

    server: Services
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer one request, and note what it was for."""
        split = urlsplit(self.path)
        report = parse_qs(split.query).get("report", [""])[0]
        key = report or next(k for k in self.server.good if f"/{k}/" in f"{split.path}/")
        self.server.asked.append(key)
        faults = self.server.faults.get(key)
        (faults.pop(0) if faults else self.server.good[key])(self)

    def head(self, kind: str, size: int, status: int = 200, name: str = "") -> None:
        """Send status and headers."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(size))
        if name:
            self.send_header("Content-Disposition", f'attachment; filename="{name}"')
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


def text(
    body: str, kind: str = "text/csv; charset=utf-8", status: int = 200, name: str = ""
) -> Answer:
    """A whole answer."""

    def answer(handler: Handler) -> None:
        handler.head(kind, len(body.encode()), status, name)
        handler.wfile.write(body.encode())

    return answer


def pages(features: list[dict[str, object]], size: int) -> Answer:
    """A feature service: `size` features from `resultOffset` on, and whether there are more."""

    def answer(handler: Handler) -> None:
        query = parse_qs(urlsplit(handler.path).query)
        at = int(query["resultOffset"][0])
        more = {"exceededTransferLimit": True} if at + size < len(features) else {}
        page: dict[str, object] = {"features": features[at : at + size]}
        if query["f"] == ["geojson"]:
            page |= {"type": "FeatureCollection", "properties": more}
        else:
            page |= more
        text(json.dumps(page), "application/json")(handler)

    return answer


def cut(handler: Handler) -> None:
    """A connection that breaks in the middle of the body."""
    handler.head("text/csv", 1_000)
    handler.wfile.write(b'"RZ1","RZ1 NHS TRUST"')
    handler.close_connection = True


def cut_chunked(handler: Handler) -> None:
    """The same, of a body whose size was not said."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/csv")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b'100\r\n"RZ1"')
    handler.close_connection = True


def slow(handler: Handler) -> None:
    """A body that stops half-way, for longer than anyone waits."""
    cut(handler)
    handler.wfile.flush()
    handler.server.slow.set()
    time.sleep(3)


def drip(handler: Handler) -> None:
    """A body that never stops for long, and never ends."""
    handler.head("text/csv", 1_000)
    for _ in range(30):
        handler.server.clock += 0.1
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.01)
