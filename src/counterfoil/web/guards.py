"""Where a request comes from, and what each response tells the browser.

1  the Host is that of the pages' own origin; a GET at another name of the office is sent there
2  a request that changes something comes from a page of this site: `Sec-Fetch-Site` says
   same-origin, and `Origin` is ours. Where a browser sends neither, nothing is done
3  a page is not part of another page, and no other site's script or picture opens it
4  no script and no style but from our own files, no connection, no form to elsewhere
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request

from counterfoil.core.errors import UsageFault

SAFE: Final = frozenset({"GET", "HEAD"})
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
_HEADERS: Final[Mapping[str, str]] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "publickey-credentials-get=(self), publickey-credentials-create=(self), "
    "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class Origin:
    """The one origin of a site, such as `https://office.example`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.host = text.partition("://")[2]
        self.is_secure = text.startswith("https://")

    def require_own_form(self, request: Request) -> None:
        """Raise UsageFault `form_other_site` unless a page of this site sent it (2)."""
        site, origin = (request.headers.get(each) for each in ("sec-fetch-site", "origin"))
        named = [each for each in (site, origin) if each is not None]
        if named and site in (None, "same-origin") and origin in (None, self.text):
            return
        raise UsageFault(
            "form_other_site",
            "the form does not come from a page of this site",
            place="Origin",
            cure="Nothing was done. Open the page here and send its form again.",
        )

    def require_own_reading(self, request: Request) -> None:
        """Raise UsageFault `page_other_site` where another site's page opens this one as its part,
        and not a person by a link (3)."""
        site = request.headers.get("sec-fetch-site", "none")
        if site in ("same-origin", "none"):
            return
        if request.headers.get("sec-fetch-mode") == "navigate" and (
            request.headers.get("sec-fetch-dest") == "document"
        ):
            return
        raise UsageFault(
            "page_other_site",
            "a page of another site asks for this page",
            place="Sec-Fetch-Site",
            cure="Open the page itself.",
        )


def headers_of(origin: Origin, *, framed: bool = False) -> dict[str, str]:
    """The headers of a page. `framed`: whether a page of this site may show it as its part."""
    policy = _POLICY.format(ancestors="'self'" if framed else "'none'")
    found = {"Content-Security-Policy": policy, "Cache-Control": "no-store", **_HEADERS}
    if origin.is_secure:
        found["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return found
