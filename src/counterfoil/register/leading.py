"""Where one row's address leads: what loading tells sealing and marking of it. On disk it stands
encrypted in a pile.

MessagePack of an array, in this order. Empty bytes where the address has no such door or mark
(normalize/address_keys.py).

    key       32 bytes, opens the exact door          streets   64 bytes each, tolerant doors of the
              street
    line      64 bytes, mark of the line              name      32 bytes, what the line is counted
              among
    parts     predirectional, suffix, postdirectional number    house number: homes are counted by
              it
    place     64 bytes, the tolerant door of the city zip_mark  64 bytes; city 32 bytes, what it is
              counted among
"""

from __future__ import annotations

from typing import Final

import msgspec

from counterfoil import normalize
from counterfoil.core.values import AddressForm, Sensitive
from counterfoil.register.bucket import EXACT
from counterfoil.register.custodian import KeyCustodian

Parts = tuple[str, str, str]
"""Predirectional, suffix, postdirectional."""
_APART: Final = frozenset({EXACT, normalize.PLACE})


class Leading(Sensitive, frozen=True, gc=False, array_like=True):
    """Tags and keys to which an address leads; see the module."""

    key: bytes
    streets: tuple[bytes, ...]
    line: bytes
    name: bytes
    parts: Parts
    number: str
    place: bytes
    zip_mark: bytes
    city: bytes


_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(Leading)


def lead(form: AddressForm, custodian: KeyCustodian) -> tuple[bytes, Leading]:
    """(tag of the exact door, where `form` leads). `form` has an exact door."""
    doors = custodian.derive(normalize.address_keys(form))
    marks = {
        name: tag + key for name, tag, key in custodian.derive(normalize.known_place_keys(form))
    }
    among = {name: tag for name, tag, _ in custodian.derive(normalize.counted_among(form))}
    [(tag, key)] = [(tag, key) for name, tag, key in doors if name == EXACT]
    leading = Leading(
        key,
        tuple(tag + key for name, tag, key in doors if name not in _APART),
        marks.get(normalize.KNOWN_LINE, b""),
        among.get(normalize.KNOWN_LINE, b""),
        (form.predirectional, form.suffix, form.postdirectional),
        form.number,
        b"".join(tag + key for name, tag, key in doors if name == normalize.PLACE),
        marks.get(normalize.KNOWN_ZIP, b""),
        among.get(normalize.KNOWN_ZIP, b""),
    )
    return tag, leading


def encode_leading(leading: Leading) -> bytes:
    """Inverse of `decode_leading`."""
    return _ENCODER.encode(leading)


def decode_leading(data: bytes) -> Leading:
    """Inverse of `encode_leading`; for bytes that came back from a pile."""
    return _DECODER.decode(data)
