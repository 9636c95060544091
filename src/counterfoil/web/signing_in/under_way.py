"""Signing in that has begun and has not come back from the provider yet. It belongs to the browser
that began it, by a cookie of its own, is used once, and is forgotten after ten minutes; so that
nobody makes another person's browser finish what they began.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, NamedTuple

_LASTS: Final = timedelta(minutes=10)
_MOST: Final = 1_000


class Begun(NamedTuple):
    """What the provider's answer is held against. `to`: the path to go on to."""

    state: str
    nonce: str
    verifier: str
    to: str
    at: datetime


class UnderWay:
    """All that have begun. `clock`: the office's, UTC."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._held: dict[bytes, Begun] = {}

    def begin(self, to: str) -> tuple[str, Begun]:
        """Begin; the token for the cookie, and what was begun."""
        while len(self._held) >= _MOST:
            del self._held[next(iter(self._held))]
        state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
        token = secrets.token_urlsafe(32)
        begun = Begun(state, nonce, verifier, to, self._clock())
        self._held[_digest(token)] = begun
        return token, begun

    def take(self, token: str) -> Begun | None:
        """What was begun, once; None where there is nothing, or nothing any more."""
        begun = self._held.pop(_digest(token), None)
        return begun if begun is not None and self._clock() < begun.at + _LASTS else None


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
