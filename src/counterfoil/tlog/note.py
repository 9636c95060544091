"""Signed notes and their keys: c2sp.org/signed-note, Ed25519 (signature type 0x01).

A note is a text that ends in a newline, an empty line, and one signature line or more:

    example.com/office
    7
    qhZpx2iYUSO4bSVmbTLnCDfxCNHOJ7hhOHL+zm5VHqI=

    \u2014 example.com/office Az3grlgtzPICa5OS8npVmf1Myq/5IZni...

A signature line is an em dash, a space, the key's name, a space, base64(key id || signature). The
key id is the first four bytes of SHA-256(name 0x0A type public). A verifier key is one line, name+
key id+base64(0x01 || public), with the key id in lower-case hex:

    PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW

Limits: 1,000,000 bytes and 100 signatures a note. Signatures by unknown keys, of whatever type, are
kept and ignored. If the signature of a known key does not verify, the whole note is refused. The
same key twice counts once. A verifier key of another type is refused, and so is one under which
anybody can sign (ed25519.py). Base64 must be canonical, which the format leaves open.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from counterfoil.core.errors import VerifyFault
from counterfoil.tlog.ed25519 import PUBLIC_BYTES, is_sound_key, verifies
from counterfoil.tlog.encoding import from_base64, malformed, to_base64, to_text

ED25519: Final = 0x01
MAX_NOTE_BYTES: Final = 1_000_000
MAX_SIGNATURES: Final = 100
_MAX_KEY_BYTES: Final = 1000
_DASH: Final = "\u2014"


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key and its name. `public` is 32 bytes, `key_id` 4."""

    name: str
    key_id: bytes
    public: bytes

    @property
    def kind(self) -> int:
        """The signature type."""
        return ED25519

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{to_base64(bytes([self.kind]) + self.public)}"


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key and the name it signs under. `successor`: the key that follows it, while both
    are in use; a checkpoint is signed by both."""

    name: str
    private: Ed25519PrivateKey
    successor: Ed25519PrivateKey | None = None

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        return verifier_key(self.name, self.private.public_key().public_bytes_raw())


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line, taken apart but not verified."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A note taken apart. Its text is to be ignored until `check_note` has returned."""

    text: str
    signatures: tuple[Signature, ...]


def verifier_key(name: str, public: bytes) -> VerifierKey:
    """The verifier key of a 32-byte Ed25519 public key. Raises VerifyFault `vkey_malformed` for a
    bad name."""
    check_name(name, "verifier key")
    return VerifierKey(name, key_id(name, ED25519, public), public)


def parse_vkey(text: str) -> VerifierKey:
    """Read `name+key id+base64`. Inverse of `str(key)`. Raises VerifyFault `vkey_malformed`."""
    what = "verifier key"
    name, data = split_vkey(text, _MAX_KEY_BYTES, what)
    if data[0] != ED25519 or len(data) != 1 + PUBLIC_BYTES:
        raise malformed("vkey_malformed", what, "its type is not Ed25519 (1)")
    require_sound(data[1:], what)
    return verifier_key(name, data[1:])


def require_sound(public: bytes, what: str) -> None:
    """Raise VerifyFault `vkey_weak` for an Ed25519 key under which anybody can sign."""
    if not is_sound_key(public):
        raise VerifyFault(
            "vkey_weak",
            f"this is not a {what} under which one person alone can sign: it is a point of small "
            "order, or none of the curve in its one form",
            cure="Use no signature under it, and ask its owner how it came to be.",
        )


def split_vkey(text: str, limit: int, what: str) -> tuple[str, bytes]:
    """The name, and the type (1 byte) with the public key, of a verifier key of any type.

    Raises VerifyFault `vkey_malformed`, which calls the text a `what`.
    """
    parts = to_text(text, limit, "vkey_malformed", what).split("+", 2)
    data = from_base64(parts[2]) if len(parts) == 3 else None
    if not data:
        raise malformed("vkey_malformed", what, "it is not name+key id+base64")
    check_name(parts[0], what)
    if key_id(parts[0], data[0], data[1:]).hex() != parts[1]:
        raise malformed("vkey_malformed", what, "its key id does not belong to its key")
    return parts[0], data


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """The four bytes by which a signature line names its key."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def check_name(name: str, what: str) -> None:
    """Raise VerifyFault `vkey_malformed` for a name that no key can have."""
    if not _is_name(name):
        why = "its name is empty or holds a space, a plus or a control character"
        raise malformed("vkey_malformed", what, why)


def sign_note(text: str, signers: Iterable[Signer]) -> str:
    """Return the signed note. Raises VerifyFault `note_malformed` for a text that no note can hold.

    Without a signer there is no note: that is a bug of the caller (ValueError).
    """
    to_text(text, MAX_NOTE_BYTES, "note_malformed", "note text")
    if not text.endswith("\n"):
        raise malformed("note_malformed", "note text", "it does not end in a newline")
    message = text.encode()
    lines = [
        signature_line(signer.name, signer.verifier.key_id + signer.private.sign(message))
        for signer in signers
    ]
    if not lines:
        raise ValueError("a note needs a signer")
    return f"{text}\n{''.join(lines)}"


def signature_line(name: str, data: bytes) -> str:
    """A signature line; `data` is key id || signature."""
    return f"{_DASH} {name} {to_base64(data)}\n"


def parse_note(raw: str | bytes) -> Note:
    """Take a note apart; verify nothing. Raises VerifyFault `note_malformed`."""
    code, what = "note_malformed", "signed note"
    note = to_text(raw, MAX_NOTE_BYTES, code, what)
    text, blank, tail = note.rpartition("\n\n")
    if not blank or not tail.endswith("\n"):
        raise malformed(code, what, "it lacks an empty line, a signature or the last newline")
    lines = tail[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise malformed(code, what, f"it holds more than {MAX_SIGNATURES} signatures")
    return Note(text + "\n", tuple(_signature(line) for line in lines))


def check_note(
    raw: str | bytes, keys: Iterable[VerifierKey]
) -> tuple[Note, tuple[VerifierKey, ...]]:
    """Return the note and those of `keys` that signed it, each once, at least one.

    Raises VerifyFault: `note_malformed`, `note_signature` (a known key's signature does not
    verify), `note_unsigned` (no known key signed), `note_keys` (two keys share a name and a key id,
    or none is given).
    """
    known = _index(keys)
    note = parse_note(raw)
    message = note.text.encode()
    found: dict[tuple[str, bytes], VerifierKey] = {}
    for signature in note.signatures:
        key = known.get((signature.name, signature.key_id))
        if key is not None:
            _check(key, signature.signature, message)
            found[key.name, key.key_id] = key
    if not found:
        raise VerifyFault(
            "note_unsigned",
            "no trusted key signed this note",
            cure="Check that the verifier key is the one the signer published.",
        )
    return note, tuple(found.values())


def _index(keys: Iterable[VerifierKey]) -> dict[tuple[str, bytes], VerifierKey]:
    known: dict[tuple[str, bytes], VerifierKey] = {}
    for key in keys:
        if known.setdefault((key.name, key.key_id), key) != key:
            raise VerifyFault(
                "note_keys",
                "two trusted keys share a name and a key id",
                cure="Remove one of them.",
            )
    if not known:
        raise VerifyFault(
            "note_keys", "no trusted key is given", cure="Name the signer's verifier key."
        )
    return known


def _check(key: VerifierKey, signature: bytes, message: bytes) -> None:
    if not verifies(key.public, signature, message):
        raise VerifyFault(
            "note_signature",
            "a trusted key's signature does not verify",
            place=f"signature by {key.name}",
            cure="Fetch the note again; if it stays, someone altered it.",
        )


def _signature(line: str) -> Signature:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    data = from_base64(encoded) if dash == _DASH and _is_name(name) else None
    if data is None or len(data) < 5:
        raise malformed(
            "note_malformed", "signed note", "a signature line is not dash, name, base64"
        )
    return Signature(name, data[:4], data[4:])


def _is_name(name: str) -> bool:
    return bool(name) and not any(
        character.isspace() or character < " " or character == "+" for character in name
    )
