"""What officers order in a made-up office, each act signed as the command line signs it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from counterfoil import client
from counterfoil.accountability.accounting import orders
from counterfoil.accountability.retention import service as retention
from counterfoil.batches.officers import Role
from counterfoil.client import OfficerKey, act
from counterfoil.controls import comparison
from counterfoil.controls.holds import service as holds
from counterfoil.controls.incidents import service as incidents
from counterfoil.controls.incidents.service import IncidentClass, IncidentFacts, IncidentStatus
from counterfoil.controls.overrides import service as overrides
from counterfoil.controls.suspension import service as suspension
from counterfoil.core import canonical
from counterfoil.core.use_cases import NOBODY, SERVICE, Upload, finish
from counterfoil.office import Office, enrol, make_officer
from tests.world.office import World


def officer(world: World, name: str, role: Role) -> OfficerKey:
    """A new officer of this role, and the key."""
    made = make_officer(world.path / "keys", name, None, world.office.random)
    with world.office.store.transaction() as connection:
        enrol(world.office, connection, made, role)
    return client.sandbox_key(world.office, name)


def order(world: World, text: str = "made up: stop") -> Path:
    """The file of an order."""
    path = world.directory / f"{canonical.digest(text.encode())[7:20]}.txt"
    path.write_text(text, encoding="utf-8")
    return path


@contextmanager
def _beside(world: World) -> Iterator[Office]:
    """The office as another process would open it: a run may be in the middle of a step."""
    office = world.opened()
    try:
        yield office
    finally:
        office.store.close()


# -- documents ---------------------------------------------------------------------------------


def compare(world: World, batch: str, paper: Path) -> None:
    """An officer signs that the paper and the header agree in every field."""
    officer = world.officer("a")
    question = comparison.ShowDocument(batch)
    stated = comparison.show_document(world.office, officer.officer, question).stated
    command = comparison.CompareDocument(batch, Upload(paper), tuple(sorted(stated)))
    statement = comparison.compare_document_statement
    act(world.office, statement, comparison.compare_document, command, officer)


# -- suspension --------------------------------------------------------------------------------


def suspend(
    world: World,
    scope: str = "office",
    text: str = "made up: stop",
    *,
    file: Path | None = None,
    digest: str = "",
    key: OfficerKey | None = None,
) -> suspension.OrderResult:
    command = suspension.Suspend(Upload(file or order(world, text)), digest, scope)
    with _beside(world) as office:
        signer = key or world.officer("a")
        return act(office, suspension.suspend_statement, suspension.suspend, command, signer)


def resume(
    world: World, scope: str = "office", text: str = "made up: lifted", letters: str = "ab"
) -> suspension.OrderResult:
    command = suspension.Resume(Upload(order(world, text)), "", scope)
    keys = [world.officer(letter) for letter in letters]
    return act(world.office, suspension.resume_statement, suspension.resume, command, *keys)


# -- holds -------------------------------------------------------------------------------------


def person_file(world: World, **fields: object) -> Path:
    """A file of format `counterfoil-held-1`."""
    path = world.directory / "held.json"
    path.write_text(json.dumps({"format": holds.PERSON_FORMAT, **fields}), encoding="utf-8")
    return path


def add_hold(world: World, file: Path, *keys: OfficerKey) -> holds.HoldResult:
    command = holds.AddHold(Upload(file))
    return act(world.office, holds.add_hold_statement, holds.add_hold, command, *keys)


def lift_hold(world: World, number: int, *keys: OfficerKey) -> holds.HoldResult:
    command = holds.LiftHold(number)
    return act(world.office, holds.lift_hold_statement, holds.lift_hold, command, *keys)


# -- incidents ---------------------------------------------------------------------------------


def open_incident(
    world: World, facts: IncidentFacts | None = None, letter: str = "a"
) -> IncidentStatus:
    facts = facts or IncidentFacts(IncidentClass.WRONG_ANSWER, world.now)
    command, key = incidents.OpenIncident(facts), world.officer(letter)
    statement = incidents.open_incident_statement
    return act(world.office, statement, incidents.open_incident, command, key)


def report_incident(world: World, number: int, letter: str = "a") -> IncidentStatus:
    command, key = incidents.ReportIncident(number), world.officer(letter)
    statement = incidents.report_incident_statement
    return act(world.office, statement, incidents.report_incident, command, key)


def close_incident(world: World, number: int, letter: str = "a") -> IncidentStatus:
    command, key = incidents.CloseIncident(number), world.officer(letter)
    statement = incidents.close_incident_statement
    return act(world.office, statement, incidents.close_incident, command, key)


# -- retention ---------------------------------------------------------------------------------


def keep_rows(world: World, batch: str, text: str = "made up: keep") -> retention.Ordered:
    command = retention.KeepRows(batch, Upload(order(world, text)))
    statement, key = retention.keep_rows_statement, world.officer("a")
    return act(world.office, statement, retention.keep_rows, command, key)


def lift_retention(
    world: World, batch: str, text: str = "made up: let go", letters: str = "ab"
) -> retention.Ordered:
    command = retention.LiftRetention(batch, Upload(order(world, text)))
    statement, keys = retention.lift_retention_statement, map(world.officer, letters)
    return act(world.office, statement, retention.lift_retention, command, *keys)


def delay_notice(
    world: World, batch: str, until: date, text: str = "made up: delay"
) -> retention.Ordered:
    command = retention.DelayNotice(batch, until, Upload(order(world, text)))
    statement, key = retention.delay_notice_statement, world.officer("a")
    return act(world.office, statement, retention.delay_notice, command, key)


def inform_persons(world: World, batch: str, text: str = "made up: inform") -> orders.Informing:
    command = orders.InformPersons(batch, Upload(order(world, text)))
    statement, key = orders.inform_persons_statement, world.officer("a")
    return act(world.office, statement, orders.inform_persons, command, key)


def due(world: World) -> tuple[retention.Due, ...]:
    return retention.list_due(world.office, NOBODY)


def dispose(world: World) -> tuple[retention.Due, ...]:
    return finish(retention.dispose(world.office, SERVICE))


# -- overrides ---------------------------------------------------------------------------------


def override(
    world: World,
    batch: str,
    request_id: str,
    elements: tuple[str, ...],
    reason: str,
    *keys: OfficerKey,
) -> overrides.OverrideResult:
    """The keys: of an officer of the role disclosure, and of one of the role counsel."""
    command = overrides.OverrideRequest(batch, request_id, elements, reason)
    statement = overrides.override_statement
    return act(world.office, statement, overrides.override_request, command, *keys)
