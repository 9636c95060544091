"""Opening an answer: what is established before a word of it is shown.

    1  the item opens with a key that is here, and the holder signed it (envelopes/open.py)
    2  it is an answer of this office, under the agreement of the request
    3  its rows and envelope verify: signature, rows, ledger proof, quorum (answers/verify.py)
    4  it answers the request file that was sent: by digest, and row for row
    5  its last day of use is not over
    6  the outbox is known up to now, so that a recall would show; and, where the list of recalls is
       here, whether the answer stands in it
    7  no notice of the holder is here that nobody opened, and none that was opened recalls it
    8  it is the answer that the newest head of the outbox lists for its request

1 to 4 raise where they fail. 5 to 8 are told, because the answer is the answer all the same;
whoever uses it then acts against its use limits, or in spite of a recall.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from counterfoil import gate, intake
from counterfoil.answers.packed_rows import unpack_rows
from counterfoil.answers.read_envelope import MAX_ENVELOPE_BYTES, check_envelope, envelope_path
from counterfoil.answers.recalls import RecallFilter
from counterfoil.answers.recalls import check_notice as check_recall
from counterfoil.answers.verify import Statement, proof_path, verify_answer
from counterfoil.core.errors import InputFault, StateFault, VerifyFault
from counterfoil.core.instants import instant_text
from counterfoil.core.values import Public, Reject, Sensitive
from counterfoil.envelopes import (
    Content,
    ItemHeader,
    OpeningKey,
    OutboxHead,
    open_item,
    peek_header,
)
from counterfoil.requester.desk import Desk, SentItem, desk_fault, read_kept
from counterfoil.requester.incoming import last_head
from counterfoil.requester.known_office import KnownOffice
from counterfoil.requester.notice import check_notice, is_recall
from counterfoil.tlog import parse_vkey

_ROWS: Final = 4096
JOINED: Final = "answers-with-requests.csv"


class AnsweredRow(Sensitive, frozen=True):
    """One row of an answer. `row` is the sheet's; `codes` say why nothing was asked."""

    row: int
    request_id: str
    answer: str
    codes: tuple[str, ...]


class OpenedAnswer(Public, frozen=True):
    """What was established. `file`: the answer file, beside it its envelope; `joined`: the request
    file's rows with their answers, "" where the request is not here. `current`: the outbox is known
    up to now, and lists this very answer, and every notice that came was opened. `in_force`: the
    last day of use is not over, and no notice recalls it. `unread`: notices that nobody opened."""

    item: str
    file: str
    joined: str
    statements: tuple[str, ...]
    use_limits: tuple[str, ...]
    expires_on: str
    batch: str
    counts: dict[str, int]
    in_force: bool
    current: bool
    unread: tuple[str, ...]


def open_answer(
    office: KnownOffice,
    desk: Desk,
    path: Path,
    keys: Mapping[str, OpeningKey],
    out: Path | None,
    now: datetime,
    recalls: RecallFilter | None = None,
) -> OpenedAnswer:
    """Open a sealed answer into `out`, or into its item's own folder, and join it to its request.

    Raises VerifyFault, InputFault `answer_unreadable`, StateFault `answer_kind`, StoreFault.
    """
    clear = desk.folder(".opening") / f"{os.urandom(8).hex()}.content"
    try:
        header = _unseal(office, path, keys, clear, "answer")
        with clear.open("rb") as source:
            content = Content(source)
            sent = desk.find(header.answers)
            folder = out or desk.folder(header.answers)
            file = _write_answer(content, folder)
    except OSError as fault:
        raise desk_fault(fault) from None
    finally:
        clear.unlink(missing_ok=True)
    statements = verify_answer(file, str(office.holder), now.date(), office.policy, recalls)
    envelope = _envelope(file, office)
    _check_terms(envelope, sent, header)
    request = desk.request(sent.item) if sent else None
    joined, counts = _join(office, request, file, folder)
    digest = intake.file_digest(path)
    desk.write(desk.opened(header.answers), digest.encode())
    found = header, envelope, statements, now, digest
    return _opened(office, desk, file, joined, counts, found)


class OpenedNotice(Public, frozen=True):
    """A notice of the holder that was opened: what it says, and the file that it was written to.
    `recalls`: the list of recalls that came with it, or ""."""

    file: str
    lines: tuple[str, ...]
    recalls: str


def is_notice(path: Path) -> bool:
    """Whether a file is a sealed notice. False for what is no item: opening it tells that."""
    try:
        with path.open("rb") as source:
            return peek_header(source).kind == "notice"
    except (OSError, VerifyFault):
        return False


def open_notice(
    office: KnownOffice, desk: Desk, path: Path, keys: Mapping[str, OpeningKey]
) -> OpenedNotice:
    """Open a sealed notice, and the list of recalls where there is one, into the folder of notices.
    Raises VerifyFault, InputFault `answer_unreadable`, StoreFault."""
    clear = desk.folder(".opening") / f"{os.urandom(8).hex()}.content"
    try:
        _unseal(office, path, keys, clear, "notice")
        with clear.open("rb") as source:
            content = Content(source)
            notice = _part(content, "notice.txt")
            recalls = _part(content, "recalls")
    except OSError as fault:
        raise desk_fault(fault) from None
    finally:
        clear.unlink(missing_ok=True)
    lines = check_notice(notice, office.holder) if notice else ()
    file = desk.notices / f"{path.stem}.txt"
    if notice:
        desk.write(file, notice)
    if recalls:
        desk.write(desk.recalls, recalls)
    return OpenedNotice(str(file) if notice else "", lines, str(desk.recalls) if recalls else "")


def _part(content: Content, name: str) -> bytes:
    """A part's bytes, or none where it is not there."""
    sink = io.BytesIO()
    if name in content:
        content.copy(name, sink)
    return sink.getvalue()


def has_envelope(file: Path) -> bool:
    """Whether a file is an answer file: its envelope stands beside it."""
    return envelope_path(file).is_file()


def answered_rows(file: Path) -> Iterator[AnsweredRow]:
    """The rows of an answer file that was verified, in the order asked."""
    with file.open("rb") as source:
        if file.suffix == ".csv":
            lines = csv.reader(io.TextIOWrapper(source, "ascii", newline=""))
            next(lines)
            for request_id, answer, codes, *row in lines:
                number = int(row[0]) if row and row[0] else 0
                yield AnsweredRow(number, request_id, answer, _split(codes))
            return
        for line in source:
            fields: dict[str, Any] = msgspec.json.decode(line)
            codes = tuple(map(str, fields["codes"]))
            row = int(fields.get("row", 0))
            yield AnsweredRow(row, str(fields["request_id"]), str(fields["answer"]), codes)


def _unseal(
    office: KnownOffice, path: Path, keys: Mapping[str, OpeningKey], clear: Path, kind: str
) -> ItemHeader:
    try:
        with path.open("rb") as source, clear.open("w+b") as sink:
            opened = open_item(source, sink, keys, lambda _: [office.holder])
    except OSError:
        raise InputFault(
            "answer_unreadable",
            "the sealed answer cannot be read",
            place=path.name,
            cure="Name a file that `counterfoil-ask fetch --from GATEWAY --key KEY` printed.",
        ) from None
    header = opened.header
    if header.kind != kind or (kind == "answer" and not header.answers):
        raise StateFault(
            "answer_kind",
            "this item is neither an answer nor a notice of the holder",
            place=path.name,
            cure="Name a file that `counterfoil-ask fetch --from GATEWAY --key KEY` printed.",
        )
    if header.office != office.office:
        raise _other("the answer is of another office")
    return header


def _write_answer(content: Content, folder: Path) -> Path:
    """Write answer file, envelope and proof, in place of those of an earlier time."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    packed, rows = folder / ".answer.rows", folder / ".answer.part"
    try:
        with packed.open("w+b") as sink:
            content.copy("answer.rows", sink)
            sink.seek(0)
            with rows.open("wb") as unpacked:
                form, _ = unpack_rows(sink, unpacked)
        file = folder / f"answers.{form}"
        rows.replace(file)
    finally:
        packed.unlink(missing_ok=True)
        rows.unlink(missing_ok=True)
    for part, target in (("answer.jws", envelope_path(file)), ("answer.proof", proof_path(file))):
        if part in content:
            with target.open("wb") as sink:
                content.copy(part, sink)
        else:
            target.unlink(missing_ok=True)
    return file


def _envelope(file: Path, office: KnownOffice) -> dict[str, Any]:
    with envelope_path(file).open("rb") as source:
        return check_envelope(source.read(MAX_ENVELOPE_BYTES + 1), office.holder)


def _check_terms(envelope: Mapping[str, Any], sent: SentItem | None, header: ItemHeader) -> None:
    """Raise VerifyFault `answer_other` unless the answer is to the request that was sent."""
    if envelope["agreement_digest"] != header.agreement:
        raise _other("the answer is under another agreement than its item")
    if sent is None:
        return
    if sent.agreement != header.agreement:
        raise _other("the answer is under another agreement than the request")
    if envelope["request_file_digest"] != sent.digest:
        raise _other("the answer is to another request file")


def _join(
    office: KnownOffice, request: Path | None, file: Path, folder: Path
) -> tuple[Path | None, dict[str, int]]:
    """Write the request's rows with their answers. Raises VerifyFault `answer_rows_other`."""
    counts: dict[str, int] = {}

    def count(row: AnsweredRow) -> AnsweredRow:
        counts[row.answer] = counts.get(row.answer, 0) + 1
        return row

    answers = map(count, answered_rows(file))
    if request is None:
        for _ in answers:
            continue
        return None, counts
    joined, cures = folder / JOINED, _cures()
    with joined.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.writer(sink, lineterminator="\r\n")
        writer.writerow(["sheet_row", "answer", "codes", "what_to_do", *intake.COLUMN_NAMES])
        for asked, answer in zip_longest(_asked(request, office), answers):
            if asked is None or answer is None or not _is_same(asked, answer):
                raise VerifyFault(
                    "answer_rows_other",
                    "the rows of the answer are not those of the request, in its order",
                    place=f"row {asked.row if asked else 'after the last'}",
                    cure="Use none of it, and ask the office.",
                )
            cure = " ".join(cures(code) for code in answer.codes).strip()
            codes = ";".join(answer.codes)
            writer.writerow([asked.row, answer.answer, codes, cure, *asked.cells])
    return joined, counts


class _Asked(NamedTuple):
    """One row of the request file: its number on the sheet, its id where one can be read, whether
    it was rejected, its cells."""

    row: int
    request_id: str
    rejected: bool
    cells: Sequence[str]


def _asked(path: Path, office: KnownOffice) -> Iterator[_Asked]:
    """The rows of the request file in its order, rejected ones with their number and id alone."""
    keys = {each.id: parse_vkey(each.key) for each in office.agreement.principals if each.key}
    public = {name: key.public for name, key in keys.items()}
    file = intake.open_file(path, default_header=None, principal_keys=public)
    reader = intake.RowReader()
    for table in file.stretches(_ROWS):
        cells = dict(zip(table.rows, zip(*table.columns, strict=True), strict=True))
        shown = dict(zip(table.rows, table.sheet_rows, strict=True))
        for row in reader.read(table):
            if isinstance(row, Reject):
                yield _Asked(row.shown_row, row.request_id, True, ())
            else:
                yield _Asked(shown[row.row], row.request_id, False, cells[row.row])


def _is_same(asked: _Asked, answer: AnsweredRow) -> bool:
    rejected = answer.answer == "rejected"
    if asked.rejected != rejected or asked.request_id != answer.request_id:
        return False
    return not rejected or answer.row == asked.row


def _cures() -> Callable[[str], str]:
    """What to do about a code, in the words of law and format."""
    laws = gate.routes_of(gate.law_library())
    known = {each.code: each.cure for law in laws for each in law.elements}
    known |= {code: cure for code, (_, cure) in intake.REJECT_WORDS.items()}
    return lambda code: known.get(code, "")


def _opened(
    office: KnownOffice,
    desk: Desk,
    file: Path,
    joined: Path | None,
    counts: dict[str, int],
    found: tuple[ItemHeader, Mapping[str, Any], list[Statement], datetime, str],
) -> OpenedAnswer:
    header, envelope, statements, now, digest = found
    said = [f"{each.number}  {each.text}" for each in statements]
    seven = len(said)
    said.append(
        f"{seven + 1}  Its {sum(counts.values())} rows are those of the request {header.answers}."
        if joined
        else f"{seven + 1}  The request is not here, so that nobody compared the rows with it."
    )
    head = last_head(office, desk)
    moment = instant_text(now)
    current = head is not None and head.at <= moment <= head.next_due
    if head is None:
        said.append(
            f"{seven + 2}  NOT CURRENT: no head of the outbox was fetched, so that a recall would "
            "not show."
        )
    elif not current:
        said.append(
            f"{seven + 2}  NOT CURRENT: the newest head of the outbox is of {head.at} and ended at "
            f"{head.next_due}: run `counterfoil-ask fetch --from GATEWAY --key KEY` before anybody "
            "uses it."
        )
    else:
        said.append(f"{seven + 2}  The outbox is known up to {head.at}, head {head.sequence}.")
    unread, recalled = desk.unread(), recalled_by(office, desk, str(envelope["batch"]))
    said += [f"{seven + 3}  {each}" for each in _noticed(unread, recalled)]
    if head is not None and not _is_listed(head, header.answers, digest):
        current = False
        said.append(
            f"{seven + 4}  REPLACED: the newest head of the outbox lists another answer to this "
            "request: run `counterfoil-ask fetch --from GATEWAY --key KEY`, and open what it "
            "prints."
        )
    return OpenedAnswer(
        header.answers,
        str(file),
        str(joined or ""),
        tuple(said),
        tuple(envelope["use_limits"]),
        str(envelope["expires_on"]),
        str(envelope["batch"]),
        counts,
        all(each.holds for each in statements) and not recalled,
        current and not unread,
        tuple(map(str, unread)),
    )


def recalled_by(office: KnownOffice, desk: Desk, batch: str) -> list[str]:
    """The notices of recall that were opened here and reach this batch: the number of each recall,
    with the rows. Raises VerifyFault where one was altered."""
    found: list[str] = []
    for path in sorted(desk.notices.glob("*.txt")):
        data = read_kept(path) or b""
        if is_recall(data):
            said, _ = check_recall(data, office.holder)
            if said["committed"]["batch"] == batch:
                rows = ", ".join(map(str, said["rows"])) or "all rows"
                found.append(f"recall {said['committed']['number']}, {rows}")
    return found


def _noticed(unread: Sequence[Path], recalled: Sequence[str]) -> Iterator[str]:
    for each in recalled:
        yield (
            f"RECALLED: {each}. Do not use them; acknowledge it with `counterfoil-ask acknowledge "
            "NOTICE --key KEY --passed-to-nobody`."
        )
    for path in unread:
        yield (
            "NOT READ: a notice of the holder is here that nobody opened; it may recall this "
            f"answer: `counterfoil-ask open {path} --key KEY`."
        )
    if not (unread or recalled):
        yield "No notice of the holder recalls it, and none is unread."


def _is_listed(head: OutboxHead, item: str, digest: str) -> bool:
    """Whether the head lists this answer, or none for its request any more: the office takes old
    answers away."""
    listed = [each.digest for each in head.items if (each.item, each.kind) == (item, "answer")]
    return digest in listed or not listed


def _split(codes: str) -> tuple[str, ...]:
    return tuple(codes.split(";")) if codes else ()


def _other(why: str) -> VerifyFault:
    return VerifyFault(
        "answer_other",
        f"this answers something else: {why}",
        place="answer",
        cure="Use none of it, and ask the office.",
    )
