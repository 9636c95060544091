"""Whether the keys that a process opened are the office's present ones: how often one was exchanged
is remembered in the database, and stands beside the keys. See key_files.py."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from counterfoil.core import canonical, keyfile
from counterfoil.core.errors import StateFault
from counterfoil.database import Connection, Store
from counterfoil.database.remembered import REMEMBERED, remember_value, remembered_value
from counterfoil.office.context import Office
from counterfoil.office.keys import key_files
from counterfoil.tlog import Signer, verifier_key

_SUBJECT: Final = "keys"


def require_current_keys(office: Office, connection: Connection) -> None:
    """Raise StateFault `keys_rotated` where a key was exchanged since this process opened the
    office."""
    if int(remembered_value(connection, _SUBJECT) or 0) != office.rotated[0]:
        raise StateFault(
            "keys_rotated",
            "a key of this office was exchanged since this process opened it",
            place="keys",
            cure="Nothing was entered. Run the command again; start a service anew. Where it stays "
            "so, the folder `keys` is an older copy: restore the newest one.",
        )


def settle_keys(directory: Path, opened: Store) -> int:
    """Put into place what was prepared for an exchange that the database remembers, where the
    process that entered it was ended; how often a key was exchanged. Raises StoreFault."""
    keys = directory / "keys"
    if key_files.read_plan(keys) is not None:
        with key_files.one_exchange(keys), opened.reading() as connection:
            plan = key_files.read_plan(keys)
            kept = connection.execute(
                REMEMBERED.select().where(REMEMBERED.c.subject == _SUBJECT)
            ).first()
            if plan is not None and kept is not None and kept.value == str(plan.number):
                key_files.put_into_place(keys, plan)
    return key_files.count_rotations(keys)


def remember_exchange(office: Office, connection: Connection, number: int) -> None:
    """Remember the exchange of this number in the commit that makes it."""
    remember_value(connection, _SUBJECT, str(number))
    office.rotated[0] = number


def payload_id(secret: bytes) -> str:
    """A name for the payload key that does not reveal it."""
    return canonical.commit(secret, b"counterfoil/payload-key-id")


def holder_vkey(office: Office, secret: bytes) -> str:
    """The verifier key of a holder's key of 32 bytes, as text."""
    return str(verifier_key(office.settings.name, keyfile.public_bytes(secret)))


def with_next_key(signer: Signer, secret: bytes) -> Signer:
    """The signer with a next key of 32 bytes, which signs checkpoints as well."""
    return Signer(signer.name, signer.private, keyfile.signing_key(secret))
