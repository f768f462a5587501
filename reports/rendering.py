"""Every page of the site, rendered by one process or shared with another."""

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from itertools import groupby
from multiprocessing import get_context
from operator import attrgetter
from pathlib import Path
from typing import Any

import jinja2

from reports.catalogue import Mart
from reports.components import ICB_PAGE, ORGANISATION_PAGE, add_components, palette_of
from reports.discovery import NOT_FOUND, absolute, root_of, version
from reports.formats import environment, moment
from reports.marts import Marts, ReportError, Result, opened
from reports.page_files import PageFiles, Picture, write_list
from reports.pages import Page, Renderer, Target, named, results_of, rooted, targets_of
from reports.settings import HERE, SETTINGS

NAMES = """
    select organisation_code, organisation_name, organisation_type, is_current, closed_on
    from marts.dim_names order by organisation_code, is_current desc, organisation_name
"""
# of all snapshots, for an ICB that has closed is shown as of its last, which may have no page
EXPORTS = "select snapshot_date, snapshot_at from marts.dim_snapshots order by snapshot_date desc"
SEARCHED = ("organisation_code", "display_name", "sector", "postcode_district")
Share = tuple[int, int]
AT_ONCE = 4  # pages of a share, so that nobody waits long for the last
AHEAD = 2  # shares that the second process has, so that it never waits


@dataclass(frozen=True)
class Rendered:
    """Pages as text by path, what the search looks through on them, and the files they offer.

    `tables` are rows as CSV by name. `pictures` are by name: what each is made of, its hash, and
    whether it was drawn anew.
    """

    texts: dict[str, str] = field(default_factory=dict)
    searchable: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)
    tables: dict[str, Mart] = field(default_factory=dict)
    pictures: dict[str, Picture] = field(default_factory=dict)

    def add(self, other: "Rendered") -> None:
        """Adds other pages and their files; two pages of one path are an error."""
        if twice := self.texts.keys() & other.texts.keys():
            raise ReportError(f"{', '.join(sorted(twice))} is also the file of another page")
        for mine, more in zip(vars(self).values(), vars(other).values(), strict=True):
            mine.update(more)


Ahead = dict[Share, Future[Rendered]]
_STAYS_OPEN = ExitStack()  # until the second process ends
_renderer: "Callable[[], SiteRenderer]"  # of the second process


@contextmanager
def second_process(database: Path, *given: Any) -> Iterator[Executor]:
    """A process that renders a share of the pages: `given` is what `SiteRenderer` takes."""
    pool = ProcessPoolExecutor(1, get_context("spawn"), _begin, (database, *given))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(database: Path, *given: Any) -> None:
    global _renderer
    # with the first share, so that an error comes back with it
    _renderer = cache(lambda: SiteRenderer(_STAYS_OPEN.enter_context(opened(database)), *given))


def _render_there(share: Share, extras: dict[str, Any]) -> Rendered:
    return _renderer().render(share, extras)


def render_ahead(renderer: "SiteRenderer", second: Executor | None) -> Ahead:
    """The second process begins with the pages that have no extras, while this one goes on."""
    if not second:
        return {}
    return {
        share: second.submit(_render_there, share, {})
        for share in renderer.shares()
        if renderer.targets_by_page[share[0]][0].for_each
    }


def render_pages(
    renderer: "SiteRenderer",
    extras: dict[str, Any],
    second: Executor | None = None,
    ahead: Ahead | None = None,
) -> Rendered:
    """All pages, in their order; the files that they offer are in the folder of the site by then.

    `extras` are further names for pages that are not one of many. A `second` process has a share of
    the pages, and may have rendered some `ahead`.
    """
    shares = renderer.shares()
    theirs = {share: made for share, made in (ahead or {}).items() if not made.cancel()}
    ours: dict[Share, Rendered] = {}
    waiting = deque(share for share in shares if share not in theirs)
    while waiting:
        # the second process takes from the front, this one from the end
        while second and len(waiting) > 1 and sum(not o.done() for o in theirs.values()) < AHEAD:
            share = waiting.popleft()
            theirs[share] = second.submit(_render_there, share, extras)
        share = waiting.pop()
        ours[share] = renderer.render(share, extras)
    whole = Rendered()
    for share in shares:
        whole.add(ours[share] if share in ours else theirs[share].result())
    write_list(whole.pictures, renderer.files.folder)
    for page, targets in renderer.targets_by_page:
        print(f"  {page.source}: {len(targets)} page{'s' * (len(targets) != 1)}")
    names = _names(renderer.marts, whole.texts.keys())
    whole.texts["search-index.js"] = _script("searchIndex", names)
    whole.texts["search-lists.js"] = _script("searchLists", whole.searchable)
    return whole


class SiteRenderer:
    """Renders shares of the pages: everything that all pages have in common is read once.

    With `has_docs`, each page has a link to dbt's documentation.
    """

    def __init__(
        self,
        marts: Marts,
        pages: list[Page],
        folder: Path,
        before: Path | None = None,
        has_docs: bool = False,
    ) -> None:
        self.marts = marts
        shared = {name: marts.query(name, sql, {}) for name, sql in SETTINGS["queries"].items()}
        self.targets_by_page = [(page, targets_of(page, marts, shared)) for page in pages]
        # what shows the same, such as index.html and the newest snapshot, shares its words
        self.by_address = [
            [list(same) for _, same in groupby(targets, key=attrgetter("lasting"))]
            for _, targets in self.targets_by_page
        ]
        self.exports = marts.query("exports", EXPORTS, {})
        self.templates = environment()
        palette = palette_of(shared["outcomes"])
        self.templates.globals["palette"] = palette
        self.renderer = Renderer(self.templates)
        self.files = PageFiles(marts.connection, self.templates, folder, before)
        self.names = {
            "site": SETTINGS,
            **shared,
            **add_components(self.templates, palette),
        }
        self.frame = {
            "menu": _menu(self.targets_by_page),
            "has_docs": has_docs,
            "version": version(),
            "styles": _assets("css"),
            "scripts": _assets("js"),
        }

    def shares(self) -> list[Share]:
        """The pages in parts of less than a second each: which page, from which address."""
        return [
            (number, start)
            for number, addresses in enumerate(self.by_address)
            for start in range(0, len(addresses), AT_ONCE)
        ]

    def render(self, share: Share, extras: dict[str, Any]) -> Rendered:
        """The pages of a share; those that are not one of many may use `extras` too."""
        number, start = share
        page, targets = self.targets_by_page[number]
        rendered = Rendered()
        self.files.begin_share(rendered.tables, rendered.pictures)
        for same in self.by_address[number][start : start + AT_ONCE]:
            with named(page.source):
                rendered.add(self._one(same, targets, extras))
        return rendered

    def _one(self, same: list[Target], targets: list[Target], extras: dict[str, Any]) -> Rendered:
        """A page at each of its addresses."""
        target, page = same[0], same[0].page
        results = results_of(target, self.marts)
        more = {} if page.for_each else extras
        names = {"row": target.row, **self.names, **more, **results}
        names["exported_at"] = exported_at = _exported_at(target, self.exports)
        source = _source(target, exported_at)
        self.files.begin_page(target.lasting, source, self.renderer.words)
        words = _words(target, targets, self.renderer, names)
        rendered = Rendered()
        for one in same:
            framed = _framed(one, names | self.frame | words, self.templates)
            rendered.add(Rendered({one.path: framed}))
            if page.json:
                rendered.texts[_json_of(one)] = _facts(one, results)
            if page.searchable:
                rendered.searchable[one.path] = [
                    tuple(row[name] or "" for name in SEARCHED) for row in results[page.searchable]
                ]
        return rendered


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
    own = [
        one.format_map({"icb_code": code, "organisation_code": code})
        for one in (ICB_PAGE, ORGANISATION_PAGE)
    ]
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
