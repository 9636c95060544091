"""The thinking of `determine`, apart from its order and its commits: look up and decide the rows of
one chunk.

It is the same wherever it is done: in this process, or in workers that each do some of the chunks
(core/worker_pool.py). What the caller has done before it hands a chunk on: the openings are entered
in the ledger, and the key custodian has counted them. A worker is lent the register key through a
pipe; its custodian opens for as many questions as it was told were counted, and for no more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from counterfoil import matching, register
from counterfoil.answers.format import SCOPES
from counterfoil.batches.rows import (
    Determination,
    Gated,
    Granted,
    Refused,
    Rejected,
    count_determined,
    count_granted,
    decode_gated,
    encode_determinations,
    with_grants,
)
from counterfoil.certification.governing import NOT_CERTIFIED, Governing
from counterfoil.controls.holds.pinned import PinnedHolds
from counterfoil.core.errors import VerifyFault
from counterfoil.core.values import Grant, Match, NotCompared, Public, Refusal, Residents, Sensitive
from counterfoil.register.custody.lent import LentCustodian
from counterfoil.register.snapshot_age import SNAPSHOT_OLD

KEEPER_LIMIT: Final = "keeper_limit"
UNREADABLE: Final = "register_unreadable"
Confirmed = tuple[int, tuple[str, ...]]
"""A row that was confirmed, by its number, and the record references of all who live there."""


class Deciding(Public, frozen=True):
    """What decides a batch: pinned when it is first determined. `too_old`: the snapshot is older
    today than the agreement lets it be."""

    weights: matching.Weights
    governed: Governing
    held: PinnedHolds
    too_old: bool = False

    def unasked(self, grant: Grant) -> str:
        """The code by which a question is not put to the register; "" where it is."""
        if self.too_old:
            return SNAPSHOT_OLD
        return "" if self.governed.puts(grant) else NOT_CERTIFIED

    def count_asked(self, plain: bytes, grants: Mapping[int, Grant]) -> int:
        """How many questions of a request chunk are to be put to the register, which are those that
        are to be counted. `grants`: what two roles admitted, by row."""
        if self.too_old or not self.governed.put:
            return 0
        if self.governed.put.issuperset(SCOPES) and not grants:
            return count_granted(plain)
        return len(asked_of(with_grants(decode_gated(plain), grants), self))


class Decided(Sensitive, frozen=True, gc=False):
    """What became of a chunk: its determinations as they are kept, how many and what to count; how
    many rows the chunk has, and the places among them, from 0, of those that nobody answered and of
    those that were refused; and what the canaries are looked for in."""

    plain: bytes
    rows: int
    counts: dict[str, int]
    places: int
    unanswered: list[int]
    refused: list[int]
    confirmed: list[Confirmed]


class Determiner:
    """Decides the chunks of one batch."""

    def __init__(
        self, sealed: register.SealedRegister, custodian: register.KeyCustodian, deciding: Deciding
    ) -> None:
        self._sealed, self._custodian, self._deciding = sealed, custodian, deciding

    def decide(self, plain: bytes, grants: Mapping[int, Grant], openings: int) -> Decided:
        """Decide a request chunk. `grants`: what two roles admitted, by row. `openings`: how many
        questions, the first of those that are put to the register, were entered as opened.

        Raises as `open_residents`.
        """
        rows, deciding = with_grants(decode_gated(plain), grants), self._deciding
        admitted = asked_of(rows, deciding)
        asked = admitted[:openings]
        opened = open_residents(asked, self._sealed) if asked else {}
        code = KEEPER_LIMIT if len(asked) < len(admitted) else UNREADABLE
        decided = decide_rows(rows, opened, deciding, code, self._held_among)
        places = [place for place, row in enumerate(rows) if not isinstance(row, Rejected)]
        kept = list(zip(places, decided, strict=True))
        return Decided(
            encode_determinations(decided),
            len(decided),
            count_determined(decided),
            len(rows),
            [place for place, each in kept if isinstance(each, NotCompared)],
            [place for place, each in kept if isinstance(each, Refusal)],
            [_confirmed(each, opened) for each in decided if _is_confirmed(each)],
        )

    def _held_among(self, found: Residents) -> frozenset[int]:
        return self._custodian.on_hold(found, self._deciding.held.marks)


class LentDeterminer(Determiner):
    """Decides in a worker process, whose register key is lent."""

    def __init__(
        self,
        secret: bytes,
        directory: str,
        publics: register.PublicKeys,
        snapshot: str,
        deciding: Deciding,
    ) -> None:
        """directory: of the register. Raises as `register.open_register`."""
        self._lent = LentCustodian(secret)
        sealed = register.open_register(Path(directory), self._lent, publics, snapshot=snapshot)
        super().__init__(sealed, self._lent, deciding)

    def decide(self, plain: bytes, grants: Mapping[int, Grant], openings: int) -> Decided:
        """As `Determiner.decide`, for openings that the process that lent the key has counted."""
        self._lent.allow(openings)
        return super().decide(plain, grants, openings)


def shared_determiner(
    custodian: register.KeyCustodian,
    directory: str,
    publics: register.PublicKeys,
    snapshot: str,
    deciding: Deciding,
) -> Determiner:
    """Decides in a Spark worker: opens the register, which its machine sees in the same directory,
    through its key custodian, which counts. Raises as `register.open_register`."""
    sealed = register.open_register(Path(directory), custodian, publics, snapshot=snapshot)
    return Determiner(sealed, custodian, deciding)


def asked_of(rows: Iterable[Gated], deciding: Deciding) -> list[Grant]:
    """The admitted questions that are put to the register."""
    granted = [row.grant for row in rows if isinstance(row, Granted)]
    return [grant for grant in granted if not deciding.unasked(grant)]


def _is_confirmed(row: Determination) -> bool:
    return isinstance(row, Match) and row.confirmed


def _confirmed(row: Determination, opened: Mapping[int, Residents]) -> Confirmed:
    return row.row, tuple([each.record_ref for each in opened[row.row].residents])


def open_residents(
    grants: Sequence[Grant], sealed: register.SealedRegister
) -> dict[int, Residents]:
    """Residents by row; of an older register none at all where one bucket of the chunk is damaged.

    To leave out only the question that needs the bucket would tell that there is one at its address
    (P4). Raises VerifyFault where a page of page files is not what the manifest was signed for.
    """
    try:
        opened = sealed.open_residents(grants)
    except VerifyFault:
        if sealed.compares_pages:
            raise
        return {}
    return {grant.request.row: residents for grant, residents in zip(grants, opened, strict=True)}


def decide_rows(
    rows: Iterable[Gated],
    residents: Mapping[int, Residents],
    deciding: Deciding,
    code: str,
    held_among: Callable[[Residents], frozenset[int]],
) -> list[Determination]:
    """What becomes of each request: its refusal, its match, or `not_compared`: `not_certified`
    or `snapshot_old` where it is not put to the register, `code` where no residents were opened for
    its row. `held_among` finds the places of the residents whom a disclosure hold suppresses."""
    decided: list[Determination] = []
    for row in rows:
        if isinstance(row, Refused):
            decided.append(row.refusal)
        elif isinstance(row, Granted):
            decided.append(
                _decide(row.grant, residents.get(row.grant.request.row), deciding, code, held_among)
            )
    return decided


def _decide(
    grant: Grant,
    opened: Residents | None,
    deciding: Deciding,
    code: str,
    held_among: Callable[[Residents], frozenset[int]],
) -> Determination:
    if unasked := deciding.unasked(grant):
        return register.not_compared(grant, unasked)
    if opened is None:
        return register.not_compared(grant, code)
    return matching.decide_suppressed(
        grant, opened, held_among(opened), deciding.weights, deciding.governed.thresholds
    )
