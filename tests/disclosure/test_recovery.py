"""An office of which one of two officers is gone goes on with the remaining officer, the recovery
key and an inspector, after a published delay; without any one of these it does not, and nothing is
released by it."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from counterfoil import client
from counterfoil.accountability import publication
from counterfoil.accountability.reconciliation import Reconcile, reconcile
from counterfoil.core import keyfile
from counterfoil.core.errors import CounterfoilError
from counterfoil.core.use_cases import NOBODY, SERVICE, finish
from counterfoil.core.values import Role
from counterfoil.office import Office, agreement_file, create_office, law_library, open_office
from counterfoil.office.officers import list_officers
from counterfoil.tlog import Signer
from tests.world.office import NOW, repeating

PASSPHRASE = "made up and long enough"


def officer_key(name: str) -> client.OfficerKey:
    secret = hashlib.sha256(name.encode()).digest()
    return client.OfficerKey(Signer(name, keyfile.signing_key(secret)))


ADA, BEN, NEW = officer_key("ada"), officer_key("ben"), officer_key("new")
SEALED, IG = officer_key("sealed"), officer_key("inspector")
ALL = (ADA, SEALED, IG)


class Desk:
    """An office whose clock is set by hand."""

    def __init__(self, directory: Path) -> None:
        self.now = NOW
        self.office = open_office(directory, PASSPHRASE, clock=self.clock)

    def clock(self) -> datetime:
        return self.now

    def step(self, step: str, *signers: client.OfficerKey, lost: str = "ben") -> str:
        """The code of the fault, "" where it was done."""
        try:
            client.recover_officer(self.office, step, NEW.officer, lost, signers)
        except CounterfoilError as fault:
            return fault.code
        return ""

    def publish(self) -> None:
        publication.publish(self.office, SERVICE, publication.PublishLedger())

    def active(self) -> set[str]:
        return {each.officer.name for each in list_officers(self.office, NOBODY) if each.is_active}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recovery") / "office"
    library = law_library()
    create_office(
        path,
        name="counterfoil.example/real",
        agreement=agreement_file("treasury-dhs-2025", library),
        sandbox=False,
        passphrase=PASSPHRASE,
        library=library,
        clock=lambda: NOW,
        random=repeating("recovery"),
    )
    settings = path / "office.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('publish_to = ""', 'publish_to = "public"'), encoding="utf-8")
    office = open_office(path, PASSPHRASE, clock=lambda: NOW)
    for key, role in ((ADA, Role.DISCLOSURE), (SEALED, Role.RECOVERY), (IG, Role.INSPECTOR)):
        client.enroll_key(office, key.officer, role)
    assert refused(office, officer_key("second"), Role.RECOVERY) == "officers_two"
    client.enroll_key(office, BEN.officer, Role.DISCLOSURE)
    assert refused(office, officer_key("third"), Role.INSPECTOR) == "officers_two"
    office.store.close()
    return path


def refused(office: Office, key: client.OfficerKey, role: Role) -> str:
    with pytest.raises(CounterfoilError) as fault:
        client.enroll_key(office, key.officer, role)
    return fault.value.code


@pytest.fixture
def desk(made: Path, tmp_path: Path) -> Iterator[Desk]:
    shutil.copytree(made, tmp_path / "office")
    opened = Desk(tmp_path / "office")
    yield opened
    opened.office.store.close()


def test_a_recovery_enrolls_one_officer_after_its_published_delay(desk: Desk) -> None:
    assert desk.step(client.OPENED, *ALL) == ""
    assert desk.step(client.OPENED, *ALL) == "recovery_open"
    assert desk.step(client.FINISHED, *ALL) == "recovery_unpublished"
    desk.publish()
    assert desk.step(client.FINISHED, *ALL) == "recovery_early"
    desk.now += timedelta(days=14, seconds=1)
    assert desk.step(client.FINISHED, *ALL) == "recovery_early"
    desk.publish()
    for few in (ALL[:1], ALL[:2], (ADA, IG), (ADA, IG, SEALED), (ADA, SEALED, SEALED), ALL[1:]):
        assert desk.step(client.FINISHED, *few) != ""
    assert "new" not in desk.active()
    assert desk.step(client.FINISHED, *ALL) == ""
    client.retire_key(desk.office, "ben", (ADA, NEW))
    assert desk.active() == {"ada", "new", "sealed", "inspector"}
    found = finish(reconcile(desk.office, SERVICE, Reconcile(whole=True)), None)
    assert not found.differences


@pytest.mark.parametrize(
    "few", [ALL[:1], ALL[:2], (ADA, IG), (ADA, BEN, IG), (ADA, SEALED, NEW), (SEALED, ADA, IG)]
)
def test_without_any_one_of_the_three_none_is_opened(
    desk: Desk, few: tuple[client.OfficerKey, ...]
) -> None:
    before = desk.office.ledger
    with desk.office.store.reading() as connection:
        size = before.size(connection)
    assert desk.step(client.OPENED, *few) in {
        "signatures_missing",
        "officer_role",
        "officer_unknown",
    }
    with desk.office.store.reading() as connection:
        assert before.size(connection) == size


def test_whoever_is_not_gone_objects_alone_and_it_is_closed(desk: Desk) -> None:
    assert desk.step(client.OBJECTED, BEN) == "recovery_none"
    assert desk.step(client.OPENED, *ALL) == ""
    assert desk.step(client.OBJECTED, SEALED) == "officer_role"
    assert desk.step(client.OBJECTED, BEN) == ""
    desk.publish()
    desk.now += timedelta(days=15)
    desk.publish()
    assert desk.step(client.FINISHED, *ALL) == "recovery_none"
    assert not finish(reconcile(desk.office, SERVICE, Reconcile(whole=True)), None).differences


def test_nobody_is_recovered_who_is_needless_or_named_otherwise(desk: Desk) -> None:
    assert desk.step(client.OPENED, *ALL, lost="ada") == "recovery_needless"
    assert desk.step(client.OPENED, *ALL, lost="nobody") == "officer_unknown"
    assert desk.step(client.OPENED, *ALL, lost="sealed") == "recovery_needless"
    assert desk.step(client.OPENED, *ALL) == ""
    desk.publish()
    desk.now += timedelta(days=15)
    desk.publish()
    assert desk.step(client.FINISHED, *ALL, lost="ada") == "recovery_none"
    client.enroll_key(desk.office, officer_key("cora").officer, Role.DISCLOSURE, (ADA, BEN))
    assert desk.step(client.FINISHED, *ALL) == "recovery_needless"


def test_the_keys_of_a_recovery_sign_nothing_else(desk: Desk) -> None:
    for pair in ((SEALED, IG), (ADA, SEALED), (ADA, IG)):
        with pytest.raises(CounterfoilError) as fault:
            client.enroll_key(desk.office, NEW.officer, Role.DISCLOSURE, pair)
        assert fault.value.code == "officer_role"
