"""The log's side of witnessing: ask every witness of a policy, check the responses, and see whether
they are enough.

A witness that is down, slow or wrong fails to count, and nothing else follows from it. All of them
together have one time: whoever has not responded whole by then is down, and has kept nobody else
waiting for its proof. For each one the result is one of

    cosigned        its cosignature verifies and is in the note
    down            no whole response in time, or none of the protocol
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

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Final

from counterfoil.core.errors import VerifyFault
from counterfoil.tlog.checkpoint import parse_checkpoint
from counterfoil.tlog.cosignature import check_cosignatures
from counterfoil.tlog.encoding import from_decimal, to_base64
from counterfoil.tlog.http_call import NO_ANSWER, Call, HttpAnswer, HttpRequest, seconds_until
from counterfoil.tlog.policy import Policy, Witness
from counterfoil.tlog.witness import MAX_BODY_BYTES

Prove = Callable[[int], Sequence[bytes]]
"""Consistency proof from a size to the checkpoint's."""
_SECONDS: Final = 10
_ROUNDS: Final = 2
"""How often a witness is asked again that another run brought to a larger size meanwhile."""
_REASON: Final = 200
"""How many characters of a witness's reason are kept."""


@dataclass(frozen=True, slots=True)
class Witnessed:
    """The note with every cosignature that verified; the result of each witness, by name; whether
    the policy's quorum is met; the size that a witness said it had cosigned last, where it refused
    with one; and the reason that a witness gave, as printable ASCII."""

    note: str
    said: dict[str, str]
    holds: bool
    held: dict[str, int]
    reasons: dict[str, str] = field(default_factory=dict[str, str])


def ask_witnesses(policy: Policy, note: str, prove: Prove, seconds: float = _SECONDS) -> Witnessed:
    """Ask all witnesses of `policy` that have a URL, at once, to cosign `note`, within `seconds`
    for all of it. Raises nothing for what they do."""
    size = parse_checkpoint(note).size
    asked = _ask_all(policy.witnesses, note, prove, seconds)
    results: dict[str, str] = {}
    sizes: dict[str, int] = {}
    reasons: dict[str, str] = {}
    for witness, (answer, old) in zip(policy.witnesses, asked, strict=True):
        results[witness.name], note = _judge(witness, answer, old, size, note)
        cosigned = _cosigned_size(answer)
        if cosigned is not None:
            sizes[witness.name] = cosigned
        elif results[witness.name] != "cosigned" and (reason := _reason(answer)):
            reasons[witness.name] = reason
    holds = policy.holds(check_cosignatures(note, [each.key for each in policy.witnesses]))
    return Witnessed(note, results, holds, sizes, reasons)


def _ask_all(
    witnesses: Sequence[Witness], note: str, prove: Prove, seconds: float
) -> list[tuple[HttpAnswer, int]]:
    """The last answer of each witness, and the old size that it was asked from.

    Proofs are made here, one after another, because a database connection is not for several
    threads; every witness is asked again as soon as it has answered, whatever the others do.
    """
    size, deadline = parse_checkpoint(note).size, time.monotonic() + seconds
    answers: SimpleQueue[tuple[int, HttpAnswer]] = SimpleQueue()
    asked, rounds = [0] * len(witnesses), [0] * len(witnesses)
    found = [NO_ANSWER] * len(witnesses)

    def ask(place: int, hashes: Sequence[bytes]) -> Call:
        url = witnesses[place].url.rstrip("/") + "/add-checkpoint"
        request = HttpRequest(url, _body(asked[place], hashes, note), MAX_BODY_BYTES)
        return Call(request, seconds, lambda answer: answers.put((place, answer)))

    calls = {place: ask(place, []) for place in range(len(witnesses))}
    while calls:
        try:
            place, answer = answers.get(timeout=seconds_until(deadline))
        except Empty:
            break
        old = _next_old(answer, asked[place], size)
        if old is None or rounds[place] == _ROUNDS:
            found[place] = answer
            del calls[place]
        else:
            asked[place], rounds[place] = old, rounds[place] + 1
            calls[place] = ask(place, prove(old))
    for call in calls.values():
        call.cut()
    return list(zip(found, asked, strict=True))


_RESULTS: Final = {404: "unknown_log", 422: "fork", 400: "not_accepted", 403: "not_accepted"}


def _next_old(answer: HttpAnswer, asked: int, size: int) -> int | None:
    """The size from which to prove to a witness that is at another one than it was asked from, or
    None."""
    cosigned = _cosigned_size(answer)
    return None if cosigned is None or cosigned == asked or cosigned > size else cosigned


def _judge(
    witness: Witness, answer: HttpAnswer, asked: int, size: int, note: str
) -> tuple[str, str]:
    """(the result, the note with its cosignature if there is one that verifies)."""
    if answer[0] == 200:
        return _judge_lines(witness, _text(answer), note)
    cosigned = _cosigned_size(answer)
    if cosigned is not None and cosigned > size:
        return "ahead", note
    if cosigned is not None:
        # 409 from the size that it cosigned can only mean that the roots of that size differ.
        return "fork" if cosigned == asked == size else "not_accepted", note
    return _RESULTS.get(answer[0], "down"), note


def _judge_lines(witness: Witness, body: str, note: str) -> tuple[str, str]:
    for line in [f"{line}\n" for line in body.split("\n")[:8]]:
        try:
            if check_cosignatures(note.partition("\n\n")[0] + "\n\n" + line, [witness.key]):
                return "cosigned", note + line
        except VerifyFault:
            continue
    return "wrong", note


def _cosigned_size(answer: HttpAnswer) -> int | None:
    """The size in a 409."""
    return from_decimal(_text(answer).removesuffix("\n")) if answer[0] == 409 else None


def _reason(answer: HttpAnswer) -> str:
    """What a witness said in refusing, without anything that a terminal would obey."""
    shown = "".join(each for each in _text(answer) if " " <= each <= "~")
    return shown[:_REASON]


def _text(answer: HttpAnswer) -> str:
    return answer[1].decode("utf-8", "replace")


def _body(old: int, hashes: Sequence[bytes], note: str) -> bytes:
    return "\n".join([f"old {old}", *map(to_base64, hashes)]).encode() + b"\n\n" + note.encode()
