"""Tiles: paths as C2SP writes them, tiles that rebuild the tree, bundles that come back entry by
entry."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.core.errors import VerifyFault
from counterfoil.tlog import tiles, tree


@pytest.mark.parametrize(
    ("level", "index", "width", "path"),
    [
        (0, 0, 256, "tile/0/000"),
        (0, 1234067, 256, "tile/0/x001/x234/067"),
        (1, 0, 17, "tile/1/000.p/17"),
        (0, 1000, 256, "tile/0/x001/000"),
        (63, 999, 1, "tile/63/999.p/1"),
        (None, 1067, 256, "tile/entries/x001/067"),
        (None, 0, 112, "tile/entries/000.p/112"),
    ],
)
def test_paths_are_those_of_the_format(
    level: int | None, index: int, width: int, path: str
) -> None:
    assert tiles.tile_path(level, index, width) == path


def test_a_tree_of_70000_has_the_tiles_that_the_format_says() -> None:
    assert list(tiles.tiles_of(70_000)) == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]


def test_a_tree_of_256_has_a_full_tile_and_one_of_width_one() -> None:
    assert list(tiles.tiles_of(256)) == [(0, 1, 0), (1, 0, 1)]


def test_an_empty_tree_has_no_tiles() -> None:
    assert list(tiles.tiles_of(0)) == []


def _grown(steps: list[int]) -> tuple[list[bytes], dict[tuple[int, int], tiles.Tile]]:
    """Leaf hashes and full tiles of a tree that grew by these steps."""
    leaves: list[bytes] = []
    kept: dict[tuple[int, int], tiles.Tile] = {}

    def row(level: int, low: int, high: int) -> list[bytes]:
        return (
            leaves[low:high]
            if level == 0
            else [kept[level - 1, index].root for index in range(low, high)]
        )

    for step in steps:
        new = [tree.leaf_hash(b"%d" % (len(leaves) + at)) for at in range(step)]
        for tile in tiles.completed(len(leaves), new, row):
            assert (tile.level, tile.index) not in kept
            kept[tile.level, tile.index] = tile
        leaves += new
    return leaves, kept


@given(st.lists(st.integers(0, 700), max_size=6))
def test_growing_by_any_steps_makes_each_full_tile_once(steps: list[int]) -> None:
    leaves, kept = _grown(steps)
    assert set(kept) == {
        (level, index) for level, full, _ in tiles.tiles_of(len(leaves)) for index in range(full)
    }
    assert all(
        kept[0, at].hashes == b"".join(leaves[at * 256 : (at + 1) * 256])
        for at in range(len(leaves) // 256)
    )


def test_a_tree_over_three_levels_is_read_back_from_its_tiles() -> None:
    leaves, kept = _grown([60_000, 5_536, 1, 299, 256])
    assert {level for level, _ in kept} == {0, 1}

    def row(level: int, low: int, high: int) -> list[bytes]:
        if level == 0:
            return leaves[low:high]
        return [kept[level - 1, index].root for index in range(low, high)]

    read = tiles.node_reader(row)
    assert tree.root_at(len(leaves), read) == tree.root_of(leaves)
    for index in (0, 255, 256, 65_535, 65_536, len(leaves) - 1):
        proof = tree.prove_inclusion(index, len(leaves), read)
        tree.check_inclusion(leaves[index], index, len(leaves), proof, tree.root_of(leaves))


@given(st.lists(st.binary(max_size=300), max_size=256))
def test_a_bundle_comes_back(entries: list[bytes]) -> None:
    assert tiles.split_entries(tiles.join_entries(entries), len(entries)) == entries


@pytest.mark.parametrize(
    ("data", "width"),
    [(b"\x00", 1), (b"\x00\x05abc", 1), (b"\x00\x01a", 2), (b"\x00\x01a\x00\x01b", 1), (b"", 1)],
)
def test_a_malformed_bundle_is_refused(data: bytes, width: int) -> None:
    with pytest.raises(VerifyFault) as fault:
        tiles.split_entries(data, width)
    assert fault.value.code == "bundle_malformed"


def test_an_entry_that_no_bundle_can_hold_is_a_bug_of_the_caller() -> None:
    with pytest.raises(OverflowError):
        tiles.join_entries([bytes(65_536)])


@pytest.mark.parametrize("size", [0, 31, 33, 96])
def test_a_tile_of_another_length_is_refused(size: int) -> None:
    with pytest.raises(VerifyFault) as fault:
        tiles.split_hashes(bytes(size), 2)
    assert fault.value.code == "tile_malformed"
