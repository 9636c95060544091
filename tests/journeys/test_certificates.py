"""A certificate governs what it measured: without one nothing is put to the register, and an answer
cites the one that decided."""

from __future__ import annotations

import json
import shutil
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from counterfoil import client, disclosure
from counterfoil.answers.verify import verify_answer
from counterfoil.certification.certificate import certificate_digest
from counterfoil.core.errors import CounterfoilError
from counterfoil.core.use_cases import NOBODY
from counterfoil.core.values import Grant
from counterfoil.disclosure import deciding
from counterfoil.register import SealedRegister
from tests.certification.certificates import certify
from tests.world.office import NOW, World
from tests.world.people import person, request

ASKED = (
    request(1, "Marisol", "Quintanilla", "1847 Heron Lake Rd", date_of_birth="1981-05-29"),
    request(2, "Rosalind", "Featherstone", "5105 Marigold St"),
    request(
        3,
        "Wilhelmina",
        "Ostrander",
        "2290 Copperfield Ave",
        line2="Apt 4B",
        date_of_birth="1990-01-02",
    ),
    request(4, "Teodoro", "Quintanilla", "1847 Heron Lake Rd", date_of_birth="1979-10-28"),
    request(5, "Rosalind", "Featherstone", "Failed to Provide"),
    request(6, "Leopold", "Winterbourne", "1847 Heron Lake Rd", date_of_birth="1970-02-03"),
)
"""1 states the date that is held; 2 none; 3 one where none is held, which name and number do not make
up for; 4 one a slip away, which confirms nobody; 5 is refused; 6 is somebody else."""
UNCERTIFIED = ("not_compared", ["not_certified"])
YES, NO, REFUSED = ("confirmed", []), ("not_confirmed", []), "refused"
WITH_BIRTH = [YES, UNCERTIFIED, NO, NO, REFUSED, NO]
WITHOUT = [YES, YES, NO, NO, REFUSED, NO]


@pytest.fixture
def strict(world: World) -> World:
    """An office whose agreement requires certificates, as treasury-dhs-2025 does."""
    world.amend("certificate: not_required", "certificate: required")
    return world


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The requests whose doors were opened."""
    asked: list[str] = []
    really = SealedRegister.open_residents

    def spy(self: SealedRegister, grants: list[Grant]) -> object:
        asked.extend(grant.request.request_id for grant in grants)
        return really(self, grants)

    monkeypatch.setattr(SealedRegister, "open_residents", spy)
    yield asked


def told(rows: list[dict[str, Any]]) -> list[Any]:
    return [
        REFUSED if row["answer"] == "refused" else (row["answer"], row["codes"]) for row in rows
    ]


def payload(world: World, out: str = "answers.jsonl") -> dict[str, Any]:
    part = (world.directory / f"{out}.jws").read_bytes().split(b".")[1]
    return json.loads(urlsafe_b64decode(part + b"=" * (-len(part) % 4)))


def test_p10_without_a_certificate_nothing_is_put_to_the_register(
    strict: World, opened: list[str]
) -> None:
    answers = strict.answer(ASKED)
    assert told(answers) == [REFUSED if row == REFUSED else UNCERTIFIED for row in WITHOUT]
    assert (opened, strict.office.custodian().total(), strict.kinds().count("opening")) == (
        [],
        0,
        0,
    )
    assert strict.kinds().count("not_compared") == 5
    assert payload(strict)["certificates"] == {}


def test_a_certificate_for_dates_of_birth_confirms_by_them_and_by_nothing_else(
    strict: World, opened: list[str]
) -> None:
    certify(strict, "birth")
    assert told(strict.answer(ASKED)) == WITH_BIRTH
    assert opened == ["q1", "q3", "q4", "q6"]
    assert [entry["rows"] for entry in strict.entries() if entry["kind"] == "opening"] == [4]
    assert strict.office.custodian().total() == 4


def test_with_both_certificates_evidence_by_name_must_reach_the_higher_threshold(
    strict: World,
) -> None:
    rounds = (
        (600, 600, [YES, YES, NO, NO]),
        (600, 5000, [YES, NO, NO, NO]),
        (750, 600, [YES, YES, NO, NO]),
    )
    for last, (birth, names, wanted) in enumerate(
        rounds, 4
    ):  # another file each time: the same one is the same batch
        certify(strict, "birth", threshold=birth)
        certify(strict, "names", threshold=names)
        assert (
            told(strict.answer(ASKED[:last], f"answers{last}.jsonl", f"asked{last}.csv"))[:4]
            == wanted
        )


def test_where_none_is_required_the_weights_own_threshold_stands_until_there_is_one(
    world: World,
) -> None:
    assert told(world.answer(ASKED)) == WITHOUT
    certify(world, "names", threshold=5000)
    assert told(world.answer(ASKED[:4], "again.jsonl", "again.csv")) == [YES, NO, NO, NO]


def test_p2_p4_what_is_not_put_depends_on_the_question_alone(strict: World, tmp_path: Path) -> None:
    """Two registers that share nobody give one answer to every question without a certificate."""
    empty = tmp_path / "other"
    empty.mkdir()
    other = World(empty, [person("x1", "Somebody", "Else", "77 Other Ave")], seed="other")
    other.amend("certificate: not_required", "certificate: required")
    for each in (strict, other):
        certify(each, "birth")
    given = [
        [row for row in each.answer(ASKED) if row["answer"] == "not_compared"]
        for each in (strict, other)
    ]
    assert given[0] == given[1] != []


def test_an_answer_cites_the_certificates_and_the_ledger_commits_to_it(strict: World) -> None:
    digest = certificate_digest(certify(strict, "birth"))
    strict.answer(ASKED)
    assert payload(strict)["certificates"] == {
        "birth": {"certificate": digest, "limit": 10_000_000}
    }
    statements = verify_answer(
        strict.directory / "answers.jsonl", str(strict.office.holder_key), NOW.date()
    )
    assert f"certified birth to 1.0e-05 by {digest}." in statements[5].text
    entries = [entry for entry in strict.entries() if entry["kind"] == "certificate"]
    assert [(entry["certificate"], entry["scope"]) for entry in entries] == [(digest, "birth")]


def test_a_certificate_looser_than_the_agreement_covers_nothing(
    strict: World, opened: list[str]
) -> None:
    certify(strict, "birth", limit=10_000_001)
    assert told(strict.answer(ASKED))[0] == UNCERTIFIED
    assert (opened, payload(strict)["certificates"]) == ([], {})


def test_a_certificate_of_another_snapshot_does_not_count(strict: World, opened: list[str]) -> None:
    certify(strict, "birth")
    strict.build(
        [person("r1", "Marisol", "Quintanilla", "1847 Heron Lake Rd", date_of_birth="1981-05-29")]
    )
    assert told(strict.answer(ASKED))[0] == UNCERTIFIED
    assert opened == []


@pytest.mark.parametrize("required", [True, False])
@pytest.mark.parametrize(
    ("hand", "code"),
    [
        ("delete", "certificate_missing"),
        ("swap", "certificate_not_verified"),
        ("older", "certificate_missing"),
    ],
)
def test_a_certificate_that_was_deleted_or_swapped_stops_and_opens_nothing(
    world: World, opened: list[str], required: bool, hand: str, code: str
) -> None:
    """Whether certificates are required or not: the threshold never falls back."""
    if required:
        world.amend("certificate: not_required", "certificate: required")
    looser = certificate_files(world, certificate_digest(certify(world, "birth", threshold=600)))
    stricter = certificate_files(world, certificate_digest(certify(world, "birth", threshold=5000)))
    for old, new in zip(looser, stricter, strict=True):
        new.unlink()
        if hand == "swap":
            shutil.copy(old, new)
    if hand == "delete":
        for path in looser:
            path.unlink()
    batch = world.receive(world.requests(ASKED))
    with pytest.raises(CounterfoilError) as raised:
        client.determine(world.office, batch)
    assert raised.value.code == code
    assert (
        opened,
        world.kinds().count("opening"),
        disclosure.batch_statuses(world.office, NOBODY)[-1].state,
    ) == ([], 0, "gated")


def certificate_files(world: World, digest: str) -> list[Path]:
    return [
        next(world.office.register_directory.glob(f"0*/certificate-*-{digest[7:19]}.{suffix}"))
        for suffix in ("json", "sig")
    ]


class Stopped(BaseException):
    """Ctrl-C."""


def test_p7_a_batch_begun_under_a_certificate_is_finished_under_it(
    strict: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever was certified, or lost, meanwhile."""
    first = certify(strict, "birth")
    batch = strict.receive(strict.requests(ASKED))

    def stopped(*_: object) -> None:
        raise Stopped

    with monkeypatch.context() as patched:
        patched.setattr(deciding, "decide_rows", stopped)
        with pytest.raises(Stopped):
            client.determine(strict.office, batch)
    certify(strict, "birth", threshold=5000)
    certify(strict, "names", threshold=600)
    certificate_files(strict, certificate_digest(first))[0].unlink()
    client.determine(strict.office, batch)
    client.review(strict.office, batch, strict.officer("a"))
    client.release(strict.office, batch, strict.officer("b"), strict.directory / "answers.jsonl")
    rows = [
        json.loads(line) for line in (strict.directory / "answers.jsonl").read_text().splitlines()
    ]
    assert told(rows) == WITH_BIRTH
    assert payload(strict)["certificates"]["birth"]["certificate"] == certificate_digest(first)
    assert payload(strict)["certificates"].keys() == {"birth"}


def test_p7_the_same_file_under_the_same_certificates_gives_the_same_bytes(
    strict: World, tmp_path: Path
) -> None:
    certify(strict, "birth")
    copied = tmp_path / "copy"
    copied.mkdir()
    other = World(copied, template=strict.directory, seed="another")
    for each in (strict, other):
        each.answer(ASKED)
    certify(strict, "birth", threshold=5000)
    batch = disclosure.batch_statuses(strict.office, NOBODY)[-1].batch
    client.release(strict.office, batch, strict.officer("b"), strict.directory / "again.jsonl")
    [first, second, again] = [
        path.read_bytes()
        for path in (
            strict.directory / "answers.jsonl",
            other.directory / "answers.jsonl",
            strict.directory / "again.jsonl",
        )
    ]
    assert first == second == again
    assert (strict.directory / "again.jsonl.jws").read_bytes() == (
        strict.directory / "answers.jsonl.jws"
    ).read_bytes()
    assert payload(strict)["certificates"] == payload(other)["certificates"] != {}
