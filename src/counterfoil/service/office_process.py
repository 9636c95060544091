"""The process of the office's door: `python -m counterfoil.service.office_process`. It has the
office's keys, as the worker beside it has, and does what officers signed."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from counterfoil.api.office import OfficeDoor
from counterfoil.exchange.folders import ExchangeFolders
from counterfoil.office import open_office
from counterfoil.office.lease import say_place
from counterfoil.service.children import run_child, say_ready, stopping_event
from counterfoil.service.config import PagesDoor
from counterfoil.service.log import Log
from counterfoil.service.server import bind, serve
from counterfoil.web.console import ConsoleSettings, office_site
from counterfoil.web.signing_in.openid import OpenIdSettings
from counterfoil.web.site import Site, beside_pages

_CONNECTIONS: Final = 256


class OfficeOrders(msgspec.Struct, frozen=True):
    """Where the door listens and by which names it is reached; the office and the passphrase of its
    keys; the open descriptor that tells the worker of an act; where its pages are, if there are
    any."""

    listen: str
    hosts: tuple[str, ...]
    office: Path
    passphrase: str | None
    poke: int
    pages: PagesDoor | None = None

    def __repr__(self) -> str:
        return "<OfficeOrders>"


def run(orders: OfficeOrders, log: Log) -> None:
    """Serve until told to stop. Raises as `open_office`, StoreFault."""
    bound = bind(orders.listen)
    office = open_office(orders.office, orders.passphrase, serves=True)
    office.payload_keys()  # opened now: a passphrase that does not fit is told at the start
    folders = ExchangeFolders(office)
    folders.make_tmp()
    local = orders.listen.startswith("unix:")
    door = OfficeDoor(office, log, None if local else orders.hosts, folders.tmp)
    door.dispatch.changed = lambda: _poke(orders.poke)

    app = beside_pages(door.app(), _site(door, orders, log))

    async def serving() -> None:
        stopping = stopping_event()
        log("started")
        await serve(app, bound, stopping, ready, connections=_CONNECTIONS)
        log("stopped")

    def ready() -> None:
        url = orders.listen if local else f"http://{orders.listen}"
        say_place(orders.office, url)
        say_ready()

    asyncio.run(serving())
    office.close()


def _site(door: OfficeDoor, orders: OfficeOrders, log: Log) -> Site | None:
    """The pages, where the configuration has any. Raises as `office_site`."""
    pages = orders.pages
    if pages is None:
        return None
    openid = None
    if pages.issuer:
        secret = Path(pages.secret)
        openid = OpenIdSettings(pages.issuer, pages.client_id, secret, pages.claim, pages.scope)
    settings = ConsoleSettings(pages.origin, openid)
    return office_site(door.dispatch, settings, log, hosts=orders.hosts)


def _poke(descriptor: int) -> None:
    with suppress(OSError):  # a full pipe says the same
        os.write(descriptor, b"!")


if __name__ == "__main__":
    run_child("office", OfficeOrders, run)
