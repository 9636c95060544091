"""What an officer sees of the batches: a line for each, and of one batch a line for each row.

A row's line has its id and what became of it, and no value of a request or a record. That an
officer looked at the rows of a batch is entered, as every look is; the list of batches is not, for
it says of nobody what became of a question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Final, Literal, NamedTuple, get_args

from counterfoil.batches import pages
from counterfoil.batches import store as batches
from counterfoil.batches.batch import Batch
from counterfoil.batches.rows import Gated, Granted, Refused, Rejected
from counterfoil.batches.session import BatchSession, request_of
from counterfoil.batches.states import BatchState
from counterfoil.controls.sampling.own_look import NO_LOOKS, NOT_TOLD, is_told
from counterfoil.core.instants import instant_text
from counterfoil.core.use_cases import Actor
from counterfoil.core.values import NotCompared, Public
from counterfoil.database import Connection
from counterfoil.disclosure.claims import OPEN_STATES, Claim, read_claims
from counterfoil.disclosure.screening import OVERRIDDEN, WAITING, waits
from counterfoil.disclosure.steps import status_of
from counterfoil.gate.law.agreement import Agreement
from counterfoil.office import Office, journal
from counterfoil.office.authority import require_officer
from counterfoil.office.records import decided_word, public_codes

LISTED_AT_ONCE: Final = 200
NeedCode = Literal[
    "", "answer_late", "rows_wait", "batch_determine", "batch_review", "batch_release", "batch_held"
]
"""What a batch needs of somebody. Where the office asks for a sample, `batch_review` stands for
both officers: which of them it waits for is not told (controls/sampling/own_look.py)."""
NEED_CODES: Final[tuple[NeedCode, ...]] = tuple(each for each in get_args(NeedCode) if each)
_NEED_OF: Final[Mapping[str, NeedCode]] = {
    BatchState.GATED: "batch_determine",
    BatchState.DETERMINED: "batch_review",
    BatchState.REVIEWED: "batch_release",
    BatchState.HELD: "batch_held",
}


class ListBatches(Public, frozen=True):
    """List the batches. `state`: only those in it, as it is told to who asks; "" for all. `batch`:
    that one alone, without a look at the others; "" for all. `number`: which 200 of them, from
    1."""

    state: str = ""
    batch: str = ""
    number: int = 1


class BatchLine(Public, frozen=True):
    """One batch, as who asks is told of it (controls/sampling/own_look.py). Times are UTC;
    `reviewed_by`, `released_by` and `claimed_by`, who has it in hand
    (claims.py), are officers' names, or ""; `waiting` counts requests that wait for an officer.
    `due_at`: by when it is to be answered or withdrawn, as the agreement in force today has it, or
    "" where that names no hours; `late`: whether it is open beyond that. `determinations`: their
    digest, "" before there are any."""

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
    determinations: str = ""

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self.state in OPEN_STATES


class PageBatches(Public, frozen=True):
    """Show a page of the batches. `number` counts from 1; `size`: lines of a page, 1 to 200;
    `need`: only those that need it, "" for all."""

    number: int = 1
    size: int = 25
    need: NeedCode = ""


class BatchPage(Public, frozen=True):
    """A page of the batches: those that are open come first, oldest first, then the others, newest
    first. `waiting` and `late` count all that are open, and those of them that are late; `needs`,
    how many need what."""

    lines: tuple[BatchLine, ...]
    waiting: int
    late: int
    number: int
    pages: int
    needs: dict[str, int]


class NeededBatches(Public, frozen=True):
    """The first batches as the inbox has them, and how many there are; by the code of what they
    need, how many need it, and the first of them."""

    batches: tuple[BatchLine, ...]
    count: int
    counts: dict[str, int]
    first: dict[str, tuple[BatchLine, ...]]


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


def list_batches(
    office: Office, actor: Actor, question: ListBatches, looks: Mapping[str, str] = NO_LOOKS
) -> list[BatchLine]:
    """Every batch, or those in one state, 200 at a time: the late ones first, then the others, each
    oldest first. Anybody may ask; `looks`: as of controls/sampling/own_look.py. Raises StateFault
    `batch_unknown` for one that is named and is not there."""
    with office.store.reading() as connection:
        told = _Told(office, connection, actor, looks)
        if question.batch:
            found = [told.line(batches.find_batch(connection, question.batch))]
            return [line for line in found if question.state in ("", line.state)]
        outlines = _outlines(office, connection)
        ordered = [each for each in outlines if each.late] + [
            each for each in outlines if not each.late
        ]
        wanted = [each.id for each in ordered if _may_be(each.state, question.state)]
        first = (max(question.number, 1) - 1) * LISTED_AT_ONCE
        chosen = (line for line in told.lines(wanted) if question.state in ("", line.state))
        if not question.state:
            chosen, first = told.lines(wanted[first : first + LISTED_AT_ONCE]), 0
        return list(islice(chosen, first, first + LISTED_AT_ONCE))


def page_batches(
    office: Office, actor: Actor, question: PageBatches, looks: Mapping[str, str] = NO_LOOKS
) -> BatchPage:
    """A page of the batches. Anybody may ask; `looks`: as of controls/sampling/own_look.py.
    A number beyond the last page is the last."""
    size = min(max(question.size, 1), LISTED_AT_ONCE)
    with office.store.reading() as connection:
        outlines = _outlines(office, connection)
        ordered = _inbox(outlines)
        if question.need:
            ordered = [each.id for each in outlines if question.need in each.needs]
        last = max(1, -(-len(ordered) // size))
        number = min(max(question.number, 1), last)
        wanted = ordered[(number - 1) * size : number * size]
        lines = tuple(_Told(office, connection, actor, looks).lines(wanted))
    needs = _counted(outlines)
    count = sum(each.state in OPEN_STATES for each in outlines)
    return BatchPage(lines, count, needs.get("answer_late", 0), number, last, needs)


def needed_batches(office: Office, actor: Actor, most: int) -> NeededBatches:
    """What the batches need of somebody. Anybody may ask."""
    with office.store.reading() as connection:
        outlines, told = (_outlines(office, connection), _Told(office, connection, actor, NO_LOOKS))
        first = {
            code: list(islice((each.id for each in outlines if code in each.needs), most))
            for code in NEED_CODES
        }
        shown = _inbox(outlines)[:most]
        wanted = dict.fromkeys(each for ids in (shown, *first.values()) for each in ids)
        lines = {each.batch: each for each in told.lines(list(wanted))}
    return NeededBatches(
        tuple(lines[each] for each in shown),
        len(outlines),
        _counted(outlines),
        {code: tuple(lines[each] for each in ids) for code, ids in first.items()},
    )


def show_batch(
    office: Office, actor: Actor, question: ShowBatch, looks: Mapping[str, str] = NO_LOOKS
) -> BatchRows:
    """The rows of a batch; enters that this officer looked. `looks`: as of
    controls/sampling/own_look.py.

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
        line = _Told(office, connection, officer, looks).line(batch)
    return BatchRows(line, tuple(rows))


def due_at(agreement: Agreement, received_at: datetime) -> datetime | None:
    """By when a file that was received then is to be answered or withdrawn; None where the parties
    agreed on no time."""
    hours = agreement.answer_within_hours
    return None if hours is None else received_at + timedelta(hours=hours)


class _Outlined(NamedTuple):
    """A batch in outline, and what it needs."""

    id: str
    state: str
    late: bool
    needs: tuple[str, ...]


def _outlines(office: Office, connection: Connection) -> list[_Outlined]:
    """Every batch in outline, oldest first."""
    hours = office.law.agreement.answer_within_hours
    before = "" if hours is None else instant_text(office.clock() - timedelta(hours=hours))
    found: list[_Outlined] = []
    for each in pages.outline_batches(connection, WAITING, OVERRIDDEN):
        late = each.state in OPEN_STATES and each.received_at < before
        waits = each.state == BatchState.GATED and each.waiting > 0
        wanted = {"answer_late": late, "rows_wait": waits, _need_of(office, each.state): True}
        named = tuple(need for need, is_so in wanted.items() if need and is_so)
        found.append(_Outlined(each.id, each.state, late, named))
    return found


def _inbox(outlines: Sequence[_Outlined]) -> list[str]:
    """Those that are open, oldest first, then the others, newest first."""
    is_open = [each.id for each in outlines if each.state in OPEN_STATES]
    return is_open + [each.id for each in reversed(outlines) if each.state not in OPEN_STATES]


def _counted(outlines: Sequence[_Outlined]) -> dict[str, int]:
    return dict(Counter(need for each in outlines for need in each.needs))


def _need_of(office: Office, state: str) -> str:
    """What a batch in this state needs; "" where nothing."""
    if state == BatchState.REVIEWED and office.settings.sample_rows:
        return _NEED_OF[NOT_TOLD]
    return _NEED_OF.get(state, "")


def _may_be(state: str, wanted: str) -> bool:
    """Whether a batch in this state may be told of as in the wanted one."""
    told = {state, NOT_TOLD} if state == BatchState.REVIEWED else {state}
    return not wanted or wanted in told


class _Told:
    """Batches as one actor is told of them."""

    def __init__(
        self, office: Office, connection: Connection, actor: Actor, looks: Mapping[str, str]
    ) -> None:
        self._office, self._connection = office, connection
        self._actor, self._looks = actor, looks

    def lines(self, ids: Sequence[str]) -> Iterator[BatchLine]:
        """The lines of batches that were checked in this transaction."""
        for at in range(0, len(ids), LISTED_AT_ONCE):
            found = pages.read_batches(self._connection, ids[at : at + LISTED_AT_ONCE])
            claims = read_claims(self._office, self._connection, found)
            for batch in found:
                yield self._line(batch, claims)

    def line(self, batch: Batch) -> BatchLine:
        """The line of one batch."""
        return self._line(batch, read_claims(self._office, self._connection, [batch]))

    def _line(self, batch: Batch, claims: Mapping[str, Claim]) -> BatchLine:
        office = self._office
        told = is_told(office, self._connection, self._actor, batch, self._looks)
        status = status_of(batch)
        claim = claims.get(batch.id, Claim(batch.id))
        due = due_at(office.law.agreement, batch.received_at)
        return BatchLine(
            batch=batch.id,
            state=status.state if told else str(NOT_TOLD),
            received_at=instant_text(batch.received_at),
            route=batch.header.route,
            principal=batch.header.principal,
            counts=status.counts,
            waiting=status.waiting,
            reviewed_by=batch.first_officer if told else "",
            released_by=batch.second_officer,
            claimed_by=claim.officer,
            claimed_at=claim.at,
            due_at=instant_text(due) if due else "",
            late=batch.state in OPEN_STATES and due is not None and due < office.clock(),
            determinations=batch.determinations_digest,
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
