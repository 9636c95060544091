"""Format 3 finds exactly the residents that format 2 finds, by the same tolerances."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from bench.register.world import HardWorld

from counterfoil.core.errors import StoreFault
from counterfoil.core.values import Grant, Residents
from counterfoil.register import SealedRegister, residents_in
from counterfoil.register.pages.reader import SealedPages
from tests.register.conftest import Office, grant_at

ROWS, QUESTIONS = 1_500, 1_500
Pair = tuple[SealedRegister, SealedRegister]


@pytest.fixture(scope="module")
def world() -> HardWorld:
    return HardWorld(seed=5, zips=2, numbers=4)


@pytest.fixture(scope="module")
def registers(world: HardWorld, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    people = list(world.rows(ROWS))
    opened: list[SealedRegister] = []
    for name in ("two", "three"):
        office = Office(tmp_path_factory.mktemp(name), limit=10**9)
        first = office.build_pairs(people) if name == "two" else office.build(people)
        opened.append(office.open())
        assert (
            first.counts.dropped_tolerant_doors == opened[0].manifest.counts.dropped_tolerant_doors
        )
    return opened[0], opened[1]


@pytest.fixture(scope="module")
def grants(world: HardWorld) -> list[Grant]:
    return [grant_at(world.question(), number=number) for number in range(QUESTIONS)]


def in_order(found: Residents) -> list[tuple[bytes, str]]:
    """Decisions do not depend on the order of residents (matching/decide.py)."""
    encoded = map(msgspec.msgpack.encode, found.residents)
    return sorted(zip(encoded, found.tolerances, strict=True))


def test_both_formats_find_the_same_residents(registers: Pair, grants: list[Grant]) -> None:
    two, three = (register.open_residents(grants) for register in registers)
    assert [in_order(found) for found in two] == [in_order(found) for found in three]
    assert sum(bool(found.residents) for found in two) > QUESTIONS / 4
    assert sum(len(set(found.tolerances)) > 1 for found in two) > 20


def test_one_at_a_time_is_the_same_as_many(registers: Pair, grants: list[Grant]) -> None:
    some = grants[:100]
    together = registers[1].open_residents(some)
    assert [registers[1].open_residents([grant])[0] for grant in some] == together


def test_evidence_gives_the_same_residents_again(registers: Pair, grants: list[Grant]) -> None:
    for register in registers:
        for grant, found in zip(grants[:150], register.open_residents(grants[:150]), strict=True):
            shown = register.collect_buckets(grant)
            stated = register.manifest.bucket_format
            again = residents_in(shown, grant, register.snapshot, stated)
            assert in_order(again) == in_order(found)


def test_a_question_of_a_held_home_under_its_own_city_reads_hardly_more_than_one_value(
    tmp_path: Path,
) -> None:
    office, world = Office(tmp_path, limit=10**9), HardWorld(seed=6, zips=8, numbers=400)
    people = list(world.rows(600))
    office.build(people)
    columns = ("line1", "line2", "city", "state", "zip")
    asked = [grant_at({name: row[name] for name in columns}) for row in people]
    with office.open() as register:
        pages = register._store
        assert isinstance(pages, SealedPages)
        for grant in asked:
            register.open_residents([grant])
        assert pages.values_read / len(asked) <= 1.1


def test_an_altered_page_answers_nothing(tmp_path: Path) -> None:
    office = Office(tmp_path, limit=10**9)
    people = list(HardWorld(seed=7, zips=2).rows(50))
    manifest = office.build(people)
    path = office.register / manifest.snapshot / "whole.pages"
    columns = ("line1", "line2", "city", "state", "zip")
    asked = [grant_at({name: row[name] for name in columns}) for row in people]
    with office.open() as register:
        data = bytearray(path.read_bytes())
        data[len(data) // 4] ^= 1
        path.write_bytes(data)
        with pytest.raises(Exception, match="register_store_altered"):
            register.open_residents(asked)
    path.unlink()
    with pytest.raises(StoreFault, match="register_unreadable"):
        office.open()
