"""An office of the version before has its orders, holds, orders over batches and incidents in four
tables: all of them become acts, and agree with the ledger."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import (
    Column,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    create_engine,
    inspect,
    text,
)

from counterfoil.accountability.accounting.orders import delays_in_force
from counterfoil.batches.officers import Role
from counterfoil.controls.canaries import alarm
from counterfoil.controls.holds import service as holds
from counterfoil.controls.holds.marks import read_marks
from counterfoil.controls.incidents import service as incidents
from counterfoil.controls.incidents.service import IncidentClass, IncidentFacts
from counterfoil.controls.suspension.scope import read_scope
from counterfoil.controls.suspension.service import enter_suspension, suspensions
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault
from counterfoil.core.instants import instant_text
from counterfoil.core.use_cases import NOBODY
from counterfoil.database.remembered import REMEMBERED
from counterfoil.gate.history.tables import ASKED_KEY, ASKED_MATTER, ASKED_QUESTION
from counterfoil.ledger import EntryKind
from counterfoil.ledger.head import LEDGER_HEAD
from counterfoil.office.accounting_records import BATCHES, RECORDS
from counterfoil.office.acts import ACT, Act, list_acts
from tests.database import older
from tests.database.places import Place
from tests.world import acts
from tests.world.office import World, closing

KINDS = (
    EntryKind.SUSPENSION,
    EntryKind.RESUMPTION,
    EntryKind.HOLD,
    EntryKind.INCIDENT,
    EntryKind.RETENTION_HOLD,
    EntryKind.RETENTION_LIFT,
    EntryKind.DELAY,
)
_BYTES = ("salt", "marks", "lift_salt")
_NUMBERS = ("number", "entry_index", "lift_index")
_OLDER: Final = {
    "standing_order": "number kind order_digest salt reach officer second entered_at entry_index",
    "disclosure_hold": "number marks key_id officer second salt entered_at entry_index lift_officer"
    " lift_second lift_salt lifted_at lift_index",
    "batch_order": "number batch_id kind order_digest salt officer second until entered_at"
    " entry_index",
    "incident": "number class found_at opened_at batch officer salt entry_index reported_at"
    " closed_at",
}
"""The columns of the four tables as migrations 0004 to 0011 made them."""


def _older_table(name: str) -> Table:
    kinds = dict.fromkeys(_BYTES, LargeBinary) | dict.fromkeys(_NUMBERS, Integer)
    columns = [
        Column(each, kinds.get(each, String), primary_key=each == "number", nullable="lift" in each)
        for each in _OLDER[name].split()
    ]
    return Table(name, MetaData(), *columns)


def test_these_are_the_tables_of_the_version_before(place: Place) -> None:
    older.make(place.url, "0015_generation")
    engine = create_engine(place.url)
    with engine.connect() as connection:
        found = inspect(connection)
        columns = {name: {each["name"] for each in found.get_columns(name)} for name in _OLDER}
        kept = {name: found.get_pk_constraint(name)["constrained_columns"] for name in _OLDER}
    engine.dispose()
    assert columns == {name: set(names.split()) for name, names in _OLDER.items()}
    assert set(map(tuple, kept.values())) == {("number",)}


def _fill(world: World) -> str:
    """An office with acts of every kind; the batch that orders are about."""
    batch = world.receive(world.requests())
    acts.suspend(world, f"batch:{batch}")
    acts.keep_rows(world, batch)
    keys = [acts.officer(world, name, Role.HOLDS) for name in ("holds-a", "holds-b")]
    acts.add_hold(world, acts.person_file(world, tin="900-00-1001"), *keys)
    acts.add_hold(world, acts.person_file(world, record_refs=["r5"]), *keys)
    acts.open_incident(world, IncidentFacts(IncidentClass.KEY_LOST, world.now, batch))
    world.now += timedelta(hours=1)
    acts.lift_hold(world, 1, *keys)
    with world.office.store.transaction() as connection:
        document = canonical.digest(alarm.facts_bytes(batch, 1, alarm.CONFIRMED))
        enter_suspension(world.office, connection, document, read_scope("requester:agency-a"))
        facts = IncidentFacts(IncidentClass.CANARY_ASKED, world.now, batch)
        incidents.enter_incident(world.office, connection, facts)
    acts.open_incident(world, IncidentFacts(IncidentClass.LEDGER_FAULT, world.now))
    acts.report_incident(world, 1, "b")
    acts.report_incident(world, 3)
    acts.resume(world, f"batch:{batch}")
    acts.delay_notice(world, batch, date(2026, 6, 30))
    acts.lift_retention(world, batch)
    acts.close_incident(world, 1)
    return batch


def _older_rows(found: list[Act]) -> dict[str, list[dict[str, Any]]]:
    """What the version before would have kept of these acts."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in _OLDER}
    by_number: dict[tuple[str, str], dict[str, Any]] = {}
    for act in found:
        at, said = instant_text(act.entered_at), {"salt": act.salt, "officer": act.officer}
        entered = said | {"second": act.second, "entered_at": at, "entry_index": act.entry_index}
        match act.kind:
            case EntryKind.SUSPENSION | EntryKind.RESUMPTION:
                order = {"order_digest": act.document, "reach": act.subject}
                rows["standing_order"].append(entered | order | {"kind": str(act.kind)})
            case EntryKind.HOLD if act.event == "added":
                key_id, marks = read_marks(act.extra)
                none = {"lift_officer": "", "lift_second": "", "lift_salt": b"", "lifted_at": ""}
                row = entered | none | {"marks": marks, "key_id": key_id, "lift_index": None}
                by_number["hold", act.subject] = row
                rows["disclosure_hold"].append(row)
            case EntryKind.HOLD:
                by_number["hold", act.subject].update(
                    lift_officer=act.officer,
                    lift_second=act.second,
                    lift_salt=act.salt,
                    lifted_at=at,
                    lift_index=act.entry_index,
                )
            case EntryKind.INCIDENT if act.event == "opened":
                facts = json.loads(act.committed)
                none = {"opened_at": at, "reported_at": "", "closed_at": ""}
                row = said | facts | none | {"entry_index": act.entry_index}
                by_number["incident", act.subject] = row
                rows["incident"].append(row)
            case EntryKind.INCIDENT:
                by_number["incident", act.subject][f"{act.event}_at"] = at
            case _:
                until = json.loads(act.committed)["until"]
                order = {"order_digest": act.document, "batch_id": act.subject, "until": until}
                rows["batch_order"].append(entered | order | {"kind": str(act.kind)})
    return {name: [{"number": n} | row for n, row in enumerate(of, 1)] for name, of in rows.items()}


def _as_before(connection: Connection, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Give a database the four tables of the version before, in place of the one of this."""
    for table in (ACT, BATCHES, RECORDS, LEDGER_HEAD, REMEMBERED):
        table.drop(connection)
    for table, column in (("batch", "round"), ("chunk", "openings")):
        connection.execute(text(f"ALTER TABLE {table} DROP COLUMN {column}"))
    for name, kept in rows.items():
        table = _older_table(name)
        table.create(connection)
        if kept:
            connection.execute(table.insert(), kept)
    for later in (ASKED_QUESTION, ASKED_KEY, ASKED_MATTER):
        later.drop(connection)
    for column in ("number", "state"):
        connection.execute(text(f"ALTER TABLE asked_file DROP COLUMN {column}"))
    connection.execute(text("UPDATE alembic_version SET version_num = '0015_generation'"))


def _carried(world: World, rows: dict[str, list[dict[str, Any]]]) -> list[Act]:
    """What the office has once its database is opened by this version."""
    with world.office.store.engine.begin() as connection:
        _as_before(connection, rows)
    world.office.store.close()
    world.office = world.opened()
    world.office.store.watch = None  # this ledger had heads, unlike that of an older version
    with world.office.store.reading() as connection:
        assert set(_OLDER).isdisjoint(inspect(connection).get_table_names())
        return list_acts(connection, *KINDS)


@pytest.mark.parametrize("empty", [False, True])
def test_every_row_becomes_an_act_that_agrees_with_the_ledger(
    tmp_path: Path, place: Place, empty: bool
) -> None:
    with closing(World(tmp_path, database=place.url)) as world:
        batch = "" if empty else _fill(world)
        with world.office.store.reading() as connection:
            before = list_acts(connection, *KINDS)
        assert len(before) == (0 if empty else 15)
        carried = _carried(world, _older_rows(before))
        assert [_unsigned(act) for act in carried] == [_unsigned(act) for act in before]
        assert {act.signatures for act in carried} <= {""}
        with world.office.store.reading() as connection:
            status = suspensions(world.office, connection)
            key_id = world.office.custodian().key_id
            marks = holds.marks_in_force(world.office, connection, key_id)
            delayed = delays_in_force(connection, date(2026, 5, 4))
        scopes = {} if empty else {"requester:agency-a": 1}
        assert (status.scopes, status.agrees) == (scopes, True)
        assert len(marks) == (0 if empty else 16)
        assert delayed == ({} if empty else {batch: "2026-06-30"})
        due = incidents.due_incidents(world.office, NOBODY)
        states = [(each.number, each.state) for each in due]
        assert states == ([] if empty else [(2, "open"), (3, "reported")])


def _unsigned(act: Act) -> dict[str, Any]:
    return {name: getattr(act, name) for name in act.__struct_fields__ if name != "signatures"}


def test_a_report_whose_entry_is_not_found_is_carried_over_without_one(
    tmp_path: Path, place: Place
) -> None:
    with closing(World(tmp_path, database=place.url)) as world:
        acts.open_incident(world)
        acts.report_incident(world, 1)
        with world.office.store.reading() as connection:
            rows = _older_rows(list_acts(connection, *KINDS))
        rows["incident"][0]["entry_index"] = 0
        carried = _carried(world, rows)
        assert [(act.event, act.entry_index, act.officer) for act in carried] == [
            ("opened", 0, "officer-a"),
            ("reported", -1, ""),
        ]
        with pytest.raises(StateFault) as caught:  # the ledger has no such entry of its opening
            incidents.due_incidents(world.office, NOBODY)
        assert caught.value.code == "orders_disagree"
