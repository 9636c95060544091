"""The key custodian's side of the protocol (docs/formats/custodian.md).

For each connection, in this order:

    1  The kernel says whose process has called: the custodian's own user's, or a member's of the
       named group. Anybody else is closed out unanswered.
    2  Both sides say which version they speak.
    3  A question is bounded before it is read, and complete within its deadline.
    4  A count is durable before it is answered; what was counted pays, on this connection, for the
       addresses that are opened, and these for their keys.

Nothing of a question is logged or put into an error. The register key is in this process's memory
alone; `forbid_dumps` keeps it out of core dumps and from other processes of the same user.
"""

from __future__ import annotations

import ctypes
import grp
import os
import pwd
import resource
import socket
import threading
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import Final, NamedTuple

from counterfoil import normalize
from counterfoil.core.errors import (
    CounterfoilError,
    InputFault,
    SettingsFault,
    StateFault,
    StoreFault,
    UsageFault,
)
from counterfoil.core.values import AddressForm, AddressKey
from counterfoil.register.custodian import KeyCustodian
from counterfoil.register.custody import protocol
from counterfoil.register.custody.protocol import Answer, Counted, Done, Question, Refused

CONNECTIONS: Final = 32
IDLE_SECONDS: Final = 600.0
BUCKETS_PER_ADDRESS: Final = 4096
ADDRESSES_KEPT: Final = 65_536
MOST_SOCKET_PATH: Final = 100
"""Bytes; the kernel takes 107."""
_FIELD_BYTES: Final = 1000
_PR_SET_DUMPABLE: Final = 4
_POLL_SECONDS: Final = 0.2
Log = Callable[..., None]
Derived = protocol.Open | protocol.Secrets | protocol.Tags | protocol.Buckets
"""What has to be paid for."""
Given = Derived | protocol.Names | protocol.Numbers | protocol.Marks


class Serving(NamedTuple):
    """What a custodian serves. keys: register keys of 64 bytes, the present one first. state_path:
    as of `KeyCustodian`. group: a group of the system whose members may call, or "". lends: whether
    a build gets the keys themselves. today: the day that is counted."""

    keys: tuple[bytes, ...]
    socket_path: Path
    state_path: Path
    openings_per_day: int
    group: str
    lends: bool
    today: Callable[[], date]

    def __repr__(self) -> str:
        return "<Serving: hidden>"


def forbid_dumps() -> None:
    """From now on no core dump of this process is written, and no other process of its user may
    read its memory."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


class _Paid:
    """What one connection has paid for under one key: addresses that may be opened, the keys of
    those that were, and bucket keys."""

    def __init__(self) -> None:
        self._openings = self._buckets = self._addresses = 0
        self._keys: set[bytes] = set()
        self._earlier: set[bytes] = set()

    def count(self, openings: int) -> None:
        """So many questions were counted."""
        self._openings += openings

    def open(self, addresses: Sequence[AddressForm]) -> None:
        """Use up a question for each address."""
        if len(addresses) > self._openings:
            raise _uncounted()
        self._openings -= len(addresses)
        self._buckets += BUCKETS_PER_ADDRESS * len(addresses)
        if self._addresses >= ADDRESSES_KEPT:
            self._earlier, self._keys, self._addresses = self._keys, set(), 0
        self._addresses += len(addresses)
        for address in addresses:
            self._keys.update(map(_digest, normalize.address_keys(address)))
            self._keys.update(map(_digest, normalize.known_place_keys(address)))

    def take_keys(self, keys: Iterable[AddressKey]) -> None:
        """Raise where one of the keys is of no address that was opened."""
        for key in map(_digest, keys):
            if key not in self._keys and key not in self._earlier:
                raise _uncounted()

    def take_buckets(self, count: int) -> None:
        """Use up so many bucket keys."""
        if count > self._buckets:
            raise _uncounted()
        self._buckets -= count


class _Session:
    """What is answered on one connection."""

    def __init__(self, serving: Serving, uid: int, log: Log) -> None:
        self._serving, self._uid, self._log = serving, uid, log
        self._paid = dict[str, _Paid]()
        self._made = dict[tuple[str, int, date], KeyCustodian]()

    def answer(self, question: Question) -> Answer:
        """What a question is answered with. Raises CounterfoilError."""
        if isinstance(question, protocol.Keys):
            ids = [each.key_id for each in self._custodians(0)]
            return Done(tuple(each.encode() for each in ids))
        if isinstance(question, protocol.Lend):
            return self._lend()
        if isinstance(question, protocol.Count | protocol.Left):
            return self._count(question)
        return self._give(self._custodian(question.key, 0), question)

    def _give(self, custodian: KeyCustodian, question: Given) -> Done:
        """What needs no count, and the rest."""
        if isinstance(question, protocol.Names):
            return Done((custodian.names_salt().encode(),))
        if isinstance(question, protocol.Numbers):
            texts = [number.decode("utf-8", "surrogatepass") for number in question.numbers]
            return Done(tuple(custodian.tin_hashes(texts)))
        if isinstance(question, protocol.Marks):
            return Done(tuple(_marks(custodian, question.records)))
        return self._derive(custodian, question)

    def _count(self, question: protocol.Count | protocol.Left) -> Counted:
        custodian = self._custodian(question.key, question.limit)
        if isinstance(question, protocol.Count):
            try:
                custodian.reserve(question.openings)
            except CounterfoilError as fault:
                self._log("refused", code=fault.code, user=self._uid, openings=question.openings)
                raise
            self._paid_for(question.key).count(question.openings)
        return Counted(custodian.remaining(), custodian.total())

    def _derive(self, custodian: KeyCustodian, question: Derived) -> Done:
        """What has to be paid for."""
        paid = self._paid_for(question.key)
        if isinstance(question, protocol.Open):
            if any(
                len(text) > _FIELD_BYTES for each in question.addresses for text in _texts(each)
            ):
                raise bad_request()
            paid.open(question.addresses)
            return Done(())
        if isinstance(question, protocol.Buckets):
            paid.take_buckets(len(question.secrets))
            return Done(tuple(custodian.bucket_keys(question.salt, question.secrets)))
        if question.forms not in (normalize.FORMS_VERSION, *normalize.EARLIER_FORMS):
            raise bad_request()
        keys = question.asked
        paid.take_keys(keys)
        if isinstance(question, protocol.Secrets):
            return Done(tuple(custodian.derive_secrets(keys, question.forms)))
        return Done(tuple(tag + key for _, tag, key in custodian.derive(keys, question.forms)))

    def _lend(self) -> Done:
        if not self._serving.lends:
            raise StateFault(
                "custodian_lends_nothing",
                "the key custodian does not lend the register key, which this step needs itself",
                place="custodian",
                cure="Set `lend_key = true` in the custodian's configuration, start it again, run "
                "the step, and set it back.",
            )
        self._log("lent", user=self._uid)
        return Done(self._serving.keys)

    def _paid_for(self, key_id: str) -> _Paid:
        return self._paid.setdefault(key_id, _Paid())

    def _custodian(self, key_id: str, limit: int) -> KeyCustodian:
        for each in self._custodians(limit):
            if each.key_id == key_id:
                return each
        raise bad_request()

    def _custodians(self, limit: int) -> list[KeyCustodian]:
        serving, today = self._serving, self._serving.today()
        least = min(limit, serving.openings_per_day)
        if not any(made[1:] == (least, today) for made in self._made):
            if len(self._made) > 16 * len(serving.keys):
                self._made.clear()
            for secret in serving.keys:
                made = KeyCustodian(secret, serving.state_path, least, today, serving.keys)
                self._made[made.key_id, least, today] = made
        return [each for made, each in self._made.items() if made[1:] == (least, today)]


class CustodianServer:
    """Listens at a socket and answers, a thread for each connection, until it is told to stop."""

    def __init__(self, serving: Serving, log: Log) -> None:
        self._serving, self._log = serving, log
        self._open = dict[socket.socket, threading.Thread]()
        self._lock = threading.Lock()

    @contextmanager
    def listening(self) -> Generator[Callable[[Callable[[], bool]], None]]:
        """Listen at the socket; what is given answers until a function says that it is to stop.

        Raises SettingsFault `custodian_settings`, StateFault `custodian_served`, StoreFault
        `custodian_socket`.
        """
        listener = _listen(self._serving)
        try:
            yield lambda stopped: self._serve(listener, stopped)
        finally:
            listener.close()
            with suppress(OSError):
                self._serving.socket_path.unlink()
            with self._lock:
                left = dict(self._open)
            for connection, thread in left.items():
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
                thread.join(protocol.MESSAGE_SECONDS)

    def _serve(self, listener: socket.socket, stopped: Callable[[], bool]) -> None:
        listener.settimeout(_POLL_SECONDS)
        while not stopped():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            uid = protocol.peer(connection)
            if not may_call(uid, self._serving.group):
                self._log("refused", code="custodian_stranger", user=uid)
                connection.close()
                continue
            with self._lock:
                if len(self._open) >= CONNECTIONS:
                    self._log("refused", code="custodian_busy", user=uid)
                    connection.close()
                    continue
                thread = threading.Thread(target=self._talk, args=(connection, uid), daemon=True)
                self._open[connection] = thread
            thread.start()

    def _talk(self, connection: socket.socket, uid: int) -> None:
        """Answer one connection until it ends."""
        try:
            _converse(connection, _Session(self._serving, uid, self._log))
        except (OSError, ValueError):  # closed, broken or too slow: there is nobody to tell
            pass
        except Exception as bug:  # noqa: BLE001 - P1: an unforeseen error's text may hold a value
            self._log("failed", code=type(bug).__name__, user=uid)
        finally:
            with self._lock:
                self._open.pop(connection, None)
            connection.close()


def _converse(connection: socket.socket, session: _Session) -> None:
    seconds = protocol.MESSAGE_SECONDS
    protocol.send(connection, protocol.GREETING, seconds)
    if protocol.receive(connection, len(protocol.GREETING), seconds) != protocol.GREETING:
        return
    while True:
        connection.settimeout(IDLE_SECONDS)
        if not connection.recv(1, socket.MSG_PEEK):
            return
        ends = False
        try:
            answer = session.answer(
                protocol.read_question(protocol.receive_message(connection, seconds))
            )
        except ValueError:
            answer, ends = _refusal(bad_request()), True
        except CounterfoilError as fault:
            answer, ends = _refusal(fault), fault.code == "custodian_request"
        protocol.send(connection, protocol.encode(answer), seconds)
        if ends:
            return


def may_call(uid: int, group: str) -> bool:
    """Whether processes of this user are answered: the custodian's own user, and the members of the
    named group."""
    if uid == os.geteuid():
        return True
    try:
        user = pwd.getpwuid(uid)
        return bool(group) and grp.getgrnam(group).gr_gid in os.getgrouplist(
            user.pw_name, user.pw_gid
        )
    except KeyError:
        return False


def bad_request() -> UsageFault:
    """A question that is none."""
    return UsageFault(
        "custodian_request",
        "the key custodian was asked what it does not answer",
        place="custodian",
        cure="Nothing was derived. Run the same version of Counterfoil on both sides.",
    )


def _uncounted() -> StateFault:
    return StateFault(
        "custodian_uncounted",
        "no counted question pays for what the key custodian was asked",
        place="custodian",
        cure="Nothing was derived. If the custodian was started again meanwhile, run the step "
        "again; otherwise look for who asks.",
    )


def _refusal(fault: CounterfoilError) -> Refused:
    return Refused(type(fault).__name__, fault.code, fault.message, fault.place, fault.cure)


def _digest(key: AddressKey) -> bytes:
    """An address key in 16 bytes: many are kept."""
    said = f"{key.tolerance}\0{key.key}".encode("utf-8", "surrogatepass")
    return blake2b(said, digest_size=16).digest()


def _texts(address: AddressForm) -> tuple[str, ...]:
    return tuple(str(getattr(address, name)) for name in address.__struct_fields__)


def _marks(custodian: KeyCustodian, records: Iterable[tuple[bytes, bytes]]) -> list[bytes]:
    marks: list[bytes] = []
    for number, ref in records:
        text = ref.decode("utf-8", "surrogatepass")
        marks += custodian.hold_fingerprints(number, "") or [b""]
        marks += custodian.hold_fingerprints(b"", text) or [b""]
    return marks


def _listen(serving: Serving) -> socket.socket:
    """A socket of its own mode, in a folder that is its owner's alone."""
    path = serving.socket_path
    if len(os.fsencode(path)) > MOST_SOCKET_PATH:
        raise SettingsFault(
            "custodian_settings",
            f"the configuration cannot be used: `socket` has over {MOST_SOCKET_PATH} bytes",
            place="socket",
            cure="Correct the field; docs/operate/custodian.md lists them.",
        )
    try:
        if not protocol.is_private(path.parent):
            raise InputFault(
                "custodian_folder",
                "others than its owner may write in the folder of the socket",
                place=path.parent.name,
                cure="Make the folder writable for its owner alone (chmod 750).",
            )
        _remove_left_over(path)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(0o177)
        try:
            listener.bind(str(path))
        finally:
            os.umask(before)
        if serving.group:
            os.chown(path, -1, grp.getgrnam(serving.group).gr_gid)
            path.chmod(0o660)
        listener.listen(CONNECTIONS)
    except (OSError, KeyError) as fault:
        raise StoreFault(
            "custodian_socket",
            f"the key custodian cannot listen at its socket ({type(fault).__name__})",
            place=path.name,
            cure="Check the folder, its permissions and the group in the configuration.",
        ) from None
    return listener


def _remove_left_over(path: Path) -> None:
    """Remove the socket of a custodian that was killed. Raises StateFault where it is served."""
    if not path.is_socket():
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as trying:
        try:
            trying.settimeout(protocol.MESSAGE_SECONDS)
            trying.connect(str(path))
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
            return
    raise StateFault(
        "custodian_served",
        "a key custodian listens at this socket already",
        place=path.name,
        cure="Stop it first, or name another socket.",
    )
