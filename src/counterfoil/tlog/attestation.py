"""Attestations: `counterfoil-attestation-1`. Between two days none of a kind was entered;
checkpoints at both ends.

    counterfoil-attestation-1
    none release                                      the kind
    from 2026-01-01                                   first day, UTC
    to 2026-01-31                                     last day, UTC, itself included
    range 17 4711                                     entries 17 to 4710 are all those of these days
    gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=      consistency proof, earlier to later
    checkpoint; none without one entry 3 {"agreement":"sha256:...","v":1}          entries in rising
    order, each with its inclusion proof sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=      in the
    tree of the later checkpoint entry 16 ...
                                                      an empty line
    example.com/fancylog                              the earlier checkpoint, of size 17 or less;
    may be missing,
    ...                                               with the empty line after it
    example.com/fancylog                              the later checkpoint
    ...

The entries are, before 17 and before 4711, the last of every kind, and the four at the edges: 16,
17, 4710, 4711. Their running counts tell how many of a kind there were. If the counts of all kinds
before an index add up to that index, no entry is left out of them: so the file is small however
long the range is.

What `check_attestation` establishes:

    1  The log signed the later checkpoint.
    2  The log signed the earlier checkpoint before the range, and the later tree continues it.
    3  Every entry in the file is in that tree at its place.
    4  The range is all entries of the days: those at its edges say so, as times never go back.
    5  The running counts of all kinds add up to both ends of the range: no entry is left out.
    6  The running count of the kind is the same at both ends.

It rests on the running counts: a holder who signs one count too low and another too high is found
by whoever reads the exported entries (`ledger/check_export.py`), not here. And no ledger shows what
was never entered.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, Final

from counterfoil.core.errors import VerifyFault
from counterfoil.tlog.checkpoint import Checkpoint, check_checkpoint
from counterfoil.tlog.consistency import read_hashes
from counterfoil.tlog.encoding import from_decimal, malformed, to_base64, to_text
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
class Shown:
    """An entry that the file shows: its index from 0, its bytes, its inclusion proof."""

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
    shown: tuple[Shown, ...]
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
        for each in self.shown:
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
        shown=tuple(map(_shown, blocks)),
        older=f"{notes[0]}\n\n{notes[1]}\n" if len(notes) == 4 else None,
        newer=f"{notes[-2]}\n\n{notes[-1]}",
    )


def check_attestation(raw: str | bytes, key: VerifierKey) -> Attested:
    """Establish 1 to 6 for the log whose checkpoints `key` signs.

    Raises VerifyFault: `attestation_malformed`, those of `check_checkpoint`, `proof_consistency`,
    `proof_inclusion`, `attestation_range`, `attestation_gap`, `attestation_found`.
    """
    said = parse_attestation(raw)
    newer = check_checkpoint(said.newer, key)  # 1
    earlier = _check_older(said, newer, key)  # 2
    entries = _check_entries(said.shown, newer)  # 3
    ends = _check_range(said, entries, newer.size)  # 4
    before, after = (_counts(entries, end) for end in (said.low, said.high))  # 5
    count = after.get(said.kind, 0)
    if before.get(said.kind, 0) != count:  # 6
        raise _fault(
            "attestation_found",
            f"{count - before.get(said.kind, 0)} of kind {said.kind} are in the range",
        )
    return Attested(
        newer,
        count,
        (
            f"1. {key.name} signed its ledger at {newer.size} entries.",
            f"2. {earlier}",
            f"3. The {len(entries)} entries in this file stand in that ledger, each at its place.",
            f"4. Entries {said.low} to {said.high - 1} are all those of {said.first} to "
            f"{said.last} (UTC).{ends}",
            f"5. The running counts of all kinds add up to {said.low} and {said.high}: no entry "
            "is left out.",
            f"6. Of kind {said.kind} there were {count} before the range and as many at its "
            "end: none in it.",
        ),
    )


def _check_older(said: Attestation, newer: Checkpoint, key: VerifierKey) -> str:
    if said.older is None:
        if said.path:
            raise malformed(
                _CODE, _WHAT, "it holds a consistency proof without an earlier checkpoint"
            )
        return (
            "No earlier checkpoint is here: the part before the range rests on the later one alone."
        )
    older = check_checkpoint(said.older, key)
    check_consistency(older.size, older.root, newer.size, newer.root, said.path)
    if older.size > said.low:
        raise _fault("attestation_range", "the earlier checkpoint is not from before the range")
    return f"It had signed the first {older.size} of them before the range, and they are unchanged."


def _check_entries(shown: Sequence[Shown], newer: Checkpoint) -> dict[int, dict[str, Any]]:
    for each in shown:
        check_inclusion(leaf_hash(each.entry), each.index, newer.size, each.hashes, newer.root)
    if any(one.index >= two.index for one, two in pairwise(shown)):
        raise malformed(_CODE, _WHAT, "its entries are not in rising order")
    return {each.index: _object(each) for each in shown}


def _check_range(said: Attestation, entries: Mapping[int, Mapping[str, Any]], size: int) -> str:
    if not (said.low <= said.high <= size and said.first <= said.last):
        raise _fault(
            "attestation_range",
            "its range or its days are in the wrong order, or outside the ledger",
        )
    edges = {at for at in (said.low - 1, said.low, said.high - 1, said.high) if 0 <= at < size}
    if not edges <= entries.keys():
        raise _fault(
            "attestation_range",
            f"entry {min(edges - entries.keys())} at the edge of the range is missing",
        )
    first, last = said.first.isoformat(), said.last.isoformat()
    for at in sorted(edges):
        day = str(entries[at]["time"])[:10]
        side = (
            day < first
            if at < said.low
            else day > last
            if at >= said.high
            else first <= day <= last
        )
        if not side:
            raise _fault("attestation_range", f"entry {at} is on the wrong side of the range")
    return (
        ""
        if said.high < size
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


def _shown(block: str) -> Shown:
    line, *hashes = block.split("\n")
    place, _, entry = line.partition(" ")
    index = from_decimal(place)
    if index is None or not entry.isascii():
        raise malformed(_CODE, _WHAT, "an entry has no index, or is not ASCII")
    return Shown(index, entry.encode(), read_hashes(hashes, _CODE, _WHAT))


def _object(shown: Shown) -> dict[str, Any]:
    """The parts of an entry that are read here. It is signed for; its full grammar is the ledger's
    matter."""
    try:
        said = json.loads(shown.entry)
        canonical = (
            json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
            == shown.entry
        )
    except (ValueError, RecursionError):
        said, canonical = None, False
    if not canonical or not isinstance(said, dict) or not isinstance(said.get("count"), int):  # pyright: ignore[reportUnknownMemberType]
        raise malformed(
            _CODE, _WHAT, "an entry is not canonical JSON with a count", f"entry {shown.index}"
        )
    if not (isinstance(said.get("kind"), str) and isinstance(said.get("time"), str)):  # pyright: ignore[reportUnknownMemberType]
        raise malformed(_CODE, _WHAT, "an entry has no kind or time", f"entry {shown.index}")
    return said  # pyright: ignore[reportUnknownVariableType]


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
