"""Who takes the gateway's host has sealed items and signed statements, and opens none of them."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from counterfoil.api.gateway import GatewaySettings
from counterfoil.core import keyfile
from counterfoil.envelopes import seal as sealing
from counterfoil.service.children import start_child, wait_ready
from counterfoil.service.gateway_process import GatewayOrders
from tests.answers import answers as made
from tests.envelopes.items import OFFICE_SECRET
from tests.requester.conftest import Bench
from tests.requester.opener import finds, try_to_open
from tests.requester.test_journey import answered
from tests.world.people import REQUESTS


def held_by_gateway(bench: Bench, *more: bytes) -> bytes:
    """All files of the mailbox, what passed through memory, the environment, and what is public."""
    files = [path.read_bytes() for path in sorted(bench.mailbox.rglob("*")) if path.is_file()]
    environment = "\n".join(f"{name}={value}" for name, value in os.environ.items()).encode()
    public = (bench.folder / "kit" / "office.json").read_bytes()
    return b"\n".join([*files, *more, environment, public])


def secrets_of(bench: Bench) -> list[bytes]:
    folder = bench.key.parent
    opening = folder / "sandbox-principal.opening.key"
    kinds = ((bench.key, "principal"), (opening, keyfile.OPENING_PURPOSE))
    opened = [
        keyfile.open_key(path, purpose=kind, passphrase=None, allow_unprotected=True)[1]
        for path, kind in kinds
    ]
    return [OFFICE_SECRET, *opened]


def test_nothing_that_a_gateway_holds_opens_an_item_or_shows_a_value(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    keys: list[bytes] = []
    real = os.urandom

    def remembered(count: int) -> bytes:
        keys.append(real(count))
        return keys[-1]

    monkeypatch.setattr(sealing.seal_item, "__defaults__", (remembered,))
    path = answered(bench)
    [item] = bench.folder.glob("kit/items/*/*.item")
    sealed = [item.read_bytes(), path.read_bytes()]
    held = held_by_gateway(bench, *sealed)
    for row in REQUESTS[:2]:
        for name in ("family_name", "line1", "investigation_number"):
            assert str(row[name]).encode() not in held
    assert b"confirmed" not in held
    assert not finds(held, secrets_of(bench))
    assert [try_to_open(held[:60_000], each) for each in sealed] == [None, None]
    assert [try_to_open(held[-2_000:], each) for each in sealed] == [None, None]
    whole = [key for key in keys if len(key) == 32]
    assert whole and not any(key in held for key in whole)


def test_the_program_that_tries_would_open_it_with_one_key(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    keys: list[bytes] = []

    def remembered(count: int) -> bytes:
        keys.append(os.urandom(count))
        return keys[-1]

    monkeypatch.setattr(sealing.seal_item, "__defaults__", (remembered,))
    bench.ask("sign", bench.file, "--key", bench.key, "--out", bench.mailbox)
    [item] = Path(bench.mailbox, "inbox").iterdir()
    planted = b"some memory" + b"".join(keys) + b"more of it"
    clear = try_to_open(planted, item.read_bytes())
    assert clear is not None and str(REQUESTS[0]["line1"]).encode() in clear
    assert finds(planted + OFFICE_SECRET[7:90], [OFFICE_SECRET])


def memory_of(process: int) -> bytes:
    """The image of a process's memory: whatever it may write."""
    image: list[bytes] = []
    maps = Path(f"/proc/{process}/maps").read_text("ascii").splitlines()
    with Path(f"/proc/{process}/mem").open("rb", buffering=0) as memory:
        for line in maps:
            place, rights = line.split()[:2]
            if not rights.startswith("rw") or line.endswith(("[vvar]", "[vsyscall]")):
                continue
            first, last = (int(each, 16) for each in place.split("-"))
            try:
                memory.seek(first)
                image.append(memory.read(last - first) or b"")
            except OSError:
                continue
    return b"".join(image)


@pytest.mark.whole
def test_the_memory_of_a_gateways_process_opens_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """A request goes through a real gateway, and its answer comes back through it. Its memory image
    and environment then hold the item as it passed, and no key of it and no value in it."""
    keys: list[bytes] = []
    real = os.urandom

    def remembered(count: int) -> bytes:
        keys.append(real(count))
        return keys[-1]

    monkeypatch.setattr(sealing.seal_item, "__defaults__", (remembered,))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = GatewaySettings(bench.mailbox, bench.folder / "public", str(made.VKEY))
    child = start_child(
        "counterfoil.service.gateway_process", GatewayOrders(f"127.0.0.1:{port}", settings)
    )
    try:
        wait_ready(child)
        url = f"http://127.0.0.1:{port}"
        send = ("send", bench.file, "--to", url, "--key", bench.key, "--wait", 0)
        assert bench.ask(*send) == 0
        [item] = (bench.mailbox / "inbox").glob("*.item")
        bench.holder.work()
        assert bench.ask("fetch", "--from", url, "--key", bench.key) == 0
        image = memory_of(child.pid) + Path(f"/proc/{child.pid}/environ").read_bytes()
    finally:
        child.kill()
        child.communicate()
    assert item.stem.encode() in image  # it is the image of what passed
    for row in REQUESTS[:2]:
        for name in ("family_name", "line1", "investigation_number", "reason"):
            assert str(row[name]).encode() not in image
    # The holder's own key of these tests counts from 0 up, as tables of many libraries do.
    assert not finds(image, secrets_of(bench)[1:])
    whole = [key for key in keys if len(key) == 32]
    assert whole and not any(key in image for key in whole)
