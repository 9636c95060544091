"""A client that is slow, on a real socket, is cut off: it holds a connection of the gateway for no
longer than the limits say, leaves nothing in the mailbox, and keeps nobody else out for good."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection, HTTPResponse
from typing import NamedTuple

import pytest

from counterfoil.api import bodies
from counterfoil.api.bodies import BodyLimits
from counterfoil.api.gateway import Gateway, GatewaySettings
from counterfoil.exchange.mailbox import Mailbox
from counterfoil.service import server
from tests.api.doors import ITEM, Lines, listening
from tests.api.test_gateway import HOLDER

SECONDS = 30
CONNECTIONS = 4
PUT = f"PUT /v1/items/{ITEM} HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n".encode()
LARGE = 40_000_000


class Door(NamedTuple):
    """A gateway that listens: its port and its mailbox."""

    port: int
    mailbox: Mailbox


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A gateway whose limits of time are tenths of seconds."""
    folder = tmp_path_factory.mktemp("slow")
    mailbox = Mailbox(folder / "mailbox")
    mailbox.make()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "HEAD_SECONDS", 0.5)
        patch.setattr(server, "TAKE_SECONDS", 0.5)
        quick = BodyLimits(idle_seconds=0.5, grace_seconds=0.8, least_rate=100_000)
        patch.setattr(bodies.blocks, "__defaults__", (quick,))
        app = Gateway(GatewaySettings(mailbox.root, folder, HOLDER), Lines()).app()
        with listening(app, CONNECTIONS) as port:
            yield Door(port, mailbox)


def _dripped(door: Door, first: bytes, drip: bytes) -> bytes:
    """All that is answered to who sends this and then drips bytes, until the line ends."""
    with socket.create_connection(("127.0.0.1", door.port), SECONDS) as line:
        line.sendall(first)
        line.settimeout(0.05)
        said, end = b"", time.monotonic() + SECONDS
        while time.monotonic() < end:
            try:
                part = line.recv(65_536)
                if not part:
                    return said
                said += part
            except TimeoutError:
                if drip:
                    line.sendall(drip)
            except ConnectionResetError:
                return said
    raise AssertionError("the line was held")


@pytest.mark.parametrize("drip", [b"", b"x"])
def test_who_never_ends_the_head_of_a_request_is_cut_off(door: Door, drip: bytes) -> None:
    assert _dripped(door, b"GET /v1/health HTTP/1.1\r\nHost: x\r\nX-Slow: ", drip) == b""


@pytest.mark.parametrize("drip", [b"", b"x"])
def test_who_never_ends_a_body_is_told_so_and_leaves_nothing(door: Door, drip: bytes) -> None:
    """Idle, and dripping a byte before each limit of idleness is over."""
    head, _, body = _dripped(door, PUT + b"half of it", drip).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 ")
    assert json.loads(body)["code"] == "body_slow"
    assert list(door.mailbox.inbox.iterdir()) == []


def test_who_does_not_read_an_answer_is_cut_off(door: Door) -> None:
    """A sealed answer of 40 MB: its client reads the head of it, and then nothing."""
    with door.mailbox.answer(ITEM).open("wb") as file:
        file.truncate(LARGE)
    with socket.create_connection(("127.0.0.1", door.port), SECONDS) as line:
        line.sendall(f"GET /v1/outbox/{ITEM} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        answer = HTTPResponse(line)
        answer.begin()
        assert (answer.status, answer.length) == (200, LARGE)
        time.sleep(2)
        taken = 0
        try:
            while part := line.recv(1 << 20):
                taken += len(part)
        except ConnectionResetError:
            pass
    assert taken < LARGE


def test_slow_clients_keep_nobody_out_for_good(door: Door) -> None:
    """They have every connection that the door takes; the next one is told so, and served once
    they are cut off."""
    with ExitStack() as stack:
        for _ in range(CONNECTIONS):
            line = socket.create_connection(("127.0.0.1", door.port), SECONDS)
            stack.enter_context(line).sendall(b"GET /v1/hea")
        statuses: list[int] = []
        end = time.monotonic() + SECONDS
        while 404 not in statuses:
            assert time.monotonic() < end, statuses
            statuses.append(_asked(door))
    assert set(statuses) == {503, 404}


def _asked(door: Door) -> int:
    connection = HTTPConnection("127.0.0.1", door.port, timeout=SECONDS)
    connection.request("GET", f"/v1/items/{'9' * 32}", headers={"Connection": "close"})
    answer = connection.getresponse()
    code = json.loads(answer.read())["code"]
    connection.close()
    assert code in ("door_busy", "item_unknown")
    return answer.status


def test_an_item_that_comes_slowly_enough_is_taken(door: Door) -> None:
    """The limits are for who does not get on: in pieces, an item is still an item."""
    with socket.create_connection(("127.0.0.1", door.port), SECONDS) as line:
        line.sendall(PUT)
        for _ in range(5):
            time.sleep(0.05)
            line.sendall(bytes(1000))
        answer = HTTPResponse(line)
        answer.begin()
        assert answer.status == 201
