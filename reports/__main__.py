"""`python -m reports`: from the marts to the site."""

import argparse
import os
import sys
from dataclasses import asdict
from pathlib import Path

import publishing
from reports.downloads import write_downloads, write_package
from reports.errors import ReportError
from reports.formats import percent
from reports.marts import Result, Row, opened
from reports.pages import read_pages
from reports.site import PAGES, add_docs, new_folder, render_pages, search_index, write_texts

HEADLINE = """
    select snapshot_date, edition, organisation_type, met_or_exceeded, organisations, share
    from marts.agg_met_or_exceeded where level = 'England'
    order by snapshot_date desc, organisation_type = 'Total', organisation_type
"""


def main() -> int:
    """Render the site; an error that an analyst can mend is one line."""
    parser = argparse.ArgumentParser(
        prog="python -m reports", description="Render the site from the marts."
    )
    parser.add_argument(
        "--database", type=Path, default=Path(os.environ.get("OPEN_CYBER_DB", "open_cyber.duckdb"))
    )
    parser.add_argument("--site", type=Path, default=Path("site"), help="the folder to write")
    parser.add_argument(
        "--docs", type=Path, help="a folder with dbt's static documentation, to publish too"
    )
    arguments = parser.parse_args()
    try:
        build(arguments.database, arguments.site, arguments.docs)
    except (ReportError, publishing.Stopped) as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"reports: {error}. Free disk space, or permissions?", file=sys.stderr)
        return 1
    return 0


def build(database: Path, site: Path, docs: Path | None = None, pages: Path = PAGES) -> None:
    """Write the whole site."""
    with opened(database) as marts, new_folder(site) as folder:
        headline = marts.query("headline", HEADLINE, {})
        data = folder / "data"
        downloads = write_downloads(marts.connection, data)
        print(f"  data: {len(downloads)} files")
        rows = [Row("downloads", asdict(one)) for one in downloads]
        extras = {
            "has_docs": docs is not None,
            "downloads": Result("downloads", list(rows[0]), rows),
        }
        texts, tables = render_pages(marts, read_pages(pages), extras, print, data)
        texts["search-index.js"] = search_index(marts, texts.keys())
        write_texts(texts, folder)
        write_package(marts.connection, data, downloads, tables)
        if docs:
            add_docs(docs, folder)
    newest = headline.first["snapshot_date"]
    for row in headline.where(snapshot_date=newest):
        print(
            f"{row['edition']}, {row['organisation_type']}: {row['met_or_exceeded']} of"
            f" {row['organisations']} met or exceeded the standards ({percent(row['share'])})"
        )


if __name__ == "__main__":
    sys.exit(main())
