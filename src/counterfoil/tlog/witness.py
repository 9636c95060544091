"""One add-checkpoint request, one answer, in the order of c2sp.org/tlog-witness:

old 20852014                      size that this witness cosigned last, as the log believes
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=      consistency proof from there, at most 63 lines
                                  an empty line
<the checkpoint, as signed>

400  the body is not in that form, or `old` is larger than the checkpoint
404  the origin is of no log that this witness knows
403  the log did not sign the checkpoint
409  `old` is not the size cosigned last (the answer is that size), or it is and the roots of one
     size differ
422  the proof does not show that the checkpoint continues the one cosigned last
200  recorded, then cosigned: the answer is a signature line for each key of the witness
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from counterfoil.core.errors import VerifyFault
from counterfoil.tlog.checkpoint import Checkpoint, check_checkpoint, parse_checkpoint
from counterfoil.tlog.consistency import read_hashes
from counterfoil.tlog.cosignature import MldsaSigner, cosign
from counterfoil.tlog.encoding import from_decimal, malformed, to_text
from counterfoil.tlog.note import Signer, VerifierKey, parse_note
from counterfoil.tlog.records import Records
from counterfoil.tlog.tree import EMPTY_ROOT, check_consistency

MAX_BODY_BYTES: Final = 65_536
TEXT_TYPE: Final = "text/plain; charset=utf-8"
SIZE_TYPE: Final = "text/x.tlog.size"
_CODE: Final = "witness_request"
_WHAT: Final = "add-checkpoint request"


@dataclass(frozen=True, slots=True)
class Answered:
    """A status, a body, its type."""

    status: HTTPStatus
    body: str = ""
    content_type: str = TEXT_TYPE


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

    def add_checkpoint(self, body: bytes) -> Answered:
        """Decide one request. Raises StoreFault where the record cannot be written: nothing is
        cosigned then."""
        try:
            old, hashes, note = parse_request(body)
            said = parse_checkpoint(note)
        except VerifyFault:
            return Answered(HTTPStatus.BAD_REQUEST)
        if said.origin not in self._logs:
            return Answered(HTTPStatus.NOT_FOUND)
        try:
            check_checkpoint(note, self._logs[said.origin])
        except VerifyFault:
            return Answered(HTTPStatus.FORBIDDEN)
        if old > said.size:
            return Answered(HTTPStatus.BAD_REQUEST)
        with self._records.lock:
            return self._continue(old, hashes, note, said)

    def _continue(self, old: int, hashes: Sequence[bytes], note: str, said: Checkpoint) -> Answered:
        held = self._records.latest(said.origin)
        latest = Checkpoint(said.origin, 0, EMPTY_ROOT) if held is None else parse_checkpoint(held)
        if old != latest.size:
            return Answered(HTTPStatus.CONFLICT, f"{latest.size}\n", SIZE_TYPE)
        if said.size == latest.size and said.root != latest.root:
            self._records.refuse(said.origin, note)
            return Answered(HTTPStatus.CONFLICT, f"{latest.size}\n", SIZE_TYPE)
        try:
            check_consistency(latest.size, latest.root, said.size, said.root, hashes)
        except VerifyFault:
            self._records.refuse(said.origin, note)
            return Answered(HTTPStatus.UNPROCESSABLE_ENTITY)
        self._records.keep(said.origin, note)
        text, time = parse_note(note).text, self._clock()
        return Answered(
            HTTPStatus.OK, "".join(cosign(text, signer, time) for signer in self._signers)
        )


def parse_request(body: bytes) -> tuple[int, tuple[bytes, ...], str]:
    """(old size, consistency proof, note). Raises VerifyFault `witness_request`."""
    head, blank, note = to_text(body, MAX_BODY_BYTES, _CODE, _WHAT).partition("\n\n")
    first, *hashes = head.split("\n")
    old = from_decimal(first.removeprefix("old ")) if first.startswith("old ") else None
    if old is None or not blank:
        raise malformed(_CODE, _WHAT, "it does not begin with an old size, or holds no checkpoint")
    return old, read_hashes(hashes, _CODE, _WHAT), note
