"""Delays: until when a person is not informed of a batch's requests (5 USC 552a(b)(7), (c)(3)).

A delay is an act of kind `delay` over a batch (office/acts.py; accountability/retention/service.py
enters it), which commits to canonical JSON of {"order": digest of the order's file, "until": the
last day}.

Trusted: yes. Who alters an act can have a person informed early; the ledger's entry still shows the
delay.
"""

from __future__ import annotations

from datetime import date

import msgspec

from counterfoil.database import Connection
from counterfoil.ledger import EntryKind
from counterfoil.office.acts import list_acts


def delays_in_force(connection: Connection, today: date) -> dict[str, str]:
    """The last day of the longest delay over each batch, as text, where it is not over `today`."""
    found: dict[str, str] = {}
    for act in list_acts(connection, EntryKind.DELAY):
        until = msgspec.json.decode(act.committed, type=dict[str, str])["until"]
        if until >= today.isoformat():
            found[act.subject] = max(found.get(act.subject, ""), until)
    return found
