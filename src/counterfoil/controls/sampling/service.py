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

from collections.abc import Iterator, Mapping
from typing import Final

from counterfoil.batches import store as batches
from counterfoil.batches.batch import Batch, ChunkKind
from counterfoil.batches.rows import Rejected
from counterfoil.batches.session import BatchSession, request_of
from counterfoil.batches.states import BatchState
from counterfoil.controls.sampling.sheet import (
    KeptFinding,
    SampleFinding,
    SheetOf,
    SheetRow,
    check_finding,
    decode_finding,
    draw_sample,
    encode_finding,
    finding_bytes,
)
from counterfoil.core import canonical
from counterfoil.core.errors import InputFault, StateFault, VerifyFault
from counterfoil.core.use_cases import Actor
from counterfoil.core.values import Match, Officer, Public, Request, Sensitive
from counterfoil.database import Connection
from counterfoil.ledger import EntryKind
from counterfoil.office import Office, journal
from counterfoil.office.authority import require_officer
from counterfoil.office.records import decided_word, printable, request_values

_LOOKABLE: Final = (BatchState.DETERMINED, BatchState.REVIEWED, BatchState.RELEASED)


class ShowSample(Public, frozen=True):
    """The sample of a batch, to be looked at."""

    batch: str


class Found(Sensitive, frozen=True):
    """What an officer found of a sample, and its commitment."""

    finding: SampleFinding
    commitment: str


def enter_determined(office: Office, connection: Connection, batch: Batch) -> None:
    """Enter that every row is determined, in the commit that makes it so."""
    fields = {"batch": batch.id, "determinations": batch.determinations_digest}
    journal.enter(office, connection, EntryKind.DETERMINED, fields)


def show_sample(office: Office, actor: Actor, question: ShowSample) -> list[SheetRow]:
    """The sheet of a batch's sample, to be filled in; enters that this officer looked at values.

    Raises StateFault (no such batch, not determined, officer), KeyFault, StoreFault.
    """
    with office.store.transaction() as connection:
        officer = require_officer(connection, actor)
        batch = batches.find_batch(connection, question.batch)
        batch.require(*_LOOKABLE)
        session = office.batch_session(connection, batch)
        rows = _sheet_rows(office, session)
        looked = canonical.encode({"sample": batch.determinations_digest, "values": True})
        commitment = canonical.commit(session.key.salt("inspection", 0), looked)
        fields = {"batch": batch.id, "commitment": commitment}
        journal.enter(office, connection, EntryKind.INSPECTION, fields, officer)
        return [row for _, row in rows]


def find_sample(
    office: Office, session: BatchSession, officer: Officer, sheet: Mapping[str, bool] | None
) -> Found | None:
    """What the officer found of the sample, by the sheet: what was written of each row, by the
    row's digest; None where the office asks for no sample.

    Raises StateFault `sample_not_reviewed` (no sheet), `sample_disagreed_before`, InputFault
    `sample_other`.
    """
    if not office.settings.sample_rows:
        return None
    batch = session.batch
    drawn = {row.digest: number for number, row in _sheet_rows(office, session)}
    if drawn and sheet is None:
        raise not_sampled(batch)
    if drawn.keys() != (sheet or {}).keys():
        raise InputFault(
            "sample_other",
            "the sheet is not of the rows that are drawn from this batch as it stands, as they "
            "were shown",
            place="--sheet",
            cure="Have the sheet written again with `counterfoil review BATCH --sheet-out FILE`, "
            "look at those rows, and change nothing but what stands under `agrees`.",
        )
    rows = {drawn[digest]: agrees for digest, agrees in (sheet or {}).items()}
    finding = SampleFinding(
        office.settings.name,
        batch.id,
        batch.determinations_digest,
        tuple(sorted(rows.items())),
        officer,
    )
    if not finding.disagreed and _disagreed_before(session, finding):
        raise StateFault(
            "sample_disagreed_before",
            "this officer did not agree with the sample of these determinations",
            place=batch.id,
            cure="Another officer must look. Where the determination is wrong, withdraw the batch "
            "and open an incident.",
        )
    return Found(finding, _commitment(session, session.count(ChunkKind.SAMPLE)[0], finding))


def enter_sample(office: Office, session: BatchSession, found: Found, signed: str) -> None:
    """Enter what the officer found of the sample. `signed`: the kept form of the signed
    statement of the review."""
    finding = found.finding
    fields: dict[str, str | int] = {
        "batch": session.batch.id,
        "determinations": finding.determinations,
        "disagreed": finding.disagreed,
        "commitment": found.commitment,
    }
    index = journal.enter(office, session.connection, EntryKind.SAMPLE, fields, finding.officer)
    plain = encode_finding(KeptFinding(index, finding, signed))
    session.keep(ChunkKind.SAMPLE, plain, office.random, seq=session.count(ChunkKind.SAMPLE)[0])


def require_sampled(office: Office, session: BatchSession) -> None:
    """Raise StateFault `sample_not_reviewed` unless whoever reviewed the batch agreed with its
    sample, as the ledger says too."""
    if not office.settings.sample_rows:
        return
    batch, chunks = session.batch, session.count(ChunkKind.SAMPLE)[0]
    if not chunks:
        raise not_sampled(batch)
    kept = decode_finding(session.read(ChunkKind.SAMPLE, chunks - 1))
    finding, commitment = kept.finding, _commitment(session, chunks - 1, kept.finding)
    check_finding(kept, commitment)
    if (
        (finding.batch, finding.determinations) != (batch.id, batch.determinations_digest)
        or finding.officer.name != batch.first_officer
        or finding.disagreed
        or not _is_entered(office, session.connection, kept.index, commitment)
    ):
        raise not_sampled(batch)


def has_concluded(session: BatchSession, officer: Officer) -> bool:
    """Whether a finding of this officer about the batch's determinations, as they stand, is
    entered."""
    return any(
        (each.officer, each.determinations) == (officer, session.batch.determinations_digest)
        for each in _findings(session)
    )


def not_sampled(batch: Batch) -> StateFault:
    """Nobody agreed with the sample of the batch as it stands."""
    return StateFault(
        "sample_not_reviewed",
        "the officer who reviews has not agreed with the sample of this batch",
        place=batch.id,
        cure="At a terminal `counterfoil review BATCH` shows it row by row. Elsewhere run "
        "`counterfoil review BATCH --sheet-out sheet.csv`, fill the sheet in, then "
        "`counterfoil review BATCH --sheet sheet.csv`.",
    )


def disagreed(batch: Batch, count: int) -> StateFault:
    """What the officer reads who does not agree and so stops the batch. It is entered."""
    return StateFault(
        "sample_disagreed",
        f"entered: the officer does not agree with {count} rows of the sample; the batch is not "
        "reviewed",
        place=batch.id,
        cure="Find out why with `counterfoil explain BATCH REQUEST_ID`. Withdraw the batch, or "
        "have another officer "
        "look; open an incident if such answers left before.",
    )


def _drawn(office: Office, session: BatchSession) -> dict[int, Match]:
    """What was determined of each drawn row, by its number, rising."""
    entry = _determined_entry(office, session)
    rows = draw_sample(entry, session.compared(), office.settings.sample_rows)
    wanted = set(rows)
    found = {row.row: row for row in session.compared() if row.row in wanted}
    return {row: found[row] for row in rows}


def _determined_entry(office: Office, session: BatchSession) -> bytes:
    """The bytes of the newest entry `determined` of the batch. Raises StateFault
    `sample_not_drawn`."""
    batch, connection = session.batch, session.connection
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


def _sheet_rows(office: Office, session: BatchSession) -> list[tuple[int, SheetRow]]:
    """The drawn rows as an officer is shown them, with their numbers."""
    drawn, batch = _drawn(office, session), session.batch
    of = SheetOf(batch.determinations_digest, batch.round)
    return [
        (request.row, _sheet_row(request, drawn[request.row], of))
        for _, rows in session.gated_chunks()
        for row in rows
        if not isinstance(row, Rejected) and (request := request_of(row)).row in drawn
    ]


def _sheet_row(request: Request, decided: Match, of: SheetOf) -> SheetRow:
    evidence = tuple((each.feature, each.level) for each in decided.evidence)
    values = request_values(request).values
    why = (request.statutory_authority, request.reason, request.investigation_number)
    return SheetRow(
        request.request_id, decided_word(decided), values, evidence, of, None, *map(printable, why)
    )


def _disagreed_before(session: BatchSession, finding: SampleFinding) -> bool:
    return any(
        each.disagreed
        and each.officer == finding.officer
        and each.determinations == finding.determinations
        for each in _findings(session)
    )


def _findings(session: BatchSession) -> Iterator[SampleFinding]:
    return (decode_finding(plain).finding for plain in session.read_all(ChunkKind.SAMPLE))


def _commitment(session: BatchSession, seq: int, finding: SampleFinding) -> str:
    return canonical.commit(session.key.salt(ChunkKind.SAMPLE, seq), finding_bytes(finding))


def _is_entered(office: Office, connection: Connection, index: int, commitment: str) -> bool:
    try:
        entry = office.ledger.entry(connection, index)
    except VerifyFault:
        return False
    if entry is None or entry.kind is not EntryKind.SAMPLE:
        return False
    return entry.fields["commitment"] == commitment
