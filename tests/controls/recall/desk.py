"""An office whose batch was released to a principal with a registered key, and the steps of a
recall."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from counterfoil.answers.read_envelope import check_envelope
from counterfoil.client import act
from counterfoil.controls.recall import receipts
from counterfoil.controls.recall import service as recalls
from counterfoil.core import keyfile
from counterfoil.core.use_cases import Upload
from counterfoil.requester.keys import PrincipalKey
from counterfoil.requester.receipts import MakeReceipt, receipt_of_answer, receipt_of_notice
from counterfoil.tlog import verifier_key
from tests.world.acts import order
from tests.world.office import World

SECRET = bytes(range(32))
PRINCIPAL = PrincipalKey("sandbox-principal", SECRET)
TODAY = date(2026, 5, 4)


def register_principal(world: World) -> None:
    """The agreement registers the principal's key."""
    vkey = verifier_key("sandbox-principal", keyfile.public_bytes(SECRET))
    world.amend("key: null, papers: null", f"key: {json.dumps(str(vkey))}, papers: null")


def released(world: World) -> str:
    """The id of the batch that was released last."""
    found = [each for each in world.entries() if each["kind"] == "release"]
    return str(found[-1]["batch"])


def recall(
    world: World,
    batch: str,
    rows: Sequence[str] = (),
    *,
    letters: str = "ab",
    reason: str = "answer-wrong",
    text: str = "made up: the finding",
) -> recalls.Recalled:
    command = recalls.RecallAnswers(batch, reason, Upload(order(world, text)), tuple(rows))
    keys = [world.officer(letter) for letter in letters]
    statement = recalls.recall_answers_statement
    return act(world.office, statement, recalls.recall_answers, command, *keys)


def receipt(
    world: World,
    notice: bytes | Path,
    *,
    onward: tuple[str, ...] = (),
    destroyed: date | None = None,
    key: PrincipalKey = PRINCIPAL,
    principal: str = "sandbox-principal",
) -> bytes:
    disposed = "destroyed" if destroyed else ""
    command = MakeReceipt(principal, onward, disposed, destroyed, world.now.date())
    holder = world.office.holder_key
    if isinstance(notice, Path):
        return receipt_of_answer(notice, holder, command, key)
    return receipt_of_notice(notice, holder, command, key)


def enter(world: World, data: bytes, letters: str = "ab") -> receipts.ReceiptEntered:
    path = world.directory / "receipt.jws"
    path.write_bytes(data)
    command = receipts.EnterReceipt(Upload(path))
    keys = [world.officer(letter) for letter in letters]
    statement = receipts.enter_receipt_statement
    return act(world.office, statement, receipts.enter_receipt, command, *keys)


def envelope(world: World, out: str = "answers.jsonl") -> dict[str, object]:
    return check_envelope((world.directory / f"{out}.jws").read_bytes(), world.office.holder_key)
