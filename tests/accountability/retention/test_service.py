"""Rows go when their time is over; the tree, the counts, every older proof and the accounting
stay."""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, text

from counterfoil import client, ledger
from counterfoil.accountability.accounting.service import PERSON_FORMAT, account, read_person
from counterfoil.accountability.evidence import export_evidence, replay
from counterfoil.accountability.retention import service as retention
from counterfoil.controls.suspension.service import resume, suspend
from counterfoil.core.errors import StateFault, StoreFault
from counterfoil.disclosure.explain import explain_request
from counterfoil.tlog import check_proof
from tests.accountability.evidence.bundles import make, released
from tests.world.office import NOW, World

RETENTION = timedelta(days=1826)


def order(world: World, name: str = "order") -> Path:
    path = world.directory / f"{name}.pdf"
    path.write_text(f"{name}, made up", encoding="utf-8")
    return path


def passed(world: World, days: int = 0) -> None:
    world.now = NOW + RETENTION + timedelta(days=days)


def disposals(world: World) -> list[dict[str, object]]:
    return [entry for entry in world.entries() if entry["kind"] == "disposal"]


def check_ledger(world: World) -> None:
    with world.office.store.reading() as connection:
        assert ledger.check(connection, world.office.holder_key).size == len(world.entries())


def test_nothing_is_due_the_day_before_and_all_is_on_the_day(world: World) -> None:
    batch = released(world)
    passed(world, -1)
    assert [each.is_due for each in retention.list_due(world.office)] == [False]
    assert retention.dispose(world.office) == []
    passed(world)
    assert [each.batch for each in retention.dispose(world.office)] == [batch]
    assert [(entry["batch"], entry["rows"]) for entry in disposals(world)] == [(batch, 10)]
    assert (retention.dispose(world.office), len(disposals(world))) == ([], 1)


def test_looking_at_what_is_due_deletes_and_enters_nothing(world: World) -> None:
    released(world)
    passed(world)
    before = world.entries()
    assert retention.list_due(world.office)[0].is_due
    assert world.entries() == before


def test_older_proofs_the_check_and_earlier_bundles_still_hold(world: World) -> None:
    batch = released(world)
    made = make(world, batch)
    with world.office.store.reading() as connection:
        note = world.office.ledger.newest_checkpoint(connection)
        assert note is not None
        proof = world.office.ledger.tlog_proof(connection, 9, note)
        entry = next(world.office.ledger.entries(connection, 9, 10))
    passed(world)
    retention.dispose(world.office)
    check_proof(proof, entry, world.office.holder_key)
    check_ledger(world)
    assert replay(made.data, made.key, world.office.holder_key).outcome == "confirmed"
    with world.office.store.reading() as connection:
        assert world.office.ledger.consistency_file(
            connection, note, world.office.ledger.newest_checkpoint(connection) or ""
        )


def test_evidence_and_explanation_then_say_that_the_rows_are_gone(world: World) -> None:
    batch = released(world)
    passed(world)
    retention.dispose(world.office)
    before = len(world.entries())
    for look in (explain_request, export_evidence):
        with pytest.raises(StateFault) as fault:
            look(world.office, batch, "q1", *world.officer("a"))
        assert fault.value.code == "payload_destroyed"
    assert len(world.entries()) == before


def test_the_key_is_in_no_byte_of_the_database_or_its_log(world: World) -> None:
    batch = released(world)
    database = world.path / "office.db"
    with sqlite3.connect(database) as connection:
        (wrapped,) = connection.execute(
            "SELECT wrapped_key FROM batch WHERE id = ?", (batch,)
        ).fetchone()

    def standing() -> list[str]:
        return [path.name for path in world.path.glob("office.db*") if wrapped in path.read_bytes()]

    connection.close()
    assert standing() != []
    passed(world)
    retention.dispose(world.office)
    assert standing() == []


def test_a_log_that_another_program_holds_is_told_and_cut_by_the_next_run(world: World) -> None:
    released(world)
    passed(world)
    reader = world.opened()
    with reader.store.reading() as connection:
        connection.execute(text("SELECT count(*) FROM batch")).all()
        with pytest.raises(StoreFault) as fault:
            _impatient(world)
    assert fault.value.code == "log_not_cut"
    reader.store.close()
    assert retention.dispose(world.office) == []
    assert len(disposals(world)) == 1


def _impatient(world: World) -> None:
    """Waits for the other reader a tenth of a second and not half a minute."""
    engine = world.office.store.engine
    engine.dispose()
    event.listen(
        engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=100")
    )
    retention.dispose(world.office)


def test_an_open_batch_is_never_due(world: World) -> None:
    world.receive(world.requests())
    passed(world, 10_000)
    assert retention.list_due(world.office) == []


def test_a_withdrawn_batch_is_counted_from_its_withdrawal(world: World) -> None:
    batch = world.receive(world.requests())
    world.now = NOW + timedelta(days=100)
    client.withdraw(world.office, batch, world.officer("a"))
    passed(world)
    assert [each.is_due for each in retention.list_due(world.office)] == [False]
    passed(world, 100)
    assert [each.batch for each in retention.dispose(world.office)] == [batch]


# -- orders ---------------------------------------------------------------------------------------


def test_an_order_holds_the_rows_until_two_officers_lift_it(world: World) -> None:
    batch = released(world)
    retention.hold(world.office, batch, order(world), world.officer("a"))
    passed(world)
    assert retention.dispose(world.office) == []
    assert retention.list_due(world.office)[0].held
    done = retention.lift(
        world.office, batch, order(world, "lifted"), world.officer("a"), world.officer("b")
    )
    assert not done.held
    assert [each.batch for each in retention.dispose(world.office)] == [batch]
    assert world.kinds()[-3:] == ["retention_hold", "retention_lift", "disposal"]
    check_ledger(world)


def test_two_orders_must_both_be_lifted(world: World) -> None:
    batch = released(world)
    for name in ("one", "two"):
        retention.hold(world.office, batch, order(world, name), world.officer("a"))
    done = retention.lift(
        world.office, batch, order(world, "lifted"), world.officer("a"), world.officer("b")
    )
    passed(world)
    assert (done.held, retention.dispose(world.office)) == (True, [])


def refused(world: World, act: object) -> str:
    before = len(world.entries())
    with pytest.raises(StateFault) as fault:
        act()  # type: ignore[operator]
    assert len(world.entries()) == before
    return fault.value.code


def test_orders_that_cannot_be_are_refused_and_enter_nothing(world: World) -> None:
    batch, a, b = released(world), world.officer("a"), world.officer("b")
    paper, office = order(world), world.office
    assert refused(world, lambda: retention.lift(office, batch, paper, a, b)) == "not_held"
    retention.hold(office, batch, paper, a)
    assert refused(world, lambda: retention.hold(office, batch, paper, a)) == "order_used"
    assert (
        refused(world, lambda: retention.lift(office, batch, order(world, "other"), a, a))
        == "officers_same"
    )
    assert (
        refused(world, lambda: retention.delay(office, batch, date(2026, 5, 3), paper, a))
        == "delay_over"
    )
    assert (
        refused(world, lambda: retention.hold(office, "b-000000000000", paper, a))
        == "batch_unknown"
    )


def test_nothing_is_disposed_of_while_the_office_stands_still(world: World) -> None:
    released(world)
    passed(world)
    suspend(world.office, order(world), "", *world.officer("a"))
    with pytest.raises(StateFault) as fault:
        retention.dispose(world.office)
    assert fault.value.code == "suspended"
    resume(world.office, order(world, "lifted"), "", world.officer("a"), world.officer("b"))
    assert len(retention.dispose(world.office)) == 1


def test_what_is_gone_cannot_be_held(world: World) -> None:
    batch = released(world)
    passed(world)
    retention.dispose(world.office)
    assert (
        refused(
            world, lambda: retention.hold(world.office, batch, order(world), world.officer("a"))
        )
        == "payload_destroyed"
    )


def test_the_accounting_outlives_the_rows_word_for_word(world: World) -> None:
    released(world)
    person = read_person(
        f'{{"format":"{PERSON_FORMAT}","given_name":"Marisol","family_name":"Quintanilla","line1":"1847 Heron Lake Road",'
        '"city":"Anytown","state":"WA","zip":"98101"}'.encode()
    )
    before = account(world.office, person, False, *world.officer("a"))
    passed(world)
    retention.dispose(world.office)
    assert account(world.office, person, False, *world.officer("a")) == before != []
