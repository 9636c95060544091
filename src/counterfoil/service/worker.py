"""The worker's process: `python -m counterfoil.service.worker`. It works the queue and keeps the
clock, beside the office's door, under the same lease. Killed, it is started again and goes on."""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from counterfoil.exchange.mailbox import Mailbox
from counterfoil.office import open_office
from counterfoil.service.children import run_child, say_ready, stop_with_parent
from counterfoil.service.clock import Clock
from counterfoil.service.log import Log
from counterfoil.service.queue import Queue

_LOOK_SECONDS: Final = 5.0
_ALL_SECONDS: Final = 60.0
_CLOCK_SECONDS: Final = 5.0
_PAUSE_SECONDS: Final = 0.2
_SWEEP_SECONDS: Final = 3600.0


class WorkerOrders(msgspec.Struct, frozen=True):
    """The folders, the passphrase of the office's keys, and the open descriptor from which a byte
    is read whenever an officer has acted."""

    office: Path
    mailbox: Path
    public: Path
    passphrase: str | None
    poked: int

    def __repr__(self) -> str:
        return "<WorkerOrders>"


def run(orders: WorkerOrders, log: Log) -> None:
    """Work until told to stop. Raises as `open_office`, StoreFault."""
    stop, poke = threading.Event(), threading.Event()
    stop_with_parent(stop.set)
    office = open_office(orders.office, orders.passphrase, serves=True)
    mailbox = Mailbox(orders.mailbox)
    queue = Queue(office, mailbox, log, stop.is_set)
    clock = Clock(office, mailbox, queue.keys, orders.public, log)
    threading.Thread(target=_listen, args=(orders.poked, poke), daemon=True).start()
    clock.turn()
    queue.look()
    log("started")
    say_ready()
    _work(queue, clock, mailbox, stop, poke)
    office.close()
    log("stopped")


def _work(
    queue: Queue, clock: Clock, mailbox: Mailbox, stop: threading.Event, poke: threading.Event
) -> None:
    looked = looked_at_all = ticked = swept = 0.0
    while not stop.is_set():
        done, now = queue.turn(), time.monotonic()
        if done or poke.is_set() or now - looked > _LOOK_SECONDS:
            # An act whose poke was lost, because the door ended just then, is found all the same.
            acted = poke.is_set() or now - looked_at_all > _ALL_SECONDS
            poke.clear()
            queue.look(acted=acted)
            looked = time.monotonic()
            looked_at_all = looked if acted else looked_at_all
        if now - ticked > _CLOCK_SECONDS:
            clock.turn()
            ticked = time.monotonic()
        if now - swept > _SWEEP_SECONDS:
            with suppress(OSError):  # the queue tells that the mailbox cannot be read
                mailbox.sweep(time.time() - 86_400)
            swept = now
        if not done and not poke.is_set():
            _pause(stop, poke)


def _pause(stop: threading.Event, poke: threading.Event) -> None:
    """Wait a little, or until an officer has acted."""
    until = time.monotonic() + _PAUSE_SECONDS
    while time.monotonic() < until and not stop.is_set() and not poke.is_set():
        poke.wait(0.05)


def _listen(descriptor: int, poke: threading.Event) -> None:
    while os.read(descriptor, 4096):
        poke.set()


if __name__ == "__main__":
    run_child("worker", WorkerOrders, run)
