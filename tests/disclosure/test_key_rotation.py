"""A key of the office is exchanged by two officers, and everything of before and after it verifies:
answers, checkpoints, the register, batches; whoever knows the first key follows to the next."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime

import pytest

from counterfoil import client, disclosure, ledger
from counterfoil.accountability.key_history import follow_rotation, prove_rotations
from counterfoil.accountability.reconciliation import Reconcile, reconcile
from counterfoil.answers.verify import verify_answer
from counterfoil.client import office_keys
from counterfoil.core.errors import CounterfoilError, StateFault, UsageFault, VerifyFault
from counterfoil.core.use_cases import NOBODY, SERVICE, finish
from counterfoil.disclosure import key_rotation
from counterfoil.office import open_office
from counterfoil.office.keys import key_files
from counterfoil.tlog import VerifierKey
from tests.world.office import World
from tests.world.people import REQUESTS, SOURCE, request

OTHER = [request(1, "Nina", "Other", "9 Elm Ave")]


def rotate(world: World, purpose: str) -> str:
    return office_keys.rotate(world.office, purpose, world.officer("a"), world.officer("b")).public


def verified(world: World, out: str, key: VerifierKey) -> None:
    verify_answer(world.directory / out, str(key), datetime.now(UTC).date())


def agrees(world: World) -> bool:
    command = Reconcile(whole=True)
    return not finish(reconcile(world.office, SERVICE, command), None).differences


def test_the_holders_key_changes_with_overlap_and_one_ledger(world: World) -> None:
    first = world.office.holder_key
    world.answer()
    second = rotate(world, "holder")
    assert world.office.holder_key == first
    world.answer(OTHER, "overlap.jsonl", "overlap.csv")
    verified(world, "overlap.jsonl", first)
    done = office_keys.retire_holder(world.office, world.officer("a"), world.officer("b"))
    assert str(world.office.holder_key) == second == done.public
    world.answer(REQUESTS[:2], "after.jsonl", "after.csv")
    verified(world, "after.jsonl", world.office.holder_key)
    verified(world, "answers.jsonl", first)
    with pytest.raises(VerifyFault):
        verified(world, "after.jsonl", first)
    with world.office.store.reading() as connection:
        ledger.check(connection, world.office.log_keys)
        with pytest.raises(VerifyFault):
            ledger.check(connection, world.office.holder_key)
    assert agrees(world)
    [shown] = prove_rotations(world.office, NOBODY)
    assert follow_rotation(shown.text.encode(), first) == world.office.holder_key


def test_a_file_that_shows_another_next_key_is_not_followed(world: World) -> None:
    first = world.office.holder_key
    rotate(world, "holder")
    [shown] = prove_rotations(world.office, NOBODY)
    stranger = world.officer("a").officer.vkey
    added = str(world.office.next_holder_key)
    own = prove_rotations(world.office, NOBODY)[0].text
    for text in (
        shown.text.replace(added, stranger, 1),
        shown.text.replace(added, str(first), 1),
        shown.text.replace('"added"', '"retired"'),
        own.replace("counterfoil-rotation-1", "counterfoil-rotation-2"),
        "",
        "\n".join(shown.text.split("\n")[:-2]) + "\n",
    ):
        with pytest.raises(VerifyFault):
            follow_rotation(text.encode(), first)
    following = world.office.next_holder_key
    assert following is not None
    with pytest.raises(VerifyFault, match="of another ledger, or the same"):
        follow_rotation(shown.text.encode(), following)


def test_batches_of_before_open_under_a_new_payload_key(world: World) -> None:
    world.answer()
    waiting = world.receive(world.requests(OTHER, "other.csv"))
    before = (world.path / "keys" / "payload.key").read_bytes()
    rotate(world, "payload")
    assert (world.path / "keys" / "payload.key").read_bytes() != before
    client.determine(world.office, waiting)
    world.answer(REQUESTS[:2], "after.jsonl", "after.csv")
    assert agrees(world)
    (world.path / "keys" / "payload.key").write_bytes(before)
    old = open_office(world.path)
    with pytest.raises(CounterfoilError) as fault, old.store.reading() as connection:
        old.batch_session(connection, disclosure.steps.find(old, waiting))
        del connection
    assert fault.value.code == "payload_sealed"
    old.store.close()


def test_a_snapshot_of_before_opens_under_its_own_register_key(world: World) -> None:
    first = world.receive(world.requests(REQUESTS[:2], "first.csv"))
    client.determine(world.office, first)
    waiting = world.receive(world.requests(OTHER, "other.csv"))
    old = world.office.custodian().key_id
    rotate(world, "register")
    new = world.office.custodian().key_id
    client.determine(world.office, waiting)
    assert {new, world.office.custodian(old).key_id} == {new, old}
    assert world.office.custodian().total() >= 2
    with world.office.open_register() as sealed:
        assert sealed.manifest.key_id == old
    world.build(SOURCE)
    with world.office.open_register() as sealed:
        assert sealed.manifest.key_id == new
    world.answer(REQUESTS[2:5], "after.jsonl", "after.csv")
    assert agrees(world)


def test_a_process_that_opened_the_office_before_enters_nothing(world: World) -> None:
    stale = open_office(world.path, clock=lambda: world.now)
    rotate(world, "payload")
    with pytest.raises(StateFault) as fault:
        client.receive(stale, world.requests())
    assert fault.value.code == "keys_rotated"
    stale.store.close()
    shutil.copy(world.path / "keys" / "payload-1.key", world.path / "keys" / "payload.key")
    (world.path / "keys" / "rotations").unlink()
    older = open_office(world.path, clock=lambda: world.now)
    with pytest.raises(StateFault, match="was exchanged"):
        client.receive(older, world.requests())
    older.store.close()


@pytest.mark.parametrize("purpose", ["payload", "register", "holder"])
def test_an_exchange_that_was_broken_off_stands_or_does_not(
    world: World, monkeypatch: pytest.MonkeyPatch, purpose: str
) -> None:
    """Before its commit nothing changed; after it, whoever opens the office next puts the files
    into place."""
    batch = world.receive(world.requests())

    def broken(*_: object) -> None:
        raise KeyboardInterrupt

    for place, at in ((key_rotation, "remember_exchange"), (key_files, "put_into_place")):
        with monkeypatch.context() as patched:
            patched.setattr(place, at, broken)
            with pytest.raises(KeyboardInterrupt):
                rotate(world, purpose)
        world.office.store.close()
        world.office = world.opened()
        assert world.office.rotated == [int(place is key_files)]
    client.determine(world.office, batch)
    assert agrees(world)
    assert len(prove_rotations(world.office, NOBODY)) == (purpose == "holder")


def test_who_may_not_exchange_a_key_does_not(world: World) -> None:
    office, first = world.office, world.officer("a")
    with pytest.raises(UsageFault) as unknown:
        key_rotation.prepare_rotation(office, "officer")
    assert unknown.value.code == "key_purpose_unknown"
    command = key_rotation.RotateKey(purpose="payload")
    with pytest.raises(StateFault) as unprepared:
        key_rotation.rotate_statement(office, first.officer, command)
    assert unprepared.value.code == "keys_unprepared"
    with pytest.raises(StateFault) as alone:
        office_keys.rotate(office, "payload", first, first)
    assert alone.value.code == "officers_same"
    with pytest.raises(StateFault) as no_next:
        office_keys.retire_holder(office, first, world.officer("b"))
    assert no_next.value.code == "keys_no_next"
    rotate(world, "holder")
    with pytest.raises(StateFault) as overlap:
        rotate(world, "holder")
    assert overlap.value.code == "keys_overlap"


def test_a_prepared_key_that_was_exchanged_for_another_is_not_what_was_signed(world: World) -> None:
    key_rotation.prepare_rotation(world.office, "register")
    command, signers = (
        key_rotation.RotateKey(purpose="register"),
        (world.officer("a"), world.officer("b")),
    )
    said = key_rotation.rotate_statement(world.office, signers[0].officer, command)
    key_rotation.prepare_rotation(world.office, "register")
    command = key_rotation.RotateKey(
        purpose="register", signatures=tuple(each.sign(said) for each in signers)
    )
    with pytest.raises(StateFault) as moved:
        key_rotation.rotate_key(world.office, signers[0].officer, command)
    assert moved.value.code == "statement_moved"
