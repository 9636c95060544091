"""An office by its URL: each request is signed with the officer's key, statements are signed here,
and nothing but signatures and questions leaves the officer's machine.

`http://HOST:PORT`, `https://HOST`, or `unix:PATH`. The office's name comes from the door itself and
is shown in every statement; a key signs for one office only where its holder keeps one key an
office. What comes back is bounded, is read into the use case's own result, and is believed as far
as the door is: what must hold is signed, entered and can be checked (docs/guides/inspector.md).
"""

from __future__ import annotations

import os
import socket
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import urlsplit

import msgspec

from counterfoil.client.actions import Action
from counterfoil.core import errors
from counterfoil.core.canonical import digest
from counterfoil.core.errors import CounterfoilError, StateFault, StoreFault, UsageFault
from counterfoil.core.instants import instant_text
from counterfoil.core.use_cases import Signed, Statement, Upload
from counterfoil.office.signed_request import Asked, sign_request

SECONDS: Final = 120
_MOST_BYTES: Final = 256_000_000
_MOST_FILE: Final = 8_000_000
_BLOCK: Final = 1 << 16
_UNIX: Final = "unix:"
_CLASSES: Final = {
    400: errors.UsageFault,
    401: errors.UsageFault,
    403: errors.StateFault,
    404: errors.StateFault,
    409: errors.StateFault,
    422: errors.InputFault,
    503: errors.StoreFault,
}
Sign = Callable[[bytes], bytes]


class OfficeFacts(msgspec.Struct, frozen=True):
    """What the door of an office says of itself to anybody."""

    office: str
    sandbox: bool
    agreement: str
    version: str


class _Problem(msgspec.Struct, frozen=True):
    code: str
    title: str
    status: int
    place: str = ""
    cure: str = ""
    exit_code: int = 0


class RemoteOffice:
    """One office, reached by one officer. Its `repr` shows the URL alone."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._officer = ""
        self._sign: Sign | None = None
        self.facts = self._facts()

    def __repr__(self) -> str:
        return f"<RemoteOffice {self.url}>"

    def act_as(self, officer: str, sign: Sign) -> None:
        """Sign every request from now on as this officer."""
        self._officer, self._sign = officer, sign

    # -- use cases -------------------------------------------------------------------------

    def ask(self, action: Action, question: Any = None) -> Any:
        """Put a question. Raises what the use case raises, StoreFault `office_unreachable`."""
        return self._result(f"/v1/questions/{action.name}", question, action.gives)

    def statement(self, action: Action, command: Any) -> Statement:
        """The statement of an act, to be signed."""
        return self._result(f"/v1/statements/{action.name}", command, Statement)

    def perform(self, action: Action, command: Any, signatures: tuple[Signed, ...]) -> Any:
        """Do an act that was signed."""
        body = {"command": command, "signatures": signatures}
        return self._result(f"/v1/acts/{action.name}", body, action.gives)

    def _result(self, path: str, body: Any, kind: Any) -> Any:
        data = msgspec.json.encode(body, enc_hook=_file) if body is not None else b"null"
        answer = self._call("POST", path, data)
        try:
            return msgspec.json.decode(answer, type=kind)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise self._unreachable("its answer is in another form") from None

    def answer(self, batch: str, part: str, sink: IO[bytes]) -> None:
        """Write a part of a released answer: `rows` or `envelope`."""
        self._call("GET", f"/v1/batches/{batch}/{part}", b"", sink)

    # -- HTTP ------------------------------------------------------------------------------

    def _facts(self) -> OfficeFacts:
        try:
            return msgspec.json.decode(self._call("GET", "/v1/office", b""), type=OfficeFacts)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise self._unreachable("no office answers there") from None
        except CounterfoilError as fault:
            if fault.code != "route_unknown":
                raise
            raise self._unreachable("another door than the office's answers there") from None

    def _call(self, method: str, path: str, body: bytes, sink: IO[bytes] | None = None) -> bytes:
        connection, host, prefix = self._connect()
        target = prefix + path
        headers = {"Host": host, "Content-Type": "application/json"}
        if self._sign is not None:
            headers["Authorization"] = self._signature(method, host, target, body)
        try:
            connection.request(method, target, body or None, headers)
            response = connection.getresponse()
            if response.status != 200:
                raise _problem(response.status, response.read(_BLOCK))
            if sink is None:
                answer = response.read(_MOST_BYTES + 1)
                if len(answer) > _MOST_BYTES:
                    raise self._unreachable("its answer is too long")
                return answer
            while block := response.read(_BLOCK):
                sink.write(block)
            return b""
        except (OSError, HTTPException) as fault:
            raise self._unreachable(type(fault).__name__) from None
        finally:
            connection.close()

    def _signature(self, method: str, host: str, target: str, body: bytes) -> str:
        if self._sign is None:
            raise UsageFault(
                "officer_missing",
                "no officer's key was named",
                place="--officer",
                cure="Name an enrolled officer's key file with --officer.",
            )
        asked = Asked(method, host, target, digest(body))
        time, nonce = instant_text(datetime.now(UTC)), os.urandom(16).hex()
        return sign_request(asked, self.facts.office, self._officer, time, nonce, self._sign)

    def _connect(self) -> tuple[HTTPConnection, str, str]:
        """(connection, Host header, path before ours)."""
        if self.url.startswith(_UNIX):
            return _UnixConnection(self.url.removeprefix(_UNIX)), "localhost", ""
        kinds = {"http": HTTPConnection, "https": HTTPSConnection}
        try:
            parts = urlsplit(self.url)
            port, host = parts.port, parts.hostname
        except ValueError:
            parts, port, host = urlsplit(""), None, None
        if parts.scheme not in kinds or not host or "@" in parts.netloc:
            raise UsageFault(
                "office_url",
                "this is no URL of an office",
                place="--office",
                cure="Write http://HOST:PORT, https://HOST or unix:PATH.",
            )
        made = kinds[parts.scheme](host, port, timeout=SECONDS)
        return made, parts.netloc, parts.path

    def _unreachable(self, why: str) -> StoreFault:
        return StoreFault(
            "office_unreachable",
            f"the office does not answer ({why})",
            place=self.url,
            cure="Check the URL, and that a service runs there: `counterfoil serve office --config "
            "FILE`.",
        )


class _UnixConnection(HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(SECONDS)
        self.sock.connect(self._path)


def _problem(status: int, body: bytes) -> CounterfoilError:
    """The fault that a problem document tells, as the class of its exit code."""
    try:
        told = msgspec.json.decode(body, type=_Problem)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return StateFault(
            "office_refused",
            f"the office answered with the status {status}",
            place="--office",
            cure="Check the URL: something else than an office may stand before it.",
        )
    kind: type[CounterfoilError] = _CLASSES.get(status, errors.StateFault)
    fault = kind(told.code, told.title, place=told.place, cure=told.cure)
    if told.exit_code:
        fault.exit_code = told.exit_code
    return fault


def _file(value: Any) -> Any:
    """Hook of msgspec: a file goes along as its bytes."""
    if not isinstance(value, Path):
        raise ValueError("only a file is sent as something else than what it is")
    data = Upload(value).read_whole(_MOST_FILE)
    return {"name": value.name, "content": b64encode(data).decode("ascii")}
