"""The gateway's HTTP as the kit speaks it: against a server that answers as it is told."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from counterfoil.core.errors import CounterfoilError
from counterfoil.requester import ways
from counterfoil.requester.ways import Gateway, Tls, open_way

ITEM = "0" * 32


class Script(ThreadingHTTPServer):
    """Says the same to whoever asks, and remembers what was asked."""

    status, body, length = 200, b"", -1
    asked: list[tuple[str, str, bytes]]

    def __init__(self) -> None:
        self.asked = []
        super().__init__(("127.0.0.1", 0), Handler)


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Script

    def do_GET(self) -> None:
        size = int(self.headers.get("Content-Length", 0))
        self.server.asked.append((self.command, self.path, self.rfile.read(size)))
        self.send_response(self.server.status)
        length = self.server.length if self.server.length >= 0 else len(self.server.body)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(self.server.body)

    do_PUT = do_GET  # noqa: N815 - the library's name

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def script() -> Iterator[Script]:
    with Script() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def way(script: Script) -> Gateway:
    script.status, script.body, script.length = 200, b"", -1
    script.asked.clear()
    return Gateway(f"http://127.0.0.1:{script.server_address[1]}", Tls())


def test_each_thing_is_asked_for_at_its_place(way: Gateway, script: Script, tmp_path: Path) -> None:
    item = tmp_path / "x.item"
    item.write_bytes(b"sealed")
    script.status = 201
    assert "arrived" in way.put(ITEM, item)
    script.status, script.body = 200, b"bytes"
    assert (way.receipt(ITEM), way.head(), way.intake_key()) == (b"bytes",) * 3
    sink = io.BytesIO()
    assert way.fetch(ITEM, "answer", sink) and sink.getvalue() == b"bytes"
    assert "already" in way.put(ITEM, item)
    paths = [(verb, path) for verb, path, _ in script.asked]
    assert paths == [
        ("PUT", f"/v1/items/{ITEM}"),
        ("GET", f"/v1/receipts/{ITEM}"),
        ("GET", "/v1/outbox/head"),
        ("GET", "/v1/intake-key"),
        ("GET", f"/v1/outbox/{ITEM}"),
        ("PUT", f"/v1/items/{ITEM}"),
    ]
    assert script.asked[0][2] == b"sealed"


def test_what_is_not_there_is_none(way: Gateway, script: Script) -> None:
    script.status = 404
    assert (way.receipt(ITEM), way.head(), way.intake_key()) == (None,) * 3
    assert not way.fetch(ITEM, "answer", io.BytesIO())


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"code":"item_taken","title":"<b>Ada</b>"}', "item_taken"),
        (b'{"code":"Ada Lovelace"}', "no code"),
        (b"[1]", "no code"),
        (b"<html>", "no code"),
        (b'{"code":' * 9999, "no code"),
    ],
)
def test_a_refusal_is_told_by_its_code_alone(body: bytes, told: str, way: Gateway, script: Script) -> None:  # fmt: skip
    script.status, script.body = 409, body
    for ask in (lambda: way.receipt(ITEM), lambda: way.fetch(ITEM, "answer", io.BytesIO())):
        with pytest.raises(CounterfoilError, match="gateway_refused") as raised:
            ask()
        assert told in raised.value.message and "Ada" not in str(raised.value)


def test_redirections_are_not_followed(way: Gateway, script: Script) -> None:
    script.status = 302
    with pytest.raises(CounterfoilError, match="gateway_refused"):
        way.head()


def test_what_breaks_off_is_too_long_or_not_there_is_one_fault(way: Gateway, script: Script, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    script.body = b"x" * 100
    script.length = 200
    monkeypatch.setattr(ways, "_WAIT_SECONDS", 0.2)
    with pytest.raises(CounterfoilError, match="way_unreachable"):
        way.head()
    script.length = -1
    monkeypatch.setattr(ways, "MAX_STATEMENT_BYTES", 50)
    with pytest.raises(CounterfoilError, match="way_unreachable"):
        way.head()
    with pytest.raises(CounterfoilError, match="way_unreachable"):
        Gateway("http://127.0.0.1:9", Tls()).head()


def test_a_way_is_a_url_or_a_folder_that_is_there(tmp_path: Path) -> None:
    assert isinstance(open_way("https://x.example", Tls()), Gateway)
    for named in (str(tmp_path / "none"), "ftp://x.example"):
        with pytest.raises(CounterfoilError, match="way_unknown"):
            open_way(named, Tls())
    with pytest.raises(CounterfoilError, match="tls_files"):
        open_way("https://x.example", Tls(tmp_path / "none.pem"))
