"""Attestations: `counterfoil-attestation-2`. No entry of one kind was made between two days; the
file holds checkpoints at both ends, and the log's signature over what it says.

    counterfoil-attestation-2
    none release                                      the kind
    from 2026-01-01                                   first day, UTC
    to 2026-01-31                                     last day, UTC, itself included
    range 17 4711                                     entries 17 to 4710 are all those of these days
    tree 4720 sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2...  size and root of the later checkpoint
    signed gkioRLZXsNg0EmZXZ1bJEr3dX...               base64 of key id || Ed25519 by the log's key
                                                      over the six lines before, newlines included
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

`counterfoil-attestation-1` has neither `tree` nor `signed`: whoever has the exported files can
write one, without the log. Everything it says follows from entries that the log did sign, so it
verifies by the same checks, and no word of it can be changed into one that is not so; but the log
has not put its name to this sentence, and the last statement says so.

What `check_attestation` establishes:

    1  The log signed the later checkpoint.
    2  The log signed the earlier checkpoint before the range, and the later tree continues it.
       Where a witness that is asked for cosigned the earlier one, it did so before the first day.
    3  Every entry in the file is in that tree at its index, and they agree with each other: times
       never go back, and the running counts fit the indices.
    4  The range is all entries of the days: every entry shown is on its side of the edges, and the
       ones at the edges are shown. The last day is over, and something after it shows that the
       ledger was complete for it: a later entry, or a witness's time on the later checkpoint.
    5  The running counts of all kinds add up to both ends of the range: no entry is left out.
    6  The kind is one that a ledger has, and its running count is the same at both ends.
    7  Version 2: the log signed kind, days, range and tree together.

It rests on the running counts. A holder who signs one count that is too low and another that is too
high is found by anyone who reads all exported entries (`ledger/check.py`), not here. And no ledger
shows what was never entered.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any, Final

from counterfoil.core.canonical import read_object
from counterfoil.core.errors import VerifyFault
from counterfoil.tlog.checkpoint import Checkpoint, check_checkpoint, parse_checkpoint
from counterfoil.tlog.cosignature import CosignerKey, check_cosignatures, time_words
from counterfoil.tlog.ed25519 import verifies
from counterfoil.tlog.encoding import (
    from_base64,
    from_decimal,
    malformed,
    read_hashes,
    to_base64,
    to_text,
)
from counterfoil.tlog.note import MAX_NOTE_BYTES, Signer, VerifierKey
from counterfoil.tlog.tree import check_consistency, check_inclusion, leaf_hash

HEADER: Final = "counterfoil-attestation-"
_CODE: Final = "attestation_malformed"
_WHAT: Final = "attestation"
_TOP: Final = re.compile(
    rf"({HEADER}[12]\nnone ([a-z_]+)\nfrom ([0-9-]{{10}})\nto ([0-9-]{{10}})\nrange ([0-9]+) "
    r"([0-9]+)(?:\ntree [0-9]+ \S+)?)(?:\nsigned (\S+))?((?:\n\S+)*)"
)
_TIME: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_EPOCH: Final = date(1970, 1, 1)
_DAY_SECONDS: Final = 86_400


@dataclass(frozen=True, slots=True)
class ProvenEntry:
    """An entry of the file: its index from 0, its bytes, its inclusion proof."""

    index: int
    entry: bytes
    hashes: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Attestation:
    """An attestation taken apart. `older` is None where no earlier checkpoint is inside; then
    `path` is empty. `signature`: key id and signature by the log, None in version 1."""

    kind: str
    first: date
    last: date
    low: int
    high: int
    path: tuple[bytes, ...]
    entries: tuple[ProvenEntry, ...]
    older: str | None
    newer: str
    signature: bytes | None = None

    @property
    def claim(self) -> str:
        """The lines that say what is attested; those of version 2 are what the log signs."""
        lines = [
            f"{HEADER}{1 if self.signature is None else 2}",
            f"none {self.kind}",
            f"from {self.first}",
            f"to {self.last}",
            f"range {self.low} {self.high}",
        ]
        if self.signature is not None:
            tree = parse_checkpoint(self.newer)
            lines.append(f"tree {tree.size} {to_base64(tree.root)}")
        return "".join(f"{line}\n" for line in lines)

    def __str__(self) -> str:
        lines = self.claim.splitlines()
        if self.signature is not None:
            lines.append(f"signed {to_base64(self.signature)}")
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


def sign_attestation(attestation: Attestation, signer: Signer) -> Attestation:
    """The same in version 2, signed by the log. Nothing is checked here."""
    unsigned = replace(attestation, signature=b"")
    signature = signer.private.sign(unsigned.claim.encode())
    return replace(attestation, signature=signer.verifier.key_id + signature)


def parse_attestation(raw: str | bytes) -> Attestation:
    """Read an attestation; verify nothing. Inverse of `str(attestation)`. Raises VerifyFault
    `attestation_malformed`, and those of `parse_checkpoint` in version 2."""
    head, *notes = to_text(raw, 4 * MAX_NOTE_BYTES, _CODE, _WHAT).split("\n\n")
    top, *blocks = head.split("\nentry ")
    found = _TOP.fullmatch(top)
    low, high = (from_decimal(found[5]), from_decimal(found[6])) if found else (None, None)
    if found is None or low is None or high is None or len(notes) not in (2, 4):
        raise malformed(
            _CODE, _WHAT, f"it does not begin as {HEADER}2 or 1 does, or holds no checkpoint"
        )
    stated = Attestation(
        kind=found[2],
        first=_day(found[3]),
        last=_day(found[4]),
        low=low,
        high=high,
        path=read_hashes(found[8].split("\n")[1:], _CODE, _WHAT),
        entries=tuple(map(_proven_entry, blocks)),
        older=f"{notes[0]}\n\n{notes[1]}\n" if len(notes) == 4 else None,
        newer=f"{notes[-2]}\n\n{notes[-1]}",
        signature=None if found[7] is None else _signature(found[7]),
    )
    if stated.claim != f"{found[1]}\n":
        raise malformed(
            _CODE, _WHAT, "`tree` and `signed` are those of version 2, and of the later checkpoint"
        )
    return stated


def check_attestation(
    raw: str | bytes,
    key: VerifierKey,
    kinds: Collection[str],
    today: date,
    witnesses: Sequence[CosignerKey] = (),
) -> Attested:
    """Establish 1 to 7 for the log whose checkpoints `key` signs.

    `kinds`: all that the log's entries can be of. `today`: by the reader's clock, UTC. `witnesses`:
    whose times bound the two checkpoints where they cosigned them.

    Raises VerifyFault: `attestation_malformed`, those of `check_checkpoint` and
    `check_cosignatures`, `proof_consistency`, `proof_inclusion`, `attestation_contradicted`,
    `attestation_range`, `attestation_future`, `attestation_gap`, `attestation_kind`,
    `attestation_found`, `attestation_signature`.
    """
    stated = parse_attestation(raw)
    newer = check_checkpoint(stated.newer, key)  # 1
    times = check_cosignatures(stated.newer, witnesses)  # 1
    earlier = _check_older(stated, newer, key, witnesses)  # 2
    entries = _check_entries(stated.entries, newer)  # 3
    ends = _check_range(stated, entries, newer.size)  # 4
    closed = _check_over(stated, newer.size, today, max(times.values(), default=0))  # 4
    before, after = _counts(entries, stated.low), _counts(entries, stated.high)  # 5
    _check_story(entries, [(stated.low, before), (stated.high, after)])  # 3
    count = _check_none(stated, before, after, kinds)  # 6
    statements = (
        f"1. {key.name} signed its ledger at {newer.size} entries.{_cosigned_words(times)}",
        f"2. {earlier}",
        f"3. The {len(entries)} entries in this file stand in that ledger, each at its place, and "
        "agree with each other.",
        f"4. {ends}{closed}",
        f"5. The running counts of all kinds add up to {stated.low} and {stated.high}: no entry is "
        "left out.",
        f"6. Of kind {stated.kind} there were {count} before the range and as many at its end: "
        "none in it.",
        f"7. {_check_signed(stated, key)}",  # 7
    )
    return Attested(newer, count, statements)


def _check_signed(stated: Attestation, key: VerifierKey) -> str:
    if stated.signature is None:
        return "Nobody signed this sentence as such (version 1): it follows from the entries above."
    in_form = stated.signature[:4] == key.key_id
    if not in_form or not verifies(key.public, stated.signature[4:], stated.claim.encode()):
        raise _fault("attestation_signature", f"{key.name} did not sign this kind, days and range")
    return f"{key.name} signed this kind, these days and this range of that ledger."


def _check_older(
    stated: Attestation, newer: Checkpoint, key: VerifierKey, witnesses: Sequence[CosignerKey]
) -> str:
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
    times = check_cosignatures(stated.older, witnesses)
    if older.size > stated.low or max(times.values(), default=0) >= _start_of(stated.first):
        raise _fault("attestation_range", "the earlier checkpoint is not from before the range")
    by_whom = _cosigned_words(times) or " When it did so, no witness that was asked for says."
    return (
        f"It had signed the first {older.size} of them, all of before the range, and they are "
        f"unchanged.{by_whom}"
    )


def _cosigned_words(times: Mapping[CosignerKey, int]) -> str:
    return "".join(f" {key.name} cosigned it at {time_words(time)}." for key, time in times.items())


def _start_of(day: date) -> int:
    """POSIX seconds of the day's first instant, UTC."""
    return (day - _EPOCH).days * _DAY_SECONDS


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
    for at in (stated.low - 1, stated.low, stated.high - 1, stated.high):
        if 0 <= at < size and at not in entries:
            raise _fault("attestation_range", f"entry {at} at the edge of the range is missing")
    first, last = stated.first.isoformat(), stated.last.isoformat()
    for at, entry in entries.items():
        day = str(entry["time"])[:10]
        side = -1 if day < first else int(day > last)
        if side != (-1 if at < stated.low else int(at >= stated.high)):
            raise _fault("attestation_range", f"entry {at} is on the wrong side of the range")
    if stated.low == stated.high:
        return f"No entry was made from {stated.first} to {stated.last} (UTC)."
    return (
        f"Entries {stated.low} to {stated.high - 1} are all those of {stated.first} to "
        f"{stated.last} (UTC)."
    )


def _check_over(stated: Attestation, size: int, today: date, witnessed: int) -> str:
    """Establish that the last day was over when the ledger was signed. `witnessed`: the newest time
    of a witness on the later checkpoint, 0 for none."""
    if stated.last >= today:
        raise _fault("attestation_future", "its last day is not over yet")
    if stated.high < size:
        return ""
    if witnessed < _start_of(stated.last) + _DAY_SECONDS:
        raise _fault(
            "attestation_future",
            "nothing shows that the ledger was complete after its last day: no later entry, and no "
            "witness's time",
        )
    return " The ledger ends there; a witness saw no more of it after the last day."


def _check_story(
    entries: Mapping[int, Mapping[str, Any]], ends: Sequence[tuple[int, Mapping[str, int]]]
) -> None:
    """Establish that the entries shown can be those of one ledger: between two of a kind the count
    rises by one at least, and by no more than there are places. `ends`: an index, and how many
    entries of each kind come before it."""
    time = ""
    counted: dict[str, tuple[int, int]] = {}
    for index, entry in entries.items():
        kind, count = entry["kind"], entry["count"]
        known = [counted.get(kind, (-1, 0))]
        known += [(end - 1, counts.get(kind, 0)) for end, counts in ends if index >= end]
        if entry["time"] < time or not all(
            1 <= count - before <= index - place for place, before in known
        ):
            raise _fault(
                "attestation_contradicted",
                f"the time or the count of entry {index} contradicts what comes before it",
            )
        counted[kind], time = (index, count), entry["time"]


def _check_none(
    stated: Attestation, before: Mapping[str, int], after: Mapping[str, int], kinds: Collection[str]
) -> int:
    """Establish 6; how many of the kind come before the range. An entry of the kind that is shown
    in the range counts one more than those before it: 3 has established that."""
    if stated.kind not in kinds:
        raise _fault("attestation_kind", "a ledger has no entries of the kind that it names")
    count, count_after = before.get(stated.kind, 0), after.get(stated.kind, 0)
    if count != count_after:
        raise _fault(
            "attestation_found", f"{count_after - count} of kind {stated.kind} are in the range"
        )
    return count


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


def _signature(text: str) -> bytes:
    data = from_base64(text)
    if data is None:
        raise malformed(_CODE, _WHAT, "its signature is not base64")
    return data


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
    if type(entry.get("count")) is not int:
        raise malformed(_CODE, _WHAT, "an entry is not canonical JSON with a count", place)
    if not isinstance(entry.get("kind"), str) or not _TIME.fullmatch(str(entry.get("time"))):
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
