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


def label_of(page: Page) -> str:
    """Its words in the menu, else its title, where a column in brackets stands for its values."""
    return page.nav or re.sub(r"{{.*?row\.(\w+).*?}}", r"[\1]", page.title)


def exposures() -> str:
    """The file of exposures, made from the queries of all pages."""
    shared = set[str]().union(*map(tables_read, SETTINGS["queries"].values()))
    made = HEAD
    for page in read_pages(PAGES):
        name = re.sub(r"\W+", "_", page.pattern).strip("_")
        made += ENTRY.format(name=f"page_{name}", label=label_of(page), source=page.source)
        tables = shared.union(*(tables_read(query.sql) for query in page.queries.values()))
        made += "".join(f"      - ref('{table}')\n" for table in sorted(tables))
    return made


if __name__ == "__main__":
    TARGET.write_text(exposures(), encoding="utf-8")
