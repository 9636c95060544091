"""Opening an item. What is established, in this order, before a byte of the content is written:

    1  It is an item of this format, and its header has its form.
    2  It is sealed to a key that is held here, under this header.
    3  Its first chunk is encrypted under the key that the seal holds, beside this header and these
       seals.
    4  Somebody who may signed this header: the JWS inside has the header as its payload.

and, once all of it is written:

    5  No chunk is altered, missing, doubled or in another place, and none is cut off.
    6  The content is the one that the header commits to; what follows it is zeros, up to `length`.

Whoever acts on the content before `open_item` returns acts on what may not be whole: where it
raises, it empties what it wrote.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import BinaryIO, Final

from counterfoil.core import canonical
from counterfoil.core.errors import CounterfoilError, VerifyFault
from counterfoil.core.values import Public
from counterfoil.envelopes.chunks import cut, decrypt_chunks
from counterfoil.envelopes.header import (
    FORMAT,
    MAX_HEADER_BYTES,
    ItemHeader,
    read_header,
    unknown_format,
)
from counterfoil.envelopes.jws import JwsFaults, check_jws
from counterfoil.envelopes.keys import OpeningKey
from counterfoil.envelopes.seal import MAGIC, STANZA_BYTES, chunk_context, commit_content, seal_info
from counterfoil.tlog.note import VerifierKey

Signers = Callable[[ItemHeader], Iterable[VerifierKey]]
"""The keys that may have signed an item with this header."""
MAX_SIGNATURE_BYTES: Final = 16_384


class OpenedItem(Public, frozen=True):
    """An item that was opened: its header, the name of the key that signed it, the key's id, the
    content's SHA-256 and length, and the signature as it was made, which is kept as evidence."""

    header: ItemHeader
    signer: str
    signed_by: str
    digest: str
    size: int
    signature: bytes


def peek_header(source: BinaryIO) -> ItemHeader:
    """The header of an item, unverified: whom it is for and which item it says it is. Leaves
    `source` at the first seal. Raises VerifyFault `item_format`, `item_header`, `item_cut`."""
    return read_header(_header_line(source))


def open_item(
    source: BinaryIO, sink: BinaryIO, keys: Mapping[str, OpeningKey], signers: Signers
) -> OpenedItem:
    """Write an item's content to `sink`, an empty file that can be cut again. Inverse of
    `seal_item`. `keys`: the opening keys that are held, by key id.

    Raises VerifyFault: `item_format`, `item_header`, `item_key` (it is sealed to none of the keys),
    `item_seal`, `item_commitment`, `item_chunk`, `item_cut`, `item_malformed`, `item_signer`,
    `item_signature`, `item_header_other` (what was signed is another header), `item_content`.
    """
    try:
        return _open(source, sink, keys, signers)
    except (CounterfoilError, OSError):
        with suppress(OSError, ValueError):
            sink.seek(0)
            sink.truncate()
        raise


def _open(
    source: BinaryIO, sink: BinaryIO, keys: Mapping[str, OpeningKey], signers: Signers
) -> OpenedItem:
    line = _header_line(source)
    header = read_header(line)
    stanzas = source.read(STANZA_BYTES * len(header.to))
    if len(stanzas) < STANZA_BYTES * len(header.to):
        raise cut()
    key = _unseal(header, line, stanzas, keys)
    clear = _Clear(decrypt_chunks(source, key, chunk_context(line, stanzas)))
    signature = clear.take(_length(clear.take(4), MAX_SIGNATURE_BYTES))
    signed = check_jws(signature, FORMAT, signers(header), _signature_faults())
    if signed.payload != line:
        raise VerifyFault(
            "item_header_other",
            "its sender signed another header: somebody sealed a signed item anew",
            place="item, header",
            cure="Act on nothing in it, and ask its sender.",
        )
    salt, size = clear.take(canonical.SALT_BYTES), _length(clear.take(8), header.length)
    digest = hashlib.sha256()
    for piece in clear.pieces(size):
        digest.update(piece)
        sink.write(piece)
    _check_padding(clear, header.length - size)
    if commit_content(salt, digest.digest()) != header.content:
        raise _other_content("the content is not the one that the header commits to")
    return OpenedItem(
        header,
        signed.key.name,
        signed.key.key_id.hex(),
        f"sha256:{digest.hexdigest()}",
        size,
        signature,
    )


def _header_line(source: BinaryIO) -> bytes:
    if source.read(len(MAGIC)) != MAGIC:
        raise unknown_format()
    line = source.readline(MAX_HEADER_BYTES + 2)
    if not line.endswith(b"\n") and len(line) <= MAX_HEADER_BYTES:
        raise cut()
    return line.removesuffix(b"\n")


def _unseal(
    header: ItemHeader, line: bytes, stanzas: bytes, keys: Mapping[str, OpeningKey]
) -> bytes:
    for place, key_id in enumerate(header.to):
        if key_id in keys:
            start = place * STANZA_BYTES
            return keys[key_id].open(stanzas[start : start + STANZA_BYTES], seal_info(line))
    raise VerifyFault(
        "item_key",
        "the item is sealed to none of the keys that are here",
        place="item, to",
        cure="Name the opening key that it was sealed to; if that was destroyed, ask its sender to "
        "seal it anew.",
    )


def _check_padding(clear: _Clear, count: int) -> None:
    for piece in clear.pieces(count):
        if piece.count(0) != len(piece):
            raise _other_content("what follows the content is not padding")
    if clear.rest():
        raise _other_content("it is longer than its header says")


def _signature_faults() -> JwsFaults:
    return JwsFaults(
        _fault("item_malformed", "what is sealed in the item is not signed as an item"),
        _fault("item_signer", "nobody signed the item who may send one to this reader"),
        _fault("item_signature", "the signature over the item's header is wrong"),
    )


def _fault(code: str, message: str) -> VerifyFault:
    return VerifyFault(
        code,
        message,
        place="item, signature",
        cure="Act on nothing in it. Ask its sender with which key it signs, by a way that you "
        "know.",
    )


def _length(data: bytes, limit: int) -> int:
    length = int.from_bytes(data)
    if length > limit:
        raise _other_content("a length in it is longer than its header allows")
    return length


def _other_content(why: str) -> VerifyFault:
    return VerifyFault(
        "item_content",
        f"its sender sealed it wrongly: {why}",
        place="item, content",
        cure="Ask its sender to seal it anew, with another version of the program.",
    )


class _Clear:
    """The chunks as one stream, of which one chunk is in memory."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._chunk: bytes = b""

    def take(self, count: int) -> bytes:
        """The next `count` bytes. Raises VerifyFault `item_content` where there are fewer."""
        return b"".join(self.pieces(count))

    def pieces(self, count: int) -> Iterator[bytes]:
        """The next `count` bytes, some at a time."""
        while count:
            if not self._chunk:
                self._chunk = next(self._chunks, b"")
                if not self._chunk:
                    raise _other_content("it is shorter than its header says")
            piece, self._chunk = self._chunk[:count], self._chunk[count:]
            count -= len(piece)
            yield piece

    def rest(self) -> bool:
        """Whether any byte is left; reads to the end, so that a cut is seen."""
        return any([bool(self._chunk), *map(bool, self._chunks)])
