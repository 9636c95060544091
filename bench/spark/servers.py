"""What the bench of the engine `spark` starts: a Spark Connect endpoint and a key custodian."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
_CLASS: Final = "org.apache.spark.sql.connect.service.SparkConnectServer"


@contextmanager
def endpoint(home: Path | None, workers: int) -> Generator[tuple[str, int]]:
    """An endpoint and its process: Apache Spark's in `home`, with so many Python workers of which each task
    is tried four times; Sail without."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    client = Path(find_spec("pyspark").origin or "").parents[1]  # pyright: ignore[reportOptionalMemberAccess]
    path = os.pathsep.join(map(str, (ROOT / "src", ROOT, client)))
    given = os.environ | {"PYTHONPATH": path, "SPARK_LOCAL_IP": "127.0.0.1"}
    command = [sys.executable, "-m", "pysail", "spark", "server", "--port", str(port)]
    if home is not None:
        given |= {"SPARK_HOME": str(home), "PYSPARK_PYTHON": sys.executable}
        command = [str(home / "bin" / "spark-submit"), "--class", _CLASS, "--master"]
        command += [f"local[{workers},4]", "--driver-memory", "1g"]
        for setting in (f"spark.connect.grpc.binding.port={port}", "spark.ui.enabled=false"):
            command += ["--conf", setting]
        command += ["spark-internal"]
    process = subprocess.Popen(
        command, env=given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    try:
        _wait(lambda: socket.create_connection(("127.0.0.1", port), 1).close())
        yield f"sc://127.0.0.1:{port}", process.pid
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def custodian(office: Path, folder: Path, passphrase: Path) -> Generator[Path]:
    """`counterfoil custodian serve` with the office's register key, which it lends; its socket."""
    folder.mkdir(mode=0o700)
    shutil.move(office / "keys" / "register.key", folder / "register.key")
    config = folder / "custodian.toml"
    config.write_text(
        'format = "counterfoil-custodian-config-1"\nsocket = "ask.sock"\nstate = "openings.json"\n'
        'openings_per_day = 1000000000\nkeys = ["register.key"]\nlend_key = true\n',
        encoding="ascii",
    )
    command = [
        sys.executable,
        "-c",
        "from counterfoil.cli import main; main()",
        "custodian",
        "serve",
    ]
    command += ["--config", str(config), "--passphrase-file", str(passphrase)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait((folder / "ask.sock").stat)
        yield folder / "ask.sock"
    finally:
        process.terminate()
        process.wait()


def python_workers(server: int) -> list[int]:
    """The Python workers of an Apache Spark server: the children of its daemons."""
    daemons = [pid for pid in _below(server) if b"pyspark.daemon" in _command(pid)]
    return [pid for pid in daemons if _parent(pid) in daemons]


def cpu_of(pid: int) -> float:
    """Seconds of CPU of a process and all below it, those that ended included."""
    ticks = 0
    for each in (pid, *_below(pid)):
        with suppress(OSError):
            said = Path(f"/proc/{each}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
            ticks += sum(map(int, said[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _below(pid: int) -> Iterator[int]:
    parents = dict[int, list[int]]()
    for path in Path("/proc").glob("[0-9]*"):
        parents.setdefault(_parent(int(path.name)), []).append(int(path.name))
    waiting = list(parents.get(pid, []))
    while waiting:
        each = waiting.pop()
        yield each
        waiting += parents.get(each, [])


def _parent(pid: int) -> int:
    with suppress(OSError):
        said = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        return int(said.rpartition(")")[2].split()[1])
    return 0


def _command(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def _wait(ready: Callable[[], object]) -> None:
    for _ in range(1200):
        try:
            ready()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("a server of the bench does not answer")
