"""A polite HTTP client that returns a whole file of the right type, or says why not."""

import json
import os
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
import urllib3
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential
from tqdm import tqdm

from reference import Refused

CSV_TYPES = (
    "text/csv",
    "text/plain",
    "application/csv",
    "application/octet-stream",
    "application/vnd.ms-excel",  # what Windows servers call CSV
)
JSON_TYPES = ("application/json", "application/geo+json", "text/plain")


class Unreachable(Exception):
    """No complete answer this time; another try may succeed."""


@dataclass
class Client:
    """Downloads files, with retries: times in seconds.

    `base` replaces scheme and host of every address, for a mirror or a test server.
    """

    base: str = field(default_factory=lambda: os.environ.get("OPEN_CYBER_BASE_URL", ""))
    timeout: float = 30  # without a byte
    deadline: float = 600  # for a whole file, however slowly it drips
    pause: float = 0.25  # before each request: the services ask for less than five a second
    tries: int = 4
    backoff: float = 1  # then twice that, and so on
    session: requests.Session = field(default_factory=requests.Session)

    def get(self, url: str, types: tuple[str, ...]) -> tuple[bytes, str]:
        """The body, and the file name that the server gives it (or "").

        Refused: not there, not of these content types, empty, a web page, or no whole answer after
        all tries.
        """
        if self.base:
            base = urlsplit(self.base)
            url = urlsplit(url)._replace(scheme=base.scheme, netloc=base.netloc).geturl()
        retrying = Retrying(
            retry=retry_if_exception_type(Unreachable),
            stop=stop_after_attempt(self.tries),
            wait=wait_exponential(multiplier=self.backoff),
            reraise=True,
        )
        try:
            return retrying(self._once, url, types)
        except Unreachable as error:
            raise Refused(
                f"{urlsplit(url).netloc}: {error}. Are you online? Try again later: files that are "
                "complete are kept, and everything except refresh works offline"
            ) from error

    def pages(self, url: str) -> dict[str, Any]:
        """All features of an ArcGIS feature service, in the frame of its first page.

        Refused: an error instead of features, or a service that promises more and gives no more.
        """
        whole: dict[str, Any] = {}
        while True:
            held = whole.setdefault("features", [])
            body, _ = self.get(f"{url}&resultOffset={len(held)}", JSON_TYPES)
            try:
                page = json.loads(body)
                features = list(page["features"])
            except (ValueError, KeyError, TypeError) as error:
                raise Refused(f"{url}: returned {body[:200]!r} instead of features") from error
            whole = {**page, "features": held + features}
            # f=json says it at the top, f=geojson under properties
            if not {**page, **page.get("properties", {})}.get("exceededTransferLimit"):
                return whole
            if not features or held[-len(features) :] == features:
                raise Refused(f"{url}: says that it has more than {len(held)}, but returns no more")

    def _once(self, url: str, types: tuple[str, ...]) -> tuple[bytes, str]:
        time.sleep(self.pause)
        body = bytearray()
        until = time.monotonic() + self.deadline
        try:
            with self.session.get(url, stream=True, timeout=self.timeout) as answer:
                if answer.status_code == 429 or answer.status_code >= 500:
                    raise Unreachable(f"answers {answer.status_code} {answer.reason}")
                if answer.status_code != 200:
                    raise Refused(f"{url}: answers {answer.status_code} {answer.reason}")
                size = int(answer.headers.get("Content-Length", 0)) or None
                with tqdm(total=size, unit="B", unit_scale=True, leave=False, disable=None) as bar:
                    # read1 gives what is there; iter_content would wait for a full chunk of a drip
                    while chunk := answer.raw.read1(2**16, decode_content=True):
                        body += chunk
                        bar.update(len(chunk))
                        if time.monotonic() > until:
                            raise Unreachable(f"no complete answer in {self.deadline:g} seconds")
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise Unreachable(_in_words(error)) from error
        kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind not in types or bytes(body[:99]).lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"<", b""):
            sent = kind or "no content type"
            raise Refused(f"{url}: returned no data: empty, a web page or another type ({sent})")
        return bytes(body), unquote(answer.headers.get("Content-Disposition", ""))


def _in_words(error: Exception) -> str:
    if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError):
        return "no answer in time"
    if isinstance(error, requests.RequestException):
        return "no connection"
    return "the connection was cut in the middle of a file"
