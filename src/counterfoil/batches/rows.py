"""The rows of a batch as bytes, and the digest that officers sign. Pure.

A chunk's plain bytes are one MessagePack array of up to 4096 rows. A row is a tagged array:

    kind `request`         ["granted", Grant] | ["refused", Request, Refusal] | ["rejected", Reject]
    kind `determination`   ["match", Match] | ["refusal", Refusal] | ["not_compared", NotCompared]

with the fields of core/values.py in their order; a request that states nothing in `review` and
what follows it, and of no officer an agency, is written without these. An unknown tag or shape is
refused (`payload_rows`).

    determinations digest = SHA-256("counterfoil/determinations/v1" 0x00 salt row row ...)

salt: 32 bytes from the batch key; row: the MessagePack bytes of each determination in the order
asked. Rows delimit themselves, so the digest does not depend on how they were chunked. It covers
the private evidence too: what officers sign is what was decided, not only what leaves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from counterfoil.batches.encryption import BatchKey
from counterfoil.core.errors import StoreFault, VerifyFault
from counterfoil.core.values import (
    Grant,
    Match,
    NotCompared,
    Refusal,
    Reject,
    Request,
    Ruling,
    Sensitive,
)

_CONTEXT: Final = b"counterfoil/determinations/v1\x00"
CHUNK_ROWS: Final = 4096


class Granted(Sensitive, frozen=True, gc=False, array_like=True, tag="granted"):
    """A row that the gate admitted; its request is inside the grant."""

    grant: Grant


class Refused(Sensitive, frozen=True, gc=False, array_like=True, tag="refused"):
    """A row that the gate refused, kept with its request for the accounting of 26 USC
    6103(p)(3)(A)."""

    request: Request
    refusal: Refusal


class Rejected(Sensitive, frozen=True, gc=False, array_like=True, tag="rejected"):
    """A row that intake could not read."""

    reject: Reject


class _Match(Sensitive, frozen=True, gc=False, array_like=True, tag="match"):
    value: Match


class _Refusal(Sensitive, frozen=True, gc=False, array_like=True, tag="refusal"):
    value: Refusal


class _NotCompared(Sensitive, frozen=True, gc=False, array_like=True, tag="not_compared"):
    value: NotCompared


Gated = Granted | Refused | Rejected
Determination = Match | Refusal | NotCompared

_ENCODER: Final = msgspec.msgpack.Encoder()
_GATED: Final = msgspec.msgpack.Decoder(list[Gated])
_RAW: Final = msgspec.msgpack.Decoder(list[msgspec.Raw])
_ONE_REJECT: Final = msgspec.msgpack.Decoder(Rejected)
_REJECTED: Final = b"\x92\xa8rejected"
"""How a row begins that could not be read: an array of two, of which the tag is the first."""
_GRANTED: Final = b"\x92\xa7granted"
_REFUSAL: Final = b"\x92\xa7refusal"
_DETERMINED: Final = msgspec.msgpack.Decoder(list[_Match | _Refusal | _NotCompared])


def encode_row(row: Gated) -> bytes:
    """Bytes of one row of a `request` chunk: what its ledger entry commits to. A request that
    states nothing in the later columns has the bytes that it had before there were these."""
    if isinstance(row, Granted):
        return _ENCODER.encode(("granted", written_grant(row.grant)))
    if isinstance(row, Refused) and not _states_later(row.request):
        return _ENCODER.encode(("refused", _earlier(row.request), row.refusal))
    return _ENCODER.encode(row)


def written_grant(grant: Grant) -> Grant | tuple[object, ...]:
    """A grant as it is written: see `encode_row` for a request that states nothing later."""
    if _states_later(grant.request):
        return grant
    return _earlier(grant.request), grant.address, grant.name, grant.periods, grant.rules


def _states_later(request: Request) -> bool:
    """Whether a request has something in the columns, or the part of an officer, that came
    later."""
    return bool(
        request.review
        or request.offence_date
        or request.offence_fact
        or request.earlier_investigation
        or any(officer.agency for officer in request.engaged_officers)
    )


def _earlier(request: Request) -> tuple[object, ...]:
    """The fields of a request, and of its officers, before there were the later ones."""
    return request.request_id, request.row, *request.first_columns


def pack(encoded: Sequence[bytes]) -> bytes:
    """Plain bytes of a chunk from the bytes of its rows; `decode_gated` reads it."""
    return b"\xdd" + len(encoded).to_bytes(4, "big") + b"".join(encoded)


def decode_gated(plain: bytes) -> list[Gated]:
    """Rows of a `request` chunk, the inverse of `pack`. Raises StoreFault `payload_rows`."""
    try:
        return _GATED.decode(plain)
    except msgspec.MsgspecError:
        raise _unreadable() from None


def decode_rejects(plain: bytes) -> list[Reject]:
    """The rejects among the rows of a `request` chunk; the other rows are not read. Raises
    StoreFault `payload_rows`."""
    if _REJECTED not in plain:  # most chunks have none
        count_rows(plain)
        return []
    try:
        rejected = [each for each in raw_rows(plain) if each.startswith(_REJECTED)]
        return [_ONE_REJECT.decode(each).reject for each in rejected]
    except msgspec.MsgspecError:
        raise _unreadable() from None


def count_rows(plain: bytes) -> int:
    """How many rows a chunk has; none is read. Raises StoreFault `payload_rows`."""
    length = _header_length(plain)
    return plain[0] & 0x0F if length == 1 else int.from_bytes(plain[1:length], "big")


def count_granted(plain: bytes) -> int:
    """How many rows of a `request` chunk the gate admitted; no row is read. Raises StoreFault
    `payload_rows`."""
    return sum([row.startswith(_GRANTED) for row in raw_rows(plain)])


def count_answers(plain: bytes) -> int:
    """How many rows of a `determination` chunk are answers to admitted requests; no row is read.
    Raises StoreFault `payload_rows`."""
    return sum([not row.startswith(_REFUSAL) for row in raw_rows(plain)])


def raw_rows(plain: bytes) -> list[bytes]:
    """The bytes of each row of a chunk. Raises StoreFault `payload_rows`."""
    try:
        return list(map(bytes, _RAW.decode(plain)))
    except msgspec.MsgspecError:
        raise _unreadable() from None


def with_grants(rows: Iterable[Gated], grants: Mapping[int, Grant]) -> list[Gated]:
    """These rows, what two roles admitted being granted. `grants`: theirs, by row."""
    if not grants:
        return list(rows)
    return [
        Granted(grants[row.request.row])
        if isinstance(row, Refused) and row.request.row in grants
        else row
        for row in rows
    ]


def encode_determinations(rows: Sequence[Determination]) -> bytes:
    """Plain bytes of a `determination` chunk. Inverse of `decode_determinations`."""
    return _ENCODER.encode([_tagged(row) for row in rows])


def decode_determinations(plain: bytes) -> list[Determination]:
    """Rows of a `determination` chunk. Raises StoreFault `payload_rows`."""
    try:
        return [row.value for row in _DETERMINED.decode(plain)]
    except msgspec.MsgspecError:
        raise _unreadable() from None


def count_determined(rows: Sequence[Determination]) -> dict[str, int]:
    """Admitted requests by whether they were compared; never by what was found."""
    compared = sum(isinstance(row, Match) for row in rows)
    return {"compared": compared, "not_compared": sum(isinstance(row, NotCompared) for row in rows)}


class DeterminationsDigest:
    """The running digest over `encode_determinations` bytes, added in the order asked. Its salt is
    another each time that the batch is determined anew, so that who sees both digests does not
    learn whether anything changed."""

    def __init__(self, key: BatchKey) -> None:
        self._hash = hashlib.sha256(_CONTEXT + key.salt("determinations", key.round))

    def add(self, plain: bytes) -> None:
        """Add one chunk's plain bytes. Raises StoreFault `payload_rows` for bytes that are no
        array."""
        self._hash.update(memoryview(plain)[_header_length(plain) :])

    def digest(self) -> str:
        """`sha256:` and 64 hex digits of all that was added so far."""
        return "sha256:" + self._hash.hexdigest()


def ruled_chunks(
    plain: Iterable[bytes], key: BatchKey, ruling: Ruling
) -> Iterator[list[Determination]]:
    """Decode each chunk. Raises as `ruled_plain`, at the end."""
    return map(decode_determinations, ruled_plain(plain, key, ruling))


def ruled_plain(plain: Iterable[bytes], key: BatchKey, ruling: Ruling) -> Iterator[bytes]:
    """Each chunk's bytes, and after the last one it is certain that all of them are what the
    officers signed.

    Use nothing of it before it is exhausted: raises VerifyFault `determinations_changed` at the
    end.
    """
    digest = DeterminationsDigest(key)
    for chunk in plain:
        digest.add(chunk)
        yield chunk
    if digest.digest() != ruling.determinations_digest:
        raise VerifyFault(
            "determinations_changed",
            "the stored determinations are not those that the officers signed",
            place=ruling.batch_id,
            cure="Nothing may leave. Compare the database with its backup and tell the inspector.",
        )


def _tagged(row: Determination) -> _Match | _Refusal | _NotCompared:
    if isinstance(row, Match):
        return _Match(row)
    if isinstance(row, Refusal):
        return _Refusal(row)
    return _NotCompared(row)


def _header_length(plain: bytes) -> int:
    """How many bytes open a MessagePack array: fixarray 1, array 16 three, array 32 five."""
    lead = plain[0] if plain else 0
    length = 1 if 0x90 <= lead <= 0x9F else {0xDC: 3, 0xDD: 5}.get(lead, 0)
    if not length or len(plain) < length:
        raise _unreadable()
    return length


def _unreadable() -> StoreFault:
    return StoreFault(
        "payload_rows",
        "the rows of a stored chunk cannot be read",
        cure="They were written by another version, or damaged: open the office with the "
        "version that wrote them.",
    )
