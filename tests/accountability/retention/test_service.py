"""Rows go when their time is over; the tree, the counts, every older proof and the accounting
stay."""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta

import pytest
from sqlalchemy import event, text

from counterfoil import client, ledger
from counterfoil.accountability.evidence import ExportEvidence, export_evidence, replay
from counterfoil.accountability.retention import service as retention
from counterfoil.core.errors import StateFault, StoreFault, UsageFault
from counterfoil.core.use_cases import NOBODY, Upload, finish
from counterfoil.disclosure.explain import ExplainRequest, explain_request
from counterfoil.office.acts import ACT
from counterfoil.tlog import check_proof
from tests.accountability.evidence.bundles import make, released
from tests.world.acts import (
    delay_notice,
    dispose,
    due,
    keep_rows,
    lift_retention,
    order,
    resume,
    suspend,
)
from tests.world.looks import accounted
from tests.world.office import NOW, World

RETENTION = timedelta(days=1826)


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
    assert [each.is_due for each in due(world)] == [False]
    assert dispose(world) == ()
    passed(world)
    assert [each.batch for each in dispose(world)] == [batch]
    assert [(entry["batch"], entry["rows"]) for entry in disposals(world)] == [(batch, 10)]
    assert (dispose(world), len(disposals(world))) == ((), 1)


def test_looking_at_what_is_due_deletes_and_enters_nothing(world: World) -> None:
    released(world)
    passed(world)
    before = world.entries()
    assert due(world)[0].is_due
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
    dispose(world)
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
    dispose(world)
    before = len(world.entries())
    officer = world.officer("a").officer
    looks = (
        lambda: explain_request(world.office, officer, ExplainRequest(batch, "q1")),
        lambda: export_evidence(world.office, officer, ExportEvidence(batch, "q1")),
    )
    for look in looks:
        with pytest.raises(StateFault) as fault:
            look()
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
    dispose(world)
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
    assert dispose(world) == ()
    assert len(disposals(world)) == 1


def _impatient(world: World) -> None:
    """Waits for the other reader a tenth of a second and not half a minute."""
    engine = world.office.store.engine
    engine.dispose()
    event.listen(
        engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=100")
    )
    dispose(world)


def test_an_open_batch_is_never_due(world: World) -> None:
    world.receive(world.requests())
    passed(world, 10_000)
    assert due(world) == ()


def test_a_withdrawn_batch_is_counted_from_its_withdrawal(world: World) -> None:
    batch = world.receive(world.requests())
    world.now = NOW + timedelta(days=100)
    client.withdraw(world.office, batch, world.officer("a"))
    passed(world)
    assert [each.is_due for each in due(world)] == [False]
    passed(world, 100)
    assert [each.batch for each in dispose(world)] == [batch]


# -- orders ---------------------------------------------------------------------------------------


def test_an_order_keeps_the_rows_until_two_officers_lift_it(world: World) -> None:
    batch = released(world)
    assert keep_rows(world, batch).held
    passed(world)
    assert dispose(world) == ()
    assert due(world)[0].held
    assert not lift_retention(world, batch).held
    assert [each.batch for each in dispose(world)] == [batch]
    assert world.kinds()[-4:] == ["retention_hold", "retention_lift", "disposal", "state"]
    check_ledger(world)


def test_two_orders_must_both_be_lifted(world: World) -> None:
    batch = released(world)
    for said in ("made up: one", "made up: two"):
        keep_rows(world, batch, said)
    done = lift_retention(world, batch)
    passed(world)
    assert (done.held, dispose(world)) == (True, ())


@pytest.mark.parametrize("kind", ["delay", "retention_lift", None])
def test_nothing_is_disposed_of_while_the_acts_are_not_those_of_the_ledger(
    world: World, kind: str | None
) -> None:
    batch = released(world)
    keep_rows(world, batch)
    passed(world)
    with world.office.store.transaction() as connection:
        connection.execute(ACT.delete() if kind is None else ACT.update().values(kind=kind))
    assert refused(world, lambda: dispose(world)) == "orders_disagree"
    assert disposals(world) == []


def refused(world: World, act: object) -> str:
    before = len(world.entries())
    with pytest.raises(StateFault) as fault:
        act()  # type: ignore[operator]
    assert len(world.entries()) == before
    return fault.value.code


def test_orders_that_cannot_be_are_refused_and_enter_nothing(world: World) -> None:
    batch, text = released(world), "made up: keep"
    assert refused(world, lambda: lift_retention(world, batch)) == "not_held"
    keep_rows(world, batch, text)
    assert refused(world, lambda: keep_rows(world, batch, text)) == "order_used"
    assert refused(world, lambda: lift_retention(world, batch, text)) == "order_used"
    assert refused(world, lambda: lift_retention(world, batch, letters="aa")) == "officers_same"
    yesterday = date(2026, 5, 3)
    assert refused(world, lambda: delay_notice(world, batch, yesterday)) == "delay_over"
    assert refused(world, lambda: keep_rows(world, "b-000000000000")) == "batch_unknown"


def test_only_an_officer_orders_and_only_the_office_disposes(world: World) -> None:
    batch = released(world)
    command = retention.KeepRows(batch, Upload(order(world)))
    for use_case in (retention.keep_rows_statement, retention.keep_rows):
        with pytest.raises(UsageFault) as fault:
            use_case(world.office, NOBODY, command)
        assert fault.value.code == "actor_refused"
    for actor in (NOBODY, world.officer("a").officer):
        with pytest.raises(UsageFault) as fault:
            finish(retention.dispose(world.office, actor))
        assert fault.value.code == "actor_refused"


def test_nothing_is_disposed_of_while_the_office_is_suspended(world: World) -> None:
    released(world)
    passed(world)
    suspend(world)
    with pytest.raises(StateFault) as fault:
        dispose(world)
    assert fault.value.code == "suspended"
    resume(world)
    assert len(dispose(world)) == 1


def test_what_is_gone_cannot_be_held(world: World) -> None:
    batch = released(world)
    passed(world)
    dispose(world)
    assert refused(world, lambda: keep_rows(world, batch)) == "payload_destroyed"


def test_the_accounting_outlives_the_rows_word_for_word(world: World) -> None:
    released(world)
    before = accounted(world, "Marisol", "Quintanilla", "1847 Heron Lake Road")
    passed(world)
    dispose(world)
    again = accounted(world, "Marisol", "Quintanilla", "1847 Heron Lake Road")
    assert again == before != ()
