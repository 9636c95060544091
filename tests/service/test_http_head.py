"""The head of a request, on real sockets and at both doors: what two programs could read in two ways
is refused, the connection ends, and what followed on it is not served (RFC 9112)."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path

import pytest

from counterfoil.api.gateway import Gateway, GatewaySettings
from counterfoil.exchange.mailbox import Mailbox
from counterfoil.service.http_head import MOST_HEAD, MOST_LINE
from tests.api import doors
from tests.api.doors import HOST, ITEM, Lines, listening
from tests.api.test_gateway import HOLDER
from tests.world.office import World, closing

SECONDS = 30
MARKED = "Marisol-Quintanilla-1847"
NEXT = f"GET /v1/openapi.yaml HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n"
"""What a smuggler has follow; it must not be served."""


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory, world_template: Path) -> Iterator[list[int]]:
    """A gateway and an office that listen."""
    folder = tmp_path_factory.mktemp("heads")
    Mailbox(folder / "mailbox").make()
    settings = GatewaySettings(
        folder / "mailbox", folder / "public", HOLDER, open_files=True, hosts=(HOST,)
    )
    with (
        closing(World(folder / "world", template=world_template)) as world,
        doors.office(world) as (office, _, _),
        listening(Gateway(settings, Lines()).app(), 50) as first,
        listening(office.app(), 50) as second,
    ):
        yield [first, second]


def _said(port: int, data: bytes | str) -> bytes:
    """All that is answered to these bytes, until the line ends."""
    data = data.encode("latin-1") if isinstance(data, str) else data
    said = b""
    with socket.create_connection(("127.0.0.1", port), SECONDS) as line:
        line.sendall(data)
        try:
            while part := line.recv(65_536):
                said += part
        except ConnectionResetError:
            pass
    return said


def _status(port: int, data: bytes | str) -> int:
    return int(_said(port, data).split()[1])


REFUSED = {
    "length and coding": "PUT /v1/x HTTP/1.1\r\nHost: {host}\r\nContent-Length: 5\r\n"
    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "coding and length": "PUT /v1/x HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n"
    "Content-Length: 5\r\n\r\n0\r\n\r\n",
    "coding of HTTP/1.0": "PUT /v1/x HTTP/1.0\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n"
    "0\r\n\r\n",
    "two lengths": "PUT /v1/x HTTP/1.1\r\nHost: {host}\r\nContent-Length: 5\r\n"
    "Content-Length: 6\r\n\r\nabcde",
    "list of lengths": "PUT /v1/x HTTP/1.1\r\nHost: {host}\r\nContent-Length: 5, 6\r\n\r\nabcde",
    "signed length": "PUT /v1/x HTTP/1.1\r\nHost: {host}\r\nContent-Length: +5\r\n\r\nabcde",
    "other coding": "PUT /v1/x HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
    "coding last": "PUT /v1/x HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked, gzip\r\n\r\n",
    "coding twice": "PUT /v1/x HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n"
    "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "coding hidden by a tab": "PUT /v1/x HTTP/1.1\r\nHost: {host}\r\n"
    "Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "space before colon": "PUT /v1/x HTTP/1.1\r\nHost: {host}\r\nContent-Length : 5\r\n\r\nabcde",
    "folded line": "GET /v1/health HTTP/1.1\r\nHost: {host}\r\nX: a\r\n b\r\n\r\n",
    "folded coding": "PUT /v1/x HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding:\r\n\tchunked\r\n\r\n"
    "0\r\n\r\n",
    "fold at the start": "GET /v1/health HTTP/1.1\r\n Host: {host}\r\n\r\n",
    "bare LF": "GET /v1/health HTTP/1.1\nHost: {host}\n\n",
    "one bare LF": "GET /v1/health HTTP/1.1\r\nHost: {host}\r\nX: a\nY: b\r\n\r\n",
    "bare LF at the end": "GET /v1/health HTTP/1.1\r\nHost: {host}\r\n\n",
    "bare CR": "GET /v1/health HTTP/1.1\r\nHost: {host}\r\nX: a\rY: b\r\n\r\n",
    "NUL": "GET /v1/health HTTP/1.1\r\nHost: {host}\r\nX: a\0b\r\n\r\n",
    "no Host": "GET /v1/health HTTP/1.1\r\n\r\n",
    "two Hosts": "GET /v1/health HTTP/1.1\r\nHost: {host}\r\nHost: {host}\r\n\r\n",
    "other version": "GET /v1/health HTTP/9.9\r\nHost: {host}\r\n\r\n",
    "HTTP/2": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "no version": "GET /v1/health\r\n\r\n",
    "no slash": "GET v1/health HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "a star": "GET * HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "CONNECT": "CONNECT {host}:443 HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "other scheme": "GET ftp://{host}/v1/health HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "no authority": "GET http:///v1/health HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "a user": "GET http://{marked}@{host}/v1/health HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "a fragment": "GET http://{host}/v1/health#{marked} HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "chunk without its end": "PUT /v1/x HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n"
    "\r\n5\nabcde\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("door", [0, 1], ids=["gateway", "office"])
def test_a_head_that_can_be_read_in_two_ways_ends_the_connection(
    ports: list[int], door: int, name: str
) -> None:
    request = REFUSED[name].format(host=HOST, marked=MARKED)
    said = _said(ports[door], request + NEXT)
    head, _, body = said.partition(b"\r\n\r\n")
    if name != "chunk without its end":  # there, the route may have refused before the body
        assert head.startswith(b"HTTP/1.1 400 ")
        assert json.loads(body)["code"] == "request_malformed"
    assert b"connection: close" in head.lower()
    assert said.count(b"HTTP/1.1 ") == 1, "what followed was served"
    assert MARKED.encode() not in said


@pytest.mark.parametrize("door", [0, 1], ids=["gateway", "office"])
@pytest.mark.parametrize("scheme", ["http", "https", "HTTP"])
def test_a_whole_uri_is_read_as_its_path(ports: list[int], door: int, scheme: str) -> None:
    """Its authority counts, and not the Host beside it."""
    target = f"{scheme}://{HOST}/v1/openapi.yaml?a=b"
    assert _status(ports[door], f"GET {target} HTTP/1.0\r\nHost: elsewhere\r\n\r\n") == 200
    other = f"{scheme}://elsewhere/v1/openapi.yaml"
    assert _status(ports[door], f"GET {other} HTTP/1.1\r\nHost: {HOST}\r\n\r\n") == 421
    assert _status(ports[door], f"GET {scheme}://{HOST} HTTP/1.1\r\nHost: x\r\n\r\n") == 404
    assert _status(ports[door], f"GET {scheme}://{HOST}?q HTTP/1.0\r\n\r\n") == 404


@pytest.mark.parametrize("door", [0, 1], ids=["gateway", "office"])
@pytest.mark.parametrize("piece", [1000, 10**6])
def test_a_head_that_is_too_long_is_refused_however_it_comes(
    ports: list[int], door: int, piece: int
) -> None:
    """In pieces, or at once."""
    line = f"GET /v1/{'a' * MOST_LINE} HTTP/1.1\r\nHost: {HOST}\r\n\r\n"
    head = f"GET /v1/health HTTP/1.1\r\nHost: {HOST}\r\nX: {'a' * MOST_HEAD}\r\n\r\n"
    for data, status, code in ((line, 414, "request_line_long"), (head, 431, "request_head_long")):
        with socket.create_connection(("127.0.0.1", ports[door]), SECONDS) as sent:
            try:
                for at in range(0, len(data), piece):
                    sent.sendall(data[at : at + piece].encode())
            except (BrokenPipeError, ConnectionResetError):
                pass  # it was refused while we went on
            answer = HTTPResponse(sent)
            answer.begin()
            assert (answer.status, json.loads(answer.read())["code"]) == (status, code)
            assert answer.will_close


@pytest.mark.parametrize("door", [0, 1], ids=["gateway", "office"])
def test_what_the_rfc_allows_is_served(ports: list[int], door: int) -> None:
    """The same length twice is that length; HTTP/1.0; spaces about a value; two requests at once,
    the first of which has a body that nobody reads."""
    first = f"GET /v1/openapi.yaml HTTP/1.1\r\nHost: \t{HOST} \r\n"
    asked = f"{first}Connection: close\r\n"
    assert _status(ports[door], f"{asked}\r\n") == 200
    assert _status(ports[door], f"{asked}Content-Length: 2\r\nContent-Length: 2\r\n\r\nab") == 200
    assert (
        _status(ports[door], f"{asked}Transfer-Encoding: Chunked\r\n\r\n0\r\nX: y\r\n\r\n") == 200
    )
    assert _status(ports[door], f"GET /v1/openapi.yaml HTTP/1.0\r\nHost: {HOST}\r\n\r\n") == 200
    both = _said(ports[door], f"{first}Content-Length: {len(NEXT)}\r\n\r\n{NEXT}{NEXT}")
    assert both.count(b"HTTP/1.1 200 ") == 2  # the body is none of them


def test_who_waits_to_be_told_to_go_on_is_told_so_or_refused_at_once(ports: list[int]) -> None:
    """Expect: 100-continue, of an item that is taken and of one that is too long."""
    put = f"PUT /v1/items/{ITEM} HTTP/1.1\r\nHost: {HOST}\r\nExpect: 100-continue\r\n"
    with socket.create_connection(("127.0.0.1", ports[0]), SECONDS) as line:
        line.sendall(f"{put}Content-Type: text/csv\r\nContent-Length: 4\r\n\r\n".encode())
        assert line.recv(1000).startswith(b"HTTP/1.1 100 ")
        line.sendall(b"a,b\n")
        answer = HTTPResponse(line)
        answer.begin()
        assert answer.status == 201
    said = _said(ports[0], f"{put}Content-Type: text/csv\r\nContent-Length: {10**12}\r\n\r\n")
    assert said.startswith(b"HTTP/1.1 413 ")
    assert said.count(b"HTTP/1.1 ") == 1
