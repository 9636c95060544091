"""Who was answered about a person is informed when the person's record was corrected, by a notice
that holds nothing of the record; who learned of no record is not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from counterfoil.accountability.accounting import corrections
from counterfoil.client import act
from counterfoil.controls.duties import service as duties
from counterfoil.core.errors import InputFault, UsageFault, VerifyFault
from counterfoil.core.use_cases import NOBODY, Upload
from counterfoil.requester.notice import check_notice
from tests.accountability.evidence.bundles import released
from tests.world.acts import dispose, order
from tests.world.looks import asking
from tests.world.office import NOW, World, closing

TODAY = date(2026, 5, 4)


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory, world_template: Path) -> Path:
    """An office that released the answers to all requests."""
    folder = tmp_path_factory.mktemp("answered")
    with closing(World(folder, template=world_template)) as world:
        (folder / "batch").write_text(released(world))
    return folder


@pytest.fixture
def world(tmp_path: Path, answered: Path) -> Iterator[World]:
    with closing(World(tmp_path, template=answered, seed="corrected")) as made:
        yield made


def correct(
    world: World,
    given: str = "Marisol",
    family: str = "Quintanilla",
    line1: str = "1847 Heron Lake Rd",
    what: corrections.What = "corrected",
    since: date = TODAY,
) -> corrections.Corrected:
    person = asking(world, given, family, line1).person
    paper = Upload(order(world, "made up: correction"))
    command = corrections.CorrectRecord(person, paper, since, what)
    statement = corrections.correct_record_statement
    return act(world.office, statement, corrections.correct_record, command, world.officer("a"))


@pytest.mark.parametrize("what", ["corrected", "disputed"])
def test_the_recipient_of_a_confirmation_has_a_signed_notice_without_any_value(
    world: World, answered: Path, what: corrections.What
) -> None:
    done = correct(world, what=what)
    (notice,) = done.notices
    lines = check_notice(notice.text.encode(), world.office.holder_key)
    assert lines[0] == "counterfoil-correction-1"
    assert {f"batch {(answered / 'batch').read_text()}", "request q1", f"{what} 2026-05-04"} <= {
        *lines
    }
    assert lines[-1] == corrections.TELLS[what]
    for value in ("Marisol", "Quintanilla", "Heron", "confirmed"):
        assert value.casefold() not in notice.text.casefold()


def test_the_correction_is_a_duty_that_two_officers_close(world: World) -> None:
    done = correct(world)
    assert (done.duty.about, done.duty.batch, done.duty.due_on) == ("correction", "", "2026-05-14")
    assert world.kinds()[-2:] == ["inspection", "duty"]
    assert duties.list_duties(world.office, NOBODY).open == (done.duty,)


def test_who_learned_of_no_record_is_not_told_of_one_and_the_ledger_looks_alike(
    world: World,
) -> None:
    before = len(world.entries())
    assert correct(world, line1="6402 Larkspur Way").notices == ()  # not confirmed there
    assert correct(world, "Leopold", "Winterbourne").notices == ()  # somebody else's home
    assert correct(world, "Nobody", "Atall", "1 Nowhere St").notices == ()
    correct(world)
    said = [
        (entry["kind"], sorted(entry.keys() - {"count", "time"}))
        for entry in world.entries()[before:]
    ]
    assert said == said[:2] * 4


def test_an_answer_to_another_spelling_at_the_home_is_found_and_a_namesake_elsewhere_is_not(
    world: World,
) -> None:
    (notice,) = correct(world, "Mar\u00edsol", "QUINTANILLA").notices
    assert "request q1" in notice.text
    assert correct(world, "M", "Quintanilla").notices != ()
    assert correct(world, line1="99 Another St").notices == ()


def test_the_notices_are_made_from_the_accounting_after_the_rows_are_gone(world: World) -> None:
    world.now = NOW.replace(year=2032)
    assert len(dispose(world)) == 1
    (notice,) = correct(world).notices
    assert "request q1" in notice.text


def test_a_notice_that_was_altered_or_is_of_another_kind_is_refused(world: World) -> None:
    (notice,) = correct(world).notices
    for change in (("q1", "q2"), ("counterfoil-correction-1", "counterfoil-correction-2")):
        with pytest.raises(VerifyFault) as fault:
            check_notice(notice.text.replace(*change).encode(), world.office.holder_key)
        assert fault.value.code == "note_signature"
    with world.office.store.reading() as connection:
        checkpoint = world.office.ledger.newest_checkpoint(connection)
    with pytest.raises(VerifyFault) as fault:
        check_notice((checkpoint or "").encode(), world.office.holder_key)
    assert fault.value.code == "notice_format"


def test_what_cannot_be_a_correction_enters_nothing(world: World) -> None:
    before = len(world.entries())
    with pytest.raises(UsageFault) as late:
        correct(world, since=date(2026, 5, 5))
    assert late.value.code == "duty_since"
    with pytest.raises(InputFault) as nobody:
        correct(world, family="")
    assert nobody.value.code == "person_file"
    assert len(world.entries()) == before
