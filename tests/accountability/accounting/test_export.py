"""The whole accounting is exported as one signed file, and the file is what the ledger says, line by
line: whoever alters, leaves out or adds a record, in the database or in the file, is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from counterfoil import client
from counterfoil.accountability.accounting.check import check_exported_accounting
from counterfoil.accountability.accounting.export import (
    ExportAccounting,
    export_accounting,
    export_accounting_statement,
)
from counterfoil.accountability.accounting.keeping import KeepAccounting, keep_missing
from counterfoil.accountability.ledger_access import ExportLedger, export_ledger
from counterfoil.core.errors import (
    CounterfoilError,
    InputFault,
    StateFault,
    StoreFault,
    UsageFault,
    VerifyFault,
)
from counterfoil.core.use_cases import NOBODY, SERVICE, Upload, finish
from counterfoil.office.accounting_records import (
    AccountingSeal,
    LinesDigest,
    find_kept,
    pack_records,
)
from counterfoil.office.keep_accounting import keep_accounting
from tests.accountability.accounting.files import (
    Line,
    check,
    exported,
    records,
    signed_again,
    written,
)
from tests.accountability.evidence.bundles import released
from tests.world.acts import dispose
from tests.world.office import NOW, World
from tests.world.people import REQUESTS, request

LATER = NOW + timedelta(days=1826)


def disposed(world: World) -> str:
    """A batch that was released, and whose rows are gone."""
    batch = released(world)
    world.now = LATER
    assert [each.batch for each in dispose(world)] == [batch]
    return batch


def code_of(do: Callable[[], object]) -> str:
    with pytest.raises(CounterfoilError) as fault:
        do()
    assert fault.value.cure
    return fault.value.code


# -- what is kept ---------------------------------------------------------------------------------


def test_every_request_is_accounted_for_as_asked_and_as_answered_once_its_rows_are_gone(
    world: World,
) -> None:
    rows = [*REQUESTS, request(11, "Rosalind", "Featherstone", "5105 Marigold St", zip="x" * 3000)]
    world.answer(rows)
    world.now = LATER
    dispose(world)
    lines = exported(world)
    assert [each["request_id"] for each in records(lines)] == [
        *(row["request_id"] for row in REQUESTS),
        "",
    ]
    assert [each["outcome"] for each in records(lines)] == [
        *("confirmed", "confirmed", "not_confirmed", "not_confirmed", "not_confirmed", "refused"),
        *("confirmed", "refused", "not_confirmed", "not_confirmed", "rejected"),
    ]
    first = records(lines)[0]
    asked = REQUESTS[0]
    said = (first["given_name"], first["family_name"], first["reason"], first["statute_as_written"])
    assert said == (
        *(asked["given_name"], asked["family_name"]),
        *(asked["reason"], asked["statutory_authority"]),
    )
    assert first["taxable_periods"] == ["2023", "2024"]
    assert [each["id"] for each in first["engaged_officers"]] == ["E001"]
    [batch] = [line for line in map(json.loads, lines) if line["type"] == "batch"]
    assert (batch["provision"], batch["route"]) == ("26 USC 6103(i)(2)", "written-request")
    assert batch["requester_address"] == "not stated in the agreement"
    assert batch["principal_title"] == world.office.law.agreement.principals[0].title
    assert (batch["received_on"], batch["closed"], batch["closed_on"]) == (
        *("2026-05-04", "released"),
        "2026-05-04",
    )


def test_the_requesters_address_is_the_agreements_where_it_states_one(world: World) -> None:
    name = world.office.law.agreement.parties.requester.name
    before = world.office.law.agreement_digest
    world.amend(f"name: {name}", f"name: {name}, address: 1 Made-up Plaza")
    assert world.office.law.agreement_digest != before
    released(world)
    [batch] = [line for line in map(json.loads, exported(world)) if line["type"] == "batch"]
    assert batch["requester_address"] == "1 Made-up Plaza"


def test_a_withdrawn_batch_is_accounted_for_too(world: World) -> None:
    batch = world.receive(world.requests())
    client.withdraw(world.office, batch, world.officer("a"))
    assert world.kinds()[-3:] == ["withdrawal", "accounting", "state"]
    lines = exported(world)
    outcomes = {each["outcome"] for each in records(lines)}
    assert outcomes == {"not_answered", "refused"}
    found = check(world, lines)
    assert (found.batches, found.open, found.answers) == (1, 0, 0)


def test_an_open_batch_is_in_the_file_and_said_to_be_open(world: World) -> None:
    client.determine(world.office, world.receive(world.requests()))
    found = check(world, exported(world))
    assert (found.batches, found.open, found.records, found.answers) == (1, 1, 10, 0)


def test_the_file_agrees_with_the_ledger_before_and_after_disposal_and_is_the_same(
    world: World,
) -> None:
    released(world)
    before = exported(world)
    found = check(world, before)
    assert (found.batches, found.records, found.answers, found.open) == (1, 10, 8, 0)
    world.now = LATER
    dispose(world)
    after = exported(world)
    assert check(world, after).records == 10
    assert check(world, before).records == 10
    assert after[1:-1] == before[1:-1]


def test_the_file_is_checked_with_the_exported_ledger_and_the_holders_key_alone(
    world: World,
) -> None:
    disposed(world)
    file = Upload(written(world, exported(world)))
    folder = world.directory / "published"
    export_ledger(world.office, SERVICE, ExportLedger(folder))
    found = check_exported_accounting(file, folder, world.office.holder_key)
    assert len(found.statements) == 6
    shorter = world.directory / "shorter"
    export_ledger(world.office, SERVICE, ExportLedger(shorter))
    later = Upload(written(world, exported(world)))
    key = world.office.holder_key
    assert code_of(lambda: check_exported_accounting(later, shorter, key)) == "accounting_ledger"


# -- the act --------------------------------------------------------------------------------------


def test_an_export_is_an_officers_signed_act_that_is_entered_and_serves_once(world: World) -> None:
    released(world)
    key = world.officer("a")
    statement = export_accounting_statement(world.office, key.officer, ExportAccounting())
    assert statement.act == "export-accounting"
    command = ExportAccounting(signatures=(key.sign(statement),))
    with export_accounting(world.office, key.officer, command) as lines:
        assert len([*lines]) == 14
    assert world.kinds()[-1] == "inspection"

    def again() -> None:
        with export_accounting(world.office, key.officer, command):
            pass

    assert code_of(again) == "statement_moved"
    for actor in (SERVICE, NOBODY):
        with pytest.raises(UsageFault), export_accounting(world.office, actor, ExportAccounting()):
            pass


# -- the database was altered ------------------------------------------------------------------------

ALTERED = {
    "a chunk": "UPDATE accounting_record SET sealed = zeroblob(100)",
    "a chunk's type": "UPDATE accounting_record SET sealed = 'text'",
    "the batch's line": "UPDATE accounting_batch SET sealed = zeroblob(100)",
    "a chunk is gone": "DELETE FROM accounting_record",
    "the batch is gone": "DELETE FROM accounting_batch",
    "all of it is gone": "DELETE FROM accounting_batch; DELETE FROM accounting_record",
    "a chunk twice": "INSERT INTO accounting_record SELECT batch_id, 1, row_count, sealed FROM "
    "accounting_record",
    "a batch more": "INSERT INTO accounting_batch SELECT 'b-0123456789abcdef', entry_index, "
    "row_count, sealed FROM accounting_batch",
    "fewer rows": "UPDATE accounting_batch SET row_count = 9",
    "another entry": "UPDATE accounting_batch SET entry_index = entry_index - 1",
}


@pytest.mark.parametrize("what", ALTERED)
def test_records_altered_deleted_or_added_by_sql_are_found_once_the_rows_are_gone(
    world: World, what: str
) -> None:
    disposed(world)
    _run(world, ALTERED[what])
    with pytest.raises((StoreFault, VerifyFault)) as fault:
        exported(world)
    assert fault.value.code in (
        *("accounting_sealed", "accounting_disagrees", "accounting_missing", "accounting_form"),
    )
    with pytest.raises((StoreFault, VerifyFault)):
        finish(keep_missing(world.office, SERVICE, KeepAccounting()))


@pytest.mark.parametrize("what", [name for name in ALTERED if name != "a batch more"])
def test_disposal_does_not_go_on_over_an_altered_accounting_and_keeping_mends_it_from_the_rows(
    world: World, what: str
) -> None:
    released(world)
    before = exported(world)[1:-1]
    _run(world, ALTERED[what])
    world.now = LATER
    if what not in ("the batch is gone", "all of it is gone"):
        with pytest.raises((StoreFault, VerifyFault)):
            dispose(world)
    kept = finish(keep_missing(world.office, SERVICE, KeepAccounting())).kept
    assert len(kept) == 1
    assert world.kinds().count("accounting") == 1
    dispose(world)
    assert exported(world)[1:-1] == before


def test_a_record_that_was_altered_under_the_offices_own_key_is_found(world: World) -> None:
    batch = disposed(world)
    seal = AccountingSeal(world.office)
    with world.office.store.transaction() as connection:
        [(sealed,)] = connection.execute(text("SELECT sealed FROM accounting_record")).all()
        plain = seal.open_records(batch, 0, sealed).replace(b'"refused"', b'"confirmed"', 1)
        again = seal.seal_records(batch, 0, pack_records(plain))
        connection.execute(text("UPDATE accounting_record SET sealed = :to"), {"to": again})
    assert code_of(lambda: exported(world)) == "accounting_disagrees"


def test_rows_that_the_ledger_does_not_have_make_no_accounting(world: World) -> None:
    released(world)
    _run(world, "DELETE FROM accounting_batch; DELETE FROM accounting_record")
    _run(world, "UPDATE chunk SET kind = 'gone' WHERE kind = 'request'")
    keeping = keep_missing(world.office, SERVICE, KeepAccounting())
    assert code_of(lambda: finish(keeping)) == "row_disagrees"


def test_an_open_batch_has_no_accounting_yet(world: World) -> None:
    batch = world.receive(world.requests())
    with world.office.store.transaction() as connection, pytest.raises(StateFault) as fault:
        keep_accounting(world.office, connection, batch)
    assert fault.value.code == "batch_not_ready"


def test_keeping_again_changes_nothing(world: World) -> None:
    released(world)
    before = world.entries()
    found = finish(keep_missing(world.office, SERVICE, KeepAccounting()))
    assert (found.kept, found.checked, found.earlier) == ((), 1, ())
    assert world.entries() == before


def test_what_the_ledger_commits_to_is_opened_by_the_salt_of_the_file(world: World) -> None:
    batch = released(world)
    lines = exported(world)
    with world.office.store.reading() as connection:
        kept = find_kept(connection, batch)
        assert kept is not None
        entry = world.office.ledger.entry(connection, kept.entry_index)
    digest = LinesDigest(lines[1][:-1])
    for line in lines[2:-2]:
        digest.add(line)
    salt = bytes.fromhex(json.loads(lines[-2])["salt"])
    assert entry is not None
    assert entry.fields["commitment"] == digest.commitment(salt)


# -- the file was altered ----------------------------------------------------------------------------


def test_a_file_that_was_altered_cut_or_added_to_is_none_of_the_offices(world: World) -> None:
    disposed(world)
    lines = exported(world)
    assert check(world, lines).records == 10
    cut = [
        [*lines[:4], *lines[5:]],
        [*lines[:4], lines[3], *lines[4:]],
        lines[:-1],
        lines[1:],
        [*lines, lines[-1]],
        [*lines[:-1], lines[-1][:-1]],
        [],
    ]
    for number in range(1, len(lines) - 1):
        other = lines[number].replace(b'":"', b'":"x', 2)
        cut.append([*lines[:number], other, *lines[number + 1 :]])
    for each in cut:
        with pytest.raises(VerifyFault):
            check(world, each)


def _without(number: int) -> Callable[[list[Line]], list[Line]]:
    return lambda lines: [*lines[:number], *lines[number + 1 :]]


def _with(number: int, **changes: object) -> Callable[[list[Line]], list[Line]]:
    return lambda lines: [*lines[:number], lines[number] | changes, *lines[number + 1 :]]


def _given_as_open(lines: list[Line]) -> list[Line]:
    return [*lines[:-1], {"type": "open", "batch": lines[1]["batch"]}]


def _twice(lines: list[Line]) -> list[Line]:
    return [*lines, *lines[1:]]


LIES: dict[str, Callable[[list[Line]], list[Line]]] = {
    "a record left out": _without(3),
    "the last record left out": _without(11),
    "a batch left out": lambda lines: lines[:1],
    "a batch twice": _twice,
    "a closed batch as an open one": _given_as_open,
    "a closed batch without a record as an open one": lambda lines: _given_as_open(
        _without(5)(lines)
    ),
    "another reason": _with(2, reason="another"),
    "another name": _with(2, given_name="Another"),
    "another outcome": _with(2, outcome="not_confirmed"),
    "a refusal as an answer": _with(7, outcome="confirmed"),
    "another entry": _with(2, entry=1),
    "another agency": _with(1, requester="another"),
    "another provision": _with(1, provision="26 USC 6103(c)"),
    "another salt": _with(12, salt="00" * 32),
    "a salt that is none": _with(12, salt="zz"),
    "another entry of the accounting": _with(12, entry=1),
    "another size": _with(0, size=10),
    "another root": _with(0, root="AAAA"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_file_that_the_office_itself_signed_and_that_lies_is_found(
    world: World, lie: str
) -> None:
    disposed(world)
    lines = exported(world)
    assert check(world, signed_again(world, lines, lambda each: each)).records == 10
    with pytest.raises(VerifyFault) as fault:
        check(world, signed_again(world, lines, LIES[lie]))
    assert fault.value.code in ("accounting_differs", "accounting_file")
    assert "Quintanilla" not in str(fault.value)


def test_of_a_record_that_the_office_changed_all_lines_of_its_batch_are_named(world: World) -> None:
    disposed(world)
    lines = exported(world)
    with pytest.raises(VerifyFault) as fault:
        check(world, signed_again(world, lines, LIES["another reason"]))
    assert (fault.value.code, fault.value.place) == ("accounting_differs", "lines 2 to 13")


def test_a_folder_that_does_not_exist_is_no_finding_about_a_ledger(world: World) -> None:
    folder = world.directory / "nowhere"
    with pytest.raises(InputFault) as fault:
        check_exported_accounting(Upload(folder / "a"), folder, world.office.holder_key)
    assert fault.value.code == "export_missing"


def test_a_file_of_another_office_or_none_is_refused(world: World) -> None:
    missing = Upload(world.directory / "missing.jsonl")
    folder = world.directory / "published"
    export_ledger(world.office, SERVICE, ExportLedger(folder))
    with pytest.raises(InputFault):
        check_exported_accounting(missing, folder, world.office.holder_key)
    with pytest.raises(VerifyFault):
        check(world, [b"\xff\n"])


def _run(world: World, script: str) -> None:
    with world.office.store.transaction() as connection:
        for statement in script.split("; "):
            connection.execute(text(statement))
