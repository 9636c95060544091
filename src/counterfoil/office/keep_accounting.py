"""Making the permanent accounting of a batch (accounting_records.py) from its rows, in the commit
that closes it: disposal of the rows then leaves it.

What making it establishes, chunk by chunk; a fault leaves nothing:

    1  each row is the one that its entry `granted`, `refused` or `rejected` commits to, and no
       entry of the batch is left over
    2  the determinations of a released batch are those that both officers signed
    3  each answer has its entry `disclosure` or `not_compared`, and none is left over
    4  where the ledger has the batch's entry `accounting` already, because the tables lost what
       they held, the lines made anew are those that it commits to

A batch that an earlier version closed has no such entry. Its accounting is made by
`counterfoil accounting keep`, or at disposal; the entry then says when.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import Final, NamedTuple

from counterfoil.batches import store as batches
from counterfoil.batches.batch import Batch, ChunkKind
from counterfoil.batches.rows import count_answers, count_rows, ruled_plain
from counterfoil.batches.session import BatchSession
from counterfoil.batches.states import BatchState
from counterfoil.core.errors import CounterfoilError
from counterfoil.core.instants import instant_text
from counterfoil.core.values import Public
from counterfoil.core.worker_pool import worker_count_of, worker_pool
from counterfoil.database import Connection
from counterfoil.gate.law.load import Law
from counterfoil.ledger import EntryKind
from counterfoil.ledger.store import find_before, rows_of_batch
from counterfoil.office import journal
from counterfoil.office.accounting.making import Chunk, Piece, RecordMaker, accounting_disagrees
from counterfoil.office.accounting_law import accounting_of_route
from counterfoil.office.accounting_records import (
    CHUNK_RECORDS,
    NOT_STATED,
    AccountingSeal,
    KeptBatch,
    LinesDigest,
    Occasion,
    count_kept,
    delete_records,
    find_kept,
    line_of,
    pack_records,
    put_kept,
    put_records,
    read_records,
    split_lines,
)
from counterfoil.office.context import Office
from counterfoil.office.records import law_of_batch, public_codes

ROW_KINDS: Final = {EntryKind.GRANTED, EntryKind.REFUSED, EntryKind.REJECTED}
"""Of each row of a file one entry of one of these kinds."""
ANSWER_KINDS: Final = {EntryKind.DISCLOSURE, EntryKind.NOT_COMPARED}
"""Of each answer to an admitted request one entry of one of these kinds."""
CLOSED: Final = {BatchState.RELEASED: "released", BatchState.WITHDRAWN: "withdrawn"}


class KeptAccounting(Public, frozen=True):
    """The accounting of a batch as it is kept: the place of its entry, and how many records it
    has. `already`: it was kept before."""

    batch: str
    entry: int
    rows: int
    already: bool = False


def keep_accounting(office: Office, connection: Connection, batch_id: str) -> KeptAccounting:
    """Make and keep the accounting of a closed batch, and enter it, in the caller's commit. One
    that is kept is left as it is.

    Raises StateFault `batch_not_ready`, `payload_destroyed`; VerifyFault `accounting_disagrees`,
    `determinations_changed`; KeyFault, StoreFault.
    """
    batch = batches.find_batch(connection, batch_id)
    batch.require(*CLOSED)
    kept = find_kept(connection, batch.id)
    if kept is not None:
        return KeptAccounting(batch.id, kept.entry_index, kept.row_count, already=True)
    entered = _entered(office, connection, batch.id)
    delete_records(connection, batch.id)
    seal, session = AccountingSeal(office), office.batch_session(connection, batch)
    terms = _terms_of(office, session)
    head = line_of(occasion_of(office, connection, batch, terms.law))
    digest, rows = LinesDigest(head), 0
    pieces = _pieces(office, session, terms, packs=True)
    for seq, (plain, count, packed) in enumerate(_sealed_together(pieces)):
        digest.add(plain)
        sealed = seal.seal_records(batch.id, seq, packed or pack_records(plain))
        put_records(connection, batch.id, seq, count, sealed)
        rows += count
    fields: dict[str, str | int] = {
        "batch": batch.id,
        "commitment": digest.commitment(seal.salt(batch.id)),
        "rows": rows,
    }
    if entered is None:
        entered = journal.enter(office, connection, EntryKind.ACCOUNTING, fields)
    _require_entered(office, connection, entered, fields)  # 4
    put_kept(connection, KeptBatch(batch.id, entered, rows, seal.seal_head(batch.id, head)))
    return KeptAccounting(batch.id, entered, rows)


def _sealed_together(pieces: Iterator[Piece]) -> Iterator[tuple[bytes, int, bytes]]:
    """Lines that are sealed together, how many, and compressed where they were one piece."""
    held, count = list[bytes](), 0
    for piece in pieces:
        if piece.packed:
            yield piece.lines, piece.count, piece.packed
            continue
        held.append(piece.lines)
        count += piece.count
        if count == CHUNK_RECORDS:
            yield b"".join(held), count, b""
            held, count = [], 0
    if held:
        yield b"".join(held), count, b""


def read_kept(
    office: Office, connection: Connection, kept: KeptBatch, seal: AccountingSeal
) -> tuple[bytes, Iterator[bytes]]:
    """The batch's line and each record's of what is kept, as they were made. After the last one it
    is certain that they are what the ledger's entry commits to: use nothing of them before, unless
    the fault takes it back.

    Raises StoreFault `accounting_sealed`; at the end VerifyFault `accounting_disagrees`.
    """
    head = seal.open_head(kept)
    return head, _read_lines(office, connection, kept, seal, head)


def _read_lines(
    office: Office, connection: Connection, kept: KeptBatch, seal: AccountingSeal, head: bytes
) -> Iterator[bytes]:
    digest, rows = LinesDigest(head), 0
    for seq, sealed in read_records(connection, kept.batch_id):
        plain = seal.open_records(kept.batch_id, seq, sealed)
        digest.add(plain)
        for line in split_lines(plain):
            rows += 1
            yield line
    said = {
        "batch": kept.batch_id,
        "commitment": digest.commitment(seal.salt(kept.batch_id)),
        "rows": rows,
    }
    if rows != kept.row_count:
        raise accounting_disagrees(kept.batch_id)
    _require_entered(office, connection, kept.entry_index, said)


def _entered(office: Office, connection: Connection, batch: str) -> int | None:
    """The place of the batch's entry `accounting`, or None. The ledger is searched only where it
    counts more such entries than there are batches with an accounting."""
    if office.ledger.counts(connection)[EntryKind.ACCOUNTING] == count_kept(connection):
        return None
    size = office.ledger.size(connection)
    return find_before(connection, EntryKind.ACCOUNTING, {"batch": batch}, size)


def _require_entered(
    office: Office, connection: Connection, index: int, fields: dict[str, str | int]
) -> None:
    entry = office.ledger.entry(connection, index)
    if entry is None or (entry.kind, entry.fields) != (EntryKind.ACCOUNTING, fields):
        raise accounting_disagrees(str(fields["batch"]))


# -- making ------------------------------------------------------------------------------------


class _Terms(NamedTuple):
    """What the law that judged the batch says of it: None where this office no longer has it."""

    law: Law | None
    codes: dict[str, str]


def make_lines(office: Office, session: BatchSession) -> tuple[bytes, Iterator[bytes]]:
    """The batch's line and each record's, from its rows, whether the batch is closed or open. See
    the module; what it establishes is certain after the last line."""
    terms = _terms_of(office, session)
    occasion = occasion_of(office, session.connection, session.batch, terms.law)
    lines = (line for piece in _pieces(office, session, terms) for line in split_lines(piece.lines))
    return line_of(occasion), lines


def _terms_of(office: Office, session: BatchSession) -> _Terms:
    """The law that judged the batch, by its route. An accounting has to be made of a batch whose
    law this version cannot read as well: it then says what the file said."""
    batch = session.batch
    try:
        law = law_of_batch(office, session.connection, batch, "Account for")
        law = law.for_route(batch.header.route)
    except CounterfoilError:
        return _Terms(None, {})
    return _Terms(law, public_codes(law))


def occasion_of(
    office: Office, connection: Connection, batch: Batch, law: Law | None = None
) -> Occasion:
    """What the records of a batch share. Raises VerifyFault `accounting_disagrees` where the ledger
    has no entry that the batch was received."""
    header, row = batch.header, accounting_of_route(batch.header.route)
    party = law.agreement.parties.requester if law else None
    titles = {each.id: each.title for each in law.agreement.principals} if law else {}
    return Occasion(
        batch=batch.id,
        entry=_entry_of(connection, batch, EntryKind.BATCH),
        requester=header.requester,
        requester_name=party.name if party else "",
        requester_address=(party.address if party else None) or NOT_STATED,
        principal=header.principal,
        principal_title=titles.get(header.principal, ""),
        agreement=batch.agreement,
        agreement_digest=batch.agreement_digest,
        agreement_purposes=law.agreement.purposes if law else (),
        rules=batch.rules_digest,
        route=header.route,
        provision=row.provision,
        accounted=law.route.accounted if law else True,
        sent_on=header.sent_on,
        received_on=instant_text(batch.received_at)[:10],
        closed=CLOSED.get(batch.state, ""),
        closed_on=_closed_on(office, connection, batch),
        holder_officers=tuple(name for name in (batch.first_officer, batch.second_officer) if name),
        rows=batches.count_chunks(connection, batch, ChunkKind.REQUEST)[1],
    )


def _closed_on(office: Office, connection: Connection, batch: Batch) -> str:
    if batch.released_at is not None:
        return instant_text(batch.released_at)[:10]
    if batch.state is not BatchState.WITHDRAWN:
        return ""
    entry = office.ledger.entry(connection, _entry_of(connection, batch, EntryKind.WITHDRAWAL))
    return entry.time[:10] if entry else ""


def _entry_of(connection: Connection, batch: Batch, kind: EntryKind) -> int:
    found = next(_entries(connection, batch, {kind}), None)
    if found is None:
        raise accounting_disagrees(batch.id)
    return found[0]


def _entries(
    connection: Connection, batch: Batch, kinds: set[EntryKind]
) -> Iterator[tuple[int, EntryKind, str]]:
    return rows_of_batch(connection, batch.id, instant_text(batch.received_at), kinds)


def _pieces(
    office: Office, session: BatchSession, terms: _Terms, *, packs: bool = False
) -> Iterator[Piece]:
    """The lines of the batch's records. packs: they are to be sealed, by several processes where
    the batch is large."""
    chunks, rows = session.count(ChunkKind.REQUEST)
    count = worker_count_of(office.settings.workers, rows, chunks) if packs else 1
    key, batch = journal.accounting_key(office), session.batch.id
    of_batch = batch, key, terms.law, terms.codes, session.grants
    with worker_pool(count, partial(RecordMaker, packs=packs), *of_batch) as pool:
        for pieces in pool.each("pieces", _chunks(office, session)):
            yield from pieces


def _chunks(office: Office, session: BatchSession) -> Iterator[tuple[Chunk]]:
    """Each chunk of the batch; after the last one it is certain that nothing is left over."""
    connection, batch, place = session.connection, session.batch, 0
    entries = _entries(connection, batch, ROW_KINDS)
    answers = _entries(connection, batch, ANSWER_KINDS)
    decided = _decided(office, session)
    for plain in session.read_all(ChunkKind.REQUEST):
        count, found = count_rows(plain), next(decided, b"")
        yield (
            Chunk(
                place,
                plain,
                found,
                session.key.salts("request", range(place, place + count)),
                list(islice(entries, count)),
                list(islice(answers, count_answers(found))) if found else (),
            ),
        )
        place += count
    left = next(decided, None), next(entries, None), next(answers, None)  # 1 2 3
    if left != (None, None, None):
        raise accounting_disagrees(batch.id)


def _decided(office: Office, session: BatchSession) -> Iterator[bytes]:
    """What was determined of each request chunk of a released batch; none where nothing left."""
    if session.batch.state is not BatchState.RELEASED:
        return iter(())
    ruling = batches.load_ruling(session.connection, session.batch, office.settings.name)
    return ruled_plain(session.read_all(ChunkKind.DETERMINATION), session.key, ruling)  # 2
