"""`python -m reports`: from the marts to the site."""

import argparse
import os
import sys
from concurrent.futures import BrokenExecutor
from pathlib import Path

import duckdb

from reports.catalogue import published_marts
from reports.discovery import dataset, feed_and_site_map
from reports.downloads import write_downloads, write_package
from reports.formats import percent
from reports.marts import ReportError, opened, result
from reports.pages import read_pages
from reports.rendering import SiteRenderer, render_ahead, render_pages, second_process
from reports.settings import PAGES, SETTINGS
from reports.site import add_docs, new_folder, write_releases, write_texts
from tasks import publishing

HEADLINE = """
    select snapshot_date, edition, organisation_type, met_or_exceeded, organisations, share
    from marts.agg_met_or_exceeded where level = 'England' and organisation_type != 'Total'
    order by snapshot_date desc, type_order
"""
RELEASES = "select version, released_on from marts.dim_releases order by release_order"
CHANGES = "select version, reason from marts.rec_release_changes order by change_order"


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
        "--before", type=Path, help="the site to take over from what has not changed, else --site"
    )
    parser.add_argument(
        "--docs", type=Path, help="a folder with dbt's static documentation, to publish too"
    )
    arguments = parser.parse_args()
    try:
        build(arguments.database, arguments.site, arguments.docs, before=arguments.before)
    except (ReportError, publishing.Stopped) as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenExecutor:
        print("reports: the second process was killed. Is there enough memory?", file=sys.stderr)
        return 1
    except (OSError, duckdb.IOException) as error:
        words = " ".join(str(error).split())
        print(f"reports: {words}. Free disk space, or permissions?", file=sys.stderr)
        return 1
    return 0


def build(
    database: Path,
    site: Path,
    docs: Path | None = None,
    pages: Path = PAGES,
    before: Path | None = None,
) -> None:
    """Write the whole site, the same whatever was there before."""
    before = before or site
    with opened(database) as marts, new_folder(site) as folder:
        given = read_pages(pages), folder, before, docs is not None
        with second_process(database, *given) as second:
            renderer = SiteRenderer(marts, *given)
            ahead = render_ahead(renderer, second)
            headline = marts.query("headline", HEADLINE, {})
            data = folder / "data"
            tables = list(published_marts(marts.connection))
            downloads = write_downloads(marts.connection, data, tables, before=before / "data")
            print(f"  data: {len(downloads)} files")
            snapshots = marts.query("snapshots", SETTINGS["queries"]["snapshots"], {})
            releases = marts.query("releases", RELEASES, {})
            changes = marts.query("changes", CHANGES, {})
            files = [one._asdict() for one in downloads]
            columns = [
                {"table": mart.name, "column": name, "type": kind.lower(), "description": text}
                for mart in tables
                for name, kind, text in mart.columns
            ]
            rows = [{"table": t.name, "rows": t.rows, "description": t.description} for t in tables]
            extras = {
                "downloads": result("downloads", files),
                "tables": result("tables", rows),
                "columns": result("columns", columns),
                "dataset": dataset(snapshots, files),
                "kept": write_releases(releases, folder),
            }
            rendered = render_pages(renderer, extras, second, ahead)
            texts = rendered.texts
            texts |= feed_and_site_map(texts.keys(), snapshots, releases, changes)
            write_texts(texts, folder)
            write_package(marts.connection, data, downloads, tables, list(rendered.tables.values()))
            drawn = [picture.is_new for picture in rendered.pictures.values()]
            print(f"  pictures: {len(drawn)}, as PNG and SVG, {sum(drawn)} drawn anew")
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
