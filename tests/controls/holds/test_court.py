"""What (i)(6) has certified to a court: a matter for each batch by a court's order that was
determined while a hold stood, with its day; and nothing of it in the ledger."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from datetime import timedelta

import pytest

from counterfoil import client
from counterfoil.batches.officers import Role
from counterfoil.client import OfficerKey, act
from counterfoil.controls.holds import court
from counterfoil.controls.holds import service as holds
from counterfoil.core.errors import CounterfoilError
from counterfoil.core.use_cases import NOBODY
from counterfoil.office import agreement_file, law_library
from tests.world.acts import add_hold, compare, lift_hold, officer, person_file
from tests.world.office import World
from tests.world.people import REQUESTS

COURT = "United States District Court for the District of Columbia"


@pytest.fixture
def keys(world: World) -> list[OfficerKey]:
    shutil.copy(
        agreement_file("sandbox-routes", law_library()), world.path / "law" / "agreement.yaml"
    )
    world.office.store.close()
    world.office = world.opened()
    return [officer(world, name, Role.HOLDS) for name in ("holds-a", "holds-b")]


def _by_order(world: World) -> str:
    """A batch by a court's order, received and determined."""
    paper = world.directory / "order.pdf"
    paper.write_bytes(b"a made-up order")
    day = world.clock().date().isoformat()
    stated = {
        "digest": "sha256:" + hashlib.sha256(paper.read_bytes()).hexdigest(),
        "issued_on": day,
        "court": COURT,
        "judge": "district",
        "statute": "8 USC 1253(a)(1)",
        "finds": ["specific_act", "relevance", "exclusive_use", "no_other_source"],
        "people": [{"given_name": "Marisol", "family_name": "Quintanilla"}],
        "periods": ["2023", "2024"],
        "items": ["address"],
    }
    header = {
        "requester": "agency-a",
        "agreement": "sandbox-routes",
        "principal": "sandbox-attorney",
        "sent_on": day,
    }
    asked = world.requests(REQUESTS[:1])
    (asked.parent / f"{asked.name}.header.json").write_text(
        json.dumps(header | {"route": "court-order", "document": stated})
    )
    batch = client.receive(world.office, asked, document=paper).batch
    compare(world, batch, paper)
    client.determine(world.office, batch)
    return batch


def _code(work: Callable[[], object]) -> str:
    with pytest.raises(CounterfoilError) as fault:
        work()
    return fault.value.code


def _answer(world: World, batch: str, answer: court.Answer, *keys: OfficerKey) -> object:
    command = court.AnswerCourt(batch, answer)
    return act(world.office, court.answer_court_statement, court.answer_court, command, *keys)


def _held(world: World, keys: list[OfficerKey]) -> str:
    add_hold(world, person_file(world, tin="900-00-1001"), *keys)
    return _by_order(world)


def test_a_batch_by_order_under_a_hold_is_a_matter_with_a_day_and_then_late(
    world: World, keys: list[OfficerKey]
) -> None:
    batch = _held(world, keys)
    [matter] = court.list_court_matters(world.office, keys[0].officer)
    received = world.clock().date()
    assert (matter.batch, matter.due_on, matter.late, matter.answered_at) == (
        batch,
        (received + timedelta(days=3)).isoformat(),
        False,
        "",
    )
    world.now += timedelta(days=4)
    assert court.list_court_matters(world.office, keys[0].officer)[0].late
    assert world.kinds()[-1] == "inspection"


def test_without_a_hold_there_is_no_matter(world: World, keys: list[OfficerKey]) -> None:
    batch = _by_order(world)
    assert court.list_court_matters(world.office, keys[0].officer) == []
    assert _code(lambda: _answer(world, batch, "nothing", *keys)) == "court_no_matter"


def test_the_certification_is_prepared_with_court_and_order_and_names_nobody(
    world: World, keys: list[OfficerKey]
) -> None:
    batch = _held(world, keys)
    text = court.prepare_certification(world.office, keys[0].officer, batch).text
    assert COURT in text and batch in text and "26 USC 6103(i)(6)" in text
    assert "seriously impair a civil or criminal tax investigation" in text
    assert "Quintanilla" not in text and "900-00" not in text


@pytest.mark.parametrize("answer", ["certified", "nothing"])
def test_an_answer_stops_the_clock_and_its_entry_looks_like_that_of_an_addition(
    world: World, keys: list[OfficerKey], answer: court.Answer
) -> None:
    batch = _held(world, keys)
    _answer(world, batch, answer, *keys)
    world.now += timedelta(days=4)
    [matter] = court.list_court_matters(world.office, keys[0].officer)
    assert (matter.late, matter.answered_by) == (False, ("holds-a", "holds-b"))
    assert _code(lambda: _answer(world, batch, answer, *keys)) == "court_answered"
    added, answered = [each for each in world.entries() if each["kind"] == "hold"]
    assert added.keys() == answered.keys()
    assert batch not in str(answered) and answer not in str(answered)


def test_holds_are_still_those_of_the_ledger_after_an_answer(
    world: World, keys: list[OfficerKey]
) -> None:
    batch = _held(world, keys)
    _answer(world, batch, "nothing", *keys)
    assert [each.hold for each in holds.list_holds(world.office, keys[0].officer)] == [1]
    with world.office.store.reading() as connection:
        key_id = world.office.custodian().key_id
        assert holds.marks_in_force(world.office, connection, key_id)
    lift_hold(world, 1, *keys)
    assert add_hold(world, person_file(world, tin="900-00-1001"), *keys).hold == 2


def test_only_two_officers_of_the_role_see_and_answer(world: World, keys: list[OfficerKey]) -> None:
    batch = _held(world, keys)
    disclosure = world.officer("a").officer
    for look in (
        lambda who: court.list_court_matters(world.office, who),
        lambda who: court.prepare_certification(world.office, who, batch),
        lambda who: court.answer_court_statement(
            world.office, who, court.AnswerCourt(batch, "nothing")
        ),
    ):
        assert _code(lambda seen=look: seen(disclosure)) == "officer_role"
        assert _code(lambda seen=look: seen(NOBODY)) == "actor_refused"
    assert _code(lambda: _answer(world, batch, "nothing", keys[0], keys[0])) == "officers_same"
