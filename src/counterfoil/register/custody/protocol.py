"""Messages between an office and a key custodian in another process: format
`counterfoil-custodian-1` (docs/formats/custodian.md).

    greeting   32 bytes from each side: the format, blanks, a line feed
    message    length (4 bytes, big-endian) | MessagePack of [name, field, ...]

A message has at most MAX_MESSAGE bytes and MAX_ITEMS items. Who sends waits for the other side no
longer than a deadline. Anything else ends the connection. There is no question that lists anything.
"""

from __future__ import annotations

import socket
import stat
import struct
import time
from pathlib import Path
from typing import Annotated, Final

import msgspec

from counterfoil.core.values import AddressForm, AddressKey, Sensitive

FORMAT: Final = "counterfoil-custodian-1"
GREETING: Final = FORMAT.encode().ljust(31) + b"\n"
MAX_MESSAGE: Final = 1 << 20
MAX_ITEMS: Final = 4096
MESSAGE_SECONDS: Final = 5.0
_HEAD: Final = 4
_AT_ONCE: Final = 1e-6

KeyId = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
Number = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Salt = Annotated[bytes, msgspec.Meta(min_length=1, max_length=64)]
Secret = Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]
Asked = Annotated[tuple[AddressKey, ...], msgspec.Meta(max_length=MAX_ITEMS)]


class Keys(msgspec.Struct, frozen=True, array_like=True, tag="keys", forbid_unknown_fields=True):
    """Which keys are served."""


class Count(msgspec.Struct, frozen=True, array_like=True, tag="count", forbid_unknown_fields=True):
    """Count `openings` questions, within `limit` a day."""

    key: KeyId
    openings: Number
    limit: Number


class Open(Sensitive, frozen=True, array_like=True, tag="open", forbid_unknown_fields=True):
    """The addresses of questions that were counted, each as its normal form."""

    key: KeyId
    addresses: Annotated[tuple[AddressForm, ...], msgspec.Meta(max_length=MAX_ITEMS)]


class Left(msgspec.Struct, frozen=True, array_like=True, tag="left", forbid_unknown_fields=True):
    """What is left of `limit` today, and what was ever counted."""

    key: KeyId
    limit: Number


class Secrets(Sensitive, frozen=True, array_like=True, tag="secrets", forbid_unknown_fields=True):
    """The secret of each address key."""

    key: KeyId
    forms: str
    asked: Asked


class Tags(Sensitive, frozen=True, array_like=True, tag="tags", forbid_unknown_fields=True):
    """Tag and bucket key of each address key, for a register of format 2."""

    key: KeyId
    forms: str
    asked: Asked


class Buckets(Sensitive, frozen=True, array_like=True, tag="buckets", forbid_unknown_fields=True):
    """The bucket key of each secret in the page file of `salt`."""

    key: KeyId
    salt: Salt
    secrets: Annotated[tuple[Secret, ...], msgspec.Meta(max_length=MAX_ITEMS)]


class Numbers(Sensitive, frozen=True, array_like=True, tag="numbers", forbid_unknown_fields=True):
    """The keyed hash of each tax number as written."""

    key: KeyId
    numbers: Annotated[tuple[bytes, ...], msgspec.Meta(max_length=MAX_ITEMS)]


class Marks(Sensitive, frozen=True, array_like=True, tag="marks", forbid_unknown_fields=True):
    """The marks of a hold on each (keyed hash of a number, record reference)."""

    key: KeyId
    records: Annotated[tuple[tuple[bytes, bytes], ...], msgspec.Meta(max_length=MAX_ITEMS // 2)]


class Names(msgspec.Struct, frozen=True, array_like=True, tag="names", forbid_unknown_fields=True):
    """The salt of the names in a manifest's evidence."""

    key: KeyId


class Lend(msgspec.Struct, frozen=True, array_like=True, tag="lend", forbid_unknown_fields=True):
    """The register keys, for a build."""


Question = Keys | Count | Open | Left | Secrets | Tags | Buckets | Numbers | Marks | Names | Lend


class Done(Sensitive, frozen=True, array_like=True, tag="done"):
    """What was asked for, in the order of the question."""

    values: tuple[bytes, ...]


class Counted(msgspec.Struct, frozen=True, array_like=True, tag="counted"):
    """Openings left today, and openings ever counted."""

    left: int
    total: int


class Refused(msgspec.Struct, frozen=True, array_like=True, tag="fault"):
    """Why nothing was done: a fault of core/errors.py by the name of its class."""

    kind: str
    code: str
    message: str
    place: str
    cure: str


Answer = Done | Counted | Refused
_ENCODER: Final = msgspec.msgpack.Encoder()
_QUESTIONS: Final = msgspec.msgpack.Decoder(Question)
_ANSWERS: Final = msgspec.msgpack.Decoder(Answer)


def encode(message: Question | Answer) -> bytes:
    """The bytes of a message, its length before them."""
    body = _ENCODER.encode(message)
    return len(body).to_bytes(_HEAD, "big") + body


def read_question(body: bytes) -> Question:
    """Inverse of `encode`, without the length. Raises ValueError."""
    try:
        return _QUESTIONS.decode(body)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        raise ValueError("not a question") from None


def read_answer(body: bytes) -> Answer:
    """Inverse of `encode`, without the length. Raises ValueError."""
    try:
        return _ANSWERS.decode(body)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        raise ValueError("not an answer") from None


def receive(connection: socket.socket, size: int, seconds: float) -> bytes:
    """Exactly `size` bytes that come within so many seconds. Raises TimeoutError and other OSError;
    ValueError where the other side closed."""
    until, parts, missing = time.monotonic() + seconds, list[bytes](), size
    while missing:
        _allow(connection, until)
        part = connection.recv(min(missing, 1 << 16))
        if not part:
            raise ValueError("the other side closed")
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def receive_message(connection: socket.socket, seconds: float) -> bytes:
    """The body of the next message, all of which comes within so many seconds. Raises ValueError
    for one that is too long, and as `receive`."""
    until = time.monotonic() + seconds
    length = int.from_bytes(receive(connection, _HEAD, seconds), "big")
    if not 0 < length <= MAX_MESSAGE:
        raise ValueError("a message of another length")
    return receive(connection, length, until - time.monotonic())


def send(connection: socket.socket, data: bytes, seconds: float) -> None:
    """Send all bytes within so many seconds. Raises TimeoutError, OSError."""
    until, view = time.monotonic() + seconds, memoryview(data)
    while view:
        _allow(connection, until)
        view = view[connection.send(view) :]


def _allow(connection: socket.socket, until: float) -> None:
    """Let the next call last until then; where that is over, it does what it can at once, or
    raises TimeoutError."""
    connection.settimeout(max(until - time.monotonic(), _AT_ONCE))


def peer(connection: socket.socket) -> int:
    """The user id of the process at the other end, from the kernel."""
    size = struct.calcsize("3i")
    said = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    return struct.unpack("3i", said)[1]


def is_private(folder: Path) -> bool:
    """Whether nobody but its owner may write in a folder."""
    return not folder.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH)
