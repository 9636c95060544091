"""The pages of a made-up office in this process: requests as a browser would send them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import httpx

from counterfoil.api.dispatch import Dispatch
from counterfoil.api.limits import RateLimits
from counterfoil.core.values import Role
from counterfoil.web.console import ConsoleSettings, office_site
from counterfoil.web.site import Site
from tests.api.doors import Client, Lines
from tests.world.office import World

ORIGIN = "http://pages.test"
OWN = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
UNBOUND = RateLimits(1e6, 1_000_000)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Browser:
    """One browser: it keeps cookies, and sends what a browser sends with a form of the site."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.cookies: dict[str, str] = {}

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        return self._send("GET", path, headers=dict(headers or {}))

    def post(
        self,
        path: str,
        fields: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> httpx.Response:
        said = OWN | FORM if headers is None else dict(headers)
        body = urlencode(fields or {}, doseq=True).encode() if content is None else content
        return self._send("POST", path, headers=said, content=body)

    def follow(self, answer: httpx.Response) -> httpx.Response:
        """What a browser shows after a form: the page that the answer sends it on to."""
        assert answer.status_code == 303, answer.text
        return self.get(answer.headers["location"])

    def sign_in(self, officer: str) -> httpx.Response:
        return self.post("/sign-in", {"officer": officer, "to": ""})

    def _send(self, method: str, path: str, **said: Any) -> httpx.Response:
        said["headers"]["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        self.client.client.cookies.clear()
        answer = self.client.request(method, path, **said)
        for cookie in answer.headers.get_list("set-cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
            if not value or "Max-Age=0" in cookie:
                del self.cookies[name]
        return answer


class Pages:
    """The site of a made-up office, and browsers for it."""

    def __init__(self, world: World, site: Site, client: Client, log: Lines) -> None:
        self.world, self.site, self.client, self.log = world, site, client, log

    def browser(self, officer: str = "") -> Browser:
        made = Browser(self.client)
        if officer:
            answer = made.sign_in(officer)
            assert answer.status_code == 303, answer.text
        return made


@contextmanager
def pages_of(
    world: World,
    settings: ConsoleSettings | None = None,
    *,
    rate: RateLimits = UNBOUND,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Iterator[Pages]:
    log = Lines()
    dispatch = Dispatch(world.office, log)
    site = office_site(
        dispatch,
        settings or ConsoleSettings(ORIGIN),
        log,
        hosts=("other.test",),
        rate=rate,
        transport=transport,
    )
    client = Client(site.app(), ORIGIN)
    try:
        yield Pages(world, site, client, log)
    finally:
        client.close()


def officers_of_each_role(world: World) -> dict[Role, str]:
    """An enrolled officer for each role."""
    from counterfoil import client as at_the_office

    found = {Role.DISCLOSURE: "officer-a"}
    for role in Role:
        if role is not Role.DISCLOSURE:
            at_the_office.create_officer(
                world.office, world.office.directory / "keys", f"{role}-officer", None, role
            )
            found[role] = f"{role}-officer"
    return found


def upload(
    browser: Browser,
    path: str,
    fields: Iterable[tuple[str, str]],
    name: str,
    file: str = "order.pdf",
    content: bytes = b"",
) -> str:
    """A form with a file, as a browser sends it; the page that follows."""
    said = [
        f'--x\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in fields
    ]
    said.append(
        f'--x\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    )
    body = "".join(said).encode() + (content or f"made up: {path}".encode()) + b"\r\n--x--\r\n"
    headers = OWN | {"Content-Type": "multipart/form-data; boundary=x"}
    return browser.post(path, headers=headers, content=body).text


def title_of(answer: httpx.Response) -> str:
    found = re.search(r"<title>(.*?)</title>", answer.text, re.DOTALL)
    return found[1] if found else ""
