"""Whoever can write every file of an office, but opens none of its key files, puts no key of theirs
into use, no retired key of the office's, and no older snapshot."""

from __future__ import annotations

import shutil
from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from counterfoil import client, register
from counterfoil.client import office_keys
from counterfoil.core.errors import VerifyFault
from counterfoil.disclosure import key_rotation, register_build
from counterfoil.ledger import EntryKind
from counterfoil.tlog import verifier_key
from tests.world.office import World
from tests.world.people import REQUESTS, SOURCE

STRANGER = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)


def strangers_vkey(world: World) -> str:
    public = STRANGER.public_key().public_bytes_raw()
    return str(verifier_key(world.office.settings.name, public))


def opened_again(world: World) -> None:
    world.office.store.close()
    world.office = world.opened()


def sign_as_stranger(world: World) -> None:
    folder = world.office.register_directory
    snapshot = folder / register.current_snapshot(folder)
    signature = STRANGER.sign((snapshot / "manifest.json").read_bytes())
    (snapshot / "manifest.sig").write_bytes(b64encode(signature) + b"\n")


def check_refused(world: World, code: str) -> None:
    """The next answer is refused with this code, and none was written."""
    with pytest.raises(VerifyFault) as fault:
        world.answer(out="refused.jsonl")
    assert fault.value.code == code
    assert not (world.directory / "refused.jsonl").exists()


def test_a_next_holders_key_that_no_officer_entered_signs_no_register(world: World) -> None:
    keys = world.path / "keys"
    (keys / "holder.next.vkey").write_text(strangers_vkey(world), encoding="utf-8")
    shutil.copy(keys / "holder.key", keys / "holder.next.key")
    sign_as_stranger(world)
    opened_again(world)
    check_refused(world, "keys_not_entered")


def test_a_retired_holders_key_that_was_never_entered_signs_no_checkpoint(world: World) -> None:
    (world.path / "keys" / "holder-9.vkey").write_text(strangers_vkey(world), encoding="utf-8")
    opened_again(world)
    check_refused(world, "keys_not_entered")


def test_what_is_written_after_the_keys_were_compared_is_not_read(world: World) -> None:
    world.answer(REQUESTS[:1], "first.jsonl", "first.csv")
    (world.path / "keys" / "holder.next.vkey").write_text(strangers_vkey(world), encoding="utf-8")
    sign_as_stranger(world)
    check_refused(world, "manifest_not_verified")


def test_the_plan_of_an_exchange_enters_the_key_that_was_prepared(world: World) -> None:
    public = key_rotation.prepare_rotation(world.office, "holder")
    plan = world.path / "keys" / "rotating" / "plan"
    plan.write_text(plan.read_text().replace(public, strangers_vkey(world)), encoding="ascii")
    command, signers = key_rotation.RotateKey(purpose="holder"), map(world.officer, "ab")
    with pytest.raises(VerifyFault, match="another key than the one that was prepared"):
        client.keys.act(
            world.office, key_rotation.rotate_statement, key_rotation.rotate_key, command, *signers
        )


@pytest.mark.parametrize("purpose", ["holder", "register", "payload"])
def test_a_former_key_file_that_is_put_back_is_not_used(world: World, purpose: str) -> None:
    keys, (a, b) = world.path / "keys", map(world.officer, "ab")
    before = {path.name: path.read_bytes() for path in keys.glob(f"{purpose}.*")}
    office_keys.rotate(world.office, purpose, a, b)
    if purpose == "holder":
        office_keys.retire_holder(world.office, a, b)
    for name, data in before.items():
        (keys / name).write_bytes(data)
    opened_again(world)
    if purpose != "register":
        check_refused(world, "keys_not_entered")
        return
    with pytest.raises(VerifyFault) as fault:  # Older snapshots open under it, and no new one.
        world.build(SOURCE)
    assert fault.value.code == "keys_not_entered"


def test_an_older_snapshot_that_is_made_current_again_decides_nothing(world: World) -> None:
    current = world.office.register_directory / "current"
    before = current.read_bytes()
    world.build(SOURCE[1:])
    newest = current.read_bytes()
    current.write_bytes(before)
    check_refused(world, "snapshot_other")
    current.write_bytes(newest)
    world.answer(REQUESTS[:2], "after.jsonl", "after.csv")


def test_a_build_that_ended_before_its_entry_is_entered_when_it_is_first_asked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ended(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(register_build.journal, "enter_law", ended)
        world.build(SOURCE[1:])
    world.answer()
    kinds = world.kinds()
    assert kinds.count(EntryKind.SNAPSHOT) == 2
    last = len(kinds) - 1 - kinds[::-1].index(EntryKind.SNAPSHOT)
    assert last < kinds.index(EntryKind.OPENING)
