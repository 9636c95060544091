"""`make kills`: an office whose officers do what is not answering (enroll an officer, exchange its
keys, recall, enter a receipt, complete an answer), killed with SIGKILL at a random moment, again and
again. `make test` does it a few times, in test_kill_acts.py.

    python -m tests.crash.kill_acts [LOOPS] [SEED]

Each loop takes a copy of an office that has released an answer and published its ledger. A child
does the steps that the ledger does not name yet, and is killed. Then 1 the office opens and its
ledger checks; 2 it holds at least what the child had said was entered; 3 the proof beside the
answer verifies. A second child does what is left, and 4 the ledger has as many entries of each
kind, purpose and event as one that was never killed: nothing is lost, and nothing is there twice;
5 what the office remembers agrees with the ledger.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from counterfoil import client, ledger
from counterfoil.accountability.completion import complete_answer
from counterfoil.accountability.publication import PublishLedger, publish
from counterfoil.accountability.reconciliation import Reconcile, reconcile
from counterfoil.answers.verify import verify_answer
from counterfoil.client import office_keys
from counterfoil.controls.recall import service as recalls
from counterfoil.core import keyfile
from counterfoil.core.use_cases import SERVICE, finish
from counterfoil.core.values import Officer, Role
from counterfoil.tlog import verifier_key
from tests.controls.recall import desk
from tests.crash.kills import forked
from tests.world.office import NOW, Repeating, World
from tests.world.once import remember

PURPOSES: Final = ("payload", "register", "holder")
THIRD: Final = Officer("officer-c", str(verifier_key("officer-c", keyfile.public_bytes(b"c" * 32))))
Entered = Counter[tuple[object, ...]]


class Step(NamedTuple):
    """What officers do, and the entry by which the office knows that it was done."""

    entry: tuple[object, ...]
    do: Callable[[World], object]


class Reopened(World):
    """The office in `directory`, opened by another process, which draws its own random bytes."""

    def __init__(self, directory: Path, seed: str) -> None:
        self.directory, self.path, self.now = directory, directory / "office", NOW
        self._random = Repeating(seed)
        self.office = self.opened()


def two(world: World) -> tuple[client.OfficerKey, client.OfficerKey]:
    return world.officer("a"), world.officer("b")


def rotation(purpose: str) -> Step:
    def rotate(world: World) -> None:
        office_keys.rotate(world.office, purpose, *two(world))

    return Step(("key", purpose, "added"), rotate)


def enroll(world: World) -> None:
    client.enroll_key(world.office, THIRD, Role.DISCLOSURE, two(world))


def recall_all(world: World) -> None:
    desk.recall(world, desk.released(world))


def enter_receipt(world: World) -> None:
    """What the requester signed of the recall's notice, which the office writes again."""
    officer = world.officer("a").officer
    notice = recalls.write_recall_notice(world.office, officer, recalls.WriteNotice(1))
    desk.enter(world, desk.receipt(world, notice, destroyed=desk.TODAY))


STEPS: Final = (
    Step(("key", "officer", "added"), enroll),
    *map(rotation, PURPOSES),
    Step(("recall", None, None), recall_all),
    Step(("receipt", None, None), enter_receipt),
)


def entered(world: World) -> Entered:
    return Counter(
        (each["kind"], each.get("purpose"), each.get("event")) for each in world.entries()
    )


def make_template(directory: Path) -> None:
    """An office that has released one answer and published its ledger."""
    world = World(directory, seed="acts")
    desk.register_principal(world)
    world.answer()
    publish(world.office, SERVICE, PublishLedger(directory / "public"))
    world.office.store.close()


class Loops:
    """Loops over copies of one office; `stages`: how many steps were entered at each kill. The keys
    that scrypt derives are remembered from here on, in the children too."""

    def __init__(self, directory: Path, seed: int) -> None:
        remember(pytest.MonkeyPatch())
        self.directory, self.chance = directory, random.Random(seed)
        self.template = directory / "template"
        self.template.mkdir()
        self.stages: Counter[int] = Counter()
        assert forked(lambda _: make_template(self.template), None)[0] == 0
        world = Reopened(self.template, "template")
        self.before, self.key = entered(world), world.office.holder_key
        world.office.store.close()
        place, begun = self._copy("whole"), time.perf_counter()
        self._act(place, "whole", os.open(os.devnull, os.O_WRONLY))
        self.seconds = time.perf_counter() - begun
        self.entered = self._standing(place, sum(self.before.values()) + len(STEPS))
        shutil.rmtree(place)

    def _copy(self, name: str) -> Path:
        place = self.directory / name
        shutil.copytree(self.template, place)
        return place

    def _act(self, place: Path, seed: str, said: int) -> None:
        """Every step that the ledger does not name, each in an office opened anew."""
        for number, step in enumerate(STEPS):
            world = Reopened(place, f"{seed} {number}")
            if entered(world)[step.entry] == self.before[step.entry]:
                step.do(world)
            os.write(said, b"%d\n" % sum(entered(world).values()))
            world.office.store.close()
        complete_answer(place / "answers.jsonl", str(place / "public"), self.key)

    def _standing(self, place: Path, least: int) -> Entered:
        """Establish 1, 2 and 3; what was entered."""
        world = Reopened(place, "look")
        try:
            with world.office.store.reading() as connection:
                report = ledger.check(connection, world.office.log_keys)  # 1
            found = entered(world)
        finally:
            world.office.store.close()
        assert report.size >= least, f"{least} entries were acknowledged, {report.size} stand"  # 2
        verify_answer(place / "answers.jsonl", str(self.key), NOW.date())  # 3
        return found

    def loop(self, number: int, first: float = 0.0, last: float = 1.0) -> None:
        """One copy, one kill between two moments, as shares of a whole run, and one run to the
        end."""
        place = self._copy("killed")
        moment = self.seconds * self.chance.uniform(first, last)
        _, least, _ = forked(lambda said: self._act(place, f"first {number}", said), moment)
        found = self._standing(place, least)
        self.stages[sum(found[each.entry] > self.before[each.entry] for each in STEPS)] += 1
        status, least, seconds = forked(
            lambda said: self._act(place, f"second {number}", said), None
        )
        self.seconds += (seconds - self.seconds) / 20
        assert status == 0, "the steps did not go on"
        assert self._standing(place, least) == self.entered, "entries lost, or made twice"  # 4
        world = Reopened(place, "reconcile")
        report = finish(reconcile(world.office, SERVICE, Reconcile(whole=True)), None)
        world.office.store.close()
        assert not report.differences, report.differences  # 5
        shutil.rmtree(place)


def main(count: int, seed: int) -> None:
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as directory:
        loops = Loops(Path(directory), seed)
        for number in range(1, count + 1):
            loops.loop(number)
            if number % 50 == 0 or number == count:
                print(
                    f"{number} kills, {time.perf_counter() - begun:.0f} s, nothing lost, nothing "
                    f"twice; of {len(STEPS)} steps were entered: {sorted(loops.stages.items())}",
                    flush=True,
                )


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 1000,
        int(sys.argv[2]) if len(sys.argv) > 2 else 1,
    )
