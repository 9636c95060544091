"""Exchanging the keys that an office holds, each by two officers of the role disclosure, with an
entry `key` that commits to what they signed. The rule, and how somebody outside follows it, is in
docs/formats/key-rotation.md.

    holder    in two steps: `rotate` enters the new key, and both are in use from then on: the old
              one signs answers, both sign checkpoints. `retire` enters that the old one is retired:
              the new one signs everything, and the register's files are signed by it again
    register  the next snapshot is sealed under the new key; older ones open under the key that
              sealed them, as long as its file is kept
    payload   the keys of all batches are wrapped under the new one in the same commit. The half
              that makes the history's hashes stays as it is: hashes are found by it

A process that opened the office before an exchange enters nothing after it (`keys_rotated`): it
would sign and wrap under a key that is retired. How key files are changed:
office/keys/key_files.py.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

from counterfoil import register
from counterfoil.certification.certificate import sign_again as sign_certificates_again
from counterfoil.core import canonical, keyfile
from counterfoil.core.errors import StateFault, StoreFault, UsageFault, VerifyFault
from counterfoil.core.use_cases import Actor, SignedCommand, Statement
from counterfoil.core.values import Public, Role
from counterfoil.database import Connection
from counterfoil.ledger import EntryKind
from counterfoil.office import Office, acts, authority
from counterfoil.office.keys import key_files
from counterfoil.office.keys.current_keys import (
    holder_vkey,
    payload_id,
    remember_exchange,
    require_current_keys,
    with_next_key,
)
from counterfoil.office.keys.wrapped_keys import wrap_all
from counterfoil.office.officers import ADDED, RETIRED
from counterfoil.register.snapshots import list_snapshots

Purpose = Literal["holder", "register", "payload"]
_TWO: Final = (Role.DISCLOSURE, Role.DISCLOSURE)
_RETIRED: Final = "retired"
_ACT: Final = {ADDED: "rotate-key", RETIRED: "retire-key"}


class RotateKey(SignedCommand, frozen=True):
    """Exchange a key for the one that `prepare_rotation` made."""

    purpose: str


class RetireHolderKey(SignedCommand, frozen=True):
    """Retire the holder's key: the next one takes its place."""


class Rotated(Public, frozen=True):
    """An exchange that was entered. `public`: the new key's verifier key, or its id."""

    purpose: str
    public: str
    entry: int


def prepare_rotation(office: Office, purpose: str) -> str:
    """Make the new key, and have it ready; its verifier key, or its id. Nothing is in use yet.

    Raises UsageFault `key_purpose_unknown`; StateFault `keys_overlap` where the holder's last
    exchange is not finished, `register_key_elsewhere` where a key custodian in another process has
    the register key; KeyFault, StoreFault.
    """
    if purpose not in get_args(Purpose):
        raise UsageFault(
            "key_purpose_unknown",
            "an office has no such key",
            place=purpose[:32],
            cure=f"Name one of: {', '.join(get_args(Purpose))}.",
        )
    if purpose == "register" and office.settings.custodian:
        raise StateFault(
            "register_key_elsewhere",
            "the register key is with a key custodian in another process",
            place="office.toml",
            cure="Nothing was made. Take the key back into the office first "
            "(docs/operate/custodian.md), and try it again.",
        )
    keys = office.directory / "keys"
    if purpose == "holder" and office.next_holder_key is not None:
        raise StateFault(
            "keys_overlap",
            "two holder's keys are in use already",
            place="keys/holder.next.vkey",
            cure="Retire the older one first: `counterfoil key retire --second KEY`.",
        )
    secret = _new_secret(office, purpose)
    with (
        key_files.one_exchange(keys),
        key_files.preparing(keys, purpose, office.rotated[0] + 1) as (folder, named),
    ):
        stem = "holder.next" if purpose == "holder" else purpose
        keyfile.seal_key(
            folder / f"{stem}.key",
            name=office.settings.name,
            purpose=purpose,
            secret=secret,
            passphrase=office.passphrase,
            random=office.random,
        )
        named.append(_public_name(office, purpose, secret))
        if purpose == "holder":
            (folder / f"{stem}.vkey").write_text(f"{named[0]}\n", encoding="utf-8")
    return named[0]


def rotate_statement(office: Office, actor: Actor, command: RotateKey) -> Statement:
    """What two officers are to sign. Raises StateFault `keys_unprepared`, VerifyFault
    `keys_prepared_other`, KeyFault; as `require_officer`."""
    plan = _plan(office, command.purpose)
    with office.store.reading() as connection:
        authority.require_officer(connection, actor)
        return authority.state(office, _form(office, connection, ADDED, plan))


def rotate_key(office: Office, actor: Actor, command: RotateKey) -> Rotated:
    """Enter the new key and put it into use. Raises StateFault `keys_unprepared`, VerifyFault
    `keys_prepared_other`, KeyFault, StoreFault; as `require_signed`."""
    keys = office.directory / "keys"
    with key_files.one_exchange(keys):
        plan = _plan(office, command.purpose)
        entry = _exchange(office, actor, command, ADDED, plan)
        key_files.put_into_place(keys, plan)
    office.forget_keys()
    return Rotated(plan.purpose, plan.public, entry)


def retire_statement(office: Office, actor: Actor, command: RetireHolderKey) -> Statement:
    """What two officers are to sign. Raises StateFault `keys_no_next`; as `require_officer`."""
    plan = _retirement(office)
    with office.store.reading() as connection:
        authority.require_officer(connection, actor)
        return authority.state(office, _form(office, connection, RETIRED, plan))


def retire_holder_key(office: Office, actor: Actor, command: RetireHolderKey) -> Rotated:
    """Retire the holder's key. Raises StateFault `keys_no_next`, `keys_not_agreed`, KeyFault,
    StoreFault; as `require_signed`."""
    keys, following = office.directory / "keys", office.next_holder_key
    with key_files.one_exchange(keys):
        plan = _retirement(office)
        roots = office.law.agreement.roots
        if roots is not None and roots.holder != str(following):
            raise StateFault(
                "keys_not_agreed",
                "the agreement that both parties signed names another holder's key",
                place="roots",
                cure="Nothing was changed. Have both parties sign an agreement whose `roots` name "
                "the new key, and try it again.",
            )
        with key_files.preparing(keys, _RETIRED, plan.number) as (folder, named):
            for suffix in (".key", ".vkey"):
                source = keys / f"holder.next{suffix}"
                key_files.copy_key(source, folder / f"holder{suffix}")
            named.append(plan.public)
        _sign_register_again(office)
        entry = _exchange(office, actor, command, RETIRED, plan)
        key_files.put_into_place(keys, plan._replace(purpose=_RETIRED))
    office.forget_keys()
    return Rotated("holder", str(following), entry)


# -- inside --------------------------------------------------------------------------------------


def _exchange(
    office: Office, actor: Actor, command: SignedCommand, event: str, plan: key_files.Plan
) -> int:
    """The commit: the act, the number of exchanges, and the batches' keys."""
    before, signer = office.rotated[0], office.signer()
    if (plan.purpose, event) == ("holder", ADDED):  # Both sign the checkpoint over the entry.
        signer = with_next_key(signer, _prepared(office, plan))
    try:
        with office.store.transaction() as connection:
            require_current_keys(office, connection)
            form = _form(office, connection, event, plan)
            said = {"event": event, "purpose": plan.purpose, "key": plan.public}
            purpose = plan.purpose
            key = str(office.holder_key) if event == RETIRED else plan.public
            fields = {"key": canonical.digest(key.encode()), "purpose": purpose, "event": event}
            new = acts.NewAct(EntryKind.KEY, purpose, canonical.encode(said), fields, event=event)
            act = acts.enter_signed(office, connection, actor, form, new, command.signatures)
            if plan.purpose == "payload":
                wrap_all(office, connection, _prepared(office, plan)[:32])
            remember_exchange(office, connection, plan.number)
            office.ledger.sign_checkpoint(connection, signer)
    except BaseException:
        office.rotated[0] = before
        raise
    return act.entry_index


def _sign_register_again(office: Office) -> None:
    """Sign every manifest and certificate with the next key. Until the old one is retired, files of
    either are taken."""
    signer, publics = office.signer(), office.signing_publics
    if signer.successor is None:  # pragma: no cover - A retirement has a next key.
        raise AssertionError("there is a next key")
    try:
        for snapshot in list_snapshots(office.register_directory):
            folder = office.register_directory / snapshot
            register.sign_again(folder, publics, signer.successor.sign)
            sign_certificates_again(folder, publics, signer.successor.sign)
    except OSError:
        raise StoreFault(
            "keys_unwritten",
            "the register's files cannot be signed by the new key",
            place="register",
            cure="Check disk space and permissions of the office, then run it again.",
        ) from None


def _prepared(office: Office, plan: key_files.Plan) -> bytes:
    """The secret that is prepared. Raises KeyFault."""
    stem = "holder.next" if plan.purpose == "holder" else plan.purpose
    path = key_files.prepared_file(office.directory / "keys", f"{stem}.key")
    return keyfile.open_key(
        path, purpose=plan.purpose, passphrase=office.passphrase, allow_unprotected=False
    )[1]


def _new_secret(office: Office, purpose: str) -> bytes:
    secret = keyfile.new_secret(purpose, office.random)
    return secret[:32] + office.payload_keys()[1] if purpose == "payload" else secret


def _public_name(office: Office, purpose: str, secret: bytes) -> str:
    if purpose == "holder":
        return holder_vkey(office, secret)
    if purpose == "payload":
        return payload_id(secret[:32])
    return register.key_id(secret)


def _plan(office: Office, purpose: str) -> key_files.Plan:
    plan = key_files.read_plan(office.directory / "keys")
    if plan is None or (plan.purpose, plan.number) != (purpose, office.rotated[0] + 1):
        raise StateFault(
            "keys_unprepared",
            "no new key is prepared for this exchange",
            place=purpose[:32],
            cure="Run `counterfoil key rotate PURPOSE --second KEY` again: it makes the key first.",
        )
    if _public_name(office, purpose, _prepared(office, plan)) != plan.public:
        raise VerifyFault(
            "keys_prepared_other",
            "the plan of the exchange names another key than the one that was prepared",
            place="keys/rotating/plan",
            cure="Nothing was changed. Run the exchange again, which prepares a new key, and tell "
            "the inspector: somebody wrote into the folder.",
        )
    return plan


def _retirement(office: Office) -> key_files.Plan:
    following = office.next_holder_key
    if following is None:
        raise StateFault(
            "keys_no_next",
            "no key follows the holder's yet",
            place="keys/holder.next.vkey",
            cure="Enter one first: `counterfoil key rotate holder --second KEY`.",
        )
    return key_files.Plan("holder", office.rotated[0] + 1, str(following))


def _form(
    office: Office, connection: Connection, event: str, plan: key_files.Plan
) -> authority.ActForm:
    details: dict[str, str | int] = {"key": plan.public, "number": plan.number}
    generation = acts.count_entered(office, connection, (EntryKind.KEY,))
    alone = "exchange a key of the office"
    return authority.ActForm(_ACT[event], plan.purpose, generation, details, _TWO, alone)
