"""`counterfoil officer create | list | retire`: who may review and release, and who may do what
needs another role."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from counterfoil import client
from counterfoil.cli.options import (
    AsJson,
    NewPassphrase,
    OfficeDir,
    PassphraseFile,
    ask_new,
    opened,
    read_passphrase,
)
from counterfoil.cli.output import faults, show
from counterfoil.cli.verbs import add_verb, group
from counterfoil.core.use_cases import NOBODY, SERVICE
from counterfoil.core.values import Role
from counterfoil.office import open_office
from counterfoil.office.officers import RetireOfficer, list_officers, retire_officer

app = group(
    "Enrol and retire disclosure officers.",
    "officer create m-okafor --office tax-office --keys keys",
)

OfficerName = Annotated[str, typer.Argument(metavar="NAME", help="Letters, digits and . _ - only.")]


def create(
    name: OfficerName,
    directory: OfficeDir,
    keys: Annotated[
        Path,
        typer.Option(help="Folder where NAME.key and NAME.vkey are written.", show_default=False),
    ],
    key_passphrase_file: NewPassphrase = None,
    role: Annotated[
        Role,
        typer.Option(
            help="What the officer may do: disclosure reviews, releases and stops; counsel "
            "overrides with one; holds sees holds."
        ),
    ] = Role.DISCLOSURE,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Make an officer's key and enrol it in one role; the enrolment is a ledger entry. Prints the
    verifier key."""
    with faults(as_json=as_json):
        office = opened(directory, passphrase_file)
        protect = read_passphrase(key_passphrase_file)
        if protect is None and not office.settings.sandbox:
            protect = ask_new(f"Passphrase for {name}")
        officer = client.create_officer(office, keys, name, protect, role)
        show(
            {"officer": officer.name, "role": str(role), "vkey": officer.vkey},
            officer.vkey,
            as_json=as_json,
        )


def show_list(directory: OfficeDir, as_json: AsJson = False) -> None:
    """The officers who may sign now, with their roles and verifier keys. Needs no passphrase."""
    with faults(as_json=as_json):
        found = [
            {"officer": each.name, "role": str(role), "vkey": each.vkey}
            for each, role in list_officers(open_office(directory), NOBODY)
        ]
        lines = "\n".join(f"{each['officer']}  {each['role']}  {each['vkey']}" for each in found)
        show({"officers": found}, lines or "No officer is enrolled.", as_json=as_json)


def retire(
    name: OfficerName,
    directory: OfficeDir,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Take from an officer the power to sign, for good; what they signed still verifies. The
    retirement is a ledger entry."""
    with faults(as_json=as_json):
        retire_officer(opened(directory, passphrase_file), SERVICE, RetireOfficer(name))
        show({"officer": name, "retired": True}, f"{name} may no longer sign.", as_json=as_json)


add_verb(app, create, "officer create m-okafor --office tax-office --keys keys")
add_verb(app, show_list, "officer list --office tax-office", name="list")
add_verb(app, retire, "officer retire m-okafor --office tax-office")
