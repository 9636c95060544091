"""A request of an officer to the office's door, signed with the officer's own key. Format
`counterfoil-officer-request-1`.

The officer's client signs, as canonical JSON (core/canonical.py) in UTF-8:

    {"body":"sha256:...","format":"counterfoil-officer-request-1","host":"127.0.0.1:8441",
     "method":"POST","nonce":"5d...","office":"office.example","officer":"officer-a",
     "path":"/v1/questions/batches","time":"2026-05-04T12:00:00Z"}

and sends, beside the request itself, one header:

    Authorization: Counterfoil-Officer officer="officer-a", time="2026-05-04T12:00:00Z",
        nonce="5d...", signature="BASE64"

- `body` is the SHA-256 of the body's bytes, those of nothing where there is none.
- `host` is the request's Host header, `path` its path with `?` and the query where there is one.
- `office` is the office's name, which the client has from its own settings or from GET /v1/office:
  a door of another name is signed nothing for.
- `nonce` is 16 random bytes in hex, `time` is UTC. The door takes what is at most two minutes away
  from its own clock and not older than its process, and each nonce of an officer once.

What an act needs is signed apart from that, as a statement (core/use_cases.py): a request lets an
officer in and orders nothing. The format's name keeps one from serving as the other.

The door checks, in this order: 1 the host is one of its own; 2 the header has its form; 3 the time;
4 the officer is enrolled; 5 the signature, of the key that is enrolled; 6 the officer is not
retired; 7 the nonce is new. Whoever cannot sign learns from 4 and 5 nothing: both are
`officer_request`.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from counterfoil.batches.officers import public_key, security_keys
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault, UsageFault
from counterfoil.core.instants import from_instant
from counterfoil.core.values import Officer, Public, Role

FORMAT: Final = "counterfoil-officer-request-1"
SCHEME: Final = "Counterfoil-Officer"
SKEW: Final = timedelta(seconds=120)
_SECOND: Final = timedelta(seconds=1)
_HEADER: Final = re.compile(
    r'Counterfoil-Officer officer="(?P<officer>[A-Za-z0-9._-]{1,64})", ?'
    r'time="(?P<time>[0-9TZ:-]{20})", ?nonce="(?P<nonce>[0-9a-f]{32})", ?'
    r'signature="(?P<signature>[A-Za-z0-9+/=]{1,200})"'
)


class Asked(Public, frozen=True):
    """What a request is, as both sides see it. `body` is its digest."""

    method: str
    host: str
    path: str
    body: str


class Credentials(Public, frozen=True):
    """What the header says."""

    officer: str
    time: str
    nonce: str
    signature: str


class Enrolled(Public, frozen=True):
    """An officer as the door knows them."""

    officer: Officer
    role: Role
    is_active: bool


def sign_request(
    asked: Asked, office: str, officer: str, time: str, nonce: str, sign: Callable[[bytes], bytes]
) -> str:
    """The Authorization header of a request. `sign` is the officer's key."""
    raw = sign(_signed_bytes(asked, office, officer, time, nonce))
    signature = b64encode(raw).decode("ascii")
    return f'{SCHEME} officer="{officer}", time="{time}", nonce="{nonce}", signature="{signature}"'


def read_credentials(header: str | None) -> Credentials:
    """What an Authorization header says. Raises UsageFault `officer_unsigned`,
    `officer_request`."""
    if not header:
        raise UsageFault(
            "officer_unsigned",
            "the request is not signed by an officer",
            place="Authorization",
            cure="Sign it with an enrolled officer's key: on the command line, name it with "
            "--officer.",
        )
    found = _HEADER.fullmatch(header)
    if found is None:
        raise _refused()
    return Credentials(**found.groupdict())


def check_request(
    asked: Asked,
    office: str,
    credentials: Credentials,
    enrolled: Sequence[Enrolled],
    now: datetime,
    nonces: Nonces,
) -> Enrolled:
    """The officer who signed the request (3 to 7 of the module).

    Raises UsageFault `request_stale`, `officer_request`, `request_replayed`, StateFault
    `officer_retired`.
    """
    at = _time(credentials.time)
    if at < nonces.since or abs(now - at) > SKEW:  # 3
        raise UsageFault(
            "request_stale",
            "the request's time is not near the office's",
            place="Authorization",
            cure="Set the clock of the machine that it was signed on, then ask again.",
        )
    known = next((each for each in enrolled if each.officer.name == credentials.officer), None)  # 4
    said = (office, credentials.officer, credentials.time, credentials.nonce)
    if known is None or not _verifies(known.officer, _signed_bytes(asked, *said), credentials):  # 5
        raise _refused()
    if not known.is_active:  # 6
        raise StateFault(
            "officer_retired",
            "this officer may no longer sign",
            place=known.officer.name,
            cure="Another officer must.",
        )
    nonces.use(credentials.officer, credentials.nonce, now)  # 7
    return known


class Nonces:
    """The nonces that were used in the last minutes. Requests from before it was made (`since`) are
    refused, because their nonces are not known."""

    def __init__(self, since: datetime) -> None:
        self.since = since
        self._used: dict[tuple[str, str], datetime] = {}

    def use(self, officer: str, nonce: str, now: datetime) -> None:
        """Use a nonce up. Raises UsageFault `request_replayed`."""
        if (officer, nonce) in self._used:
            raise UsageFault(
                "request_replayed",
                "this request came before",
                place="Authorization",
                cure="Sign it anew: each request has a nonce of its own.",
            )
        self._used[officer, nonce] = now
        oldest = next(iter(self._used))
        while self._used[oldest] < now - 3 * SKEW:
            # Should the machine's clock go back, what is forgotten here must not pass as new.
            self.since = max(self.since, self._used.pop(oldest) + SKEW + _SECOND)
            oldest = next(iter(self._used))


def _signed_bytes(asked: Asked, office: str, officer: str, time: str, nonce: str) -> bytes:
    said = {"method": asked.method, "host": asked.host, "path": asked.path, "body": asked.body}
    who = {"office": office, "officer": officer, "time": time, "nonce": nonce}
    return canonical.encode({"format": FORMAT, **said, **who})


def _time(text: str) -> datetime:
    try:
        return from_instant(text)
    except ValueError:
        raise _refused() from None


def _verifies(officer: Officer, data: bytes, credentials: Credentials) -> bool:
    if security_keys(officer) is not None:  # Such an officer comes by the pages.
        return False
    try:
        raw = b64decode(credentials.signature, validate=True)
        Ed25519PublicKey.from_public_bytes(public_key(officer)).verify(raw, data)
    except (InvalidSignature, Base64Error, ValueError):
        return False
    return True


def _refused() -> UsageFault:
    return UsageFault(
        "officer_request",
        "the request is not signed by an officer of this office",
        place="Authorization",
        cure="Sign it with the key that is enrolled for the officer.",
    )
