"""One HTTP server: uvicorn on a loopback port or a Unix socket, with what it lacks.

    a time for the head of a request   a client that never ends its headers is cut off
    a time for taking an answer        and so is one that does not read what it asked for
    a graceful stop                    no new connection, and what was begun may end
    a port that is told at once        it is bound before anything else is done
    problem documents of our own       for what is no HTTP, and for one connection too many
    a stricter reading of the head     http_head.py

The access log is off: a path holds an item's id, and the doors log what matters.
"""

from __future__ import annotations

import asyncio
import socket
import stat
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, cast

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http import h11_impl
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from counterfoil.api.problems import busy, malformed, problem
from counterfoil.core.errors import StoreFault
from counterfoil.service.http_head import MOST_HEAD, Connection

HEAD_SECONDS: Final = 15
TAKE_SECONDS: Final = 60
"""How long an answer waits for its client, once what the server holds of it is unread."""
_STOP_SECONDS: Final = 20
_BACKLOG: Final = 512
_UNIX: Final = "unix:"


class _Protocol(H11Protocol):
    """Cuts a connection whose next request has not begun in time (neither all of its head has come,
    nor is one being answered), and one whose answer is not taken."""

    _head_timer: asyncio.TimerHandle | None = None
    _take_timer: asyncio.TimerHandle | None = None

    def __init__(self, *settings: Any, **more: Any) -> None:
        super().__init__(*settings, **more)
        self.conn = Connection()

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._is_answering():
            self._forget_head()
        elif self._head_timer is None:
            self._await_head()

    def send_400_response(self, msg: str) -> None:
        said = problem(self.conn.refused or malformed())
        reason = HTTPStatus(said.status_code).phrase.encode("ascii")
        try:
            head = h11.Response(
                status_code=said.status_code, headers=said.raw_headers, reason=reason
            )
            for event in (head, h11.Data(data=bytes(said.body)), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event=event) or b"")
        except h11.LocalProtocolError:  # an answer had begun: it ends here
            pass
        self.transport.close()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._is_answering():
            self._forget_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_head()
        self._forget_take()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._take_timer = self.loop.call_later(TAKE_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        self._forget_take()
        super().resume_writing()

    def _is_answering(self) -> bool:
        cycle = cast("RequestResponseCycle | None", self.cycle)  # None before the first request
        return cycle is not None and not cycle.response_complete

    def _await_head(self) -> None:
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._cut)

    def _forget_head(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _forget_take(self) -> None:
        if self._take_timer is not None:
            self._take_timer.cancel()
            self._take_timer = None

    def _cut(self) -> None:
        self._head_timer = None
        if not self._is_answering() and not self.transport.is_closing():
            self.transport.close()


async def _busy(scope: Any, receive: Any, send: Any) -> None:
    await busy()(scope, receive, send)


setattr(h11_impl, "service_unavailable", _busy)  # noqa: B010 - the library does not export it
"""What the protocol answers with beyond `limit_concurrency`: ours, with a code."""


class _Server(uvicorn.Server):
    """Signals are the process's own business."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


def bind(listen: str) -> socket.socket:
    """A socket that listens at `HOST:PORT` or `unix:PATH`. Raises StoreFault `door_taken`."""
    try:
        if listen.startswith(_UNIX):
            return _bind_path(Path(listen.removeprefix(_UNIX)))
        host, _, port = listen.rpartition(":")
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        bound = socket.socket(family, socket.SOCK_STREAM)
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind((host.strip("[]"), int(port)))
            bound.listen(_BACKLOG)
        except BaseException:
            bound.close()
            raise
    except (OSError, OverflowError) as fault:
        raise StoreFault(
            "door_taken",
            f"the address cannot be listened on ({type(fault).__name__})",
            place=listen,
            cure="Another program may have it: name a free one, or end that program.",
        ) from None
    return bound


def _bind_path(path: Path) -> socket.socket:
    with suppress(FileNotFoundError):
        if stat.S_ISSOCK(path.stat(follow_symlinks=False).st_mode) and not _answers(path):
            path.unlink()
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        bound.bind(str(path))
        path.chmod(0o660)
        bound.listen(_BACKLOG)
    except BaseException:
        bound.close()
        raise
    return bound


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        try:
            asking.connect(str(path))
        except OSError:
            return False
        return True


async def serve(
    app: ASGIApp,
    bound: socket.socket,
    stopping: asyncio.Event,
    ready: Callable[[], None],
    *,
    connections: int,
) -> None:
    """Serve until `stopping` is set, then let what was begun end. `ready` is called once requests
    are answered."""
    config = uvicorn.Config(
        app,
        http=_Protocol,
        ws="none",
        lifespan="off",
        loop="asyncio",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=False,
        limit_concurrency=connections,
        backlog=_BACKLOG,
        timeout_keep_alive=20,
        timeout_graceful_shutdown=_STOP_SECONDS,
        h11_max_incomplete_event_size=MOST_HEAD,
    )
    server = _Server(config)
    running = asyncio.ensure_future(server.serve(sockets=[bound]))
    while not server.started and not running.done():
        await asyncio.sleep(0.02)
    if not running.done():
        ready()
    waiting = asyncio.ensure_future(stopping.wait())
    await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    waiting.cancel()
    await running
