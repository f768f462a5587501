"""The whole site in one folder: every page, what the pages need, and what people take away."""

import json
import re
import shutil
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from reports.components import add_components, palette_of
from reports.discovery import NOT_FOUND, absolute, root_of, version, whom_to_ask
from reports.formats import environment, moment
from reports.marts import Marts, ReportError, Result
from reports.page_files import PageFiles, second_process
from reports.pages import Page, Renderer, Target, named, results_of, rooted, targets_of
from reports.settings import HERE, SETTINGS
from tasks import publishing

NAMES = """
    select organisation_code, organisation_name, organisation_type, is_current, closed_on
    from marts.dim_names order by organisation_code, is_current desc, organisation_name
"""
# of all snapshots, for an ICB that has closed is shown as of its last, which may have no page
EXPORTS = "select snapshot_date, snapshot_at from marts.dim_snapshots order by snapshot_date desc"
SEARCHED = ("organisation_code", "display_name", "sector", "postcode_district")
MARKER = ".open-cyber-site"
# dbt's documentation is one file with all that it needs: this lets it ask for nothing else
DOCS_HEAD = (
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    "img-src data:; font-src data:; "
    "script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'\">"
    '<link rel="icon" href="data:,">'
)
TRACKER = "//d1fc8wv8zag5ca.cloudfront.net/2.9.0/sp.js"
DBT_FACTS = re.escape('{"metadata": {"dbt_schema_version"')  # the manifest, and the catalogue
PRIVATE = re.compile(
    "root_path|(compiled|build)_path|compiled_code|extra_ctes|invocation_id"
    "|(generated|created|invocation_started|run_started)_at"
)


def render_pages(
    marts: Marts,
    pages: list[Page],
    extras: dict[str, Any],
    folder: Path,
    before: Path | None = None,
) -> tuple[dict[str, str], PageFiles]:
    """All pages as text by path, and the files that they offer, which are in `folder` by then.

    `extras` are further names that the pages may use.
    """
    shared = {name: marts.query(name, sql, {}) for name, sql in SETTINGS["queries"].items()}
    templates = environment()
    palette = palette_of(shared["outcomes"])
    templates.globals["palette"] = palette
    with second_process() as pool:
        files = PageFiles(marts.connection, templates, folder, before, pool)
        names = {
            "site": SETTINGS,
            "whom_to_ask": whom_to_ask(),
            **shared,
            **extras,
            **add_components(templates, palette, files.of_figure),
        }
        made = [(page, targets_of(page, marts, shared)) for page in pages]
        texts = _texts(marts, made, names, templates, files)
        files.write_pixels()
    return texts, files


def _texts(
    marts: Marts,
    made: list[tuple[Page, list[Target]]],
    names_of_all: dict[str, Any],
    templates: jinja2.Environment,
    files: PageFiles,
) -> dict[str, str]:
    exports = marts.query("exports", EXPORTS, {})
    renderer = Renderer(templates)
    frame = {
        "menu": _menu(made),
        "version": version(),
        "styles": _assets("css"),
        "scripts": _assets("js"),
    }
    texts: dict[str, str] = {}
    searchable: dict[str, list[tuple[str, ...]]] = {}
    for page, targets in made:
        # targets that show the same, such as index.html and the newest snapshot, share their words
        for lasting, same in groupby(targets, key=attrgetter("lasting")):
            target, *others = same
            with named(page.source):
                results = results_of(target, marts)
                names = {"row": target.row, **names_of_all, **results}
                names["exported_at"] = exported_at = _exported_at(target, exports)
                files.begin_page(lasting, _source(target, exported_at), renderer.words)
                names["download"] = _download(files, names["download_link"])
                words = _words(target, targets, renderer, names)
                for one in (target, *others):
                    if one.path in texts:
                        raise ReportError(f"{one.path} is the file of another page too")
                    texts[one.path] = _framed(one, names | frame | words, templates)
                    if page.json:
                        texts[_json_of(one)] = _facts(one, results)
                    if page.searchable:
                        searchable[one.path] = [
                            tuple(row[name] or "" for name in SEARCHED)
                            for row in results[page.searchable]
                        ]
        print(f"  {page.source}: {len(targets)} page{'s' * (len(targets) != 1)}")
    texts["search-index.js"] = _script("searchIndex", _names(marts, texts.keys()))
    texts["search-lists.js"] = _script("searchLists", searchable)
    return texts


def _exported_at(target: Target, exports: Result) -> datetime:
    """When the export was taken that a page shows: that of its snapshot, else the newest."""
    row: dict[str, Any] = target.row or {}
    day = row.get("snapshot_date", exports.first["snapshot_date"])
    taken: datetime = exports.pick(snapshot_date=day)["snapshot_at"]
    return taken


def _source(target: Target, exported_at: datetime) -> str:
    """What stands under every picture."""
    where = absolute(target.lasting) or target.lasting
    sources = "; ".join(SETTINGS["sources"])
    return (
        f"{SETTINGS['title']}, {where}. Data as exported on {moment(exported_at)}. "
        f"{SETTINGS['status']} {SETTINGS['licence']} Sources: {sources}."
    )


def _download(files: PageFiles, link: Callable[..., Markup]) -> Callable[..., Markup]:
    def download(data: Result, name: str, label: str) -> Markup:
        """The rows of a query as a CSV file to take away."""
        return link(files.csv(data, name, label), label, len(data))

    return download


def _names(marts: Marts, pages: Iterable[str]) -> list[list[Any]]:
    """Every name of an organisation in scope, and the page that it leads to."""
    return [
        [*row.values(), _page_of(row["organisation_code"], pages)]
        for row in marts.query("names", NAMES, {})
    ]


def _script(name: str, content: Any) -> str:
    """What the search looks through: a script, as a page from a file may not read JSON."""
    return f"var {name}={json.dumps(content, default=str, separators=(',', ':'))};\n"


def _page_of(code: str, pages: Iterable[str]) -> str:
    own = [f"icb/{code}.html", f"organisation/{code}.html"]
    return next((path for path in own if path in pages), f"organisations.html#{code}")


def _words(
    target: Target, targets: list[Target], renderer: Renderer, names: dict[str, Any]
) -> dict[str, Any]:
    """What a page says, at whichever of its addresses."""
    page = target.page
    siblings = targets[1:] if page.first_as and len(targets) > 2 else []
    return {
        "lasting": target.lasting,
        "cited": absolute(target.lasting) or target.lasting,
        "source": page.source,
        "title": renderer.line(page.title, names),
        "description": renderer.line(page.description, names),
        "content": renderer.render(page.body, names),
        "siblings": [
            {"path": one.path, "label": renderer.line(page.label, names | {"row": one.row})}
            for one in siblings
        ],
    }


def _framed(target: Target, names: dict[str, Any], templates: jinja2.Environment) -> str:
    """The whole of a page, at one of its addresses."""
    of_address = {
        "path": target.path,
        "address": absolute(target.path) if target.path != NOT_FOUND else "",
        "json": _json_of(target) if target.page.json else "",
    }
    html = templates.get_template("page.html").render(names | of_address)
    return rooted(html, root_of(target.path))


def _json_of(target: Target) -> str:
    return target.path.removesuffix(".html") + ".json"


def _facts(target: Target, results: dict[str, Result]) -> str:
    """What a page's queries gave, for other programs."""
    facts = {
        "page": absolute(target.path) or target.path,
        "status": SETTINGS["status"],
        "licence": SETTINGS["licence"],
        "row": target.row,
        **{name: result.rows for name, result in results.items()},
    }
    return json.dumps(facts, default=str, ensure_ascii=False, separators=(",", ":")) + "\n"


def _menu(made: Iterable[tuple[Page, list[Target]]]) -> list[dict[str, str]]:
    return [
        {"path": targets[0].path, "nav": page.nav, "menu": page.menu, "source": page.source}
        for page, targets in made
        if page.nav and targets
    ]


def _assets(kind: str) -> list[str]:
    return sorted(path.name for path in (HERE / "assets").glob(f"*.{kind}"))


def _without_private(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts of dbt without where and when it ran, and without the SQL of one set of exports."""
    return {key: "" if PRIVATE.fullmatch(key) else value for key, value in facts.items()}


def _ordered(facts: Any) -> Any:
    if not isinstance(facts, dict):
        return facts
    return {
        key: sorted(value) if isinstance(value, list) else value
        for key, value in sorted(facts.items())
    }


def add_docs(source: Path, site: Path) -> None:
    """Copy dbt's static documentation, so that it asks no other machine for anything."""
    page = source / "static_index.html"
    if not page.is_file():
        raise ReportError(f"{page} is not there: run `dbt docs generate --static` first.")
    text = page.read_text(encoding="utf-8").replace(TRACKER, "data:,")
    for start in [found.start() for found in reversed([*re.finditer(DBT_FACTS, text)])]:
        facts, end = json.JSONDecoder(object_hook=_without_private).raw_decode(text, start)
        # in which order dbt met them is chance
        ordered = {key: _ordered(value) for key, value in facts.items()}
        text = text[:start] + json.dumps(ordered, separators=(",", ":")) + text[end:]
    # a browser asks for what these name: nothing, or a placeholder before it is filled
    text = re.sub(r'<link rel="(canonical|shortcut icon)"[^>]*>', "", text)
    text = text.replace(' xlink:href="{{', ' ng-attr-xlink:href="{{')
    (site / "docs").mkdir()
    (site / "docs" / "index.html").write_text(
        text.replace("<head>", f"<head>{DOCS_HEAD}", 1), encoding="utf-8"
    )


@contextmanager
def new_folder(site: Path) -> Any:
    """A new folder that takes the site's place when all is well; else the old one stays."""
    if site.exists() and not (site / MARKER).exists() and any(site.iterdir()):
        raise ReportError(f"{site} holds something that is not a site: name an empty folder.")
    with publishing.change(site.parent) as place:
        folder = place(site)
        folder.mkdir()
        (folder / MARKER).touch()
        yield folder


def write_texts(texts: dict[str, str], folder: Path) -> None:
    """Write the pages, and beside them the styles and scripts."""
    for path, text in texts.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")
    shutil.copytree(HERE / "assets", folder / "assets")
