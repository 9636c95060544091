"""By when a file is to be answered: the agreement's hours from its receipt; an agreement that names
none, as all of before, makes nothing late."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from counterfoil import client
from counterfoil.cli.batch.tell import due_words
from counterfoil.client.status import TOLD_OF_A_CODE, office_state
from counterfoil.core.errors import SettingsFault, VerifyFault
from counterfoil.core.instants import instant_text
from counterfoil.core.use_cases import NOBODY
from counterfoil.disclosure.listing import (
    BatchLine,
    ListBatches,
    PageBatches,
    list_batches,
    page_batches,
)
from counterfoil.gate.law.agreement import Agreement
from counterfoil.gate.law.clauses import agreement_digest, clauses_of
from tests.web.sites import pages_of
from tests.world.office import World
from tests.world.people import REQUESTS

FIELD = "answer_within_hours"


def listed(world: World) -> list[BatchLine]:
    return list_batches(world.office, NOBODY, ListBatches())


def test_an_agreement_without_the_field_keeps_its_digest_and_nothing_is_late(world: World) -> None:
    agreement: Agreement = world.office.law.agreement
    assert agreement.answer_within_hours is None
    assert FIELD not in {each.path for each in clauses_of(agreement)}
    batch = world.receive(world.requests())
    world.now += timedelta(days=400)
    (line,) = listed(world)
    assert (line.batch, line.due_at, line.late, due_words(line)) == (batch, "", False, "")
    assert "answer_late" not in {each.code for each in office_state(world.office, NOBODY).needs}


def test_the_hours_are_a_clause_that_the_parties_sign(world: World) -> None:
    before = agreement_digest(world.office.law.agreement)
    world.amend("retention_days:", f"{FIELD}: 48\nretention_days:")
    agreement = world.office.law.agreement
    assert {each.path: each.value for each in clauses_of(agreement)}[FIELD] == 48
    assert agreement_digest(agreement) != before


@pytest.mark.parametrize("hours", ["0", "-1", "8785", "1.5", "true"])
def test_hours_that_are_no_whole_number_up_to_a_year_are_refused(world: World, hours: str) -> None:
    with pytest.raises(SettingsFault):
        world.amend("retention_days:", f"{FIELD}: {hours}\nretention_days:")


def test_what_is_late_is_told_first_everywhere_and_what_is_done_is_never_late(world: World) -> None:
    world.amend("retention_days:", f"{FIELD}: 48\nretention_days:")
    done = world.receive(world.requests(REQUESTS[:1]))
    client.withdraw(world.office, done, world.officer("a"))
    world.now += timedelta(minutes=1)
    late = world.receive(world.requests(REQUESTS[1:2]))
    world.now += timedelta(hours=48)
    assert not any(each.late for each in listed(world)), "at the very moment it is not late yet"
    world.now += timedelta(seconds=1)
    fresh = world.receive(world.requests(REQUESTS[2:3]))
    lines = listed(world)
    assert [each.batch for each in lines] == [late, done, fresh]
    assert [each.late for each in lines] == [True, False, False]
    due = instant_text(world.now - timedelta(seconds=1))
    assert lines[0].due_at == due
    assert due_words(lines[0]).startswith("  LATE: was due ")
    assert due_words(lines[1]) == "" and due_words(lines[2]).startswith("  due ")
    needs = office_state(world.office, NOBODY).needs
    assert [each.about for each in needs if each.code == "answer_late"] == [late]
    assert next(each.code for each in needs if each.about == late) == "answer_late"
    with pages_of(world) as pages:
        text = pages.browser("officer-a").get("/").text
        assert "1 batch is late." in text and text.index(late) < text.index(fresh)
        assert text.count("Late: it was to be answered by") == 1
        assert ", in 2 d" in text
        assert ", late" in pages.browser("officer-a").get(f"/batches/{late}").text
        assert "To be answered by" not in pages.browser("officer-a").get(f"/batches/{done}").text
        assert "48 hours" in pages.browser("officer-a").get("/agreement").text


def test_a_page_of_the_batches_is_a_part_of_their_list_and_misses_one_that_was_deleted(
    world: World,
) -> None:
    world.amend("retention_days:", f"{FIELD}: 48\nretention_days:")
    received = list[str]()
    for at in range(4):
        received.append(world.receive(world.requests(REQUESTS[at : at + 1], f"{at}.csv")))
        world.now += timedelta(hours=20)
    client.withdraw(world.office, received[1], world.officer("a"))

    def page(number: int) -> tuple[list[str], int, int, int, int]:
        found = page_batches(world.office, NOBODY, PageBatches(number, 3))
        assert all(each in listed(world) for each in found.lines)
        named = [each.batch for each in found.lines]
        return named, found.waiting, found.late, found.number, found.pages

    first, _done, third, fourth = received
    assert page(1) == ([first, third, fourth], 3, 1, 1, 2)
    assert page(2) == page(99) == ([received[1]], 3, 1, 2, 2)
    with world.office.store.engine.begin() as connection:
        connection.execute(text("DELETE FROM chunk"))
        connection.execute(text("DELETE FROM batch WHERE id = :id"), {"id": received[1]})
    with pytest.raises(VerifyFault, match="row_disagrees"):
        page(1)


def test_of_many_batches_status_tells_the_first_and_how_many_and_the_inbox_has_the_rest(
    world: World,
) -> None:
    many = TOLD_OF_A_CODE + 3
    received = list[str]()
    for at in range(many):
        row = REQUESTS[0] | {"request_id": f"TA-{at}"}
        received.append(world.receive(world.requests([row], f"{at}.csv")))
        world.now += timedelta(minutes=1)
    state = office_state(world.office, NOBODY)
    told = [each.about for each in state.needs if each.code == "batch_determine"]
    assert told == received[:TOLD_OF_A_CODE] and state.counts["batch_determine"] == many
    assert len(state.batches) == TOLD_OF_A_CODE and state.batch_count == many
    with pages_of(world) as pages:
        browser = pages.browser("officer-a")
        text = browser.get("/standing").text
        assert text.count("is to be determined") == TOLD_OF_A_CODE and len(text) < 60_000
        assert f"all {many} stand in the inbox" in text
        link = "/?need=batch_determine"
        assert link in text and link in browser.get("/").text
        last = browser.get(f"{link}&page=3").text
        assert [each for each in received if each in last] == received[50:]
        assert "/?need=batch_held" not in browser.get("/").text
        held = browser.get("/?need=batch_held").text
        assert "Nothing waits." in held and not any(each in held for each in received)
