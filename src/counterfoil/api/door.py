"""What both doors share: the routes of an application, its errors as problems, and one line of the
log for each request that was refused or that failed."""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPMethod
from typing import Any, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from counterfoil.api.problems import internal, problem, status_of
from counterfoil.core.errors import CounterfoilError, UsageFault

Log = Callable[..., None]
"""Writes one event: its name, and fields that are codes, ids and numbers only."""
Handler = Callable[[Request], Awaitable[Response]]
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
) -> Starlette:
    """An application of these routes, and of those `beside` them, which see to themselves. `count`
    is told the path of each route that was asked, as it is written in `routes`, and the status of
    the answer."""
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
    return Starlette(routes=[*made, *beside], exception_handlers=handlers)


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
