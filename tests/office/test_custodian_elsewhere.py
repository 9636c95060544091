"""An office whose register key is with a custodian in another process answers the same bytes, and
does nothing that needs the key itself unless the key is lent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from counterfoil import client
from counterfoil.core.errors import CounterfoilError
from counterfoil.disclosure.key_rotation import prepare_rotation
from tests.register.custody.serving import Served, served
from tests.world.office import REQUESTS, SOURCE, World


@contextmanager
def elsewhere(
    world: World, *, lends: bool = False, keys: tuple[bytes, ...] = (), limit: int = 1000
) -> Iterator[Served]:
    """Take the register key, and the count, out of an office, to a custodian."""
    secret = world.office._service_key("register")
    state = world.path / "register" / "openings.json"
    moved = world.directory / "openings.json"
    if state.exists():
        state.rename(moved)
    (world.path / "keys" / "register.key").unlink()
    with served(
        moved, keys=keys or (secret,), lends=lends, limit=limit, day=world.now.date()
    ) as made:
        name_socket(world, str(made.path))
        yield made
        world.office.store.close()


def name_socket(world: World, socket: str) -> None:
    settings = world.path / "office.toml"
    text = re.sub(r"(?m)^custodian = .*$\n?", "", settings.read_text(encoding="utf-8"))
    settings.write_text(f'{text}custodian = "{socket}"\n', encoding="utf-8")
    world.office.store.close()
    world.office = world.opened()


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(CounterfoilError) as caught:
        call()
    return caught.value.code


def _of_answers(world: World) -> list[dict[str, Any]]:
    """The entries but for those of its settings, which name the socket, and for the accounting, which
    names entries by their numbers."""
    left_out = {"settings", "state", "accounting"}
    return [entry for entry in world.entries() if entry["kind"] not in left_out]


def test_answers_are_the_same_bytes(
    world: World, world_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    world.answer()
    expected = (world.directory / "answers.jsonl").read_bytes()
    opened = world.office.custodian().total()
    assert opened > 0
    other = World(tmp_path_factory.mktemp("else"), template=world_template)
    with elsewhere(other) as made:
        other.answer()
        assert (other.directory / "answers.jsonl").read_bytes() == expected
        assert other.office.custodian().total() == opened
        assert _of_answers(other) == _of_answers(world)
        assert made.logged == []


def test_what_the_custodian_does_not_count_is_not_opened(world: World) -> None:
    with elsewhere(world, limit=1):
        rows = world.answer()
        assert world.office.custodian().remaining() == 0
        assert sum(row.get("answer") == "not_compared" for row in rows) > 1


def test_a_custodian_that_is_down_or_of_another_key_stops_the_step(world: World) -> None:
    batch = world.receive(world.requests())
    with elsewhere(world, keys=(bytes(64),)):
        assert code_of(world.office.open_register) == "custodian_key_other"
        name_socket(world, str(world.directory / "nobody.sock"))
        assert code_of(lambda: client.determine(world.office, batch)) == "custodian_down"


def test_a_build_needs_the_key_lent_and_then_is_as_in_process(world: World) -> None:
    with elsewhere(world):
        assert code_of(lambda: world.build(SOURCE)) == "custodian_lends_nothing"
        assert code_of(lambda: world.office.custodian(made_up_trial=True)) == (
            "custodian_lends_nothing"
        )
        assert code_of(lambda: prepare_rotation(world.office, "register")) == (
            "register_key_elsewhere"
        )


def test_a_build_with_the_key_lent_is_opened_through_the_custodian(world: World) -> None:
    with elsewhere(world, lends=True) as made:
        before = world.office.custodian().key_id
        name = world.build(SOURCE)
        with world.office.open_register() as sealed:
            assert (sealed.snapshot, sealed.manifest.key_id) == (name, before)
        assert {event for event, _ in made.logged} == {"lent"}
        assert world.answer()


def test_an_office_that_lost_the_custodians_count_opens_nothing(world: World) -> None:
    world.answer()
    with elsewhere(world):
        (world.directory / "openings.json").unlink()
        batch = world.receive(world.requests(REQUESTS[:2], "again.csv"))
        assert code_of(lambda: client.determine(world.office, batch)) == "custodian_state_altered"
