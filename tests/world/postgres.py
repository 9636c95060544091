"""A PostgreSQL server of the tests' own: on a unix socket in a folder of its own, no TCP, fsync on;
gone when the tests are.

    python -m tests.world.postgres       prints where the machine's binaries are; 1 where it has
                                         none

initdb and postgres refuse root, so a test run by root starts them as `postgres` or `nobody`. The
order of texts is ICU's for en-US, which passes over hyphens: a query that leans on SQLite's order
of bytes shows here.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

OWNER = "counterfoil_owner"
SECONDS = 60


def binaries() -> Path | None:
    """The folder of initdb and postgres: beside what PATH finds, or Debian's, the newest version
    first; None where there is none."""
    found = shutil.which("initdb")
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda path: int(path.parent.name),
        reverse=True,
    )
    places = [Path(found).resolve().parent] if found else []
    return next((path for path in [*places, *debian] if (path / "postgres").exists()), None)


class Server:
    """One server. `url` names a database of it."""

    def __init__(self) -> None:
        bin_directory = binaries()
        assert bin_directory is not None, (
            "this machine has no PostgreSQL: install it, or leave the group out: -m 'not postgres'"
        )
        self.bin = bin_directory
        self.count = 0
        self.directory = Path(tempfile.mkdtemp(prefix="cf-pg-", dir="/tmp"))
        self.user = _unprivileged() if os.geteuid() == 0 else None
        if self.user:
            os.chown(self.directory, self.user.pw_uid, self.user.pw_gid)
        locale = ["--locale=C", "--encoding=UTF8", "--locale-provider=icu", "--icu-locale=en-US"]
        self._run("initdb", "-D", "data", "-U", OWNER, "--auth=trust", *locale)
        self.start()

    def connect(self, database: str = "postgres", role: str = OWNER) -> psycopg.Connection:
        """A plain connection, each statement its own transaction."""
        return psycopg.connect(
            host=str(self.directory), dbname=database, user=role, autocommit=True
        )

    def new_database(self) -> str:
        """The name of a new and empty database."""
        self.count += 1
        name = f"office_{self.count}"
        with self.connect() as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return name

    def copy_by_dump(self, database: str) -> str:
        """The name of a database that `pg_dump` and `pg_restore` made of this one."""
        made, dump = self.new_database(), str(self.directory / f"{database}.dump")
        at = ["--host", str(self.directory), "--username", OWNER]
        self._run("pg_dump", *at, "--format=custom", "--file", dump, database)
        self._run("pg_restore", *at, "--exit-on-error", "--dbname", made, dump)
        return made

    def url(self, database: str, role: str = OWNER) -> str:
        return f"postgresql+psycopg://{role}@/{database}?host={self.directory}"

    def start(self) -> None:
        """Start it and wait until it answers. After a crash it refuses to start for as long as a
        session of before still ends: it is then started again."""
        until = time.monotonic() + SECONDS
        self.process = self._process()
        while time.monotonic() < until:
            if self.process.poll() is not None:
                self.process = self._process()
            elif self._ready():
                return
            time.sleep(0.05)
        raise AssertionError("the server did not start")

    def _process(self) -> subprocess.Popen[bytes]:
        options = ["-c", "listen_addresses=", "-k", str(self.directory)]
        return subprocess.Popen([self.bin / "postgres", "-D", "data", *options], **self._as_user())

    def stop(self, with_signal: signal.Signals = signal.SIGINT) -> None:
        """SIGINT ends sessions and stops; SIGQUIT stops at once, as a crash would."""
        self.process.send_signal(with_signal)
        self.process.wait(SECONDS)

    def remove(self) -> None:
        if self.process.poll() is None:
            self.stop(signal.SIGQUIT)
        shutil.rmtree(self.directory)

    def _ready(self) -> bool:
        asked = [self.bin / "pg_isready", "-q", "-h", self.directory, "-U", OWNER, "-d", "postgres"]
        return subprocess.run(asked, check=False).returncode == 0

    def _run(self, name: str, *arguments: str) -> None:
        subprocess.run([self.bin / name, *arguments], check=True, **self._as_user())

    def _as_user(self) -> dict[str, Any]:
        shared: dict[str, Any] = {
            "cwd": self.directory,
            "stdout": subprocess.DEVNULL,
            "stderr": subprocess.DEVNULL,
        }
        if self.user is None:
            return shared
        return shared | {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}


def _unprivileged() -> pwd.struct_passwd:
    names = {each.pw_name: each for each in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


if __name__ == "__main__":
    print(binaries() or "no PostgreSQL on this machine")
    sys.exit(binaries() is None)
