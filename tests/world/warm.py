"""Programs that have read their libraries already: one Python reads them, and each program that a
test starts is forked from it.

A Python that reads everything that the command line needs uses a second of the processor or two
before it does anything, and the tests start some hundred. Here a process that holds no file open
and has run nothing reads them once for each process of the tests; a program begins as its child, a
process of its own with the arguments, environment, folder and files that it was given, and ends as
a Python ends. What a test sees is what the program does after its imports; a few tests say
`cold_workers`, or use `subprocess` itself, and start a Python from nothing.

    test      the words, environment and folder as JSON, with standard input, output and error
    warm      the process id; when the program has ended, its status and the processor time it took

The keeper of a program is its parent, so `ps --ppid` does not find it below the test's process.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import io
import json
import os
import runpy
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
import types
from pathlib import Path
from typing import Any, Final, cast

READ: Final = (
    "counterfoil.certification.run",
    "counterfoil.cli.app",
    "counterfoil.disclosure.screening",
    "counterfoil.register.pages.worker",
)
"""What is read before: the command line, and what worker processes are given to do."""
SPENT: Final = [0.0]
"""Seconds of processor time of the programs that were waited for: no children of this process."""
_STARTED: dict[int, tuple[subprocess.Popen[bytes], str]] = {}
"""The warm process that this process started, by this process's id, and its socket."""


class Program(subprocess.Popen[Any]):
    """`subprocess.Popen` of `[sys.executable, "-c", CODE, ...]` or `[sys.executable, "-m", MODULE,
    ...]`, begun warm. It takes no shell and no `preexec_fn`."""

    def __init__(self, args: Any, **given: Any) -> None:
        assert not {"preexec_fn", "shell", "executable"} & given.keys()
        self._new_session = bool(given.get("start_new_session"))
        self._ended: tuple[int, int] | None = None
        super().__init__(args, **given)

    def _execute_child(  # what subprocess calls to have the process begun
        self, args: Any, _executable: Any, _preexec: Any, _close: Any, _pass: Any, cwd: Any,
        env: Any, _info: Any, _flags: Any, _shell: Any, p2cread: int, p2cwrite: int,
        c2pread: int, c2pwrite: int, errread: int, errwrite: int, *_: Any,
    ) -> None:  # fmt: skip
        words: list[str] = [os.fspath(each) for each in args]
        assert words[0] == sys.executable and words[1] in {"-c", "-m"}, words[:2]
        asked: dict[str, Any] = {
            "words": words[1:],
            "env": dict(os.environ if env is None else env),
            "cwd": str(Path.cwd()) if cwd is None else os.fspath(cwd),
            "session": self._new_session,
        }
        given = [own if own != -1 else std for std, own in enumerate((p2cread, c2pwrite, errwrite))]
        self._line = socket.socket(socket.AF_UNIX)
        self._line.connect(_begun())
        body = json.dumps(asked).encode()
        socket.send_fds(self._line, [b"%8d" % len(body)], given)
        self._line.sendall(body)
        self.pid = int(_line_from(self._line))
        self._child_created = True
        self._close_pipe_fds(p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite)  # pyright: ignore

    def _internal_poll(self, *_: Any, **__: Any) -> int | None:  # pyright: ignore
        if self.returncode is None:
            pid, status = self._try_wait(os.WNOHANG)
            if pid:
                self._handle_exitstatus(status)  # pyright: ignore
        return self.returncode

    def _try_wait(self, wait_flags: int) -> tuple[int, int]:  # pyright: ignore
        if self._ended is None:
            if wait_flags & os.WNOHANG and not select.select([self._line], [], [], 0)[0]:
                return 0, 0
            status, _, spent = _line_from(self._line).partition(b" ")
            self._line.close()
            SPENT[0] += float(spent or 0)
            self._ended = self.pid, int(status or signal.SIGKILL)
        return self._ended


def _line_from(line: socket.socket) -> bytes:
    told = b""
    while (byte := line.recv(1)) not in (b"", b"\n"):
        told += byte
    return told


def _begun() -> str:
    """The socket of this process's warm process, which is begun the first time."""
    if os.getpid() not in _STARTED:
        folder = tempfile.mkdtemp(prefix="cf-warm-")
        place = f"{folder}/ask"
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.world.warm", place],
            stdin=subprocess.PIPE,  # ends with this process, and the warm process with it
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        assert process.stdout is not None and process.stdout.readline() == b"warm\n"
        _STARTED[os.getpid()] = process, place
    return _STARTED[os.getpid()][1]


# -- the warm process ------------------------------------------------------------------------------


def _serve(place: str) -> None:
    """Fork a keeper for each program that is asked for, until the test's process is gone. Returns
    in a program's own process alone, which goes on to run it."""
    for module in READ:
        importlib.import_module(module)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(place)
        door.listen(32)
        gc.collect()
        gc.freeze()
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # a keeper that has ended is forgotten
        sys.stdout.write("warm\n")
        sys.stdout.flush()
        while True:
            ready, _, _ = select.select([door, 0], [], [])
            if 0 in ready:
                os._exit(0)
            line, _ = door.accept()
            if os.fork() == 0:
                door.close()
                break
            line.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    size, given, _, _ = socket.recv_fds(line, 8, 3, socket.MSG_WAITALL)
    asked = json.loads(line.recv(int(size), socket.MSG_WAITALL))
    if (program := os.fork()) != 0:
        _keep(line, given, program)
    line.close()
    _become(asked, given)


def _keep(line: socket.socket, given: list[int], program: int) -> None:
    """Say which process it is, and how it ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C of the tests is the program's to hear
    for each in (0, 1, 2, *given):
        os.close(each)
    with contextlib.suppress(OSError):
        line.sendall(b"%d\n" % program)
        _, status, used = os.wait4(program, 0)
        line.sendall(b"%d %f\n" % (status, used.ru_utime + used.ru_stime))
    os._exit(0)


def _become(asked: dict[str, Any], given: list[int]) -> None:
    """Take over files, folder, environment and words, as a Python that was started so."""
    if asked["session"]:
        os.setsid()
    for number, each in enumerate(given):
        os.dup2(each, number)
    for each in given:
        if each > 2:
            os.close(each)
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["env"])
    _open_standard_files(unbuffered=bool(os.environ.get("PYTHONUNBUFFERED")))
    kind, what, *words = asked["words"]
    if kind == "-m":
        sys.argv = [what, *words]
        sys.modules.pop(what, None)
        runpy.run_module(what, run_name="__main__", alter_sys=True)
        return
    sys.argv = ["-c", *words]
    program = types.ModuleType("__main__")
    sys.modules["__main__"] = program
    exec(compile(what, "<string>", "exec"), program.__dict__)


def _open_standard_files(*, unbuffered: bool) -> None:
    into = [
        io.TextIOWrapper(
            cast(Any, open(number, "wb", 0 if unbuffered else -1, closefd=False)),  # noqa: SIM115
            encoding="utf-8",
            errors=errors,
            line_buffering=number == 2 or os.isatty(number),
            write_through=unbuffered,
        )
        for number, errors in ((1, "strict"), (2, "backslashreplace"))
    ]
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  # type: ignore[misc]
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__ = into  # type: ignore[misc]


def _end(status: int) -> None:
    """As Python ends, without the second that it takes to take everything apart that was read."""
    atexit._run_exitfuncs()  # pyright: ignore
    try:
        sys.stdout.flush()
    except OSError as error:
        sys.stderr.write(f"Exception ignored while flushing sys.stdout:\n{error!r}\n")
        status = 120
    sys.stderr.flush()
    os._exit(status)


def _status(said: object) -> int:
    """The exit status of a SystemExit's code."""
    if isinstance(said, int):
        return said & 0xFF
    if said is not None:
        sys.stderr.write(f"{said}\n")
    return 0 if said is None else 1


if __name__ == "__main__":
    try:
        _serve(sys.argv[1])
    except SystemExit as ended:
        _end(_status(ended.code))
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    except Exception:  # noqa: BLE001 - printed as Python prints it
        traceback.print_exc()
        _end(1)
    _end(0)
