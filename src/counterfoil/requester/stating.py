"""A requester's statement of a recall or of destruction, sealed to the office: an item of kind
`notice` whose one part is `statement.jws`."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

from counterfoil import intake
from counterfoil.answers.receipts import receipt_digest
from counterfoil.envelopes import IntakeKey, ItemHeader, new_item, seal_item, write_content
from counterfoil.requester.desk import FORMAT, Desk, SentItem, desk_fault
from counterfoil.requester.keys import PrincipalKey
from counterfoil.requester.known_office import KnownOffice
from counterfoil.requester.outgoing import DAYS


def seal_statement(
    office: KnownOffice,
    desk: Desk,
    intake_key: IntakeKey,
    key: PrincipalKey,
    statement: tuple[str, bytes],
    now: datetime,
) -> SentItem:
    """Make an item of a signed statement, (name of its file, bytes). The same statement that was
    sent before and is not over is the same item. Raises StoreFault `desk`."""
    name, data = statement
    stated = receipt_digest(data)
    before = desk.same_file(stated, now)
    if before is not None:
        return before
    expires = now + timedelta(days=DAYS)
    header = ItemHeader("notice", new_item(), office.office, (), office.digest, expires)
    desk.folder(header.item)
    whole, content = desk.sealed(header.item), io.BytesIO()
    write_content(content, {"statement.jws": io.BytesIO(data)})
    try:
        with whole.open("xb") as sink:
            header = seal_item(content, sink, header, [intake_key.key], key.signer)
        digest = intake.file_digest(whole)
    except OSError as fault:
        desk.drop(header.item)
        raise desk_fault(fault) from None
    sent = SentItem(
        FORMAT,
        header.item,
        name,
        stated,
        digest,
        header.content,
        header.agreement,
        now,
        expires,
        0,
        0,
        "notice",
    )
    desk.keep(sent)
    return sent
