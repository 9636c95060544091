"""The opened sealed register: grants go in, the residents at the granted addresses come out.

A call of `open_residents` establishes, in this order:

    1  Every question is a Grant: the gate has admitted it (P2).
    2  The key custodian has counted all of them durably and is within its limit.
    3  Every address key is derived from an address that a grant names. There is no other way in
       (P3).
    4  Every bucket that was found is what the builder sealed under that tag, key and snapshot.

The exact, tolerant and known-place buckets are always all looked up, so the shape of the work does
not depend on what is found. The answer to a question is the union of what they lead to. A tolerant
bucket leads to a home unless the question's address and the home are both known places
(normalize/address_keys.py). A resident is reported once, with the tolerance of the best key that
leads to it. Nothing in this package lists, counts or walks residents.

For an evidence bundle, `collect_buckets` returns the buckets of one grant as they are sealed, with
the keys that open exactly these; `residents_in` opens them again as the register does. Whoever has
an `EvidenceBuckets` can open nothing else of the register.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from counterfoil import normalize
from counterfoil.core.errors import KeyFault, StateFault, UsageFault, VerifyFault
from counterfoil.core.values import AddressForm, AddressKey, Grant, NotCompared, Resident, Residents
from counterfoil.register.bucket import (
    BUCKET_FORMAT,
    EXACT,
    REFERENCES_KIND,
    RESIDENTS_KIND,
    BucketKey,
    Reference,
    decode_residents,
    open_bucket,
    snapshot_binding,
    split_references,
)
from counterfoil.register.custodian import KeyCustodian, OpeningLease
from counterfoil.register.manifest import Manifest, PublicKeys, open_manifest
from counterfoil.register.pages.evidence import (
    EvidenceBucket,
    EvidenceBuckets,
    collect_pages,
    open_collected,
)
from counterfoil.register.pages.reader import SealedPages
from counterfoil.register.pages.sealing import BUCKET_FORMAT as PAGES_FORMAT
from counterfoil.register.pages.snapshot import check_page_files, open_pages
from counterfoil.register.snapshots import check_name, current_snapshot
from counterfoil.register.source import take_fingerprint
from counterfoil.register.stores import LMDB_FILE, BucketReader, LmdbReader

Opened = dict[bytes, tuple[int, bytes]]
"""(kind, body) of each opened bucket by its tag, not decoded."""


def open_buckets(buckets: EvidenceBuckets, snapshot: str) -> Opened:
    """Open collected buckets. Raises VerifyFault `register_bucket_altered` for a value that its key
    and tag do not open."""
    bound = snapshot_binding(snapshot)
    return {
        each.tag: open_bucket(each.value, tag=each.tag, key=each.key, bound=bound)
        for each in (*buckets.doors, *buckets.homes)
        if each.value
    }


Routes = dict[bytes, list[Reference]]
"""References of each tolerant bucket, by its tag."""
FoundHome = tuple[str, bytes, bytes]
"""The tolerance of an address key, and tag and key of a home that it leads to."""
_KNOWN: Final = frozenset({normalize.KNOWN_LINE, normalize.KNOWN_ZIP})


class SealedRegister:
    """One snapshot, ready for questions. `manifest` is verified. Close it, or use it as a
    context."""

    __slots__ = ("_counter", "_custodian", "_store", "manifest", "snapshot")

    def __init__(
        self,
        manifest: Manifest,
        custodian: KeyCustodian,
        store: BucketReader | SealedPages,
        count_ahead: int = 0,
    ) -> None:
        """count_ahead: how many openings are counted at a time (custodian.py); 0 counts each call
        exactly."""
        self.manifest = manifest
        self.snapshot = manifest.snapshot
        self._custodian = custodian
        self._counter = OpeningLease(custodian, count_ahead) if count_ahead else custodian
        self._store = (
            store
            if isinstance(store, SealedPages)
            else SealedPairs(manifest.snapshot, manifest.forms_version, custodian, store)
        )

    @property
    def compares_pages(self) -> bool:
        """Whether every byte that is read is compared with the manifest when it is read, so that
        nothing is gained by reading the whole file before and after."""
        return isinstance(self._store, SealedPages)

    def open_residents(self, grants: Sequence[Grant]) -> list[Residents]:
        """The residents at each grant's address, in the order of `grants`. Counts the openings
        itself.

        Raises StoreFault (limit reached, store unreadable: nothing is answered), VerifyFault (a
        bucket or page was altered), UsageFault.
        """
        _check_grants(grants)
        self._counter.reserve(len(grants))
        if not grants:
            return []
        addresses = [grant.address for grant in grants]
        self._custodian.open_for(addresses)
        homes_found, homes = self._store.find(addresses)
        hashes = self._custodian.tin_hashes([grant.request.person.tin for grant in grants])
        return [
            _gather(led, homes, tin_hash) for led, tin_hash in zip(homes_found, hashes, strict=True)
        ]

    def collect_buckets(self, grant: Grant) -> EvidenceBuckets:
        """The sealed buckets behind a grant's address and the keys that open exactly these, for
        evidence. Counts one opening.

        Raises as `open_residents`; VerifyFault `register_bucket_altered`.
        """
        _check_grants([grant])
        self._counter.reserve(1)
        self._custodian.open_for([grant.address])
        asked_tin_hash = self._custodian.tin_hash(grant.request.person.tin)
        if isinstance(self._store, SealedPages):
            doors, homes = collect_pages(self._store, grant.address)
            return EvidenceBuckets(doors, homes, asked_tin_hash)
        return self._store.collect(grant.address, asked_tin_hash)

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    def __enter__(self) -> SealedRegister:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class SealedPairs:
    """The buckets of a snapshot of format 2, and what opens them."""

    def __init__(
        self, snapshot: str, forms_version: str, custodian: KeyCustodian, store: BucketReader
    ) -> None:
        self._bound = snapshot_binding(snapshot)
        self._forms = forms_version
        self._custodian = custodian
        self._store = store

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    def find(
        self, addresses: Sequence[AddressForm]
    ) -> tuple[list[list[tuple[str, bytes]]], dict[bytes, tuple[Resident, ...]]]:
        """For each address the homes that its keys lead to, in the order of the keys; and the
        residents of each home by its tag."""
        asked = self._derive(addresses)
        opened = self._open({tag: key for bucket_keys in asked for _, tag, key in bucket_keys})
        routes = _routes(opened)
        homes_found = [_find_homes(bucket_keys, opened.keys(), routes) for bucket_keys in asked]
        opened |= self._open(
            {tag: key for led in homes_found for _, tag, key in led if tag not in opened}
        )
        return [_tags(led) for led in homes_found], _decode_homes(opened)

    def collect(self, address: AddressForm, asked_tin_hash: bytes) -> EvidenceBuckets:
        """The sealed buckets behind an address, and their keys."""
        [bucket_keys] = self._derive([address])
        first = EvidenceBuckets(self._collect(bucket_keys), (), asked_tin_hash)
        opened = {
            each.tag: open_bucket(each.value, tag=each.tag, key=each.key, bound=self._bound)
            for each in first.doors
            if each.value
        }
        led = _unopened_homes(_find_homes(bucket_keys, opened, _routes(opened)), opened)
        homes = self._collect([(EXACT, tag, key) for tag, key in led.items()])
        return EvidenceBuckets(first.doors, homes, asked_tin_hash)

    def _derive(self, addresses: Sequence[AddressForm]) -> list[list[BucketKey]]:
        """The bucket keys of each address, known places last. The key of a known place that many
        addresses share (a ZIP of a city) is derived once."""
        derive = partial(self._custodian.derive, forms_version=self._forms)
        place_keys = [normalize.known_place_keys(address) for address in addresses]
        distinct = {place_key.key: place_key for found in place_keys for place_key in found}
        derived = dict(zip(distinct, derive(distinct.values()), strict=True))
        return [
            derive(normalize.address_keys(address))
            + [derived[place_key.key] for place_key in found]
            for address, found in zip(addresses, place_keys, strict=True)
        ]

    def _collect(self, bucket_keys: list[BucketKey]) -> tuple[EvidenceBucket, ...]:
        """The bucket behind each of these keys, still sealed."""
        values = self._store.get_many([tag for _, tag, _ in bucket_keys])
        return tuple(
            [
                EvidenceBucket(tolerance, tag, key, value or b"")
                for (tolerance, tag, key), value in zip(bucket_keys, values, strict=True)
            ]
        )

    def _open(self, keys: dict[bytes, bytes]) -> Opened:
        """(kind, body) of each bucket that the store holds, by tag."""
        bound = self._bound
        values = self._store.get_many(list(keys))
        return {
            tag: open_bucket(value, tag=tag, key=key, bound=bound)
            for (tag, key), value in zip(keys.items(), values, strict=True)
            if value is not None
        }


def residents_in(
    buckets: EvidenceBuckets, grant: Grant, snapshot: str, bucket_format: str = BUCKET_FORMAT
) -> Residents:
    """The residents in collected buckets, as `open_residents` reports them for this grant.
    bucket_format: what the snapshot's manifest states. Pure.

    Raises VerifyFault `register_bucket_altered`; `evidence_doors` where the buckets are not those
    of the grant's address, or the homes not those that these lead to; StateFault
    `register_rules_other` for another format.
    """
    asked = [address_key.tolerance for address_key in _asked_at(grant)]
    if asked != [each.tolerance for each in buckets.doors]:
        raise _other_doors()
    if bucket_format == PAGES_FORMAT:
        led, homes = open_collected(buckets.doors, buckets.homes, grant.address)
    elif bucket_format == BUCKET_FORMAT:
        led, homes = _open_pairs(buckets, snapshot)
    else:
        raise _other_rules(snapshot)
    if led is None:
        raise _other_doors()
    return _gather(led, homes, buckets.asked_tin_hash)


def _open_pairs(
    buckets: EvidenceBuckets, snapshot: str
) -> tuple[list[tuple[str, bytes]] | None, dict[bytes, tuple[Resident, ...]]]:
    """What collected buckets of format 2 lead to, and who lives there; None where the homes are not
    those that they lead to."""
    opened = open_buckets(buckets, snapshot)
    behind = {each.tag: opened[each.tag] for each in buckets.doors if each.value}
    found = _find_homes(
        [(each.tolerance, each.tag, each.key) for each in buckets.doors], behind, _routes(behind)
    )
    stored_values = {each.tag: each.key for each in buckets.homes}
    are_those = stored_values == _unopened_homes(found, behind)
    return (_tags(found) if are_those else None), _decode_homes(opened)


def _other_doors() -> VerifyFault:
    return VerifyFault(
        "evidence_doors",
        "the buckets are not those that the doors of the asked address lead to",
        place="bundle",
        cure="Ask the holder for the bundle again.",
    )


def open_register(
    directory: Path,
    custodian: KeyCustodian,
    public_key: PublicKeys,
    *,
    snapshot: str = "",
    count_ahead: int = 0,
) -> SealedRegister:
    """Open the current snapshot of the register in `directory`, or the named one. count_ahead: for
    whoever asks many questions one at a time; see `SealedRegister`.

    public_key: the holder's 32-byte Ed25519 key, which signed the manifest. Raises StateFault (none
    built, other rules of forms), KeyFault (another register key), VerifyFault (manifest),
    StoreFault (unreadable): all before any bucket is opened.
    """
    name = check_name(snapshot) if snapshot else current_snapshot(directory)
    manifest = open_manifest(directory / name, public_key)
    if manifest.snapshot != name:
        raise VerifyFault(
            "manifest_not_verified",
            "the manifest is of another snapshot",
            place=name,
            cure="Restore the snapshot from its backup.",
        )
    if manifest.key_id != custodian.key_id:
        raise KeyFault(
            "register_key_other",
            "this register was built with another register key",
            place=name,
            cure="Use the key it was built with, or build it again.",
        )
    readable = normalize.FORMS_VERSION, *normalize.EARLIER_FORMS
    if manifest.forms_version not in readable:
        raise _other_rules(name)
    if manifest.bucket_format == PAGES_FORMAT:
        pages = open_pages(directory, manifest, custodian)
        return SealedRegister(manifest, custodian, pages, count_ahead)
    if manifest.bucket_format != BUCKET_FORMAT:
        raise _other_rules(name)
    path = directory / name / LMDB_FILE
    store = LmdbReader(path, manifest.store_bytes, manifest.store_head_digest)
    return SealedRegister(manifest, custodian, store, count_ahead)


def _other_rules(name: str) -> StateFault:
    return StateFault(
        "register_rules_other",
        "this register was built by another version of the normal forms",
        place=name,
        cure="Build it again from its source.",
    )


def not_compared(grant: Grant, code: str) -> NotCompared:
    """The result of an admitted request that the register could not be asked. It is no negative:
    the request can be made again."""
    return NotCompared(grant.request.request_id, grant.request.row, code)


def check_manifest(directory: Path, public_key: PublicKeys, name: str) -> Manifest:
    """The verified manifest of the named snapshot. Raises as `open_manifest`, and for a name that
    is none."""
    return open_manifest(directory / check_name(name), public_key)


def check_store(directory: Path, public_key: PublicKeys, *, snapshot: str = "") -> Manifest:
    """Compare the stored file with the digest in its signed manifest; reads it once, opens nothing,
    needs no register key.

    Raises VerifyFault (`register_store_altered`) where they differ, and as `open_register`.
    """
    name = check_name(snapshot) if snapshot else current_snapshot(directory)
    manifest = open_manifest(directory / name, public_key)
    if manifest.bucket_format == PAGES_FORMAT:
        check_page_files(directory, manifest)
    elif take_fingerprint(directory / name / LMDB_FILE).digest != manifest.store_digest:
        raise VerifyFault(
            "register_store_altered",
            "the sealed register is not the file that the manifest was signed for",
            place=name,
            cure="Restore the snapshot from its backup, or build again.",
        )
    return manifest


def _check_grants(asked: Sequence[object]) -> None:
    if not all(isinstance(grant, Grant) for grant in asked):
        raise UsageFault(
            "not_a_grant",
            "the register opens for grants only",
            cure="Pass the request through the gate.",
        )


def _asked_at(grant: Grant) -> tuple[AddressKey, ...]:
    """Every key by which a grant's address is looked up, known places last."""
    return (*normalize.address_keys(grant.address), *normalize.known_place_keys(grant.address))


def _decode_homes(opened: Opened) -> dict[bytes, tuple[Resident, ...]]:
    return {
        tag: decode_residents(body)
        for tag, (kind, body) in opened.items()
        if kind == RESIDENTS_KIND
    }


def _routes(opened: Opened) -> Routes:
    return {
        tag: split_references(body)
        for tag, (kind, body) in opened.items()
        if kind == REFERENCES_KIND
    }


def _unopened_homes(found: list[FoundHome], opened: Opened) -> dict[bytes, bytes]:
    """Tag and key of each home that was found and is not open yet."""
    return {tag: key for _, tag, key in found if tag not in opened}


def _find_homes(
    bucket_keys: list[BucketKey], stored: Container[bytes], routes: Routes
) -> list[FoundHome]:
    """Every home that the keys of one question lead to, in the order of the keys. A home may come
    more than once."""
    known_places = {name for name, tag, _ in bucket_keys if name in _KNOWN and tag in stored}
    found: list[FoundHome] = []
    for tolerance, tag, key in bucket_keys:
        if tolerance == EXACT and tag in stored:
            found.append((tolerance, tag, key))
        elif tag in routes:
            place = normalize.KNOWN_ZIP if tolerance == normalize.PLACE else normalize.KNOWN_LINE
            # Units of one house are no two places of which one is a slip of the other.
            asked_is_known = tolerance != normalize.UNIT and place in known_places
            found += [
                (tolerance, home, home_key)
                for home, home_key, home_is_known in routes[tag]
                if not (asked_is_known and home_is_known)
            ]
    return found


def _tags(found: Sequence[FoundHome]) -> list[tuple[str, bytes]]:
    """The tolerances and tags, without the keys."""
    return [(tolerance, tag) for tolerance, tag, _ in found]


def _gather(
    found: list[tuple[str, bytes]], homes: dict[bytes, tuple[Resident, ...]], asked_tin_hash: bytes
) -> Residents:
    """The union of the homes that were found: each home once, each resident once, with the
    tolerance of the first key that leads to it."""
    reached: dict[bytes, str] = {}
    for tolerance, home in found:
        if home in homes:
            reached.setdefault(home, tolerance)
    if len(reached) == 1:
        [(home, tolerance)] = reached.items()
        return Residents(homes[home], (tolerance,) * len(homes[home]), asked_tin_hash)
    people: dict[Resident, tuple[str, set[int]]] = {}
    for home, tolerance in reached.items():
        for r in homes[home]:
            person = Resident(r.name, r.date_of_birth, r.tin_hash, r.record_ref, ())
            people.setdefault(person, (tolerance, set()))[1].update(r.periods)
    merged = tuple(
        Resident(p.name, p.date_of_birth, p.tin_hash, p.record_ref, tuple(sorted(periods)))
        for p, (_, periods) in people.items()
    )
    return Residents(merged, tuple(tolerance for tolerance, _ in people.values()), asked_tin_hash)
