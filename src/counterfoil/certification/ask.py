"""Asks decoys of the sealed register, a chunk of source rows at a time. This is what one process of
a certification does.

1 make    Each visit of a row makes at most one decoy of each kind (decoys.py), from the row, the
          source sample and its own seeded choices.
2 read    The decoys are read as intake reads a request, and kept where the gate finds a name and an
          address that can be asked about.
3 open    Every address is opened once, through the key custodian, which counts it. Decoys about one
          address share what was opened.
4 check   A question that is no decoy after all (true_negative.py) is left out and counted as left
          out.
5 decide  The rest are decided as every question is decided, and only counts leave. Where a date of
          birth is stated, a confirmation counts only where the resident's date agrees in full: no
          other is decided by the threshold that is sought (matching/thresholds.py).

Certification is the holder's own act: the questions are nobody's, they are made of the holder's own
file, and no answer to one leaves this process. That is why it uses the gate's unsafe entrance, and
why the key custodian counts it apart (register/trial.json).
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from counterfoil import matching
from counterfoil.certification.decoys import BIRTH, KINDS, DecoyQuestion, can_ask, read_record
from counterfoil.certification.seeded_choice import SeededChoice
from counterfoil.certification.source_sample import Row, SourceSample
from counterfoil.certification.tally import NOT_CONFIRMED, PROXY, Tally, half_bits, new_tally
from counterfoil.certification.true_negative import RowPerson, residents_for_decoy
from counterfoil.core.births import real_birth
from counterfoil.core.errors import StoreFault
from counterfoil.core.values import AddressForm, Grant, Reject, Residents, Sensitive
from counterfoil.gate.ungated import UnsafeGate
from counterfoil.intake import COLUMN_NAMES, Table, to_requests
from counterfoil.office import Office, open_office
from counterfoil.register import KeyCustodian, SealedRegister

_DATE: Final = "date_of_birth"
_WITHHELD: Final = "withheld"


VisitSpan = tuple[str, int, int]
"""A kind, and a range of places in its stream, the end excluded: a place fixes the choices that
make the decoy there."""


class Visit(Sensitive, frozen=True, gc=False, array_like=True):
    """A row, and what to make of it."""

    row: tuple[str, ...]
    turns: tuple[VisitSpan, ...]


class Chunk:
    """Visits that are asked together.

    rows: by how many rows of the source the chunk takes the pass further. passed: by kind, decoys
    that the sample shows cannot be made; they are counted as visits and not sent. decoys: how many
    are to be made.
    """

    __slots__ = ("decoys", "passed", "rows", "visits")

    def __init__(self) -> None:
        self.rows = 0
        self.visits: list[Visit] = []
        self.passed = Counter[str]()
        self.decoys = 0

    def add(self, row: Row, turns: Sequence[VisitSpan], sample: SourceSample) -> None:
        """Add the visit of one row."""
        record = read_record(row)
        left: list[VisitSpan] = []
        for turn in turns:
            kind, start, stop = turn
            if record is not None and can_ask(kind, record, sample):
                left.append(turn)
                self.decoys += stop - start
            else:
                self.passed[kind] += stop - start
        if left:
            self.visits.append(Visit(tuple(row), tuple(left)))


class Decoy(Sensitive, frozen=True, gc=False, array_like=True):
    """One question, and the row's person as the register would hold it. `visit` counts the chunk's
    rows."""

    visit: int
    kind: str
    person: RowPerson
    asked: DecoyQuestion


class DecoyAsker:
    """Everything that one process needs to ask decoys. `seed` is at most 64 bytes; `asks` is one of
    decoys.ASKS. It owns the opened register: close it, or use `contextlib.closing`."""

    def __init__(
        self,
        sealed: SealedRegister,
        gate: UnsafeGate,
        weights: matching.Weights,
        custodian: KeyCustodian,
        sample: SourceSample,
        seed: bytes,
        asks: str,
    ) -> None:
        self._sealed = sealed
        self._gate = gate
        self._weights = weights
        self._thresholds = replace(matching.own_thresholds(weights), undated=matching.NEVER)
        self._tin_hash = custodian.tin_hash
        self._sample = sample
        self._seed = seed
        self._with_birth = asks == BIRTH
        self._years = frozenset(str(year) for year in sample.periods)

    def close(self) -> None:
        """Close the register."""
        self._sealed.close()

    def ask(self, visits: Sequence[Visit]) -> Tally:
        """Make, ask and count. Raises StoreFault, VerifyFault."""
        tally = new_tally()
        decoys = [
            decoy for at, visit in enumerate(visits) for decoy in self._make(at, visit, tally)
        ]
        if not decoys:
            return tally
        asked = [
            (decoy, grant)
            for decoy, grant in zip(decoys, self._grants(decoys), strict=True)
            if grant is not None
        ]
        opened = self._open(grant for _, grant in asked)
        met: dict[tuple[int, str], int] = {}
        for decoy, grant in asked:
            score = self._count(decoy, grant, opened[grant.address], tally)
            if score is not None:
                at = decoy.visit, decoy.kind
                met[at] = max(score, met.get(at, NOT_CONFIRMED))
        for (_, kind), score in met.items():
            tally[kind].take_row(score)
        return tally

    def _make(self, at: int, visit: Visit, tally: Tally) -> Iterator[Decoy]:
        for kind, start, stop in visit.turns:
            tally[kind].visits += stop - start
        record = read_record(visit.row)
        if record is None or record.taxable_period not in self._years:
            return
        tin_hash = self._tin_hash(record.tin)
        if not tin_hash:
            # Without a number, the person's entries cannot be distinguished from those of other
            # people.
            return
        person = RowPerson(tin_hash, record.record_ref)
        for kind, start, stop in visit.turns:
            for place in range(start, stop):
                made = KINDS[kind].make(record, SeededChoice(self._seed, kind, place), self._sample)
                if made is not None and (is_dated(made) or not self._with_birth):
                    yield Decoy(at, kind, person, made)

    def _grants(self, decoys: Sequence[Decoy]) -> list[Grant | None]:
        """Each question as the gate would grant it; None where it could not be asked."""
        count = len(decoys)
        blank: Sequence[str] = ("",) * count
        columns = zip(*[decoy.asked.cells() for decoy in decoys], strict=True)
        cells: dict[str, Sequence[str]] = {
            **dict(zip(DecoyQuestion.__struct_fields__, columns, strict=True)),
            "request_id": [*map(str, range(count))],
        }
        if not self._with_birth:
            cells[_DATE] = blank
        read = to_requests(
            Table([cells.get(name, blank) for name in COLUMN_NAMES], range(count)), set()
        )
        requests = [row for row in read if not isinstance(row, Reject)]
        granted: list[Grant | None] = [None] * count
        for request, grant in zip(requests, self._gate.grants(requests), strict=True):
            granted[request.row] = grant
        return granted

    def _open(self, grants: Iterable[Grant]) -> dict[AddressForm, Residents]:
        first: dict[AddressForm, Grant] = {}
        for grant in grants:
            first.setdefault(grant.address, grant)
        return dict(zip(first, self._sealed.open_residents(list(first.values())), strict=True))

    def _count(self, decoy: Decoy, grant: Grant, residents: Residents, tally: Tally) -> int | None:
        """Count one decoy. Its score in half bits where it was confirmed, else `NOT_CONFIRMED`;
        None where it was no decoy after all."""
        left = residents_for_decoy(decoy.kind, decoy.person, grant, residents)
        if left is None:
            tally[decoy.kind].none_after_all += 1
            return None
        match = matching.decide(grant, left, self._weights, self._thresholds)
        tally[decoy.kind].take(match, with_levels=True)
        if decoy.kind == _WITHHELD:
            tally[PROXY].take(
                matching.decide(grant, residents, self._weights, self._thresholds),
                with_levels=False,
            )
        return half_bits(match.score_bits) if match.confirmed else NOT_CONFIRMED


def is_dated(asked: DecoyQuestion) -> bool:
    """Whether a question states a date of birth that is one. Without it, it is no question of the
    scope `birth`."""
    try:
        return real_birth(date.fromisoformat(asked.date_of_birth)) is not None
    except ValueError:
        return False


def open_asker(
    office: Office, snapshot: str, sample: SourceSample, seed: bytes, asks: str
) -> DecoyAsker:
    """An asker over a snapshot of the office's register. Raises as `Office.open_register`."""
    sealed = office.open_register(snapshot, made_up_trial=True)
    custodian = office.custodian(sealed.manifest.key_id, made_up_trial=True)
    weights = office.weights(sealed.manifest)
    return DecoyAsker(sealed, UnsafeGate(office.law), weights, custodian, sample, seed, asks)


def start_asker(
    directory: Path,
    passphrase: str | None,
    snapshot: str,
    sample: SourceSample,
    seed: bytes,
    asks: str,
) -> DecoyAsker:
    """The asker of a worker process, which opens the office for itself: an LMDB file is not shared
    across processes by descriptor, and keys are not sent."""
    asker = open_asker(open_office(directory, passphrase), snapshot, sample, seed, asks)
    gc.collect()
    gc.freeze()
    return asker


@contextmanager
def frozen_memory() -> Generator[None]:
    """Keep the garbage collector from looking again and again through what this process holds by
    now: the source sample and the tables of names."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def process_lost(place: str, kind: str) -> StoreFault:
    """The fault of a process that asked decoys and ended early."""
    return StoreFault(
        "certify_process_lost",
        f"a process that asked decoys ended before its time ({kind or 'it is gone'})",
        place=place or "worker process",
        cure="What was counted is kept. Run it again with --resume; with --jobs 1 if it happens "
        "again.",
    )
