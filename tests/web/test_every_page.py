"""Every page and every state that it has: axe finds nothing wrong with it, and nothing is lost at
320 pixels, nor at 200 % (half the width at device scale 2). A page or a template that the walk of
every_page.py does not come to fails here, so that no page is added without being looked at.

    PICTURES=FOLDER pytest tests/web/test_every_page.py

keeps a picture of each, wide and narrow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from counterfoil.web.look import TEMPLATES, texts_of
from counterfoil.web.site import Site
from tests.web.every_page import Seen, walk
from tests.web.serving import is_too_wide, violations
from tests.world.browsers import chromium, keep_picture

FILES = {
    "recall-notice", "ledger-proof", "compare-file", "check-file", "evidence-bundle",
    "evidence-key", "inspection-folder",
}  # fmt: skip
"""Pages by which a file is taken, and nothing is shown."""
PARTS = {
    "base.html",
    "parts.html",
    "requester/base.html",
    "officers/findings.html",
    "persons/lines.html",
}
ERRORS = {"400", "401", "403", "404", "405", "409", "413", "422", "429", "500"}
HERE = "http://pages.test/"
SHOW = """text => {
  const made = new DOMParser().parseFromString(text, 'text/html');
  const style = document => [...document.querySelectorAll('link[rel=stylesheet], style')].map(e => e.outerHTML);
  if (style(made).join() !== style(document).join()) throw new Error('other styles');
  document.title = made.title;
  document.documentElement.lang = made.documentElement.lang;
  document.body.replaceWith(document.adoptNode(made.body));
}"""
"""Shows another page with the same styles, which are then not read again."""

SQUEEZED = """() => [...document.querySelectorAll('main *')].filter(each => {
  const box = each.getBoundingClientRect();
  const text = [...each.childNodes].filter(n => n.nodeType === 3).map(n => n.data.trim()).join('');
  return text.length > 12 && box.height > 200 && box.width < 60
    && getComputedStyle(each).position !== 'absolute';
}).map(each => `${each.tagName} is squeezed: ${each.textContent.slice(0, 40)}`)"""
"""Texts that stand a letter or two to a line."""


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Seen], Site]:
    return walk(tmp_path_factory.mktemp("walk"))


def test_the_walk_comes_to_every_page_and_every_template(walked: tuple[list[Seen], Site]) -> None:
    found, site = walked
    names, templates = {each.page for each in found}, {each.template for each in found}
    shown = {each.name for each in site.pages.values() if each.show is not None}
    assert shown - names == FILES
    assert {each.template for each in site.pages.values()} <= templates
    files = {each.relative_to(TEMPLATES).as_posix() for each in TEMPLATES.rglob("*.html")}
    assert files - templates == PARTS


def test_the_walk_comes_to_every_error(walked: tuple[list[Seen], Site]) -> None:
    told = [each.text for each in walked[0] if each.template == "error.html"]
    assert {found[1] for each in told if (found := re.search(r"<dd>(\d{3})</dd>", each))} == ERRORS


def test_the_spanish_pages_say_nothing_in_english(walked: tuple[list[Seen], Site]) -> None:
    """What is a citation, a command or words of a record is marked as such, or is left out here."""
    spanish = [each for each in walked[0] if '<html lang="es"' in each.text]
    assert {each.template for each in spanish} >= {
        "requester/start.html", "requester/why.html", "requester/item.html",
        "requester/error.html", "persons/printout.html",
    }  # fmt: skip
    english = re.compile(r"\b(the|of|not|is|was|and|by|this|nobody)\b", re.IGNORECASE)
    for each in spanish:
        text = re.sub(r'<(\w+)[^>]* lang="en"[^>]*>.*?</\1>', "", each.text, flags=re.DOTALL)
        text = re.sub(r"<(pre|code|style)[^>]*>.*?</\1>", "", text, flags=re.DOTALL)
        said = re.sub(r"<[^>]*>", "\n", text)
        wrong = [line for line in said.splitlines() if english.search(line)]
        assert wrong == [], each.template


SAME = {"Bytes", "Counterfoil", "Error %(status)s"}


def test_no_entry_of_the_catalogue_is_missing_or_the_same_by_accident() -> None:
    """Every text of the requester's pages, of a person's accounting and of what is around them."""
    texts = texts_of("es")
    asked = set[str]()
    for part in ("requester", "persons"):
        for path in (TEMPLATES / part).glob("*.html"):
            found = path.read_text(encoding="utf-8")
            asked |= set(re.findall(r'\b_\("((?:[^"\\]|\\.)*)"', found))
    dynamic = {each for each in asked if each == "by "}
    assert asked - dynamic - texts.keys() == set()
    assert {each for each, said in texts.items() if each == said} <= SAME


@pytest.fixture(scope="module")
def page(walked: tuple[list[Seen], Site]) -> Iterator[Page]:
    """A page in which nothing is fetched but the site's own assets."""
    files = walked[1].look.assets.files

    def answer(route: Route) -> None:
        name = route.request.url.partition("/assets/")[2].partition("/")[2]
        asset = files.get(name)
        if asset is None:
            route.fulfill(status=200, body="<title>Nothing</title>", content_type="text/html")
        else:
            route.fulfill(status=200, body=asset.data, content_type=asset.media_type)

    with chromium() as browser:
        context = browser.new_context(device_scale_factor=2)
        made = context.new_page()
        made.set_default_timeout(60_000)
        made.route("**/*", answer)
        made.goto(HERE)
        made.set_content(walked[0][0].text)
        yield made


@pytest.mark.browser
@pytest.mark.slow
def test_axe_finds_nothing_and_nothing_is_lost_in_any_state(
    walked: tuple[list[Seen], Site], page: Page
) -> None:
    states = {each.state: each for each in walked[0]}
    assert len(states) > 100
    wrong: dict[str, Any] = {}
    built: dict[str, set[str]] = {}
    for number, each in enumerate(states.values()):
        known = built.setdefault(each.template, set())
        is_new, _ = not each.structure <= known, known.update(each.structure)
        name = f"{number:03}-{each.template[:-5].replace('/', '-')}"
        found = looked_at(page, each, name, axe=is_new)
        if found:
            wrong[each.state[:200]] = found
    assert wrong == {}


def looked_at(page: Page, seen: Seen, name: str, *, axe: bool = True) -> list[str]:
    """What is wrong with one state. `axe`: whether it is built of anything that its template has
    not been looked at with."""
    page.set_viewport_size({"width": 640, "height": 450})  # a window of 1,280 at 200 %
    page.evaluate(SHOW, seen.text)
    found = violations(page) if axe else []
    found += page.evaluate(SQUEEZED)
    found += [f"200 %: {each}" for each in is_too_wide(page)]
    keep_picture(page, name)
    page.set_viewport_size({"width": 320, "height": 450})
    found += [f"320: {each}" for each in is_too_wide(page) + page.evaluate(SQUEEZED)]
    keep_picture(page, f"{name}-320")
    return found


@pytest.mark.browser
@pytest.mark.slow
def test_a_fault_of_a_page_is_found(page: Page) -> None:
    """The looking itself: an input without a label, and a box that is too wide."""
    styles = "".join(page.evaluate("[...document.querySelectorAll('link')].map(e=>e.outerHTML)"))
    body = "<main><h1>x</h1><input><p style='width:900px'>x<p style='width:9px'>" + "word " * 9
    text = f"<html lang=en><title>x</title>{styles}<body>{body}"
    found = looked_at(page, Seen("", "x.html", text), "x")
    assert any(each.startswith("label") for each in found)
    assert any(each.startswith("320: P.") for each in found)
    assert any(each.startswith("P is squeezed") for each in found)
