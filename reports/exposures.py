"""Which marts each page reads, as dbt's exposures: `python -m tasks exposures` writes them."""

import re

from reports.marts import tables_read
from reports.pages import Page, read_pages
from reports.settings import PAGES, ROOT, SETTINGS

TARGET = ROOT / "models" / "marts" / "_exposures.yml"
HEAD = """\
# The pages of the site and the marts that each reads: written by `make exposures`.
exposures:
"""
ENTRY = """\
  - name: {name}
    label: "{label}"
    type: analysis
    description: Page reports/pages/{source} of the published site.
    owner:
      name: Maintainers of Open Cyber
    depends_on:
"""


def exposures() -> str:
    """The file of exposures, made from the queries of all pages."""
    shared = set[str]().union(*map(tables_read, SETTINGS["queries"].values()))
    entries = [
        _entry(page)
        + "".join(
            f"      - ref('{table}')\n"
            for table in sorted(
                shared.union(*(tables_read(query.sql) for query in page.queries.values()))
            )
        )
        for page in read_pages(PAGES)
    ]
    return HEAD + "".join(entries)


def _entry(page: Page) -> str:
    name = re.sub(r"\W+", "_", page.source.removesuffix(".md")).strip("_")
    return ENTRY.format(name=f"page_{name}", label=page.nav or name, source=page.source)


if __name__ == "__main__":
    TARGET.write_text(exposures(), encoding="utf-8")
