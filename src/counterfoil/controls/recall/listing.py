"""The list of recalls that an office publishes: answers/recalls.py has its format.

Made from the acts as the ledger has them, under a checkpoint that was signed over all of them: the
one that is being published, cosigned where witnesses are set.
"""

from __future__ import annotations

from collections.abc import Iterator

from counterfoil.answers.recalls import ProvenEntry, make_list, seal_opening
from counterfoil.controls.recall.entered import RecallSeal, load_recalls
from counterfoil.controls.witnesses import Ask, Cosign, cosign, office_policy
from counterfoil.core.use_cases import Actor
from counterfoil.core.values import Public
from counterfoil.database import Connection
from counterfoil.ledger import EntryKind
from counterfoil.ledger.entries import decode
from counterfoil.office import Office
from counterfoil.office.authority import require_service
from counterfoil.tlog import parse_checkpoint, parse_proof
from counterfoil.tlog.witness_client import ask_witnesses


class MadeList(Public, frozen=True):
    """A list of recalls: its bytes, how many recalls it has, and the size of its ledger."""

    data: bytes
    recalls: int
    size: int


def make_recall_list(office: Office, actor: Actor, ask: Ask = ask_witnesses) -> MadeList:
    """Sign a checkpoint, have it cosigned where office.toml names witnesses, and make the list as
    of it. Raises UsageFault `actor_refused`; StateFault `orders_disagree`; KeyFault, VerifyFault,
    SettingsFault (the policy)."""
    require_service(actor)
    if office_policy(office):
        return list_at(office, actor, cosign(office, actor, Cosign(), ask).note)
    with office.store.transaction() as connection:
        note = office.ledger.sign_checkpoint(connection, office.signer())
    return list_at(office, actor, note)


def list_at(office: Office, actor: Actor, note: str) -> MadeList:
    """The list as of a checkpoint that this office signed over all of its recalls. Raises as
    `make_recall_list`."""
    require_service(actor)
    signer, size = office.signer(), parse_checkpoint(note).size
    with office.store.reading() as connection:
        entered = load_recalls(office, connection)
        prove, seal = office.ledger.prover(connection, note), RecallSeal(office)

        def proven(index: int, data: bytes) -> ProvenEntry:
            return ProvenEntry(index, data, parse_proof(prove(index)).hashes)

        kinds = [proven(*each) for each in _last_entries(office, connection, size)]
        recalls = [
            (
                proven(each.entry_index, _entry(office, connection, each.entry_index)),
                seal_opening(opening, kept.key),
            )
            for each in entered.recalls
            if each.entry_index < size
            for kept, opening in (seal.open_recall(entered.act_of(each.number)),)
        ]
        data = make_list(office.clock(), note, kinds, recalls, signer)
    return MadeList(data, len(recalls), size)


def _last_entries(office: Office, connection: Connection, size: int) -> Iterator[tuple[int, bytes]]:
    """(index, entry) of the last entry of each kind below `size`, in the order of their indices."""
    found: list[int] = []
    for kind in EntryKind:
        newest = office.ledger.newest_of(connection, kind)
        index = next((index for index, _ in newest if index < size), None)
        if index is not None:
            found.append(index)
    for index in sorted(found):
        data = _entry(office, connection, index)
        decode(data, f"entry {index}")
        yield index, data


def _entry(office: Office, connection: Connection, index: int) -> bytes:
    return next(office.ledger.entries(connection, index, index + 1))
