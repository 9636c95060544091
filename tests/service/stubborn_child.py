"""A child of the service that heeds neither the end of its input nor SIGTERM: it is at a long piece
of work. Run as `python -m tests.service.stubborn_child PARENT`; with `start`, it is the parent, and
prints the child's id."""

from __future__ import annotations

import signal
import sys
import time

import msgspec

from counterfoil.service.children import run_child, say_ready, start_child, wait_ready
from counterfoil.service.log import Log


class Orders(msgspec.Struct, frozen=True):
    """How long it works, in seconds."""

    seconds: float


def _work(orders: Orders, _log: Log) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    say_ready()
    time.sleep(orders.seconds)


if __name__ == "__main__":
    if sys.argv[1:] == ["start"]:
        child = start_child("tests.service.stubborn_child", Orders(120))
        wait_ready(child)
        print(child.pid, flush=True)
        child.wait()
    else:
        run_child("worker", Orders, _work)
