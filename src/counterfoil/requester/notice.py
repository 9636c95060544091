"""Notices of the holder that a requester or a court receives: signed notes whose first line names
one of two formats (docs/formats/duties.md), or a notice of recall (docs/formats/recall.md)."""

from __future__ import annotations

from typing import Final

from counterfoil.answers.recalls import check_notice as check_recall
from counterfoil.core.errors import VerifyFault
from counterfoil.tlog.note import VerifierKey, check_note

FORMATS: Final = ("counterfoil-release-notice-1", "counterfoil-correction-1")
_JWS_BEGINS: Final = b"eyJ"
"""How the base64url of a JSON object begins; no first line of a note is one."""


def check_notice(data: bytes, holder: VerifierKey) -> tuple[str, ...]:
    """The lines of a notice that the holder's key signed. Raises VerifyFault `notice_format`; as
    `check_note`, `recalls.check_notice`."""
    if is_recall(data):
        return _recall_lines(data, holder)
    note, _ = check_note(data, [holder])
    lines = tuple(note.text.splitlines())
    if not lines or lines[0] not in FORMATS:
        raise VerifyFault(
            "notice_format",
            "the holder signed this, and it is no notice of a format that this version knows",
            cure=f"Formats: {', '.join(FORMATS)}. Read it with a newer version, or ask the holder.",
        )
    return lines


def is_recall(data: bytes) -> bool:
    """Whether a notice is of a recall, by its first bytes."""
    return data.startswith(_JWS_BEGINS)


def _recall_lines(data: bytes, holder: VerifierKey) -> tuple[str, ...]:
    said, _ = check_recall(data, holder)
    committed = said["committed"]
    return (
        "counterfoil-recall-1",
        f"office {said['office']}",
        f"requester {said['requester']}",
        f"principal {said['principal']}",
        f"batch {committed['batch']}, released {said['released_on']}",
        f"recall {committed['number']}, entry {said['index']}",
        f"document {committed['document']}",
        f"rows {', '.join(said['rows']) or 'all of them'}",
        f"acknowledge by {said['acknowledge_by']}, destroy or return by {said['destroy_by']}",
        "These answers must no longer be used, by you or by whom you passed them on to.",
    )
