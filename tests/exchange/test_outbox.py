"""What leaves is sealed to who asked, listed in a signed head, and leaves at the agreed times; keys
last a month."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from counterfoil.core.errors import StateFault
from counterfoil.core.instants import instant_text
from counterfoil.envelopes import (
    Content,
    check_head,
    check_intake_key,
    check_receipt,
    open_item,
    require_head_follows,
)
from counterfoil.envelopes.statements import Counts
from counterfoil.exchange.folders import ANSWERED, ItemRecord
from counterfoil.exchange.intake_keys import GRACE, IntakeKeys
from counterfoil.exchange.mailbox import Waiting, digest_of
from counterfoil.exchange.outbox import Outbox, ReleasedAnswer
from counterfoil.exchange.receipts import write_receipt, write_refusal
from counterfoil.exchange.release_times import is_release_time, next_release
from counterfoil.ledger import EntryKind
from tests.exchange.parcels import PRINCIPAL, Post
from tests.world.office import NOW, World

ROWS = {
    "short": b'{"request_id":"R-1","answer":"confirmed","codes":[]}\n',
    "long": b'{"request_id":"R-1","answer":"refused","codes":["address_incomplete","period_vague"]}\n',
}


def _record(item: str, post: Post, batch: str = "b-1") -> ItemRecord:
    at = instant_text(NOW)
    keys = (str(post.opening.public),)
    return ItemRecord(item, "item", "sha256:" + "0" * 64, "", PRINCIPAL, batch, at, at, keys)


def test_an_answer_is_sealed_to_who_asked_and_its_length_tells_nothing(world: World) -> None:
    post = Post(world)
    outbox = Outbox(world.office, post.mailbox, post.folders)
    lengths: set[int] = set()
    for number, rows in enumerate(ROWS.values()):
        item = f"{number}" * 32
        answer = ReleasedAnswer(io.BytesIO(rows), "jsonl", "counterfoil-answer-1", b"a.b.c")
        done = outbox.put(_record(item, post), answer, (post.opening.public,))
        path = post.mailbox.answer(item)
        lengths.add(path.stat().st_size)
        clear = io.BytesIO()
        with path.open("rb") as sealed:
            assert (done.state, done.answer) == (ANSWERED, digest_of(sealed))
            sealed.seek(0)
            keys = {post.opening.key_id: post.opening}
            opened = open_item(sealed, clear, keys, lambda _: [world.office.holder_key])
        assert opened.header.answers == item
        assert [part.name for part in Content(clear).parts] == ["answer.rows", "answer.jws"]
    assert len(lengths) == 1


def test_heads_follow_one_another_and_list_what_lies_there(world: World) -> None:
    post, keys = Post(world), [world.office.holder_key]
    outbox, name = Outbox(world.office, post.mailbox, post.folders), world.office.settings.name
    assert outbox.is_due()
    outbox.write_head([])
    first = post.mailbox.head.read_bytes()
    assert not outbox.is_due()
    post.mailbox.head.unlink()
    assert not outbox.is_due()
    assert post.mailbox.head.read_bytes() == first  # written again from the office's own copy
    left = msgspec.structs.replace(
        _record("a" * 32, post),
        state=ANSWERED,
        answer="sha256:" + "1" * 64,
        left_at=instant_text(NOW),
    )
    outbox.write_head([left])
    second = post.mailbox.head.read_bytes()
    head = check_head(second, keys, name)
    require_head_follows(second, head, first, check_head(first, keys, name))
    assert [(each.item, each.kind) for each in head.items] == [("a" * 32, "answer")]
    world.now += timedelta(minutes=51)
    assert outbox.is_due()
    world.now += timedelta(days=91)
    post.mailbox.answer("a" * 32).write_bytes(b"x")
    assert outbox.expire([left]) == []
    assert not post.mailbox.answer("a" * 32).exists()


def test_a_receipt_says_where_the_ledger_has_it_and_a_refusal_why(world: World) -> None:
    post, name = Post(world), world.office.settings.name
    batch = world.receive(world.requests())
    write_receipt(world.office, post.mailbox, _record("b" * 32, post, batch), Counts(6, 1))
    keys = [world.office.holder_key]
    receipt = check_receipt(post.mailbox.receipt("b" * 32).read_bytes(), keys, name, "b" * 32)
    assert receipt.batch == batch
    assert receipt.ledger is not None
    assert receipt.ledger.proof.startswith("c2sp.org/tlog-proof")
    waiting = Waiting("c" * 32, "item", "x", 1, 0)
    write_refusal(world.office, post.mailbox, waiting, "sha256:" + "0" * 64, "item_cut", NOW)
    refused = check_receipt(post.mailbox.receipt("c" * 32).read_bytes(), keys, name, "c" * 32)
    assert (refused.refused, refused.batch) == ("item_cut", "")


def test_an_intake_key_lasts_a_month_and_is_then_destroyed_with_an_entry(world: World) -> None:
    post, name = Post(world), world.office.settings.name
    first = post.keys.current()
    assert post.keys.current().said == first.said
    check_intake_key(first.statement, [world.office.holder_key], name, world.now)
    again = IntakeKeys(world.office, post.folders)
    assert again.opening().keys() == {first.said.key_id}
    world.now += timedelta(days=29)
    second = post.keys.current()
    assert second.said.key_id != first.said.key_id
    assert post.keys.opening().keys() == {first.said.key_id, second.said.key_id}
    world.now += timedelta(days=2) + GRACE + timedelta(minutes=1)
    assert post.keys.destroy_old() == 1
    assert not first.path.exists()
    assert post.keys.opening().keys() == {second.said.key_id}
    with world.office.store.reading() as connection:
        keys = world.office.ledger.newest_of(connection, EntryKind.KEY)
        intake = [e.fields["event"] for _, e in keys if e.fields["purpose"] == "intake"]
    assert intake[::-1] == ["added", "added", "retired"]


def test_a_key_that_another_signs_is_not_made_here(world: World, tmp_path: Path) -> None:
    signer = str(world.office.holder_key).replace("counterfoil.example", "another.example")
    world.amend(
        "retention_days:",
        f"exchange: {{release_minutes: 0, intake_signer: {signer}}}\nretention_days:",
    )
    with pytest.raises(StateFault, match="intake_signer"):
        Post(world).keys.current()


def test_answers_leave_at_times_that_say_nothing_of_the_work() -> None:
    at = datetime(2026, 5, 4, 12, 20, 0, tzinfo=UTC)
    assert next_release(at, 0) == at
    assert next_release(at, 60) == at.replace(hour=13, minute=0)
    assert next_release(at.replace(minute=0), 60) == at.replace(minute=0)
    assert next_release(at.replace(hour=23, minute=59), 7) == datetime(2026, 5, 5, tzinfo=UTC)
    assert not is_release_time(at, at + timedelta(minutes=39), 60)
    assert is_release_time(at, at + timedelta(minutes=40), 60)
