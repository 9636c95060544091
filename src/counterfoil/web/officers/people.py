"""Who acts here: the officers with their roles, enrolling and retiring them by two.

/officers                 everybody who was ever enrolled
/officers/new             POST: two officers enroll a verifier key in a role
/officers/{name}/retire   POST: two officers retire one
"""

from __future__ import annotations

from typing import Any, Final

from counterfoil.core.values import Officer, Role
from counterfoil.office.officers import EnrollOfficer, RetireOfficer
from counterfoil.web.officers import signing
from counterfoil.web.page import Page, Shown, Visit


async def show(visit: Visit) -> dict[str, Any]:
    """Everybody."""
    return {"officers": await visit.ask("officers"), "roles": list(Role)}


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
    Page(
        name="officer-enroll",
        path="/officers/new",
        title="Enroll an officer",
        template="officers/sign.html",
        actions=("officer-enroll",),
        send=enroll,
        parents=("officers",),
    ),
    Page(
        name="officer-retire",
        path="/officers/{name}/retire",
        title="Retire an officer",
        template="officers/sign.html",
        actions=("officer-retire",),
        send=retire,
        parents=("officers",),
    ),
)
