"""One HTTP request in a thread of its own, with a deadline for all of it.

A timeout of a socket bounds one wait for bytes: whoever sends a byte now and then is never timed
out. So the one who asks waits for the whole request until its own deadline, then cuts the
connection and goes on. What comes back is a status and at most so many bytes of a body; no
redirection is followed. Trusted is nothing of it.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from queue import Empty, SimpleQueue
from typing import Final, NamedTuple
from urllib.parse import urlsplit

HttpAnswer = tuple[int, bytes]
"""(status, body)."""
NO_ANSWER: Final[HttpAnswer] = (0, b"")


class HttpRequest(NamedTuple):
    """What is asked. `body`: None for a GET. `limit`: bytes of the response's body that are read;
    a longer one is cut there."""

    url: str
    body: bytes | None
    limit: int


class Call(threading.Thread):
    """A request that has begun. `done` is called with its answer, from its own thread."""

    def __init__(
        self, request: HttpRequest, seconds: float, done: Callable[[HttpAnswer], object]
    ) -> None:
        super().__init__(daemon=True)
        self._request, self._seconds, self._done = request, seconds, done
        self._socket: socket.socket | None = None
        self._cut = False
        self.start()

    def run(self) -> None:
        """Ask once; `NO_ANSWER` for whatever goes wrong on the way."""
        try:
            answer = self._ask()
        except (OSError, HTTPException, ValueError, AttributeError):
            # The last one comes of a TLS connection that is cut while it is being read.
            answer = NO_ANSWER
        self._done(answer)

    def cut(self) -> None:
        """Break the connection off, so that its thread ends."""
        self._cut = True
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _ask(self) -> HttpAnswer:
        url = urlsplit(self._request.url)
        if url.scheme not in ("http", "https") or not url.hostname:
            return NO_ANSWER
        kind = HTTPSConnection if url.scheme == "https" else HTTPConnection
        connection = kind(url.hostname, url.port, timeout=self._seconds)
        try:
            connection.sock = self._connect(url.hostname, connection.port, url.scheme)
            if self._cut:
                return NO_ANSWER
            method = "GET" if self._request.body is None else "POST"
            connection.request(method, url.path or "/", self._request.body)
            response = connection.getresponse()
            return response.status, response.read(self._request.limit)
        finally:
            connection.close()

    def _connect(self, host: str, port: int, scheme: str) -> socket.socket:
        """A connection that `cut` can break off also while TLS is being agreed."""
        plain = socket.create_connection((host, port), self._seconds)
        self._socket = plain
        if scheme == "https":
            context = ssl.create_default_context()
            made = context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)
            self._socket = made
            made.do_handshake()
        return self._socket


def get(url: str, limit: int, seconds: float) -> HttpAnswer:
    """GET one URL within `seconds`, all of it. `NO_ANSWER` where nothing, too much or too late
    came."""
    answers: SimpleQueue[HttpAnswer] = SimpleQueue()
    call = Call(HttpRequest(url, None, limit + 1), seconds, answers.put)
    try:
        status, body = answers.get(timeout=seconds)
    except Empty:
        call.cut()
        return NO_ANSWER
    return (status, body) if len(body) <= limit else NO_ANSWER


def seconds_until(deadline: float) -> float:
    """What is left until `deadline`, a time of the monotonic clock; 0 where it has passed."""
    return max(0.0, deadline - time.monotonic())
