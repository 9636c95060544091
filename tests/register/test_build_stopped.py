"""A build that is stopped at any point leaves the old snapshot current and nothing readable."""

from __future__ import annotations

import os
import pickle
import signal
import sys
from pathlib import Path

import pytest

from counterfoil.core.errors import StateFault, StoreFault
from counterfoil.register import current_snapshot
from tests.register.conftest import PEOPLE, Office
from tests.register.test_thief import forbidden, found_in
from tests.world.warm import Program

MOMENTS = ("read", "seal", "doors", "learn", "close")


class Idle:
    """A learner that learns nothing: so that the fourth phase runs."""

    def same_person(self, *_: object) -> None: ...

    def co_residents(self, *_: object) -> None: ...

    def merge(self, *_: object) -> None: ...


def die_at(folder: Path, moment: str) -> None:
    def stop(_done: int, _total: int | None, phase: str) -> None:
        if phase == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    Office(folder).build(progress=stop, learner=Idle())


def die_between_rename_and_current(folder: Path) -> None:
    import counterfoil.register.snapshots as snapshots

    def stop(path: Path, data: bytes) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    snapshots.replace_file = stop
    Office(folder).build()


_CALL = """
import pickle, sys
target, given = pickle.loads(bytes.fromhex(sys.argv[1]))
target(*given)
"""


def killed(target: object, *given: object) -> None:
    called = [sys.executable, "-c", _CALL, pickle.dumps((target, given)).hex()]
    with Program(called) as process:
        assert process.wait(timeout=120) == -signal.SIGKILL


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_build_leaves_the_old_snapshot_current_and_nothing_readable(
    office: Office, moment: str
) -> None:
    first = office.build().snapshot
    killed(die_at, office.folder, moment)
    assert current_snapshot(office.register) == first
    assert (office.register / ".building").exists()
    assert found_in(office.register, forbidden(PEOPLE)) == []
    assert office.build().snapshot != first
    assert not (office.register / ".building").exists()


def test_a_build_killed_before_it_became_current_is_harmless(office: Office) -> None:
    first = office.build().snapshot
    killed(die_between_rename_and_current, office.folder)
    assert current_snapshot(office.register) == first
    assert office.build().snapshot.startswith("0003-")


def test_the_first_build_killed_leaves_no_register(office: Office) -> None:
    killed(die_at, office.folder, "seal")
    with pytest.raises(StateFault, match="register_missing"):
        office.open()


@pytest.mark.parametrize("moment", MOMENTS)
def test_an_interrupted_build_cleans_up_after_itself(office: Office, moment: str) -> None:
    first = office.build().snapshot

    def interrupt(_done: int, _total: int | None, phase: str) -> None:
        if phase == moment:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        office.build(progress=interrupt, learner=Idle())
    assert current_snapshot(office.register) == first
    assert {path.name for path in office.register.iterdir()} == {".lock", "current", first}


def test_a_large_build_killed_with_its_sort_on_disk_leaves_nothing_readable(tmp_path: Path) -> None:
    killed(die_large, tmp_path)
    people = large(3)
    left = tmp_path / "register" / ".building"
    assert sum(path.stat().st_size for path in left.glob("others-*")) > 1 << 20
    long = {
        word for word in forbidden(people) if len(word) >= 6
    }  # four letters stand in 30 MB of noise by chance
    assert found_in(tmp_path / "register", long) == []


def large(count: int) -> list[dict[str, str]]:
    return [
        PEOPLE[0] | {"record_ref": f"REF-{at:05}", "line1": f"{at % 9000 + 1000} Juniper Ln"}
        for at in range(count)
    ]


def die_large(folder: Path) -> None:
    def stop(_done: int, _total: int | None, phase: str) -> None:
        if phase == "doors":
            os.kill(os.getpid(), signal.SIGKILL)

    Office(folder).build(large(40_000), progress=stop, memory_bytes=256 << 20)


def die_taking_up(folder: Path, moment: str, seen: Path) -> None:
    """Take up what is there, note each phase, and die at one."""

    def stop(done: int, _total: int | None, phase: str) -> None:
        with seen.open("a") as file:
            file.write(f"{phase} {done}\n")
        if phase == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    Office(folder).build(progress=stop, learner=Idle(), canaries=2)


def test_a_build_that_was_killed_goes_on_with_what_was_sealed_under_the_same_salt(
    office: Office,
) -> None:
    building = office.register / ".building"
    salts: set[bytes] = set()
    for moment in ("seal", "doors", "close"):
        killed(die_taking_up, office.folder, moment, office.folder / "seen")
        salts.add((building / "state").read_bytes()[:32])
    kept = {path.name: path.read_bytes() for path in building.glob("whole.pages")}
    manifest = office.build(learner=Idle(), canaries=2)
    assert len(salts) == 1
    pages = (office.register / manifest.snapshot / "whole.pages").read_bytes()
    assert kept == {"whole.pages": pages}
    whole = office.build(learner=Idle(), canaries=2, random=os.urandom)
    assert whole.counts == manifest.counts
    assert whole.files[0].salt != manifest.files[0].salt


def test_a_build_of_another_source_does_not_go_on_with_what_was_left(office: Office) -> None:
    killed(die_at, office.folder, "doors")
    state = (office.register / ".building" / "state").read_bytes()
    manifest = office.build(PEOPLE[:3], learner=Idle(), random=os.urandom)
    assert manifest.counts.rows == 3
    assert manifest.files[0].salt not in state.hex()


def test_a_state_or_a_temporary_file_that_was_altered_is_not_used(office: Office) -> None:
    killed(die_at, office.folder, "doors")
    state = office.register / ".building" / "state"
    data = bytearray(state.read_bytes())
    data[-1] ^= 1
    state.write_bytes(data)
    assert office.build(learner=Idle()).counts.residents == 3
    killed(die_at, office.folder, "doors")
    for path in (office.register / ".building").glob("done-merge-*"):
        path.write_bytes(path.read_bytes()[:-9] + bytes(9))
    with pytest.raises(StoreFault, match="register_sort_failed"):
        office.build(learner=Idle())
    assert office.build(learner=Idle()).counts.residents == 3
