"""The journal: the only place that drafts ledger entries.

An entry says what happened by digests: officers by the digest of their verifier keys, everything
else by salted commitments (core/canonical.py). Whoever calls has a transaction open, so that an
entry and the rows that it is about are one commit.

A row's commitment is `canonical.commit(salt, bytes)`: the salt from the batch key by kind and row
number, the bytes those that are sealed in the chunk, or, for an answer, its canonical bytes.
Whoever holds the batch key can open it, nobody else. What a look at no single request commits to is
salted under the accounting key, by the running count of the look's own entry.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from counterfoil.answers.rows import answer_bytes
from counterfoil.batches.encryption import BatchKey
from counterfoil.batches.rows import Determination
from counterfoil.core import canonical
from counterfoil.core.instants import from_instant
from counterfoil.core.values import Answer, NotCompared, Officer, Refusal
from counterfoil.database import Connection
from counterfoil.gate.law.archive import keep_law
from counterfoil.ledger import Draft, EntryKind
from counterfoil.ledger.store import read_head
from counterfoil.office.context import Office, law_fields

_KEY_CONTEXT: Final = b"counterfoil/accounting/v1"
_SALT_CONTEXT: Final = b"counterfoil/account-salt/v1\x00"


def enter(
    office: Office,
    connection: Connection,
    kind: EntryKind,
    fields: Mapping[str, str | int],
    *officers: Officer,
    at: datetime | None = None,
) -> int:
    """Enter one thing that happened, and who ordered it; return the index of the entry. `at`: the
    time that is kept beside the entry as well, where one is; now otherwise."""
    said = {**fields, **officer_fields(officers)}
    return office.ledger.append(connection, [Draft(kind, said)], at or office.clock())[0]


def officer_fields(officers: Iterable[Officer]) -> dict[str, str]:
    """The fields that name up to two officers."""
    return dict(zip(("officer", "second"), map(officer_digest, officers), strict=False))


def officer_digest(officer: Officer) -> str:
    """How an entry names an officer."""
    return canonical.digest(officer.vkey.encode())


def enter_law(office: Office, connection: Connection) -> None:
    """Enter the law in force, unless it is the one entered last: before anything is decided under
    it. Its files are kept."""
    keep_law(connection, office.rules, office.directory / "law")
    fields = law_fields(office)
    if office.ledger.newest_fields(connection, EntryKind.LAW) != fields:
        enter(office, connection, EntryKind.LAW, fields)


def enter_state(office: Office, connection: Connection, commitment: str) -> None:
    """Enter what the rows that give authority hold from here on (ledger/head.py). The clock does
    not matter: a commit that enters nothing else is not stopped by one that was set back."""
    last = read_head(connection).time
    now = max(office.clock(), from_instant(last)) if last else office.clock()
    draft = Draft(EntryKind.STATE, {"commitment": commitment})
    office.ledger.append(connection, [draft], now)


# -- rows --------------------------------------------------------------------------------------


def enter_screened(
    office: Office,
    connection: Connection,
    batch: str,
    rows: Sequence[tuple[str, bytes]],
    key: BatchKey,
    first: int,
) -> None:
    """One entry for each row that met the gate: its kind and its bytes. `first` is the place of the
    first row in the batch, from 0."""
    salts = key.salts("request", range(first, first + len(rows)))
    committed = canonical.commit_each(salts, [data for _, data in rows])
    drafts = [
        Draft(EntryKind(kind), {"batch": batch, "commitment": commitment})
        for (kind, _), commitment in zip(rows, committed, strict=True)
    ]
    office.ledger.append(connection, drafts, office.clock())


def answer_drafts(
    rows: Sequence[Determination], answers: Sequence[Answer], batch: str, key: BatchKey
) -> Iterator[Draft]:
    """One entry for each answer to an admitted request: a yes and a no are disclosures alike."""
    told = [
        (row, answer)
        for row, answer in zip(rows, answers, strict=True)
        if not isinstance(row, Refusal)
    ]
    salts = key.salts("answer", [row.row for row, _ in told])
    committed = canonical.commit_each(salts, [answer_bytes(answer) for _, answer in told])
    for (row, _), commitment in zip(told, committed, strict=True):
        kind = EntryKind.NOT_COMPARED if isinstance(row, NotCompared) else EntryKind.DISCLOSURE
        yield Draft(kind, {"batch": batch, "commitment": commitment})


# -- looks -------------------------------------------------------------------------------------


def accounting_key(office: Office) -> bytes:
    """The key of traces and sealed accounting. Raises KeyFault."""
    return hmac.digest(office.payload_keys()[1], _KEY_CONTEXT, "sha256")


def enter_look(
    office: Office,
    connection: Connection,
    officer: Officer,
    said: Mapping[str, str],
    batch: str = "",
) -> int:
    """Enter that an officer looked at what is no single request: `said` is what the entry commits
    to. Raises KeyFault."""
    key = accounting_key(office)
    count = office.ledger.counts(connection)[EntryKind.INSPECTION] + 1
    salt = hmac.digest(key, _SALT_CONTEXT + b"%d" % count, "sha256")
    fields = {"commitment": canonical.commit(salt, canonical.encode(dict(said)))}
    fields |= {"batch": batch} if batch else {}
    return enter(office, connection, EntryKind.INSPECTION, fields, officer)
