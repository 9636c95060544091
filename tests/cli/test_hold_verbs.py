"""`hold add | lift | list` at the command line: what goes wrong is named by place, code and cure,
and never by a value."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from counterfoil.controls.holds.service import MAX_PERSON_BYTES, MOST_REFS, PERSON_FORMAT
from tests.cli.desk import Desk, Told, command, secret
from tests.world.people import SOURCE
from tests.world.scan import found_in

PERSON = {"format": PERSON_FORMAT, "tin": "900-00-1001"}
VALUES = ["900-00-1001", "900001001", "made-up-reference-41"]


@pytest.fixture
def held(desk: Desk) -> Desk:
    """A desk with two officers of the role."""
    for name in ("holds-a", "holds-b"):
        made = command(
            "officer", "create", name, *desk.at, "--keys", desk.office / "keys", "--role", "holds"
        )
        assert made.code == 0
    return desk


def key(desk: Desk, name: str) -> Path:
    return desk.office / "keys" / f"{name}.key"


def person(desk: Desk, content: object = PERSON) -> Path:
    path = desk.directory / "held.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def told(*arguments: str | Path) -> Told:
    done = command(*arguments)
    assert [value for value in VALUES if value in done.out + done.err] == []
    return done


def add(
    desk: Desk,
    content: object = PERSON,
    first: str = "holds-a",
    second: str = "holds-b",
    *more: str,
) -> Told:
    two = ("--officer", key(desk, first), "--second", key(desk, second))
    return told("hold", "add", "--person-file", person(desk, content), *desk.at, *two, *more)


def lift(desk: Desk, number: str, *more: str) -> Told:
    two = ("--officer", key(desk, "holds-a"), "--second", key(desk, "holds-b"))
    return told("hold", "lift", number, *desk.at, *two, *more)


def shown(desk: Desk, officer: str = "holds-b", *more: str) -> Told:
    return told("hold", "list", *desk.at, "--officer", key(desk, officer), *more)


def test_a_hold_from_the_command_line_to_the_answer_and_back(held: Desk) -> None:
    batch = held.receive()
    assert command("determine", batch, *held.at).code == 0
    done = add(held)
    assert (done.code, done.out) == (0, "1\n")
    assert "1 batches that were not released" in done.err
    assert held.batches()[0]["state"] == "gated"
    assert held.answer(held.requests()).code == 0
    assert held.answers()["q1"] == "not_confirmed"
    lifted = lift(held, "1", "--json").json
    assert (lifted["hold"], lifted["batches"]) == (1, 0) and lifted["index"] > 20
    assert shown(held).out.startswith("1  added 20") and "lifted 20" in shown(held).out


def test_the_list_is_empty_before_the_first(held: Desk) -> None:
    assert shown(held).out == "No hold was ever added.\n"
    assert shown(held, "holds-a", "--json").json == {"holds": []}


def test_a_reference_may_stand_with_spaces_around_it_as_in_the_source(held: Desk) -> None:
    assert add(held, {"format": PERSON_FORMAT, "record_refs": [" r1 "]}).code == 0
    held.answer(held.requests())
    assert held.answers()["q1"] == "not_confirmed"


MALFORMED = {
    "no object": "[]",
    "no JSON": "{",
    "nothing": "",
    "another format": PERSON | {"format": "counterfoil-person-1"},
    "an unknown field": PERSON | {"given_name": "Marisol"},
    "a reference that is none": PERSON | {"record_refs": [""]},
    "a reference of a control character": PERSON | {"record_refs": ["made-up-reference-41\x07"]},
    "a number for a text": PERSON | {"tin": 900001001},
    "too many references": PERSON
    | {"record_refs": [f"r{number}" for number in range(MOST_REFS + 1)]},
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_file_that_is_not_in_the_format_holds_nobody(held: Desk, name: str) -> None:
    failed = add(held, MALFORMED[name], "holds-a", "holds-b", "--json")
    assert (failed.code, failed.error) == (1, "held_file")
    assert shown(held).out == "No hold was ever added.\n"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({"format": PERSON_FORMAT}, "held_nobody"),
        (PERSON | {"tin": "900-00-100"}, "held_tin"),
        (PERSON | {"tin": "made-up-reference-41"}, "held_tin"),
        (PERSON | {"tin": "000-00-1001", "record_refs": ["r1"]}, "held_tin"),
        ("x" * (MAX_PERSON_BYTES + 1), "file_too_long"),
    ],
)
def test_what_names_nobody_is_told_with_place_and_cure(
    held: Desk, content: object, code: str
) -> None:
    failed = add(held, content, "holds-a", "holds-b", "--json")
    assert (failed.code, failed.error) == (1, code)
    assert all(failed.json["error"][part] for part in ("message", "place", "cure"))


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        ("holds-a", "holds-a", "officers_same"),
        ("holds-a", "officer-a", "officer_role"),
        ("officer-a", "officer-b", "officer_role"),
    ],
)
def test_only_two_officers_of_the_role_add(held: Desk, first: str, second: str, code: str) -> None:
    failed = add(held, PERSON, first, second, "--json")
    assert (failed.code, failed.error) == (1, code)


def test_only_an_officer_of_the_role_is_shown_the_list(held: Desk) -> None:
    assert shown(held, "officer-a", "--json").error == "officer_role"


def test_a_hold_is_lifted_once_and_by_its_number(held: Desk) -> None:
    assert lift(held, "1", "--json").error == "hold_unknown"
    add(held)
    assert lift(held, "1").code == 0
    again = lift(held, "1", "--json")
    assert (again.code, again.error, again.json["error"]["place"]) == (1, "hold_lifted", "1")
    assert lift(held, "one", "--json").code == 2


def test_no_other_verb_tells_that_somebody_is_held(held: Desk) -> None:
    """The same commands, with and without: status, explain and what the ledger shows of a batch."""
    said: list[list[object]] = []
    batch = held.receive()
    for _ in range(2):
        command("determine", batch, *held.at)
        looked = [
            command("explain", batch, each, *held.at, *held.officer("a"), "--json").json
            for each in ("q2", "q4", "q9")
        ]
        status = command("status", *held.at, "--json").json
        for time in ("now", "newest_entry"):  # which the clock tells, held or not
            assert status["standing"].pop(time)
        # Its salt is another in each round, whether or not a hold touched anything.
        assert status["batches"][0].pop("determinations")
        said.append([status, *looked])
        add(held)
    assert said[0] == said[1]


def test_the_scan_of_these_tests_finds_a_value() -> None:
    assert found_in(b"tin 900-00-1001", ["1001"]) == ["1001"] and SOURCE[0]["tin"] in VALUES


def test_a_passphrase_of_each_officer_is_read_from_its_own_file(desk: Desk) -> None:
    files = {
        name: secret(desk.directory / f"{name}.txt", f"made up {name}")
        for name in ("holds-a", "holds-b")
    }
    for name, file in files.items():
        keys = ("--keys", desk.office / "keys", "--key-passphrase-file", file)
        assert command("officer", "create", name, *desk.at, *keys, "--role", "holds").code == 0
    failed = add(desk, PERSON, "holds-a", "holds-b", "--json")
    assert failed.error == "passphrase_missing"
    two = (
        "--officer-passphrase-file",
        str(files["holds-a"]),
        "--second-passphrase-file",
        str(files["holds-b"]),
    )
    assert add(desk, PERSON, "holds-a", "holds-b", *two).code == 0


def test_matters_of_a_court_are_listed_and_a_batch_that_is_none_is_refused(held: Desk) -> None:
    at = (*held.at, "--officer", key(held, "holds-a"))
    listed = told("hold", "court-list", *at)
    assert (listed.code, listed.out.strip()) == (0, "There is no such batch.")
    none = told("hold", "court-prepare", "b-0f1e2d3c4b5a6978", *at, "--json")
    assert (none.code, none.error) == (1, "batch_unknown")
    two = (*at, "--second", key(held, "holds-b"), "--answer", "nothing", "--json")
    assert told("hold", "court-answer", "b-0f1e2d3c4b5a6978", *two).error == "batch_unknown"
