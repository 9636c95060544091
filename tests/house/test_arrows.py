"""Who imports whom: few arrows between rooms, and doors that go through use cases.

The import rules in pyproject.toml say which way an arrow may point. Here they are counted, because
each is something a reader of a room has to know of another.
"""

from __future__ import annotations

from scripts.house_figures import arrows, door_imports

from tests.house.graph import import_graph
from tests.house.tree import ROOT

ARROWS = 147
"""Pairs of rooms of which the first imports the second. Lowered whenever it falls."""

NAMED = {
    "cli.oversight.witness imports tlog.witness_directory.create_witness": "a witness has no office",
    "cli.oversight.witness imports tlog.witness_directory.witness_server": "a witness has no office",
    "cli.requester.law imports gate": "the law is read from its files, with no office",
}
"""`cli.verbs imports ledger.check`: what a door may import from the rooms of floors 2 and 3, each
with the reason why no use case offers it. At most ten."""


def test_there_are_no_more_arrows_between_rooms_than_before() -> None:
    found = arrows(import_graph())
    assert len(found) <= ARROWS, "\n".join(f"{one} imports {other}" for one, other in found)


def test_what_doors_import_from_lower_rooms_is_named_with_its_reason() -> None:
    unnamed = [each for each in door_imports(ROOT) if each not in NAMED]
    assert unnamed == []
    assert len(NAMED) <= 10
    assert all(NAMED.values())
    assert NAMED.keys() <= set(door_imports(ROOT))


def test_an_import_of_a_door_is_seen() -> None:
    assert [each for each in door_imports(ROOT) if each.startswith("cli.")]
