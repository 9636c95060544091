"""Key files: the one form in which a secret rests on disk.

A key file is one JSON object, mode 0600:

    {"format": "counterfoil-key-1", "name": "officer-a", "purpose": "officer",
     "kdf": "scrypt", "n": 32768, "r": 8, "p": 1, "salt": "<base64>", "nonce": "<base64>",
     "sealed": "<base64>"}

`sealed` is AES-256-GCM over the secret under scrypt(passphrase), with the canonical bytes of
`{"format", "name", "purpose"}` as authenticated data. A made-up (sandbox) office may hold keys with
`"kdf": "none"`, with `"secret"` in place of the last five; any other office refuses those.
An unknown format, purpose or kdf is refused (P10).

Purposes: `holder` (Ed25519: answers, manifests, checkpoints), `officer`, `principal` (Ed25519),
`register` and `payload` (64 random bytes each), `opening` (112 bytes: what items are sealed to,
envelopes/keys.py). A new passphrase has at least 12 characters; files made before keep theirs. A
thief of a sealed file needs the passphrase and
pays scrypt (32 MiB, about 60 ms) for each guess. A lost register key makes the register unreadable:
build again.
"""

from __future__ import annotations

import json
import os
import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from counterfoil.core import canonical
from counterfoil.core.atomic_files import replace_file
from counterfoil.core.bounded import is_bounded_json
from counterfoil.core.errors import CounterfoilError, KeyFault, StoreFault, UsageFault

FORMAT: Final = "counterfoil-key-1"
ED25519_PURPOSES: Final = ("holder", "officer", "principal")
SECRET_PURPOSES: Final = ("register", "payload")
OPENING_PURPOSE: Final = "opening"
SECRET_BYTES: Final = 64
OPENING_BYTES: Final = 112
MIN_PASSPHRASE: Final = 12
"""Characters that a new passphrase has at least."""
_N, _R, _P = 2**15, 8, 1
_MAX_FILE_BYTES: Final = 4096
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

Random = Callable[[int], bytes]


def new_secret(purpose: str, random: Random = os.urandom) -> bytes:
    """Return fresh secret bytes: a 32-byte Ed25519 seed, or 64 bytes for a symmetric purpose."""
    _known_purpose(purpose)
    if purpose == OPENING_PURPOSE:
        raise ValueError("an opening key is made by envelopes/keys.py")
    return random(_secret_length(purpose))


def seal_key(
    path: Path,
    *,
    name: str,
    purpose: str,
    secret: bytes,
    passphrase: str | None,
    random: Random = os.urandom,
) -> None:
    """Write a key file. Inverse of `open_key`. Without a passphrase the secret is in clear: sandbox
    only.

    Raises KeyFault `passphrase_short`; StoreFault if the file exists already or cannot be written.
    """
    _write_new(path, _sealed(name, purpose, secret, passphrase, random))


def change_passphrase(path: Path, old: str | None, new: str, random: Random = os.urandom) -> None:
    """Seal the key of a file under another passphrase, in one step: the file is the old one or the
    new one. One that `new` opens already is left as it is, so that it can be run again.

    Raises KeyFault as `open_key`, `passphrase_short`; StoreFault.
    """
    purpose = _read(path).get("purpose")
    if not isinstance(purpose, str) or purpose not in ED25519_PURPOSES + SECRET_PURPOSES:
        raise _unreadable(path)
    try:
        name, secret = open_key(path, purpose=purpose, passphrase=old, allow_unprotected=True)
    except KeyFault as fault:
        if fault.code != "passphrase_wrong":
            raise
        with suppress(KeyFault):
            open_key(path, purpose=purpose, passphrase=new, allow_unprotected=False)
            return
        raise
    data = _sealed(name, purpose, secret, new, random)
    try:
        replace_file(path, data)
        path.chmod(0o600)
    except OSError as fault:
        raise key_not_written(path) from fault


def _sealed(
    name: str, purpose: str, secret: bytes, passphrase: str | None, random: Random
) -> bytes:
    """The bytes of a key file."""
    _known_purpose(purpose)
    body: dict[str, Any] = {"format": FORMAT, "name": name, "purpose": purpose}
    if passphrase is not None and len(passphrase) < MIN_PASSPHRASE:
        raise KeyFault(
            "passphrase_short",
            f"a passphrase has at least {MIN_PASSPHRASE} characters",
            place=name,
            cure="Choose a longer one: four words that nobody would put together.",
        )
    if passphrase is None:
        body |= {"kdf": "none", "secret": b64encode(secret).decode()}
    else:
        salt, nonce = random(16), random(12)
        key = _derive(passphrase, salt)
        sealed = AESGCM(key).encrypt(nonce, secret, _bound(name, purpose))
        body |= {"kdf": "scrypt", "n": _N, "r": _R, "p": _P}
        body |= {
            field: b64encode(data).decode()
            for field, data in (("salt", salt), ("nonce", nonce), ("sealed", sealed))
        }
    return json.dumps(body, indent=1).encode() + b"\n"


def open_key(
    path: Path, *, purpose: str, passphrase: str | None, allow_unprotected: bool
) -> tuple[str, bytes]:
    """Return (name, secret). Inverse of `seal_key`.

    Raises KeyFault: unreadable file, unknown format, other purpose, wrong passphrase, or a key in
    clear where `allow_unprotected` is false.
    """
    body = _read(path)
    if body.get("purpose") != purpose:
        raise KeyFault(
            "key_purpose",
            f"this key file is not of the purpose {purpose}",
            place=path.name,
            cure=f"Name a key file of the purpose {purpose}.",
        )
    name = body.get("name")
    if not isinstance(name, str):
        raise _unreadable(path)
    if body.get("kdf") == "none":
        if not allow_unprotected:
            raise KeyFault(
                "key_unprotected",
                "a key in clear is for a sandbox only",
                place=path.name,
                cure="Make a key with a passphrase.",
            )
        secret = _field(body, "secret", path)
    else:
        secret = _unseal(body, name, purpose, passphrase, path)
    if len(secret) != _secret_length(purpose):
        raise _unreadable(path)
    return name, secret


def needs_passphrase(path: Path) -> bool:
    """Whether `open_key` will need a passphrase for this file. Raises KeyFault if it cannot be
    read."""
    return _read(path).get("kdf") != "none"


def signing_key(secret: bytes) -> Ed25519PrivateKey:
    """The Ed25519 key of a 32-byte secret."""
    return Ed25519PrivateKey.from_private_bytes(secret)


def public_bytes(secret: bytes) -> bytes:
    """The 32-byte Ed25519 public key of a 32-byte secret."""
    return signing_key(secret).public_key().public_bytes_raw()


def _unseal(
    body: dict[str, Any], name: str, purpose: str, passphrase: str | None, path: Path
) -> bytes:
    if body.get("kdf") != "scrypt" or (body.get("n"), body.get("r"), body.get("p")) != (_N, _R, _P):
        raise _unreadable(path)
    if not passphrase:
        raise KeyFault(
            "passphrase_missing",
            "this key needs its passphrase",
            place=path.name,
            cure="Give a passphrase file or type it at the prompt.",
        )
    salt, nonce, sealed = (_field(body, field, path) for field in ("salt", "nonce", "sealed"))
    try:
        return AESGCM(_derive(passphrase, salt)).decrypt(nonce, sealed, _bound(name, purpose))
    except (InvalidTag, ValueError):
        raise KeyFault(
            "passphrase_wrong",
            "the passphrase does not open this key",
            place=path.name,
            cure="Check the passphrase; if the file was altered, restore it from its backup.",
        ) from None


def _derive(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=_N, r=_R, p=_P).derive(passphrase.encode("utf-8"))


def _bound(name: str, purpose: str) -> bytes:
    return canonical.encode({"format": FORMAT, "name": name, "purpose": purpose})


def _secret_length(purpose: str) -> int:
    if purpose == OPENING_PURPOSE:
        return OPENING_BYTES
    return 32 if purpose in ED25519_PURPOSES else SECRET_BYTES


def _known_purpose(purpose: str) -> None:
    if purpose not in (*ED25519_PURPOSES, *SECRET_PURPOSES, OPENING_PURPOSE):
        raise ValueError(f"unknown key purpose {purpose}")


def _field(body: dict[str, Any], field: str, path: Path) -> bytes:
    value = body.get(field)
    if not isinstance(value, str):
        raise _unreadable(path)
    try:
        return b64decode(value, validate=True)
    except Base64Error:
        raise _unreadable(path) from None


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            raw = file.read(_MAX_FILE_BYTES + 1)
    except OSError as fault:
        raise key_missing(path) from fault
    try:
        body = json.loads(raw) if len(raw) <= _MAX_FILE_BYTES and is_bounded_json(raw) else None
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict) or body.get("format") != FORMAT:  # pyright: ignore[reportUnknownMemberType]
        raise _unreadable(path)
    return body  # pyright: ignore[reportUnknownVariableType]


def key_missing(path: Path) -> KeyFault:
    """No key file that can be read is there."""
    return KeyFault(
        "key_missing",
        "the key file cannot be read",
        place=path.name,
        cure="Check its path and permissions.",
    )


def _unreadable(path: Path) -> KeyFault:
    return KeyFault(
        "key_unreadable",
        f"this is not a {FORMAT} file",
        place=path.name,
        cure="Name the key file, NAME.key; NAME.vkey and NAME.pub are what others are given. If "
        "it is the key file, restore it from its backup.",
    )


def _write_new(path: Path, data: bytes) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError as fault:
        raise key_not_written(path) from fault


def key_not_written(path: Path) -> StoreFault:
    """A new key's file cannot be written."""
    return StoreFault(
        "key_not_written",
        "the key file cannot be written",
        place=path.name,
        cure="Check disk space and permissions; the file of a new key is a new file.",
    )


def require_key_name(name: str) -> None:
    """Raise UsageFault `key_name` for a name that no key file can have."""
    if not _NAME.fullmatch(name):
        raise UsageFault(
            "key_name",
            "a name has letters, digits and . _ - only",
            place="NAME",
            cure="Choose one such as m-okafor.",
        )


@contextmanager
def new_key_files(keys: Path, name: str) -> Generator[None]:
    """A folder where NAME.key and NAME.vkey are new, for the block to write; both are removed again
    where it fails. Raises UsageFault `key_name`, `key_taken`, StoreFault `key_folder`."""
    require_key_name(name)
    files = [keys / f"{name}.key", keys / f"{name}.vkey"]
    if any(path.exists() for path in files):
        raise UsageFault(
            "key_taken",
            "a key of that name stands there already",
            place=files[0].name,
            cure="Keys are never overwritten: choose another name or folder.",
        )
    try:
        keys.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield
    except (CounterfoilError, OSError, KeyboardInterrupt) as fault:
        for path in files:
            with suppress(OSError):
                path.unlink()
        if not isinstance(fault, OSError):
            raise
        raise StoreFault(
            "key_folder",
            "the key cannot be written there",
            place=keys.name,
            cure="Check the folder's permissions.",
        ) from None
