"""Custody is known from an address's lines, and a street that is called after a jail is a street."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.core.values import Address, Refusal, State
from counterfoil.gate.checks.custody import has_marks, outside_street
from counterfoil.gate.law.folding import screened_words
from counterfoil.normalize import normalize_address
from tests.gate.world import REQUEST, changed, decided_in, sandbox

ELEMENT = "i2-address-custodial"


def _address(line1: str, line2: str = "") -> Address:
    return Address(line1, line2, "Anytown", "WA", "98001")


def _is_marked(line1: str, line2: str = "") -> bool:
    return has_marks(_address(line1, line2), screened_words(f"{line1} {line2}"))


MARKS = [
    "Cell 4B", "cell #12", "Cell no. 3", "CELL-7", "Ce11 4B", "c e l l 4", "Pod 3", "Pod C", "I/M 1234",
    "i/m", "IM 12345", "Booking no", "Booking # 4471", "Bkg 12", "12345-678", "Reg. No. 12345-678",
    "c/o Warden", "c/o the Warden", "C/O County Sheriff", "care of the jail", "Attn: Warden",
    "% Sheriff", "c/o U.S. Marshals", "attention superintendent", "c\\o warden", "c\u0435ll 4", "c/o ICE",
]  # fmt: skip


@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_of_custody_is_found_in_either_line(mark: str) -> None:
    assert _is_marked("12 Elm St", mark)
    assert _is_marked(f"12 Elm St, {mark}") or "-678" in mark


@pytest.mark.parametrize(
    ("line1", "line2"),
    [
        ("12 Elm St", "Apt 4B"),
        ("12 Elm St", "Unit Cell"),
        ("12 Elm St", "c/o John Warden"),
        ("12 Elm St", "Block C"),
        ("12 Elm St", "Bed 12"),
        ("12 Elm St", "Unit I M"),
        ("12 Elm St", "Attn Marshall Smith"),
        ("12 Cell Tower Rd", ""),
        ("12 Warden St", ""),
        ("12 Sheriff Rd", "Apt 3"),
        ("12 Booking St", "Apt 1"),
        ("12345 Pod Ln", ""),
        ("12 Cellar St", "98001-1234"),
        ("", ""),
    ],
)
def test_a_home_has_no_mark(line1: str, line2: str) -> None:
    assert not _is_marked(line1, line2)


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_lines_are_read(line1: str, line2: str) -> None:
    assert _is_marked(line1, line2) in {True, False}
    address = _address(line1, line2)
    assert isinstance(outside_street(address, normalize_address(address)), list)


def _state(line1: str, line2: str = "") -> State:
    [decision] = decided_in(sandbox(), [changed(address=_address(line1, line2))])
    failed = decision.failed if isinstance(decision, Refusal) else ()
    return {each.element: each.state for each in failed}.get(ELEMENT, State.MET)


@pytest.mark.parametrize(
    ("line1", "line2"),
    [
        ("12 Old Jail Rd", ""),
        ("12 Old Jail Rd Apt 3", ""),
        ("12 Jail Hill Inn Rd", "Unit 4"),
        ("12 Detention Center Dr", "Ste 4"),
        ("12 Prison Camp Road", ""),
        ("12 Penitentiary Ave NE", "Apt C"),
        ("Apt 3", "12 Old Jail Rd"),
    ],
)
def test_a_street_that_is_called_after_a_jail_is_a_street(line1: str, line2: str) -> None:
    assert _state(line1, line2) is State.MET


@pytest.mark.parametrize(
    ("line1", "line2"),
    [
        ("12 Old Jail Rd", "County Jail"),
        ("12 Old Jail Rd", "Cell 4"),
        ("12 Warden St", "c/o Warden"),
        ("12 County Detention Center", ""),
        ("12 County Jail", ""),
        ("12 Elm St", "Detention"),
        ("12 Elm St", "Lockup"),
    ],
)
def test_such_a_street_hides_no_jail_beside_it(line1: str, line2: str) -> None:
    assert _state(line1, line2) is State.NEEDS_OFFICER


def test_a_cell_of_a_listed_place_is_at_the_listed_place() -> None:
    assert _state("500 Custody Loop", "Cell 4B") is State.MET
    assert REQUEST.address.state == "WA"
