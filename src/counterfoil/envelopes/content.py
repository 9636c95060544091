"""What is inside an item: a list of parts, and their bytes.

    "counterfoil-content-1" newline
    an index, one line of canonical JSON of at most 65,536 bytes, newline:
        {"parts":[{"digest":"sha256:...","name":"request.csv","size":812}, ...],
         "reply_to":["base64 of an opening key", ...]}
    the bytes of each part, one after the other, and nothing after the last

Names are those of `PARTS`, each at most once: no name of a file comes from outside. `reply_to` is
of a request: the opening keys to which its answer is to be sealed, each of which the agreement
names by its id, or which the principal's signature alone vouches for where the agreement names
none. Every byte is covered by the item's signature; a part's digest finds which one differs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO, Final

import msgspec

from counterfoil.core import canonical
from counterfoil.core.errors import VerifyFault
from counterfoil.core.values import Public
from counterfoil.envelopes.header import MAX_KEYS
from counterfoil.envelopes.keys import PublicOpeningKey, parse_opening_key

FORMAT: Final = "counterfoil-content-1"
REQUEST_FILES: Final = ("request.csv", "request.jsonl", "request.parquet")
PARTS: Final = (
    *REQUEST_FILES,  # the requests, in one of three forms
    "request.header.jws",  # the principal's signature over file and header
    "request.document",  # the order or consent that the requests rest on
    "answer.rows",  # the rows of an answer, packed to a length that its request decides
    "answer.csv",
    "answer.jsonl",
    "answer.jws",  # the answer's envelope
    "answer.proof",  # its release's proof with cosignatures
    "notice.txt",  # a signed note of the holder: notice, correction
    "recalls",  # the recalls that stand
    "statement.jws",  # what a requester states of a recall or of destruction
)
MAX_INDEX_BYTES: Final = 65_536
_MAGIC: Final = FORMAT.encode() + b"\n"
_PIECE: Final = 65_536


class Part(Public, frozen=True, forbid_unknown_fields=True):
    """One part: its name, its length in bytes and its SHA-256."""

    name: str
    size: int
    digest: str


class _Index(Public, frozen=True, forbid_unknown_fields=True):
    parts: tuple[Part, ...]
    reply_to: tuple[str, ...]


class Content:
    """The parts of an item that was opened, read from the file that `open_item` wrote."""

    def __init__(self, source: BinaryIO) -> None:
        """Raises VerifyFault `content_format`, `content_index`."""
        source.seek(0)
        if source.read(len(_MAGIC)) != _MAGIC:
            raise _fault("content_format", f"the item's content is not of format {FORMAT}")
        line = source.readline(MAX_INDEX_BYTES + 1)
        index = _read_index(line)
        self.reply_to = tuple(map(parse_opening_key, index.reply_to))
        self._source = source
        self._starts: dict[str, tuple[int, Part]] = {}
        start = len(_MAGIC) + len(line)
        for part in index.parts:
            self._starts[part.name] = (start, part)
            start += part.size
        if source.seek(0, 2) != start:
            raise _fault("content_index", "the parts are not as long as the index says")

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts, in their order."""
        return tuple(part for _, part in self._starts.values())

    def __contains__(self, name: str) -> bool:
        return name in self._starts

    def copy(self, name: str, sink: BinaryIO) -> None:
        """Write a part's bytes to `sink`. Raises VerifyFault `content_part`: there is no such part,
        or it is not the one that the index names."""
        if name not in self._starts:
            raise _fault("content_part", "the item lacks a part that it must have", name)
        start, part = self._starts[name]
        self._source.seek(start)
        digest = hashlib.sha256()
        for piece in _pieces(self._source, part.size):
            digest.update(piece)
            sink.write(piece)
        if f"sha256:{digest.hexdigest()}" != part.digest:
            raise _fault("content_part", "a part is not the one that the index names", name)


def write_content(
    sink: BinaryIO, parts: Mapping[str, BinaryIO], reply_to: Sequence[PublicOpeningKey] = ()
) -> tuple[Part, ...]:
    """Write the content of an item. Inverse of `Content`. `parts`: files that can be read twice, by
    name. A name that is not in `PARTS` is a bug of the caller (ValueError)."""
    if not parts or not parts.keys() <= set(PARTS):
        raise ValueError("an item has parts, each of a name that the format knows")
    listed = tuple(_measure(name, file) for name, file in parts.items())
    index: dict[str, Any] = {
        "parts": [msgspec.to_builtins(part) for part in listed],
        "reply_to": [str(key) for key in reply_to],
    }
    sink.write(_MAGIC + canonical.encode(index) + b"\n")
    for part in listed:
        for piece in _pieces(parts[part.name], part.size):
            sink.write(piece)
    return listed


def _read_index(line: bytes) -> _Index:
    fields = canonical.read_object(line.removesuffix(b"\n")) if line.endswith(b"\n") else None
    try:
        index = msgspec.convert(fields, _Index)
    except msgspec.ValidationError:
        raise _fault("content_index", "the index of the parts cannot be read") from None
    names = [part.name for part in index.parts]
    if not names or len(set(names)) < len(names) or not set(names) <= set(PARTS):
        raise _fault("content_index", "the index names a part twice, or one that is not known")
    if any(part.size < 0 for part in index.parts) or len(index.reply_to) > MAX_KEYS:
        raise _fault("content_index", "the index holds a number outside its limits")
    return index


def _measure(name: str, file: BinaryIO) -> Part:
    file.seek(0)
    digest, size = hashlib.sha256(), 0
    while piece := file.read(_PIECE):
        digest.update(piece)
        size += len(piece)
    file.seek(0)
    return Part(name, size, f"sha256:{digest.hexdigest()}")


def _pieces(file: BinaryIO, size: int) -> Iterator[bytes]:
    while size:
        piece = file.read(min(size, _PIECE))
        if not piece:
            raise _fault("content_index", "a part ends before its end")
        size -= len(piece)
        yield piece


def _fault(code: str, message: str, part: str = "") -> VerifyFault:
    return VerifyFault(
        code,
        message,
        place=f"item, {part or 'content'}",
        cure="Ask the sender to seal it anew, or open it with a newer version.",
    )
