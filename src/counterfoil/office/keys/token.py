"""A register key that rests wrapped by an AES key on a PKCS#11 token: format
`counterfoil-wrapped-key-1`.

    {"format": "counterfoil-wrapped-key-1", "name": "<the key's name>", "nonce": "<12 bytes>",
     "wrapped": "<80 bytes>"}

One JSON object; bytes as base64. wrapped = AES-GCM by the token (CKM_AES_GCM, tag of 128 bits) of
the 64 bytes of the register key. The data that is authenticated besides is the canonical JSON of
`format` and `name`.

The AES key never leaves the token. The register key does: it is in the memory of the process that
unwrapped it, because every question needs several keyed hashes. So whoever takes the file, or a
copy of the disk, needs the token and its PIN as well.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec

from counterfoil.core import canonical
from counterfoil.core.atomic_files import replace_file
from counterfoil.core.bounded import read_bounded
from counterfoil.core.errors import KeyFault, SettingsFault
from counterfoil.core.keyfile import key_not_written

FORMAT: Final = "counterfoil-wrapped-key-1"
_MOST_BYTES: Final = 4096
_NONCE_BYTES: Final = 12
_KEY_BYTES: Final = 64
_FIELDS: Final = frozenset({"format", "name", "nonce", "wrapped"})


class Token(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the wrapping key is: a PKCS#11 library, the label of a token, the label of an AES key
    on it."""

    module: str
    label: str
    key: str


def wrap_key(
    path: Path,
    name: str,
    secret: bytes,
    token: Token,
    pin: str,
    random: Callable[[int], bytes] = os.urandom,
) -> None:
    """Write a register key, wrapped by the token. Inverse of `unwrap_key`. Raises KeyFault,
    SettingsFault as it, StoreFault `key_not_written` where the file is there or cannot be."""
    nonce = random(_NONCE_BYTES)
    with _wrapping_key(token, pin) as crypt:
        wrapped = crypt("encrypt", secret, nonce, _bound(name))
    body = {
        "format": FORMAT,
        "name": name,
        "nonce": b64encode(nonce).decode(),
        "wrapped": b64encode(wrapped).decode(),
    }
    if path.exists():
        raise key_not_written(path)
    try:
        replace_file(path, json.dumps(body, indent=1).encode() + b"\n")
        path.chmod(0o600)
    except OSError:
        raise key_not_written(path) from None


def unwrap_key(path: Path, token: Token, pin: str) -> bytes:
    """The register key of a wrapped file. Inverse of `wrap_key`.

    Raises KeyFault `wrapped_key_unreadable`, `wrapped_key_altered`, `token_missing`, `token_pin`,
    `token_key_missing`, `token_failed`; SettingsFault `token_module`.
    """
    name, nonce, wrapped = _read(path)
    with _wrapping_key(token, pin) as crypt:
        secret = crypt("decrypt", wrapped, nonce, _bound(name))
    if len(secret) != _KEY_BYTES:
        raise _altered()
    return secret


def _read(path: Path) -> tuple[str, bytes, bytes]:
    try:
        body: Any = json.loads(read_bounded(path, _MOST_BYTES))
        if body.keys() == _FIELDS and body["format"] == FORMAT:
            nonce, wrapped = (b64decode(body[each], validate=True) for each in ("nonce", "wrapped"))
            if isinstance(body["name"], str) and len(nonce) == _NONCE_BYTES:
                return body["name"], nonce, wrapped
    except (OSError, ValueError, TypeError, AttributeError, RecursionError, Base64Error):
        pass
    raise KeyFault(
        "wrapped_key_unreadable",
        f"this is not a {FORMAT} file",
        place=path.name,
        cure="See `counterfoil custodian wrap --help`, or restore it from its backup.",
    )


def _bound(name: str) -> bytes:
    return canonical.encode({"format": FORMAT, "name": name})


Crypt = Callable[[str, bytes, bytes, bytes], bytes]
"""(encrypt or decrypt, data, nonce, authenticated data) by the key on the token."""


@contextmanager
def _wrapping_key(token: Token, pin: str) -> Generator[Crypt]:
    """The AES key on the token, while its session lasts."""
    try:
        import pkcs11
        from pkcs11 import exceptions
    except ImportError:
        raise _no_module(token, "python-pkcs11 is not installed") from None
    try:
        library = pkcs11.lib(token.module)
    except (RuntimeError, exceptions.PKCS11Error):
        raise _no_module(token, "it cannot be loaded") from None

    def crypt(verb: str, data: bytes, nonce: bytes, bound: bytes) -> bytes:
        with _session(library, token, pin) as session:
            try:
                key: Any = session.get_key(
                    object_class=pkcs11.ObjectClass.SECRET_KEY,
                    key_type=pkcs11.KeyType.AES,
                    label=token.key,
                )
            except (exceptions.NoSuchKey, exceptions.MultipleObjectsReturned):
                raise _no_key(token) from None
            try:
                return getattr(key, verb)(
                    data,
                    mechanism=pkcs11.Mechanism.AES_GCM,
                    mechanism_param=pkcs11.GCMParams(nonce, bound, 128),
                )
            except exceptions.PKCS11Error as fault:
                if verb == "decrypt":
                    raise _altered() from None
                raise _failed(token, type(fault).__name__) from None

    yield crypt


@contextmanager
def _session(library: Any, token: Token, pin: str) -> Generator[Any]:
    from pkcs11 import exceptions

    try:
        found = library.get_token(token_label=token.label)
        session = found.open(user_pin=pin)
    except (
        exceptions.NoSuchToken,
        exceptions.MultipleTokensReturned,
        exceptions.TokenNotPresent,
        exceptions.TokenNotRecognised,
    ):
        raise KeyFault(
            "token_missing",
            "there is not one token of this label",
            place=token.label,
            cure="Plug it in, or correct `label` in the custodian's configuration.",
        ) from None
    except (
        exceptions.PinIncorrect,
        exceptions.PinInvalid,
        exceptions.PinLenRange,
        exceptions.PinLocked,
        exceptions.PinExpired,
        exceptions.UserPinNotInitialized,
    ):
        raise KeyFault(
            "token_pin",
            "the PIN does not open this token",
            place=token.label,
            cure="Check the PIN before the next try: a token locks itself after a few wrong ones.",
        ) from None
    except exceptions.PKCS11Error as fault:
        raise _failed(token, type(fault).__name__) from None
    with session:
        yield session


def _no_module(token: Token, why: str) -> SettingsFault:
    return SettingsFault(
        "token_module",
        f"the PKCS#11 library cannot be used: {why}",
        place=Path(token.module).name,
        cure="Install Counterfoil with the extra `pkcs11`, and name the token's own library in "
        "`module`.",
    )


def _no_key(token: Token) -> KeyFault:
    return KeyFault(
        "token_key_missing",
        "there is not one AES key of this label on the token",
        place=token.key,
        cure="Make one there that encrypts and decrypts, or correct `key` in the custodian's "
        "configuration.",
    )


def _failed(token: Token, why: str) -> KeyFault:
    return KeyFault(
        "token_failed",
        f"the token did not do it ({why})",
        place=token.label,
        cure="See that it does AES-GCM with this key, and try it again.",
    )


def _altered() -> KeyFault:
    return KeyFault(
        "wrapped_key_altered",
        "the wrapped key was altered, or wrapped by another key",
        place="keys",
        cure="Restore it from its backup, or name the key on the token that wrapped it.",
    )
