"""Whoever holds published files can tell each time that the clock was missed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from counterfoil.core.errors import VerifyFault
from counterfoil.ledger.clock import Clock, clock_words, read_clock, require_on_clock
from counterfoil.ledger.entries import EntryKind, encode, entry_time
from tests.ledger.office import START, value_of


def entries(*published: tuple[float, int]) -> list[bytes]:
    """A ledger with an entry of another kind before each publication: (hours after START, hours
    promised)."""
    made: list[bytes] = []
    for count, (at, hours) in enumerate(published, 1):
        time = entry_time(START + timedelta(hours=at))
        made.append(
            encode(EntryKind.DISPOSAL, {"batch": value_of("batch"), "rows": hours}, count, time)
        )
        made.append(encode(EntryKind.PUBLISHED, {"hours": hours}, count, time))
    return made


def clock(now: float, *published: tuple[float, int]) -> Clock:
    return read_clock(entries(*published), START + timedelta(hours=now))


def day(hours: float) -> date:
    return (START + timedelta(hours=hours)).date()


def code_of(found: Clock, since: date) -> str:
    try:
        require_on_clock(found, since)
    except VerifyFault as fault:
        assert fault.cure
        return fault.code
    return ""


def test_publications_within_their_promises_miss_nothing() -> None:
    found = clock(72, (0, 24), (24, 24), (30, 48))
    assert (found.publications, found.first, found.missed) == (3, "2026-03-02T14:05:00Z", ())
    assert code_of(found, day(0)) == ""
    assert clock_words(found)[0].endswith("none was late.")


def test_a_gap_longer_than_was_promised_is_named_with_its_place_and_both_times() -> None:
    found = clock(60, (0, 24), (24 + 1 / 3600, 24), (48, 24))
    (missed,) = found.missed
    assert (missed.entry, missed.since, missed.until, missed.hours) == (
        1,
        "2026-03-02T14:05:00Z",
        "2026-03-03T14:05:01Z",
        24,
    )
    assert clock_words(found)[1].startswith(
        "LATE: at 2026-03-02T14:05:00Z the next publication was promised within 24 hours"
    )


def test_the_promise_that_counts_is_the_one_that_was_made_before() -> None:
    assert [each.entry for each in clock(60, (0, 1), (24, 48)).missed] == [1]
    assert clock(60, (0, 48), (24, 48)).missed == ()


def test_a_clock_that_stopped_is_overdue_from_the_last_promise_on() -> None:
    assert clock(24, (0, 24)).missed == ()
    (missed,) = clock(24.001, (0, 24)).missed
    assert missed.until == ""


def test_a_gap_that_was_explained_can_be_left_behind_and_one_that_is_open_cannot() -> None:
    made_good = clock(60, (0, 24), (49, 24))
    assert code_of(made_good, day(0)) == "published_late"
    assert code_of(made_good, day(49)) == "published_late"
    assert code_of(made_good, day(80)) == ""
    assert code_of(clock(60, (0, 24)), day(1000)) == "published_late"


def test_a_ledger_that_was_never_published_is_not_on_the_clock() -> None:
    found = clock(0)
    assert clock_words(found) == ["Published on a clock: never."]
    assert code_of(found, day(0)) == "published_late"


def test_an_entry_that_is_none_is_not_read() -> None:
    forged = entries((0, 24))[1].replace(b'"hours":24', b'"hours":-4')
    with pytest.raises(VerifyFault) as fault:
        read_clock([forged], datetime.fromisoformat("2026-03-03T00:00:00+00:00"))
    assert fault.value.code == "entry_malformed"


def test_once_the_office_is_closed_nothing_more_is_promised() -> None:
    def closed(at: float) -> Clock:
        fields = {name: value_of(name) for name in ("commitment", "officer", "second")}
        last = encode(EntryKind.CLOSING, fields, 1, entry_time(START + timedelta(hours=at)))
        return read_clock([*entries((0, 24)), last], START + timedelta(hours=999))

    assert closed(23).missed == ()
    assert [each.entry for each in closed(25).missed] == [1]
