"""A witness: one add-checkpoint request, one response, in the order of c2sp.org/tlog-witness.

    old 20852014                      the size that this witness cosigned last, as the log believes
    PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=      consistency proof from there, at most 63 lines
                                      an empty line
    <the checkpoint, as signed>

    400  the body is not in that form, or `old` is larger than the checkpoint
    404  the origin is of no log that this witness knows
    403  the log did not sign the checkpoint
    409  `old` is not the size cosigned last (the body of the response is that size), or it is and
         the roots of one size differ
    422  the proof does not show that the checkpoint continues the one cosigned last
    200  recorded, then cosigned: the body is one signature line for each key of the witness

A witness keeps two files for each log:

    DIR/<sha256 of the origin, hex>.checkpoint    the signed note that was cosigned last
    DIR/<sha256 of the origin, hex>.refused       the last signed note that did not continue it,
                                                  which is evidence
    DIR/lock                                      locked by the one process that may write here

The records are trusted. Who can set a record back can have a fork cosigned. If a record is lost the
witness must not go on under its key. A record is on disk before its cosignature leaves.
"""

from __future__ import annotations

import fcntl
import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

from counterfoil.core.atomic_files import replace_file
from counterfoil.core.errors import StateFault, StoreFault, VerifyFault
from counterfoil.tlog.checkpoint import Checkpoint, check_checkpoint, parse_checkpoint
from counterfoil.tlog.cosignature import MldsaSigner, cosign
from counterfoil.tlog.encoding import from_decimal, malformed, read_hashes, to_text
from counterfoil.tlog.note import Signer, VerifierKey, parse_note
from counterfoil.tlog.tree import EMPTY_ROOT, check_consistency

MAX_BODY_BYTES: Final = 65_536
TEXT_TYPE: Final = "text/plain; charset=utf-8"
SIZE_TYPE: Final = "text/x.tlog.size"
_CODE: Final = "witness_request"
_WHAT: Final = "add-checkpoint request"


@dataclass(frozen=True, slots=True)
class WitnessResponse:
    """The status, the body and the type of the body."""

    status: HTTPStatus
    body: str = ""
    content_type: str = TEXT_TYPE


class Records:
    """The records below a directory, which is made if it is missing. One process at a time.

    Raises StateFault `witness_busy` where another process uses them, StoreFault
    `witness_not_written`.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.lock = threading.Lock()
        """Taken from reading a record to replacing it, so that a checkpoint never replaces a larger
        one."""
        try:
            directory.mkdir(parents=True, exist_ok=True)
            self._lock_file = (directory / "lock").open("wb")
            fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock_file.close()
            raise StateFault(
                "witness_busy",
                "another witness uses these records",
                place=directory.name,
                cure="Stop it first.",
            ) from None
        except OSError:
            raise self._fault() from None

    def latest(self, origin: str) -> str | None:
        """The note that was cosigned last for a log, or None."""
        path = self._path(origin, "checkpoint")
        try:
            return path.read_text(encoding="utf-8") if path.exists() else None
        except OSError:
            raise self._fault() from None

    def keep(self, origin: str, note: str) -> None:
        """Replace the latest note by this one; it is durable when this returns."""
        self._write(self._path(origin, "checkpoint"), note)

    def refuse(self, origin: str, note: str) -> None:
        """Keep a signed note that did not continue the latest one."""
        self._write(self._path(origin, "refused"), note)

    def close(self) -> None:
        """Let another process in."""
        self._lock_file.close()

    def _path(self, origin: str, suffix: str) -> Path:
        return self.directory / f"{hashlib.sha256(origin.encode()).hexdigest()}.{suffix}"

    def _write(self, path: Path, text: str) -> None:
        try:
            replace_file(path, text.encode())
        except OSError:
            raise self._fault() from None

    def _fault(self) -> StoreFault:
        return StoreFault(
            "witness_not_written",
            "the witness's records cannot be read or written",
            place=self.directory.name,
            cure="Nothing was cosigned. Check the disk, then start the witness again.",
        )


class Witness:
    """A witness over `records` for the logs whose keys are given, cosigning with each of `signers`;
    `clock` gives POSIX seconds."""

    def __init__(
        self,
        records: Records,
        logs: Sequence[VerifierKey],
        signers: Sequence[Signer | MldsaSigner],
        clock: Callable[[], int],
    ) -> None:
        self._records = records
        self._logs = {key.name: key for key in logs}
        self._signers = signers
        self._clock = clock

    def add_checkpoint(self, body: bytes) -> WitnessResponse:
        """Decide one request. Raises StoreFault where the record cannot be written: nothing is
        cosigned then."""
        try:
            old, hashes, note = parse_request(body)
            checkpoint = parse_checkpoint(note)
        except VerifyFault:
            return WitnessResponse(HTTPStatus.BAD_REQUEST)
        if checkpoint.origin not in self._logs:
            return WitnessResponse(HTTPStatus.NOT_FOUND)
        try:
            check_checkpoint(note, self._logs[checkpoint.origin])
        except VerifyFault:
            return WitnessResponse(HTTPStatus.FORBIDDEN)
        if old > checkpoint.size:
            return WitnessResponse(HTTPStatus.BAD_REQUEST)
        with self._records.lock:
            return self._continue(old, hashes, note, checkpoint)

    def _continue(
        self, old: int, hashes: Sequence[bytes], note: str, checkpoint: Checkpoint
    ) -> WitnessResponse:
        origin = checkpoint.origin
        kept = self._records.latest(origin)
        latest = Checkpoint(origin, 0, EMPTY_ROOT) if kept is None else parse_checkpoint(kept)
        forks = checkpoint.size == latest.size and checkpoint.root != latest.root
        if old != latest.size or forks:
            if old == latest.size:
                self._records.refuse(origin, note)
            return WitnessResponse(HTTPStatus.CONFLICT, f"{latest.size}\n", SIZE_TYPE)
        try:
            check_consistency(latest.size, latest.root, checkpoint.size, checkpoint.root, hashes)
        except VerifyFault:
            self._records.refuse(origin, note)
            return WitnessResponse(HTTPStatus.UNPROCESSABLE_ENTITY)
        self._records.keep(origin, note)
        text, time = parse_note(note).text, self._clock()
        lines = "".join(cosign(text, signer, time) for signer in self._signers)
        return WitnessResponse(HTTPStatus.OK, lines)


def parse_request(body: bytes) -> tuple[int, tuple[bytes, ...], str]:
    """(old size, consistency proof, note). Raises VerifyFault `witness_request`."""
    head, blank, note = to_text(body, MAX_BODY_BYTES, _CODE, _WHAT).partition("\n\n")
    first, *hashes = head.split("\n")
    old = from_decimal(first.removeprefix("old ")) if first.startswith("old ") else None
    if old is None or not blank:
        raise malformed(_CODE, _WHAT, "it does not begin with an old size, or holds no checkpoint")
    return old, read_hashes(hashes, _CODE, _WHAT), note
