"""The queue takes what arrives all the way to the outbox, once, and tries again what could not be
done; the clock does each of its duties and lets none stop another."""

from __future__ import annotations

import json
import os
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from counterfoil import client
from counterfoil.client.status import office_state
from counterfoil.controls.witnesses import read_policy
from counterfoil.core.clock_record import read_clock_record
from counterfoil.core.errors import StoreFault
from counterfoil.core.instants import instant_text
from counterfoil.core.use_cases import NOBODY
from counterfoil.disclosure import batch_statuses
from counterfoil.exchange.folders import ANSWERED, CLOSED
from counterfoil.exchange.intake_keys import IntakeKeys
from counterfoil.exchange.mailbox import Waiting
from counterfoil.exchange.take import Taker
from counterfoil.requester.desk import Desk
from counterfoil.requester.known_office import KnownOffice
from counterfoil.requester.opening import open_answer
from counterfoil.service import queue as queue_module
from counterfoil.service.clock import Clock
from counterfoil.service.queue import OPEN_REPLY, Queue
from counterfoil.tlog.witness import Witness
from tests.api.doors import Lines
from tests.controls.test_witnesses import cosign
from tests.exchange.parcels import Post
from tests.tlog.loopback import court
from tests.web.sites import pages_of
from tests.world.office import World


def _queue(post: Post, log: Lines, *, stopping: bool = False) -> Queue:
    return Queue(post.world.office, post.mailbox, log, lambda: stopping)


def _codes(log: Lines) -> list[Any]:
    return [line.get("code") for line in log if "code" in line]


def test_an_item_goes_from_the_inbox_to_the_outbox_once(world: World) -> None:
    post, log = Post(world), Lines()
    item, data = post.item()
    queue = _queue(post, log)
    for _ in range(2):  # the same item again is the same item
        post.drop(item, data)
        assert queue.turn()
        assert post.mailbox.waiting(5) == []
    assert post.mailbox.receipt(item).is_file()
    [status] = batch_statuses(world.office, NOBODY)
    queue.look()
    [status] = batch_statuses(world.office, NOBODY)
    assert status.state == "determined"
    client.review(world.office, status.batch, world.officer("a"))
    queue.look()
    assert not post.mailbox.answer(item).exists()
    client.release(world.office, status.batch, world.officer("b"), world.directory / "a.jsonl")
    queue = _queue(post, log)  # started anew in between
    queue.look()
    sealed = post.mailbox.answer(item).read_bytes()
    queue.look()
    assert post.mailbox.answer(item).read_bytes() == sealed
    assert queue.records[item].state == ANSWERED
    assert [line["items"] for line in log if line["event"] == "head"] == [0, 1]
    assert list(post.folders.spool.iterdir()) == []


def test_answers_wait_for_the_agreed_time(world: World) -> None:
    post, log = Post(world), Lines()
    world.amend("retention_days:", "exchange: {release_minutes: 60}\nretention_days:")
    world.now += timedelta(minutes=5)
    item, data = post.item()
    post.drop(item, data)
    queue = _queue(post, log)
    queue.turn()
    queue.look()
    [status] = batch_statuses(world.office, NOBODY)
    client.review(world.office, status.batch, world.officer("a"))
    client.release(world.office, status.batch, world.officer("b"), world.directory / "a.jsonl")
    queue.look()
    assert not post.mailbox.answer(item).exists()
    world.now += timedelta(minutes=55)
    queue.look()
    assert post.mailbox.answer(item).exists()


def test_what_the_sender_did_wrong_is_refused_for_good_and_the_rest_waits(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    post, log = Post(world), Lines()
    queue = _queue(post, log)
    post.drop("a" * 32, b"no item")
    queue.turn()
    assert post.mailbox.receipt("a" * 32).is_file()
    assert _codes(log) == ["item_format"]
    item, data = post.item()
    post.drop(item, data)
    real = queue_module.receive_file

    def full(*_: Any) -> Any:
        raise StoreFault("store_failed", "made up: the disk is full")
        yield

    monkeypatch.setattr(queue_module, "receive_file", full)
    queue.turn()
    queue.turn()  # not tried again at once
    assert _codes(log) == ["item_format", "store_failed"]
    assert not post.mailbox.receipt(item).exists()
    monkeypatch.setattr(queue_module, "receive_file", real)
    _queue(post, log).turn()
    assert post.mailbox.receipt(item).is_file()

    def broken(*_: Any) -> Any:
        raise RuntimeError("Garcia Lopez")

    monkeypatch.setattr(queue_module, "receive_file", broken)
    post.drop(*post.item())
    _queue(post, log).turn()
    assert log[-1]["kind"] == "RuntimeError"
    assert "Garcia" not in str(log)


def test_what_cannot_be_read_keeps_nobody_elses_item_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More files than are looked at in one turn, as a file transfer of another user leaves them."""
    post, log = Post(world), Lines()
    closed = [f"{number:032x}" for number in range(queue_module.AT_ONCE + 3)]
    for item in closed:
        post.drop(item, b"closed")
        os.utime(post.mailbox.inbox / f"{item}.item", (1, 1))
    item, data = post.item()
    post.drop(item, data)
    queue, copy = _queue(post, log), Taker.copy

    def refused(taker: Taker, waiting: Waiting) -> Any:
        if waiting.item in closed:
            raise PermissionError
        return copy(taker, waiting)

    monkeypatch.setattr(Taker, "copy", refused)
    queue.turn()
    queue.turn()
    assert post.mailbox.receipt(item).is_file()
    assert _codes(log).count("disk") == len(closed)
    monkeypatch.setattr(queue_module.time, "monotonic", lambda: 1e9)
    queue.turn()  # and they are tried again
    assert _codes(log).count("disk") > len(closed)


def test_a_mailbox_that_is_gone_is_told_and_made_again(world: World) -> None:
    post, log = Post(world), Lines()
    item, data = post.item()
    queue = _queue(post, log)
    shutil.rmtree(post.mailbox.inbox)
    assert not queue.turn()
    assert _codes(log) == ["disk"]
    post.drop(item, data)
    _queue(post, log).turn()
    assert post.mailbox.receipt(item).is_file()
    shutil.rmtree(post.mailbox.inbox)
    post.mailbox.inbox.write_bytes(b"")  # a file in its place: nothing can be made
    assert not _queue(post, log).turn()
    assert _codes(log)[-1] == "mailbox_folder"


def test_a_service_that_stops_breaks_off_and_goes_on(world: World) -> None:
    post, log = Post(world), Lines()
    item, data = post.item()
    post.drop(item, data)
    assert not _queue(post, log, stopping=True).turn()
    assert _queue(post, log).turn()
    assert post.mailbox.receipt(item).is_file()


def test_an_open_file_is_answered_to_the_sandboxs_requester_and_a_withdrawn_one_never(
    world: World,
) -> None:
    post, log = Post(world), Lines()
    (post.folders.root / OPEN_REPLY).write_text(f"{post.opening.public}\n", encoding="ascii")
    (post.mailbox.inbox / f"{'7' * 32}.csv").write_bytes(world.requests().read_bytes())
    queue = _queue(post, log)
    queue.turn()
    queue.look()
    assert queue.records["7" * 32].reply_to == (str(post.opening.public),)
    [status] = batch_statuses(world.office, NOBODY)
    client.withdraw(world.office, status.batch, world.officer("a"))
    queue.look()
    assert queue.records["7" * 32].state == CLOSED
    assert not post.mailbox.answer("7" * 32).exists()


def test_the_clock_does_its_duties_and_none_stops_another(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = world.path / "office.toml"
    text = settings.read_text(encoding="utf-8").replace(
        'publish_to = ""', 'publish_to = "../public"'
    )
    settings.write_text(text, encoding="utf-8")
    world.office = world.opened()
    post, log, now = Post(world), Lines(), [0.0]
    public = world.directory / "public"
    keys = IntakeKeys(world.office, post.folders)
    clock = Clock(world.office, post.mailbox, keys, public, log, lambda: now[0])

    def broken() -> None:
        raise RuntimeError("Garcia Lopez")

    monkeypatch.setattr(keys, "destroy_old", broken)
    clock.turn()
    assert post.mailbox.intake_key.is_file()
    assert (public / "checkpoint").is_file()
    assert json.loads((public / "counts.json").read_bytes())["entries"]["published"] == 1
    assert (public / "agreement.json").is_file()
    failed = [(line["duty"], line["code"]) for line in log if line["event"] == "duty_failed"]
    assert failed == [("intake-key", "internal")]
    assert "Garcia" not in str(log)
    kept = {each.name: each for each in read_clock_record(world.path)}
    assert {name: each.outcome for name, each in kept.items()} == {
        "intake-key": "internal", "publish": "done", "cosign": "not_set", "reminders": "done",
        "reconcile": "", "retention": "", "duties": "",
    }  # fmt: skip
    assert (kept["publish"].ran_at, kept["publish"].done_at) == ((instant_text(world.now),) * 2)
    assert (kept["intake-key"].done_at, kept["reconcile"].ran_at) == ("", "")
    assert kept["reconcile"].next_at == instant_text(world.now + timedelta(hours=1))
    assert "Garcia" not in (world.path / "clock.json").read_text(encoding="utf-8")
    clock.turn()
    assert len([line for line in log if line["event"] == "published"]) == 1
    now[0] += 90_000
    world.now += timedelta(hours=25)
    monkeypatch.undo()
    clock.turn()
    done = {line["event"] for line in log}
    assert {"published", "reconciled", "disposed"} <= done
    assert {each.outcome for each in read_clock_record(world.path)} == {"done", "not_set"}
    again = Clock(world.office, post.mailbox, keys, public, log, lambda: now[0])
    again.turn()
    kept = {each.name: each for each in read_clock_record(world.path)}
    assert kept["publish"].outcome == "not_due"
    assert kept["reconcile"].done_at == instant_text(world.now), "a new service forgets nothing"


def test_what_the_clock_did_is_told_the_late_jobs_first(world: World) -> None:
    assert office_state(world.office, NOBODY).clock == ()
    post, log, now = Post(world), Lines(), [0.0]
    clock = Clock(world.office, post.mailbox, post.keys, Path("no"), log, lambda: now[0])
    clock.turn()
    assert not [each.job.name for each in office_state(world.office, NOBODY).clock if each.late]
    world.now += timedelta(minutes=26)
    state = office_state(world.office, NOBODY)
    names = [each.job.name for each in state.clock if each.late]
    assert names == ["intake-key"] == [each.job.name for each in state.clock][:1]
    assert [each.about for each in state.needs if each.code == "clock_late"] == ["intake-key"]
    with pages_of(world) as pages:
        text = pages.browser("officer-a").get("/standing").text
    assert text.count("(late)") == 1 and "The clock&#39;s job intake-key was last done" in text
    world.now += timedelta(days=2)
    late = [each.job.name for each in office_state(world.office, NOBODY).clock if each.late]
    assert late == ["intake-key", "reminders", "reconcile", "retention", "duties"]


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "\x00", '{"format":"counterfoil-clock-2","jobs":[]}',
     '{"format":"counterfoil-clock-1","jobs":[{"name":"a","every":1,"since":"x"}]}',
     '{"format":"counterfoil-clock-1","jobs":[{"name":"<b>","every":1,"since":"2026-05-04T12:00:00Z"}]}',
     '{"format":"counterfoil-clock-1","jobs":[{"name":"a","every":1' + "0" * 30 + ',"since":""}]}',
     '{"format":"counterfoil-clock-1","jobs":' + "[" * 70_000],
)  # fmt: skip
def test_a_record_of_the_clock_that_is_none_tells_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "clock.json").write_text(text, encoding="utf-8")
    assert read_clock_record(tmp_path) == ()


def test_a_folder_that_takes_no_record_stops_no_duty(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    post, log = Post(world), Lines()
    clock = Clock(world.office, post.mailbox, post.keys, Path("no"), log, lambda: 0.0)
    (world.path / "clock.json").mkdir()
    clock.turn()
    assert post.mailbox.intake_key.is_file()
    assert [line["code"] for line in log if line["event"] == "clock_not_kept"] == ["disk"]


def test_what_runs_out_is_said_by_its_code(world: World) -> None:
    world.amend("to: 2035-12-31}\nsignatures", "to: 2026-05-20}\nsignatures")
    post, log = Post(world), Lines()
    Clock(world.office, post.mailbox, post.keys, Path("nowhere"), log).remind()
    assert {"event": "due", "code": "agreement_ends", "days": 16} in log


def test_a_determination_takes_as_long_whatever_the_register_holds(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of it is entered before its time, which the admitted rows alone decide."""
    post, log = Post(world), Lines()
    queue = _queue(post, log)
    post.drop(*post.item())
    now, entered = [1000.0], list[bool]()

    def sleep(seconds: float) -> None:
        now[0] += seconds
        entered.append("determined" in world.kinds())

    monkeypatch.setattr(queue_module.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(queue_module.time, "sleep", sleep)
    queue.turn()
    [status] = batch_statuses(world.office, NOBODY)
    least = queue_module.even_seconds(status.counts["granted"])
    assert now[0] - 1000.0 == pytest.approx(least)
    assert entered and not any(entered)
    assert "determined" in world.kinds()


def test_a_batch_that_waits_for_an_officer_is_looked_at_again_after_an_act(world: World) -> None:
    post, log = Post(world), Lines()
    item, data = post.item()
    post.drop(item, data)
    queue = _queue(post, log)
    queue.turn()
    [status] = batch_statuses(world.office, NOBODY)
    client.review(world.office, status.batch, world.officer("a"))
    client.release(world.office, status.batch, world.officer("b"), world.directory / "a.jsonl")
    queue.look(acted=False)
    assert not post.mailbox.answer(item).exists()
    queue.look()
    assert post.mailbox.answer(item).exists()


def test_an_answer_leaves_with_the_proof_that_a_quorum_cosigned_and_waits_for_it(
    world: World, tmp_path: Path
) -> None:
    """An item waits while the witnesses have not cosigned what it rests on, goes on by itself once
    they have, and the kit verifies the quorum from the item alone."""
    log = Lines()
    with court(world, tmp_path, w2=Witness) as witnesses:
        witnesses.adopt("any", 2)
        post = Post(world)
        item, data = post.item()
        post.drop(item, data)
        _queue(post, log).turn()
        [status] = batch_statuses(world.office, NOBODY)
        assert status.state == "gated"
        cosign(world)
        _queue(post, log).look()
        client.review(world.office, status.batch, world.officer("a"))
        cosign(world)
        client.release(world.office, status.batch, world.officer("b"), tmp_path / "a.jsonl")
        _queue(post, log).look()
        assert not post.mailbox.answer(item).exists()
        assert _codes(log)[-1] == "cosign_behind"
        cosign(world)
        _queue(post, log).look()
        policy = read_policy(world.path / world.office.settings.witnesses)
    holder, law = world.office.holder_key, world.office.law
    known = KnownOffice(
        world.office.settings.name, holder, holder, law.agreement, law.agreement_digest, policy, ""
    )
    keys = {post.opening.key_id: post.opening}
    opened = open_answer(
        known, Desk(tmp_path / "items"), post.mailbox.answer(item), keys, None, world.now
    )
    assert any("a quorum" in each for each in opened.statements)
    assert Path(f"{opened.file}.proof").is_file()
