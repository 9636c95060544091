"""Making an attestation from exported files, by anyone who has them; the holder signs its own. The
format is that of `tlog/attestation.py`."""

from __future__ import annotations

from datetime import date
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from counterfoil.core.errors import StateFault, UsageFault
from counterfoil.ledger.check import check_export
from counterfoil.ledger.entries import KINDS, EntryKind, decode
from counterfoil.ledger.export import read_bundles, read_file, tile_rows
from counterfoil.tlog.attestation import (
    Attestation,
    ProvenEntry,
    check_attestation,
    sign_attestation,
)
from counterfoil.tlog.checkpoint import Checkpoint, check_checkpoint
from counterfoil.tlog.note import MAX_NOTE_BYTES, Signer, VerifierKey
from counterfoil.tlog.tiles import node_reader
from counterfoil.tlog.tree import Reader, check_consistency, prove_consistency, prove_inclusion


class Question(NamedTuple):
    """That none of `kind` was entered from `first` to `last`, both included, UTC. `older`: a signed
    checkpoint from before the first day; `today`: by UTC."""

    kind: EntryKind
    first: date
    last: date
    today: date
    older: str | None = None


def attest_none(
    directory: Path, key: VerifierKey, question: Question, signer: Signer | None = None
) -> str:
    """The attestation that no entry of a kind has a time on the days of the question.

    The export is checked whole first, and so is what comes out. `signer`: the holder's own, who
    puts its name to it; None for everybody else. Raises VerifyFault as `check_export` and
    `check_attestation`; UsageFault `attest_days` (wrong order, or not over yet),
    `attest_checkpoint` (`older` is not from before the range); StateFault `attest_found` where
    there are such entries, `attest_open` where nothing after the last day is in the ledger yet.
    """
    _require_days(question)
    check_export(directory, key)
    note = read_file(directory, "checkpoint", MAX_NOTE_BYTES).decode()
    newer = check_checkpoint(note, key)
    low, high, needed = _range(directory, newer.size, question)
    read = node_reader(tile_rows(directory, newer.size))
    entries = tuple(
        ProvenEntry(index, entry, tuple(prove_inclusion(index, newer.size, read)))
        for index, entry in sorted(needed.items())
    )
    older = question.older
    path = () if older is None else _continue(older, newer, key, low, read)
    kind, first, last = question.kind, question.first, question.last
    made = Attestation(kind, first, last, low, high, path, entries, older, note)
    text = str(made if signer is None else sign_attestation(made, signer))
    check_attestation(text, key, KINDS, question.today)
    return text


def _require_days(question: Question) -> None:
    if question.first > question.last:
        earlier = "Name the earlier day with --from."
        raise UsageFault("attest_days", "the first day is after the last", cure=earlier)
    if question.last >= question.today:
        over = "Name a last day that is over, by UTC."
        raise UsageFault("attest_days", "the last day is not over yet", cure=over)


def _continue(
    older: str, newer: Checkpoint, key: VerifierKey, low: int, read: Reader
) -> tuple[bytes, ...]:
    """The proof that the exported tree continues an older checkpoint of at most `low` entries."""
    before = check_checkpoint(older, key)
    if before.size > low:
        raise UsageFault(
            "attest_checkpoint",
            f"the earlier checkpoint covers {before.size} entries, and the range begins at {low}",
            cure=f"Name a checkpoint of at most {low} entries, or a later first day.",
        )
    path = prove_consistency(before.size, newer.size, read)
    check_consistency(before.size, before.root, newer.size, newer.root, path)
    return tuple(path)


def _range(directory: Path, size: int, question: Question) -> tuple[int, int, dict[int, bytes]]:
    """(first index of the days, index after their last, the entries that the attestation needs),
    from one walk over all entries."""
    kind, days = question.kind, (question.first.isoformat(), question.last.isoformat())
    low = high = size
    lasts: dict[EntryKind, tuple[int, bytes]] = {}
    needed: dict[int, bytes] = {}
    found: list[int] = []
    for index, data in enumerate(chain.from_iterable(read_bundles(directory, size))):
        entry = decode(data, f"entry {index}")
        day = entry.time[:10]
        if low == size and day >= days[0]:
            low = index
            needed.update([*lasts.values(), (index, data)])
        if day > days[1]:
            high = index
            needed[index] = data
            break
        if low < size and entry.kind == kind:
            found.append(index)
        lasts[entry.kind] = (index, data)
    needed.update(lasts.values())
    if found:
        raise StateFault(
            "attest_found",
            f"{len(found)} entries of kind {kind} were made on these days",
            place=f"entry {found[0]}",
            cure="`counterfoil ledger report --help` counts what was entered; `counterfoil ledger "
            "show` shows it.",
        )
    if high == size:
        raise StateFault(
            "attest_open",
            "no entry comes after the last day yet, so more of that day could still be entered",
            place="ledger",
            cure="Export again once something was entered since: `counterfoil ledger publish` "
            "enters a promise.",
        )
    return low, high, needed
