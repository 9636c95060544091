"""Making an office, and its officers. Everything is made in a directory beside the named one and
moved into place last."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any, Final

import msgspec

from counterfoil import gate
from counterfoil.core import keyfile
from counterfoil.core.bounded_yaml import write_yaml
from counterfoil.core.errors import KeyFault, StoreFault, UsageFault
from counterfoil.core.file_lock import locked_file
from counterfoil.core.values import Officer
from counterfoil.database import create_store
from counterfoil.gate.law.schema import read_law_file
from counterfoil.ledger import EntryKind
from counterfoil.office.context import (
    PASSPHRASE_FILE,
    Clock,
    Office,
    Random,
    database_url,
    law_fields,
    utc_now,
)
from counterfoil.office.journal import enter
from counterfoil.office.keys.current_keys import payload_id
from counterfoil.office.officers import enrol, enter_key
from counterfoil.office.opening import open_office
from counterfoil.office.settings import DATABASE, Settings, new_settings, write_settings
from counterfoil.tlog import VerifierKey, verifier_key

SANDBOX_OFFICERS: Final = ("officer-a", "officer-b")
_SERVICE_KEYS: Final = ("holder", "register", "payload")


def create_office(
    directory: Path,
    *,
    name: str,
    agreement: Path,
    sandbox: bool,
    passphrase: str | None,
    library: Path,
    database: str = DATABASE,
    principal: VerifierKey | None = None,
    clock: Clock = utc_now,
    random: Random = os.urandom,
) -> None:
    """Make an office at `directory`, which must not exist or be empty.

    `agreement` is a file, `library` a law library (statutes/, routes/). A sandbox makes its own
    passphrase and two officers, and takes the key of the principal of its agreement whose id is the
    name of `principal`, so that it receives what that key signed; elsewhere the parties enter keys
    in the agreement that both sign. `database` is an SQLAlchemy URL. Raises UsageFault,
    SettingsFault, KeyFault, StateFault, StoreFault; the directory that was begun is removed, while
    tables that were made in a PostgreSQL database stay there.
    """
    _check_vacant(directory)
    if not sandbox and not passphrase:
        raise KeyFault(
            "passphrase_missing",
            "an office needs a passphrase for its keys",
            cure="Type one, or give --passphrase-file.",
        )
    if principal is not None and not sandbox:
        raise UsageFault(
            "principal_key_agreed",
            "only a sandbox takes a principal's key when it is made",
            place="--principal-key",
            cure="Enter the key in the agreement's file, under principals, and have both parties "
            "sign that.",
        )
    if not name:
        raise UsageFault(
            "office_unnamed",
            "an office is named by its maker: its ledger and its key have the name for ever",
            place="--name",
            cure="Give a name under a domain of the agency's, such as "
            "--name ledger.agency.gov/disclosure.",
        )
    settings = new_settings(name, sandbox=sandbox, database=database)
    making = directory.with_name(f".{directory.name}.making")
    try:
        with locked_file(making.with_suffix(".lock")):
            _check_vacant(directory)
            try:
                shutil.rmtree(making, ignore_errors=True)
                making.mkdir(parents=True)
                if principal is not None:
                    agreement = _with_key(agreement, principal, making / "agreement.yaml")
                _fill(making, settings, agreement, library, passphrase, clock, random)
                (making / "agreement.yaml").unlink(missing_ok=True)
                if directory.exists():
                    directory.rmdir()
                making.rename(directory)
            finally:
                shutil.rmtree(making, ignore_errors=True)
    except OSError as fault:
        raise StoreFault(
            "office_not_made",
            f"the office could not be written ({type(fault).__name__})",
            place=directory.name,
            cure="Check disk space and permissions, and that no other process makes it.",
        ) from None


def agreement_file(name_or_path: str, library: Path) -> Path:
    """A named agreement of the library, or a file. Raises UsageFault if it is neither."""
    named = library / "agreements" / f"{name_or_path}.yaml"
    for path in (named, Path(name_or_path)):
        if path.is_file():
            return path
    known = ", ".join(sorted(path.stem for path in (library / "agreements").glob("*.yaml")))
    raise UsageFault(
        "agreement_unknown",
        "there is no agreement of that name",
        place="--agreement",
        cure=f"Name one of {known}, or a file.",
    )


def make_officer(keys: Path, name: str, passphrase: str | None, random: Random) -> Officer:
    """Make NAME.key and NAME.vkey in `keys`; the officer is still to be enrolled. Raises
    StoreFault, VerifyFault."""
    secret = keyfile.new_secret("officer", random)
    public = verifier_key(name, keyfile.public_bytes(secret))
    keyfile.seal_key(
        keys / f"{name}.key",
        name=name,
        purpose="officer",
        secret=secret,
        passphrase=passphrase,
        random=random,
    )
    (keys / f"{name}.vkey").write_text(f"{public}\n", encoding="utf-8")
    return Officer(name=name, vkey=str(public))


def _fill(
    making: Path,
    settings: Settings,
    agreement: Path,
    library: Path,
    passphrase: str | None,
    clock: Clock,
    random: Random,
) -> None:
    keys = making / "keys"
    keys.mkdir(mode=0o700, parents=True)
    write_settings(making, settings)
    law = gate.copy_law(library, agreement, making / "law")
    if law.agreement.sandbox != settings.sandbox:
        raise UsageFault(
            "agreement_sandbox",
            "a sandbox has a sandbox agreement, and no other office has one",
            place="--agreement",
            cure="Use --sandbox with the sandbox agreement only.",
        )
    if settings.sandbox:
        passphrase = random(24).hex()
        _write_private(keys / PASSPHRASE_FILE, passphrase)
    _make_service_keys(keys, settings.name, passphrase, random)
    create_store(database_url(settings.database, making)).close()
    _begin_ledger(open_office(making, passphrase, clock=clock, random=random))


def _with_key(agreement: Path, principal: VerifierKey, copy: Path) -> Path:
    """A copy of a sandbox's agreement in which the principal of this key's name has the key. Raises
    UsageFault `principal_not_agreed`, SettingsFault for what is no agreement."""
    fields: dict[str, Any] = msgspec.to_builtins(read_law_file(agreement, gate.Agreement))
    named = [each for each in fields["principals"] if each["id"] == principal.name]
    if not named:
        raise UsageFault(
            "principal_not_agreed",
            "the agreement names no principal of the key's name",
            place="--principal-key",
            cure="Make the key under the principal's id: `counterfoil principal create "
            "sandbox-principal --keys keys` for the sandbox's own agreement.",
        )
    named[0]["key"] = str(principal)
    copy.write_text(write_yaml(fields), encoding="utf-8")
    return copy


def _make_service_keys(keys: Path, name: str, passphrase: str | None, random: Random) -> None:
    for purpose in _SERVICE_KEYS:
        secret = keyfile.new_secret(purpose, random)
        keyfile.seal_key(
            keys / f"{purpose}.key",
            name=name,
            purpose=purpose,
            secret=secret,
            passphrase=passphrase,
            random=random,
        )
        if purpose == "holder":
            (keys / "holder.vkey").write_text(
                f"{verifier_key(name, keyfile.public_bytes(secret))}\n", encoding="utf-8"
            )


def _begin_ledger(office: Office) -> None:
    """First entries: the office, its law, its keys; a sandbox's two officers."""
    names = SANDBOX_OFFICERS if office.settings.sandbox else ()
    officers = [
        make_officer(office.directory / "keys", name, None, office.random) for name in names
    ]
    secret_keys = [
        (
            purpose,
            office.custodian().key_id
            if purpose == "register"
            else payload_id(office.payload_keys()[0]),
        )
        for purpose in ("register", "payload")
    ]
    try:
        with office.store.transaction() as connection:
            for kind in (EntryKind.OFFICE, EntryKind.LAW):
                enter(office, connection, kind, law_fields(office))
            enter_key(office, connection, "holder", str(office.holder_key))
            for purpose, key_id in secret_keys:
                enter_key(office, connection, purpose, key_id)
            for officer in officers:
                enrol(office, connection, officer)
            office.ledger.sign_checkpoint(connection, office.signer())
    finally:
        office.close()


def _check_vacant(directory: Path) -> None:
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise UsageFault(
            "office_exists",
            "something stands there already",
            place=directory.name,
            cure="Name a directory that does not exist; nothing was changed.",
        )


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text + "\n")
