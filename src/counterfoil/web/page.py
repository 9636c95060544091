"""What a page is. Each declares its path, its template, and the actions of the one table of roles
(client/actions.py) that it stands for; a role that may not begin all of them does not get the page.
A page without actions is for nobody, unless it says that it is `public`.

`show` answers GET and enters nothing: a link from elsewhere leaves no trace in the ledger. `send`
answers POST. What shows a value of a request, or enters a look, is a POST; so that no value stands
in an address, in the history of a browser or in a cache.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, NamedTuple, Union
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from counterfoil.api.dispatch import Dispatch
from counterfoil.client.actions import ACTIONS
from counterfoil.core.values import Public, Role
from counterfoil.office.signed_request import Enrolled
from counterfoil.web.forms import NO_FORM, Form
from counterfoil.web.sessions import Session, Sessions

Known = Mapping[str, Any]
"""What a template is told, by name."""
Handler = Callable[["Visit"], Awaitable[Union[Known, "Shown", Response]]]
SEE_OTHER: Final = 303
NOTICE: Final = "notice"
"""Where a session keeps what the next page says first."""


class Who(Public, frozen=True):
    """Who is signed in."""

    officer: Enrolled
    session: Session


class Page(Public, frozen=True, kw_only=True):
    """One page. `path`: as Starlette's routes. `title`: English, the same for every visitor, so
    that no title names a person. `nav`: its text in the navigation, "" where it is not there;
    `parents`: names of the pages above it. `most_bytes`: of a form that is sent to it. `framed`:
    whether a page of this site shows it as its part; `touches`: whether opening it keeps a session
    alive."""

    name: str
    path: str
    title: str
    template: str
    show: Handler | None = None
    send: Handler | None = None
    actions: tuple[str, ...] = ()
    public: bool = False
    nav: str = ""
    parents: tuple[str, ...] = ()
    most_bytes: int = 65_536
    framed: bool = False
    touches: bool = True

    def permits(self, role: Role | None) -> bool:
        """Whether this role gets the page; None for who is not signed in."""
        if self.public:
            return True
        return (
            role is not None
            and bool(self.actions)
            and all(ACTIONS[each].permits(role) for each in self.actions)
        )

    def address(self, **parts: str) -> str:
        """The page's address. `parts` fill what stands in braces in the path."""
        path = self.path
        for name, value in parts.items():
            path = path.replace("{" + name + "}", quote(value, safe=""))
        return path


class Shown(NamedTuple):
    """Another template than the page's own, and what it is told."""

    template: str
    told: Known
    status: int = 200


class Visit:
    """One request to one page. `pages`: all of the site, by name. `headers` and `cookies` go with
    the response; a cookie of None is deleted."""

    def __init__(
        self,
        request: Request,
        page: Page,
        pages: Mapping[str, Page],
        who: Who | None = None,
        *,
        sessions: Sessions | None = None,
        dispatch: Dispatch | None = None,
        form: Form = NO_FORM,
        language: str = "en",
    ) -> None:
        self.request = request
        self.page = page
        self.pages = pages
        self.who = who
        self.form = form
        self.language = language
        self.headers: dict[str, str] = {}
        self.cookies: dict[str, str | None] = {}
        self._sessions = sessions
        self._dispatch = dispatch

    @property
    def officer(self) -> Enrolled:
        """The officer who is signed in, of a page that is not public."""
        assert self.who is not None, "the site lets nobody else here"
        return self.who.officer

    @property
    def session(self) -> Session:
        """Their session."""
        assert self.who is not None, "the site lets nobody else here"
        return self.who.session

    @property
    def sessions(self) -> Sessions:
        """All sessions of the site."""
        assert self._sessions is not None, "nobody signs in to this site"
        return self._sessions

    @property
    def dispatch(self) -> Dispatch:
        """The way to the office's use cases."""
        assert self._dispatch is not None, "a site without an office has no such page"
        return self._dispatch

    def part(self, name: str) -> str:
        """What stands in the path at a name in braces."""
        return str(self.request.path_params[name])

    async def ask(self, action: str, *question: Any) -> Any:
        """Put a question in the name of the officer who is signed in. Raises as `Dispatch.ask`."""
        return await self.dispatch.ask(self.officer, action, *question)

    def may(self, action: str) -> bool:
        """Whether the officer's role may begin this action: for what a page offers."""
        return self.who is not None and ACTIONS[action].permits(self.who.officer.role)

    def say(self, notice: str) -> None:
        """Have the next page begin with this, in English and without a value."""
        self.session.kept[NOTICE] = notice

    def go(self, name: str, **parts: str) -> Response:
        """Send the browser on to a page of this site, by its name; to nowhere else."""
        return RedirectResponse(self.pages[name].address(**parts), SEE_OTHER)
