"""What a recall's page says: who was told, who answered, to whom answers were passed on, what was
destroyed, and who is silent since when; receipts come in by two officers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.controls.recall.desk import recall, receipt, register_principal, released
from tests.web.sites import Pages, pages_of, upload
from tests.web.test_acts import second_signs
from tests.web.test_batch import sign
from tests.world.office import World, closing

NASTY = "Field office <b>3</b>"


@pytest.fixture
def world(tmp_path: Path, world_template: Path) -> Iterator[World]:
    with closing(World(tmp_path, template=world_template)) as made:
        register_principal(made)
        made.answer()
        yield made


def enter(pages: Pages, data: bytes) -> str:
    first, second = pages.browser("officer-a"), pages.browser("officer-b")
    shown = upload(first, "/recalls/receipts", [], "receipt", "receipt.jws", data)
    sign(first, shown)
    return second_signs(second)


def test_silence_receipts_and_destruction_stand_on_the_page_of_the_recall(world: World) -> None:
    notice = recall(world, released(world), ["q1"]).notice
    recall(world, released(world), ["q2"], text="made up: another")
    with pages_of(world) as pages:
        browser = pages.browser("officer-a")
        page = browser.get("/recalls/1").text
        assert "the answers are not what the records say" in page and "<dd>q1</dd>" in page
        assert "not yet; due on 2026-05-09" in page and "silent" not in page
        assert browser.get("/recalls/1/notice").content == notice
        world.now += timedelta(days=7)
        browser = pages.browser("officer-a")
        listed = browser.get("/recalls").text
        assert listed.count("silent since 2026-05-10, for 2 days") == 2
        enter(pages, receipt(world, notice, onward=(NASTY,)))
        page = browser.get("/recalls/1").text
        assert "Field office &lt;b&gt;3&lt;/b&gt;" in page and "silent" not in page
        assert "not destroyed or returned yet" in page
        listed = browser.get("/recalls").text
        assert listed.count("is silent since") == 1, "the other one still is"
        assert listed.index("Recall 2") < listed.index("Recall 1"), "who is silent comes first"
        enter(pages, receipt(world, notice, onward=(NASTY,), destroyed=date(2026, 5, 11)))
        page = browser.get("/recalls/1").text
        assert "destroyed on 2026-05-11" in page and "not certified yet" not in page
        assert "enter a receipt" in browser.get("/incidents").text


def test_a_receipt_of_somebody_else_is_refused_and_nothing_stays(world: World) -> None:
    recall(world, released(world), ["q1"])
    with pages_of(world) as pages:
        browser = pages.browser("officer-a")
        for data in (b"made up", b"a.b.c", b"{}"):
            shown = upload(browser, "/recalls/receipts", [], "receipt", "receipt.jws", data)
            assert "receipt" in shown and "cf-code" not in shown
        assert list((world.path / "exchange" / "tmp").iterdir()) == []
        for number in ("0", "3", "x", "-1"):
            assert browser.get(f"/recalls/{number}").status_code == 404
    assert "receipt" not in world.kinds()
