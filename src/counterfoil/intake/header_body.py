"""The header object, alone or as the payload of a JWS: four keys, `route` and `document` where they
are needed, and in a JWS the digest of the file; no other. docs/formats/request-file.md, "Header"
and "Document"."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Final, TypeVar

import msgspec

from counterfoil.core.errors import InputFault
from counterfoil.core.values import Document, Header, Person
from counterfoil.intake.cells import text_fault

_MAX_CHARACTERS: Final = 200
_MOST: Final = 100
_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=_MAX_CHARACTERS)]
_MaybeText = Annotated[str, msgspec.Meta(max_length=_MAX_CHARACTERS)]
_Texts = Annotated[tuple[_Text, ...], msgspec.Meta(max_length=_MOST)]
_Digest = Annotated[str, msgspec.Meta(pattern=r"^sha256:[0-9a-f]{64}$")]


class PersonBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A person whom a document names."""

    given_name: _Text
    family_name: _Text
    date_of_birth: date | None = None


class DocumentBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a header states of an order or consent: the fields of `model.Document`."""

    digest: _Digest
    issued_on: date
    people: Annotated[tuple[PersonBody, ...], msgspec.Meta(max_length=_MOST)]
    periods: _Texts
    items: _Texts
    expires_on: date | None = None
    court: _MaybeText = ""
    judge: _MaybeText = ""
    finds: _Texts = ()
    recipient: _MaybeText = ""
    purpose: _MaybeText = ""


class HeaderBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`FILE.header.json`, and the header object inside a file."""

    requester: _Text
    agreement: _Text
    principal: _Text
    sent_on: date
    route: _MaybeText = ""
    document: DocumentBody | None = None


class SignedBody(HeaderBody, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The payload of `FILE.header.jws`. `file_digest` is `sha256:` and 64 hex digits."""

    file_digest: _Text


_Body = TypeVar("_Body", bound=HeaderBody)


def read_body(raw: bytes, form: type[_Body], name: str) -> _Body:
    """Return the header object in `raw`. Raises InputFault `header_invalid`."""
    try:
        body = msgspec.json.decode(raw, type=form)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise header_invalid(name) from None
    if any(text_fault(text, _MAX_CHARACTERS, free=False) for text in _texts(body)):
        raise header_invalid(name)
    return body


def to_header(body: HeaderBody, *, signed: bool = False) -> Header:
    """The header that a body states."""
    stated = body.document
    return Header(
        body.requester,
        body.agreement,
        body.principal,
        body.sent_on,
        signed,
        body.route,
        _document(stated) if stated else None,
    )


def read_document(raw: bytes, name: str) -> Document:
    """A document as a file of its own states it: the object under `document`. Raises InputFault
    `document_invalid`."""
    try:
        body = msgspec.json.decode(raw, type=DocumentBody)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        cure = (
            "Give the fields that docs/formats/request-file.md lists under Document, and "
            "nothing else."
        )
        message = "what the file states of the document cannot be read"
        raise InputFault("document_invalid", message, place=name, cure=cure) from None
    return _document(body)


def body_of(header: Header) -> dict[str, Any]:
    """The keys of a header as JSON values; the inverse of `to_header`. Keys that are not needed are
    left out."""
    body: dict[str, Any] = {
        "requester": header.requester,
        "agreement": header.agreement,
        "principal": header.principal,
        "sent_on": header.sent_on.isoformat(),
    }
    if header.route:
        body["route"] = header.route
    if header.document:
        people = tuple(
            PersonBody(each.given_name, each.family_name, each.date_of_birth)
            for each in header.document.people
        )
        fields: dict[str, Any] = msgspec.structs.asdict(header.document) | {"people": people}
        body["document"] = msgspec.to_builtins(DocumentBody(**fields))
    return body


def _texts(body: HeaderBody) -> Iterator[str]:
    yield from (body.requester, body.agreement, body.principal, body.route)
    if (document := body.document) is not None:
        yield from (document.court, document.judge, document.recipient, document.purpose)
        yield from (*document.periods, *document.items, *document.finds)
        yield from (
            name for person in document.people for name in (person.given_name, person.family_name)
        )


def _document(body: DocumentBody) -> Document:
    people = tuple(
        Person(each.given_name, "", each.family_name, "", each.date_of_birth)
        for each in body.people
    )
    fields: dict[str, Any] = msgspec.structs.asdict(body) | {"people": people}
    return Document(**fields)


def header_invalid(name: str) -> InputFault:
    """The error for a header that cannot be used."""
    return InputFault(
        "header_invalid",
        "the header cannot be read",
        place=name,
        cure="Give requester, agreement and principal as text, sent_on as YYYY-MM-DD; route and "
        "document only as the format says.",
    )
