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
from dataclasses import replace
from typing import Any, Final

import h11

from counterfoil.api.problems import head_too_long, line_too_long, malformed
from counterfoil.core.errors import InputFault

MOST_LINE: Final = 8_192
MOST_HEAD: Final = 32_768
_ABSOLUTE: Final = re.compile(rb"https?://([^/?#@:\s][^/?#@\s]*)([/?][^#]*)?", re.IGNORECASE)


class Connection(h11.Connection):
    """A server's side of one connection. `refused`: why the last request was none, where it was
    none by our rules."""

    refused: InputFault | None = None

    def __init__(self) -> None:
        super().__init__(h11.SERVER, max_incomplete_event_size=MOST_HEAD)

    def next_event(self) -> Any:
        """As h11's, which raises RemoteProtocolError, as this does."""
        event: Any = None
        if self.their_state is h11.IDLE:
            self.refused = _fault_of(self.trailing_data[0])
        if self.refused is None:
            event = super().next_event()
            if isinstance(event, h11.Request):
                event = _in_form_of_a_path(event)
                self.refused = malformed() if event is None else None
        if self.refused is not None:
            raise h11.RemoteProtocolError(self.refused.code)
        return event


def _fault_of(data: bytes) -> InputFault | None:
    """What is wrong with a head as it came, whole or in part, with what follows it."""
    head = data.partition(b"\r\n\r\n")[0]
    if len(head.partition(b"\r\n")[0]) > MOST_LINE:
        return line_too_long(MOST_LINE)
    if len(head) > MOST_HEAD:
        return head_too_long(MOST_HEAD)
    if head.count(b"\n") != head.count(b"\r\n") or b"\n " in head or b"\n\t" in head:
        return malformed()
    return None


def _in_form_of_a_path(event: h11.Request) -> h11.Request | None:
    """The request, its target in the form of a path; None where it is refused."""
    names = [name for name, _ in event.headers]
    coded, older = b"transfer-encoding" in names, event.http_version == b"1.0"
    if not (older or event.http_version == b"1.1"):
        return None
    if coded and (older or b"content-length" in names):
        return None
    target = event.target
    if target.startswith(b"/") or (target == b"*" and event.method == b"OPTIONS"):
        return event
    found = _ABSOLUTE.fullmatch(target)
    if found is None or event.method == b"CONNECT":
        return None
    path = found[2] or b"/"
    others = [(name, value) for name, value in event.headers if name != b"host"]
    return replace(
        event,
        headers=[(b"host", found[1]), *others],
        target=path if path.startswith(b"/") else b"/" + path,
    )
