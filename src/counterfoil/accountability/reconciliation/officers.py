"""Who signed and who enrolled, compared with the ledger's entries of officers' keys.

1  The rows of officers and batches, and what guards remember, are those that the newest entry
   `state` commits to.
2  Each enrolment and retirement that two officers had to sign, they signed.
3  Who reviewed and who released a batch was enrolled at that entry, for that. Where it was with a
   security key: on a page that the agreement names, or named when the batch was received, and no
   two signatures that are kept of one credential say the same sign count.
4  What was recalled, what requesters signed of it, and the dated duties are what the ledger has
   entries of; and each recall opens to what its entry commits to.
5  Every act that officers ordered, of whatever kind, is what its entry commits to, and there are as
   many of each kind as entries.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from counterfoil.accountability.reconciliation.ledger_view import BatchEntries, difference
from counterfoil.batches.batch import Batch
from counterfoil.batches.officers import security_keys
from counterfoil.batches.remembered import check_batches, check_officers
from counterfoil.batches.security_keys import is_security_key, to_base64url
from counterfoil.batches.statements import check_signed, read_signed
from counterfoil.batches.store import list_batches, list_enrolled
from counterfoil.controls.duties.service import listed
from counterfoil.controls.recall.service import recalled_rows
from counterfoil.core.errors import CounterfoilError, StateFault, VerifyFault
from counterfoil.core.values import Officer, Public
from counterfoil.database import Connection
from counterfoil.gate.history.memory_sum import check_memory
from counterfoil.ledger import EntryKind
from counterfoil.office import Office
from counterfoil.office.acts import altered_acts, list_acts
from counterfoil.office.enrolment import read_enrolments, unsigned_enrolments
from counterfoil.office.page_signatures import is_agreed_page
from counterfoil.office.records import law_of_batch

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


def compare_acts(office: Office, connection: Connection) -> Iterator[VerifyFault]:
    """Statement 5."""
    try:
        altered = altered_acts(office, connection)
    except StateFault as fault:
        altered = [fault.place]
    for place in altered:
        message = "the table of orders does not say what the ledger says"
        cure = "Tell the inspector, and restore the database from its backup."
        yield difference("reconcile_acts", place, message, cure)


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
    yield from _compare_security_keys(office, connection, lately)


class _Kept(Public, frozen=True):
    """A statement that an officer signed with a security key, as it is kept. `batch`: whose review
    or release it is, None of an act."""

    officer: Officer
    text: str
    place: str
    batch: Batch | None


def _compare_security_keys(
    office: Office, connection: Connection, lately: Sequence[Batch]
) -> Iterator[VerifyFault]:
    """What statement 3 says of security keys: the pages of the batches that had an entry lately,
    the counts of all that is kept. What is kept twice, as of a recall with its duty, is one
    signature."""
    recent, counts = {batch.id for batch in lately}, dict[tuple[bytes, int], str]()
    for kept in _signed_with_security_keys(connection):
        try:
            said = check_signed(read_signed(kept.text, kept.officer))
        except CounterfoilError:
            message = "what an officer signed with a security key does not verify as it is kept"
            yield difference("reconcile_signature", kept.place, message, _CURE)
            continue
        assert said is not None, "the officer has security keys"
        if kept.batch is not None and kept.batch.id in recent:
            pages = [office.law, law_of_batch(office, connection, kept.batch, "Reconcile")]
            if not any(is_agreed_page(law.agreement.pages, said) for law in pages):
                message = "an officer signed on a page that the agreement does not name"
                yield difference("reconcile_page", kept.place, message, _CURE)
        if said.sign_count and kept.text != counts.setdefault(
            (said.credential, said.sign_count), kept.text
        ):
            message = "two signatures of one security key say the same sign count: it has a copy"
            yield difference("reconcile_sign_count", kept.place, message, _CURE)


def _signed_with_security_keys(connection: Connection) -> Iterator[_Kept]:
    keyed = {
        officer.name: officer
        for officer, _, _ in list_enrolled(connection)
        if is_security_key(officer.vkey)
    }
    if not keyed:
        return
    for batch in list_batches(connection, checked=False):
        for name, text in (
            (batch.first_officer, batch.first_signature),
            (batch.second_officer, batch.second_signature),
        ):
            if name in keyed:
                yield _Kept(keyed[name], text, f"{batch.id}, {name}", batch)
    for act in list_acts(connection, *EntryKind):
        place = f"act {act.number}"
        texts = msgspec.json.decode(act.signatures or "[]", type=list[msgspec.Raw])
        for text in (bytes(raw).decode() for raw in texts):
            for officer in keyed.values():
                if _is_of(text, officer):
                    yield _Kept(officer, text, place, None)


def _is_of(text: str, officer: Officer) -> bool:
    """Whether one of the officer's credentials is named in a statement as it is kept."""
    keys = security_keys(officer)
    assert keys is not None, "the officer has security keys"
    return any(to_base64url(one.credential) in text for one in keys.authenticators)
