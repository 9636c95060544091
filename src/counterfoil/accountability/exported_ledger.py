"""What an exported ledger shows: established from its files and the holder's verifier key alone, so
without an office and by anybody."""

from __future__ import annotations

from datetime import date, datetime
from itertools import chain
from pathlib import Path

from counterfoil import ledger
from counterfoil.accountability.ledger_access import read_note
from counterfoil.core.use_cases import Upload
from counterfoil.core.values import Public
from counterfoil.ledger import EntryKind
from counterfoil.ledger.attest import Question, attest_none
from counterfoil.ledger.clock import Clock, clock_words, read_clock, require_on_clock
from counterfoil.ledger.entries import KINDS
from counterfoil.ledger.export import read_bundles
from counterfoil.ledger.report import COLUMNS, YearReport, report_year
from counterfoil.tlog import Signer, VerifierKey
from counterfoil.tlog.attestation import check_attestation

__all__ = [
    "COLUMNS",
    "AttestNone",
    "Attested",
    "EntryKind",
    "VerifiedExport",
    "YearReport",
    "attest",
    "report_year",
    "verify_export",
]


class VerifiedExport(Public, frozen=True):
    """An export that holds together, and when it was published."""

    report: ledger.CheckReport
    clock: Clock

    @property
    def statements(self) -> tuple[str, ...]:
        """What was established, in sentences."""
        return (*self.report.statements, *clock_words(self.clock))


class AttestNone(Public, frozen=True):
    """Attest that none of a kind was entered from `first` to `last`, both included, UTC. `older`: a
    checkpoint from before the first day."""

    kind: EntryKind
    first: date
    last: date
    older: Upload | None = None


class Attested(Public, frozen=True):
    """An attestation, the size of the ledger that it is of, and what whoever checks it reads."""

    attestation: str
    size: int
    statements: tuple[str, ...]


def verify_export(
    folder: Path, holder: VerifierKey, now: datetime, on_clock_since: date | None = None
) -> VerifiedExport:
    """Check an export whole, and read when it was published. `now` is UTC.

    Raises VerifyFault as `ledger.check_export`; `published_late` where a publication was late since
    `on_clock_since`.
    """
    report = ledger.check_export(folder, holder)
    clock = read_clock(chain.from_iterable(read_bundles(folder, report.size)), now)
    if on_clock_since is not None:
        require_on_clock(clock, on_clock_since)
    return VerifiedExport(report, clock)


def attest(
    folder: Path,
    holder: VerifierKey,
    question: AttestNone,
    today: date,
    signer: Signer | None = None,
) -> Attested:
    """Make the attestation, once the export was checked whole; `signer`: the holder's own, None
    for everybody else. Raises as `attest_none`; InputFault `checkpoint_unreadable`."""
    older = read_note(question.older) if question.older else None
    asked = Question(question.kind, question.first, question.last, today, older)
    text = attest_none(folder, holder, asked, signer)
    said = check_attestation(text, holder, KINDS, today)
    return Attested(text, said.checkpoint.size, tuple(said.statements))
