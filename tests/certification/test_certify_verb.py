"""`counterfoil register certify` from the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from counterfoil.certification.decoys import KINDS
from counterfoil.cli.app import run
from tests.certification.test_run import people
from tests.world.office import World, closing
from tests.world.people import request


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("certify-verb")
    with closing(World(directory, people(), seed="certify-verb")):
        return directory


@pytest.fixture
def agency(tmp_path: Path, made: Path) -> Iterator[World]:
    with closing(World(tmp_path, template=made)) as world:
        world.amend("birth: 0.00001", "birth: 0.03")  # what a few hundred decoys can show
        yield world


def certify(world: World, *options: str) -> int:
    fixed = [
        "--office",
        str(world.path),
        "--source",
        str(world.directory / "source.csv"),
        "--jobs",
        "1",
        "--per-class",
        "400",
    ]
    return run(["register", "certify", *fixed, *options])


def test_a_certificate_is_told_in_words(agency: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert certify(agency, "--ask", "birth", "--limit", "0.03") == 0
    told = capsys.readouterr().out
    assert all(
        word in told for word in ("is certified at", "withheld", "Not covered", "Highest bound")
    )


def test_a_certificate_is_told_as_json(agency: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert certify(agency, "--ask", "birth", "--limit", "0.03", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["asks"], told["limit"], told["digest"][:7]) == ("birth", 30_000_000_000, "sha256:")


def test_the_limit_is_the_agreements_for_the_scope_unless_a_stricter_one_is_given(
    agency: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert certify(agency, "--ask", "birth", "--json") == 0
    assert json.loads(capsys.readouterr().out)["limit"] == 30_000_000_000
    assert certify(agency, "--ask", "birth", "--limit", "0.02", "--json") == 0
    assert json.loads(capsys.readouterr().out)["limit"] == 20_000_000_000


@pytest.mark.parametrize(("ask", "limit"), [("birth", "0.030001"), ("names", "0.03")])
def test_a_limit_looser_than_the_agreements_is_refused(
    agency: World, capsys: pytest.CaptureFixture[str], ask: str, limit: str
) -> None:
    assert certify(agency, "--ask", ask, "--limit", limit) == 2
    assert "limit_looser" in capsys.readouterr().err


def test_a_refusal_fails_with_its_code_and_writes_curve_and_picture(
    agency: World, capsys: pytest.CaptureFixture[str]
) -> None:
    curve, svg = agency.directory / "curve.csv", agency.directory / "picture.svg"
    assert certify(agency, "--limit", "1e-9", "--curve", str(curve), "--svg", str(svg)) == 1
    told = capsys.readouterr()
    assert "certify_limit_not_met" in told.err
    assert curve.read_text().startswith("threshold_bits,own_people_as_held,withheld_asked")
    assert "Not certified" in svg.read_text()


def test_a_mix_weights_the_bound(agency: World, capsys: pytest.CaptureFixture[str]) -> None:
    mix = agency.directory / "mix.json"
    mix.write_text('{"withheld": 3, "former": 1}')
    assert certify(agency, "--ask", "birth", "--limit", "0.03", "--mix", str(mix), "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["mix"]["withheld"], told["mix"]["sibling"], told["mix_said"]) == (
        750_000,
        0,
        "given by the holder",
    )


def test_the_mix_of_the_offices_own_negatives_needs_some(
    agency: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert certify(agency, "--ask", "birth", "--limit", "0.03", "--mix-of-history") == 1
    assert "mix_no_history" in capsys.readouterr().err
    agency.answer([request(1, "Leopold", "Winterbourne", "9999 Heron Lake Rd")])
    assert certify(agency, "--ask", "birth", "--limit", "0.03", "--mix-of-history", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["mix_said"] == "the nearest kinds of 1 real negatives of 1 batches"
    assert told["mix"]["next_number"] == told["mix"]["former"] == 333_333


def test_two_mixes_are_refused(agency: World) -> None:
    mix = agency.directory / "mix.json"
    mix.write_text('{"withheld": 1}')
    assert certify(agency, "--mix", str(mix), "--mix-of-history") == 2


def test_kinds_that_are_left_out_are_named(
    agency: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        certify(agency, "--ask", "birth", "--limit", "0.03", "--without", "other_zip, former") == 0
    )
    told = capsys.readouterr().out
    assert "Decoys of the kind other_zip: none was asked." in told
    assert "Decoys of the kind former: none was asked." in told


@pytest.mark.parametrize("kinds", ["gremlins", "withheld,gremlins", ",".join(KINDS)])
def test_kinds_that_cannot_be_left_out_are_refused(agency: World, kinds: str) -> None:
    assert certify(agency, "--without", kinds) == 2


@pytest.mark.parametrize(
    "mix",
    [
        "[]",
        '{"gremlins": 1}',
        '{"withheld": -1, "former": 2}',
        '{"withheld": 0}',
        '{"withheld": 0.5}',
        "{}",
    ],
)
def test_a_mix_that_is_none_is_refused(
    agency: World, capsys: pytest.CaptureFixture[str], mix: str
) -> None:
    path = agency.directory / "mix.json"
    path.write_text(mix)
    assert certify(agency, "--mix", str(path)) == 1
    assert "mix_invalid" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--limit", "0"], "limit_invalid"),
        (["--limit", "2"], "limit_invalid"),
        (["--ask", "shoe-size"], "ask_invalid"),
        (["--seed", "abc"], "seed_invalid"),
    ],
)
def test_a_call_that_cannot_be_meant_is_a_usage_fault(
    agency: World, capsys: pytest.CaptureFixture[str], options: list[str], code: str
) -> None:
    assert certify(agency, *options) == 2
    assert code in capsys.readouterr().err


def test_a_picture_that_cannot_be_written_is_told(
    agency: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        certify(
            agency,
            "--ask",
            "birth",
            "--limit",
            "0.03",
            "--svg",
            str(agency.directory / "none" / "p.svg"),
        )
        == 2
    )
    assert "out_folder" in capsys.readouterr().err
