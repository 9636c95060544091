"""The officer's own side of a use case: key files are opened here, statements are signed here.

The office never sees a private key: what goes to it is an identity and what was signed. `Desk` is
an office that was opened here, or one that is reached through its service (remote.py).
"""

from __future__ import annotations

from counterfoil.client.keys import (
    Desk,
    OfficerKey,
    act,
    ask,
    ask_plainly,
    create_officer,
    enroll_key,
    key_code,
    named_officer,
    open_officer_key,
    read_code,
    retire_key,
    sandbox_key,
    short_code,
)
from counterfoil.client.office_keys import recover_officer
from counterfoil.client.remote import RemoteOffice
from counterfoil.client.steps import (
    determine,
    receive,
    release,
    release_there,
    review,
    review_once,
    withdraw,
)
from counterfoil.disclosure.recovery import FINISHED, OBJECTED, OPENED

__all__ = [
    "FINISHED",
    "OBJECTED",
    "OPENED",
    "Desk",
    "OfficerKey",
    "RemoteOffice",
    "act",
    "ask",
    "ask_plainly",
    "create_officer",
    "determine",
    "enroll_key",
    "key_code",
    "named_officer",
    "open_officer_key",
    "read_code",
    "receive",
    "recover_officer",
    "release",
    "release_there",
    "retire_key",
    "review",
    "review_once",
    "sandbox_key",
    "short_code",
    "withdraw",
]
