"""The run: everything that happened since the last reconciliation that found no difference,
compared. In this order:

    1  The ledger is checked whole (ledger/check.py); where it diverges nothing else can be
       compared, and that is the fault.
    2  Every batch of the ledger stands in the database and the other way round, with the state and
       the counts that its entries make.
    3  Of each batch with an entry in this time: rows and answers make their entries anew.
    4  The answer files in the folders that were named are those that were released.
    5  Of each batch that was released in this time some answers are decided again.
    6  `reconciled` is entered with counts, and with the number of entries that were compared: the
       next run goes on from there if there was no difference, and begins at the same place if there
       was. What was entered while this one ran is the next one's.

Nothing is mended. Not held up by a suspension: nothing is answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from counterfoil import ledger
from counterfoil.accountability.reconciliation.database import (
    compare_rows,
    compare_standing,
    released_files,
)
from counterfoil.accountability.reconciliation.files import Released, compare_files
from counterfoil.accountability.reconciliation.ledger_view import (
    BatchEntries,
    difference,
    read_told,
)
from counterfoil.accountability.reconciliation.redecide import decide_some_again
from counterfoil.batches import store as batches
from counterfoil.batches.batch import REQUEST, Batch
from counterfoil.batches.encryption import unwrap_key
from counterfoil.batches.states import BatchState
from counterfoil.core.errors import InputFault, VerifyFault
from counterfoil.core.values import Public
from counterfoil.database import Connection
from counterfoil.disclosure.sealed_answer import Envelope
from counterfoil.ledger import Draft, EntryKind
from counterfoil.office import Office

WITHIN: Final = timedelta(hours=25)
"""A day, and an hour for the run itself."""


class Difference(Public, frozen=True):
    """One difference, as it is told. Never with a value of a record."""

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
    """When the office was last reconciled, "" for never, and what was found; `late` where that is
    more than a day ago."""

    time: str
    differences: int
    late: bool


def reconcile(
    office: Office, folders: Sequence[Path] = (), replays: int = 5, *, whole: bool = False
) -> Reconciled:
    """Compare, and enter what was found. `whole`: since the office was made; `replays`: of each
    outcome and batch.

    Raises VerifyFault as `ledger.check`, InputFault `answers_folder`, KeyFault, StoreFault.
    """
    _require_folders(folders)
    office.payload_keys()
    with office.store.reading() as connection:
        size = ledger.check(connection, office.holder_key, office.ledger.cosigned(connection)).size
        since = 0 if whole else _since(office, connection, size)
        told = read_told(office.ledger.entries(connection, 0, size))
        held = batches.list_batches(connection)
        found = [*_compare_standing(held, told)]
        lately = [batch for batch in held if batch.id in told and told[batch.id].last >= since]
        readable = [batch for batch in lately if batch.wrapped_key is not None]
        for batch in readable:
            found += compare_rows(office, connection, batch, told[batch.id])
        rows = sum(batches.count_chunks(connection, batch, REQUEST)[1] for batch in readable)
        released = [
            batch
            for batch in readable
            if batch.release_index is not None and batch.release_index >= since
        ]
        files, differing = _compare_files(office, connection, folders, held, released)
    again = [decide_some_again(office, batch, replays) for batch in released]
    found += [*differing, *(fault for each in again for fault in each.differences)]
    replayed, left_out = (
        sum(getattr(each, name) for each in again) for name in ("replayed", "left_out")
    )
    entry = _enter(
        office, {"entries": size, "rows": rows, "differences": len(found), "replayed": replayed}
    )
    told_all = tuple(Difference(each.code, each.place, each.message, each.cure) for each in found)
    return Reconciled(entry, since, size, len(lately), rows, files, replayed, left_out, told_all)


def reconciliation_status(office: Office, connection: Connection) -> ReconciliationStatus:
    """How the office stands with it."""
    found = next(office.ledger.newest_of(connection, EntryKind.RECONCILED), None)
    if found is None:
        return ReconciliationStatus("", 0, late=True)
    _, newest = found
    late = office.clock() - datetime.fromisoformat(newest.time) > WITHIN
    return ReconciliationStatus(newest.time, int(newest.fields["differences"]), late)


def _compare_standing(
    held: Sequence[Batch], told: dict[str, BatchEntries]
) -> Iterator[VerifyFault]:
    for batch in held:
        yield from compare_standing(batch, told.get(batch.id))
    for batch_id in sorted(told.keys() - {batch.id for batch in held}):
        cure = "Keep the database, tell the inspector, and restore the copy that holds the batch."
        yield difference(
            "reconcile_batch",
            batch_id,
            "the ledger has entries of a batch that the database does not hold",
            cure,
        )


def _compare_files(
    office: Office,
    connection: Connection,
    folders: Sequence[Path],
    held: Sequence[Batch],
    lately: Sequence[Batch],
) -> tuple[int, list[VerifyFault]]:
    """Statement 4. The envelopes of all released batches are read: an old answer may stand in the
    folder too."""
    if not folders:
        return 0, []
    ever = [batch for batch in held if batch.state is BatchState.RELEASED]
    envelopes: dict[str, Envelope] = {}
    for batch in ever:
        if batch.wrapped_key is not None:
            key = unwrap_key(batch.id, batch.wrapped_key, office.payload_keys()[0])
            envelopes[batch.id] = released_files(connection, batch, key)
    disposed = frozenset(batch.id for batch in ever if batch.wrapped_key is None)
    released = Released(envelopes, disposed, frozenset(batch.id for batch in lately))
    return compare_files(folders, released, office.holder_key)


def _since(office: Office, connection: Connection, size: int) -> int:
    """How far the newest reconciliation came that found no difference."""
    for index, entry in office.ledger.newest_of(connection, EntryKind.RECONCILED):
        if index < size and entry.fields["differences"] == 0:
            return int(entry.fields["entries"])
    return 0


def _enter(office: Office, counts: dict[str, int]) -> int:
    with office.store.transaction() as connection:
        return office.ledger.append(
            connection, [Draft(EntryKind.RECONCILED, {**counts})], office.clock()
        )[0]


def _require_folders(folders: Sequence[Path]) -> None:
    for folder in folders:
        if not folder.is_dir():
            raise InputFault(
                "answers_folder",
                "the folder of answers cannot be read",
                place=folder.name,
                cure="Name the folder that answers are written to.",
            )
