"""The wrapped keys of batches, wrapped anew: under another payload key, or with the share that an
earlier version did not know (batches/encryption.py). Here nothing commits but the store of shares.

A share is durable before the commit that relies on it: what is broken off in between leaves a share
that the next run takes.
"""

from __future__ import annotations

from typing import NamedTuple

from counterfoil.batches import store
from counterfoil.batches.batch import Batch
from counterfoil.batches.encryption import KEY_BYTES, is_shared, unwrap_key
from counterfoil.database import Connection
from counterfoil.office.context import Office


def wrap_all(office: Office, connection: Connection, after: bytes) -> None:
    """Wrap the key of each batch under the payload key `after`, 32 bytes. A batch whose share is
    lost stays as it is: it opens for nobody. Raises as `BatchSession.open`, KeyFault."""
    _wrap(office, connection, store.list_batches(connection), after)


def give_shares(office: Office, connection: Connection) -> int:
    """Give each batch that an earlier version wrapped a share; how many were given one. Raises as
    `wrap_all`."""
    alone = [
        batch
        for batch in store.list_batches(connection)
        if batch.wrapped_key is not None and not is_shared(batch.wrapped_key)
    ]
    if alone:
        _wrap(office, connection, alone, office.payload_keys()[0])
    return len(alone)


class ShareCounts(NamedTuple):
    """How many batches have a wrapped key and not the share that opens it; how many a share and no
    wrapped key any more; how many a key that an earlier version wrapped, which needs no share."""

    missing: int
    left: int
    alone: int


def count_shares(office: Office) -> ShareCounts:
    """How the store of batch keys fits the database. Needs no key. Raises StoreFault,
    SettingsFault, StateFault `database_taken`."""
    with office.store.reading() as connection:
        found = store.list_batches(connection)
    kept = office.shares.listed()
    shared = {each.id for each in found if each.wrapped_key and is_shared(each.wrapped_key)}
    gone = {each.id for each in found if each.wrapped_key is None}
    alone = len(found) - len(shared) - len(gone)
    return ShareCounts(len(shared - kept), len(gone & kept), alone)


def _wrap(office: Office, connection: Connection, found: list[Batch], after: bytes) -> None:
    before, new = office.payload_keys()[0], dict[str, bytes]()
    for batch in found:
        wrapped = batch.wrapped_key
        share = office.shares.find(batch.id) if wrapped is not None else None
        if wrapped is None or (share is None and is_shared(wrapped)):
            continue
        key = unwrap_key(batch.id, wrapped, before, share)
        if share is None:
            share = new[batch.id] = office.random(KEY_BYTES)
        store.replace_key(connection, batch, key.wrap(after, share, office.random))
    office.shares.keep(new)
