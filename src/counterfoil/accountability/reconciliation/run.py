"""The run: everything that happened since the last reconciliation that found no difference,
compared. In this order:

    1  The ledger is checked whole (ledger/check.py); where it diverges nothing else can be
       compared, and that is the fault.
    2  Every batch of the ledger is in the database and the other way round, with the state and the
       counts that its entries make; rows, enrolments, who signed, recalls, duties and every other
       act are those of the ledger (officers.py).
    3  Of each batch with an entry in this time: rows and answers make their entries anew.
    4  The answer files in the folders that were named are those that were released.
    5  The file of the current snapshot of the register, and of each snapshot that decided a batch
       which was released in this time, is the one that its manifest was signed for, byte for byte.
       Of each such batch some answers are decided again.
    6  `reconciled` is entered with counts, and with the number of entries that were compared: the
       next run goes on from there if there was no difference, and begins at the same place if there
       was. What was entered while this one ran is the next one's.

Nothing is mended. A suspension does not stop it: nothing is answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from counterfoil import ledger, register
from counterfoil.accountability.reconciliation.database import compare_rows, compare_state
from counterfoil.accountability.reconciliation.files import Released, compare_files
from counterfoil.accountability.reconciliation.ledger_view import (
    BatchEntries,
    difference,
    read_batch_entries,
)
from counterfoil.accountability.reconciliation.officers import (
    compare_acts,
    compare_officers,
    compare_recalls,
    compare_remembered,
)
from counterfoil.accountability.reconciliation.redecide import Redecided, decide_some_again
from counterfoil.batches import store as batches
from counterfoil.batches.batch import Batch, ChunkKind
from counterfoil.batches.states import BatchState
from counterfoil.core.errors import CounterfoilError, InputFault, StateFault, VerifyFault
from counterfoil.core.use_cases import Actor, Progress, Work
from counterfoil.core.values import Public
from counterfoil.database import Connection
from counterfoil.ledger import EntryKind
from counterfoil.office import Office, journal
from counterfoil.office.authority import require_service
from counterfoil.office.openings import check_counted, check_register
from counterfoil.office.records import read_envelope
from counterfoil.register.snapshots import buckets_of, list_snapshots

WITHIN: Final = timedelta(hours=25)
"""A day, and an hour for the run itself."""


class Reconcile(Public, frozen=True):
    """Compare what happened since the last run that found no difference. `answers`: folders that
    answers are written to; `replays`: answers to decide again, so many of each outcome and batch;
    `whole`: since the office was made."""

    answers: tuple[Path, ...] = ()
    replays: int = 5
    whole: bool = False


class Difference(Public, frozen=True):
    """One difference, as it is shown. Never with a value of a record."""

    code: str
    place: str
    message: str
    cure: str


class Reconciled(Public, frozen=True):
    """What was compared, from entry `since` to `size`; `entry` is the index of the entry that says
    so. `left_out`: answers that were to be decided again and could not be."""

    entry: int
    since: int
    size: int
    batches: int
    rows: int
    files: int
    replayed: int
    left_out: int
    differences: tuple[Difference, ...]


class ReconciliationStatus(Public, frozen=True):
    """When the office was last reconciled, "" for never, and what was found; `late` where that,
    or the making of an office that never was, is more than a day ago."""

    time: str
    differences: int
    late: bool


def reconcile(office: Office, actor: Actor, command: Reconcile) -> Work[Reconciled]:
    """Compare, and enter what was found.

    Raises UsageFault `actor_refused`; VerifyFault as `ledger.check`, InputFault `answers_folder`,
    KeyFault, StoreFault.
    """
    require_service(actor)
    _require_folders(command.answers)
    office.payload_keys()
    compared, released, found = yield from _compare(office, command)
    found += _compare_registers(office, released)  # 5
    again: list[Redecided] = []
    for done, batch in enumerate(released, 1):  # 5
        again.append(decide_some_again(office, batch, command.replays))
        found += again[-1].differences
        yield Progress(done, len(released), "decide again")
    replayed = sum(each.replayed for each in again)
    counts = {"entries": compared.size, "rows": compared.rows, "replayed": replayed}
    counts["differences"] = len(found)
    with office.store.transaction() as connection:
        check_counted(office, connection)
        entry = journal.enter(office, connection, EntryKind.RECONCILED, counts)  # 6
    return msgspec.structs.replace(
        compared,
        entry=entry,
        replayed=replayed,
        left_out=sum(each.left_out for each in again),
        differences=tuple(
            Difference(each.code, each.place, each.message, each.cure) for each in found
        ),
    )


def _compare_registers(office: Office, released: Sequence[Batch]) -> list[VerifyFault]:
    """5, of the registers. One that was removed since, or whose buckets were, is not compared."""
    folder, found = office.register_directory, list[VerifyFault]()
    there = {name for name in list_snapshots(folder) if buckets_of(folder / name)}
    snapshots = there & {batch.snapshot for batch in released}
    with suppress(StateFault):  # No register is built yet.
        snapshots.add(register.current_snapshot(folder))
    for snapshot in sorted(snapshots - {""}):
        try:
            check_register(office, snapshot)
        except CounterfoilError as fault:
            message = f"the register does not check: {fault.message}"
            found.append(difference("reconcile_register", snapshot, message, fault.cure))
    return found


def reconciliation_status(office: Office, _actor: Actor) -> ReconciliationStatus:
    """When the office was last reconciled, and with what result. Anybody may ask."""
    with office.store.reading() as connection:
        found = next(office.ledger.newest_of(connection, EntryKind.RECONCILED), None)
        since = found[1].time if found else office.ledger.begun(connection)
    late = not since or office.clock() - datetime.fromisoformat(since) > WITHIN
    if found is None:
        return ReconciliationStatus("", 0, late)
    return ReconciliationStatus(since, int(found[1].fields["differences"]), late)


def _compare(
    office: Office, command: Reconcile
) -> Work[tuple[Reconciled, list[Batch], list[VerifyFault]]]:
    """1 to 4, in one reading transaction: what was compared, the batches that were released in this
    time and have their rows, and the differences."""
    with office.store.reading() as connection:
        cosigned = office.ledger.cosigned(connection)
        size = ledger.check(connection, office.log_keys, cosigned).size  # 1
        since = 0 if command.whole else _since(office, connection, size)
        entries = read_batch_entries(office.ledger.entries(connection, 0, size))
        kept = batches.list_batches(connection, checked=False)
        found = [*compare_remembered(connection), *_compare_states(kept, entries)]  # 2
        found += [*compare_recalls(office, connection), *compare_acts(office, connection)]
        lately = [batch for batch in kept if batch.id in entries]
        lately = [batch for batch in lately if entries[batch.id].last >= since]
        found += compare_officers(office, connection, lately, entries)
        readable = [batch for batch in lately if batch.wrapped_key is not None]
        rows = 0
        for done, batch in enumerate(readable, 1):  # 3
            found += compare_rows(office, connection, batch, entries[batch.id])
            rows += batches.count_chunks(connection, batch, ChunkKind.REQUEST)[1]
            yield Progress(done, len(readable), "compare")
        released = [
            batch
            for batch in readable
            if batch.release_index is not None and batch.release_index >= since
        ]
        files = 0
        if command.answers:  # 4
            said = _released(office, connection, kept, released)
            files, differing = compare_files(command.answers, said, office.holder_key)
            found += differing
    compared = Reconciled(-1, since, size, len(lately), rows, files, 0, 0, ())
    return compared, released, found


def _compare_states(
    kept: Sequence[Batch], entries: Mapping[str, BatchEntries]
) -> Iterator[VerifyFault]:
    for batch in kept:
        yield from compare_state(batch, entries.get(batch.id))
    for batch_id in sorted(entries.keys() - {batch.id for batch in kept}):
        message = "the ledger has entries of a batch that the database does not hold"
        cure = "Keep the database, tell the inspector, and restore the copy that holds the batch."
        yield difference("reconcile_batch", batch_id, message, cure)


def _released(
    office: Office, connection: Connection, kept: Sequence[Batch], lately: Sequence[Batch]
) -> Released:
    """What was ever released: an old answer may be in a folder too."""
    ever = [batch for batch in kept if batch.state is BatchState.RELEASED]
    return Released(
        envelopes={
            batch.id: read_envelope(office.batch_session(connection, batch))
            for batch in ever
            if batch.wrapped_key is not None
        },
        disposed=frozenset(batch.id for batch in ever if batch.wrapped_key is None),
        lately=frozenset(batch.id for batch in lately),
    )


def _since(office: Office, connection: Connection, size: int) -> int:
    """How far the newest reconciliation came that found no difference."""
    for index, entry in office.ledger.newest_of(connection, EntryKind.RECONCILED):
        if index < size and entry.fields["differences"] == 0:
            return int(entry.fields["entries"])
    return 0


def _require_folders(folders: Sequence[Path]) -> None:
    for folder in folders:
        if not folder.is_dir():
            raise InputFault(
                "answers_folder",
                "the folder of answers cannot be read",
                place=folder.name,
                cure="Name the folder that answers are written to.",
            )
