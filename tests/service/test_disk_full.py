"""A disk that is full: each step says so, keeps nothing of what it began, and is done when there is
room again. No file of this process can grow over a limit meanwhile: the kernel refuses the write.
"""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from counterfoil import client, ledger
from counterfoil.core.use_cases import NOBODY
from counterfoil.disclosure import batch_statuses
from counterfoil.ledger import EntryKind
from counterfoil.service import queue as queue_module
from counterfoil.service.queue import Queue
from tests.api import doors
from tests.api.doors import ITEM, Lines
from tests.api.test_gateway import HOLDER
from tests.exchange.parcels import Post
from tests.world.office import World


@contextmanager
def full_over(size: int) -> Iterator[None]:
    """No write beyond the first `size` bytes of any file."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_the_gateway_takes_nothing_that_it_cannot_write_whole(tmp_path: Path) -> None:
    """Neither in the middle of an item nor in its last bytes."""
    with doors.gateway(tmp_path, HOLDER) as (door, _):
        inbox = tmp_path / "mailbox" / "inbox"
        for size in (0, 3000, 199_999):
            with full_over(size):
                answer = door.put(f"/v1/items/{ITEM}", content=[bytes(100_000)] * 2)
            assert (answer.status_code, answer.json()["code"]) == (507, "mailbox_folder")
            assert list(inbox.iterdir()) == []
        assert door.put(f"/v1/items/{ITEM}", content=bytes(200_000)).status_code == 201
        assert (inbox / f"{ITEM}.item").stat().st_size == 200_000


def test_the_office_waits_for_room_and_loses_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Full while an item is copied, while it is opened and entered, and while its answer leaves."""
    monkeypatch.setattr(queue_module, "AGAIN_SECONDS", 0)
    post, log = Post(world), Lines()
    queue = Queue(world.office, post.mailbox, log, lambda: False)
    item, data = post.item()
    post.drop(item, data)
    for size in (0, len(data) // 2, len(data) + 100):
        with full_over(size):
            assert not queue.turn()
        assert log[-1]["event"] == "waits"
        assert len(post.mailbox.waiting(5)) == 1
        assert not post.mailbox.receipt(item).exists()
    assert queue.turn()
    queue.look()
    assert post.mailbox.receipt(item).is_file()
    [status] = batch_statuses(world.office, NOBODY)
    assert status.state == "determined"
    client.review(world.office, status.batch, world.officer("a"))
    client.release(world.office, status.batch, world.officer("b"), world.directory / "a.jsonl")
    for size in (0, 10_000):
        with full_over(size):
            queue.look()
        assert not post.mailbox.answer(item).exists()
    queue.look()
    assert post.mailbox.answer(item).is_file()
    assert [each for each in post.mailbox.outbox.iterdir() if each.name.startswith(".")] == []
    assert [line["items"] for line in log if line["event"] == "head"] == [0, 1]
    assert {line.get("event") for line in log} == {"waits", "received", "determined", "head", "answered"}  # fmt: skip


def test_an_officers_act_that_cannot_be_written_is_not_done(world: World) -> None:
    """Neither a review nor a release: the officer is told, and does it again when there is room."""
    batch = world.receive(world.requests())
    client.determine(world.office, batch)
    with doors.office(world) as (_, line, log):
        for letter, act, state in (("a", "review", "reviewed"), ("b", "release", "released")):
            desk, command = doors.Desk(line, world, world.officer(letter)), {"batch": batch}
            with full_over(0):
                refused = desk.act(act, command)
            assert (refused.status_code, refused.json()["code"]) == (503, "store_failed")
            assert desk.act(act, command).json()["state"] == state
        assert "failed" not in {each["event"] for each in log}
    with world.office.store.reading() as connection:
        assert ledger.check(connection, world.office.holder_key).counts[EntryKind.RELEASE] == 1
