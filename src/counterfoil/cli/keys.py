"""New keys of people: a folder, a key file and its public half. What was begun is removed where it
cannot be finished."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from counterfoil.batches.officers import Role
from counterfoil.core import keyfile
from counterfoil.core.errors import CounterfoilError, StoreFault, UsageFault
from counterfoil.core.values import Officer
from counterfoil.office import Office, enrol, make_officer, retire
from counterfoil.tlog import verifier_key

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def add_officer(
    office: Office, keys: Path, name: str, passphrase: str | None, role: Role
) -> Officer:
    """Make an officer's key in `keys` and enrol it. The office's passphrase is proved by the
    checkpoint over the entry.

    Raises UsageFault, KeyFault, StateFault, StoreFault.
    """
    signer = office.signer()
    with _new_key(keys, name):
        officer = make_officer(keys, name, passphrase, office.random)
        with office.store.transaction() as connection:
            enrol(office, connection, officer, role)
            office.ledger.sign_checkpoint(connection, signer)
    return officer


def remove_officer(office: Office, name: str) -> None:
    """Retire an officer and enter it. Raises StateFault, KeyFault, StoreFault."""
    signer = office.signer()
    with office.store.transaction() as connection:
        retire(office, connection, name)
        office.ledger.sign_checkpoint(connection, signer)


def make_principal(keys: Path, name: str, passphrase: str) -> str:
    """Make a principal's key in `keys`; return its verifier key. Raises UsageFault, StoreFault."""
    secret = keyfile.new_secret("principal")
    public = str(verifier_key(name, keyfile.public_bytes(secret))) if _NAME.fullmatch(name) else ""
    with _new_key(keys, name):
        keyfile.seal_key(
            keys / f"{name}.key",
            name=name,
            purpose="principal",
            secret=secret,
            passphrase=passphrase,
        )
        (keys / f"{name}.vkey").write_text(f"{public}\n", encoding="utf-8")
    return public


@contextmanager
def _new_key(keys: Path, name: str) -> Generator[None]:
    """A folder where NAME.key and NAME.vkey are new; both are removed again where the block
    fails."""
    if not _NAME.fullmatch(name):
        raise UsageFault(
            "key_name",
            "a name has letters, digits and . _ - only",
            place="NAME",
            cure="Choose one such as m-okafor.",
        )
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
