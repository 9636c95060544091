"""Who is signed in. A session lives in this process's memory and in a cookie that holds nothing but
a random token; the office keeps its digest. A restart signs everybody out.

idle     15 minutes without a page. What a page says of the time that is left does not count
whole    12 hours, whatever is done
new      at each sign-in a new token; that of before, or one that somebody set, is nobody's
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

IDLE: Final = timedelta(minutes=15)
WARNED: Final = timedelta(minutes=2)
"""How long before its end a session says so."""
WHOLE: Final = timedelta(hours=12)
_MOST: Final = 2_000


class Session:
    """One signed-in officer, by name. `kept` is what pages keep for them until they sign out; it is
    never written anywhere."""

    def __init__(self, officer: str, now: datetime) -> None:
        self.officer = officer
        self.begun = now
        self.seen = now
        self.kept: dict[str, Any] = {}

    def ends_at(self) -> datetime:
        """When it ends if nothing is done."""
        return min(self.seen + IDLE, self.begun + WHOLE)

    def __repr__(self) -> str:
        return f"<Session {self.officer}>"


class Sessions:
    """All of them. `clock`: the office's, UTC."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._held: dict[bytes, Session] = {}

    def begin(self, officer: str) -> str:
        """Sign an officer in; the token for the cookie."""
        self._drop_ended()
        while len(self._held) >= _MOST:
            del self._held[min(self._held, key=lambda each: self._held[each].seen)]
        token = secrets.token_urlsafe(32)
        self._held[_digest(token)] = Session(officer, self._clock())
        return token

    def find(self, token: str, *, touch: bool = True) -> Session | None:
        """The session of a token, if it has not ended. `touch`: whether this counts as use."""
        key = _digest(token)
        session = self._held.get(key)
        if session is None:
            return None
        now = self._clock()
        if now >= session.ends_at():
            del self._held[key]
            return None
        if touch:
            session.seen = now
        return session

    def end(self, token: str) -> None:
        """Sign out."""
        self._held.pop(_digest(token), None)

    def end_all_of(self, officer: str) -> None:
        """Sign an officer out everywhere."""
        for key in [key for key, each in self._held.items() if each.officer == officer]:
            del self._held[key]

    def _drop_ended(self) -> None:
        now = self._clock()
        for key in [key for key, each in self._held.items() if now >= each.ends_at()]:
            del self._held[key]


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
