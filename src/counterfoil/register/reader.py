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
from pathlib import Path
from typing import Final

from counterfoil import normalize
from counterfoil.core.errors import KeyFault, StateFault, UsageFault, VerifyFault
from counterfoil.core.values import (
    AddressForm,
    AddressKey,
    Grant,
    NotCompared,
    Resident,
    Residents,
    Sensitive,
)
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
from counterfoil.register.custodian import KeyCustodian
from counterfoil.register.manifest import Manifest, open_manifest
from counterfoil.register.snapshots import check_name, current_snapshot
from counterfoil.register.source import take_fingerprint
from counterfoil.register.stores import LMDB_FILE, BucketReader, LmdbReader


class EvidenceBucket(Sensitive, frozen=True, gc=False, forbid_unknown_fields=True):
    """One bucket: tag and key (32 bytes each), the sealed value, or b"" where the store holds
    none."""

    tolerance: str
    tag: bytes
    key: bytes
    value: bytes


class EvidenceBuckets(Sensitive, frozen=True, gc=False, forbid_unknown_fields=True):
    """The doors of a grant in the order of the door table, then its marks; the homes that they lead
    to and no door opened before."""

    doors: tuple[EvidenceBucket, ...]
    homes: tuple[EvidenceBucket, ...]
    asked_tin_hash: bytes


Opened = dict[bytes, tuple[int, bytes]]
"""(kind, body) of each shown bucket by its tag, unsealed and not decoded."""


def open_buckets(shown: EvidenceBuckets, snapshot: str) -> Opened:
    """Unseal what is shown. Raises VerifyFault `register_bucket_altered` for a value that its key
    and tag do not open."""
    bound = snapshot_binding(snapshot)
    return {
        each.tag: open_bucket(each.value, tag=each.tag, key=each.key, bound=bound)
        for each in (*shown.doors, *shown.homes)
        if each.value
    }


Routes = dict[bytes, list[Reference]]
"""References of each tolerant door, by its tag."""
Way = tuple[str, bytes, bytes]
"""A door's tolerance, and tag and key of a home that it leads to."""
_MARKS: Final = frozenset({normalize.KNOWN_LINE, normalize.KNOWN_ZIP})


class SealedRegister:
    """One snapshot, ready for questions. `manifest` is verified. Close it, or use it as a
    context."""

    __slots__ = ("_bound", "_custodian", "_store", "manifest", "snapshot")

    def __init__(self, manifest: Manifest, custodian: KeyCustodian, store: BucketReader) -> None:
        self.manifest = manifest
        self.snapshot = manifest.snapshot
        self._custodian = custodian
        self._store = store
        self._bound = snapshot_binding(manifest.snapshot)

    def open_residents(self, grants: Sequence[Grant]) -> list[Residents]:
        """The residents at each grant's address, in the order of `grants`. Counts the openings
        itself.

        Raises StoreFault (limit reached, store unreadable: nothing is answered), VerifyFault (a
        bucket was altered), UsageFault.
        """
        _check_grants(grants)
        self._custodian.reserve(len(grants))
        asked = self._derive([grant.address for grant in grants])
        opened = self._open({tag: key for doors in asked for _, tag, key in doors})
        routes = _routes(opened)
        ways = [_ways(doors, opened.keys(), routes) for doors in asked]
        opened |= self._open({tag: key for led in ways for _, tag, key in led if tag not in opened})
        homes = {
            tag: decode_residents(body)
            for tag, (kind, body) in opened.items()
            if kind == RESIDENTS_KIND
        }
        return [
            _gather(led, homes, self._custodian.tin_hash(grant.request.person.tin))
            for grant, led in zip(grants, ways, strict=True)
        ]

    def collect_buckets(self, grant: Grant) -> EvidenceBuckets:
        """The sealed buckets behind a grant's doors and the keys that open exactly these, for
        evidence. Counts one opening.

        Raises as `open_residents`; VerifyFault `register_bucket_altered`.
        """
        _check_grants([grant])
        self._custodian.reserve(1)
        [doors] = self._derive([grant.address])
        first = EvidenceBuckets(
            self._shown(doors), (), self._custodian.tin_hash(grant.request.person.tin)
        )
        opened = open_buckets(first, self.snapshot)
        led = _led(_ways(doors, opened, _routes(opened)), opened)
        return EvidenceBuckets(
            first.doors,
            self._shown([(EXACT, tag, key) for tag, key in led.items()]),
            first.asked_tin_hash,
        )

    def _derive(self, addresses: list[AddressForm]) -> list[list[BucketKey]]:
        """Doors and marks of each address. A mark that many addresses share (a ZIP of a city) is
        derived once."""
        derive = self._custodian.derive
        marks = [normalize.known_place_keys(address) for address in addresses]
        distinct = {mark.key: mark for found in marks for mark in found}
        derived = dict(zip(distinct, derive(distinct.values()), strict=True))
        return [
            derive(normalize.address_keys(address)) + [derived[mark.key] for mark in found]
            for address, found in zip(addresses, marks, strict=True)
        ]

    def close(self) -> None:
        """Let go of the store."""
        self._store.close()

    def __enter__(self) -> SealedRegister:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _shown(self, doors: list[BucketKey]) -> tuple[EvidenceBucket, ...]:
        """Each of these doors with the bucket behind it, still sealed."""
        held = zip(doors, self._store.get_many([tag for _, tag, _ in doors]), strict=True)
        return tuple(
            [
                EvidenceBucket(tolerance, tag, key, value or b"")
                for (tolerance, tag, key), value in held
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


def residents_in(shown: EvidenceBuckets, grant: Grant, snapshot: str) -> Residents:
    """The residents that the shown buckets hold, as `open_residents` reports them for this grant.
    Pure.

    Raises VerifyFault `register_bucket_altered`; `evidence_doors` where the doors are not those of
    the grant's address, or the homes not those that the doors lead to.
    """
    opened = open_buckets(shown, snapshot)
    behind = {each.tag: opened[each.tag] for each in shown.doors if each.value}
    ways = _ways(
        [(each.tolerance, each.tag, each.key) for each in shown.doors], behind, _routes(behind)
    )
    asked = [door.tolerance for door in _asked_at(grant)]
    held = {each.tag: each.key for each in shown.homes}
    if asked != [each.tolerance for each in shown.doors] or held != _led(ways, behind):
        raise VerifyFault(
            "evidence_doors",
            "the buckets are not those that the doors of the asked address lead to",
            place="bundle",
            cure="Ask the holder for the bundle again.",
        )
    homes = {
        tag: decode_residents(body)
        for tag, (kind, body) in opened.items()
        if kind == RESIDENTS_KIND
    }
    return _gather(ways, homes, shown.asked_tin_hash)


def open_register(
    directory: Path, custodian: KeyCustodian, public_key: bytes, *, snapshot: str = ""
) -> SealedRegister:
    """Open the current snapshot of the register in `directory`, or the named one.

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
    if (manifest.forms_version, manifest.bucket_format) != (normalize.FORMS_VERSION, BUCKET_FORMAT):
        raise StateFault(
            "register_rules_other",
            "this register was built by another version of the normal forms",
            place=name,
            cure="Build it again from its source.",
        )
    return SealedRegister(
        manifest,
        custodian,
        LmdbReader(directory / name / LMDB_FILE, manifest.store_bytes, manifest.store_head_digest),
    )


def not_compared(grant: Grant, code: str) -> NotCompared:
    """The word for an admitted request that the register could not be asked: not a negative, ask
    again."""
    return NotCompared(grant.request.request_id, grant.request.row, code)


def check_store(directory: Path, public_key: bytes, *, snapshot: str = "") -> Manifest:
    """Compare the stored file with the digest in its signed manifest; reads it once, opens nothing,
    needs no register key.

    Raises VerifyFault (`register_store_altered`) where they differ, and as `open_register`.
    """
    name = check_name(snapshot) if snapshot else current_snapshot(directory)
    manifest = open_manifest(directory / name, public_key)
    if take_fingerprint(directory / name / LMDB_FILE).digest != manifest.store_digest:
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
    """Every key that a grant's address is looked up by: its doors, then its marks."""
    return (*normalize.address_keys(grant.address), *normalize.known_place_keys(grant.address))


def _routes(opened: Opened) -> Routes:
    return {
        tag: split_references(body)
        for tag, (kind, body) in opened.items()
        if kind == REFERENCES_KIND
    }


def _led(ways: list[Way], opened: Opened) -> dict[bytes, bytes]:
    """Tag and key of each home that these ways lead to and that is not open yet."""
    return {tag: key for _, tag, key in ways if tag not in opened}


def _ways(doors: list[BucketKey], stored: Container[bytes], routes: Routes) -> list[Way]:
    """Every home that the doors of one question lead to, in the order of the doors; a home may come
    more than once."""
    found = [door for door in doors if door[1] in stored]
    marked = {tolerance for tolerance, _, _ in found if tolerance in _MARKS}
    ways: list[Way] = []
    for tolerance, tag, key in found:
        if tolerance == EXACT:
            ways.append((tolerance, tag, key))
        elif tag in routes:
            shut = (
                normalize.KNOWN_ZIP if tolerance == normalize.PLACE else normalize.KNOWN_LINE
            ) in marked
            ways += [
                (tolerance, home, its_key)
                for home, its_key, known in routes[tag]
                if not (shut and known)
            ]
    return ways


def _gather(
    ways: list[Way], homes: dict[bytes, tuple[Resident, ...]], asked_tin_hash: bytes
) -> Residents:
    """The union of what the ways lead to: each home once, each resident once, by the best door."""
    reached: dict[bytes, str] = {}
    for tolerance, home, _ in ways:
        if home in homes:
            reached.setdefault(home, tolerance)
    if len(reached) == 1:
        [(home, tolerance)] = reached.items()
        return Residents(homes[home], (tolerance,) * len(homes[home]), asked_tin_hash)
    found: dict[Resident, tuple[str, set[int]]] = {}
    for home, tolerance in reached.items():
        for held in homes[home]:
            person = Resident(held.name, held.date_of_birth, held.tin_hash, held.record_ref, ())
            found.setdefault(person, (tolerance, set()))[1].update(held.periods)
    merged = tuple(
        Resident(p.name, p.date_of_birth, p.tin_hash, p.record_ref, tuple(sorted(periods)))
        for p, (_, periods) in found.items()
    )
    return Residents(merged, tuple(tolerance for tolerance, _ in found.values()), asked_tin_hash)
