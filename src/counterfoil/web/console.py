"""The pages of one opened office: its site, with the ways of signing in that the service's
configuration names."""

from __future__ import annotations

from collections.abc import Sequence

import httpx

from counterfoil.api.dispatch import Dispatch
from counterfoil.api.door import Log
from counterfoil.api.limits import RateLimits
from counterfoil.core.errors import SettingsFault
from counterfoil.core.values import Public
from counterfoil.web.registry import OFFICE_PAGES
from counterfoil.web.sessions import Sessions
from counterfoil.web.signing_in.openid import OpenIdProvider, OpenIdSettings
from counterfoil.web.signing_in.pages import SigningIn
from counterfoil.web.signing_in.under_way import UnderWay
from counterfoil.web.site import Site

_RATE = RateLimits(per_second=50, burst=400)


class ConsoleSettings(Public, frozen=True):
    """Where browsers reach the pages, such as `https://office.example`, and who says who sits
    there; None in a sandbox only."""

    origin: str
    openid: OpenIdSettings | None = None


def office_site(
    dispatch: Dispatch,
    settings: ConsoleSettings,
    log: Log,
    *,
    hosts: Sequence[str] = (),
    rate: RateLimits = _RATE,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Site:
    """The site of an office. `hosts`: other names by which it is reached. Raises SettingsFault
    `sign_in_sandbox`, `sign_in_secret`."""
    office = dispatch.office
    if settings.openid is None and not office.settings.sandbox:
        raise SettingsFault(
            "sign_in_sandbox",
            "only a sandbox lets anybody sign in",
            place="pages",
            cure="Name the provider of accounts in [pages] of the service's configuration.",
        )
    provider = None
    if settings.openid is not None:
        back = f"{settings.origin}/sign-in/back"
        provider = OpenIdProvider(settings.openid, back, office.clock, transport)
    signing_in = SigningIn(UnderWay(office.clock), provider)
    known = {"sandbox": office.settings.sandbox, "office": office.settings.name}
    site = Site(
        (*signing_in.pages(), *OFFICE_PAGES),
        settings.origin,
        log,
        known,
        sessions=Sessions(office.clock),
        dispatch=dispatch,
        hosts=hosts,
        rate=rate,
    )
    signing_in.find_page, signing_in.cookie_of = site.find_page, site.cookie_of
    return site
