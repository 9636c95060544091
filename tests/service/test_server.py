"""The server as somebody meets it who writes to its socket by hand: what is no HTTP, what is too much
and what breaks off is refused with a problem of ours, and nothing of it is kept."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from counterfoil.api.gateway import GatewaySettings
from counterfoil.service.children import start_child, wait_ready
from counterfoil.service.gateway_process import GatewayOrders
from tests.api.test_gateway import HOLDER

ITEM = "0123456789abcdef" * 2
PUT = f"PUT /v1/items/{ITEM} HTTP/1.1\r\nHost: x\r\n"
MARKED = "Marisol-Quintanilla-1847"
SECONDS = 60
REFUSED = {(400, "request_malformed"), (413, "body_too_long"), (431, "request_head_long")}


class Door(NamedTuple):
    """A gateway's process: its port, its mailbox, its id."""

    port: int
    inbox: Path
    process: int


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    folder = tmp_path_factory.mktemp("door")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = GatewaySettings(
        folder / "mailbox", folder / "public", HOLDER, most_bytes=50_000_000, open_files=True
    )
    orders = GatewayOrders(f"127.0.0.1:{port}", settings)
    child = start_child("counterfoil.service.gateway_process", orders)
    try:
        wait_ready(child)
        yield Door(port, folder / "mailbox" / "inbox", child.pid)
    finally:
        child.kill()
        child.communicate()


def _asked(door: Door, data: bytes, more: int = 0) -> tuple[int, dict[str, Any]]:
    """(status, problem) of what is written to the socket: these bytes, and `more` of them."""
    with socket.create_connection(("127.0.0.1", door.port), SECONDS) as line:
        try:
            line.sendall(data)
            block = b"10000\r\n" + bytes(0x10000) + b"\r\n"
            for _ in range(more // 0x10000):
                line.sendall(block)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it was refused while we went on
        answer = HTTPResponse(line)
        answer.begin()
        assert answer.headers["Content-Type"] == "application/problem+json"
        return answer.status, json.loads(answer.read())


@pytest.mark.parametrize(
    "data",
    [
        b"\0\x16\x03\x01 no HTTP at all\r\n\r\n",
        f"GET /v1/{MARKED} HTTP/9.9\r\n\r\n".encode(),
        f"PUT /v1/items/{ITEM} HTTP/1.1\r\nHost: x\r\nContent-Length: {MARKED}\r\n\r\n".encode(),
        f"{PUT}Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcde".encode(),
        f"{PUT}Transfer-Encoding: {MARKED}\r\n\r\n".encode(),
        f"{PUT}Transfer-Encoding: chunked\r\n\r\nzz\r\n".encode(),
        f"{PUT}{MARKED}\r\n\r\n".encode(),
        f"{PUT}X: {'a' * 40_000}\r\n\r\n".encode(),
    ],
)
def test_what_is_no_http_is_refused_with_a_code(door: Door, data: bytes) -> None:
    status, problem = _asked(door, data)
    assert (status, problem["code"]) in REFUSED
    assert MARKED not in str(problem)
    _until_empty(door)


def test_a_gigabyte_is_refused_where_it_is_stated_and_where_it_is_not(door: Door) -> None:
    """By its length before the first byte, or once the bytes are too many; memory stays small."""
    before = _resident(door.process)
    stated = _asked(door, f"{PUT}Content-Length: 1000000000\r\n\r\n".encode())
    assert (stated[0], stated[1]["code"]) == (413, "body_too_long")
    head = f"{PUT}Transfer-Encoding: chunked\r\n\r\n".encode()
    try:
        counted = _asked(door, head, more=100_000_000)
        assert (counted[0], counted[1]["code"]) == (413, "body_too_long")
    except ConnectionResetError:
        pass  # the answer was lost, because bytes were still on the way when it was closed
    _until_empty(door)
    assert _resident(door.process) - before < 40_000_000


def test_an_item_that_breaks_off_leaves_nothing(door: Door) -> None:
    for data in (f"{PUT}Content-Length: 100\r\n\r\n{MARKED}", f"{PUT}Content-Len"):
        with socket.create_connection(("127.0.0.1", door.port), SECONDS) as line:
            line.sendall(data.encode())
    status, problem = _asked(door, f"GET /v1/items/{ITEM} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert (status, problem["code"]) == (404, "item_unknown")
    _until_empty(door)


def _until_empty(door: Door) -> None:
    """Nothing is left, once the door has seen that the line ended."""
    end = time.monotonic() + SECONDS
    while any(door.inbox.iterdir()):
        assert time.monotonic() < end, "something was left"
        time.sleep(0.02)


def _resident(process: int) -> int:
    for line in Path(f"/proc/{process}/status").read_text("ascii").splitlines():
        if line.startswith("VmRSS:"):
            return 1024 * int(line.split()[1])
    raise AssertionError("the process ended")
