"""Lawful requests that the keys refuse: who is asked about is the same every time and is admitted,
and what the keys alone refuse is found beside an exact count."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest
from bench.overcount import ExactCount, Measured, People, decide, lifted_law, measure, page

from bench import overcount
from counterfoil.demo.sample import Row
from tests.house.tree import ROOT

SAMPLE = Path(os.environ.get("COUNTERFOIL_SAMPLE", ROOT / "data" / "pseudopeople"))
ROWS = 300


def test_three_hundred_lawful_requests_are_admitted() -> None:
    found = measure(ROWS, SAMPLE, 0)
    assert (found.rows, found.refused_rows, found.alone_rows) == (ROWS, 0, 0)


def test_requests_are_the_same_every_time_and_some_state_no_date_of_birth() -> None:
    one, two = (list(People(SAMPLE, 7, 0.5).rows(ROWS)) for _ in range(2))
    assert one == two
    assert 100 < sum(not row["date_of_birth"] for row in one) < 200
    assert len({row["investigation_number"] for row in one}) == ROWS


def _asked(names: list[str], lines: list[str]) -> list[Row]:
    """Requests without a date of birth for these given names at these homes."""
    rows = list(People(SAMPLE, 7, 1).rows(len(names)))
    changes = zip(names, lines, strict=True)
    who = {"family_name": "Quintanilla", "middle_name": "", "city": "Anytown", "state": "WA"}
    return [
        row | who | {"given_name": name, "line1": line, "line2": "", "zip": "98101"}
        for row, (name, line) in zip(rows, changes, strict=True)
    ]


@pytest.mark.parametrize(
    ("names", "by_exact_count"),
    [(["William"] * 4, True), (["Catherine", "Katherine", "Catharine", "Katharine"], False)],
)
def test_what_is_one_name_is_refused_by_both_counts_and_what_is_alike_by_the_keys_alone(
    names: list[str], by_exact_count: bool, tmp_path: Path
) -> None:
    law = lifted_law(tmp_path)
    lines = ["12 Elm St", "340 Quarry Ln", "5601 Heron Rd", "78 Juniper Ct"]
    file = decide(_asked(names, lines), law)
    exact, guards = ExactCount(file), law.agreement.limits.guards
    assert all("guard-addresses" in asked.refused_by for asked in file)
    assert [exact.refuses(asked, "guard-addresses", guards) for asked in file] == [
        by_exact_count
    ] * len(names)


def test_the_page_states_rows_shares_and_kinds() -> None:
    alone = Counter({"guard-people": 1})
    one = Measured(20_000, Counter({"guard-people": 3}), alone, Counter({"a kind": 1}), 3, 1)
    none = Measured(20_000, Counter(), Counter(), Counter(), 0, 0)
    said = page([one, none])
    assert "| **by the keys alone** | **1** | **0.50** |" in said
    assert "| `guard-people` | 3 | 1 |" in said
    assert said.count("\n## ") == len(overcount.FILES)
