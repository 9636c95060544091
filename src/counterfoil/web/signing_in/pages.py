"""The pages of signing in and out, and of the time that is left.

/sign-in         where to; in a sandbox, as whom
/sign-in/start   sends the browser to the provider
/sign-in/back    where the provider sends it back
/sign-out        ends the session
/session         a small part of every page: how long the session lasts. It loads itself anew,
                 without a script, and that does not keep the session alive
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from starlette.responses import RedirectResponse, Response

from counterfoil.core.errors import SettingsFault
from counterfoil.web.page import SEE_OTHER, Page, Visit
from counterfoil.web.sessions import WARNED
from counterfoil.web.signing_in.openid import OpenIdProvider, refused
from counterfoil.web.signing_in.under_way import UnderWay

_BEGUN: Final = "signing-in"
_REFRESH_SECONDS: Final = 30
FindPage = Callable[[str], Page | None]


class SigningIn:
    """How officers sign in to one office. `provider`: None in a sandbox, where nobody's identity is
    checked. `find_page` says whether a path leads to a page; `cookie_of` reads the site's
    cookies."""

    def __init__(self, under_way: UnderWay, provider: OpenIdProvider | None) -> None:
        self._under_way = under_way
        self._provider = provider
        self.find_page: FindPage = lambda _path: None
        self.cookie_of: Callable[..., str] = lambda *_: ""

    def pages(self) -> tuple[Page, ...]:
        """The pages."""
        openid = self._provider is not None
        public: dict[str, Any] = {"public": True, "template": "sign-in.html"}
        found = [
            Page(
                name="sign-in",
                path="/sign-in",
                title="Sign in",
                show=self.show,
                send=None if openid else self.sign_in_sandbox,
                **public,
            ),
            Page(name="sign-out", path="/sign-out", title="Sign out", send=self.sign_out, **public),
            Page(
                name="session",
                path="/session",
                title="Time left in this session",
                template="session.html",
                show=self.session,
                send=self.stay,
                public=True,
                framed=True,
                touches=False,
            ),
        ]
        if openid:
            found += [
                Page(
                    name="sign-in-start",
                    path="/sign-in/start",
                    title="Sign in",
                    show=self.start,
                    **public,
                ),
                Page(
                    name="sign-in-back",
                    path="/sign-in/back",
                    title="Sign in",
                    show=self.back,
                    **public,
                ),
            ]
        return tuple(found)

    async def show(self, visit: Visit) -> dict[str, Any]:
        """Where officers begin."""
        officers = []
        if self._provider is None:
            officers = [each for each in await visit.dispatch.enrolled() if each.is_active]
        return {
            "to": self._to(visit.request.query_params.get("to", "")),
            "sandbox_officers": officers,
            "provider": self._provider.name if self._provider else "",
        }

    async def sign_in_sandbox(self, visit: Visit) -> Response:
        """Sign in as an officer of a sandbox."""
        if not visit.dispatch.office.settings.sandbox:
            raise SettingsFault(
                "sign_in_sandbox",
                "only a sandbox lets anybody sign in",
                place="pages",
                cure="Name the provider of accounts in [pages] of the service's configuration.",
            )
        return await self._signed_in(visit, visit.form.get("officer"), visit.form.get("to"))

    async def start(self, visit: Visit) -> Response:
        """Send the browser to the provider."""
        assert self._provider is not None, "a sandbox has no such page"
        token, begun = self._under_way.begin(self._to(visit.request.query_params.get("to", "")))
        address = await self._provider.begin(begun)
        visit.cookies[_BEGUN] = token
        return RedirectResponse(address, SEE_OTHER)

    async def back(self, visit: Visit) -> Response:
        """Take the provider's answer."""
        assert self._provider is not None, "a sandbox has no such page"
        begun = self._under_way.take(self.cookie_of(visit.request, _BEGUN))
        query = visit.request.query_params
        if begun is None or len(query.multi_items()) != len(query):
            raise refused()
        visit.cookies[_BEGUN] = None
        name = await self._provider.finish(begun, dict(query))
        return await self._signed_in(visit, name, begun.to)

    async def sign_out(self, visit: Visit) -> Response:
        """End the session."""
        visit.sessions.end(self.cookie_of(visit.request))
        visit.cookies[""] = None
        return visit.go("sign-in")

    async def session(self, visit: Visit) -> dict[str, Any]:
        """How long the session lasts."""
        if visit.who is None:
            return {"state": "ended"}
        ends = visit.session.ends_at()
        visit.headers["Refresh"] = str(_REFRESH_SECONDS)
        is_ending = ends - visit.dispatch.office.clock() <= WARNED
        return {
            "state": "ending" if is_ending else "lasting",
            "ends": f"{ends:%H:%M}",
            "minutes": int(WARNED.total_seconds() // 60),
        }

    async def stay(self, visit: Visit) -> Response:
        """Keep the session alive."""
        if visit.who is not None:
            visit.session.seen = visit.dispatch.office.clock()
        return visit.go("session")

    async def _signed_in(self, visit: Visit, name: str, to: str) -> Response:
        known = [
            each
            for each in await visit.dispatch.enrolled()
            if each.officer.name == name and each.is_active
        ]
        if not known:
            raise refused()
        visit.sessions.end(self.cookie_of(visit.request))
        visit.cookies[""] = visit.sessions.begin(known[0].officer.name)
        return RedirectResponse(self._to(to), SEE_OTHER)

    def _to(self, path: str) -> str:
        """The path to go on to: that of a page of this site, else the first."""
        return path if path.startswith("/") and self.find_page(path) else "/"
