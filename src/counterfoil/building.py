"""Building the office's register: build, teach the match rules, enter the snapshot, make it current."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from counterfoil import match, register
from counterfoil.ledger import Draft, Kind
from counterfoil.office import Office, enter_law


def build_register(
    office: Office, source: Path, *, made_up: bool, progress: Callable[[int, int | None, str], None]
) -> register.Manifest:
    """Build `source` into a new snapshot and enter it in the ledger.

    Raises InputFault (the source), StateFault, KeyFault, StoreFault; the old snapshot then stands.
    """
    signer, keeper = office.signer(), office.keeper()
    learner = match.Learner(keeper.names_salt())
    plan = register.Plan(
        keeper=keeper, sign=signer.private.sign, now=office.clock(), match_version=match.MATCH_VERSION,
        learner=learner,
        evidence=lambda: match.weights_to_dict(learner.finish()) | {"salt": ""}, made_up=made_up, random=office.random, progress=progress,
    )  # fmt: skip
    manifest = register.build(source, office.register_directory, plan)
    with office.store.transaction() as connection:
        enter_law(office, connection)
        fields = {"snapshot": register.manifest_digest(manifest), "rows": manifest.counts.rows}
        office.ledger.append(connection, [Draft(Kind.SNAPSHOT, {**fields})], office.clock())
        office.ledger.sign_checkpoint(connection, signer)
    return manifest
