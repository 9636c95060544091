"""What comes through the mailbox is taken in whole and in order, or refused with a code; and what was
taken once is not taken twice."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from counterfoil import intake
from counterfoil.core.errors import CounterfoilError
from counterfoil.core.keyfile import signing_key
from counterfoil.envelopes import OpeningKey, new_opening_secret
from counterfoil.exchange.folders import ItemRecord
from counterfoil.exchange.mailbox import Mailbox, Waiting
from counterfoil.tlog import Signer
from tests.exchange.parcels import PRINCIPAL, Post
from tests.world.office import World, closing


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory, world_template: Path) -> Iterator[Post]:
    folder = tmp_path_factory.mktemp("post")
    with closing(World(folder, template=world_template)) as world:
        yield Post(world)


def take(post: Post, item: str, data: bytes) -> Any:
    """What is taken of a file in the inbox, or the code of its refusal."""
    post.drop(item, data)
    [waiting] = post.mailbox.waiting(10)
    try:
        path, digest = post.taker.copy(waiting)
        post.taker.known(waiting, digest)
        taken = post.taker.take(waiting, path, digest)
        header = intake.open_file(
            taken.file, default_header=None, principal_keys=post.world.office.principal_keys()
        ).header
        return taken, header
    except CounterfoilError as fault:
        return fault.code
    finally:
        post.taker.drop(waiting)
        post.mailbox.forget(waiting)
        assert list(post.folders.spool.iterdir()) == []


def test_an_item_in_order_becomes_a_request_file(post: Post) -> None:
    item, data = post.item()
    taken, header = take(post, item, data)
    assert (taken.item, taken.signer, header.principal) == (item, PRINCIPAL, PRINCIPAL)
    assert taken.reply_to == (str(post.opening.public),)


def _other_key() -> Signer:
    return Signer(PRINCIPAL, signing_key(bytes([9]) * 32))


@pytest.mark.parametrize(
    ("code", "other"),
    [
        ("item_readdressed", {"office": "another.example/office"}),
        ("item_kind", {"kind": "answer", "answers": "a" * 32}),
        ("item_agreement", {"agreement": "sha256:" + "0" * 64}),
        ("item_expired", {"expires": -timedelta(seconds=1)}),
        ("item_reply", {"reply_to": ()}),
        ("item_signer", {"signer": "another"}),
        ("item_key", {"seal_to": "another"}),
    ],
)
def test_what_is_not_for_this_office_now_is_refused(
    post: Post, code: str, other: dict[str, Any]
) -> None:
    if "expires" in other:
        other = {"expires": post.world.now + other["expires"]}
    if other.get("signer"):
        other = {"signer": _other_key()}
    if other.get("seal_to"):
        other = {"seal_to": OpeningKey(new_opening_secret()).public}
    assert take(post, *post.item(**other)) == code


def test_what_was_renamed_cut_or_altered_is_refused(post: Post) -> None:
    item, data = post.item()
    assert take(post, "f" * 32, data) == "item_renamed"
    assert take(post, item, data[:-1]) in ("item_cut", "item_chunk")
    assert take(post, item, data[: len(data) // 2]) in ("item_cut", "item_chunk")
    assert take(post, item, data[:40]) in ("item_cut", "item_header")
    assert take(post, item, data + b"!") in ("item_cut", "item_chunk")
    assert take(post, item, b"") in ("item_format", "item_cut")
    assert take(post, item, b"request_id\n") == "item_format"
    for place in (30, 600, 2500, len(data) - 5):
        altered = bytearray(data)
        altered[place] ^= 1
        assert isinstance(take(post, item, bytes(altered)), str)


def test_what_lacks_a_part_or_is_signed_by_two_is_refused(post: Post, tmp_path: Path) -> None:
    parts = post.request()
    only = {"request.csv": parts["request.csv"]}
    assert take(post, *post.item(only)) == "item_parts"
    long = tmp_path / "long"
    long.write_bytes(b"a" * 16_385)
    assert take(post, *post.item({**parts, "request.header.jws": long})) == "item_parts"
    other = post.request("other.csv")
    mixed = {**parts, "request.header.jws": other["request.header.jws"]}
    assert isinstance(take(post, *post.item(mixed)), tuple)  # the same bytes, signed again
    unsigned = tmp_path / "unsigned"
    unsigned.write_bytes(b"e30.e30.AAAA")
    assert take(post, *post.item({**parts, "request.header.jws": unsigned})) == "header_invalid"


def test_an_id_is_used_once(post: Post) -> None:
    """The same bytes are the same item; other bytes under the id are a replay."""
    item, data = post.item()
    waiting = Waiting(item, "item", f"{item}.item", len(data), 0)
    record = ItemRecord(item, "item", "sha256:1", "", PRINCIPAL, "b-1", "", "", ())
    post.folders.keep(record)
    assert post.taker.known(waiting, "sha256:1") == record
    assert take(post, item, data) == "item_replayed"


def test_a_link_a_pipe_and_a_folder_are_no_items(post: Post, tmp_path: Path) -> None:
    """None of them is followed, waited for or read."""
    inbox = post.mailbox.inbox
    secret = tmp_path / "secret"
    secret.write_text("not for the spool", encoding="utf-8")
    (inbox / f"{'1' * 32}.item").symlink_to(secret)
    os.mkfifo(inbox / f"{'2' * 32}.item")
    (inbox / f"{'3' * 32}.item").mkdir()
    (inbox / "notes.txt").write_text("x", encoding="utf-8")
    (inbox / f".{'4' * 32}.item").write_text("half", encoding="utf-8")
    assert post.mailbox.waiting(10) == []
    for name in ("1" * 32, "2" * 32):
        with pytest.raises((CounterfoilError, OSError)):
            post.taker.copy(Waiting(name, "item", f"{name}.item", 1, 0))
    for each in list(inbox.iterdir()):
        each.rmdir() if each.is_dir() and not each.is_symlink() else each.unlink()


def test_an_open_file_is_taken_in_a_sandbox_alone(post: Post) -> None:
    (post.mailbox.inbox / f"{'5' * 32}.csv").write_bytes(post.world.requests().read_bytes())
    [waiting] = post.mailbox.waiting(10)
    path, digest = post.taker.copy(waiting)
    taken = post.taker.take(waiting, path, digest)
    assert (taken.signer, taken.form, taken.file.suffix) == ("", "csv", ".csv")
    post.taker.drop(waiting)
    post.mailbox.forget(waiting)


def test_a_mailbox_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "mailbox").write_text("in the way", encoding="utf-8")
    with pytest.raises(CounterfoilError, match="mailbox_folder"):
        Mailbox(tmp_path / "mailbox").make()


def test_what_was_begun_and_never_finished_is_swept(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path)
    mailbox.make()
    incoming = mailbox.begin("6" * 32)
    incoming.write(b"half")
    mailbox.sweep(0)
    assert mailbox.count_waiting() == 1
    mailbox.sweep(2**40)
    assert mailbox.count_waiting() == 0
    incoming.drop()
