"""The ledger, for whoever checks it in the office itself: check, read, prove and export it.

What can be established without the office, from exported files alone, is in exported_ledger.py.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from counterfoil import ledger
from counterfoil.batches.remembered import check_batches, check_officers
from counterfoil.controls.duties.service import listed
from counterfoil.controls.recall.entered import read_recalls
from counterfoil.controls.sampling.own_look import FINDINGS, ToldEntries
from counterfoil.controls.witnesses import enter_fork
from counterfoil.core.errors import (
    CounterfoilError,
    InputFault,
    StateFault,
    UsageFault,
    VerifyFault,
)
from counterfoil.core.use_cases import SERVICE, Actor, Upload
from counterfoil.core.values import Public
from counterfoil.database import Connection
from counterfoil.ledger import EntryKind
from counterfoil.ledger.certification import certification
from counterfoil.ledger.entries import decode
from counterfoil.ledger.pages import MOST_ROWS, PageQuery, find_page, index_of_day
from counterfoil.ledger.store import read_checkpoints, read_entry
from counterfoil.ledger.watched import checked_head
from counterfoil.office import Office
from counterfoil.office.acts import altered_acts
from counterfoil.office.authority import require_reader, require_service
from counterfoil.tlog import parse_checkpoint, parse_proof
from counterfoil.tlog.note import MAX_NOTE_BYTES

PAGE_ENTRIES = 2_000
"""How many entries are looked at for one answer: each has at most a few hundred bytes."""

_FINDINGS: Final = [f'"kind":"{kind.value}"' for kind in FINDINGS]


class CheckLedger(Public, frozen=True):
    """Check the whole ledger. `checkpoints`: kept elsewhere; `exported`: what `export_ledger`
    wrote, compared as well; `certify`: whether the text of a certification is asked for."""

    checkpoints: tuple[Upload, ...] = ()
    exported: Path | None = None
    certify: bool = False


class CheckedLedger(Public, frozen=True):
    """What was established. `certification` is "" where it was not asked for."""

    report: ledger.CheckReport
    certification: str


class ReadEntries(Public, frozen=True):
    """The entries from index `start` to the one before `stop`, None for the end: all of them, or
    those of a kind, of a batch, and of a day and later ("" for any; a day is YYYY-MM-DD, UTC)."""

    start: int = 0
    stop: int | None = None
    kind: str = ""
    batch: str = ""
    since: str = ""


class LedgerEntries(Public, frozen=True):
    """Entries as they are kept, each its index and its canonical JSON text, and the size of the
    whole ledger."""

    size: int
    entries: Iterator[tuple[int, str]]


class EntryTexts(Public, frozen=True):
    """Some of the entries that were asked for: each its index and its text, the size of the whole
    ledger, and the index to ask from next, -1 where that was all."""

    size: int
    entries: tuple[tuple[int, str], ...]
    following: int


class ProveEntry(Public, frozen=True):
    """Prove that the entry of this index is in the ledger. `signed_before`: under the newest
    checkpoint that is there already, cosigned if one is, and nothing is signed."""

    index: int
    signed_before: bool = False


class ProvedEntry(Public, frozen=True):
    """An entry, and a C2SP tlog-proof whose extra line carries it."""

    index: int
    entry: str
    proof: str


class ExportLedger(Public, frozen=True):
    """Write the ledger into a folder as static files of C2SP tlog-tiles."""

    folder: Path


class ProveConsistency(Public, frozen=True):
    """Prove that one checkpoint continues an earlier one. Each is the file of a checkpoint, or a
    size at which this office signed."""

    older: Upload | int
    newer: Upload | int


def check_ledger(
    office: Office, _actor: Actor, question: CheckLedger, watch: Callable[[int], object] = int
) -> CheckedLedger:
    """Make everything anew from the entries and compare. Anybody may ask. `watch` is told how many
    entries were checked, now and then.

    A signed checkpoint that is not of this tree is entered as a fork before its fault is raised.
    Raises VerifyFault as `ledger.check` and `ledger.check_export`, InputFault
    `checkpoint_unreadable`.
    """
    named = [*question.checkpoints]
    if question.exported is not None:
        named.append(Upload(question.exported / "checkpoint"))
    brought = [read_note(each) for each in named]
    report = _checked(office, brought, watch)
    text = ""
    if question.certify:
        text = certification(report, office.holder_key, len(brought), office.clock())
    if question.exported is not None:
        size = ledger.check_export(question.exported, office.holder_key).size
        compared = (
            f"8. The {size} exported entries and every exported tile are what this ledger's "
            "entries make."
        )
        report = msgspec.structs.replace(report, statements=(*report.statements, compared))
    return CheckedLedger(report, text)


def _checked(
    office: Office, brought: list[str], watch: Callable[[int], object]
) -> ledger.CheckReport:
    with office.store.reading() as connection:
        notes = [*office.ledger.cosigned(connection), *brought]
    try:
        with office.store.reading() as connection:
            report = ledger.check(connection, office.log_keys, notes, watch)
            return _under_its_head(office, connection, report)
    except VerifyFault as fault:
        if fault.code in ("ledger_rewritten", "ledger_shortened"):
            # What was found is raised, whether or not it can be entered.
            with suppress(CounterfoilError):
                enter_fork(office, SERVICE, notes)
        raise


def _under_its_head(
    office: Office, connection: Connection, report: ledger.CheckReport
) -> ledger.CheckReport:
    """The report, and what the office's own key establishes: the head, and the rows of officers,
    batches, recalls and duties. Raises VerifyFault `head_altered`, `head_entries`, `head_missing`,
    `head_behind`, `row_disagrees`."""
    head = checked_head(connection)
    if head is None:
        return report
    established = f"7. {head.check_whole()}"
    check_officers(connection)
    check_batches(connection)
    _check_acts(office, connection)
    return msgspec.structs.replace(report, statements=(*report.statements, established))


def _check_acts(office: Office, connection: Connection) -> None:
    try:
        agrees = read_recalls(office, connection).agrees and listed(office, connection).agrees
        agrees = agrees and not altered_acts(office, connection)
    except StateFault:
        agrees = False
    if not agrees:
        raise VerifyFault(
            "row_disagrees",
            "what officers ordered, recalls or duties are not those that the ledger has entries of",
            place="act",
            cure="Keep this database, restore the copy that checks, and tell the inspector.",
        )


@contextmanager
def read_entries(office: Office, _actor: Actor, question: ReadEntries) -> Generator[LedgerEntries]:
    """Entries as they are kept, for as long as they are being read. Anybody may ask."""
    with office.store.reading() as connection:
        size = office.ledger.size(connection)

        def pages() -> Iterator[tuple[int, str]]:
            start = question.start
            while start >= 0:
                found, start = _page(office, connection, question, start)
                yield from found

        yield LedgerEntries(size, pages())


def page_entries(office: Office, actor: Actor, question: ReadEntries) -> EntryTexts:
    """Entries as they are kept, as many as one answer holds, for an officer who reads from
    elsewhere, without those that they are not told (controls/sampling/own_look.py).

    Raises as `require_reader`; UsageFault `ledger_index`.
    """
    if question.start < 0 or (question.stop is not None and question.stop < 0):
        raise UsageFault(
            "ledger_index",
            "an index of the ledger is no less than 0",
            place="index",
            cure="Name an index from 0 to one less than its size.",
        )
    with office.store.reading() as connection:
        reader = require_reader(connection, actor)
        size = office.ledger.size(connection)
        found, following = _page(office, connection, question, question.start)
        told = ToldEntries(office, connection, reader)
        shown = tuple(each for each in found if _is_told(told, *each))
    return EntryTexts(size, shown, following)


def _is_told(told: ToldEntries, index: int, text: str) -> bool:
    if not any(name in text for name in _FINDINGS):
        return True
    return told.tell(decode(text.encode(), f"entry {index}"))


def _page(
    office: Office, connection: Connection, question: ReadEntries, start: int
) -> tuple[tuple[tuple[int, str], ...], int]:
    """Entries from `start` on, the oldest first, and the index to go on from, -1 where that was
    all. What leads to them is what the pages of the ledger go by (ledger/pages.py), so that the
    work is bounded however long the ledger is."""
    size = office.ledger.size(connection)
    stop = size if question.stop is None else min(question.stop, size)
    if question.since:
        start = max(start, index_of_day(connection, question.since))
    if start >= stop or question.kind not in ("", *EntryKind):
        return (), -1
    if question.kind or question.batch:
        kind = EntryKind(question.kind) if question.kind else None
        query = PageQuery(kind=kind, batch=question.batch, after=start - 1, rows=MOST_ROWS)
        page = find_page(connection, query)
        indices = [index for index, _ in reversed(page.entries) if index < stop]
        found = tuple((index, _text(connection, index)) for index in indices)
        return found, page.high if page.high < stop else -1
    end, under = min(stop, start + PAGE_ENTRIES), checked_head(connection)
    kept = under.believed_range if under else partial(office.ledger.entries, connection)
    texts = enumerate(kept(start, end), start)
    return tuple((index, data.decode()) for index, data in texts), end if end < stop else -1


def _text(connection: Connection, index: int) -> str:
    """The text of one entry, in the tree of the head where there is one."""
    under, data = checked_head(connection), read_entry(connection, index)
    return (under.believed_range(index, index + 1)[0] if under else data).decode()


def prove_entry(office: Office, actor: Actor, question: ProveEntry) -> ProvedEntry:
    """Prove one entry under a checkpoint that is signed now, which only the office itself may, or
    under the newest one, for anybody.

    Raises UsageFault `actor_refused`, `ledger_index`, `checkpoint_none`; KeyFault, VerifyFault.
    """
    index = question.index
    if question.signed_before:
        with office.store.reading() as connection:
            proof = office.ledger.tlog_proof(connection, index, _newest(office, connection, index))
            entry = next(office.ledger.entries(connection, index, index + 1))
        return ProvedEntry(index, entry.decode(), str(replace(parse_proof(proof), extra=entry)))
    require_service(actor)
    with office.store.transaction() as connection:
        checkpoint = office.ledger.sign_checkpoint(connection, office.signer())
        proof = office.ledger.tlog_proof(connection, index, checkpoint)
        entry = next(office.ledger.entries(connection, index, index + 1))
    return ProvedEntry(index, entry.decode(), str(replace(parse_proof(proof), extra=entry)))


def newest_checkpoint(office: Office, _actor: Actor, *, cosigned: bool = False) -> str:
    """The newest checkpoint that was signed, with its cosignatures where it has some; or the newest
    that was cosigned. Anybody may ask. Raises UsageFault `checkpoint_none`."""
    with office.store.reading() as connection:
        if cosigned:
            note = office.ledger.newest_cosigned(connection)
            return note or office.ledger.checkpoint_of(connection, -1)
        return _newest(office, connection, None)


def _newest(office: Office, connection: Connection, index: int | None) -> str:
    """The newest cosigned checkpoint that covers the entry of an index, or the newest signed one;
    None for an index asks for the newest of all."""
    cosigned = office.ledger.newest_cosigned(connection)
    signed = office.ledger.newest_checkpoint(connection)
    least = parse_checkpoint(signed).size if signed and index is None else (index or 0) + 1
    if cosigned and parse_checkpoint(cosigned).size >= least:
        return cosigned
    return signed or office.ledger.checkpoint_of(connection, 0)


def export_ledger(office: Office, actor: Actor, command: ExportLedger) -> int:
    """Sign and write the ledger, check what was written, and return how many entries it has.

    Raises UsageFault `actor_refused`; as `ledger.export` and `ledger.check_export`; KeyFault.
    """
    require_service(actor)
    with office.store.transaction() as connection:
        checkpoint = office.ledger.sign_checkpoint(connection, office.signer())
        size = office.ledger.size(connection)
        ledger.export(connection, command.folder, checkpoint)
    ledger.check_export(command.folder, office.holder_key)
    return size


def signed_sizes(office: Office, _actor: Actor) -> tuple[int, ...]:
    """The sizes at which this office signed its ledger. Anybody may ask."""
    with office.store.reading() as connection:
        return tuple(size for size, _ in read_checkpoints(connection))


def prove_consistency(office: Office, _actor: Actor, question: ProveConsistency) -> str:
    """A consistency file for two checkpoints. Anybody may ask.

    Raises UsageFault `checkpoint_none`, `ledger_size`; InputFault `checkpoint_unreadable`;
    VerifyFault `ledger_rewritten`.
    """
    with office.store.reading() as connection:
        notes = [
            office.ledger.checkpoint_of(connection, each)
            if isinstance(each, int)
            else read_note(each)
            for each in (question.older, question.newer)
        ]
        return office.ledger.consistency_file(connection, *notes)


def read_note(file: Upload) -> str:
    """The text of a checkpoint's file. Raises InputFault `checkpoint_unreadable`."""

    def unreadable(_why: str) -> InputFault:
        return InputFault(
            "checkpoint_unreadable",
            "the checkpoint cannot be read",
            place=file.name,
            cure="Name a file that holds one signed checkpoint.",
        )

    try:
        return file.read(MAX_NOTE_BYTES, unreadable).decode("utf-8")
    except UnicodeDecodeError as fault:
        raise unreadable(type(fault).__name__) from None
