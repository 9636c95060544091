"""What the office does by the clock, which cron did before. Each duty has a time of its own, is
tried again where it fails, and never stops another.

    intake key    every 10 minutes    shown in the mailbox; a new one in time, old ones destroyed
    publication   as office.toml says the ledger's tiles and checkpoint, the agreement, the counts
    cosigning     every 2 minutes     the newest entries, where witnesses are set
    reconcile     every day           ledger, tables, register and answers against each other
    retention     every day           what is due is disposed of
    duties        every day           those whose day has come are opened, the late ones told of
    reminders     every hour          what runs out or is late is logged by its code

A duty's fault is a line of the log with its code. When each ran, with what outcome, and when it is
next due is kept beside the office (core/clock_record.py); `counterfoil status` and the office's
pages tell it.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from counterfoil.accountability import publication, reconciliation
from counterfoil.accountability.retention import service as retention
from counterfoil.controls import witnesses
from counterfoil.controls.duties import service as duties
from counterfoil.controls.incidents import service as incidents
from counterfoil.controls.recall import receipts
from counterfoil.core.atomic_files import place_file, read_regular, replace_public
from counterfoil.core.clock_record import (
    DONE,
    NOT_DUE,
    NOT_SET,
    ClockJob,
    read_clock_record,
    write_clock_record,
)
from counterfoil.core.errors import CounterfoilError
from counterfoil.core.instants import instant_text
from counterfoil.core.use_cases import NOBODY, SERVICE, finish
from counterfoil.exchange.intake_keys import IntakeKeys
from counterfoil.exchange.mailbox import Mailbox
from counterfoil.office import Office
from counterfoil.requester.agreement import publish_file
from counterfoil.service.log import Log

replace = msgspec.structs.replace
AGAIN_SECONDS: Final = 300
_EARLY: Final = timedelta(minutes=10)
_RUNS_OUT_DAYS: Final = 30
_DAY: Final = 86_400.0


class Clock:
    """The duties of one office. `now` is the monotonic clock, in seconds."""

    def __init__(
        self,
        office: Office,
        mailbox: Mailbox,
        keys: IntakeKeys,
        public: Path,
        log: Log,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.office = office
        self.mailbox = mailbox
        self.keys = keys
        self.public = public
        self.log = log
        self.now = now
        begun = now()
        self._duties: dict[str, tuple[Callable[[], str | None], float]] = {
            "intake-key": (self.show_intake_key, 600),
            "publish": (self.publish, 120),
            "cosign": (self.cosign, 120),
            "reminders": (self.remind, 3600),
            "reconcile": (self.reconcile, _DAY),
            "retention": (self.dispose, _DAY),
            "duties": (self.open_duties, _DAY),
        }
        self._next = dict.fromkeys(self._duties, begun)
        # Not at every start: a service that is restarted often would do little else.
        self._next |= {"reconcile": begun + 3600, "retention": begun + 600, "duties": begun + 300}
        self._kept = self._begun()

    def turn(self) -> None:
        """Do what is due, and keep when it was done."""
        ran = False
        for name, (duty, seconds) in self._duties.items():
            if self._next[name] <= self.now():
                outcome, ran = self._try(name, duty), True
                kept = replace(self._kept[name], ran_at=self._time(), outcome=outcome)
                if not kept.failed:
                    kept = replace(kept, done_at=kept.ran_at)
                wait = min(seconds, AGAIN_SECONDS) if kept.failed else seconds
                self._next[name] = self.now() + wait
                self._kept[name] = replace(kept, next_at=self._time(wait))
        if ran:
            self._keep()

    def _begun(self) -> dict[str, ClockJob]:
        """What is kept of each job, or a job that begins now; when each runs next."""
        before = {each.name: each for each in read_clock_record(self.office.directory)}
        found: dict[str, ClockJob] = {}
        for name, (_, seconds) in self._duties.items():
            new = ClockJob(name=name, every=int(seconds), since=self._time())
            kept = replace(before.get(name, new), every=int(seconds))
            found[name] = replace(kept, next_at=self._time(self._next[name] - self.now()))
        return found

    def _time(self, seconds: float = 0.0) -> str:
        return instant_text(self.office.clock() + timedelta(seconds=seconds))

    def _keep(self) -> None:
        try:
            write_clock_record(self.office.directory, self._kept.values())
        except OSError as fault:  # what was done is done, and the ledger and the log say so
            self.log("clock_not_kept", code="disk", kind=type(fault).__name__)

    def _try(self, name: str, duty: Callable[[], str | None]) -> str:
        """What came of a duty: an outcome of clock_record.py, or a fault's code."""
        try:
            return duty() or DONE
        except CounterfoilError as fault:
            code = fault.code
            self.log("duty_failed", duty=name, code=code)
        except OSError as fault:
            code = "disk"
            self.log("duty_failed", duty=name, code=code, kind=type(fault).__name__)
        except Exception as bug:  # noqa: BLE001 - P1: an unforeseen error's text may hold a value
            frame = traceback.extract_tb(bug.__traceback__)[-1]
            where, code = f"{frame.filename.rpartition('/')[2]}:{frame.lineno}", "internal"
            self.log("duty_failed", duty=name, code=code, kind=type(bug).__name__, where=where)
        return code

    # -- duties ----------------------------------------------------------------------------

    def show_intake_key(self) -> None:
        """Show the newest intake key, and destroy those whose time is over."""
        statement = self.keys.current().statement
        path = self.mailbox.intake_key
        try:
            shown = read_regular(path, len(statement))
        except (OSError, ValueError):
            shown = b""
        if shown != statement:
            place_file(path, statement, 0o644)
        self.keys.destroy_old()

    def publish(self) -> str | None:
        """Publish where it is nearly due: the ledger, the agreement and the counts."""
        status = publication.publication_status(self.office, NOBODY)
        if not status.folder:
            return NOT_SET
        hours = timedelta(hours=status.hours)
        if (
            status.time
            and self.office.clock() < datetime.fromisoformat(status.time) + hours - _EARLY
        ):
            return NOT_DUE
        done = publication.publish(self.office, SERVICE, publication.PublishLedger())
        self.log("published", size=done.size, entry=done.entry)
        self._show_beside()
        return None

    def _show_beside(self) -> None:
        agreement = publish_file(self.office.directory / "law" / "agreement.yaml", (), None)
        replace_public(self.public / "agreement.json", agreement)
        with self.office.store.reading() as connection:
            counts = self.office.ledger.counts(connection)
        said = {"entries": {str(kind): count for kind, count in counts.items() if count}}
        replace_public(self.public / "counts.json", msgspec.json.encode(said))

    def cosign(self) -> str | None:
        """Have the newest entries cosigned, where witnesses are set."""
        if witnesses.office_policy(self.office) is None:
            return NOT_SET
        done = witnesses.cosign(self.office, SERVICE, witnesses.Cosign())
        if not done.holds:
            self.log("duty_failed", duty="cosign", code="cosign_quorum")
            return "cosign_quorum"
        return None

    def reconcile(self) -> None:
        """Compare everything, once a day."""
        done = finish(reconciliation.reconcile(self.office, SERVICE, reconciliation.Reconcile()))
        self.log("reconciled", entry=done.entry, differences=len(done.differences))

    def dispose(self) -> None:
        """Dispose of what is due."""
        done = finish(retention.dispose(self.office, SERVICE))
        self.log("disposed", batches=len(done))

    def open_duties(self) -> None:
        """Open the duties whose day has come, and tell of those that are late."""
        done = receipts.run_duties(self.office, SERVICE)
        self.log("duties", opened=len(done.opened), escalated=len(done.escalated))

    def remind(self) -> None:
        """Log what runs out or is late, by its code."""
        agreement, today = self.office.law.agreement, self.office.clock().date()
        ends = {
            "agreement_ends": agreement.in_force.last,
            "safeguards_end": agreement.safeguards.current_until,
        }
        for code, last in ends.items():
            if last is not None and (last - today).days <= _RUNS_OUT_DAYS:
                self.log("due", code=code, days=(last - today).days)
        for each in incidents.due_incidents(self.office, NOBODY):
            self.log("due", code="incident_open", number=each.number)
        for each in duties.list_duties(self.office, NOBODY).open:
            if each.late:
                self.log("due", code="duty_late", number=each.number)
