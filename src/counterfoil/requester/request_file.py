"""Signing a request file, and reading it as the holder will."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from counterfoil import intake
from counterfoil.core.errors import UsageFault
from counterfoil.core.use_cases import Work
from counterfoil.core.values import Document, Header, Public, Reject, Request
from counterfoil.requester.keys import PrincipalKey


class SignRequest(Public, frozen=True):
    """Sign a request file for a principal of an agreement. `document` and `states`: the order or
    consent that the requests rest on, and what it states."""

    file: Path
    requester: str
    agreement: str
    principal: str
    sent_on: date
    route: str = ""
    document: Path | None = None
    states: Path | None = None


class SignedRequest(Public, frozen=True):
    """The header that was written beside the file; how many rows it has, and cannot be read.
    `lacks`: what a row, or the header, does not state and the law of format 3 asks for, with the
    number of rows: a file of an earlier form is told what to add. A consent needs none of it."""

    header: Path
    rows: int
    rejected: int
    lacks: dict[str, int] = {}


def sign_request(key: PrincipalKey, command: SignRequest) -> Work[SignedRequest]:
    """Write FILE.header.jws beside the file, then read every row as the holder will; each row that
    cannot be read is yielded. Raises UsageFault, InputFault, VerifyFault, StoreFault."""
    header = Header(
        command.requester,
        command.agreement,
        command.principal,
        command.sent_on,
        route=command.route,
        document=_stated(command),
    )
    side = intake.sign_header(command.file, header, key.secret)
    keys = {command.principal: key.public}
    rows = rejected = 0
    lacks: Counter[str] = Counter()
    for row in intake.open_file(command.file, default_header=None, principal_keys=keys).rows():
        rows += 1
        if isinstance(row, Reject):
            rejected += 1
            yield row
        else:
            lacks.update(_lacking(header, row))
    return SignedRequest(side, rows, rejected, dict(lacks))


def _lacking(header: Header, request: Request) -> Iterator[str]:
    """What a request of this file leaves unsaid, by column or by field of the header."""
    document = header.document
    if document is not None and document.recipient:
        return
    if any(not officer.agency for officer in request.engaged_officers):
        yield "engaged_officers: the agency of each, as fourth part"
    if document is not None:
        if not document.statute:
            yield "header, document.statute"
        if "no_other_source" not in document.finds:
            yield "header, document.finds: no_other_source"
        return
    if not request.stay_or_deferral:
        yield "stay_or_deferral: none, if there is none"
    if not request.review:
        yield "review: none, if there is none"


def _stated(command: SignRequest) -> Document | None:
    """The document that the header will name: what the requester states of it, checked against the
    document's own file."""
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
