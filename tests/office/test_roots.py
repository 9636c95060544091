"""The parties' signatures cover the law files in use and the roots of trust: an office that has
others does not open, and enrolls nobody else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from counterfoil.core.bounded_yaml import write_yaml
from counterfoil.core.errors import SettingsFault, StateFault
from counterfoil.core.use_cases import NOBODY, SERVICE
from counterfoil.core.values import Officer
from counterfoil.gate.law.clauses import clauses_of
from counterfoil.gate.law.load import LAW_PARTS
from counterfoil.office.create import make_officer
from counterfoil.office.officers import EnrollOfficer, enroll_officer
from counterfoil.office.roots import office_roots
from tests.cli.desk import command
from tests.world.office import World


@pytest.fixture
def rooted(world: World) -> World:
    """An office whose agreement has its roots."""
    agreement = world.path / "law" / "agreement.yaml"
    roots = {"roots": office_roots(world.office, NOBODY)}
    agreement.write_text(agreement.read_text() + write_yaml(roots))
    world.office.store.close()
    world.office = world.opened()
    return world


def opened_code(world: World) -> str:
    with pytest.raises(SettingsFault) as fault:
        world.opened()
    assert fault.value.cure
    return fault.value.code


def test_an_office_that_is_what_was_signed_answers(rooted: World) -> None:
    assert rooted.answer()


def test_what_is_printed_is_what_the_agreement_has(rooted: World) -> None:
    shown = json.loads(command("office", "roots", rooted.path, "--json").out)
    assert shown["roots"] == office_roots(rooted.office, NOBODY)


def test_a_law_file_that_was_edited_since_is_no_law_of_the_agreement(rooted: World) -> None:
    """A file of each folder, whatever was edited in it."""
    assert rooted.office.law.agreement.roots is not None
    of_folder = {path.partition("/")[0]: path for path in rooted.office.law.agreement.roots.law}
    assert of_folder.keys() == set(LAW_PARTS)
    for path in map(rooted.path.joinpath("law").joinpath, of_folder.values()):
        text = path.read_text(encoding="utf-8")
        path.write_text(text + "\n# edited\n", encoding="utf-8")
        assert opened_code(rooted) == "law_not_signed"
        path.write_text(text, encoding="utf-8")
    rooted.opened().store.close()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('name = "counterfoil.example/world"', 'name = "counterfoil.example/other"'),
        ('witnesses = ""', 'witnesses = "policy"'),
    ],
)
def test_another_ledger_or_other_witnesses_than_were_signed_do_not_open(
    rooted: World, old: str, new: str
) -> None:
    settings = rooted.path / "office.toml"
    text = settings.read_text()
    assert old in text
    settings.write_text(text.replace(old, new))
    assert opened_code(rooted) == "office_roots"


def test_another_holders_key_or_a_smaller_sample_does_not_open(rooted: World) -> None:
    key = rooted.path / "keys" / "holder.vkey"
    before = key.read_text()
    made = make_officer(rooted.directory, "holder", None, rooted.office.random)
    key.write_text(f"{made.vkey}\n")
    assert opened_code(rooted) == "office_roots"
    key.write_text(before)
    agreement = rooted.path / "law" / "agreement.yaml"
    agreement.write_text(agreement.read_text().replace("sample_rows: 0", "sample_rows: 5"))
    assert opened_code(rooted) == "office_roots"


def test_the_office_enrolls_no_other_first_officer(rooted: World, tmp_path: Path) -> None:
    other = make_officer(tmp_path, "eve", None, rooted.office.random)
    with pytest.raises(StateFault) as fault:
        enroll_officer(rooted.office, SERVICE, EnrollOfficer(Officer("eve", other.vkey)))
    assert fault.value.code == "officer_not_agreed"
    assert "eve" not in {each["key"] for each in rooted.entries() if each["kind"] == "key"}


def test_an_agreement_without_roots_has_the_digest_that_it_had(world: World) -> None:
    """The field is left out of what is signed where it is not there."""
    assert world.office.law.agreement.roots is None
    assert not [each for each in clauses_of(world.office.law.agreement) if "roots" in each.path]
