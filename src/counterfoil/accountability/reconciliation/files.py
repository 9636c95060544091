"""Answer files in a folder, compared with what was released. Nothing is written.

    1  Each FILE.jws is, byte for byte, the envelope of a batch that was released, and FILE beside
       it has the rows that it names.
    2  No other file there has rows in the form of an answer: what leaves has been released.
    3  Each batch that was released since the last reconciliation has its file there.

A file that begins with a dot, and a list of rejects, are not looked at.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from counterfoil.accountability.reconciliation.ledger_view import difference
from counterfoil.answers.format import CSV_HEADER, CSV_HEADER_2, ROW_2, SUFFIX
from counterfoil.answers.read_envelope import open_envelope
from counterfoil.core.errors import InputFault, VerifyFault
from counterfoil.core.values import Public
from counterfoil.office.records import Envelope
from counterfoil.tlog import VerifierKey

_READ_BYTES: Final = 1 << 20
_FIRST_BYTES: Final = 65_536
_ANSWER: Final = [
    re.compile(row).match
    for row in (ROW_2["jsonl"], re.escape(CSV_HEADER), re.escape(CSV_HEADER_2))
]
_STOP: Final = (
    "Send it to nobody. Find out who wrote it, tell the inspector, and open an incident if it left."
)


class Released(Public, frozen=True):
    """What was released. `envelopes` by batch; `disposed`: ids of released batches whose envelope
    went with their key; `lately`: ids whose file must be there."""

    envelopes: dict[str, Envelope]
    disposed: frozenset[str]
    lately: frozenset[str]


def compare_files(
    folders: Iterable[Path], released: Released, key: VerifierKey
) -> tuple[int, list[VerifyFault]]:
    """(answer files that are right, differences). `key` is the holder's."""
    by_envelope = {
        hashlib.sha256(each.compact).digest(): batch for batch, each in released.envelopes.items()
    }
    right: list[str] = []
    found: list[VerifyFault] = []
    for path in _visible_files(folders):
        if path.suffix == SUFFIX:
            batch = by_envelope.get(_digest(path), "")
            rows = path.with_suffix("")
            digest = (
                released.envelopes[batch].rows_digest if batch else _disposed(rows, released, key)
            )
            differing = _compare(path, rows, digest)
            if differing is None:
                right.append(batch)
            else:
                found.append(differing)
        elif not path.with_name(path.name + SUFFIX).exists() and _is_answer(path):
            message = "the file has answers in it, and no envelope stands beside it"
            found.append(difference("reconcile_file_unreleased", path.name, message, _STOP))
    return len(right), found + [_missing(batch) for batch in sorted(released.lately - set(right))]


def _visible_files(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        for path in sorted(folder.iterdir()):
            if path.is_file() and not path.name.startswith("."):
                yield path


def _compare(path: Path, rows: Path, digest: str) -> VerifyFault | None:
    if not digest:
        message = "the envelope is not one that this office released"
        return difference("reconcile_file_unreleased", path.name, message, _STOP)
    if f"sha256:{_digest(rows).hex()}" != digest:
        message = (
            "the file beside its envelope is missing, or does not hold the rows that were released"
        )
        cure = (
            "Move it away and keep it, and run `counterfoil release BATCH` on the batch again: it "
            "writes the same bytes."
        )
        return difference("reconcile_file", rows.name, message, cure)
    return None


def _disposed(rows: Path, released: Released, key: VerifierKey) -> str:
    """The digest of the rows that an envelope of a disposed batch names, once the holder's
    signature on it verified; "" for any other."""
    try:
        said = open_envelope(rows, key)
    except (InputFault, VerifyFault):
        return ""
    return str(said["rows_digest"]) if said["batch"] in released.disposed else ""


def _missing(batch: str) -> VerifyFault:
    message = "the batch was released, and no folder that was named holds its answer"
    cure = (
        "Name the folder where it is with --answers, or run `counterfoil release BATCH` on the "
        "batch again: it writes the same bytes."
    )
    return difference("reconcile_file_missing", batch, message, cure)


def _digest(path: Path) -> bytes:
    """SHA-256 of a file, b"" where it cannot be read."""
    whole = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while part := file.read(_READ_BYTES):
                whole.update(part)
    except OSError:
        return b""
    return whole.digest()


def _is_answer(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            begins = file.read(_FIRST_BYTES)
    except OSError:
        return False
    return any(has_form(begins) for has_form in _ANSWER)
