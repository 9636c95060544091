"""Each role against each action, as the command line does it at an office opened here, cell by cell:
a use case itself refuses whoever the one table (client/actions.py) does not name, before it looks at
anything. The same over HTTP, where the table is asked first, is tests/api/test_office.py."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest

from counterfoil import client
from counterfoil.accountability.accounting.service import RecordDisclosures
from counterfoil.client.actions import ACTIONS, Action
from counterfoil.core.errors import CounterfoilError
from counterfoil.core.use_cases import Upload
from counterfoil.core.values import Role
from tests.world.office import World, closing

REFUSED = {"officer_role", "actor_refused"}
OPEN_AT_THE_MACHINE = {"waiting", "notices"}
"""What whoever has the office's folder lists without a key: ids, codes and counts."""
_PLAIN: dict[Any, Any] = {
    str: "x",
    int: 1,
    bool: False,
    bytes: b"x",
    date: date(2026, 1, 1),
    datetime: datetime(2026, 1, 1, tzinfo=UTC),
}


class Room:
    """One office with an officer of each role, and a file to name."""

    def __init__(self, world: World) -> None:
        self.world, self.file = world, world.directory / "order.pdf"
        self.file.write_bytes(b"made up order")
        keys = world.office.directory / "keys"
        for role in Role:
            client.create_officer(world.office, keys, f"role-{role.value}", None, role)
        self.keys = {role: client.sandbox_key(world.office, f"role-{role.value}") for role in Role}

    def some(self, kind: Any) -> Any:
        """Some value of a type."""
        if kind is RecordDisclosures:
            return RecordDisclosures(batch="x")
        if kind is Upload:
            return Upload(self.file)
        if kind is Path:
            return self.file
        if get_origin(kind) in (Union, UnionType):
            return None if type(None) in get_args(kind) else self.some(get_args(kind)[0])
        if get_origin(kind) is Literal:
            return get_args(kind)[0]
        if get_origin(kind) is tuple:
            return ()
        if isinstance(kind, type) and issubclass(kind, Enum):
            return next(iter(kind))
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            hints = get_type_hints(kind)
            needed = [each for each in msgspec.structs.fields(kind) if each.required]
            return kind(**{each.name: self.some(hints[each.name]) for each in needed})
        return _PLAIN[get_origin(kind) or kind]


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory, world_template: Path) -> Iterator[Room]:
    with closing(World(tmp_path_factory.mktemp("roles"), template=world_template)) as world:
        yield Room(world)


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
@pytest.mark.parametrize("role", Role)
def test_a_use_case_refuses_whoever_the_table_does_not_name(
    room: Room, role: Role, action: Action
) -> None:
    office, officer = room.world.office, room.keys[role].officer
    given = () if action.takes is None else (room.some(action.takes),)
    code = ""
    try:
        if action.statement is not None:
            action.statement(office, officer, *given)
        else:
            action.verb(office, officer, *given)
    except CounterfoilError as fault:
        code = fault.code
    if not action.permits(role) and action.name not in OPEN_AT_THE_MACHINE:
        assert code in REFUSED
    else:
        assert code not in REFUSED
