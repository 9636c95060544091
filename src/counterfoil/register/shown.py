"""The sealed buckets that one grant's doors lead to, as they stand, with the keys that open exactly
these.

For an evidence bundle: the buckets stay sealed as the builder sealed them, and whoever has the keys
opens them as the register does. The marks of the asked place are among the doors, because they tell
which homes a tolerant door leads to. A door or mark that no bucket stands behind is shown with an
empty value. Whoever has `Shown` can open nothing else of the register.
"""

from __future__ import annotations

from counterfoil.core.values import Sensitive
from counterfoil.register.bucket import bound_to, open_bucket


class ShownBucket(Sensitive, frozen=True, gc=False, forbid_unknown_fields=True):
    """One bucket: tag and key (32 bytes each), the sealed value, or b"" where the store holds
    none."""

    tolerance: str
    tag: bytes
    key: bytes
    value: bytes


class Shown(Sensitive, frozen=True, gc=False, forbid_unknown_fields=True):
    """The doors of a grant in the order of the door table, then its marks; the homes that they lead
    to and no door opened before."""

    doors: tuple[ShownBucket, ...]
    homes: tuple[ShownBucket, ...]
    asked_tin_hash: bytes


Opened = dict[bytes, tuple[int, bytes]]
"""(kind, body) of each shown bucket by its tag, unsealed and not decoded."""


def open_buckets(shown: Shown, snapshot: str) -> Opened:
    """Unseal what is shown. Raises VerifyFault `register_bucket_altered` for a value that its key
    and tag do not open."""
    bound = bound_to(snapshot)
    return {
        each.tag: open_bucket(each.value, tag=each.tag, key=each.key, bound=bound)
        for each in (*shown.doors, *shown.homes)
        if each.value
    }
