"""Two ways to one mailbox: the gateway over HTTP, and a folder that a managed file transfer fills.

Nothing that comes by a way is trusted: an item has its seal, an answer and a receipt their
signature, and the head of the outbox says what ought to be there. A way can lose, delay, double and
mix up, and each is noticed by whoever calls.

Bounds: 30 seconds for each wait, 10 minutes for each request, 4 MB of a statement, 5 GB of an
item. No redirection is followed. Over TLS the server's certificate is checked, and a client
certificate is shown where one is named.
"""

from __future__ import annotations

import json
import os
import re
import ssl
import time
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple, Protocol, cast
from urllib.parse import urlsplit

from counterfoil.core.atomic_files import open_regular, read_regular, sync_path
from counterfoil.core.bounded import is_bounded_json
from counterfoil.core.errors import InputFault, StateFault, StoreFault, UsageFault, VerifyFault
from counterfoil.envelopes.statements import MAX_STATEMENT_BYTES

MAX_ITEM_BYTES: Final = 5_000_000_000
_WAIT_SECONDS: Final = 30
_REQUEST_SECONDS: Final = 600
_PIECE: Final = 65_536
_CODE: Final = re.compile("[a-z][a-z0-9_]{0,63}")
_MAX_PROBLEM_BYTES: Final = 65_536


class Way(Protocol):
    """How items go to and fro."""

    def put(self, item: str, path: Path) -> str:
        """Hand over an item; the same again is the same item. Returns what is to be said of it."""
        ...

    def receipt(self, item: str) -> bytes | None:
        """The office's receipt, as it lies there; None where there is none yet."""
        ...

    def head(self) -> bytes | None:
        """The head of the outbox, as it lies there."""
        ...

    def fetch(self, item: str, kind: str, sink: BinaryIO) -> bool:
        """Write what lies in the outbox under this name; False where nothing does."""
        ...

    def intake_key(self) -> bytes | None:
        """The intake key's statement, as it lies there."""
        ...


class Tls(NamedTuple):
    """Files of a client certificate, its key, and the authority that the server's is checked
    against."""

    certificate: Path | None = None
    key: Path | None = None
    authority: Path | None = None


def open_way(named: str, tls: Tls) -> Way:
    """The way to a URL or a folder. Raises UsageFault `way_unknown`, InputFault `tls_files`."""
    if named.startswith(("http://", "https://")):
        try:
            return Gateway(named, tls)
        except ValueError:
            raise _unknown_way() from None
    folder = Path(named)
    if not folder.is_dir():
        raise _unknown_way()
    return Folder(folder)


def _unknown_way() -> UsageFault:
    return UsageFault(
        "way_unknown",
        "this is neither a URL nor a folder that exists",
        place="--to, --from",
        cure="Name the gateway, https://..., or the folder of the mailbox.",
    )


class Folder:
    """A mailbox's folder; or any folder that items are put into, for somebody to carry."""

    def __init__(self, root: Path) -> None:
        self.root = root.parent if root.name in ("inbox", "outbox") else root

    def put(self, item: str, path: Path) -> str:
        """Copy an item into the inbox, whole or not at all. Raises StoreFault `way_folder`,
        StateFault `item_taken`."""
        inbox = self.root / "inbox"
        folder = inbox if inbox.is_dir() else self.root
        target, beside = folder / f"{item}.item", folder / f".{item}.{os.urandom(4).hex()}.part"
        try:
            with path.open("rb") as source, beside.open("xb") as sink:
                while piece := source.read(_PIECE):
                    sink.write(piece)
                sink.flush()
                os.fsync(sink.fileno())
            if target.exists() and target.stat().st_size != path.stat().st_size:
                beside.unlink()
                raise StateFault(
                    "item_taken",
                    "another item of this name lies there",
                    place=target.name,
                    cure="Remove it, or sign the file again.",
                )
            beside.replace(target)
            sync_path(folder)
        except OSError as fault:
            with suppress(OSError):
                beside.unlink()
            raise StoreFault(
                "way_folder",
                f"the item cannot be put into the folder ({type(fault).__name__})",
                place=folder.name,
                cure="Check that you may write there, and disk space; then run it again.",
            ) from None
        return f"put into {folder.name}/{target.name}"

    def receipt(self, item: str) -> bytes | None:
        """As `Way.receipt`."""
        return self._read(self.root / "receipts" / f"{item}.receipt")

    def head(self) -> bytes | None:
        """As `Way.head`."""
        return self._read(self.root / "outbox" / "head.json")

    def intake_key(self) -> bytes | None:
        """As `Way.intake_key`."""
        return self._read(self.root / "intake-key.jws")

    def fetch(self, item: str, kind: str, sink: BinaryIO) -> bool:
        """As `Way.fetch`."""
        path = self.root / "outbox" / f"{item}.{kind}"
        try:
            source = open_regular(path)
        except OSError:
            return False
        with source:
            if os.fstat(source.fileno()).st_size > MAX_ITEM_BYTES:
                return False
            while piece := source.read(_PIECE):
                sink.write(piece)
        return True

    def _read(self, path: Path) -> bytes | None:
        try:
            return read_regular(path, MAX_STATEMENT_BYTES)
        except (OSError, ValueError):
            return None


class Gateway:
    """The gateway's HTTP. Raises ValueError for a URL that names no gateway."""

    def __init__(self, url: str, tls: Tls) -> None:
        parts = urlsplit(url)
        self._host, self._port, self._path = parts.hostname or "", parts.port, parts.path
        if not self._host or parts.username or parts.query or parts.fragment:
            raise ValueError("a gateway is named by host, port and path alone")
        self._context = _context(tls) if parts.scheme == "https" else None

    def put(self, item: str, path: Path) -> str:
        """Raises StoreFault `way_unreachable`, VerifyFault `gateway_refused`."""
        with path.open("rb") as file:
            status, body = self._ask("PUT", f"/v1/items/{item}", file, path.stat().st_size)
        if status not in (200, 201, 202):
            raise _refused(status, body)
        return "arrived at the gateway" if status != 200 else "was at the gateway already"

    def receipt(self, item: str) -> bytes | None:
        """As `Way.receipt`."""
        return self._get(f"/v1/receipts/{item}")

    def head(self) -> bytes | None:
        """As `Way.head`."""
        return self._get("/v1/outbox/head")

    def intake_key(self) -> bytes | None:
        """As `Way.intake_key`."""
        return self._get("/v1/intake-key")

    def fetch(self, item: str, kind: str, sink: BinaryIO) -> bool:
        """As `Way.fetch`."""
        status, body = self._ask("GET", f"/v1/outbox/{item}", None, 0, sink)
        if status not in (200, 404):
            raise _refused(status, body)
        return status == 200

    def _get(self, path: str) -> bytes | None:
        status, body = self._ask("GET", path, None, 0)
        if status in (404, 204):
            return None
        if status != 200:
            raise _refused(status, body)
        return body

    def _ask(
        self,
        method: str,
        path: str,
        body: BinaryIO | None,
        length: int,
        sink: BinaryIO | None = None,
    ) -> tuple[int, bytes]:
        """Status and body of one request; a body of 200 goes to `sink` where there is one."""
        connection = self._connect()
        try:
            headers = {"Accept": "application/json, application/octet-stream"}
            if body is not None:
                headers |= {
                    "Content-Length": str(length),
                    "Content-Type": "application/octet-stream",
                }
            connection.request(method, self._path.rstrip("/") + path, body, headers)
            return _read(connection.getresponse(), sink)
        except (OSError, HTTPException, ValueError) as fault:
            raise StoreFault(
                "way_unreachable",
                f"the gateway cannot be reached, or broke off ({type(fault).__name__})",
                place="gateway",
                cure="Check its address and the network, then run it again: an item that was sent "
                "twice is one item.",
            ) from None
        finally:
            connection.close()

    def _connect(self) -> HTTPConnection:
        if self._context is None:
            return HTTPConnection(self._host, self._port, timeout=_WAIT_SECONDS)
        return HTTPSConnection(self._host, self._port, timeout=_WAIT_SECONDS, context=self._context)


def _read(response: HTTPResponse, sink: BinaryIO | None) -> tuple[int, bytes]:
    deadline, size, pieces = time.monotonic() + _REQUEST_SECONDS, 0, list[bytes]()
    into_sink = sink is not None and response.status == 200
    limit = MAX_ITEM_BYTES if into_sink else MAX_STATEMENT_BYTES
    while piece := response.read(_PIECE):
        size += len(piece)
        if size > limit or time.monotonic() > deadline:
            raise ValueError
        if into_sink and sink is not None:
            sink.write(piece)
        else:
            pieces.append(piece)
    if response.length:  # http.client does not tell a body that ends before its end
        raise ValueError
    return response.status, b"".join(pieces)


def _context(tls: Tls) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=tls.authority)
        if tls.certificate is not None:
            context.load_cert_chain(tls.certificate, tls.key)
    except (OSError, ssl.SSLError):
        raise InputFault(
            "tls_files",
            "the certificate, its key or the authority cannot be read",
            place="--cert, --cert-key, --ca",
            cure="Name PEM files; the key without a passphrase, or none where it stands in the "
            "certificate's file.",
        ) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context


def _refused(status: int, body: bytes) -> VerifyFault:
    """What a gateway refuses, by the code that it gives. Its words are not repeated: they are not
    signed."""
    said = body[:_MAX_PROBLEM_BYTES]
    fields: Any = None
    with suppress(ValueError):
        fields = json.loads(said) if is_bounded_json(said) else None
    code = str(cast("dict[str, Any]", fields).get("code", "")) if isinstance(fields, dict) else ""
    known = code if _CODE.fullmatch(code) else "no code"
    return VerifyFault(
        "gateway_refused",
        f"the gateway refuses: {known}, status {status}",
        place="gateway",
        cure="docs/formats/codes.md tells what the code means. Nothing was lost: run the same "
        "command again when it is mended.",
    )
