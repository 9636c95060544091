"""The queue: what the office does by itself with what arrives, one step after the other.

    inbox          an item is taken in, received, and receipted; or refused, and receipted so; what
                   cannot be read now is tried again, and others go on meanwhile
    gated          a batch in which nothing waits for an officer is determined
    recalled       a notice of each recall is sealed into the outbox, at once
    released       two officers have signed: at the next release time the answer is sealed into the
                   outbox, with all others that are ready, and the head of the outbox says so

Each step is that of a use case or of `exchange/`, in commits that can be broken off anywhere: what
was begun is found again at the next start, and is done once. What the disk or the database refuses
waits, and is tried again; what the sender did wrong is refused for good, with a code.
"""

from __future__ import annotations

import tempfile
import time
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import IO, Final

import msgspec

from counterfoil.batches.states import BatchState
from counterfoil.core.errors import (
    CounterfoilError,
    GateFault,
    InputFault,
    KeyFault,
    SettingsFault,
    StateFault,
    UsageFault,
    VerifyFault,
)
from counterfoil.core.instants import instant_text
from counterfoil.core.use_cases import NOBODY, SERVICE, Progress, Upload, finish
from counterfoil.core.values import Reject
from counterfoil.disclosure import (
    BatchStatus,
    DetermineBatch,
    ReceiveFile,
    batch_status,
    batch_statuses,
    determine_batch,
    receive_file,
)
from counterfoil.disclosure.release import ReleasedFile, released_file
from counterfoil.envelopes import Counts, PublicOpeningKey, parse_opening_key
from counterfoil.exchange.folders import (
    ANSWERED,
    CLOSED,
    RECEIVED,
    ExchangeFolders,
    ItemRecord,
    StatementRecord,
)
from counterfoil.exchange.intake_keys import IntakeKeys
from counterfoil.exchange.mailbox import Mailbox, Waiting
from counterfoil.exchange.notices import Notices
from counterfoil.exchange.outbox import Outbox, ReleasedAnswer
from counterfoil.exchange.receipts import write_receipt, write_refusal, write_statement_receipt
from counterfoil.exchange.release_times import is_release_time, next_release
from counterfoil.exchange.statements import Statements
from counterfoil.exchange.take import TakenItem, TakenStatement, Taker
from counterfoil.office import Office
from counterfoil.service.log import Log

AGAIN_SECONDS: Final = 20
AT_ONCE: Final = 32
_EVEN_SECONDS: Final = 0.01
_EVEN_ROW_SECONDS: Final = 0.0003
"""How long a determination takes at least, and for each row that was admitted: more than it needs
on a machine that is not overloaded, so that the next receipt, the entry `determined` and the next
head tell how many rows there were, and nothing of the register."""
_SLICE_SECONDS: Final = 0.5
_FINAL: Final = (VerifyFault, InputFault, GateFault, UsageFault)
_NOT_FINAL: Final = (KeyFault, SettingsFault)
_FINAL_CODES: Final = frozenset(
    {"item_open", "receipt_waits", "receipt_nothing", "recall_unknown", "batch_unknown"}
)
_OFFICERS: Final = (BatchState.DETERMINED, BatchState.REVIEWED, BatchState.HELD)
_OPEN: Final = (BatchState.RECEIVED, BatchState.GATED, BatchState.DETERMINED, BatchState.REVIEWED)


class Queue:
    """The queue of one office. `stopping` says whether to break off at the next commit."""

    def __init__(
        self, office: Office, mailbox: Mailbox, log: Log, stopping: Callable[[], bool]
    ) -> None:
        self.office = office
        self.mailbox = mailbox
        self.log = log
        self.stopping = stopping
        self.folders = ExchangeFolders(office)
        self.folders.make()
        self.keys = IntakeKeys(office, self.folders)
        self.taker = Taker(office, mailbox, self.folders, self.keys)
        self.outbox = Outbox(office, mailbox, self.folders)
        self.notices = Notices(office, mailbox, self.folders)
        self.statements = Statements(office, self.folders)
        self._readers: dict[tuple[str, ...], tuple[str, ...]] = {}
        """Opening keys of those whom answers are sealed to, each list of them once: a key has two
        thousand bytes, and every item of a requester names the same."""
        self.records: dict[str, ItemRecord] = {}
        for each in self.folders.records():
            self._remember(each)
        self._later: dict[str, float] = {}
        """What could not be done, and when it is tried again, by the monotonic clock."""
        self._open = {each.batch for each in batch_statuses(office, NOBODY) if _is_open(each)}
        """Batches that somebody still has to do something about."""
        self._idle: set[str] = set()
        """Those of them that nothing but an officer's act takes further."""
        self._leaves: dict[str, datetime] = {}
        """When the answer to an item leaves, once its batch is released."""
        self._head_stale = False

    def turn(self) -> bool:
        """Do what can be done now; whether anything was."""
        done = False
        for waiting in self._waiting():
            if self.stopping():
                return done
            done |= self._attempt(waiting.name, lambda each=waiting: self._take(each))
            self._advance_all()
        return done

    def _waiting(self) -> list[Waiting]:
        """The next files of the inbox, without those that failed a moment ago: what cannot be taken
        in now keeps nobody else's out. None while the mailbox cannot be read; its folders are made
        again where they are gone."""
        now, found = time.monotonic(), list[Waiting]()
        self._later = {name: at for name, at in self._later.items() if at > now}

        def read() -> bool:
            try:
                found.extend(self.mailbox.waiting(AT_ONCE, self._later))
            except OSError:
                self.mailbox.make()
                raise
            return bool(found)

        self._attempt("inbox", read)
        return found

    def look(self, *, acted: bool = True) -> None:
        """Look at the open batches and at what may leave: every few seconds, and after an act of an
        officer, who may have moved any of them."""
        if acted:
            self._idle.clear()
        self._advance_all()
        self._release()

    def _advance_all(self) -> None:
        for batch in sorted(self._open - self._idle):
            if self.stopping():
                return
            self._attempt(batch, lambda each=batch: self._advance(each))

    def _attempt(self, name: str, work: Callable[[], bool]) -> bool:
        """Do a piece of work, unless it failed a moment ago. A fault is logged, and the work is
        tried again later."""
        if self._later.get(name, 0) > time.monotonic():
            return False
        try:
            done = work()
            self._later.pop(name, None)
            return done
        except CounterfoilError as fault:
            self.log("waits", code=fault.code)
        except OSError as fault:
            self.log("waits", code="disk", kind=type(fault).__name__)
        except Exception as bug:  # noqa: BLE001 - P1: an unforeseen error's text may hold a value
            frame = traceback.extract_tb(bug.__traceback__)[-1]
            where = f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
            self.log("failed", code="internal", kind=type(bug).__name__, where=where)
        self._later[name] = time.monotonic() + AGAIN_SECONDS
        return False

    # -- what arrives ----------------------------------------------------------------------

    def _take(self, waiting: Waiting) -> bool:
        digest = ""
        try:
            path, digest = self.taker.copy(waiting)
            stated = self.statements.find(waiting.item)
            record = self.taker.known(waiting, digest, stated)
            if isinstance(record, StatementRecord):
                write_statement_receipt(self.office, self.mailbox, record)
            elif record is not None:
                status = batch_status(self.office, NOBODY, record.batch)
                write_receipt(self.office, self.mailbox, record, _counts(status))
            else:
                self._enter(waiting, path, digest)
        except CounterfoilError as fault:
            if fault.code == "item_replayed":
                self.log("refused", item=waiting.item, code=fault.code)  # the first receipt stands
            elif _is_final(fault):
                now = self.office.clock()
                write_refusal(self.office, self.mailbox, waiting, digest, fault.code, now)
                self.log("refused", item=waiting.item, code=fault.code)
            else:
                raise
        finally:
            self.taker.drop(waiting)
        self.mailbox.forget(waiting)
        return True

    def _enter(self, waiting: Waiting, path: Path, digest: str) -> None:
        """Take in what no record is of, and receipt it."""
        taken = self.taker.take(waiting, path, digest)
        if isinstance(taken, TakenStatement):
            stated = self.statements.keep(taken)
            write_statement_receipt(self.office, self.mailbox, stated)
            self.log("stated", item=stated.item, batch=stated.batch)
            return
        record, status = self._receive(taken)
        write_receipt(self.office, self.mailbox, record, _counts(status))

    def _receive(self, taken: TakenItem) -> tuple[ItemRecord, BatchStatus]:
        document = Upload(taken.document) if taken.document else None
        command = ReceiveFile(Upload(taken.file), document)
        status = finish(receive_file(self.office, SERVICE, command), self._watch)
        record = self._record(taken, status)
        self.folders.keep(record)
        self._remember(record)
        self._open.add(status.batch)
        self.log("received", item=record.item, batch=status.batch, state=status.state)
        return record, status

    def _record(self, taken: TakenItem, status: BatchStatus) -> ItemRecord:
        now, minutes = self.office.clock(), self.office.law.agreement.release_minutes
        return ItemRecord(
            item=taken.item,
            form=taken.form,
            digest=taken.digest,
            content=taken.content,
            signer=taken.signer,
            batch=status.batch,
            received_at=instant_text(now),
            expected=instant_text(next_release(now, minutes)),
            reply_to=taken.reply_to or self._open_reply(),
        )

    def _open_reply(self) -> tuple[str, ...]:
        """To whom the answer to an open file is sealed: a sandbox's requester."""
        try:
            text = (self.folders.root / OPEN_REPLY).read_text(encoding="ascii").strip()
            return (str(parse_opening_key(text)),)
        except (OSError, ValueError, VerifyFault):
            return ()

    def _watch(self, _event: Progress | Reject) -> None:
        if self.stopping():
            raise StateFault(
                "service_stopping",
                "the service stops, and goes on with this at its next start",
                place="queue",
                cure="Start it again.",
            )

    def _watch_evenly(self, event: Progress | Reject, until: float) -> None:
        """Enter no determinations, and go on with nothing that shows outside, before this time:
        what the register holds decides how long they take."""
        self._watch(event)
        if isinstance(event, Progress) and event.done == event.total:
            while (left := until - time.monotonic()) > 0:
                time.sleep(min(left, _SLICE_SECONDS))
                self._watch(event)

    # -- what is decided -------------------------------------------------------------------

    def _advance(self, batch: str) -> bool:
        status = batch_status(self.office, NOBODY, batch)
        if status.state == BatchState.GATED and not status.waiting:
            command, least = DetermineBatch(batch), even_seconds(status.counts.get("granted", 0))
            until = time.monotonic() + least
            work = determine_batch(self.office, SERVICE, command)
            status = finish(work, lambda event: self._watch_evenly(event, until))
            self.log("determined", batch=batch, state=status.state)
        if not _is_open(status):
            self._open.discard(batch)
        elif status.state in _OFFICERS or status.waiting:
            self._idle.add(batch)
        return True

    # -- what leaves -----------------------------------------------------------------------

    def _release(self) -> None:
        """Seal every answer that is ready for a release time which has come, then say so in the
        head. One that fails does not hold the others up, and is not in the head."""
        now = self.office.clock()
        ready = [
            each
            for each in self.records.values()
            if each.state == RECEIVED
            and each.batch not in self._idle
            and self._leaves.get(each.item, now) <= now
        ]
        for record in ready:
            self._attempt(f"out {record.item}", lambda each=record: self._put(each))
        self._attempt("recalls", self._recall)
        self._attempt("head", self._head)

    def _put(self, record: ItemRecord) -> bool:
        office = self.office
        status = batch_status(office, NOBODY, record.batch)
        if status.state == BatchState.WITHDRAWN:
            self._keep(msgspec.structs.replace(record, state=CLOSED))
        if status.state != BatchState.RELEASED:
            return False
        minutes = office.law.agreement.release_minutes
        keys = tuple(parse_opening_key(each) for each in record.reply_to)
        if not keys:
            self._keep(msgspec.structs.replace(record, state=CLOSED))
            return False
        with tempfile.TemporaryFile(dir=self.folders.tmp) as rows:
            with released_file(office, SERVICE, record.batch) as released:
                if not is_release_time(released.at, office.clock(), minutes):
                    self._leaves[record.item] = next_release(released.at, minutes)
                    return False
                _write(rows, released)
            rows.seek(0)
            answer = ReleasedAnswer(
                rows, released.form, released.version, released.envelope, released.proof
            )
            self._seal(record, answer, keys)
        return True

    def _seal(
        self, record: ItemRecord, answer: ReleasedAnswer, keys: tuple[PublicOpeningKey, ...]
    ) -> None:
        self._remember(self.outbox.put(record, answer, keys))
        self._head_stale = True
        self.log("answered", item=record.item, batch=record.batch)

    def _recall(self) -> bool:
        """Put a notice of each new recall into the outbox, at once: it waits for no release
        time."""
        count = self.notices.put_new(self.records.values())
        if count:
            self._head_stale = True
            self.log("recalled", notices=count)
        return bool(count)

    def _keep(self, record: ItemRecord) -> None:
        self.folders.keep(record)
        self._remember(record)

    def _remember(self, record: ItemRecord) -> None:
        readers = self._readers.setdefault(record.reply_to, record.reply_to)
        self.records[record.item] = msgspec.structs.replace(record, reply_to=readers)

    def _head(self) -> bool:
        if not (self._head_stale or self.outbox.is_due()):
            return False
        answered = [each for each in self.records.values() if each.state == ANSWERED]
        left = self.outbox.expire(answered)
        for each in answered:
            if each not in left:
                self._keep(msgspec.structs.replace(each, state=CLOSED))
        self.notices.expire()
        head = self.outbox.write_head(left, list(self.notices.records()))
        self._head_stale = False
        self.log("head", sequence=head.sequence, items=len(head.items))
        return True


OPEN_REPLY: Final = "sandbox.opening.pub"
"""In `exchange/` of a sandbox: the key to which answers to open files are sealed."""


def _write(rows: IO[bytes], released: ReleasedFile) -> None:
    for part in released.parts:
        rows.write(part)


def even_seconds(admitted: int) -> float:
    """How long the determination of so many admitted rows takes at least."""
    return _EVEN_SECONDS + _EVEN_ROW_SECONDS * admitted


def _is_open(status: BatchStatus) -> bool:
    return status.state in (*_OPEN, BatchState.HELD)


def _is_final(fault: CounterfoilError) -> bool:
    """Whether the sender has to do something about it, and not the office."""
    if fault.code in _FINAL_CODES:
        return True
    return isinstance(fault, _FINAL) and not isinstance(fault, _NOT_FINAL)


def _counts(status: BatchStatus) -> Counts:
    counts = status.counts
    rejected = counts.get("rejected", 0)
    return Counts(counts.get("granted", 0) + counts.get("refused", 0) + rejected, rejected)
