"""How a door says that something was refused: application/problem+json (RFC 9457).

    {"type": "urn:counterfoil:item_id", "title": "an item is named by 32 hex digits",
     "status": 400, "code": "item_id", "place": "item", "cure": "Choose 16 random bytes ...",
     "exit_code": 1}

`code` and `exit_code` are those of the command line (docs/formats/codes.md). Nothing in it comes
from the request: an error's place is the name of a field, a column or a code, and an error that
nobody foresaw is `internal`, without its own text, which could hold a value of a record.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from starlette.responses import Response

from counterfoil.core.errors import (
    CounterfoilError,
    GateFault,
    InputFault,
    KeyFault,
    StateFault,
    StoreFault,
    UsageFault,
    VerifyFault,
)

TYPE: Final = "application/problem+json"
_CLASSES: Final[tuple[tuple[type[CounterfoilError], int], ...]] = (
    (UsageFault, 400),
    (KeyFault, 403),
    (InputFault, 422),
    (GateFault, 422),
    (VerifyFault, 422),
    (StateFault, 409),
    (StoreFault, 503),
)
CODES: Final[Mapping[str, int]] = {
    "item_id": 400,
    "request_malformed": 400,
    "request_line_long": 414,
    "request_head_long": 431,
    "body_too_long": 413,
    "body_cut": 400,
    "body_slow": 408,
    "body_empty": 400,
    "body_json": 400,
    "media_type": 415,
    "route_unknown": 404,
    "method_unknown": 405,
    "item_unknown": 404,
    "not_published": 404,
    "batch_unknown": 404,
    "hold_unknown": 404,
    "action_unknown": 404,
    "request_unknown": 404,
    "ledger_index": 404,
    "job_unknown": 404,
    "dispute_unknown": 404,
    "recall_unknown": 404,
    "rate_limited": 429,
    "door_busy": 503,
    "office_busy": 503,
    "mailbox_full": 507,
    "mailbox_folder": 507,
    "client_certificate": 401,
    "client_certificate_other": 403,
    "officer_unsigned": 401,
    "officer_request": 401,
    "request_stale": 401,
    "request_replayed": 401,
    "host_other": 421,
    "actor_refused": 403,
    "action_refused": 403,
    "officer_unknown": 403,
    "officer_retired": 403,
    "officer_role": 403,
}
_CLOSES: Final = frozenset({400, 401, 403, 404, 405, 408, 413, 414, 415, 421, 429, 431, 503, 507})
"""Refused before the body was read: the connection is closed, so that nobody goes on sending it."""


def status_of(fault: CounterfoilError) -> int:
    """The HTTP status of an error: that of its code, else that of its class."""
    if fault.code in CODES:
        return CODES[fault.code]
    return next((status for kind, status in _CLASSES if isinstance(fault, kind)), 400)


def problem(fault: CounterfoilError, headers: Mapping[str, str] | None = None) -> Response:
    """The response that says this error."""
    return problem_of(
        status_of(fault),
        fault.code,
        fault.message,
        fault.place,
        fault.cure,
        exit_code=fault.exit_code,
        headers=headers,
    )


def malformed() -> InputFault:
    """The fault of what is no HTTP."""
    return InputFault(
        "request_malformed",
        "what was sent is no request of HTTP/1.1",
        place="request",
        cure="Nothing was kept. Use `counterfoil-ask send FILE --to URL --key KEY`.",
    )


def line_too_long(limit: int) -> InputFault:
    """The fault of a request whose first line is longer than a door takes."""
    return InputFault(
        "request_line_long",
        f"the first line of the request is longer than {limit} bytes",
        place="request",
        cure="Nothing was kept. See openapi.yaml for the paths.",
    )


def head_too_long(limit: int) -> InputFault:
    """The fault of a request whose headers are longer than a door takes."""
    return InputFault(
        "request_head_long",
        f"the headers of the request are longer than {limit} bytes",
        place="request",
        cure="Nothing was kept. Send the headers that openapi.yaml names, and no others.",
    )


def busy() -> Response:
    """The response where more connections are open than the door takes."""
    return problem(
        StateFault(
            "door_busy",
            "as many connections as the door takes are open",
            place="door",
            cure="Nothing was kept. Wait as long as Retry-After says, then send it again.",
        )
    )


def internal() -> Response:
    """The response to what nobody foresaw."""
    return problem_of(
        500,
        "internal",
        "an unforeseen error",
        "",
        "The place is in the log of the process; the error's own text is withheld.",
    )


def problem_of(
    status: int,
    code: str,
    title: str,
    place: str,
    cure: str,
    *,
    exit_code: int = 1,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem document."""
    body: dict[str, Any] = {
        "type": f"urn:counterfoil:{code}",
        "title": title,
        "status": status,
        "code": code,
        "place": place,
        "cure": cure,
        "exit_code": exit_code,
    }
    said = {"Cache-Control": "no-store", **(headers or {})}
    if status in _CLOSES:
        said["Connection"] = "close"
    if status in (429, 503, 507):
        said.setdefault("Retry-After", "2")
    return Response(msgspec.json.encode(body), status, said, TYPE)


def json_response(value: Any, status: int = 200) -> Response:
    """A value as JSON that nobody keeps a copy of."""
    headers = {"Cache-Control": "no-store"}
    return Response(msgspec.json.encode(value), status, headers, "application/json")
