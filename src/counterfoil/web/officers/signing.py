"""How an act is signed on a page: the statement with its short code, then the officer's security
key; where two officers sign, the second finds it under "To be signed" in a session of their own.

    /to-sign              what waits for this officer
    /to-sign/{ceremony}   POST: the statement, for the second officer
    /sign/{ceremony}      POST: the signature comes back; the act is done once all have signed

In a sandbox, whose officers' key files lie open, the office signs with the file where an officer
has no security key: that is marked on the page, and exists nowhere else.
"""

from __future__ import annotations

from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

import msgspec
from starlette.responses import Response

from counterfoil.client import sandbox_key
from counterfoil.client.ceremonies import Begun, Done, Waiting
from counterfoil.client.keys import key_code
from counterfoil.controls.overrides.service import OverrideRequest
from counterfoil.core.errors import UsageFault
from counterfoil.core.use_cases import Signature, SignedCommand
from counterfoil.office.officers import EnrollOfficer
from counterfoil.web.page import Handler, Page, Shown, Visit

_AFTER: Final = "after"


class After(NamedTuple):
    """The page to go on to once an act is done, by its name and parts; what it says first."""

    page: str
    parts: dict[str, str]
    said: str


async def begin(
    visit: Visit,
    action: str,
    command: SignedCommand,
    after: After,
    files: TemporaryDirectory[str] | None = None,
) -> Shown:
    """State an act, and show the page on which it is signed. Raises as `Ceremonies.begin`."""
    dispatch, officer = visit.dispatch, visit.officer.officer
    try:
        begun = await dispatch.alone(
            lambda: dispatch.ceremonies.begin(officer, action, command, files)
        )
    except BaseException:
        if files is not None:
            files.cleanup()
        raise
    visit.session.kept.setdefault(_AFTER, {})[begun.id] = after
    return _shown(visit, begun, command)


def _shown(visit: Visit, begun: Begun, command: SignedCommand) -> Shown:
    """The page on which an act is signed, with what its statement names by digest alone: the code
    of an officer's keys, and the reason of an override."""
    told = {
        "begun": begun,
        "options": msgspec.json.encode(begun.options).decode() if begun.options else "",
        "signs_here": begun.options is None and visit.dispatch.office.settings.sandbox,
        "key_code": key_code(command.officer) if isinstance(command, EnrollOfficer) else "",
        "override": command if isinstance(command, OverrideRequest) else None,
    }
    return Shown("officers/sign.html", told)


def page(
    name: str,
    path: str,
    title: str,
    send: Handler,
    *parents: str,
    action: str = "",
    most_bytes: int = 65_536,
) -> Page:
    """A page that states an act, to be signed there. `action`: where it is not the page's name."""
    return Page(
        name=name,
        path=path,
        title=title,
        template="officers/sign.html",
        actions=(action or name,),
        send=send,
        parents=parents,
        most_bytes=most_bytes,
    )


async def waiting(visit: Visit) -> dict[str, Any]:
    """What waits for this officer's signature."""
    dispatch, officer = visit.dispatch, visit.officer.officer
    found: list[Waiting] = await dispatch.alone(lambda: dispatch.ceremonies.waiting(officer))
    return {"waiting": found}


async def join(visit: Visit) -> Shown:
    """The statement, for the officer who signs second."""
    dispatch, officer = visit.dispatch, visit.officer.officer
    name = visit.part("ceremony")

    def both() -> tuple[Begun, SignedCommand]:
        begun = dispatch.ceremonies.join(officer, name)
        return begun, dispatch.ceremonies.command(officer, name)

    return _shown(visit, *await dispatch.alone(both))


async def finish(visit: Visit) -> Response:
    """Take a signature."""
    dispatch, known = visit.dispatch, visit.officer
    name = visit.part("ceremony")
    credential = visit.form.get("credential")
    if visit.form.get("sandbox"):
        done = await dispatch.alone(lambda: _sign_in_sandbox(visit, name))
    else:
        done = await dispatch.alone(
            lambda: dispatch.ceremonies.finish(known.officer, name, credential=credential)
        )
    after: After | None = visit.session.kept.get(_AFTER, {}).pop(name, None)
    if done.waits_for is not None:
        visit.say("You have signed. It is done once the other officer signs it, within 15 minutes.")
        return visit.go("to-sign")
    dispatch.acted(done.action, known)
    after = after or After("inbox", {}, "It is done, and entered.")
    visit.say(after.said)
    return visit.go(after.page, **after.parts)


def _sign_in_sandbox(visit: Visit, ceremony: str) -> Done:
    """Sign with the key file that lies open in a sandbox."""
    dispatch, officer = visit.dispatch, visit.officer.officer
    if not dispatch.office.settings.sandbox:
        raise UsageFault(
            "signs_in_sandbox_only",
            "the office signs for nobody",
            place="sign",
            cure="Sign with your own key.",
        )
    key = sandbox_key(dispatch.office, officer.name)
    statement = dispatch.ceremonies.asked(officer, ceremony)
    signature: Signature = key.sign(statement).signature
    return dispatch.ceremonies.finish(officer, ceremony, signature=signature)


async def give_up(visit: Visit) -> Response:
    """Leave an act unsigned: who began it ends it, and who was to sign it second is not asked
    again."""
    dispatch, officer = visit.dispatch, visit.officer.officer
    name = visit.part("ceremony")
    is_over = await dispatch.alone(lambda: dispatch.ceremonies.decline(officer, name))
    visit.say(
        "Nothing was signed and nothing was done."
        if is_over
        else "You did not sign. Until its time is over, another officer may still sign it."
    )
    return visit.go("inbox")


PAGES: Final = (
    Page(
        name="to-sign",
        path="/to-sign",
        title="To be signed",
        template="officers/to-sign.html",
        actions=("batches",),
        show=waiting,
        nav="To be signed",
    ),
    page("join", "/to-sign/{ceremony}", "Sign", join, "to-sign", action="batches"),
    page("sign", "/sign/{ceremony}", "Sign", finish, action="batches"),
    page("give-up", "/sign/{ceremony}/give-up", "Sign", give_up, action="batches"),
)
