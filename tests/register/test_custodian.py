"""The key custodian counts before it opens, and stops."""

from __future__ import annotations

import hmac
import json
import pickle
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest

from counterfoil.core.errors import StoreFault, VerifyFault
from counterfoil.core.values import NameForm, Resident, Residents
from counterfoil.register import KeyCustodian
from counterfoil.register.custodian import OpeningLease
from counterfoil.register.rows import tin_digits
from tests.register.conftest import DAY, SECRET


def custodian(
    folder: Path, limit: int = 10, day: date = DAY, secret: bytes = SECRET
) -> KeyCustodian:
    return KeyCustodian(secret, folder / "custodian.json", limit, day)


def test_a_count_outlives_the_custodian(tmp_path: Path) -> None:
    custodian(tmp_path).reserve(4)
    assert (custodian(tmp_path).total(), custodian(tmp_path).remaining()) == (4, 6)


def test_the_limit_itself_may_be_reached(tmp_path: Path) -> None:
    custodian(tmp_path).reserve(10)
    assert custodian(tmp_path).remaining() == 0


def test_passing_the_limit_counts_nothing_and_says_what_is_left(tmp_path: Path) -> None:
    custodian(tmp_path).reserve(8)
    with pytest.raises(StoreFault, match=r"3 asked, 2 left.*custodian_limit"):
        custodian(tmp_path).reserve(3)
    assert custodian(tmp_path).total() == 8


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_of_nothing_opens_nothing(tmp_path: Path, limit: int) -> None:
    with pytest.raises(StoreFault, match="custodian_limit"):
        custodian(tmp_path, limit).reserve(1)


def test_a_new_day_begins_a_new_count_and_keeps_the_total(tmp_path: Path) -> None:
    custodian(tmp_path).reserve(10)
    tomorrow = custodian(tmp_path, day=DAY + timedelta(days=1))
    tomorrow.reserve(5)
    assert (tomorrow.remaining(), tomorrow.total()) == (5, 15)


def test_a_day_before_the_last_counted_opens_nothing(tmp_path: Path) -> None:
    custodian(tmp_path).reserve(1)
    with pytest.raises(StoreFault, match="custodian_clock"):
        custodian(tmp_path, day=DAY - timedelta(days=1)).reserve(1)


@pytest.mark.parametrize(
    "change",
    [
        {"today": 0},
        {"total": 0},
        {"day": "2025-08-06"},
        {"mac": "00"},
        {"format": "x"},
        {"more": 1},
        {"today": 1.5},
    ],
)
def test_a_count_set_back_by_another_hand_is_refused(
    tmp_path: Path, change: dict[str, object]
) -> None:
    custodian(tmp_path).reserve(9)
    path = tmp_path / "custodian.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(VerifyFault, match="custodian_state_altered"):
        custodian(tmp_path).reserve(1)


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"\xff"])
def test_a_count_that_cannot_be_read_opens_nothing(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "custodian.json").write_bytes(data)
    with pytest.raises(VerifyFault, match="custodian_state_altered"):
        custodian(tmp_path).reserve(1)


def test_another_keys_count_is_refused(tmp_path: Path) -> None:
    custodian(tmp_path).reserve(1)
    with pytest.raises(VerifyFault):
        custodian(tmp_path, secret=b"o" * 64).reserve(1)


def test_a_count_that_cannot_be_written_opens_nothing(tmp_path: Path) -> None:
    with pytest.raises(StoreFault, match="custodian_state_unwritable"):
        custodian(tmp_path / "no such folder").reserve(1)


def test_a_count_in_a_place_that_cannot_be_read_opens_nothing(tmp_path: Path) -> None:
    (tmp_path / "custodian.json").mkdir()
    with pytest.raises(StoreFault, match="custodian_state_unwritable"):
        custodian(tmp_path).reserve(1)


def reserve_one_at_a_time(folder: Path, times: int) -> None:
    for _ in range(times):
        custodian(folder, 1000).reserve(1)


def test_two_processes_count_every_opening(tmp_path: Path) -> None:
    working = [
        get_context("spawn").Process(target=reserve_one_at_a_time, args=(tmp_path, 20))
        for _ in range(2)
    ]
    for process in working:
        process.start()
    for process in working:
        process.join()
    assert custodian(tmp_path).total() == 40


def test_a_tax_number_is_hashed_by_its_digits_and_by_the_key(tmp_path: Path) -> None:
    held = custodian(tmp_path)
    assert (
        held.tin_hash("900-00-1234") == held.tin_hash("900001234") == held.tin_hash(" 900 00 1234")
    )
    assert len(held.tin_hash("900-00-1234")) == 16
    assert held.tin_hash("900-00-1234") != custodian(tmp_path, secret=b"o" * 64).tin_hash(
        "900-00-1234"
    )


@pytest.mark.parametrize(
    "tin",
    [
        "",
        "90000123",
        "9000012345",
        "90000123A",
        "999999999",
        "000-12-3456",
        "900-00-0000",
        "٩٠٠٠٠١٢٣٤",
    ],
)
def test_a_malformed_tax_number_is_absent(tmp_path: Path, tin: str) -> None:
    assert tin_digits(tin) == ""
    assert custodian(tmp_path).tin_hash(tin) == b""


def test_a_custodian_does_not_show_or_copy_itself(tmp_path: Path) -> None:
    assert repr(custodian(tmp_path)) == "<KeyCustodian: hidden>"
    with pytest.raises(TypeError):
        pickle.dumps(custodian(tmp_path))


# -- holds ---------------------------------------------------------------------------------------


def _resident(tin_hash: bytes, ref: str) -> Resident:
    return Resident(NameForm(("MARISOL",), (), ("QUINTANILLA",)), None, tin_hash, ref, (2024,))


def test_a_hold_names_a_person_by_number_or_reference_under_the_key_alone(tmp_path: Path) -> None:
    ours, others = custodian(tmp_path), custodian(tmp_path, secret=bytes(64))
    hashed = ours.tin_hash("900-00-1001")
    both = ours.hold_fingerprints(hashed, "r1")
    assert both == ours.hold_fingerprints(hashed, "") + ours.hold_fingerprints(b"", "r1")
    assert ours.hold_fingerprints(b"", "") == []
    assert {len(mark) for mark in both} == {16} and hashed not in both
    assert set(both).isdisjoint(others.hold_fingerprints(hashed, "r1"))


def test_a_mark_is_the_hmac_that_the_format_says(tmp_path: Path) -> None:
    said = b"counterfoil/register/hold/v1\x00ref\x00r1"
    assert custodian(tmp_path).hold_fingerprints(b"", "r1") == [
        hmac.digest(SECRET, said, "sha256")[:16]
    ]


def test_those_whom_a_mark_names_are_held_and_nobody_else(tmp_path: Path) -> None:
    ours = custodian(tmp_path)
    one, two = ours.tin_hash("900-00-1001"), ours.tin_hash("900-00-1002")
    people = (
        _resident(one, "r1"),
        _resident(two, "r2"),
        _resident(b"", "r3"),
        _resident(one, "r4"),
    )
    found = Residents(people, ("exact",) * 4)
    assert ours.on_hold(found, frozenset(ours.hold_fingerprints(one, ""))) == {0, 3}
    assert ours.on_hold(found, frozenset(ours.hold_fingerprints(b"", "r3"))) == {2}
    assert ours.on_hold(found, frozenset(ours.hold_fingerprints(b"", "r9"))) == frozenset()
    assert ours.on_hold(found, frozenset()) == frozenset()


def test_a_lease_counts_a_block_before_its_first_opening_and_no_other_until_it_is_used_up(
    tmp_path: Path,
) -> None:
    counting = custodian(tmp_path, limit=100)
    lease = OpeningLease(counting, 8)
    seen: list[int] = []
    for _ in range(17):
        lease.reserve(1)
        seen.append(counting.total())
    assert seen == [8] * 8 + [16] * 8 + [24]
    assert all(total > number for number, total in enumerate(seen))


def test_a_lease_never_counts_too_little_whatever_is_asked_of_it(tmp_path: Path) -> None:
    counting = custodian(tmp_path, limit=60)
    lease, used = OpeningLease(counting, 8), 0
    for openings in (3, 0, 20, 1, 1, 7, 8, 9, 2, 30, 9, 1, 1):
        try:
            lease.reserve(openings)
        except StoreFault as fault:
            assert fault.code == "custodian_limit"
        else:
            used += openings
        assert used <= counting.total() <= min(60, used + 8)
    assert used == 60


def test_two_leases_share_the_limit_and_what_a_killed_one_left_stays_counted(
    tmp_path: Path,
) -> None:
    one, two = (OpeningLease(custodian(tmp_path, limit=12), 8) for _ in range(2))
    one.reserve(1)
    for _ in range(4):
        two.reserve(1)
    with pytest.raises(StoreFault, match="custodian_limit"):
        two.reserve(1)
    one.reserve(7)
    assert custodian(tmp_path, limit=12).total() == 12


def test_a_lease_in_a_forked_process_has_nothing_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = custodian(tmp_path, limit=100)
    lease = OpeningLease(counting, 8)
    lease.reserve(1)
    monkeypatch.setattr("os.getpid", lambda: -1)
    lease.reserve(1)
    assert counting.total() == 16


def test_a_block_that_cannot_be_counted_opens_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lease = OpeningLease(custodian(tmp_path), 8)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("counterfoil.register.custodian.replace_file", full)
    with pytest.raises(StoreFault, match="custodian_state_unwritable"):
        lease.reserve(1)
    monkeypatch.undo()
    lease.reserve(1)
    assert custodian(tmp_path).total() == 8
