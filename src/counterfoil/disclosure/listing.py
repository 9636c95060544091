"""What an officer sees of the batches: a line for each, and of one batch a line for each row.

A row's line has its id and what became of it, and no value of a request or a record. That an
officer looked at the rows of a batch is entered, as every look is; the list of batches is not, for
it says of nobody what became of a question.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from counterfoil.batches import pages
from counterfoil.batches import store as batches
from counterfoil.batches.batch import Batch
from counterfoil.batches.rows import Gated, Granted, Refused, Rejected
from counterfoil.batches.session import BatchSession, request_of
from counterfoil.core.instants import from_instant, instant_text
from counterfoil.core.use_cases import Actor
from counterfoil.core.values import NotCompared, Public
from counterfoil.disclosure.claims import OPEN_STATES, Claim, read_claims
from counterfoil.disclosure.screening import waits
from counterfoil.disclosure.steps import BatchStatus, in_order, status_of
from counterfoil.gate.law.agreement import Agreement
from counterfoil.office import Office, journal
from counterfoil.office.authority import require_officer
from counterfoil.office.records import decided_word, public_codes


class ListBatches(Public, frozen=True):
    """List the batches. `state`: only those in it; "" for all. `batch`: that one alone, without a
    look at the others; "" for all."""

    state: str = ""
    batch: str = ""


class BatchLine(Public, frozen=True):
    """One batch. Times are UTC; `reviewed_by`, `released_by` and `claimed_by`, who has it in hand
    (claims.py), are officers' names, or ""; `waiting` counts requests that wait for an officer.
    `due_at`: by when it is to be answered or withdrawn, as the agreement in force today has it, or
    "" where that names no hours; `late`: whether it is open beyond that."""

    batch: str
    state: str
    received_at: str
    route: str
    principal: str
    counts: dict[str, int]
    waiting: int
    reviewed_by: str
    released_by: str
    claimed_by: str = ""
    claimed_at: str = ""
    due_at: str = ""
    late: bool = False

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self.state in OPEN_STATES


class PageBatches(Public, frozen=True):
    """Show a page of the batches. `number` counts from 1; `size`: lines of a page, 1 to 200."""

    number: int = 1
    size: int = 25


class BatchPage(Public, frozen=True):
    """A page of the batches: those that are open come first, oldest first, then the others, newest
    first. `waiting` and `late` count all that are open, and those of them that are late."""

    lines: tuple[BatchLine, ...]
    waiting: int
    late: int
    number: int
    pages: int


class ShowBatch(Public, frozen=True):
    """Show the rows of a batch. `outcome`: only those of which this became; "" for all."""

    batch: str
    outcome: str = ""


class BatchRow(Public, frozen=True):
    """One row, `row` as the file has it. `outcome`: confirmed, not_confirmed, not_compared,
    refused, rejected, or, before it is determined, granted; `codes` say why of the last four kinds;
    `elements` are those that an override would name, where the row waits for an officer. `named`:
    what `explain` takes for it: the id, or `row N` of a rejected row, N being its row in the
    sender's spreadsheet."""

    request_id: str
    row: int
    outcome: str
    codes: tuple[str, ...]
    elements: tuple[str, ...]
    named: str = ""


class BatchRows(Public, frozen=True):
    """A batch and the rows that were asked for."""

    batch: BatchLine
    rows: tuple[BatchRow, ...]


def list_batches(office: Office, _actor: Actor, question: ListBatches) -> list[BatchLine]:
    """Every batch, or those in one state: the late ones first, then the others, each oldest first.
    Anybody may ask. Raises StateFault `batch_unknown` for one that is named and is not there."""
    with office.store.reading() as connection:
        claims = read_claims(office, connection)
        named = question.batch
        wanted = [batches.find_batch(connection, named)] if named else in_order(office, connection)
        found = [_line(office, batch, claims) for batch in wanted]
    chosen = [line for line in found if question.state in ("", line.state)]
    return sorted(chosen, key=lambda line: not line.late)


def page_batches(office: Office, _actor: Actor, question: PageBatches) -> BatchPage:
    """A page of the batches. Anybody may ask. A number beyond the last page is the last."""
    size = min(max(question.size, 1), 200)
    agreement, now = office.law.agreement, office.clock()
    with office.store.reading() as connection:
        claims = read_claims(office, connection)
        found = pages.page_batches(connection, OPEN_STATES, question.number, size)

    def is_in_time(received_at: str) -> bool:
        due = due_at(agreement, from_instant(received_at))
        return due is None or due >= now

    return BatchPage(
        tuple(_line(office, batch, claims) for batch in found.batches),
        len(found.waiting),
        bisect_left(found.waiting, True, key=is_in_time),  # one agreement: the oldest are late
        found.number,
        found.pages,
    )


def show_batch(office: Office, actor: Actor, question: ShowBatch) -> BatchRows:
    """The rows of a batch; enters that this officer looked.

    Raises UsageFault `actor_refused`, StateFault `batch_unknown`, KeyFault, StoreFault; as
    `require_officer`.
    """
    with office.store.transaction() as connection:
        officer = require_officer(connection, actor)
        batch = batches.find_batch(connection, question.batch)
        session = office.batch_session(connection, batch)
        codes = public_codes(office.law.for_route(batch.header.route))
        rows = [
            row
            for row in _rows(session, codes)
            if question.outcome in ("", row.outcome)
            or (question.outcome == "waiting" and row.elements)
        ]
        said = {"rows": question.outcome or "all"}
        journal.enter_look(office, connection, officer, said, batch.id)
        claims = read_claims(office, connection)
    return BatchRows(_line(office, batch, claims), tuple(rows))


def due_at(agreement: Agreement, received_at: datetime) -> datetime | None:
    """By when a file that was received then is to be answered or withdrawn; None where the parties
    agreed on no time."""
    hours = agreement.answer_within_hours
    return None if hours is None else received_at + timedelta(hours=hours)


def _line(office: Office, batch: Batch, claims: Mapping[str, Claim]) -> BatchLine:
    status: BatchStatus = status_of(batch)
    is_open = batch.state in OPEN_STATES
    claim = claims.get(batch.id, Claim(batch.id)) if is_open else Claim(batch.id)
    due = due_at(office.law.agreement, batch.received_at)
    return BatchLine(
        batch=batch.id,
        state=status.state,
        received_at=instant_text(batch.received_at),
        route=batch.header.route,
        principal=batch.header.principal,
        counts=status.counts,
        waiting=status.waiting,
        reviewed_by=batch.first_officer,
        released_by=batch.second_officer,
        claimed_by=claim.officer,
        claimed_at=claim.at,
        due_at=instant_text(due) if due else "",
        late=is_open and due is not None and due < office.clock(),
    )


def _rows(session: BatchSession, codes: dict[str, str]) -> Iterator[BatchRow]:
    admitted = session.overrides
    for chunk, rows in session.gated_chunks():
        decided = {each.row: each for each in session.determinations(chunk.seq)}
        for row in rows:
            if isinstance(row, Rejected):
                reject = row.reject
                named = f"row {reject.shown_row}"
                codes_of = (reject.code,)
                yield BatchRow(reject.request_id, reject.row, "rejected", codes_of, (), named)
                continue
            request = request_of(row)
            found = decided.get(request.row)
            outcome = decided_word(found) or ("granted" if isinstance(row, Granted) else "refused")
            why = _codes(row, codes) if outcome == "refused" else ()
            if isinstance(found, NotCompared):
                why = (found.code,)
            waiting = (
                isinstance(row, Refused) and request.row not in admitted and waits(row.refusal)
            )
            elements = _elements(row) if waiting else ()
            named = request.request_id
            yield BatchRow(named, request.row, outcome, why, elements, named)


def _elements(row: Gated) -> tuple[str, ...]:
    return tuple(each.element for each in row.refusal.failed) if isinstance(row, Refused) else ()


def _codes(row: Gated, codes: dict[str, str]) -> tuple[str, ...]:
    """The public codes of a refusal, in the law's order; an element of a law that is no longer here
    is named itself."""
    named = (codes.get(element, element) for element in _elements(row))
    return tuple(dict.fromkeys(named))
