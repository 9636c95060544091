"""Officers sign in with their agency's own provider: what the provider says counts only for the
browser and the sign-in that it was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from joserfc.jwk import ECKey, OctKey

from counterfoil.core.errors import SettingsFault
from counterfoil.web.console import ConsoleSettings
from counterfoil.web.signing_in.openid import OpenIdSettings
from tests.web.provider import CLIENT, SECRET, Provider
from tests.web.sites import ORIGIN, Browser, Pages, pages_of
from tests.world.office import World, closing

ISSUER = "https://accounts.test"


class Agency:
    """A provider and an office whose officers sign in with it."""

    def __init__(self, provider: Provider, pages: Pages) -> None:
        self.provider, self.pages = provider, pages

    def begin(self, browser: Browser, to: str = "/") -> dict[str, str]:
        """What the browser is sent to the provider with."""
        answer = browser.get(f"/sign-in/start?to={to}")
        place = urlsplit(answer.headers["location"])
        assert f"{place.scheme}://{place.netloc}{place.path}" == f"{ISSUER}/authorize"
        return dict(parse_qsl(place.query))

    def back(self, asked: dict[str, str], account: str = "officer-a") -> str:
        return self.provider.grant(asked, account).removeprefix(ORIGIN)


@pytest.fixture
def agency(tmp_path: Path, world_template: Path) -> Iterator[Agency]:
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    settings = OpenIdSettings(ISSUER, CLIENT, tmp_path / "secret", "officer")
    with closing(World(tmp_path, template=world_template)) as world:
        provider = Provider(ISSUER, lambda: world.now.timestamp())
        transport = httpx.ASGITransport(app=provider.app())
        console = ConsoleSettings(ORIGIN, settings)
        with pages_of(world, console, transport=transport) as pages:
            yield Agency(provider, pages)


def test_an_officer_signs_in_and_comes_to_the_page_that_was_asked_for(agency: Agency) -> None:
    browser = agency.pages.browser()
    assert "accounts.test" in browser.get("/sign-in").text
    asked = agency.begin(browser, "/to-sign")
    assert {"openid", "profile"} == set(asked["scope"].split())
    assert len(asked["code_challenge"]) == 43
    answer = browser.get(agency.back(asked))
    assert (answer.status_code, answer.headers["location"]) == (303, "/to-sign")
    assert "officer-a" in browser.get("/").text
    assert agency.provider.asked == ["Basic"]
    assert browser.post("/sign-in", {"officer": "officer-b"}).status_code == 405


def test_an_answer_serves_once_and_in_the_browser_that_began(agency: Agency) -> None:
    browser, other = agency.pages.browser(), agency.pages.browser()
    back = agency.back(agency.begin(browser))
    agency.begin(other)
    assert other.get(back).status_code == 403
    assert agency.pages.browser().get(back).status_code == 403
    assert browser.get(back).status_code == 303
    assert browser.get(back).status_code == 403
    assert other.get("/").status_code == 401


@pytest.mark.parametrize(
    "faults",
    [
        {"iss": "https://evil.test"},
        {"aud": "another"},
        {"aud": [CLIENT, "another"]},
        {"azp": "another"},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": 0},
        {"exp": None},
        {"iat": 9_999_999_999},
        {"officer": "nobody"},
        {"officer": ""},
        {"officer": None},
        {"officer": ["officer-a"]},
        {"key": ECKey.generate_key("P-256", {"kid": "one"})},
        {"key": OctKey.import_key(SECRET), "header": {"alg": "HS256"}},
        {"back": {"state": "another"}},
        {"back": {"iss": "https://evil.test"}},
        {"back": {"code": ""}},
    ],
    ids=lambda faults: str(
        {k: v if type(v) in (str, dict) else type(v).__name__ for k, v in faults.items()}
    ),
)
def test_whatever_is_not_for_this_sign_in_lets_nobody_in(
    agency: Agency, faults: dict[str, Any]
) -> None:
    browser = agency.pages.browser()
    asked = agency.begin(browser)
    agency.provider.faults = faults
    answer = browser.get(agency.back(asked))
    assert (answer.status_code, "sign_in_refused" in answer.text) == (403, True)
    assert browser.get("/").status_code == 401


@pytest.mark.parametrize(
    "wrong", [{"issuer": "https://evil.test"}, {"token_endpoint": "http://evil.test/"}]
)
def test_a_description_that_is_not_the_issuers_is_not_used(
    agency: Agency, wrong: dict[str, str]
) -> None:
    agency.provider.faults = {"description": wrong}
    answer = agency.pages.browser().get("/sign-in/start")
    assert "sign_in_provider" in answer.text


def test_a_retired_officer_is_signed_out_at_the_next_page(agency: Agency) -> None:
    from counterfoil import client as at_the_office

    browser = agency.pages.browser()
    browser.get(agency.back(agency.begin(browser)))
    assert browser.get("/").status_code == 200
    world = agency.pages.world
    at_the_office.retire_key(world.office, "officer-a")
    assert browser.get("/").status_code == 401


def test_without_a_secret_or_outside_a_sandbox_there_are_no_pages(
    tmp_path: Path, world_template: Path
) -> None:
    settings = OpenIdSettings(ISSUER, CLIENT, tmp_path / "none", "officer")
    with (
        closing(World(tmp_path, template=world_template)) as world,
        pytest.raises(SettingsFault, match="sign_in_secret"),
        pages_of(world, ConsoleSettings(ORIGIN, settings)),
    ):
        pass
