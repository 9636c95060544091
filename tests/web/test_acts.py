"""Acts that two officers sign wait for the second; what is sent with a form is shown as text, is a
file of its own, and leads nowhere else."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from counterfoil import client as at_the_office
from counterfoil.core.errors import InputFault
from counterfoil.core.values import Role
from counterfoil.web.forms import read_form
from tests.web.sites import Browser, Pages, pages_of, title_of, upload
from tests.web.test_batch import sign
from tests.world.office import World, closing
from tests.world.people import request

NASTY = "<script>alert(1)</script>{{7*7}}{% raw %}'\"&"


@pytest.fixture
def pages(tmp_path: Path, world_template: Path) -> Iterator[Pages]:
    with closing(World(tmp_path, template=world_template)) as world, pages_of(world) as made:
        yield made


def second_signs(browser: Browser) -> str:
    """The second officer finds the only act that waits, and signs it; the page that follows."""
    [found] = re.findall(r'action="(/to-sign/[0-9a-f]{32})"', browser.get("/to-sign").text)
    return sign(browser, browser.post(found).text)


def test_the_second_officer_finds_the_act_and_signs_it_in_their_own_session(pages: Pages) -> None:
    world = pages.world
    at_the_office.create_officer(
        world.office, world.office.directory / "keys", "officer-c", None, Role.DISCLOSURE
    )
    first, second = pages.browser("officer-a"), pages.browser("officer-b")
    shown = first.post("/officers/officer-c/retire").text
    assert "nobody yet" in shown
    assert "other officer signs it" in sign(first, shown)
    assert "Look at it and sign" not in first.get("/to-sign").text
    [path] = re.findall(r'action="(/to-sign/[0-9a-f]{32})"', second.get("/to-sign").text)
    assert first.post(path).status_code == 409
    joined = second.post(path).text
    assert "officer-a" in joined
    sign(second, joined)
    assert "retired" in second.get("/officers").text
    assert second.post(path).status_code == 409


def test_a_suspension_by_an_order_stops_and_two_officers_lift_it(pages: Pages) -> None:
    first, second = pages.browser("officer-a"), pages.browser("officer-b")
    text = upload(first, "/stops/suspend", [("scope", "office")], "order", "../../order.pdf")
    assert "is entered and in force" in sign(first, text)
    assert "1 suspensions are not lifted" in first.get("/stops").text
    sign(first, upload(first, "/stops/resume", [("scope", "office")], "order", "order.pdf"))
    [path] = re.findall(r'action="(/to-sign/[0-9a-f]{32})"', second.get("/to-sign").text)
    sign(second, second.post(path).text)
    assert "Nothing is suspended." in second.get("/stops").text
    left = list((pages.world.path / "exchange" / "tmp").iterdir())
    assert left == []


def test_an_incident_runs_by_its_clock(pages: Pages) -> None:
    browser = pages.browser("officer-a")
    sign(browser, browser.post("/incidents/new", {"about": "copy-lost", "batch": ""}).text)
    shown = browser.get("/incidents").text
    assert "copy lost" in shown and ">24<" in shown.replace("\n", "")
    [path] = re.findall(r'action="(/incidents/[0-9]+/report)"', shown)
    sign(browser, browser.post(path).text)
    assert "No incident is open." in browser.get("/incidents").text


def test_nobody_signs_for_another_or_signs_what_is_not_theirs(pages: Pages) -> None:
    first, second = pages.browser("officer-a"), pages.browser("officer-b")
    text = first.post("/incidents/new", {"about": "copy-lost"}).text
    [path] = re.findall(r'action="(/sign/[0-9a-f]{32})"', text)
    assert second.post(path, {"sandbox": "yes"}).status_code == 409
    assert second.post(path, {"credential": "{}"}).status_code in (409, 422)
    assert first.post(path, {"credential": NASTY}).status_code == 422
    assert "incident" not in pages.world.kinds()


def test_what_a_requester_writes_is_shown_as_text(pages: Pages) -> None:
    row = request(1, NASTY, NASTY, NASTY, line2=NASTY, city=NASTY)
    batch = pages.world.receive(pages.world.requests([row, row | {"request_id": NASTY}]))
    browser = pages.browser("officer-a")
    listed = browser.post(f"/batches/{batch}/rows", {"outcome": ""})
    names = re.findall(r'name="request_id" value="([^"]+)"', listed.text)
    assert names
    answers = [listed] + [
        browser.post(
            f"/batches/{batch}/request", {"request_id": html.unescape(each), "values": "yes"}
        )
        for each in names
    ]
    for answer in answers:
        assert "<script>alert" not in answer.text and "49" not in title_of(answer)
        assert answer.status_code in (200, 404, 409, 422), answer.text


@pytest.mark.parametrize(
    "path", ["/batches/..%2f..%2fetc", "/batches/%0d%0aSet-Cookie:a=b", "/officers/%2e%2e/retire"]
)
def test_a_path_names_something_of_the_office_or_nothing(pages: Pages, path: str) -> None:
    browser = pages.browser("officer-a")
    answers = [browser.get(path), browser.post(path)]
    assert all(answer.status_code in (403, 404, 405, 409) for answer in answers)
    assert all("set-cookie" not in answer.headers for answer in answers)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--x",
        b"--x\r\n\r\n--x--",
        b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--\r\n",
        b"\xff",
    ],
)
def test_what_is_no_form_in_parts_is_refused(body: bytes) -> None:
    with pytest.raises(InputFault, match="form_unreadable"):
        read_form(body, "multipart/form-data; boundary=x")


def test_a_field_that_comes_twice_is_refused() -> None:
    form = read_form(b"a=1&a=2&b=3", "application/x-www-form-urlencoded")
    assert form.get("b") == "3" and form.several("a") == ["1", "2"]
    with pytest.raises(InputFault, match="form_field_twice"):
        form.get("a")
