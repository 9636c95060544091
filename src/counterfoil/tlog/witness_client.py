"""The log's side of witnessing: ask every witness of a policy, check the responses, and see whether
they are enough.

A witness that is down, slow or wrong fails to count, and nothing else follows from it. For each one
the result is one of

    cosigned        its cosignature verifies and is in the note
    down            no response, or none of the protocol
    unknown_log     404: it does not know this log
    not_accepted    400 or 403, or it changes the size that it says it cosigned
    ahead           it cosigned a larger ledger than this one: this copy was set back, or another
                    one is a fork
    fork            409 from the size that it cosigned itself, or 422: this ledger does not continue
                    what it cosigned before
    wrong           it responded with 200 and a cosignature that does not verify: it signed
                    something else
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

from counterfoil.core.errors import VerifyFault
from counterfoil.tlog.checkpoint import parse_checkpoint
from counterfoil.tlog.cosignature import check_cosignatures
from counterfoil.tlog.encoding import from_decimal, to_base64
from counterfoil.tlog.policy import Policy, Witness
from counterfoil.tlog.witness import MAX_BODY_BYTES

Prove = Callable[[int], Sequence[bytes]]
"""Consistency proof from a size to the checkpoint's."""
_SECONDS: Final = 10
_ROUNDS: Final = 2
"""How often a witness is asked again that another run brought to a larger size meanwhile."""


@dataclass(frozen=True, slots=True)
class Witnessed:
    """The note with every cosignature that verified; the result of each witness, by name; whether
    the policy's quorum is met; and the size that a witness said it had cosigned last, where it
    refused with one."""

    note: str
    said: dict[str, str]
    holds: bool
    held: dict[str, int]


def ask_witnesses(policy: Policy, note: str, prove: Prove, seconds: float = _SECONDS) -> Witnessed:
    """Ask all witnesses of `policy` that have a URL, at once, to cosign `note`. Raises nothing for
    what they do."""
    size = parse_checkpoint(note).size
    ask = partial(_post, seconds=seconds)
    asked = [0] * len(policy.witnesses)
    with ThreadPoolExecutor(max_workers=max(1, len(policy.witnesses))) as pool:
        answers = list(pool.map(ask, policy.witnesses, [_body(0, [], note)] * len(asked)))
        for _ in range(_ROUNDS):
            # Proofs are made here, one after another, because a database connection is not for
            # several threads.
            olds = [
                _next_old(answer, old, size) for answer, old in zip(answers, asked, strict=True)
            ]
            again = [b"" if old is None else _body(old, prove(old), note) for old in olds]
            answers = list(pool.map(ask, policy.witnesses, again, answers))
            asked = [was if old is None else old for was, old in zip(asked, olds, strict=True)]
    results: dict[str, str] = {}
    sizes: dict[str, int] = {}
    for witness, answer, old in zip(policy.witnesses, answers, asked, strict=True):
        results[witness.name], note = _judge(witness, answer, old, size, note)
        cosigned = _cosigned_size(answer)
        if cosigned is not None:
            sizes[witness.name] = cosigned
    holds = policy.holds(check_cosignatures(note, [each.key for each in policy.witnesses]))
    return Witnessed(note, results, holds, sizes)


_Answer = tuple[int, str]
_DOWN: Final[_Answer] = (0, "")
_RESULTS: Final = {404: "unknown_log", 422: "fork", 400: "not_accepted", 403: "not_accepted"}


def _next_old(answer: _Answer, asked: int, size: int) -> int | None:
    """The size from which to prove to a witness that is at another one than it was asked from, or
    None."""
    cosigned = _cosigned_size(answer)
    return None if cosigned is None or cosigned == asked or cosigned > size else cosigned


def _judge(witness: Witness, answer: _Answer, asked: int, size: int, note: str) -> tuple[str, str]:
    """(the result, the note with its cosignature if there is one that verifies)."""
    status, body = answer
    if status == 200:
        return _judge_lines(witness, body, note)
    cosigned = _cosigned_size(answer)
    if cosigned is not None and cosigned > size:
        return "ahead", note
    if cosigned is not None:
        # 409 from the size that it cosigned can only mean that the roots of that size differ.
        return "fork" if cosigned == asked == size else "not_accepted", note
    return _RESULTS.get(status, "down"), note


def _judge_lines(witness: Witness, body: str, note: str) -> tuple[str, str]:
    for line in body.splitlines(keepends=True)[:8]:
        try:
            if check_cosignatures(note.partition("\n\n")[0] + "\n\n" + line, [witness.key]):
                return "cosigned", note + line
        except VerifyFault:
            continue
    return "wrong", note


def _cosigned_size(answer: _Answer) -> int | None:
    """The size in a 409."""
    return from_decimal(answer[1].removesuffix("\n")) if answer[0] == 409 and answer[1] else None


def _body(old: int, hashes: Sequence[bytes], note: str) -> bytes:
    return "\n".join([f"old {old}", *map(to_base64, hashes)]).encode() + b"\n\n" + note.encode()


def _post(witness: Witness, body: bytes, before: _Answer = _DOWN, *, seconds: float) -> _Answer:
    """(status, body) of add-checkpoint; (0, "") where there is no response; `before` where there is
    nothing to ask."""
    if not body:
        return before
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
