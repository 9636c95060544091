"""One batch by two officers on the pages: nothing of a person stands in an address, a title, the
log or the ledger; the second officer is not told what the first one found before they have looked
themselves."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from counterfoil import client as at_the_office
from tests.controls.sampling.test_service import reopened
from tests.web.sites import Browser, Pages, pages_of, title_of
from tests.world.office import World, closing
from tests.world.people import REQUESTS, SOURCE
from tests.world.scan import found_in, tokens_of

TOKENS = tokens_of([*SOURCE, *REQUESTS])


@pytest.fixture
def pages(tmp_path: Path, world_template: Path) -> Iterator[Pages]:
    with closing(World(tmp_path, template=world_template)) as world:
        reopened(world, 2)
        with pages_of(world) as made:
            yield made


@pytest.fixture
def batch(pages: Pages) -> str:
    found = pages.world.receive(pages.world.requests())
    at_the_office.determine(pages.world.office, found)
    return found


def look_through(browser: Browser, batch: str, conclusions: str = "yes") -> str:
    """Go through the sample with one conclusion for all rows; the last page."""
    path = f"/batches/{batch}/sample"
    text = browser.post(path).text
    while found := re.search(r'name="row" value="([^"]+)"', text):
        text = browser.post(path, {"row": found[1], "agrees": conclusions}).text
    return text


def sign(browser: Browser, text: str) -> str:
    """Sign with the sandbox's key file; the page that follows."""
    [path] = re.findall(r'action="(/sign/[0-9a-f]{32})"', text)
    return browser.follow(browser.post(path, {"sandbox": "yes"})).text


def test_two_officers_look_review_and_release(pages: Pages, batch: str) -> None:
    first, second = pages.browser("officer-a"), pages.browser("officer-b")
    for browser in (first, second):
        assert "Look at its sample." in browser.get("/").text
    refused = first.post(f"/batches/{batch}/review")
    assert (refused.status_code, "sample_not_looked_at" in refused.text) == (409, True)
    assert "Sign what you found" in look_through(first, batch)
    assert "review is entered" in sign(first, first.post(f"/batches/{batch}/review").text)
    blind = second.get("/").text + second.get(f"/batches/{batch}").text
    blind += second.get("/standing").text + second.post(f"/batches/{batch}/sample").text
    kinds = pages.world.kinds()
    blind += second.get("/ledger").text + second.get(f"/ledger?batch={batch}").text
    for kind in ("sample", "review"):
        listed = second.get(f"/ledger?kind={kind}").text
        assert "1 left out" in listed and f"Entry {kinds.index(kind)}" not in listed
        for tail in ("", "/proof"):
            refused = second.get(f"/ledger/{kinds.index(kind)}{tail}")
            assert (refused.status_code, "entry_not_yet" in refused.text) == (409, True)
    blind = re.sub(
        "<option.*?</option>|2 left out", "", blind
    )  # whom a batch can be handed over to
    assert "second officer" not in blind and f"release {batch}" not in blind
    assert "officer-a" not in blind and "reviewed" not in blind.lower()
    assert second.post(f"/batches/{batch}/release", {"form": "jsonl"}).status_code == 409
    seen = look_through(second, batch)
    assert second.get(f"/ledger/{kinds.index('sample')}").status_code == 200
    assert "officer-a" in seen and "Release the batch" in seen
    released = sign(second, second.post(f"/batches/{batch}/release", {"form": "jsonl"}).text)
    assert "Its answer leaves by the mailbox" in released
    assert pages.world.kinds().count("release") == 1
    assert pages.world.kinds().count("inspection") == 3


def test_who_does_not_agree_stops_the_batch(pages: Pages, batch: str) -> None:
    first, second = pages.browser("officer-a"), pages.browser("officer-b")
    look_through(first, batch)
    sign(first, first.post(f"/batches/{batch}/review").text)
    assert "do not agree" in look_through(second, batch, "no")
    shown = second.post(f"/batches/{batch}/review").text
    assert "disagree" in shown
    [path] = re.findall(r'action="(/sign/[0-9a-f]{32})"', shown)
    stopped = second.post(path, {"sandbox": "yes"})
    assert (stopped.status_code, "sample_disagreed" in stopped.text) == (409, True)
    assert "release" not in pages.world.kinds()
    assert "Look at its sample." in first.get("/").text or "Review it." in first.get("/").text


def test_values_are_shown_after_a_form_and_that_is_entered(pages: Pages, batch: str) -> None:
    browser = pages.browser("officer-a")
    listed = browser.post(f"/batches/{batch}/rows", {"outcome": ""})
    names = [
        html.unescape(each)
        for each in re.findall(r'name="request_id" value="([^"]+)"', listed.text)
    ]
    before = pages.world.kinds().count("inspection")
    hidden = [browser.post(f"/batches/{batch}/request", {"request_id": each}) for each in names]
    assert all(answer.status_code == 200 for answer in hidden)
    assert pages.world.kinds().count("inspection") == before + len(names)
    shown = [
        browser.post(f"/batches/{batch}/request", {"request_id": each, "values": "yes"})
        for each in names
    ]
    assert pages.world.kinds().count("inspection") == before + 2 * len(names)
    people = tokens_of(REQUESTS)
    assert not any(found_in(answer.content, people) for answer in [listed, *hidden])
    assert any(found_in(answer.content, people) for answer in shown)
    for answer in [listed, *hidden, *shown]:
        assert not found_in(title_of(answer).encode(), TOKENS)
        assert answer.headers["Cache-Control"] == "no-store"
    assert not found_in(str(pages.log).encode(), TOKENS)
    for name in names:
        assert browser.get(f"/batches/{batch}/request?request_id={quote(name)}").status_code == 405


def test_every_row_is_explained_and_what_the_law_did_not_meet_is_said_in_words(
    pages: Pages,
) -> None:
    rows = [REQUESTS[0] | {"request_id": "no id!"}, REQUESTS[0] | {"reason": ""}]
    batch = pages.world.receive(pages.world.requests(rows))
    browser = pages.browser("officer-a")
    listed = browser.post(f"/batches/{batch}/rows", {"outcome": ""}).text
    named = re.findall(r'name="request_id" value="([^"]+)"', listed)
    shown = [browser.post(f"/batches/{batch}/request", {"request_id": each}) for each in named]
    assert [answer.status_code for answer in shown] == [200, 200]
    assert "Why the row was rejected" in shown[0].text
    assert "<h3>Reason missing</h3>" in shown[1].text
    assert "reason missing (26 USC 6103(i)(2)(B)(iv))" in browser.get(f"/batches/{batch}").text


def test_what_is_refused_leads_back_to_where_it_was_sent_from(pages: Pages, batch: str) -> None:
    browser = pages.browser("officer-a")
    for answer, back in (
        (browser.post("/stops/suspend"), "/stops"),
        (browser.post(f"/batches/{batch}/request", {"request_id": "x"}), f"/batches/{batch}"),
        (browser.get("/ledger?first=2026-13-01"), "/ledger"),
        (browser.get("/batches/none"), "/"),
    ):
        assert answer.status_code >= 400
        assert f'href="{back}">Back: ' in answer.text
    assert ">Back: " not in pages.browser("").get(f"/batches/{batch}").text


def test_a_page_that_only_looks_enters_nothing(pages: Pages, batch: str) -> None:
    browser, before = pages.browser("officer-a"), len(pages.world.entries())
    for page in pages.site.pages.values():
        if page.show is not None:
            browser.get(page.address(batch=batch, ceremony="0" * 32))
    assert len(pages.world.entries()) == before
