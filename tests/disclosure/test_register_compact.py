"""Buckets go when nothing cites them; what is signed of a snapshot stays."""

from __future__ import annotations

import fcntl
import os
from datetime import timedelta

import pytest

from counterfoil import client, register
from counterfoil.accountability.evidence import ExportEvidence, export_evidence
from counterfoil.accountability.reconciliation import Reconcile, reconcile
from counterfoil.core.errors import CounterfoilError, UsageFault
from counterfoil.core.use_cases import NOBODY, SERVICE, finish
from counterfoil.disclosure.register_build import UpdateRegister, update_snapshot
from counterfoil.disclosure.register_compact import CompactRegister, SnapshotKept, compact_register
from tests.accountability.evidence.bundles import released
from tests.world.acts import dispose, suspend
from tests.world.office import NOW, World
from tests.world.people import SOURCE, SOURCE_COLUMNS, person, write_csv

RETENTION = timedelta(days=1826)


def compact(world: World, *, dry_run: bool = False) -> dict[str, SnapshotKept]:
    found = compact_register(world.office, SERVICE, CompactRegister(dry_run))
    return {each.snapshot: each for each in found}


def files(world: World, snapshot: str) -> set[str]:
    return {path.name for path in (world.office.register_directory / snapshot).iterdir()}


def current(world: World) -> str:
    return register.current_snapshot(world.office.register_directory)


def test_a_snapshot_stays_until_the_rows_that_it_decided_are_disposed_of(world: World) -> None:
    first, batch = current(world), released(world)
    second = world.build(SOURCE)
    kept = {name: each.kept_by for name, each in compact(world).items()}
    assert kept == {first: (batch,), second: ("it is the current one",)}
    export_evidence(
        world.office, world.officer("a").officer, ExportEvidence(batch, "q1")
    )  # decides again from the first
    world.now = NOW + RETENTION
    dispose(world)
    told = compact(world, dry_run=True)[first]
    assert (told.kept_by, told.freed) == ((), 0)
    assert "whole.pages" in files(world, first)
    gone = compact(world)[first]
    assert 0 < gone.freed == gone.size
    assert files(world, first) == {"manifest.json", "manifest.sig"}
    assert [*compact(world)] == [second]


def test_a_batch_that_is_not_yet_decided_is_decided_from_what_stays(world: World) -> None:
    batch = world.receive(world.requests())
    first, second = current(world), world.build(SOURCE)
    assert compact(world)[first].kept_by == ()
    client.determine(world.office, batch)
    assert current(world) == second


def test_the_signed_part_is_signed_again_and_other_snapshots_reconcile(world: World) -> None:
    first = current(world)
    world.build(SOURCE)
    compact(world)
    folder = world.office.register_directory / first
    register.sign_again(folder, world.office.signing_publics, world.office.signer().private.sign)
    released(world)
    assert finish(reconcile(world.office, SERVICE, Reconcile())).differences == ()


def test_what_a_later_snapshot_shares_frees_nothing_and_answers_there(world: World) -> None:
    first = current(world)
    added = write_csv(
        world.directory / "came.csv",
        [person("r99", "Zed", "Quill", "77 Juniper Ln")],
        SOURCE_COLUMNS,
    )
    update_snapshot(world.office, UpdateRegister(added=added), lambda *_: None)
    second = current(world)
    gone = compact(world)[first]
    assert gone.kept_by == ()
    assert gone.freed < gone.size
    register.check_store(world.office.register_directory, world.office.signing_publics)
    assert second == current(world)
    released(world)


def test_a_removal_that_was_broken_off_is_finished(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = current(world)
    world.build(SOURCE)
    rejects = world.office.register_directory / first / "rejects.jsonl"
    rejects.write_text("", encoding="utf-8")
    unlink, calls = type(rejects).unlink, list[str]()

    def once(path: object, *arguments: object) -> None:
        if calls:
            raise OSError
        calls.append(str(path))
        unlink(path, *arguments)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(type(rejects), "unlink", once)
    with pytest.raises(CounterfoilError) as fault:
        compact(world)
    assert fault.value.code == "register_not_written"
    monkeypatch.undo()
    compact(world)
    assert files(world, first) == {"manifest.json", "manifest.sig"}


def test_nothing_is_removed_beside_a_build_a_suspension_or_an_altered_manifest(
    world: World,
) -> None:
    first = current(world)
    world.build(SOURCE)
    folder = world.office.register_directory
    lock = os.open(folder / ".lock", os.O_RDWR)
    fcntl.flock(lock, fcntl.LOCK_EX)
    assert _code(world) == "register_build_running"
    os.close(lock)
    signature = folder / first / "manifest.sig"
    signed = signature.read_bytes()
    signature.write_bytes(b"AAAA" + signed[4:])
    assert _code(world) == "manifest_not_verified"
    signature.write_bytes(signed)
    suspend(world)
    assert _code(world) == "suspended"
    assert "whole.pages" in files(world, first)


def _code(world: World) -> str:
    with pytest.raises(CounterfoilError) as fault:
        compact(world)
    return fault.value.code


def test_only_the_office_itself_compacts(world: World) -> None:
    for actor in (NOBODY, world.officer("a").officer):
        with pytest.raises(UsageFault) as fault:
            compact_register(world.office, actor, CompactRegister())
        assert fault.value.code == "actor_refused"
