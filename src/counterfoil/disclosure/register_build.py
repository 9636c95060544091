"""Building the office's register: build, teach the match rules, enter the snapshot, make it
current."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from counterfoil import matching, register
from counterfoil.controls.canaries.store import canary_doors, keep_canaries
from counterfoil.ledger import Draft, EntryKind
from counterfoil.office import Office, enter_law
from counterfoil.register.canaries import Canary


def _untold(_canaries: list[Canary]) -> None:
    """Nobody sees them."""


def build_register(
    office: Office,
    source: Path,
    *,
    made_up: bool,
    progress: Callable[[int, int | None, str], None],
    canaries: int = 0,
    told: Callable[[list[Canary]], None] = _untold,
) -> register.Manifest:
    """Build `source` into a new snapshot and enter it in the ledger.

    canaries: how many to seal beside the source's rows, as far as they can be made; their keyed
    hashes are kept before the snapshot is made current. told: for who must see them; the office
    keeps none.

    Raises InputFault (the source), StateFault, KeyFault, StoreFault; the old snapshot then stands.
    """
    signer, custodian = office.signer(), office.custodian()
    learner, history_key = matching.Learner(custodian.names_salt()), office.payload_keys()[1]

    def keep(snapshot: str, made: list[Canary]) -> None:
        with office.store.transaction() as connection:
            keep_canaries(
                connection,
                history_key,
                snapshot,
                [(each.keys[0].key, each.resident.record_ref) for each in made],
            )
        told(made)

    plan = register.BuildPlan(
        custodian=custodian,
        sign=signer.private.sign,
        now=office.clock(),
        match_version=matching.MATCH_VERSION,
        learner=learner,
        evidence=lambda: matching.weights_to_dict(learner.finish()) | {"salt": ""},
        made_up=made_up,
        random=office.random,
        progress=progress,
        canaries=canaries,
        keep_canaries=keep,
    )
    manifest = register.build(source, office.register_directory, plan)
    with office.store.transaction() as connection:
        enter_law(office, connection)
        fields = {"snapshot": register.manifest_digest(manifest), "rows": manifest.counts.rows}
        office.ledger.append(connection, [Draft(EntryKind.SNAPSHOT, {**fields})], office.clock())
        office.ledger.sign_checkpoint(connection, signer)
    return manifest


def count_canaries(office: Office, snapshot: str) -> int:
    """How many canaries a build holds."""
    with office.store.reading() as connection:
        return len(canary_doors(connection, snapshot))
