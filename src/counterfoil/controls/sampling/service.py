"""The sample before release: drawn when a batch is determined, looked at by the officer who reviews
it, entered before the review is.

    determine   `determined` is entered: from its bytes everyone who may read the batch draws the
                same sample (controls/sampling/sheet.py)
    sample      an officer is shown each drawn row: what was asked, beside what was compared, level
                by level; entered as an inspection
    review      the filled sheet comes with the review. `sample` is entered, in the same commit as
                the `review`. One row that the officer does not agree with, and there is no review:
                the batch waits. Who disagreed cannot agree later to the same determinations
    release     refuses, unless the officer whose review stands agreed with the whole sample, and
                the ledger has the entry of that

How many rows: `sample_rows` of office.toml, of those that were confirmed, and as many of those that
were not. Only a sandbox may ask for none.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

from counterfoil.batches import store as batches
from counterfoil.batches.batch import REQUEST, Batch
from counterfoil.batches.chunks import keep_chunk, read_chunk, read_compared
from counterfoil.batches.encryption import BatchKey, unwrap_key
from counterfoil.batches.rows import Granted, Refused, decode_gated
from counterfoil.batches.states import BatchState
from counterfoil.controls.sampling.sheet import (
    SAMPLE,
    SampleFinding,
    SheetRow,
    check_looked,
    decode_looked,
    draw_sample,
    encode_looked,
    looked_bytes,
    sign_looked,
)
from counterfoil.core import canonical
from counterfoil.core.errors import InputFault, StateFault, VerifyFault
from counterfoil.core.values import Match, Officer, Request
from counterfoil.database import Connection
from counterfoil.disclosure.explain import decided_word, request_values
from counterfoil.ledger import Draft, EntryKind
from counterfoil.ledger.entries import decode
from counterfoil.office import Office
from counterfoil.tlog import Signer


def enter_determined(office: Office, connection: Connection, batch: Batch) -> None:
    """Enter that every row is determined, in the commit that makes it so."""
    fields: dict[str, str | int] = {
        "batch": batch.id,
        "determinations": batch.determinations_digest,
    }
    office.ledger.append(connection, [Draft(EntryKind.DETERMINED, fields)], office.clock())


def show_sample(office: Office, batch_id: str, name: str, signer: Signer) -> list[SheetRow]:
    """The sheet of a batch's sample, to be filled in; enters that this officer looked at values.

    Raises StateFault (no such batch, not determined, officer), KeyFault, StoreFault.
    """
    with office.store.transaction() as connection:
        batch = batches.find_batch(connection, batch_id)
        officer = batches.officer_with_key(connection, name, str(signer.verifier))
        batch.require(BatchState.DETERMINED, BatchState.REVIEWED, BatchState.RELEASED)
        key = unwrap_key(batch.id, batch.wrapped_key, office.payload_keys()[0])
        rows = _drawn(office, connection, batch, key)
        looked = canonical.encode({"sample": batch.determinations_digest, "values": True})
        fields = {
            "batch": batch.id,
            "commitment": canonical.commit(key.salt("inspection", 0), looked),
        }
        fields["officer"] = canonical.digest(officer.vkey.encode())
        office.ledger.append(connection, [Draft(EntryKind.INSPECTION, {**fields})], office.clock())
        return [
            _sheet_row(each, rows[each.row]) for each in _requests(connection, batch, key, rows)
        ]


def enter_sample(
    office: Office,
    connection: Connection,
    batch: Batch,
    officer: Officer,
    signer: Signer,
    sheet: Mapping[str, bool] | None,
) -> SampleFinding | None:
    """Enter what the officer found of the sample; None where the office asks for no sample.
    `sheet`: by request id.

    Raises StateFault `sample_not_reviewed` (no sheet), `sample_disagreed_before`, InputFault
    `sample_other`.
    """
    if not office.settings.sample_rows:
        return None
    key = unwrap_key(batch.id, batch.wrapped_key, office.payload_keys()[0])
    ids = {drawn.request_id: row for row, drawn in _drawn(office, connection, batch, key).items()}
    if ids and sheet is None:
        raise not_sampled(batch)
    if ids.keys() != (sheet or {}).keys():
        raise InputFault(
            "sample_other",
            "the sheet is not of the rows that are drawn from this batch as it stands",
            place="--sample",
            cure="Run `counterfoil sample` again, and look at those rows.",
        )
    rows = {ids[request_id]: agrees for request_id, agrees in (sheet or {}).items()}
    looked = sign_looked(
        office.settings.name, batch.id, batch.determinations_digest, rows, officer, signer.private
    )
    before = [
        each
        for _, each in _kept(connection, batch, key)
        if each.determinations == looked.determinations
    ]
    if not looked.disagreed and any(each.disagreed and each.officer == officer for each in before):
        raise StateFault(
            "sample_disagreed_before",
            "this officer did not agree with the sample of these determinations",
            place=batch.id,
            cure="Another officer must look. Where the determination is wrong, withdraw the "
            "batch and open an incident.",
        )
    _enter(office, connection, batch, key, looked)
    return looked


def require_sampled(office: Office, connection: Connection, batch: Batch) -> None:
    """Raise StateFault `sample_not_reviewed` unless whoever reviewed the batch agreed with its
    sample, as the ledger says too."""
    if not office.settings.sample_rows:
        return
    key = unwrap_key(batch.id, batch.wrapped_key, office.payload_keys()[0])
    seqs = batches.count_chunks(connection, batch, SAMPLE)[0]
    if not seqs:
        raise not_sampled(batch)
    index, looked = decode_looked(read_chunk(connection, batch, key, SAMPLE, seqs - 1))
    check_looked(looked)
    of_this = (looked.batch, looked.determinations, looked.officer.name) == (
        batch.id,
        batch.determinations_digest,
        batch.first_officer,
    )
    if (
        not of_this
        or looked.disagreed
        or not _is_entered(office, connection, key, seqs - 1, index, looked)
    ):
        raise not_sampled(batch)


def not_sampled(batch: Batch) -> StateFault:
    """Nobody agreed with the sample of the batch as it stands."""
    return StateFault(
        "sample_not_reviewed",
        "the officer who reviews has not agreed with the sample of this batch",
        place=batch.id,
        cure="Run `counterfoil sample BATCH --to sheet.jsonl`, fill the sheet in, then "
        "`counterfoil review BATCH --sample sheet.jsonl`.",
    )


def disagreed(batch: Batch, count: int) -> StateFault:
    """What the officer is told whose word stops the batch. It is entered."""
    return StateFault(
        "sample_disagreed",
        f"entered: the officer does not agree with {count} rows of the sample; the batch is not "
        "reviewed",
        place=batch.id,
        cure="Find out why with `counterfoil explain`. Withdraw the batch, or have another "
        "officer look; "
        "open an incident if such answers left before.",
    )


def _drawn(office: Office, connection: Connection, batch: Batch, key: BatchKey) -> dict[int, Match]:
    """What was determined of each drawn row, by its number, rising."""
    entry = _determined_entry(office, connection, batch)
    rows = draw_sample(entry, read_compared(connection, batch, key), office.settings.sample_rows)
    wanted = set(rows)
    found = {row.row: row for row in read_compared(connection, batch, key) if row.row in wanted}
    return {row: found[row] for row in rows}


def _determined_entry(office: Office, connection: Connection, batch: Batch) -> bytes:
    """The bytes of the newest entry `determined` of the batch. Raises StateFault
    `sample_not_drawn`."""
    for index, entry in office.ledger.newest_of(connection, EntryKind.DETERMINED):
        if entry.fields == {"batch": batch.id, "determinations": batch.determinations_digest}:
            return next(office.ledger.entries(connection, index, index + 1))
    raise StateFault(
        "sample_not_drawn",
        "the ledger does not say that this batch was determined, so no sample can be drawn",
        place=batch.id,
        cure="It was determined by an older version, or altered: withdraw it, and have its file "
        "sent again.",
    )


def _requests(
    connection: Connection, batch: Batch, key: BatchKey, rows: Container[int]
) -> Iterator[Request]:
    """The requests of these rows, in order."""
    for seq in range(batches.count_chunks(connection, batch, REQUEST)[0]):
        for row in decode_gated(read_chunk(connection, batch, key, REQUEST, seq)):
            if isinstance(row, Granted | Refused):
                request = row.grant.request if isinstance(row, Granted) else row.request
                if request.row in rows:
                    yield request


def _sheet_row(request: Request, decided: Match) -> SheetRow:
    evidence = tuple((each.feature, each.level) for each in decided.evidence)
    return SheetRow(
        request.request_id, decided_word(decided), request_values(request).values, evidence, None
    )


def _kept(
    connection: Connection, batch: Batch, key: BatchKey
) -> Iterator[tuple[int, SampleFinding]]:
    for chunk in batches.iterate_chunks(connection, batch, SAMPLE):
        yield decode_looked(key.open(SAMPLE, chunk.seq, chunk.sealed))


def _enter(
    office: Office, connection: Connection, batch: Batch, key: BatchKey, looked: SampleFinding
) -> None:
    seq = batches.count_chunks(connection, batch, SAMPLE)[0]
    fields: dict[str, str | int] = {
        "batch": batch.id,
        "determinations": looked.determinations,
        "disagreed": looked.disagreed,
    }
    fields |= {"commitment": canonical.commit(key.salt(SAMPLE, seq), looked_bytes(looked))}
    fields |= {"officer": canonical.digest(looked.officer.vkey.encode())}
    index = office.ledger.append(connection, [Draft(EntryKind.SAMPLE, fields)], office.clock())[0]
    keep_chunk(connection, batch, key, SAMPLE, seq, encode_looked(index, looked), 0, office.random)


def _is_entered(
    office: Office,
    connection: Connection,
    key: BatchKey,
    seq: int,
    index: int,
    looked: SampleFinding,
) -> bool:
    if not 0 <= index < office.ledger.size(connection):
        return False
    try:
        entry = decode(next(office.ledger.entries(connection, index, index + 1)), f"entry {index}")
    except VerifyFault:
        return False
    said = canonical.commit(key.salt(SAMPLE, seq), looked_bytes(looked))
    return entry.kind is EntryKind.SAMPLE and entry.fields["commitment"] == said
