"""Opening keys as a requester's files: beside NAME.key, which signs, stand NAME.opening.key, which
opens what is sealed to NAME, and NAME.opening.pub, which others seal to.

Two keys and not one: an engaged officer may open answers and sign nothing, and a stolen signing key
opens nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from counterfoil.core import keyfile
from counterfoil.core.bounded import read_bounded
from counterfoil.core.errors import KeyFault
from counterfoil.envelopes.keys import (
    OpeningKey,
    PublicOpeningKey,
    new_opening_secret,
    parse_opening_key,
)

SUFFIX: Final = ".opening.key"
PUBLIC_SUFFIX: Final = ".opening.pub"
_MAX_PUBLIC_BYTES: Final = 4096


def opening_path(key: Path) -> Path:
    """The opening key's file beside a signing key's, or the file itself where it is one."""
    if key.name.endswith(SUFFIX):
        return key
    return key.with_name(key.name.removesuffix(".key") + SUFFIX)


def make_opening_key(path: Path, name: str, passphrase: str | None) -> PublicOpeningKey:
    """Write an opening key's file at `path`, NAME.opening.key, and its public half beside it.
    Without a passphrase it is in clear: sandbox only. Raises StoreFault `key_not_written`."""
    secret = new_opening_secret()
    public = OpeningKey(secret).public
    keyfile.seal_key(
        path, name=name, purpose=keyfile.OPENING_PURPOSE, secret=secret, passphrase=passphrase
    )
    beside = path.with_name(path.name.removesuffix(SUFFIX) + PUBLIC_SUFFIX)
    beside.write_text(f"{public}\n", encoding="utf-8")
    return public


def open_opening_key(path: Path, passphrase: str | None, *, sandbox: bool) -> OpeningKey:
    """Open an opening key's file. Raises KeyFault."""
    _, secret = keyfile.open_key(
        path, purpose=keyfile.OPENING_PURPOSE, passphrase=passphrase, allow_unprotected=sandbox
    )
    try:
        return OpeningKey(secret)
    except ValueError:
        raise _unreadable(path) from None


def read_public_key(path: Path) -> PublicOpeningKey:
    """The public half in a file. Raises KeyFault `opening_key_unreadable`, VerifyFault
    `opening_key_malformed`."""
    try:
        text = read_bounded(path, _MAX_PUBLIC_BYTES).decode("ascii").strip()
    except (OSError, ValueError):
        raise _unreadable(path) from None
    return parse_opening_key(text)


def _unreadable(path: Path) -> KeyFault:
    return KeyFault(
        "opening_key_unreadable",
        "this file holds no opening key",
        place=path.name,
        cure="Name NAME.opening.key, or NAME.opening.pub for its public half.",
    )
