"""From a requester's file to an item that was sent: signed, sealed, handed over, and handed over
again until the office's receipt is there.

What is refused before anything is signed: what is no request file, what a spreadsheet may have
changed, a key that the agreement does not name, an intake key that its signer did not sign.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from counterfoil import intake
from counterfoil.core.bounded import read_bounded
from counterfoil.core.errors import InputFault, StateFault, UsageFault, VerifyFault
from counterfoil.core.use_cases import Work
from counterfoil.core.values import Document, Header, Public, Reject
from counterfoil.envelopes import (
    Counts,
    IntakeKey,
    ItemHeader,
    OpeningKey,
    PublicOpeningKey,
    Receipt,
    check_intake_key,
    check_receipt,
    new_item,
    open_counts,
    seal_item,
    write_content,
)
from counterfoil.envelopes.content import REQUEST_FILES
from counterfoil.requester.check import Checked, check_request_file
from counterfoil.requester.desk import FORMAT, Desk, SentItem, desk_fault, read_kept
from counterfoil.requester.keys import PrincipalKey
from counterfoil.requester.known_office import KnownOffice
from counterfoil.requester.sheets.convert import Reading, to_request_file
from counterfoil.requester.sheets.habits import RowProblem
from counterfoil.requester.ways import Way
from counterfoil.tlog import VerifierKey

DAYS: Final = 30
"""Days after which nobody acts on an item."""
_MAX_SIDE_BYTES: Final = 16_384
_STEP_SECONDS: Final = 0.2


class SignItem(Public, frozen=True):
    """Sign and seal a file. `reading`: how the file is read; `document`, `states`: the order or
    consent that the requests rest on; `again`: as a new item, also where the same file was sent."""

    file: Path
    reading: Reading = Reading()
    route: str = ""
    document: Path | None = None
    states: Path | None = None
    again: bool = False


class Signer(Public, frozen=True):
    """Who signs: the key, what is known of the office, and to whom the answer is sealed."""

    key: PrincipalKey
    office: KnownOffice
    reply_to: tuple[PublicOpeningKey, ...]


def sign_item(
    who: Signer, desk: Desk, intake_key: IntakeKey, command: SignItem, now: datetime
) -> Work[SentItem]:
    """Make an item of a file; the same file that was sent before and is not over is the same item.

    Yields each rejected row. Raises InputFault (the file is no request file; `sheet_habits` where a
    spreadsheet may have changed cells; `request_empty`), VerifyFault, UsageFault, StoreFault.
    """
    item = new_item()
    folder = desk.folder(item)
    try:
        path, _ = to_request_file(command.file, command.reading, folder / "request.csv")
        path = _own_copy(path, folder)
        before = None if command.again else desk.same_file(intake.file_digest(path), now)
        if before is not None and not _was_refused(who.office, desk, before):
            desk.drop(item)
            return before
        header = _header(who, command, now.date())
        checked = yield from _checked(path, command.file.name, header, now.date())
        intake.sign_header(path, header, who.key.secret)
        _read_as_holder(path, header, who.key.public)
        sent = _seal(who, folder, path, command, (item, intake_key, checked, now))
    except BaseException:
        desk.drop(item)
        raise
    desk.keep(sent)
    return sent


def _was_refused(office: KnownOffice, desk: Desk, sent: SentItem) -> bool:
    """Whether the office refused an item: the file is then sent as a new one."""
    receipt = kept_receipt(office, desk, sent)
    return receipt is not None and bool(receipt.refused)


def _read_as_holder(path: Path, header: Header, public: bytes) -> None:
    """Raise what the holder would: a header inside the file says something else."""
    try:
        intake.open_file(path, default_header=None, principal_keys={header.principal: public})
    except InputFault as fault:
        if fault.code != "header_differs":
            raise
        raise InputFault(
            "header_differs",
            "the header inside the file is not the one that is signed for it today",
            place=fault.place,
            cure="Take the header out of the file (the first line of JSON lines, the metadata of "
            "Parquet): signing writes one.",
        ) from None


def _own_copy(path: Path, folder: Path) -> Path:
    """The request file in the item's folder, under the name that the item gives it."""
    suffix = ".jsonl" if path.suffix.lower() == ".ndjson" else path.suffix.lower()
    target = folder / f"request{suffix}"
    if target.name not in REQUEST_FILES:
        raise InputFault(
            "format_unknown",
            "the file is none of those that can be sent",
            place=path.name,
            cure="Send .csv, .xlsx, .jsonl, .ndjson or .parquet, not compressed.",
        )
    if target != path:
        try:
            with path.open("rb") as source, target.open("xb") as sink:
                while piece := source.read(1 << 20):
                    sink.write(piece)
        except OSError as fault:
            if not path.is_file():
                raise InputFault(
                    "file_unreadable",
                    "the file cannot be read",
                    place=path.name,
                    cure="Check its path and permissions.",
                ) from None
            raise desk_fault(fault) from None
    return target


def _checked(path: Path, name: str, header: Header, on: date) -> Work[Checked]:
    """The form of every row. Raises InputFault `sheet_habits`, `request_empty`."""
    first: RowProblem | None = None
    done: Checked | None = None
    for event in check_request_file(path, header, None, on):
        if isinstance(event, Checked):
            done = event
        elif isinstance(event, RowProblem):
            first = first or (event if event.kind == "habit" else None)
            yield _as_reject(event)
        else:
            yield event
    if done is None or done.rows == 0:
        raise InputFault(
            "request_empty",
            "the file has no row that asks anything",
            place=name,
            cure="Write one row a person below the names of the columns.",
        )
    if first is not None:
        raise InputFault(
            "sheet_habits",
            f"a spreadsheet may have changed cells of {done.habits} rows: {first.message} "
            f"({first.code})",
            place=f"{name}, row {first.row}, {first.field}",
            cure=f"{first.cure} `counterfoil-ask check FILE` lists all of them. Nothing was "
            "signed.",
        )
    return done


def _as_reject(problem: RowProblem) -> Reject:
    return intake.told_reject(
        problem.row, problem.field, problem.code, problem.message, problem.cure, problem.request_id
    )


def principal_of(office: KnownOffice, key: VerifierKey) -> str:
    """The principal's id whose key this is in the agreement. Raises VerifyFault
    `principal_unknown`."""
    for principal in office.agreement.principals:
        if principal.key is not None and principal.key.strip() == str(key):
            return principal.id
    raise VerifyFault(
        "principal_unknown",
        "the agreement names no principal with this key",
        place="--key",
        cure="Have the verifier key that `new-key` printed entered in the agreement, signed by "
        "both parties, and take the new office.json.",
    )


def _header(who: Signer, command: SignItem, on: date) -> Header:
    agreement = who.office.agreement
    principal = principal_of(who.office, who.key.signer.verifier)
    requester = agreement.parties.requester.id
    document = _stated(command)
    return Header(requester, agreement.id, principal, on, route=command.route, document=document)


def _stated(command: SignItem) -> Document | None:
    if command.document is None and command.states is None:
        return None
    if command.document is None or command.states is None:
        raise UsageFault(
            "document_half",
            "a document is named by its file and by what it states",
            place="--document, --states",
            cure="Give both, or neither.",
        )
    return intake.state_document(command.states, command.document)


def _seal(
    who: Signer,
    folder: Path,
    path: Path,
    command: SignItem,
    made: tuple[str, IntakeKey, Checked, datetime],
) -> SentItem:
    """Write the item; what it says of itself."""
    item, intake_key, checked, now = made
    whole, clear = folder / f"{item}.item", folder / ".content"
    header = ItemHeader(
        "request", item, who.office.office, (), who.office.digest, now + timedelta(days=DAYS)
    )
    try:
        with ExitStack() as stack:
            parts = {path.name: stack.enter_context(path.open("rb"))}
            side = read_bounded(path.with_name(f"{path.name}.header.jws"), _MAX_SIDE_BYTES)
            parts["request.header.jws"] = io.BytesIO(side)  # type: ignore[assignment]
            if command.document is not None:
                parts["request.document"] = stack.enter_context(command.document.open("rb"))
            content = stack.enter_context(clear.open("w+b"))
            write_content(content, parts, who.reply_to)
            sink = stack.enter_context(whole.open("xb"))
            header = seal_item(content, sink, header, [intake_key.key], who.key.signer)
        item_digest = intake.file_digest(whole)
    except OSError as fault:
        raise desk_fault(fault) from None
    finally:
        clear.unlink(missing_ok=True)
    return SentItem(
        FORMAT,
        item,
        command.file.name,
        intake.file_digest(path),
        item_digest,
        header.content,
        header.agreement,
        now,
        header.expires,
        checked.rows,
        checked.form,
    )


def trusted_intake_key(office: KnownOffice, data: bytes | None, now: datetime) -> IntakeKey:
    """The intake key in a statement. Raises StateFault `intake_key_missing`, VerifyFault."""
    if data is None:
        raise StateFault(
            "intake_key_missing",
            "no intake key of the office is there to seal to",
            place="intake-key.jws",
            cure="The office's gateway and its mailbox show one: check that --to names one of them "
            "and not the office's own door; or name its file with --intake-key, or put the item "
            "into the mailbox with --out.",
        )
    return check_intake_key(data, [office.intake_signer], office.office, now)


class Sent(Public, frozen=True):
    """An item that was handed over. `said`: what the way says of it, which counts for little;
    `receipt`: the office's, None where it is not there yet."""

    item: str
    said: str
    receipt: Receipt | None
    counts: Counts | None


def send_item(
    office: KnownOffice,
    desk: Desk,
    way: Way,
    sent: SentItem,
    seconds: float,
    sleep: Callable[[float], None] = time.sleep,
) -> Sent:
    """Hand an item over, and wait up to `seconds` for the office's receipt. Raises StoreFault,
    VerifyFault (`gateway_refused`, those of a receipt)."""
    said = way.put(sent.item, desk.sealed(sent.item))
    deadline = time.monotonic() + seconds
    receipt = take_receipt(office, desk, way, sent)
    while receipt is None and time.monotonic() < deadline:
        sleep(_STEP_SECONDS)
        receipt = take_receipt(office, desk, way, sent)
    return Sent(sent.item, said, receipt, None)


def take_receipt(office: KnownOffice, desk: Desk, way: Way, sent: SentItem) -> Receipt | None:
    """The office's receipt of an item, kept once it was checked; None where none came. Raises
    VerifyFault `item_receipt_other` and those of a receipt."""
    kept = kept_receipt(office, desk, sent)
    data = way.receipt(sent.item) if kept is None else None
    if data is None:
        return kept
    receipt = _checked_receipt(office, sent, data)
    desk.write(desk.receipt(sent.item), data)
    return receipt


def kept_receipt(office: KnownOffice, desk: Desk, sent: SentItem) -> Receipt | None:
    """The receipt that is kept of an item. Raises VerifyFault where it is none of this item."""
    data = read_kept(desk.receipt(sent.item))
    return None if data is None else _checked_receipt(office, sent, data)


def _checked_receipt(office: KnownOffice, sent: SentItem, data: bytes) -> Receipt:
    receipt = check_receipt(data, [office.holder], office.office, sent.item)
    if not _is_of(receipt, sent):
        raise VerifyFault(
            "item_receipt_other",
            "the office's receipt is for other bytes than were sent under this name",
            place="receipt",
            cure="Somebody else sent an item of this name, or altered it on the way. Run `send "
            "--again` with the file, and tell the office.",
        )
    return receipt


def _is_of(receipt: Receipt, sent: SentItem) -> bool:
    """Whether a receipt is for these bytes."""
    return receipt.digest == sent.item_digest and receipt.content in (sent.content, "")


def counts_of(receipt: Receipt, keys: Sequence[OpeningKey]) -> Counts | None:
    """The rows that a receipt counts, where a key is there to read them."""
    return open_counts(receipt, {key.key_id: key for key in keys})
