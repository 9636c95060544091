"""An officer's own look at a batch's sample, row by row, in the memory of their session: what they
were shown, and whether they agree. It is never written; what counts is what they sign.

A look is of the determinations as they were shown: of a batch that was determined anew it is none.
Before an officer has looked at all of it, no page says what another officer found.
"""

from __future__ import annotations

from typing import Final

from counterfoil.controls.sampling.sheet import SheetRow
from counterfoil.disclosure.listing import BatchLine, ListBatches
from counterfoil.web.page import Visit

_KEPT: Final = "looks"


class Look:
    """One officer's look. `rows` as they were shown; `agrees` by the digest of a row."""

    def __init__(self, rows: list[SheetRow]) -> None:
        self.rows = rows
        self.agrees: dict[str, bool] = {}

    @property
    def determinations(self) -> str:
        """The digest of the determinations that were shown; "" where no row was drawn."""
        return self.rows[0].of.determinations if self.rows else ""

    @property
    def next_row(self) -> int | None:
        """The place of the first row without a conclusion; None when all have one."""
        for at, row in enumerate(self.rows):
            if row.digest not in self.agrees:
                return at
        return None

    @property
    def is_whole(self) -> bool:
        """Whether every row has a conclusion."""
        return self.next_row is None

    @property
    def disagreed(self) -> int:
        """How many rows the officer does not agree with."""
        return sum(not agrees for agrees in self.agrees.values())

    def conclude(self, digest: str, *, agrees: bool) -> bool:
        """Keep a conclusion; False where no row has this digest."""
        if all(row.digest != digest for row in self.rows):
            return False
        self.agrees[digest] = agrees
        return True

    def __repr__(self) -> str:
        return "<Look>"


def begin(visit: Visit, batch: str, rows: list[SheetRow]) -> Look:
    """Keep a look that begins; conclusions of the same rows stay."""
    before = find(visit, batch)
    look = Look(rows)
    if before is not None:
        shown = {row.digest for row in rows}
        look.agrees = {each: agrees for each, agrees in before.agrees.items() if each in shown}
    visit.session.kept.setdefault(_KEPT, {})[batch] = look
    return look


def find(visit: Visit, batch: str) -> Look | None:
    """The look of this session at a batch."""
    return visit.session.kept.get(_KEPT, {}).get(batch)


def forget(visit: Visit, batch: str) -> None:
    """Drop it, with the values that it holds."""
    visit.session.kept.get(_KEPT, {}).pop(batch, None)


class Stand:
    """Where a disclosure officer is with a batch: `sampled`, whether the office asks for a sample;
    `looked`, whether all of it has a conclusion of theirs; `to_do`: sample, review, release or
    ""."""

    def __init__(self, *, sampled: bool, look: Look | None, to_do: str) -> None:
        self.sampled = sampled
        self.look = look
        self.to_do = to_do

    @property
    def looked(self) -> bool:
        """Whether all of the sample has a conclusion of theirs."""
        return not self.sampled or (self.look is not None and self.look.is_whole)


def of(visit: Visit, line: BatchLine) -> Stand:
    """Where the officer who is signed in is with a batch."""
    look = find(visit, line.batch)
    if look is not None and look.determinations not in ("", line.determinations):
        look = None
    sampled = bool(visit.dispatch.office.settings.sample_rows)
    is_second = line.state == "reviewed" and line.reviewed_by != visit.officer.officer.name
    stand = Stand(sampled=sampled, look=look, to_do="")
    if line.state == "determined" or is_second:
        stand.to_do = "sample" if not stand.looked else "release" if is_second else "review"
        if stand.to_do == "release" and look is not None and look.disagreed:
            stand.to_do = "review"
    return stand


def concluded(visit: Visit) -> dict[str, str]:
    """By batch, the determinations of which the officer answered every row of the sample, in this
    session."""
    kept: dict[str, Look] = visit.session.kept.get(_KEPT, {})
    return {batch: look.determinations for batch, look in kept.items() if look.is_whole}


async def line_of(visit: Visit, batch: str) -> BatchLine:
    """The line of one batch. Raises StateFault `batch_unknown`."""
    question = ListBatches(batch=batch or "none")
    found: list[BatchLine] = await visit.ask("batches", question, concluded(visit))
    return found[0]
