"""How much one client, and all of them together, may ask of a door: so many at once, so many a
second. Who is over it is told to come back, before a byte of the body is read."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Final

from counterfoil.core.errors import StateFault
from counterfoil.core.values import Public

_MOST_CLIENTS: Final = 10_000
"""Clients that are remembered. Whoever was longest away is forgotten, and starts with a full
bucket."""


class RateLimits(Public, frozen=True):
    """Requests a second that one client may make on average, and at once after a pause."""

    per_second: float = 100
    burst: int = 400


class RateLimiter:
    """A bucket of tokens for each client."""

    def __init__(self, limits: RateLimits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str) -> None:
        """Count one request of a client. Raises StateFault `rate_limited`."""
        now, limits = self._clock(), self._limits
        tokens, at = self._buckets.pop(client, (float(limits.burst), now))
        tokens = min(limits.burst, tokens + (now - at) * limits.per_second)
        self._buckets[client] = (max(0.0, tokens - 1), now)
        if len(self._buckets) > _MOST_CLIENTS:
            self._buckets.popitem(last=False)
        if tokens < 1:
            raise StateFault(
                "rate_limited",
                "this client asks more often than it may",
                place="client",
                cure="Wait as long as Retry-After says, then go on.",
            )


class Places:
    """So many at once, and no queue."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.taken = 0

    @contextmanager
    def take(self) -> Generator[None]:
        """Have one of the places. Raises StateFault `door_busy`."""
        if self.taken >= self._most:
            raise StateFault(
                "door_busy",
                "as many requests as the door takes are being served",
                place="door",
                cure="Nothing was kept. Wait as long as Retry-After says, then send it again.",
            )
        self.taken += 1
        try:
            yield
        finally:
            self.taken -= 1
