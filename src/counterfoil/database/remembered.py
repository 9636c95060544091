"""What the office remembers, by subject: a digest of the rows that give authority, so that a row
that anybody else wrote, altered, deleted or put back is seen where it is relied on.

    remembered   subject      `batch b-0f1e...`, `officer ada`: whose rows they are
                 bucket       the first byte of SHA-256(subject), modulo 64
                 digest       HMAC-SHA-256(key, context || subject || 0x00 || content), 32 bytes
                 entry_index  the entry `state` of the commit that made the rows what they are
    value        of a subject that has no rows, such as `custodian`: what is remembered of it, a
                 short text in clear; else "", and `digest` is empty where this is not

The state is 64 digests of 32 bytes joined, one a bucket: SHA-256 over the bucket's records in the
order of their subjects, zeros for a bucket without any. Whoever has the state, authenticated
(ledger/head.py), checks one subject by one bucket: with 10,000 batches, some 160 records.

A room that keeps such rows calls `check_remembered` with what it loaded, and `touch` before it
writes; both look the map up in the transaction. Where there is none, in a store that no office with
its key has opened, neither does anything.

Trusted: no. Who alters a record here makes its bucket another one. Lost: as the ledger's head.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    LargeBinary,
    String,
    Table,
    bindparam,
    delete,
    insert,
    select,
)
from sqlalchemy.schema import Index

from counterfoil.core.errors import VerifyFault
from counterfoil.database.engine import METADATA
from counterfoil.database.prepared import Prepared

BUCKETS: Final = 64
_DIGEST_BYTES: Final = 32
EMPTY_STATE: Final = bytes(BUCKETS * _DIGEST_BYTES)
IN_TRANSACTION: Final = "counterfoil_remembered"
"""Where a connection has the map of its transaction."""
_CONTEXT: Final = b"counterfoil/remembered/v1\x00"

REMEMBERED: Final = Table(
    "remembered",
    METADATA,
    Column("subject", String, primary_key=True),
    Column("bucket", Integer, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("entry_index", BigInteger, nullable=False),
    Column("value", String, nullable=False),
    Index("remembered_bucket", "bucket"),
)

_IN_BUCKET: Final = Prepared(
    select(
        REMEMBERED.c.subject, REMEMBERED.c.digest, REMEMBERED.c.entry_index, REMEMBERED.c.value
    ).where(REMEMBERED.c.bucket == bindparam("bucket"))
)

Content = Callable[[], bytes | None]
"""What the rows of a subject hold now; None where there are none."""
Rows = Sequence[Any]
"""Rows as the driver gives them."""
Contents = Callable[[Rows], Mapping[str, bytes]]
"""What such rows hold, by subject."""
_encode: Final = msgspec.json.Encoder(order="sorted").encode


class Record(NamedTuple):
    """A row of the table, but for whose it is."""

    digest: bytes
    entry_index: int
    value: str = ""


class Verified:
    """What earlier transactions of this process found to be right, so that rows which are found
    again as they were are not digested again. The rows are read each time; numbers that are equal
    count as the same. `buckets`: rows and records by the digest of a bucket; `rows`: by prefix,
    under which key and state they were checked, and what they were."""

    def __init__(self) -> None:
        self.buckets: dict[bytes, tuple[Rows, dict[str, Record]]] = {}
        self.rows: dict[str, tuple[tuple[bytes, bytes], Rows]] = {}

    def keep_bucket(self, digest: bytes, rows: Rows, bucket: dict[str, Record]) -> None:
        """Keep a bucket; the oldest go where there are more than two states have."""
        self.buckets[digest] = rows, bucket
        while len(self.buckets) > 2 * BUCKETS:
            del self.buckets[next(iter(self.buckets))]

    def __repr__(self) -> str:
        return "<Verified>"


class Remembered:
    """The map in one transaction. `authority` gives the key and the authenticated state."""

    def __init__(
        self,
        connection: Connection,
        authority: Callable[[], tuple[bytes, bytes] | None],
        verified: Verified,
    ) -> None:
        self._connection = connection
        self._authority = authority
        self._verified = verified
        self._buckets: dict[int, dict[str, Record]] = {}
        self._touched: dict[str, Content] = {}
        self._values: dict[str, str] = {}

    def check(self, subject: str, content: Content) -> None:
        """Raise VerifyFault `row_disagrees` unless the subject's rows hold what the newest entry
        about them commits to, and nothing where there is none."""
        self._check(subject, content, self._authority())

    def check_all(self, prefix: str, read: Callable[[], Rows], contents: Contents) -> None:
        """Check every subject of a prefix: those whose rows are read, and that no other is missing.
        Raises as `check`."""
        authority = self._authority()
        if authority is None:
            return
        rows, written = read(), any(each.startswith(prefix) for each in self._touched)
        if not written and self._verified.rows.get(prefix) == (authority, rows):
            return
        names, found = self.subjects(prefix) or set(), contents(rows)
        for subject in sorted(names | found.keys()):
            self._check(subject, partial(found.get, subject), authority)
        if not written:
            self._verified.rows[prefix] = authority, rows

    def _check(self, subject: str, content: Content, authority: tuple[bytes, bytes] | None) -> None:
        if authority is None or subject in self._touched:
            return
        found, now = self._bucket(_bucket_of(subject), *authority).get(subject), content()
        kept = None if now is None else _digest(authority[0], subject, now)
        if kept != (found.digest if found else None):
            raise _disagrees(subject, found)

    def touch(self, subject: str, content: Content) -> None:
        """Note that this transaction is about to write the rows of a subject, which must be what
        they were. `content` reads them when it ends. Raises as `check`."""
        if subject not in self._touched:
            self.check(subject, content)
        self._touched[subject] = content

    def adopt(self, contents: Mapping[str, Content]) -> None:
        """Take rows as they are: what an office believed before it had a head."""
        self._touched |= contents

    def derived_key(self, purpose: bytes) -> bytes | None:
        """A key for this purpose, derived from the authority's; None where there is none."""
        authority = self._authority()
        return hmac.digest(authority[0], purpose, "sha256") if authority else None

    def subjects(self, prefix: str) -> set[str] | None:
        """Every subject of this prefix, those included that this transaction wrote; None where
        nothing is authenticated."""
        authority = self._authority()
        if authority is None:
            return None
        found = {name for at in range(BUCKETS) for name in self._bucket(at, *authority)}
        for subject, content in self._touched.items():
            (found.add if content() is not None else found.discard)(subject)
        for subject, text in self._values.items():
            (found.add if text else found.discard)(subject)
        return {each for each in found if each.startswith(prefix)}

    def value(self, subject: str) -> str:
        """The value that is remembered of a subject without rows; "" where there is none."""
        authority = self._authority()
        if authority is None or subject in self._values:
            return self._values.get(subject, "")
        found = self._bucket(_bucket_of(subject), *authority).get(subject)
        return found.value if found else ""

    def set_value(self, subject: str, value: str) -> None:
        """Remember a value from this transaction on; "" forgets it."""
        if self.value(subject) != value:
            self._values[subject] = value

    @property
    def is_touched(self) -> bool:
        """Whether this transaction wrote what is not recorded yet."""
        return bool(self._touched or self._values)

    def record(self, key: bytes, state: bytes, entry_index: int) -> bytes:
        """Record every subject that was touched under the entry of this index; the state after."""
        changed: dict[int, dict[str, Record]] = {}
        for subject, record in self._pending(key, entry_index).items():
            at = _bucket_of(subject)
            bucket = changed.setdefault(at, dict(self._bucket(at, key, state)))
            if record is None:
                bucket.pop(subject, None)
            else:
                bucket[subject] = record
            self._write(subject, at, record)
        self._buckets |= changed
        after = bytearray(state)
        for at, bucket in changed.items():
            after[at * _DIGEST_BYTES : (at + 1) * _DIGEST_BYTES] = _bucket_digest(bucket)
        return bytes(after)

    def _pending(self, key: bytes, entry_index: int) -> dict[str, Record | None]:
        """What was written since the last record, by subject; None where there are no rows now."""
        touched, self._touched = self._touched, {}
        values, self._values = self._values, {}
        found: dict[str, Record | None] = {}
        for subject, content in touched.items():
            now = content()
            found[subject] = now if now is None else Record(_digest(key, subject, now), entry_index)
        kept = {
            name: Record(b"", entry_index, text) if text else None for name, text in values.items()
        }
        return found | kept

    def _bucket(self, at: int, key: bytes, state: bytes) -> dict[str, Record]:
        """The records of a bucket, which must be those of the state. Raises VerifyFault
        `remembered_altered`."""
        if at not in self._buckets:
            rows = _IN_BUCKET.read(self._connection, bucket=at)
            wanted = state[at * _DIGEST_BYTES : (at + 1) * _DIGEST_BYTES]
            before, known = self._verified.buckets.get(wanted, ((), {}))
            self._buckets[at] = known if known and rows == before else _checked(at, rows, wanted)
            if self._buckets[at] is not known:
                self._verified.keep_bucket(wanted, rows, self._buckets[at])
        return self._buckets[at]

    def _write(self, subject: str, at: int, record: Record | None) -> None:
        table = REMEMBERED
        self._connection.execute(delete(table).where(table.c.subject == subject))
        if record is not None:
            row = {"subject": subject, "bucket": at, **record._asdict()}
            self._connection.execute(insert(table).values(row))


def check_remembered(connection: Connection, subject: str, content: Content) -> None:
    """As `Remembered.check`, in this transaction."""
    found = connection.info.get(IN_TRANSACTION)
    if found is not None:
        found.check(subject, content)


def check_all(
    connection: Connection, prefix: str, read: Callable[[], Rows], contents: Contents
) -> None:
    """Check every subject of a prefix: those whose rows are read, and that no other is missing."""
    found: Remembered | None = connection.info.get(IN_TRANSACTION)
    if found is not None:
        found.check_all(prefix, read, contents)


def touch(connection: Connection, subject: str, content: Content) -> None:
    """As `Remembered.touch`, in this transaction."""
    found = connection.info.get(IN_TRANSACTION)
    if found is not None:
        found.touch(subject, content)


def remembered_value(connection: Connection, subject: str) -> str:
    """As `Remembered.value`, in this transaction; "" where there is no map."""
    found = connection.info.get(IN_TRANSACTION)
    return found.value(subject) if found is not None else ""


def remember_value(connection: Connection, subject: str, value: str) -> None:
    """As `Remembered.set_value`, in this transaction."""
    found = connection.info.get(IN_TRANSACTION)
    if found is not None:
        found.set_value(subject, value)


def remembered_subjects(connection: Connection, prefix: str) -> set[str]:
    """As `Remembered.subjects`, in this transaction; none where nothing is authenticated."""
    found: Remembered | None = connection.info.get(IN_TRANSACTION)
    return (found.subjects(prefix) if found is not None else None) or set()


def derived_key(connection: Connection, purpose: bytes) -> bytes | None:
    """As `Remembered.derived_key`, in this transaction; None where there is no map."""
    found: Remembered | None = connection.info.get(IN_TRANSACTION)
    return found.derived_key(purpose) if found is not None else None


def adopt(connection: Connection, contents: Mapping[str, Content]) -> None:
    """As `Remembered.adopt`, in this transaction."""
    found: Remembered | None = connection.info.get(IN_TRANSACTION)
    if found is not None:
        found.adopt(contents)


def row_content(*rows: Any) -> bytes:
    """The content of rows: JSON with sorted names, bytes in base64."""
    return _encode(rows)


_CURE: Final = (
    "Nothing was done. Keep this database, restore a copy that checks, and tell the inspector: "
    "somebody wrote into it who is not the office."
)


def _disagrees(subject: str, found: Record | None) -> VerifyFault:
    entry = f"entry {found.entry_index}" if found else "no entry"
    return VerifyFault(
        "row_disagrees",
        f"the rows of the database about this are not those that {entry} commits to",
        place=f"{subject}, {entry}",
        cure=_CURE,
    )


def _digest(key: bytes, subject: str, content: bytes) -> bytes:
    return hmac.digest(key, _CONTEXT + subject.encode() + b"\x00" + content, "sha256")


def _checked(at: int, rows: Rows, wanted: bytes) -> dict[str, Record]:
    """The records in the rows of a bucket. Raises VerifyFault `remembered_altered` where the
    bucket's digest is another one."""
    try:
        bucket = {str(row[0]): msgspec.convert(row[1:], Record) for row in rows}
    except msgspec.ValidationError:
        bucket = {"": Record(b"", -1)}
    if _bucket_digest(bucket) != wanted:
        raise VerifyFault(
            "remembered_altered",
            "the digests of the office's rows are not those of its newest entry",
            place=f"remembered, bucket {at}",
            cure=_CURE,
        )
    return bucket


def _bucket_of(subject: str) -> int:
    return hashlib.sha256(subject.encode()).digest()[0] % BUCKETS


def _bucket_digest(bucket: Mapping[str, Record]) -> bytes:
    """Zeros for an empty bucket. A record is written as the length of its subject in 4 bytes,
    subject, digest, index in 8, length of the digest in 1, of the value in 4, value."""
    if not bucket:
        return bytes(_DIGEST_BYTES)
    joined = hashlib.sha256()
    for subject in sorted(bucket):
        record = bucket[subject]
        name = subject.encode("utf-8", "surrogatepass")
        joined.update(len(name).to_bytes(4, "big") + name + record.digest[:64])
        value = record.value.encode("utf-8", "surrogatepass")
        joined.update(record.entry_index.to_bytes(8, "big", signed=True))
        joined.update(len(record.digest).to_bytes(1, "big") + len(value).to_bytes(4, "big") + value)
    return joined.digest()
