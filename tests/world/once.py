"""What a test process works out once, though each command of the program works it out anew.

A program is a process: it derives the keys of its office and builds its command line once, and
ends. The tests run thousands of programs in one process, and much of their time went into two
results that depend on nothing but the arguments: a key derived by scrypt, which is slow on purpose,
and the tree of commands. Each is remembered here by all of its arguments, so what a test sees is
what the program would have computed, byte for byte. The workers of a pool are forked from a process that has read
what they read (`warm`), so that each has only its work to do. The program knows nothing of it, and the tests
that start a process of their own go without it. (A law is remembered by the program itself, see
gate/law/load.py.)
"""

from __future__ import annotations

import gc
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import SimpleNamespace
from typing import Final

import pytest
import typer.main
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from counterfoil.core import keyfile, worker_pool
from tests.world import warm

WARM: Final = SimpleNamespace(Popen=warm.Program, PIPE=subprocess.PIPE, DEVNULL=subprocess.DEVNULL)
"""What a pool of workers needs of `subprocess`, begun warm."""


@cache
def derived(passphrase: bytes, salt: bytes, length: int, n: int, r: int, p: int) -> bytes:
    """The key that scrypt derives of these parameters."""
    return Scrypt(salt=salt, length=length, n=n, r=r, p=p).derive(passphrase)


class RememberedScrypt:
    """`Scrypt` as the key files use it: a parameter that is missing or unknown is an error."""

    def __init__(self, *, salt: bytes, length: int, n: int, r: int, p: int) -> None:
        self._parameters = (salt, length, n, r, p)

    def derive(self, key_material: bytes) -> bytes:
        return derived(key_material, *self._parameters)


def remember(patch: pytest.MonkeyPatch) -> None:
    """Put the three in place. Only what succeeds is remembered."""
    patch.setattr(keyfile, "Scrypt", RememberedScrypt)
    patch.setattr(typer.main, "get_command", cache(typer.main.get_command))
    patch.setattr(worker_pool, "subprocess", WARM)


@contextmanager
def uncollected(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep the garbage collector from looking again and again through the ten thousand tests that
    were collected. A run of the program that freezes memory itself does not thaw them."""
    thaw = gc.unfreeze
    gc.collect()
    gc.freeze()
    patch.setattr(gc, "unfreeze", lambda: None)
    try:
        yield
    finally:
        thaw()
