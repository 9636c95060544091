"""The gateway: what requesters reach over HTTP. It holds no key, and only the mailbox and what is
published: it learns who, when and a padded size. Its routes are in gateway.openapi.yaml.

    PUT  /v1/items/{item}     a sealed item; 201 with a receipt, 200 where it was there already
    GET  /v1/items/{item}     how far it is: arrived, received, answered
    GET  /v1/receipts/{item}  the office's signed receipt
    GET  /v1/outbox/head      the signed head of the outbox
    GET  /v1/outbox/{item}    the sealed answer, or a sealed notice
    GET  /v1/intake-key, /v1/agreement, /v1/checkpoint, /v1/tile/..., /v1/entries/..., /v1/counts
    GET  /v1/health           200 while a validly signed checkpoint is young enough
    GET  /metrics             counts of requests and bytes, none by outcome of an answer

Before the first byte of a body: the certificate, the rate, a free place, the stated length and
type, room in the mailbox. A body goes to the disk block by block. Outside a sandbox only sealed
items are taken. A request that names an item needs its 128-bit id, which only its sender and the
office know; nothing lists them.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import shutil
import time
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import AsyncIterator, Sequence
from http import HTTPMethod
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import unquote

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from counterfoil.api.bodies import blocks, stated_length
from counterfoil.api.door import Log, application
from counterfoil.api.limits import Places, RateLimiter, RateLimits
from counterfoil.api.problems import json_response
from counterfoil.core.atomic_files import open_regular
from counterfoil.core.errors import InputFault, StateFault, StoreFault, UsageFault
from counterfoil.core.values import Public
from counterfoil.exchange.mailbox import SEALED, Arrival, Mailbox, item_id
from counterfoil.exchange.published import PublishedLedger

CERTIFICATE: Final = "x-client-certificate"
"""What the proxy says of the certificate that it checked: PEM, escaped as in a URL."""
_FORMS: Final = {
    "application/vnd.counterfoil.item": SEALED,
    "application/octet-stream": SEALED,
    "text/csv": "csv",
    "application/jsonl": "jsonl",
    "application/x-ndjson": "jsonl",
    "application/vnd.apache.parquet": "parquet",
}
_PEM: Final = re.compile(
    r"-----BEGIN CERTIFICATE-----\s+([A-Za-z0-9+/=\s]+?)\s*-----END CERTIFICATE-----\s*"
)
_TILE: Final = re.compile(
    r"(entries|[0-9]{1,2})/(x[0-9]{3}/){0,6}[0-9]{3}(\.p/[0-9]{1,3})?", re.ASCII
)
_LASTS: Final = "public, max-age=31536000, immutable"
_FREE_BYTES: Final = 64_000_000
_PART: Final = 1 << 18


class GatewaySettings(Public, frozen=True):
    """What a gateway is told. `mailbox` and `public` are folders; `holder` the holder's verifier
    key; `open_files` whether files in the open are taken, as in a sandbox; `certificates` the
    SHA-256 of each client certificate that is let in, in hex, or None where no proxy checks any;
    `fresh_seconds` how old the checkpoint may be for a healthy gateway; `puts` items at once;
    `most_waiting` files of the inbox beyond which it is full; `hosts` the names by which it is
    reached, None for any: then a proxy sees to it."""

    mailbox: Path
    public: Path
    holder: str
    open_files: bool = False
    certificates: tuple[str, ...] | None = None
    fresh_seconds: int = 100_000
    most_bytes: int = 600_000_000
    most_waiting: int = 50_000
    puts: int = 256
    rate: RateLimits = RateLimits()
    hosts: tuple[str, ...] | None = None


class Gateway:
    """One gateway: its limits, its counts and its handlers."""

    def __init__(self, settings: GatewaySettings, log: Log) -> None:
        self.settings = settings
        self.log = log
        self.mailbox = Mailbox(settings.mailbox)
        self.ledger = PublishedLedger(settings.public, settings.holder)
        self.rate = RateLimiter(settings.rate)
        self.places = Places(settings.puts)
        self.registry = CollectorRegistry()
        self._asked = Counter(
            "counterfoil_gateway_requests", "Requests by route", ["route"], registry=self.registry
        )
        self._refused = Counter(
            "counterfoil_gateway_unserved",
            "Requests that were not served, by status",
            ["status"],
            registry=self.registry,
        )
        self._bytes = Counter(
            "counterfoil_gateway_item_bytes", "Bytes of items", registry=self.registry
        )
        self._placed = Gauge(
            "counterfoil_gateway_puts", "Items that come in now", registry=self.registry
        )
        self._placed.set_function(lambda: self.places.taken)
        self._room: tuple[float, bool] = (0.0, True)

    def app(self, beside: Sequence[Route] = ()) -> Starlette:
        """The application; `beside`: routes of pages that it serves as well."""
        get, put = HTTPMethod.GET, HTTPMethod.PUT
        routes = (
            (put, "/v1/items/{item}", self.put_item),
            (get, "/v1/items/{item}", self.item_state),
            (get, "/v1/receipts/{item}", self.receipt),
            (get, "/v1/outbox/head", self.head),
            (get, "/v1/outbox/{item}", self.answer),
            (get, "/v1/intake-key", self.intake_key),
            (get, "/v1/agreement", self.agreement),
            (get, "/v1/counts", self.counts),
            (get, "/v1/checkpoint", self.checkpoint),
            (get, "/v1/tile/{path:path}", self.tile),
            (get, "/v1/tiles/{path:path}", self.tile),
            (get, "/v1/entries/{path:path}", self.entries),
            (get, "/v1/openapi.yaml", self.openapi),
            (get, "/v1/health", self.health),
            (get, "/metrics", self.metrics),
        )
        return application(routes, self.log, self.count, beside, self.settings.hosts)

    def count(self, route: str, status: int) -> None:
        """Count one request."""
        self._asked.labels(route or "unknown").inc()
        if status >= 400:
            self._refused.labels(str(status)).inc()

    # -- who asks --------------------------------------------------------------------------

    def admit(self, request: Request) -> None:
        """Let a client in, by its certificate where one is needed, and count it. Raises UsageFault
        `client_certificate`, `client_certificate_other`, StateFault `rate_limited`."""
        allowed = self.settings.certificates
        client = request.client.host if request.client else "local"
        if allowed is not None:
            client = fingerprint(request.headers)
            if client not in allowed:
                raise UsageFault(
                    "client_certificate_other",
                    "the agreement does not name this certificate",
                    place="certificate",
                    cure="Use the certificate that the agreement names, or have it amended.",
                )
        self.rate.take(client)

    # -- items -----------------------------------------------------------------------------

    async def put_item(self, request: Request) -> Response:
        """Take an item whole, or nothing of it."""
        self.admit(request)
        with self.places.take():
            item = item_id(request.path_params["item"])
            form = self._form(request.headers)
            stated_length(request.headers, self.settings.most_bytes)
            sent = blocks(request, self.settings.most_bytes)
            arrival, new = await self.take_item(item, form, sent)
        return json_response(arrival, 201 if new else 200)

    async def take_item(
        self, item: str, form: str, sent: AsyncIterator[bytes]
    ) -> tuple[Arrival, bool]:
        """Take what is sent, whole or nothing of it; whether it is new.

        Raises StateFault `mailbox_full`, `item_taken`; InputFault `body_empty`; StoreFault
        `mailbox_folder`; whatever `sent` raises.
        """
        try:
            await asyncio.to_thread(self._require_room)
            arrival, new = await self._take(item, form, sent)
        except OSError as fault:
            raise StoreFault(
                "mailbox_folder",
                f"the mailbox cannot be written ({type(fault).__name__})",
                place="mailbox",
                cure="Nothing was kept. Send it again later; the operator has to look at the "
                "folder.",
            ) from None
        if new:
            self._bytes.inc(arrival.bytes)
            self.log("arrived", item=item, form=form, bytes=arrival.bytes)
        return arrival, new

    async def _take(self, item: str, form: str, sent: AsyncIterator[bytes]) -> tuple[Arrival, bool]:
        """Raises OSError, InputFault, StateFault `item_taken`."""
        incoming, size = await asyncio.to_thread(self.mailbox.begin, item), 0
        try:
            async for block in sent:
                size += len(block)
                await asyncio.to_thread(incoming.write, block)
            if not size:
                raise InputFault(
                    "body_empty", "the body is empty", place="body", cure="Send the item."
                )
            return await asyncio.to_thread(self.mailbox.place, item, form, incoming)
        finally:
            await asyncio.to_thread(incoming.drop)

    def _form(self, headers: Headers) -> str:
        """What the body is, by its one type; one that is packed besides is not taken. Raises
        InputFault `media_type`."""
        named = headers.getlist("content-type") or ["application/octet-stream"]
        form = _FORMS.get(named[0].partition(";")[0].strip().lower(), "")
        packed = headers.get("content-encoding", "identity").strip().lower() != "identity"
        if (
            packed
            or len(named) != 1
            or not form
            or (form != SEALED and not self.settings.open_files)
        ):
            raise InputFault(
                "media_type",
                "the gateway takes no body of this type",
                place="Content-Type",
                cure="Send a sealed item as application/vnd.counterfoil.item. Only a sandbox "
                "takes files in the open.",
            )
        return form

    def _require_room(self) -> None:
        """Raise StateFault `mailbox_full` where nothing more fits. Looked at once a second."""
        at, room = self._room
        if time.monotonic() - at > 1:
            waiting = self.mailbox.count_waiting()
            free = shutil.disk_usage(self.mailbox.inbox).free
            room = waiting < self.settings.most_waiting and free > _FREE_BYTES
            self._room = (time.monotonic(), room)
        if not room:
            raise StateFault(
                "mailbox_full",
                "the mailbox is full",
                place="mailbox",
                cure="Nothing was kept. Send it again later.",
            )

    async def item_state(self, request: Request) -> Response:
        """How far an item is, for whoever knows its id."""
        self.admit(request)
        item = item_id(request.path_params["item"])
        state = await asyncio.to_thread(self.state_of, item)
        if not state:
            raise _item_unknown()
        arrival = self.mailbox.arrival(item)
        return json_response({"item": item, "state": state, "arrival": arrival})

    def state_of(self, item: str) -> str:
        """How far an item is: answered, received, arrived, or "" where nothing is known of it."""
        if self.mailbox.answer(item).is_file():
            return "answered"
        if self.mailbox.receipt(item).is_file():
            return "received"
        return "arrived" if self.mailbox.arrival(item) else ""

    async def receipt(self, request: Request) -> Response:
        """The office's receipt."""
        self.admit(request)
        path = self.mailbox.receipt(item_id(request.path_params["item"]))
        return await _file(path, _item_unknown(), "application/jose")

    async def answer(self, request: Request) -> Response:
        """The sealed answer to an item, or a sealed notice."""
        self.admit(request)
        item = item_id(request.path_params["item"])
        notice = self.mailbox.notice(item)
        path = notice if notice.is_file() else self.mailbox.answer(item)
        return await _file(path, _item_unknown(), "application/vnd.counterfoil.item")

    async def head(self, request: Request) -> Response:
        """The head of the outbox."""
        self.admit(request)
        return await _file(self.mailbox.head, _not_published(), "application/jose")

    # -- what is published -----------------------------------------------------------------

    async def intake_key(self, request: Request) -> Response:
        """The key that items are sealed to, signed."""
        self.admit(request)
        return await _file(self.mailbox.intake_key, _not_published(), "application/jose")

    async def agreement(self, request: Request) -> Response:
        """The agreement as it was published."""
        self.admit(request)
        return await self._published("agreement.json", "application/json")

    async def counts(self, request: Request) -> Response:
        """The counts that the public ledger shows."""
        self.admit(request)
        return await self._published("counts.json", "application/json")

    async def checkpoint(self, request: Request) -> Response:
        """The newest published checkpoint."""
        self.admit(request)
        return await self._published("checkpoint", "text/plain")

    async def tile(self, request: Request) -> Response:
        """A tile of the ledger: `LEVEL/INDEX` or `entries/INDEX`, as c2sp.org/tlog-tiles says."""
        self.admit(request)
        return await self._tile(request.path_params["path"])

    async def entries(self, request: Request) -> Response:
        """A bundle of entries."""
        self.admit(request)
        return await self._tile(f"entries/{request.path_params['path']}")

    async def _tile(self, path: str) -> Response:
        if not _TILE.fullmatch(path):
            raise _not_published()
        return await self._published(f"tile/{path}", "application/octet-stream", _LASTS)

    async def _published(self, name: str, kind: str, lasts: str = "no-cache") -> Response:
        return await _file(self.settings.public / name, _not_published(), kind, lasts)

    async def openapi(self, request: Request) -> Response:
        """The description of these routes."""
        self.admit(request)
        path = Path(__file__).with_name("gateway.openapi.yaml")
        return await _file(path, _not_published(), "application/yaml")

    # -- how it is -------------------------------------------------------------------------

    async def health(self, _request: Request) -> Response:
        """Whether requesters can be served: a validly signed checkpoint is young enough."""
        age = await asyncio.to_thread(self.ledger.checkpoint_age)
        healthy = age is not None and age <= self.settings.fresh_seconds
        said = {"status": "ok" if healthy else "stale", "checkpoint_age_seconds": age}
        return json_response(said, 200 if healthy else 503)

    async def metrics(self, _request: Request) -> Response:
        """Counts for whoever watches the gateway."""
        return Response(generate_latest(self.registry), media_type="text/plain; version=0.0.4")


def fingerprint(headers: Headers) -> str:
    """The SHA-256 of the client's certificate (DER), in hex; the proxy names one, and one only.
    Raises UsageFault `client_certificate`."""
    named = headers.getlist(CERTIFICATE)
    found = _PEM.fullmatch(unquote(named[0]).strip() + "\n") if len(named) == 1 else None
    try:
        return hashlib.sha256(b64decode(found[1])).hexdigest() if found else _no_certificate()
    except Base64Error:
        return _no_certificate()


def _no_certificate() -> str:
    raise UsageFault(
        "client_certificate",
        "the client showed no certificate",
        place="certificate",
        cure="Connect through the gateway's proxy, with the certificate that the agreement names.",
    )


async def _file(path: Path, missing: Exception, kind: str, lasts: str = "no-store") -> Response:
    """A file as it is now, no link followed. One that is replaced meanwhile is sent as it was: it
    is opened once."""
    try:
        file, size = await asyncio.to_thread(_opened, path)
    except (OSError, ValueError):
        raise missing from None
    headers = {"Cache-Control": lasts, "Content-Length": str(size)}
    return StreamingResponse(_parts(file, size), headers=headers, media_type=kind)


def _opened(path: Path) -> tuple[BinaryIO, int]:
    file = open_regular(path)
    return file, os.fstat(file.fileno()).st_size


async def _parts(file: BinaryIO, size: int) -> AsyncIterator[bytes]:
    with file:
        while size > 0 and (part := await asyncio.to_thread(file.read, min(size, _PART))):
            size -= len(part)
            yield part


def _item_unknown() -> UsageFault:
    return UsageFault(
        "item_unknown",
        "there is nothing here of an item of this id",
        place="item",
        cure="Check the id; what was never receipted is sent again.",
    )


def _not_published() -> UsageFault:
    return UsageFault(
        "not_published",
        "the office has published nothing of this name yet",
        place="path",
        cure="Ask again later.",
    )
