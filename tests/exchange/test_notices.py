"""A recall goes out by the mailbox, sealed to whom the answer was sealed, and the head names it; what
the office goes on from, it has signed itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from counterfoil.core.errors import VerifyFault
from counterfoil.envelopes import check_head, make_head
from counterfoil.exchange.folders import ANSWERED, ItemRecord
from counterfoil.exchange.intake_keys import IntakeKeys
from counterfoil.exchange.notices import Notices
from counterfoil.exchange.outbox import Outbox
from counterfoil.requester.desk import Desk
from counterfoil.requester.incoming import fetch_all
from counterfoil.requester.known_office import KnownOffice
from counterfoil.requester.opening import is_notice, open_notice
from counterfoil.requester.ways import Folder
from counterfoil.tlog import Signer
from tests.controls.recall.desk import recall, released
from tests.exchange.parcels import PRINCIPAL, Post
from tests.world.office import World
from tests.world.people import REQUESTS


def known(world: World) -> KnownOffice:
    """What a requester knows of the office, without witnesses."""
    office = world.office
    holder, agreement = office.holder_key, office.law.agreement
    return KnownOffice(office.settings.name, holder, holder, agreement, "", None, "")


def _left(post: Post, batch: str) -> ItemRecord:
    at = "2026-05-04T12:00:00Z"
    keys = (str(post.opening.public),)
    digest = "sha256:" + "1" * 64
    said = ("a" * 32, "item", digest, "", PRINCIPAL, batch, at, at, keys, ANSWERED, digest, at)
    return ItemRecord(*said)


def test_a_recall_leaves_once_sealed_and_is_opened_by_the_kit(world: World, tmp_path: Path) -> None:
    post = Post(world)
    world.answer(REQUESTS[:4])
    office, batch = world.office, released(world)
    notices = Notices(office, post.mailbox, post.folders)
    other = msgspec.structs.replace(_left(post, "b-other"), item="b" * 32)
    assert notices.put_new([_left(post, batch)]) == 0
    recall(world, batch)
    assert notices.put_new([other]) == 0  # nothing of that batch left here
    records = [_left(post, batch), other]
    assert (notices.put_new(records), notices.put_new(records)) == (1, 0)
    [sent] = notices.records()
    outbox = Outbox(office, post.mailbox, post.folders)
    head = outbox.write_head([], [sent])
    assert (head.recalls, [(each.item, each.kind) for each in head.items]) == (
        1,
        [(sent.item, "notice")],
    )
    path = post.mailbox.notice(sent.item)
    assert is_notice(path)
    knows = known(world)
    keys = {post.opening.key_id: post.opening}
    found = open_notice(knows, Desk(tmp_path / "items"), path, keys)
    assert f"batch {batch}" in " ".join(found.lines)
    assert Path(found.recalls).read_bytes()
    assert batch.encode() not in path.read_bytes()


def test_a_recall_that_is_withheld_shows_by_the_head(world: World, tmp_path: Path) -> None:
    """Whoever carries can hold back the notice, which the head names; or the head too, which then
    goes back for who saw it, and is overdue within the hour for who did not."""
    post = Post(world)
    world.answer(REQUESTS[:4])
    office, batch = world.office, released(world)
    outbox = Outbox(office, post.mailbox, post.folders)
    notices, way = Notices(office, post.mailbox, post.folders), Folder(post.mailbox.root)
    outbox.write_head([])
    before = post.mailbox.head.read_bytes()
    knows, now = known(world), world.now
    seen, late = Desk(tmp_path / "seen"), Desk(tmp_path / "late")
    assert fetch_all(knows, seen, way, now).recalls == 0
    recall(world, batch)
    assert notices.put_new([_left(post, batch)]) == 1
    [sent] = notices.records()
    outbox.write_head([], [sent])
    path = post.mailbox.notice(sent.item)
    path.unlink()
    found = fetch_all(knows, seen, way, now)
    assert found.recalls == 1
    assert [(each.code, each.item) for each in found.troubles] == [("outbox_withheld", sent.item)]
    post.mailbox.head.write_bytes(before)
    with pytest.raises(VerifyFault) as fault:
        fetch_all(knows, seen, way, now)
    assert fault.value.code == "outbox_back"
    assert fetch_all(knows, late, way, now).troubles == ()
    troubles = fetch_all(knows, late, way, now + timedelta(hours=1, minutes=1)).troubles
    assert [each.code for each in troubles] == ["outbox_late"]


def test_the_office_goes_on_only_from_what_it_signed(world: World) -> None:
    """A head whose number somebody set is not followed; the mailbox's copy tells that the office's
    own was put back; and no key is shown or opens that the office did not sign."""
    post = Post(world)
    outbox, office = Outbox(world.office, post.mailbox, post.folders), world.office
    keys, name = [office.holder_key], office.settings.name
    outbox.write_head([])
    first = post.folders.head.read_bytes()
    outbox.write_head([])
    second = post.mailbox.head.read_bytes()
    post.folders.head.write_bytes(first)  # put back
    assert outbox.write_head([]).sequence == 3
    said = check_head(second, keys, name)
    forged = make_head(msgspec.structs.replace(said, sequence=99), replace_key(post))
    post.folders.head.write_bytes(forged)
    assert outbox.write_head([]).sequence == 4
    for path in (post.folders.head, post.mailbox.head):
        path.write_bytes(forged)
    with pytest.raises(VerifyFault) as fault:
        outbox.write_head([])
    assert fault.value.code.startswith("outbox_")

    kept = post.keys.current()
    statement = kept.path.with_suffix(".jws")
    payload = statement.read_bytes()
    statement.write_bytes(payload[:-4] + bytes([payload[-4] ^ 1]) + payload[-3:])
    assert post.keys.kept() == []
    assert kept.said.key_id not in IntakeKeys(office, post.folders).opening()


def replace_key(post: Post) -> Signer:
    """A signer of the holder's name and another key."""
    return replace(post.signer, name=post.world.office.settings.name)
