"""A witness: one add-checkpoint request, one response, in the order of c2sp.org/tlog-witness.

    old 20852014                      the size that this witness cosigned last, as the log believes
    PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=      consistency proof from there, at most 63 lines
                                      an empty line
    <the checkpoint, as signed>

    400  the body is not in that form, or `old` is larger than the checkpoint
    404  the origin is of no log that this witness knows
    403  the log did not sign the checkpoint
    409  `old` is not the size cosigned last; the body of the response is that size
    422  it does not continue the one cosigned last: the proof does not show it, or the roots of one
         size differ, or a size of 0 has not the root of the empty tree, or comes with a proof
    500  the record is damaged, or the witness's clock is wrong: nothing is cosigned
    200  recorded, then cosigned: the body is one signature line for each key of the witness

Every refusal but 409 says why in a line of text. A witness's times are within 1 and 2**63 - 1 and
never before the one that it signed last, so that a clock that was set back signs nothing.

    GET <sha256 of the origin, hex>/checkpoint    the checkpoint that was cosigned last, with the
                                                  log's signature and the witness's; 404 if none was

A witness keeps two files for each log:

    DIR/<sha256 of the origin, hex>.checkpoint    the signed note that was cosigned last, with this
                                                  witness's own cosignatures
    DIR/<sha256 of the origin, hex>.refused       the last signed note that did not continue it,
                                                  which is evidence
    DIR/lock                                      locked by the one process that may write here

The records are trusted. Who can set a record back can have a fork cosigned. If a record is lost the
witness must not go on under its key. A record is on disk before its cosignature leaves. A record of
before cosignatures were kept in it is one without them: it is continued, and not handed out. A
record that its log did not sign is damaged: nothing is cosigned for that log until it is mended.
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
from counterfoil.core.errors import SettingsFault, StateFault, StoreFault, VerifyFault
from counterfoil.tlog.checkpoint import Checkpoint, check_checkpoint, read_claim
from counterfoil.tlog.cosignature import (
    MAX_TIME,
    MldsaSigner,
    check_cosignatures,
    cosign,
    cosigner_key,
)
from counterfoil.tlog.encoding import from_decimal, malformed, read_hashes, to_text
from counterfoil.tlog.note import MAX_NOTE_BYTES, Signer, VerifierKey, check_note, parse_note
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
        """The note that was cosigned last for a log, or None. What it says is not checked here;
        bytes that are no text come as they can be read. Raises StoreFault `witness_not_written`."""
        path = self._path(origin, "checkpoint")
        try:
            with path.open("rb") as file:
                return file.read(MAX_NOTE_BYTES + 1).decode("utf-8", "replace")
        except FileNotFoundError:
            return None
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
        return self.directory / f"{origin_hash(origin)}.{suffix}"

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


def origin_hash(origin: str) -> str:
    """The name by which a log is asked for: SHA-256 of its origin, in lower-case hex."""
    return hashlib.sha256(origin.encode()).hexdigest()


class Witness:
    """A witness over `records` for the logs whose keys are given, cosigning with each of `signers`;
    `clock` gives POSIX seconds. Raises SettingsFault `witness_log_twice`."""

    def __init__(
        self,
        records: Records,
        logs: Sequence[VerifierKey],
        signers: Sequence[Signer | MldsaSigner],
        clock: Callable[[], int],
    ) -> None:
        self._records = records
        self._logs = {key.name: key for key in logs}
        if len(self._logs) != len(logs):
            raise SettingsFault(
                "witness_log_twice",
                "two verifier keys are of one log",
                place="--log",
                cure="Name one key for each origin: the one that the log signs with now.",
            )
        self._signers = signers
        self._own = [
            cosigner_key(signer.name, signer.private.public_key().public_bytes_raw())
            for signer in signers
        ]
        self._clock = clock
        self._last_time = 1
        """The newest time that this witness signed, as far as it has read its records."""

    def add_checkpoint(self, body: bytes) -> WitnessResponse:
        """Decide one request. Raises StoreFault where the record cannot be written: nothing is
        cosigned then."""
        try:
            old, hashes, note = parse_request(body)
            checkpoint = read_claim(parse_note(note).text)
        except VerifyFault as fault:
            return _refused(HTTPStatus.BAD_REQUEST, fault.message)
        if checkpoint.origin not in self._logs:
            return _refused(HTTPStatus.NOT_FOUND, "this witness was not given a log of this origin")
        try:
            check_note(note, [self._logs[checkpoint.origin]])
        except VerifyFault as fault:
            return _refused(HTTPStatus.FORBIDDEN, fault.message)
        if old > checkpoint.size:
            return _refused(HTTPStatus.BAD_REQUEST, "the old size is larger than the checkpoint's")
        with self._records.lock:
            return self._continue(old, hashes, note, checkpoint)

    def latest(self, name: str) -> WitnessResponse:
        """The checkpoint cosigned last for the log whose `origin_hash` is `name`, cosigned. Raises
        StoreFault."""
        origin = next((each for each in self._logs if origin_hash(each) == name), None)
        kept = None if origin is None else self._records.latest(origin)
        if origin is None or kept is None:
            return _refused(HTTPStatus.NOT_FOUND, "nothing was cosigned for a log of this name")
        if not self._times(self._read(origin, kept)[1]):
            return _refused(
                HTTPStatus.NOT_FOUND, "the record is from before cosignatures were kept"
            )
        return WitnessResponse(HTTPStatus.OK, kept)

    def _continue(
        self, old: int, hashes: Sequence[bytes], note: str, checkpoint: Checkpoint
    ) -> WitnessResponse:
        origin = checkpoint.origin
        kept = self._records.latest(origin)
        latest, before = Checkpoint(origin, 0, EMPTY_ROOT), ""
        if kept is not None:
            latest, before = self._read(origin, kept)
        if old != latest.size:
            return WitnessResponse(HTTPStatus.CONFLICT, f"{latest.size}\n", SIZE_TYPE)
        try:
            _check_continues(latest, checkpoint, hashes)
        except VerifyFault as fault:
            self._records.refuse(origin, note)
            return _refused(HTTPStatus.UNPROCESSABLE_ENTITY, fault.message)
        time, last = self._clock(), max(self._last_time, *self._times(before), 1)
        if not last <= time <= MAX_TIME:
            return _refused(
                HTTPStatus.INTERNAL_SERVER_ERROR,
                "this witness's clock is before the time that it signed last: nothing is cosigned",
            )
        text = parse_note(note).text
        lines = "".join(cosign(text, signer, time) for signer in self._signers)
        # The log's own signature is kept, and none of those that came with it.
        self._records.keep(origin, _only_signed_by(self._logs[origin], note) + lines)
        self._last_time = time
        return WitnessResponse(HTTPStatus.OK, lines)

    def _read(self, origin: str, kept: str) -> tuple[Checkpoint, str]:
        """The checkpoint of a record, and the record. Raises StoreFault `witness_record`."""
        try:
            latest = check_checkpoint(kept, self._logs[origin])
            self._times(kept)
        except VerifyFault:
            raise StoreFault(
                "witness_record",
                "the record of this log is damaged, or its log did not sign it",
                place=f"{origin_hash(origin)}.checkpoint",
                cure="Nothing is cosigned for this log. Put back a copy that is not older, or go "
                "on under another key.",
            ) from None
        return latest, kept

    def _times(self, record: str) -> list[int]:
        """The times of this witness's own cosignatures in a record, none for no record. Raises
        VerifyFault."""
        return list(check_cosignatures(record, self._own).values()) if record else []


def _check_continues(latest: Checkpoint, new: Checkpoint, hashes: Sequence[bytes]) -> None:
    """Raise VerifyFault unless `new` continues what was cosigned last."""
    if new.size == 0 and new.root != EMPTY_ROOT:
        raise malformed(_CODE, "root of an empty tree", "the checkpoint of size 0 has another one")
    if latest.size == new.size and latest.root != new.root:
        raise malformed(_CODE, "continuation", "the roots of one size differ")
    check_consistency(latest.size, latest.root, new.size, new.root, hashes)


def _only_signed_by(key: VerifierKey, note: str) -> str:
    """The note with those of its signature lines that are by `key`."""
    text, _, lines = note.rpartition("\n\n")
    pairs = zip(parse_note(note).signatures, lines.splitlines(keepends=True), strict=True)
    wanted = (key.name, key.key_id)
    kept = [line for each, line in pairs if (each.name, each.key_id) == wanted]
    return f"{text}\n\n{''.join(kept)}"


def _refused(status: HTTPStatus, why: str) -> WitnessResponse:
    return WitnessResponse(status, f"{why}\n")


def parse_request(body: bytes) -> tuple[int, tuple[bytes, ...], str]:
    """(old size, consistency proof, note). Raises VerifyFault `witness_request`."""
    head, blank, note = to_text(body, MAX_BODY_BYTES, _CODE, _WHAT).partition("\n\n")
    first, *hashes = head.split("\n")
    old = from_decimal(first.removeprefix("old ")) if first.startswith("old ") else None
    if old is None or not blank:
        raise malformed(_CODE, _WHAT, "it does not begin with an old size, or holds no checkpoint")
    return old, read_hashes(hashes, _CODE, _WHAT), note
