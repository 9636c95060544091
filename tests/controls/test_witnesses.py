"""An office with witnesses answers only while a quorum of them cosigned lately, and not while one
holds another history."""

from __future__ import annotations

import shutil
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import pytest

from counterfoil import client, disclosure
from counterfoil.answers.verify import verify_answer
from counterfoil.controls import witnesses as witnessing
from counterfoil.controls.suspension import service as suspension
from counterfoil.core import canonical
from counterfoil.core.errors import SettingsFault, StateFault, UsageFault, VerifyFault
from counterfoil.core.use_cases import NOBODY, SERVICE, Upload
from counterfoil.tlog import Checkpoint, sign_checkpoint
from counterfoil.tlog.policy import Policy, parse_policy
from counterfoil.tlog.witness import Witness
from counterfoil.tlog.witness_client import Prove, Witnessed, ask_witnesses
from tests.cli.desk import command
from tests.ledger.owner import open_as_owner, other_digest, rewrite
from tests.tlog.loopback import Accuser, Court, court
from tests.world.acts import resume
from tests.world.office import World
from tests.world.people import REQUESTS


def cosign(world: World) -> witnessing.Cosigned:
    return witnessing.cosign(world.office, SERVICE, witnessing.Cosign())


def reviewed(world: World, name: str = "requests.csv") -> str:
    """A batch that waits for its second officer."""
    batch = world.receive(world.requests(name=name))
    if world.office.settings.witnesses:
        with pytest.raises(StateFault, match="have not cosigned the newest entries"):
            client.determine(world.office, batch)
        assert "opening" not in world.kinds()[-1:]
        cosign(world)
    client.determine(world.office, batch)
    client.review(world.office, batch, world.officer("a"))
    return batch


def release(world: World, batch: str) -> disclosure.BatchStatus:
    return client.release(
        world.office, batch, world.officer("b"), world.directory / f"{batch}.jsonl"
    )


def fresh(world: World) -> bool:
    return witnessing.witness_status(world.office, NOBODY).fresh


def assert_overdue(world: World, batch: str) -> None:
    with pytest.raises(StateFault) as fault:
        release(world, batch)
    assert (fault.value.code, fault.value.exit_code) == ("cosign_overdue", 1)
    assert "ledger cosign" in fault.value.cure


def lift(world: World, number: int = 1) -> suspension.OrderResult:
    return resume(world, "office", f"made up: compared, finding {number}")


def test_an_office_without_witnesses_answers_as_before(world: World) -> None:
    assert release(world, reviewed(world)).state == "released"
    told = command("status", "--office", world.path)
    assert "Witnesses: none are set" in told.err


def test_nothing_is_released_until_a_quorum_cosigned_and_again_when_it_is_an_hour_old(
    world: World, tmp_path: Path
) -> None:
    with court(world, tmp_path, w2=Witness) as witnesses:
        witnesses.adopt("any", 2)
        batch = reviewed(world)
        with pytest.raises(StateFault, match="newest entries of this batch"):
            release(world, batch)
        world.now += timedelta(hours=2)
        assert_overdue(world, batch)
        assert not list(world.directory.glob("*.jsonl"))
        assert "release" not in world.kinds()
        cosign(world)
        assert release(world, batch).state == "released"
        proof = world.directory / f"{batch}.jsonl.proof"
        assert not proof.exists()
        cosign(world)
        assert release(world, batch).already
        policy = witnessing.read_policy(world.path / world.office.settings.witnesses)
        found = verify_answer(
            world.directory / f"{batch}.jsonl",
            str(world.office.holder_key),
            world.now.date(),
            policy,
        )
        assert "a quorum" in str(found)
        assert proof.exists()

        world.now += timedelta(minutes=60)
        assert release(world, batch).already
        world.now += timedelta(seconds=1)
        (world.directory / f"{batch}.jsonl").unlink()
        assert_overdue(world, batch)
        assert not list(world.directory.glob("*.jsonl"))
        cosign(world)
        assert release(world, batch).already


def test_the_time_is_the_settings(world: World, tmp_path: Path) -> None:
    settings = world.path / "office.toml"
    settings.write_text(
        settings.read_text().replace("cosign_within_minutes = 60", "cosign_within_minutes = 5")
    )
    with court(world, tmp_path, w2=Witness) as witnesses:
        witnesses.adopt("any", 2)
        cosign(world)
        world.now += timedelta(minutes=5, seconds=1)
        assert not fresh(world)


def test_a_quorum_must_be_fresh_by_itself(world: World, tmp_path: Path) -> None:
    with court(world, tmp_path, w2=Witness, w3=Witness) as witnesses:
        witnesses.adopt("2", 2, 3, 5)
        assert cosign(world).said == {"w2": "cosigned", "w3": "cosigned", "w5": "down"}
        assert fresh(world)
    world.now += timedelta(hours=2)
    assert not cosign(world).holds
    assert not fresh(world)


def test_a_weaker_policy_named_by_hand_does_not_let_an_office_answer(
    world: World, tmp_path: Path
) -> None:
    with court(world, tmp_path, w2=Witness) as witnesses:
        witnesses.adopt("2", 2, 5)
        weaker = tmp_path / "weaker.policy"
        weaker.write_text(witnesses.policy("any", 2), encoding="utf-8")
        command = witnessing.Cosign(Upload(weaker))
        assert witnessing.cosign(world.office, SERVICE, command).holds
        assert not fresh(world)


def test_a_time_far_ahead_is_not_fresh(world: World, tmp_path: Path) -> None:
    with court(world, tmp_path, w2=Witness) as witnesses:
        witnesses.adopt("any", 2)
        cosign(world)
    vouched = world.now
    for behind in (timedelta(0), timedelta(hours=2)):
        world.now = vouched - behind
        with world.office.store.reading() as connection:
            known = witnessing.known_time(world.office, connection, 0)
        assert known == world.now  # No delay is over before its time.
    assert not fresh(world)


@pytest.mark.parametrize(
    ("text", "code"), [("quorum w9\n", "policy_malformed"), (None, "policy_unreadable")]
)
def test_p10_a_policy_that_cannot_be_used_refuses(
    world: World, text: str | None, code: str
) -> None:
    Court(world).adopt("any", 2)
    policy = world.path / "witnesses.policy"
    policy.unlink() if text is None else policy.write_text(text)
    with pytest.raises(SettingsFault) as fault:
        fresh(world)
    assert fault.value.code == code


def test_only_the_office_itself_has_checkpoints_cosigned_or_enters_a_fork(world: World) -> None:
    for actor in (NOBODY, world.officer("a").officer):
        with pytest.raises(UsageFault) as fault:
            witnessing.cosign(world.office, actor, witnessing.Cosign())
        assert fault.value.code == "actor_refused"
        with pytest.raises(UsageFault) as fault:
            witnessing.enter_fork(world.office, actor, [])
        assert fault.value.code == "actor_refused"
    with pytest.raises(UsageFault) as fault:
        cosign(world)
    assert fault.value.code == "policy_missing"


# -- forks -------------------------------------------------------------------------------------


def forks(world: World) -> list[dict[str, object]]:
    return [entry for entry in world.entries() if entry["kind"] == "fork"]


def test_with_one_down_and_one_lying_the_quorum_holds_and_the_fork_is_entered(
    world: World, tmp_path: Path
) -> None:
    with court(world, tmp_path, w2=Witness, w4=Accuser) as witnesses:
        witnesses.adopt("any", 2)
        batch = reviewed(world)
        witnesses.adopt("any", 2, 4, 5)
        done = cosign(world)
        assert (done.holds, done.said) == (True, {"w2": "cosigned", "w4": "fork", "w5": "down"})
        (entry,) = forks(world)
        key = parse_policy(witnesses.policy("any", 4).encode()).witnesses[0].key
        assert entry["cosigner"] == canonical.digest(str(key).encode())
        assert entry["checkpoint"] == canonical.digest(
            (done.note.partition("\n\n")[0] + "\n").encode()
        )
        with pytest.raises(StateFault) as fault:
            release(world, batch)
        assert fault.value.code == "suspended"
        cosign(world)
        assert len(forks(world)) == 1  # told again, entered once

        assert lift(world).running
        client.review(world.office, batch, world.officer("a"))  # what was held is looked at again
        witnesses.adopt("any", 2, 5)  # whoever lied is taken out
        cosign(world)
        assert release(world, batch).state == "released"
        witnesses.adopt("any", 2, 4, 5)
        cosign(world)
        assert len(forks(world)) == 2  # it still says so after the officers acted


def test_a_history_that_a_witness_saw_under_our_signature_stops_this_one(
    world: World, tmp_path: Path
) -> None:
    office = world.office
    with court(world, tmp_path, w2=Witness) as witnesses:
        witnesses.adopt("any", 2)
        fork = sign_checkpoint(Checkpoint(office.settings.name, 3, bytes(32)), office.signer())
        assert (
            witnesses.witnesses[2].add_checkpoint(b"old 0\n\n" + fork.encode()).status
            is HTTPStatus.OK
        )
        done = cosign(world)
        assert (done.holds, done.said) == (False, {"w2": "fork"})
        assert len(forks(world)) == 1
        told = command("ledger", "cosign", "--office", world.path, "--json")
        assert (told.code, told.error) == (5, "witness_quorum")
        with pytest.raises(StateFault):
            world.receive(world.requests())


def test_the_verb_tells_a_fork_when_it_enters_it(world: World, tmp_path: Path) -> None:
    with court(world, tmp_path, w2=Witness, w4=Accuser) as witnesses:
        witnesses.adopt("any", 2, 4)
        told = command("ledger", "cosign", "--office", world.path, "--json")
        assert (told.code, told.error) == (5, "ledger_fork")
        assert len(forks(world)) == 1


def test_a_database_that_was_set_back_is_found_by_a_witness_that_is_ahead(
    world: World, tmp_path: Path
) -> None:
    with court(world, tmp_path, w2=Witness) as witnesses:
        witnesses.adopt("any", 2)
        world.office.store.close()
        shutil.copy(world.path / "office.db", tmp_path / "kept.db")
        world.office = world.opened()
        reviewed(world)
        size = len(world.entries())
        cosign(world)
        world.office.store.close()
        for path in world.path.glob("office.db*"):
            path.unlink()
        shutil.copy(tmp_path / "kept.db", world.path / "office.db")
        world.office = world.opened()
        assert cosign(world).said == {"w2": "ahead"}
        assert [entry["size"] for entry in forks(world)] == [size]


def test_a_witness_that_another_run_brought_further_is_no_fork(
    world: World, tmp_path: Path
) -> None:
    with court(world, tmp_path, w2=Witness) as witnesses:
        witnesses.adopt("any", 2)

        def late(policy: Policy, note: str, prove: Prove) -> Witnessed:
            reviewed(world)
            with world.office.store.transaction() as connection:
                newer = world.office.ledger.sign_checkpoint(connection, world.office.signer())
            witnesses.witnesses[2].add_checkpoint(b"old 0\n\n" + newer.encode())
            return ask_witnesses(policy, note, prove)

        done = witnessing.cosign(world.office, SERVICE, witnessing.Cosign(), late)
        assert (done.said, done.fork) == ({"w2": "ahead"}, None)
        assert cosign(world).holds


def test_a_history_that_was_rewritten_is_found_by_its_head_and_stops_the_office(
    world: World, tmp_path: Path
) -> None:
    with court(world, tmp_path, w2=Witness) as witnesses:
        witnesses.adopt("any", 2)
        batch = reviewed(world)
        kept = tmp_path / "kept.checkpoint"
        kept.write_text(cosign(world).note)
    owner = open_as_owner(world.path / "office.db")
    (last,) = owner.execute("SELECT max(start) FROM ledger_block").fetchone()
    rewrite(owner, last, lambda held: [*held[:-1], other_digest(held[-1])])
    owner.execute("DELETE FROM ledger_checkpoint")
    owner.execute("DELETE FROM ledger_cosigned")
    owner.close()
    told = command("ledger", "check", "--office", world.path, "--json")
    assert (told.code, told.error) == (5, "head_altered")  # a ledger alone cannot show it
    told = command("ledger", "check", "--office", world.path, "--checkpoint", kept, "--json")
    assert (told.code, told.error) == (5, "ledger_rewritten")
    assert forks(world) == []  # nothing is entered over it
    assert batch
    with pytest.raises(VerifyFault) as fault:
        world.receive(world.requests(name="other.csv", rows=REQUESTS[:2]))
    assert fault.value.code == "head_altered"
