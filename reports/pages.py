"""Pages as code: front matter with named queries, then Markdown with Jinja, rendered to HTML.

A value from the data never passes through Markdown: while a page renders, each `{{ value }}` leaves
a token, and what it stands for, escaped, takes the token's place in the finished HTML. So no name
can turn into markup.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import jinja2
import yaml
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from reports.formats import in_link
from reports.marts import Marts, ReportError, Result, Row

# letters and digits, so that Markdown leaves it alone; random, so that no name can be one
MARK = f"x{uuid4().hex}x"
TOKEN = re.compile(rf"{MARK}(\d+)z")
SAFE_NAME = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Query:
    """A named query of a page."""

    sql: str
    may_be_empty: bool = False


@dataclass(frozen=True)
class Page:
    """A page as its author wrote it."""

    source: str
    pattern: str
    body: str
    title: str
    description: str
    order: int
    menu: str = "main"
    nav: str = ""
    for_each: str = ""
    first_as: str = ""
    label: str = ""
    json: bool = False
    searchable: str = ""  # the query whose rows the search leads to, each by its organisation_code
    queries: dict[str, Query] = field(default_factory=dict)


@dataclass(frozen=True)
class Target:
    """One file that a page makes: its path in the site, and the row that it is made for.

    `lasting` is the address that stays when a newer row comes first: the one to cite.
    """

    page: Page
    path: str
    row: Row | None
    lasting: str


def read_pages(folder: Path) -> list[Page]:
    """All pages of a folder, in the order of the navigation."""
    pages = [_read_page(path, folder) for path in sorted(folder.rglob("*.md"))]
    if not pages:
        raise ReportError(f"There are no pages in {folder}.")
    return sorted(pages, key=lambda page: (page.order, page.source))


def _read_page(path: Path, folder: Path) -> Page:
    source = path.relative_to(folder).as_posix()
    try:
        _, head, body = re.split(
            r"^---$\n?", path.read_text(encoding="utf-8"), maxsplit=2, flags=re.M
        )
        matter = yaml.safe_load(head)
        queries = {
            name: Query(value) if isinstance(value, str) else Query(**value)
            for name, value in (matter.pop("queries", None) or {}).items()
        }
        return Page(source, source.removesuffix(".md"), body, queries=queries, **matter)
    except (ValueError, TypeError, AttributeError, yaml.YAMLError) as error:
        text = " ".join(str(error).split())
        raise ReportError(
            f"{source}: the front matter between `---` lines is wrong: {text}"
        ) from None


def targets_of(page: Page, marts: Marts, site_queries: dict[str, Result]) -> list[Target]:
    """The files that a page makes: one, or one for each row of the query that `for_each` names.

    With `first_as` the first row has two: the one of that name, which the next row may take over,
    comes first.
    """
    if not page.for_each:
        path = f"{page.pattern}.html"
        return [Target(page, path, None, path)]
    with named(page.source):
        found = site_queries.get(page.for_each) or _run(page, page.for_each, marts, {})
        paths = [f"{_filled(page.pattern, row)}.html" for row in found]
    targets = [Target(page, path, row, path) for path, row in zip(paths, found, strict=True)]
    if page.first_as and targets:
        targets.insert(0, replace(targets[0], path=f"{page.first_as}.html"))
    return targets


def _filled(pattern: str, row: Row) -> str:
    def value(match: re.Match[str]) -> str:
        text = str(row[match[1]])
        if not SAFE_NAME.fullmatch(text):
            raise ReportError(f"query `{row.query}`: {text!r} cannot be part of a file name")
        return text

    return re.sub(r"\[(\w+)\]", value, pattern)


def _run(page: Page, name: str, marts: Marts, parameters: dict[str, Any]) -> Result:
    if name not in page.queries:
        raise ReportError(f"`for_each` names the query `{name}`, which does not exist")
    query = page.queries[name]
    return marts.query(name, query.sql, parameters, query.may_be_empty)


def results_of(target: Target, marts: Marts) -> dict[str, Result]:
    """What the page's queries give for this file, whose row fills their `$parameters`."""
    names = [name for name in target.page.queries if name != target.page.for_each]
    return {name: _run(target.page, name, marts, dict(target.row or {})) for name in names}


@contextmanager
def named(source: str) -> Iterator[None]:
    """Names the page in every error that comes out of it."""
    try:
        yield
    except jinja2.TemplateSyntaxError as error:
        raise ReportError(f"{source}: line {error.lineno} of the text: {error}") from None
    except (ReportError, jinja2.TemplateError, TypeError, ValueError) as error:
        raise ReportError(f"{source}: {error}") from None


class Renderer:
    """Turns the text of a page into HTML."""

    def __init__(self, environment: jinja2.Environment) -> None:
        keeping = environment.overlay(finalize=self._keep, trim_blocks=True, lstrip_blocks=True)
        # a text that makes hundreds of pages is read once
        self.plain = lru_cache(environment.from_string)
        self.keeping = lru_cache(keeping.from_string)
        self.markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"])
        self.markdown.add_render_rule("heading_open", _heading_with_anchor)
        self.kept: list[Any] = []

    def render(self, text: str, context: dict[str, Any]) -> Markup:
        """The HTML of a text with Markdown and Jinja."""
        self.kept.clear()
        html = self.markdown.render(self.keeping(text).render(context))
        html = html.replace("<th>", '<th scope="col">')
        html = html.replace("<table>", '<div class="scroll" tabindex="0"><table>')
        html = html.replace("<pre>", '<pre tabindex="0">')  # as wide as its lines: it scrolls too
        return Markup(self._restored(html.replace("</table>", "</table></div>")))

    def line(self, text: str, context: dict[str, Any]) -> str:
        """A short text, such as a title, with Jinja but without Markdown; not escaped."""
        return Markup(self.plain(text).render(context)).unescape()

    def words(self, text: str) -> str:
        """A text as it will read that a component is given while a page renders; not escaped."""
        return Markup(self._restored(text)).unescape() if isinstance(text, Markup) else text

    @jinja2.pass_context
    def _keep(self, context: jinja2.runtime.Context, value: Any) -> Markup:
        if isinstance(value, jinja2.Undefined):
            str(value)  # raises, since undefined names are errors
        self.kept.append("" if value is None else value)
        return Markup(f"{MARK}{len(self.kept) - 1}z")

    def _restored(self, html: str) -> str:
        # a component alone in its paragraph is a block of its own
        html = re.sub(rf"<p>({TOKEN.pattern})</p>", self._unwrapped, html)
        html = re.sub(rf'(href|src)="([^"]*{MARK}[^"]*)"', self._quoted, html)
        while TOKEN.search(html):
            html = TOKEN.sub(lambda match: str(escape(self.kept[int(match[1])])), html)
        return html

    def _unwrapped(self, match: re.Match[str]) -> str:
        value = self.kept[int(match[2])]
        is_block = isinstance(value, Markup) and value.lstrip().startswith("<")
        return match[1] if is_block else match[0]

    def _quoted(self, match: re.Match[str]) -> str:
        def one(token: re.Match[str]) -> str:
            return in_link(self.kept[int(token[1])])

        return f'{match[1]}="{TOKEN.sub(one, match[2])}"'


def _heading_with_anchor(
    renderer: Any, tokens: Any, index: int, options: Any, environment: Any
) -> str:
    """A heading that can be linked to by its words."""
    words = TOKEN.sub("", tokens[index + 1].content).lower()
    return f'<{tokens[index].tag} id="{re.sub(r"[^a-z0-9]+", "-", words).strip("-") or "section"}">'


def rooted(html: str, root: str) -> str:
    """Links are written from the site's root; this makes them hold from where the page is."""
    return re.sub(r'((?:href|src)=")(?![a-z]+:|#|/|\.\./)', rf"\g<1>{root}", html)
