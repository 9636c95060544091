"""Building the office's register: build, teach the match rules, enter the snapshot, make it
current."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from counterfoil import matching, register
from counterfoil.controls.canaries.store import canary_addresses, keep_canaries, keep_canaries_of
from counterfoil.core.use_cases import Actor, Progress, Work, yielding
from counterfoil.core.values import Public
from counterfoil.ledger import EntryKind
from counterfoil.office import Office, journal
from counterfoil.office.authority import require_service
from counterfoil.office.context import LOCAL, Engine
from counterfoil.office.keys.current_keys import require_entered_register_key
from counterfoil.register.canaries import Canary


class BuildRegister(Public, frozen=True):
    """Build a source that the office's operator names into a new snapshot. `canaries`: how many to
    seal among its rows; None leaves it to the office's settings. `engine`: `local`, or `spark` for
    the endpoint of the settings."""

    source: Path
    made_up: bool = False
    canaries: int | None = None
    engine: Engine = LOCAL


class UpdateRegister(Public, frozen=True):
    """Apply rows that came and rows that left to the current snapshot: sources as for a build."""

    added: Path | None = None
    removed: Path | None = None


class RegisterSnapshot(Public, frozen=True):
    """A snapshot as its manifest describes it: counts and versions, never a person."""

    snapshot: str
    rows: int
    residents: int
    addresses: int
    rejected_rows: int
    canaries: int
    described: dict[str, Any]


def build_register(office: Office, actor: Actor, command: BuildRegister) -> Work[RegisterSnapshot]:
    """Build a snapshot, enter it and make it current. Raises UsageFault `actor_refused`; as
    `build_snapshot`."""
    require_service(actor)
    wanted = office.settings.canaries if command.canaries is None else command.canaries

    def run(emit: Callable[[Progress], None]) -> register.Manifest:
        return build_snapshot(
            office,
            command.source,
            made_up=command.made_up,
            progress=lambda done, total, phase: emit(Progress(done, total, phase)),
            canaries=wanted,
            engine=command.engine,
        )

    manifest = yield from yielding(run)
    return _described(manifest, count_canaries(office, manifest.snapshot))


def update_register(
    office: Office, actor: Actor, command: UpdateRegister
) -> Work[RegisterSnapshot]:
    """Make an incremental snapshot of the current one, enter it and make it current. It has the
    parent's marks, weights and canaries, and no certificate of its own. Raises UsageFault
    `actor_refused`; as `register.update`."""
    require_service(actor)

    def run(emit: Callable[[Progress], None]) -> register.Manifest:
        return update_snapshot(
            office, command, lambda done, total, phase: emit(Progress(done, total, phase))
        )

    manifest = yield from yielding(run)
    return _described(manifest, count_canaries(office, manifest.snapshot))


def describe_register(office: Office, _actor: Actor) -> RegisterSnapshot:
    """The current snapshot, its manifest verified. Anybody may ask. Raises StateFault, StoreFault,
    VerifyFault."""
    folder = office.register_directory
    named = register.current_snapshot(folder)
    manifest = register.open_manifest(folder / named, office.signing_publics)
    return _described(manifest, 0)


def _described(manifest: register.Manifest, canaries: int) -> RegisterSnapshot:
    counts = manifest.counts
    return RegisterSnapshot(
        manifest.snapshot,
        counts.rows,
        counts.residents,
        counts.exact_doors,
        counts.rejected_rows,
        canaries,
        register.describe(manifest),
    )


def _untold(_canaries: list[Canary]) -> None:
    """Nobody sees them."""


def build_snapshot(
    office: Office,
    source: Path,
    *,
    made_up: bool,
    progress: Callable[[int, int | None, str], None],
    canaries: int = 0,
    told: Callable[[list[Canary]], None] = _untold,
    engine: Engine = LOCAL,
) -> register.Manifest:
    """Build `source` into a new snapshot and enter it in the ledger.

    canaries: how many to seal beside the source's rows, as far as they can be made; their keyed
    hashes are kept before the snapshot is made current. told: for who must see them; the office
    keeps none. engine: where it is built.

    Raises InputFault (the source), StateFault, KeyFault, StoreFault; the old snapshot then stands.
    """
    cluster = office.cluster(engine)
    signer, custodian = office.signer(), office.building_custodian()
    with office.store.reading() as connection:
        require_entered_register_key(office, connection, custodian.key_id)
    learner, history_key = matching.Learner(custodian.names_salt()), office.payload_keys()[1]

    def keep(snapshot: str, made: list[Canary]) -> None:
        with office.store.transaction() as connection:
            keep_canaries(
                connection,
                history_key,
                snapshot,
                [(each.counted, each.resident.record_ref) for each in made],
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
        cluster=cluster,
    )
    manifest = register.build(source, office.register_directory, plan)
    with office.store.transaction() as connection:
        journal.enter_law(office, connection)
        fields = {"snapshot": register.manifest_digest(manifest), "rows": manifest.counts.rows}
        journal.enter(office, connection, EntryKind.SNAPSHOT, fields)
        office.ledger.sign_checkpoint(connection, signer)
    return manifest


def update_snapshot(
    office: Office, command: UpdateRegister, progress: Callable[[int, int | None, str], None]
) -> register.Manifest:
    """Make an incremental snapshot and enter it. Raises as `register.update`."""
    folder, publics = office.register_directory, office.signing_publics
    signer, parent = office.signer(), register.current_snapshot(folder)
    key_id = register.open_manifest(folder / parent, publics).key_id

    def keep(snapshot: str, _: list[Canary]) -> None:
        with office.store.transaction() as connection:
            keep_canaries_of(connection, parent, snapshot)

    plan = register.BuildPlan(
        custodian=office.building_custodian(key_id),
        sign=signer.private.sign,
        now=office.clock(),
        match_version=matching.MATCH_VERSION,
        random=office.random,
        progress=progress,
        keep_canaries=keep,
    )
    manifest = register.update(folder, publics, plan, added=command.added, removed=command.removed)
    with office.store.transaction() as connection:
        journal.enter_law(office, connection)
        fields = {"snapshot": register.manifest_digest(manifest), "rows": manifest.counts.rows}
        journal.enter(office, connection, EntryKind.SNAPSHOT, fields)
        office.ledger.sign_checkpoint(connection, signer)
    return manifest


def count_canaries(office: Office, snapshot: str) -> int:
    """How many canaries a build holds."""
    with office.store.reading() as connection:
        return len(canary_addresses(connection, snapshot))
