"""The mailbox is written by others too. What they put there is never followed, waited for or read
beyond what is wanted, and the office writes through no link of theirs: its own files stay as they
are, whatever lies in the mailbox."""

from __future__ import annotations

import io
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from counterfoil.core.atomic_files import place_file, placed_file, read_regular
from counterfoil.core.errors import StateFault
from counterfoil.exchange.mailbox import Mailbox
from counterfoil.exchange.outbox import Outbox, ReleasedAnswer
from counterfoil.requester.ways import Folder
from counterfoil.service.clock import Clock
from tests.api.doors import Lines
from tests.exchange.parcels import Post
from tests.exchange.test_outbox import ROWS, _record
from tests.world.office import World

ITEM = "a" * 32


def _in_time(work: Callable[[], object]) -> None:
    """Do it; what waits for a pipe fails here."""
    done = threading.Thread(target=work, daemon=True)
    done.start()
    done.join(20)
    assert not done.is_alive(), "it waits for something that never comes"


def _link(path: Path, victim: Path) -> None:
    path.symlink_to(victim)


def _pipe(path: Path, _victim: Path) -> None:
    os.mkfifo(path)


def _folder(path: Path, _victim: Path) -> None:
    path.mkdir()


TRAPS = [_link, _pipe, _folder]


@pytest.mark.parametrize("trap", TRAPS)
def test_the_office_writes_through_nothing_that_lies_there(
    trap: Callable[[Path, Path], None], world: World, tmp_path: Path
) -> None:
    """Under every name that it writes by, and every name beside it that was ever used."""
    post, victim = Post(world), tmp_path / "office.db"
    victim.write_bytes(b"the office's own")
    for path in (post.mailbox.answer(ITEM), post.mailbox.head):
        for name in (f".{path.name}.part", f"{path.name}.new"):
            trap(path.with_name(name), victim)
    if trap is not _folder:  # what is a folder cannot be replaced by a file
        trap(post.mailbox.answer(ITEM), victim)
        trap(post.mailbox.head, victim)
        trap(post.mailbox.intake_key, victim)
    outbox = Outbox(world.office, post.mailbox, post.folders)
    answer = ReleasedAnswer(io.BytesIO(ROWS["short"]), "jsonl", "counterfoil-answer-1", b"a.b.c")

    def leave() -> None:
        done = outbox.put(_record(ITEM, post), answer, (post.opening.public,))
        outbox.write_head([done])
        clock = Clock(world.office, post.mailbox, post.keys, tmp_path, Lines())
        clock.show_intake_key()

    _in_time(leave)
    assert victim.read_bytes() == b"the office's own"
    for path in (post.mailbox.answer(ITEM), post.mailbox.head, post.mailbox.intake_key):
        assert stat.S_ISREG(path.stat(follow_symlinks=False).st_mode)
    assert stat.S_IMODE(post.mailbox.answer(ITEM).stat().st_mode) == 0o640


@pytest.mark.parametrize("trap", TRAPS)
def test_who_has_taken_an_id_in_the_inbox_keeps_nobody_waiting(
    trap: Callable[[Path, Path], None], tmp_path: Path
) -> None:
    mailbox = Mailbox(tmp_path / "mailbox")
    mailbox.make()
    trap(mailbox.inbox / f"{ITEM}.item", Path("/dev/zero"))
    trap(mailbox.receipts / f"{ITEM}.arrived", Path("/dev/zero"))

    def put() -> None:
        incoming = mailbox.begin(ITEM)
        incoming.write(b"an item")
        with pytest.raises(StateFault, match="arrived before") as told:
            mailbox.place(ITEM, "item", incoming)
        assert told.value.code == "item_taken"
        incoming.drop()
        assert mailbox.arrival(ITEM) is None

    _in_time(put)


def test_a_large_file_under_an_id_is_not_read_to_see_that_it_is_another(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path / "mailbox")
    mailbox.make()
    with (mailbox.inbox / f"{ITEM}.item").open("wb") as file:
        file.truncate(1 << 40)
    incoming = mailbox.begin(ITEM)
    incoming.write(b"an item")
    with pytest.raises(StateFault):
        mailbox.place(ITEM, "item", incoming)
    incoming.drop()


def test_an_arrival_is_told_whatever_time_the_file_bears(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path / "mailbox")
    mailbox.make()
    path = mailbox.inbox / f"{ITEM}.item"
    path.write_bytes(b"an item")
    os.utime(path, (0, 1 << 40))  # the year 36812, which no date has
    incoming = mailbox.begin(ITEM)
    incoming.write(b"an item")
    arrival, _ = mailbox.place(ITEM, "item", incoming)
    assert arrival.bytes == 7
    incoming.drop()


@pytest.mark.parametrize("trap", TRAPS)
def test_the_kit_waits_for_nothing_in_a_folder_that_others_fill(
    trap: Callable[[Path, Path], None], tmp_path: Path
) -> None:
    mailbox, sink = Mailbox(tmp_path / "mailbox"), io.BytesIO()
    mailbox.make()
    for path in (mailbox.head, mailbox.intake_key, mailbox.answer(ITEM), mailbox.receipt(ITEM)):
        trap(path, Path("/dev/zero"))
    way = Folder(mailbox.root)
    _in_time(lambda: (way.head(), way.intake_key(), way.receipt(ITEM)))
    assert (way.head(), way.intake_key(), way.receipt(ITEM)) == (None, None, None)
    _in_time(lambda: way.fetch(ITEM, "answer", sink))
    assert sink.getvalue() == b""


def test_what_is_placed_is_whole_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "file"
    place_file(path, b"first", 0o640)
    with pytest.raises(RuntimeError), placed_file(path, 0o640) as sink:
        sink.write(b"half")
        raise RuntimeError
    assert path.read_bytes() == b"first"
    assert [each.name for each in tmp_path.iterdir()] == ["file"]
    with pytest.raises(ValueError, match="too long"):
        read_regular(path, 4)


def test_gateway_and_office_of_two_users_share_the_folders_by_their_group(tmp_path: Path) -> None:
    """With the umask of the shipped units; a gateway does not need the outbox."""
    mailbox, before = Mailbox(tmp_path / "mailbox"), os.umask(0o027)
    try:
        mailbox.make()
    finally:
        os.umask(before)
    for folder in (mailbox.inbox, mailbox.receipts, mailbox.outbox):
        assert stat.S_IMODE(folder.stat().st_mode) & 0o777 == 0o770
    names = [each.name for folder in (mailbox.inbox, mailbox.outbox) for each in folder.iterdir()]
    assert names == []


def test_what_is_no_item_by_its_name_is_counted(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path / "mailbox")
    mailbox.make()
    for name in (f"{ITEM}.item", "requests.csv", f"{'A' * 32}.item", f"{ITEM}.item.part", ".half"):
        (mailbox.inbox / name).write_bytes(b"x")
    (mailbox.inbox / f"{'b' * 32}.item").mkdir()
    assert [each.name for each in mailbox.waiting(9)] == [f"{ITEM}.item"]
    assert mailbox.waiting(9, {f"{ITEM}.item"}) == []
    assert mailbox.count_others() == 4
