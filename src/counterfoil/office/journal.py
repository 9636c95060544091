"""What a step does to a chunk of rows. Pure: rows in, rows and ledger drafts out;
disclosure/receive.py stores them in one commit.

A row's commitment is `canon.commit(salt, bytes)`: the salt from the batch key by kind and row
number, the bytes those that are sealed in the payload (or, for an answer, the answer's canonical
bytes). Whoever holds the batch key can open it, nobody else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from counterfoil import matching, register
from counterfoil.answers.coarsen import coarsen
from counterfoil.batches.encryption import BatchKey
from counterfoil.batches.rows import Determination, Gated, Granted, Refused
from counterfoil.certification.governing import NOT_CERTIFIED, Governing
from counterfoil.controls.overrides.store import Override
from counterfoil.core import canonical
from counterfoil.core.errors import VerifyFault
from counterfoil.core.values import Answer, Grant, Match, NotCompared, Refusal, Residents, Ruling
from counterfoil.disclosure.judging import Screened
from counterfoil.ledger import Draft, EntryKind

HeldAmong = Callable[[Residents], frozenset[int]]
"""Places of the residents who are held (KeyCustodian.on_hold)."""
_KINDS: Final = {
    kind.value: kind for kind in (EntryKind.GRANTED, EntryKind.REFUSED, EntryKind.REJECTED)
}


def gate_drafts(judged: Screened, batch: str, key: BatchKey, first: int) -> list[Draft]:
    """One entry for each row. `first` is the place of the first row in the batch, from 0."""
    salts = key.salts("request", range(first, first + len(judged.kinds)))
    return [
        Draft(_KINDS[kind], {"batch": batch, "commitment": canonical.commit(salt, data)})
        for kind, data, salt in zip(judged.kinds, judged.encoded, salts, strict=True)
    ]


def with_overrides(rows: Iterable[Gated], overrides: Mapping[int, Override]) -> list[Gated]:
    """The rows as they are determined: what two roles admitted is granted."""
    return [
        Granted(overrides[row.request.row].grant)
        if isinstance(row, Refused) and row.request.row in overrides
        else row
        for row in rows
    ]


def grants_of(rows: Iterable[Gated]) -> list[Grant]:
    """The admitted requests of a chunk, in order."""
    return [row.grant for row in rows if isinstance(row, Granted)]


def decide_rows(
    rows: Iterable[Gated],
    residents: Mapping[int, Residents],
    weights: matching.Weights,
    governed: Governing,
    code: str,
    held_among: HeldAmong,
) -> list[Determination]:
    """What becomes of each request: its refusal, its match, or `not_compared`: `not_certified`
    where it is not put to the register, `code` where no residents were opened for its row.
    `held_among` tells who of the residents is held."""
    decided: list[Determination] = []
    for row in rows:
        if isinstance(row, Refused):
            decided.append(row.refusal)
        elif isinstance(row, Granted):
            grant = row.grant
            opened = residents.get(grant.request.row)
            if not governed.puts(grant):
                decided.append(register.not_compared(grant, NOT_CERTIFIED))
            elif opened is None:
                decided.append(register.not_compared(grant, code))
            else:
                held = held_among(opened)
                decided.append(
                    matching.decide_suppressed(grant, opened, held, weights, governed.thresholds)
                )
    return decided


def open_chunk(grants: Sequence[Grant], sealed: register.SealedRegister) -> dict[int, Residents]:
    """Residents by row; none at all where one bucket of the chunk is damaged.

    To leave out only the question that needs the bucket would tell that there is one at its address
    (P4).
    """
    try:
        opened = sealed.open_residents(grants)
    except VerifyFault:
        return {}
    return {grant.request.row: residents for grant, residents in zip(grants, opened, strict=True)}


def answer_rows(
    rows: Iterable[Determination], ruling: Ruling, public_codes: Mapping[str, str]
) -> list[Answer]:
    """What leaves."""
    return [coarsen(row, ruling, public_codes) for row in rows]


def answer_drafts(
    rows: Sequence[Determination], answers: Sequence[Answer], batch: str, key: BatchKey
) -> Iterator[Draft]:
    """One entry for each answer to an admitted request: a yes and a no are disclosures alike."""
    told = [
        (row, answer)
        for row, answer in zip(rows, answers, strict=True)
        if not isinstance(row, Refusal)
    ]
    salts = key.salts("answer", [row.row for row, _ in told])
    for (row, answer), salt in zip(told, salts, strict=True):
        kind = EntryKind.NOT_COMPARED if isinstance(row, NotCompared) else EntryKind.DISCLOSURE
        yield Draft(
            kind, {"batch": batch, "commitment": canonical.commit(salt, answer_bytes(answer))}
        )


def answer_bytes(answer: Answer) -> bytes:
    """The canonical bytes of an answer that its entry commits to."""
    return canonical.encode(
        {"request_id": answer.request_id, "answer": str(answer.answer), "codes": list(answer.codes)}
    )


def count_determined(rows: Iterable[Determination]) -> dict[str, int]:
    """Admitted requests by whether they were compared; never by what was found."""
    compared = sum(isinstance(row, Match) for row in rows)
    return {"compared": compared, "not_compared": sum(isinstance(row, NotCompared) for row in rows)}
