"""The gateway's process: `python -m counterfoil.service.gateway_process`, started by `serve`. It
is told folders, limits and the holder's public key, and nothing else."""

from __future__ import annotations

import asyncio

import msgspec

from counterfoil.api.gateway import Gateway, GatewaySettings
from counterfoil.api.limits import RateLimits
from counterfoil.core.errors import SettingsFault
from counterfoil.service.children import run_child, say_ready, stopping_event
from counterfoil.service.config import ServiceConfig
from counterfoil.service.log import Log
from counterfoil.service.server import bind, serve
from counterfoil.web.requester.pages import RequesterPages

_CONNECTIONS = 1024


class GatewayOrders(msgspec.Struct, frozen=True):
    """Where the gateway listens and what it is told."""

    listen: str
    settings: GatewaySettings


def gateway_orders(config: ServiceConfig) -> GatewayOrders:
    """The orders of a configuration. Raises SettingsFault `gateway_settings`."""
    door = config.gateway_door
    if door is None or not (door.certificates or door.open_files):
        raise SettingsFault(
            "gateway_settings",
            "the gateway is told of no certificate that it lets in",
            place="gateway_door",
            cure="Write the fingerprints of the agreement's certificates under [gateway_door].",
        )
    settings = GatewaySettings(
        mailbox=config.mailbox,
        public=config.public,
        holder=door.holder,
        open_files=door.open_files,
        certificates=door.certificates or None,
        fresh_seconds=door.fresh_seconds,
        most_bytes=door.most_bytes,
        puts=door.puts,
        rate=RateLimits(door.per_second, door.burst),
        hosts=door.reached_by,
    )
    return GatewayOrders(door.listen, settings)


def run(orders: GatewayOrders, log: Log) -> None:
    """Serve until told to stop. Raises StoreFault, VerifyFault."""
    gateway = Gateway(orders.settings, log)
    gateway.mailbox.make(outside=True)
    bound = bind(orders.listen)

    async def serving() -> None:
        stopping = stopping_event()
        log("started")
        app = gateway.app(RequesterPages(gateway).routes())
        await serve(app, bound, stopping, say_ready, connections=_CONNECTIONS)
        log("stopped")

    asyncio.run(serving())


if __name__ == "__main__":
    run_child("gateway", GatewayOrders, run)
