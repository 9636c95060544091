"""Notices of the holder that a requester or a court receives: signed notes whose first line names
one of two formats (docs/formats/duties.md)."""

from __future__ import annotations

from typing import Final

from counterfoil.core.errors import VerifyFault
from counterfoil.tlog.note import VerifierKey, check_note

FORMATS: Final = ("counterfoil-release-notice-1", "counterfoil-correction-1")


def check_notice(data: bytes, holder: VerifierKey) -> tuple[str, ...]:
    """The lines of a notice that the holder's key signed. Raises VerifyFault `notice_format`; as
    `check_note`."""
    note, _ = check_note(data, [holder])
    lines = tuple(note.text.splitlines())
    if not lines or lines[0] not in FORMATS:
        raise VerifyFault(
            "notice_format",
            "the holder signed this, and it is no notice of a format that this version knows",
            cure=f"Formats: {', '.join(FORMATS)}. Read it with a newer version, or ask the holder.",
        )
    return lines
