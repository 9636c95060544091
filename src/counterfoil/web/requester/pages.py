"""The pages themselves. Each request passes what the gateway's API passes: the client's
certificate, the rate, a free place (api/gateway.py). What changes something comes from a page of
this site: `Sec-Fetch-Site` says so, and `Origin` has the host that was asked; where a browser sends
neither, nothing is done.

    GET  /                         hand over an item; look one up
    POST /items                    the item: then its page
    POST /find                     an id: then the item's page
    GET  /items/{item}             how far it is, and what there is to take
    GET  /items/{item}/receipt     the office's signed receipt
    GET  /items/{item}/answer      the sealed answer
    GET  /why                      why checking and opening stay with the kit, and how
    GET  /assets/{build}/{name}    what a browser fetches beside a page

An item's id is in its address as in the API's: 128 random bits, which only its sender and the
office know. It is in no title and in no line of the log but the one that says that it arrived.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from counterfoil.api.bodies import blocks, stated_length, too_long
from counterfoil.api.gateway import Gateway
from counterfoil.api.problems import problem, status_of
from counterfoil.core.errors import CounterfoilError, InputFault, UsageFault
from counterfoil.core.outside_json import decode_json
from counterfoil.exchange.mailbox import OPEN_FORMS, SEALED, item_id
from counterfoil.web.guards import Origin, headers_of
from counterfoil.web.look import LANGUAGES, Assets, Look
from counterfoil.web.requester.multipart import SentForm

_MOST_HEADER: Final = 8_192
_MOST_ID_FORM: Final = 1_024
_FORM_ROOM: Final = 16_384
"""How much longer a form may be than the file in it."""
_KEPT: Final = "public, max-age=31536000, immutable"
_STATUS: Final[Mapping[str, int]] = {"form_other_site": 403, "form_unreadable": 422}
Handler = Callable[[Request], Awaitable[Response]]


class Place(NamedTuple):
    """A page, as the common template asks for it."""

    name: str
    path: str
    title: str
    nav: str = ""
    parents: Sequence[str] = ()


START: Final = Place("start", "/", "Hand over a sealed item", "Hand over")
WHY: Final = Place("why", "/why", "Why checking and opening stay with you", "Why, and how")
ITEM: Final = Place("item", "/items/{item}", "How far your item is")
ERROR: Final = Place("error", "", "This was refused")


class RequesterPages:
    """The pages of one gateway."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        known = {"sandbox": gateway.settings.open_files, "office": ""}
        self.look = Look(Assets(), known)

    def routes(self) -> list[Route]:
        """For the application of the gateway."""
        listed: tuple[tuple[str, str, Handler], ...] = (
            ("GET", "/", self.start),
            ("GET", "/why", self.why),
            ("POST", "/items", self.take),
            ("POST", "/find", self.find),
            ("GET", "/items/{item}", self.item),
            ("GET", "/items/{item}/receipt", self.receipt),
            ("GET", "/items/{item}/answer", self.answer),
            ("GET", "/assets/{build}/{name:path}", self.asset),
            ("GET", "/{rest:path}", self.unknown),
        )
        return [
            Route(path, self._guarded(path, handler), methods=[method])
            for method, path, handler in listed
        ]

    # -- pages -----------------------------------------------------------------------------

    async def start(self, request: Request) -> Response:
        """The first page."""
        return self._page(request, START, "requester/start.html", {"forms": OPEN_FORMS})

    async def why(self, request: Request) -> Response:
        """Why nothing is checked or opened here."""
        return self._page(request, WHY, "requester/why.html", {})

    async def take(self, request: Request) -> Response:
        """Take an item out of a form, whole or nothing of it."""
        _require_own_form(request)
        with self.gateway.places.take():
            most = self.gateway.settings.most_bytes
            stated_length(request.headers, most + _FORM_ROOM)
            sent = blocks(request, most + _FORM_ROOM)
            form = SentForm(request.headers.get("content-type", ""), sent)
            await form.find_file()
            item, kind, file = await self._what(form)
            await self.gateway.take_item(item, kind, file)
        return self._to(request, item)

    async def _what(self, form: SentForm) -> tuple[str, str, AsyncIterator[bytes]]:
        """The id of what comes, what it is, and its bytes. A sealed item names itself in its first
        line; an open file, of a sandbox, gets an id here. Raises InputFault `upload_form`."""
        file, first = form.file(), b""
        async for block in file:
            first += block
            if len(first) > _MOST_HEADER or b"\n" in first:
                break
        whole = _bounded(first, file, self.gateway.settings.most_bytes)
        if self.gateway.settings.open_files and form.suffix in OPEN_FORMS:
            return secrets.token_hex(16), form.suffix, whole
        line, found, _ = first.partition(b"\n")
        try:
            header = decode_json(line, dict[str, Any]) if found else {}
            return item_id(str(header.get("item"))), SEALED, whole
        except (ValueError, InputFault):
            raise InputFault(
                "upload_form",
                "the file is no sealed item",
                place="file",
                cure="Nothing was kept. Choose ITEM.item, which "
                "`counterfoil-ask sign FILE --key KEY` wrote.",
            ) from None

    async def find(self, request: Request) -> Response:
        """Go to the page of an item."""
        _require_own_form(request)
        stated_length(request.headers, _MOST_ID_FORM)
        data = b"".join([each async for each in blocks(request, _MOST_ID_FORM)])
        fields = dict(parse_qsl(data.decode("ascii", "replace"), max_num_fields=10))
        return self._to(request, item_id(fields.get("item", "").strip().lower()))

    async def item(self, request: Request) -> Response:
        """How far an item is."""
        item = item_id(request.path_params["item"])
        state = self.gateway.state_of(item)
        if not state:
            raise UsageFault(
                "item_unknown",
                "there is nothing here of an item of this id",
                place="item",
                cure="Check the id; what was never receipted is sent again.",
            )
        arrival = self.gateway.mailbox.arrival(item)
        received = self.gateway.mailbox.receipt(item).is_file()
        told = {"item": item, "state": state, "arrival": arrival, "received": received}
        return self._page(request, ITEM, "requester/item.html", told)

    async def receipt(self, request: Request) -> Response:
        """The office's receipt, to be kept."""
        return _saved(await self.gateway.receipt(request), request, "receipt")

    async def answer(self, request: Request) -> Response:
        """The sealed answer, to be kept."""
        return _saved(await self.gateway.answer(request), request, "answer")

    async def asset(self, request: Request) -> Response:
        """A file beside the pages."""
        assets = self.look.assets
        asset = assets.files.get(request.path_params["name"])
        if asset is None or request.path_params["build"] != assets.build:
            raise _nothing_here()
        return Response(asset.data, 200, {"Cache-Control": _KEPT}, asset.media_type)

    async def unknown(self, request: Request) -> Response:
        """Any other path: a page, or a problem where a program asks."""
        if request.url.path.startswith("/v1/"):
            return problem(_nothing_here())
        raise _nothing_here()

    # -- what all share --------------------------------------------------------------------

    def _guarded(self, path: str, handler: Handler) -> Handler:
        async def guarded(request: Request) -> Response:
            try:
                self.gateway.admit(request)
                response = await handler(request)
            except CounterfoilError as fault:
                status = _STATUS.get(fault.code) or status_of(fault)
                self.gateway.log("refused", route=path, code=fault.code, status=status)
                response = self._refused(request, _told(status, fault))
            except ClientDisconnect:
                self.gateway.log("refused", route=path, code="body_cut", status=400)
                response = Response(status_code=400)
            except Exception as bug:  # noqa: BLE001 - the text of an unforeseen error may hold what was sent
                self.gateway.log("failed", route=path, code="internal", kind=type(bug).__name__)
                response = self._refused(request, _UNFORESEEN)
            for name, value in headers_of(_origin(request)).items():
                response.headers.setdefault(name, value)
            self.gateway.count(path, response.status_code)
            return response

        return guarded

    def _page(
        self,
        request: Request,
        place: Place,
        template: str,
        told: Mapping[str, Any],
        status: int = 200,
    ) -> Response:
        language = language_of(request)
        tail = "" if language == LANGUAGES[0] else f"?lang={language}"
        common: dict[str, Any] = {
            "page": place,
            "nav": [each._replace(path=each.path + tail) for each in (START, WHY)],
            "crumbs": (),
            "pages": {},
            "parts": {},
            "who": None,
            "notice": "",
            "tail": tail,
            "here": request.url.path if status == 200 else "/",
            "most_bytes": self.gateway.settings.most_bytes,
        }
        return HTMLResponse(self.look.render(template, language, common | dict(told)), status)

    def _refused(self, request: Request, told: dict[str, Any]) -> Response:
        status = told["status"]
        response = self._page(request, ERROR, "requester/error.html", told, status)
        if status in (413, 429, 503, 507):
            response.headers["Connection"] = "close"
        if status in (429, 503, 507):
            response.headers["Retry-After"] = "2"
        return response

    def _to(self, request: Request, item: str) -> Response:
        language = language_of(request)
        tail = "" if language == LANGUAGES[0] else f"?lang={language}"
        return RedirectResponse(f"/items/{item}{tail}", 303)


def language_of(request: Request) -> str:
    """`lang=es` in the address, else English."""
    asked = request.query_params.get("lang", "")
    return asked if asked in LANGUAGES else LANGUAGES[0]


def _origin(request: Request) -> Origin:
    """The site's origin, for the headers of a page. Behind a proxy that checks certificates it is
    https."""
    return Origin(f"{request.url.scheme}://{request.headers.get('host', '')}")


def _require_own_form(request: Request) -> None:
    """Raise UsageFault `form_other_site` unless a page of this site sent the form."""
    site, origin = (request.headers.get(each) for each in ("sec-fetch-site", "origin"))
    host = request.headers.get("host", "")
    named = [each for each in (site, origin) if each is not None]
    ours = origin is None or (bool(host) and origin in (f"http://{host}", f"https://{host}"))
    if named and site in (None, "same-origin") and ours:
        return
    raise UsageFault(
        "form_other_site",
        "the form does not come from a page of this site",
        place="Origin",
        cure="Nothing was done. Open the page here and send its form again.",
    )


def _saved(response: Response, request: Request, suffix: str) -> Response:
    """A file that a browser saves, named by its id."""
    item = item_id(request.path_params["item"])
    response.headers["Content-Disposition"] = f'attachment; filename="{item}.{suffix}"'
    return response


async def _bounded(first: bytes, rest: AsyncIterator[bytes], most: int) -> AsyncIterator[bytes]:
    """The blocks of a file, of which the first was read already. Raises InputFault
    `body_too_long`."""
    size = len(first)
    if first:
        yield first
    async for block in rest:
        size += len(block)
        if size > most:
            break
        yield block
    if size > most:
        raise too_long(most)


def _nothing_here() -> UsageFault:
    return UsageFault(
        "route_unknown",
        "there is nothing at this path",
        place="path",
        cure="Go to the first page; programs find the paths in openapi.yaml.",
    )


def _told(status: int, fault: CounterfoilError) -> dict[str, Any]:
    """What a page of an error says."""
    names = ("code", "message", "place", "cure")
    return {"status": status} | {name: getattr(fault, name) for name in names}


_UNFORESEEN: Final[dict[str, Any]] = {
    "status": 500,
    "code": "internal",
    "message": "an unforeseen error",
    "place": "",
    "cure": "The place is in the log of the process; the error's own text is withheld.",
}
