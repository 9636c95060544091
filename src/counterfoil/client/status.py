"""How an office is: what stands, and first of all what needs somebody. One query, for the command
line, for the door of the office and for pages.

A `Need` has a code, what it is about, a sentence, and the command that is its cure, without
--office and --officer, which whoever shows it adds. Needs are told in this order:

    closing_unfinished                          the office was closed, and has keys yet: nothing
                                                else is told of a closed office
    suspended, orders_disagree                  something stands still
    incident_open, duty_late, answer_late       a day passes or has passed
    clock_behind                                the machine's clock is before the last entry
    agreement_over, agreement_ends, agreement_early, safeguards_over, safeguards_end
    register_*, snapshot_old, certificate_missing
    cosign_late, publish_late, reconcile_late, clock_late   what runs by the clock
    statements_wait                             what requesters stated of recalls and destruction
    rows_wait, batch_determine, batch_review, batch_release, batch_held

Of what is about batches the first 50 are told of each code, and how many there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

import msgspec

from counterfoil.accountability import publication, reconciliation
from counterfoil.accountability.retention import closing
from counterfoil.certification.standing import OfficeStanding, office_standing
from counterfoil.controls import witnesses
from counterfoil.controls.duties import service as duties
from counterfoil.controls.incidents import service as incidents
from counterfoil.controls.suspension.service import SuspensionStatus, suspension_status
from counterfoil.core.clock_record import ClockJob, read_clock_record
from counterfoil.core.errors import StateFault
from counterfoil.core.instants import minute_text
from counterfoil.core.use_cases import NOBODY, Actor
from counterfoil.core.values import Public
from counterfoil.disclosure.listing import BatchLine, NeededBatches, needed_batches
from counterfoil.exchange.statements import count_statements
from counterfoil.office import Office

TOLD_OF_A_CODE: Final = 50
WARN_DAYS: Final = 30
"""Days before its end from which an agreement is told of."""
BY_CLOCK: Final = frozenset({"cosign_late", "publish_late", "reconcile_late", "clock_late"})
_OF_ITS_OWN: Final = frozenset({"cosign", "publish", "reconcile"})
"""Jobs of the clock of which a need of their own is told."""
"""What a service does by itself where one runs, and what no command does beside it."""


class Need(Public, frozen=True):
    """Something that somebody has to do. `about`: a batch's id, a number, or "". `command`: the
    words after `counterfoil`, or "" where no command is the cure; `by_officer`: whether an officer
    runs it, rather than the operator."""

    code: str
    about: str
    words: str
    command: str = ""
    by_officer: bool = True


class KeptJob(Public, frozen=True):
    """A job of the service's clock, as core/clock_record.py has it, and whether it is late."""

    job: ClockJob
    late: bool


class OfficeState(Public, frozen=True):
    """How an office is. `needs`: what needs somebody, the most pressing first; `counts`: of a code
    that is about batches, how many need it; `batches`: the first of them, as the inbox has them and
    nobody in particular is told, and `batch_count`, how many there are; `closing`: whether it was
    closed for good; `clock`: the jobs of the service's clock, the late ones first, none
    where no service keeps one."""

    needs: tuple[Need, ...]
    counts: dict[str, int]
    closing: closing.ClosingStatus
    batches: tuple[BatchLine, ...]
    batch_count: int
    suspended: SuspensionStatus
    standing: OfficeStanding
    witnesses: witnesses.QuorumStatus
    published: publication.PublicationStatus
    reconciled: reconciliation.ReconciliationStatus
    duties: duties.DutyListing
    incidents: tuple[incidents.IncidentStatus, ...] | None
    statements: int
    clock: tuple[KeptJob, ...] = ()


def office_state(office: Office, _actor: Actor) -> OfficeState:
    """How the office is. Anybody may ask. Raises StoreFault, VerifyFault (database)."""
    needed = needed_batches(office, NOBODY, TOLD_OF_A_CODE)
    found = OfficeState(
        needs=(),
        counts=needed.counts,
        closing=closing.closing_status(office, NOBODY),
        batches=needed.batches,
        batch_count=needed.count,
        suspended=suspension_status(office, NOBODY),
        standing=office_standing(office, NOBODY),
        witnesses=witnesses.witness_status(office, NOBODY),
        published=publication.publication_status(office, NOBODY),
        reconciled=reconciliation.reconciliation_status(office, NOBODY),
        duties=duties.list_duties(office, NOBODY),
        incidents=_incidents(office),
        statements=count_statements(office, NOBODY),
        clock=_clock(office),
    )
    return msgspec.structs.replace(found, needs=tuple(needs_of(found, needed)))


def _incidents(office: Office) -> tuple[incidents.IncidentStatus, ...] | None:
    """Those that are open; None where the database does not say what the ledger says of them."""
    try:
        return tuple(incidents.due_incidents(office, NOBODY))
    except StateFault:
        return None


def _clock(office: Office) -> tuple[KeptJob, ...]:
    now = office.clock()
    found = [KeptJob(each, each.is_late(now)) for each in read_clock_record(office.directory)]
    return tuple(sorted(found, key=lambda each: not each.late))


def needs_of(state: OfficeState, needed: NeededBatches) -> Iterator[Need]:
    """What needs somebody, in the order of the module."""
    if state.closing.entered:
        yield from _unfinished(state.closing)
        return
    yield from _still(state.suspended)
    yield from _days(state)
    for each in needed.first["answer_late"]:
        words = f"{each.batch} was to be answered by {minute_text(each.due_at)}."
        yield Need("answer_late", each.batch, words, "batch list")
    yield from _standing(state.standing)
    yield from _late(state)
    if state.statements:
        words = f"Statements of requesters that wait for two officers: {state.statements}."
        yield Need("statements_wait", "", words, "recall statements")
    for code, (said, command, by_officer) in _OF_A_BATCH.items():
        for each in needed.first[code]:
            words = f"{each.batch} {said.format(waiting=each.waiting)}."
            words += f" {each.claimed_by} has it." if each.claimed_by else ""
            cure = f"{command} {each.batch}" if command else ""
            yield Need(code, each.batch, words, cure, by_officer=by_officer)


def _unfinished(found: closing.ClosingStatus) -> Iterator[Need]:
    if not found.archive:
        words = (
            "The office is closed, and its archive is not written: its keys stand. Run it again."
        )
        yield Need("closing_unfinished", "", words, "office close", by_officer=False)


def _still(suspended: SuspensionStatus) -> Iterator[Need]:
    for scope in suspended.scopes:
        yield Need("suspended", scope, f"Suspended: {scope}. Two officers lift it with the order.")
    if not suspended.agrees:
        words = "The table of orders does not say what the ledger says: the office stands still."
        yield Need("orders_disagree", "", words, "ledger check", by_officer=False)


def _days(state: OfficeState) -> Iterator[Need]:
    if state.incidents is None and state.suspended.agrees:
        words = "The table of orders does not say which incidents the ledger has: none is shown."
        yield Need("orders_disagree", "", words, "ledger check", by_officer=False)
    for each in state.incidents or ():
        number = str(each.number)
        words = f"Incident {number} is {each.state}; {each.hours_left} hours are left to report it."
        yield Need("incident_open", number, words, f"incident show {number}")
    for duty in state.duties.open:
        if duty.late:
            number = str(duty.number)
            words = f"Duty {number}, {duty.about}, was due on {duty.due_on}."
            yield Need("duty_late", number, words, "duty list")


def _standing(found: OfficeStanding) -> Iterator[Need]:
    if found.clock_behind:
        words = "The machine's clock is before the newest entry of the ledger: nothing is entered."
        yield Need("clock_behind", "", words, by_officer=False)
    if found.today < found.agreement_from:
        words = f"The agreement is not in force before {found.agreement_from}."
        yield Need("agreement_early", found.agreement, words)
    agreed = _ends("agreement", "The agreement", found.agreement_until, found)
    shown = _ends("safeguards", "The requester's safeguards", found.safeguards_until, found)
    yield from (*agreed, *shown)
    if found.register_fault:
        words = "No register can be asked: build one from its source."
        yield Need(found.register_fault, "", words, "register info", by_officer=False)
    if found.too_old:
        words = f"The register of {found.built_at} is older than the agreement allows: build anew."
        yield Need("snapshot_old", found.snapshot, words, by_officer=False)
    for scope in found.uncertified:
        stated = "with a date of birth" if scope == "birth" else "without a date of birth"
        words = f"No certificate covers questions {stated}: they are not compared."
        yield Need("certificate_missing", scope, words, by_officer=False)


def _ends(code: str, what: str, last: date | None, found: OfficeStanding) -> Iterator[Need]:
    if last is None:
        return
    left = (last - found.today).days
    if left < 0:
        yield Need(f"{code}_over", found.agreement, f"{what} ended on {last}: nothing is answered.")
    elif left <= WARN_DAYS:
        yield Need(f"{code}_ends", found.agreement, f"{what} end on {last}, in {left} days.")


def _late(state: OfficeState) -> Iterator[Need]:
    if state.witnesses.configured and not state.witnesses.fresh:
        words = "Nothing is released until the witnesses cosign the ledger."
        yield Need("cosign_late", "", words, "ledger cosign", by_officer=False)
    if state.published.folder and state.published.late:
        words = f"The ledger was not published within {state.published.hours} hours."
        yield Need("publish_late", "", words, "ledger publish", by_officer=False)
    if state.reconciled.late:
        words = "The office was not reconciled within a day."
        yield Need("reconcile_late", "", words, "reconcile", by_officer=False)
    for each in state.clock:
        if each.late and each.job.name not in _OF_ITS_OWN:
            done = f"was last done {minute_text(each.job.done_at)}" if each.job.done_at else _NEVER
            why = f" ({each.job.outcome})" if each.job.failed else ""
            words = f"The clock's job {each.job.name} {done}{why}: it is late."
            yield Need("clock_late", each.job.name, words, "", by_officer=False)


_NEVER: Final = "was never done"


_OF_A_BATCH: Final[Mapping[str, tuple[str, str, bool]]] = {
    "rows_wait": ("has {waiting} rows that wait for an officer and counsel", "waiting", True),
    "batch_determine": ("is to be determined", "determine", False),
    "batch_review": ("waits for an officer's review", "review", True),
    "batch_release": ("waits for a second officer", "release", True),
    "batch_held": ("stands still until it is resumed", "", True),
}
