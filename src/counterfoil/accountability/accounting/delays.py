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


def delayed_until(connection: Connection, batch_id: str) -> date | None:
    """The last day of the longest delay over a batch, or None."""
    delays = [act for act in list_acts(connection, EntryKind.DELAY) if act.subject == batch_id]
    said = (msgspec.json.decode(act.committed, type=dict[str, str]) for act in delays)
    return max((date.fromisoformat(each["until"]) for each in said), default=None)
