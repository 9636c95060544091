"""The ledger as static files: c2sp.org/tlog-tiles, for whoever wants to read it without this
program.

    DIR/checkpoint                        the signed checkpoint that the files belong to
    DIR/tile/<level>/<index>[.p/<width>]  hashes          DIR/tile/entries/<index>[.p/<width>]
                                          entries

Full tiles never change, so an export into the same directory adds to it; a file that stands with
other bytes is of another history and is refused. Each file is written beside its place and renamed;
the checkpoint comes last, after everything is on disk, so a directory with a checkpoint is
complete. Trusted: nothing; `check_export` reckons it anew. Partial tiles of older sizes stay: an
older checkpoint can still be checked against them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from counterfoil.core.errors import StateFault, StoreFault
from counterfoil.database import Connection
from counterfoil.ledger.log import Ledger
from counterfoil.ledger.store import Hashes, read_entries
from counterfoil.tlog.checkpoint import parse_checkpoint
from counterfoil.tlog.tiles import WIDTH, join_entries, tile_path, tiles_of


def export(connection: Connection, directory: Path, checkpoint: str) -> int:
    """Write the tree of `checkpoint`, a signed note of this ledger, below `directory`; return how
    many files are new.

    Raises VerifyFault `ledger_rewritten` where the checkpoint is not of this tree, StateFault
    `export_other` where another history stands there, StoreFault `export_failed` where a file
    cannot be written.
    """
    signed = parse_checkpoint(checkpoint)
    Ledger(signed.origin).check_ours(connection, signed)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        new = sum(_write(directory / path, data) for path, data in _files(connection, signed.size))
        os.sync()
        _replace(directory / "checkpoint", checkpoint.encode())
        os.sync()
    except OSError:
        raise StoreFault(
            "export_failed",
            "the export could not be written",
            place=directory.name,
            cure="Check space and permissions, then run it again.",
        ) from None
    return new


def _files(connection: Connection, size: int) -> Iterator[tuple[str, bytes]]:
    """(path, bytes) of every tile and bundle of a tree of `size`."""
    source = read_entries(connection, 0, size)
    for index in range(-(-size // WIDTH)):
        bundle = list(islice(source, WIDTH))
        yield tile_path(None, index, len(bundle)), join_entries(bundle)
    hashes = Hashes(connection, size)
    for level, full, width in tiles_of(size):
        spans = [(index, WIDTH) for index in range(full)] + ([(full, width)] if width else [])
        for index, wide in spans:
            yield (
                tile_path(level, index, wide),
                b"".join(hashes(level, index * WIDTH, index * WIDTH + wide)),
            )


def _write(path: Path, data: bytes) -> bool:
    """Write a file that never changes. False if it stands already."""
    if path.exists():
        if path.read_bytes() != data:
            raise StateFault(
                "export_other",
                "other bytes stand where this file belongs",
                place=path.name,
                cure="Export to an empty directory.",
            )
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path, data)
    return True


def _replace(path: Path, data: bytes) -> None:
    beside = path.with_name(f".{path.name}.tmp")
    beside.write_bytes(data)
    beside.replace(path)
