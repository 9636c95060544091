"""The ledger as static files, for anyone who wants to read it without this program: writing them,
and reading them back. The format is c2sp.org/tlog-tiles.

    DIR/checkpoint                                the signed checkpoint that the files belong to
    DIR/tile/<level>/<index>[.p/<width>]          hashes
    DIR/tile/entries/<index>[.p/<width>]          entries

Full tiles never change, so an export into the same directory adds files to it. If a file is there
with other bytes, or a checkpoint that is not of this ledger or is newer than all of it, the
directory belongs to another history, and the export is refused. Each file is written beside its
place and renamed. The checkpoint comes last, when everything else is on disk, so a directory with a
checkpoint is complete. Partial tiles of older sizes stay: an older checkpoint can still be checked
against them.

Nothing that is read back is trusted; `check_export` computes all of it anew.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from counterfoil.core.atomic_files import replace_public
from counterfoil.core.errors import InputFault, StateFault, StoreFault, VerifyFault
from counterfoil.core.file_lock import locked_file
from counterfoil.database import Connection
from counterfoil.ledger.log import Ledger
from counterfoil.ledger.store import Hashes, read_entries
from counterfoil.tlog.checkpoint import Checkpoint, parse_checkpoint
from counterfoil.tlog.note import MAX_NOTE_BYTES
from counterfoil.tlog.tiles import (
    MAX_ENTRY_BYTES,
    TILE_BYTES,
    WIDTH,
    Row,
    join_entries,
    split_entries,
    split_hashes,
    tile_path,
    tiles_of,
)

_BUNDLE_BYTES: Final = WIDTH * (MAX_ENTRY_BYTES + 2)


def export(connection: Connection, directory: Path, checkpoint: str) -> int:
    """Write the tree of `checkpoint`, a signed note of this ledger, below `directory`; return the
    number of files that are new.

    Raises VerifyFault `ledger_rewritten` where the checkpoint is not of this tree, StateFault
    `export_other` where the directory holds another history, `export_running` where another process
    goes on writing there, StoreFault `export_failed` where a file cannot be written.
    """
    signed = parse_checkpoint(checkpoint)
    Ledger(signed.origin).check_ours(connection, signed)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with locked_file(directory / ".export.lock"):
            _require_same_history(connection, directory, signed)
            files = tree_files(connection, signed.size)
            new = sum(_write(directory / path, data) for path, data in files)
            os.sync()
            replace_public(directory / "checkpoint", checkpoint.encode())
            os.sync()
    except BlockingIOError:
        raise StateFault(
            "export_running",
            "another process is exporting to this directory",
            place=directory.name,
            cure="Let it finish, then run it again.",
        ) from None
    except OSError:
        raise StoreFault(
            "export_failed",
            "the export could not be written",
            place=directory.name,
            cure="Check space and permissions, then run it again.",
        ) from None
    return new


def _require_same_history(connection: Connection, directory: Path, signed: Checkpoint) -> None:
    """Raise StateFault `export_other` where the directory shows what this tree does not continue:
    partial tiles of two histories can have different names, and would not meet. Raises OSError."""
    path = directory / "checkpoint"
    try:
        with path.open("rb") as file:
            shown = parse_checkpoint(file.read(MAX_NOTE_BYTES + 1))
        Ledger(signed.origin).check_ours(connection, shown)
        is_older = shown.size <= signed.size
    except (FileNotFoundError, NotADirectoryError):
        return
    except VerifyFault:
        is_older = False
    if not is_older:
        raise StateFault(
            "export_other",
            "the directory shows another ledger, or more of this one than there is to write",
            place=path.name,
            cure="Keep it, find out which is right, and export to an empty directory.",
        )


def tree_files(connection: Connection, size: int) -> Iterator[tuple[str, bytes]]:
    """(path, bytes) of every bundle and tile of the tree of the first `size` entries."""
    entries = read_entries(connection, 0, size)
    for index in range(-(-size // WIDTH)):
        bundle = list(islice(entries, WIDTH))
        yield tile_path(None, index, len(bundle)), join_entries(bundle)
    hashes = Hashes(connection, size)
    for level, full, width in tiles_of(size):
        for low in range(0, full * WIDTH + width, WIDTH):
            high = min(low + WIDTH, full * WIDTH + width)
            path = tile_path(level, low // WIDTH, high - low)
            yield path, b"".join(hashes(level, low, high))


def read_file(directory: Path, path: str, limit: int) -> bytes:
    """The bytes of a file below `directory`, at most `limit`. Raises VerifyFault
    `export_unreadable`; InputFault `export_missing` where there is no such folder, which shows
    nothing about any ledger."""
    if not directory.is_dir():
        raise InputFault(
            "export_missing",
            "there is no such folder",
            place=directory.name,
            cure="Name the folder that `counterfoil ledger export --out FOLDER` wrote, or a copy "
            "of it.",
        )
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
        yield read_bundle(directory, size, first // WIDTH)


def read_bundle(directory: Path, size: int, index: int) -> list[bytes]:
    """The entries 256 * `index` and on, at most 256, of an export of `size` entries. Raises as
    `read_bundles`."""
    width = min(WIDTH, size - index * WIDTH)
    path = tile_path(None, index, width)
    return split_entries(read_file(directory, path, _BUNDLE_BYTES), width)


def tile_rows(directory: Path, size: int) -> Row:
    """The tree hashes of a tree of `size`, for `tlog.tiles.node_reader`. Raises as `read_file`, and
    VerifyFault `tile_malformed`."""

    def row(level: int, low: int, high: int) -> list[bytes]:
        index = low // WIDTH
        width = min(WIDTH, size // WIDTH**level - index * WIDTH)
        path = tile_path(level, index, width)
        hashes = split_hashes(read_file(directory, path, TILE_BYTES), width)
        return hashes[low - index * WIDTH : high - index * WIDTH]

    return row


def _write(path: Path, data: bytes) -> bool:
    """Write a file that never changes. Returns False if it is there already."""
    if path.exists():
        if path.read_bytes() != data:
            raise StateFault(
                "export_other",
                "there is a file of this name with other bytes",
                place=path.name,
                cure="Export to an empty directory.",
            )
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_public(path, data)
    return True
