"""An application of pages. For each request, in this order:

1  the client asks no more often than it may (429), and not too many are served at once (503)
2  the request comes from where it may (guards.py)
3  who is signed in: a session that has not ended, of an officer who is still enrolled (401)
4  the page is one that the officer's role gets (403)
5  the form is within its bounds and is a form (413, 422)
6  the page's own handler, which calls use cases; each of them checks again

What is refused is a page too: it names the code, the place and the cure, and nothing of what was
sent. What nobody foresaw is `internal`, and its text, which could hold a value, is withheld from
page and log.
"""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from counterfoil.api.bodies import blocks
from counterfoil.api.dispatch import Dispatch
from counterfoil.api.door import Log
from counterfoil.api.limits import Places, RateLimiter, RateLimits
from counterfoil.api.problems import status_of
from counterfoil.client.actions import ACTIONS
from counterfoil.core.errors import CounterfoilError, UsageFault
from counterfoil.web.forms import NO_FORM, Form, read_form
from counterfoil.web.guards import SAFE, Origin, headers_of
from counterfoil.web.look import LANGUAGES, Assets, Look
from counterfoil.web.page import NOTICE, Page, Shown, Visit, Who
from counterfoil.web.sessions import Sessions

_AT_ONCE: Final = 32
_RATE: Final = RateLimits(per_second=50, burst=400)
_KEPT: Final = "public, max-age=31536000, immutable"
_STATUS: Final[Mapping[str, int]] = {
    "sign_in_needed": 401,
    "sign_in_refused": 403,
    "page_refused": 403,
    "form_other_site": 403,
    "page_other_site": 403,
    "form_unreadable": 422,
}


class Site:
    """An application of pages. `origin`: where browsers reach it; `hosts`: other names of the
    office, which are sent there. `known`: what every template is told. Without `sessions` nobody
    signs in, and it has public pages only; `dispatch` leads to an office, where there is one."""

    def __init__(
        self,
        pages: Sequence[Page],
        origin: str,
        log: Log,
        known: Mapping[str, Any],
        *,
        sessions: Sessions | None = None,
        dispatch: Dispatch | None = None,
        hosts: Sequence[str] = (),
        rate: RateLimits = _RATE,
    ) -> None:
        self.pages = {each.name: each for each in pages}
        self.origin = Origin(origin)
        self.sessions = sessions
        self.dispatch = dispatch
        self.look = Look(Assets(), {"sandbox": False, "office": "", **known})
        self.cookie = "__Host-counterfoil" if self.origin.is_secure else "counterfoil"
        self._log = log
        self._hosts = frozenset(hosts) - {self.origin.host}
        self._rate = RateLimiter(rate)
        self._places = Places(_AT_ONCE)

    def app(self) -> Starlette:
        """The application."""
        routes = [
            Route("/assets/{build}/{name:path}", self._guarded("/assets", self._asset)),
            *(
                Route(
                    page.path, self._guarded(page.path, self._visit(page)), methods=_methods(page)
                )
                for page in self.pages.values()
            ),
        ]

        async def unknown(request: Request, fault: Exception) -> Response:
            status = fault.status_code if isinstance(fault, HTTPException) else 404
            found = _page_method() if status == 405 else _page_unknown()
            return await self._refused(request, "", found, status)

        async def failed(request: Request, _fault: Exception) -> Response:
            return self._failed(request)

        handlers: Any = {404: unknown, 405: unknown, HTTPException: unknown, Exception: failed}
        made = Starlette(routes=routes, exception_handlers=handlers)
        made.router.redirect_slashes = False  # it would answer with the Host that was sent
        return made

    # -- one request -----------------------------------------------------------------------

    def _guarded(
        self, route: str, handler: Callable[[Request], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def guarded(request: Request) -> Response:
            try:
                self._rate.take(request.client.host if request.client else "local")
                with self._places.take():
                    return await handler(request)
            except CounterfoilError as fault:
                return await self._refused(request, route, fault, _status(fault))
            except ClientDisconnect:
                return await self._refused(request, route, _page_unknown(), 400)
            except Exception as bug:  # noqa: BLE001 - P1: the text of an unforeseen error may hold a value
                frame = traceback.extract_tb(bug.__traceback__)[-1]
                where = f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
                kind = type(bug).__name__
                self._log("failed", route=route, code="internal", kind=kind, where=where)
                return self._failed(request)

        return guarded

    def _visit(self, page: Page) -> Callable[[Request], Awaitable[Response]]:
        async def visit(request: Request) -> Response:
            if (moved := self._elsewhere(request)) is not None:
                return moved
            is_form = request.method not in SAFE
            if is_form:
                self.origin.require_own_form(request)
            else:
                self.origin.require_own_reading(request)
            who = await self._who(request, touch=page.touches)
            _require_page(page, who)
            form = await _form(request, page.most_bytes) if is_form else NO_FORM
            made = Visit(
                request,
                page,
                self.pages,
                who,
                sessions=self.sessions,
                dispatch=self.dispatch,
                form=form,
                language=_language(request),
            )
            handler = page.send if is_form else page.show
            assert handler is not None, "the route takes no other method"
            return self._response(made, await handler(made))

        return visit

    def _response(self, visit: Visit, found: Any) -> Response:
        if isinstance(found, Response):
            response = found
        else:
            shown = found if isinstance(found, Shown) else Shown(visit.page.template, found)
            notice = ""
            if visit.who is not None and not visit.page.framed:
                notice = visit.session.kept.pop(NOTICE, "")
            told = {"notice": notice, **shown.told}
            text = self._render(visit.request, visit.who, visit.page, shown.template, told)
            response = HTMLResponse(text, shown.status)
        headers = headers_of(self.origin, framed=visit.page.framed) | visit.headers
        for name, value in headers.items():
            response.headers[name] = value
        for name, token in visit.cookies.items():
            self._set_cookie(response, name, token)
        return response

    def _set_cookie(self, response: Response, name: str, token: str | None) -> None:
        cookie = f"{self.cookie}-{name}" if name else self.cookie
        response.set_cookie(
            cookie,
            token or "",
            max_age=0 if token is None else None,
            path="/",
            secure=self.origin.is_secure,
            httponly=True,
            samesite="lax",
        )

    def cookie_of(self, request: Request, name: str = "") -> str:
        """The token of a cookie of this site; "" where there is none."""
        return request.cookies.get(f"{self.cookie}-{name}" if name else self.cookie, "")

    async def _who(self, request: Request, *, touch: bool = True) -> Who | None:
        """Who is signed in (3)."""
        token = self.cookie_of(request)
        if self.sessions is None or self.dispatch is None or not token:
            return None
        session = self.sessions.find(token, touch=touch)
        if session is None:
            return None
        for each in await self.dispatch.enrolled():
            if each.officer.name == session.officer and each.is_active:
                return Who(each, session)
        self.sessions.end_all_of(session.officer)
        return None

    def _elsewhere(self, request: Request) -> Response | None:
        """Where a browser that came by another name of the office is sent (1)."""
        host = request.headers.get("host", "")
        if host == self.origin.host:
            return None
        if host in self._hosts and request.method in SAFE:
            path = request.url.path
            return RedirectResponse(f"{self.origin.text}{path}", 307, headers_of(self.origin))
        raise UsageFault(
            "host_other",
            "the office is not reached by this name",
            place="Host",
            cure="Use the origin that the service's configuration names for its pages.",
        )

    # -- what is not a page ----------------------------------------------------------------

    async def _asset(self, request: Request) -> Response:
        name, assets = request.path_params["name"], self.look.assets
        asset = assets.files.get(name)
        if asset is None or request.path_params["build"] != assets.build:
            raise _page_unknown()
        headers = headers_of(self.origin) | {"Cache-Control": _KEPT}
        return Response(asset.data, 200, headers, asset.media_type)

    async def _refused(
        self, request: Request, route: str, fault: CounterfoilError, status: int
    ) -> Response:
        self._log("refused", route=route, code=fault.code, status=status)
        try:
            who = await self._who(request, touch=False)
        except CounterfoilError:
            who = None
        told = {
            "status": status,
            "code": fault.code,
            "message": fault.message,
            "place": fault.place,
            "cure": fault.cure,
            "address": self._address(request) if status == 401 else "",
            "back": self._way_back(request, route, who),
        }
        return self._error(request, who, told)

    def _way_back(self, request: Request, route: str, who: Who | None) -> tuple[str, str] | None:
        """Title and address of the page from which what was refused was sent, or the nearest above
        it; None where there is none that this officer gets."""
        page = next((each for each in self.pages.values() if each.path == route), None)
        if page is None or who is None:
            return None
        is_sent = request.method not in SAFE or bool(request.url.query)
        above = [self.pages[each] for each in reversed(page.parents)]
        for each in [page, *above] if is_sent else above:
            address = each.address(**request.path_params)
            if each.show is not None and each.permits(who.officer.role) and "{" not in address:
                return each.nav or each.title, address
        return None

    def _failed(self, request: Request) -> Response:
        told = {
            "status": 500,
            "code": "internal",
            "message": "an unforeseen error",
            "place": "",
            "cure": "The place is in the log of the process; the error's own text is withheld.",
            "address": "",
            "back": None,
        }
        return self._error(request, None, told)

    def _error(self, request: Request, who: Who | None, told: Mapping[str, Any]) -> Response:
        text = self._render(request, who, None, "error.html", told)
        headers = headers_of(self.origin)
        if told["status"] in (429, 503):
            headers["Retry-After"] = "2"
        if told["status"] in (413, 429, 503):
            headers["Connection"] = "close"  # the body was not read
        return HTMLResponse(text, told["status"], headers)

    def _address(self, request: Request) -> str:
        """The path of a page that can be opened again after signing in; "" for any other."""
        path = request.url.path
        return path if request.method in SAFE and self.find_page(path) else ""

    def find_page(self, path: str) -> Page | None:
        """The page that a path leads to by GET."""
        scope: Scope = {"type": "http", "method": "GET", "path": path, "headers": []}
        for page in self.pages.values():
            if page.show is not None and not page.framed:
                match, _ = Route(page.path, _nothing).matches(scope)
                if match.value == 2:
                    return page
        return None

    def _render(
        self,
        request: Request,
        who: Who | None,
        page: Page | None,
        template: str,
        told: Mapping[str, Any],
    ) -> str:
        role = who.officer.role if who else None
        nav = [each for each in self.pages.values() if each.nav and each.permits(role)]
        parents = page.parents if page else ()

        def may(action: str) -> bool:
            return role is not None and ACTIONS[action].permits(role)

        common: dict[str, Any] = {
            "page": page,
            "pages": self.pages,
            "nav": nav,
            "crumbs": [self.pages[each] for each in parents],
            "who": who,
            "parts": request.path_params,
            "notice": "",
            "may": may,
        }
        return self.look.render(template, _language(request), common | dict(told))


def beside_pages(api: Starlette, site: Site | None) -> ASGIApp:
    """One application: what begins with /v1/, and /metrics, is the API's; the rest are pages."""
    if site is None:
        return api
    pages = site.app()

    async def both(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        app = api if path.startswith("/v1/") or path in ("/v1", "/metrics") else pages
        await app(scope, receive, send)

    return both


def _methods(page: Page) -> list[str]:
    return [name for name, each in (("GET", page.show), ("POST", page.send)) if each is not None]


def _require_page(page: Page, who: Who | None) -> None:
    """Raise UsageFault `sign_in_needed`, `page_refused` unless this page is for who asks (4)."""
    if page.permits(who.officer.role if who else None):
        return
    if who is None:
        raise UsageFault(
            "sign_in_needed",
            "this page is for officers who are signed in",
            place=page.name,
            cure="Sign in. What was not sent before the session ended is not done.",
        )
    raise UsageFault(
        "page_refused",
        f"an officer of the role {who.officer.role} does not have this page",
        place=page.name,
        cure="docs/operate/actions.md says which role does what.",
    )


async def _form(request: Request, limit: int) -> Form:
    data = b"".join([block async for block in blocks(request, limit)])
    return read_form(data, request.headers.get("content-type", ""))


def _language(request: Request) -> str:
    """`lang=es` in the address, else English."""
    asked = request.query_params.get("lang", "")
    return asked if asked in LANGUAGES else LANGUAGES[0]


def _status(fault: CounterfoilError) -> int:
    return _STATUS.get(fault.code) or status_of(fault)


async def _nothing(_request: Request) -> Response:
    raise AssertionError("only its path is looked at")


def _page_unknown() -> UsageFault:
    return UsageFault(
        "page_unknown",
        "there is no page here",
        place="path",
        cure="Follow a link of the navigation.",
    )


def _page_method() -> UsageFault:
    return UsageFault(
        "page_method",
        "this page is not opened in this way",
        place="method",
        cure="Some pages open from a button of the page before, because what they show is entered.",
    )
