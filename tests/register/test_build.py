"""Building a snapshot."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from counterfoil.core.errors import InputFault, StateFault, StoreFault
from counterfoil.register import build, current_snapshot
from counterfoil.register.snapshots import building
from counterfoil.register.stores import LmdbReader, LmdbWriter
from tests.register.conftest import FLAT, JUNIPER, NOW, PEOPLE, Office, grant_at, write_csv


def test_a_build_counts_what_it_sealed(office: Office) -> None:
    counts = office.build().counts
    assert (counts.rows, counts.rejected_rows, counts.residents, counts.exact_doors) == (4, 0, 3, 2)
    assert counts.tolerant_doors > 2
    assert sum(counts.size_classes.values()) == counts.exact_doors + counts.tolerant_doors


def test_rows_of_one_person_become_one_resident_with_all_periods(office: Office) -> None:
    office.build()
    with office.open() as register:
        [residents] = register.open_residents([grant_at(JUNIPER)])
    assert sorted((held.record_ref, held.periods) for held in residents.residents) == [
        ("REF-7781", (2019, 2020)),
        ("REF-7782", (2020,)),
    ]


def test_bad_rows_go_to_the_rejects_file_without_their_values_and_good_rows_go_on(
    office: Office,
) -> None:
    bad = [
        PEOPLE[0] | {"record_ref": ""},
        PEOPLE[0] | {"date_of_birth": "1961-13-13"},
        PEOPLE[0] | {"taxable_period": "all"},
        PEOPLE[0] | {"line1": "Juniper"},
        PEOPLE[0] | {"tin": "12345"},
    ]
    manifest = office.build([*bad, *PEOPLE])
    raw = (office.register / manifest.snapshot / "rejects.jsonl").read_text()
    lines = [json.loads(line) for line in raw.splitlines()]
    assert [(line["row"], line["field"], line["code"]) for line in lines] == [
        (1, "record_ref", "record_ref_missing"),
        (2, "date_of_birth", "date_of_birth"),
        (3, "taxable_period", "taxable_period"),
        (4, "address", "address_incomplete"),
    ]
    assert all(line.keys() == {"row", "field", "code", "cure"} for line in lines)
    assert "uniper" not in raw
    assert (
        manifest.counts.rejected_rows,
        manifest.counts.malformed_tins,
        manifest.counts.exact_doors,
    ) == (4, 1, 2)


def test_a_placeholder_address_is_rejected(office: Office) -> None:
    manifest = office.build([*PEOPLE, PEOPLE[0] | {"zip": "00000"}])
    assert manifest.counts.rejected_rows == 1


def test_a_source_without_rows_is_refused(office: Office) -> None:
    with pytest.raises(InputFault, match="source_empty"):
        office.build([])


def test_a_source_of_bad_rows_only_is_refused_and_says_why(office: Office) -> None:
    with pytest.raises(InputFault, match=r"1 taxable_period.*source_all_rejected"):
        office.build([PEOPLE[0] | {"taxable_period": "all"}])


def test_the_same_source_and_key_give_the_same_residents_and_counts(office: Office) -> None:
    first = office.build()
    with office.open() as register:
        before = register.open_residents([grant_at(JUNIPER), grant_at(FLAT)])
    second = office.build(list(reversed(PEOPLE)))
    with office.open() as register:
        assert register.open_residents([grant_at(JUNIPER), grant_at(FLAT)]) == before
    assert first.counts == second.counts


def test_two_builds_share_no_sealed_value(office: Office) -> None:
    first = office.register / office.build().snapshot / "whole.pages"
    second = office.register / office.build().snapshot / "whole.pages"
    assert first.read_bytes() != second.read_bytes()


def test_a_new_build_becomes_current_and_the_old_one_stays(office: Office) -> None:
    first = office.build().snapshot
    second = office.build(PEOPLE[:3]).snapshot
    assert (first[:5], second[:5]) == ("0001-", "0002-")
    assert current_snapshot(office.register) == second
    with office.open(snapshot=first) as register:
        assert len(register.open_residents([grant_at(FLAT)])[0].residents) == 1
    with office.open() as register:
        assert register.open_residents([grant_at(FLAT)])[0].residents == ()


def test_everything_is_readable_by_its_owner_only(office: Office) -> None:
    office.build()
    for path in [office.register, *office.register.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


def test_only_finished_snapshots_are_left(office: Office) -> None:
    snapshot = office.build().snapshot
    assert {path.name for path in office.register.iterdir()} == {".lock", "current", snapshot}
    assert {path.name for path in (office.register / snapshot).iterdir()} == {
        "whole.pages",
        "manifest.json",
        "manifest.sig",
        "rejects.jsonl",
    }


def test_what_a_killed_build_left_is_removed_by_the_next(office: Office) -> None:
    left = office.register / ".building" / "spill"
    left.mkdir(parents=True)
    (left / "old.tmp").write_bytes(b"x")
    office.build()
    assert not (office.register / ".building").exists()


def test_one_build_runs_at_a_time(office: Office) -> None:
    with building(office.register), pytest.raises(StateFault, match="register_build_running"):
        office.build()


def test_a_source_that_changes_while_it_is_read_is_refused(office: Office) -> None:
    def touch(done: int, _total: int | None, phase: str) -> None:
        if phase == "seal":
            write_csv(office.folder / "source.csv", PEOPLE[:1])

    with pytest.raises(InputFault, match="source_changed"):
        office.build(progress=touch)
    with pytest.raises(StateFault, match="register_missing"):
        office.open()


def test_a_source_that_goes_away_while_it_is_read_is_refused(office: Office) -> None:
    def remove(done: int, _total: int | None, phase: str) -> None:
        if phase == "seal":
            (office.folder / "source.csv").unlink(missing_ok=True)

    with pytest.raises(InputFault, match="source_unreadable"):
        office.build(progress=remove)


def test_a_missing_source_is_refused(office: Office) -> None:
    with pytest.raises(InputFault, match="source_unreadable"):
        build(office.folder / "none.csv", office.register, office.plan())


def test_a_folder_that_cannot_be_written_is_a_fault(office: Office) -> None:
    office.register.write_text("a file stands where the folder should")
    with pytest.raises(StoreFault, match="register_not_written"):
        office.build()


def test_a_full_disk_leaves_the_old_snapshot(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = office.build().snapshot

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("counterfoil.register.manifest.replace_file", full)
    with pytest.raises(StoreFault, match="register_not_written"):
        office.build()
    assert current_snapshot(office.register) == first
    assert not (office.register / ".building").exists()


def test_progress_tells_every_phase_and_ends_at_its_total(office: Office) -> None:
    told: list[tuple[int, int | None, str]] = []
    office.build(progress=lambda done, total, phase: told.append((done, total, phase)))
    assert list(dict.fromkeys(phase for _, _, phase in told)) == [
        "read",
        "seal",
        "marks",
        "doors",
        "close",
    ]
    assert next(told for told in reversed(told) if told[2] == "seal")[:2] == (4, 4)


def test_the_manifest_says_when_and_from_what(office: Office) -> None:
    manifest = office.build(made_up=True)
    assert (manifest.built_at, manifest.made_up, manifest.match_version) == (
        NOW.strftime("%Y-%m-%dT%H:%M:%SZ"),
        True,
        "match-0",
    )
    assert manifest.source_digest.startswith("sha256:")


def test_a_crowded_door_is_dropped_and_counted(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("counterfoil.register.pages.worker.RESIDENTS_MAX", 1)
    counts = office.build().counts
    assert (counts.crowded_exact_doors, counts.exact_doors) == (1, 1)
    with office.open() as register:
        assert register.open_residents([grant_at(JUNIPER)])[0].residents == ()


def test_a_tolerant_door_to_more_than_31_exact_doors_is_dropped_and_counted(office: Office) -> None:
    words = ["St", "Ave", "Rd", "Ln", "Dr", "Ct", "Pl", "Ter"]
    sides = ["", "N ", "S ", "E ", "W ", "NE "]
    crowd = [
        PEOPLE[0] | {"line1": f"1287 {side}Juniper {word}", "record_ref": side + word}
        for word in words
        for side in sides
    ]
    assert office.build(crowd).counts.dropped_tolerant_doors >= 1
    assert office.build(crowd[:4]).counts.dropped_tolerant_doors == 0


def test_content_digest_is_over_every_pair_in_order(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    import hashlib

    put: list[tuple[bytes, bytes]] = []
    keep = LmdbWriter.put_many
    monkeypatch.setattr(
        LmdbWriter, "put_many", lambda self, pairs: (put.extend(pairs), keep(self, pairs))
    )
    manifest = office.build_pairs()
    digest = hashlib.sha256(
        b"".join(tag + len(value).to_bytes(4, "big") + value for tag, value in sorted(put))
    )
    assert manifest.content_digest == "sha256:" + digest.hexdigest()
    path = office.register / manifest.snapshot / "buckets.lmdb"
    assert LmdbReader(path, manifest.store_bytes, manifest.store_head_digest).get_many(
        [tag for tag, _ in put]
    ) == [value for _, value in put]


def test_many_addresses_are_built_when_few_are_remembered(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("counterfoil.register.pages.worker._REMEMBERED_ADDRESSES", 1)
    counts = office.build(PEOPLE + list(reversed(PEOPLE))).counts
    assert (counts.residents, counts.exact_doors) == (3, 2)


def test_a_parquet_source_gives_the_same_register_as_csv(office: Office, tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from counterfoil.register.source import COLUMNS

    path = tmp_path / "source.parquet"
    pq.write_table(
        pa.table({name: [person.get(name, "") for person in PEOPLE] for name in COLUMNS}), path
    )
    assert build(path, office.register, office.plan()).counts == office.build().counts


@pytest.mark.parametrize("step", ["spill", "pages"])
def test_a_disk_that_is_full_in_the_middle_of_a_step_is_a_fault(
    office: Office, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    first = office.build().snapshot
    module = {"spill": "spill", "pages": "worker"}[step]

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(f"counterfoil.register.pages.{module}.open_private", full)
    with pytest.raises(StoreFault, match="register_sort_failed"):
        office.build()
    assert current_snapshot(office.register) == first
    assert not (office.register / ".building").exists()
