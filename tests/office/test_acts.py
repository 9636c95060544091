"""What officers order is kept with its entry, and is believed only where the ledger says it too."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from counterfoil.batches.statements import check_signed, read_signed
from counterfoil.core import canonical
from counterfoil.core.errors import InputFault, StateFault, VerifyFault
from counterfoil.core.use_cases import Upload
from counterfoil.database import METADATA, Connection
from counterfoil.ledger import EntryKind
from counterfoil.office import acts
from counterfoil.office.acts import ACT, Act, NewAct
from tests.world.acts import resume, suspend
from tests.world.office import World

KINDS = (EntryKind.SUSPENSION, EntryKind.RESUMPTION)


@pytest.fixture
def connection(world: World) -> Iterator[Connection]:
    """A transaction of an office with a suspension by an officer, one by itself, and a
    resumption."""
    suspend(world)
    with world.office.store.transaction() as connection:
        acts.enter_act(world.office, connection, _by_itself())
    resume(world)
    with world.office.store.transaction() as connection:
        yield connection


def _by_itself() -> NewAct:
    return _new(EntryKind.SUSPENSION, canonical.digest(b"made up"))


def _new(kind: EntryKind, document: str) -> NewAct:
    return NewAct(kind, "office", document.encode(), {}, document=document)


def _meaning(act: Act) -> NewAct:
    return _new(act.kind, act.document)


def _agrees(world: World, connection: Connection) -> bool:
    return acts.load_acts(world.office, connection, KINDS, _meaning).agrees


def test_the_migrations_make_the_table_that_the_code_uses(connection: Connection) -> None:
    context = MigrationContext.configure(
        connection,
        opts={
            "compare_type": True,
            "include_name": lambda name, kind, _: kind != "table" or name == ACT.name,
        },
    )
    found = compare_metadata(context, METADATA)
    assert [each for each in found if getattr(each[1], "name", "") in (ACT.name, "act_kind")] == []


def test_acts_come_back_in_order_and_agree_with_their_entries(
    world: World, connection: Connection
) -> None:
    loaded = acts.load_acts(world.office, connection, KINDS, _meaning)
    assert loaded.agrees
    assert [(act.number, act.kind.value, act.officer, act.second) for act in loaded.acts] == [
        (1, "suspension", "officer-a", ""),
        (2, "suspension", "", ""),
        (3, "resumption", "officer-a", "officer-b"),
    ]
    assert acts.count_entered(world.office, connection, KINDS) == 3
    assert acts.list_acts(connection, EntryKind.HOLD) == []


def test_the_statements_that_officers_signed_are_kept_and_verify(
    world: World, connection: Connection
) -> None:
    by_one, by_itself, by_two = acts.list_acts(connection, *KINDS)
    assert by_itself.signatures == ""
    for act, letters in ((by_one, "a"), (by_two, "ab")):
        kept = [canonical.encode(each).decode() for each in json.loads(act.signatures)]
        assert len(kept) == len(letters)
        for text, letter in zip(kept, letters, strict=True):
            signed = read_signed(text, world.officer(letter).officer)
            check_signed(signed)
            assert signed.statement.details == {"order": act.document}


ALTERED: dict[str, dict[str, Any]] = {
    "the kind": {"kind": "resumption"},
    "the document": {"document": canonical.digest(b"another")},
    "what was committed": {"committed": b"another"},
    "the salt": {"salt": bytes(32)},
    "the officer": {"officer": "officer-b"},
    "an officer who is not enrolled": {"officer": "nobody"},
    "a second officer": {"second": "officer-b"},
    "no officer": {"officer": ""},
    "another entry": {"entry_index": 0},
    "the entry of another act": {},
    "no entry": {"entry_index": -1},
    "an entry that is not there": {"entry_index": 999_999},
}


@pytest.mark.parametrize("name", ALTERED)
def test_an_altered_act_does_not_agree(world: World, connection: Connection, name: str) -> None:
    first, second, _ = acts.list_acts(connection, *KINDS)
    assert first.entry_index != second.entry_index
    altered = ALTERED[name] or {"entry_index": second.entry_index}
    connection.execute(ACT.update().where(ACT.c.number == 1).values(**altered))
    assert not _agrees(world, connection)


def _delete(connection: Connection) -> None:
    connection.execute(ACT.delete().where(ACT.c.number == 2))


def _repeat(connection: Connection) -> None:
    row = dict(connection.execute(ACT.select().where(ACT.c.number == 1)).mappings().one())
    connection.execute(ACT.insert().values(row | {"number": 4}))


def _replace(connection: Connection) -> None:
    _delete(connection)
    _repeat(connection)


@pytest.mark.parametrize("way", [_delete, _repeat, _replace])
def test_acts_that_are_missing_or_there_twice_do_not_agree(
    world: World, connection: Connection, way: Callable[[Connection], None]
) -> None:
    assert _agrees(world, connection)
    way(connection)
    assert not _agrees(world, connection)


def test_an_entry_without_an_act_does_not_agree(world: World, connection: Connection) -> None:
    act = acts.enter_act(world.office, connection, _by_itself())
    assert _agrees(world, connection)
    connection.execute(ACT.delete().where(ACT.c.number == act.number))
    assert not _agrees(world, connection)


def test_what_the_entry_says_must_be_what_the_act_means(
    world: World, connection: Connection
) -> None:
    def other(act: Act) -> NewAct:
        return NewAct(act.kind, act.subject, act.committed, {"route": "consent"})

    assert not acts.load_acts(world.office, connection, KINDS, other).agrees


def test_a_document_is_read_whole_and_is_the_one_that_was_served(tmp_path: Path) -> None:
    order = tmp_path / "order.pdf"
    with pytest.raises(InputFault) as fault:
        acts.read_document(Upload(order))
    assert fault.value.code == "order_unreadable"
    order.write_bytes(b"")
    with pytest.raises(InputFault) as fault:
        acts.read_document(Upload(order))
    assert fault.value.code == "order_empty"
    order.write_bytes(b"made up")
    digest = canonical.digest(b"made up")
    assert acts.read_document(Upload(order)) == acts.read_document(Upload(order), digest) == digest
    with pytest.raises(VerifyFault) as other:
        acts.read_document(Upload(order), canonical.digest(b"another"))
    assert (other.value.code, other.value.place) == ("order_digest", "order.pdf")


def test_a_document_larger_than_an_order_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acts, "MAX_DOCUMENT_BYTES", 3)
    order = tmp_path / "order.pdf"
    order.write_bytes(b"1234")
    with pytest.raises(InputFault) as fault:
        acts.read_document(Upload(order))
    assert fault.value.code == "order_empty"


def test_a_document_is_known_by_its_digest_once_it_was_acted_on(connection: Connection) -> None:
    found = acts.list_acts(connection, *KINDS)
    assert acts.was_used(found, found[0].document)
    assert not acts.was_used(found, canonical.digest(b"another"))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("entry_index", "no number"),
        ("entered_at", "yesterday"),
        ("salt", "text"),
        ("kind", "no kind"),
        ("document", b"bytes"),
    ],
)
def test_a_value_that_no_office_writes_is_a_disagreement_and_no_crash(
    connection: Connection, column: str, value: object
) -> None:
    connection.exec_driver_sql(f"UPDATE act SET {column} = ? WHERE number = 1", (value,))
    kinds = (*KINDS, "no kind")
    with pytest.raises(StateFault) as raised:
        acts.list_acts(connection, *kinds)  # type: ignore[arg-type]
    assert raised.value.code == "orders_disagree"
