"""A Spark Connect endpoint for one test run: Sail, which runs Python in its own process.

python -m tests.world.spark    prints what would run; 1 where the extra `spark` or Sail is missing

COUNTERFOIL_SPARK_REMOTE=sc://HOST:PORT tries the same tests on another endpoint, such as Apache Spark's.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

REMOTE = os.environ.get("COUNTERFOIL_SPARK_REMOTE", "")
IS_HERE = all(find_spec(name) for name in ("pysail", "pyspark", "grpc", "pandas"))


class Endpoint:
    """A server of Spark Connect. `remote` names it; where it is not Sail, nothing is started."""

    def __init__(self, remote: str = REMOTE) -> None:
        self.remote = remote
        self._process: subprocess.Popen[bytes] | None = None
        if not remote:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self._port = free.getsockname()[1]
            self.remote = f"sc://127.0.0.1:{self._port}"
            self.start()

    def start(self) -> None:
        """Start the server, unless it runs, and wait until it listens."""
        if self._process is not None and self._process.poll() is None:
            return
        assert IS_HERE, (
            "install the extra `spark` and pysail, or leave the group out: -m 'not spark'"
        )
        root = Path(__file__).parents[2]
        path = os.pathsep.join([str(root / "src"), str(root), os.environ.get("PYTHONPATH", "")])
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pysail", "spark", "server", "--port", str(self._port)],
            env=os.environ | {"PYTHONPATH": path, "RUST_LOG": "error"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", self._port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("Sail does not listen")

    def kill(self) -> None:
        """End it as a lost machine would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


if __name__ == "__main__":
    print(REMOTE or ("Sail" if IS_HERE else "no Sail, or no Spark Connect client"))
    sys.exit(not IS_HERE)
