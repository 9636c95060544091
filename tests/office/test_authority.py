"""Who may act: each check that office/authority.py numbers, alone, in its order, and closed by
default. The acts are a batch's review, release and withdrawal, in a made-up office."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from counterfoil import client
from counterfoil.batches import store
from counterfoil.batches.officers import Role
from counterfoil.batches.statements import ed25519_signature, read_signed
from counterfoil.batches.store import find_batch, retire_officer
from counterfoil.client import OfficerKey, open_officer_key
from counterfoil.controls.sampling.service import ShowSample, show_sample
from counterfoil.core.errors import CounterfoilError
from counterfoil.core.use_cases import NOBODY, SERVICE, Actor, Signed, Statement, Upload, finish
from counterfoil.core.values import Officer
from counterfoil.disclosure import (
    DetermineBatch,
    ReadAnswer,
    ReceiveFile,
    ReleaseBatch,
    ReviewBatch,
    WithdrawBatch,
    batch_status,
    batch_statuses,
    determine_batch,
    read_answer,
    receive_file,
    release_batch,
    release_statement,
    review_batch,
    review_statement,
    withdraw_batch,
    withdraw_statement,
)
from counterfoil.disclosure.explain import ExplainRequest, explain_request
from counterfoil.office import authority, enrol, make_officer
from counterfoil.office.authority import ActForm
from tests.world.office import World

FORM = ActForm("review", "b-0001", 3, {"determinations": "sha256:9f"})
PAIR = ActForm(
    *("override", "b-0001", 3, {"refused": "sha256:9f"}),
    (Role.DISCLOSURE, Role.COUNSEL),
    "override",
)
BOTH = ActForm("resume", "b-0001", 3, {}, (Role.DISCLOSURE, Role.DISCLOSURE), "resume")


@pytest.fixture
def determined(world: World) -> str:
    batch = world.receive(world.requests())
    client.determine(world.office, batch)
    return batch


@pytest.fixture
def reviewed(world: World, determined: str) -> str:
    client.review(world.office, determined, world.officer("a"))
    return determined


def _enrolled(world: World, name: str, role: Role) -> OfficerKey:
    made = make_officer(world.path / "keys", name, None, world.office.random)
    with world.office.store.transaction() as connection:
        enrol(world.office, connection, made, role)
    return client.sandbox_key(world.office, name)


def _stranger(world: World, name: str = "officer-z") -> OfficerKey:
    """A key that nobody enrolled."""
    folder = world.directory / "strangers"
    folder.mkdir(exist_ok=True)
    make_officer(folder, name, None, world.office.random)
    return open_officer_key(folder / f"{name}.key", None, allow_unprotected=True)


def _code(work: Callable[[], object]) -> str:
    with pytest.raises(CounterfoilError) as fault:
        work()
    assert fault.value.cure
    return fault.value.code


def _require(
    world: World, form: ActForm, *signatures: Signed, actor: Actor | None = None
) -> list[Officer]:
    who = actor or (signatures[0].officer if signatures else world.officer("a").officer)
    with world.office.store.reading() as connection:
        return authority.require_signed(world.office, connection, who, form, signatures)


def _said(world: World, form: ActForm = FORM, **changes: object) -> Statement:
    return msgspec.structs.replace(authority.state(world.office, form), **changes)


# -- what the office hands out -------------------------------------------------------------------


def test_a_statement_says_the_act_over_the_state_as_it_is(world: World) -> None:
    said, again = (authority.state(world.office, FORM) for _ in range(2))
    assert said == Statement(
        "review",
        "counterfoil.example/world",
        "b-0001",
        3,
        {"determinations": "sha256:9f"},
        said.nonce,
        "2026-05-04T12:15:00Z",
    )
    assert len(bytes.fromhex(said.nonce)) == 16
    assert said.nonce != again.nonce


def test_what_the_office_handed_out_and_the_officer_signed_is_enough(world: World) -> None:
    key = world.officer("a")
    assert _require(world, FORM, key.sign(_said(world))) == [key.officer]


# -- 1: who acts, and how many signed ------------------------------------------------------------


def test_1_an_act_without_a_signature_is_refused(world: World) -> None:
    assert _code(lambda: _require(world, FORM)) == "signatures_missing"


@pytest.mark.parametrize("actor", [SERVICE, NOBODY])
def test_1_neither_the_service_nor_nobody_acts_for_an_officer_who_signed(
    world: World, actor: Actor
) -> None:
    signed = world.officer("a").sign(_said(world))
    assert _code(lambda: _require(world, FORM, signed, actor=actor)) == "actor_refused"
    assert _code(lambda: _require(world, FORM, actor=actor)) == "actor_refused"


def test_1_one_officer_does_not_act_with_another_officers_signature(world: World) -> None:
    signed = world.officer("a").sign(_said(world))
    other = world.officer("b").officer
    assert _code(lambda: _require(world, FORM, signed, actor=other)) == "signatures_missing"


def test_1_more_signatures_than_the_act_needs_are_refused(world: World) -> None:
    said = _said(world)
    signatures = [world.officer(letter).sign(said) for letter in "ab"]
    assert _code(lambda: _require(world, FORM, *signatures)) == "signatures_missing"


def test_1_one_signature_where_two_are_needed_is_refused(world: World) -> None:
    signed = world.officer("a").sign(_said(world, BOTH))
    assert _code(lambda: _require(world, BOTH, signed)) == "signatures_missing"


# -- 2: enrolled, in this role, under this key ---------------------------------------------------


def test_2_somebody_who_is_not_enrolled_is_refused(world: World) -> None:
    signed = _stranger(world).sign(_said(world))
    assert _code(lambda: _require(world, FORM, signed)) == "officer_unknown"


def test_2_a_retired_officer_is_refused(world: World) -> None:
    signed = world.officer("a").sign(_said(world))
    with world.office.store.transaction() as connection:
        retire_officer(connection, "officer-a")
    assert _code(lambda: _require(world, FORM, signed)) == "officer_retired"


@pytest.mark.parametrize("role", [Role.COUNSEL, Role.HOLDS])
def test_2_an_officer_of_another_role_is_refused(world: World, role: Role) -> None:
    signed = _enrolled(world, "officer-c", role).sign(_said(world))
    assert _code(lambda: _require(world, FORM, signed)) == "officer_role"


def test_2_an_officers_name_with_another_key_is_refused(world: World) -> None:
    signed = _stranger(world, "officer-a").sign(_said(world))
    assert _code(lambda: _require(world, FORM, signed)) == "officer_key_other"


def test_2_the_second_officer_is_looked_at_in_the_role_of_the_second(world: World) -> None:
    counsel, said = _enrolled(world, "counsel-c", Role.COUNSEL), _said(world, PAIR)
    first, second = world.officer("a").sign(said), counsel.sign(said)
    assert _require(world, PAIR, first, second) == [first.officer, second.officer]
    assert _code(lambda: _require(world, PAIR, second, first)) == "officer_role"
    assert _code(lambda: _require(world, PAIR, first, first)) == "officer_role"
    assert _code(lambda: _require(world, PAIR, first, _stranger(world).sign(said))) == (
        "officer_unknown"
    )


# -- 3: two are two ------------------------------------------------------------------------------


@pytest.mark.parametrize("alone", ["resume", ""])
def test_3_one_officer_does_not_stand_for_two(world: World, alone: str) -> None:
    form = msgspec.structs.replace(BOTH, alone=alone)
    signatures = [world.officer("a").sign(_said(world, form)) for _ in range(2)]
    assert _code(lambda: _require(world, form, *signatures)) == "officers_same"


def test_3_two_officers_may_sign_one_statement_or_each_their_own(world: World) -> None:
    said = _said(world, BOTH)
    one, two = world.officer("a").sign(said), world.officer("b")
    assert len(_require(world, BOTH, one, two.sign(said))) == 2
    assert len(_require(world, BOTH, one, two.sign(_said(world, BOTH)))) == 2


# -- 4: this statement, now ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"act": "release"},
        {"office": "another.gov/office"},
        {"subject": "b-0002"},
        {"generation": 2},
        {"generation": 4},
        {"details": {}},
        {"details": {"determinations": "sha256:9e"}},
        {"details": {"determinations": "sha256:9f", "more": 1}},
    ],
    ids=lambda changes: " ".join(f"{name} {value}" for name, value in changes.items()),
)
def test_4_a_statement_of_anything_else_is_refused_though_it_is_signed(
    world: World, changes: dict[str, object]
) -> None:
    signed = world.officer("a").sign(_said(world, **changes))
    assert _code(lambda: _require(world, FORM, signed)) == "statement_moved"


@pytest.mark.parametrize(
    "changes",
    [
        {"generation": True},
        {"generation": 1.0},
        {"subject": 1},
        {"nonce": 7},
        {"expires": None},
        {"details": None},
    ],
    ids=str,
)
def test_4_a_value_of_another_type_is_refused_even_where_it_is_equal(
    world: World, changes: dict[str, Any]
) -> None:
    form = msgspec.structs.replace(FORM, generation=1)
    officer = world.officer("a")
    signed = officer.sign(_said(world, form))
    other = msgspec.structs.replace(signed.statement, **changes)
    again = msgspec.structs.replace(signed, statement=other)
    assert _code(lambda: _require(world, form, again)) == "officer_signature"


@pytest.mark.parametrize("nonce", ["", "5d", "5D" * 16, "5d" * 17, "g" * 32, "5d" * 16 + "\n"])
def test_4_a_nonce_that_no_office_hands_out_is_refused(world: World, nonce: str) -> None:
    signed = world.officer("a").sign(_said(world, nonce=nonce))
    assert _code(lambda: _require(world, FORM, signed)) == "statement_moved"


@pytest.mark.parametrize(("seconds", "good"), [(0, True), (899, True), (900, True), (901, False)])
def test_4_a_statement_can_be_used_for_fifteen_minutes(
    world: World, seconds: int, good: bool
) -> None:
    signed = world.officer("a").sign(_said(world))
    world.now += timedelta(seconds=seconds)
    if good:
        assert len(_require(world, FORM, signed)) == 1
    else:
        assert _code(lambda: _require(world, FORM, signed)) == "statement_expired"


@pytest.mark.parametrize(
    "expires",
    [
        "2026-05-04T12:15:01Z",
        "9999-12-31T23:59:59Z",
        "",
        "never",
        "2026-05-04",
        "2026-13-01T0:0:0Z",
        "2026-5-4T12:5:0Z",
    ],
)
def test_4_an_officer_cannot_make_a_statement_last(world: World, expires: str) -> None:
    signed = world.officer("a").sign(_said(world, expires=expires))
    assert _code(lambda: _require(world, FORM, signed)) == "statement_expired"


def test_4_the_second_officers_statement_is_looked_at_as_the_firsts(world: World) -> None:
    one, two = world.officer("a").sign(_said(world, BOTH)), world.officer("b")
    moved = two.sign(_said(world, BOTH, generation=2))
    assert _code(lambda: _require(world, BOTH, one, moved)) == "statement_moved"


# -- 5: the signature ----------------------------------------------------------------------------


def _altered(signed: Signed) -> Signed:
    raw = bytearray(b64decode(signed.signature.value))
    raw[0] ^= 1
    return msgspec.structs.replace(signed, signature=ed25519_signature(bytes(raw)))


def test_5_an_altered_signature_is_refused(world: World) -> None:
    signed = _altered(world.officer("a").sign(_said(world)))
    assert _code(lambda: _require(world, FORM, signed)) == "officer_signature"


def test_5_a_signature_over_another_statement_does_not_serve_for_this_one(world: World) -> None:
    key, said = world.officer("a"), _said(world)
    other = Signed(key.officer, said, key.sign(_said(world)).signature)
    assert _code(lambda: _require(world, FORM, other)) == "officer_signature"


def test_5_a_signature_by_another_officers_key_is_refused(world: World) -> None:
    said = _said(world)
    forged = Signed(world.officer("a").officer, said, world.officer("b").sign(said).signature)
    assert _code(lambda: _require(world, FORM, forged)) == "officer_signature"


@pytest.mark.parametrize("changes", [{"scheme": "webauthn"}, {"scheme": ""}, {"client_data": "{}"}])
def test_5_a_scheme_that_is_not_known_is_refused(world: World, changes: dict[str, str]) -> None:
    signed = world.officer("a").sign(_said(world))
    other = msgspec.structs.replace(signed.signature, **changes)
    again = msgspec.structs.replace(signed, signature=other)
    assert _code(lambda: _require(world, FORM, again)) == "officer_signature"


def test_5_the_second_signature_is_checked_as_the_first(world: World) -> None:
    said = _said(world, BOTH)
    one, two = (world.officer(letter).sign(said) for letter in "ab")
    assert _code(lambda: _require(world, BOTH, one, _altered(two))) == "officer_signature"


def test_what_is_wrong_in_several_ways_is_refused_by_the_first_check(world: World) -> None:
    """A stranger's altered signature over a moved statement, twice: mended one check at a time."""
    stranger, key = _stranger(world), world.officer("a")
    moved, said = _said(world, BOTH, generation=1), _said(world, BOTH)
    other = _altered(world.officer("b").sign(said))
    told = [
        _code(lambda: _require(world, BOTH, *signatures))
        for signatures in (
            [_altered(stranger.sign(moved))],
            [_altered(stranger.sign(moved))] * 2,
            [_altered(key.sign(moved))] * 2,
            [_altered(key.sign(said)), _altered(world.officer("b").sign(moved))],
            [key.sign(said), other],
        )
    ]
    assert told == [
        "signatures_missing",
        "officer_unknown",
        "officers_same",
        "statement_moved",
        "officer_signature",
    ]


# -- the acts of a batch -------------------------------------------------------------------------


def _review(world: World, batch: str, *signatures: Signed, actor: Actor) -> object:
    return review_batch(world.office, actor, ReviewBatch(batch, signatures=signatures))


def _release(world: World, batch: str, *signatures: Signed, actor: Actor) -> object:
    return release_batch(world.office, actor, ReleaseBatch(batch, signatures=signatures))


def _withdraw(world: World, batch: str, *signatures: Signed, actor: Actor) -> object:
    return withdraw_batch(world.office, actor, WithdrawBatch(batch, signatures=signatures))


ACTS: dict[str, tuple[Callable[..., Statement], Callable[..., object], Callable[[str], Any]]] = {
    "review": (review_statement, _review, ReviewBatch),
    "release": (release_statement, _release, ReleaseBatch),
    "withdraw": (withdraw_statement, _withdraw, WithdrawBatch),
}


def _ready(world: World, act: str) -> str:
    batch = world.receive(world.requests())
    client.determine(world.office, batch)
    if act == "release":
        client.review(world.office, batch, world.officer("b"))
    return batch


@pytest.mark.parametrize("act", ACTS)
def test_p6_an_act_is_done_by_a_signed_statement_and_by_nothing_less(
    world: World, act: str
) -> None:
    state, verb, command = ACTS[act]
    batch, key = _ready(world, act), world.officer("a")
    before = world.entries()
    said = state(world.office, key.officer, command(batch))
    good = key.sign(said)
    stranger = _stranger(world)
    wrong = {
        "signatures_missing": [(), (good, good)],
        "statement_moved": [(key.sign(msgspec.structs.replace(said, act="look")),)],
        "officer_signature": [(_altered(good),)],
    }
    for code, all_signatures in wrong.items():
        for signatures in all_signatures:
            assert _code(lambda: verb(world, batch, *signatures, actor=key.officer)) == code
    assert _code(lambda: verb(world, batch, good, actor=world.officer("b").officer)) == (
        "signatures_missing"
    )
    assert _code(lambda: verb(world, batch, stranger.sign(said), actor=stranger.officer)) == (
        "officer_unknown"
    )
    for actor in (SERVICE, NOBODY):
        assert _code(lambda: verb(world, batch, good, actor=actor)) == "actor_refused"
        assert _code(lambda: state(world.office, actor, command(batch))) == "actor_refused"
    assert world.entries() == before
    verb(world, batch, good, actor=key.officer)
    assert len(world.entries()) > len(before)


@pytest.mark.parametrize("act", ACTS)
def test_a_statement_that_was_used_does_not_serve_again(world: World, act: str) -> None:
    state, verb, command = ACTS[act]
    batch, key = _ready(world, act), world.officer("a")
    good = key.sign(state(world.office, key.officer, command(batch)))
    verb(world, batch, good, actor=key.officer)
    before = world.entries()
    assert _code(lambda: verb(world, batch, good, actor=key.officer)) in {
        "batch_not_ready",
        "statement_moved",
    }
    assert world.entries() == before


@pytest.mark.parametrize("act", ACTS)
def test_who_may_act_is_asked_before_anything_of_the_batch_is_looked_at(
    world: World, act: str
) -> None:
    """A stranger learns nothing: neither whether a batch is there, nor where it stands."""
    state, verb, command = ACTS[act]
    stranger = _stranger(world).officer
    for batch in ("b-000000000000", world.receive(world.requests())):
        for work in (
            lambda: state(world.office, stranger, command(batch)),
            lambda: verb(world, batch, actor=stranger),
        ):
            assert _code(work) == "officer_unknown"


def test_p6_a_review_signed_before_the_batch_was_held_does_not_serve_after_it(
    world: World, determined: str
) -> None:
    key = world.officer("a")
    good = key.sign(review_statement(world.office, key.officer, ReviewBatch(determined)))
    with world.office.store.transaction() as connection:
        store.mark_held(connection, find_batch(connection, determined))
        store.mark_resumed(connection, find_batch(connection, determined))
    assert _code(lambda: _review(world, determined, good, actor=key.officer)) == "statement_moved"


def test_p6_a_signature_for_the_review_does_not_release(world: World, reviewed: str) -> None:
    key = world.officer("b")
    with world.office.store.reading() as connection:
        batch = find_batch(connection, reviewed)
    details: dict[str, str | int] = {"determinations": batch.determinations_digest, "form": "jsonl"}
    form = ActForm("release", reviewed, batch.generation, details)
    as_review = key.sign(_said(world, form, act="review"))
    assert _code(lambda: _release(world, reviewed, as_review, actor=key.officer)) == (
        "statement_moved"
    )
    renamed = Signed(key.officer, _said(world, form), as_review.signature)
    assert _code(lambda: _release(world, reviewed, renamed, actor=key.officer)) == (
        "officer_signature"
    )
    assert "release" not in world.kinds()


def test_p6_a_release_signed_for_one_form_of_file_does_not_write_another(
    world: World, reviewed: str
) -> None:
    key = world.officer("b")
    said = release_statement(world.office, key.officer, ReleaseBatch(reviewed, "csv"))
    assert said.details["form"] == "csv"
    assert _code(lambda: _release(world, reviewed, key.sign(said), actor=key.officer)) == (
        "statement_moved"
    )


def test_p6_the_officer_who_reviewed_does_not_release(world: World, reviewed: str) -> None:
    key = world.officer("a")
    good = key.sign(release_statement(world.office, key.officer, ReleaseBatch(reviewed)))
    assert _code(lambda: _release(world, reviewed, good, actor=key.officer)) == (
        "second_officer_same_name"
    )
    assert "release" not in world.kinds()


def test_what_both_officers_signed_is_kept_with_the_batch_and_verifies_alone(
    world: World, reviewed: str
) -> None:
    client.release(world.office, reviewed, world.officer("b"), world.directory / "answers.jsonl")
    with world.office.store.reading() as connection:
        batch = find_batch(connection, reviewed)
    for key, text, act in (
        (world.officer("a"), batch.first_signature, "review"),
        (world.officer("b"), batch.second_signature, "release"),
    ):
        signed = read_signed(text, key.officer)
        assert (signed.statement.act, signed.statement.subject) == (act, reviewed)
        assert signed.statement.details["determinations"] == batch.determinations_digest
        assert key.sign(signed.statement).signature == signed.signature


# -- the service, and whoever may look -----------------------------------------------------------


@pytest.mark.parametrize("who", ["officer", "nobody"])
def test_only_the_offices_own_process_receives_and_determines(world: World, who: str) -> None:
    actor = world.officer("a").officer if who == "officer" else NOBODY
    path = world.requests()
    before = world.entries()
    receive = receive_file(world.office, actor, ReceiveFile(Upload(path)))
    assert _code(lambda: finish(receive)) == "actor_refused"
    batch = world.receive(path)
    entered = world.entries()
    determine = determine_batch(world.office, actor, DetermineBatch(batch))
    assert _code(lambda: finish(determine)) == "actor_refused"
    assert world.entries() == entered
    assert len(entered) > len(before)
    assert world.office.custodian().total() == 0


@pytest.mark.parametrize("actor", [SERVICE, NOBODY])
def test_neither_the_service_nor_nobody_looks_at_a_request_a_sample_or_an_answer(
    world: World, reviewed: str, actor: Actor
) -> None:
    client.release(world.office, reviewed, world.officer("b"), world.directory / "answers.jsonl")
    looked = world.entries()

    def answer() -> None:
        with read_answer(world.office, actor, ReadAnswer(reviewed)):
            raise AssertionError("the answer was shown")

    for work in (
        lambda: explain_request(world.office, actor, ExplainRequest(reviewed, "q1")),
        lambda: show_sample(world.office, actor, ShowSample(reviewed)),
        answer,
    ):
        assert _code(work) == "actor_refused"
    assert world.entries() == looked


def test_an_officer_of_another_role_is_not_handed_an_answer(world: World, reviewed: str) -> None:
    client.release(world.office, reviewed, world.officer("b"), world.directory / "answers.jsonl")
    counsel = _enrolled(world, "counsel-c", Role.COUNSEL)

    def answer() -> None:
        with read_answer(world.office, counsel.officer, ReadAnswer(reviewed)):
            raise AssertionError("the answer was shown")

    assert _code(answer) == "officer_role"


@pytest.mark.parametrize("actor", [SERVICE, NOBODY])
def test_anybody_may_ask_where_a_batch_stands(world: World, reviewed: str, actor: Actor) -> None:
    assert batch_status(world.office, actor, reviewed).state == "reviewed"
    assert [each.batch for each in batch_statuses(world.office, actor)] == [reviewed]


def test_an_officers_key_does_not_print_itself(world: World) -> None:
    assert repr(world.officer("a")) == "<OfficerKey officer-a>"
