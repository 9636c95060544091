"""The gateway takes an item whole or not at all, says what it refused and why, and knows nothing."""

from __future__ import annotations

import asyncio
import hashlib
import os
import ssl
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import msgspec
import pytest
from starlette.requests import ClientDisconnect

from counterfoil.api import bodies, gateway
from counterfoil.api.bodies import BodyLimits
from counterfoil.api.gateway import Gateway, GatewaySettings
from counterfoil.api.limits import RateLimiter, RateLimits
from counterfoil.core.errors import CounterfoilError, InputFault, StateFault
from counterfoil.service.config import GatewayDoor
from counterfoil.tlog import verifier_key
from tests.api import doors
from tests.api.doors import ITEM, OTHER, Client, Lines

HOLDER = str(verifier_key("office.test", bytes(range(32))))
SEALED = b"counterfoil-item-1\nnot opened by anybody here"


@pytest.fixture(scope="module")
def open_door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, Path]]:
    folder = tmp_path_factory.mktemp("gateway")
    with doors.gateway(folder, HOLDER, open_files=True, most_bytes=1000) as (client, _):
        yield client, folder / "mailbox"


def test_an_item_is_put_once_and_again_is_the_same_item(open_door: tuple[Client, Path]) -> None:
    client, mailbox = open_door
    first = client.put(f"/v1/items/{ITEM}", content=SEALED)
    again = client.put(f"/v1/items/{ITEM}", content=SEALED)
    other = client.put(f"/v1/items/{ITEM}", content=SEALED + b"!")
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert first.json() == again.json()
    assert first.json()["digest"] == f"sha256:{hashlib.sha256(SEALED).hexdigest()}"
    assert other.json()["code"] == "item_taken"
    assert (mailbox / "inbox" / f"{ITEM}.item").read_bytes() == SEALED
    assert client.get(f"/v1/items/{ITEM}").json()["state"] == "arrived"
    (mailbox / "inbox" / f"{ITEM}.item").unlink()  # lost before the office had it
    assert client.put(f"/v1/items/{ITEM}", content=SEALED).status_code == 200
    assert (mailbox / "inbox" / f"{ITEM}.item").is_file()
    (mailbox / "receipts" / f"{ITEM}.receipt").write_bytes(b"a.b.c")
    (mailbox / "inbox" / f"{ITEM}.item").unlink()
    assert client.put(f"/v1/items/{ITEM}", content=SEALED).status_code == 200
    assert not (mailbox / "inbox" / f"{ITEM}.item").exists()
    assert client.get(f"/v1/items/{ITEM}").json()["state"] == "received"
    assert client.get(f"/v1/receipts/{ITEM}").content == b"a.b.c"


@pytest.mark.parametrize(
    ("path", "body", "kind", "status", "code"),
    [
        ("short", SEALED, None, 400, "item_id"),
        (OTHER.upper(), SEALED, None, 400, "item_id"),
        (OTHER, b"", None, 400, "body_empty"),
        (OTHER, bytes(1001), None, 413, "body_too_long"),
        (OTHER, SEALED, "text/html", 415, "media_type"),
        (OTHER, SEALED, "application/octet-stream; charset=x", 201, ""),
        ("..%2F..%2Fetc", SEALED, None, 404, "route_unknown"),
    ],
)
def test_what_is_no_item_is_refused_with_a_code(
    open_door: tuple[Client, Path], path: str, body: bytes, kind: str | None, status: int, code: str
) -> None:
    client, mailbox = open_door
    headers = {"Content-Type": kind} if kind else {}
    answer = client.put(f"/v1/items/{path}", content=body, headers=headers)
    assert answer.status_code == status
    assert answer.json().get("code", "") == code
    if code:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert path not in answer.text
        assert not (mailbox / "inbox" / f"{OTHER}.item").exists()
    assert [each for each in (mailbox / "inbox").iterdir() if each.name.startswith(".")] == []
    (mailbox / "inbox" / f"{OTHER}.item").unlink(missing_ok=True)
    (mailbox / "receipts" / f"{OTHER}.arrived").unlink(missing_ok=True)


@pytest.mark.parametrize(
    "headers",
    [
        [("Content-Encoding", "gzip")],
        [("Content-Encoding", "identity, br")],
        [("Content-Type", "text/csv"), ("Content-Type", "application/octet-stream")],
    ],
)
def test_a_body_is_of_one_type_and_not_packed_besides(
    open_door: tuple[Client, Path], headers: list[tuple[str, str]]
) -> None:
    client, mailbox = open_door
    answer = client.put(f"/v1/items/{OTHER}", content=SEALED, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "media_type")
    assert not (mailbox / "inbox" / f"{OTHER}.item").exists()


def test_a_body_without_a_length_is_counted_as_it_comes(open_door: tuple[Client, Path]) -> None:
    client, _ = open_door
    answer = client.put(f"/v1/items/{OTHER}", content=(bytes(100) for _ in range(11)))
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_long")


def test_only_a_sandbox_takes_a_file_in_the_open(tmp_path: Path) -> None:
    with doors.gateway(tmp_path, HOLDER) as (client, log):
        answer = client.put(
            f"/v1/items/{ITEM}", content=b"request_id\n", headers={"Content-Type": "text/csv"}
        )
        assert (answer.status_code, answer.json()["code"]) == (415, "media_type")
        assert log == [
            {"event": "refused", "route": "/v1/items/{item}", "code": "media_type", "status": 415}
        ]


def test_there_is_nothing_where_nothing_was_put(open_door: tuple[Client, Path]) -> None:
    client, mailbox = open_door
    unknown = {"items": "item_unknown", "receipts": "item_unknown", "outbox": "item_unknown"}
    for route, code in unknown.items():
        answer = client.get(f"/v1/{route}/{'9' * 32}")
        assert (answer.status_code, answer.json()["code"]) == (404, code)
    for path in ("intake-key", "checkpoint", "agreement", "counts", "outbox/head", "tile/0/000"):
        answer = client.get(f"/v1/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_published")
    (mailbox / "receipts" / f"{'8' * 32}.receipt").symlink_to("/etc/passwd")
    (mailbox / "outbox" / f"{'8' * 32}.answer").mkdir()
    assert client.get(f"/v1/receipts/{'8' * 32}").status_code == 404
    assert client.get(f"/v1/outbox/{'8' * 32}").status_code == 404
    assert client.get("/v1/tile/0/../../mailbox").status_code == 404
    assert client.post("/v1/health").json()["code"] == "method_unknown"


def test_a_gateway_is_healthy_while_a_signed_checkpoint_is_young(tmp_path: Path) -> None:
    from counterfoil.core.keyfile import signing_key
    from counterfoil.tlog import Signer
    from counterfoil.tlog.checkpoint import Checkpoint, sign_checkpoint

    signer = Signer("office.test", signing_key(bytes(32)))
    with doors.gateway(tmp_path, str(signer.verifier), fresh_seconds=60) as (client, _):
        assert client.get("/v1/health").status_code == 503
        (tmp_path / "public").mkdir()
        shown = tmp_path / "public" / "checkpoint"
        shown.write_text(
            sign_checkpoint(Checkpoint("office.test", 0, hashlib.sha256().digest()), signer)
        )
        assert client.get("/v1/health").json()["status"] == "ok"
        os.utime(shown, (0, 0))
        assert client.get("/v1/health").json()["status"] == "stale"
        other = Signer("office.test", signing_key(bytes([1]) * 32))
        shown.write_text(
            sign_checkpoint(Checkpoint("office.test", 0, hashlib.sha256().digest()), other)
        )
        assert client.get("/v1/health").status_code == 503


# -- who is let in, and how much ---------------------------------------------------------------


def test_a_certificate_decides_before_anything_of_the_body(tmp_path: Path) -> None:
    der = b"made up certificate"
    pem = f"-----BEGIN CERTIFICATE-----\n{b64encode(der).decode()}\n-----END CERTIFICATE-----\n"
    known = hashlib.sha256(der).hexdigest()
    with doors.gateway(tmp_path, HOLDER, certificates=(known,)) as (client, _):
        url, header = f"/v1/items/{ITEM}", gateway.CERTIFICATE
        missing = client.put(url, content=SEALED)
        other = pem.replace(b64encode(der).decode(), b64encode(b"another").decode())
        wrong = client.put(url, content=SEALED, headers={header: quote(other)})
        broken = client.put(url, content=SEALED, headers={header: "x"})
        right = client.put(url, content=SEALED, headers={header: quote(pem)})
        codes = [each.json().get("code") for each in (missing, wrong, broken, right)]
        assert codes == [
            "client_certificate",
            "client_certificate_other",
            "client_certificate",
            None,
        ]
        assert right.status_code == 201
    assert ssl.PEM_cert_to_DER_cert(pem) == der


def test_a_client_that_asks_too_often_is_told_to_wait() -> None:
    now = [0.0]
    limiter = RateLimiter(RateLimits(per_second=2, burst=3), lambda: now[0])
    for _ in range(3):
        limiter.take("one")
    with pytest.raises(StateFault, match="rate_limited"):
        limiter.take("one")
    limiter.take("another")
    now[0] = 0.5
    limiter.take("one")
    with pytest.raises(StateFault, match="rate_limited"):
        limiter.take("one")


def test_what_is_full_is_said_before_a_body_is_read(tmp_path: Path) -> None:
    rate = RateLimits(per_second=0.001, burst=1)
    with doors.gateway(tmp_path, HOLDER, rate=rate) as (client, _):
        assert client.get("/v1/checkpoint").status_code == 404
        limited = client.put(f"/v1/items/{ITEM}", content=SEALED)
        assert (limited.status_code, limited.json()["code"]) == (429, "rate_limited")
        assert limited.headers["Retry-After"]
    with doors.gateway(tmp_path / "b", HOLDER, puts=0) as (client, _):
        busy = client.put(f"/v1/items/{ITEM}", content=SEALED)
        assert (busy.status_code, busy.json()["code"]) == (503, "door_busy")
    with doors.gateway(tmp_path / "c", HOLDER, most_waiting=1) as (client, _):
        (tmp_path / "c" / "mailbox" / "inbox" / "x").touch()
        full = client.put(f"/v1/items/{ITEM}", content=SEALED)
        assert (full.status_code, full.json()["code"]) == (507, "mailbox_full")


def _put(folder: Path, messages: list[object], limits: BodyLimits) -> tuple[str, list[str]]:
    """What becomes of a body that comes as these ASGI messages say: the code, and what is left."""
    from counterfoil.exchange.mailbox import Mailbox

    settings = GatewaySettings(folder / "mailbox", folder / "public", HOLDER)
    Mailbox(settings.mailbox).make()
    made = Gateway(settings, Lines())

    async def receive() -> dict[str, object]:
        message = messages.pop(0)
        if isinstance(message, float):
            await asyncio.sleep(message)
            return await receive()
        assert isinstance(message, dict)
        return message

    async def take() -> str:
        from starlette.requests import Request

        scope = {
            "type": "http", "method": "PUT", "path": f"/v1/items/{ITEM}", "headers": [],
            "path_params": {"item": ITEM}, "client": ("127.0.0.1", 1), "query_string": b"",
        }  # fmt: skip
        try:
            await made.put_item(Request(scope, receive))
        except CounterfoilError as fault:
            return fault.code
        except ClientDisconnect:
            return "disconnect"
        return ""

    before = bodies.blocks.__defaults__
    bodies.blocks.__defaults__ = (limits,)
    try:
        code = asyncio.run(take())
    finally:
        bodies.blocks.__defaults__ = before
    return code, sorted(each.name for each in (folder / "mailbox" / "inbox").iterdir())


def _part(data: bytes, *, more: bool = True) -> dict[str, object]:
    return {"type": "http.request", "body": data, "more_body": more}


def test_a_body_that_is_cut_or_dripped_leaves_nothing(tmp_path: Path) -> None:
    cut: list[object] = [_part(b"half of it"), {"type": "http.disconnect"}]
    assert _put(tmp_path / "a", cut, BodyLimits()) == ("body_cut", [])
    idle: list[object] = [_part(b"half"), 0.3, _part(b"", more=False)]
    assert _put(tmp_path / "b", idle, BodyLimits(idle_seconds=0.05)) == ("body_slow", [])
    drip: list[object] = [part for _ in range(50) for part in (_part(b"x"), 0.02)]
    slow = BodyLimits(idle_seconds=1, grace_seconds=0.1, least_rate=1000)
    assert _put(tmp_path / "c", drip, slow) == ("body_slow", [])
    whole: list[object] = [_part(b"the whole"), _part(b" item", more=False)]
    assert _put(tmp_path / "d", whole, BodyLimits()) == ("", [f"{ITEM}.item"])


def test_a_mailbox_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with doors.gateway(tmp_path, HOLDER) as (client, _):
        inbox = tmp_path / "mailbox" / "inbox"
        inbox.rmdir()
        inbox.write_text("in the way", encoding="utf-8")
        answer = client.put(f"/v1/items/{ITEM}", content=SEALED)
        assert (answer.status_code, answer.json()["code"]) == (507, "mailbox_folder")


def test_an_unforeseen_error_says_nothing_of_its_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("Garcia Lopez")

    with doors.gateway(tmp_path, HOLDER) as (client, log):
        monkeypatch.setattr(gateway.Mailbox, "arrival", broken)
        answer = client.get(f"/v1/items/{ITEM}")
        assert (answer.status_code, answer.json()["code"]) == (500, "internal")
        assert "Garcia" not in answer.text + str(log)
        assert log[0]["kind"] == "RuntimeError"


def test_metrics_count_routes_and_no_outcome(open_door: tuple[Client, Path]) -> None:
    client, _ = open_door
    client.get(f"/v1/items/{ITEM}")
    text = client.get("/metrics").text
    assert 'route="/v1/items/{item}"' in text
    assert ITEM not in text
    for word in ("confirmed", "refused", "granted", "answered"):
        assert word not in text


def test_a_length_that_is_no_number_is_too_long() -> None:
    with pytest.raises(InputFault, match="body_too_long"):
        bodies.stated_length({"content-length": "1e9"}, 10)
    assert bodies.stated_length({}, 10) is None


def test_a_page_whose_name_was_pointed_here_is_refused(tmp_path: Path) -> None:
    """DNS rebinding: a browser on this machine sends the name of somebody else's page, with an
    Origin that agrees with it."""
    door = GatewayDoor("127.0.0.1:8440", HOLDER, open_files=True)
    ours = door.reached_by
    assert ours == ("127.0.0.1:8440", "localhost:8440", "[::1]:8440")
    with doors.gateway(tmp_path, HOLDER, open_files=True, hosts=ours) as (client, log):
        for host in ("evil.example:8440", "127.0.0.1:8440.evil.example", "127.0.0.1", ""):
            said = {"Host": host, "Origin": f"http://{host}", "Content-Type": "text/csv"}
            for path in (f"/v1/items/{ITEM}", "/metrics", "/v1/nothing"):
                answer = client.put(path, content=b"x", headers=said)
                assert (answer.status_code, answer.json()["code"]) == (421, "host_other"), (
                    host,
                    path,
                )
        assert client.get("/v1/health", headers={"Host": "any.example"}).status_code in (200, 503)
        assert list((tmp_path / "mailbox" / "inbox").iterdir()) == []
        said = {"Host": "LOCALHOST:8440", "Content-Type": "text/csv"}
        assert client.put(f"/v1/items/{ITEM}", content=b"x", headers=said).status_code == 201
    assert [line["event"] for line in log] == ["arrived"]
    named = msgspec.structs.replace(door, hosts=("Ask.example",))
    assert named.reached_by == ("ask.example",)
    behind = msgspec.structs.replace(door, open_files=False, certificates=("0" * 64,))
    assert behind.reached_by is None
