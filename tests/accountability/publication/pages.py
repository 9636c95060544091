"""Reading pages strictly: every element closed in its place, every attribute and id in order, every
link to something that is there. It is no whole validator; it refuses what a browser would repair."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser
from posixpath import dirname, join, normpath
from urllib.parse import urlsplit

VOID = frozenset({"meta", "link", "br", "input", "img", "hr"})
KNOWN = frozenset(
    [
        "html",
        "head",
        "title",
        "style",
        "body",
        "a",
        "header",
        "p",
        "nav",
        "ul",
        "li",
        "main",
        "h1",
        "h2",
        "h3",
        "dl",
        "div",
        "dt",
        "dd",
        "ol",
        "table",
        "thead",
        "tr",
        "th",
        "tbody",
        "td",
        "span",
        "code",
        "pre",
        "footer",
        "section",
        "article",
        "form",
        "fieldset",
        "legend",
        "label",
        "textarea",
        "details",
        "summary",
        "button",
        "noscript",
        "script",
        "strong",
        "em",
    ]
)
PARENTS = {
    "li": {"ul", "ol"},
    "dt": {"dl", "div"},
    "dd": {"dl", "div"},
    "tr": {"thead", "tbody"},
    "td": {"tr"},
    "th": {"tr"},
    "thead": {"table"},
    "tbody": {"table"},
    "title": {"head"},
    "main": {"body"},
}
NO_BLOCK_WITHIN = frozenset({"p", "h1", "h2", "h3", "span", "code", "dt", "a", "button", "label"})
BLOCKS = frozenset(
    {"p", "ul", "ol", "dl", "table", "div", "h1", "h2", "h3", "pre", "section", "form"}
)
NAMED = frozenset(
    [
        "lang",
        "charset",
        "http-equiv",
        "content",
        "name",
        "rel",
        "type",
        "href",
        "title",
        "class",
        "id",
        "tabindex",
        "scope",
        "colspan",
        "aria-label",
        "aria-labelledby",
        "aria-current",
        "aria-describedby",
        "hreflang",
        "data-label",
        "for",
        "multiple",
        "required",
        "rows",
        "spellcheck",
        "autocomplete",
        "disabled",
        "hidden",
        "role",
    ]
)


class Page(HTMLParser):
    """A page, read strictly. `faults` is what is wrong with it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.headings: list[int] = []
        self.open: list[str] = []
        self.text = ""
        self.title = ""
        self.lang = ""
        self.scripts = 0
        if not text.startswith("<!doctype html>\n"):
            self.faults.append("no doctype")
        self.feed(text)
        self.close()
        self.faults += [f"<{tag}> is not closed" for tag in self.open]
        if self.headings[:1] != [1] or self.headings.count(1) != 1:
            self.faults.append("not one first heading")
        self.faults += [
            f"a heading of level {other} after one of {one}"
            for one, other in zip(self.headings, self.headings[1:], strict=False)
            if other > one + 1
        ]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        parent = self.open[-1] if self.open else ""
        names = [name for name, _ in attrs]
        values = {name: value or "" for name, value in attrs}
        if tag not in KNOWN | VOID or not NAMED.issuperset(names) or len(names) > len(set(names)):
            self.faults.append(f"<{tag} {names}>")
        if parent not in PARENTS.get(tag, {parent}):
            self.faults.append(f"<{tag}> in <{parent}>")
        if tag in BLOCKS and NO_BLOCK_WITHIN.intersection(self.open):
            self.faults.append(f"<{tag}> in {self.open}")
        if values.get("id") in self.ids:
            self.faults.append(f"id {values['id']} twice")
        self.ids |= {values["id"]} if "id" in values else set()
        self.links += [values["href"]] if "href" in values else []
        self.lang = values.get("lang", "") if tag == "html" else self.lang
        self.headings += [int(tag[1])] if tag in ("h1", "h2", "h3") else []
        self.scripts += tag == "script"
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> out of place")

    def handle_data(self, data: str) -> None:
        if self.open[-1:] == ["title"]:
            self.title += data
        elif self.open[-1:] not in (["style"], ["script"]):
            self.text += data

    def unknown_decl(self, data: str) -> None:
        self.faults.append(f"declaration {data}")


def broken_links(files: Mapping[str, bytes], more: set[str]) -> list[tuple[str, str]]:
    """Links of the pages to what is neither one of `files`, with the part that is named, nor one of
    `more`."""
    pages = {name: Page(data.decode()) for name, data in files.items() if name.endswith(".html")}
    broken: list[tuple[str, str]] = []
    for name, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            path = normpath(join(dirname(name), parts.path)) if parts.path else name
            there = path in files or path in more
            part_there = not parts.fragment or parts.fragment in pages[path].ids
            if parts.scheme or parts.netloc or not there or not part_there:
                broken.append((name, link))
    return broken
