"""Officers, batches and chunks on a Connection that the flow gives: no function here commits.

Every change of state is a step: it adds one to the batch's generation, by `UPDATE ... WHERE state
and generation are those that were read`. If that touches no row, somebody moved the batch first and
nothing of this transaction may stand (StateFault `batch_moved`). What a step needs is in its type:
`mark_reviewed` takes a Reviewed, `mark_released` a Ruling. Rows that are loaded are compared with
what is remembered of them (remembered.py), and so may raise VerifyFault `row_disagrees`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, RowMapping, func, select

from counterfoil.batches.batch import (
    DETERMINED_COUNTS,
    Batch,
    Chunk,
    ChunkKind,
    NewBatch,
    batch_from_row,
)
from counterfoil.batches.officers import Role, key_identities
from counterfoil.batches.remembered import (
    check_batch,
    check_batches,
    check_identity,
    check_officer,
    check_officers,
    touch_batch,
    touch_chunk,
    touch_identity,
    touch_officer,
)
from counterfoil.batches.ruling import Determined, Reviewed, rule
from counterfoil.batches.states import BatchState, Event, advance
from counterfoil.batches.tables import BATCH, CHUNK, OFFICER
from counterfoil.core import canonical
from counterfoil.core.errors import KeyFault, StateFault
from counterfoil.core.instants import instant_text
from counterfoil.core.values import Officer, Ruling

IDENTIFYING = ("requester", "principal", "signed", "route", "document", "stated")
"""What of a header tells one sending of a file from another; the day does not: a sandbox fills in
today."""
_EMPTY = (
    *("held_from", "snapshot", "determinations_digest", "released_at"),
    *("first_officer", "first_signature", "second_officer", "second_signature"),
)

# -- officers --------------------------------------------------------------------------------


def enrol_officer(
    connection: Connection, officer: Officer, enrolled_at: datetime, role: Role = Role.DISCLOSURE
) -> None:
    """Enrol an officer. The same officer in the same role again is no change.

    Raises KeyFault for a key that cannot be read, StateFault `officer_taken` where the name has
    another key or role, or the key another name. Letter case is no difference between names.
    """
    check_officers(connection)
    keys, name = key_identities(officer), officer.name.casefold()
    columns = OFFICER.c
    clashing = [
        (each.name, each.vkey, each.role)
        for each in connection.execute(
            select(columns.name, columns.vkey, columns.role, columns.public_key)
        )
        if each.name.casefold() == name or not keys.isdisjoint(each.public_key.split("+"))
    ]
    if not clashing:
        touch_officer(connection, officer.name)
        row = {
            "name": officer.name,
            "vkey": officer.vkey,
            "public_key": "+".join(sorted(keys)),
            "active": True,
            "role": str(role),
        }
        connection.execute(OFFICER.insert().values(**row, enrolled_at=instant_text(enrolled_at)))
    elif clashing != [(officer.name, officer.vkey, role)]:
        raise StateFault(
            "officer_taken",
            "an officer is enrolled with this name or this key already",
            place=officer.name,
            cure="One officer has one name, one key and one role: make a new key for a new "
            "officer.",
        )


def retire_officer(connection: Connection, name: str) -> None:
    """Take from an officer the power to sign; what they signed still verifies. Raises
    StateFault."""
    touch_officer(connection, name)
    if (
        connection.execute(
            OFFICER.update().where(OFFICER.c.name == name).values(active=False)
        ).rowcount
        != 1
    ):
        raise _unknown_officer(name)


def signing_officer(connection: Connection, name: str) -> tuple[Officer, Role]:
    """The enrolled officer of this name, who may sign now, and the role. Raises StateFault
    `officer_unknown`, `officer_retired`."""
    officer, role, active = _officer(connection, name)
    if not active:
        raise StateFault(
            "officer_retired",
            "this officer may no longer sign",
            place=name,
            cure="Another officer must.",
        )
    return officer, role


def officer_with_key(
    connection: Connection, name: str, vkey: str, role: Role = Role.DISCLOSURE
) -> Officer:
    """The enrolled officer of this name and role, whose key is at hand: `vkey` is its public half.

    Raises StateFault as `signing_officer`, and `officer_role`; KeyFault `officer_key_other`.
    """
    officer, held = signing_officer(connection, name)
    if officer.vkey != vkey:
        raise KeyFault(
            "officer_key_other",
            "this is not the key that is enrolled for the officer",
            place=name,
            cure="Use the enrolled key, or enrol this one under a name of its own.",
        )
    if held is not role:
        raise StateFault(
            "officer_role",
            f"this needs an officer enrolled for {role}; this one is enrolled for {held}",
            place=name,
            cure="Have an officer do it whom `counterfoil officer list` shows with the role "
            f"{role}.",
        )
    return officer


def list_officers(connection: Connection) -> list[tuple[Officer, Role]]:
    """Every enrolled officer who may sign, and the role, by name."""
    return [(officer, role) for officer, role, active in list_enrolled(connection) if active]


def _officer(connection: Connection, name: str) -> tuple[Officer, Role, bool]:
    check_officer(connection, name)
    row = connection.execute(select(OFFICER).where(OFFICER.c.name == name)).mappings().first()
    if row is None:
        raise _unknown_officer(name)
    return Officer(name=row["name"], vkey=row["vkey"]), Role(row["role"]), row["active"]


def list_enrolled(connection: Connection) -> list[tuple[Officer, Role, bool]]:
    """Everybody who was ever enrolled, the role, and whether they may sign now, by name."""
    check_officers(connection)
    return [
        (Officer(name=row.name, vkey=row.vkey), Role(row.role), row.active)
        for row in connection.execute(select(OFFICER).order_by(OFFICER.c.name))
    ]


def _unknown_officer(name: str) -> StateFault:
    return StateFault(
        "officer_unknown",
        "no officer of this name is enrolled",
        place=name,
        cure="Name an enrolled officer's key file.",
    )


# -- batches ---------------------------------------------------------------------------------


def create_batch(connection: Connection, new: NewBatch) -> tuple[Batch, bool]:
    """The batch of this request file, and whether it is new: the same bytes, asked by the same
    principal and signed or not as before, find the batch that stands. A withdrawn batch stands no
    more: the file can be sent again."""
    header = new.header.texts()
    sent = {"file": new.file_digest, "agreement": new.agreement}
    identity = canonical.digest(
        canonical.encode(sent | {name: header[name] for name in IDENTIFYING})
    )
    check_identity(connection, identity)
    held = connection.execute(select(BATCH.c.id).where(BATCH.c.identity == identity)).scalar()
    if held is not None:
        return find_batch(connection, held), False
    touch_identity(connection, identity)
    touch_batch(connection, new.id)
    row: dict[str, Any] = (
        dict.fromkeys(_EMPTY, "") | msgspec.structs.asdict(new) | {"identity": identity}
    )
    row |= {"received_at": instant_text(new.received_at), "gate_date": new.gate_date.isoformat()}
    row |= {"header": header, "state": BatchState.RECEIVED, "counts": {}, "generation": 0}
    row["round"] = 0
    connection.execute(BATCH.insert().values(**row))
    return find_batch(connection, new.id), True


def find_batch(connection: Connection, batch_id: str) -> Batch:
    """The batch of this id. Raises StateFault `batch_unknown`."""
    check_batch(connection, batch_id)
    row = connection.execute(select(BATCH).where(BATCH.c.id == batch_id)).mappings().first()
    if row is None:
        raise StateFault(
            "batch_unknown",
            "this office holds no batch of that id",
            cure="`counterfoil batch list` shows the id of every batch.",
        )
    return batch_from_row(row)


def list_batches(connection: Connection, *, checked: bool = True) -> list[Batch]:
    """Every batch, oldest first. `checked`: False for who compares them with the ledger anew."""
    if checked:
        check_batches(connection)
    chosen = select(BATCH).order_by(BATCH.c.received_at, BATCH.c.id)
    return [batch_from_row(row) for row in connection.execute(chosen).mappings()]


def pin_snapshot(connection: Connection, batch: Batch, snapshot: str) -> None:
    """Bind a gated batch to the register snapshot that will decide all of it (P7).

    Raises StateFault `snapshot_changed` if it was begun on another, `batch_not_ready` if it is not
    gated.
    """
    touch_batch(connection, batch.id)
    find_batch(connection, batch.id).require(BatchState.GATED)
    unbound = BATCH.c.snapshot.in_(["", snapshot])
    change = BATCH.update().where(
        BATCH.c.id == batch.id, BATCH.c.state == BatchState.GATED, unbound
    )
    if connection.execute(change.values(snapshot=snapshot)).rowcount != 1:
        raise StateFault(
            "snapshot_changed",
            "the batch is not waiting for this register snapshot",
            place=batch.id,
            cure="Finish it with the snapshot that it was begun on, or withdraw it and send a "
            "new file.",
        )


def add_counts(connection: Connection, batch: Batch, counts: dict[str, int]) -> None:
    """Add to the batch's counts of rows, in the commit that keeps those rows. Its state stays."""
    held = find_batch(connection, batch.id).counts
    touch_batch(connection, batch.id)
    summed = held | {name: held.get(name, 0) + count for name, count in counts.items()}
    connection.execute(BATCH.update().where(BATCH.c.id == batch.id).values(counts=summed))


def mark_gated(connection: Connection, batch: Batch, counts: dict[str, int]) -> None:
    """Every row has met the gate. `counts` are of rows by what became of them."""
    _step(connection, batch, Event.GATE, {"counts": counts})


def mark_determined(
    connection: Connection, batch: Batch, digest: str, counts: dict[str, int]
) -> None:
    """Every row is determined; `digest` is what officers will sign."""
    _step(
        connection,
        batch,
        Event.DETERMINE,
        {"determinations_digest": digest, "counts": {**batch.counts, **counts}},
    )


def mark_reviewed(connection: Connection, batch: Batch, reviewed: Reviewed) -> None:
    """The first officer signed."""
    _same_subject(batch, reviewed.determined.batch_id, reviewed.determined.determinations_digest)
    officer_with_key(connection, reviewed.officer.name, reviewed.officer.vkey)
    word = {"first_officer": reviewed.officer.name, "first_signature": reviewed.signature}
    _step(connection, batch, Event.REVIEW, word)


def mark_released(
    connection: Connection, batch: Batch, ruling: Ruling, released_at: datetime, release_index: int
) -> None:
    """The second officer signed. Same transaction as the release's ledger entry, whose index it
    keeps."""
    _same_subject(batch, ruling.batch_id, ruling.determinations_digest)
    if (ruling.first.name, ruling.first_signature) != (batch.first_officer, batch.first_signature):
        raise batch_moved(batch)
    officer_with_key(connection, ruling.second.name, ruling.second.vkey)
    word = {"second_officer": ruling.second.name, "second_signature": ruling.second_signature}
    entered = {"released_at": instant_text(released_at), "release_index": release_index}
    _step(connection, batch, Event.RELEASE, {**word, **entered})


def mark_held(connection: Connection, batch: Batch) -> None:
    """Stop the batch where it stands."""
    _step(connection, batch, Event.HOLD, {})


def mark_resumed(connection: Connection, batch: Batch) -> None:
    """Let a held batch go on; one that was reviewed must be reviewed again."""
    _step(connection, batch, Event.RESUME, {"first_officer": "", "first_signature": ""})


def mark_reconsidered(connection: Connection, batch: Batch) -> None:
    """Undo what was determined, and whoever signed it: the batch is determined anew under the holds
    that stand then, its openings are entered anew, and it is reviewed anew. Snapshot and
    certificates stay those that it was begun on (P7)."""
    touch_batch(connection, batch.id)
    undone = CHUNK.c.kind.in_([ChunkKind.DETERMINATION, ChunkKind.HOLDS])
    mine = CHUNK.c.batch_id == batch.id
    connection.execute(CHUNK.delete().where(mine, undone))
    connection.execute(CHUNK.update().where(mine).values(opened=False, openings=0))
    counts = {name: count for name, count in batch.counts.items() if name not in DETERMINED_COUNTS}
    word = {"determinations_digest": "", "first_officer": "", "first_signature": ""}
    anew = {"counts": counts, "round": batch.round + 1}
    _step(connection, batch, Event.RECONSIDER, {**word, **anew})


def mark_withdrawn(connection: Connection, batch: Batch) -> None:
    """Close the batch for good, unanswered; its file may be sent again."""
    stood = connection.execute(select(BATCH.c.identity).where(BATCH.c.id == batch.id)).scalar()
    identity = f"withdrawn {batch.id}"
    for each in (str(stood), identity):
        touch_identity(connection, each)
    _step(connection, batch, Event.WITHDRAW, {"identity": identity})


def load_reviewed(connection: Connection, batch: Batch, office: str) -> Reviewed:
    """The first officer's word as stored, verified again. Raises StateFault, VerifyFault
    `officer_signature`."""
    batch.require(BatchState.REVIEWED, BatchState.RELEASED)
    first, *_ = _officer(connection, batch.first_officer)
    return Reviewed(
        Determined(office, batch.id, batch.determinations_digest), first, batch.first_signature
    )


def load_ruling(connection: Connection, batch: Batch, office: str) -> Ruling:
    """The ruling of a released batch as stored, verified again: for writing the same files once
    more."""
    batch.require(BatchState.RELEASED)
    second, *_ = _officer(connection, batch.second_officer)
    return rule(load_reviewed(connection, batch, office), second, batch.second_signature)


def destroy_key(connection: Connection, batch: Batch) -> None:
    """Delete the batch's key: its rows and salts cannot be read again by anyone. Closed batches
    only."""
    batch.require(BatchState.RELEASED, BatchState.WITHDRAWN)
    touch_batch(connection, batch.id)
    connection.execute(BATCH.update().where(BATCH.c.id == batch.id).values(wrapped_key=None))


def replace_key(connection: Connection, batch: Batch, wrapped: bytes) -> None:
    """Keep the batch's key as it is wrapped anew."""
    touch_batch(connection, batch.id)
    connection.execute(BATCH.update().where(BATCH.c.id == batch.id).values(wrapped_key=wrapped))


def _step(connection: Connection, batch: Batch, event: Event, values: dict[str, Any]) -> None:
    touch_batch(connection, batch.id)
    after = advance(batch.standing, event)
    change = BATCH.update().where(
        BATCH.c.id == batch.id, BATCH.c.state == batch.state, BATCH.c.generation == batch.generation
    )
    moved = {
        "state": after.state,
        "held_from": after.held_from or "",
        "generation": batch.generation + 1,
    }
    if connection.execute(change.values(**values, **moved)).rowcount != 1:
        raise batch_moved(batch)


def _same_subject(batch: Batch, batch_id: str, digest: str) -> None:
    if (batch.id, batch.determinations_digest) != (batch_id, digest):
        raise batch_moved(batch)


def batch_moved(batch: Batch) -> StateFault:
    """The fault of a step whose batch another program moved meanwhile."""
    return StateFault(
        "batch_moved",
        "the batch is no longer as it was when this step began",
        place=batch.id,
        cure="Another officer or program moved it. Look at it again, then repeat the step if it "
        "still stands.",
    )


# -- chunks ----------------------------------------------------------------------------------


def put_chunk(connection: Connection, batch: Batch, chunk: Chunk) -> None:
    """Keep one sealed chunk. `seq` counts from 0; a chunk is never replaced (StoreFault from the
    transaction)."""
    touch_chunk(connection, batch.id, chunk.kind)
    connection.execute(CHUNK.insert().values(batch_id=batch.id, **msgspec.structs.asdict(chunk)))


def get_chunk(connection: Connection, batch: Batch, kind: ChunkKind, seq: int) -> Chunk:
    """One chunk. Raises StateFault `chunk_missing`."""
    where = (CHUNK.c.batch_id == batch.id, CHUNK.c.kind == kind, CHUNK.c.seq == seq)
    row = connection.execute(select(CHUNK).where(*where)).mappings().first()
    if row is None:
        raise StateFault(
            "chunk_missing",
            "a chunk of this batch is not in the database",
            place=f"{batch.id} {kind} {seq}",
            cure="Restore the database from its backup.",
        )
    return _chunk(row)


def iterate_chunks(connection: Connection, batch: Batch, kind: ChunkKind) -> Iterator[Chunk]:
    """Every chunk of a kind in order, one in memory at a time."""
    chosen = (
        select(CHUNK)
        .where(CHUNK.c.batch_id == batch.id, CHUNK.c.kind == kind)
        .order_by(CHUNK.c.seq)
    )
    rows = connection.execute(chosen.execution_options(yield_per=1)).mappings()
    return (_chunk(row) for row in rows)


def count_chunks(connection: Connection, batch: Batch, kind: ChunkKind) -> tuple[int, int]:
    """(chunks, rows) of a kind that are kept: where a run that was broken off goes on."""
    where = (CHUNK.c.batch_id == batch.id, CHUNK.c.kind == kind)
    counted = (
        select(func.count(), func.coalesce(func.sum(CHUNK.c.row_count), 0))
        .select_from(CHUNK)
        .where(*where)
    )
    chunks, rows = connection.execute(counted).one()
    return int(chunks), int(rows)


def rows_before(connection: Connection, batch: Batch, kind: ChunkKind, seq: int) -> int:
    """How many rows the chunks of a kind before chunk `seq` hold."""
    where = (CHUNK.c.batch_id == batch.id, CHUNK.c.kind == kind, CHUNK.c.seq < seq)
    counted = select(func.coalesce(func.sum(CHUNK.c.row_count), 0)).where(*where)
    return int(connection.execute(counted).scalar_one())


def mark_opened(connection: Connection, batch: Batch, seq: int, openings: int) -> None:
    """The openings of request chunk `seq`, so many, are in the ledger. Raises StateFault
    `chunk_opened` if they were before."""
    touch_batch(connection, batch.id)
    where = (
        CHUNK.c.batch_id == batch.id,
        CHUNK.c.kind == ChunkKind.REQUEST,
        CHUNK.c.seq == seq,
        ~CHUNK.c.opened,
    )
    if (
        connection.execute(
            CHUNK.update().where(*where).values(opened=True, openings=openings)
        ).rowcount
        != 1
    ):
        raise StateFault(
            "chunk_opened",
            "the openings of this chunk are entered already",
            place=f"{batch.id} request {seq}",
            cure="Run `counterfoil determine BATCH` again: it goes on from there.",
        )


def _chunk(row: RowMapping) -> Chunk:
    return Chunk(
        ChunkKind(row["kind"]),
        row["seq"],
        row["row_count"],
        row["opened"],
        row["sealed"],
        row["openings"],
    )
