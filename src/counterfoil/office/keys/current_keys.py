"""Whether the keys that a process opened are the office's present ones: how often one was exchanged
is remembered in the database, and stands beside the keys; and each is a key that the ledger says is
in use. See key_files.py.

Who can write the folder `keys` can put a public key of their own, or a former key file of the
office's, in the place of the present one. So before a process enters anything, this is compared
with the entries `key`, which are believed under the ledger's head:

    1  holder.vkey, and holder.next.vkey where there is one: added and not retired, in this order
    2  holder-N.vkey: added at some time
    3  payload.key: the key that was added last
    4  register.key, where a register is built or one of these keys exchanged: likewise
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from counterfoil.core import canonical, keyfile
from counterfoil.core.errors import StateFault, VerifyFault
from counterfoil.database import Connection, Store
from counterfoil.database.remembered import REMEMBERED, remember_value, remembered_value
from counterfoil.ledger import EntryKind
from counterfoil.office.context import Office
from counterfoil.office.keys import key_files
from counterfoil.tlog import Signer, VerifierKey, verifier_key

_SUBJECT: Final = "keys"


def require_current_keys(office: Office, connection: Connection) -> None:
    """Raise StateFault `keys_rotated` where a key was exchanged since this process opened the
    office; as `require_entered_keys`."""
    if int(remembered_value(connection, _SUBJECT) or 0) != office.rotated[0]:
        raise StateFault(
            "keys_rotated",
            "a key of this office was exchanged since this process opened it",
            place="keys",
            cure="Nothing was entered. Run the command again; start a service anew. Where it stays "
            "so, the folder `keys` is an older copy: restore the newest one.",
        )
    require_entered_keys(office, connection)


def require_entered_keys(office: Office, connection: Connection) -> None:
    """Raise VerifyFault `keys_not_entered` unless the holder's and the payload key that this
    process has are those that the ledger says are in use (1 to 3). Once in a process: the office
    keeps the public keys that it read."""
    if office.entered:
        return
    added, held = _entered(office, connection, "holder")
    if not added:  # The office is being made.
        return
    present, following, retired = office.holders
    used = [key for key in (present, following) if key is not None]
    if [_digest(key) for key in used] != held:
        raise _not_entered("holder.vkey, holder.next.vkey")
    if not set(map(_digest, retired)) <= set(added):
        raise _not_entered("holder-N.vkey")
    _require_newest(office, connection, "payload", payload_id(office.payload_keys()[0]))
    office.entered.append(office.holders)


def require_entered_register_key(office: Office, connection: Connection, key_id: str) -> None:
    """Raise VerifyFault `keys_not_entered` unless the register key of this id is the one that the
    ledger says was added last (4)."""
    _require_newest(office, connection, "register", key_id)


def _entered(office: Office, connection: Connection, purpose: str) -> tuple[list[str], list[str]]:
    """The digests of the keys of a purpose, oldest first: all that were added, and those that are
    not retired."""
    added, held = list[str](), list[str]()
    for _, entry in [*office.ledger.newest_of(connection, EntryKind.KEY)][::-1]:
        if entry.fields["purpose"] != purpose:
            continue
        key = str(entry.fields["key"])
        if entry.fields["event"] == "added":
            added.append(key)
            held.append(key)
        elif key in held:
            held.remove(key)
    return added, held


def _require_newest(office: Office, connection: Connection, purpose: str, named: str) -> None:
    added, _ = _entered(office, connection, purpose)
    if added and added[-1] != canonical.digest(named.encode()):
        raise _not_entered(f"{purpose}.key")


def _digest(key: VerifierKey) -> str:
    return canonical.digest(str(key).encode())


def _not_entered(file: str) -> VerifyFault:
    return VerifyFault(
        "keys_not_entered",
        "a key in the office's folder is not one that the ledger says is in use",
        place=f"keys/{file}",
        cure="Nothing was entered. Restore the newest copy of the folder `keys`, and tell the "
        "inspector: somebody put another key there.",
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
