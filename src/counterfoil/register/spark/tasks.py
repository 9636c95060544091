"""What runs in a Spark worker: format `counterfoil-spark-1`, the calls of a job and their answers.

A call is a row of a data frame, and so is its answer (`CALLS`, `ANSWERS`): a number and bytes.

    call     seal("call-NUMBER", (method, arguments))
    answer   01 | seal("answer-NUMBER", result), or
             00 | MessagePack of a fault's class, code, message, place and cure, or a bug's class
             and line, which hold no value of a record
    seal     nonce (12 random bytes) | AES-256-GCM(job key, pickle of the value, AAD = format 00
             name)
    job key  HMAC-SHA-256(salt of the names, "counterfoil/spark/v1" 00 | salt of the job)

The salt of the names is a secret of the key custodian, which gives it to whoever may call it
(custody/protocol.py). So Spark holds, sends, shuffles and logs sealed bytes only, and nothing of a
job holds a key: a `Job` says at which path the worker finds its custodian. What a worker unpickles
was sealed by somebody who may call the custodian too. The register key itself reaches a worker
only where the custodian lends it, for a build.

    trusted?  no. Spark can lose, repeat or refuse a call; it cannot read one, change one, or give
              the answer of one for another
    lost?     call again

The worker has the same Counterfoil as its caller (`spark_other_code`), and is made once a process,
or once a thread where Spark runs Python in threads.
"""

from __future__ import annotations

import hmac
import os
import pickle
import traceback
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Final

import msgspec
import pyarrow
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from counterfoil.core.errors import CounterfoilError, StateFault, VerifyFault
from counterfoil.core.values import Public
from counterfoil.register.custodian import KeyCustodian
from counterfoil.register.custody.client import Channel, RemoteCustodian, fault_of
from counterfoil.register.custody.protocol import Refused
from counterfoil.register.pages.code_digest import PACKAGE, digest_of_code

pa: Final[Any] = pyarrow
FORMAT: Final = "counterfoil-spark-1"
CALLS: Final = "number long, call binary"
ANSWERS: Final = "number long, answer binary"
Factory = Callable[..., Any]
"""Makes a worker from a key custodian and arguments: a function or class of a module."""
_CONTEXT: Final = b"counterfoil/spark/v1\x00"
_NONCE: Final = 12
_FAULT, _DONE = b"\x00", b"\x01"
_JOBS_KEPT: Final = 4
_DECIDING: Final = ("*.py", "*.csv", "*.tsv")
"""The files of the program by which an answer is decided."""
_REFUSED: Final = msgspec.msgpack.Decoder(Refused)
_idle: dict[bytes, list[_Worker]] = {}
_lock: Final = Lock()


class Job(Public, frozen=True):
    """What a worker is told in clear. socket: of its key custodian. limit: openings a day that the
    agreement allows. code: digest of the caller's modules. setup: sealed factory and arguments."""

    socket: str
    key_id: str
    limit: int
    salt: bytes
    code: str
    setup: bytes


class JobSeal:
    """Seals and opens what a job sends."""

    def __init__(self, custodian: KeyCustodian, salt: bytes) -> None:
        secret = custodian.names_salt().encode()
        self._cipher = AESGCM(hmac.digest(secret, _CONTEXT + salt, "sha256"))

    def seal(self, name: str, value: Any) -> bytes:
        """Seal a value. Inverse of `open`."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, pickle.dumps(value), _bound(name))

    def open(self, name: str, sealed: bytes) -> Any:
        """The value that was sealed under this name. Raises VerifyFault `spark_altered`."""
        try:
            plain = self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound(name))
        except (InvalidTag, ValueError):
            raise altered() from None
        return pickle.loads(plain)  # noqa: S301 - sealed by who may call the custodian


class _Worker:
    """A worker of a job, its custodian and its seal."""

    def __init__(self, job: Job) -> None:
        if job.code != code_digest():
            raise StateFault(
                "spark_other_code",
                "a Spark worker has other modules or tables of Counterfoil than its caller",
                place="spark",
                cure="Install the same version for the Python of every Spark worker.",
            )
        custodian = RemoteCustodian(Channel(Path(job.socket)), job.key_id, job.limit)
        self.seal = JobSeal(custodian, job.salt)
        factory, arguments = self.seal.open("setup", job.setup)
        self.made = factory(custodian, *arguments)


def run_calls(batches: Iterable[Any], job: Job) -> Iterator[Any]:
    """Answer every call of some Arrow batches, one batch an answer: what `mapInArrow` runs."""
    for batch in batches:
        for number, call in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            answers = [pa.array([number], pa.int64()), pa.array([_answer(job, number, call)])]
            yield pa.RecordBatch.from_arrays(answers, names=["number", "answer"])


def read_answer(seal: JobSeal, number: int, answer: bytes) -> Any:
    """The result of call `number`. Raises its fault; VerifyFault `spark_altered`."""
    if answer[:1] == _DONE:
        return seal.open(f"answer-{number}", answer[1:])
    try:
        raise fault_of(_REFUSED.decode(answer[1:]))
    except msgspec.MsgspecError:
        raise altered() from None


def _answer(job: Job, number: int, call: bytes) -> bytes:
    try:
        worker = _take(job)
        method, arguments = worker.seal.open(f"call-{number}", call)
        result = getattr(worker.made, method)(*arguments)
        sealed = _DONE + worker.seal.seal(f"answer-{number}", result)
    except CounterfoilError as fault:
        kind = type(fault).__name__
        return _refusal(kind, fault.code, fault.message, fault.place, fault.cure)
    except Exception as bug:  # noqa: BLE001 - P1: its text may hold a value, and would be logged
        frame = traceback.extract_tb(bug.__traceback__)[-1]
        line = f"{Path(frame.filename).name}:{frame.lineno}"
        said = f"a call in a Spark worker broke off ({type(bug).__name__} at {line})"
        cure = "Every commit so far stands, and nothing was published: run the command again."
        return _refusal("StateFault", "spark_worker", said, "spark", cure)
    with _lock:
        _idle.setdefault(job.salt, []).append(worker)
    return sealed


def _refusal(*said: str) -> bytes:
    return _FAULT + msgspec.msgpack.encode(Refused(*said))


def _take(job: Job) -> _Worker:
    """A worker of this job that nobody uses."""
    with _lock:
        if job.salt not in _idle:
            for earlier in list(_idle)[: max(0, len(_idle) - _JOBS_KEPT)]:
                del _idle[earlier]
        elif _idle[job.salt]:
            return _idle[job.salt].pop()
    return _Worker(job)


@cache
def code_digest() -> str:
    """Of Counterfoil's modules and tables: what a job sends is read, and decided, by the same code
    with the same tables of names and letters alone."""
    return digest_of_code(path for kind in _DECIDING for path in PACKAGE.rglob(kind))


def altered() -> VerifyFault:
    """The fault of what came back from Spark and was not sealed for this place."""
    return VerifyFault(
        "spark_altered",
        "what Spark gave back is not what was sealed for it",
        place="spark",
        cure="Nothing was published. Find out who changes data in the cluster, then run the "
        "command again.",
    )


def _bound(name: str) -> bytes:
    return f"{FORMAT}\x00{name}".encode()
