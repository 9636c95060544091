"""What the office recorded about a batch and its requests, and the law that judged it. Nothing is
decided here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from operator import itemgetter

import msgspec

from counterfoil.answers.coarsen import coarsen_reject
from counterfoil.answers.rows import RowsFormat
from counterfoil.batches.batch import Batch, ChunkKind
from counterfoil.batches.override import Override
from counterfoil.batches.rows import Determination, Granted, Refused, Rejected, encode_row
from counterfoil.batches.session import BatchSession, request_of
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault
from counterfoil.core.values import (
    Answer,
    Grant,
    Match,
    Public,
    Refusal,
    RejectedRow,
    Request,
    Ruling,
    Sensitive,
)
from counterfoil.database import Connection
from counterfoil.gate.history.request_counts import RequestCounts
from counterfoil.gate.history.snapshot import decode_snapshot
from counterfoil.gate.law.archive import kept_law, law_of_texts, read_law_texts
from counterfoil.gate.law.load import Law
from counterfoil.gate.replay import RecordedCounts
from counterfoil.office.context import Office


class Recorded(Sensitive, frozen=True):
    """One row as gated and the salt of its entry, what the guards knew of it, and what was
    determined, or None before that; the chunk that holds it; the override that admitted it, or
    None."""

    row: Granted | Refused
    row_salt: bytes
    circumstances: RequestCounts
    determination: Determination | None
    seq: int
    override: Override | None

    @property
    def request(self) -> Request:
        """The request, admitted or not."""
        return request_of(self.row)

    @property
    def grant(self) -> Grant | None:
        """The grant, where it was admitted: by the gate, or by two roles."""
        if self.override is not None:
            return self.override.grant
        return self.row.grant if isinstance(self.row, Granted) else None

    @property
    def row_bytes(self) -> bytes:
        """The bytes that the row's ledger entry commits to."""
        return encode_row(self.row)

    @property
    def commitment(self) -> str:
        """The commitment that the row's ledger entry carries."""
        return canonical.commit(self.row_salt, self.row_bytes)


def read_recorded(session: BatchSession, history_key: bytes, request_id: str) -> Recorded:
    """One request. Raises StateFault `request_unknown`, `evidence_not_kept`, StoreFault."""
    seq, place, row = session.find_request(request_id)
    if session.count(ChunkKind.KNOWN)[0] <= seq:
        raise StateFault(
            "evidence_not_kept",
            "this batch was received by a version that did not keep what the guards knew",
            place=session.batch.id,
            cure="`counterfoil explain BATCH REQUEST_ID` shows the findings and the evidence of "
            "its requests.",
        )
    known = decode_snapshot(session.read(ChunkKind.KNOWN, seq))
    request = request_of(row)
    counted = RecordedCounts(session.request_lists, history_key).counts(request, place, known)
    decided = session.determination(seq, request.row)
    override = session.overrides.get(request.row)
    return Recorded(row, session.key.salt("request", place), counted, decided, seq, override)


def read_recorded_rows(
    session: BatchSession, history_key: bytes, numbers: Set[int]
) -> Iterator[Recorded]:
    """The requests of these row numbers, in order; the file is counted once for all of them. Raises
    as `read_recorded`."""
    counts = RecordedCounts(session.request_lists, history_key)
    first = 0
    for chunk, rows in session.gated_chunks():
        wanted = [
            (place, row)
            for place, row in enumerate(rows, first)
            if not isinstance(row, Rejected) and request_of(row).row in numbers
        ]
        first += len(rows)
        if not wanted:
            continue
        known = decode_snapshot(session.read(ChunkKind.KNOWN, chunk.seq))
        decided = {each.row: each for each in session.determinations(chunk.seq)}
        for place, row in wanted:
            request = request_of(row)
            yield Recorded(
                row,
                session.key.salt("request", place),
                counts.counts(request, place, known),
                decided.get(request.row),
                chunk.seq,
                session.overrides.get(request.row),
            )


class Envelope(Public, frozen=True, array_like=True):
    """What the envelope chunk of a released batch holds: the form of the answer file, the digest of
    its bytes, and the bytes of FILE.jws."""

    form: RowsFormat
    rows_digest: str
    compact: bytes


def read_envelope(session: BatchSession) -> Envelope:
    """The envelope of a released batch. Raises StateFault `chunk_missing`, StoreFault."""
    return msgspec.msgpack.decode(session.read(ChunkKind.ENVELOPE), type=Envelope)


# -- the law that judged a batch ---------------------------------------------------------------


def law_files(office: Office, connection: Connection, batch: Batch, deed: str) -> dict[str, str]:
    """The law files that judged the batch, as text by path: kept when it was received, or those in
    force where they are the same. `deed` is the cure's first word.

    Raises StateFault `rules_changed` where this office no longer has them.
    """
    kept = kept_law(connection, batch.rules_digest)
    if kept is not None:
        return kept
    if not office.match_version_of(batch.rules_digest):
        raise StateFault(
            "rules_changed",
            "the law, the agreement or the version changed since this batch was received",
            place=batch.id,
            cure=f"{deed} it with the version and law that judged it.",
        )
    return read_law_texts(office.directory / "law")


def law_of_batch(office: Office, connection: Connection, batch: Batch, deed: str) -> Law:
    """The law that judged the batch. Raises as `law_files`."""
    if office.match_version_of(batch.rules_digest):
        return office.law
    return law_of_texts(law_files(office, connection, batch, deed))


def public_codes(law: Law) -> dict[str, str]:
    """The code of each element that a refusal names, by the element's id."""
    return {element.id: element.code for element in law.elements}


# -- as an officer may be shown it -------------------------------------------------------------


class RequestValues(Sensitive, frozen=True):
    """The request's own values, by feature of the evidence, as received; empty ones left out. No
    value of the register.

    What cannot be printed (control characters, marks that turn the direction of text) stands as
    U+FFFD."""

    values: dict[str, str]


def request_values(request: Request) -> RequestValues:
    """The request's own values, as they may be shown to an officer who asked for them."""
    person, address = request.person, request.address
    lines = (address.line1, address.line2, address.city, address.state, address.zip)
    values = {
        "given": person.given_name,
        "middle": person.middle_name,
        "family": person.family_name,
        "suffix": person.suffix,
        "dob": person.date_of_birth.isoformat() if person.date_of_birth else "",
        "tin": person.tin,
        "door": ", ".join(part for part in lines if part),
    }
    return RequestValues({name: printable(value) for name, value in values.items() if value})


def decided_word(decided: Determination | None) -> str:
    """What was determined, in one word; "" before that."""
    if isinstance(decided, Match):
        return "confirmed" if decided.confirmed else "not_confirmed"
    if isinstance(decided, Refusal):
        return "refused"
    return "" if decided is None else "not_compared"


def printable(value: str) -> str:
    """A value as it may be shown: what cannot be printed stands as U+FFFD."""
    return "".join(char if char.isprintable() else "\ufffd" for char in value)


def with_rejects(
    session: BatchSession,
    ruling: Ruling,
    seq: int,
    rows: Sequence[Determination],
    answers: Sequence[Answer],
) -> list[Answer | RejectedRow]:
    """The answers to the rows of chunk `seq`, and between them, in the file's order, the rows of it
    that were rejected: sealed when they were received, each with its entry in the ledger."""
    rejects = session.rejects(seq)
    if not rejects:
        return [*answers]
    placed: list[tuple[int, Answer | RejectedRow]] = [
        *((row.row, answer) for row, answer in zip(rows, answers, strict=True)),
        *((reject.row, coarsen_reject(reject, ruling)) for reject in rejects),
    ]
    return [answer for _, answer in sorted(placed, key=itemgetter(0))]
