"""A witness over HTTP: POST /add-checkpoint, and nothing else. Standard library only; put TLS
before it.

Requests hold no secret and nobody's data. Nothing is logged. A body over 64 KB, or without a
length, is refused unread.
"""

from __future__ import annotations

from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, cast

from counterfoil.core.errors import StoreFault
from counterfoil.tlog.witness import MAX_BODY_BYTES, Witness, WitnessResponse

PATH: Final = "/add-checkpoint"
_TIMEOUT_SECONDS: Final = 10


def serve(witness: Witness, host: str, port: int) -> ThreadingHTTPServer:
    """A server that is bound and not yet running: call `serve_forever`. Port 0 takes a free one.
    Raises StoreFault `witness_port`."""
    try:
        return _Server(witness, host, port)
    except OSError:
        raise StoreFault(
            "witness_port",
            "the address cannot be listened on",
            place=f"port {port}",
            cure="Name a free port.",
        ) from None


class _Server(ThreadingHTTPServer):
    def __init__(self, witness: Witness, host: str, port: int) -> None:
        self.witness = witness
        super().__init__((host, port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _TIMEOUT_SECONDS

    def do_POST(self) -> None:
        """Answer one request."""
        length = self.headers.get("Content-Length", "")
        if self.path != PATH:
            self._refuse(HTTPStatus.NOT_FOUND)
        elif not length.isdecimal() or len(length) > 9 or int(length) > MAX_BODY_BYTES:
            self._refuse(HTTPStatus.BAD_REQUEST)
        else:
            witness = cast("_Server", self.server).witness
            try:
                self._respond(witness.add_checkpoint(self.rfile.read(int(length))))
            except StoreFault:
                self._respond(WitnessResponse(HTTPStatus.INTERNAL_SERVER_ERROR))

    def _refuse(self, status: HTTPStatus) -> None:
        """Refuse a request whose body was not read."""
        self.close_connection = True
        self._respond(WitnessResponse(status))

    def _respond(self, response: WitnessResponse) -> None:
        body = response.body.encode()
        self.send_response(response.status)
        self.send_header("Content-Type", response.content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""
