"""An attestation shows that none of a kind was entered between two days, and fails with its reason
where that is not so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from counterfoil.cli import verifier
from counterfoil.core.errors import CounterfoilError, VerifyFault
from counterfoil.database import Store
from counterfoil.ledger import Draft, EntryKind, check_export, export
from counterfoil.ledger.attest import Question, attest_none
from counterfoil.tlog.attestation import Attestation, parse_attestation, sign_attestation
from counterfoil.tlog.cosignature import cosign
from counterfoil.tlog.note import parse_note
from counterfoil.tlog.tiles import join_entries, tile_path
from tests.ledger.history import (
    DAYS,
    STORY,
    TODAY,
    Held,
    at_day,
    attested,
    entries_of,
    verify,
    vkey,
)
from tests.ledger.office import KEY, LEDGER, SIGNER, draft
from tests.tlog import reference
from tests.tlog.test_witness import key as witness_key
from tests.tlog.test_witness import signer as witness

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


def question(
    days: tuple[date, date] = DAYS, kind: EntryKind = EntryKind.RELEASE, older: str | None = None
) -> Question:
    return Question(kind, *days, TODAY, older)


def code_of(said: Attestation | str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """The code with which our check refuses it; the verifier must refuse it as well."""
    with pytest.raises(VerifyFault) as fault:
        attested(said)
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
    text = attest_none(directory, KEY, question(older=WHOLE.note(6)), SIGNER)
    said = attested(text)
    assert (said.count, said.checkpoint.size) == (1, 15)
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
    text = attest_none(told(store, tmp_path), KEY, question(older=WHOLE.note(6)), SIGNER)
    assert str(parse_attestation(text)) == text
    assert parse_attestation(text) == WHOLE.attestation(6, 11, [*LASTS, *ENDS], older=6)


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-01-01", "2026-02-01"), ("2026-04-12", "2026-04-12"), ("2026-04-20", "2026-04-25")],
    ids=["before everything", "one day", "nothing at all entered"],
)
def test_any_days_without_a_release_are_attested(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str, last: str
) -> None:
    days = date.fromisoformat(first), date.fromisoformat(last)
    path = tmp_path / "attestation"
    path.write_text(attest_none(told(store, tmp_path), KEY, question(days)))
    assert verify(monkeypatch, "attestation", path, "--key", vkey()) == 0


@pytest.mark.parametrize(
    ("kind", "first", "last", "older", "code"),
    [
        (EntryKind.RELEASE, "2026-03-01", "2026-04-30", None, "attest_found"),
        (EntryKind.REFUSED, "2026-04-01", "2026-04-30", None, "attest_found"),
        (EntryKind.RELEASE, "2026-04-30", "2026-04-01", None, "attest_days"),
        (EntryKind.RELEASE, "2026-05-30", "2026-06-01", None, "attest_days"),
        (EntryKind.RELEASE, "2026-05-30", "2126-06-01", None, "attest_days"),
        (EntryKind.RELEASE, "2026-05-25", "2026-05-31", None, "attest_open"),
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
        days = date.fromisoformat(first), date.fromisoformat(last)
        attest_none(told(store, tmp_path), KEY, question(days, kind, note), SIGNER)
    assert fault.value.code == code


HIDDEN = Held(entries_of([*STORY[:9], (EntryKind.RELEASE, 41), *STORY[9:]]))
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
    held = Held(entries_of([*STORY[:9], (EntryKind.RELEASE, 41), *STORY[9:]], forged={9: 1}))
    assert (
        code_of(held.attestation(6, 12, [*LASTS, 4, 6, 8, 9, 10, 11, 12]), monkeypatch, tmp_path)
        == "attestation_gap"
    )


def test_two_forged_counts_that_make_up_for_each_other_are_found_in_the_exported_entries(
    tmp_path: Path,
) -> None:
    held = Held(entries_of([*STORY[:9], (EntryKind.RELEASE, 41), *STORY[9:]], forged={9: 1, 10: 2}))
    assert attested(held.attestation(6, 12, [*LASTS, 4, 6, 8, 10, 11, 12])).count == 1
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
        ("attestation-2", "attestation-3"),
        ("attestation-2", "attestation-1"),
        ("\nsigned ", "\nsigned !"),
        ("\ntree 15", "\ntree 14"),
        ("\ntree ", "\n"),
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


# -- what is bound, and what it must agree with -----------------------------------------------

NO_FORK = replace(WHOLE.attestation(0, 6, [*range(7)]), kind="fork")
MARCH = date(2026, 3, 1), date(2026, 3, 31)
"""The days of entries 0 to 5, with a release among them."""


def march(kind: str, *, signed: bool) -> Attestation:
    said = replace(NO_FORK, kind=kind, first=MARCH[0], last=MARCH[1], signature=None)
    return sign_attestation(said, SIGNER) if signed else said


@pytest.mark.parametrize("signed", [True, False])
def test_a_kind_edited_to_one_that_no_ledger_has_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, signed: bool
) -> None:
    honest = str(march("fork", signed=signed))
    assert attested(honest).count == 0
    for kind in ("releases", "release", "nothing", "_"):
        edited = honest.replace("none fork", f"none {kind}")
        expected = "attestation_found" if kind == "release" else "attestation_kind"
        assert code_of(edited, monkeypatch, tmp_path) == expected


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("none fork", "none delay"),
        ("from 2026-03-01", "from 2026-02-01"),
        ("to 2026-03-31", "to 2026-03-30"),
    ],
)
def test_kind_and_days_are_bound_by_the_holders_signature_even_where_the_edit_would_be_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, was: str, becomes: str
) -> None:
    edited = str(march("fork", signed=True)).replace(was, becomes)
    assert code_of(edited, monkeypatch, tmp_path) == "attestation_signature"
    # Without a signature it is a sentence that anybody may make, because it follows.
    unsigned = str(march("fork", signed=False)).replace(was, becomes)
    assert attested(unsigned).statements[-1].startswith("7. Nobody signed")


def test_another_key_of_the_holders_name_does_not_sign_for_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = replace(SIGNER, private=Ed25519PrivateKey.from_private_bytes(b"\x05" * 32))
    said = sign_attestation(march("fork", signed=False), other)
    assert code_of(said, monkeypatch, tmp_path) == "attestation_signature"
    assert said.signature is not None
    renamed = replace(said, signature=KEY.key_id + said.signature[4:])
    assert code_of(renamed, monkeypatch, tmp_path) == "attestation_signature"


def test_a_release_shown_in_the_range_is_found_whatever_the_counts_say(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # The holder gave a second release the count of the first, and made up for it elsewhere.
    for at, edge in ((6, [6]), (11, [11]), (9, [])):
        story = [*STORY[:at], (EntryKind.RELEASE, max(STORY[at - 1][1], 40)), *STORY[at:]]
        refused = next(i for i, each in enumerate(story) if each[0] == EntryKind.REFUSED)
        held = Held(entries_of(story, forged={at: 1, refused: 2}))
        assert edge == [] or edge[0] in (6, 11)
        said = held.attestation(6, 12, range(16))
        assert code_of(said, monkeypatch, tmp_path) in (
            "attestation_found",
            "attestation_contradicted",
        )


@pytest.mark.parametrize(
    ("story", "forged"),
    [
        ([*STORY[:7], (EntryKind.GRANTED, 43), *STORY[8:]], {}),
        (STORY, {8: 9}),
        (STORY, {12: 3}),
        (STORY, {11: 7}),
    ],
    ids=["a time that goes back", "counts that jump", "one counted twice", "one after the range"],
)
def test_entries_that_contradict_each_other_are_refused(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    story: list[tuple[EntryKind, int]],
    forged: dict[int, int],
) -> None:
    said = Held(entries_of(story, forged)).attestation(6, 11, range(15))
    assert code_of(said, monkeypatch, tmp_path) in ("attestation_contradicted", "attestation_gap")


def test_an_entry_shown_on_the_wrong_side_of_the_range_is_refused_wherever_it_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # Times go back and forth within the range, and the edges look as they should.
    story = [*STORY[:8], (EntryKind.GRANTED, 20), *STORY[9:]]
    said = Held(entries_of(story)).attestation(6, 11, range(15))
    assert code_of(said, monkeypatch, tmp_path) == "attestation_range"


@pytest.mark.parametrize("last", [date(2026, 6, 1), date(2026, 6, 2), date(2126, 1, 1)])
def test_days_that_are_not_over_are_not_attested(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, last: date
) -> None:
    said = replace(
        WHOLE.attestation(15, 15, range(15)), first=date(2026, 6, 1), last=last, signature=None
    )
    for each in (said, sign_attestation(said, SIGNER)):
        assert code_of(each, monkeypatch, tmp_path) == "attestation_future"


def test_a_later_entry_of_a_day_to_come_does_not_make_its_day_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ahead = Held(entries_of([*STORY, (EntryKind.BATCH, 400)]))
    said = ahead.attestation(15, 15, range(16))
    for first, last, holds in (
        (date(2026, 5, 20), date(2026, 5, 31), True),
        (date(2026, 5, 20), date(2026, 6, 1), False),
        (date(2026, 7, 1), date(2026, 7, 31), False),
    ):
        each = sign_attestation(replace(said, first=first, last=last), SIGNER)
        if holds:
            assert attested(each).count == 2
        else:
            assert code_of(each, monkeypatch, tmp_path) == "attestation_future"


def test_days_after_the_last_entry_need_a_witness_that_saw_no_more(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    days = date(2026, 5, 20), date(2026, 5, 25)
    said = replace(WHOLE.attestation(15, 15, range(15)), first=days[0], last=days[1])
    said = sign_attestation(said, SIGNER)
    assert code_of(said, monkeypatch, tmp_path) == "attestation_future"
    path = tmp_path / "cosigned"
    midnight = int(at_day(87).timestamp()) - 12 * 3600
    for time, holds in ((midnight - 1, False), (midnight, True)):
        path.write_text(str(said) + cosign(parse_note(said.newer).text, witness(2), time))
        arguments = ("attestation", path, "--key", vkey(), "--witness", str(witness_key(2)))
        assert verify(monkeypatch, *arguments) == (0 if holds else 5)
        if holds:
            assert (
                "a witness saw no more" in attested(path.read_text(), witness_key(2)).statements[3]
            )
        else:
            with pytest.raises(VerifyFault):
                attested(path.read_text(), witness_key(2))


@pytest.mark.parametrize(("day", "holds"), [(31, True), (32, False), (90, False)])
def test_before_the_range_is_bounded_by_the_witnesss_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, day: int, holds: bool
) -> None:
    said = WHOLE.attestation(6, 11, [*LASTS, *ENDS], older=6)
    time = int(at_day(day).timestamp())
    notes = [
        note + cosign(parse_note(note).text, witness(2), time)
        for note in (said.older or "", said.newer)
    ]
    cosigned = replace(said, older=notes[0], newer=notes[1])
    path = tmp_path / "cosigned"
    path.write_text(str(cosigned))
    arguments = ("attestation", path, "--key", vkey(), "--witness", str(witness_key(2)))
    assert verify(monkeypatch, *arguments) == (0 if holds else 5)
    if holds:
        assert (
            "cosigned it at 2026-03-31T12:00:00Z"
            in attested(cosigned, witness_key(2)).statements[1]
        )
    else:
        with pytest.raises(VerifyFault) as fault:
            attested(cosigned, witness_key(2))
        assert fault.value.code == "attestation_range"
    assert "no witness that was asked for says" in attested(cosigned).statements[1]


def test_an_attestation_of_before_signatures_verifies_and_says_that_nobody_signed_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = replace(WHOLE.attestation(6, 11, [*LASTS, *ENDS], older=6), signature=None)
    assert str(old).startswith("counterfoil-attestation-1\nnone release\n")
    (tmp_path / "old").write_text(str(old))
    assert verify(monkeypatch, "attestation", tmp_path / "old", "--key", vkey()) == 0
    assert "7. Nobody signed this sentence as such" in capsys.readouterr().out
    assert attested(old).count == 1


def test_the_verifier_knows_every_kind_of_entry() -> None:
    assert sorted(verifier.KINDS) == sorted(EntryKind)
