"""The header object, alone or as the payload of a JWS: four keys, or five with the digest of the file; no other."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, TypeVar

import msgspec

from counterfoil.errors import InputFault
from counterfoil.intake.cells import text_fault

_MAX_CHARACTERS: Final = 200
_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=_MAX_CHARACTERS)]


class HeaderBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`FILE.header.json`, and the header object inside a file."""

    requester: _Text
    agreement: _Text
    principal: _Text
    sent_on: date


class SignedBody(HeaderBody, frozen=True, forbid_unknown_fields=True):
    """The payload of `FILE.header.jws`. `file_digest` is `sha256:` and 64 hex digits."""

    file_digest: _Text


_Body = TypeVar("_Body", bound=HeaderBody)


def read_body(raw: bytes, form: type[_Body], name: str) -> _Body:
    """Return the header object in `raw`. Raises InputFault `header_invalid`."""
    try:
        body = msgspec.json.decode(raw, type=form)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise header_invalid(name) from None
    if any(text_fault(text, _MAX_CHARACTERS, free=False) for text in (body.requester, body.agreement, body.principal)):
        raise header_invalid(name)
    return body


def header_invalid(name: str) -> InputFault:
    """The error for a header that cannot be used."""
    return InputFault(
        "header_invalid",
        "the header cannot be read",
        place=name,
        cure="Give requester, agreement and principal as text, sent_on as YYYY-MM-DD, and nothing else.",
    )
