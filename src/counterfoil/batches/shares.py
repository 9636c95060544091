"""The store of batch keys: of each batch a share, without which its wrapped key does not open
(encryption.py). It lies outside the office's database, so that a backup of that database, however
old, opens nothing of a batch that was disposed of.

    batch_share   batch_id; share, 32 random bytes

By default it is an SQLite file beside the office's (`batch-keys.db`), whichever database the office
has; or a PostgreSQL database of its own, never the office's: what copies that would copy this. It
is made when a first share is kept.

    receive   the share is durable before the commit that makes the batch. What is broken off in
              between leaves a share of no batch, which opens nothing
    dispose   the commit that deletes the wrapped key comes first, then the share. What is broken
              off in between is deleted by the next disposal (`destroy` of every batch without a
              wrapped key)

Trusted: no. Whoever alters a share makes a batch unreadable (`payload_sealed`), and whoever deletes
one disposes of it; neither opens anything without the office's payload key and the database. Lost:
no batch that was received can be read; the ledger still verifies. So it is backed up as well, but
each copy replaces the one before (docs/operate/backup.md).
"""

from __future__ import annotations

import os
from collections.abc import Collection, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Column, LargeBinary, MetaData, String, Table, delete, insert, select

from counterfoil.core.errors import StoreFault
from counterfoil.database import Connection, Store, file_of, open_own_store

_OWN: Final = MetaData()
_SHARE: Final = Table(
    "batch_share",
    _OWN,
    Column("batch_id", String, primary_key=True),
    Column("share", LargeBinary, nullable=False),
)
_AT_A_TIME: Final = 500


class ShareStore:
    """The shares of one office. It is opened when it is first needed; each act is a transaction of
    its own, durable when it returns. Every method raises StoreFault and SettingsFault as
    `open_own_store`. Its `repr` shows nothing."""

    __slots__ = ("_opened", "url")

    def __init__(self, url: str) -> None:
        """`url`: an SQLAlchemy URL, a file's path being absolute."""
        self.url = url
        self._opened: Store | None = None

    @property
    def is_made(self) -> bool:
        """Whether there is a store: of a server it is taken to be so."""
        path = file_of(self.url)
        return path is None or path.exists()

    def keep(self, shares: dict[str, bytes]) -> None:
        """Keep the share of each of these batches, of which none has one."""
        if shares:
            with self._store(make=True).transaction() as connection:
                rows = [{"batch_id": batch, "share": share} for batch, share in shares.items()]
                connection.execute(insert(_SHARE), rows)

    def find(self, batch_id: str) -> bytes | None:
        """The share of a batch; None where there is none."""
        with self._reading() as connection:
            if connection is None:
                return None
            return connection.execute(
                select(_SHARE.c.share).where(_SHARE.c.batch_id == batch_id)
            ).scalar()

    def listed(self) -> frozenset[str]:
        """Every batch that has a share."""
        with self._reading() as connection:
            if connection is None:
                return frozenset()
            return frozenset(connection.execute(select(_SHARE.c.batch_id)).scalars())

    def destroy(self, batch_ids: Collection[str]) -> None:
        """Delete the shares of these batches, from the log as well. Raises StoreFault `log_not_cut`
        while another program reads them."""
        if not self.is_made or self.listed().isdisjoint(batch_ids):
            return
        store, ids = self._store(make=False), sorted(batch_ids)
        with store.transaction() as connection:
            for at in range(0, len(ids), _AT_A_TIME):
                some = _SHARE.c.batch_id.in_(ids[at : at + _AT_A_TIME])
                connection.execute(delete(_SHARE).where(some))
        store.cut_log()

    def close(self) -> None:
        """Close every connection; the next act opens the store again."""
        opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()

    @contextmanager
    def _reading(self) -> Generator[Connection | None]:
        """A reading transaction; None where no share was ever kept, and nothing is made."""
        if not self.is_made:
            yield None
            return
        with self._store(make=False).reading() as connection:
            yield connection

    def _store(self, *, make: bool) -> Store:
        if self._opened is None:
            path = file_of(self.url)
            if path is not None and make:
                _make_private(path)
            self._opened = open_own_store(self.url, _OWN)
        return self._opened


def _make_private(path: Path) -> None:
    """Make the file, for its owner alone, where it is not there."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
    except OSError as fault:
        raise StoreFault(
            "store_failed",
            f"the store of batch keys cannot be written ({type(fault).__name__})",
            place=path.name,
            cure="Check disk space and permissions of the office; nothing was received.",
        ) from None
