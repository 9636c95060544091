"""A witness over HTTP: POST /add-checkpoint, GET /<origin hash>/checkpoint, and nothing else.
Standard library only; put TLS before it.

Requests hold no secret and nobody's data. Nothing is logged. A body over 64 KB, or without a
length, is refused unread. Bounded, so that who drips bytes or opens connections keeps nobody else
out for long: so many connections at once, the next ones get 503 and are closed; and so many seconds
for a whole request, waiting for it included, after which its connection is cut.
"""

from __future__ import annotations

import re
import socket
import threading
import time
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, NamedTuple, cast

from counterfoil.core.errors import StoreFault
from counterfoil.tlog.witness import MAX_BODY_BYTES, Witness, WitnessResponse

PATH: Final = "/add-checkpoint"
_RETRIEVAL: Final = re.compile(r"/([0-9a-f]{64})/checkpoint")
_LENGTH: Final = re.compile("[0-9]{1,9}")
_BUSY: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 10\r\n"
    b"Connection: close\r\n\r\n"
)


class Limits(NamedTuple):
    """Connections at once, and seconds for a whole request."""

    connections: int = 64
    seconds: float = 20


LIMITS: Final = Limits()


def serve(witness: Witness, host: str, port: int, limits: Limits = LIMITS) -> ThreadingHTTPServer:
    """A server that is bound and not yet running: call `serve_forever`. Port 0 takes a free one.
    Raises StoreFault `witness_port`."""
    try:
        return _Server(witness, host, port, limits)
    except OSError:
        raise StoreFault(
            "witness_port",
            "the address cannot be listened on",
            place=f"port {port}",
            cure="Name a free port.",
        ) from None


class _Server(ThreadingHTTPServer):
    def __init__(self, witness: Witness, host: str, port: int, limits: Limits) -> None:
        self.witness = witness
        self._limits = limits
        self._lock = threading.Lock()
        self._until: dict[socket.socket, float] = {}
        """When each open connection is cut, by the monotonic clock."""
        super().__init__((host, port), _Handler)

    def allow_time(self, connection: socket.socket) -> None:
        """Begin the time of a connection's next request."""
        with self._lock:
            self._until[connection] = time.monotonic() + self._limits.seconds

    def process_request(self, request: Any, client_address: Any) -> None:
        """Refuse a connection too many; serve every other one in a thread of its own."""
        with self._lock:
            has_room = len(self._until) < self._limits.connections
        if has_room:
            self.allow_time(request)
            super().process_request(request, client_address)
            return
        with suppress(OSError):
            request.setblocking(False)
            request.send(_BUSY)
        self.shutdown_request(request)

    def shutdown_request(self, request: Any) -> None:
        """Forget a connection, then close it."""
        with self._lock:
            self._until.pop(request, None)
        super().shutdown_request(request)

    def service_actions(self) -> None:
        """Cut every connection whose time is over. Called by `serve_forever` twice a second."""
        now = time.monotonic()
        with self._lock:
            for connection, until in self._until.items():
                if until <= now:
                    with suppress(OSError):
                        connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print nothing: a connection that was cut is no fault of the witness."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_one_request(self) -> None:
        """Give every request of a connection that is kept alive the same time."""
        cast("_Server", self.server).allow_time(self.connection)
        super().handle_one_request()

    def do_POST(self) -> None:
        """Answer add-checkpoint."""
        length = self.headers.get("Content-Length", "")
        if self.path != PATH:
            self._refuse(HTTPStatus.NOT_FOUND)
        elif not _LENGTH.fullmatch(length) or int(length) > MAX_BODY_BYTES:
            self._refuse(HTTPStatus.BAD_REQUEST, "the body has no length, or over 64 KB")
        else:
            body = self.rfile.read(int(length))
            try:
                self._respond(cast("_Server", self.server).witness.add_checkpoint(body))
            except StoreFault as fault:
                self._fail(fault)

    def do_GET(self) -> None:
        """Answer with the checkpoint cosigned last."""
        found = _RETRIEVAL.fullmatch(self.path)
        if found is None:
            self._refuse(HTTPStatus.NOT_FOUND)
            return
        try:
            self._respond(cast("_Server", self.server).witness.latest(found[1]))
        except StoreFault as fault:
            self._fail(fault)

    def _fail(self, fault: StoreFault) -> None:
        """Say why nothing was cosigned. The words name no place on this machine."""
        why = f"{fault.message} [{fault.code}]\n"
        self._respond(WitnessResponse(HTTPStatus.INTERNAL_SERVER_ERROR, why))

    def _refuse(self, status: HTTPStatus, why: str = "there is nothing here") -> None:
        """Refuse a request whose body was not read."""
        self.close_connection = True
        self._respond(WitnessResponse(status, f"{why}\n"))

    def _respond(self, response: WitnessResponse) -> None:
        body = response.body.encode()
        self.send_response(response.status)
        self.send_header("Content-Type", response.content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""
