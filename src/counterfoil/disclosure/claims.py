"""Who has a batch in hand, so that two officers do not both read the same sample. It binds nobody:
every officer of disclosure may review and release whatever anybody has, and nothing is decided by
it. So it is no entry of the ledger.

    claims/BATCH.json    {"by": "a", "at": "...", "to": "b", "signed": "..."}

It lies in the office's folder. `signed` is the statement of the act `claim` as the officer `by`
signed it (batches/statements.py). Its details say who had the batch before (`from`) and who has it
now (`to`): the officer who signed, or another, to whom it was handed over. Who takes it from
another names the other, so that nobody takes one over by mistake. A file that no officer of
disclosure signed who is enrolled now counts as none. Trusted: no more than that. Lost: the batch is
nobody's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import msgspec

from counterfoil.batches import store as batches
from counterfoil.batches.batch import Batch
from counterfoil.batches.officers import Role
from counterfoil.batches.statements import check_signed, keep_signed, read_signed
from counterfoil.batches.states import BatchState
from counterfoil.core.atomic_files import replace_file
from counterfoil.core.bounded import read_bounded
from counterfoil.core.errors import CounterfoilError, StateFault, StoreFault
from counterfoil.core.instants import from_instant, instant_text
from counterfoil.core.use_cases import Actor, SignedCommand, Statement
from counterfoil.core.values import Officer, Public
from counterfoil.database import Connection
from counterfoil.office import Office, authority

FOLDER: Final = "claims"
ACT: Final = "claim"
_MOST_BYTES: Final = 16_384
OPEN_STATES: Final = (
    BatchState.RECEIVED,
    BatchState.GATED,
    BatchState.DETERMINED,
    BatchState.REVIEWED,
    BatchState.HELD,
)


class ClaimBatch(SignedCommand, frozen=True):
    """Take a batch in hand. `to`: the officer who is to have it, "" for the one who acts;
    `taken_from`: who has it now, where that is another."""

    batch: str
    to: str = ""
    taken_from: str = ""


class Claim(Public, frozen=True):
    """Who has a batch, "" for nobody, since when (UTC text), and who said so."""

    batch: str
    officer: str = ""
    at: str = ""
    by: str = ""


class _Kept(Public, frozen=True, forbid_unknown_fields=True):
    by: str
    at: str
    to: str
    signed: str


def claim_statement(office: Office, actor: Actor, command: ClaimBatch) -> Statement:
    """What the officer is to sign. Raises as `claim_batch`."""
    with office.store.reading() as connection:
        officer = authority.require_officer(connection, actor)
        return authority.state(office, _form(office, connection, officer, command))


def claim_batch(office: Office, actor: Actor, command: ClaimBatch) -> Claim:
    """Take a batch in hand, or hand it over.

    Raises StateFault `batch_unknown`, `batch_not_ready`, `batch_claimed`, `officer_unknown`,
    `officer_role`; StoreFault `claim_not_written`; as `require_signed`.
    """
    with office.store.transaction() as connection:
        officer = authority.require_officer(connection, actor)
        form = _form(office, connection, officer, command)
        authority.require_signed(office, connection, actor, form, command.signatures)
        at, to = instant_text(office.clock()), str(form.details["to"])
        kept = _Kept(officer.name, at, to, keep_signed(command.signatures[0]))
        path = _path(office, command.batch)
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            replace_file(path, msgspec.json.encode(kept))
        except OSError as fault:
            raise StoreFault(
                "claim_not_written",
                f"who has the batch could not be written ({type(fault).__name__})",
                place=FOLDER,
                cure="Check disk space and the permissions of the office's folder.",
            ) from None
    return Claim(command.batch, to, at, officer.name)


def read_claims(
    office: Office, connection: Connection, wanted: Iterable[Batch]
) -> Mapping[str, Claim]:
    """Who has which of these batches, as far as officers who may have it signed it."""
    officers = _who_claim(connection)
    found = (_read(office, each.id, officers) for each in wanted if each.state in OPEN_STATES)
    return {each.batch: each for each in found if each is not None}


def _form(
    office: Office, connection: Connection, officer: Officer, command: ClaimBatch
) -> authority.ActForm:
    batch = batches.find_batch(connection, command.batch)
    batch.require(*OPEN_STATES)
    officers = _who_claim(connection)
    now = _read(office, batch.id, officers) or Claim(batch.id)
    if now.officer not in ("", officer.name, command.taken_from):
        raise StateFault(
            "batch_claimed",
            f"the officer {now.officer} has this batch since {now.at}",
            place=batch.id,
            cure=f"Agree with {now.officer}, then take it over with `counterfoil batch claim "
            f"{batch.id} --from {now.officer}`.",
        )
    to = command.to or officer.name
    if to != officer.name:
        _require_disclosure(connection, batch, to)
    details: dict[str, str | int] = {"from": now.officer, "to": to}
    return authority.ActForm(ACT, batch.id, batch.generation, details)


def _who_claim(connection: Connection) -> dict[str, Officer]:
    """The officers who review and release, by name."""
    enrolled = batches.list_officers(connection)
    return {each.name: each for each, role in enrolled if role is Role.DISCLOSURE}


def _require_disclosure(connection: Connection, batch: Batch, name: str) -> None:
    """Raise StateFault unless an officer of this name may review and release."""
    _, role = batches.signing_officer(connection, name)
    if role is not Role.DISCLOSURE:
        raise StateFault(
            "officer_role",
            f"an officer of the role {role} does not have batches",
            place=batch.id,
            cure="Hand it over to an officer of disclosure: `counterfoil officer list`.",
        )


def _read(office: Office, batch: str, officers: Mapping[str, Officer]) -> Claim | None:
    try:
        data = read_bounded(_path(office, batch), _MOST_BYTES)
        kept = msgspec.json.decode(data, type=_Kept)
        signed = read_signed(kept.signed, officers[kept.by])
        check_signed(signed)
        from_instant(kept.at)
    except (OSError, ValueError, KeyError, msgspec.MsgspecError, CounterfoilError):
        return None
    said = signed.statement
    stated = (said.act, said.office, said.subject, said.details.get("to"))
    if stated != (ACT, office.settings.name, batch, kept.to) or kept.to not in officers:
        return None
    return Claim(batch, kept.to, kept.at, kept.by)


def _path(office: Office, batch: str) -> Path:
    return office.directory / FOLDER / f"{batch}.json"
