"""The holder's keys, one after the other: how somebody who knows the first one comes to trust the
next, from a file and without the office.

    counterfoil-rotation-1
    <verifier key of the next key>
    <the entry `key` that added it>

    <c2sp.org/tlog-proof of that entry>

Whoever knows the key before establishes:

    1  that key signed the checkpoint, and the entry is in its tree
    2  the entry adds a holder's key, is by two officers who are not one, and its digest is that of
       the key in line 2
    3  the key in line 2 has the same name, which is the ledger's origin, and signed the checkpoint
       too: who holds it agreed

The entry names the two officers who signed (docs/formats/key-rotation.md). A file that is
anything else is refused. Lost: `counterfoil key prove` makes it again.
"""

from __future__ import annotations

from typing import Final

from counterfoil.core import canonical
from counterfoil.core.errors import CounterfoilError, VerifyFault
from counterfoil.core.use_cases import Actor
from counterfoil.core.values import Public
from counterfoil.database import Connection
from counterfoil.ledger import EntryKind
from counterfoil.ledger.entries import Entry, decode
from counterfoil.ledger.store import read_checkpoints
from counterfoil.office import Office
from counterfoil.tlog import VerifierKey, check_note, check_proof, parse_proof, parse_vkey

FORMAT: Final = "counterfoil-rotation-1"
MAX_ROTATION_BYTES: Final = 65_536
_PARTS: Final = 2


class Rotation(Public, frozen=True):
    """One change of the holder's key. `text` is the file."""

    number: int
    vkey: str
    text: str


def prove_rotations(office: Office, _actor: Actor) -> list[Rotation]:
    """A file for each key that followed another, oldest first. Anybody may ask. Raises
    VerifyFault."""
    known = {canonical.digest(str(key).encode()): key for key in office.log_keys}
    with office.store.reading() as connection:
        added = [
            (index, entry)
            for index, entry in office.ledger.newest_of(connection, EntryKind.KEY)
            if _adds_holder(entry)
        ][::-1]
        return [
            Rotation(number, str(key), _file(office, connection, index, key))
            for number, (index, entry) in enumerate(added)
            if number and (key := known.get(str(entry.fields["key"]))) is not None
        ]


def follow_rotation(data: bytes, key: VerifierKey) -> VerifierKey:
    """The key that follows `key`, once 1 to 3 are established. Raises VerifyFault
    `rotation_malformed`, `rotation_other`, as `check_proof`."""
    text, place = _text(data), "rotation"
    lines, _, proof = text.partition("\n\n")
    first, *rest = lines.split("\n")
    if first != FORMAT or len(rest) != _PARTS:
        raise _malformed()
    following, entry = parse_vkey(rest[0]), rest[1].encode()
    check_proof(proof, entry, key)  # 1
    added = decode(entry, place)
    digest = canonical.digest(str(following).encode())
    officers = {added.fields.get("officer"), added.fields.get("second")} - {None}
    if not _adds_holder(added) or len(officers) != 2 or added.fields["key"] != digest:  # 2
        raise _other("the entry adds another key")
    if following.name != key.name or following == key:
        raise _other("the next key is of another ledger, or the same")
    try:
        check_note(parse_proof(proof).note, [following])  # 3
    except VerifyFault:
        raise _other("the next key did not sign the checkpoint") from None
    return following


def _adds_holder(entry: Entry) -> bool:
    fields = entry.fields
    return entry.kind is EntryKind.KEY and (fields["purpose"], fields["event"]) == (
        "holder",
        "added",
    )


def _file(office: Office, connection: Connection, index: int, key: VerifierKey) -> str:
    """The file of the entry of this index, under the first checkpoint over it that the key
    signed."""
    entry = next(office.ledger.entries(connection, index, index + 1)).decode()
    for size, note in read_checkpoints(connection):
        if size > index and _is_signed(note, key):
            proof = office.ledger.tlog_proof(connection, index, note)
            return f"{FORMAT}\n{key}\n{entry}\n\n{proof}"
    raise _other("no checkpoint over the entry is signed by the key")


def _is_signed(note: str, key: VerifierKey) -> bool:
    try:
        check_note(note, [key])
    except CounterfoilError:
        return False
    return True


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except ValueError:
        raise _malformed() from None


def _malformed() -> VerifyFault:
    return VerifyFault(
        "rotation_malformed",
        f"this is not a {FORMAT} file",
        place="rotation",
        cure="Ask for it again, byte for byte.",
    )


def _other(why: str) -> VerifyFault:
    return VerifyFault(
        "rotation_other",
        f"the file does not show that the holder's key was followed by this one: {why}",
        place="rotation",
        cure="Do not rely on the next key. Ask the holder, and the other party of the agreement.",
    )
