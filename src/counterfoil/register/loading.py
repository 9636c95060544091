"""The first phase of a build: source rows become opaque pairs, sorted by tag, and rejects.

Each usable row becomes one pair. The key is the tag of the row's exact bucket; the value is

    period (2 bytes) | length of links (2 bytes) | links | identity of the resident

`links` is `AddressLinks` as a MessagePack array: every tag and key to which the row's address
leads. It is empty where a row with the same address came shortly before, because one row of an
address is enough to state it. A field is empty where the address has no such key
(normalize/address_keys.py):

    key       32 bytes; opens the exact bucket
    streets   64 bytes each, tag and key; the tolerant buckets of the street
    line      64 bytes; the bucket that marks the street's line as a known place
    name      32 bytes; the group of lines in which homes are counted
    parts     predirectional, suffix, postdirectional
    number    house number; the homes of a line are counted by it
    place     64 bytes; the tolerant bucket of the city
    zip_mark  64 bytes; the bucket that marks the ZIP as a known place
    city      32 bytes; the city in which the homes of ZIPs are counted

While the rows are read, `CanaryWatch` compares each with the candidates for canaries.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

import msgspec

from counterfoil import normalize
from counterfoil.core.values import Address, AddressForm, Sensitive
from counterfoil.register.bucket import EXACT
from counterfoil.register.canary_watch import CanaryWatch
from counterfoil.register.custodian import KeyCustodian
from counterfoil.register.external_sort import ExternalSort
from counterfoil.register.rows import SourceRow, encode_identity, read_row, row_fault
from counterfoil.register.source import Batch

Parts = tuple[str, str, str]
"""Predirectional, suffix, postdirectional."""
_APART: Final = frozenset({EXACT, normalize.PLACE})


class AddressLinks(Sensitive, frozen=True, gc=False, array_like=True):
    """Tags and keys to which an address leads, field by field as the module says."""

    key: bytes
    streets: tuple[bytes, ...]
    line: bytes
    name: bytes
    parts: Parts
    number: str
    place: bytes
    zip_mark: bytes
    city: bytes


_LINKS_ENCODER: Final = msgspec.msgpack.Encoder()
_LINKS_DECODER: Final = msgspec.msgpack.Decoder(AddressLinks)


def find_links(form: AddressForm, custodian: KeyCustodian) -> tuple[bytes, AddressLinks]:
    """(tag of the exact bucket, what else the address leads to). `form` has an exact key."""
    derived = custodian.derive(normalize.address_keys(form))
    known = {
        name: tag + key for name, tag, key in custodian.derive(normalize.known_place_keys(form))
    }
    among = {name: tag for name, tag, _ in custodian.derive(normalize.counted_among(form))}
    [(tag, key)] = [(tag, key) for name, tag, key in derived if name == EXACT]
    links = AddressLinks(
        key,
        tuple(tag + key for name, tag, key in derived if name not in _APART),
        known.get(normalize.KNOWN_LINE, b""),
        among.get(normalize.KNOWN_LINE, b""),
        (form.predirectional, form.suffix, form.postdirectional),
        form.number,
        b"".join(tag + key for name, tag, key in derived if name == normalize.PLACE),
        known.get(normalize.KNOWN_ZIP, b""),
        among.get(normalize.KNOWN_ZIP, b""),
    )
    return tag, links


def encode_links(links: AddressLinks) -> bytes:
    """Inverse of `decode_links`."""
    return _LINKS_ENCODER.encode(links)


def decode_links(data: bytes) -> AddressLinks:
    """Inverse of `encode_links`; for bytes that came back from a sort."""
    return _LINKS_DECODER.decode(data)


Progress = Callable[[int, int | None, str], None]
_REMEMBERED_ADDRESSES: Final = 32_768
_ENCODER: Final = msgspec.json.Encoder()


class LoadedAddress:
    """What an address leads to: the tag of its exact bucket and its encoded links; or the code of
    its fault."""

    __slots__ = ("fault", "links", "tag")

    def __init__(self, tag: bytes, links: bytes, fault: str = "") -> None:
        self.tag = tag
        self.links = links
        self.fault = fault


class SourceLoader:
    """Loads the rows of one build, and counts them."""

    def __init__(
        self,
        custodian: KeyCustodian,
        pairs: ExternalSort,
        rejects: BinaryIO,
        watch: CanaryWatch | None = None,
    ) -> None:
        self.rows = 0
        self.malformed_tins = 0
        self.rejects: Counter[str] = Counter()
        self._custodian = custodian
        self._pairs = pairs
        self._file = rejects
        self._watch = watch or CanaryWatch()
        self._places: dict[Address, LoadedAddress] = {}

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

    def _put(self, row: SourceRow) -> tuple[str, str] | None:
        place = self._places.get(row.address)
        links = b""
        if place is None:
            place = self._remember(row.address)
            links = place.links
        if place.fault:
            return "address", place.fault
        if self._watch:
            self._watch.saw_reference(row.resident.record_ref)
        self.malformed_tins += row.tin_malformed
        head = row.period.to_bytes(2, "big") + len(links).to_bytes(2, "big")
        self._pairs.add(place.tag, head + links + encode_identity(row.resident))
        return None

    def _remember(self, address: Address) -> LoadedAddress:
        if len(self._places) >= _REMEMBERED_ADDRESSES:
            self._places.clear()
        place = self._places[address] = load_address(address, self._custodian, self._watch)
        return place

    def _reject(self, row: int, field: str, code: str) -> None:
        self.rejects[code] += 1
        self._file.write(_ENCODER.encode(row_fault(row, field, code)) + b"\n")


def load_address(address: Address, custodian: KeyCustodian, watch: CanaryWatch) -> LoadedAddress:
    """What an address leads to, after `watch` has compared it with its candidates."""
    form = normalize.normalize_address(address)
    if not normalize.exact_address_key(form):
        return LoadedAddress(b"", b"", "address_incomplete")
    if normalize.is_placeholder(address, form):
        return LoadedAddress(b"", b"", "address_placeholder")
    tag, links = find_links(form, custodian)
    if watch:
        watch.saw_place(form)
    return LoadedAddress(tag, encode_links(links))


def split_row(value: bytes) -> tuple[int, bytes, bytes]:
    """(period, links, identity) of a pair's value."""
    end = 4 + int.from_bytes(value[2:4], "big")
    return int.from_bytes(value[:2], "big"), value[4:end], value[end:]
