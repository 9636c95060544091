"""Whoever puts back an older copy of everything on the machine, the keys' folder included, is found
by what the office published and by its witnesses; where what was published is gone, two officers or
the witnesses say that this ledger is the newest, and nobody else does."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from counterfoil import client
from counterfoil.accountability import publication
from counterfoil.controls import witnesses
from counterfoil.core.errors import CounterfoilError
from counterfoil.core.use_cases import SERVICE
from counterfoil.tlog.witness import Witness
from tests.cli.desk import command
from tests.tlog.loopback import court
from tests.world.acts import suspend
from tests.world.office import World


def set_folder(world: World, folder: str) -> None:
    path = world.path / "office.toml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text(
        "".join(
            f'publish_to = "{folder}"\n' if line.startswith("publish_to") else line
            for line in lines
        ),
        encoding="utf-8",
    )
    reopen(world)


def reopen(world: World) -> None:
    world.office.store.close()
    world.office = world.opened()


def publish(world: World, folder: Path | None = None) -> publication.Published:
    return publication.publish(world.office, SERVICE, publication.PublishLedger(folder))


def publish_anew(world: World, *letters: str) -> publication.Published:
    keys = [world.officer(letter) for letter in letters]
    statement, verb = publication.publish_anew_statement, publication.publish_anew
    return client.act(world.office, statement, verb, publication.PublishAnew(), *keys)


def reviewed(world: World, name: str = "requests.csv") -> str:
    batch = world.receive(world.requests(name=name))
    client.determine(world.office, batch)
    client.review(world.office, batch, world.officer("a"))
    return batch


def release(world: World, batch: str) -> object:
    return client.release(world.office, batch, world.officer("b"), world.directory / "out.jsonl")


def code_of(step: Callable[[], object]) -> str:
    with pytest.raises(CounterfoilError) as fault:
        step()
    assert fault.value.cure
    return fault.value.code


@pytest.fixture
def published(world: World) -> World:
    """An office that has published once, beside itself."""
    set_folder(world, "../public")
    publish(world)
    return world


def keep_copy(world: World) -> Path:
    """A copy of everything of the office on the machine."""
    world.office.store.close()
    copy = shutil.copytree(world.path, world.directory / "copy")
    world.office = world.opened()
    return copy


def put_back(world: World, copy: Path) -> None:
    world.office.store.close()
    shutil.rmtree(world.path)
    shutil.copytree(copy, world.path)
    for path in world.directory.glob("out.jsonl*"):
        path.unlink()
    world.office = world.opened()


def older_copy(world: World) -> str:
    """A batch that was released since a copy of everything was made, which is put back."""
    batch = reviewed(world)
    copy = keep_copy(world)
    release(world, batch)
    publish(world)
    put_back(world, copy)
    return batch


@pytest.mark.parametrize("what", ["checkpoint", "folder", "bytes", "other", "link"])
def test_an_older_copy_enters_nothing_where_the_published_checkpoint_is_missing_too(
    published: World, what: str
) -> None:
    batch = older_copy(published)
    checkpoint = published.directory / "public" / "checkpoint"
    if what == "folder":
        shutil.rmtree(checkpoint.parent)
    elif what == "bytes":
        checkpoint.write_bytes(b"\xff\n")
    elif what == "other":
        text = checkpoint.read_text().replace("counterfoil.example/world", "other.example/log")
        checkpoint.write_text(text)
    else:
        checkpoint.unlink()
    if what == "link":
        checkpoint.symlink_to(published.path / "office.toml")
    entries = published.entries()
    steps: list[Callable[[], object]] = [
        lambda: release(published, batch),
        lambda: published.receive(published.requests(name="other.csv")),
        lambda: publish(published),
        lambda: publish(published, published.directory / "elsewhere"),
        lambda: publish_anew(published, "a", "a"),
    ]
    expected = ["published_missing"] * 4 + ["officers_same"]
    assert [code_of(step) for step in steps] == expected
    assert published.entries() == entries
    assert not (published.directory / "elsewhere").exists()


@pytest.mark.parametrize("named", ["", "../empty"])
def test_it_does_not_help_to_name_no_folder_or_another_one(published: World, named: str) -> None:
    batch = older_copy(published)
    set_folder(published, named)
    assert code_of(lambda: release(published, batch)) == "ledger_behind"
    shutil.rmtree(published.directory / "public")
    assert code_of(lambda: release(published, batch)) == "published_missing"


def test_a_suspension_goes_on_whatever_is_missing(published: World) -> None:
    """It is entered without the passphrase."""
    shutil.rmtree(published.directory / "public")
    hidden = published.path / "keys" / "office.passphrase"
    passphrase = hidden.read_text()
    hidden.unlink()
    reopen(published)
    suspend(published)
    hidden.write_text(passphrase)
    reopen(published)
    assert code_of(lambda: release(published, "b-0f1e2d3c4b5a6978")) == "suspended"


def test_a_folder_that_was_moved_is_named_and_nobody_signs(published: World) -> None:
    (published.directory / "public").rename(published.directory / "moved")
    reopen(published)
    assert code_of(lambda: published.receive(published.requests())) == "published_missing"
    set_folder(published, "../moved")
    release(published, reviewed(published))
    assert publish(published).folder.endswith("moved")
    (published.directory / "moved").rename(published.directory / "lost")
    reopen(published)
    assert code_of(lambda: publish(published)) == "published_missing"


def test_two_officers_publish_anew_where_it_is_lost_and_it_is_an_entry(published: World) -> None:
    shutil.rmtree(published.directory / "public")
    reopen(published)
    done = publish_anew(published, "a", "b")
    entry = published.entries()[done.entry]
    assert entry["kind"] == "published"
    assert {"officer", "second", "commitment"} <= entry.keys()
    reopen(published)
    release(published, reviewed(published))


def test_two_officers_do_not_publish_anew_over_a_newer_checkpoint(published: World) -> None:
    older_copy(published)
    entries = published.entries()
    assert code_of(lambda: publish_anew(published, "a", "b")) == "ledger_behind"
    assert published.entries() == entries


def test_on_the_command_line_two_officers_publish_anew(published: World) -> None:
    shutil.rmtree(published.directory / "public")
    at, keys = ("ledger", "publish", "--office", published.path), published.path / "keys"
    two = ("--first", keys / "officer-a.key", "--second", keys / "officer-b.key")
    assert "published_missing" in command(*at).err
    assert "publish_anew" in command(*at, *two[:2]).err
    assert "publish_anew" in command(*at, *two, "--to", "elsewhere").err
    said = command(*at, *two)
    assert (said.code, said.out.startswith("Published ")) == (0, True)
    assert command(*at).code == 0


def test_a_process_that_works_writes_its_folder_again(published: World) -> None:
    """What it wrote last is newer than any copy: it was opened before the folder was lost."""
    published.receive(published.requests())
    shutil.rmtree(published.directory / "public")
    assert publish(published).size > 0


def test_witnesses_confirm_a_ledger_whose_folder_is_lost(world: World, tmp_path: Path) -> None:
    with court(world, tmp_path, w2=Witness) as judges:
        set_folder(world, "../public")
        judges.adopt("any", 2)
        publish(world)
        shutil.rmtree(world.directory / "public")
        reopen(world)
        assert publish(world).size > 0
        world.receive(world.requests())


@pytest.mark.parametrize("minutes", [0, 30])
def test_an_older_copy_with_its_older_folder_releases_nothing_while_a_witness_is_up(
    world: World, tmp_path: Path, minutes: int
) -> None:
    """Its cosignatures are new enough, and cover the review: the witness is asked all the same."""
    with court(world, tmp_path, w2=Witness) as judges:
        judges.adopt("any", 2)
        batch = world.receive(world.requests())
        witnesses.cosign(world.office, SERVICE, witnesses.Cosign())
        client.determine(world.office, batch)
        client.review(world.office, batch, world.officer("a"))
        witnesses.cosign(world.office, SERVICE, witnesses.Cosign())
        copy = keep_copy(world)
        world.now += timedelta(minutes=minutes)
        suspend(world)
        witnesses.cosign(world.office, SERVICE, witnesses.Cosign())
        put_back(world, copy)
        assert code_of(lambda: release(world, batch)) == "ledger_fork"
        assert code_of(lambda: release(world, batch)) == "suspended"
        assert "release" not in world.kinds()
