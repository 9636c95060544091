"""The log's side: ask every witness of a policy, check what they say, and see whether it is enough.

A witness that is down, slow or wrong costs its own voice and no more. What each one said is told, one of

    cosigned        its cosignature verifies and is in the note
    down            no answer, or none of the protocol
    unknown_log     404: it does not know this log
    not_accepted    400 or 403
    ahead           it cosigned a larger ledger than this one: this copy was set back, or another one is a fork
    fork            409 for one size, or 422: what it cosigned before is not continued by this ledger
    wrong           it answered 200 with a cosignature that does not verify: it signed something else
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

from counterfoil.errors import VerifyFault
from counterfoil.proof.checkpoint import parse_checkpoint
from counterfoil.proof.cosignature import check_cosignatures
from counterfoil.proof.encoding import from_decimal, to_base64
from counterfoil.proof.policy import Policy, Witness
from counterfoil.witness.deciding import MAX_BODY_BYTES

Prove = Callable[[int], Sequence[bytes]]
"""Consistency proof from a size to the checkpoint's."""
_SECONDS: Final = 10


@dataclass(frozen=True, slots=True)
class Witnessed:
    """The note with every cosignature that verified, what each witness said, and whether the policy's quorum holds."""

    note: str
    said: dict[str, str]
    holds: bool


def ask_witnesses(policy: Policy, note: str, prove: Prove, seconds: float = _SECONDS) -> Witnessed:
    """Ask all witnesses of `policy` that have a URL, at once, to cosign `note`. Raises nothing for what they do."""
    size = parse_checkpoint(note).size
    ask = partial(_post, seconds=seconds)
    with ThreadPoolExecutor(max_workers=max(1, len(policy.witnesses))) as pool:
        answers = list(pool.map(ask, policy.witnesses, [_body(0, [], note)] * len(policy.witnesses)))
        # Proofs are made here, one after another: what they are read from need not bear several threads.
        again = [_retry(answer, size, note, prove) for answer in answers]
        answers = list(pool.map(ask, policy.witnesses, again, answers))
    said: dict[str, str] = {}
    for witness, answer in zip(policy.witnesses, answers, strict=True):
        said[witness.name], note = _judge(witness, answer, size, note)
    return Witnessed(note, said, policy.holds(check_cosignatures(note, [each.key for each in policy.witnesses])))


_Answer = tuple[int, str]
_DOWN: Final[_Answer] = (0, "")


def _retry(answer: _Answer, size: int, note: str, prove: Prove) -> bytes:
    """What to ask a witness that is at another size than 0, or nothing."""
    held = _held(answer)
    return b"" if held is None or not 0 < held <= size else _body(held, prove(held), note)


def _judge(witness: Witness, answer: _Answer, size: int, note: str) -> tuple[str, str]:
    """(what it said, the note with its cosignature if there is one that verifies)."""
    status, body = answer
    if status == 200:
        return _judge_lines(witness, body, note)
    held = _held(answer)
    if held is not None:
        return ("ahead" if held > size else "fork"), note
    return {404: "unknown_log", 422: "fork", 400: "not_accepted", 403: "not_accepted"}.get(status, "down"), note


def _judge_lines(witness: Witness, body: str, note: str) -> tuple[str, str]:
    for line in body.splitlines(keepends=True)[:8]:
        try:
            if check_cosignatures(note.partition("\n\n")[0] + "\n\n" + line, [witness.key]):
                return "cosigned", note + line
        except VerifyFault:
            continue
    return "wrong", note


def _held(answer: _Answer) -> int | None:
    """The size in a 409."""
    return from_decimal(answer[1].removesuffix("\n")) if answer[0] == 409 and answer[1] else None


def _body(old: int, hashes: Sequence[bytes], note: str) -> bytes:
    return "\n".join([f"old {old}", *map(to_base64, hashes)]).encode() + b"\n\n" + note.encode()


def _post(witness: Witness, body: bytes, answered: _Answer = _DOWN, *, seconds: float) -> _Answer:
    """(status, body) of add-checkpoint; (0, "") where there is no answer; `answered` where there is nothing to ask."""
    if not body:
        return answered
    try:
        url = urlsplit(witness.url)
        kind = HTTPSConnection if url.scheme == "https" else HTTPConnection
        if url.scheme not in ("http", "https") or not url.hostname:
            return _DOWN
        connection = kind(url.hostname, url.port, timeout=seconds)
        try:
            connection.request("POST", url.path.rstrip("/") + "/add-checkpoint", body)
            answer = connection.getresponse()
            return answer.status, answer.read(MAX_BODY_BYTES).decode()
        finally:
            connection.close()
    except (OSError, HTTPException, ValueError):
        return _DOWN
