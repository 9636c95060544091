"""Passphrases: from files or a prompt, never from flags or the environment."""

from __future__ import annotations

import sys
from getpass import getpass
from pathlib import Path

from counterfoil.core import keyfile
from counterfoil.core.bounded import read_bounded
from counterfoil.core.errors import KeyFault, UsageFault

_MAX_PASSPHRASE_BYTES = 65_536


def passphrase_for(path: Path, passphrase_file: Path | None) -> str | None:
    """The passphrase of a key file: from the file named, or asked for where the key needs one.
    Raises KeyFault."""
    passphrase = read_passphrase(passphrase_file)
    if passphrase is None and keyfile.needs_passphrase(path):
        return ask(f"Passphrase of {path.name}")
    return passphrase


def read_passphrase(path: Path | None) -> str | None:
    """The first line of a passphrase file, or None where none was named. Raises KeyFault."""
    if path is None:
        return None
    try:
        lines = read_bounded(path, _MAX_PASSPHRASE_BYTES).decode("utf-8").splitlines()
    except (OSError, ValueError):
        raise KeyFault(
            "passphrase_unreadable",
            "the passphrase file cannot be read",
            place=path.name,
            cure="Check its path and permissions.",
        ) from None
    if not lines or not lines[0]:
        raise KeyFault(
            "passphrase_empty",
            "the passphrase is empty",
            place=path.name,
            cure="Write it in the file's first line.",
        )
    return lines[0]


def ask(prompt: str) -> str:
    """Ask at the terminal, unseen. Raises UsageFault where there is no terminal to ask at."""
    try:
        answer = getpass(f"{prompt}: ") if sys.stdin.isatty() else ""
    except EOFError:
        answer = ""
    if not answer:
        raise UsageFault(
            "passphrase_missing",
            "a passphrase is needed and none was typed",
            cure="Type it at the terminal, or give it in a file; see --help.",
        )
    return answer


def ask_new(prompt: str) -> str:
    """Ask twice for a passphrase that will be needed again. Raises UsageFault where the two
    differ."""
    first = ask(prompt)
    if ask(f"{prompt}, again") != first:
        raise UsageFault(
            "passphrase_differs",
            "the two passphrases differ",
            cure="Nothing was made. Run it again.",
        )
    return first
