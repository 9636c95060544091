"""Who owns the database can force it; what was forced is found, and the first place of it is
named."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from counterfoil.core.errors import VerifyFault
from counterfoil.database import Store
from counterfoil.ledger import EntryKind, check
from counterfoil.ledger.entries import counts_text, decode, encode
from counterfoil.ledger.store import counts_of
from counterfoil.tlog import Checkpoint, Signer, parse_checkpoint, sign_checkpoint, verifier_key
from counterfoil.tlog.tree import leaf_hash, root_of
from tests.ledger.office import KEY, LEDGER, ORIGIN, SIGNER, START, drafts, grow
from tests.ledger.owner import open_as_owner, other_digest, rewrite

SIZE = 700
Forge = Callable[[sqlite3.Connection], None]


@pytest.fixture
def forged(grown: Store, tmp_path: Path) -> Callable[[Forge], VerifyFault]:
    """Runs a forgery on a checked ledger of 700 entries as the file's owner would, and returns what
    check finds."""

    def run(forge: Forge) -> VerifyFault:
        with grown.reading() as connection:
            check(connection, KEY)
        owner = open_as_owner(tmp_path / "office.db")
        forge(owner)
        owner.close()
        with grown.reading() as connection, pytest.raises(VerifyFault) as fault:
            check(connection, KEY)
        assert fault.value.cure
        return fault.value

    return run


def test_a_whole_ledger_is_established_in_six_statements(grown: Store) -> None:
    with grown.reading() as connection:
        report = check(connection, KEY)
        assert report.counts == LEDGER.counts(connection)
    assert (report.size, report.checkpoints, report.last_time) == (SIZE, 1, "2026-03-02T14:15:00Z")
    assert [statement[:2] for statement in report.statements] == [
        "1.",
        "2.",
        "3.",
        "4.",
        "5.",
        "6.",
    ]


def test_every_checkpoint_ever_signed_is_checked(store: Store) -> None:
    for hours in range(3):
        with store.transaction() as connection:
            LEDGER.append(connection, drafts(100), START + timedelta(hours=hours))
            LEDGER.sign_checkpoint(connection, SIGNER)
    with store.reading() as connection:
        assert check(connection, KEY).checkpoints == 3


def test_a_changed_entry_under_a_full_tile_is_named(forged: Callable[[Forge], VerifyFault]) -> None:
    fault = forged(
        lambda owner: rewrite(
            owner, 100, lambda held: [*held[:41], other_digest(held[41]), *held[42:]]
        )
    )
    assert (fault.code, fault.place) == ("ledger_tile", "entry 141")


def test_a_changed_entry_under_no_full_tile_breaks_the_checkpoint(
    forged: Callable[[Forge], VerifyFault],
) -> None:
    fault = forged(
        lambda owner: rewrite(owner, 600, lambda held: [*held[:-1], other_digest(held[-1])])
    )
    assert (fault.code, fault.place) == ("ledger_rewritten", f"checkpoint of size {SIZE}")


def test_entries_cut_off_at_the_end_are_found(forged: Callable[[Forge], VerifyFault]) -> None:
    fault = forged(lambda owner: owner.execute("DELETE FROM ledger_block WHERE start >= 600"))
    assert (fault.code, fault.place) == ("ledger_shortened", "entry 600")


def test_entries_taken_from_the_middle_are_found(forged: Callable[[Forge], VerifyFault]) -> None:
    fault = forged(lambda owner: owner.execute("DELETE FROM ledger_block WHERE start = 300"))
    assert (fault.code, fault.place) == ("ledger_gap", "entry 300")


def test_an_entry_dropped_from_a_block_is_found(forged: Callable[[Forge], VerifyFault]) -> None:
    assert (
        forged(lambda owner: rewrite(owner, 300, lambda held: held[1:])).code == "bundle_malformed"
    )


def test_a_block_that_says_it_is_shorter_is_found(forged: Callable[[Forge], VerifyFault]) -> None:
    fault = forged(
        lambda owner: owner.execute("UPDATE ledger_block SET stop = stop - 1 WHERE start = 300")
    )
    assert (fault.code, fault.place) == ("bundle_malformed", "entry 300")


def test_two_swapped_entries_are_found(forged: Callable[[Forge], VerifyFault]) -> None:
    same_kind = len(EntryKind)

    def swap(held: list[bytes]) -> list[bytes]:
        held[0], held[same_kind] = held[same_kind], held[0]
        return held

    fault = forged(lambda owner: rewrite(owner, 0, swap))
    assert (fault.code, fault.place) == ("ledger_count", "entry 0")


def test_two_entries_that_swapped_their_digests_are_found(
    forged: Callable[[Forge], VerifyFault],
) -> None:
    def swap(held: list[bytes]) -> list[bytes]:
        at = [index for index, data in enumerate(held) if b'"kind":"refused"' in data][:2]
        first, second = (decode(held[index], "") for index in at)
        held[at[0]] = encode(first.kind, second.fields, first.count, first.time)
        held[at[1]] = encode(second.kind, first.fields, second.count, second.time)
        return held

    assert forged(lambda owner: rewrite(owner, 0, swap)).code == "ledger_tile"


def test_a_forged_count_is_found(forged: Callable[[Forge], VerifyFault]) -> None:
    def forge(held: list[bytes]) -> list[bytes]:
        entry = decode(held[5], "")
        return [*held[:5], encode(entry.kind, entry.fields, entry.count + 1, entry.time), *held[6:]]

    fault = forged(lambda owner: rewrite(owner, 0, forge))
    assert (fault.code, fault.place) == ("ledger_count", "entry 5")


def test_a_forged_count_column_is_found(forged: Callable[[Forge], VerifyFault]) -> None:
    def forge(owner: sqlite3.Connection) -> None:
        (held,) = owner.execute("SELECT counts FROM ledger_block WHERE start = 300").fetchone()
        counts = counts_of(held) | {EntryKind.RELEASE: 0}
        owner.execute("UPDATE ledger_block SET counts = ? WHERE start = 300", [counts_text(counts)])

    fault = forged(forge)
    assert (fault.code, fault.place) == ("ledger_column", "entry 300")


def test_a_forged_time_column_is_found(forged: Callable[[Forge], VerifyFault]) -> None:
    fault = forged(
        lambda owner: owner.execute(
            "UPDATE ledger_block SET time = '2026-03-02T00:00:00Z' WHERE start = 300"
        )
    )
    assert fault.code == "ledger_column"


def test_a_time_that_runs_backwards_is_found(forged: Callable[[Forge], VerifyFault]) -> None:
    def forge(held: list[bytes]) -> list[bytes]:
        entry = decode(held[0], "")
        return [encode(entry.kind, entry.fields, entry.count, "2026-01-01T00:00:00Z"), *held[1:]]

    fault = forged(lambda owner: rewrite(owner, 300, forge))
    assert (fault.code, fault.place) == ("ledger_time", "entry 300")


def test_an_entry_that_says_what_no_entry_may_say_is_found(
    forged: Callable[[Forge], VerifyFault],
) -> None:
    def forge(held: list[bytes]) -> list[bytes]:
        return [held[0][:-1] + b',"x":1}', *held[1:]]

    fault = forged(lambda owner: rewrite(owner, 300, forge))
    assert (fault.code, fault.place) == ("entry_field", "entry 300")


def test_a_changed_tile_is_found(forged: Callable[[Forge], VerifyFault]) -> None:
    def forge(owner: sqlite3.Connection) -> None:
        (held,) = owner.execute(
            "SELECT hashes FROM ledger_tile WHERE level = 0 AND idx = 1"
        ).fetchone()
        owner.execute(
            "UPDATE ledger_tile SET hashes = ? WHERE level = 0 AND idx = 1",
            [held[:320] + bytes(32) + held[352:]],
        )

    fault = forged(forge)
    assert (fault.code, fault.place) == ("ledger_tile", "entry 266")


def test_a_changed_tile_root_is_found(forged: Callable[[Forge], VerifyFault]) -> None:
    fault = forged(
        lambda owner: owner.execute("UPDATE ledger_tile SET root = zeroblob(32) WHERE idx = 1")
    )
    assert (fault.code, fault.place) == ("ledger_tile", "entry 256")


def test_a_missing_tile_is_found(forged: Callable[[Forge], VerifyFault]) -> None:
    assert (
        forged(lambda owner: owner.execute("DELETE FROM ledger_tile WHERE idx = 1")).code
        == "ledger_tile"
    )


def test_a_tile_too_many_is_found(forged: Callable[[Forge], VerifyFault]) -> None:
    fault = forged(
        lambda owner: owner.execute(
            "INSERT INTO ledger_tile VALUES (0, 2, zeroblob(32), zeroblob(8192))"
        )
    )
    assert fault.code == "ledger_tiles"


@pytest.mark.parametrize(
    "change",
    [
        "ledger_block SET entries = 'text'",
        "ledger_block SET stop = 'text'",
        "ledger_block SET stop = 1.5",
        "ledger_block SET time = x'00'",
        "ledger_tile SET root = 7",
        "ledger_tile SET hashes = 'text'",
        "ledger_checkpoint SET note = x'00'",
    ],
)
def test_values_of_another_type_are_found_without_a_traceback(
    forged: Callable[[Forge], VerifyFault], change: str
) -> None:
    assert forged(lambda owner: owner.execute(f"UPDATE {change}")).code == "ledger_column"


def test_a_checkpoint_by_another_key_is_found(forged: Callable[[Forge], VerifyFault]) -> None:
    other = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"\x02" * 32))
    note = sign_checkpoint(Checkpoint(ORIGIN, SIZE, bytes(32)), other)
    assert (
        forged(lambda owner: owner.execute("UPDATE ledger_checkpoint SET note = ?", [note])).code
        == "note_unsigned"
    )


def test_a_checkpoint_filed_under_another_size_is_found(
    forged: Callable[[Forge], VerifyFault],
) -> None:
    assert (
        forged(lambda owner: owner.execute("UPDATE ledger_checkpoint SET size = 5")).code
        == "ledger_rewritten"
    )


def _rebuild(owner: sqlite3.Connection) -> None:
    """The owner changes the last entry of all and makes every stored thing agree, checkpoints
    thrown away."""
    rewrite(owner, 600, lambda held: [*held[:-1], other_digest(held[-1])])
    owner.execute("DELETE FROM ledger_checkpoint")


def test_a_rewritten_end_without_checkpoints_is_found_by_one_held_elsewhere(
    grown: Store, tmp_path: Path
) -> None:
    with grown.reading() as connection:
        held = LEDGER.newest_checkpoint(connection) or ""
    owner = sqlite3.connect(tmp_path / "office.db", isolation_level=None)
    for name in ("ledger_block_update", "ledger_checkpoint_delete"):
        owner.execute(f"DROP TRIGGER {name}")
    _rebuild(owner)
    owner.close()
    with grown.reading() as connection:
        assert check(connection, KEY).checkpoints == 0  # what a ledger alone cannot show
        with pytest.raises(VerifyFault) as fault:
            check(connection, KEY, [held])
    assert fault.value.code == "ledger_rewritten"


def test_a_signed_fork_is_found_by_the_checkpoint_of_the_other_branch(store: Store) -> None:
    grow(store, 10)
    with store.reading() as connection:
        fork = sign_checkpoint(Checkpoint(ORIGIN, 5, bytes(32)), SIGNER)
        with pytest.raises(VerifyFault) as fault:
            check(connection, KEY, [fork])
    assert (fault.value.code, fault.value.place) == ("ledger_rewritten", "checkpoint of size 5")


def test_a_checkpoint_of_an_empty_tree_is_checked_too(store: Store) -> None:
    held = grow(store, 0)
    grow(store, 10)
    with store.reading() as connection:
        assert check(connection, KEY, [held]).checkpoints == 3


def test_the_key_of_another_office_checks_nothing_here(store: Store) -> None:
    grow(store, 10)
    with store.reading() as connection, pytest.raises(VerifyFault):
        check(connection, verifier_key("other.example", KEY.public))


def test_the_root_signed_is_that_of_the_entries(grown: Store) -> None:
    with grown.reading() as connection:
        note = LEDGER.newest_checkpoint(connection) or ""
        leaves = [leaf_hash(data) for data in LEDGER.entries(connection, 0, SIZE)]
        assert parse_checkpoint(note).root == root_of(leaves) == LEDGER.root(connection)
