"""Reading the SD-JWT (RFC 9901) of an agreement that `agreement publish --key` prints; its form is
that of answers/sd_jwt.py.

What a check establishes, in this order:

    1  The statement has its form, and its issuer signed it: the party of the agreement whose key
       its header names, or a key that the reader brings.
    2  Every clause that is shown is one of those that the issuer signed for, and shown once.
    3  Where no clause is hidden: the clauses make the agreement digest that it states, and the
       signatures of the parties are over them, as in a publication.

Where a clause is hidden, its digest here is another one than its leaf in the agreement, so that the
agreement's digest cannot be recomputed: that the clauses are those of the agreement is then the
issuer's word. `agreement publish` without --key prints a form that proves it.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final, NamedTuple, TypeVar

import msgspec

from counterfoil.answers.sd_jwt import TYPE
from counterfoil.core.errors import VerifyFault
from counterfoil.gate.law.clauses import SIGNATURES, Clause
from counterfoil.gate.law.publication import Published, check_publication, write_publication
from counterfoil.tlog import VerifierKey, parse_vkey
from counterfoil.tlog.compact_jws import from_base64url, kid_of, to_base64url
from counterfoil.tlog.ed25519 import verifies

MAX_BYTES: Final = 2_000_000


class Disclosed(NamedTuple):
    """What was established: the digest that it states, the issuer's key, the shown clauses by path,
    how many are hidden, and the whole publication where none is."""

    agreement: str
    issuer: VerifierKey
    shown: dict[str, Any]
    hidden: int
    published: Published | None


class _Header(msgspec.Struct, forbid_unknown_fields=True):
    alg: str
    kid: str
    typ: str


class _Payload(msgspec.Struct, forbid_unknown_fields=True):
    agreement: str
    iss: str
    digests: list[str] = msgspec.field(name="_sd")
    algorithm: str = msgspec.field(name="_sd_alg")


_Form = TypeVar("_Form", _Header, _Payload)


def is_sd_jwt(data: bytes) -> bool:
    """Whether these bytes begin and end as an SD-JWT without key binding does."""
    return data.startswith(b"eyJ") and data.rstrip().endswith(b"~")


def check_sd_jwt(data: bytes, key: VerifierKey | None = None) -> Disclosed:
    """Establish 1 to 3. `key`: the issuer's, where it is none of the agreement's parties.

    Raises VerifyFault `sd_jwt_malformed`, `sd_jwt_key`, `sd_jwt_signature`, `sd_jwt_clause`, and as
    `check_publication`.
    """
    signed, *disclosures = data.strip().split(b"~")
    parts = signed.split(b".")
    if len(data) > MAX_BYTES or len(parts) != 3 or not disclosures or disclosures.pop() != b"":
        raise _fault("sd_jwt_malformed", "this is not an SD-JWT without key binding")
    header, payload = _read(parts[0], _Header), _read(parts[1], _Payload)
    clauses = [_clause(each) for each in disclosures]
    issuer = _issuer(header, {each.path: each.value for each in clauses}, key)
    if not verifies(issuer.public, _bytes(parts[2]), parts[0] + b"." + parts[1]):  # 1
        raise _fault("sd_jwt_signature", "the issuer's signature does not verify")
    if header.alg != "EdDSA" or header.typ != TYPE or payload.algorithm != "sha-256":
        raise _fault("sd_jwt_malformed", "it is of another type, or its digests are")
    _check_clauses(disclosures, clauses, payload.digests)  # 2
    hidden = len(payload.digests) - len(clauses)
    published = None
    if not hidden:  # 3
        published = check_publication(_publication(clauses))
        if published.agreement != payload.agreement:
            raise _fault("sd_jwt_clause", "the clauses are those of another agreement")
    shown = {each.path: each.value for each in clauses}
    return Disclosed(payload.agreement, issuer, shown, hidden, published)


def _publication(clauses: list[Clause]) -> bytes:
    try:
        return write_publication(clauses)
    except (TypeError, ValueError, RecursionError):
        raise _fault("sd_jwt_clause", "a clause has a value that no agreement can have") from None


def _check_clauses(raw: list[bytes], clauses: list[Clause], digests: list[str]) -> None:
    found = [to_base64url(hashlib.sha256(each).digest()).decode() for each in raw]
    signed_for = set(digests)
    is_once = len({each.path for each in clauses}) == len(clauses) == len(set(found))
    if len(signed_for) != len(digests) or not is_once or not signed_for >= set(found):
        raise _fault("sd_jwt_clause", "a clause is shown twice, or is none that the issuer signed")


def _issuer(header: _Header, shown: dict[str, Any], key: VerifierKey | None) -> VerifierKey:
    """The key that the header names: the reader's own, or that of a party that signed."""
    keys = [] if key is None else [key]
    for path in SIGNATURES if key is None else ():
        value = shown.get(path)
        if isinstance(value, dict):
            keys.append(parse_vkey(str(value.get("vkey"))))  # pyright: ignore[reportUnknownArgumentType, reportUnknownMemberType]
    for each in keys:
        if header.kid == kid_of(each):
            return each
    raise _fault("sd_jwt_key", "it names a key that is no party's, or not the one given")


def _clause(data: bytes) -> Clause:
    try:
        salt, path, value = msgspec.json.decode(_bytes(data), type=tuple[str, str, Any])
        return Clause(path, value, salt)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise _fault("sd_jwt_malformed", "a disclosure is not salt, name and value") from None


def _read(data: bytes, kind: type[_Form]) -> _Form:
    try:
        return msgspec.json.decode(_bytes(data), type=kind)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise _fault("sd_jwt_malformed", "its header or payload has not the form") from None


def _bytes(text: bytes) -> bytes:
    data = from_base64url(text)
    if data is None:
        raise _fault("sd_jwt_malformed", "a part is not base64url in its one form")
    return data


def _fault(code: str, why: str) -> VerifyFault:
    return VerifyFault(
        code,
        f"the statement does not verify: {why}",
        place="SD-JWT",
        cure="Ask for the file again, as `agreement publish --key` printed it; name an issuer who "
        "is no party with --issuer-key.",
    )
