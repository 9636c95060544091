"""Incremental snapshots: what is changed is found as a whole build would find it, the rest is kept."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from random import Random

import pytest
from bench.register.world import HardWorld, Row

from counterfoil.core.errors import KeyFault, StateFault, StoreFault
from counterfoil.core.values import Grant
from counterfoil.register import Manifest, check_store, current_snapshot
from counterfoil.register.pages.changing import update
from tests.register.conftest import FLAT, JUNIPER, PEOPLE, PUBLIC, Office, grant_at, write_csv
from tests.register.pages.test_same_residents import in_order
from tests.register.test_build_stopped import killed

PLACE = ("line1", "line2", "city", "state", "zip")


def updated(
    office: Office, *, added: list[Row] | None = None, removed: list[Row] | None = None
) -> Manifest:
    paths = {
        name: write_csv(office.folder / f"{name}.csv", rows) if rows is not None else None
        for name, rows in (("added", added), ("removed", removed))
    }
    return update(office.register, PUBLIC, office.plan(random=os.urandom), **paths)


def found(office: Office, grants: list[Grant]) -> list[list[tuple[bytes, str]]]:
    with office.open() as register:
        return [in_order(each) for each in register.open_residents(grants)]


@pytest.fixture
def unmarked(monkeypatch: pytest.MonkeyPatch) -> None:
    """No place is known, so that no mark flips and every tolerance leads on."""
    for module in ("known_places", "pages.steps"):
        monkeypatch.setattr(f"counterfoil.register.{module}.LEAST_HOMES", 10**9)


@pytest.mark.usefixtures("unmarked")
def test_two_updates_find_what_a_whole_build_of_the_same_rows_finds(tmp_path: Path) -> None:
    world, chance = HardWorld(seed=3, zips=2, numbers=3), Random(4)
    rows, more = list(world.rows(500)), list(world.rows(160))
    for number, row in enumerate(more):
        row["record_ref"] = f"NEW-{number:06}"
    changed, whole = (Office(tmp_path / name, limit=10**9) for name in ("changed", "whole"))
    for office in (changed, whole):
        office.folder.mkdir()
    changed.build(rows)
    now = list(rows)
    for part in (more[:80], more[80:]):
        gone = chance.sample(now, 90)
        moved = [row | {name: chance.choice(rows)[name] for name in PLACE} for row in gone[:20]]
        updated(changed, removed=gone, added=[*part, *moved])
        now = [row for row in now if row not in gone] + part + moved
    whole.build(now)
    places = [{name: row[name] for name in PLACE} for row in [*rows, *more]]
    grants = [grant_at(place) for place in places]
    grants += [grant_at(world.question()) for _ in range(600)]
    before, after = found(whole, grants), found(changed, grants)
    assert before == after
    assert sum(len({by for _, by in each}) > 1 for each in before) > 20
    one, two = (office.open().manifest.counts for office in (whole, changed))
    assert (one.residents, one.exact_doors) == (two.residents, two.exact_doors)
    assert one.tolerant_doors <= two.tolerant_doors  # a home stays under each pair it ever had
    assert check_store(changed.register, PUBLIC).snapshot == current_snapshot(changed.register)


def test_the_parent_answers_as_before_and_its_files_are_not_copied(office: Office) -> None:
    first = office.build()
    second = updated(office, removed=[PEOPLE[3]])
    assert (second.parent != "", second.counts.residents) == (True, first.counts.residents - 1)
    assert [each.name for each in second.files] == ["changes-1.pages", "whole.pages"]
    with office.open(snapshot=first.snapshot) as register:
        assert len(register.open_residents([grant_at(FLAT)])[0].residents) == 1
    with office.open() as register:
        assert register.open_residents([grant_at(FLAT)])[0].residents == ()
        assert len(register.open_residents([grant_at(JUNIPER)])[0].residents) == 2
    one, two = (
        (office.register / each.snapshot / "whole.pages").stat().st_ino for each in (first, second)
    )
    assert one == two


def test_one_period_of_a_person_goes_and_the_person_stays(office: Office) -> None:
    office.build()
    updated(office, removed=[PEOPLE[0]])
    with office.open() as register:
        people = register.open_residents([grant_at(JUNIPER)])[0].residents
    assert sorted(each.periods for each in people) == [(2020,), (2020,)]


def test_a_row_that_is_not_held_is_rejected_and_nothing_is_taken_for_it(office: Office) -> None:
    office.build()
    wrong = [PEOPLE[0] | {"given_name": "Rosa"}, PEOPLE[0] | {"taxable_period": "2001"}]
    manifest = updated(office, removed=[*wrong, PEOPLE[2] | {"line1": "Juniper"}])
    assert manifest.counts.rejects == {"row_not_held": 2, "address_incomplete": 1}
    raw = (office.register / manifest.snapshot / "rejects.jsonl").read_text()
    assert "Rosa" not in raw and raw.count("\n") == 3
    with office.open() as register:
        assert len(register.open_residents([grant_at(JUNIPER)])[0].residents) == 2


def test_a_home_keeps_the_marks_of_the_parent(office: Office) -> None:
    street = [
        PEOPLE[0] | {"line1": f"{number} Juniper {word}", "record_ref": f"{number}{word}"}
        for word in ("Ln", "Ct")
        for number in (11, 12, 13)
    ]
    office.build(street)
    new = PEOPLE[0] | {"line1": "14 Juniper Ln", "record_ref": "new"}
    beside = PEOPLE[0] | {"line1": "15 Juniper Pl", "record_ref": "beside"}
    updated(office, added=[new, beside])

    def references(line: str) -> set[str]:
        [each] = found_people(office, JUNIPER | {"line1": line})
        return each

    assert references("14 Juniper Ct") == set()
    assert references("14 Juniper") == {"new"}
    assert references("15 Juniper Ct") == {"beside"}
    assert references("14 Juniper Ln") == {"new"}


def found_people(office: Office, place: Row) -> list[set[str]]:
    with office.open() as register:
        opened = register.open_residents([grant_at(place)])
    return [{each.record_ref for each in one.residents} for one in opened]


@pytest.mark.parametrize("file", ["whole.pages", "changes-1.pages"])
def test_an_altered_file_of_an_incremental_snapshot_answers_nothing(
    office: Office, file: str
) -> None:
    office.build()
    manifest = updated(office, added=[PEOPLE[0] | {"taxable_period": "2021"}])
    path = office.register / manifest.snapshot / file
    data = bytearray(path.read_bytes())
    data[34] ^= 1
    path.write_bytes(data)
    with pytest.raises(Exception, match="register_store_altered"):
        check_store(office.register, PUBLIC)
    path.unlink()
    with pytest.raises(StoreFault, match="register_unreadable"):
        office.open()


def test_another_key_format_or_too_many_files_is_refused(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.build()
    plan = office.plan(custodian=office.custodian(b"o" * 64))
    with pytest.raises(KeyFault, match="register_key_other"):
        update(office.register, PUBLIC, plan, added=None)
    monkeypatch.setattr("counterfoil.register.pages.update.FILES_MAX", 1)
    with pytest.raises(StateFault, match="register_changes_many"):
        updated(office, added=[])
    office.build_pairs()
    with pytest.raises(StateFault, match="register_rules_other"):
        updated(office, added=[])


def die_writing(folder: Path) -> None:
    import counterfoil.register.pages.changing as changing

    changing.write_manifest = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    updated(Office(folder), added=[PEOPLE[0] | {"taxable_period": "2021"}])


def test_an_update_that_is_killed_leaves_the_old_snapshot_current(office: Office) -> None:
    first = office.build().snapshot
    killed(die_writing, office.folder)
    assert current_snapshot(office.register) == first
    assert updated(office, added=[PEOPLE[0] | {"taxable_period": "2021"}]).counts.residents == 3
    assert not (office.register / ".building").exists()


def test_where_files_cannot_be_linked_they_are_copied(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsupported(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", unsupported)
    office.build()
    manifest = updated(office, added=[PEOPLE[0] | {"taxable_period": "2021"}])
    assert check_store(office.register, PUBLIC) == manifest
