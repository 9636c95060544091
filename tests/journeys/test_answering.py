"""A request file goes in, signed answers come out, and the ledger proves it."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from counterfoil import client, disclosure, ledger
from counterfoil.accountability.reconciliation.run import Reconcile, reconcile
from counterfoil.answers.verify import verify_answer
from counterfoil.cli import verifier
from counterfoil.core.errors import KeyFault, StateFault, UsageFault, VerifyFault
from counterfoil.core.use_cases import NOBODY, SERVICE, finish
from counterfoil.tlog import Signer
from tests.world.office import NOW, World
from tests.world.people import REQUESTS, request

EXPECTED = {
    "q1": "confirmed",
    "q2": "confirmed",
    "q3": "not_confirmed",
    "q4": "not_confirmed",
    "q5": "not_confirmed",
    "q6": "refused",
    "q7": "confirmed",
    "q8": "refused",
    "q9": "not_confirmed",
    "q10": "not_confirmed",
}


def test_every_request_is_answered_in_the_order_asked(world: World) -> None:
    answers = world.answer()
    assert {row["request_id"]: row["answer"] for row in answers} == EXPECTED
    assert [row["request_id"] for row in answers] == [row["request_id"] for row in REQUESTS]


def test_the_answer_file_verifies_without_the_office(world: World) -> None:
    world.answer()
    statements = verify_answer(
        world.directory / "answers.jsonl", str(world.office.holder_key), NOW.date()
    )
    assert [each.holds for each in statements] == [True] * 7


def test_csv_out_holds_the_same_answers(world: World) -> None:
    rows = world.answer(out="answers.csv")
    assert {row["request_id"]: row["answer"] for row in rows} == EXPECTED


def test_the_ledger_has_an_entry_for_each_step_and_checks(world: World) -> None:
    world.answer()
    kinds = world.kinds()
    assert {
        kind: kinds.count(kind)
        for kind in ("batch", "granted", "refused", "opening", "review", "disclosure", "release")
    } == {
        "batch": 1,
        "granted": 8,
        "refused": 2,
        "opening": 1,
        "review": 1,
        "disclosure": 8,
        "release": 1,
    }
    with world.office.store.reading() as connection:
        assert ledger.check(connection, world.office.holder_key).size == len(kinds)


def test_the_same_file_is_one_batch(world: World) -> None:
    path = world.requests()
    first = client.receive(world.office, path)
    again = client.receive(world.office, path)
    assert (again.batch, again.already, again.counts) == (first.batch, True, first.counts)


def test_a_bad_row_is_rejected_and_the_good_rows_go_on(world: World) -> None:
    bad = request(99, "Marisol", "Quintanilla", "1847 Heron Lake Rd", date_of_birth="2001-02-30")
    answers = world.answer([REQUESTS[0], bad, REQUESTS[1]])
    assert [row["answer"] for row in answers] == ["confirmed", "rejected", "confirmed"]
    assert answers[1] == {
        "request_id": bad["request_id"],
        "answer": "rejected",
        "codes": ["date_invalid"],
        "row": 3,
    }
    assert [(reject.shown_row, reject.field, reject.code) for reject in world.rejects] == [
        (3, "date_of_birth", "date_invalid")
    ]


@pytest.mark.parametrize("form", ["jsonl", "csv"])
@pytest.mark.parametrize("bad_rows", [0, 1, 3])
def test_an_answer_has_a_row_for_each_row_sent_and_is_checked_by_every_reader(
    world: World, form: str, bad_rows: int
) -> None:
    bad = [
        request(90 + number, "A", "B", "1 Elm St", date_of_birth="never")
        for number in range(bad_rows)
    ]
    path = world.requests([*bad[:1], *REQUESTS[:2], *bad[1:]])
    with path.open("ab") as file:
        file.write(b",,,,\r\n\r\n")
    out = world.directory / f"answers.{form}"
    batch = world.receive(path)
    client.determine(world.office, batch)
    client.review(world.office, batch, world.officer("a"))
    client.release(world.office, batch, world.officer("b"), out)
    key = str(world.office.holder_key)
    statements = verify_answer(out, key, world.now.date())
    assert f"There are {bad_rows + 2} rows" in statements[2].text
    assert ("rejected" in statements[2].text) is (bad_rows > 0)
    apart = subprocess.run(
        [sys.executable, verifier.__file__, "answer", str(out), "--key", key],
        capture_output=True,
        text=True,
        check=False,
    )
    assert apart.returncode == 0, apart.stdout
    # The program takes today's date, and this answer's time of use is over.
    assert apart.stdout.splitlines()[-1].startswith(("OK", "EXPIRED: all of it verifies"))
    first = out.read_text().splitlines()[0]
    if form == "csv":
        assert first == "request_id,answer,codes" + (",row" if bad_rows else "")
    if bad_rows:
        out.write_bytes(out.read_bytes().replace(b"date_invalid", b"date_unknown", 1))
        with pytest.raises(VerifyFault):
            verify_answer(out, key, world.now.date())


def test_reconciliation_makes_an_answer_with_rejected_rows_anew(world: World) -> None:
    bad = request(99, "A", "B", "1 Elm St", date_of_birth="never")
    world.answer([bad, REQUESTS[0], bad])
    found = finish(reconcile(world.office, SERVICE, Reconcile()))
    assert found.differences == ()


def test_release_before_review_is_refused(world: World) -> None:
    batch = world.receive(world.requests())
    client.determine(world.office, batch)
    with pytest.raises(StateFault):
        client.release(world.office, batch, world.officer("b"), world.directory / "answers.jsonl")
    assert not (world.directory / "answers.jsonl").exists()


def test_a_released_batch_keeps_its_form(world: World) -> None:
    world.answer()
    batch = disclosure.batch_statuses(world.office, NOBODY)[0].batch
    with pytest.raises(UsageFault) as caught:
        client.release(world.office, batch, world.officer("b"), world.directory / "answers.csv")
    assert caught.value.code == "out_format"


def test_a_withdrawn_batch_is_closed(world: World) -> None:
    batch = world.receive(world.requests())
    assert client.withdraw(world.office, batch, world.officer("a")).state == "withdrawn"
    with pytest.raises(StateFault):
        client.determine(world.office, batch)
    assert world.kinds()[-3:] == ["withdrawal", "accounting", "state"]


def test_a_withdrawn_file_can_be_sent_again(world: World) -> None:
    path = world.requests()
    first = world.receive(path)
    client.withdraw(world.office, first, world.officer("a"))
    again = client.receive(world.office, path)
    assert (again.batch != first, again.already, again.state) == (True, False, "gated")


def test_releasing_again_needs_an_enrolled_key(world: World) -> None:
    world.answer()
    batch, stranger = (
        disclosure.batch_statuses(world.office, NOBODY)[0].batch,
        client.OfficerKey(Signer("officer-b", Ed25519PrivateKey.generate())),
    )
    with pytest.raises(KeyFault):
        client.release(world.office, batch, stranger, world.directory / "again.jsonl")
    assert not (world.directory / "again.jsonl").exists()


def test_the_counts_say_how_many_were_compared(world: World) -> None:
    world.answer()
    counts = disclosure.batch_statuses(world.office, NOBODY)[0].counts
    assert (counts["granted"], counts["compared"], counts["not_compared"]) == (8, 8, 0)


def test_a_batch_is_finished_under_the_rules_it_was_received_under(world: World) -> None:
    batch = world.receive(world.requests())
    agreement = world.path / "law" / "agreement.yaml"
    agreement.write_text(
        agreement.read_text().replace("answer_expiry_days: 90", "answer_expiry_days: 30")
    )
    with pytest.raises(StateFault) as caught:
        client.determine(world.opened(), batch)
    assert caught.value.code == "rules_changed"


def test_changed_law_is_entered_before_it_is_used(world: World) -> None:
    agreement = world.path / "law" / "agreement.yaml"
    agreement.write_text(
        agreement.read_text().replace("answer_expiry_days: 90", "answer_expiry_days: 30")
    )
    world.office = world.opened()
    world.answer()
    kinds = world.kinds()
    assert kinds.count("law") == 2
    assert kinds.index("batch") > len(kinds) - 1 - kinds[::-1].index("law")


def test_when_the_custodian_is_at_its_limit_the_rest_is_not_compared(world: World) -> None:
    agreement = world.path / "law" / "agreement.yaml"
    agreement.write_text(
        agreement.read_text().replace("openings_per_day: 1000000", "openings_per_day: 2")
    )
    world.office = world.opened()
    answers = world.answer()
    words = [row["answer"] for row in answers]
    assert words.count("not_compared") == 6
    assert [row["codes"] for row in answers if row["answer"] == "not_compared"] == [
        ["keeper_limit"]
    ] * 6
    assert world.office.custodian().total() == 2


def test_a_damaged_register_answers_nothing_and_never_a_no(world: World) -> None:
    store = next((world.path / "register").glob("0*/whole.pages"))
    store.write_bytes(_damaged(store.read_bytes()))
    with pytest.raises(VerifyFault) as fault:
        world.answer()
    assert fault.value.code == "register_store_altered"


def _damaged(data: bytes) -> bytes:
    """One bit flipped in every long run of bytes without a zero: in every sealed bucket."""
    changed = bytearray(data)
    for run in re.finditer(rb"[^\x00]{60,}", data):
        changed[(run.start() + run.end()) // 2] ^= 1
    return bytes(changed)
