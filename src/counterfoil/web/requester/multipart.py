"""A form with one file, `multipart/form-data` (RFC 7578), read as it comes: the file is handed on
block by block, and nothing but a few hundred bytes of it is ever in memory.

The form has one part with a file name; parts before it without one are passed over, as are those
after it. Its name leads nowhere: only what stands after its last point is looked at, to tell what
an open file is. Refused, whatever comes of it: parts without their heads, heads longer than 4,096
bytes, more than eight parts before the file, a body that ends before its last boundary.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Final

from counterfoil.web.forms import boundary_of, names_of, unreadable

_MOST_HEAD: Final = 4_096
_MOST_PARTS: Final = 8
_MOST_FIELD: Final = 4_096
_SUFFIX: Final = re.compile(r"[a-z0-9]{1,10}")


class SentForm:
    """A form that is coming in. `sent`: its body. Raises InputFault `form_unreadable` throughout;
    whatever `sent` raises."""

    def __init__(self, content_type: str, sent: AsyncIterator[bytes]) -> None:
        boundary = boundary_of(content_type)
        if not boundary:
            raise unreadable()
        self._mark = b"\r\n" + boundary
        self._sent = sent
        self._held = b"\r\n"
        self.suffix = ""
        """What the file's name ends in, in lower case; "" where that is no plain word."""

    async def find_file(self) -> None:
        """Go to the file."""
        await self._skip_to_mark()
        for _ in range(_MOST_PARTS):
            name = await self._head()
            if name is not None:
                last = name.decode("utf-8", "replace").rpartition(".")[2].lower()
                self.suffix = last if _SUFFIX.fullmatch(last) else ""
                return
            await self._skip_to_mark()
        raise unreadable()

    async def file(self) -> AsyncIterator[bytes]:
        """The file's bytes. Raises after them where the form does not end as it must."""
        while True:
            at = self._held.find(self._mark)
            if at >= 0:
                if at:
                    yield self._held[:at]
                self._held = self._held[at + len(self._mark) :]
                break
            safe = len(self._held) - len(self._mark) + 1
            if safe > 0:
                yield self._held[:safe]
                self._held = self._held[safe:]
            await self._more()
        await self._end()

    async def _end(self) -> None:
        """Pass over the parts after the file, up to the last boundary."""
        for _ in range(_MOST_PARTS):
            await self._need(2)
            if self._held[:2] == b"--":
                async for _rest in self._sent:
                    pass
                return
            await self._head()
            await self._skip_to_mark()
        raise unreadable()

    async def _head(self) -> bytes | None:
        """The file name of the part that begins; None for a part without one."""
        while b"\r\n\r\n" not in self._held:
            if len(self._held) > _MOST_HEAD:
                raise unreadable()
            await self._more()
        head, _, self._held = self._held.partition(b"\r\n\r\n")
        if len(head) > _MOST_HEAD:
            raise unreadable()
        try:
            return names_of(head)[1]
        except ValueError:
            raise unreadable() from None

    async def _skip_to_mark(self) -> None:
        while self._mark not in self._held:
            if len(self._held) > _MOST_FIELD:
                raise unreadable()
            await self._more()
        self._held = self._held.partition(self._mark)[2]

    async def _need(self, count: int) -> None:
        while len(self._held) < count:
            await self._more()

    async def _more(self) -> None:
        try:
            self._held += await anext(self._sent)
        except StopAsyncIteration:
            raise unreadable() from None
