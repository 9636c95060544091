"""The check of an exported accounting (export.py) against the ledger: the office's own, or files
that `ledger export` wrote, with the holder's verifier key alone. What it establishes; the code is
labeled with the numbers:

    1  The office's key signed the file, and no line was changed, added or left out since.
    2  The ledger begins with the very entries that the file belongs to: their root is the file's.
    3  Every batch that the ledger received is in the file, once.
    4  Every row of every batch is in the file, once: each record names the entry of its row and
       that of its answer, in order, and none of the ledger's is left over.
    5  Of each closed batch, the ledger commits to every record as it is here.
    6  How many batches are open, so that the ledger commits to their rows and not to their records;
       and of how many an earlier version disposed of the rows, so that all that was kept is here.

The file is read once, as a stream. In memory are one line, the places of the batches, and up to 64
bundles of 256 entries.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Final, NoReturn

import msgspec

from counterfoil.accountability.accounting.export import (
    FORMAT,
    EarlierEnd,
    FileEnd,
    FileHead,
    KeptEnd,
    OlderLine,
    OpenEnd,
    note_text,
)
from counterfoil.core.errors import InputFault, VerifyFault
from counterfoil.core.use_cases import Actor, Upload
from counterfoil.core.values import Public
from counterfoil.ledger import Entry, EntryKind
from counterfoil.ledger.check import Recomputation
from counterfoil.ledger.entries import decode
from counterfoil.ledger.export import read_bundle, read_file
from counterfoil.office import Office
from counterfoil.office.accounting_records import (
    ANSWERED,
    NOT_ANSWERED,
    REFUSED,
    REJECTED,
    AccountRecord,
    LinesDigest,
    Occasion,
)
from counterfoil.office.keep_accounting import ANSWER_KINDS, ROW_KINDS
from counterfoil.tlog import VerifierKey
from counterfoil.tlog.checkpoint import check_checkpoint
from counterfoil.tlog.encoding import to_base64
from counterfoil.tlog.note import MAX_NOTE_BYTES, check_note
from counterfoil.tlog.tiles import WIDTH

MAX_LINE_BYTES: Final = 4_000_000
_BUNDLES_KEPT: Final = 64
_Line = FileHead | Occasion | AccountRecord | OlderLine | KeptEnd | OpenEnd | EarlierEnd | FileEnd
_decode_line: Final = msgspec.json.Decoder(_Line).decode
_SALT_BYTES: Final = 32


class CheckAccounting(Public, frozen=True):
    """Check an exported accounting."""

    file: Upload


class CheckedAccounting(Public, frozen=True):
    """What was established: sentences, and the counts. `size` is of the ledger."""

    size: int
    batches: int
    records: int
    answers: int
    open: int
    earlier: int
    statements: tuple[str, ...]


class _Ledger:
    """The entries of a ledger by place: a bundle of 256 at a time is read and kept for a while."""

    def __init__(self, size: int, bundle: Callable[[int], list[bytes]]) -> None:
        self.size = size
        self._bundle = lru_cache(_BUNDLES_KEPT)(bundle)

    def bundles(self, size: int) -> Iterator[list[bytes]]:
        """The first `size` entries, in bundles."""
        for start in range(0, size, WIDTH):
            yield self._bundle(start // WIDTH)[: size - start]

    def entry(self, index: int) -> Entry | None:
        """The entry of a place, or None."""
        if not 0 <= index < self.size:
            return None
        return decode(self._bundle(index // WIDTH)[index % WIDTH], f"entry {index}")


def check_accounting(office: Office, _actor: Actor, question: CheckAccounting) -> CheckedAccounting:
    """Check a file against the office's own ledger. Anybody may ask. Raises as
    `check_exported_accounting`."""
    with office.store.reading() as connection:

        def bundle(index: int) -> list[bytes]:
            start = index * WIDTH
            stop = min(start + WIDTH, size)
            return list(office.ledger.entries(connection, start, stop))

        size = office.ledger.size(connection)
        return _check(question.file, _Ledger(size, bundle), office.holder_key)


def check_exported_accounting(file: Upload, folder: Path, holder: VerifierKey) -> CheckedAccounting:
    """Check a file against an exported ledger.

    Raises InputFault `file_unreadable`; VerifyFault `accounting_file` (not in its form, or not
    whole), `accounting_differs` (it is not what the ledger says), `accounting_ledger` (the ledger
    is shorter than the file's); as `check_note` and `entries.decode`."""
    checkpoint = check_checkpoint(read_file(folder, "checkpoint", MAX_NOTE_BYTES), holder)
    size = checkpoint.size
    ledger = _Ledger(size, lambda index: read_bundle(folder, size, index))
    computed = _recomputed(ledger, size)
    if computed.root() != checkpoint.root:
        raise VerifyFault(
            "ledger_rewritten",
            "the entries are not those that the checkpoint was signed over",
            place="checkpoint",
            cure="Keep this export as evidence, and ask the office for an explanation.",
        )
    return _check(file, ledger, holder)


def _check(file: Upload, ledger: _Ledger, holder: VerifierKey) -> CheckedAccounting:
    check = _Check(ledger, holder)
    with _lines_of(file) as lines:
        for line in lines:
            check.add(line)
    return check.finish()


@contextmanager
def _lines_of(file: Upload) -> Generator[Iterator[bytes]]:
    try:
        with file.path.open("rb") as stream:
            yield iter(lambda: stream.readline(MAX_LINE_BYTES), b"")
    except OSError:
        raise InputFault(
            "file_unreadable",
            "the file cannot be read",
            place=file.name,
            cure="Check its path and permissions.",
        ) from None


def _recomputed(ledger: _Ledger, size: int) -> Recomputation:
    computed = Recomputation()
    for bundle in ledger.bundles(size):
        for data in bundle:
            computed.add(data)
        for _ in computed.full_tiles():
            pass
    return computed


class _Check:
    """The check as far as it went."""

    def __init__(self, ledger: _Ledger, holder: VerifierKey) -> None:
        self._ledger, self._holder = ledger, holder
        self._digest, self._number = hashlib.sha256(), 0
        self._head: FileHead | None = None
        self._counts: dict[EntryKind, int] = {}
        self._batch: Occasion | None = None
        self._lines = LinesDigest(b"")
        self._places: set[int] = set()
        self._first = 0
        self._rows = self._last_entry = self._last_answer = 0
        self._found: Counter[str] = Counter()
        self._ended = False

    def add(self, raw: bytes) -> None:
        """The next line."""
        self._number += 1
        line = self._read(raw)
        if isinstance(line, FileEnd):
            self._end(line)
        elif isinstance(line, FileHead):
            self._begin(line)
        elif isinstance(line, Occasion):
            self._begin_batch(line, raw)
        elif isinstance(line, AccountRecord):
            self._record(line, raw)
        elif isinstance(line, OlderLine):
            self._require(self._batch is not None, "it stands in no batch")
            self._found["older"] += 1
            self._found["answers"] += line.outcome in ANSWERED
        else:
            self._end_batch(line)
        self._digest.update(raw)

    def finish(self) -> CheckedAccounting:
        """What was established of the whole file."""
        if not self._ended or self._head is None:
            raise _malformed("its last line is missing", self._number)
        found, size = self._found, self._head.size
        rows = found["earlier_rows"]
        earlier = f"{rows} rows of earlier disposals, " if found["earlier"] else ""
        statements = (
            f"1. The office's key signed the file, and its {self._number} lines are as they were.",
            f"2. The ledger's first {size} entries are those that the file belongs to.",
            f"3. Every batch is in the file, once: {found['batches']}.",
            f"4. Every row is in the file, once: {found['records']} records, {earlier}"
            f"{found['answers']} answers.",
            f"5. The ledger commits to every record of {found['kept']} closed batches.",
            f"6. {found['open']} batches are open, and the ledger commits to their rows alone; of "
            f"{found['earlier']} an earlier version disposed of the rows.",
        )
        return CheckedAccounting(
            size=size,
            batches=found["batches"],
            records=found["records"],
            answers=found["answers"],
            open=found["open"],
            earlier=found["earlier"],
            statements=statements,
        )

    # -- lines ---------------------------------------------------------------------------------

    def _read(self, raw: bytes) -> _Line:
        if self._ended or not raw.endswith(b"\n"):
            raise _malformed("a line is too long, not ended, or after the last one", self._number)
        try:
            line = _decode_line(raw)
        except msgspec.MsgspecError:
            raise _malformed("a line is not in its form", self._number) from None
        if isinstance(line, FileHead) != (self._number == 1):
            raise _malformed("its first line is not where it belongs", self._number)
        return line

    def _begin(self, head: FileHead) -> None:
        if head.format != FORMAT or head.office != self._holder.name:
            raise _malformed("it is of another format or office", self._number)
        if head.size > self._ledger.size:
            raise VerifyFault(
                "accounting_ledger",
                f"the file belongs to a ledger of {head.size} entries, and this one has "
                f"{self._ledger.size}",
                place="line 1",
                cure="Export the ledger again, and compare with that.",
            )
        computed = _recomputed(self._ledger, head.size)
        if to_base64(computed.root()) != head.root:  # 2
            self._differs("the ledger does not begin with the entries that the file belongs to")
        self._head, self._counts = head, computed.counts

    def _begin_batch(self, occasion: Occasion, raw: bytes) -> None:
        self._require(self._batch is None, "the batch before it has no end")
        entry = self._ledger.entry(occasion.entry)
        fields = entry.fields if entry is not None and entry.kind is EntryKind.BATCH else {}
        said = (occasion.batch, occasion.agreement_digest, occasion.rules)
        self._require(  # 3
            occasion.entry not in self._places
            and said == (fields.get("batch"), fields.get("agreement"), fields.get("rules"))
            and fields.get("route", occasion.route) == occasion.route,
            "the ledger has no such batch, or the file had it before",
        )
        self._places.add(occasion.entry)
        self._batch, self._lines = occasion, LinesDigest(raw[:-1])
        self._first = self._number
        self._rows, self._last_entry, self._last_answer = 0, -1, -1
        self._found["batches"] += 1

    def _record(self, record: AccountRecord, raw: bytes) -> None:
        kind = self._entry(record.entry, record.commitment, self._last_entry)
        self._last_entry = record.entry
        self._require(  # 4
            kind in ROW_KINDS and _agrees(record, kind),
            "its outcome is not that of its row's entry",
        )
        if record.answer_entry >= 0:
            answer = self._entry(record.answer_entry, record.answer_commitment, self._last_answer)
            self._last_answer = record.answer_entry
            compared = answer is EntryKind.DISCLOSURE
            self._require(
                answer in ANSWER_KINDS and compared == (record.outcome != "not_compared"),
                "its outcome is not that of its answer's entry",
            )
            self._found["answers"] += 1
        self._rows += 1
        self._found["records"] += 1
        self._lines.add(raw)

    def _entry(self, index: int, commitment: str, last: int) -> EntryKind | None:
        """The kind of the entry of a place, where it is of the batch, carries the commitment, and
        comes after the last one that was named."""
        entry, batch = self._ledger.entry(index), self._batch
        self._require(
            batch is not None
            and entry is not None
            and index > last
            and (entry.fields.get("batch"), entry.fields.get("commitment"))
            == (batch.batch, commitment),
            "it names an entry that is not its row's",
        )
        return entry.kind if entry else None

    def _end_batch(self, end: KeptEnd | OpenEnd | EarlierEnd) -> None:
        batch = self._batch
        self._require(batch is not None and batch.batch == end.batch, "it ends another batch")
        if isinstance(end, KeptEnd):
            entry, salt = self._ledger.entry(end.entry), _salt(end.salt)
            self._require(len(salt) == _SALT_BYTES, "its salt is not 64 hex digits")
            commitment = self._lines.commitment(salt)
            said = {"batch": end.batch, "commitment": commitment, "rows": self._rows}
            if entry is None or (entry.kind, entry.fields) != (EntryKind.ACCOUNTING, said):  # 5
                self._differs(
                    "the ledger commits to all lines of the batch together, and one of these was "
                    "changed, added or left out",
                    f"lines {self._first} to {self._number}",
                )
            self._found["kept"] += 1
        elif isinstance(end, OpenEnd):
            self._found["open"] += 1
        else:
            entry = self._ledger.entry(end.disposal)
            said = {"batch": end.batch, "rows": end.rows}
            self._require(
                entry is not None
                and self._rows == 0
                and (entry.kind, entry.fields) == (EntryKind.DISPOSAL, said),
                "the ledger has no such disposal",
            )
            self._found["earlier"] += 1
            self._found["earlier_rows"] += end.rows
        self._batch = None

    def _end(self, end: FileEnd) -> None:
        self._require(self._batch is None and self._head is not None, "the last batch has no end")
        head = self._head
        if head is None:
            raise _malformed("its first line is missing", self._number)
        note, _ = check_note(end.note, [self._holder])
        digest = f"sha256:{self._digest.hexdigest()}"
        if note.text != note_text(head, self._number - 1, digest):  # 1
            raise _malformed("it is not what the office's key signed", self._number)
        counts, found = self._counts, self._found
        self._require(found["batches"] == counts[EntryKind.BATCH], "batches are missing")  # 3
        rows = sum(counts[kind] for kind in ROW_KINDS)
        self._require(found["records"] + found["earlier_rows"] == rows, "records are missing")  # 4
        answers = sum(counts[kind] for kind in ANSWER_KINDS)
        self._require(found["answers"] == answers, "answers are missing")  # 4
        self._require(  # 5
            found["kept"] == counts[EntryKind.ACCOUNTING],
            "a closed batch is given as one that is open or gone",
        )
        self._ended = True

    def _require(self, holds: bool, what: str) -> None:
        if not holds:
            self._differs(what)

    def _differs(self, what: str, place: str = "") -> NoReturn:
        raise VerifyFault(
            "accounting_differs",
            f"the accounting is not what the ledger says: {what}",
            place=place or f"line {self._number}",
            cure="Keep the file and the ledger as evidence, and ask the office for an explanation.",
        )


def _agrees(record: AccountRecord, kind: EntryKind | None) -> bool:
    """Whether a record's outcome can be that of a row with an entry of this kind."""
    answered = record.answer_entry >= 0
    if kind is EntryKind.REJECTED:
        return record.outcome == REJECTED and not answered
    admitted = kind is EntryKind.GRANTED or record.two_roles
    if record.outcome == REFUSED:
        return kind is EntryKind.REFUSED and not answered
    return admitted and (
        (record.outcome in ANSWERED and answered)
        or (record.outcome == NOT_ANSWERED and not answered)
    )


def _salt(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def _malformed(why: str, number: int) -> VerifyFault:
    return VerifyFault(
        "accounting_file",
        f"this is no whole file of format {FORMAT}: {why}",
        place=f"line {number}",
        cure="Ask the office for the file again.",
    )
