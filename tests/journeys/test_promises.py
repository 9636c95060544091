"""The ten promises, each broken on purpose once to see its test fail
(docs/decisions/0006-promises-seen-to-fail.md)."""

from __future__ import annotations

import inspect
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import get_type_hints

import msgspec
import pytest

from counterfoil import client, disclosure, register
from counterfoil.batches.officers import enrol_form, public_key
from counterfoil.client import steps
from counterfoil.core import keyfile
from counterfoil.core.errors import (
    CounterfoilError,
    KeyFault,
    SettingsFault,
    StateFault,
    StoreFault,
)
from counterfoil.core.use_cases import NOBODY
from counterfoil.core.values import Answer, Grant
from counterfoil.office import enrol, make_officer
from counterfoil.register import SealedRegister
from tests.house.tree import SOURCE as TREE
from tests.house.tree import committed_files, python_files, room_of
from tests.world.office import World
from tests.world.people import REQUESTS, SOURCE, person, request
from tests.world.scan import found_in, tokens_of


def test_p1_an_answer_has_three_fields_and_no_value_of_a_record(world: World) -> None:
    rows = world.answer()
    assert {tuple(row) for row in rows} == {("request_id", "answer", "codes")}
    assert Answer.__struct_fields__ == ("request_id", "answer", "codes")


def test_p1_what_leaves_holds_no_token_of_the_register(world: World) -> None:
    world.answer()
    left = [path.read_bytes() for path in world.directory.glob("answers.jsonl*")]
    assert len(left) == 2
    assert found_in(b"".join(left), tokens_of(SOURCE)) == []


def test_p2_no_refused_request_opens_the_register(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    opened = SealedRegister.open_residents

    def spy(self: SealedRegister, grants: list[Grant]) -> object:
        asked.extend(grant.request.request_id for grant in grants)
        return opened(self, grants)

    monkeypatch.setattr(SealedRegister, "open_residents", spy)
    refused = {str(row["request_id"]) for row in world.answer() if row["answer"] == "refused"}
    assert refused
    assert set(asked) == {row["request_id"] for row in REQUESTS} - refused
    assert world.office.custodian().total() == len(asked)


def test_p2_a_refusal_does_not_depend_on_the_register(world: World, tmp_path: Path) -> None:
    empty = tmp_path / "other"
    empty.mkdir()
    other = World(empty, [person("x1", "Somebody", "Else", "77 Other Ave")], seed="other")
    refused = [
        [row for row in each.answer() if row["answer"] == "refused"] for each in (world, other)
    ]
    assert refused[0] == refused[1] != []


def test_p3_a_name_and_a_number_without_the_address_find_nobody(world: World) -> None:
    held = {"tin": "900-00-1001", "date_of_birth": "1981-05-29"}
    rows = [
        request(1, "Marisol", "Quintanilla", "2290 Copperfield Ave", line2="Apt 4B", **held),
        request(2, "Marisol", "Quintanilla", "1849 Heron Lake Rd", **held),
        request(3, "Marisol", "Quintanilla", "", **held),
    ]
    assert [row["answer"] for row in world.answer(rows)] == [
        "not_confirmed",
        "not_confirmed",
        "refused",
    ]


def test_p3_nothing_public_lists_or_walks_residents() -> None:
    public = {name for name, _ in inspect.getmembers(SealedRegister) if not name.startswith("_")}
    assert public == {
        "close",
        "compares_pages",
        "manifest",
        "open_residents",
        "collect_buckets",
        "snapshot",
    }
    assert (
        get_type_hints(SealedRegister.collect_buckets)["grant"] is Grant
    )  # the sealed buckets of one admitted question, for its evidence
    walking = re.compile(r"residents|walk|list|search|find|scan|iterate|all_")
    assert [name for name in register.__all__ if walking.search(name.lower())] == ["residents_in"]
    assert (
        get_type_hints(register.residents_in)["buckets"] is register.EvidenceBuckets
    )  # opens what was shown of one question, and nothing else


NEGATIVES = ("q3", "q4", "q5", "q9", "q10")
"""Another unit, another person, two candidates, no such address, another period."""


def test_p4_every_negative_has_the_same_shape(world: World) -> None:
    rows = {row["request_id"]: row for row in world.answer()}
    shapes = [
        {name: value for name, value in rows[asked].items() if name != "request_id"}
        for asked in NEGATIVES
    ]
    assert shapes == [{"answer": "not_confirmed", "codes": []}] * 5


def test_p5_if_the_ledger_cannot_be_written_nothing_leaves(world: World) -> None:
    batch = world.receive(world.requests())
    client.determine(world.office, batch)
    client.review(world.office, batch, world.officer("a"))
    with world.office.store.transaction() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER full_disk BEFORE INSERT ON ledger_block WHEN instr(NEW.entries, "
            "'\"release\"') > 0 BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        )
    with pytest.raises(StoreFault):
        client.release(world.office, batch, world.officer("b"), world.directory / "answers.jsonl")
    assert list(world.directory.glob("*answers.jsonl*")) == []
    assert disclosure.batch_statuses(world.office, NOBODY)[0].state == "reviewed"


def test_p5_the_entry_is_durable_before_the_file_is_written(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    def interrupted(*_: object) -> None:
        seen.append(world.kinds().count("release"))
        raise StoreFault("answer_not_written", "the disk is full")

    monkeypatch.setattr(steps, "write_answer", interrupted)
    with pytest.raises(StoreFault):
        world.answer()
    assert seen == [1]
    assert list(world.directory.glob("*answers.jsonl*")) == []


def _determined(world: World) -> str:
    batch = world.receive(world.requests())
    client.determine(world.office, batch)
    return batch


def test_p6_one_officer_cannot_release(world: World) -> None:
    batch = _determined(world)
    client.review(world.office, batch, world.officer("a"))
    with pytest.raises(StateFault) as caught:
        client.release(world.office, batch, world.officer("a"), world.directory / "answers.jsonl")
    assert caught.value.code == "second_officer_same_name"
    assert not (world.directory / "answers.jsonl").exists()


def test_p6_one_key_under_two_names_cannot_be_enrolled(world: World) -> None:
    copied = enrol_form("officer-twin", public_key(world.officer("a").officer))
    with pytest.raises(StateFault) as caught, world.office.store.transaction() as connection:
        enrol(world.office, connection, copied)
    assert caught.value.code == "officer_taken"


def test_p6_a_key_that_is_not_enrolled_signs_nothing(world: World) -> None:
    batch = _determined(world)
    make_officer(world.directory, "officer-a", None, world.office.random)
    with pytest.raises(KeyFault) as caught:
        client.review(
            world.office,
            batch,
            client.open_officer_key(
                world.directory / "officer-a.key", None, allow_unprotected=True
            ),
        )
    assert caught.value.code == "officer_key_other"


def test_p7_releasing_again_writes_the_same_bytes(world: World) -> None:
    world.answer()
    first = [
        (world.directory / name).read_bytes() for name in ("answers.jsonl", "answers.jsonl.jws")
    ]
    batch = disclosure.batch_statuses(world.office, NOBODY)[0].batch
    (world.directory / "again").mkdir()
    client.release(
        world.office, batch, world.officer("b"), world.directory / "again" / "answers.jsonl"
    )
    assert [
        (world.directory / "again" / name).read_bytes()
        for name in ("answers.jsonl", "answers.jsonl.jws")
    ] == first


def test_p7_the_order_of_the_rows_and_of_the_source_changes_no_answer(
    world: World, tmp_path: Path
) -> None:
    path = tmp_path / "turned"
    path.mkdir()
    turned = World(path, tuple(reversed(SOURCE)), seed="turned")
    first = {row["request_id"]: row for row in world.answer()}
    second = {row["request_id"]: row for row in turned.answer(tuple(reversed(REQUESTS)))}
    assert first == second


def test_p7_two_processes_with_other_hash_seeds_answer_the_same_bytes(
    world: World, tmp_path: Path
) -> None:
    world.office.store.close()
    requests, told = world.requests(), []
    for seed in ("1", "2"):
        office, out = tmp_path / f"seed-{seed}", tmp_path / f"seed-{seed}.jsonl"
        shutil.copytree(world.path, office)
        command = [
            sys.executable,
            "-m",
            "tests.crash.run_answer",
            str(office),
            str(requests),
            str(out),
        ]
        environment = {
            **os.environ,
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        subprocess.run(
            command, cwd=TREE.parents[1], env=environment, check=True, capture_output=True
        )
        told.append(out.read_bytes())
    assert told[0] == told[1] != b""


def test_p8_nothing_in_the_source_names_a_status_or_an_origin() -> None:
    inferring = re.compile(
        r"\b\w*(nationalit|ethnic|citizen|race_|immigration_status|is_alien|origin_of)\w*",
        re.IGNORECASE,
    )
    named = {
        m.group(0).lower()
        for path in python_files(TREE)
        for m in inferring.finditer(path.read_text(encoding="utf-8"))
    }
    assert named <= {"nationality", "ethnicity", "race_ethnicity", "grace_seconds"}


@pytest.mark.parametrize("tin", ["", "900-00-4321", "999-00-4321"])
def test_p8_the_kind_of_a_number_changes_no_answer_where_none_is_held(
    world: World, tin: str
) -> None:
    world.build([{**row, "tin": ""} for row in SOURCE])
    assert (
        world.answer([request(1, "Marisol", "Quintanilla", "1847 Heron Lake Rd", tin=tin)])[0][
            "answer"
        ]
        == "confirmed"
    )


def test_p9_every_tax_number_in_the_repository_is_of_the_test_range() -> None:
    number = re.compile(r"(?<![\w-])(\d{3}-\d{2}-\d{4})(?![\w-])")
    texts = [
        path
        for path in committed_files()
        if path.suffix in {".py", ".csv", ".jsonl", ".yaml", ".md", ".json"}
    ]
    found = {
        match.group(1)
        for path in texts
        for match in number.finditer(path.read_text(encoding="utf-8"))
    }
    issued_to_nobody = re.compile(r"9\d\d-00-|9\d\d-(28|49|89)-|(000|666)-|\d{3}-00-|.*-0000$")
    assert {tin for tin in found if not issued_to_nobody.match(tin)} == set()


def test_p9_evaluation_refuses_a_register_that_is_not_made_up(world: World) -> None:
    from counterfoil.certification.evaluate import evaluate

    world.build(SOURCE, made_up=False)
    with pytest.raises(StateFault) as caught:
        evaluate(world.office, world.directory / "source.csv", lambda *_: None)
    assert caught.value.code == "register_not_made_up"


def test_p9_only_certification_may_skip_the_law() -> None:
    callers = {
        room_of(path)
        for path in python_files(TREE)
        if "gate.ungated" in path.read_text(encoding="utf-8")
    }
    assert callers == {"certification"}


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b"- a\n- list\n"])
@pytest.mark.parametrize(
    "name", ["agreement.yaml", "routes/written-request.yaml", "statutes/us-26-6103-i-2.yaml"]
)
def test_p10_law_that_is_empty_or_unreadable_opens_no_office(
    world: World, name: str, content: bytes
) -> None:
    (world.path / "law" / name).write_bytes(content)
    with pytest.raises(SettingsFault):
        world.opened()


@pytest.mark.parametrize("name", ["holder.key", "payload.key"])
def test_p10_without_a_key_nothing_is_received(world: World, name: str) -> None:
    (world.path / "keys" / name).unlink()
    with pytest.raises(CounterfoilError):
        world.answer()
    assert not (world.directory / "answers.jsonl").exists()


def test_p10_without_the_register_key_nothing_is_determined(world: World) -> None:
    batch = world.receive(world.requests())
    (world.path / "keys" / "register.key").unlink()
    with pytest.raises(KeyFault):
        client.determine(world.office, batch)


def test_p10_a_register_built_with_another_key_does_not_open(world: World) -> None:
    path = world.path / "keys" / "register.key"
    path.unlink()
    secret = keyfile.new_secret("register", world.office.random)
    keyfile.seal_key(
        path,
        name="counterfoil.example/world",
        purpose="register",
        secret=secret,
        passphrase=world.office.passphrase,
    )
    with pytest.raises(KeyFault) as caught:
        world.office.open_register()
    assert caught.value.code == "register_key_other"


def test_p10_a_key_in_clear_does_not_serve_outside_a_sandbox(world: World) -> None:
    office = replace(
        world.office, settings=msgspec.structs.replace(world.office.settings, sandbox=False)
    )
    with pytest.raises(KeyFault) as caught:
        client.sandbox_key(office, "officer-a")
    assert caught.value.code == "key_unprotected"
    assert office.default_header() is None
