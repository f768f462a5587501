"""models/marts/_exposures.yml says which marts each page reads; this holds it to them."""

import re
from pathlib import Path

import duckdb
import yaml

from reports.marts import tables_read
from reports.pages import read_pages
from reports.site import HERE, PAGES

EXPOSURES = HERE.parent / "models" / "marts" / "_exposures.yml"


def name_of(source: str) -> str:
    """The exposure of a page: icb/[icb_code].md is page_icb."""
    return "page_" + re.sub(r"\W", "_", Path(source.split("/[")[0]).stem)


def test_exposures_are_what_the_pages_read() -> None:
    shared = yaml.safe_load((HERE / "site.yml").read_text(encoding="utf-8"))["queries"].values()
    with duckdb.connect() as connection:
        reads = {
            name_of(page.source): {
                table
                for sql in [*shared, *(query.sql for query in page.queries.values())]
                for table in tables_read(connection, sql)
            }
            for page in read_pages(PAGES)
        }
    written = {
        exposure["name"]: {re.findall(r"'(\w+)'", ref)[0] for ref in exposure["depends_on"]}
        for exposure in yaml.safe_load(EXPOSURES.read_text(encoding="utf-8"))["exposures"]
    }
    assert written == reads
