"""The header of a request file: docs/formats/request-file.md, "Header" and "Document".

    FILE.header.json, first line of JSON lines, Parquet metadata:
        {"requester": "...", "agreement": "...", "principal": "...", "sent_on": "2026-03-02"}
        and, where they are needed, "route" and "document"; no other key
    FILE.header.jws:
        BASE64URL({"alg":"EdDSA","kid":PRINCIPAL}) . BASE64URL(payload) . BASE64URL(signature)
        payload = JCS of the same object and "file_digest"

No object of a header may have one key twice, because programs differ in which of the two they read.
A side file may begin with the byte order mark of UTF-8.

An unsigned header is what whoever can write the file says. Headers in several places must agree;
where there is none, the file is refused unless the office supplies one (a sandbox does).

What a signed header establishes, in this order:

    1  it is a compact JWS whose algorithm is EdDSA (or Ed25519, its RFC 9864 name), and no other
    2  the office has a key for the principal that `kid` names
    3  the signature verifies with that key
    4  the payload is a header, and its principal is the one whose key signed
    5  the payload's digest is the digest of this file

Whether that principal may ask, on that day, is for the gate to decide.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from joserfc import jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import OKPKey
from joserfc.jws import JWSRegistry

from counterfoil.core import canonical, keyfile
from counterfoil.core.errors import InputFault, StoreFault, VerifyFault
from counterfoil.core.outside_json import UTF8_MARK, decode_json, repeats_a_key
from counterfoil.core.values import Document, Header, Person
from counterfoil.intake.cells import text_fault

SIGNED_SUFFIX: Final = ".header.jws"
UNSIGNED_SUFFIX: Final = ".header.json"
MAX_SIDE_FILE_BYTES: Final = 16_384

PrincipalKeys = Mapping[str, bytes] | Mapping[str, Sequence[bytes]]
"""The 32-byte public keys of principals by id: of each the one, or those that are taken."""

_ALGORITHM: Final = "EdDSA"
_ACCEPTED: Final = (_ALGORITHM, "Ed25519")
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
    """What a header states of an order or consent: the fields of `values.Document`."""

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
    statute: _MaybeText = ""
    signed_by: _MaybeText = ""
    capacity: _MaybeText = ""
    alone: _MaybeText = ""
    revoked: _MaybeText = ""


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


class _Registry(JWSRegistry):
    """The two names of Ed25519. Listing them here keeps joserfc's warning about the older name out
    of the output."""

    def get_alg(self, name: str) -> Any:
        if name not in _ACCEPTED:
            raise UnsupportedAlgorithmError
        return self.algorithms[name]


def find_header(
    path: Path,
    digest: str,
    embedded: bytes | None,
    *,
    default: Header | None,
    principal_keys: PrincipalKeys,
) -> Header:
    """What the file at `path`, whose bytes have `digest`, says of itself.

    `embedded` is the header object inside the file. Raises InputFault: `header_missing`,
    `header_invalid`, `header_differs`, `key_repeated`, and what `open_signed_header` raises.
    """
    headers = _headers(path, digest, embedded, principal_keys)
    if default and not headers:
        headers.append(msgspec.structs.replace(default, signed=False))
    if not headers:
        raise InputFault(
            "header_missing",
            "the file does not say who asks, under which agreement, by whom and when",
            place=path.name,
            cure=f"Put {path.name}{SIGNED_SUFFIX} beside it, signed by the principal.",
        )
    if len({msgspec.structs.replace(header, signed=False) for header in headers}) > 1:
        raise InputFault(
            "header_differs",
            "the file has headers that differ",
            place=path.name,
            cure="Keep one header, the signed one.",
        )
    return headers[0]


def _headers(
    path: Path, digest: str, embedded: bytes | None, principal_keys: PrincipalKeys
) -> list[Header]:
    """The headers that are beside the file and in it, the signed one first."""
    headers: list[Header] = []
    signed, unsigned = [path.name + suffix for suffix in (SIGNED_SUFFIX, UNSIGNED_SUFFIX)]
    if (raw := _side_file(path.with_name(signed))) is not None:
        headers.append(open_signed_header(raw, digest, principal_keys, signed))
    for raw, name in ((_side_file(path.with_name(unsigned)), unsigned), (embedded, path.name)):
        if raw is not None:
            headers.append(to_header(read_body(raw, HeaderBody, name)))
    return headers


def _side_file(path: Path) -> bytes | None:
    """The bytes of a side file, or None if there is none. One that is there and cannot be read is
    refused."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_SIDE_FILE_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError:
        raw = b""
    if not 0 < len(raw) <= MAX_SIDE_FILE_BYTES:
        raise _header_invalid(path.name)
    return raw.removeprefix(UTF8_MARK)


# -- the header object -----------------------------------------------------------------------


def read_body(raw: bytes, form: type[_Body], name: str) -> _Body:
    """The header object in `raw`. Raises InputFault `header_invalid` and `key_repeated`, naming the
    file `name`."""
    if len(raw) > MAX_SIDE_FILE_BYTES:  # one inside a file is bounded as one beside it
        raise _header_invalid(name)
    check_keys(raw, name)
    try:
        body = decode_json(raw, form)
    except ValueError:
        raise _header_invalid(name) from None
    if any(text_fault(text, _MAX_CHARACTERS, free=False) for text in _texts(body)):
        raise _header_invalid(name)
    return body


def to_header(body: HeaderBody, *, signed: bool = False) -> Header:
    """The header that a body states."""
    return Header(
        body.requester,
        body.agreement,
        body.principal,
        body.sent_on,
        signed,
        body.route,
        _document(body.document) if body.document else None,
    )


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


def check_keys(raw: bytes, name: str) -> None:
    """Refuse JSON in which an object has one key twice. Raises InputFault `key_repeated`, naming
    the file `name`."""
    if repeats_a_key(raw):
        raise InputFault(
            "key_repeated",
            "an object of the JSON has one key twice, and programs differ in which they read",
            place=name,
            cure="Write each key once.",
        )


def read_document(raw: bytes, name: str) -> Document:
    """A document as a file of its own states it: the object under `document`. Raises InputFault
    `document_invalid` and `key_repeated`."""
    raw = raw.removeprefix(UTF8_MARK)
    check_keys(raw, name)
    try:
        return _document(decode_json(raw, DocumentBody))
    except ValueError:
        raise InputFault(
            "document_invalid",
            "what the file states of the document cannot be read",
            place=name,
            cure="Give the fields that docs/formats/request-file.md lists under Document, and "
            "nothing else.",
        ) from None


def _texts(body: HeaderBody) -> Iterator[str]:
    yield from (body.requester, body.agreement, body.principal, body.route)
    if (document := body.document) is not None:
        yield from (document.court, document.judge, document.recipient, document.purpose)
        yield document.statute
        yield from (document.signed_by, document.capacity, document.alone, document.revoked)
        yield from (*document.periods, *document.items, *document.finds)
        for person in document.people:
            yield from (person.given_name, person.family_name)


def _document(body: DocumentBody) -> Document:
    people = tuple(
        Person(each.given_name, "", each.family_name, "", each.date_of_birth)
        for each in body.people
    )
    fields: dict[str, Any] = msgspec.structs.asdict(body) | {"people": people}
    return Document(**fields)


def _header_invalid(name: str) -> InputFault:
    return InputFault(
        "header_invalid",
        "the header cannot be read",
        place=name,
        cure="Give requester, agreement and principal as text, sent_on as YYYY-MM-DD; route and "
        "document only as the format says.",
    )


# -- the signed header -----------------------------------------------------------------------


def make_signed_header(header: Header, digest: str, secret: bytes) -> bytes:
    """The JWS of `header` for a file with this digest. `secret` is the principal's 32-byte Ed25519
    secret."""
    key = OKPKey.import_key(keyfile.signing_key(secret))
    protected = {"alg": _ALGORITHM, "kid": header.principal}
    payload = canonical.encode(body_of(header) | {"file_digest": digest})
    return jws.serialize_compact(protected, payload, key, registry=_Registry()).encode()


def open_signed_header(raw: bytes, digest: str, principal_keys: PrincipalKeys, name: str) -> Header:
    """The verified header in `raw`. Inverse of `make_signed_header`.

    Raises InputFault `header_invalid`, `key_repeated`; VerifyFault `principal_unknown`,
    `signature_wrong`, `file_digest_differs`.
    """
    kid, payload = _verified(raw, principal_keys, name)  # 1, 2, 3
    body = read_body(payload, SignedBody, name)
    if body.principal != kid:  # 4
        raise _header_invalid(name)
    if body.file_digest != digest:  # 5
        raise VerifyFault(
            "file_digest_differs",
            "another file than this one was signed",
            place=name,
            cure="Send the file that was signed, or have it signed again.",
        )
    return to_header(body, signed=True)


def _verified(raw: bytes, principal_keys: PrincipalKeys, name: str) -> tuple[str, bytes]:
    """The id of the principal who signed, and the payload that a key of theirs verifies."""
    kid = _kid(raw, name)  # 1
    if kid not in principal_keys:  # 2
        raise VerifyFault(
            "principal_unknown",
            "the office has no key of the principal who signed",
            place=name,
            cure="Have the principal's public key entered in the agreement.",
        )
    keys = principal_keys[kid]
    for public in [keys] if isinstance(keys, bytes) else keys:
        key = OKPKey.import_key(Ed25519PublicKey.from_public_bytes(public))
        with suppress(JoseError, ValueError):
            return kid, jws.deserialize_compact(raw.strip(), key, registry=_Registry()).payload  # 3
    raise VerifyFault(
        "signature_wrong",
        "the principal's signature does not verify",
        place=name,
        cure="Have the principal sign the file again.",
    )


def _kid(raw: bytes, name: str) -> str:
    try:
        kid = jws.extract_compact(raw.strip(), registry=_Registry()).headers().get("kid")
        protected = urlsafe_b64decode(raw.strip().split(b".")[0] + b"==")
    except (JoseError, ValueError):
        raise _header_invalid(name) from None
    check_keys(protected, name)
    if not isinstance(kid, str):
        raise _header_invalid(name)
    return kid


def write_side_file(path: Path, data: bytes) -> None:
    """Write a side file whole or not at all, in place of an older one. Raises StoreFault
    `header_not_written`."""
    unfinished = path.with_name(path.name + ".unfinished")
    try:
        with unfinished.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError:
        raise StoreFault(
            "header_not_written",
            "the side file cannot be written",
            place=path.name,
            cure="Check the disk and the permissions of its directory.",
        ) from None
