"""PostgreSQL is killed in the middle of a batch, as a crash of its machine would do it, and started
again: the service goes on by itself, and the batch completes, once."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import pytest

from counterfoil import client, ledger
from counterfoil.core.use_cases import NOBODY, Progress
from counterfoil.disclosure import batch_statuses
from counterfoil.ledger import EntryKind
from counterfoil.service.queue import Queue
from tests.api.doors import Desk, Lines, office
from tests.database.places import ServerPlace
from tests.exchange.parcels import Post
from tests.world.office import World, closing, read_rows
from tests.world.people import REQUESTS
from tests.world.postgres import Server

pytestmark = pytest.mark.postgres


class Crashing(Queue):
    """A queue beside which the server is killed once in each phase, between two commits of it."""

    server: Server
    phases: set[str]

    def _watch(self, event: Any) -> None:
        super()._watch(event)
        if isinstance(event, Progress) and event.done >= 2 and event.phase not in self.phases:
            self.phases.add(event.phase)
            self.server.stop(signal.SIGQUIT)


def test_a_batch_completes_after_the_database_was_killed_in_the_middle_of_it(
    postgres_server: Server, tmp_path: Path
) -> None:
    place = ServerPlace(postgres_server)
    with closing(World(tmp_path, database=place.url)) as world:
        settings = world.path / "office.toml"
        text = settings.read_text(encoding="utf-8")
        settings.write_text(text.replace("chunk_rows = 4096", "chunk_rows = 2"), encoding="utf-8")
        world.office.store.close()
        world.office = world.opened()
        post, log = Post(world), Lines()
        queue = Crashing(world.office, post.mailbox, log, lambda: False)
        queue.server, queue.phases = postgres_server, set()
        item, data = post.item()
        post.drop(item, data)
        for _ in range(8):
            queue._later.clear()
            queue.turn()
            queue.look()
            if postgres_server.process.poll() is not None:
                assert {"waits"} >= {line["event"] for line in log if "code" in line}
                postgres_server.start()
        assert "determine" in queue.phases and len(queue.phases) >= 2
        assert post.mailbox.receipt(item).is_file()
        [status] = batch_statuses(world.office, NOBODY)
        assert status.state == "determined"
        out = world.directory / "answers.jsonl"
        client.review(world.office, status.batch, world.officer("a"))
        client.release(world.office, status.batch, world.officer("b"), out)
        queue.look()
        assert post.mailbox.answer(item).is_file()
        assert [row["request_id"] for row in read_rows(out)] == [
            row["request_id"] for row in REQUESTS
        ]
        with world.office.store.reading() as connection:
            report = ledger.check(connection, world.office.holder_key)
        assert report.counts[EntryKind.BATCH] == report.counts[EntryKind.DETERMINED] == 1
        asked = report.counts[EntryKind.GRANTED] + report.counts[EntryKind.REFUSED]
        assert asked == len(REQUESTS)
        _goes_on(world, postgres_server, status.batch)


def _goes_on(world: World, server: Server, batch: str) -> None:
    """The door says 503 while the server is away, with a code, and answers again when it is back."""
    with office(world) as (_, client_of_door, log):
        desk = Desk(client_of_door, world, world.officer("a"))
        server.stop(signal.SIGQUIT)
        away = desk.ask("batch", batch)
        server.start()
        back = desk.ask("batch", batch)
        assert (away.status_code, away.json()["code"]) == (503, "store_failed")
        assert back.status_code == 200, json.dumps(back.json())
        assert [line for line in log if line["event"] == "failed"] == []
