"""Who signed and who enrolled, compared with the ledger's entries of officers' keys.

1  The rows of officers and batches, and what guards remember, are those that the newest entry
   `state` commits to.
2  Each enrolment and retirement that two officers had to sign, they signed.
3  Who reviewed and who released a batch was enrolled at that entry, for that.
4  What was recalled, what requesters signed of it, and the dated duties are what the ledger has
   entries of; and each recall opens to what its entry commits to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from counterfoil.accountability.reconciliation.ledger_view import BatchEntries, difference
from counterfoil.batches.batch import Batch
from counterfoil.batches.remembered import check_batches, check_officers
from counterfoil.controls.duties.service import listed
from counterfoil.controls.recall.service import recalled_rows
from counterfoil.core.errors import StateFault, VerifyFault
from counterfoil.database import Connection
from counterfoil.gate.history.memory_sum import check_memory
from counterfoil.office import Office
from counterfoil.office.enrolment import read_enrolments, unsigned_enrolments

_CURE = (
    "Release nothing. Tell the inspector: somebody who has the office's key enrolled an officer, "
    "or wrote into its database."
)


def compare_remembered(connection: Connection) -> Iterator[VerifyFault]:
    """Statement 1."""
    for check in (check_officers, check_batches, check_memory):
        try:
            check(connection)
        except VerifyFault as fault:
            yield fault


def compare_recalls(office: Office, connection: Connection) -> Iterator[VerifyFault]:
    """Statement 4."""
    try:
        recalled_rows(office, connection)
        agrees = listed(office, connection).agrees
    except StateFault:
        agrees = False
    if not agrees:
        message = "recalls, receipts or duties are not those that the ledger has entries of"
        cure = "Tell the inspector. Give nobody a list of recalls before the database is restored."
        yield difference("reconcile_recalls", "act", message, cure)


def compare_officers(
    office: Office,
    connection: Connection,
    lately: Sequence[Batch],
    entries: Mapping[str, BatchEntries],
) -> Iterator[VerifyFault]:
    """Statements 2 and 3, 3 of the batches that had an entry since the last time."""
    enrolments = read_enrolments(office, connection)
    for index in unsigned_enrolments(office, connection, enrolments):
        message = "an officer was enrolled or retired that two officers did not sign"
        yield difference("reconcile_enrolment", f"entry {index}", message, _CURE)
    for batch in lately:
        for index, named in entries[batch.id].signers():
            if not enrolments.had(named, index):
                message = "who signed was not enrolled then as an officer who may"
                place = f"{batch.id}, entry {index}"
                yield difference("reconcile_officer", place, message, _CURE)
