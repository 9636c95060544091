"""An office that an earlier version made opens as it is: its ledger checks, what was released can be
shown again, and what was begun goes on.

`scripts/make_old_office.py` made it, with the command line of that version, on 27 November 2026;
here it is four days later.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing as closing_store
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from scripts.make_old_office import OUT, packed, unpack

from counterfoil import client, disclosure, ledger
from counterfoil.accountability.accounting.keeping import KeepAccounting, keep_missing
from counterfoil.accountability.accounting.lines import NOT_KEPT, lines_of
from counterfoil.accountability.accounting.service import RecordDisclosures, record_disclosures
from counterfoil.accountability.accounting.store import ACCOUNTING
from counterfoil.accountability.evidence import ExportEvidence, export_evidence, replay
from counterfoil.accountability.evidence.bundle import read_key
from counterfoil.answers.verify import verify_answer
from counterfoil.batches import store as batches
from counterfoil.core import canonical
from counterfoil.core.errors import CounterfoilError, StateFault, StoreFault
from counterfoil.core.use_cases import NOBODY, SERVICE, Upload, finish
from counterfoil.disclosure import register_build
from counterfoil.ledger import EntryKind
from counterfoil.office import AdoptOffice, adopt_office
from counterfoil.office.journal import accounting_key, enter
from counterfoil.office.keys.wrapped_keys import count_shares
from tests.accountability.accounting.files import check, exported, records
from tests.cli.desk import command
from tests.ledger.owner import open_as_owner
from tests.office.test_head import CUT_OFF
from tests.world.acts import dispose, resume
from tests.world.office import Repeating, World, closing, read_rows
from tests.world.people import request

NOW = datetime(2026, 12, 1, 9, 0, 0, tzinfo=UTC)


class Old(World):
    """A copy of the office, with the clock that stands still and randomness that repeats."""

    def __init__(self, directory: Path) -> None:
        self.directory, self.path, self.now = directory, directory / "office", NOW
        self._random = Repeating("old office")
        unpack(OUT.read_text(encoding="ascii"), directory)
        self.batches: dict[str, str] = json.loads((directory / "batches.json").read_bytes())
        self.office = self.opened()

    def kept(self) -> Path:
        """Its newest checkpoint, as somebody keeps it outside."""
        path = self.directory / "kept.checkpoint"
        with self.office.store.reading() as connection:
            path.write_text(self.office.ledger.newest_checkpoint(connection) or "")
        return path

    def adopted(self) -> Old:
        """Taken as it is."""
        adopt_office(self.office, SERVICE, AdoptOffice(Upload(self.kept())))
        return self

    def go_on(self, batch: str) -> list[object]:
        """Whatever steps are left; the answers."""
        out = self.directory / "late.jsonl"
        state = {each.batch: each.state for each in disclosure.batch_statuses(self.office, NOBODY)}[
            batch
        ]
        if state == "gated":
            state = client.determine(self.office, batch).state
        if state == "determined":
            client.review(self.office, batch, self.officer("a"))
        client.release(self.office, batch, self.officer("b"), out)
        return [row["answer"] for row in read_rows(out)]


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Old]:
    with closing(Old(tmp_path)) as made:
        yield made.adopted()


def _check_ledger(old: Old) -> dict[str, int]:
    """The ledger checks; its entries by kind."""
    with old.office.store.reading() as connection:
        report = ledger.check(connection, old.office.holder_key)
    return {kind.value: count for kind, count in report.counts.items() if count}


def test_nothing_is_done_in_it_until_its_operator_takes_it_as_it_is(tmp_path: Path) -> None:
    with closing(Old(tmp_path)) as old:
        assert _fault(lambda: old.go_on(old.batches["gated"])) == "head_none"
        said = command("office", "adopt", "--office", old.path, "--checkpoint", old.kept())
        assert (said.code, said.out.startswith("Taken as it is:")) == (0, True)
        assert _fault(old.adopted) == "office_adopted"
        old.go_on(old.batches["reviewed"])
        _check_ledger(old)


def test_one_that_was_taken_and_is_cut_back_to_what_the_earlier_version_left_is_not_taken_again(
    tmp_path: Path,
) -> None:
    """By somebody who deletes every trace of the head, that of the keys included. The operator who
    would take it compares it with what was kept outside."""
    with closing(Old(tmp_path)) as old:
        size = len(old.entries())
        old.adopted().go_on(old.batches["reviewed"])
        newer = AdoptOffice(Upload(old.kept()))
        (old.path / "keys" / "ledger-head").unlink()
        with closing_store(open_as_owner(old.path / "office.db")) as owner:
            owner.executescript(CUT_OFF.format(size))
        old.office.store.close()
        old.office = old.opened()
        assert _fault(lambda: old.go_on(old.batches["determined"])) == "head_none"
        assert _fault(lambda: adopt_office(old.office, SERVICE, newer)) == "ledger_rewritten"
        assert _fault(lambda: old.go_on(old.batches["determined"])) == "head_none"


def _fault(step: Callable[[], object]) -> str:
    with pytest.raises(CounterfoilError) as fault:
        step()
    assert fault.value.cure
    return fault.value.code


def test_it_opens_and_its_ledger_checks(old: Old) -> None:
    counts = _check_ledger(old)
    assert (counts["batch"], counts["release"], counts["override"]) == (6, 2, 1)
    assert counts.keys() >= {"suspension", "incident", "hold", "retention_hold", "inspection"}


def test_every_batch_is_where_it_was(old: Old) -> None:
    found = {each.batch: str(each.state) for each in disclosure.batch_statuses(old.office, NOBODY)}
    states = dict.fromkeys(("released", "overridden"), "released")
    states |= {name: name for name in ("gated", "determined", "reviewed", "held")}
    assert found == {old.batches[name]: state for name, state in states.items()}


def test_what_the_officers_entered_is_told(tmp_path: Path) -> None:
    with closing(Old(tmp_path)) as old:  # By the clock of the machine.
        at = ("--office", old.path)
        assert command("office", "adopt", *at, "--checkpoint", old.kept()).code == 0
        incidents = command("incident", "list", *at, "--json")
        assert (incidents.code, incidents.out.count("wrong-answer")) == (0, 1)
        held = command(
            "hold", "list", *at, "--officer", old.path / "keys" / "holds-a.key", "--json"
        )
        assert (held.code, len(held.json["holds"])) == (0, 1)
        [snapshot] = [path.name for path in (old.path / "register").glob("0001-*")]
        assert register_build.count_canaries(old.office, snapshot) == 5


def test_an_answer_that_left_verifies_and_its_evidence_replays(old: Old) -> None:
    answers = old.directory / "answers.jsonl"
    assert verify_answer(answers, str(old.office.holder_key), NOW.date())
    bundle = old.directory / "q1.evidence"
    key = read_key(bundle.with_name("q1.evidence.key").read_bytes())
    found = replay(bundle.read_bytes(), key, old.office.holder_key)
    assert (found.batch, found.outcome) == (old.batches["released"], "confirmed")


@pytest.mark.parametrize(("name", "request_id"), [("released", "q2"), ("overridden", "q60")])
def test_evidence_of_a_released_batch_is_made_and_replays(
    old: Old, name: str, request_id: str
) -> None:
    made = export_evidence(
        old.office, old.officer("a").officer, ExportEvidence(old.batches[name], request_id)
    )
    found = replay(made.bundle, made.key, old.office.holder_key)
    assert (found.batch, found.outcome) == (old.batches[name], "confirmed")


@pytest.mark.parametrize("name", ["gated", "determined", "reviewed"])
def test_an_unfinished_batch_is_finished_or_refused_with_a_cure(old: Old, name: str) -> None:
    try:
        answers = old.go_on(old.batches[name])
    except CounterfoilError as fault:
        assert fault.cure
    else:
        assert answers == ["confirmed", "not_confirmed"]
    _check_ledger(old)


def test_its_batches_are_given_shares_by_the_first_run_of_retention(old: Old) -> None:
    """From then on a copy of its database opens no more than one that this version made; what a
    batch has in it is what it was."""
    before = count_shares(old.office)
    assert (before.alone, old.office.shares.is_made) == (6, False)
    old.now = NOW + timedelta(days=1)
    dispose(old)
    assert count_shares(old.office) == (0, 0, 0)
    assert old.office.shares.listed() == set(old.batches.values())
    made = export_evidence(
        old.office, old.officer("a").officer, ExportEvidence(old.batches["released"], "q2")
    )
    assert replay(made.bundle, made.key, old.office.holder_key).outcome == "confirmed"
    _check_ledger(old)


def test_a_batch_that_an_order_holds_stays_until_the_order_is_lifted(old: Old) -> None:
    batch = old.batches["held"]
    with pytest.raises(CounterfoilError) as caught:
        old.go_on(batch)
    assert caught.value.cure
    resume(old, f"batch:{batch}")
    assert old.go_on(batch) == ["confirmed", "not_confirmed"]


def test_a_new_file_is_answered_once_the_register_is_built_again(old: Old) -> None:
    """The snapshot is of the normal forms of before: batches in flight are decided over it as they
    were received, and a new one says what must be built."""
    rows = [
        request(90, "Consuelo", "Villanueva", "700 Larkspur Way"),
        request(91, "Teodoro", "Quintanilla", "1847 Heron Lake Rd"),
    ]
    with pytest.raises(StateFault) as caught:
        old.answer(rows, "new.jsonl")
    assert (caught.value.code, caught.value.cure) == (
        "register_rules_other",
        "Build it again from its source.",
    )
    _check_ledger(old)


def test_its_closed_batches_get_their_accounting_and_the_file_agrees_with_the_ledger(
    old: Old,
) -> None:
    assert "accounting" not in _check_ledger(old)
    found = finish(keep_missing(old.office, SERVICE, KeepAccounting()))
    assert {each.batch for each in found.kept} == {
        old.batches["released"],
        old.batches["overridden"],
    }
    assert _check_ledger(old)["accounting"] == 2
    checked = check(old, exported(old))
    assert (checked.batches, checked.open) == (6, 4)
    [overridden] = [each for each in records(exported(old)) if each["request_id"] == "q60"]
    assert (overridden["outcome"], overridden["two_roles"]) == ("confirmed", True)


def test_disposal_makes_the_accounting_of_a_batch_that_it_closed(old: Old) -> None:
    old.now = NOW + timedelta(days=1826)
    batches = {each.batch for each in dispose(old)}
    assert old.batches["overridden"] in batches
    assert _check_ledger(old)["accounting"] == len(batches)
    assert check(old, exported(old)).batches == 6


def _disposed_by_an_earlier_version(old: Old) -> str:
    """A closed batch whose rows are gone as an earlier version had them go: what it kept are sealed
    lines of traces, statute and outcome."""
    batch_id = old.batches["released"]
    with old.office.store.transaction() as connection:
        batch = batches.find_batch(connection, batch_id)
        occasion, lines = lines_of(old.office, connection, batch)
        shared = [batch_id, occasion.requester, occasion.principal, occasion.agreement]
        shared += [occasion.received_on, occasion.released_on, ["general"], ["officer-a"]]
        kept = [
            [line.traces, line.row, line.request_id, line.statute, line.outcome] for line in lines
        ]
        bound = {"batch": batch_id, "format": "counterfoil-accounting-1", "seq": 0}
        sealed = AESGCM(accounting_key(old.office)).encrypt(
            bytes(12), msgspec.msgpack.encode([shared, kept]), canonical.encode(bound)
        )
        row = {"batch_id": batch_id, "seq": 0, "row_count": len(kept), "sealed": bytes(12) + sealed}
        connection.execute(ACCOUNTING.insert().values(row))
        batches.destroy_key(connection, batch)
        fields = {"batch": batch_id, "rows": occasion.rows}
        enter(old.office, connection, EntryKind.DISPOSAL, fields)
    return batch_id


def test_what_an_earlier_version_kept_of_a_disposed_batch_stays_in_the_accounting(old: Old) -> None:
    key = old.officer("a").officer
    question = RecordDisclosures(old.batches["released"])
    before = record_disclosures(old.office, key, question)
    batch = _disposed_by_an_earlier_version(old)
    after = record_disclosures(old.office, key, question)
    assert [(each.request_id, each.disclosed, each.statute) for each in after] == [
        (each.request_id, each.disclosed, each.statute) for each in before
    ]
    assert {each.purpose for each in after} == {NOT_KEPT}
    found = finish(keep_missing(old.office, SERVICE, KeepAccounting()))
    assert found.earlier == (batch,)
    checked = check(old, exported(old))
    assert (checked.batches, checked.earlier, checked.open) == (6, 1, 4)
    with old.office.store.transaction() as connection:
        connection.execute(ACCOUNTING.delete())
    with pytest.raises(StoreFault) as fault:
        exported(old)
    assert fault.value.code == "accounting_missing"


def test_what_is_packed_is_unpacked(tmp_path: Path) -> None:
    (tmp_path / "one" / "inner").mkdir(parents=True)
    (tmp_path / "one" / "inner" / "file").write_bytes(bytes(range(256)))
    unpack(packed(tmp_path / "one"), tmp_path / "two")
    assert (tmp_path / "two" / "inner" / "file").read_bytes() == bytes(range(256))
