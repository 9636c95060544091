"""Puts items over many connections that stay open, each item at its time; how long each put took is
counted from that time on, so that a put which waited for a free connection is as slow as it was."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.service.items import MadeItem

_PART = 1 << 20
_TYPE = "application/vnd.counterfoil.item"


@dataclass
class Puts:
    """What became of the puts: seconds of each, when each was acknowledged (monotonic, by item),
    and how many were answered otherwise, by status."""

    seconds: list[float] = field(default_factory=list)
    acknowledged: dict[str, float] = field(default_factory=dict)
    other: dict[str, int] = field(default_factory=dict)

    def percentile(self, share: float) -> float:
        """Seconds that this share of the puts did not exceed."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Connection:
    """One connection, opened again where it ended."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.writer: asyncio.StreamWriter | None = None

    async def put(self, made: MadeItem) -> int:
        """The status of the answer; 0 where the connection broke."""
        head = (
            f"PUT /v1/items/{made.item} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            f"Content-Type: {_TYPE}\r\nContent-Length: {made.file.stat().st_size}\r\n\r\n"
        )
        for _ in range(2):  # one that was open may have been closed by the other side meanwhile
            was_open = self.writer is not None
            try:
                if self.writer is None:
                    self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
                self.writer.write(head.encode())
                with made.file.open("rb") as file:
                    while part := file.read(_PART):
                        self.writer.write(part)
                        await self.writer.drain()
                return await self._answer()
            except (OSError, asyncio.IncompleteReadError, ValueError):
                self.close()
                if not was_open:
                    return 0
        return 0

    async def _answer(self) -> int:
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = head.partition("content-length:")[2].split("\r\n")[0]
        await self.reader.readexactly(int(length))
        if "connection: close" in head:
            self.close()
        return int(head.split()[1])

    def close(self) -> None:
        """End the connection."""
        if self.writer is not None:
            self.writer.close()
            self.writer = None


async def put_all(port: int, items: Sequence[MadeItem], rate: float, connections: int) -> Puts:
    """Put the items at `rate` a second over so many connections."""
    done, waiting, begun = Puts(), iter(enumerate(items)), time.monotonic() + 0.5

    async def work() -> None:
        connection = Connection(port)
        for number, made in waiting:
            due = begun + number / rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            status = await connection.put(made)
            now = time.monotonic()
            done.seconds.append(now - due)
            if status in (200, 201):
                done.acknowledged[made.item] = now
            else:
                done.other[str(status)] = done.other.get(str(status), 0) + 1
        connection.close()

    await asyncio.gather(*(work() for _ in range(connections)))
    return done
