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

While the rows are read, `CanaryWatch` compares each with the candidates for canaries (canaries.py,
rules 1 to 4). It keeps about 15 keys in memory for each candidate and nothing of any row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter
from typing import BinaryIO, Final

import msgspec

from counterfoil import normalize
from counterfoil.core.values import Address, AddressForm, Sensitive
from counterfoil.register.bucket import EXACT, TAG_BYTES
from counterfoil.register.canaries import Canary
from counterfoil.register.custodian import KeyCustodian
from counterfoil.register.external_sort import ExternalSort
from counterfoil.register.rows import SourceRow, encode_identity, read_row, row_fault
from counterfoil.register.source import Batch

Parts = tuple[str, str, str]
"""Predirectional, suffix, postdirectional."""
_APART: Final = frozenset({EXACT, normalize.PLACE})


class AddressLinks(Sensitive, frozen=True, gc=False, array_like=True):
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


_LINKS_ENCODER: Final = msgspec.msgpack.Encoder()
_LINKS_DECODER: Final = msgspec.msgpack.Decoder(AddressLinks)


def find_links(form: AddressForm, custodian: KeyCustodian) -> tuple[bytes, AddressLinks]:
    """(tag of the exact door, where `form` leads). `form` has an exact door."""
    doors = custodian.derive(normalize.address_keys(form))
    marks = {
        name: tag + key for name, tag, key in custodian.derive(normalize.known_place_keys(form))
    }
    among = {name: tag for name, tag, _ in custodian.derive(normalize.counted_among(form))}
    [(tag, key)] = [(tag, key) for name, tag, key in doors if name == EXACT]
    links = AddressLinks(
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
    return tag, links


def encode_links(links: AddressLinks) -> bytes:
    """Inverse of `decode_links`."""
    return _LINKS_ENCODER.encode(links)


def decode_links(data: bytes) -> AddressLinks:
    """Inverse of `encode_links`; for bytes that came back from a pile."""
    return _LINKS_DECODER.decode(data)


_MOST_DIGITS: Final = 5
"""Of a canary's house number."""


class CanaryWatch:
    """Candidates, and which of them a row spoke against. Without candidates it costs nothing."""

    def __init__(
        self, candidates: Iterable[Canary] = (), custodian: KeyCustodian | None = None
    ) -> None:
        self._candidates: list[tuple[Canary, bytes, bytes]] = []
        self._keys: dict[object, list[int]] = {}
        self._met: set[int] = set()
        if custodian is not None:
            for canary in candidates:
                self._add(canary, custodian)

    def __bool__(self) -> bool:
        return bool(self._candidates)

    def saw_reference(self, reference: str) -> None:
        """A row has this record reference."""
        self._meet(("reference", reference))

    def saw_place(self, form: AddressForm, tag: bytes, links: AddressLinks) -> None:
        """A row stands at this address, whose exact door has this tag."""
        for door in (tag, *links.streets, links.place):
            self._meet(door[:TAG_BYTES])
        self._meet((form.number, _line(form)))
        for near in _near(form):
            self._meet(near)

    def choose(self, wanted: int) -> list[tuple[Canary, bytes, bytes]]:
        """At most `wanted` of those that nothing spoke against, at different streets first, each
        with tag and key of its exact door, in order of tag."""
        unspoken = [held for index, held in enumerate(self._candidates) if index not in self._met]
        before: Counter[tuple[object, ...]] = Counter()
        turns: list[tuple[int, int]] = []
        for index, (canary, _, _) in enumerate(unspoken):
            street = (_line(canary.form), canary.form.zip5)
            turns.append((before[street], index))
            before[street] += 1
        return sorted((unspoken[index] for _, index in sorted(turns)[:wanted]), key=itemgetter(1))

    def _add(self, canary: Canary, custodian: KeyCustodian) -> None:
        doors = custodian.derive(canary.doors)
        form, line = canary.form, _line(canary.form)
        own: list[object] = [tag for _, tag, _ in doors]
        own += [("reference", canary.resident.record_ref), (form.number, line)]
        if any(key in self._keys for key in own):
            return
        for key in (*own, *_near(form)):
            self._keys.setdefault(key, []).append(len(self._candidates))
        self._candidates.append((canary, doors[0][1], doors[0][2]))

    def _meet(self, key: object) -> None:
        found = self._keys.get(key)
        if found:
            self._met.update(found)


def _near(form: AddressForm) -> list[object]:
    """Keys that two numbers on one street of a ZIP share if at most one digit tells them apart:
    each digit left out in turn."""
    number, line = form.number, _line(form)
    if len(number) > _MOST_DIGITS:
        return []
    return [(f"{number[:at]}?{number[at + 1 :]}", line, form.zip5) for at in range(len(number))]


def _line(form: AddressForm) -> tuple[str, str, str, str]:
    return form.predirectional, form.street, form.suffix, form.postdirectional


Progress = Callable[[int, int | None, str], None]
_REMEMBERED_ADDRESSES: Final = 32_768
_ENCODER: Final = msgspec.json.Encoder()


class LoadedAddress:
    """Where an address leads: tag of its exact door and `links` as above; or the code of its
    fault."""

    __slots__ = ("fault", "links", "tag")

    def __init__(self, tag: bytes, links: bytes, fault: str = "") -> None:
        self.tag = tag
        self.links = links
        self.fault = fault


class SourceLoader:
    """Counts and places of one build's rows."""

    def __init__(
        self,
        custodian: KeyCustodian,
        pile: ExternalSort,
        rejects: BinaryIO,
        watch: CanaryWatch | None = None,
    ) -> None:
        self.rows = 0
        self.malformed_tins = 0
        self.rejects: Counter[str] = Counter()
        self._custodian = custodian
        self._pile = pile
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

    def _put(self, held: SourceRow) -> tuple[str, str] | None:
        place = self._places.get(held.address)
        links = b""
        if place is None:
            place = self._remember(held.address)
            links = place.links
        if place.fault:
            return "address", place.fault
        if self._watch:
            self._watch.saw_reference(held.resident.record_ref)
        self.malformed_tins += held.tin_malformed
        head = held.period.to_bytes(2, "big") + len(links).to_bytes(2, "big")
        self._pile.add(place.tag, head + links + encode_identity(held.resident))
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
    """Where an address leads; `watch` is told of it."""
    form = normalize.normalize_address(address)
    if not normalize.exact_address_key(form):
        return LoadedAddress(b"", b"", "address_incomplete")
    if normalize.is_placeholder(address, form):
        return LoadedAddress(b"", b"", "address_placeholder")
    tag, links = find_links(form, custodian)
    if watch:
        watch.saw_place(form, tag, links)
    return LoadedAddress(tag, encode_links(links))


def split_row(value: bytes) -> tuple[int, bytes, bytes]:
    """(period, links, identity) of a pair's value."""
    end = 4 + int.from_bytes(value[2:4], "big")
    return int.from_bytes(value[:2], "big"), value[4:end], value[end:]
