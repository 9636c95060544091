"""The run of August 2025 as reported: refused whole under the limits; without some of them, each
defect by its element."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from counterfoil.core.errors import VerifyFault
from counterfoil.demo.replay import (
    LEAST_ROWS,
    REPORTED_ROWS,
    SHARES,
    STOPPED_BY,
    group_of,
    replay_rows,
)
from counterfoil.demo.replaying import LIFTED, study_agreement, tabulate
from counterfoil.gate import load_law
from counterfoil.office import law_library
from tests.cli.desk import command

ELEMENTS = {element.code: element.id for element in load_law(law_library(), "sandbox").elements}


def test_the_shares_are_those_reported() -> None:
    assert sum(SHARES.values()) == REPORTED_ROWS
    assert SHARES["held"] == 4_594
    assert sum(SHARES[name] for name in ("F1", "F2", "F3", "F4")) == 42_695


def test_a_file_of_any_size_has_about_the_shares() -> None:
    counted = Counter(group_of(number) for number in range(50_000))
    for group, share in SHARES.items():
        expected = share / REPORTED_ROWS * 50_000
        assert abs(counted[group] - expected) < 6 * expected**0.5


def test_a_row_is_the_same_in_a_larger_file() -> None:
    small, large = list(replay_rows(300)), list(replay_rows(900))
    assert large[:300] == small


def test_nobody_asks_twice_and_no_two_reasons_are_alike_but_where_they_are_made_to_be() -> None:
    rows = [each.row for each in replay_rows(5_000) if each.group not in ("F20", "F21", "F1")]
    assert len({row["reason"] for row in rows}) > len(rows) - SHARES["F8"]
    assert len(
        {(row["given_name"], row["family_name"], row["date_of_birth"]) for row in rows}
    ) == len(rows)


def test_the_limits_are_the_agreements_but_for_those_that_are_lifted(tmp_path: Path) -> None:
    limits = []
    for number, lifted in enumerate((False, True)):
        path = tmp_path / f"{number}.yaml"
        path.write_text(study_agreement(lifted=lifted), encoding="utf-8")
        limits.append(load_law(law_library(), path).agreement.limits)
    assert limits[0] == load_law(law_library(), "treasury-dhs-2025").agreement.limits
    assert limits[1].officer_caseload == limits[0].officer_caseload
    assert limits[1].guards.attempts_on_person == limits[0].guards.attempts_on_person
    assert (limits[1].batch_rows, limits[1].guards.requests_per_year) == (999_999_999, 999_999_999)
    assert len(LIFTED) == 4


@pytest.mark.slow
def test_a_small_replay_comes_out_as_each_row_was_made(tmp_path: Path) -> None:
    told = command("replay", "--rows", str(LEAST_ROWS), "--dir", tmp_path / "replay", "--json")
    assert told.code == 0
    found = told.json
    assert found["limited"] == {
        "granted": 0,
        "refused": LEAST_ROWS,
        "whole_file": ["batch-limit", "batch-plausible"],
    }
    outcomes = found["lifted"]["outcomes"]
    assert set(outcomes) == set(SHARES)
    assert all(set(outcomes[group]) == {"refused"} for group in STOPPED_BY)
    in_order = sum(sum(outcomes[group].values()) for group in SHARES if group not in STOPPED_BY)
    assert found["lifted"]["opened"] == in_order
    again = command("replay", "--rows", "10", "--dir", tmp_path / "replay", "--json")
    assert (again.code, again.error) == (2, "replay_small")


def test_the_last_line_is_the_summary_of_any_figures() -> None:
    from counterfoil.cli.oversight.replay import _told

    figures = {
        "rows": 3,
        "seconds": 1.0,
        "limited": {"refused": 3, "whole_file": ["batch-limit"]},
        "lifted": {
            "opened": 2,
            "outcomes": {
                "held": {"confirmed": 1},
                "nobody": {"not_confirmed": 1},
                "F1": {"refused": 1},
            },
            "stopped_by": {},
        },
    }
    last = _told(figures).splitlines()[-1]
    assert last.startswith(
        "replay: 3 asked; limits kept: 3 refused; limits lifted: 1 refused, 1 confirmed of 1 "
        "made to be"
    )


@pytest.mark.parametrize(
    ("group", "answer", "code"),
    [
        ("F7", "confirmed", ""),
        ("F7", "refused", "period_vague"),
        ("held", "refused", "period_vague"),
        ("nobody", "confirmed", ""),
    ],
)
def test_an_answer_that_is_not_what_its_row_was_made_for_is_found(
    tmp_path: Path, group: str, answer: str, code: str
) -> None:
    number = next(number for number in range(REPORTED_ROWS) if group_of(number) == group)
    out, codes = tmp_path / "answers.jsonl", f'"{code}"' if code else ""
    out.write_text(
        f'{{"answer":"{answer}","codes":[{codes}],"request_id":"R{number:07d}"}}\n',
        encoding="utf-8",
    )
    with pytest.raises(VerifyFault) as raised:
        tabulate(out, ELEMENTS)
    assert raised.value.code == "replay_unexpected"


def test_a_folder_that_is_no_replay_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    told = command("replay", "--rows", str(LEAST_ROWS), "--dir", tmp_path, "--json")
    assert (told.code, told.error) == (2, "replay_folder_taken")
    assert (tmp_path / "mine").read_text(encoding="utf-8") == "mine"
