"""Attestations: `counterfoil-attestation-1`. No entry of one kind was made between two days; the
file holds checkpoints at both ends.

    counterfoil-attestation-1
    none release                                      the kind
    from 2026-01-01                                   first day, UTC
    to 2026-01-31                                     last day, UTC, itself included
    range 17 4711                                     entries 17 to 4710 are all those of these days
    gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=      consistency proof from the earlier to the
                                                      later checkpoint; no line without the earlier
    entry 3 {"agreement":"sha256:...","v":1}          an entry, byte for byte
    sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=      its inclusion proof in the tree of the later
                                                      checkpoint
    entry 16 ...                                      and so on, in rising order
                                                      an empty line
    example.com/fancylog                              the earlier checkpoint, of size 17 or less; it
    ...                                               may be missing, with the empty line after it
    example.com/fancylog                              the later checkpoint
    ...

The entries are the last ones of every kind before 17 and before 4711, and the four at the edges:
16, 17, 4710, 4711. Their running counts say how many entries of each kind there were. If the counts
of all kinds before an index add up to that index, no kind is left out. So the file is small however
long the range is.

What `check_attestation` establishes:

    1  The log signed the later checkpoint.
    2  The log signed the earlier checkpoint before the range, and the later tree continues it.
    3  Every entry in the file is in that tree at its index.
    4  The range is all entries of the days: the entries at its edges say so, because times never go
       back.
    5  The running counts of all kinds add up to both ends of the range: no entry is left out.
    6  The running count of the kind is the same at both ends.

It rests on the running counts. A holder who signs one count that is too low and another that is too
high is found by anyone who reads all exported entries (`ledger/check.py`), not here. And no ledger
shows what was never entered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, Final

from counterfoil.core.canonical import read_object
from counterfoil.core.errors import VerifyFault
from counterfoil.tlog.checkpoint import Checkpoint, check_checkpoint
from counterfoil.tlog.encoding import from_decimal, malformed, read_hashes, to_base64, to_text
from counterfoil.tlog.note import MAX_NOTE_BYTES, VerifierKey
from counterfoil.tlog.tree import check_consistency, check_inclusion, leaf_hash

HEADER: Final = "counterfoil-attestation-1"
_CODE: Final = "attestation_malformed"
_WHAT: Final = "attestation"
_TOP: Final = re.compile(
    rf"{HEADER}\nnone ([a-z_]+)\nfrom ([0-9-]{{10}})\nto ([0-9-]{{10}})\nrange ([0-9]+) "
    r"([0-9]+)((?:\n\S+)*)"
)


@dataclass(frozen=True, slots=True)
class ProvenEntry:
    """An entry of the file: its index from 0, its bytes, its inclusion proof."""

    index: int
    entry: bytes
    hashes: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Attestation:
    """An attestation taken apart. `older` is None where no earlier checkpoint is inside; then
    `path` is empty."""

    kind: str
    first: date
    last: date
    low: int
    high: int
    path: tuple[bytes, ...]
    entries: tuple[ProvenEntry, ...]
    older: str | None
    newer: str

    def __str__(self) -> str:
        lines = [
            HEADER,
            f"none {self.kind}",
            f"from {self.first}",
            f"to {self.last}",
            f"range {self.low} {self.high}",
        ]
        lines += map(to_base64, self.path)
        for each in self.entries:
            lines += [
                f"entry {each.index} {each.entry.decode('ascii')}",
                *map(to_base64, each.hashes),
            ]
        return (
            "\n".join(lines)
            + "\n\n"
            + ("" if self.older is None else f"{self.older}\n")
            + self.newer
        )


@dataclass(frozen=True, slots=True)
class Attested:
    """What an attestation established, as numbered sentences, with its later checkpoint and the
    kind's count."""

    checkpoint: Checkpoint
    count: int
    statements: tuple[str, ...]


def parse_attestation(raw: str | bytes) -> Attestation:
    """Read an attestation; verify nothing. Inverse of `str(attestation)`. Raises VerifyFault
    `attestation_malformed`."""
    head, *notes = to_text(raw, 4 * MAX_NOTE_BYTES, _CODE, _WHAT).split("\n\n")
    top, *blocks = head.split("\nentry ")
    found = _TOP.fullmatch(top)
    low, high = (from_decimal(found[4]), from_decimal(found[5])) if found else (None, None)
    if found is None or low is None or high is None or len(notes) not in (2, 4):
        raise malformed(_CODE, _WHAT, f"it does not begin as {HEADER} does, or holds no checkpoint")
    return Attestation(
        kind=found[1],
        first=_day(found[2]),
        last=_day(found[3]),
        low=low,
        high=high,
        path=read_hashes(found[6].split("\n")[1:], _CODE, _WHAT),
        entries=tuple(map(_proven_entry, blocks)),
        older=f"{notes[0]}\n\n{notes[1]}\n" if len(notes) == 4 else None,
        newer=f"{notes[-2]}\n\n{notes[-1]}",
    )


def check_attestation(raw: str | bytes, key: VerifierKey) -> Attested:
    """Establish 1 to 6 for the log whose checkpoints `key` signs.

    Raises VerifyFault: `attestation_malformed`, those of `check_checkpoint`, `proof_consistency`,
    `proof_inclusion`, `attestation_range`, `attestation_gap`, `attestation_found`.
    """
    stated = parse_attestation(raw)
    newer = check_checkpoint(stated.newer, key)  # 1
    earlier = _check_older(stated, newer, key)  # 2
    entries = _check_entries(stated.entries, newer)  # 3
    ends = _check_range(stated, entries, newer.size)  # 4
    before = _counts(entries, stated.low).get(stated.kind, 0)  # 5
    after = _counts(entries, stated.high).get(stated.kind, 0)  # 5
    if before != after:  # 6
        raise _fault(
            "attestation_found", f"{after - before} of kind {stated.kind} are in the range"
        )
    statements = (
        f"1. {key.name} signed its ledger at {newer.size} entries.",
        f"2. {earlier}",
        f"3. The {len(entries)} entries in this file stand in that ledger, each at its place.",
        f"4. Entries {stated.low} to {stated.high - 1} are all those of {stated.first} to "
        f"{stated.last} (UTC).{ends}",
        f"5. The running counts of all kinds add up to {stated.low} and {stated.high}: no entry is "
        "left out.",
        f"6. Of kind {stated.kind} there were {after} before the range and as many at its end: "
        "none in it.",
    )
    return Attested(newer, after, statements)


def _check_older(stated: Attestation, newer: Checkpoint, key: VerifierKey) -> str:
    if stated.older is None:
        if stated.path:
            raise malformed(
                _CODE, _WHAT, "it holds a consistency proof without an earlier checkpoint"
            )
        return (
            "No earlier checkpoint is here: the part before the range rests on the later one alone."
        )
    older = check_checkpoint(stated.older, key)
    check_consistency(older.size, older.root, newer.size, newer.root, stated.path)
    if older.size > stated.low:
        raise _fault("attestation_range", "the earlier checkpoint is not from before the range")
    return f"It had signed the first {older.size} of them before the range, and they are unchanged."


def _check_entries(proven: Sequence[ProvenEntry], newer: Checkpoint) -> dict[int, dict[str, Any]]:
    for each in proven:
        check_inclusion(leaf_hash(each.entry), each.index, newer.size, each.hashes, newer.root)
    if any(one.index >= two.index for one, two in pairwise(proven)):
        raise malformed(_CODE, _WHAT, "its entries are not in rising order")
    return {each.index: _object(each) for each in proven}


def _check_range(stated: Attestation, entries: Mapping[int, Mapping[str, Any]], size: int) -> str:
    if not (stated.low <= stated.high <= size and stated.first <= stated.last):
        raise _fault(
            "attestation_range",
            "its range or its days are in the wrong order, or outside the ledger",
        )
    first, last = stated.first.isoformat(), stated.last.isoformat()
    for at in (stated.low - 1, stated.low, stated.high - 1, stated.high):
        if not 0 <= at < size:
            continue
        if at not in entries:
            raise _fault("attestation_range", f"entry {at} at the edge of the range is missing")
        day = str(entries[at]["time"])[:10]
        side = -1 if day < first else int(day > last)
        if side != (-1 if at < stated.low else int(at >= stated.high)):
            raise _fault("attestation_range", f"entry {at} is on the wrong side of the range")
    return (
        ""
        if stated.high < size
        else " The ledger ends there: it shows nothing of any day after its last entry."
    )


def _counts(entries: Mapping[int, Mapping[str, Any]], end: int) -> dict[str, int]:
    """The running counts before `end`, which must add up to it."""
    counts: dict[str, int] = {}
    for index, entry in entries.items():
        if index < end:
            counts[entry["kind"]] = entry["count"]
    if sum(counts.values()) != end:
        raise _fault(
            "attestation_gap",
            f"the running counts add up to {sum(counts.values())} of {end} entries",
        )
    return counts


def _proven_entry(block: str) -> ProvenEntry:
    line, *hashes = block.split("\n")
    place, _, entry = line.partition(" ")
    index = from_decimal(place)
    if index is None or not entry.isascii():
        raise malformed(_CODE, _WHAT, "an entry has no index, or is not ASCII")
    return ProvenEntry(index, entry.encode(), read_hashes(hashes, _CODE, _WHAT))


def _object(proven: ProvenEntry) -> dict[str, Any]:
    """The fields of an entry. The log signed it; only the fields that are read here are checked."""
    entry, place = read_object(proven.entry) or {}, f"entry {proven.index}"
    if not isinstance(entry.get("count"), int):
        raise malformed(_CODE, _WHAT, "an entry is not canonical JSON with a count", place)
    if not isinstance(entry.get("kind"), str) or not isinstance(entry.get("time"), str):
        raise malformed(_CODE, _WHAT, "an entry has no kind or time", place)
    return entry


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise malformed(_CODE, _WHAT, "a day is none of the calendar") from None


def _fault(code: str, message: str) -> VerifyFault:
    return VerifyFault(
        code,
        f"the attestation does not hold: {message}",
        cure="Do not rely on it. Ask the holder for the exported ledger, and check that.",
    )
