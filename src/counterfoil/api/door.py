"""What both doors share: the routes of an application, its errors as problems, and one line of the
log for each request that was refused or that failed."""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable, Collection, Sequence
from http import HTTPMethod
from typing import Any, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from counterfoil.api.problems import internal, problem, status_of
from counterfoil.core.errors import CounterfoilError, UsageFault

Log = Callable[..., None]
"""Writes one event: its name, and fields that are codes, ids and numbers only."""
Handler = Callable[[Request], Awaitable[Response]]
HEALTH: Final = "/v1/health"
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


def application(
    routes: Sequence[tuple[HTTPMethod, str, Handler]],
    log: Log,
    count: Callable[[str, int], None],
    beside: Sequence[Route] = (),
    hosts: Collection[str] | None = None,
) -> Starlette:
    """An application of these routes, and of those `beside` them, which see to themselves. `count`
    is told the path of each route that was asked, as it is written in `routes`, and the status of
    the answer. `hosts`: the names by which it is reached, as they stand in a request's Host header;
    None where any does."""
    made = [
        Route(path, _guarded(handler, path, log, count), methods=[method])
        for method, path, handler in routes
    ]

    async def unknown(request: Request, fault: Exception) -> Response:
        code = fault.status_code if isinstance(fault, HTTPException) else 404
        count("", code)
        return problem(_method_unknown() if code == 405 else _route_unknown())

    async def failed(_request: Request, _fault: Exception) -> Response:
        return internal()

    handlers: Any = {404: unknown, 405: unknown, HTTPException: unknown, Exception: failed}
    watched = (
        [] if hosts is None else [Middleware(HostGuard, frozenset(map(str.lower, hosts)), count)]
    )
    return Starlette(routes=[*made, *beside], exception_handlers=handlers, middleware=watched)


class HostGuard:
    """Refuses what was asked of another name than ours (`host_other`), before anything of it is
    read: a page of somebody else's whose name was pointed at this machine sends its own name. How
    well we are (/v1/health) is told to whoever watches, by any name."""

    def __init__(
        self, app: ASGIApp, hosts: frozenset[str], count: Callable[[str, int], None]
    ) -> None:
        self._app, self._hosts, self._count = app, hosts, count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"] == HEALTH:
            await self._app(scope, receive, send)
            return
        named = [value for name, value in scope["headers"] if name == b"host"]
        if len(named) == 1 and named[0].decode("latin-1").lower() in self._hosts:
            await self._app(scope, receive, send)
            return
        refused = problem(host_other())
        self._count("", refused.status_code)
        await refused(scope, receive, send)


def host_other() -> UsageFault:
    """The fault of a request by another name than ours."""
    return UsageFault(
        "host_other",
        "nothing is reached here by this name",
        place="Host",
        cure="Use a name that `hosts` of the service's configuration lists.",
    )


def _guarded(handler: Handler, path: str, log: Log, count: Callable[[str, int], None]) -> Handler:
    async def guarded(request: Request) -> Response:
        try:
            response = await handler(request)
        except CounterfoilError as fault:
            log("refused", route=path, code=fault.code, status=status_of(fault))
            response = problem(fault)
        except ClientDisconnect:
            log("refused", route=path, code="body_cut", status=400)
            response = problem(_route_unknown())
        except Exception as bug:  # noqa: BLE001 - P1: the text of an unforeseen error may hold a value
            frame = traceback.extract_tb(bug.__traceback__)[-1]
            where = f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
            log("failed", route=path, code="internal", kind=type(bug).__name__, where=where)
            response = internal()
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        count(path, response.status_code)
        return response

    return guarded


def _route_unknown() -> UsageFault:
    return UsageFault(
        "route_unknown",
        "there is nothing at this path",
        place="path",
        cure="See openapi.yaml for the paths.",
    )


def _method_unknown() -> UsageFault:
    return UsageFault(
        "method_unknown",
        "this path takes another method",
        place="method",
        cure="See openapi.yaml for the methods.",
    )
