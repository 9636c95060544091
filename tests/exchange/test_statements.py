"""What a requester states of a recall comes by the mailbox, waits for two officers, and is taken
once, whoever sends it twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from counterfoil.client.status import office_state
from counterfoil.core.use_cases import NOBODY
from counterfoil.envelopes import check_intake_key, check_receipt
from counterfoil.exchange.statements import list_statements
from counterfoil.requester.desk import Desk
from counterfoil.requester.keys import PrincipalKey
from counterfoil.requester.outgoing import send_item
from counterfoil.requester.stating import seal_statement
from counterfoil.requester.ways import Folder
from counterfoil.service.queue import Queue
from tests.api.doors import Lines
from tests.controls.recall.desk import enter, recall, receipt, released
from tests.exchange.parcels import PRINCIPAL, Post
from tests.exchange.test_notices import known
from tests.world.office import World
from tests.world.people import REQUESTS


class Stated:
    """A recall of a released batch, the requester's statement of it, and the office's queue."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world, self.post, self.log = world, Post(world), Lines()
        world.answer(REQUESTS[:4])
        self.batch = released(world)
        self.key = PrincipalKey(PRINCIPAL, self.post.secret)
        self.notice = recall(world, self.batch).notice
        self.data = receipt(world, self.notice, onward=("Field office 3",), key=self.key)
        self.file = folder / "statement.jws"
        self.file.write_bytes(self.data)
        self.queue = Queue(world.office, self.post.mailbox, self.log, lambda: False)
        self.desk, self.way = Desk(folder / "items"), Folder(self.post.mailbox.root)

    def sent(self, data: bytes | None = None) -> str:
        """By the requester's kit: the item, sealed and put into the folder."""
        agreed = self.world.office.law.agreement_digest
        office = msgspec.structs.replace(known(self.world), digest=agreed)
        statement = self.post.keys.current().statement
        key = check_intake_key(statement, [office.holder], office.office, self.world.now)
        what = ("statement.jws", data or self.data)
        sent = seal_statement(office, self.desk, key, self.key, what, self.world.now)
        send_item(office, self.desk, self.way, sent, 0)
        self.queue.turn()
        return sent.item

    def item(self, **other: Any) -> str:
        """The same statement in a new item."""
        parts = {"statement.jws": self.file}
        item, data = self.post.item(parts, **{"kind": "notice", "reply_to": (), **other})
        self.post.drop(item, data)
        self.queue.turn()
        return item

    def refused(self, item: str) -> str:
        """The code of the office's signed receipt; "" where it took the item in."""
        data = self.post.mailbox.receipt(item).read_bytes()
        holder, name = self.world.office.holder_key, self.world.office.settings.name
        return check_receipt(data, [holder], name, item).refused


@pytest.fixture
def stated(world: World, tmp_path: Path) -> Stated:
    return Stated(world, tmp_path)


def test_a_statement_waits_and_two_officers_enter_it(stated: Stated) -> None:
    world, item = stated.world, stated.sent()
    assert stated.refused(item) == ""
    [waiting] = list_statements(world.office, world.officer("a").officer)
    assert (waiting.item, waiting.receipt.batch) == (item, stated.batch)
    assert waiting.receipt.onward == ("Field office 3",)
    state = office_state(world.office, NOBODY)
    assert [each.code for each in state.needs if each.code == "statements_wait"]
    entered = enter(world, waiting.statement.encode())
    assert (entered.receipt.number, len(entered.closed)) == (1, 1)
    assert list_statements(world.office, world.officer("a").officer) == ()
    assert office_state(world.office, NOBODY).statements == 0


def test_the_same_statement_is_taken_once(stated: Stated) -> None:
    item = stated.sent()
    sealed, signed = stated.desk.sealed(item).read_bytes(), stated.post.mailbox.receipt(item)
    first = signed.read_bytes()
    assert stated.sent() == item  # the kit sends the same item again
    stated.queue = Queue(stated.world.office, stated.post.mailbox, stated.log, lambda: False)
    stated.post.drop(item, sealed)  # and so does whoever carries it, after a restart
    stated.queue.turn()
    assert (
        signed.read_bytes(),
        len(list_statements(stated.world.office, stated.world.officer("a").officer)),
    ) == (first, 1)
    assert stated.refused(stated.item()) == "receipt_waits"
    enter(stated.world, stated.data)
    assert stated.refused(stated.item()) == "receipt_nothing"


def test_an_id_is_used_once_whatever_it_was_of(stated: Stated) -> None:
    item = stated.sent()
    _, other = stated.post.item(item=item)
    stated.post.drop(item, other)
    stated.queue.turn()
    assert [line["code"] for line in stated.log if line["event"] == "refused"] == ["item_replayed"]
    assert stated.refused(item) == ""


def test_what_is_no_statement_of_this_office_is_refused(stated: Stated) -> None:
    header, body, signature = stated.data.decode().split(".")
    altered = f"{header}.{body}.{signature[:-8]}{'A' * 8}".encode()
    stated.file.write_bytes(altered)
    assert stated.refused(stated.item()).startswith(("signed_", "object_", "receipt_"))
    stated.file.write_bytes(b"nonsense")
    assert stated.refused(stated.item())
    stranger = receipt(stated.world, stated.notice, key=PrincipalKey(PRINCIPAL, bytes(32)))
    stated.file.write_bytes(stranger)
    assert stated.refused(stated.item())
    assert list_statements(stated.world.office, stated.world.officer("a").officer) == ()


def test_a_notice_holds_one_statement_and_a_request_holds_none(stated: Stated) -> None:
    assert stated.refused(stated.item(kind="request", reply_to=None or ())) == "item_parts"
    item, data = stated.post.item(stated.post.request(), kind="notice")
    stated.post.drop(item, data)
    stated.queue.turn()
    assert stated.refused(item) == "item_parts"
    assert json.dumps(stated.log).count("stated") == 0
