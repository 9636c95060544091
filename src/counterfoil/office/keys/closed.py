"""An office that two officers closed for good: who is told, and by what.

    the entry `closing`    from its commit on nothing is written any more, but what the closing
                           itself needs (`Office.finishing`): cosignatures of the last checkpoint,
                           and the keys of batches taken away
    keys/closed            written once the archive was read back and checked, before the first key
                           is destroyed: canonical JSON of {"archive", "digest", "size"}, the name
                           of its folder, the digest of its list and the entries that it holds

Trusted: the entry as the ledger is; the file no more than the folder `keys`. Who deletes the entry
is found as whoever deletes any other. Who writes the file takes nothing away that was not missing:
a key that is there is opened, whatever the file says. Lost: without the file a missing key is told
as missing rather than destroyed, and the closing is to be finished again, which needs the keys.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from counterfoil.core import canonical
from counterfoil.core.atomic_files import replace_file
from counterfoil.core.bounded import read_bounded
from counterfoil.core.errors import StateFault, StoreFault
from counterfoil.core.values import Public
from counterfoil.database import Connection
from counterfoil.ledger import EntryKind
from counterfoil.ledger.store import counts_of, read_head

MARK: Final = "closed"
_MOST_BYTES: Final = 4096


class ClosedMark(Public, frozen=True):
    """What `keys/closed` says. `size`: the entries of the ledger."""

    archive: str
    digest: str
    size: int


def is_closed(connection: Connection) -> bool:
    """Whether two officers closed the office, as the ledger says."""
    return bool(counts_of(read_head(connection).counts)[EntryKind.CLOSING])


def require_open(connection: Connection) -> None:
    """Raise StateFault `office_closed` where two officers closed the office."""
    if is_closed(connection):
        raise office_closed()


def is_destroyed(key: Path) -> bool:
    """Whether a key file is missing because the office was closed."""
    return not key.exists() and (key.parent / MARK).exists()


def require_kept(key: Path) -> None:
    """Raise StateFault `office_closed` where this key file was destroyed by closing the office."""
    if is_destroyed(key):
        raise office_closed()


def write_mark(keys: Path, mark: ClosedMark) -> None:
    """Note that the archive stands and that keys are destroyed from now on. Raises OSError."""
    replace_file(keys / MARK, canonical.encode(msgspec.structs.asdict(mark)))


def read_mark(keys: Path) -> ClosedMark | None:
    """What `keys/closed` says; None where no key was destroyed. Raises StoreFault
    `closing_mark`."""
    try:
        return msgspec.json.decode(read_bounded(keys / MARK, _MOST_BYTES), type=ClosedMark)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, msgspec.MsgspecError):
        raise StoreFault(
            "closing_mark",
            "what notes that the office is closed cannot be read",
            place=MARK,
            cure="Restore the file from a copy of the folder `keys`; nothing was destroyed now.",
        ) from None


def office_closed() -> StateFault:
    """The office is closed: it is read, and does nothing more."""
    return StateFault(
        "office_closed",
        "two officers closed this office for good: what was entered can be read and checked, and "
        "nothing more is done",
        place="office",
        cure="Look into its archive and its ledger. Where its closing was broken off, finish it "
        "with `counterfoil office close --help`; who still asks needs another office.",
    )
