"""What RFC 9112 asks of a server and h11 leaves to it, looked at before a request is taken for one.

2.2, 5.2   each line of the head ends with CR LF, and none goes on in the next
2.3        the version is 1.0 or 1.1
3          the request line has at most 8,192 bytes (414), the whole head 32,768 (431), in however
           many pieces they came
3.2        the target is a path, or `*` of OPTIONS, or a whole URI: that is read as its path, and
           its authority takes the place of Host (3.2.2)
6.1, 6.3   a body has a length or a transfer coding, and not both; HTTP/1.0 knows no coding

h11 itself refuses several lengths that differ, codings other than `chunked`, a missing or second
Host, CR or NUL inside a line, and space before a colon. Whoever is refused is answered, and the
connection is closed: what followed might have been meant as something else.
"""

from __future__ import annotations

import re
from typing import Any, Final

import h11

from counterfoil.api.problems import head_too_long, line_too_long, malformed
from counterfoil.core.errors import InputFault

MOST_LINE: Final = 8_192
MOST_HEAD: Final = 32_768
_ABSOLUTE: Final = re.compile(rb"https?://([^/?#@:\s][^/?#@\s]*)([/?][^#]*)?", re.IGNORECASE)


class RefusedHead(h11.RemoteProtocolError):
    """A request that is refused by its head, and by which fault."""

    def __init__(self, fault: InputFault) -> None:
        super().__init__(fault.code)
        self.fault = fault


class Connection(h11.Connection):
    """A server's side of one connection."""

    refused: InputFault | None = None
    """Why the last request was no request, where it was none by our rules."""

    def __init__(self) -> None:
        super().__init__(h11.SERVER, max_incomplete_event_size=MOST_HEAD)

    def next_event(self) -> Any:
        """As h11's. Raises RefusedHead as well."""
        try:
            if self.their_state is h11.IDLE:
                _check_bytes(self.trailing_data[0])
            event = super().next_event()
            return _request(event) if isinstance(event, h11.Request) else event
        except RefusedHead as refused:
            self.refused = refused.fault
            raise


def _check_bytes(data: bytes) -> None:
    """Look at a head as it came, whole or in part, with what follows it."""
    head = data.partition(b"\r\n\r\n")[0]
    if len(head.partition(b"\r\n")[0]) > MOST_LINE:
        raise RefusedHead(line_too_long(MOST_LINE))
    if len(head) > MOST_HEAD:
        raise RefusedHead(head_too_long(MOST_HEAD))
    if head.count(b"\n") != head.count(b"\r\n") or b"\n " in head or b"\n\t" in head:
        raise RefusedHead(malformed())


def _request(event: h11.Request) -> h11.Request:
    """The request, its target in the form of a path."""
    names = [name for name, _ in event.headers]
    coded = b"transfer-encoding" in names
    if event.http_version not in (b"1.0", b"1.1"):
        raise RefusedHead(malformed())
    if coded and (b"content-length" in names or event.http_version == b"1.0"):
        raise RefusedHead(malformed())
    target = event.target
    if target.startswith(b"/") or (target == b"*" and event.method == b"OPTIONS"):
        return event
    found = _ABSOLUTE.fullmatch(target)
    if found is None or event.method == b"CONNECT":
        raise RefusedHead(malformed())
    path = found[2] or b"/"
    others = [(name, value) for name, value in event.headers if name != b"host"]
    return h11.Request(
        method=event.method,
        headers=[(b"host", found[1]), *others],
        target=path if path.startswith(b"/") else b"/" + path,
        http_version=event.http_version,
    )
