"""The fold in which address readers are compared forgives what Publication 28 calls the same, and
no identifier."""

from __future__ import annotations

import pytest
from bench.addresses.__main__ import outcomes
from bench.addresses.labels import REASONS, ROWS, reason_of
from bench.addresses.readers import READERS
from bench.addresses.sets import fields, is_plain
from bench.addresses.truth import Token, parts, truth_of

ROW: list[Token] = [
    ("AddressNumber", "1501 "),
    ("StreetNamePreDirectional", "North "),
    ("StreetName", "Larkspur "),
    ("StreetNamePostType", "Avenue, "),
    ("OccupancyType", "Apt. "),
    ("OccupancyIdentifier", "04-B, "),
    ("PlaceName", "Anytown, "),
    ("StateName", "WA "),
    ("ZipCode", "98101"),
]
TEXT = "".join(text for _, text in ROW)


def unit(text: str) -> tuple[str, ...]:
    return parts("", "", "", "", "", text, "").unit


@pytest.mark.parametrize(
    ("one", "other"),
    [("Apt 4", "# 4"), ("Unit 04B", "4-b"), ("2nd Floor", "Floor 2"), ("Basement", "BSMT")],
)
def test_units_that_are_one_fold_alike(one: str, other: str) -> None:
    assert unit(one) == unit(other) != ()


@pytest.mark.parametrize(
    ("one", "other"),
    [("4", "4B"), ("4B", "4C"), ("12 3", "123"), ("4", "40"), ("2 East", "2 West"), ("4O", "40")],
)
def test_units_that_are_two_never_fold_alike(one: str, other: str) -> None:
    assert unit(one) != unit(other)


def test_every_reader_reads_a_plain_row_right() -> None:
    truth = truth_of(ROW)
    assert is_plain(ROW)
    assert fields(ROW) == ("1501 North Larkspur Avenue, Apt. 04-B", "Anytown", "WA", "98101")
    told = {name: list(outcomes(truth, read((TEXT, ROW)))) for name, read in READERS.items()}
    assert told == {name: ["right"] for name in READERS}


@pytest.mark.parametrize(
    ("read", "told"),
    [
        ("Apt 4B", ["right"]),
        ("", ["lost"]),
        ("Apt 4", ["lost"]),
        ("Apt 4B 7", ["invented"]),
        ("Apt 5B", ["lost", "invented"]),
    ],
)
def test_a_unit_is_lost_or_invented_by_any_run_of_it(read: str, told: list[str]) -> None:
    assert list(outcomes(truth_of(ROW), truth_of(ROW)._replace(unit=unit(read)))) == told


def test_a_unit_written_into_the_house_number_is_not_lost() -> None:
    truth = parts("4922", "", "Heron", "St", "", "N", "")
    assert "lost" not in list(outcomes(truth, parts("4922-N", "", "Heron", "St", "", "", "")))
    assert list(outcomes(truth, None)) == ["not_read"]


@pytest.mark.parametrize(
    "line", ["E Larkspur Avenue", "PO Box 48 Substation # 1", "Larkspur Avenue Apt 4"]
)
def test_a_row_without_a_door_is_not_read_unless_all_is_right(line: str) -> None:
    other = [("StreetName", line)]
    assert READERS["ours"]((line, other)) is None
    right: list[Token] = [("StreetName", "Larkspur "), ("StreetNamePostType", "Avenue")]
    assert READERS["ours"](("Larkspur Avenue", right)) == truth_of(right)


def test_labels_read_otherwise_are_named_by_digest_and_each_has_its_reason() -> None:
    assert set(ROWS.values()) == set(REASONS)
    assert all(len(name) == 16 and set(name) <= set("0123456789abcdef") for name in ROWS)
    assert reason_of(TEXT) is None
