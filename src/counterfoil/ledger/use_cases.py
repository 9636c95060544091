"""What anyone who has the published files of a ledger can ask, with the holder's verifier key. No
office is needed and nothing is printed.

    check_published   check the files, and whether they were published when it was promised
    attest            make an attestation that none of a kind was entered between two days
    report_year       count a year's requests, refusals and disclosures

A `directory` is what `ledger export` wrote, or a copy of it. It is not given as bytes, because a
check reads the files in an order of its own. The command line and other doors import this module
and no other of the room.
"""

from __future__ import annotations

from datetime import date, datetime
from itertools import chain
from pathlib import Path

from counterfoil.core.values import Public
from counterfoil.ledger.attest import attest_none
from counterfoil.ledger.certification import certification
from counterfoil.ledger.check import CheckReport, check_export
from counterfoil.ledger.clock import Clock, clock_words, read_clock, require_on_clock
from counterfoil.ledger.entries import EntryKind
from counterfoil.ledger.export import read_bundles
from counterfoil.ledger.report import COLUMNS, YearReport, report_year
from counterfoil.tlog.attestation import check_attestation
from counterfoil.tlog.note import VerifierKey

__all__ = [
    "COLUMNS",
    "AttestNone",
    "AttestationMade",
    "CheckReport",
    "EntryKind",
    "PublicationChecked",
    "YearReport",
    "attest",
    "certification",
    "check_published",
    "report_year",
]


class PublicationChecked(Public, frozen=True):
    """What a check of published files established. `statements` are those of the report and one or
    more about the clock."""

    report: CheckReport
    clock: Clock
    statements: tuple[str, ...]


class AttestNone(Public, frozen=True):
    """The kind of which there is none, the first and the last day (UTC, both included), and a
    signed checkpoint from before the first day, if there is one."""

    kind: EntryKind
    first: date
    last: date
    older: str | None = None


class AttestationMade(Public, frozen=True):
    """An attestation, the size of the ledger that it is about, and what it establishes."""

    attestation: str
    size: int
    statements: tuple[str, ...]


def check_published(
    directory: Path, key: VerifierKey, now: datetime, on_clock_since: date | None = None
) -> PublicationChecked:
    """Check published files, and when they were published.

    Raises VerifyFault as `check_export`; `published_late` where a day is given and a publication
    was late since that day.
    """
    report = check_export(directory, key)
    clock = read_clock(chain.from_iterable(read_bundles(directory, report.size)), now)
    if on_clock_since is not None:
        require_on_clock(clock, on_clock_since)
    return PublicationChecked(report, clock, (*report.statements, *clock_words(clock)))


def attest(directory: Path, key: VerifierKey, command: AttestNone) -> AttestationMade:
    """Make an attestation and check it. Raises as `attest_none`."""
    text = attest_none(directory, key, command.kind, command.first, command.last, command.older)
    established = check_attestation(text, key)
    return AttestationMade(text, established.checkpoint.size, established.statements)
