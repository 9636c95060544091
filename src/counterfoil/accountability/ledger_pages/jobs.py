"""What takes long over the whole ledger, as jobs of the office's process: begun by one request,
looked at by others, so that a page shows how far one is whenever it is asked for again.

    check    everything computed anew from the entries, as `counterfoil ledger check` does
    attest   that none of a kind was entered on some days (tlog/attestation.py), without a signature
             of the holder: the checkpoint in it has one
    report   the yearly counts (ledger/report.py)

One runs at a time, in a thread of its own, beside what the office does: it only reads, but that a
check which finds another history enters it as a fork, as ever. The last `KEPT` are kept in the
memory of the process; a stop ends what runs, and nothing is lost but the work. `attest` and
`report` read the newest checkpoint's entries as exported files, in a folder that is removed.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final, Literal
from weakref import WeakKeyDictionary

import msgspec

from counterfoil import ledger
from counterfoil.accountability.ledger_access import CheckLedger, check_ledger
from counterfoil.core.errors import CounterfoilError, InputFault, StateFault, UsageFault
from counterfoil.core.instants import instant_text
from counterfoil.core.use_cases import NOBODY, Actor
from counterfoil.core.values import Public
from counterfoil.ledger import EntryKind
from counterfoil.ledger.attest import Question, attest_none
from counterfoil.ledger.report import report_year
from counterfoil.office import Office
from counterfoil.office.authority import require_reader
from counterfoil.tlog import parse_checkpoint

KEPT: Final = 20
RUNNING: Final = "running"
DONE: Final = "done"
FAILED: Final = "failed"
What = Literal["check", "attest", "report"]


class BeginJob(Public, frozen=True):
    """Begin one. `kind`, `first` and `last` are an attestation's; `year` a report's."""

    what: What
    kind: str = ""
    first: date | None = None
    last: date | None = None
    year: int = 0


class ShowJob(Public, frozen=True):
    """The job of this number."""

    number: int


class Job(Public, frozen=True):
    """One job. `state`: running, done or failed; `done` of `total` entries; times UTC, "" where it
    has not ended; `statements`: what was established; `document`: an attestation or a report as
    text; `code`, `message`, `place`, `cure`: of the fault that ended it, "" for none."""

    number: int
    what: str
    asked: str
    state: str
    total: int
    began_at: str
    done: int = 0
    ended_at: str = ""
    statements: tuple[str, ...] = ()
    document: str = ""
    code: str = ""
    message: str = ""
    place: str = ""
    cure: str = ""


class _Board:
    """The jobs of one office in this process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.jobs: dict[int, Job] = {}
        self.last = 0

    def running(self) -> Job | None:
        return next((each for each in self.jobs.values() if each.state == RUNNING), None)

    def change(self, number: int, **fields: object) -> None:
        with self.lock:
            self.jobs[number] = msgspec.structs.replace(self.jobs[number], **fields)


_BOARDS: Final[WeakKeyDictionary[object, _Board]] = WeakKeyDictionary()
_BOARDS_LOCK: Final = threading.Lock()


def begin_job(office: Office, actor: Actor, question: BeginJob) -> Job:
    """Begin a job, for an officer who reads.

    Raises as `require_reader`; InputFault `job_asked`; StateFault `job_running`; UsageFault
    `checkpoint_none`.
    """
    work = _work(office, question)
    with office.store.reading() as connection:
        require_reader(connection, actor)
        total = office.ledger.size(connection)
        note = office.ledger.newest_checkpoint(connection)
    if question.what != "check":
        if note is None:
            raise UsageFault(
                "checkpoint_none",
                "no checkpoint has been signed yet",
                place="ledger",
                cure="Ask again once one was: every release signs one.",
            )
        total = parse_checkpoint(note).size
    board = _board(office)
    with board.lock:
        if board.running() is not None:
            raise StateFault(
                "job_running",
                "another job is still running",
                place="job",
                cure="Wait for its end, and begin this one then.",
            )
        board.last += 1
        began = instant_text(office.clock())
        job = Job(board.last, question.what, _asked(question), RUNNING, total, began)
        board.jobs[job.number] = job
        for old in [each for each in board.jobs if each <= board.last - KEPT]:
            del board.jobs[old]
    threading.Thread(target=_run, args=(office, board, job.number, work), daemon=True).start()
    return job


def show_job(office: Office, actor: Actor, question: ShowJob) -> Job:
    """How far a job is. Raises as `require_reader`; UsageFault `job_unknown`."""
    found = {each.number: each for each in list_jobs(office, actor)}.get(question.number)
    if found is None:
        raise UsageFault(
            "job_unknown",
            "there is no job of this number",
            place="job",
            cure="The last ones are kept until the office is stopped. Begin it again.",
        )
    return found


def list_jobs(office: Office, actor: Actor) -> tuple[Job, ...]:
    """The last jobs, the newest first. Raises as `require_reader`."""
    with office.store.reading() as connection:
        require_reader(connection, actor)
    board = _board(office)
    with board.lock:
        return tuple(sorted(board.jobs.values(), key=lambda each: -each.number))


def _board(office: Office) -> _Board:
    with _BOARDS_LOCK:
        return _BOARDS.setdefault(office.store, _Board())


_Watch = Callable[[int], None]
_Work = Callable[[_Watch], dict[str, object]]


def _run(office: Office, board: _Board, number: int, work: _Work) -> None:
    fields: dict[str, object]
    try:
        fields = {"state": DONE} | work(lambda done: board.change(number, done=done))
    except CounterfoilError as fault:
        fields = {"code": fault.code, "message": fault.message}
        fields |= {"state": FAILED, "place": fault.place, "cure": fault.cure}
    except Exception as bug:  # noqa: BLE001 - P1: the text of an unforeseen error may hold a value
        fields = {"state": FAILED, "code": "internal", "message": type(bug).__name__}
    board.change(number, ended_at=instant_text(office.clock()), **fields)


def _asked(question: BeginJob) -> str:
    """What was asked for, in a few words."""
    if question.what == "attest":
        return f"no {question.kind} from {question.first} to {question.last}"
    return str(question.year) if question.what == "report" else "the whole ledger"


def _work(office: Office, question: BeginJob) -> _Work:
    """What a job does. Raises InputFault `job_asked` where its question is not whole."""
    if question.what == "check":
        return lambda watch: _check(office, watch)
    kinds = {each.value: each for each in EntryKind}
    first, last = question.first, question.last
    if question.what == "report" and 2000 <= question.year <= 9999:
        return lambda watch: _report(office, question.year, watch)
    if question.what == "attest" and question.kind in kinds and first and last:
        kind = kinds[question.kind]
        return lambda watch: _attest(office, Question(kind, first, last, _today(office)), watch)
    raise InputFault(
        "job_asked",
        "the question of this job is not whole",
        place="job",
        cure="An attestation needs a kind and two days, a report needs a year.",
    )


def _today(office: Office) -> date:
    return office.clock().date()


def _check(office: Office, watch: _Watch) -> dict[str, object]:
    found = check_ledger(office, NOBODY, CheckLedger(), watch)
    return {"statements": found.report.statements, "done": found.report.size}


def _attest(office: Office, question: Question, watch: _Watch) -> dict[str, object]:
    with tempfile.TemporaryDirectory(prefix="attest-") as made:
        size = _export(office, Path(made))
        text = attest_none(Path(made), office.holder_key, question)
    watch(size)
    words = (
        f"No entry of kind {question.kind.value} was made from {question.first} to {question.last},"
        " both included, UTC. The attestation shows it to anybody who has the office's verifier "
        "key."
    )
    return {"document": text, "statements": (words,)}


def _report(office: Office, year: int, watch: _Watch) -> dict[str, object]:
    with tempfile.TemporaryDirectory(prefix="report-") as made:
        size = _export(office, Path(made))
        report = report_year(Path(made), office.holder_key, year)
    watch(size)
    text = msgspec.json.format(msgspec.json.encode(report), indent=2).decode()
    words = (
        f"The counts of {year}, by agreement and route, from the {report.size} entries of the "
        f"newest checkpoint, of {_size(office)} that there are. A count of 1 to "
        f"{report.small - 1} is withheld."
    )
    return {"document": text, "statements": (words,)}


def _size(office: Office) -> int:
    with office.store.reading() as connection:
        return office.ledger.size(connection)


def _export(office: Office, folder: Path) -> int:
    """Write the entries of the newest checkpoint into a folder."""
    with office.store.reading() as connection:
        note = office.ledger.newest_checkpoint(connection) or ""
        return ledger.export(connection, folder, note)
