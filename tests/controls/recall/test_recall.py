"""Two officers recall released answers; whoever holds an answer finds it in the list, which is
complete; nobody else learns which it was; a requester who is silent is told of on a clock."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from counterfoil import client
from counterfoil.accountability.accounting import service as accounting
from counterfoil.accountability.accounting.reporting import ReportDisclosures, report_disclosures
from counterfoil.accountability.exported_ledger import report_year
from counterfoil.accountability.ledger_access import CheckLedger, check_ledger
from counterfoil.accountability.publication import RECALLS, PublishLedger, publish
from counterfoil.accountability.reconciliation.run import Reconcile, reconcile
from counterfoil.answers.recalls import ProvenEntry, RecallFilter, make_list
from counterfoil.answers.signed_object import read_unchecked, sign_object
from counterfoil.answers.verify import Statement, verify_answer
from counterfoil.cli import verifier
from counterfoil.controls.duties import service as duties
from counterfoil.controls.incidents.service import due_incidents
from counterfoil.controls.recall import receipts
from counterfoil.controls.recall import service as recalls
from counterfoil.controls.recall.listing import make_recall_list
from counterfoil.core.errors import CounterfoilError
from counterfoil.core.use_cases import NOBODY, SERVICE, Upload, finish
from counterfoil.office.acts import ACT
from counterfoil.requester.keys import PrincipalKey
from counterfoil.requester.notice import check_notice
from counterfoil.tlog import Signer
from counterfoil.tlog.encoding import from_base64
from tests.controls.recall.desk import (
    PRINCIPAL,
    TODAY,
    enter,
    envelope,
    recall,
    receipt,
    register_principal,
    released,
)
from tests.world.acts import inform_persons, open_incident, order, suspend
from tests.world.office import World, closing
from tests.world.people import REQUESTS

NAMED = ("given_name", "family_name", "line1", "city", "state", "zip")


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office with one released answer, made once."""
    folder = tmp_path_factory.mktemp("answered")
    with closing(World(folder, seed="recall")) as made:
        register_principal(made)
        made.answer(REQUESTS[:4])
    return folder


@pytest.fixture
def desk(tmp_path: Path, answered: Path) -> Iterator[World]:
    with closing(World(tmp_path, template=answered, seed="recall again")) as made:
        for name in ("answers.jsonl", "answers.jsonl.jws"):
            (tmp_path / name).write_bytes((answered / name).read_bytes())
        yield made


def ids(world: World) -> list[str]:
    lines = (world.directory / "answers.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line)["request_id"] for line in lines]


def code_of(step: Callable[[], object]) -> str:
    with pytest.raises(CounterfoilError) as fault:
        step()
    return fault.value.code


def looked_up(world: World, since: datetime | None = None, data: bytes = b"") -> Statement:
    made = data or make_recall_list(world.office, SERVICE).data
    answer, key = world.directory / "answers.jsonl", str(world.office.holder_key)
    return verify_answer(answer, key, TODAY, None, RecallFilter(made, since))[-1]


# -- the recall --------------------------------------------------------------------------------


def test_a_row_that_was_recalled_is_named_and_its_entry_tells_nothing_of_it(desk: World) -> None:
    batch, row = released(desk), ids(desk)[1]
    assert looked_up(desk).text.startswith("Not recalled")
    done = recall(desk, batch, [row])
    entry = desk.entries()[done.status.index]
    assert entry.keys() == {"commitment", "count", "kind", "officer", "second", "time", "v"}
    found = looked_up(desk)
    assert (found.number, found.holds) == (8, False)
    assert f"RECALLED: rows {row} by entry {done.status.index}" in found.text
    shown = recalls.show_recall(desk.office, desk.officer("a").officer, recalls.ShowRecall(1))
    assert (shown.reason, shown.rows) == ("answer-wrong", (row,))


def test_neither_notice_nor_list_nor_database_tells_the_reason_and_none_but_the_envelope_the_rows(
    desk: World,
) -> None:
    row = ids(desk)[1]
    notice = recall(desk, released(desk), [row]).notice
    public = make_recall_list(desk.office, SERVICE).data
    for text in (notice, public):
        said = json.dumps(read_unchecked(text, "it", 10**6))
        assert "answer-wrong" not in said
        assert "confirmed" not in said
    assert f'"{row}"' not in json.dumps(read_unchecked(public, "list", 10**6))
    with desk.office.store.reading() as connection:
        kept = connection.execute(ACT.select().where(ACT.c.kind == "recall")).one()
    assert row.encode() not in kept.extra + kept.committed + kept.signatures.encode()


def test_the_size_of_a_list_tells_not_whether_a_row_or_all_of_it_was_recalled(desk: World) -> None:
    def sealed(rows: list[str]) -> int:
        recall(desk, released(desk), rows, text=f"made up: {rows}")
        said = read_unchecked(make_recall_list(desk.office, SERVICE).data, "list", 10**6)
        return len(said["recalls"][-1][3])

    assert sealed(ids(desk)[:2]) == sealed([])


def test_the_rest_of_an_answer_can_be_recalled_after_a_row_and_nothing_twice(desk: World) -> None:
    batch, (first, second, *_) = released(desk), ids(desk)
    recall(desk, batch, [first])
    assert code_of(lambda: recall(desk, batch, [second])) == "order_used"
    assert code_of(lambda: recall(desk, batch, [second, first], text="b")) == "recall_done"
    recall(desk, batch, [second], text="b")
    recall(desk, batch, text="c")
    for rows in ([], [first], [ids(desk)[2]]):
        assert code_of(lambda rows=rows: recall(desk, batch, rows, text="d")) == "recall_done"
    assert "all answers" in looked_up(desk).text
    assert len(recalls.list_recalls(desk.office, NOBODY).recalls) == 3


def test_what_cannot_be_recalled_is_refused_and_enters_nothing(desk: World) -> None:
    batch, row = released(desk), ids(desk)[0]
    waiting = desk.receive(desk.requests(REQUESTS[4:6], "more.csv"))
    before = len(desk.entries())
    refused: tuple[tuple[Callable[[], object], str], ...] = (
        (lambda: recall(desk, waiting), "batch_not_ready"),
        (lambda: recall(desk, "b-000000000000"), "batch_unknown"),
        (lambda: recall(desk, batch, ["no-such-row"]), "recall_row_unknown"),
        (lambda: recall(desk, batch, [row, row]), "recall_rows"),
        (lambda: recall(desk, batch, [""]), "recall_rows"),
        (lambda: recall(desk, batch, reason="tea"), "recall_reason"),
        (lambda: recall(desk, batch, letters="a"), "signatures_missing"),
        (lambda: recall(desk, batch, letters="aa"), "officers_same"),
    )
    for step, code in refused:
        assert code_of(step) == code
    command = recalls.RecallAnswers(batch, "ordered", Upload(order(desk)))
    for actor in (NOBODY, SERVICE):
        assert (
            code_of(lambda actor=actor: recalls.recall_answers(desk.office, actor, command))
            == "actor_refused"
        )
    assert len(desk.entries()) == before


def test_a_retired_officer_recalls_nothing_and_a_suspended_office_does(desk: World) -> None:
    suspend(desk)
    assert recall(desk, released(desk), ids(desk)[:1]).status.number == 1
    key = desk.officer("b")
    client.retire_key(desk.office, "officer-b")
    command = recalls.RecallAnswers(released(desk), "ordered", Upload(order(desk, "x")))
    statement = recalls.recall_answers_statement
    assert (
        code_of(
            lambda: client.act(
                desk.office, statement, recalls.recall_answers, command, desk.officer("a"), key
            )
        )
        == "officer_retired"
    )


@pytest.mark.parametrize("change", ["delete", "insert", "committed", "extra"])
def test_a_recall_that_was_altered_in_the_database_stops_lists_and_recalls(
    desk: World, change: str
) -> None:
    recall(desk, released(desk), ids(desk)[:1])
    with desk.office.store.transaction() as connection:
        mine = ACT.c.kind == "recall"
        row = dict(connection.execute(ACT.select().where(mine)).mappings().one())
        if change == "delete":
            connection.execute(ACT.delete().where(mine))
        elif change == "insert":
            connection.execute(ACT.insert().values(row | {"number": 99, "subject": "2"}))
        elif change == "committed":
            altered = row["committed"].replace(released(desk).encode(), b"b-0000000000000000")
            connection.execute(ACT.update().where(mine).values(committed=altered))
        else:
            connection.execute(ACT.update().where(mine).values(extra=row["extra"][:-1] + b"x"))
    assert code_of(lambda: make_recall_list(desk.office, SERVICE)) == "orders_disagree"
    found = finish(reconcile(desk.office, SERVICE, Reconcile(replays=0))).differences
    codes = [each.code for each in found if each.code != "reconcile_acts"]
    assert codes == ["reconcile_recalls"]
    if change != "extra":  # which the key of the accounting opens, and not the ledger
        assert code_of(lambda: check_ledger(desk.office, NOBODY, CheckLedger())) == "row_disagrees"
    assert code_of(lambda: recall(desk, released(desk), text="b")) == "orders_disagree"


def test_an_accounting_a_record_and_the_yearly_report_say_what_was_recalled(desk: World) -> None:
    batch, officer = released(desk), desk.officer("a").officer
    file = desk.directory / "person.json"
    named = {name: REQUESTS[0][name] for name in NAMED}
    file.write_text(json.dumps({"format": accounting.PERSON_FORMAT, **named}), encoding="utf-8")
    asked = accounting.AccountPerson(Upload(file))
    before = accounting.account(desk.office, officer, asked)
    assert [each.recalled_on for each in before] == [""]
    recall(desk, batch, [before[0].request_id])
    day = TODAY.isoformat()
    assert [each.recalled_on for each in accounting.account(desk.office, officer, asked)] == [day]
    inform_persons(desk, batch)
    shown = accounting.account_to_person(desk.office, officer, asked)
    assert [each.recalled_on for each in shown] == [day]
    assert "answer-wrong" not in str(shown)
    record = accounting.record_disclosures(
        desk.office, officer, accounting.RecordDisclosures(batch)
    )
    assert [each.recalled_on for each in record].count(day) == 1
    (row,) = report_disclosures(desk.office, officer, ReportDisclosures(2026)).rows
    assert row.counts["recalled"] == 1
    export = desk.directory / "published"
    publish(desk.office, SERVICE, PublishLedger(export))
    assert report_year(export, desk.office.holder_key, 2026).recalls is None  # fewer than 10
    found = RecallFilter((export / RECALLS).read_bytes())
    key = str(desk.office.holder_key)
    answer = desk.directory / "answers.jsonl"
    assert not verify_answer(answer, key, TODAY, None, found)[-1].holds


# -- the list ----------------------------------------------------------------------------------


def test_a_list_that_is_old_from_before_the_release_altered_or_cut_is_refused(desk: World) -> None:
    recall(desk, released(desk), ids(desk)[:1])
    made = make_recall_list(desk.office, SERVICE).data
    since = desk.now + timedelta(seconds=1)
    assert code_of(lambda: looked_up(desk, since, made)) == "recalls_old"
    assert not looked_up(desk, desk.now, made).holds
    head, _, _ = made.partition(b".")
    for altered in (made[:-2], b"x" + made, made.replace(head, head[::-1]), b"", made[:200]):
        assert code_of(lambda altered=altered: looked_up(desk, data=altered or b"x")).startswith(
            "signed_"
        )


def signer_of(world: World) -> Signer:
    return world.office.signer()


def resigned(world: World, change: Callable[[dict[str, Any]], object]) -> bytes:
    """A list that the holder's own key signed, and that says something else."""
    said = read_unchecked(make_recall_list(world.office, SERVICE).data, "list", 10**6)
    change(said)
    return sign_object(said, signer_of(world))


LIES: tuple[tuple[str, Callable[[dict[str, Any]], object]], ...] = (
    ("recalls_incomplete", lambda said: said["recalls"].pop()),
    ("recalls_incomplete", lambda said: said["recalls"].clear()),
    ("recalls_incomplete", lambda said: said["recalls"].reverse()),
    ("recalls_incomplete", lambda said: said["kinds"].pop()),
    ("recalls_incomplete", lambda said: said["kinds"].append(said["kinds"][0])),
    ("recalls_other", lambda said: said.update(office="counterfoil.example/other")),
    ("recalls_altered", lambda said: said.pop("made_at")),
    ("recalls_altered", lambda said: said.update(made_at="soon")),
    ("recalls_altered", lambda said: said["kinds"].append(7)),
    ("checkpoint_malformed", lambda said: said.update(checkpoint="x")),
)


def test_even_the_holder_cannot_sign_a_list_that_leaves_a_recall_out(desk: World) -> None:
    for rows in ([ids(desk)[0]], [ids(desk)[1]]):
        recall(desk, released(desk), rows, text=f"made up: {rows}")
    for code, lie in LIES:
        found = code_of(lambda lie=lie: looked_up(desk, data=resigned(desk, lie)))
        assert found in (code, "note_malformed"), code


def test_a_list_of_before_the_release_is_refused(desk: World) -> None:
    before = make_recall_list(desk.office, SERVICE)
    desk.answer(REQUESTS[4:6], "later.jsonl", "later.csv")
    key = str(desk.office.holder_key)
    wanted = RecallFilter(before.data)
    step = lambda: verify_answer(desk.directory / "later.jsonl", key, TODAY, None, wanted)  # noqa: E731
    assert code_of(step) == "recalls_before"
    recall(desk, released(desk))
    assert looked_up(desk).holds  # the other answer is not recalled by it


def test_the_standalone_verifier_says_the_same(
    desk: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(verifier, "today", TODAY.isoformat)

    def verify(*arguments: str | Path) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["counterfoil-verify", *map(str, arguments)])
        return verifier.main(), capsys.readouterr().out

    row, file, answer = ids(desk)[0], desk.directory / "recalls", desk.directory / "answers.jsonl"
    key = ("--key", str(desk.office.holder_key), "--in-force")

    def told(*more: str, data: bytes = b"") -> tuple[int, str]:
        file.write_bytes(data or make_recall_list(desk.office, SERVICE).data)
        return verify("answer", answer, *key, "--recalls", str(file), *more)

    code, out = told()
    assert (code, out.splitlines()[-1]) == (0, "OK")
    recall(desk, released(desk), [row])
    code, out = told()
    assert code == 6
    assert f"7. RECALLED: {row}, by entry" in out
    assert out.splitlines()[-1].startswith("RECALLED")
    assert verify("answer", answer, *key[:2], "--recalls", str(file))[0] == 0
    assert told("--recalls-since", "2026-05-04T12:00:01Z")[0] == 5
    assert told("--recalls-since", "2026-05-04T12:00:00Z")[0] == 6
    recall(desk, released(desk), [ids(desk)[1]], text="another finding")
    for code, lie in LIES:
        assert told(data=resigned(desk, lie))[0] == 5, code
    assert told("--recalls-since", "x")[0] == 2
    assert verify("answer", answer, *key, "--recalls", "none")[0] == 2
    assert verify("answer", answer, *key, "--recalls-since", "2026-05-04T12:00:01Z")[0] == 2


# -- the paper trail ---------------------------------------------------------------------------


def test_the_requester_reads_the_notice_and_an_edited_one_is_refused(desk: World) -> None:
    notice = recall(desk, released(desk), ids(desk)[:1]).notice
    again = recalls.write_recall_notice(
        desk.office, desk.officer("b").officer, recalls.WriteNotice(1)
    )
    assert again == notice
    lines = check_notice(notice, desk.office.holder_key)
    assert f"rows {ids(desk)[0]}" in lines
    said = read_unchecked(notice, "notice", 10**6)
    said["rows"] = [ids(desk)[1]]
    forged = sign_object(said, Signer(desk.office.settings.name, PRINCIPAL.signer.private))
    assert code_of(lambda: check_notice(forged, desk.office.holder_key)) == "signed_key"
    own = sign_object(said, signer_of(desk))
    assert code_of(lambda: check_notice(own, desk.office.holder_key)) == "recall_notice"


def test_a_receipt_names_who_else_had_the_answers_and_destruction_closes_both_duties(
    desk: World,
) -> None:
    notice = recall(desk, released(desk)).notice
    first = enter(desk, receipt(desk, notice, onward=("Field office 3",)))
    assert first.closed == (1,)
    desk.now += timedelta(days=3)
    done = enter(desk, receipt(desk, notice, destroyed=desk.now.date()))
    assert done.closed == (2,)
    (status,) = recalls.list_recalls(desk.office, NOBODY).recalls
    assert status.acknowledge.closed_at < status.destroy.closed_at
    shown = receipts.show_receipts(desk.office, desk.officer("a").officer)
    assert [each.receipt.onward for each in shown] == [("Field office 3",), ()]
    assert code_of(lambda: enter(desk, receipt(desk, notice))) == "receipt_nothing"
    assert "Field office" not in json.dumps(desk.entries())


def test_a_receipt_by_another_principal_of_another_recall_or_altered_is_refused(
    desk: World,
) -> None:
    notice = recall(desk, released(desk)).notice
    other = PrincipalKey("sandbox-principal", bytes(32))
    assert code_of(lambda: enter(desk, receipt(desk, notice, key=other))) == "signed_key"
    stranger = receipt(desk, notice, principal="somebody-else")
    assert code_of(lambda: enter(desk, stranger)) == "receipt_principal"
    good = receipt(desk, notice)
    assert code_of(lambda: enter(desk, good, "a")) == "signatures_missing"
    said = read_unchecked(good, "receipt", 10**6)
    changes: tuple[tuple[dict[str, object], str], ...] = (
        ({"notice": f"sha256:{'0' * 64}"}, "receipt_other"),
        ({"office": "counterfoil.example/other"}, "receipt_other"),
        ({"number": 2}, "recall_unknown"),
        ({"batch": "b-000000000000"}, "batch_unknown"),
        ({"disposed": "destroyed"}, "receipt_malformed"),
        ({"disposed": "destroyed", "disposed_on": "2036-01-01"}, "receipt_malformed"),
        ({"onward": ["b", "a"]}, "receipt_malformed"),
        ({"more": 1}, "receipt_malformed"),
    )
    for change, code in changes:
        made = sign_object(said | change, PRINCIPAL.signer)
        assert code_of(lambda made=made: enter(desk, made)) == code
    command = duties.CloseDuty(1, Upload(order(desk, "made up: a letter")))
    statement, keys = duties.close_duty_statement, (desk.officer("a"), desk.officer("b"))
    assert (
        code_of(lambda: client.act(desk.office, statement, duties.close_duty, command, *keys))
        == "duty_receipt"
    )


def test_silence_becomes_an_incident_of_which_the_inspector_is_told_once(desk: World) -> None:
    recall(desk, released(desk))
    assert receipts.run_duties(desk.office, SERVICE).escalated == ()
    desk.now += timedelta(days=6)
    (late,) = receipts.run_duties(desk.office, SERVICE).escalated
    assert (late.number, late.about, late.incident) == (1, "recall-acknowledgment", "1")
    (incident,) = due_incidents(desk.office, NOBODY)
    assert (incident.about, incident.hours_left) == ("requester-silent", 24)
    assert "batch" not in next(each for each in desk.entries() if each["kind"] == "incident")
    assert receipts.run_duties(desk.office, SERVICE) == receipts.ClockRun((), ())
    assert code_of(lambda: receipts.run_duties(desk.office, NOBODY)) == "actor_refused"


def test_answers_that_expired_are_certified_destroyed_by_the_same_clock(desk: World) -> None:
    answer = desk.directory / "answers.jsonl"
    last = datetime.fromisoformat(str(envelope(desk)["expires_on"])).replace(tzinfo=UTC)
    desk.now = last + timedelta(hours=12)
    assert receipts.run_duties(desk.office, SERVICE).opened == ()
    early = receipt(desk, answer, destroyed=desk.now.date())
    assert code_of(lambda: enter(desk, early)) == "receipt_nothing"
    desk.now += timedelta(days=1)
    (opened,) = receipts.run_duties(desk.office, SERVICE).opened
    assert (opened.about, opened.batch) == ("expired-answers", released(desk))
    assert receipts.run_duties(desk.office, SERVICE).opened == ()
    assert code_of(lambda: enter(desk, receipt(desk, answer))) == "receipt_nothing"
    assert enter(desk, receipt(desk, answer, destroyed=desk.now.date())).closed == (1,)


def test_an_incident_raises_the_dated_duty_of_notice_to_the_person(desk: World) -> None:
    open_incident(desk)
    (owed,) = duties.list_duties(desk.office, NOBODY).open
    assert (owed.about, owed.citation) == ("incident-notice", "26 USC 7431(e)")
    assert owed.since == TODAY.isoformat()


def test_a_list_of_many_recalls_reads_and_one_of_none_says_so(desk: World) -> None:
    made = make_recall_list(desk.office, SERVICE)
    assert made.recalls == 0
    said = read_unchecked(made.data, "list", 10**6)
    kinds = [
        ProvenEntry(index, entry.encode(), tuple(from_base64(each) or b"" for each in hashes))
        for index, entry, hashes in said["kinds"]
    ]
    same = make_list(desk.now, said["checkpoint"], kinds, [], signer_of(desk))
    assert same == made.data
