"""The steps of a build of format 3, each over one part of the records: what one process does.

    load    a chunk of source rows        -> rows, by the tag of their exact bucket; rejects
    merge   rows of a part                -> homes of the part; homes by street name; persons by
                                             tax number
    settle  homes by street name, a part  -> known lines; references, by the tag of their bucket
    tolerant  references of a part        -> pages; leads, by the tag of the home that carries them
    exact   homes and leads of a part     -> pages
    learn   persons of a part             -> what they teach

A step reads whole temporary files and writes whole ones (spill.py), and gives the same bytes each
time: records are sorted before they are used, and nothing is drawn at random. That is what lets a
build that was killed go on with the same salts (steps.py). Between steps a record is a text of
bytes that begins with the secret by which it is sorted.

A lead is where one home leads from another: two homes that stand in one tolerant bucket. Most
buckets hold one home and make none.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

import msgspec

from counterfoil import normalize
from counterfoil.core.values import Address, AddressForm, Public, Resident, Sensitive
from counterfoil.register.canaries import Canary
from counterfoil.register.canary_watch import CanaryWatch
from counterfoil.register.custodian import KeyCustodian
from counterfoil.register.known_places import HOMES_MAX, Parts, known_lines
from counterfoil.register.learning import PAIRS_MAX, Learner, person_pairs
from counterfoil.register.pages.page_file import SectionPart, open_private, page_of
from counterfoil.register.pages.sealing import (
    KNOWN_PLACE,
    PLACE_CODE,
    REFERENCES_MAX,
    TOLERANCE_CODE,
    UNIT_CODE,
    seal_crowded,
    seal_exact_bytes,
    seal_references,
    tag_of,
)
from counterfoil.register.pages.spill import Spill, failed
from counterfoil.register.rows import (
    SourceRow,
    decode_identity,
    encode_identity,
    read_row,
    row_fault,
)
from counterfoil.register.source_parquet import ParquetSource

RESIDENTS_MAX: Final = 10_000
_REMEMBERED_ADDRESSES: Final = 32_768
_SECRET: Final = 16
_MARK: Final = 255
"""In place of a tolerance: the record makes a known place."""
_SEEN_MAX: Final = 256
_secret_of: Final[Callable[[bytes], bytes]] = itemgetter(slice(_SECRET))
_ENCODER: Final = msgspec.msgpack.Encoder()
_JSON: Final = msgspec.json.Encoder()
_FORM: Final = msgspec.msgpack.Decoder(AddressForm)
_RESIDENT: Final = msgspec.msgpack.Decoder(Resident)


class HomeLinks(Sensitive, frozen=True, gc=False, array_like=True):
    """Where a home leads: secrets of tolerant buckets of its line with the places of their
    tolerances, the mark and the parts of its line, and (bucket, mark of the ZIP, pair) for each
    city that its rows name."""

    home: bytes
    streets: tuple[tuple[int, bytes], ...]
    line: bytes
    parts: Parts
    number: str
    places: tuple[tuple[bytes, bytes, str], ...]


_LINKS: Final = msgspec.msgpack.Decoder(HomeLinks)
_BODY: Final = msgspec.msgpack.Decoder(tuple[bytes, list[str]])


class Sizes(Public, frozen=True):
    """How a build is divided. parts: of the records. exact_pages, other_pages: of the two
    sections, each a multiple of `parts`; 0 until they are known."""

    parts: int
    exact_pages: int = 0
    other_pages: int = 0


class BuildWorker:
    """What one process needs to do any step. secret: the register key."""

    def __init__(
        self,
        secret: bytes,
        folder: str,
        key: bytes,
        salt: bytes,
        learner: Learner | None,
        candidates: Sequence[Canary],
    ) -> None:
        """folder, key: of the temporary files. salt: of the page file."""
        self._folder = Path(folder)
        # It counts nothing and may open nothing: its limit is 0.
        self._custodian = KeyCustodian(secret, self._folder / "none", 0, date.min)
        self._spill = Spill(self._folder, key)
        self._salt = salt
        self._learner = learner
        self._watch = CanaryWatch(candidates)
        self._places: dict[Address, tuple[bytes, int, bytes, str]] = {}

    # -- load ----------------------------------------------------------------------------------

    def load(
        self, name: str, first_row: int, rows: Sequence[Sequence[str]], sizes: Sizes
    ) -> dict[str, Any]:
        """Read rows, and write the records of those that can be used."""
        parts: list[list[bytes]] = [[] for _ in range(sizes.parts)]
        rejects, codes, malformed = list[bytes](), Counter[str](), 0
        self._places.clear()
        tin_hash = self._custodian.tin_hash
        for number, fields in enumerate(rows, first_row):
            row = read_row(fields, tin_hash)
            fault = row if isinstance(row, tuple) else self._add(row, parts)
            if fault:
                codes[fault[1]] += 1
                rejects.append(_JSON.encode(row_fault(number, *fault)) + b"\n")
            else:
                malformed += row.tin_malformed  # type: ignore[union-attr]
        self._spill.write(name, [*parts, rejects])
        return {
            "rows": len(rows),
            "rejects": codes,
            "malformed": malformed,
            "excluded": self._watch.excluded,
        }

    def _add(self, row: SourceRow, parts: list[list[bytes]]) -> tuple[str, str] | None:
        place = self._places.get(row.address)
        form = b""
        if place is None:
            if len(self._places) >= _REMEMBERED_ADDRESSES:
                self._places.clear()
            place = self._places[row.address] = self._locate(row.address, len(parts))
            form = place[2]
        secret, part, _, fault = place
        if fault:
            return "address", fault
        if self._watch:
            self._watch.saw_reference(row.resident.record_ref)
        head = row.period.to_bytes(2, "big") + len(form).to_bytes(2, "big")
        parts[part].append(secret + head + form + encode_identity(row.resident))
        return None

    def _locate(self, address: Address, parts: int) -> tuple[bytes, int, bytes, str]:
        """(secret, part, encoded form, "") of an address, or the code of its fault."""
        form = normalize.normalize_address(address)
        exact = normalize.exact_keys(form)
        if not exact:
            return b"", 0, b"", "address_incomplete"
        if normalize.is_placeholder(address, form):
            return b"", 0, b"", "address_placeholder"
        if self._watch:
            self._watch.saw_place(form)
        [secret] = self._custodian.derive_secrets(exact)
        return secret, page_of(tag_of(secret), parts), _ENCODER.encode(form), ""

    def load_apart(
        self, name: str, source: str, first: int, count: int, sizes: Sizes
    ) -> dict[str, Any]:
        """Read `count` rows after the first `first` of a Parquet source, and `load` them."""
        rows = ParquetSource(Path(source)).read_rows(first, count)
        return self.load(name, first + 1, rows, sizes)

    # -- merge ---------------------------------------------------------------------------------

    def merge(self, part: int, names: Sequence[str], sizes: Sizes) -> dict[str, Any]:
        """Rows of one part become homes: residents by person, and where each home leads."""
        learner, counts = copy.deepcopy(self._learner), Counter[str]()
        homes, persons = list[bytes](), _parted(sizes)
        lines, zips, cities = _parted(sizes), Counter[tuple[bytes, bytes]](), Counter[bytes]()
        for secret, group in groupby(sorted(self._spill.read(names, part)), _secret_of):
            taken, forms, merged = _merge_rows(group)
            counts["rows"] += taken
            if len(merged) > RESIDENTS_MAX:
                counts["crowded"] += 1
                continue
            residents = tuple(
                [decode_identity(each, tuple(sorted(merged[each]))) for each in sorted(merged)]
            )
            name, links, of_cities, pairs = self._find_links(secret, forms)
            for city in {city for city, _ in of_cities}:
                cities[city] += 1
            for city_and_zip in of_cities:
                zips[city_and_zip] += 1
            if links.streets or links.places:
                lines[page_of(name, sizes.parts)].append(name + _ENCODER.encode(links))
                counts["references"] += len(links.streets) + len(links.places)
            body = _ENCODER.encode(residents)
            homes.append(secret + _ENCODER.encode((body, pairs)))
            counts["homes"] += 1
            counts["residents"] += len(residents)
            counts["bytes"] += len(body) + 70
            if learner is not None:
                learner.co_residents(residents)
                _add_persons(persons, residents)
        self._spill.write(f"homes-{part}", [homes])
        self._spill.write(f"lines-{part}", lines)
        self._spill.write(f"persons-{part}", persons)
        return {"counts": counts, "zips": zips, "cities": cities, "learner": learner}

    def _find_links(
        self, secret: bytes, forms: Sequence[AddressForm]
    ) -> tuple[bytes, HomeLinks, set[tuple[bytes, bytes]], list[str]]:
        """(group in which its line is counted, where the home leads, (city, mark of the ZIP) of
        each city, pairs of city and state) of rows with one exact key."""
        derive, first = self._custodian.derive_secrets, forms[0]
        streets, line, name = (), b"", secret
        places = dict[bytes, tuple[bytes, bytes, str]]()
        cities, pairs = set[tuple[bytes, bytes]](), list[str]()
        for form in forms:
            keys = normalize.address_keys(form)[1:] if form is first else ()
            pair = normalize.city_pair(form)
            if pair and form is not first:
                keys = normalize.address_keys(form)[-1:]
            marks, among = normalize.known_place_keys(form), normalize.counted_among(form)
            derived = derive([*keys, *marks, *among])
            known = {m.tolerance: d for m, d in zip(marks, derived[len(keys) :], strict=False)}
            counted = dict(zip(known, derived[len(keys) + len(marks) :], strict=True))
            zip_mark = known.get(normalize.KNOWN_ZIP, b"")
            if form is first:
                line, name = (
                    known.get(normalize.KNOWN_LINE, b""),
                    counted.get(normalize.KNOWN_LINE, secret),
                )
                streets = tuple(
                    [
                        (TOLERANCE_CODE[key.tolerance], derived[at])
                        for at, key in enumerate(keys)
                        if key.tolerance != normalize.PLACE
                    ]
                )
            if pair:
                places[derived[len(keys) - 1]] = (derived[len(keys) - 1], zip_mark, pair)
                pairs.append(pair)
            if normalize.KNOWN_ZIP in counted:
                cities.add((counted[normalize.KNOWN_ZIP], zip_mark))
        parts = first.predirectional, first.suffix, first.postdirectional
        led = tuple(sorted(places.values()))
        links = HomeLinks(secret, streets, line, parts, first.number, led)
        return name, links, cities, sorted(set(pairs))

    # -- settle --------------------------------------------------------------------------------

    def settle(self, part: int, names: Sequence[str], sizes: Sizes) -> dict[str, int]:
        """Settle which lines are known, and write every reference and mark of a line."""
        known_zips = frozenset(self._spill.read(["known-zips"], 0))
        others = _parted(sizes)
        known_count = 0
        records = sorted(self._spill.read(names, part))
        for _, group in groupby(records, _secret_of):
            homes = [_LINKS.decode(record[_SECRET:]) for record in group]
            known = known_lines(homes[:HOMES_MAX])
            known_count += len(known)
            for mark in sorted(known):
                _add_mark(others, mark)
            for home in homes:
                _refer(others, home, known_zips, is_known=home.line in known)
        self._spill.write(f"others-{part}", others)
        return {"known_lines": known_count, "homes": len(records)}

    def mark_zips(self, marks: Sequence[bytes], sizes: Sizes) -> None:
        """Write the marks of the known ZIPs, for `settle` and as known places."""
        others = _parted(sizes)
        for mark in sorted(marks):
            _add_mark(others, mark)
        self._spill.write("known-zips", [sorted(marks)])
        self._spill.write("others-zips", others)

    # -- seal ----------------------------------------------------------------------------------

    def tolerant(self, part: int, names: Sequence[str], sizes: Sizes) -> dict[str, Any]:
        """Seal the tolerant buckets and known places of one part, and write the leads."""
        counts, classes = Counter[str](), Counter[int]()
        leads, entries = _parted(sizes), list[tuple[bytes, bytes]]()
        records = sorted(set(self._spill.read(names, part)))
        secrets = [secret for secret, _ in groupby(map(_secret_of, records))]
        keys = self._custodian.bucket_keys(self._salt, secrets)
        grouped = groupby(records, _secret_of)
        for (secret, group), key in zip(grouped, keys, strict=True):
            held, tag = list(group), tag_of(secret)
            if held[0][_SECRET] == _MARK:
                entries.append((tag, KNOWN_PLACE))
                continue
            if len(held) > REFERENCES_MAX:
                counts["dropped"] += 1
                entries.append((tag, seal_crowded(tag=tag, key=key)))
                continue
            references = [(record[18:34], record[17] != 0) for record in held]
            value = seal_references(references, tag=tag, key=key)
            entries.append((tag, value))
            counts["tolerant"] += 1
            classes[len(value)] += 1
            if len(held) > 1:
                _lead(leads, held, references)
        self._spill.write(f"leads-{part}", leads)
        size, index = self._write(f"other-{part}", entries, sizes.other_pages, part, sizes.parts)
        return {"counts": counts, "classes": classes, "size": size, "index": index}

    def exact(
        self, part: int, names: Sequence[str], canaries: Sequence[bytes], sizes: Sizes
    ) -> dict[str, Any]:
        """Seal the exact buckets of one part. canaries: records of homes, as `merge` makes them."""
        leads: dict[bytes, list[bytes]] = {}
        for record in sorted(self._spill.read(names, part)):
            leads.setdefault(record[:_SECRET], []).append(record)
        classes, entries = Counter[int](), list[tuple[bytes, bytes]]()
        homes = self._spill.read([f"homes-{part}"], 0)
        made = [record for record in canaries if page_of(_tag(record), sizes.parts) == part]
        records = [*homes, *made]
        keys = self._custodian.bucket_keys(self._salt, list(map(_secret_of, records)))
        for number, (record, key) in enumerate(zip(records, keys, strict=True)):
            secret = record[:_SECRET]
            body, pairs = _BODY.decode(record[_SECRET:])
            tag = tag_of(secret)
            value = seal_exact_bytes(
                body, *_gather_leads(leads.get(secret, ()), pairs), tag=tag, key=key
            )
            entries.append((tag, value))
            if number < len(homes):
                classes[len(value)] += 1
        size, index = self._write(f"exact-{part}", entries, sizes.exact_pages, part, sizes.parts)
        return {"classes": classes, "size": size, "index": index}

    def learn(self, part: int, names: Sequence[str]) -> Learner | None:
        """What the persons of one part teach."""
        learner = copy.deepcopy(self._learner)
        assert learner is not None
        for _, group in groupby(sorted(self._spill.read(names, part)), _secret_of):
            seen = [_RESIDENT.decode(record[_SECRET:]) for record in islice(group, _SEEN_MAX)]
            if len(seen) > 1 or len(seen[0].periods) > 1:
                for earlier, later in islice(person_pairs(seen), PAIRS_MAX):
                    learner.same_person(earlier, later)
        return learner

    def _write(
        self, name: str, entries: list[tuple[bytes, bytes]], pages: int, part: int, parts: int
    ) -> tuple[int, bytes]:
        entries.sort()
        share = pages // parts
        try:
            with open_private(self._folder / name, "wb") as file:
                section = SectionPart(file, pages, part * share, (part + 1) * share)
                section.write(entries)
        except OSError as fault:
            raise failed(fault) from None
        return section.size, bytes(section.index)


def _parted(sizes: Sizes) -> list[list[bytes]]:
    return [[] for _ in range(sizes.parts)]


def _tag(record: bytes) -> bytes:
    return tag_of(record[:_SECRET])


def _merge_rows(records: Iterable[bytes]) -> tuple[int, list[AddressForm], dict[bytes, set[int]]]:
    """(rows, forms, periods by identity) of one home; stops collecting identities once it is
    crowded. Rows of one exact key may differ in the city."""
    rows, forms, merged = 0, set[bytes](), dict[bytes, set[int]]()
    for record in records:
        rows += 1
        end = 20 + int.from_bytes(record[18:20], "big")
        if end > 20:
            forms.add(record[20:end])
        identity, period = record[end:], int.from_bytes(record[16:18], "big")
        if identity in merged:
            merged[identity].add(period)
        elif len(merged) <= RESIDENTS_MAX:
            merged[identity] = {period}
    return rows, [_FORM.decode(form) for form in sorted(forms)], merged


def _add_persons(persons: list[list[bytes]], residents: Iterable[Resident]) -> None:
    parts = len(persons)
    for resident in residents:
        number = resident.tin_hash
        if number:
            persons[page_of(number, parts)].append(number + _ENCODER.encode(resident))


def _add_mark(others: list[list[bytes]], mark: bytes) -> None:
    others[page_of(tag_of(mark), len(others))].append(mark + bytes((_MARK,)))


def _refer(
    others: list[list[bytes]], home: HomeLinks, known_zips: frozenset[bytes], *, is_known: bool
) -> None:
    """A reference: bucket | tolerance | whether known | home | pair."""
    parts = len(others)
    for code, bucket in home.streets:
        record = bucket + bytes((code, is_known)) + home.home
        others[page_of(tag_of(bucket), parts)].append(record)
    for bucket, mark, pair in home.places:
        record = bucket + bytes((PLACE_CODE, mark in known_zips)) + home.home + pair.encode()
        others[page_of(tag_of(bucket), parts)].append(record)


def _lead(
    leads: list[list[bytes]], held: Sequence[bytes], references: Sequence[tuple[bytes, bool]]
) -> None:
    """The leads of one bucket: home | tolerance | other home | pair. None from a known place to
    another."""
    code, pair = held[0][_SECRET], held[0][34:]
    for home, is_known in references:
        part = page_of(tag_of(home), len(leads))
        leads[part] += [
            home + bytes((code,)) + other + pair
            for other, other_is_known in references
            if other != home and (code == UNIT_CODE or not (is_known and other_is_known))
        ]


def _gather_leads(
    records: Sequence[bytes], pairs: Sequence[str]
) -> tuple[tuple[tuple[int, bytes], ...], dict[str, tuple[bytes, ...]]]:
    """`streets` and `places` of a home's body, from its leads in order."""
    streets: dict[bytes, int] = {}
    places: dict[str, list[bytes]] = {pair: [] for pair in pairs}
    for record in records:
        code, other = record[_SECRET], record[17:33]
        if code == PLACE_CODE:
            places[record[33:].decode()].append(other)
        else:
            streets.setdefault(other, code)
    led = tuple([(code, other) for other, code in streets.items()])
    return led, {pair: tuple(homes) for pair, homes in places.items()}


def rejects_of(spill: Spill, names: Iterable[str], sizes: Sizes) -> Iterator[bytes]:
    """The lines of the rejects file, in the order of the rows."""
    for name in names:
        yield from spill.read([name], sizes.parts)


def canary_home(canary: Canary, custodian: KeyCustodian) -> bytes:
    """The record of a canary's home: as `merge` makes one."""
    [secret] = custodian.derive_secrets(canary.keys[:1])
    pair, body = normalize.city_pair(canary.form), _ENCODER.encode((canary.resident,))
    return secret + _ENCODER.encode((body, [pair] if pair else []))
