"""The permanent accounting of 26 USC 6103(p)(3)(A) and 5 USC 552a(c): its records, and how they are
sealed. Formats `counterfoil-accounting-2`; keep_accounting.py makes them.

Of a closed batch there are lines of JSON: the first one is the batch's (`Occasion`), then one
record for each row of the file in the order asked, whatever became of it (`AccountRecord`). They
are kept and exported as the bytes that they were made as, so a later version that knows more fields
reads them and changes nothing. Their digest is

    SHA-256("counterfoil/accounting/v2" 0x00, and each line followed by 0x0a)

and the ledger's entry `accounting` commits to it: commitment = canonical.commit(salt, digest),
where salt = HMAC-SHA-256(seal key, "salt" 0x00 batch). Each record names the ledger's entries of
its row. So a record that is altered, added or missing shows: by the digest, and by the entries.

Tables, in which nothing of a person stands in clear:

    accounting_batch    batch_id; entry_index, the place of the entry; row_count, of records;
                        sealed, the batch's line
    accounting_record   batch_id; seq 0, 1, 2 ...; row_count; sealed, up to 1,024 records, each line
                        followed by 0x0a

    sealed    nonce(12) || AES-256-GCM(seal key, DEFLATE of the bytes)    AAD canonical JSON of
              {"batch","format","part","seq"}, seq -1 for the batch's line
    seal key  HMAC-SHA-256(accounting key, "counterfoil/accounting-records/v2"): the family of the
              payload key's second half. No batch key opens it, and deleting one does not close it.

Trusted: no. Nothing of this program deletes it, whatever the agreement's retention says. Lost with
the rows' disposal past: it cannot be made again, so back the database and `payload.key` up.
"""

from __future__ import annotations

import hashlib
import hmac
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, String, Table, func, insert, select

from counterfoil.core import canonical
from counterfoil.core.errors import StoreFault
from counterfoil.core.values import Public, Sensitive
from counterfoil.database import METADATA, Connection
from counterfoil.office.context import Office
from counterfoil.office.journal import accounting_key

FORMAT: Final = "counterfoil-accounting-2"
CHUNK_RECORDS: Final = 1024
NOT_STATED: Final = "not stated in the agreement"
NOT_ANSWERED: Final = "not_answered"
REFUSED: Final = "refused"
REJECTED: Final = "rejected"
ANSWERED: Final = ("confirmed", "not_confirmed", "not_compared")
DISCLOSED: Final = ("confirmed", "not_confirmed")
_CONTEXT: Final = b"counterfoil/accounting/v2\x00"
_SEAL_CONTEXT: Final = b"counterfoil/accounting-records/v2"
_NONCE_BYTES: Final = 12
_HEAD_SEQ: Final = -1

BATCHES: Final = Table(
    "accounting_batch",
    METADATA,
    Column("batch_id", String, primary_key=True),
    Column("entry_index", BigInteger, nullable=False),
    Column("row_count", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)
RECORDS: Final = Table(
    "accounting_record",
    METADATA,
    Column("batch_id", String, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("row_count", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)


class Occasion(Public, frozen=True, gc=False, tag_field="type", tag="batch", kw_only=True):
    """What the records of a batch share. Days are UTC, digests `sha256:...`, absent text is "".

    `requester` and `principal` are as the file names them; `requester_name`, `requester_address`
    and `principal_title` are the agreement's. `closed` is "released", "withdrawn", or "" for a
    batch that is open. `accounted`: whether (p)(3)(A) demands the record, which it does not for the
    taxpayer's consent. `entry`: place of the ledger's entry `batch`. `agreement_purposes` are the
    agreement's; a request's own purpose is the reason of its record."""

    batch: str
    entry: int
    requester: str
    requester_name: str
    requester_address: str
    principal: str
    principal_title: str
    agreement: str
    agreement_digest: str
    agreement_purposes: tuple[str, ...]
    rules: str
    route: str
    provision: str
    accounted: bool
    sent_on: str
    received_on: str
    closed: str
    closed_on: str
    holder_officers: tuple[str, ...]
    rows: int

    @property
    def released_on(self) -> str:
        """The day on which answers left, or ""."""
        return self.closed_on if self.closed == "released" else ""


class AccountRecord(Sensitive, frozen=True, gc=False, tag_field="type", tag="record"):
    """One row of a file, as asked and as answered. A row that could not be read has no name, and
    its codes say which column and why.

    `statute` is the agreement's own citation of `statute_as_written`. `outcome` is "confirmed",
    "not_confirmed", "refused", "not_compared", "rejected", or "not_answered" where the batch was
    withdrawn or is open; `codes` are those of the answer. `two_roles`: the gate had refused, and an
    officer and counsel admitted it. `entry` and `commitment` are of the row's entry in the ledger,
    `answer_entry` (-1 for none) and `answer_commitment` of its answer's. `person_keys`: keyed
    hashes by which the person is found again (traces.py), the same for the same person."""

    row: int
    request_id: str
    given_name: str
    middle_name: str
    family_name: str
    suffix: str
    reason: str
    statute: str
    statute_as_written: str
    taxable_periods: tuple[str, ...]
    engaged_officers: tuple[dict[str, str], ...]
    outcome: str
    codes: tuple[str, ...]
    two_roles: bool
    entry: int
    commitment: str
    answer_entry: int
    answer_commitment: str
    person_keys: str


class KeptBatch(Public, frozen=True, gc=False):
    """A row of `accounting_batch`. `sealed` is the batch's line."""

    batch_id: str
    entry_index: int
    row_count: int
    sealed: bytes


_ENCODER: Final = msgspec.json.Encoder()
_decode_occasion: Final = msgspec.json.Decoder(Occasion).decode
_decode_record: Final = msgspec.json.Decoder(AccountRecord).decode


def line_of(value: Occasion | AccountRecord) -> bytes:
    """The line of a batch or of a record, without its end."""
    return _ENCODER.encode(value)


def lines_of(records: Sequence[AccountRecord]) -> bytes:
    """The lines of records, each with its end."""
    return _ENCODER.encode_lines(records)


def read_occasion(line: bytes) -> Occasion:
    """Inverse of `line_of`. Raises StoreFault `accounting_form`."""
    try:
        return _decode_occasion(line)
    except msgspec.MsgspecError:
        raise _malformed() from None


def read_record(line: bytes) -> AccountRecord:
    """Inverse of `line_of`. Raises StoreFault `accounting_form`."""
    try:
        return _decode_record(line)
    except msgspec.MsgspecError:
        raise _malformed() from None


class LinesDigest:
    """The running digest over the lines of a batch, the batch's own first."""

    def __init__(self, head: bytes) -> None:
        self._hash = hashlib.sha256(_CONTEXT + head + b"\n")

    def add(self, lines: bytes) -> None:
        """Add one line or more, each with its end."""
        self._hash.update(lines)

    def commitment(self, salt: bytes) -> str:
        """What the ledger's entry says of all that was added."""
        return canonical.commit(salt, self._hash.digest())


class AccountingSeal:
    """Seals and opens an office's accounting. Its `repr` shows nothing."""

    def __init__(self, office: Office) -> None:
        """Raises KeyFault."""
        key = hmac.digest(accounting_key(office), _SEAL_CONTEXT, "sha256")
        self._key, self._cipher, self._random = key, AESGCM(key), office.random

    def salt(self, batch: str) -> bytes:
        """The salt of the entry of a batch: 32 bytes."""
        return hmac.digest(self._key, b"salt\x00" + batch.encode(), "sha256")

    def seal_head(self, batch: str, line: bytes) -> bytes:
        """Seal the batch's line. Inverse of `open_head`."""
        return self._seal(batch, _HEAD_SEQ, pack_records(line))

    def open_head(self, kept: KeptBatch) -> bytes:
        """The batch's line. Raises StoreFault `accounting_sealed`."""
        return self._open(kept.batch_id, _HEAD_SEQ, kept.sealed)

    def seal_records(self, batch: str, seq: int, packed: bytes) -> bytes:
        """Seal one chunk of records that `pack_records` made. Inverse of `open_records`."""
        return self._seal(batch, seq, packed)

    def open_records(self, batch: str, seq: int, sealed: bytes) -> bytes:
        """One chunk of records. Raises StoreFault `accounting_sealed`."""
        return self._open(batch, seq, sealed)

    def _seal(self, batch: str, seq: int, packed: bytes) -> bytes:
        nonce = self._random(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, packed, _bound(batch, seq))

    def _open(self, batch: str, seq: int, sealed: bytes) -> bytes:
        nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return zlib.decompress(self._cipher.decrypt(nonce, rest, _bound(batch, seq)))
        except (InvalidTag, ValueError, TypeError, zlib.error):
            raise StoreFault(
                "accounting_sealed",
                "a batch's accounting does not open with this office's key",
                place=batch,
                cure="Check that the payload key is this office's; if it is, the database was "
                "altered: restore its backup.",
            ) from None


def pack_records(lines: bytes) -> bytes:
    """Lines, compressed as they are sealed."""
    return zlib.compress(lines, _DEFLATE_LEVEL)


_DEFLATE_LEVEL: Final = 1
"""A sixth more bytes than at the default, in a third of the time."""


# -- tables ------------------------------------------------------------------------------------


def find_kept(connection: Connection, batch: str) -> KeptBatch | None:
    """The accounting that is kept of a batch, or None."""
    row = connection.execute(select(BATCHES).where(BATCHES.c.batch_id == batch)).mappings().first()
    return None if row is None else _kept({str(name): value for name, value in row.items()})


def count_kept(connection: Connection) -> int:
    """Of how many batches an accounting is kept."""
    return int(connection.execute(select(func.count()).select_from(BATCHES)).scalar_one())


def put_kept(connection: Connection, kept: KeptBatch) -> None:
    """Keep the batch's line. A row is never replaced (StoreFault from the transaction)."""
    connection.execute(insert(BATCHES).values(msgspec.structs.asdict(kept)))


def put_records(connection: Connection, batch: str, seq: int, rows: int, sealed: bytes) -> None:
    """Keep one chunk of records. A chunk is never replaced."""
    row = {"batch_id": batch, "seq": seq, "row_count": rows, "sealed": sealed}
    connection.execute(insert(RECORDS).values(row))


def delete_records(connection: Connection, batch: str) -> None:
    """Clear what is left of records of which a part was lost, before all of them are put back."""
    for table in (RECORDS, BATCHES):
        connection.execute(table.delete().where(table.c.batch_id == batch))


def read_records(connection: Connection, batch: str) -> Iterator[tuple[int, bytes]]:
    """(seq, sealed) of each chunk of a batch's records, in order, one in memory at a time."""
    last = _HEAD_SEQ
    while True:
        chosen = select(RECORDS.c.seq, RECORDS.c.sealed)
        chosen = chosen.where(RECORDS.c.batch_id == batch, RECORDS.c.seq > last)
        row = connection.execute(chosen.order_by(RECORDS.c.seq).limit(1)).first()
        if row is None:
            return
        last, sealed = row
        yield last, sealed


def split_lines(plain: bytes) -> Iterable[bytes]:
    """The lines of a chunk, without their ends."""
    return plain.split(b"\n")[:-1]


def _kept(row: dict[str, object]) -> KeptBatch:
    try:
        return msgspec.convert(row, KeptBatch, builtin_types=(bytes,))
    except msgspec.ValidationError:
        raise _malformed() from None


def _malformed() -> StoreFault:
    return StoreFault(
        "accounting_form",
        "what is kept of the accounting is not in its form",
        place="accounting",
        cure="Open the office with the version that wrote it; if this is that version, restore "
        "the database's backup.",
    )


def _bound(batch: str, seq: int) -> bytes:
    part = "batch" if seq == _HEAD_SEQ else "records"
    return canonical.encode({"batch": batch, "format": FORMAT, "part": part, "seq": seq})
