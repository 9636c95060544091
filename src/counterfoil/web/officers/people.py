"""Who acts here: the officers with their roles, enrolling and retiring them by two.

/officers                         everybody who was ever enrolled, and who waits to be
/officers/new                     POST: two officers enroll a verifier key in a role
/officers/{name}/retire           POST: two officers retire one
/officers/keys                    POST: begin to register the security keys of a new officer
/officers/keys/{registration}     one key after the other; POST: what the browser made of one
/officers/keys/{registration}/end POST: make do with one key, in a sandbox

An officer who is signed in begins a registration, and the new one touches the keys at the same
machine: who is not enrolled does not sign in. A registration enrolls nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec
from starlette.responses import Response

from counterfoil.client.registration import Registration
from counterfoil.core.errors import UsageFault, VerifyFault
from counterfoil.core.values import Officer, Role
from counterfoil.office.officers import EnrollOfficer, RetireOfficer
from counterfoil.web.officers import signing
from counterfoil.web.officers.paging import page_of
from counterfoil.web.page import Page, Shown, Visit


async def show(visit: Visit) -> dict[str, Any]:
    """Everybody."""
    agreed = visit.dispatch.office.law.agreement.pages is not None and visit.may("officer-enroll")
    made = visit.dispatch.registrations.made
    listed = page_of(await visit.ask("officers"), visit.request.query_params.get("page", ""), 50)
    return {
        "officers": listed,
        "roles": list(Role),
        "agreed": agreed,
        "registered": await visit.dispatch.alone(made) if agreed else [],
    }


async def enroll(visit: Visit) -> Shown:
    """Enroll an officer's verifier key."""
    role = visit.form.choose("role", "Role", Role)
    vkey = visit.form.need("vkey", "Verifier key")
    officer = Officer(vkey.partition("+")[0], vkey)
    after = signing.After("officers", {}, "The officer is enrolled.")
    return await signing.begin(
        visit, "officer-enroll", EnrollOfficer(officer=officer, role=role), after
    )


async def retire(visit: Visit) -> Shown:
    """Retire an officer."""
    command = RetireOfficer(name=visit.part("name"))
    after = signing.After("officers", {}, "The officer is retired.")
    return await signing.begin(visit, "officer-retire", command, after)


async def begin_keys(visit: Visit) -> Response:
    """Begin to register the security keys of an officer of a name."""
    name = visit.form.need("name", "Name of the new officer")
    begun = await _registered(visit, lambda: visit.dispatch.registrations.begin(name))
    return visit.go("keys-add", registration=begun.id)


async def show_keys(visit: Visit) -> dict[str, Any]:
    """What the browser is given for the next key."""
    registration = visit.part("registration")
    again = visit.dispatch.registrations.again
    return _told(visit, await _registered(visit, lambda: again(registration)))


async def add_key(visit: Visit) -> Shown | Response:
    """Take one security key. After one that is not taken the page offers the next attempt."""
    registration, credential = visit.part("registration"), visit.form.get("credential")
    registrations = visit.dispatch.registrations
    try:
        made = await _registered(visit, lambda: registrations.add(registration, credential))
    except VerifyFault as fault:
        again = await _registered(visit, lambda: registrations.again(registration))
        return Shown("officers/keys.html", _told(visit, again, fault), 422)
    if made.options is None:
        return _ended(visit)
    return Shown("officers/keys.html", _told(visit, made))


async def end_keys(visit: Visit) -> Response:
    """Make do with the keys that were registered, which an office that answers does not enroll."""
    registration = visit.part("registration")
    if not visit.dispatch.office.settings.sandbox:
        raise UsageFault(
            "security_keys_two",
            "an officer has two security keys",
            place="registration",
            cure="Register the other one too: when one is lost, the other one still signs.",
        )
    await _registered(visit, lambda: visit.dispatch.registrations.end(registration))
    return _ended(visit)


def _ended(visit: Visit) -> Response:
    visit.say("The keys are registered. Two officers enroll them, after comparing the code.")
    return visit.go("officers")


async def _registered(visit: Visit, work: Callable[[], Registration]) -> Registration:
    return await visit.dispatch.alone(work)


def _told(visit: Visit, made: Registration, fault: VerifyFault | None = None) -> dict[str, Any]:
    options = made.options or {}
    return {
        "registration": made,
        "options": msgspec.json.encode(options).decode(),
        "already": len(options.get("excludeCredentials", ())),
        "fault": fault,
        "may_end": visit.dispatch.office.settings.sandbox,
    }


def _keys(name: str, path: str, *, show: Any = None, send: Any = None) -> Page:
    return Page(
        name=name,
        path=f"/officers/keys{path}",
        title="Register security keys",
        template="officers/keys.html",
        actions=("officer-enroll",),
        show=show,
        send=send,
        parents=("officers",),
    )


PAGES: Final = (
    Page(
        name="officers",
        path="/officers",
        title="Officers",
        template="officers/officers.html",
        actions=("officers",),
        show=show,
        nav="Officers",
    ),
    signing.page("officer-enroll", "/officers/new", "Enroll an officer", enroll, "officers"),
    signing.page(
        "officer-retire", "/officers/{name}/retire", "Retire an officer", retire, "officers"
    ),
    _keys("keys", "", send=begin_keys),
    _keys("keys-add", "/{registration}", show=show_keys, send=add_key),
    _keys("keys-end", "/{registration}/end", send=end_keys),
)
