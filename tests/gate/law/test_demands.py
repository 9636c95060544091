"""Which checks each kind of route demands: as the documentation lists it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from counterfoil.gate.law.demands import DEMANDS, EVERY_ROUTE, demanded_of
from counterfoil.gate.law.route import RouteKind

PAGE = Path(__file__).parents[3] / "docs" / "formats" / "law.md"
KINDS: list[RouteKind] = ["written-request", "court-order", "consent"]


def test_the_page_lists_every_check_with_its_routes() -> None:
    table = PAGE.read_text(encoding="utf-8").partition("## Checks")[2].partition("\n## ")[0]
    listed: dict[str, frozenset[str]] = {}
    for kinds, checks in re.findall(r"^\| ([^|]*) \| ([^|]*`) \|$", table, flags=re.MULTILINE):
        named = EVERY_ROUTE if kinds == "all three" else frozenset(re.findall(r"`(.*?)`", kinds))
        listed |= dict.fromkeys(re.findall(r"`(\w+)`", checks), named)
    assert listed == DEMANDS


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_demands_what_names_it(kind: RouteKind) -> None:
    assert demanded_of(kind) == {check for check in DEMANDS if kind in DEMANDS[check]}
    assert "law_is_in_force" in demanded_of(kind)
