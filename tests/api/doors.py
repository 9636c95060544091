"""The doors in this process: requests without a network, and officers who sign them."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec
from starlette.applications import Starlette
from starlette.types import ASGIApp

from counterfoil.api.gateway import Gateway, GatewaySettings
from counterfoil.api.limits import RateLimits
from counterfoil.api.office import OfficeDoor
from counterfoil.client import OfficerKey
from counterfoil.core.canonical import digest
from counterfoil.core.instants import instant_text
from counterfoil.exchange.mailbox import Mailbox
from counterfoil.office.signed_request import Asked, sign_request
from counterfoil.service.server import bind, serve
from tests.world.office import World

READY_SECONDS = 30
HOST = "office.test"
ITEM = "0123456789abcdef" * 2
OTHER = "fedcba9876543210" * 2


class Client:
    """Puts requests to an application in this process, one at a time."""

    def __init__(self, app: Starlette, url: str = "http://door.test") -> None:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=True)
        self.client = httpx.AsyncClient(transport=transport, base_url=url)
        self.runner = asyncio.Runner()

    def request(self, method: str, path: str, **said: Any) -> httpx.Response:
        content = said.pop("content", None)
        if content is not None and not isinstance(content, bytes):
            content = _parts(content)
        return self.runner.run(self.client.request(method, path, content=content, **said))

    def get(self, path: str, **said: Any) -> httpx.Response:
        return self.request("GET", path, **said)

    def put(self, path: str, **said: Any) -> httpx.Response:
        return self.request("PUT", path, **said)

    def post(self, path: str, **said: Any) -> httpx.Response:
        return self.request("POST", path, **said)

    def close(self) -> None:
        self.runner.run(self.client.aclose())
        self.runner.close()


async def _parts(content: Iterable[bytes]) -> AsyncIterator[bytes]:
    for part in content:
        yield part


class Lines(list[dict[str, Any]]):
    """A log that can be looked at."""

    def __call__(self, event: str, **fields: Any) -> None:
        self.append({"event": event, **fields})


@contextmanager
def listening(app: ASGIApp, connections: int) -> Iterator[int]:
    """The port of an application that is served to real sockets, as the service does it."""
    bound = bind("127.0.0.1:0")
    ready, stops = threading.Event(), list[Any]()

    async def run() -> None:
        stopping = asyncio.Event()
        loop = asyncio.get_running_loop()
        stops.append(lambda: loop.call_soon_threadsafe(stopping.set))
        await serve(app, bound, stopping, ready.set, connections=connections)

    thread = threading.Thread(target=asyncio.run, args=(run(),))
    thread.start()
    try:
        assert ready.wait(READY_SECONDS)
        yield bound.getsockname()[1]
    finally:
        stops[0]()
        thread.join(READY_SECONDS)


@contextmanager
def gateway(folder: Path, holder: str, **settings: Any) -> Iterator[tuple[Client, Lines]]:
    """A gateway over a new mailbox in a folder."""
    made = GatewaySettings(folder / "mailbox", folder / "public", holder, **settings)
    Mailbox(made.mailbox).make()
    log = Lines()
    client = Client(Gateway(made, log).app())
    try:
        yield client, log
    finally:
        client.close()


class Desk:
    """An officer at the door of a made-up office."""

    def __init__(self, client: Client, world: World, key: OfficerKey) -> None:
        self.client = client
        self.world = world
        self.key = key

    def header(
        self, method: str, path: str, body: bytes, other: dict[str, Any] | None = None
    ) -> str:
        """The Authorization header; `other` says what is signed instead of the truth."""
        other = other or {}
        said = {"method": method, "host": HOST, "path": path, "body": digest(body)}
        asked = Asked(**{name: other.get(name, value) for name, value in said.items()})
        office = other.get("office", self.world.office.settings.name)
        name = other.get("officer", self.key.officer.name)
        at: datetime = other.get("time", self.world.now)
        nonce = other.get("nonce", os.urandom(16).hex())
        return sign_request(asked, office, name, instant_text(at), nonce, signing(self.key))

    def call(
        self, method: str, path: str, value: Any = None, other: dict[str, Any] | None = None
    ) -> Any:
        """The response to a signed request."""
        body = b"" if method == "GET" else msgspec.json.encode(value)
        headers = {"Authorization": self.header(method, path, body, other)}
        return self.client.request(method, path, content=body, headers=headers)

    def ask(self, action: str, value: Any = None) -> Any:
        return self.call("POST", f"/v1/questions/{action}", value)

    def act(self, action: str, command: dict[str, Any], *keys: OfficerKey) -> Any:
        """Ask for the statement, have it signed, and act; the first response that is no 200."""
        stated = self.call("POST", f"/v1/statements/{action}", command)
        if stated.status_code != 200:
            return stated
        from counterfoil.core.use_cases import Statement

        statement = msgspec.convert(stated.json(), Statement)
        signed = [msgspec.to_builtins(key.sign(statement)) for key in keys or (self.key,)]
        return self.call("POST", f"/v1/acts/{action}", {"command": command, "signatures": signed})


def signing(key: OfficerKey) -> Any:
    """What signs with an officer's key, as a client does."""
    taken: list[Any] = []

    class _Office:
        def act_as(self, _officer: str, sign: Any) -> None:
            taken.append(sign)

    key.log_in(_Office())  # pyright: ignore[reportArgumentType]
    return taken[0]


@contextmanager
def office(world: World) -> Iterator[tuple[OfficeDoor, Client, Lines]]:
    """The door of a made-up office."""
    log = Lines()
    spool = world.directory / "spool"
    spool.mkdir(exist_ok=True)
    door = OfficeDoor(world.office, log, (HOST,), spool, RateLimits(1e6, 1_000_000))
    client = Client(door.app(), f"http://{HOST}")
    try:
        yield door, client, log
    finally:
        client.close()
