"""Who takes the gateway's host has sealed items and signed statements, and opens none of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from counterfoil.core import keyfile
from counterfoil.envelopes import seal as sealing
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
