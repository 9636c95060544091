"""What an officer reads of the office: agreement and signatures, register and certificates, what is
due for destruction, and what runs by the clock. Reading enters nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from counterfoil.core.values import Role
from tests.web.sites import Pages, officers_of_each_role, pages_of
from tests.world.acts import keep_rows
from tests.world.office import World, closing
from tests.world.people import SOURCE
from tests.world.scan import found_in, tokens_of

PATHS = ("/standing", "/agreement", "/register", "/retention")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, world_template: Path) -> Iterator[Pages]:
    folder = tmp_path_factory.mktemp("standing")
    with closing(World(folder, template=world_template)) as world, pages_of(world) as made:
        yield made


def test_the_agreement_says_who_signed_and_which_version(pages: Pages) -> None:
    text, law = pages.browser("officer-a").get("/agreement").text, pages.world.office.law
    agreement = law.agreement
    assert law.agreement_digest in text and law.digest in text
    assert all(f"<h3>{each.id}</h3>" in text for each in agreement.principals)
    for signed in (agreement.signatures.holder, agreement.signatures.requester):
        name = signed.vkey.partition("+")[0] if signed else "nobody: a sandbox"
        assert name in text


def test_the_register_is_shown_by_counts_alone(pages: Pages) -> None:
    text = pages.browser("officer-a").get("/register").text
    assert f"<dd>{len(SOURCE)}</dd>" in text
    assert "No certificate was entered" in text
    assert not found_in(text.encode(), tokens_of(SOURCE))


def test_a_register_that_cannot_be_asked_is_named_by_its_code(pages: Pages) -> None:
    folder = pages.world.office.register_directory
    folder.rename(folder.with_name("elsewhere"))
    try:
        assert "No register can be asked: register_missing" in (
            pages.browser("officer-a").get("/register").text
        )
    finally:
        folder.with_name("elsewhere").rename(folder)


def test_a_closed_batch_is_listed_with_its_day_and_what_keeps_it(pages: Pages) -> None:
    browser = pages.browser("officer-a")
    assert "No closed batch has its rows." in browser.get("/retention").text
    pages.world.answer()
    before = browser.get("/retention").text
    assert "its day has come" not in before and "<dd>nothing</dd>" in before
    batch = str([each["batch"] for each in pages.world.entries() if each["kind"] == "batch"][-1])
    keep_rows(pages.world, batch)
    pages.world.now += timedelta(days=pages.world.office.law.agreement.retention_days + 1)
    later = pages.browser("officer-a").get("/retention").text
    assert "its day has come" in later and "<dd>nothing</dd>" not in later


def test_every_role_reads_how_the_office_stands_and_enters_nothing(pages: Pages) -> None:
    officers, before = officers_of_each_role(pages.world), len(pages.world.entries())
    assert len(officers) == len(Role)
    for name in officers.values():
        browser = pages.browser(name)
        for path in PATHS:
            answer = browser.get(path)
            assert answer.status_code == 200, (path, name)
            assert len(answer.content) < 60_000
    assert len(pages.world.entries()) == before
