"""A witness over HTTP: POST /add-checkpoint, and nothing else. Standard library only; put TLS
before it.

Requests carry no secret and nobody's data, so none is logged. A body over 64 KB, or without a
length, is refused unread.
"""

from __future__ import annotations

from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from counterfoil.core.errors import StoreFault
from counterfoil.tlog.witness import MAX_BODY_BYTES, Answered, Witness

PATH: Final = "/add-checkpoint"
_TIMEOUT_SECONDS: Final = 10


def serve(witness: Witness, host: str, port: int) -> ThreadingHTTPServer:
    """A server that is bound and not yet running: call `serve_forever`. Port 0 takes a free one.
    Raises StoreFault."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = _TIMEOUT_SECONDS

        def do_POST(self) -> None:
            """Answer one request."""
            length = self.headers.get("Content-Length", "")
            if (
                self.path != PATH
                or not length.isdecimal()
                or len(length) > 9
                or int(length) > MAX_BODY_BYTES
            ):
                self.close_connection = True
                self._answer(
                    Answered(HTTPStatus.NOT_FOUND if self.path != PATH else HTTPStatus.BAD_REQUEST)
                )
                return
            try:
                self._answer(witness.add_checkpoint(self.rfile.read(int(length))))
            except StoreFault:
                self._answer(Answered(HTTPStatus.INTERNAL_SERVER_ERROR))

        def _answer(self, answered: Answered) -> None:
            body = answered.body.encode()
            self.send_response(answered.status)
            self.send_header("Content-Type", answered.content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is logged."""

    try:
        return ThreadingHTTPServer((host, port), Handler)
    except OSError:
        raise StoreFault(
            "witness_port",
            "the address cannot be listened on",
            place=f"port {port}",
            cure="Name a free port.",
        ) from None
