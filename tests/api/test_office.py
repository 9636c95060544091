"""The office's door lets in who signed, does what the table names and nothing else, and takes no path
of its own machine from outside."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from counterfoil import client as at_the_office
from counterfoil.client.actions import ACTIONS, Action
from counterfoil.core.values import Role
from counterfoil.ledger import EntryKind
from tests.api import doors
from tests.api.doors import HOST, Client, Desk, Lines
from tests.world.office import World, closing
from tests.world.people import REQUESTS, SOURCE
from tests.world.scan import found_in, tokens_of

TOKENS = tokens_of([*SOURCE, *REQUESTS])
SEEN: list[str] = []
"""Every answer and every line of the log of these tests, for the last one."""


class Door:
    """One office's door, and its officers by role."""

    def __init__(self, world: World, client: Client, log: Lines) -> None:
        self.world, self.client, self.log = world, client, log
        self.by_role = {Role.DISCLOSURE: self.desk("a")} | {
            role: Desk(client, world, self._made(role.value, role))
            for role in set(Role) - {Role.DISCLOSURE}
        }
        self.batch = world.receive(world.requests())
        at_the_office.determine(world.office, self.batch)

    def _made(self, name: str, role: Role) -> at_the_office.OfficerKey:
        office = self.world.office
        at_the_office.create_officer(office, office.directory / "keys", name, None, role)
        return at_the_office.sandbox_key(office, name)

    def desk(self, letter: str) -> Desk:
        return Desk(self.client, self.world, self.world.officer(letter))


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory, world_template: Path) -> Iterator[Door]:
    folder = tmp_path_factory.mktemp("door")
    with closing(World(folder, template=world_template)) as world, doors.office(world) as made:
        _, client, log = made
        original = client.request

        def recorded(*words: Any, **said: Any) -> Any:
            answer = original(*words, **said)
            SEEN.append(answer.text)
            return answer

        client.request = recorded  # type: ignore[method-assign]
        yield Door(world, client, log)
        SEEN.append(str(log))


def code(answer: Any) -> str:
    assert answer.headers["Content-Type"] == "application/problem+json", answer.text
    return str(answer.json()["code"])


# -- who is let in -----------------------------------------------------------------------------


def test_an_officer_who_signs_the_request_is_let_in(door: Door) -> None:
    answer = door.desk("a").call("GET", "/v1/me")
    assert answer.json() == {"officer": "officer-a", "role": "disclosure"}
    assert door.client.get("/v1/office").json()["office"] == door.world.office.settings.name
    assert door.client.get("/v1/health").json() == {"status": "ok"}


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({"method": "POST"}, "officer_request"),
        ({"path": "/v1/office"}, "officer_request"),
        ({"body": "sha256:" + "0" * 64}, "officer_request"),
        ({"host": "another.test"}, "officer_request"),
        ({"office": "another/office"}, "officer_request"),
        ({"officer": "officer-b"}, "officer_request"),
        ({"officer": "nobody"}, "officer_request"),
        ({"nonce": "short"}, "officer_request"),
        ({"time": timedelta(minutes=3)}, "request_stale"),
        ({"time": -timedelta(minutes=3)}, "request_stale"),
        ({"time": -timedelta(seconds=1)}, "request_stale"),  # before the door was opened
    ],
)
def test_a_signature_over_anything_else_lets_nobody_in(
    door: Door, other: dict[str, Any], expected: str
) -> None:
    if "time" in other:
        other = {"time": door.world.now + other["time"]}
    answer = door.desk("a").call("GET", "/v1/me", None, other)
    assert (answer.status_code, code(answer)) == (401, expected)


def test_a_request_is_taken_once(door: Door) -> None:
    desk, nonce = door.desk("a"), "ab" * 16
    header = {"Authorization": desk.header("GET", "/v1/me", b"", {"nonce": nonce})}
    assert door.client.get("/v1/me", headers=header).status_code == 200
    assert code(door.client.get("/v1/me", headers=header)) == "request_replayed"
    assert door.desk("b").call("GET", "/v1/me", None, {"nonce": nonce}).status_code == 200


@pytest.mark.parametrize("header", ["", "Basic YTpi", 'Counterfoil-Officer officer="officer-a"'])
def test_without_a_signature_there_is_nothing(door: Door, header: str) -> None:
    headers = {"Authorization": header} if header else {}
    for method, path in [
        ("GET", "/v1/me"),
        ("POST", "/v1/questions/batches"),
        ("POST", "/v1/statements/review"),
        ("POST", "/v1/acts/review"),
        ("GET", f"/v1/batches/{door.batch}/rows"),
    ]:
        answer = door.client.request(method, path, headers=headers)
        assert answer.status_code == 401
        assert code(answer) in ("officer_unsigned", "officer_request")


def test_a_name_that_is_not_the_offices_is_refused_before_anything(door: Door) -> None:
    answer = door.client.get("/v1/office", headers={"Host": "rebound.test"})
    assert (answer.status_code, code(answer)) == (421, "host_other")


# -- each role against each action -------------------------------------------------------------


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
@pytest.mark.parametrize("role", Role)
def test_a_role_begins_what_the_table_names_and_nothing_else(
    door: Door, role: Role, action: Action
) -> None:
    """Cell by cell. What is permitted gets past the table: to the form of the body or the state of
    things; what is not is refused before the body is looked at, and by the use case itself."""
    desk = door.by_role[role]
    path = "questions" if action.kind == "question" else "statements"
    answer = desk.call("POST", f"/v1/{path}/{action.name}", "no such body")
    if action.permits(role):
        assert answer.status_code in (200, 400, 409, 404), answer.text
    else:
        assert (answer.status_code, code(answer)) == (403, "action_refused")
        if action.kind == "act":
            done = desk.call("POST", f"/v1/acts/{action.name}", {"command": {}, "signatures": []})
            assert code(done) == "action_refused"
    wrong = "acts" if action.kind == "question" else "questions"
    assert code(desk.call("POST", f"/v1/{wrong}/{action.name}", {})) == "action_unknown"


def test_what_is_not_in_the_table_is_refused(door: Door) -> None:
    for name in ("receive", "determine", "..", "batches%00", "open_office"):
        answer = door.desk("a").call("POST", f"/v1/questions/{name}", None)
        assert answer.status_code in (404, 401)


# -- what is done ------------------------------------------------------------------------------


def _inspections(world: World) -> int:
    with world.office.store.reading() as connection:
        return world.office.ledger.counts(connection)[EntryKind.INSPECTION]


def test_every_look_at_rows_is_an_entry_and_a_list_is_none(door: Door) -> None:
    desk, before = door.desk("a"), _inspections(door.world)
    listed = desk.ask("batches", {}).json()
    assert [each["batch"] for each in listed] == [door.batch]
    assert _inspections(door.world) == before
    rows = desk.ask("batch-rows", {"batch": door.batch}).json()["rows"]
    assert {each["outcome"] for each in rows} >= {"confirmed", "not_confirmed", "refused"}
    refused = desk.ask("batch-rows", {"batch": door.batch, "outcome": "refused"}).json()["rows"]
    assert refused == [each for each in rows if each["outcome"] == "refused"]
    named = rows[0]["request_id"]
    explained = desk.ask("explain", {"batch": door.batch, "request_id": named}).json()
    assert explained["explanation"]["request_id"] == named
    assert _inspections(door.world) == before + 3


def test_an_act_is_stated_signed_and_done_once(door: Door) -> None:
    first, second = door.desk("a"), door.desk("b")
    command = {"batch": door.batch}
    other = second.act("review", command, first.key)
    assert code(other) == "signatures_missing"
    forged = first.act("review", command, second.key)
    assert code(forged) == "signatures_missing"
    assert first.act("review", command).json()["state"] == "reviewed"
    assert code(first.act("review", command)) == "batch_not_ready"
    alone = first.act("release", command)
    assert code(alone) == "second_officer_same_name"
    assert code(second.call("GET", f"/v1/batches/{door.batch}/rows")) == "batch_not_ready"
    assert second.act("release", command).json()["state"] == "released"
    rows = second.call("GET", f"/v1/batches/{door.batch}/rows")
    assert rows.text.count('"answer":') == len(REQUESTS)
    assert second.call("GET", f"/v1/batches/{door.batch}/envelope").text.count(".") == 2
    holds = door.by_role[Role.HOLDS].call("GET", f"/v1/batches/{door.batch}/rows")
    assert code(holds) == "action_refused"


def test_a_path_of_the_offices_machine_is_taken_from_nobody(door: Door, tmp_path: Path) -> None:
    """An order comes as bytes. A path, a link or a name with folders in it is not followed."""
    secret = door.world.office.directory / "keys" / "office.passphrase"
    desk = door.desk("a")
    for order in (str(secret), {"path": str(secret)}, {"path": {"name": str(secret)}}):
        answer = desk.call("POST", "/v1/statements/suspend", {"order": order})
        assert code(answer) == "body_json"
    content = b64encode(b"made up order").decode()
    sent = {"path": {"name": "../../etc/order.pdf", "content": content}}
    stated = desk.call("POST", "/v1/statements/suspend", {"order": sent})
    assert stated.json()["act"] == "suspend"
    assert list((door.world.directory / "spool").iterdir()) == []


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"\xff", b'{"batch":1}', b'{"batch":"a","batch":"b"}', b"[" * 100_000],
)
def test_what_is_not_the_json_of_a_route_is_refused(door: Door, body: bytes) -> None:
    desk = door.desk("a")
    headers = {"Authorization": desk.header("POST", "/v1/questions/batch-rows", body)}
    answer = door.client.post("/v1/questions/batch-rows", content=body, headers=headers)
    assert (answer.status_code, code(answer)) == (400, "body_json")


def test_the_door_takes_no_endless_body(door: Door) -> None:
    body = b" " * 12_000_001
    answer = door.client.post("/v1/questions/batches", content=body)
    assert (answer.status_code, code(answer)) == (413, "body_too_long")


def test_no_value_of_anybody_was_said(door: Door) -> None:
    """In all answers and all lines of the log of the tests above."""
    door.desk("a").ask("batches", {})
    said = "\n".join([*SEEN, str(door.log)])
    assert door.batch in said
    assert found_in(said.encode(), TOKENS) == []
    assert HOST not in str(door.log)
