"""Ledgers of a few made-up days, honest and forged, and the verifier run on what comes of them."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from counterfoil.cli import verifier
from counterfoil.ledger import EntryKind
from counterfoil.ledger.entries import KINDS, encode
from counterfoil.tlog import Checkpoint, sign_checkpoint
from counterfoil.tlog.attestation import (
    Attestation,
    Attested,
    ProvenEntry,
    check_attestation,
    sign_attestation,
)
from counterfoil.tlog.cosignature import CosignerKey
from tests.ledger.office import KEY, ORIGIN, SIGNER, draft
from tests.tlog import reference

TODAY = date(2026, 6, 1)
"""What everybody's clock says in these tests."""
DAYS = (date(2026, 4, 1), date(2026, 4, 30))
LATER = [(EntryKind.BATCH, 50)]
STORY = [
    *[
        (EntryKind.OFFICE, 1),
        (EntryKind.LAW, 1),
        (EntryKind.BATCH, 2),
        (EntryKind.GRANTED, 2),
        (EntryKind.DISCLOSURE, 3),
        (EntryKind.RELEASE, 3),
    ],
    *[
        (EntryKind.BATCH, 40),
        (EntryKind.GRANTED, 40),
        (EntryKind.GRANTED, 41),
        (EntryKind.REFUSED, 42),
        (EntryKind.REVIEW, 44),
    ],
    *[
        (EntryKind.BATCH, 70),
        (EntryKind.GRANTED, 70),
        (EntryKind.DISCLOSURE, 71),
        (EntryKind.RELEASE, 72),
    ],
]
"""(kind, day counted from 1 March 2026): a release in March, none in April (days 32 to 61), one in
May."""


def at_day(day: int) -> datetime:
    return datetime.fromtimestamp(
        datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp() + 86_400 * (day - 1), UTC
    )


def entries_of(
    story: Iterable[tuple[EntryKind, int]], forged: dict[int, int] | None = None
) -> list[bytes]:
    """The entries of a story. `forged` puts another count into an entry, as a holder could."""
    counts = dict.fromkeys(EntryKind, 0)
    made: list[bytes] = []
    for index, (kind, day) in enumerate(story):
        counts[kind] = (forged or {}).get(index, counts[kind] + 1)
        made.append(
            encode(
                kind, draft(kind).fields, counts[kind], at_day(day).strftime("%Y-%m-%dT%H:%M:%SZ")
            )
        )
    return made


class Held(NamedTuple):
    """A signed ledger whose holder can write any attestation over it."""

    entries: list[bytes]

    def note(self, size: int | None = None) -> str:
        entries = self.entries[:size]
        return sign_checkpoint(Checkpoint(ORIGIN, len(entries), reference.mth(entries)), SIGNER)

    def attestation(
        self, low: int, high: int, shown: Iterable[int], older: int | None = None
    ) -> Attestation:
        proofs = [
            ProvenEntry(at, self.entries[at], tuple(reference.path(at, self.entries)))
            for at in sorted(set(shown))
        ]
        path = () if older is None else tuple(reference.consistency(older, self.entries))
        note = None if older is None else self.note(older)
        made = Attestation("release", *DAYS, low, high, path, tuple(proofs), note, self.note())
        return sign_attestation(made, SIGNER)


def attested(said: Attestation | str | bytes, *witnesses: CosignerKey) -> Attested:
    """What our own check establishes of an attestation."""
    raw = str(said) if isinstance(said, Attestation) else said
    return check_attestation(raw, KEY, KINDS, TODAY, witnesses)


def verify(monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> int:
    """The verifier's exit code, run in this process."""
    with monkeypatch.context() as patched:
        patched.setattr(sys, "argv", ["counterfoil-verify", *map(str, arguments)])
        patched.setattr(verifier, "today", TODAY.isoformat)
        return verifier.main()


def vkey() -> str:
    return str(KEY)
