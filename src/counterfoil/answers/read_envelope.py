"""Reading an answer file strictly: FILE.jws and FILE, in the formats of format.py.

`open_envelope` checks the holder's signature before anything of the payload is read, and then the
form of every field. `check_rows` checks the digest of FILE's bytes and the one form of each row.
Standard library and `cryptography` only.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from counterfoil.answers.format import (
    ALGORITHM,
    CERTIFICATE_FIELDS,
    CSV_HEADERS,
    FIELDS,
    FORMAT,
    FORMAT_2,
    LEDGER_FIELDS,
    PARTS,
    REJECTED,
    ROWS,
    SCOPES,
    SUFFIX,
    WORDS,
)
from counterfoil.core import canonical
from counterfoil.core.bounded import open_ordinary
from counterfoil.core.errors import InputFault, VerifyFault
from counterfoil.tlog.compact_jws import from_base64url, kid_of
from counterfoil.tlog.encoding import from_base64
from counterfoil.tlog.note import VerifierKey

MAX_ENVELOPE_BYTES: Final = 262_144
MAX_ROW_BYTES: Final = 65_536
_FETCH_AGAIN: Final = "Fetch FILE and FILE.jws again, byte for byte, from where they came."
_ROW: Final = {
    (version, form): re.compile(row) for version, rows in ROWS.items() for form, row in rows.items()
}
_ANSWER_AT: Final[dict[str, tuple[bytes, int]]] = {"jsonl": (b'"', 7), "csv": (b",", 1)}
"""Where the answer is in a row that has its form: the separator, and the place after splitting."""


def envelope_path(path: Path) -> Path:
    """The path of an answer file's envelope: beside it, `.jws` added to its name."""
    return path.with_name(path.name + SUFFIX)


@contextmanager
def reading(path: Path) -> Generator[BinaryIO]:
    """A file of an answer, open for reading. Raises InputFault `answer_unreadable`."""
    try:
        with open_ordinary(path) as file:
            yield file
    except OSError:
        raise InputFault(
            "answer_unreadable",
            "the file cannot be read",
            place=path.name,
            cure="FILE and FILE.jws must be in the same folder.",
        ) from None


# -- the envelope ----------------------------------------------------------------------------


def open_envelope(path: Path, key: VerifierKey) -> dict[str, Any]:
    """The payload of the envelope beside `path`. Raises InputFault `answer_unreadable`, and as
    `check_envelope`."""
    with reading(envelope_path(path)) as file:
        data = file.read(MAX_ENVELOPE_BYTES + 1)
    return check_envelope(data, key)


def check_envelope(data: bytes, key: VerifierKey) -> dict[str, Any]:
    """The payload of an envelope that is signed by `key`, each field of its form.

    Raises VerifyFault `envelope_malformed`, `envelope_header`, `envelope_key`,
    `envelope_signature`, `envelope_format`, `envelope_fields`.
    """
    if len(data) > MAX_ENVELOPE_BYTES:
        raise _fault(
            "envelope_malformed", f"the envelope is longer than {MAX_ENVELOPE_BYTES} bytes"
        )
    parts = data.split(b".")
    if len(parts) != 3:
        raise _fault("envelope_malformed", "the envelope is not a compact JWS of three parts")
    header, payload, signature = map(_from_base64url, parts)
    version = _check_header(header, key)
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, parts[0] + b"." + parts[1])
    except (InvalidSignature, ValueError):
        raise _fault(
            "envelope_signature", "the holder's signature over the envelope does not verify"
        ) from None
    return _check_fields(one_object(payload, "envelope payload"), version)


def one_object(data: bytes, what: str) -> dict[str, Any]:
    """The object whose canonical bytes `data` is. Raises VerifyFault `envelope_malformed`."""
    value = canonical.read_object(data)
    if value is None:
        raise _fault("envelope_malformed", f"the {what} is not one canonical JSON object")
    return value


def _check_header(raw: bytes, key: VerifierKey) -> str:
    """Exactly alg, kid and typ: so there is no `crit`, no `b64`, no key or address inside, and no
    other algorithm. The format that it names."""
    header = one_object(raw, "envelope header")
    if header.keys() != {"alg", "kid", "typ"} or header["alg"] != ALGORITHM:
        raise _fault(
            "envelope_header", f"the envelope's header is not alg {ALGORITHM}, kid and typ"
        )
    if header["typ"] not in ROWS:
        raise _other_format()
    if header["kid"] != kid_of(key):
        raise _fault(
            "envelope_key",
            "the envelope names another key than the one you gave",
            cure="Ask the holder for its verifier key.",
        )
    return str(header["typ"])


def _other_format() -> VerifyFault:
    return _fault(
        "envelope_format",
        f"the envelope is not of format {FORMAT} or {FORMAT_2}",
        cure="Read it with a newer version.",
    )


def _check_fields(payload: dict[str, Any], version: str) -> dict[str, Any]:
    if payload.get("format") != version:
        raise _other_format()
    ledger = payload.get("ledger")
    in_ledger = cast("dict[str, Any]", ledger) if isinstance(ledger, dict) else {}
    if payload.keys() != FIELDS or in_ledger.keys() != LEDGER_FIELDS:
        raise _fault("envelope_fields", "the envelope has a field too many or too few")
    values = payload | {f"ledger.{name}": value for name, value in in_ledger.items()}
    for name, has_form in _FORMS.items():
        if not has_form(values[name]):
            raise _fault("envelope_fields", f"the envelope's field {name} does not have its form")
    return payload


_Form = Callable[[Any], bool]


def _text(pattern: str, parse: Callable[[str], object] = str) -> _Form:
    """Whether a value is a text of a pattern that `parse` accepts too."""
    matches = re.compile(pattern, re.ASCII | re.DOTALL).fullmatch

    def has_form(value: Any) -> bool:
        if not isinstance(value, str) or matches(value) is None:
            return False
        try:
            parse(value)
        except ValueError:
            return False
        return True

    return has_form


_is_text: Final = _text(".+")
_is_digest: Final = _text("sha256:[0-9a-f]{64}")
_is_date: Final = _text(r"\d{4}-\d{2}-\d{2}", date.fromisoformat)
_is_instant: Final = _text(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", datetime.fromisoformat)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_base64(value: Any) -> bool:
    return isinstance(value, str) and from_base64(value) is not None


def _is_salt(value: Any) -> bool:
    return isinstance(value, str) and len(from_base64(value) or b"") == canonical.SALT_BYTES


def _are_limits(value: Any) -> bool:
    limits = cast("list[Any]", value) if isinstance(value, list) else []
    return bool(limits) and all(map(_is_text, limits))


def _are_certificates(value: Any) -> bool:
    certificates = cast("dict[str, Any]", value) if isinstance(value, dict) else {"": None}
    return certificates.keys() <= set(SCOPES) and all(map(_is_certificate, certificates.values()))


def _is_certificate(value: Any) -> bool:
    """A digest, and a limit over 0 and below one."""
    fields = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    if fields.keys() != CERTIFICATE_FIELDS:
        return False
    limit = fields["limit"]
    return _is_digest(fields["certificate"]) and _is_count(limit) and 0 < limit < PARTS


_FORMS: Final[Mapping[str, _Form]] = {
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
    "ledger.entry": _is_base64,
    "ledger.index": _is_count,
    "ledger.origin": _is_text,
    "ledger.proof": _is_text,
}


def _from_base64url(part: bytes) -> bytes:
    """RFC 7515 section 2: no padding, and one form only."""
    data = from_base64url(part)
    if data is None:
        raise _fault("envelope_malformed", "a part of the envelope is not base64url")
    return data


# -- the rows --------------------------------------------------------------------------------


def check_rows(
    file: BinaryIO, rows_digest: str, row_count: int, form: str, version: str = FORMAT
) -> dict[str, int]:
    """How often each of the four answers is given, and in version 2 how many rows were rejected,
    once the bytes, the count and every row are right. Reads the file once.

    Raises VerifyFault `rows_digest`, `rows_shape`, `rows_count`.
    """
    words = WORDS if version == FORMAT else (*WORDS, REJECTED)
    counts = dict.fromkeys(words, 0)
    digest = hashlib.sha256()
    wrong_row = _count_answers(file, (version, form), digest.update, counts)
    if f"sha256:{digest.hexdigest()}" != rows_digest:
        raise _fault("rows_digest", "the rows are not those that the holder signed", "FILE")
    if wrong_row is not None:
        raise _fault(
            "rows_shape",
            f"a row is not a request id, one of {len(words)} words and its codes",
            f"FILE, row {wrong_row}",
        )
    if sum(counts.values()) != row_count:
        raise _fault(
            "rows_count", "the number of rows is not the one that the holder signed", "FILE"
        )
    return counts


def _count_answers(
    file: BinaryIO, kind: tuple[str, str], update: Callable[[bytes], None], counts: dict[str, int]
) -> int | None:
    """Read every byte once and count the answers. Returns the number of the first row that does not
    have its form, 0 for the header; None where all have it."""
    wrong_row: int | None = None
    version, form = kind
    if form == "csv":
        header = file.readline(len(CSV_HEADERS[version]))
        update(header)
        wrong_row = None if header == CSV_HEADERS[version] else 0
    has_form, (separator, place) = _ROW[kind].fullmatch, _ANSWER_AT[form]
    number = 0
    while line := file.readline(MAX_ROW_BYTES):
        update(line)
        number += 1
        if has_form(line):
            counts[line.split(separator)[place].decode()] += 1
        elif wrong_row is None:
            wrong_row = number
    return wrong_row


def _fault(
    code: str, message: str, place: str = "FILE.jws", cure: str = _FETCH_AGAIN
) -> VerifyFault:
    return VerifyFault(code, message, place=place, cure=cure)
