"""A thief who has the office's files, without the passphrase, finds nobody."""

from __future__ import annotations

from tests.world.office import World
from tests.world.people import REQUESTS, SOURCE
from tests.world.scan import files_below, found_in, tokens_of


def test_no_file_of_the_office_holds_a_name_street_or_number(world: World) -> None:
    world.answer()
    tokens = tokens_of([*SOURCE, *REQUESTS])
    assert len(tokens) > 30
    leaks = {
        path.name: found
        for path in files_below(world.path)
        if (found := found_in(path.read_bytes(), tokens))
    }
    assert leaks == {}


def test_the_scan_finds_what_lies_in_clear(world: World) -> None:
    source = (world.directory / "source.csv").read_bytes()
    assert set(found_in(source, tokens_of(SOURCE))) == set(tokens_of(SOURCE))


def test_the_requests_are_not_in_the_database_in_clear_while_the_batch_is_open(
    world: World,
) -> None:
    world.receive(world.requests())
    data = b"".join(path.read_bytes() for path in files_below(world.path))
    assert found_in(data, tokens_of(REQUESTS)) == []


def test_what_the_building_process_held_in_memory_is_not_in_the_register(world: World) -> None:
    for _ in range(3):
        held = [
            (b"Zebedee Quillfeather" * 210)[:size] for size in range(4050, 4120) for _ in range(100)
        ]
        del held
        world.build(SOURCE)
    data = b"".join(path.read_bytes() for path in files_below(world.path / "register"))
    assert b"Quillfeather" not in data
