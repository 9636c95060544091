"""What a process that another one started has in common with its kind: orders come on standard
input, readiness goes to standard output, and it ends when its parent does.

    stdin    one line of JSON, the orders; then nothing until the parent ends or closes it
    stdout   the line `ready`, once it works; or a fault of ours as one line of JSON

Ctrl-C reaches the parent alone: a child has a session of its own, and is told by SIGTERM or by the
end of its input.

A parent that is killed cannot tell anything. The kernel then kills its children at once, so that
none of them keeps the office's lease or a port while the service is started again; what they were
at is found again, as after any kill. Where the kernel has no such order (only Linux has), they
notice the end of their input and stop as if told to.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import FrameType
from typing import IO, Any, Final, TypeVar

import msgspec

from counterfoil.core import errors
from counterfoil.core.config_file import as_path
from counterfoil.core.errors import CounterfoilError, StateFault
from counterfoil.service.log import Log, hear_libraries, log_of

Orders = TypeVar("Orders", bound=msgspec.Struct)
READY: Final = b"ready\n"
_PR_SET_PDEATHSIG: Final = 1
"""prctl(2): the signal that a process gets when the thread that started it ends."""


def start_child(
    module: str, orders: Any, descriptors: Sequence[int] = (), log: int | None = None
) -> subprocess.Popen[bytes]:
    """Start `python -m MODULE PARENT`, hand it its orders and these open descriptors. Its log goes
    to the open descriptor `log`, or where ours goes; it ends with the thread that calls this.
    Raises OSError."""
    child = subprocess.Popen(
        [sys.executable, "-m", module, str(os.getpid())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        start_new_session=True,
        pass_fds=tuple(descriptors),
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    pipe = _pipe(child.stdin)
    try:
        pipe.write(msgspec.json.encode(orders, enc_hook=str) + b"\n")
        pipe.flush()
    except OSError:
        child.kill()
        child.wait()
        raise
    return child


def wait_ready(child: subprocess.Popen[bytes]) -> None:
    """Wait until the child works. Raises the fault that it tells, or StateFault `process_ended`
    where it ends without one."""
    line = _pipe(child.stdout).readline()
    if line == READY:
        return
    told = _told(line)
    if told is None:
        raise StateFault(
            "process_ended",
            "a process of the service ended before it was ready",
            place="serve",
            cure="Its log, on standard error, says why.",
        )
    kind: type[CounterfoilError] = getattr(errors, told.kind, StateFault)
    raise kind(told.code, told.message, place=told.place, cure=told.cure)


def _told(line: bytes) -> _Fault | None:
    try:
        return msgspec.json.decode(line, type=_Fault)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


class _Fault(msgspec.Struct, frozen=True):
    kind: str
    code: str
    message: str
    place: str
    cure: str


def run_child(process: str, kind: type[Orders], run: Callable[[Orders, Log], object]) -> None:
    """What the module of a process does: read the orders and do them. A fault of ours is told to
    the parent and the log; anything else ends the process with its class and line."""
    _end_with(int(sys.argv[1]))
    log = log_of(process)
    hear_libraries(log)
    try:
        run(read_orders(kind, as_path), log)
    except CounterfoilError as fault:
        log("ended", code=fault.code)
        told = _Fault(type(fault).__name__, fault.code, fault.message, fault.place, fault.cure)
        _say(msgspec.json.encode(told) + b"\n")
    except Exception as bug:  # noqa: BLE001 - P1: an unforeseen error's text may hold a value
        frame = traceback.extract_tb(bug.__traceback__)[-1]
        where = f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
        log("ended", code="internal", kind=type(bug).__name__, where=where)


def _end_with(parent: int) -> None:
    """Have the kernel kill this process when its parent ends. One that ended before this could be
    asked for is no parent any more."""
    with suppress(AttributeError, OSError):  # no such order on this system: see the module
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def read_orders(kind: type[Orders], convert: Callable[[type, Any], Any]) -> Orders:
    """The orders of this process, from standard input."""
    return msgspec.json.decode(sys.stdin.buffer.readline(), type=kind, dec_hook=convert)


def say_ready() -> None:
    """Tell the parent that this process works."""
    _say(READY)


def _say(line: bytes) -> None:
    with suppress(OSError):  # the parent is gone: the end of our input tells that too
        sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()


def stop_with_parent(stop: Callable[[], object]) -> None:
    """Call `stop` once, from another thread, when the parent ends or closes our input; and at
    SIGTERM, from this one."""

    def told(_number: int, _frame: FrameType | None) -> None:
        stop()

    signal.signal(signal.SIGTERM, told)
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        # Not by `sys.stdin`: a thread that waits in it keeps the interpreter from ending in order.
        while os.read(0, 4096):
            continue
        stop()

    threading.Thread(target=watch, daemon=True).start()


def stopping_event() -> asyncio.Event:
    """An event of the running loop that is set when this process is to stop."""
    event, loop = asyncio.Event(), asyncio.get_running_loop()
    stop_with_parent(lambda: loop.call_soon_threadsafe(event.set))
    return event


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise ValueError("the child was started without this pipe")
    return pipe
