"""What waits is done on pages: a request that two roles admit, a court's order that is compared
field by field, duties that are closed, notices that are given, and who has a batch in hand."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from counterfoil import client as at_the_office
from counterfoil.core.values import Role
from tests.controls.overrides.test_service import ASKED, HELD, PROSE, WAITING
from tests.controls.test_comparison import FIELDS, Ordered
from tests.web.sites import Browser, Pages, pages_of, upload
from tests.web.test_acts import second_signs
from tests.web.test_batch import sign
from tests.world.acts import officer
from tests.world.office import World, closing
from tests.world.people import REQUESTS, SOURCE

IG = "Inspector General (made up)"


@pytest.fixture
def pages(tmp_path: Path, world_template: Path) -> Iterator[Pages]:
    with closing(World(tmp_path, template=world_template)) as world, pages_of(world) as made:
        yield made


def tried(browser: Browser, path: str, fields: dict[str, object]) -> str:
    """The code of a refusal."""
    found = re.search(r"<dt>Code</dt><dd>([a-z_]+)<", browser.post(path, fields).text)
    return found[1] if found else ""


def test_an_officer_and_counsel_admit_a_request_that_waits(tmp_path: Path) -> None:
    with closing(World(tmp_path, (*SOURCE, HELD))) as world, pages_of(world) as pages:
        officer(world, "counsel-c", Role.COUNSEL)
        batch = world.receive(world.requests(ASKED))
        first, counsel = pages.browser("officer-a"), pages.browser("counsel-c")
        assert 'value="q2"' in first.get(f"/batches/{batch}").text
        assert "q2" in counsel.get(f"/batches/{batch}").text
        asked: dict[str, object] = {"request_id": "q2"}
        looks = world.kinds().count("inspection")
        shown = first.post(f"/batches/{batch}/waiting", asked).text
        assert world.kinds().count("inspection") == looks + 1
        assert f'value="{WAITING}"' in shown and "Ravensworth" not in shown
        assert tried(first, f"/batches/{batch}/waiting", {"request_id": "q1"}) == (
            "request_not_waiting"
        )
        path = f"/batches/{batch}/override"
        assert tried(first, path, asked | {"reason": PROSE}) == "form_field_missing"
        whole = asked | {"element": WAITING, "reason": PROSE}
        assert tried(first, path, asked | {"element": WAITING}) == "form_field_missing"
        wrong = [WAITING, "i2-sole-purpose"]
        assert tried(first, path, whole | {"element": wrong}) == "override_elements"
        assert tried(counsel, path, whole) == "page_refused"
        sign(first, first.post(path, whole).text)
        assert "Look at it and sign" not in pages.browser("officer-b").get("/to-sign").text
        [joined] = re.findall(r'"(/to-sign/[0-9a-f]{32})"', counsel.get("/to-sign").text)
        shown = counsel.post(joined).text
        assert html.escape(PROSE) in shown and "q2" in shown, "counsel reads what they sign for"
        sign(counsel, shown)
        assert world.kinds().count("override") == 1
        left = first.get(f"/batches/{batch}").text
        assert 'value="q2"' not in left
        at_the_office.determine(world.office, batch)
        assert tried(first, path, whole) != ""


def test_a_court_order_is_compared_field_by_field(tmp_path: Path) -> None:
    with closing(Ordered(tmp_path)) as world, pages_of(world) as pages:
        browser, batch = pages.browser("officer-a"), world.batch
        assert "Compare the document" in browser.get(f"/batches/{batch}").text
        shown = browser.post(f"/batches/{batch}/document").text
        assert sorted(re.findall(r'name="field" id="[^"]+" value="([^"]+)"', shown)) == [*FIELDS]
        assert "magistrate" in shown and "given name: Marisol" in shown
        path, order = f"/batches/{batch}/compare-document", world.order.read_bytes()
        fields = [("field", each) for each in FIELDS]
        some = upload(browser, path, fields[:-1], "document", content=order)
        assert "comparison_fields" in some
        assert "comparison_other" in upload(browser, path, fields, "document")
        text = upload(browser, path, fields, "document", content=order)
        assert "The comparison is entered." in sign(browser, text)
        at_the_office.determine(world.office, batch)
        assert "Compare the document" not in browser.get(f"/batches/{batch}").text
        assert list((world.path / "exchange" / "tmp").iterdir()) == []


def test_duties_are_opened_by_one_and_closed_by_two_with_a_document(pages: Pages) -> None:
    first, second = pages.browser("officer-a"), pages.browser("officer-b")
    batch = pages.world.receive(pages.world.requests())
    day = pages.world.now.date().isoformat()
    fields = [("about", "process-public"), ("since", day), ("batch", batch)]
    text = upload(first, "/duties/new", fields, "document")
    assert "The duty is open." in sign(first, text)
    shown = first.get("/incidents").text
    assert "Duty 1: process public" in shown and "/duties/1/close" in shown
    sign(first, upload(first, "/duties/1/close", [], "document", content=b"made up: served"))
    assert "Duty 1" in second.get("/incidents").text, "one officer closes nothing"
    second_signs(second)
    assert "No duty is open." in second.get("/incidents").text
    for number in ("1", "2", "0", "x", "-1", "9" * 20):
        again = upload(first, f"/duties/{number}/close", [], "document", content=b"made up")
        assert "duty_closed" in again or "duty_unknown" in again
    for said in ("", "yesterday", "2026-13-01", "99999-01-01"):
        fields = [("about", "process-public"), ("since", said), ("batch", batch)]
        assert "Error 422" in upload(first, "/duties/new", fields, "document")


def test_a_notice_is_written_taken_as_a_file_and_entered(pages: Pages) -> None:
    first, second = pages.browser("officer-a"), pages.browser("officer-b")
    batch = pages.world.receive(pages.world.requests())
    assert "Nobody demands notice" in first.get("/notices").text
    assert tried(first, f"/notices/{batch}", {}) == "notice_no_demand"
    fields = [("over_rows", "0"), ("hours", "48"), ("to", f"{IG}\r\n")]
    sign(first, upload(first, "/notices/demands/new", fields, "order"))
    second_signs(second)
    listed = first.get("/notices").text
    assert "By order 1" in listed and batch in listed and IG in listed
    shown = first.post(f"/notices/{batch}").text
    file = first.post(f"/notices/{batch}/file")
    assert file.headers["Content-Disposition"] == f'attachment; filename="{batch}.notice"'
    assert html.unescape(re.findall("<pre[^>]*>(.*?)</pre>", shown, re.DOTALL)[0]) == file.text
    entered = sign(first, first.post(f"/notices/{batch}/enter").text)
    assert "the notice was given" in entered and "no notice that meets" not in entered
    sign(first, upload(first, "/notices/demands/1/lift", [], "order", content=b"made up: lift"))
    second_signs(second)
    assert "Nobody demands notice" in second.get("/notices").text
    for wrong in ({"over_rows": "x"}, {"hours": "0"}, {"hours": "٣"}, {"to": " \n "}):
        said = dict(fields) | wrong
        assert "Error 4" in upload(first, "/notices/demands/new", said.items(), "order")


def test_a_batch_is_taken_in_hand_handed_over_and_taken_over(pages: Pages) -> None:
    first, second = pages.browser("officer-a"), pages.browser("officer-b")
    batch = pages.world.receive(pages.world.requests())
    path = f"/batches/{batch}/claim"
    assert "<dd>nobody</dd>" in first.get("/").text
    assert "The batch is yours." in sign(first, first.post(path).text)
    assert "<dd>you</dd>" in first.get("/").text and "<dd>officer-a</dd>" in second.get("/").text
    assert tried(second, path, {}) == "batch_claimed"
    assert "Take it over from officer-a" in second.get(f"/batches/{batch}").text
    assert "Take it over" not in first.get(f"/batches/{batch}").text
    sign(second, second.post(path, {"taken_from": "officer-a"}).text)
    assert "officer-b, since" in first.get(f"/batches/{batch}").text
    handed = sign(second, second.post(path, {"to": "officer-a"}).text)
    assert "The batch is handed over." in handed
    assert "<dd>you</dd>" in first.get("/").text
    assert tried(first, path, {"to": "nobody-here"}) != ""


def test_the_inbox_has_pages(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    from counterfoil.web.officers import inbox

    batches = [
        pages.world.receive(pages.world.requests(REQUESTS[: number + 1], f"{number}.csv"))
        for number in range(3)
    ]
    monkeypatch.setattr(inbox, "LISTED_A_PAGE", 2)
    browser = pages.browser("officer-a")
    seen = [
        re.findall(r'href="/batches/(b-[^"]+)"', browser.get(f"/?page={number}").text)
        for number in (1, 2)
    ]
    assert [len(each) for each in seen] == [2, 1]
    assert sorted(seen[0] + seen[1]) == sorted(batches)
    for number in ("0", "x", "99999", "-1", "9" * 30, "<b>", "²"):
        answer = browser.get(f"/?page={number}")
        assert answer.status_code == 200 and "<b>" not in answer.text
