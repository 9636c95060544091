"""First phase of a build: source rows -> opaque pairs by exact tag, and rejects.

Pair: tag of the row's exact door -> period (2 bytes) | length of leading (2 bytes) | leading |
identity of the resident
      leading = where the address leads (leading.py); empty where the same address was seen shortly
      before, since one row of an address is enough to tell it
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

import msgspec

from counterfoil import normalize
from counterfoil.core.values import Address
from counterfoil.register.canary_watch import Watch
from counterfoil.register.custodian import KeyCustodian
from counterfoil.register.external_sort import Pile
from counterfoil.register.leading import encode_leading, lead
from counterfoil.register.rows import HeldRow, encode_identity, read_row, row_fault
from counterfoil.register.source import Batch

Progress = Callable[[int, int | None, str], None]
_REMEMBERED_ADDRESSES: Final = 32_768
_ENCODER: Final = msgspec.json.Encoder()


class Place:
    """Where an address leads: tag of its exact door and `leading` as above; or the code of its
    fault."""

    __slots__ = ("fault", "leading", "tag")

    def __init__(self, tag: bytes, leading: bytes, fault: str = "") -> None:
        self.tag = tag
        self.leading = leading
        self.fault = fault


class Loading:
    """Counts and places of one build's rows."""

    def __init__(
        self, custodian: KeyCustodian, pile: Pile, rejects: BinaryIO, watch: Watch | None = None
    ) -> None:
        self.rows = 0
        self.malformed_tins = 0
        self.rejects: Counter[str] = Counter()
        self._custodian = custodian
        self._pile = pile
        self._file = rejects
        self._watch = watch or Watch()
        self._places: dict[Address, Place] = {}

    def load(self, batches: Iterator[Batch], total: int | None, progress: Progress) -> None:
        """Take every row of the source. Raises InputFault, StoreFault, OSError."""
        for batch in batches:
            for at, fields in enumerate(batch.rows, batch.first_row):
                taken = read_row(fields, self._custodian.tin_hash)
                fault = taken if isinstance(taken, tuple) else self._put(taken)
                if fault:
                    self._reject(at, *fault)
            self.rows += len(batch.rows)
            progress(self.rows, total, "read")

    def _put(self, held: HeldRow) -> tuple[str, str] | None:
        place = self._places.get(held.address)
        leading = b""
        if place is None:
            place = self._remember(held.address)
            leading = place.leading
        if place.fault:
            return "address", place.fault
        if self._watch:
            self._watch.saw_reference(held.resident.record_ref)
        self.malformed_tins += held.tin_malformed
        head = held.period.to_bytes(2, "big") + len(leading).to_bytes(2, "big")
        self._pile.add(place.tag, head + leading + encode_identity(held.resident))
        return None

    def _remember(self, address: Address) -> Place:
        if len(self._places) >= _REMEMBERED_ADDRESSES:
            self._places.clear()
        place = self._places[address] = find_place(address, self._custodian, self._watch)
        return place

    def _reject(self, row: int, field: str, code: str) -> None:
        self.rejects[code] += 1
        self._file.write(_ENCODER.encode(row_fault(row, field, code)) + b"\n")


def find_place(address: Address, custodian: KeyCustodian, watch: Watch) -> Place:
    """Where an address leads; `watch` is told of it."""
    form = normalize.normalize_address(address)
    if not normalize.exact_address_key(form):
        return Place(b"", b"", "address_incomplete")
    if normalize.is_placeholder(address, form):
        return Place(b"", b"", "address_placeholder")
    tag, leading = lead(form, custodian)
    if watch:
        watch.saw_place(form, tag, leading)
    return Place(tag, encode_leading(leading))


def split_row(value: bytes) -> tuple[int, bytes, bytes]:
    """(period, leading, identity) of a pair's value."""
    end = 4 + int.from_bytes(value[2:4], "big")
    return int.from_bytes(value[:2], "big"), value[4:end], value[end:]
