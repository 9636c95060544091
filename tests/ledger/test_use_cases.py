"""From published files alone they are checked, attested and told when they were published."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from counterfoil.core.errors import CounterfoilError
from counterfoil.database import Store
from counterfoil.ledger import export
from counterfoil.ledger.use_cases import AttestNone, EntryKind, attest, check_published
from tests.ledger.office import KEY, START, grow

DAY = START.date()


@pytest.fixture
def published(store: Store, tmp_path: Path) -> Path:
    note = grow(store, 70, step=7)
    with store.reading() as connection:
        export(connection, tmp_path / "published", note)
    return tmp_path / "published"


def test_a_check_says_what_it_established_and_when_it_was_published(published: Path) -> None:
    checked = check_published(published, KEY, START + timedelta(hours=1))
    assert checked.report.size == 70
    assert checked.statements[:6] == checked.report.statements
    assert checked.statements[6].startswith("Published on a clock: ")
    assert checked.clock.missed == ()


def test_a_publication_that_was_promised_and_is_late_can_refuse(published: Path) -> None:
    later = START + timedelta(days=3)
    assert len(check_published(published, KEY, later).clock.missed) == 1
    with pytest.raises(CounterfoilError) as fault:
        check_published(published, KEY, later, on_clock_since=DAY)
    assert fault.value.code == "published_late"


def test_an_attestation_is_made_and_checked(published: Path) -> None:
    year_before = (date(2025, 1, 1), date(2025, 12, 31))
    made = attest(published, KEY, AttestNone(EntryKind.RELEASE, *year_before))
    assert (made.size, len(made.statements)) == (70, 6)
    assert made.attestation.startswith("counterfoil-attestation-1\nnone release\n")
    with pytest.raises(CounterfoilError) as fault:
        attest(published, KEY, AttestNone(EntryKind.RELEASE, DAY, DAY))
    assert fault.value.code == "attest_found"
