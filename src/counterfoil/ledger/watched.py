"""The authenticated head of a transaction, as those see it who read the ledger or append to it.
What it is stands in head.py."""

from __future__ import annotations

from typing import Final, Protocol

from counterfoil.core.errors import VerifyFault
from counterfoil.database import Connection
from counterfoil.ledger.entries import Entry

HEAD: Final = "counterfoil_head"
"""Where a connection has the authenticated head of its transaction."""
HEAD_CURE: Final = (
    "Nothing was done. Keep this database, run `counterfoil ledger check`, restore a copy that "
    "checks, and tell the inspector: somebody wrote into it who is not the office."
)


class Under(Protocol):
    """The authenticated head of a transaction (head.py), to whoever reads or appends below it."""

    def check(self) -> object:
        """Authenticate it, once."""
        ...

    def believed(self, index: int) -> Entry:
        """The entry of an index, in its tree."""
        ...

    def believed_range(self, low: int, high: int) -> list[bytes]:
        """The entries from one index to the one before another, in its tree."""
        ...

    def require_tree(self) -> object:
        """Find its tree again below what was entered since."""
        ...

    def settle(self) -> None:
        """Enter the state of the rows that were written."""
        ...

    def check_whole(self) -> str:
        """What `ledger check` establishes of it."""
        ...


def checked_head(connection: Connection) -> Under | None:
    """The head, authenticated; None in a store that no office watches. Raises VerifyFault."""
    head: Under | None = connection.info.get(HEAD)
    if head is not None:
        head.check()
    return head


def not_believed(index: int) -> VerifyFault:
    """The fault of an entry that is not in the tree of the office's own head."""
    return VerifyFault(
        "head_entry",
        "an entry is not the one of the office's own head",
        place=f"entry {index}",
        cure=HEAD_CURE,
    )
