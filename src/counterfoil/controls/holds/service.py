"""Holds of 26 USC 6103(i)(6): two officers add or lift one, and what stands is applied after
matching (matching/suppressed.py).

    add     the person's keyed hashes, the entry, and every batch that was determined and not
            released sent back, in one commit
    lift    the entry; batches that are determined already keep what was decided
    list    numbers, days and officers, for an officer of the role; entered as an `inspection`

A hold is asked by no route and told to nobody: an answer to it is `not_confirmed`, as every other
negative. The person comes from a file, `counterfoil-held-1`: one JSON object of at most 64 KiB with
the holder's own `record_refs`, a tax number, or both. The register is not asked whether it knows
them. docs/decisions/0010 says what was chosen and what a clerk without the role can infer.
"""

from __future__ import annotations

from typing import Final

import msgspec

from counterfoil.accountability.accounting.lines import accounting_key, look_commitment
from counterfoil.batches import store as batches
from counterfoil.batches.batch import instant_text
from counterfoil.batches.officers import Role, require_two
from counterfoil.batches.states import BatchState
from counterfoil.controls.holds import store
from counterfoil.controls.holds.store import Hold, Word
from counterfoil.core import canonical
from counterfoil.core.errors import InputFault, StateFault, VerifyFault
from counterfoil.core.values import Officer, Public, Sensitive
from counterfoil.database import Connection
from counterfoil.ledger import Draft, EntryKind
from counterfoil.ledger.entries import decode
from counterfoil.office import Office
from counterfoil.tlog import Signer

HELD_FORMAT: Final = "counterfoil-held-1"
MAX_HELD_BYTES: Final = 65_536
MOST_REFS: Final = 256
ADDED: Final = "added"
LIFTED: Final = "lifted"
_CLOSED: Final = (BatchState.RELEASED, BatchState.WITHDRAWN)

Signing = tuple[str, Signer]
"""An officer's name and key."""


class HeldPerson(Sensitive, frozen=True, forbid_unknown_fields=True):
    """Whom a hold is of. Absent: no reference, no number."""

    format: str
    record_refs: tuple[str, ...] = ()
    tin: str = ""


class HoldResult(Public, frozen=True):
    """What was done. `batches`: how many are determined anew."""

    hold: int
    index: int
    batches: int = 0


class HoldListing(Public, frozen=True):
    """A hold as an officer of the role is shown it. Times are UTC text; the last two are "" while
    it stands."""

    hold: int
    added_at: str
    added_by: tuple[str, str]
    lifted_at: str
    lifted_by: tuple[str, str]


def read_held(data: bytes) -> HeldPerson:
    """Raises InputFault `held_file`, `held_nobody`: never with a value of it. The number's form is
    for `add_hold` to check."""
    try:
        person = msgspec.json.decode(data, type=HeldPerson) if len(data) <= MAX_HELD_BYTES else None
    except (msgspec.MsgspecError, UnicodeDecodeError):
        person = None
    refs = [ref.strip() for ref in person.record_refs] if person else []
    if (
        person is None
        or person.format != HELD_FORMAT
        or len(refs) > MOST_REFS
        or not all(map(_is_reference, refs))
    ):
        raise _unusable(
            "held_file",
            f"this is not a file of format {HELD_FORMAT}",
            f"docs/formats/person-file.md lists its fields; at most {MOST_REFS} references, "
            "none empty.",
        )
    if not refs and not person.tin:
        raise _unusable(
            "held_nobody",
            "the file names neither a record reference nor a tax number",
            "Give at least one of the two.",
        )
    return HeldPerson(person.format, tuple(refs), person.tin)


def add_hold(office: Office, person: HeldPerson, first: Signing, second: Signing) -> HoldResult:
    """Hold a person from this commit on. Batches that are determined and not released are
    determined anew under it.

    Raises InputFault `held_tin`, StateFault (the officers), KeyFault, StoreFault.
    """
    custodian = office.custodian()
    number_hash = custodian.tin_hash(person.tin)
    if person.tin and not number_hash:
        raise _unusable(
            "held_tin",
            "the tax number is not one",
            "Nine digits; hyphens and spaces may stand between.",
        )
    marks = [mark for ref in person.record_refs for mark in custodian.hold_fingerprints(b"", ref)]
    hidden = store.hide_marks(
        [*marks, *custodian.hold_fingerprints(number_hash, "")], office.random
    )
    joined = b"".join(hidden)
    with office.store.transaction() as connection:
        officers = _officers(connection, first, second)
        number = store.next_number(connection)
        word = _enter(office, connection, store.word_bytes(ADDED, number, joined), officers)
        store.keep_hold(connection, Hold(number, joined, custodian.key_id, word))
        begun = [
            each
            for each in batches.list_batches(connection)
            if each.snapshot and each.state not in _CLOSED
        ]
        for batch in begun:
            batches.mark_reconsidered(connection, batch)
    return HoldResult(number, word.index, len(begun))


def lift_hold(office: Office, number: int, first: Signing, second: Signing) -> HoldResult:
    """Lift a hold for what is first determined from this commit on. Raises StateFault
    `hold_unknown`, `hold_lifted`, as `add_hold`."""
    with office.store.transaction() as connection:
        officers = _officers(connection, first, second)
        hold = store.find_standing(connection, number)
        word = _enter(office, connection, store.word_bytes(LIFTED, number, hold.marks), officers)
        store.lift_hold(connection, hold, word)
    return HoldResult(number, word.index)


def list_holds(office: Office, name: str, signer: Signer) -> list[HoldListing]:
    """Every hold, lifted ones too. Entered before anything is shown. Raises StateFault, KeyFault
    (the officer)."""
    key = accounting_key(office)
    with office.store.transaction() as connection:
        officer = batches.officer_with_key(connection, name, str(signer.verifier), Role.HOLDS)
        commitment = look_commitment(office, connection, key, {"holds": "listed"})
        fields = {"commitment": commitment, "officer": canonical.digest(officer.vkey.encode())}
        office.ledger.append(connection, [Draft(EntryKind.INSPECTION, {**fields})], office.clock())
        return [_listed(hold) for hold in store.list_holds(connection)]


def marks_in_force(office: Office, connection: Connection, key_id: str) -> list[bytes]:
    """The marks of every hold that stands, once all rows are what the ledger's entries say.
    `key_id` is the key custodian's.

    Raises VerifyFault `holds_altered`, StateFault `hold_key_other` where a hold's marks were made
    under another register key.
    """
    held = store.list_holds(connection)
    words = [(ADDED, hold, hold.added) for hold in held]
    words += [(LIFTED, hold, hold.lifted) for hold in held if hold.lifted]
    entered = office.ledger.counts(connection)[EntryKind.HOLD]
    if len(words) != entered or not all(_is_entered(office, connection, *each) for each in words):
        raise VerifyFault(
            "holds_altered",
            "the holds in the database are not those that the ledger has entries of",
            place="disclosure_hold",
            cure="Nothing is determined. Restore the database from a copy that has them all, "
            "and tell the inspector.",
        )
    standing = [hold for hold in held if not hold.lifted]
    if others := [hold.number for hold in standing if hold.key_id != key_id]:
        raise StateFault(
            "hold_key_other",
            "a hold was made under another register key, and names nobody under this one",
            place=str(others[0]),
            cure="Nothing is determined. Two officers add it again from their own papers, then "
            "lift this one.",
        )
    return [mark for hold in standing for mark in store.split_marks(hold.marks)]


def _officers(connection: Connection, first: Signing, second: Signing) -> list[Officer]:
    officers = [
        batches.officer_with_key(connection, name, str(signer.verifier), Role.HOLDS)
        for name, signer in (first, second)
    ]
    require_two(officers, "change a hold")
    return officers


def _enter(office: Office, connection: Connection, said: bytes, officers: list[Officer]) -> Word:
    """Additions and liftings look alike: a commitment and two digests."""
    now, salt = office.clock(), office.random(canonical.SALT_BYTES)
    first, second = (canonical.digest(each.vkey.encode()) for each in officers)
    fields = {"commitment": canonical.commit(salt, said), "officer": first, "second": second}
    index = office.ledger.append(connection, [Draft(EntryKind.HOLD, {**fields})], now)[0]
    return Word(officers[0].name, officers[1].name, salt, now, index)


def _is_entered(office: Office, connection: Connection, event: str, hold: Hold, word: Word) -> bool:
    if not 0 <= word.index < office.ledger.size(connection):
        return False
    entry = decode(
        next(office.ledger.entries(connection, word.index, word.index + 1)), f"entry {word.index}"
    )
    said = canonical.commit(word.salt, store.word_bytes(event, hold.number, hold.marks))
    return entry.kind is EntryKind.HOLD and entry.fields["commitment"] == said


def _listed(hold: Hold) -> HoldListing:
    added, lifted = hold.added, hold.lifted
    return HoldListing(
        hold.number,
        instant_text(added.at),
        (added.officer, added.second),
        instant_text(lifted.at) if lifted else "",
        (lifted.officer, lifted.second) if lifted else ("", ""),
    )


def _is_reference(ref: str) -> bool:
    """As the register takes one (register/rows.py)."""
    return bool(ref) and ref.isprintable()


def _unusable(code: str, message: str, cure: str) -> InputFault:
    return InputFault(code, message, place="--person-file", cure=cure)
