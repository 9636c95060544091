"""Reading FILE.jws strictly: answer_file.py's format, its signature, and the shape of every field.
Standard library and `cryptography` only. Nothing of the payload is read before its signature has
verified."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from counterfoil.answers.format import (
    ALGORITHM,
    CERTIFICATE_FIELDS,
    FIELDS,
    FORMAT,
    LEDGER_FIELDS,
    PARTS,
    SCOPES,
    SUFFIX,
)
from counterfoil.core import canonical
from counterfoil.core.errors import InputFault, VerifyFault
from counterfoil.tlog.note import VerifierKey

MAX_ENVELOPE_BYTES: Final = 262_144
_RESTORE: Final = "Fetch FILE and FILE.jws again, byte for byte, from where they came."
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", re.ASCII)


def open_envelope(path: Path, key: VerifierKey) -> dict[str, Any]:
    """The payload of the envelope beside `path`, signed by `key`, each field of its form.

    Raises InputFault `answer_unreadable`; VerifyFault `envelope_malformed`, `envelope_header`,
    `envelope_key`, `envelope_signature`, `envelope_format`, `envelope_fields`.
    """
    parts = _read(envelope_path(path)).split(b".")
    if len(parts) != 3:
        raise _fault("envelope_malformed", "the envelope is not a compact JWS of three parts")
    header, payload, signature = (_from_base64url(part) for part in parts)
    _check_header(header, key)
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, parts[0] + b"." + parts[1])
    except (InvalidSignature, ValueError):
        raise _fault(
            "envelope_signature", "the holder's signature over the envelope does not verify"
        ) from None
    return _check_fields(one_object(payload, "envelope payload"))


def envelope_path(path: Path) -> Path:
    """Where the envelope of an answer file stands: beside it, `.jws` added to its name."""
    return path.with_name(path.name + SUFFIX)


def one_object(data: bytes, what: str) -> dict[str, Any]:
    """The object whose canonical bytes `data` is. Raises VerifyFault `envelope_malformed`."""
    value = canonical.read_object(data)
    if value is None:
        raise _fault("envelope_malformed", f"the {what} is not one canonical JSON object")
    return value


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_ENVELOPE_BYTES + 1)
    except OSError:
        raise InputFault(
            "answer_unreadable",
            "the file cannot be read",
            place=path.name,
            cure="FILE and FILE.jws must stand side by side.",
        ) from None
    if len(data) > MAX_ENVELOPE_BYTES:
        raise _fault(
            "envelope_malformed", f"the envelope is longer than {MAX_ENVELOPE_BYTES} bytes"
        )
    return data


def _check_header(raw: bytes, key: VerifierKey) -> None:
    """Exactly alg, kid and typ: so there is no `crit`, no `b64`, no key or address inside, and no
    other algorithm."""
    header = one_object(raw, "envelope header")
    if header.keys() != {"alg", "kid", "typ"} or header["alg"] != ALGORITHM:
        raise _fault(
            "envelope_header", f"the envelope's header is not alg {ALGORITHM}, kid and typ"
        )
    if header["typ"] != FORMAT:
        raise _fault(
            "envelope_format",
            f"the envelope is not of format {FORMAT}",
            "Read it with a newer version.",
        )
    if header["kid"] != f"{key.name}+{key.key_id.hex()}":
        raise _fault(
            "envelope_key",
            "the envelope names another key than the one you gave",
            "Ask the holder for its verifier key.",
        )


def _check_fields(payload: dict[str, Any]) -> dict[str, Any]:
    if payload.get("format") != FORMAT:
        raise _fault(
            "envelope_format",
            f"the envelope is not of format {FORMAT}",
            "Read it with a newer version.",
        )
    ledger = payload.get("ledger")
    if (
        payload.keys() != FIELDS
        or not isinstance(ledger, dict)
        or cast("dict[str, Any]", ledger).keys() != LEDGER_FIELDS
    ):
        raise _fault("envelope_fields", "the envelope has a field too many or too few")
    for name, has_form in _FORMS.items():
        if not has_form(payload[name]):
            raise _fault("envelope_fields", f"the envelope's field {name} does not have its form")
    for name, has_form in _LEDGER_FORMS.items():
        if not has_form(ledger[name]):
            raise _fault(
                "envelope_fields", f"the envelope's field ledger.{name} does not have its form"
            )
    return payload


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def _is_date(value: Any) -> bool:
    return (
        isinstance(value, str)
        and _DATE.fullmatch(value) is not None
        and _parses(date.fromisoformat, value)
    )


def _is_instant(value: Any) -> bool:
    return (
        isinstance(value, str)
        and _INSTANT.fullmatch(value) is not None
        and _parses(datetime.fromisoformat, value)
    )


def _parses(parse: Callable[[str], object], value: str) -> bool:
    try:
        parse(value)
    except ValueError:
        return False
    return True


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_base64(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        return b64encode(b64decode(value, validate=True)).decode() == value
    except ValueError:
        return False


def _is_salt(value: Any) -> bool:
    return _is_base64(value) and len(b64decode(value)) == canonical.SALT_BYTES


def _are_limits(value: Any) -> bool:
    limits = cast("list[Any]", value) if isinstance(value, list) else []
    return bool(limits) and all(map(_is_text, limits))


def _are_certificates(value: Any) -> bool:
    """By scope: digest, and a limit over 0 and below one."""
    if not isinstance(value, dict) or not cast("dict[str, Any]", value).keys() <= set(SCOPES):
        return False
    held = list(cast("dict[str, Any]", value).values())
    return all(
        isinstance(each, dict) and each.keys() == CERTIFICATE_FIELDS for each in held
    ) and all(
        _is_digest(each["certificate"]) and _is_count(each["limit"]) and 0 < each["limit"] < PARTS
        for each in held
    )


_FORMS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "agreement": _is_text,
    "agreement_digest": _is_digest,
    "batch": _is_text,
    "certificates": _are_certificates,
    "expires_on": _is_date,
    "office": _is_text,
    "register_snapshot": _is_text,
    "released_at": _is_instant,
    "request_file_digest": _is_digest,
    "row_count": _is_count,
    "rows_digest": _is_digest,
    "rows_format": lambda value: value in ("jsonl", "csv"),
    "rules_digest": _is_digest,
    "salt": _is_salt,
    "use_limits": _are_limits,
}
_LEDGER_FORMS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "entry": _is_base64,
    "index": _is_count,
    "origin": _is_text,
    "proof": _is_text,
}


def _from_base64url(part: bytes) -> bytes:
    """RFC 7515 section 2: no padding, and one form only."""
    try:
        data = urlsafe_b64decode(part + b"=" * (-len(part) % 4))
    except ValueError:
        data = b""
    if urlsafe_b64encode(data).rstrip(b"=") != part:
        raise _fault("envelope_malformed", "a part of the envelope is not base64url")
    return data


def _fault(code: str, message: str, cure: str = _RESTORE) -> VerifyFault:
    return VerifyFault(code, message, place="FILE.jws", cure=cure)
