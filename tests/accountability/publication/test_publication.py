"""The ledger is published on a clock; a clock that was missed shows in the published files and in
`status`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from counterfoil import ledger
from counterfoil.accountability import publication
from counterfoil.core.errors import StateFault, StoreFault, UsageFault
from counterfoil.core.use_cases import NOBODY, SERVICE
from counterfoil.ledger.clock import Clock, read_clock
from counterfoil.ledger.export import read_bundles
from counterfoil.tlog.cosignature import check_cosignatures
from counterfoil.tlog.policy import parse_policy
from counterfoil.tlog.witness import Witness
from tests.cli.desk import Desk, command
from tests.tlog.loopback import Accuser, Court, court
from tests.world.office import World


def settings(directory: Path, old: str, new: str) -> None:
    path = directory / "office.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def public(world: World) -> Path:
    """The folder that the world's office publishes to, every 24 hours."""
    settings(world.path, 'publish_to = ""', 'publish_to = "public"')
    world.office.store.close()
    world.office = world.opened()
    return world.path / "public"


def publish(world: World, folder: Path) -> publication.Published:
    return publication.publish(world.office, SERVICE, publication.PublishLedger(folder))


def standing(world: World) -> publication.PublicationStatus:
    return publication.publication_status(world.office, NOBODY)


def clock(world: World, folder: Path) -> Clock:
    """What a stranger reads from the folder."""
    size = ledger.check_export(folder, world.office.holder_key).size
    return read_clock([each for bundle in read_bundles(folder, size) for each in bundle], world.now)


def test_what_is_published_holds_its_own_entry_and_promise(world: World, public: Path) -> None:
    done = publish(world, public)
    assert world.entries()[done.entry] | {"time": ""} == {
        "kind": "published",
        "count": 1,
        "hours": 24,
        "time": "",
        "v": 1,
    }
    assert ledger.check_export(public, world.office.holder_key).size == done.size
    after = [entry["kind"] for entry in world.entries()[done.entry + 1 :]]
    assert (after, len(world.entries())) == (
        ["settings", "state", "state"],  # Of the same commit, and that the folder was written.
        done.size + 1,
    )
    assert clock(world, public).publications == 1


def test_only_the_office_itself_publishes(world: World, public: Path) -> None:
    with pytest.raises(UsageFault) as fault:
        publication.publish(world.office, NOBODY, publication.PublishLedger())
    assert (fault.value.code, public.exists()) == ("actor_refused", False)


def test_a_missed_clock_is_told_by_the_published_files_alone(world: World, public: Path) -> None:
    for hours in (0, 24, 30, 24):
        world.now += timedelta(hours=hours)
        publish(world, public)
    (missed,) = clock(world, public).missed
    assert (missed.since, missed.until) == ("2026-05-05T12:00:00Z", "2026-05-06T18:00:00Z")


def test_status_is_late_when_what_stands_in_the_folder_is_older_than_promised(
    world: World, public: Path
) -> None:
    assert (standing(world).late, standing(world).size) == (False, -1)
    world.now += timedelta(hours=24, seconds=1)
    assert (standing(world).late, standing(world).size) == (True, -1)
    publish(world, public)
    world.now += timedelta(hours=24)
    assert not standing(world).late
    world.answer()
    world.now += timedelta(seconds=1)
    assert standing(world).late
    publish(world, public)
    assert (standing(world).late, standing(world).time) == (False, "2026-05-06T12:00:02Z")


def test_a_folder_that_cannot_be_written_gets_no_entry_and_the_gap_shows_afterwards(
    world: World, public: Path
) -> None:
    publish(world, public)
    shown = public.rename(world.directory / "shown")
    public.write_text("a file stands where the folder was")
    for _ in range(3):
        world.now += timedelta(hours=24)
        with pytest.raises(StoreFault) as fault:
            publish(world, public)
        assert fault.value.code == "export_failed"
    assert world.kinds().count("published") == 1
    assert standing(world).late
    public.unlink()
    shown.rename(public)
    publish(world, public)
    assert [each.hours for each in clock(world, public).missed] == [24]


def test_a_run_that_was_broken_off_is_written_before_another_is_entered(
    world: World, public: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise StoreFault("export_failed", "made up: the disk is full")

    publish(world, public)
    world.now += timedelta(hours=20)
    with monkeypatch.context() as broken:
        broken.setattr(ledger, "export", full)
        for _ in range(2):
            with pytest.raises(StoreFault):
                publish(world, public)
    assert world.kinds().count("published") == 2
    assert clock(world, public).publications == 1
    publish(world, public)
    assert clock(world, public).publications == 3


def test_another_ledgers_folder_is_left_as_it_is(world: World, public: Path) -> None:
    public.mkdir()
    (public / "checkpoint").write_text("made-up.example/other\n1\n")
    with pytest.raises(StateFault) as fault:
        publish(world, public)
    assert fault.value.code == "export_other"
    assert (public / "checkpoint").read_text() == "made-up.example/other\n1\n"
    assert "published" not in world.kinds()


def test_witnesses_cosign_what_is_published(world: World, public: Path, tmp_path: Path) -> None:
    with court(world, tmp_path, w2=Witness) as witnesses:
        witnesses.adopt("any", 2)
        publish(world, public)
        policy = parse_policy(witnesses.policy("any", 2).encode())
    note = (public / "checkpoint").read_text(encoding="utf-8")
    assert policy.holds(check_cosignatures(note, [each.key for each in policy.witnesses]))


def test_it_is_published_without_a_quorum_and_while_the_office_stands_still(
    world: World, public: Path, tmp_path: Path
) -> None:
    with court(world, tmp_path, w4=Accuser) as witnesses:
        witnesses.adopt("any", 4)
        done = publish(world, public)
        assert done.cosigned is not None
        assert (done.cosigned.holds, done.cosigned.fork is None) == (False, False)
        assert publish(world, public).size > done.size
    assert clock(world, public).publications == 2


def test_the_command_line_publishes_and_tells_the_clock(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert command("ledger", "publish", *desk.at, "--json").error == "publish_folder"
    assert "no folder is set" in command("status", *desk.at).err
    settings(desk.office, 'publish_to = ""', f'publish_to = "{tmp_path / "public"}"')
    assert "nothing yet, and every 24 hours.\n" in command("status", *desk.at).err
    told = command("ledger", "publish", *desk.at)
    assert (told.code, told.out.startswith("Published ")) == (0, True)
    assert "hours. LATE" not in command("status", *desk.at).err
    assert command("status", *desk.at, "--json").json["published"]["late"] is False
    verify = (
        "verify-export",
        tmp_path / "public",
        "--holder-key",
        desk.office / "keys" / "holder.vkey",
    )
    assert "Published on a clock: once, first" in command(*verify).out
    today = datetime.now(UTC).date().isoformat()
    assert command(*verify, "--on-clock-since", today, "--json").json["clock"]["missed"] == []
    command("ledger", "export", *desk.at, "--out", tmp_path / "other")
    assert command(*verify, "--on-clock-since", today).code == 0


def test_a_ledger_that_is_only_exported_is_not_on_the_clock(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    command("ledger", "export", *desk.at, "--out", tmp_path / "out")
    verify = (
        "verify-export",
        tmp_path / "out",
        "--holder-key",
        desk.office / "keys" / "holder.vkey",
    )
    assert "Published on a clock: never." in command(*verify).out
    told = command(*verify, "--on-clock-since", "2026-01-01", "--json")
    assert (told.code, told.error) == (5, "published_late")


def test_a_quorum_that_is_missing_is_exit_5_after_it_was_published(
    world: World, public: Path
) -> None:
    Court(world).adopt("any", 5)
    told = command("ledger", "publish", "--office", world.path, "--json")
    assert (told.code, told.error) == (5, "witness_quorum")
    assert (
        ledger.check_export(public, world.office.holder_key).counts[ledger.EntryKind.PUBLISHED] == 1
    )
