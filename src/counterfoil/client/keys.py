"""An officer's key file, and the acts that it signs: at the office's own machine, or through a
service.

What is signed through a service is looked at first: it must be for the office that was asked, and
about what was named. Its short code is what both sides show of it.
"""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from counterfoil.batches.security_keys import challenge_of, is_security_key, read_keys
from counterfoil.batches.statements import ed25519_signature
from counterfoil.client.actions import action_of
from counterfoil.client.remote import RemoteOffice
from counterfoil.core import keyfile
from counterfoil.core.bounded import read_bounded
from counterfoil.core.errors import InputFault, KeyFault, VerifyFault
from counterfoil.core.outside_json import decode_json, repeats_a_key
from counterfoil.core.use_cases import (
    SERVICE,
    Actor,
    Signed,
    SignedCommand,
    Statement,
    statement_bytes,
)
from counterfoil.core.values import Officer, Role
from counterfoil.office import Office, make_officer
from counterfoil.office.context import MAX_VKEY_BYTES
from counterfoil.office.officers import (
    EnrollOfficer,
    RetireOfficer,
    enroll_officer,
    enroll_statement,
    retire_officer,
    retire_statement,
)
from counterfoil.tlog import Signer
from counterfoil.tlog.note import parse_vkey

Desk = Office | RemoteOffice
"""An office that was opened here, or one that is reached through its service."""
Command = TypeVar("Command", bound=SignedCommand)
Question = TypeVar("Question")
Result = TypeVar("Result")


class OfficerKey:
    """An officer's opened private key. Its `repr` shows the name alone."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    @property
    def officer(self) -> Officer:
        """The identity that the office knows: name and public key."""
        return Officer(self._signer.name, str(self._signer.verifier))

    def sign(self, statement: Statement) -> Signed:
        """The statement, signed."""
        raw = self._signer.private.sign(statement_bytes(statement))
        return Signed(self.officer, statement, ed25519_signature(raw))

    def log_in(self, office: RemoteOffice) -> None:
        """Sign the requests to an office from now on. They order nothing."""
        office.act_as(self.officer.name, self._signer.private.sign)

    def __repr__(self) -> str:
        return f"<OfficerKey {self._signer.name}>"


def open_officer_key(
    path: Path, passphrase: str | None, *, allow_unprotected: bool = False
) -> OfficerKey:
    """Open an officer's key file. `allow_unprotected` is for a sandbox alone. Raises KeyFault."""
    name, secret = keyfile.open_key(
        path, purpose="officer", passphrase=passphrase, allow_unprotected=allow_unprotected
    )
    return OfficerKey(Signer(name, keyfile.signing_key(secret)))


def act(
    office: Desk,
    statement_of: Callable[[Office, Actor, Command], Statement],
    verb: Callable[[Office, Actor, Command], Result],
    command: Command,
    *keys: OfficerKey,
) -> Result:
    """Have the office state the act, sign the statement with each key, and do it.

    The first key is that of the officer who acts. Raises as the two use cases, and through a
    service VerifyFault `statement_other`, StoreFault `office_unreachable`.
    """
    if isinstance(office, RemoteOffice):
        return _act_there(office, verb, command, keys)
    actor = keys[0].officer
    statement = statement_of(office, actor, command)
    signatures = tuple(key.sign(statement) for key in keys)
    return verb(office, actor, msgspec.structs.replace(command, signatures=signatures))


def ask(
    office: Desk,
    query: Callable[[Office, Actor, Question], Result],
    actor: Actor,
    question: Question,
) -> Result:
    """Put a question: to an office opened here, or through a service as the officer who logged in.
    Raises as the use case."""
    if isinstance(office, RemoteOffice):
        return office.ask(action_of(query), question)
    return query(office, actor, question)


def ask_plainly(office: Desk, query: Callable[[Office, Actor], Result], actor: Actor) -> Result:
    """Put a question that has no parts."""
    if isinstance(office, RemoteOffice):
        return office.ask(action_of(query))
    return query(office, actor)


def short_code(statement: Statement) -> str:
    """Sixteen letters and digits that name a statement: the first 80 bits of the challenge that a
    security key signs (docs/formats/security-key.md), in base32. The page and the officer's own
    tool show the same."""
    return code_of(challenge_of(statement_bytes(statement)))


def key_code(officer: Officer) -> str:
    """The same of a verifier key, for those who compare one before they enroll it: of its
    SHA-256."""
    return code_of(sha256(officer.vkey.encode()).digest())


def named_officer(named: str) -> Officer:
    """The officer of a verifier key, of a key file or of security keys, that was written on the
    command line or stands in the file named there.

    Raises KeyFault `vkey_missing`; VerifyFault `vkey_malformed`, `vkey_weak`, `security_key_weak`.
    """
    text = named if "+" in named and not Path(named).is_file() else _line(Path(named))
    if is_security_key(text):
        return Officer(read_keys(text).name, text)
    key = parse_vkey(text)
    return Officer(key.name, str(key))


def read_code(path: Path) -> dict[str, Any]:
    """What a file with a statement says, each detail by its name, and its short code; or name and
    code of a verifier key.

    Raises KeyFault `vkey_missing`, InputFault `statement_unreadable`; as `named_officer`.
    """
    text = _line(path)
    if not text.startswith("{"):
        officer = named_officer(str(path))
        return {"officer": officer.name, "code": key_code(officer)}
    try:
        if repeats_a_key(text.encode()):
            raise ValueError
        statement = decode_json(text.encode(), Statement)
        if msgspec.json.decode(text) != msgspec.to_builtins(statement):
            raise ValueError
        shown = [statement.act, statement.office, statement.subject, *statement.details]
        if not all(map(str.isprintable, [*shown, *map(str, statement.details.values())])):
            raise ValueError
        code = short_code(statement)
    except (ValueError, TypeError):
        raise InputFault(
            "statement_unreadable",
            "this is not a statement as an office hands it out",
            place=path.name,
            cure="Save it from the page again; sign nothing whose code you cannot compare.",
        ) from None
    said = msgspec.to_builtins(statement)
    details = {f"details.{name}": value for name, value in said.pop("details").items()}
    return said | details | {"code": code}


def _line(path: Path) -> str:
    try:
        return read_bounded(path, MAX_VKEY_BYTES).decode("utf-8").strip()
    except (OSError, ValueError):
        raise KeyFault(
            "vkey_missing",
            "the file cannot be read",
            place=path.name,
            cure="Name a file that holds one verifier key, or one statement.",
        ) from None


def code_of(digest: bytes) -> str:
    """The first ten bytes as four groups of four characters."""
    code = b32encode(digest[:10]).decode("ascii")
    return "-".join(code[at : at + 4] for at in range(0, 16, 4))


def _act_there(
    office: RemoteOffice,
    verb: Callable[[Office, Actor, Command], Result],
    command: Command,
    keys: Sequence[OfficerKey],
) -> Result:
    keys[0].log_in(office)
    action = action_of(verb)
    statement = office.statement(action, command)
    batch = getattr(command, "batch", statement.subject)
    if statement.office != office.facts.office or statement.subject != batch:
        raise VerifyFault(
            "statement_other",
            "what the office handed out to be signed is about something else",
            place=action.name,
            cure="Nothing was signed. Tell the operator: something else than the office may answer "
            "there.",
        )
    result: Result = office.perform(action, command, tuple(key.sign(statement) for key in keys))
    return result


def sandbox_key(office: Office, name: str) -> OfficerKey:
    """The key of an officer of a sandbox, which lies open in its folder. Raises KeyFault."""
    path = office.directory / "keys" / f"{name}.key"
    return open_officer_key(path, None, allow_unprotected=office.settings.sandbox)


def create_officer(
    office: Office,
    keys: Path,
    name: str,
    passphrase: str | None,
    role: Role,
    enrollers: Sequence[OfficerKey] = (),
) -> Officer:
    """Make an officer's key in the folder `keys`, and enroll its public half.

    Raises UsageFault `key_name`, `key_taken`; as `enroll_key`. Where it fails, no key is left.
    """
    with keyfile.new_key_files(keys, name):
        officer = make_officer(keys, name, passphrase, office.random)
        return enroll_key(office, officer, role, enrollers)


def enroll_key(
    office: Office, officer: Officer, role: Role, enrollers: Sequence[OfficerKey] = ()
) -> Officer:
    """Enroll a public key: two officers sign it, or nobody, where the office may alone. Raises as
    `enroll_officer`."""
    command = EnrollOfficer(officer=officer, role=role)
    if enrollers:
        return act(office, enroll_statement, enroll_officer, command, *enrollers)
    return enroll_officer(office, SERVICE, command)


def retire_key(office: Office, name: str, signers: Sequence[OfficerKey] = ()) -> Officer:
    """Retire an officer: two officers sign it, or nobody, in a sandbox. Raises as
    `retire_officer`."""
    command = RetireOfficer(name=name)
    if signers:
        return act(office, retire_statement, retire_officer, command, *signers)
    return retire_officer(office, SERVICE, command)
