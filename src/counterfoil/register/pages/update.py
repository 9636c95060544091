"""An incremental snapshot: the rows that left and the rows that came are put into a page file of
their own, which is asked before those of the parent.

    removed  rows as the parent's source had them; one that is not held is rejected (`row_not_held`)
    added    rows as for a build; a person who moved is removed there and added here

A bucket is opened only with an address that a row names, or with a reference from such a bucket; so
nothing is read that the changes do not touch. What changes with a row:

1  The exact bucket of its address: a period, a resident, or the whole home.
2  Where a home begins or ends, or first has a row of another pair of city and state: each tolerant
   bucket of its address.
3  Each home that stands in such a bucket: what it leads to.

THE RULE FOR MARKS. Known places are counted over all homes, which nobody can do again from sealed
buckets. So an incremental snapshot keeps every mark of its parent, and the flags that rest on them:
a new home is at a known place if the parent knows the place, and no place becomes known, or stops
being known, before the next build from a whole source. Until then a tolerance may lead on to a
street that has become a street of three homes since, and not to one that has lost all but two. In
the same way a home stays under each pair that a row of it ever named, and where a key comes to lead
to more than 31 homes, it leads a question no further, but homes that carried it still do. Learned
weights are the parent's. All of that is as good as the parent was, and the next whole build mends
it.

Memory: about 3 KB a changed address. A snapshot has at most `FILES_MAX` page files; then build from
a whole source.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from counterfoil import normalize
from counterfoil.core.errors import StateFault
from counterfoil.core.values import AddressForm, AddressKey, Resident
from counterfoil.register.custodian import KeyCustodian
from counterfoil.register.pages.page_file import (
    OTHER,
    PAGE_BYTES,
    PageFile,
    share_file,
    write_pages,
)
from counterfoil.register.pages.reader import SealedPages
from counterfoil.register.pages.sealing import (
    PLACE_CODE,
    REFERENCES_MAX,
    TOLERANCE_CODE,
    UNIT_CODE,
    ExactBody,
    is_crowded,
    open_references,
    seal_crowded,
    seal_exact,
    seal_references,
    tag_of,
)
from counterfoil.register.rows import RowFault, SourceRow, encode_identity, read_row, row_fault
from counterfoil.register.source import Batch

FILES_MAX: Final = 16
CHUNK: Final = 4_096


@dataclass
class _Home:
    """A home as it will be.

    form: None of a home beside one that changes, whose address nobody named. people: periods by
    identity. began: whether anybody lived there; held: how many."""

    form: AddressForm | None
    began: bool
    people: dict[Resident, set[int]]
    streets: dict[bytes, int]
    places: dict[str, set[bytes]]
    held: int = 0
    pairs: set[str] = field(default_factory=set)
    """Pairs that rows have named for the first time."""


@dataclass
class _Bucket:
    """A tolerant bucket as it will be: whether each home is at a known place, by its secret."""

    code: int
    pair: str
    homes: dict[bytes, bool]
    crowded: bool = False
    existed: bool = False


class Changes:
    """Takes the rows that left and came, and writes what they change."""

    def __init__(self, pages: SealedPages, custodian: KeyCustodian) -> None:
        self._pages, self._custodian = pages, custodian
        self._homes: dict[bytes, _Home] = {}
        self._buckets: dict[bytes, _Bucket] = {}
        self._led: dict[bytes, ExactBody] = {}
        self._beside: dict[bytes, _Home] = {}
        self.counts: Counter[str] = Counter()
        self.rejects: list[RowFault] = []

    def take(self, batches: Iterable[Batch], *, added: bool) -> None:
        """Add or remove rows. Raises StoreFault, VerifyFault."""
        for batch in batches:
            for at in range(0, len(batch.rows), CHUNK):
                self._take_chunk(batch.first_row + at, batch.rows[at : at + CHUNK], added=added)

    def _take_chunk(self, first: int, rows: Sequence[Sequence[str]], *, added: bool) -> None:
        read: list[tuple[int, SourceRow, AddressForm, bytes]] = []
        for number, fields in enumerate(rows, first):
            self.counts["rows"] += 1
            row = read_row(fields, self._custodian.tin_hash)
            if isinstance(row, tuple):
                self.rejects.append(row_fault(number, *row))
                continue
            form = normalize.normalize_address(row.address)
            exact = normalize.exact_keys(form)
            if not exact or normalize.is_placeholder(row.address, form):
                code = "address_placeholder" if exact else "address_incomplete"
                self.rejects.append(row_fault(number, "address", code))
                continue
            [secret] = self._custodian.derive_secrets(exact)
            read.append((number, row, form, secret))
        self._open_homes({secret: form for _, _, form, secret in read})
        for number, row, form, secret in read:
            if added:
                self._add(self._homes[secret], row, form)
            elif not _remove(self._homes[secret], row):
                self.rejects.append(row_fault(number, "record_ref", "row_not_held"))

    def _open_homes(self, forms: dict[bytes, AddressForm]) -> None:
        missing = [secret for secret in forms if secret not in self._homes]
        bodies = self._pages.open_homes(missing)
        for secret in missing:
            body = bodies.get(secret, ExactBody(()))
            people = {replace(each, periods=()): set(each.periods) for each in body.residents}
            self._homes[secret] = _Home(
                forms[secret],
                bool(people),
                people,
                {home: code for code, home in body.streets},
                {pair: set(homes) for pair, homes in body.places.items()},
                len(people),
            )

    def _add(self, home: _Home, row: SourceRow, form: AddressForm) -> None:
        home.people.setdefault(row.resident, set()).add(row.period)
        pair = normalize.city_pair(form)
        if pair and pair not in home.places:
            home.places[pair] = set()
            home.pairs.add(pair)

    def settle(self) -> None:
        """Follow what began and ended into tolerant buckets and to the homes that stand in them."""
        began = {s: h for s, h in self._homes.items() if h.people and (not h.began or h.pairs)}
        ended = {s: h for s, h in self._homes.items() if h.began and not h.people}
        links = {
            secret: list(self._links(home, home.form))
            for secret, home in (began | ended).items()
            if home.form is not None
        }
        self._open_buckets([each for led in links.values() for each in led])
        for secret in ended:
            for _, bucket, _ in links[secret]:
                self._buckets[bucket].homes.pop(secret, None)
        marks = self._marks({s: h.form for s, h in began.items() if h.form is not None})
        for secret in began:
            for code, bucket, _ in links[secret]:
                found = self._buckets[bucket]
                known = marks[secret][code == PLACE_CODE]
                if not found.crowded:
                    found.homes[secret] = known
                    found.crowded = len(found.homes) > REFERENCES_MAX
        self._lead(links, set(ended))
        self.counts.update(
            {
                "homes": sum(not home.began for home in began.values()) - len(ended),
                "buckets": sum(_is_stored(b) - b.existed for b in self._buckets.values()),
            }
        )

    def _links(self, home: _Home, form: AddressForm) -> Iterator[tuple[int, bytes, str]]:
        """(tolerance, tolerant bucket, pair) of each key of a home: all pairs of it."""
        keys = [key for key in normalize.address_keys(form)[1:] if key.tolerance != normalize.PLACE]
        named: list[tuple[int, AddressKey, str]] = [
            (TOLERANCE_CODE[key.tolerance], key, "") for key in keys
        ]
        for pair in sorted(home.places):
            city, _, state = pair.rpartition("|")
            alike = replace(form, city=city, state=state)
            named.append((PLACE_CODE, normalize.address_keys(alike)[-1], pair))
        secrets = self._custodian.derive_secrets([key for _, key, _ in named])
        for (code, _, pair), secret in zip(named, secrets, strict=True):
            yield code, secret, pair

    def _open_buckets(self, wanted: Iterable[tuple[int, bytes, str]]) -> None:
        kinds = {bucket: (code, pair) for code, bucket, pair in wanted}
        tags = {tag_of(bucket): bucket for bucket in kinds}
        stored = self._pages.read(OTHER, tags)
        for tag, bucket in tags.items():
            code, pair = kinds[bucket]
            found = self._buckets[bucket] = _Bucket(code, pair, {})
            if tag in stored:
                value, salt = stored[tag]
                [key] = self._custodian.bucket_keys(salt, [bucket])
                found.homes = dict(open_references(value, tag=tag, key=key))
                found.crowded = is_crowded(value, tag=tag, key=key)
                found.existed = bool(found.homes)

    def _marks(self, forms: dict[bytes, AddressForm]) -> dict[bytes, tuple[bool, bool]]:
        """For each home whether the parent knows its line, and its ZIP."""
        keys: dict[str, AddressKey] = {}
        own = {secret: normalize.known_place_keys(form) for secret, form in forms.items()}
        for places in own.values():
            keys |= {place.key: place for place in places}
        known = dict(zip(keys, self._pages.find_marks(list(keys.values())), strict=True))
        found: dict[bytes, tuple[bool, bool]] = {}
        for secret, places in own.items():
            marks = {place.tolerance: known[place.key] for place in places}
            line = marks.get(normalize.KNOWN_LINE, False)
            found[secret] = line, marks.get(normalize.KNOWN_ZIP, False)
        return found

    def _lead(self, links: dict[bytes, list[tuple[int, bytes, str]]], ended: set[bytes]) -> None:
        """Change what homes lead to: those that began or ended, and those beside them."""
        beside = {
            home
            for led in links.values()
            for _, bucket, _ in led
            for home in self._buckets[bucket].homes
        }
        self._led = self._pages.open_homes(beside - self._homes.keys())
        others = {secret: _opened(body) for secret, body in self._led.items()}
        for secret, led in links.items():
            for code, bucket, pair in led:
                found = self._buckets[bucket]
                for home in found.homes:
                    there = self._homes.get(home) or others.get(home)
                    if there is None or home == secret:
                        continue
                    if secret in ended:
                        _forget(there, secret, pair)
                        continue
                    both = found.homes[home] and found.homes[secret]
                    if found.crowded or (code != UNIT_CODE and both):
                        continue
                    _add_lead(there, secret, code, pair)
                    _add_lead(self._homes[secret], home, code, pair)
        self._beside = others

    @property
    def residents(self) -> int:
        """How many more residents there are than before."""
        return sum(len(home.people) - home.held for home in self._homes.values())

    def write(self, path: Path, salt: bytes) -> PageFile:
        """Write the page file of the changes. Raises StoreFault, OSError."""
        exact = [self._sealed(secret, home, salt) for secret, home in self._homes.items()]
        exact += [
            self._sealed(secret, home, salt, self._led[secret].residents)
            for secret, home in self._beside.items()
        ]
        other: list[tuple[bytes, bytes]] = []
        for secret, bucket in self._buckets.items():
            tag, [key] = tag_of(secret), self._custodian.bucket_keys(salt, [secret])
            value = (
                seal_crowded(tag=tag, key=key)
                if bucket.crowded
                else seal_references(sorted(bucket.homes.items()), tag=tag, key=key)
            )
            other.append((tag, value))
        sections = sorted(exact), sorted(other)
        sizes = [sum(len(value) + 12 for _, value in section) for section in sections]
        pages = max(1, sizes[0] // PAGE_BYTES), max(1, sizes[1] // PAGE_BYTES)
        return write_pages(path, salt, sections, pages)

    def _sealed(
        self, secret: bytes, home: _Home, salt: bytes, residents: tuple[Resident, ...] | None = None
    ) -> tuple[bytes, bytes]:
        if residents is None:
            ordered = sorted((encode_identity(each), each) for each in home.people)
            residents = tuple(
                [replace(each, periods=tuple(sorted(home.people[each]))) for _, each in ordered]
            )
        if not residents:  # nobody is left: what it led to is made again if somebody comes
            home = replace_leads(home)
        body = ExactBody(
            residents,
            tuple(sorted((code, other) for other, code in home.streets.items())),
            {pair: tuple(sorted(others)) for pair, others in sorted(home.places.items())},
        )
        tag, [key] = tag_of(secret), self._custodian.bucket_keys(salt, [secret])
        return tag, seal_exact(body, tag=tag, key=key)


def require_room(files: int) -> None:
    """Raise StateFault where a snapshot has as many files of changes as it may."""
    if files >= FILES_MAX:
        raise StateFault(
            "register_changes_many",
            f"the current snapshot has {files} page files already",
            place="register",
            cure="Build it again from its whole source.",
        )


def link_files(files: Iterable[PageFile], parent: Path, made: Path) -> None:
    """Have the parent's page files in the new snapshot's folder too, without a copy. Raises
    OSError."""
    for each in files:
        share_file(parent / each.name, made / each.name)


def _remove(home: _Home, row: SourceRow) -> bool:
    periods = home.people.get(row.resident)
    if periods is None or row.period not in periods:
        return False
    periods.discard(row.period)
    if not periods:
        del home.people[row.resident]
    return True


def replace_leads(home: _Home) -> _Home:
    """The same home, leading nowhere."""
    return _Home(home.form, home.began, home.people, {}, {})


def _opened(body: ExactBody) -> _Home:
    streets = {home: code for code, home in body.streets}
    return _Home(None, True, {}, streets, {p: set(h) for p, h in body.places.items()})


def _add_lead(home: _Home, other: bytes, code: int, pair: str) -> None:
    if code == PLACE_CODE:
        if pair in home.places:
            home.places[pair].add(other)
    else:
        home.streets[other] = min(code, home.streets.get(other, code))


def _forget(home: _Home, other: bytes, pair: str) -> None:
    home.streets.pop(other, None)
    if pair in home.places:
        home.places[pair].discard(other)


def _is_stored(bucket: _Bucket) -> bool:
    return bool(bucket.homes) and not bucket.crowded
