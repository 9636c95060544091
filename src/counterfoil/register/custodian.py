"""The key custodian: holds the register key, counts every opening before it happens, and stops at a
limit.

Its state file has the format `counterfoil-keeper-1`: one JSON object, replaced whole (temporary
file, fsync, rename).

    {"day": "2025-08-07", "format": "counterfoil-keeper-1", "mac": "<64 hex>", "today": 4096,
    "total": 81920}

`today` and `total` count questions for which buckets may have been opened. A crash after the count
and before the opening counts too much, never too little. `mac` is keyed by the register key over
the canonical bytes of the other members, so nobody without the key can set the count back
(`custodian_state_altered`). It does not stop somebody who deletes the file or restores an older
one: the count then begins again, and the ledger's own running count of `opening` entries shows the
difference. A limit of zero or less opens nothing (P10); neither does a day before the last day that
was counted.

A question alone costs one durable write, which takes longer than to open and decide it. Whoever
asks many questions one at a time takes an `OpeningLease`: a block of openings is counted durably
before the first of them, and the block is used up in memory. What is left of it when the process
ends, is killed, or the day turns stays counted. So the count is at most one block too high for each
lease and never too low, and the day's limit holds for what was counted.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Generator, Hashable, Iterable, Sequence, Set
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Any, Final, NoReturn

from counterfoil import normalize
from counterfoil.core import canonical
from counterfoil.core.atomic_files import replace_file
from counterfoil.core.errors import StoreFault, VerifyFault
from counterfoil.core.values import AddressForm, AddressKey, Residents
from counterfoil.register.bucket import BucketKey, RegisterKey
from counterfoil.register.rows import tin_digits

FORMAT: Final = "counterfoil-keeper-1"
_FIELDS: Final = frozenset({"format", "day", "today", "total", "mac"})


class OpeningLease:
    """Openings that a key custodian counted ahead, for one process. Safe among threads; a copy in a
    forked process has nothing left and counts for itself."""

    def __init__(self, custodian: KeyCustodian, block: int) -> None:
        """block: how many openings are counted at a time, at least 1."""
        self._custodian, self._block = custodian, max(1, block)
        self._left, self._session = 0, custodian.session()
        self._lock = Lock()

    def reserve(self, openings: int) -> None:
        """Use up `openings`, after counting a further block where too few are left: all of them or
        none. Raises as `KeyCustodian.reserve`."""
        with self._lock:
            session = self._custodian.session()
            if self._session != session:
                self._left, self._session = 0, session
            if openings > self._left:
                self._left += self._count_ahead(openings - self._left)
            self._left -= openings

    def _count_ahead(self, missing: int) -> int:
        """Count a block, or what is missing where the day's limit has no room for one; how many
        were counted."""
        if missing < self._block <= self._custodian.remaining():
            try:
                self._custodian.reserve(self._block)
            except StoreFault as fault:
                if fault.code != "custodian_limit":
                    raise  # else another process counted in between
            else:
                return self._block
        self._custodian.reserve(missing)
        return missing


def key_id(secret: bytes) -> str:
    """32 hex digits that name a register key and do not reveal it."""
    return RegisterKey(secret).key_id


class KeyCustodian:
    """Holds the register key; derives tags and bucket keys, hashes tax numbers, counts openings.

    secret: 64 bytes from the register key file. state_path: the count's file, made at the first
    count. openings_per_day: questions that may be opened in one day. today: the day that is
    counted, passed in. others: the office's other register keys, under which the count may have
    been written last.
    """

    __slots__ = ("_key", "_limit", "_others", "_secret", "_state_path", "_today")

    def __init__(
        self,
        secret: bytes,
        state_path: Path,
        openings_per_day: int,
        today: date,
        others: Iterable[bytes] = (),
    ) -> None:
        self._key, self._secret = RegisterKey(secret), secret
        self._others = tuple(map(RegisterKey, others))
        self._state_path = state_path
        self._limit = openings_per_day
        self._today = today

    @property
    def key_id(self) -> str:
        """32 hex digits that name the key and do not reveal it."""
        return self._key.key_id

    def session(self) -> Hashable:
        """What the openings that were counted are good for: this process, or one connection to a
        custodian in another."""
        return os.getpid()

    def open_for(self, addresses: Sequence[AddressForm]) -> None:
        """Say which addresses the questions are about that were counted, before anything is derived
        of them. In process there is nothing to do: the register derives nothing else."""

    def derive(
        self, address_keys: Iterable[AddressKey], forms_version: str = normalize.FORMS_VERSION
    ) -> list[BucketKey]:
        """(tolerance, tag, bucket key) of each address key, in order, as a register of these normal
        forms has them."""
        if forms_version == normalize.FORMS_VERSION:
            return self._key.derive(address_keys)
        earlier = normalize.keys_of_forms(address_keys, forms_version)
        return RegisterKey(self._secret, forms_version).derive(earlier)

    def derive_secrets(
        self, address_keys: Iterable[AddressKey], forms_version: str = normalize.FORMS_VERSION
    ) -> list[bytes]:
        """The secret of each address key, in order, as a register of format 3 has it."""
        if forms_version == normalize.FORMS_VERSION:
            return self._key.derive_secrets(address_keys)
        earlier = normalize.keys_of_forms(address_keys, forms_version)
        return RegisterKey(self._secret, forms_version).derive_secrets(earlier)

    def bucket_keys(self, salt: bytes, secrets: Iterable[bytes]) -> list[bytes]:
        """The key that opens the bucket of each secret in the page file of this salt."""
        return self._key.bucket_keys(salt, secrets)

    def build_key(self, salt: bytes) -> bytes:
        """The key of a build's temporary files."""
        return self._key.build_key(salt)

    def lend_key(self) -> bytes:
        """The register key, for the worker processes of one step alone: it goes to them through a
        pipe and reaches no disk. Those of a build seal with it, and open nothing; those of
        `determine` open what was counted (custody/lent.py)."""
        return self._secret

    def tin_hash(self, tin: str) -> bytes:
        """Keyed hash (16 bytes) of a tax number as written; b"" if it is absent or malformed."""
        digits = tin_digits(tin)
        return self._key.tin_hash(digits) if digits else b""

    def tin_hashes(self, tins: Iterable[str]) -> list[bytes]:
        """`tin_hash` of each."""
        return list(map(self.tin_hash, tins))

    def hold_fingerprints(self, tin_hash: bytes, record_ref: str) -> list[bytes]:
        """Keyed hashes (16 bytes each) by which a hold names a person: of the number's own keyed
        hash, and of the record reference.

        None for what is empty."""
        fingerprints = [self._key.hold_fingerprint(b"tin", tin_hash)] if tin_hash else []
        return (
            [
                *fingerprints,
                self._key.hold_fingerprint(b"ref", record_ref.encode("utf-8", "surrogatepass")),
            ]
            if record_ref
            else fingerprints
        )

    def on_hold(self, residents: Residents, fingerprints: Set[bytes]) -> frozenset[int]:
        """The positions of the residents whom one of `fingerprints` names. Without fingerprints
        there is no work; else there is the same
        work for everyone."""
        if not fingerprints:
            return frozenset()
        named = [
            not fingerprints.isdisjoint(self.hold_fingerprints(each.tin_hash, each.record_ref))
            for each in residents.residents
        ]
        return frozenset(place for place, is_named in enumerate(named) if is_named)

    def names_salt(self) -> str:
        """The salt of the names in a manifest's evidence: without the key custodian nobody can ask
        which names are in it."""
        return self._key.names_salt()

    def reserve(self, openings: int) -> None:
        """Count `openings` questions durably, before any bucket of theirs is opened: all of them or
        none.

        Raises StoreFault (`custodian_limit`) if the day's limit would be passed, and says how many
        are left.
        """
        with self._locked():
            today, total = self._read()
            left = max(0, self._limit - today)
            if openings > left:
                raise StoreFault(
                    "custodian_limit",
                    f"the day's limit of openings would be passed: {openings} asked, {left} left",
                    place="custodian",
                    cure="Nothing was opened. Ask fewer, wait for tomorrow, or have the limit "
                    "in office.toml changed.",
                )
            self._write(today + openings, total + openings)

    def remaining(self) -> int:
        """How many questions may still be opened today."""
        return max(0, self._limit - self._read()[0])

    def total(self) -> int:
        """How many questions were ever counted."""
        return self._read()[1]

    def __repr__(self) -> str:
        return "<KeyCustodian: hidden>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key custodian is not copied or pickled")

    @contextmanager
    def _locked(self) -> Generator[None]:
        """One counting process at a time, across processes."""
        try:
            descriptor = os.open(
                self._state_path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600
            )
        except OSError:
            raise self._unwritten() from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _read(self) -> tuple[int, int]:
        """(openings counted on `today`, openings ever)."""
        state = self._load()
        if state is None:
            return 0, 0
        day = state["day"]
        if day > self._today.isoformat():
            raise StoreFault(
                "custodian_clock",
                "the day lies before the last day that the key custodian counted",
                place="custodian",
                cure="Nothing was opened. Set the clock right, then run it again.",
            )
        return (state["today"] if day == self._today.isoformat() else 0), state["total"]

    def _load(self) -> dict[str, Any] | None:
        try:
            raw = self._state_path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError:
            raise self._unwritten() from None
        try:
            state = json.loads(raw)
        except ValueError:
            state = None
        if not isinstance(state, dict) or not self._genuine(state):  # pyright: ignore[reportUnknownArgumentType]
            raise VerifyFault(
                "custodian_state_altered",
                "the key custodian's count is not what this key wrote",
                place=self._state_path.name,
                cure="Nothing was opened. Restore the file and compare it with the ledger's "
                "count of openings.",
            )
        return state  # pyright: ignore[reportUnknownVariableType]

    def _genuine(self, state: dict[str, Any]) -> bool:
        if state.keys() != _FIELDS or state["format"] != FORMAT:
            return False
        said = (state["day"], state["today"], state["total"])
        return state["mac"] in [self._mac(*said, key) for key in (self._key, *self._others)]

    def _mac(self, day: object, today: object, total: object, key: RegisterKey) -> str:
        try:
            data = canonical.encode({"format": FORMAT, "day": day, "today": today, "total": total})
        except (TypeError, ValueError):
            return ""
        return key.state_mac(data)

    def _write(self, today: int, total: int) -> None:
        day = self._today.isoformat()
        state = {
            "format": FORMAT,
            "day": day,
            "today": today,
            "total": total,
            "mac": self._mac(day, today, total, self._key),
        }
        try:
            replace_file(self._state_path, canonical.encode(state))
        except OSError:
            raise self._unwritten() from None

    def _unwritten(self) -> StoreFault:
        return StoreFault(
            "custodian_state_unwritable",
            "the key custodian's count cannot be read or written",
            place=self._state_path.name,
            cure="Nothing was opened. Check disk space and permissions of the office, then run "
            "it again.",
        )
