"""The office's side of the protocol (docs/formats/custodian.md): a key custodian in another
process.

`RemoteCustodian` is what the register is opened through in place of a `KeyCustodian` that holds the
key: the same questions, the same answers, the same faults. It holds no key. Besides those it raises
StoreFault `custodian_down`, `custodian_slow`, VerifyFault `custodian_stranger`, StateFault
`custodian_version`.
"""

from __future__ import annotations

import os
import select
import socket
import threading
from collections.abc import Callable, Hashable, Iterable, Sequence, Set
from contextlib import suppress
from datetime import date
from itertools import count
from pathlib import Path
from typing import Final, TypeVar

from counterfoil import normalize
from counterfoil.core.errors import (
    CounterfoilError,
    InputFault,
    KeyFault,
    SettingsFault,
    StateFault,
    StoreFault,
    UsageFault,
    VerifyFault,
)
from counterfoil.core.values import AddressForm, AddressKey, Residents
from counterfoil.register.bucket import TAG_BYTES, BucketKey, RegisterKey
from counterfoil.register.custodian import KeyCustodian
from counterfoil.register.custody import protocol
from counterfoil.register.custody.protocol import Counted, Done, Question, Refused
from counterfoil.register.rows import tin_digits

WAIT_SECONDS: Final = 10.0
REQUEST: Final = "custodian_request"
_BATCH: Final = protocol.MAX_ITEMS // 2
_BATCH_BYTES: Final = protocol.MAX_MESSAGE // 2
Item = TypeVar("Item")
_serials = count(1)


class Channel:
    """A connection to the custodian at a socket, made when it is first needed and again after it
    broke. Safe among threads; a forked process makes its own."""

    def __init__(self, path: Path, wait_seconds: float = WAIT_SECONDS) -> None:
        self._path, self._wait = path, wait_seconds
        self._lock = threading.RLock()
        self._connection: socket.socket | None = None
        self._session = (0, 0)

    def session(self) -> tuple[int, int]:
        """Which connection this is: what was counted on another is not paid for here."""
        with self._lock:
            self._connected()
            return self._session

    def ask(self, question: Question) -> Done | Counted:
        """The answer to a question. Raises the custodian's own faults; see the module."""
        with self._lock:
            connection = self._connected()
            try:
                protocol.send(connection, protocol.encode(question), self._wait)
                answer = protocol.read_answer(protocol.receive_message(connection, self._wait))
            except TimeoutError:
                self.close()
                raise self._slow() from None
            except (OSError, ValueError):
                self.close()
                raise self._down() from None
            if isinstance(answer, Refused) and answer.code == REQUEST:
                self.close()  # as the custodian does
        if isinstance(answer, Refused):
            raise fault_of(answer)
        return answer

    def values(self, question: Question, expected: int) -> tuple[bytes, ...]:
        """The values of an answer that has so many."""
        answer = self.ask(question)
        if not isinstance(answer, Done) or len(answer.values) != expected:
            raise self._down()
        return answer.values

    def key_ids(self) -> list[str]:
        """The ids of the keys that are served, the present one first."""
        answer = self.ask(protocol.Keys())
        if not isinstance(answer, Done) or not answer.values:
            raise self._down()
        return [each.decode("ascii", "replace") for each in answer.values]

    def lend(self) -> list[bytes]:
        """The register keys themselves, the present one first, for a build. Raises StateFault
        `custodian_lends_nothing`."""
        answer = self.ask(protocol.Lend())
        if not isinstance(answer, Done) or not answer.values:
            raise self._down()
        return list(answer.values)

    def counted(self, question: Question) -> Counted:
        """The answer to a question that counts."""
        answer = self.ask(question)
        if not isinstance(answer, Counted):
            raise self._down()
        return answer

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            with suppress(OSError):
                self._connection.close()
        self._connection = None

    def __del__(self) -> None:
        self.close()

    def _connected(self) -> socket.socket:
        if self._connection is not None and (
            self._session[0] != os.getpid() or _was_closed(self._connection)
        ):
            self.close()
        if self._connection is None:
            self._connection = self._connect()
            self._session = os.getpid(), next(_serials)
        return self._connection

    def _connect(self) -> socket.socket:
        """A connection to the custodian of the folder's owner, who speaks this version."""
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.settimeout(self._wait)
            connection.connect(str(self._path))
            folder = self._path.parent
            if protocol.peer(connection) != folder.stat().st_uid or not protocol.is_private(folder):
                raise self._stranger()
            protocol.send(connection, protocol.GREETING, self._wait)
            said = protocol.receive(connection, len(protocol.GREETING), self._wait)
            if said != protocol.GREETING:
                raise self._other_version()
        except CounterfoilError:
            connection.close()
            raise
        except TimeoutError:
            connection.close()
            raise self._slow() from None
        except (OSError, ValueError):
            connection.close()
            raise self._down() from None
        return connection

    def _down(self) -> StoreFault:
        return StoreFault(
            "custodian_down",
            "the key custodian does not answer",
            place=self._path.name,
            cure="Start it (`counterfoil custodian serve --config FILE`), see that this "
            "user may call it, and run the step again.",
        )

    def _slow(self) -> StoreFault:
        return StoreFault(
            "custodian_slow",
            "the key custodian did not answer in time",
            place=self._path.name,
            cure="See what keeps it busy, and run the step again.",
        )

    def _stranger(self) -> VerifyFault:
        return VerifyFault(
            "custodian_stranger",
            "another user may stand in for the key custodian at this socket",
            place=self._path.name,
            cure="Nothing was asked. Have the folder of the socket owned by the custodian's user, "
            "and writable for nobody else.",
        )

    def _other_version(self) -> StateFault:
        return StateFault(
            "custodian_version",
            "the key custodian speaks another version",
            place=self._path.name,
            cure="Nothing was asked. Run the same version of Counterfoil on both sides.",
        )


class RemoteCustodian(KeyCustodian):
    """A key custodian whose key is in another process. limit: the agreement's, of openings a day;
    the custodian has its own besides."""

    __slots__ = ("_agreed", "_channel", "_id", "_salt")

    def __init__(self, channel: Channel, key_id: str, limit: int) -> None:
        self._channel, self._id, self._agreed = channel, key_id, max(0, limit)
        self._salt = ""

    @property
    def key_id(self) -> str:
        """As of `KeyCustodian`, like all that follows."""
        return self._id

    def session(self) -> Hashable:
        """The connection: what was counted is good for no other."""
        return self._channel.session()

    def open_for(self, addresses: Sequence[AddressForm]) -> None:
        """Name the addresses of the questions that were counted."""
        for part in _parts(addresses, lambda _: 0):
            self._channel.values(protocol.Open(self._id, tuple(part)), 0)

    def derive(
        self, address_keys: Iterable[AddressKey], forms_version: str = normalize.FORMS_VERSION
    ) -> list[BucketKey]:
        """Tolerance, tag and bucket key of each address key of an opened address."""
        keys, found = list(address_keys), list[bytes]()
        for part in _parts(keys, _size):
            question = protocol.Tags(self._id, forms_version, tuple(part))
            found += self._channel.values(question, len(part))
        return [
            (key.tolerance, both[:TAG_BYTES], both[TAG_BYTES:])
            for key, both in zip(keys, found, strict=True)
        ]

    def derive_secrets(
        self, address_keys: Iterable[AddressKey], forms_version: str = normalize.FORMS_VERSION
    ) -> list[bytes]:
        """The secret of each address key of an opened address."""
        found = list[bytes]()
        for part in _parts(list(address_keys), _size):
            question = protocol.Secrets(self._id, forms_version, tuple(part))
            found += self._channel.values(question, len(part))
        return found

    def bucket_keys(self, salt: bytes, secrets: Iterable[bytes]) -> list[bytes]:
        """The key of the bucket of each secret."""
        found = list[bytes]()
        for part in _parts(list(secrets), len):
            found += self._channel.values(protocol.Buckets(self._id, salt, tuple(part)), len(part))
        return found

    def build_key(self, salt: bytes) -> bytes:
        """The key of a build's temporary files, where the custodian lends."""
        return RegisterKey(self.lend_key()).build_key(salt)

    def lend_key(self) -> bytes:
        """The register key, where the custodian lends it."""
        lent = {RegisterKey(secret).key_id: secret for secret in self._channel.lend()}
        return lent[self._id]

    def tin_hash(self, tin: str) -> bytes:
        """The keyed hash of one tax number."""
        return self.tin_hashes([tin])[0]

    def tin_hashes(self, tins: Iterable[str]) -> list[bytes]:
        """The keyed hash of each tax number. Of what is none, nothing is asked."""
        digits = [tin_digits(tin) for tin in tins]
        asked, found = [each.encode() for each in digits if each], list[bytes]()
        for part in _parts(asked, len):
            found += self._channel.values(protocol.Numbers(self._id, tuple(part)), len(part))
        hashes = iter(found)
        return [next(hashes) if each else b"" for each in digits]

    def hold_fingerprints(self, tin_hash: bytes, record_ref: str) -> list[bytes]:
        """The marks of one record."""
        return [mark for mark in self._marks([(tin_hash, record_ref)]) if mark]

    def on_hold(self, residents: Residents, fingerprints: Set[bytes]) -> frozenset[int]:
        """The positions of the residents whom one of `fingerprints` names."""
        if not fingerprints:
            return frozenset()
        people = residents.residents
        marks = self._marks([(each.tin_hash, each.record_ref) for each in people])
        return frozenset(place // 2 for place, mark in enumerate(marks) if mark in fingerprints)

    def names_salt(self) -> str:
        """The salt of the names in a manifest's evidence."""
        if not self._salt:
            self._salt = self._channel.values(protocol.Names(self._id), 1)[0].decode("ascii")
        return self._salt

    def reserve(self, openings: int) -> None:
        """Count, before anything is opened."""
        self._channel.counted(protocol.Count(self._id, openings, self._agreed))

    def remaining(self) -> int:
        """How many questions may still be opened today."""
        return self._channel.counted(protocol.Left(self._id, self._agreed)).left

    def total(self) -> int:
        """How many questions were ever counted."""
        return self._channel.counted(protocol.Left(self._id, self._agreed)).total

    def _marks(self, records: list[tuple[bytes, str]]) -> list[bytes]:
        """Two marks for each record, b"" for what is empty."""
        said = [(number, _bytes(ref)) for number, ref in records]
        found = list[bytes]()
        for part in _parts(said, lambda each: len(each[1])):
            found += self._channel.values(protocol.Marks(self._id, tuple(part)), 2 * len(part))
        return found

    def __repr__(self) -> str:
        return "<RemoteCustodian: hidden>"


def lent_custodians(
    channel: Channel, state_path: Path, limit: int, today: date
) -> list[KeyCustodian]:
    """Custodians in this process, of the keys that are lent for a build or a trial."""
    secrets = channel.lend()
    return [KeyCustodian(secret, state_path, limit, today, secrets) for secret in secrets]


def _parts(items: Sequence[Item], size: Callable[[Item], int]) -> Iterable[Sequence[Item]]:
    """The items in messages that are not too long. An item alone may be."""
    start = held = 0
    for place, item in enumerate(items):
        item_size = size(item) + 32
        if place > start and (place - start >= _BATCH or held + item_size > _BATCH_BYTES):
            yield items[start:place]
            start, held = place, 0
        held += item_size
    if start < len(items):
        yield items[start:]


def _size(key: AddressKey) -> int:
    return len(key.tolerance) + len(key.key)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _was_closed(connection: socket.socket) -> bool:
    """Whether the other side closed a connection on which no answer is due."""
    return bool(select.select([connection], [], [], 0)[0])


def fault_of(refused: Refused) -> CounterfoilError:
    """The custodian's fault, as this side raises it."""
    kind: type[CounterfoilError] = StoreFault
    for each in (InputFault, KeyFault, SettingsFault, StateFault, UsageFault, VerifyFault):
        if each.__name__ == refused.kind:
            kind = each
    return kind(refused.code, refused.message, place=refused.place, cure=refused.cure)
