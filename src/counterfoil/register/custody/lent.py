"""A key custodian in a worker process: its key is lent for one step, and it counts nothing.

The process that lends the key counts every opening durably before it hands a question on, and says
how many it counted. Nothing is opened beyond that, and what was not used up is not good for the
next chunk. The key reaches the worker through a pipe, from a process to its own child, and no disk.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from counterfoil.core.errors import StoreFault
from counterfoil.register.custodian import KeyCustodian


class LentCustodian(KeyCustodian):
    """Opens for what was counted elsewhere. secret: the register key."""

    __slots__ = ("_allowed",)

    def __init__(self, secret: bytes) -> None:
        super().__init__(secret, Path("none"), 0, date.min)
        self._allowed = 0

    def allow(self, openings: int) -> None:
        """So many openings were counted for the next questions."""
        self._allowed = openings

    def reserve(self, openings: int) -> None:
        """Use up what was counted. Raises StoreFault `custodian_limit` beyond that."""
        if openings > self._allowed:
            raise StoreFault(
                "custodian_limit",
                f"{openings} openings were asked, and {self._allowed} were counted",
                place="custodian",
                cure="Nothing was opened. Run the same command again.",
            )
        self._allowed -= openings

    def remaining(self) -> int:
        """How many openings that were counted are not used up."""
        return self._allowed
