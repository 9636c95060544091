"""The processes of a service: who starts them, who starts them again, who stops them.

    serve           this process: holds the office's lease, serves nothing
      gateway       api/gateway.py: no key, no office
      office        api/office.py: the office's keys; what officers sign
      worker        queue and clock: the office's keys; what arrives and what leaves

A child that ends without having been told to is started again, after a pause that doubles while it
keeps ending. At SIGTERM or Ctrl-C all are told to stop, and waited for: the doors end what was
begun, the worker stops at its next commit. Killed, this process takes its
children with it (service/children.py), and the office's lock ends with the last of them.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, Final, NamedTuple

from counterfoil.core.errors import SettingsFault, StoreFault
from counterfoil.exchange.mailbox import Mailbox
from counterfoil.office.lease import service_lease
from counterfoil.service.children import start_child, wait_ready
from counterfoil.service.config import OfficeDoor, ServiceConfig
from counterfoil.service.gateway_process import gateway_orders
from counterfoil.service.log import Log, log_of
from counterfoil.service.office_process import OfficeOrders
from counterfoil.service.worker import WorkerOrders

LEASE_SECONDS: Final = 20
STOP_SECONDS: Final = 40
_FIRST_PAUSE: Final = 0.5
_LAST_PAUSE: Final = 30.0
_CALM_SECONDS: Final = 60.0
_PACKAGE: Final = "counterfoil.service"


class _Kind(NamedTuple):
    """A kind of child: its module, its orders, the descriptors that it inherits."""

    module: str
    orders: Any
    descriptors: tuple[int, ...] = ()


class _Child:
    """One child, and when it was started."""

    def __init__(self, name: str, kind: _Kind, log: int | None) -> None:
        self.name = name
        self.kind = kind
        self._log = log
        self.pause = 0.0
        self.again_at = 0.0
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes] | None:
        self.started_at = time.monotonic()
        try:
            return start_child(self.kind.module, self.kind.orders, self.kind.descriptors, self._log)
        except OSError:
            return None

    def ended(self) -> bool:
        """Whether it has ended."""
        return self.process is None or self.process.poll() is not None

    def plan(self) -> None:
        """Plan the next start."""
        calm = time.monotonic() - self.started_at > _CALM_SECONDS
        self.pause = _FIRST_PAUSE if calm or not self.pause else min(2 * self.pause, _LAST_PAUSE)
        self.again_at = time.monotonic() + self.pause

    def restart(self) -> None:
        """Start it again."""
        self.again_at = 0.0
        self.process = self._start()

    def tell(self) -> None:
        """Tell it to stop."""
        if self.process is not None:
            with suppress(OSError):
                self.process.send_signal(signal.SIGTERM)
            if self.process.stdin is not None:
                with suppress(OSError):
                    self.process.stdin.close()

    def wait(self, until: float) -> None:
        """Wait for its end; kill it where that does not come."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


class Service:
    """What runs. `urls`: where each door is reached, by its name."""

    def __init__(
        self,
        kinds: Mapping[str, _Kind],
        urls: Mapping[str, str],
        log: Log,
        children_log: int | None = None,
    ) -> None:
        self.urls = urls
        self._log = log
        self._children = [_Child(name, kind, children_log) for name, kind in kinds.items()]

    def wait_ready(self) -> None:
        """Wait until every child works. Raises the fault of one that does not."""
        for child in self._children:
            if child.process is None:
                raise StoreFault(
                    "process_not_started",
                    "a process of the service could not be started",
                    place=child.name,
                    cure="Check memory and the number of processes, then start it again.",
                )
            wait_ready(child.process)

    def watch(self, stopping: Callable[[], bool]) -> None:
        """Start again what ends, until told to stop."""
        while not stopping():
            for child in self._children:
                if child.again_at:
                    if time.monotonic() >= child.again_at:
                        child.restart()
                        self._log("restarted", child=child.name)
                elif child.ended():
                    child.plan()
                    self._log("child_ended", child=child.name, again_in=child.pause)
            time.sleep(0.2)

    def stop(self) -> None:
        """Tell all to stop, and wait for them."""
        for child in self._children:
            child.tell()
        until = time.monotonic() + STOP_SECONDS
        for child in self._children:
            child.wait(until)


@contextmanager
def run_service(
    config: ServiceConfig,
    doors: frozenset[str],
    passphrase: str | None,
    children_log: int | None = None,
) -> Generator[Service]:
    """Start the processes of these doors, `gateway` and `office`; stop them at the end. Their log
    goes to the open descriptor `children_log`, or where ours goes.

    Raises SettingsFault, StateFault `office_served`, StoreFault; what a process tells that cannot
    begin.
    """
    with ExitStack() as stack:
        kinds: dict[str, _Kind] = {}
        urls: dict[str, str] = {}
        if "gateway" in doors:
            orders = gateway_orders(config)
            kinds["gateway"] = _Kind(f"{_PACKAGE}.gateway_process", orders)
            urls["gateway"] = _url(orders.listen)
        if "office" in doors:
            door = _office_door(config)
            Mailbox(config.mailbox).make()  # told now; later it keeps nothing but the mailbox back
            lease = stack.enter_context(service_lease(config.office, LEASE_SECONDS))
            shutil.rmtree(config.office / "exchange" / "tmp", ignore_errors=True)
            reads, writes = _pipe(stack)
            office = OfficeOrders(
                door.listen, door.hosts, config.office, passphrase, writes, config.pages
            )
            work = WorkerOrders(config.office, config.mailbox, config.public, passphrase, reads)
            kinds["office"] = _Kind(f"{_PACKAGE}.office_process", office, (lease, writes))
            kinds["worker"] = _Kind(f"{_PACKAGE}.worker", work, (lease, reads))
            urls["office"] = _url(door.listen)
        service = Service(kinds, urls, log_of("serve"), children_log)
        stack.callback(service.stop)
        service.wait_ready()
        yield service


@contextmanager
def until_stopped() -> Generator[Callable[[], bool]]:
    """A function that says whether SIGTERM or Ctrl-C has come."""
    told: list[int] = []

    def tell(number: int, _frame: object) -> None:
        told.append(number)

    before = {each: signal.signal(each, tell) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield lambda: bool(told)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _office_door(config: ServiceConfig) -> OfficeDoor:
    if config.office_door is None:
        raise SettingsFault(
            "office_door_missing",
            "the configuration does not say where officers reach the office",
            place="office_door",
            cure="Write [office_door] with `listen` and `hosts`; docs/operate/service.md shows it.",
        )
    return config.office_door


def _pipe(stack: ExitStack) -> tuple[int, int]:
    reads, writes = os.pipe()
    os.set_blocking(writes, False)
    stack.callback(os.close, reads)
    stack.callback(os.close, writes)
    return reads, writes


def _url(listen: str) -> str:
    return listen if listen.startswith("unix:") else f"http://{listen}"
