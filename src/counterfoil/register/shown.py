"""The sealed buckets that one grant's doors lead to, as they stand, with the keys that open exactly these.

For an evidence bundle: the buckets stay sealed as the builder sealed them, and whoever has the keys opens them as the register does.
A door that no bucket stands behind is shown with an empty value. Whoever has `Shown` can open nothing else of the register.
"""

from __future__ import annotations

from counterfoil.model import Sensitive
from counterfoil.register.seal import (
    RESIDENTS_KIND,
    TAG_BYTES,
    bound_to,
    open_bucket,
    split_references,
)


class ShownBucket(Sensitive, frozen=True, gc=False, forbid_unknown_fields=True):
    """One bucket: tag and key (32 bytes each), the sealed value, or b"" where the store holds none."""

    tolerance: str
    tag: bytes
    key: bytes
    value: bytes


class Shown(Sensitive, frozen=True, gc=False, forbid_unknown_fields=True):
    """The doors of a grant in the order of the door table; the homes that tolerant ones lead to and no door opened before."""

    doors: tuple[ShownBucket, ...]
    homes: tuple[ShownBucket, ...]
    asked_tin_hash: bytes


Opened = dict[bytes, tuple[int, bytes]]
"""(kind, body) of each shown bucket by its tag, unsealed and not decoded."""


def open_buckets(shown: Shown, snapshot: str) -> Opened:
    """Unseal what is shown. Raises VerifyFault `register_bucket_altered` for a value that its key and tag do not open."""
    bound = bound_to(snapshot)
    return {
        each.tag: open_bucket(each.value, tag=each.tag, key=each.key, bound=bound)
        for each in (*shown.doors, *shown.homes)
        if each.value
    }


def routes_in(opened: Opened) -> dict[bytes, list[tuple[bytes, bytes]]]:
    """Tags and keys of the exact doors that each tolerant door leads to, by its tag."""
    return {tag: split_references(body) for tag, (kind, body) in opened.items() if kind != RESIDENTS_KIND}


def is_whole(shown: Shown, opened: Opened) -> bool:
    """Whether the shown homes are those that the shown doors lead to, with the keys that stand there, and no others."""
    doors = {each.tag for each in shown.doors if each.value}
    led = {tag: key for route in routes_in(opened).values() for tag, key in route if tag not in doors}
    return led == {each.tag: each.key for each in shown.homes} and all(len(tag) == TAG_BYTES for tag in led)
