"""Writing what was released: FILE.jws, then FILE, each whole or not at all.

Called only after the release entry is durable (P5). Each file is written to `.NAME.partial` in the
same directory, synced, renamed, and the directory synced; mode 0600.

    broken off                     what is there                      the same release run again
    before the first rename        nothing, or a partial file         writes both
    between the two                FILE.jws, which names nobody       finds it equal, writes FILE
    after the second               both                               finds both equal, writes none

A partial file that a crash left is written over by the next run; while one run writes it, another
waits, and then finds the file there. On a full disk it is removed, the
files that were there before are unchanged, and the run says so (`answer_not_written`). Nothing else
is ever overwritten: a file of that name with other content is a fault (`out_taken`). The order has
a reason: an envelope without rows says nothing of a person, but rows without an envelope would be
answers that nobody signed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from counterfoil.answers.read_envelope import envelope_path
from counterfoil.answers.verify import proof_path
from counterfoil.core import canonical
from counterfoil.core.atomic_files import replace_file, sync_path
from counterfoil.core.errors import StoreFault, UsageFault, VerifyFault
from counterfoil.core.file_lock import locked_file

_READ_BYTES: Final = 1 << 20


def check_out(out: Path) -> None:
    """Raise UsageFault `out_taken` or `out_folder` unless both files can be new: asked before a
    first release."""
    if not out.parent.is_dir():
        raise UsageFault(
            "out_folder",
            "the folder to write to does not exist",
            place=out.name,
            cure="Make it, or name another.",
        )
    for path in (out, envelope_path(out)):
        if path.exists():
            raise _taken(path)


def write_answer(out: Path, envelope: bytes, rows: Iterable[bytes], rows_digest: str) -> None:
    """Write both files, or find that they are there. `rows` is read only if FILE must be written.

    Raises UsageFault `out_taken`, StoreFault `answer_not_written`, VerifyFault `rows_changed` where
    the rows are not those of `rows_digest`, and whatever `rows` raises; FILE is then as it was
    before.
    """
    beside = envelope_path(out)
    envelope_digest = canonical.digest(envelope)
    has_envelope, has_rows = _is_there(beside, envelope_digest), _is_there(out, rows_digest)
    if not has_envelope:
        _write(beside, [envelope], envelope_digest)
    if not has_rows:
        _write(out, rows, rows_digest)


def _is_there(path: Path, expected: str) -> bool:
    try:
        with path.open("rb") as file:
            whole = hashlib.sha256()
            while part := file.read(_READ_BYTES):
                whole.update(part)
    except FileNotFoundError:
        return False
    except OSError:
        raise _not_written(path) from None
    if "sha256:" + whole.hexdigest() != expected:
        raise _taken(path)
    return True


def _write(path: Path, parts: Iterable[bytes], expected: str) -> None:
    partial = path.with_name(f".{path.name}.partial")
    try:
        with locked_file(partial) as descriptor:
            if not _is_there(path, expected):
                _write_partial(descriptor, parts, expected, path.name)
                partial.rename(path)
                sync_path(path.parent)
    except OSError:
        raise _not_written(path) from None


def _write_partial(descriptor: int, parts: Iterable[bytes], expected: str, name: str) -> None:
    whole = hashlib.sha256()
    os.ftruncate(descriptor, 0)
    with os.fdopen(descriptor, "wb", closefd=False) as file:
        for part in parts:
            whole.update(part)
            file.write(part)
        file.flush()
        os.fsync(descriptor)
    if "sha256:" + whole.hexdigest() != expected:
        raise VerifyFault(
            "rows_changed",
            "the rows are not those that were released",
            place=name,
            cure="Nothing was written. Run `counterfoil ledger check` and compare the database "
            "with its backup.",
        )


def _taken(path: Path) -> UsageFault:
    return UsageFault(
        "out_taken",
        "there is a file of that name already, and it is not this answer",
        place=path.name,
        cure="Name another file, or move that one away: nothing is overwritten.",
    )


def _not_written(path: Path) -> StoreFault:
    return StoreFault(
        "answer_not_written",
        "the answer could not be written",
        place=path.name,
        cure="Free disk space or correct the permissions, then run the same release again: it "
        "writes the same bytes.",
    )


def write_proof(file: Path, proof: str) -> Path:
    """Write FILE.proof beside FILE; its path. Raises StoreFault `proof_not_written`."""
    path = proof_path(file)
    try:
        replace_file(path, proof.encode())
    except OSError:
        raise StoreFault(
            "proof_not_written",
            "the proof cannot be written beside the answer",
            place=path.name,
            cure="Check disk space and permissions, then run it again.",
        ) from None
    return path
