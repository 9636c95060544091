"""Names of hosts and origins of pages, as a browser writes them, in the one form that is taken.

An RP ID (W3C Web Authentication) is a host's name in lower case: `office.example`. Keys that are
made for it are used on pages of that host and of those below it, and on no other.
"""

from __future__ import annotations

import re
from typing import Any, Final

LOCAL: Final = "localhost"
_LABEL: Final = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_LAST: Final = "[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME: Final = re.compile(rf"(?:{_LABEL}\.)+{_LAST}|{LOCAL}")
_ORIGIN: Final = re.compile(r"(https?)://([a-z0-9.-]{1,253})(?::([1-9][0-9]{0,4}))?")
_PORTS: Final = {"https": "443", "http": "80"}


def is_rp(name: Any) -> bool:
    """Whether this is an RP ID: a host's name of two parts or more in lower case, or `localhost`.
    An address of a host is none."""
    return isinstance(name, str) and len(name) <= 253 and _NAME.fullmatch(name) is not None


def is_page_of(origin: Any, rp: str) -> bool:
    """Whether this is an origin on which keys for an RP ID are used: `https` of that host or one
    below it, with a port where it is not the usual one; of `localhost` also `http`."""
    found = _ORIGIN.fullmatch(origin) if isinstance(origin, str) else None
    if found is None:
        return False
    scheme, host, port = found.groups()
    is_of_host = host == rp or (host.endswith(f".{rp}") and is_rp(host))
    is_port = port is None or (port != _PORTS[scheme] and int(port) < 65536)
    return is_of_host and is_port and (scheme == "https" or rp == LOCAL)
