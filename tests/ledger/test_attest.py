"""An attestation shows that none of a kind was entered between two days, and fails with its reason
where that is not so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from counterfoil.core.errors import CounterfoilError, VerifyFault
from counterfoil.database import Store
from counterfoil.ledger import Draft, EntryKind, check_export, export
from counterfoil.ledger.attest import attest_none
from counterfoil.tlog.attestation import Attestation, check_attestation, parse_attestation
from counterfoil.tlog.tiles import join_entries, tile_path
from tests.ledger.history import DAYS, STORY, Held, at_day, entries_of, verify, vkey
from tests.ledger.office import KEY, LEDGER, SIGNER, draft
from tests.tlog import reference

LASTS = [0, 1, 2, 3, 4, 5]
"""The last entry of every kind before the range, which is 6 to 10, and at its end."""
ENDS = [0, 1, 4, 5, 6, 8, 9, 10, 11]
WHOLE = Held(entries_of(STORY))


def told(store: Store, directory: Path) -> Path:
    """Enter the story, and export it. Checkpoints are signed at the end of March and at the end."""
    with store.transaction() as connection:
        for index, (kind, day) in enumerate(STORY):
            LEDGER.append(connection, [Draft(kind, draft(kind).fields)], at_day(day))
            if index == 5:
                LEDGER.sign_checkpoint(connection, SIGNER)
        export(connection, directory / "export", LEDGER.sign_checkpoint(connection, SIGNER))
    return directory / "export"


def code_of(said: Attestation | str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """The code with which our check refuses it; the verifier must refuse it as well."""
    with pytest.raises(VerifyFault) as fault:
        check_attestation(str(said), KEY)
    path = tmp_path / "forged.attestation"
    path.write_text(str(said))
    assert verify(monkeypatch, "attestation", path, "--key", vkey()) == 5
    return fault.value.code


def test_none_released_in_april_is_attested_from_exported_files(
    store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    directory = told(store, tmp_path)
    text = attest_none(directory, KEY, EntryKind.RELEASE, *DAYS, WHOLE.note(6))
    attested = check_attestation(text, KEY)
    assert (attested.count, attested.checkpoint.size) == (1, 15)
    path = tmp_path / "april.attestation"
    path.write_text(text)
    assert verify(monkeypatch, "attestation", path, "--key", vkey()) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "OK"
    assert (
        lines[1]
        == f"2. {SIGNER.name} signed its ledger at 6 entries. They are unchanged, and come "
        "before the range."
    )
    assert (
        lines[3]
        == "4. Entries 6 to 10, 5 of them, are all those of 2026-04-01 to 2026-04-30 (UTC)."
    )


def test_an_attestation_comes_back_whole(store: Store, tmp_path: Path) -> None:
    text = attest_none(told(store, tmp_path), KEY, EntryKind.RELEASE, *DAYS, WHOLE.note(6))
    assert str(parse_attestation(text)) == text
    assert parse_attestation(text) == WHOLE.attestation(6, 11, [*LASTS, *ENDS], older=6)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-01-01", "2026-02-01"),
        ("2026-04-12", "2026-04-12"),
        ("2026-04-20", "2026-04-25"),
        ("2026-06-01", "2026-12-31"),
    ],
    ids=["before everything", "one day", "nothing at all entered", "after everything"],
)
def test_any_days_without_a_release_are_attested(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str, last: str
) -> None:
    days = date.fromisoformat(first), date.fromisoformat(last)
    path = tmp_path / "attestation"
    path.write_text(attest_none(told(store, tmp_path), KEY, EntryKind.RELEASE, *days))
    assert verify(monkeypatch, "attestation", path, "--key", vkey()) == 0


def test_an_empty_ledger_is_attested(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.transaction() as connection:
        export(connection, tmp_path / "export", LEDGER.sign_checkpoint(connection, SIGNER))
    path = tmp_path / "attestation"
    path.write_text(attest_none(tmp_path / "export", KEY, EntryKind.RELEASE, *DAYS))
    assert verify(monkeypatch, "attestation", path, "--key", vkey()) == 0


@pytest.mark.parametrize(
    ("kind", "first", "last", "older", "code"),
    [
        (EntryKind.RELEASE, "2026-03-01", "2026-04-30", None, "attest_found"),
        (EntryKind.REFUSED, "2026-04-01", "2026-04-30", None, "attest_found"),
        (EntryKind.RELEASE, "2026-04-30", "2026-04-01", None, "attest_days"),
        (EntryKind.RELEASE, "2026-04-01", "2026-04-30", 7, "attest_checkpoint"),
    ],
)
def test_what_is_not_so_is_not_attested(
    store: Store,
    tmp_path: Path,
    kind: EntryKind,
    first: str,
    last: str,
    older: int | None,
    code: str,
) -> None:
    note = None if older is None else WHOLE.note(older)
    with pytest.raises(CounterfoilError) as fault:
        attest_none(
            told(store, tmp_path),
            KEY,
            kind,
            date.fromisoformat(first),
            date.fromisoformat(last),
            note,
        )
    assert fault.value.code == code


HIDDEN = Held(entries_of([*STORY[:9], STORY[5], *STORY[9:]]))
"""As the story, with a release entered in April: entry 9."""


def test_a_release_in_the_range_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    said = HIDDEN.attestation(6, 12, [*LASTS, 0, 1, 4, 6, 8, 9, 10, 11, 12])
    assert code_of(said, monkeypatch, tmp_path) == "attestation_found"


def test_a_release_left_out_of_the_file_leaves_a_gap(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said = HIDDEN.attestation(6, 12, [*LASTS, 0, 1, 4, 6, 8, 10, 11, 12])
    assert code_of(said, monkeypatch, tmp_path) == "attestation_gap"


@pytest.mark.parametrize("left_out", [3, 8, 9])
def test_any_kind_left_out_leaves_a_gap(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, left_out: int
) -> None:
    shown = {*LASTS, *ENDS} - {left_out}
    assert (
        code_of(WHOLE.attestation(6, 11, shown, older=6), monkeypatch, tmp_path)
        == "attestation_gap"
    )


@pytest.mark.parametrize(("low", "high"), [(7, 11), (6, 10), (5, 11), (6, 12), (11, 6), (6, 99)])
def test_a_range_that_is_not_that_of_the_days_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, low: int, high: int
) -> None:
    said = WHOLE.attestation(low, high, range(15))
    assert code_of(said, monkeypatch, tmp_path) == "attestation_range"


def test_an_edge_that_is_missing_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said = WHOLE.attestation(6, 11, {*LASTS, *ENDS} - {11})
    assert code_of(said, monkeypatch, tmp_path) == "attestation_range"


def test_a_count_altered_in_the_file_is_not_in_the_ledger(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = str(HIDDEN.attestation(6, 12, [*LASTS, 0, 1, 4, 6, 8, 9, 10, 11, 12]))
    forged = text.replace('"count":2,"determinations"', '"count":1,"determinations"')
    assert forged != text
    assert code_of(forged, monkeypatch, tmp_path) == "proof_inclusion"


def test_a_count_forged_in_the_ledger_itself_leaves_a_gap(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    held = Held(entries_of([*STORY[:9], STORY[5], *STORY[9:]], forged={9: 1}))
    assert (
        code_of(held.attestation(6, 12, [*LASTS, 4, 6, 8, 9, 10, 11, 12]), monkeypatch, tmp_path)
        == "attestation_gap"
    )


def test_two_forged_counts_that_make_up_for_each_other_are_found_in_the_exported_entries(
    tmp_path: Path,
) -> None:
    held = Held(entries_of([*STORY[:9], STORY[5], *STORY[9:]], forged={9: 1, 10: 2}))
    assert (
        check_attestation(str(held.attestation(6, 12, [*LASTS, 4, 6, 8, 9, 10, 11, 12])), KEY).count
        == 1
    )
    (tmp_path / "tile/entries/000.p").mkdir(parents=True)
    (tmp_path / tile_path(None, 0, 16)).write_bytes(join_entries(held.entries))
    (tmp_path / "checkpoint").write_text(held.note())
    with pytest.raises(VerifyFault) as fault:
        check_export(tmp_path, KEY)
    assert (fault.value.code, fault.value.place) == ("ledger_count", "entry 9")


def test_a_checkpoint_of_another_history_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said = WHOLE.attestation(6, 11, [*LASTS, *ENDS], older=5)
    other = replace(said, older=Held(entries_of(STORY[1:])).note(5))
    assert code_of(other, monkeypatch, tmp_path) == "proof_consistency"


def test_a_checkpoint_from_within_the_range_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said = WHOLE.attestation(6, 11, [*LASTS, *ENDS], older=8)
    assert code_of(said, monkeypatch, tmp_path) == "attestation_range"


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("attestation-1", "attestation-2"),
        ("none release", "none Release"),
        ("2026-04-01", "2026-04-31"),
        ("range 6", "range 06"),
        ("entry 0 ", "entry x "),
        ("entry 1 ", "entry 0 "),
        ("\n\n", "\n"),
    ],
)
def test_a_malformed_attestation_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, was: str, becomes: str
) -> None:
    text = str(WHOLE.attestation(6, 11, [*LASTS, *ENDS], older=6))
    assert was in text
    code = code_of(text.replace(was, becomes, 1), monkeypatch, tmp_path)
    assert code in ("attestation_malformed", "proof_inclusion")


def test_the_reference_tree_is_the_ledgers(store: Store, tmp_path: Path) -> None:
    told(store, tmp_path)
    with store.reading() as connection:
        assert LEDGER.root(connection) == reference.mth(WHOLE.entries)
