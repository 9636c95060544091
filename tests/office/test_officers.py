"""An officer is enrolled or retired by two officers, from a public key: whoever has the office's
passphrase alone enrolls nobody after the first two; who signed is compared with who was enrolled."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from counterfoil import client
from counterfoil.accountability.reconciliation import Reconcile, Reconciled, reconcile
from counterfoil.client import OfficerKey
from counterfoil.core import keyfile
from counterfoil.core.errors import CounterfoilError
from counterfoil.core.use_cases import NOBODY, SERVICE, finish
from counterfoil.core.values import Officer, Role
from counterfoil.office import (
    Office,
    agreement_file,
    create_office,
    enrol,
    law_library,
    open_office,
)
from counterfoil.office.enrolment import read_enrolments
from counterfoil.office.journal import officer_digest
from counterfoil.office.officers import EnrollOfficer, enroll_officer, list_officers
from counterfoil.tlog import Signer, verifier_key
from tests.world.office import NOW, World, repeating

PASSPHRASE = "made up and long enough"


def key(name: str, number: int) -> OfficerKey:
    secret = bytes([number]) * 32
    return OfficerKey(Signer(name, keyfile.signing_key(secret)))


ADA, BEN, CAM, DEE = key("ada", 1), key("ben", 2), key("cam", 3), key("dee", 4)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office that is no sandbox, with its first two officers."""
    directory = tmp_path_factory.mktemp("real")
    library = law_library()
    create_office(
        directory / "office",
        name="counterfoil.example/real",
        agreement=agreement_file("treasury-dhs-2025", library),
        sandbox=False,
        passphrase=PASSPHRASE,
        library=library,
        clock=lambda: NOW,
        random=repeating("real"),
    )
    return directory / "office"


@pytest.fixture
def office(made: Path, tmp_path: Path) -> Iterator[Office]:
    shutil.copytree(made, tmp_path / "office")
    opened = open_office(tmp_path / "office", PASSPHRASE, clock=lambda: NOW)
    for each in (ADA, BEN):
        client.enroll_key(opened, each.officer, Role.DISCLOSURE)
    yield opened
    opened.store.close()


def fault_of(step: object, *arguments: object, **named: object) -> str:
    with pytest.raises(CounterfoilError) as fault:
        step(*arguments, **named)  # type: ignore[operator]
    assert fault.value.cure
    return fault.value.code


def compared(office: Office) -> Reconciled:
    return finish(reconcile(office, SERVICE, Reconcile(whole=True)))


def test_the_first_two_are_enrolled_by_the_office_and_the_third_by_both(office: Office) -> None:
    assert fault_of(client.enroll_key, office, CAM.officer, Role.DISCLOSURE) == "officers_two"
    client.enroll_key(office, CAM.officer, Role.DISCLOSURE, [ADA, BEN])
    names = [each.officer.name for each in list_officers(office, NOBODY) if each.is_active]
    assert names == ["ada", "ben", "cam"]
    assert compared(office).differences == ()


@pytest.mark.parametrize("role", [Role.HOLDS, Role.COUNSEL])
def test_no_other_role_is_enrolled_by_the_office(office: Office, role: Role) -> None:
    assert fault_of(client.enroll_key, office, CAM.officer, role) == "officers_two"
    client.enroll_key(office, CAM.officer, role, [ADA, BEN])


@pytest.mark.parametrize(
    ("signers", "code"),
    [
        ([ADA], "signatures_missing"),
        ([ADA, ADA], "officers_same"),
        ([ADA, CAM], "officer_unknown"),
        ([CAM, DEE], "officer_unknown"),
    ],
)
def test_one_officer_or_a_stranger_enrolls_nobody(
    office: Office, signers: list[OfficerKey], code: str
) -> None:
    assert fault_of(client.enroll_key, office, CAM.officer, Role.DISCLOSURE, signers) == code
    assert len(list_officers(office, NOBODY)) == 2


def test_nobody_enrolls_nobody(office: Office) -> None:
    command = EnrollOfficer(officer=CAM.officer)
    assert fault_of(enroll_officer, office, NOBODY, command) == "actor_refused"


def test_who_is_retired_is_listed_and_retires_by_two(office: Office) -> None:
    client.enroll_key(office, CAM.officer, Role.DISCLOSURE, [ADA, BEN])
    assert fault_of(client.retire_key, office, "cam") == "officers_two"
    client.retire_key(office, "cam", [ADA, BEN])
    listed = {each.officer.name: each.is_active for each in list_officers(office, NOBODY)}
    assert listed == {"ada": True, "ben": True, "cam": False}
    assert fault_of(client.enroll_key, office, DEE.officer, Role.HOLDS, [ADA, CAM]) == (
        "officer_retired"
    )
    assert compared(office).differences == ()


def test_whoever_has_the_passphrase_and_writes_the_program_anew_is_found(office: Office) -> None:
    """Nothing stops who has the office's own key from entering; reconciliation says it."""
    with office.store.transaction() as connection:
        enrol(office, connection, CAM.officer)
        office.ledger.sign_checkpoint(connection, office.signer())
    assert [each.code for each in compared(office).differences] == ["reconcile_enrolment"]


def test_an_enrolment_whose_signatures_were_altered_is_found(office: Office) -> None:
    client.enroll_key(office, CAM.officer, Role.DISCLOSURE, [ADA, BEN])
    with closing(sqlite3.connect(office.directory / "office.db")) as owner:
        owner.execute("UPDATE act SET signatures = '[]'")
        owner.commit()
    assert [each.code for each in compared(office).differences] == ["reconcile_enrolment"]


# -- retired after review ------------------------------------------------------------------------


def test_what_a_retired_officer_reviewed_is_reviewed_again(world: World) -> None:
    batch = world.receive(world.requests())
    client.determine(world.office, batch)
    client.review(world.office, batch, world.officer("a"))
    client.retire_key(world.office, "officer-a")
    with pytest.raises(CounterfoilError) as fault:
        client.release(world.office, batch, world.officer("b"), world.directory / "out.jsonl")
    assert fault.value.code == "batch_not_ready"
    assert "release" not in world.kinds()


def test_who_signed_without_being_enrolled_then_is_found(world: World) -> None:
    world.answer()
    assert compared(world.office).differences == ()
    stranger = Officer("officer-a", str(verifier_key("officer-a", bytes(range(32)))))
    with world.office.store.reading() as connection:
        enrolments = read_enrolments(world.office, connection)
        size = world.office.ledger.size(connection)
    known = officer_digest(world.officer("a").officer)
    assert enrolments.had(known, size)
    assert not enrolments.had(known, 0)
    assert not enrolments.had(known, size, Role.HOLDS)
    assert not enrolments.had(officer_digest(stranger), size)
