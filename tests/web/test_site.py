"""A page is for who is signed in, comes from this site alone, and says what was refused without
saying what was sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.web.sites import FORM, ORIGIN, OWN, Pages, pages_of, title_of
from tests.world.office import World, closing


@pytest.fixture
def pages(tmp_path: Path, world_template: Path) -> Iterator[Pages]:
    with closing(World(tmp_path, template=world_template)) as world, pages_of(world) as made:
        yield made


def test_without_signing_in_there_is_nothing_but_the_way_to_it(pages: Pages) -> None:
    browser = pages.browser()
    answer = browser.get("/")
    assert (answer.status_code, "sign_in_needed" in answer.text) == (401, True)
    assert browser.get("/sign-in").status_code == 200
    assert browser.sign_in("officer-a").status_code == 303
    assert "Inbox" in browser.get("/").text
    assert browser.post("/sign-out").status_code == 303
    assert browser.get("/").status_code == 401


def test_a_session_is_new_at_each_sign_in_and_ends_by_itself(pages: Pages) -> None:
    browser = pages.browser()
    browser.cookies["counterfoil"] = "set-by-somebody-else"
    browser.sign_in("officer-a")
    first = browser.cookies["counterfoil"]
    assert first != "set-by-somebody-else"
    browser.sign_in("officer-b")
    assert browser.cookies["counterfoil"] != first
    browser.cookies["counterfoil"] = first
    assert browser.get("/").status_code == 401
    browser.sign_in("officer-a")
    pages.world.now += timedelta(minutes=14)
    assert "less than 2 minutes" in browser.get("/session").text
    assert browser.post("/session").status_code == 303
    pages.world.now += timedelta(minutes=14)
    assert browser.get("/session").status_code == 200  # looking at the time does not extend it
    pages.world.now += timedelta(minutes=1)
    assert browser.get("/").status_code == 401
    assert "has ended" in browser.get("/session").text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.test", "Sec-Fetch-Site": "same-origin"},
        {"Origin": f"{ORIGIN}.evil.test"},
    ],
)
def test_a_form_of_another_site_does_nothing(pages: Pages, headers: dict[str, str]) -> None:
    browser = pages.browser("officer-a")
    answer = browser.post("/sign-out", headers=headers | FORM)
    assert (answer.status_code, "form_other_site" in answer.text) == (403, True)
    assert browser.get("/").status_code == 200


def test_another_sites_page_does_not_open_ours_as_its_part(pages: Pages) -> None:
    browser = pages.browser("officer-a")
    picture = {
        "Sec-Fetch-Site": "cross-site",
        "Sec-Fetch-Mode": "no-cors",
        "Sec-Fetch-Dest": "image",
    }
    link = {
        "Sec-Fetch-Site": "cross-site",
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Dest": "document",
    }
    frame = link | {"Sec-Fetch-Dest": "iframe"}
    assert [browser.get("/", each).status_code for each in (picture, link, frame)] == [
        403,
        200,
        403,
    ]


def test_every_response_says_what_the_browser_may_do_with_it(pages: Pages) -> None:
    browser = pages.browser("officer-a")
    for answer in (browser.get("/"), browser.get("/nothing"), browser.get("/sign-in")):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'self'" in browser.get("/session").headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.test/", "//evil.test", "/\\evil.test", "javascript:alert(1)", "/nothing",
        "/session", "/\r\nSet-Cookie: a=b", "http://pages.test.evil/", "/sign-in/../x", "\\\\evil",
    ],
)  # fmt: skip
def test_signing_in_leads_to_a_page_of_this_site_and_nowhere_else(pages: Pages, to: str) -> None:
    answer = pages.browser().post("/sign-in", {"officer": "officer-a", "to": to})
    assert answer.headers["location"] == "/"
    assert [each for each in answer.headers if each.lower() == "set-cookie"] == ["set-cookie"]


def test_errors_are_pages_that_say_nothing_of_what_was_sent(pages: Pages) -> None:
    browser = pages.browser("officer-a")
    secret = "OBRADOVICH"
    asked = {
        404: browser.get(f"/{secret}"),
        405: browser.get("/sign-out"),
        413: browser.post("/sign-in", content=secret.encode() * 10_000),
        422: browser.post("/sign-in", content=f"{secret}=%zz&&".encode()),
        403: browser.sign_in(secret),
        421: browser.get("/", {"Host": f"{secret}.test"}),
    }
    assert {status: answer.status_code for status, answer in asked.items()} == {
        each: each for each in asked
    }
    for answer in asked.values():
        assert secret.lower() not in answer.text.lower()
        assert "<h1>" in answer.text and title_of(answer)
    assert secret.lower() not in str(pages.log).lower()
    moved = browser.get("/", {"Host": "other.test"})
    assert (moved.status_code, moved.headers["location"]) == (307, f"{ORIGIN}/")


def test_files_beside_the_pages_are_those_that_were_read_at_the_start(pages: Pages) -> None:
    browser, build = pages.browser(), pages.site.look.assets.build
    assert browser.get(f"/assets/{build}/console.css").status_code == 200
    for path in (
        f"/assets/{build}/../site.py",
        f"/assets/{build}/..%2fsite.py",
        f"/assets/{build}/%2e%2e/site.py",
        f"/assets/{build}//etc/passwd",
        "/assets/0/console.css",
    ):
        assert browser.get(path).status_code in (400, 404)


def test_the_cookie_is_for_this_site_alone(pages: Pages) -> None:
    answer = pages.browser().post("/sign-in", {"officer": "officer-a", "to": ""}, OWN | FORM)
    said = answer.headers["set-cookie"].lower()
    assert all(each in said for each in ("httponly", "samesite=lax", "path=/"))
    assert "domain" not in said


def test_no_page_is_kept_by_a_browser_or_shown_after_signing_out(pages: Pages) -> None:
    """The way back leads to nothing: every response to who is signed in says `no-store`, and asked
    again it is refused."""
    browser = pages.browser("officer-a")
    paths = [
        page.path
        for page in pages.site.pages.values()
        if page.show and "{" not in page.path and not page.public
    ]
    for path in paths:
        answer = browser.get(path)
        assert answer.headers["Cache-Control"] == "no-store", path
    kept = dict(browser.cookies)
    browser.post("/sign-out")
    assert browser.cookies == {}
    browser.cookies = kept
    assert {browser.get(path).status_code for path in paths} == {401}


def test_every_form_refuses_another_site_and_every_page_a_frame(pages: Pages) -> None:
    """Each page of the list, so that none is added without it."""
    browser, before = pages.browser("officer-a"), len(pages.world.entries())
    parts = dict.fromkeys(("batch", "ceremony", "number", "name", "registration", "index"), "1")
    frame = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    for page in pages.site.pages.values():
        path = page.address(**parts)
        if page.send is not None:
            answer = browser.post(path, headers={"Origin": "https://evil.test"} | FORM)
            assert (answer.status_code, "form_other_site" in answer.text) == (403, True), path
        if page.show is not None:
            answer = browser.get(path, frame | {"Sec-Fetch-Dest": "iframe"})
            assert (answer.status_code, "page_other_site" in answer.text) == (403, True), path
    assert len(pages.world.entries()) == before
    assert browser.get("/").status_code == 200, "nobody was signed out"


@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: x=y", "a%0d%0aX-Evil: 1", "\u0085x", "\x00"])
def test_no_header_says_what_was_sent(pages: Pages, value: str) -> None:
    browser = pages.browser("officer-a")
    asked = quote(value)
    answers = [browser.get(f"{path}?{name}={asked}") for path in ("/", "/ledger", "/agreement/changes")
               for name in ("page", "lang", "batch", "kind", "first", "before")]  # fmt: skip
    answers += [browser.get(f"/{part}/{asked}") for part in ("batches", "ledger", "recalls")]
    answers += [browser.get(f"/recalls/{asked}/notice"), browser.get(f"/checks/{asked}/file")]
    for answer in answers:
        assert "set-cookie" not in answer.headers and "x-evil" not in answer.headers
        assert "evil" not in str(answer.headers).lower()
