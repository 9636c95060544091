"""Where an office has witnesses, an answer leaves only once they cosigned its review, and whoever
holds it makes its proof anew to what was published and cosigned since."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from counterfoil import client
from counterfoil.accountability.completion import complete_answer
from counterfoil.accountability.publication import PublishLedger, publish
from counterfoil.answers.verify import proof_path, verify_answer
from counterfoil.controls import witnesses as witnessing
from counterfoil.core.errors import CounterfoilError, StateFault, VerifyFault
from counterfoil.core.use_cases import SERVICE
from counterfoil.tlog.policy import Policy, parse_policy
from counterfoil.tlog.witness import Witness
from tests.cli.desk import command
from tests.tlog.loopback import court
from tests.world.office import World

VERIFIER = Path(witnessing.__file__).parents[1] / "cli" / "verifier.py"


class Held(NamedTuple):
    """What a requester holds: the answer, the public folder, the policy."""

    world: World
    answer: Path
    public: Path
    policy: Path

    @property
    def key(self) -> Path:
        return self.world.path / "keys" / "holder.vkey"

    def verify(self, policy: Policy | None = None) -> str:
        statements = verify_answer(
            self.answer, str(self.world.office.holder_key), self.world.now.date(), policy
        )
        return statements[3].text

    def parsed(self) -> Policy:
        return parse_policy(self.policy.read_bytes())

    def complete(self) -> int:
        key = self.world.office.holder_key
        return complete_answer(self.answer, str(self.public), key, self.parsed()).size

    def run(self) -> tuple[int, str]:
        """`counterfoil-verify answer`, as a judge runs it."""
        words = ["answer", str(self.answer), "--key", str(self.key), "--policy", str(self.policy)]
        done = subprocess.run(
            [sys.executable, str(VERIFIER), *words], capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout


@pytest.fixture
def held(world: World, tmp_path: Path) -> Iterator[Held]:
    settings = world.path / "office.toml"
    settings.write_text(settings.read_text().replace('publish_to = ""', 'publish_to = "public"'))
    with court(world, tmp_path, w2=Witness) as witnesses:
        witnesses.adopt("any", 2)
        batch = world.receive(world.requests())
        witnessing.cosign(world.office, SERVICE, witnessing.Cosign())
        client.determine(world.office, batch)
        client.review(world.office, batch, world.officer("a"))
        out = world.directory / "answers.jsonl"
        with pytest.raises(StateFault) as fault:
            client.release(world.office, batch, world.officer("b"), out)
        assert fault.value.code == "cosign_behind", "what they cosigned is older than the review"
        assert "release" not in world.kinds()
        witnessing.cosign(world.office, SERVICE, witnessing.Cosign())
        client.release(world.office, batch, world.officer("b"), out)
        policy = tmp_path / "policy.txt"
        policy.write_text(witnesses.policy("any", 2), encoding="utf-8")
        publish(world.office, SERVICE, PublishLedger())
        yield Held(world, out, world.path / "public", policy)


def test_an_answer_is_completed_from_what_is_published(held: Held) -> None:
    with pytest.raises(VerifyFault) as fault:
        held.verify(held.parsed())
    assert fault.value.code == "answer_quorum"
    assert "w2" not in held.verify()
    assert held.run()[0] == 5
    assert held.complete() > 0
    assert "Cosigned by" in held.verify(held.parsed())
    assert held.run()[0] == 0
    words = ("verify-answer", held.answer, "--holder-key", held.key, "--policy", held.policy)
    told = command(*words)
    assert "a quorum" in told.out
    assert held.complete() > 0, "to complete it again is no change"
    proof_path(held.answer).write_text("something else\n", encoding="utf-8")
    with pytest.raises(VerifyFault):
        held.verify()
    assert held.run()[0] == 5


@pytest.mark.parametrize("path", ["checkpoint", "tile/0/000.p/*", "*.jws"])
def test_nothing_is_written_from_other_files_than_the_holders(held: Held, path: str) -> None:
    folder = held.answer.parent if path == "*.jws" else held.public
    for file in folder.glob(path):
        file.write_bytes(file.read_bytes()[::-1])
    with pytest.raises(CounterfoilError):
        held.complete()
    assert not proof_path(held.answer).exists()


def test_a_ledger_that_does_not_reach_the_release_completes_nothing(
    held: Held, tmp_path: Path
) -> None:
    with held.world.office.store.reading() as connection:
        notes = list(held.world.office.ledger.cosigned(connection))
    older = tmp_path / "older"
    older.mkdir()
    (older / "checkpoint").write_text(notes[0], encoding="utf-8")
    with pytest.raises(StateFault) as fault:
        complete_answer(held.answer, str(older), held.world.office.holder_key, held.parsed())
    assert fault.value.code == "answer_not_published"
