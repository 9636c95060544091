"""`counterfoil status`: what needs somebody, and how the office is."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

import msgspec

from counterfoil.accountability import publication, reconciliation
from counterfoil.accountability.retention.closing import ClosingStatus
from counterfoil.cli.batch.tell import due_words, waiting_words
from counterfoil.cli.options import (
    AsJson,
    OfficeDir,
    OfficerMaybe,
    OfficerPassphrase,
    looking_desk,
    office_url,
)
from counterfoil.cli.output import faults, say, show
from counterfoil.client import ask_plainly
from counterfoil.client.status import (
    BY_CLOCK,
    TOLD_OF_A_CODE,
    KeptJob,
    Need,
    OfficeState,
    office_state,
)
from counterfoil.controls import witnesses
from counterfoil.controls.duties import service as duties
from counterfoil.controls.suspension.service import SuspensionStatus
from counterfoil.core.instants import minute_text
from counterfoil.core.use_cases import NOBODY
from counterfoil.office.lease import service_place


def status(
    directory: OfficeDir,
    officer: OfficerMaybe = None,
    officer_passphrase_file: OfficerPassphrase = None,
    as_json: AsJson = False,
) -> None:
    """What stands, and what needs somebody: every batch with its state, what stands still, what
    runs out, what is late, and the command that is next. Needs no passphrase of the office."""
    with faults(as_json=as_json):
        office = looking_desk(directory, officer, officer_passphrase_file)
        state = ask_plainly(office, office_state, NOBODY)
        lines = [
            f"{each.batch}  {each.state}{due_words(each)}"
            + (f"  ({waiting_words(each.waiting)})" if each.waiting else "")
            + (f"  {each.claimed_by} has it" if each.claimed_by else "")
            for each in state.batches
        ]
        if state.batch_count > len(state.batches):
            lines.append(f"{state.batch_count - len(state.batches)} more: `counterfoil batch list`")
        words = "\n".join(lines) or "No batch has been received."
        show(_as_json(state), words, as_json=as_json)
        served = bool(office_url(directory) or service_place(directory))
        said = _closed(state.closing) or [
            f"{_still(state.suspended)}{_witnessed(state.witnesses, served=served)}",
            _published(state.published, served=served),
            f"{_reconciled(state.reconciled, served=served)}{_due(state.duties)}",
            *_clock(state.clock),
        ]
        said += _needs(state.needs, served=served, here=office_url(directory) is None)
        said += _untold(state)
        say("\n".join(said), quiet=as_json)


def _as_json(state: OfficeState) -> dict[str, object]:
    told: dict[str, object] = {
        "needs": state.needs,
        "counts": state.counts,
        "closed": state.closing,
        "batches": state.batches,
        "batch_count": state.batch_count,
        "witnesses": state.witnesses,
        "stopped": {"reaches": state.suspended.scopes, "agrees": state.suspended.agrees},
        "standing": state.standing,
        "published": state.published,
        "reconciled": state.reconciled,
        "duties": {"open": state.duties.open, "agrees": state.duties.agrees},
        "incidents": state.incidents,
        "statements": state.statements,
        "clock": state.clock,
    }
    built: dict[str, object] = msgspec.to_builtins(told)
    return built


def _closed(found: ClosingStatus) -> list[str]:
    """What is said of a closed office, in place of what stands in an open one."""
    if not found.entered:
        return []
    archived = f"Its archive is {found.archive}; its keys are destroyed." if found.archive else ""
    return [f"Closed for good at {found.entered}. {archived}".rstrip()]


def _needs(needs: Iterable[Need], *, served: bool, here: bool) -> list[str]:
    """What needs somebody, each with what is next: a command that whoever reads it can run, or
    who does it. `served`: a service runs; `here`: the office's directory was named."""
    lines: list[str] = []
    for each in needs:
        lines += textwrap.wrap(f"{each.words} [{each.code}]", 78, subsequent_indent="  ")
        if served and each.code in BY_CLOCK:
            lines.append(f"  {_CLOCK_WORDS}")
        elif each.command and not each.by_officer and not here:
            lines.append(f"  The operator runs `counterfoil {each.command} --office DIR`.")
        elif each.command:
            lines.append(f"  `counterfoil {each.command}`")
    return ["", "Needs somebody:", *lines] if lines else []


def _untold(state: OfficeState) -> list[str]:
    """How many batches need what, where not all of them were told."""
    return [
        f"{count - TOLD_OF_A_CODE} more batches need somebody: `counterfoil batch list` [{code}]"
        for code, count in state.counts.items()
        if count > TOLD_OF_A_CODE
    ]


def _clock(jobs: Iterable[KeptJob]) -> list[str]:
    """What the service's clock did last, and when it is next at it."""
    lines = [
        f"  {each.job.name:12}"
        + (f"{minute_text(each.job.ran_at)}, {each.job.outcome}" if each.job.ran_at else "not yet")
        + f"; next {minute_text(each.job.next_at)}"
        + (f" LATE: last done {minute_text(each.job.done_at) or 'never'}" if each.late else "")
        for each in jobs
    ]
    return ["The service's clock:", *lines] if lines else []


_CLOCK_WORDS = "The service does it by its clock; if this stays, its log says why: `duty_failed`."


def _late(command: str, *, served: bool) -> str:
    """What to do about something that is late, which is the service's own work where one runs."""
    return " LATE." if served else f" LATE: run `counterfoil {command}`."


def _still(suspended: SuspensionStatus) -> str:
    lines = [
        f"Suspended: {text} ({count} to be lifted).\n" for text, count in suspended.scopes.items()
    ]
    if not suspended.agrees:
        lines.append(
            "Suspended: office, for its table of orders does not say what the ledger says.\n"
        )
    return "".join(lines)


def _witnessed(standing: witnesses.QuorumStatus, *, served: bool) -> str:
    if not standing.configured:
        return "Witnesses: none are set; answers leave without a cosigned checkpoint."
    last = (
        f"last cosigned at {standing.size} entries, {standing.time}"
        if standing.time
        else "nothing was cosigned yet"
    )
    how = "they cosign again" if served else "`counterfoil ledger cosign`"
    return f"Witnesses: {last}." + ("" if standing.fresh else f" Nothing is released until {how}.")


def _published(standing: publication.PublicationStatus, *, served: bool) -> str:
    if not standing.folder:
        return "Published: no folder is set; nobody outside sees this ledger."
    shown = f"{standing.size} entries at {standing.time}" if standing.time else "nothing yet"
    promised = f"Published: {shown}, and every {standing.hours} hours."
    return promised + (_late("ledger publish", served=served) if standing.late else "")


def _reconciled(standing: reconciliation.ReconciliationStatus, *, served: bool) -> str:
    found = f"{standing.differences} differences" if standing.differences else "no difference"
    told = f"Reconciled: {standing.time}, {found}." if standing.time else "Reconciled: never."
    return told + (_late("reconcile", served=served) if standing.late else "")


def _due(listed: duties.DutyListing) -> str:
    """A line for each open duty; nothing where there is none."""
    lines = [
        f"\nDuty {each.number}: {each.about}, due {each.due_on}.{' LATE.' if each.late else ''}"
        for each in listed.open
    ]
    if not listed.agrees:
        lines.append("\nDuties: they are not those that the ledger has entries of.")
    return "".join(lines)
