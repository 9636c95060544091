"""`counterfoil officer create | enroll | list | retire | code`: who may review and release, and who
may do what needs another role."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from counterfoil import client
from counterfoil.cli.options import (
    AsJson,
    NewPassphrase,
    OfficeDir,
    OfficerKeyFile,
    OfficerPassphrase,
    PassphraseFile,
    SecondPassphrase,
    ask_new,
    officer_key,
    opened,
    opened_here,
    read_passphrase,
)
from counterfoil.cli.output import faults, row, show
from counterfoil.cli.verbs import add_verb, group
from counterfoil.core.use_cases import NOBODY
from counterfoil.core.values import Role
from counterfoil.office import Office
from counterfoil.office.officers import list_officers

app = group(
    "Enrol and retire disclosure officers.",
    "officer create m-okafor --office tax-office --keys keys",
)

OfficerName = Annotated[str, typer.Argument(metavar="NAME", help="Letters, digits and . _ - only.")]
OfficerRole = Annotated[
    Role,
    typer.Option(
        help="What the officer may do: disclosure reviews, releases and stops; counsel overrides "
        "with one; holds sees holds; recovery and inspector put another into the place of one who "
        "is gone."
    ),
]
FirstKey = Annotated[
    Path | None,
    typer.Option(
        "--officer",
        help="Key file of a disclosure officer who signs it; needed but for a sandbox and the "
        "first two.",
        show_default=False,
    ),
]
OtherKey = Annotated[
    Path | None,
    typer.Option("--second", help="Key file of a second such officer.", show_default=False),
]
RecoveryKey = Annotated[
    Path | None, typer.Option("--recovery", help="The recovery key's file.", show_default=False)
]
InspectorKey = Annotated[
    Path | None, typer.Option("--inspector", help="The inspector's key file.", show_default=False)
]
RecoveryPassphrase = Annotated[
    Path | None,
    typer.Option(
        "--recovery-passphrase-file",
        help="File whose first line opens the recovery key.",
        show_default=False,
    ),
]
InspectorPassphrase = Annotated[
    Path | None,
    typer.Option(
        "--inspector-passphrase-file",
        help="File whose first line opens the inspector's key.",
        show_default=False,
    ),
]


def _signers(
    office: Office, keys: tuple[Path | None, Path | None], passphrases: tuple[Path | None, ...]
) -> list[client.OfficerKey]:
    return [
        officer_key(office, key, passphrase)
        for key, passphrase in zip(keys, passphrases, strict=True)
        if key is not None
    ]


def create(
    name: OfficerName,
    directory: OfficeDir,
    keys: Annotated[
        Path,
        typer.Option(help="Folder where NAME.key and NAME.vkey are written.", show_default=False),
    ],
    key_passphrase_file: NewPassphrase = None,
    role: OfficerRole = Role.DISCLOSURE,
    officer: FirstKey = None,
    second: OtherKey = None,
    officer_passphrase_file: OfficerPassphrase = None,
    second_passphrase_file: SecondPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Make an officer's key and enrol it in one role; the enrolment is a ledger entry. Prints the
    verifier key."""
    with faults(as_json=as_json):
        office = opened(directory, passphrase_file)
        given = (officer_passphrase_file, second_passphrase_file)
        signers = _signers(office, (officer, second), given)
        protect = read_passphrase(key_passphrase_file)
        if protect is None and not office.settings.sandbox:
            protect = ask_new(f"Passphrase for {name}")
        made = client.create_officer(office, keys, name, protect, role, signers)
        said = {"officer": made.name, "role": str(role), "vkey": made.vkey}
        show(said, made.vkey, as_json=as_json)


def enroll(
    vkey: Annotated[
        str, typer.Argument(metavar="VKEY", help="The officer's verifier key, or its file.")
    ],
    directory: OfficeDir,
    role: OfficerRole = Role.DISCLOSURE,
    officer: FirstKey = None,
    second: OtherKey = None,
    officer_passphrase_file: OfficerPassphrase = None,
    second_passphrase_file: SecondPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Enroll the public key of an officer who made it elsewhere, in one role, by two officers. The
    enrolment is a ledger entry."""
    with faults(as_json=as_json):
        office = opened(directory, passphrase_file)
        given = (officer_passphrase_file, second_passphrase_file)
        signers = _signers(office, (officer, second), given)
        made = client.enroll_key(office, client.named_officer(vkey), role, signers)
        said = {"officer": made.name, "role": str(role), "vkey": made.vkey}
        show(said, made.vkey, as_json=as_json)


def show_list(directory: OfficeDir, as_json: AsJson = False) -> None:
    """The officers who may sign now, with their roles and verifier keys, and those who are retired.
    Needs no passphrase."""
    with faults(as_json=as_json):
        listed = list_officers(opened_here(directory), NOBODY)
        said = {
            each: {"officer": each.officer.name, "role": str(each.role), "vkey": each.officer.vkey}
            for each in listed
        }
        lines = [row(*said[each].values(), "" if each.is_active else "retired") for each in listed]
        found = {
            "officers": [said[each] for each in listed if each.is_active],
            "retired": [said[each] for each in listed if not each.is_active],
        }
        show(found, "\n".join(lines) or "No officer is enrolled.", as_json=as_json)


def retire(
    name: OfficerName,
    directory: OfficeDir,
    officer: FirstKey = None,
    second: OtherKey = None,
    officer_passphrase_file: OfficerPassphrase = None,
    second_passphrase_file: SecondPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Take from an officer the power to sign, for good, by two officers; what they signed still
    verifies. The retirement is a ledger entry."""
    with faults(as_json=as_json):
        office = opened(directory, passphrase_file)
        given = (officer_passphrase_file, second_passphrase_file)
        client.retire_key(office, name, _signers(office, (officer, second), given))
        show({"officer": name, "retired": True}, f"{name} may no longer sign.", as_json=as_json)


def recover(
    vkey: Annotated[
        str, typer.Argument(metavar="VKEY", help="The new officer's verifier key, or its file.")
    ],
    directory: OfficeDir,
    lost: Annotated[str, typer.Option(help="Name of the officer who is gone.")],
    officer: OfficerKeyFile,
    recovery: RecoveryKey = None,
    inspector: InspectorKey = None,
    finish: Annotated[bool, typer.Option("--finish", help="The 14 days have passed.")] = False,
    objecting: Annotated[bool, typer.Option("--object", help="Close it: one officer.")] = False,
    officer_passphrase_file: OfficerPassphrase = None,
    recovery_passphrase_file: RecoveryPassphrase = None,
    inspector_passphrase_file: InspectorPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Put a new officer into the place of one of two who is gone: by the remaining one, the
    recovery key and an inspector, published for 14 days, then with --finish. Releases nothing."""
    with faults(as_json=as_json):
        office = opened(directory, passphrase_file)
        new = client.named_officer(vkey)
        given = (
            (officer, officer_passphrase_file, Role.DISCLOSURE),
            (recovery, recovery_passphrase_file, Role.RECOVERY),
            (inspector, inspector_passphrase_file, Role.INSPECTOR),
        )
        signers = [
            officer_key(office, path, file, role)
            for path, file, role in given[: 1 if objecting else 3]
            if path is not None
        ]
        step = client.OBJECTED if objecting else client.FINISHED if finish else client.OPENED
        done = client.recover_officer(office, step, new, lost, signers)
        said = {"officer": new.name, "step": done.step, "entry": done.entry}
        until = f", to be finished from {done.not_before} on" if done.not_before else ""
        show(
            said | {"not_before": done.not_before},
            f"{done.step} is entry {done.entry}{until}.",
            as_json=as_json,
        )


def code(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="A statement that a page gave, as JSON, or a verifier key."
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """What a statement says and its short code, which must be the one that the page shows before
    you touch your security key; or the code of a verifier key, before you enroll it. Asks
    nobody."""
    with faults(as_json=as_json):
        said = client.read_code(file)
        lines = [f"{name}: {value}" for name, value in said.items()]
        show(said, "\n".join(lines), as_json=as_json)


add_verb(app, create, "officer create m-okafor --office tax-office --keys keys")
add_verb(
    app, enroll, "officer enroll m-okafor.vkey --office tax-office --officer a.key --second b.key"
)
add_verb(app, show_list, "officer list --office tax-office", name="list")
add_verb(app, retire, "officer retire m-okafor --office tax-office --officer a.key --second b.key")
add_verb(
    app,
    recover,
    "officer recover c.vkey --lost ben --office tax-office --officer a.key --recovery r.key "
    "--inspector i.key",
    "officer recover c.vkey --lost ben --office tax-office --officer ben.key --object",
)
add_verb(app, code, "officer code statement.json", "officer code m-okafor.vkey")
