"""The caller's side of a Spark job (tasks.py): a pool whose workers are Spark's.

Calls are sent in windows, each of which is one Spark job of one stage and one shuffle that spreads
the sealed calls: at most `WINDOW_CALLS`, and about `WINDOW_BYTES`. What a window answers is given
out in the order of the calls. Spark itself tries a task again whose worker was lost; where it gives
up, `spark_failed` is raised, and what was committed or published before stands.

Needs the extra `spark`; nothing of it is imported before a pool is opened.
"""

from __future__ import annotations

import os
import re
import socket
import sys
import warnings
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from importlib import import_module
from typing import Any, Final

import pyarrow

from counterfoil.core.errors import SettingsFault, StateFault, StoreFault
from counterfoil.core.values import Public
from counterfoil.register.custodian import KeyCustodian
from counterfoil.register.spark.tasks import (
    ANSWERS,
    Factory,
    Job,
    JobSeal,
    altered,
    code_digest,
    read_answer,
    run_calls,
)

WINDOW_CALLS: Final = 256
WINDOW_BYTES: Final = 32 << 20
"""A message of Spark Connect has at most 128 MB."""
CONNECT_SECONDS: Final = 10.0
_TRIES: Final = 4
_REMOTE: Final = re.compile(r"sc://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\]):(\d{1,5})(/;use_ssl=true)?\Z")
pa: Final[Any] = pyarrow


class Cluster(Public, frozen=True):
    """Where Spark is (`sc://HOST:PORT`, `/;use_ssl=true` behind it for TLS), at which path each of
    its workers finds the key custodian's socket, and how many openings a day the agreement
    allows."""

    remote: str
    socket: str
    limit: int


class SparkPool:
    """Answers calls as `WorkerPool.each` does. Made by `spark_pool`."""

    def __init__(self, session: Any, job: Job, seal: JobSeal) -> None:
        self._session, self._seal = session, seal
        self._run_calls = partial(run_calls, job=job)
        self._numbers = 0

    def each(self, method: str, calls: Iterable[tuple[Any, ...]], first: int = 0) -> Iterator[Any]:
        """Call `method` with each of `calls`; yield the results in the order of the calls.

        Raises the fault of a call; StateFault `spark_failed`, `spark_other_code`, `spark_worker`;
        VerifyFault `spark_altered`.
        """
        del first  # Spark chooses the worker
        window, size = dict[int, bytes](), 0
        for call in calls:
            sealed = self._seal.seal(f"call-{self._numbers}", (method, call))
            window[self._numbers] = sealed
            size += len(sealed)
            self._numbers += 1
            if len(window) >= WINDOW_CALLS or size >= WINDOW_BYTES:
                yield from self._run(window)
                window, size = {}, 0
        if window:
            yield from self._run(window)

    def _run(self, window: dict[int, bytes]) -> Iterator[Any]:
        table = pa.table({"number": list(window), "call": list(window.values())})
        try:
            frame = self._session.createDataFrame(table)
            spread = frame.repartition(len(window)) if len(window) > 1 else frame
            found = spread.mapInArrow(self._run_calls, ANSWERS).toArrow()
            answers = dict(zip(*(column.to_pylist() for column in found.columns), strict=True))
        except Exception as fault:  # noqa: BLE001 - Spark's text may quote what it was sent
            raise _failed(fault) from None
        if answers.keys() != window.keys() or not all(answers.values()):
            raise altered()
        for number in window:
            yield read_answer(self._seal, number, answers[number])


@contextmanager
def spark_pool(
    cluster: Cluster, custodian: KeyCustodian, factory: Factory, *arguments: Any
) -> Generator[SparkPool]:
    """A pool of workers, each made by `factory(its key custodian, *arguments)`, for as long as the
    context lasts. Raises SettingsFault `spark_extra_missing`, `spark_settings`; StoreFault
    `spark_unreachable`."""
    session, salt = _connect(cluster.remote), os.urandom(32)
    try:
        seal = JobSeal(custodian, salt)
        setup = seal.seal("setup", (factory, arguments))
        key_id, code = custodian.key_id, code_digest()
        yield SparkPool(
            session, Job(cluster.socket, key_id, cluster.limit, salt, code, setup), seal
        )
    except BaseException:
        with suppress(Exception):
            session.interruptAll()
        raise
    finally:
        with suppress(Exception):
            session.stop()


def check_remote(remote: str) -> tuple[str, int]:
    """Host and port of a Spark Connect endpoint. Raises SettingsFault `spark_settings`."""
    found = _REMOTE.match(remote)
    if found is None or int(found[2]) > 65_535:
        raise SettingsFault(
            "spark_settings",
            "`spark` names no endpoint that can be used",
            place="office.toml: spark",
            cure="Write sc://HOST:PORT, or sc://HOST:PORT/;use_ssl=true. A token stands in the "
            "environment (SPARK_CONNECT_AUTHENTICATE_TOKEN), never here.",
        )
    return found[1].strip("[]"), int(found[2])


def _connect(remote: str) -> Any:
    address = check_remote(remote)
    try:
        with _main_with_a_file(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            retries: Any = import_module("pyspark.sql.connect.client.retries")
            sessions: Any = import_module("pyspark.sql.connect.session")
    except ImportError:
        raise SettingsFault(
            "spark_extra_missing",
            "the engine `spark` needs a Spark Connect client, which is not installed here",
            place="engine",
            cure="Install Counterfoil with the extra `spark`, or leave out --engine.",
        ) from None
    try:
        socket.create_connection(address, CONNECT_SECONDS).close()
        session = sessions.SparkSession.builder.remote(remote).create()
        patience = retries.DefaultPolicy(max_retries=_TRIES, max_backoff=2000)
        session.client.set_retry_policies([patience])
    except Exception as fault:  # noqa: BLE001 - as in `_run`
        raise StoreFault(
            "spark_unreachable",
            f"no Spark Connect endpoint answers ({type(fault).__name__})",
            place="office.toml: spark",
            cure="Start it, or correct `spark` in office.toml. Nothing was opened.",
        ) from None
    return session


@contextmanager
def _main_with_a_file() -> Generator[None]:
    """PySpark takes a process whose main module has no file (such as `python -c`) for its own
    doctests, and ends it as it is imported."""
    main: Any = sys.modules["__main__"]
    has_none = not hasattr(main, "__file__")
    if has_none:
        main.__file__ = __file__
    try:
        yield
    finally:
        if has_none:
            del main.__file__


def _failed(fault: Exception) -> StateFault:
    return StateFault(
        "spark_failed",
        f"the Spark job failed ({type(fault).__name__})",
        place="spark",
        cure="Nothing was published, and every commit so far stands: see Spark's log, then run the "
        "same command again, which goes on from there.",
    )
