"""The officer's own side of a use case: key files are opened here, statements are signed here.

The office never sees a private key: what goes to it is an identity and what was signed.
"""

from __future__ import annotations

from counterfoil.client.keys import (
    OfficerKey,
    act,
    create_officer,
    enroll_key,
    open_officer_key,
    retire_key,
    sandbox_key,
)
from counterfoil.client.office_keys import recover_officer
from counterfoil.client.steps import determine, receive, release, review, review_once, withdraw
from counterfoil.disclosure.recovery import FINISHED, OBJECTED, OPENED

__all__ = [
    "FINISHED",
    "OBJECTED",
    "OPENED",
    "OfficerKey",
    "act",
    "create_officer",
    "determine",
    "enroll_key",
    "open_officer_key",
    "receive",
    "recover_officer",
    "release",
    "retire_key",
    "review",
    "review_once",
    "sandbox_key",
    "withdraw",
]
