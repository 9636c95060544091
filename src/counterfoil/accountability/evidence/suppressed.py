"""Who is suppressed by a hold of 26 USC 6103(i)(6), in a form that every bundle has, with a hold or
without. Pure.

    mark = HMAC-SHA-256(salt, "counterfoil/evidence-withheld/v1" 0x00 MessagePack of the resident),
    first 16 bytes

`marks` has those of the suppressed residents among random ones, rising: 16 in all, or the next
multiple. Whoever has the bundle key reads the residents, and so can tell which of them is marked:
the match could not be made again otherwise.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable
from typing import Final

import msgspec

from counterfoil.controls.holds.marks import MARK_BYTES, MARKS_AT_ONCE, hide_marks
from counterfoil.core import canonical
from counterfoil.core.values import Resident, Residents, Sensitive

_CONTEXT: Final = b"counterfoil/evidence-withheld/v1\x00"


class SuppressedMarks(Sensitive, frozen=True, forbid_unknown_fields=True):
    """See the module. `salt` is 32 bytes."""

    salt: bytes
    marks: tuple[bytes, ...]

    @property
    def is_whole(self) -> bool:
        """Whether it has the one form that every bundle has."""
        lengths = {len(mark) for mark in self.marks}
        in_order = list(self.marks) == sorted(set(self.marks))
        of_number = bool(self.marks) and len(self.marks) % MARKS_AT_ONCE == 0
        return (
            len(self.salt) == canonical.SALT_BYTES
            and lengths == {MARK_BYTES}
            and of_number
            and in_order
        )


def mark_suppressed(
    suppressed: Iterable[Resident], random: Callable[[int], bytes]
) -> SuppressedMarks:
    """The marks of these residents, hidden among random ones."""
    salt = random(canonical.SALT_BYTES)
    return SuppressedMarks(salt, hide_marks([_mark(salt, each) for each in suppressed], random))


def suppressed_among(residents: Residents, shown: SuppressedMarks) -> frozenset[int]:
    """Places of the residents who are marked. Inverse of `mark_suppressed`."""
    marks = frozenset(shown.marks)
    return frozenset(
        place for place, each in enumerate(residents.residents) if _mark(shown.salt, each) in marks
    )


def _mark(salt: bytes, resident: Resident) -> bytes:
    return hmac.digest(salt, _CONTEXT + msgspec.msgpack.encode(resident), "sha256")[:MARK_BYTES]
