"""`counterfoil key rotate | retire | prove | follow | passphrase`: the office's own keys, one after
the other, and the passphrases of key files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from counterfoil.accountability.key_history import (
    MAX_ROTATION_BYTES,
    follow_rotation,
    prove_rotations,
)
from counterfoil.cli.files import read_whole
from counterfoil.cli.options import (
    AsJson,
    HolderKey,
    NewPassphrase,
    OfficeDir,
    OfficerKeyFile,
    OfficerPassphrase,
    PassphraseFile,
    SecondKey,
    SecondPassphrase,
    ask_new,
    both_officers,
    named_vkey,
    opened,
    opened_here,
    passphrase_for,
    read_passphrase,
)
from counterfoil.cli.output import faults, show
from counterfoil.cli.verbs import add_verb, group
from counterfoil.client.office_keys import retire_holder
from counterfoil.client.office_keys import rotate as rotate_key
from counterfoil.core.atomic_files import replace_file
from counterfoil.core.errors import StoreFault
from counterfoil.core.keyfile import change_passphrase
from counterfoil.core.use_cases import NOBODY

app = group(
    "Exchange the office's own keys, and change passphrases.",
    "key rotate holder --office tax-office --officer a.key --second b.key",
)


def rotate(
    purpose: Annotated[str, typer.Argument(metavar="KEY", help="holder, register or payload.")],
    directory: OfficeDir,
    officer: OfficerKeyFile,
    second: SecondKey,
    officer_passphrase_file: OfficerPassphrase = None,
    second_passphrase_file: SecondPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Make a new key and put it into use, by two officers; it is a ledger entry. The holder's old
    key stays in use beside the new one until `key retire`."""
    with faults(as_json=as_json):
        office = opened(directory, passphrase_file)
        given = (officer_passphrase_file, second_passphrase_file)
        done = rotate_key(office, purpose, *both_officers(office, (officer, second), given))
        said = {"key": done.purpose, "public": done.public, "entry": done.entry}
        show(said, done.public, as_json=as_json)


def retire(
    directory: OfficeDir,
    officer: OfficerKeyFile,
    second: SecondKey,
    officer_passphrase_file: OfficerPassphrase = None,
    second_passphrase_file: SecondPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Retire the holder's old key, by two officers: from here on the new one signs everything. What
    the old one signed still verifies under it."""
    with faults(as_json=as_json):
        office = opened(directory, passphrase_file)
        given = (officer_passphrase_file, second_passphrase_file)
        done = retire_holder(office, *both_officers(office, (officer, second), given))
        said = {"key": done.purpose, "public": done.public, "entry": done.entry}
        show(said, done.public, as_json=as_json)


def prove(
    directory: OfficeDir,
    to: Annotated[Path, typer.Option(help="Folder for the files.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """Write a file for each key that followed another as the holder's: who knows the first key
    follows them. Needs no passphrase."""
    with faults(as_json=as_json):
        made: list[str] = []
        for each in prove_rotations(opened_here(directory), NOBODY):
            path = to / f"holder-rotation-{each.number}.txt"
            _write(path, each.text)
            made.append(str(path))
        words = "\n".join(made) or "The holder's key was never exchanged."
        show({"files": made}, words, as_json=as_json)


def follow(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Oldest first.")],
    holder_key: HolderKey,
    as_json: AsJson = False,
) -> None:
    """From a holder's key that you know, follow the files of `key prove` to its present one, and
    print that."""
    with faults(as_json=as_json):
        key = named_vkey(holder_key)
        for path in files:
            key = follow_rotation(read_whole(path, MAX_ROTATION_BYTES), key)
        show({"holder_vkey": str(key)}, str(key), as_json=as_json)


def passphrase(
    path: Annotated[
        Path, typer.Argument(metavar="PATH", help="A key file, or an office's directory.")
    ],
    passphrase_file: PassphraseFile = None,
    key_passphrase_file: NewPassphrase = None,
    as_json: AsJson = False,
) -> None:
    """Change the passphrase of a key file, or of all the keys that an office holds. Stopped between
    two files, it is run again with the same two passphrases."""
    with faults(as_json=as_json):
        files = sorted((path / "keys").glob("*.key")) if path.is_dir() else [path]
        old = passphrase_for(files[0] if files else path, passphrase_file)
        new = read_passphrase(key_passphrase_file) or ask_new("New passphrase")
        for file in files or [path]:
            change_passphrase(file, old, new)
        show({"changed": [file.name for file in files]}, "Changed.", as_json=as_json)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, text.encode())
    except OSError:
        raise StoreFault(
            "rotation_not_written",
            "the file cannot be written",
            place=path.name,
            cure="Check the folder's permissions.",
        ) from None


add_verb(app, rotate, "key rotate holder --office tax-office --officer a.key --second b.key")
add_verb(app, retire, "key retire --office tax-office --officer a.key --second b.key")
add_verb(app, prove, "key prove --office tax-office --to published")
add_verb(app, follow, "key follow holder-rotation-1.txt --holder-key holder.vkey")
add_verb(app, passphrase, "key passphrase tax-office", "key passphrase a.key")
