"""A new officer's security keys are registered on a page, two officers enroll them after comparing
a code, and the new officer signs with them. A registration alone enrolls nobody."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.web.sites import Browser, Pages, pages_of
from tests.web.test_batch import sign
from tests.world.authenticators import ORIGIN, RP, SoftKey
from tests.world.office import World, closing

CODE = r"(?:[A-Z2-7]{4}-){3}[A-Z2-7]{4}"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, world_template: Path) -> Iterator[Pages]:
    with closing(World(tmp_path_factory.mktemp("keys"), template=world_template)) as world:
        said = f"sandbox: true\npages: {{rp: {RP}, origins: ['{ORIGIN}']}}\n"
        world.amend("sandbox: true\n", said)
        with pages_of(world) as made:
            yield made


def options_of(text: str, name: str) -> dict[str, Any]:
    [found] = re.findall(rf' data-{name}="([^"]*)"', text)
    options: dict[str, Any] = json.loads(html.unescape(found))
    return options


def begin(browser: Browser, name: str) -> tuple[str, str]:
    """Begin a registration; the path of its page, and the page."""
    answer = browser.post("/officers/keys", {"name": name})
    return answer.headers["location"], browser.follow(answer).text


def register(browser: Browser, path: str, text: str, key: SoftKey) -> Any:
    made = key.create(options_of(text, "create"))
    return browser.post(path, {"credential": json.dumps(made)})


def test_two_keys_are_registered_enrolled_by_two_and_sign(pages: Pages) -> None:
    first, second = pages.browser("officer-a"), pages.browser("officer-b")
    one, two = SoftKey("m-okafor 1"), SoftKey("m-okafor 2", "EdDSA")
    path, text = begin(first, "m-okafor")
    assert "Register the first key" in text
    text = register(first, path, text, one).text
    assert "Register the second key" in text
    assert len(options_of(text, "create")["excludeCredentials"]) == 1
    listed = first.follow(register(first, path, text, two)).text
    assert 'name="vkey" value="m-okafor+' in second.get("/officers").text, "either may begin"
    assert "m-okafor" not in pages.browser().get("/sign-in").text, "a registration enrolls nobody"
    [code] = re.findall(CODE, listed)
    [vkey] = re.findall(r'name="vkey" value="(m-okafor[^"]+)"', listed)
    asked = {"vkey": html.unescape(vkey), "role": "disclosure"}
    shown = first.post("/officers/new", asked).text
    assert code in shown
    sign(first, shown)
    [joined] = re.findall(r'action="(/to-sign/[0-9a-f]{32})"', second.get("/to-sign").text)
    shown = second.post(joined).text
    assert code in shown, "the second officer compares the same code"
    assert "It is done, and entered." in sign(second, shown)
    listed = first.get("/officers").text
    assert "m-okafor" in listed and 'name="vkey" value="m-okafor' not in listed
    new = pages.browser("m-okafor")
    shown = new.post("/incidents/new", {"about": "copy-lost"}).text
    [action] = re.findall(r'action="(/sign/[0-9a-f]{32})"', shown)
    got = two.get(options_of(shown, "get"))
    assert new.post(action, {"credential": json.dumps(got)}).status_code == 303
    assert pages.world.kinds().count("incident") == 1


@pytest.mark.parametrize(
    "credential", ["", "{}", "[]", "null", "1", '"x"', "{" * 5_000, '{"a":1,"a":2}', "\x00"]
)
def test_what_is_no_key_leaves_the_registration_as_it_was(pages: Pages, credential: str) -> None:
    browser = pages.browser("officer-a")
    path, text = begin(browser, "no-key")
    challenge = options_of(text, "create")["challenge"]
    answer = browser.post(path, {"credential": credential})
    assert (answer.status_code, "was not taken" in answer.text) == (422, True)
    assert options_of(answer.text, "create")["challenge"] != challenge, "a challenge serves once"
    assert "Register the second key" in register(browser, path, answer.text, SoftKey("n")).text


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://evil.test"},
        {"crossOrigin": True},
        {"type": "webauthn.get"},
        {"challenge": "AAAA"},
        {"flags": 0x01},
        {"flags": 0x1D},
    ],
    ids=str,
)
def test_a_key_of_another_page_or_without_its_user_is_not_taken(
    pages: Pages, wrong: dict[str, Any]
) -> None:
    browser = pages.browser("officer-a")
    path, text = begin(browser, "wrong-key")
    made = SoftKey("wrong").create(options_of(text, "create"), **wrong)
    answer = browser.post(path, {"credential": json.dumps(made)})
    assert (answer.status_code, "was not taken" in answer.text) == (422, True)
    assert "Register the first key" in answer.text


def test_one_key_twice_is_not_two(pages: Pages) -> None:
    browser, one = pages.browser("officer-a"), SoftKey("twice")
    path, text = begin(browser, "twice")
    text = register(browser, path, text, one).text
    answer = register(browser, path, text, one)
    assert (answer.status_code, "was not taken" in answer.text) == (422, True)
    assert 'value="twice+' not in browser.get("/officers").text


def test_one_key_is_enough_in_a_sandbox_alone(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, office = pages.browser("officer-a"), pages.world.office
    path, text = begin(browser, "single")
    register(browser, path, text, SoftKey("single"))
    answers = msgspec.structs.replace(office.settings, sandbox=False)
    with monkeypatch.context() as patched:
        patched.setattr(pages.site.dispatch, "office", replace(office, settings=answers))
        refused = browser.post(f"{path}/end")
    assert (refused.status_code, "security_keys_two" in refused.text) == (400, True)
    assert 'value="single+' in browser.follow(browser.post(f"{path}/end")).text
    assert browser.post(f"{path}/end").status_code == 409, "it is over"


@pytest.mark.parametrize("name", ["officer-a", "OFFICER-A", "a b", "<b>", "", "../x", "x" * 400])
def test_a_name_that_is_taken_or_is_none_begins_nothing(pages: Pages, name: str) -> None:
    answer = pages.browser("officer-a").post("/officers/keys", {"name": name})
    assert answer.status_code in (400, 409, 422)
    assert "<b>" not in answer.text


def test_without_pages_in_the_agreement_nothing_is_offered(
    tmp_path: Path, world_template: Path
) -> None:
    with closing(World(tmp_path, template=world_template)) as world, pages_of(world) as pages:
        browser = pages.browser("officer-a")
        assert "Register security keys" not in browser.get("/officers").text
        answer = browser.post("/officers/keys", {"name": "m-okafor"})
        assert (answer.status_code, "security_keys_not_agreed" in answer.text) == (409, True)
