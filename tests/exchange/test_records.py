"""What the office remembers of items is its own: whoever writes its folder has no answer sealed to
another key, and holds no notice of a recall back by a record that says it left."""

from __future__ import annotations

import msgspec
import pytest

from counterfoil import client
from counterfoil.core.instants import instant_text
from counterfoil.envelopes import OpeningKey
from counterfoil.envelopes.keys import new_opening_secret
from counterfoil.exchange.folders import ExchangeFolders, ItemRecord, NoticeRecord
from counterfoil.service.queue import Queue
from tests.api.doors import Lines
from tests.exchange.parcels import PRINCIPAL, Post
from tests.world.office import NOW, World

ITEM, OTHER = "a" * 32, "b" * 32


def record_of(batch: str, key: OpeningKey, item: str = ITEM) -> ItemRecord:
    at, digest = instant_text(NOW), "sha256:" + "0" * 64
    return ItemRecord(item, "item", digest, "", PRINCIPAL, batch, at, at, (str(key.public),))


def queue_of(post: Post) -> Queue:
    return Queue(post.world.office, post.mailbox, Lines(), lambda: False)


@pytest.fixture
def post(world: World) -> Post:
    return Post(world)


def test_no_answer_is_sealed_to_the_key_of_whoever_wrote_a_record(post: Post) -> None:
    world = post.world
    post.drop(*post.item())
    queue = queue_of(post)
    queue.turn()
    queue.look()
    [item], [path] = queue.records, post.folders.items.glob("*.json")
    batch, strangers = queue.records[item].batch, OpeningKey(new_opening_secret())
    client.review(world.office, batch, world.officer("a"))
    client.release(world.office, batch, world.officer("b"), world.directory / "a.jsonl")
    said = msgspec.json.decode(path.read_bytes())
    own, forged = record_of(batch, strangers), post.folders.items / f"{ITEM}.json"
    renamed = post.folders.items / f"{OTHER}.json"
    renamed.write_bytes(path.read_bytes())
    for other in (own, said | {"record": own}, {"record": own, "mac": ""}, said["record"]):
        forged.write_bytes(msgspec.json.encode(other))
        queue = queue_of(post)
        assert [*queue.records] == [item]
    queue.look()
    assert [path.stem for path in post.mailbox.root.rglob("*.answer")] == [item]


def test_records_of_before_are_taken_as_they_are_once(world: World) -> None:
    folders = ExchangeFolders(world.office)
    for folder in (folders.items, folders.notices):
        folder.mkdir(parents=True)
    key = OpeningKey(new_opening_secret())
    older, notice = record_of("b-1", key), NoticeRecord(1, ITEM, "b-1", "", instant_text(NOW))
    (folders.items / f"{ITEM}.json").write_bytes(msgspec.json.encode(older))
    (folders.notices / "1.json").write_bytes(msgspec.json.encode(notice))
    folders.make()
    assert [*folders.records()] == [older]
    assert folders.read_record(folders.notices / "1.json", NoticeRecord) == notice
    forged = record_of("b-1", key, OTHER)
    (folders.items / f"{OTHER}.json").write_bytes(msgspec.json.encode(forged))
    again = ExchangeFolders(world.opened())
    again.make()
    assert [*again.records()] == [older]
    (again.notices / "2.json").write_bytes((again.notices / "1.json").read_bytes())
    assert again.read_record(again.items / f"{ITEM}.json", NoticeRecord) is None
