"""Reading an exported ledger (c2sp.org/tlog-tiles): entries in order, tree hashes by row. Nothing
read here is trusted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from counterfoil.core.errors import VerifyFault
from counterfoil.tlog.tiles import (
    MAX_ENTRY_BYTES,
    TILE_BYTES,
    WIDTH,
    Row,
    split_entries,
    split_hashes,
    tile_path,
)

BUNDLE_BYTES: Final = WIDTH * (MAX_ENTRY_BYTES + 2)


def read_file(directory: Path, path: str, limit: int) -> bytes:
    """The bytes of a file below `directory`, at most `limit`. Raises VerifyFault
    `export_unreadable`."""
    try:
        with (directory / path).open("rb") as file:
            data = file.read(limit + 1)
    except OSError:
        data = None
    if data is None or len(data) > limit:
        raise VerifyFault(
            "export_unreadable",
            "a file of the export is missing, unreadable or too long",
            place=path,
            cure="Ask for the export again.",
        )
    return data


def read_bundles(directory: Path, size: int) -> Iterator[list[bytes]]:
    """The first `size` entries, in order, at most 256 at a time. Raises `export_unreadable`,
    `bundle_malformed`."""
    for first in range(0, size, WIDTH):
        width = min(WIDTH, size - first)
        yield split_entries(
            read_file(directory, tile_path(None, first // WIDTH, width), BUNDLE_BYTES), width
        )


def tile_rows(directory: Path, size: int) -> Row:
    """Rows of tree hashes of a tree of `size`, for `proof.tiles.node_reader`. Raises as
    `read_file`, `tile_malformed`."""

    def row(level: int, low: int, high: int) -> list[bytes]:
        index = low // WIDTH
        width = min(WIDTH, size // WIDTH**level - index * WIDTH)
        hashes = split_hashes(
            read_file(directory, tile_path(level, index, width), TILE_BYTES), width
        )
        return hashes[low - index * WIDTH : high - index * WIDTH]

    return row
