"""The history of checkpoints with their witnesses and times, and the comparison of two days.

A checkpoint has no time of its own: what bounds it is the time of its last entry, which is the
office's, and the times at which witnesses cosigned, which are theirs.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from counterfoil.controls.witnesses import office_policy
from counterfoil.core.errors import InputFault, UsageFault
from counterfoil.core.use_cases import Actor
from counterfoil.core.values import Public
from counterfoil.database import Connection
from counterfoil.ledger.pages import (
    MOST_ROWS,
    cosigned_below,
    index_of_day,
    last_time_of,
    signed_below,
)
from counterfoil.office import Office
from counterfoil.office.authority import require_reader
from counterfoil.tlog import Checkpoint, check_checkpoint
from counterfoil.tlog.consistency import check_consistency_file
from counterfoil.tlog.cosignature import check_cosignatures, time_words
from counterfoil.tlog.encoding import to_base64

_END: Final = 10**15


class ListCheckpoints(Public, frozen=True):
    """Signed checkpoints below a size, and cosigned ones below a number, the newest first; None for
    the newest of all."""

    below_size: int | None = None
    below_number: int | None = None
    rows: int = 25


class SignedCheckpoint(Public, frozen=True):
    """One of this tree that the office signed, its signature verified. `last_entry_at`: the time of
    its last entry, "" where it is over none."""

    size: int
    root: str
    last_entry_at: str


class Cosignature(Public, frozen=True):
    """A witness and the time that it states, UTC."""

    witness: str
    time: str


class CosignedCheckpoint(Public, frozen=True):
    """One of this tree that witnesses cosigned, all signatures verified. `quorum`: None where the
    office names no policy."""

    number: int
    size: int
    root: str
    witnesses: tuple[Cosignature, ...]
    quorum: bool | None


class CheckpointHistory(Public, frozen=True):
    """A page of both lists. `more_signed`, `more_cosigned`: whether there are older ones."""

    signed: tuple[SignedCheckpoint, ...]
    cosigned: tuple[CosignedCheckpoint, ...]
    more_signed: bool
    more_cosigned: bool


class CompareDays(Public, frozen=True):
    """Whether the ledger at the end of `last` continues that at the end of `first`, UTC."""

    first: date
    last: date


class DayCheckpoint(Public, frozen=True):
    """The newest checkpoint whose last entry is of a day or of an earlier one; `entries`: how many
    entries there were at the end of that day."""

    day: str
    entries: int
    size: int
    root: str


class ComparedDays(Public, frozen=True):
    """What was established, and the consistency file that anybody checks offline."""

    older: DayCheckpoint
    newer: DayCheckpoint
    statements: tuple[str, ...]
    file: str


def list_checkpoints(office: Office, actor: Actor, question: ListCheckpoints) -> CheckpointHistory:
    """A page of the history, for an officer who reads.

    Raises as `require_reader`; SettingsFault (the policy); VerifyFault where a signature or a
    cosignature does not verify, `ledger_rewritten` where one is of another history.
    """
    rows = max(1, min(question.rows, MOST_ROWS))
    size = _END if question.below_size is None else question.below_size
    number = _END if question.below_number is None else question.below_number
    if not (0 <= size <= _END and 0 <= number <= _END):
        raise InputFault(
            "entry_filter",
            "what is asked for is no size or number",
            place="filter",
            cure="Follow the links of the page.",
        )
    with office.store.reading() as connection:
        require_reader(connection, actor)
        signed = signed_below(connection, size, rows + 1)
        cosigned = cosigned_below(connection, number, rows + 1)
        return CheckpointHistory(
            tuple(_signed(office, connection, note) for _, note in signed[:rows]),
            tuple(_cosigned(office, connection, *each) for each in cosigned[:rows]),
            len(signed) > rows,
            len(cosigned) > rows,
        )


def compare_days(office: Office, actor: Actor, question: CompareDays) -> ComparedDays:
    """Compare the ledger at the end of two days; what is given out was checked as its reader does.

    Raises as `require_reader`; UsageFault `compare_days`, `checkpoint_none`; VerifyFault
    `ledger_rewritten`, `proof_consistency`, as `check_checkpoint`.
    """
    if question.first > question.last:
        raise UsageFault(
            "compare_days",
            "the first day is after the last",
            place="days",
            cure="Name the earlier day first.",
        )
    with office.store.reading() as connection:
        require_reader(connection, actor)
        notes = [_of_day(connection, each) for each in (question.first, question.last)]
        older, newer = (_day(office, *each) for each in notes)
        file = office.ledger.consistency_file(connection, notes[0][2], notes[1][2])
    check_consistency_file(file, office.log_keys)
    statements = (
        f"1. The office signed the checkpoint over {older.size} entries, the newest of "
        f"{older.day} or before, and the one over {newer.size}, the newest of {newer.day} or "
        "before.",
        f"2. The later tree continues the earlier one: its first {older.size} entries are the same "
        f"ones, and {newer.size - older.size} were added.",
        "3. What it cannot show: entries of these days that came after the newest checkpoint of "
        f"each. At the end of {older.day} there were {older.entries} entries, at the end of "
        f"{newer.day} {newer.entries}.",
    )
    return ComparedDays(older, newer, statements, file)


def _of_day(connection: Connection, day: date) -> tuple[date, int, str]:
    """A day, how many entries there were at its end, and the newest checkpoint of no more."""
    entries = index_of_day(connection, day.isoformat(), after=True)
    found = signed_below(connection, entries + 1, 1)
    if not found:
        raise UsageFault(
            "checkpoint_none",
            "no checkpoint had been signed by the end of that day",
            place=day.isoformat(),
            cure="Name a later day.",
        )
    return day, entries, found[0][1]


def _day(office: Office, day: date, entries: int, note: str) -> DayCheckpoint:
    checkpoint = check_checkpoint(note, office.log_keys)
    return DayCheckpoint(day.isoformat(), entries, checkpoint.size, to_base64(checkpoint.root))


def _signed(office: Office, connection: Connection, note: str) -> SignedCheckpoint:
    checkpoint: Checkpoint = check_checkpoint(note, office.log_keys)
    office.ledger.check_ours(connection, checkpoint)
    time = last_time_of(connection, checkpoint.size - 1) if checkpoint.size else ""
    return SignedCheckpoint(checkpoint.size, to_base64(checkpoint.root), time)


def _cosigned(office: Office, connection: Connection, number: int, note: str) -> CosignedCheckpoint:
    checkpoint, policy = check_checkpoint(note, office.log_keys), office_policy(office)
    office.ledger.check_ours(connection, checkpoint)
    times = check_cosignatures(note, [each.key for each in policy.witnesses]) if policy else {}
    witnesses = tuple(Cosignature(key.name, time_words(time)) for key, time in times.items())
    quorum = policy.holds(set(times)) if policy else None
    return CosignedCheckpoint(
        number, checkpoint.size, to_base64(checkpoint.root), witnesses, quorum
    )
