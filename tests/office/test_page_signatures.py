"""Officers with security keys in an office: what the agreement allows, what is enrolled, and that an
act stands on a page's signature only while everything about it is as it was agreed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import msgspec
import pytest

from counterfoil import client, disclosure
from counterfoil.accountability.evidence import check_public, replay
from counterfoil.batches.security_keys import SecurityKeys, read_assertion, write_keys
from counterfoil.batches.statements import keep_signed, read_signed, security_key_signature
from counterfoil.controls.suspension import service as suspension
from counterfoil.core.errors import CounterfoilError
from counterfoil.core.use_cases import NOBODY, Signed, Statement, Upload
from counterfoil.core.values import Officer, Role
from counterfoil.disclosure import (
    ReleaseBatch,
    ReviewBatch,
    release_batch,
    release_statement,
    review_batch,
)
from counterfoil.gate import load_law
from counterfoil.office import open_office
from tests.accountability.evidence.bundles import make, signed_again
from tests.accountability.reconciliation.desk import alter, codes, run
from tests.world import acts
from tests.world.authenticators import (
    ORIGIN,
    PAGES,
    RP,
    KeyedOfficer,
    SoftKey,
    enrolled,
    sign_act,
    with_pages,
)
from tests.world.office import World


@pytest.fixture
def paged(world: World) -> World:
    with_pages(world)
    return world


def _code(work: Callable[[], object]) -> str:
    with pytest.raises(CounterfoilError) as fault:
        work()
    assert fault.value.cure
    return fault.value.code


def _determined(world: World) -> str:
    batch = world.receive(world.requests())
    client.determine(world.office, batch)
    return batch


def _review(world: World, batch: str, by: KeyedOfficer, which: int = 0, /, **wrong: Any) -> Signed:
    return sign_act(world, "review", ReviewBatch(batch=batch), by, which, **wrong)


def _release(world: World, batch: str, by: KeyedOfficer, **wrong: Any) -> Signed:
    return sign_act(world, "release", ReleaseBatch(batch=batch), by, **wrong)


# -- the agreement -----------------------------------------------------------------------------


def test_an_agreement_that_names_no_pages_allows_no_security_key(world: World) -> None:
    keys = world.officer("a"), world.officer("b")
    made = KeyedOfficer("m-okafor").officer
    for signers in (keys, ()):
        enroll = lambda: client.enroll_key(world.office, made, Role.DISCLOSURE, signers)  # noqa: E731
        assert _code(enroll) == "security_keys_not_agreed"


def test_an_agreement_without_the_field_has_the_digest_that_it_had(world: World) -> None:
    before = world.office.law.agreement_digest
    with_pages(world)
    assert world.office.law.agreement_digest != before
    agreement = world.path / "law" / "agreement.yaml"
    agreement.write_text(agreement.read_text().replace(PAGES, ""))
    assert load_law(world.path / "law").agreement_digest == before


def test_p10_pages_that_are_not_of_one_host_are_no_law(world: World) -> None:
    agreement = world.path / "law" / "agreement.yaml"
    before = agreement.read_text()
    for pages, code in (
        ("{rp: office.example, origins: []}", "law_field"),
        ("{rp: office.example}", "law_field"),
        ("{rp: office.example, origins: [https://office.example/]}", "law_pages"),
        ("{rp: office.example, origins: [http://office.example]}", "law_pages"),
        ("{rp: office.example, origins: [https://other.example]}", "law_pages"),
        (
            "{rp: office.example, origins: [https://office.example, https://office.example]}",
            "law_pages",
        ),
        ("{rp: Office.example, origins: [https://office.example]}", "law_pages"),
        ("{rp: example, origins: [https://office.example]}", "law_pages"),
        ("{rp: 127.0.0.1, origins: ['https://127.0.0.1']}", "law_pages"),
        ("{rp: office.example, origins: [https://office.example], more: 1}", "law_field"),
    ):
        agreement.write_text(f"{before}pages: {pages}\n")
        assert _code(lambda: load_law(world.path / "law")) == code


# -- enrolling ---------------------------------------------------------------------------------


def test_two_officers_enroll_security_keys_and_the_ledger_has_an_entry(paged: World) -> None:
    enrolled(paged, "m-okafor")
    entry = [each for each in paged.entries() if each["kind"] == "key"][-1]
    assert {"officer", "second", "commitment"} <= entry.keys()
    assert (entry["event"], entry["purpose"]) == ("added", "officer")
    assert codes(paged) == set()


def test_what_cannot_be_an_officers_security_keys_is_not_enrolled(paged: World) -> None:
    maya = enrolled(paged, "m-okafor")
    keys = paged.officer("a"), paged.officer("b")

    def refused(made: KeyedOfficer) -> str:
        return _code(lambda: client.enroll_key(paged.office, made.officer, Role.COUNSEL, keys))

    shared = KeyedOfficer("other", SoftKey("other 1"), maya.keys[1])
    assert refused(shared) == "officer_taken"
    assert refused(KeyedOfficer("M-Okafor")) == "officer_taken"
    assert refused(KeyedOfficer("far", rp="other.example")) == "security_key_other_rp"
    settings = msgspec.structs.replace(paged.office.settings, sandbox=False)
    office = replace(paged.office, settings=settings)
    one = KeyedOfficer("lone", SoftKey("lone 1"))
    assert _code(lambda: client.enroll_key(office, one.officer, Role.COUNSEL, keys)) == (
        "security_keys_two"
    )


# -- acts --------------------------------------------------------------------------------------


def test_a_batch_is_reviewed_and_released_by_security_keys_and_replayed_years_later(
    paged: World,
) -> None:
    maya, nina = enrolled(paged, "m-okafor"), enrolled(paged, "n-ruiz")
    batch = _determined(paged)
    _review(paged, batch, maya)
    _release(paged, batch, nina)
    assert codes(paged) == set()
    made, holder = make(paged, batch), paged.office.holder_key
    found = replay(made.data, made.key, holder)
    assert (
        f"Signed with a security key on {ORIGIN}, which the agreement names."
        in (found.statements[4])
    )
    # Seven years later the office, its law and its database are other ones, and the officer gone.
    paged.now += timedelta(days=7 * 365)
    client.retire_key(paged.office, "n-ruiz", (paged.officer("a"), paged.officer("b")))
    agreement = paged.path / "law" / "agreement.yaml"
    agreement.write_text(agreement.read_text().replace(PAGES, ""))
    paged.office.store.close()
    (paged.path / "office.db").unlink()
    again = replay(made.data, made.key, holder)
    assert again == found

    stranger = KeyedOfficer("m-okafor", SoftKey("stranger 1"), SoftKey("stranger 2"))
    for sign, code in (
        (lambda said: maya.sign(said, origin=f"https://elsewhere.{RP}"), "evidence_public"),
        (stranger.sign, "security_key_unknown"),
        (lambda said: _counted_otherwise(maya.sign(said)), "security_key_signature"),
        (lambda said: maya.sign(said, flags=0x01), "security_key_unverified"),
    ):
        forged = signed_again(paged, made, partial(_sign_review, maya.officer, sign))
        assert _code(partial(check_public, forged)) == code


def _sign_review(
    officer: Officer, sign: Callable[[Statement], Signed], body: dict[str, Any]
) -> None:
    """Put another signature of the review into a bundle's public part."""
    statement = read_signed(body["review"]["signature"], officer).statement
    body["review"]["signature"] = keep_signed(sign(statement))


def _counted_otherwise(signed: Signed) -> Signed:
    made = read_assertion(signed.signature.value, signed.signature.client_data)
    data = made.authenticator_data[:-4] + bytes([0, 0, 0, 99])
    forged = msgspec.structs.replace(made, authenticator_data=data)
    return msgspec.structs.replace(signed, signature=security_key_signature(forged))


def test_p6_what_is_wrong_with_a_pages_signature_leaves_the_batch_as_it_was(paged: World) -> None:
    maya, nina = enrolled(paged, "m-okafor"), enrolled(paged, "n-ruiz")
    batch = _determined(paged)

    def refused(by: KeyedOfficer = maya, which: int = 0, /, **wrong: Any) -> str:
        return _code(lambda: _review(paged, batch, by, which, **wrong))

    assert refused(origin=f"https://elsewhere.{RP}") == "security_key_page"
    assert refused(origin="https://evil.example") == "security_key_origin"
    assert refused(flags=0x01) == "security_key_unverified"
    assert refused(flags=0x0D) == "security_key_backup"
    assert refused(crossOrigin=True) == "security_key_cross_origin"
    stranger = KeyedOfficer("m-okafor", SoftKey("m-okafor 1"), SoftKey("third"))
    assert refused(stranger) == "officer_key_other"
    assert disclosure.batch_statuses(paged.office, NOBODY)[0].state == "determined"

    first = _review(paged, batch, maya, count=9)
    assert first is not None
    again = ReviewBatch(batch=batch, signatures=(first,))
    assert _code(lambda: review_batch(paged.office, maya.officer, again)) == "batch_not_ready"
    with pytest.raises(CounterfoilError) as fault:
        _release(paged, batch, maya, count=10)
    assert fault.value.code == "second_officer_same_name"

    statement = release_statement(paged.office, nina.officer, ReleaseBatch(batch=batch))
    late = nina.sign(statement)
    paged.now += timedelta(minutes=16)
    brought = ReleaseBatch(batch=batch, signatures=(late,))
    assert _code(lambda: release_batch(paged.office, nina.officer, brought)) == "statement_expired"
    borrowed = Signed(nina.officer, statement, maya.sign(statement).signature)
    taken = ReleaseBatch(batch=batch, signatures=(borrowed,))
    paged.now -= timedelta(minutes=16)
    assert _code(lambda: release_batch(paged.office, nina.officer, taken)) == (
        "security_key_unknown"
    )
    keys = paged.officer("a"), paged.officer("b")
    fresh = nina.sign(release_statement(paged.office, nina.officer, ReleaseBatch(batch=batch)))
    client.retire_key(paged.office, "n-ruiz", keys)
    brought = ReleaseBatch(batch=batch, signatures=(fresh,))
    assert _code(lambda: release_batch(paged.office, nina.officer, brought)) == "officer_retired"


def _suspend(world: World, by: KeyedOfficer, text: str, which: int = 0, /, **wrong: Any) -> Any:
    command = suspension.Suspend(Upload(acts.order(world, text)), "", "office")
    return sign_act(world, "suspend", command, by, which, **wrong)


def test_a_sign_count_goes_forward_or_is_none_at_all(paged: World) -> None:
    maya = enrolled(paged, "m-okafor")
    _suspend(paged, maya, "made up: 1", count=7)
    for back in (7, 6, 0):
        again = lambda back=back: _suspend(paged, maya, f"made up: {back}", count=back)  # noqa: E731
        assert _code(again) == "security_key_counter"
    _suspend(paged, maya, "made up: 8", count=8)
    for number in range(2):  # the other authenticator does not count
        _suspend(paged, maya, f"made up: other {number}", 1, count=0)
    _suspend(paged, maya, "made up: counts now", 1, count=1)
    assert _code(lambda: _suspend(paged, maya, "made up: 0", 1, count=0)) == "security_key_counter"
    paged.office.store.close()
    paged.office = paged.opened()
    assert _code(lambda: _suspend(paged, maya, "made up: 8 again", count=8)) == (
        "security_key_counter"
    )
    assert codes(paged) == set()


def test_who_writes_into_the_database_cannot_set_a_sign_count_back(paged: World) -> None:
    maya = enrolled(paged, "m-okafor")
    _suspend(paged, maya, "made up: 1", count=7)
    alter(paged, "UPDATE remembered SET value = '1' WHERE subject LIKE 'security-key %'")
    paged.office.store.close()
    paged.office = paged.opened()
    assert _code(lambda: _suspend(paged, maya, "made up: 2", count=3)) == "remembered_altered"


def test_a_suspension_needs_no_key_of_the_office_and_is_believed_once_there_is_one(
    paged: World,
) -> None:
    maya = enrolled(paged, "m-okafor")
    whole = paged.office
    (paged.path / "keys" / "office.passphrase").rename(paged.directory / "kept")
    paged.office = open_office(paged.path, clock=paged.clock, random=paged.office.random)
    _suspend(paged, maya, "made up: in haste")
    paged.office.store.close()
    whole.store.close()
    (paged.directory / "kept").rename(paged.path / "keys" / "office.passphrase")
    paged.office = paged.opened()
    assert suspension.suspension_status(paged.office, NOBODY)
    assert codes(paged) == set()


def test_reconciling_finds_what_was_signed_elsewhere_altered_or_twice(paged: World) -> None:
    maya = enrolled(paged, "m-okafor")
    _suspend(paged, maya, "made up: 1", count=1)
    text = _read(paged, "SELECT signatures FROM act ORDER BY number DESC LIMIT 1")
    altered = text.replace('"signature":"M', '"signature":"N')
    assert altered != text
    alter(
        paged, "UPDATE act SET signatures = ? WHERE number = (SELECT max(number) FROM act)", altered
    )
    assert "reconcile_signature" in codes(paged)


def test_reconciling_finds_a_sign_count_that_was_said_twice(paged: World) -> None:
    maya = enrolled(paged, "m-okafor")
    _suspend(paged, maya, "made up: 1", count=1)
    second = _suspend(paged, maya, "made up: 2", count=2)
    assert codes(paged) == set()
    copied = keep_signed(maya.sign(second.statement, count=1))
    alter(
        paged,
        "UPDATE act SET signatures = ? WHERE number = (SELECT max(number) FROM act)",
        f"[{copied}]",
    )
    assert codes(paged) == {"reconcile_sign_count"}


def test_reconciling_finds_a_page_that_neither_the_batchs_agreement_nor_todays_names(
    world: World,
) -> None:
    batch = _determined(world)
    with_pages(world)
    _review(world, batch, enrolled(world, "m-okafor"))
    assert codes(world) == set()
    world.amend(PAGES, "")
    assert codes(world) == set()  # nothing of the batch was entered since
    assert {each.code for each in run(world, whole=True).differences} == {"reconcile_page"}


def _read(world: World, query: str) -> str:
    owner = sqlite3.connect(world.path / "office.db")
    value = owner.execute(query).fetchone()[0]
    owner.close()
    return str(value)


def test_the_same_credential_in_two_orders_is_one_key(paged: World) -> None:
    maya = KeyedOfficer("m-okafor")
    turned = SecurityKeys("m-okafor", RP, tuple(key.one for key in reversed(maya.keys)))
    assert Officer("m-okafor", write_keys(turned)) == maya.officer
