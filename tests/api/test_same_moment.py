"""Two officers who act at the same moment, over real sockets: one act is done, the other is told that
the state is another now, and the ledger has one entry of it."""

from __future__ import annotations

import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from counterfoil import client as at_the_office
from counterfoil import ledger
from counterfoil.core.use_cases import Statement
from counterfoil.core.values import Role
from counterfoil.ledger import EntryKind
from tests.api import doors
from tests.api.doors import HOST, Desk, listening
from tests.world.office import World, closing

SECONDS = 60


class Room:
    """A made-up office that is reached over sockets, with one batch that is determined."""

    def __init__(self, world: World, port: int, lines: ExitStack) -> None:
        self.world = world
        self.lines = lines
        self.port = port
        for name in ("c", "d"):
            keys = world.office.directory / "keys"
            at_the_office.create_officer(
                world.office, keys, f"officer-{name}", None, Role.DISCLOSURE
            )
        self.batch = world.receive(world.requests())
        at_the_office.determine(world.office, self.batch)

    def desk(self, letter: str) -> Desk:
        line: Any = self.lines.enter_context(
            httpx.Client(
                base_url=f"http://127.0.0.1:{self.port}", headers={"Host": HOST}, timeout=SECONDS
            )
        )
        return Desk(
            line, self.world, at_the_office.sandbox_key(self.world.office, f"officer-{letter}")
        )

    def at_once(self, action: str, command: dict[str, Any], letters: str) -> list[Any]:
        """What each is answered: every one has the statement before anybody acts."""
        signed: list[tuple[Desk, dict[str, Any]]] = []
        for letter in letters:
            desk = self.desk(letter)
            stated = desk.call("POST", f"/v1/statements/{action}", command)
            assert stated.status_code == 200, stated.text
            statement = msgspec.convert(stated.json(), Statement)
            signature = msgspec.to_builtins(desk.key.sign(statement))
            signed.append((desk, {"command": command, "signatures": [signature]}))
        answers: list[Any] = [None] * len(signed)
        ready = threading.Barrier(len(signed))

        def act(at: int, desk: Desk, body: dict[str, Any]) -> None:
            ready.wait(SECONDS)
            answers[at] = desk.call("POST", f"/v1/acts/{action}", body)

        threads = [threading.Thread(target=act, args=(at, *each)) for at, each in enumerate(signed)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(SECONDS)
        return answers

    def count(self, kind: EntryKind) -> int:
        with self.world.office.store.reading() as connection:
            report = ledger.check(connection, self.world.office.holder_key)
        return report.counts[kind]


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory, world_template: Path) -> Iterator[Room]:
    folder = tmp_path_factory.mktemp("moment")
    with (
        closing(World(folder, template=world_template)) as world,
        doors.office(world) as (door, _, _),
        listening(door.app(), 50) as port,
        ExitStack() as lines,
    ):
        yield Room(world, port, lines)


def _one_done(answers: list[Any], *codes: str) -> None:
    assert sorted(each.status_code == 200 for each in answers) == [False] * (len(answers) - 1) + [
        True
    ], [each.text for each in answers]
    assert {each.json()["code"] for each in answers if each.status_code != 200} <= set(codes)


def test_a_review_and_a_release_are_done_once(room: Room) -> None:
    command = {"batch": room.batch}
    _one_done(room.at_once("review", command, "abc"), "batch_not_ready", "statement_moved")
    assert room.count(EntryKind.REVIEW) == 1
    reviewer = "second_officer_same_name"  # where b or c reviewed
    _one_done(
        room.at_once("release", command, "bcd"), "batch_not_ready", "statement_moved", reviewer
    )
    assert room.count(EntryKind.RELEASE) == 1


def test_an_order_stops_the_office_once(room: Room) -> None:
    order = {"path": {"name": "order.pdf", "content": b64encode(b"made up order").decode()}}
    answers = room.at_once("suspend", {"order": order}, "abcd")
    assert any(each.status_code == 200 for each in answers)
    assert all(each.status_code in (200, 400, 409) for each in answers), [a.text for a in answers]
    assert room.count(EntryKind.SUSPENSION) == 1
