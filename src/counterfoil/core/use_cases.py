"""What a use case is made of: who acts, what comes in, what an officer signs, what is yielded.

A use case is what a person or a program asks the office to do. It has one form, whoever calls it:

    verb(office, actor, command) -> frozen result
    query(office, actor, question) -> frozen result

A long verb is a generator: it yields `Progress` and each `Reject`, and returns its result
(`finish`). Commands and results are frozen. A command holds no terminal and no private key; a file
comes as an `Upload`.

An act of an officer has one `Statement`. The verb's own `..._statement` query hands it out; it is
signed elsewhere, by a key file, a security key or a browser; it comes back as `Signed`, and the
verb builds the statement again from the state as it is now. Where the two differ, the state has
moved since, and nothing is done. What is signed, format `counterfoil-statement-1`, as canonical
JSON (core/canonical.py):

    {"act":"review","details":{"determinations":"sha256:9f...","sample":""},
     "expires":"2026-05-04T12:15:00Z","format":"counterfoil-statement-1","generation":3,
     "nonce":"5d...","office":"tax-office.example","subject":"b-0001"}

- `act` is one of the verbs of the office; a signature for one never serves as another.
- `subject` is what the act is about: a batch, the scope of a suspension, the number of a hold.
- `generation` counts what was done to the subject before, so that a statement serves once.
- `details` are texts and whole numbers: digests, commitments, counts. Never a value of a record.
- `nonce` is 16 random bytes in hex; `expires` is UTC, and nothing is done with it afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Final, Generic, TypeVar, cast

from counterfoil.core import canonical
from counterfoil.core.errors import InputFault
from counterfoil.core.values import Officer, Public, Reject, Sensitive

STATEMENT_FORMAT: Final = "counterfoil-statement-1"
ED25519: Final = "ed25519"

Result = TypeVar("Result")


# -- who acts ----------------------------------------------------------------------------------


class Service(Public, frozen=True, gc=False):
    """The office's own process, or the operator who runs it: whoever can open the office's keys."""


class Nobody(Public, frozen=True, gc=False):
    """Whoever reads what everyone with access to the office's machine may read."""


SERVICE: Final = Service()
NOBODY: Final = Nobody()

Actor = Officer | Service | Nobody
"""An identity only. An officer is the name and public key as enrolled; whoever calls a use case has
made sure that the caller is the officer. What needs more than that comes as `Signed`."""


# -- what an officer signs ---------------------------------------------------------------------


class Statement(Public, frozen=True, gc=False):
    """One act over one subject, as it stands now. See the module."""

    act: str
    office: str
    subject: str
    generation: int
    details: dict[str, str | int]
    nonce: str
    expires: str


class Signature(Public, frozen=True, gc=False):
    """A signature made elsewhere: base64 of its bytes under `scheme` ("ed25519"). `client_data` is
    what a browser or a security key adds, and "" for a key file."""

    scheme: str
    value: str
    client_data: str = ""


class Signed(Public, frozen=True, gc=False):
    """A statement that an officer signed."""

    officer: Officer
    statement: Statement
    signature: Signature


class SignedCommand(Sensitive, frozen=True, kw_only=True):
    """Base of the commands of acts. `signatures`: one of each officer, who acts first; empty while
    the statement is asked for. Some name requests or files, so none is ever printed."""

    signatures: tuple[Signed, ...] = ()


def statement_bytes(statement: Statement) -> bytes:
    """The bytes that are signed."""
    body = {name: getattr(statement, name) for name in Statement.__struct_fields__}
    return canonical.encode(body | {"format": STATEMENT_FORMAT})


# -- what comes in -----------------------------------------------------------------------------


class Upload(Sensitive, frozen=True, gc=False):
    """A file that came in: it does not change while it is used and can be read again. Its format is
    what the name ends in. `name` is what messages show; `path`, which is never printed, is where
    it lies for this use."""

    path: Path

    @property
    def name(self) -> str:
        """The file's own name, without its folder."""
        return self.path.name

    def read(self, limit: int, unreadable: Callable[[str], InputFault]) -> bytes:
        """At most `limit` + 1 bytes of it: one more than the limit shows that it is too large.

        `unreadable` makes the fault that is raised where it cannot be read, from the error's type.
        """
        try:
            with self.path.open("rb") as file:
                return file.read(limit + 1)
        except OSError as fault:
            raise unreadable(type(fault).__name__) from None

    def read_whole(self, limit: int) -> bytes:
        """The bytes of a file of at most `limit` bytes. Raises InputFault `file_unreadable`,
        `file_too_long`."""
        data = self.read(limit, self._unreadable)
        if len(data) > limit:
            raise InputFault(
                "file_too_long",
                f"the file is longer than {limit} bytes",
                place=self.name,
                cure="Name the file itself.",
            )
        return data

    def _unreadable(self, _why: str) -> InputFault:
        return InputFault(
            "file_unreadable",
            "the file cannot be read",
            place=self.name,
            cure="Check its path and permissions.",
        )


# -- what is yielded ---------------------------------------------------------------------------


class Progress(Public, frozen=True, gc=False):
    """How far a long verb is: `done` of `total` (None where nobody knows) in the named phase."""

    done: int
    total: int | None
    phase: str


Work = Generator[Progress | Reject, None, Result]
"""A long verb under way."""


def finish(work: Work[Result], watch: Callable[[Progress | Reject], None] | None = None) -> Result:
    """Run a long verb to its end and return its result; `watch` is called with all that it
    yields."""
    try:
        while True:
            event = next(work)
            if watch is not None:
                watch(event)
    except StopIteration as done:
        result: Result = done.value
        return result
    finally:
        work.close()


def watcher(
    advance: Callable[[int, int | None, str], None], reject: Callable[[Reject], None] | None = None
) -> Callable[[Progress | Reject], None]:
    """What `finish` calls with each event: `advance` with done, total and phase, `reject` with each
    rejected row."""

    def watch(event: Progress | Reject) -> None:
        if isinstance(event, Progress):
            advance(event.done, event.total, event.phase)
        elif reject is not None:
            reject(event)

    return watch


class _Abandoned(BaseException):
    """Nobody listens any more: the work stops where it next says how far it is."""


def yielding(run: Callable[[Callable[[Progress], None]], Result]) -> Work[Result]:
    """A long verb from a function that calls back with its progress. `run` works in a thread of its
    own, and waits at each call until whoever runs the verb has seen it; so that the two never work
    at once. Where the verb is closed before its end, `run` stops at its next call."""
    events: SimpleQueue[Progress | _Ended[Result]] = SimpleQueue()
    answers: SimpleQueue[bool] = SimpleQueue()

    def emit(event: Progress) -> None:
        events.put(event)
        if not answers.get():
            raise _Abandoned

    def work() -> None:
        try:
            events.put(_Ended(run(emit), None))
        except _Abandoned:
            return  # nobody takes it: kept, its traceback would keep open what the work had open
        except BaseException as fault:  # noqa: BLE001 - handed to whoever runs the verb
            events.put(_Ended(None, fault))

    thread = Thread(target=work, daemon=True)
    thread.start()
    try:
        while isinstance(event := events.get(), Progress):
            yield event
            answers.put(True)
        if event.fault is not None:
            raise event.fault
        return cast("Result", event.result)
    finally:
        answers.put(False)
        thread.join()


class _Ended(Generic[Result]):
    """How the work ended: its result, or what it raised."""

    def __init__(self, result: Result | None, fault: BaseException | None) -> None:
        self.result = result
        self.fault = fault
