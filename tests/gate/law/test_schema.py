"""How a law file is read: text as a person sees it, days with both ends, and a fault that names
file, line or field."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from counterfoil.core.errors import SettingsFault
from counterfoil.gate.law.route import Closed
from counterfoil.gate.law.schema import Count, Span, Text, read_law_file
from tests.world.faults import expect_fault

DAY = timedelta(days=1)
FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)
WHOLE = Span(FIRST, LAST)


class Part(Closed, frozen=True, gc=False):
    """A part of the made-up file."""

    words: tuple[Text, ...]


class Paper(Closed, frozen=True, gc=False):
    """A made-up law file."""

    title: Text | None
    most: Count
    open: bool
    part: Part | None


WHOLE_PAPER = "title: no\nmost: 3\nopen: true\npart: {words: [yes, '12']}\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "routes").mkdir()
    return tmp_path / "routes" / "paper.yaml"


def _read(file: Path, text: str) -> Paper:
    file.write_text(text, encoding="utf-8")
    return read_law_file(file, Paper)


def test_words_are_read_as_the_words_that_a_person_sees(file: Path) -> None:
    assert _read(file, WHOLE_PAPER) == Paper("no", 3, True, Part(("yes", "12")))
    assert (
        _read(file, WHOLE_PAPER.replace("title: no", "title: § 6103, März")).title == "§ 6103, März"
    )


def test_null_written_plain_is_none_and_in_quotes_is_a_word(file: Path) -> None:
    nothing = WHOLE_PAPER.replace("title: no", "title: null").replace(
        "{words: [yes, '12']}", "null"
    )
    assert _read(file, nothing) == Paper(None, 3, True, None)
    for written in ('"null"', "'null'"):
        assert _read(file, WHOLE_PAPER.replace("title: no", f"title: {written}")).title == "null"


def test_an_entry_left_empty_is_no_none(file: Path) -> None:
    with expect_fault(SettingsFault, "law_field", "routes/paper.yaml: $.title"):
        _read(file, WHOLE_PAPER.replace("title: no", "title:"))


@pytest.mark.parametrize(
    ("old", "new", "field", "says"),
    [
        ("most: 3", "most: many", "$.most", "Expected `int`"),
        ("most: 3", "most: 0", "$.most", ">= 1"),
        ("most: 3\n", "", "$", "missing required field `most`"),
        ("most: 3", "most: 3\nmore: 4", "$", "unknown field `more`"),
        ("[yes, '12']", "yes", "$.part.words", "Expected `array`"),
        ("[yes, '12']", "[yes, '']", "$.part.words[1]", "length >= 1"),
        (WHOLE_PAPER, "", "$", "Expected `object`"),
    ],
)
def test_p10_what_does_not_fit_the_schema_refuses_and_names_the_field(
    file: Path, old: str, new: str, field: str, says: str
) -> None:
    with expect_fault(SettingsFault, "law_field", f"routes/paper.yaml: {field}") as raised:
        _read(file, WHOLE_PAPER.replace(old, new))
    assert raised.value.message.startswith("the law file cannot be used: ")
    assert says in raised.value.message
    assert " - at " not in raised.value.message


def test_p10_a_field_written_twice_refuses_and_names_the_second_line(file: Path) -> None:
    with expect_fault(SettingsFault, "law_duplicate_key", "routes/paper.yaml: line 5") as raised:
        _read(file, WHOLE_PAPER + "most: 4\n")
    assert raised.value.message == "the field most is written twice"


def test_p10_broken_yaml_refuses_and_names_the_line(file: Path) -> None:
    with expect_fault(SettingsFault, "law_yaml", "routes/paper.yaml: line 3"):
        _read(file, "title: no\nmost: 3\nopen: true: false\n")


def test_p10_a_sign_that_yaml_does_not_know_refuses_without_a_line(file: Path) -> None:
    with expect_fault(SettingsFault, "law_yaml", "routes/paper.yaml"):
        _read(file, "title: \x01\n")


def test_p10_a_file_that_is_not_there_or_is_no_text_refuses(file: Path) -> None:
    with expect_fault(SettingsFault, "law_unreadable", "routes/paper.yaml") as raised:
        read_law_file(file, Paper)
    assert raised.value.message == "the law file cannot be read (FileNotFoundError)"
    file.write_bytes(b"title: \xff\xfe")
    with expect_fault(SettingsFault, "law_unreadable", "routes/paper.yaml") as raised:
        read_law_file(file, Paper)
    assert raised.value.message == "the law file cannot be read (UnicodeDecodeError)"


# -- days in force -------------------------------------------------------------------------------


def test_the_first_and_the_last_day_are_in_force_and_their_neighbours_are_not() -> None:
    assert [WHOLE.covers(day) for day in (FIRST - DAY, FIRST, LAST, LAST + DAY)] == [
        False,
        True,
        True,
        False,
    ]
    assert [Span(FIRST, None).covers(day) for day in (FIRST - DAY, FIRST, date.max)] == [
        False,
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("other", "share"),
    [
        (Span(LAST, None), True),
        (Span(LAST + DAY, None), False),
        (Span(FIRST - DAY, FIRST), True),
        (Span(FIRST - DAY, FIRST - DAY), False),
        (Span(FIRST - DAY, None), True),
        (Span(FIRST + DAY, LAST - DAY), True),
    ],
)
def test_two_spans_overlap_where_they_share_a_day_whichever_is_asked(
    other: Span, share: bool
) -> None:
    assert (WHOLE.overlaps(other), other.overlaps(WHOLE)) == (share, share)


def test_two_spans_without_an_end_overlap() -> None:
    assert Span(FIRST, None).overlaps(Span(LAST, None))
    assert Span(LAST, None).overlaps(Span(FIRST, None))
