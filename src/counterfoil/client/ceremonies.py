"""Acts that officers sign on a page, one after the other: what the pages and the HTTP API share.
One `Ceremonies` belongs to one opened office, in the one process that writes for it, and is called
as the office is: one call at a time. How security keys are registered: registration.py.

How a page has an act signed:

    begun = ceremonies.begin(officer, "release", ReleaseBatch(batch="b-..."))
    #   show begun.statement and begun.code; the officer's own tool shows the same code
    #   (`counterfoil officer code`). navigator.credentials.get({publicKey:
    #   PublicKeyCredential.parseRequestOptionsFromJSON(begun.options)}), and send
    #   credential.toJSON() back
    done = ceremonies.finish(officer, begun.id, credential=credential_json)
    #   done.result is the use case's own result. Where a second officer must sign, done.result is
    #   None and done.waits_for the role; that officer finds the act in ceremonies.waiting(officer),
    #   and then: begun = ceremonies.join(second, done.id); ceremonies.finish(second, begun.id, ...)

`begin` raises UsageFault `action_refused`, and what the act's own statement raises; `finish` what
the act raises, `security_key_...` codes of batches/security_keys.py and office/page_signatures.py,
and StateFault `ceremony_unknown` for what was finished, given up or left for more than 15 minutes.
An officer with a key file begins likewise: `options` is None, and `finish` takes `signature=`.

What is signed is a statement (core/use_cases.py), whose digest is the challenge. Each challenge is
used once: it is taken away before the signature is looked at. Nothing here authorizes: the act's
own verb checks everything again in its transaction (office/authority.py).

Held in memory alone, bounded, and for 15 minutes: after a restart an act is begun anew.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from tempfile import TemporaryDirectory
from typing import Any, Final, cast

import msgspec

from counterfoil.batches.officers import security_keys
from counterfoil.batches.security_keys import Assertion, challenge_of, from_base64url
from counterfoil.batches.statements import check_signed, security_key_signature
from counterfoil.client.actions import Action, find_action, require_permitted
from counterfoil.client.keys import short_code
from counterfoil.client.registration import assertion_options, read_json
from counterfoil.core.errors import StateFault, UsageFault, VerifyFault
from counterfoil.core.use_cases import (
    NOBODY,
    Signature,
    Signed,
    SignedCommand,
    Statement,
    statement_bytes,
)
from counterfoil.core.values import Officer, Public, Role
from counterfoil.office import Office
from counterfoil.office.authority import STATEMENT_MINUTES, take_early
from counterfoil.office.officers import EnrolledOfficer, list_officers
from counterfoil.office.page_signatures import require_pages

MOST_OF_OFFICER: Final = 20
"""Acts that one officer has under way at once."""
_LASTS: Final = timedelta(minutes=STATEMENT_MINUTES)


class Begun(Public, frozen=True):
    """What an officer is to sign now. `options`: for the browser, None for an officer with a key
    file. `signed`: names of the officers who signed before."""

    id: str
    action: str
    statement: Statement
    code: str
    officer: str
    options: dict[str, Any] | None
    signed: tuple[str, ...] = ()


class Done(Public, frozen=True):
    """A signature was taken. `result`: of the act, once all have signed; `waits_for`: the role of
    the officer who must sign next, None where nobody must."""

    id: str
    action: str
    result: Any = None
    waits_for: Role | None = None


class Waiting(Public, frozen=True):
    """An act that waits for one more officer. `statement` is what the first one signed."""

    id: str
    action: str
    statement: Statement
    signed: tuple[str, ...]
    waits_for: Role
    until: str


class _Act(msgspec.Struct):
    by: str
    action: Action
    command: SignedCommand
    files: TemporaryDirectory[str] | None
    until: datetime
    signatures: list[Signed]
    asked: dict[str, Statement]
    """What each officer was given to sign and has not yet, by name."""
    declined: set[str]
    """Names of the officers who will not be asked again."""


class Ceremonies:
    """See the module. Its `repr` shows nothing of what is under way."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._acts: dict[str, _Act] = {}

    # -- an act ----------------------------------------------------------------------------

    def begin(
        self,
        officer: Officer,
        action: str,
        command: SignedCommand,
        files: TemporaryDirectory[str] | None = None,
    ) -> Begun:
        """State an act, to be signed by the officer who begins it. `files`: the folder of the files
        in the command, which is removed when the act is over.

        Raises UsageFault `action_unknown`, `action_refused`, `actor_refused`;
        StateFault `officer_retired`, `security_keys_not_agreed`; as the act's statement.
        """
        found = find_action(action, "act")
        require_permitted(found, self._enrolled(officer).role)
        self._make_room(officer)
        act = _Act(
            officer.name, found, command, files, self._office.clock() + _LASTS, [], {}, set()
        )
        name = self._office.random(16).hex()
        begun = self._ask(name, act, officer)
        self._acts[name] = act
        return begun

    def join(self, officer: Officer, ceremony: str) -> Begun:
        """State an act that waits for one more officer, to be signed by this one.

        Raises StateFault `ceremony_unknown`, `officers_same`; UsageFault `action_refused`,
        `actor_refused`; as the act's statement.
        """
        act = self._find(ceremony)
        role = self._enrolled(officer).role
        if not act.signatures or role is not act.action.roles[len(act.signatures)]:
            raise ceremony_unknown()
        if any(each.officer.name == officer.name for each in act.signatures):
            raise StateFault(
                "officers_same",
                "one officer cannot do this alone",
                place=officer.name,
                cure="Another officer signs it, with a key of their own.",
            )
        return self._ask(ceremony, act, officer)

    def finish(
        self,
        officer: Officer,
        ceremony: str,
        *,
        credential: Any = None,
        signature: Signature | None = None,
    ) -> Done:
        """Take an officer's signature: the JSON of a browser's `credential`, or the `signature` of
        a key file; do the act once all have signed.

        Raises StateFault `ceremony_unknown`; VerifyFault of what does not verify; as the act.
        """
        act = self._find(ceremony)
        statement = act.asked.pop(officer.name, None)  # a nonce is used once, whatever comes of it
        if statement is None:
            raise ceremony_unknown()
        made = signature or security_key_signature(read_credential(credential))
        signed = Signed(officer, statement, made)
        roles = act.action.roles
        is_last = len(act.signatures) + 1 == len(roles)
        if is_last:
            check_signed(signed)  # so that a wrong one leaves those that came before
        else:
            take_early(self._office, signed)
        act.signatures.append(signed)
        if not is_last:
            return Done(ceremony, act.action.name, waits_for=roles[len(act.signatures)])
        del self._acts[ceremony]
        command = msgspec.structs.replace(act.command, signatures=tuple(act.signatures))
        try:
            first = act.signatures[0].officer
            result = act.action.verb(self._office, first, command)
        finally:
            _remove(act.files)
        return Done(ceremony, act.action.name, result)

    def waiting(self, officer: Officer) -> list[Waiting]:
        """The acts that wait for this officer's signature, the oldest first."""
        self._forget()
        role, found = self._enrolled(officer).role, list[Waiting]()
        for name, act in self._acts.items():
            by = tuple(each.officer.name for each in act.signatures)
            is_asked = officer.name not in (*by, *act.declined)
            if by and is_asked and act.action.roles[len(by)] is role:
                statement = act.signatures[0].statement
                told = Waiting(name, act.action.name, statement, by, role, statement.expires)
                found.append(told)
        return found

    def command(self, officer: Officer, ceremony: str) -> SignedCommand:
        """What an act orders, for an officer who signed it or is to sign it. Raises StateFault
        `ceremony_unknown`."""
        act = self._find(ceremony)
        roles = act.action.roles[: len(act.signatures) + 1]
        if self._enrolled(officer).role not in roles:
            raise ceremony_unknown()
        return act.command

    def asked(self, officer: Officer, ceremony: str) -> Statement:
        """The statement that this officer was given to sign and has not yet. Raises StateFault
        `ceremony_unknown`."""
        statement = self._find(ceremony).asked.get(officer.name)
        if statement is None:
            raise ceremony_unknown()
        return statement

    def decline(self, officer: Officer, ceremony: str) -> bool:
        """Leave an act unsigned. Of the officer who began it, it is forgotten, and True comes back;
        another one is not asked for it again, and it goes on waiting for anybody else who may sign
        it: so that nobody stops alone what others are to order, such as the end of his own
        enrolment. Raises StateFault `ceremony_unknown`."""
        self.command(officer, ceremony)
        act = self._find(ceremony)
        if act.by == officer.name:
            self._give_up(ceremony)
            return True
        act.asked.pop(officer.name, None)
        act.declined.add(officer.name)
        return False

    def _give_up(self, ceremony: str) -> None:
        act = self._acts.pop(ceremony, None)
        if act is not None:
            _remove(act.files)

    # -- inside ----------------------------------------------------------------------------

    def _ask(self, ceremony: str, act: _Act, officer: Officer) -> Begun:
        """State the act as things are now, for this officer to sign."""
        state, keys = act.action.statement, security_keys(officer)
        assert state is not None, "an act has a statement"
        pages = require_pages(self._office.law.agreement.pages) if keys is not None else None
        first = act.signatures[0].officer if act.signatures else officer
        statement: Statement = state(self._office, first, act.command)
        act.asked[officer.name] = statement
        options = None
        if keys is not None and pages is not None:
            challenge = challenge_of(statement_bytes(statement))
            options = assertion_options(pages, keys.authenticators, challenge)
        by = tuple(each.officer.name for each in act.signatures)
        code = short_code(statement)
        return Begun(ceremony, act.action.name, statement, code, officer.name, options, by)

    def _find(self, ceremony: str) -> _Act:
        self._forget()
        found = self._acts.get(ceremony)
        if found is None:
            raise ceremony_unknown()
        return found

    def _forget(self) -> None:
        now = self._office.clock()
        for name in [name for name, act in self._acts.items() if act.until < now]:
            self._give_up(name)

    def _make_room(self, officer: Officer) -> None:
        """Bounds on what is held: an officer's own oldest act gives way to a new one."""
        self._forget()
        own = [name for name, act in self._acts.items() if act.by == officer.name]
        for name in own[: max(0, len(own) - MOST_OF_OFFICER + 1)]:
            self._give_up(name)

    def _enrolled(self, officer: Officer) -> EnrolledOfficer:
        """The officer as enrolled. Raises UsageFault `actor_refused`, StateFault
        `officer_retired`."""
        found = [each for each in list_officers(self._office, NOBODY) if each.officer == officer]
        if not found:
            raise UsageFault(
                "actor_refused",
                "only an enrolled officer does this",
                cure="Have an officer do it, with their own key.",
            )
        if not found[0].is_active:
            raise StateFault(
                "officer_retired",
                "this officer may no longer sign",
                place=officer.name,
                cure="Another officer must.",
            )
        return found[0]


def read_credential(said: Any) -> Assertion:
    """The assertion in the JSON that a browser makes of a credential, as an object or a text.
    Raises VerifyFault `security_key_malformed`."""
    fields = read_json(said)
    response = fields.get("response")
    inner = cast("dict[str, Any]", response) if isinstance(response, dict) else {}
    names = ("authenticatorData", "clientDataJSON", "signature")
    parts = [from_base64url(fields.get("id")), *(from_base64url(inner.get(one)) for one in names)]
    if fields.get("type") != "public-key" or not all(parts):
        raise VerifyFault(
            "security_key_malformed",
            "this is not what a browser makes of a signature",
            place="credential",
            cure="Nothing was done. Send what `toJSON()` of the credential gives.",
        )
    return Assertion(*cast("list[bytes]", parts))


def ceremony_unknown() -> StateFault:
    """Nothing of that id waits to be signed."""
    return StateFault(
        "ceremony_unknown",
        "this does not wait to be signed: it was done, given up or left too long",
        place="ceremony",
        cure="Nothing was done now. Look at how things stand, and begin it again if need be.",
    )


def _remove(files: TemporaryDirectory[str] | None) -> None:
    if files is not None:
        files.cleanup()
