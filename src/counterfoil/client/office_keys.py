"""Exchanging the office's keys, by two officers with their key files."""

from __future__ import annotations

from counterfoil.client.keys import OfficerKey, act
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
from counterfoil.office import Office


def rotate(office: Office, purpose: str, first: OfficerKey, second: OfficerKey) -> Rotated:
    """Make a new key and exchange it. Raises as `prepare_rotation`, `rotate_key`."""
    prepare_rotation(office, purpose)
    return act(office, rotate_statement, rotate_key, RotateKey(purpose=purpose), first, second)


def retire_holder(office: Office, first: OfficerKey, second: OfficerKey) -> Rotated:
    """Retire the holder's key. Raises as `retire_holder_key`."""
    return act(office, retire_statement, retire_holder_key, RetireHolderKey(), first, second)
