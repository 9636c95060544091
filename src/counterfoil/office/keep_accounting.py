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

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Final, NamedTuple

import msgspec

from counterfoil.batches import store as batches
from counterfoil.batches.batch import Batch, ChunkKind
from counterfoil.batches.rows import (
    Determination,
    Gated,
    Granted,
    Refused,
    Rejected,
    decode_gated,
    ruled_chunks,
)
from counterfoil.batches.session import BatchSession, request_of
from counterfoil.batches.states import BatchState
from counterfoil.core import canonical
from counterfoil.core.errors import CounterfoilError, VerifyFault
from counterfoil.core.instants import instant_text
from counterfoil.core.values import EngagedOfficer, NotCompared, Public, Refusal, Request
from counterfoil.database import Connection
from counterfoil.gate.history.traces import Traces, statute_of, traces_text, traces_text_of
from counterfoil.gate.law.load import Law
from counterfoil.ledger import EntryKind
from counterfoil.ledger.store import find_before, rows_of_batch
from counterfoil.office import journal
from counterfoil.office.accounting_law import accounting_of_route
from counterfoil.office.accounting_records import (
    CHUNK_RECORDS,
    NOT_ANSWERED,
    NOT_STATED,
    REFUSED,
    REJECTED,
    AccountingSeal,
    AccountRecord,
    KeptBatch,
    LinesDigest,
    Occasion,
    count_kept,
    delete_records,
    find_kept,
    line_of,
    put_kept,
    put_records,
    read_records,
    split_lines,
)
from counterfoil.office.context import Office
from counterfoil.office.records import decided_word, law_of_batch, public_codes

ROW_KINDS: Final = {EntryKind.GRANTED, EntryKind.REFUSED, EntryKind.REJECTED}
"""Of each row of a file one entry of one of these kinds."""
ANSWER_KINDS: Final = {EntryKind.DISCLOSURE, EntryKind.NOT_COMPARED}
"""Of each answer to an admitted request one entry of one of these kinds."""
CLOSED: Final = {BatchState.RELEASED: "released", BatchState.WITHDRAWN: "withdrawn"}
_raw_rows: Final = msgspec.msgpack.Decoder(list[msgspec.Raw]).decode
_NOBODY: Final = traces_text(Traces())


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
    head, lines = make_lines(office, session)
    digest, rows, seq = LinesDigest(head), 0, 0
    while chunk := list(islice(lines, CHUNK_RECORDS)):
        plain = b"\n".join([*chunk, b""])
        digest.add(plain)
        sealed = seal.seal_records(batch.id, seq, plain)
        put_records(connection, batch.id, seq, len(chunk), sealed)
        rows, seq = rows + len(chunk), seq + 1
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


def accounting_disagrees(batch: str) -> VerifyFault:
    """The accounting of a batch is not what the ledger says of it."""
    return VerifyFault(
        "accounting_disagrees",
        "the accounting of this batch, or what it is made from, is not what the ledger says",
        place=batch,
        cure="Keep this database, restore the backup that checks, and find out who altered it.",
    )


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
    return line_of(occasion), map(line_of, _records(office, session, terms))


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


def _records(office: Office, session: BatchSession, terms: _Terms) -> Iterator[AccountRecord]:
    connection, batch = session.connection, session.batch
    make = _RecordMaker(journal.accounting_key(office), terms, session)
    entries = _entries(connection, batch, ROW_KINDS)
    answers = _entries(connection, batch, ANSWER_KINDS)
    decided, place = _decided(office, session), 0
    for plain in session.read_all(ChunkKind.REQUEST):
        rows, encoded = decode_gated(plain), _raw_rows(plain)
        determined = {each.row: each for each in next(decided, ())}
        salts = session.key.salts("request", range(place, place + len(rows)))
        for row, data, salt in zip(rows, encoded, salts, strict=True):
            index, kind, commitment = next(entries, _MISSING)
            if (kind, commitment) != (_kind_of(row), canonical.commit(salt, bytes(data))):  # 1
                raise accounting_disagrees(batch.id)
            found = None if isinstance(row, Rejected) else determined.get(request_of(row).row)
            answer = _MISSING
            if found is not None and not isinstance(found, Refusal):
                answer = next(answers, _MISSING)
                if answer[1] is not _answer_kind(found):  # 3
                    raise accounting_disagrees(batch.id)
            yield make.record(row, found, (index, commitment), answer)
        place += len(rows)
    left = next(decided, None), next(entries, None), next(answers, None)  # 1 2 3
    if left != (None, None, None):
        raise accounting_disagrees(batch.id)


_MISSING: Final = (-1, EntryKind.OFFICE, "")


def _decided(office: Office, session: BatchSession) -> Iterator[Sequence[Determination]]:
    """What was determined of each request chunk of a released batch; none where nothing left."""
    if session.batch.state is not BatchState.RELEASED:
        return iter(())
    ruling = batches.load_ruling(session.connection, session.batch, office.settings.name)
    return ruled_chunks(session.read_all(ChunkKind.DETERMINATION), session.key, ruling)  # 2


def _kind_of(row: Gated) -> EntryKind:
    if isinstance(row, Rejected):
        return EntryKind.REJECTED
    return EntryKind.GRANTED if isinstance(row, Granted) else EntryKind.REFUSED


def _answer_kind(found: Determination) -> EntryKind:
    return EntryKind.NOT_COMPARED if isinstance(found, NotCompared) else EntryKind.DISCLOSURE


class _RecordMaker:
    """Makes the records of one batch."""

    def __init__(self, key: bytes, terms: _Terms, session: BatchSession) -> None:
        self._key, self._terms = key, terms
        self._overrides = session.overrides
        self._statutes: dict[str, str] = {}

    def record(
        self,
        row: Gated,
        found: Determination | None,
        entry: tuple[int, str],
        answer: tuple[int, EntryKind, str],
    ) -> AccountRecord:
        """The record of one row."""
        if isinstance(row, Rejected):
            return _of_reject(row, entry)
        request = request_of(row)
        override = self._overrides.get(request.row)
        admitted = override.grant if override else row.grant if isinstance(row, Granted) else None
        address = admitted.address if admitted else request.address
        keys = traces_text_of(self._key, request.person, address)
        known = self._statute(request.statutory_authority), keys, override is not None
        return _record(request, self._answered(row, found), known, (entry, answer))

    def _statute(self, written: str) -> str:
        law = self._terms.law
        if law is None:
            return written
        if written not in self._statutes:
            if len(self._statutes) >= _STATUTES_KEPT:
                self._statutes.clear()
            self._statutes[written] = statute_of(written, law.agreement)
        return self._statutes[written]

    def _answered(
        self, row: Granted | Refused, found: Determination | None
    ) -> tuple[str, tuple[str, ...]]:
        """The outcome and its codes. What was refused is refused, whether or not the answer file
        left that says so."""
        refusal = found if isinstance(found, Refusal) else None
        if found is None and isinstance(row, Refused):
            refusal = row.refusal
        if refusal is not None:
            codes = [self._terms.codes.get(each.element, each.element) for each in refusal.failed]
            return REFUSED, tuple(dict.fromkeys(codes))
        if isinstance(found, NotCompared):
            return decided_word(found), (found.code,)
        return decided_word(found) or NOT_ANSWERED, ()


_STATUTES_KEPT: Final = 1024


def _of_reject(row: Rejected, entry: tuple[int, str]) -> AccountRecord:
    """The record of a row that could not be read: there is nothing of it but where it failed."""
    reject = row.reject
    return AccountRecord(
        row=reject.row,
        request_id="",
        given_name="",
        middle_name="",
        family_name="",
        suffix="",
        reason="",
        statute="",
        statute_as_written="",
        taxable_periods=(),
        engaged_officers=(),
        outcome=REJECTED,
        codes=(f"{reject.field}: {reject.code}",),
        two_roles=False,
        entry=entry[0],
        commitment=entry[1],
        answer_entry=_MISSING[0],
        answer_commitment=_MISSING[2],
        person_keys=_NOBODY,
    )


@lru_cache(maxsize=1024)
def _officers(engaged: tuple[EngagedOfficer, ...]) -> tuple[dict[str, str], ...]:
    """The officers of a request as a record has them. Teams repeat."""
    return tuple(map(msgspec.structs.asdict, engaged))


def _record(
    request: Request,
    answered: tuple[str, tuple[str, ...]],
    known: tuple[str, str, bool],
    entries: tuple[tuple[int, str], tuple[int, EntryKind, str]],
) -> AccountRecord:
    person, (entry, answer) = request.person, entries
    return AccountRecord(
        row=request.row,
        request_id=request.request_id,
        given_name=person.given_name,
        middle_name=person.middle_name,
        family_name=person.family_name,
        suffix=person.suffix,
        reason=request.reason,
        statute=known[0],
        statute_as_written=request.statutory_authority,
        taxable_periods=request.taxable_periods,
        engaged_officers=_officers(request.engaged_officers),
        outcome=answered[0],
        codes=answered[1],
        two_roles=known[2],
        entry=entry[0],
        commitment=entry[1],
        answer_entry=answer[0],
        answer_commitment=answer[2],
        person_keys=known[1],
    )
