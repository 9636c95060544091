"""Witnessing: c2sp.org/tlog-witness. Whoever the holder does not run says that the ledger only ever grew.

    records    the latest checkpoint of each log, on disk before it is cosigned
    deciding   one request, one answer: what a witness checks, in the order of the protocol
    server     that over HTTP
    asking     the log's side: ask several witnesses, and hold what they say against a policy

A witness holds no entry, no database and no office. See docs/formats/witness.md.
"""

from __future__ import annotations

from counterfoil.witness.asking import Prove, Witnessed, ask_witnesses
from counterfoil.witness.deciding import Answered, Witness
from counterfoil.witness.records import Records
from counterfoil.witness.server import serve

__all__ = ["Answered", "Prove", "Records", "Witness", "Witnessed", "ask_witnesses", "serve"]
