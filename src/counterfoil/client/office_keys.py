"""Exchanging the office's keys, and recovering an office, by those who sign with key files."""

from __future__ import annotations

from collections.abc import Sequence

from counterfoil.client.keys import OfficerKey, act
from counterfoil.core.values import Officer
from counterfoil.disclosure.key_rotation import (
    RetireHolderKey,
    Rotated,
    RotateKey,
    prepare_rotation,
    retire_holder_key,
    retire_statement,
    rotate_key,
    rotate_statement,
)
from counterfoil.disclosure.recovery import Recover, Recovery, recover, recovery_statement
from counterfoil.office import Office


def rotate(office: Office, purpose: str, first: OfficerKey, second: OfficerKey) -> Rotated:
    """Make a new key and exchange it. Raises as `prepare_rotation`, `rotate_key`."""
    prepare_rotation(office, purpose)
    return act(office, rotate_statement, rotate_key, RotateKey(purpose=purpose), first, second)


def retire_holder(office: Office, first: OfficerKey, second: OfficerKey) -> Rotated:
    """Retire the holder's key. Raises as `retire_holder_key`."""
    return act(office, retire_statement, retire_holder_key, RetireHolderKey(), first, second)


def recover_officer(
    office: Office, step: str, officer: Officer, lost: str, signers: Sequence[OfficerKey]
) -> Recovery:
    """One step of a recovery. Raises as `recover`."""
    command = Recover(step=step, officer=officer, lost=lost)
    return act(office, recovery_statement, recover, command, *signers)
