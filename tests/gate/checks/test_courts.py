"""The usual ways to write a district court on an order are one court; what is no district court
stays none."""

from __future__ import annotations

import pytest

from counterfoil.gate.checks.document import court_in_short
from counterfoil.gate.law.compiled import fold_court

DISTRICTS = {"western district of washington", "w d wash", "district of oregon", "s d n y"}
WESTERN = "united states district court for the western district of washington"


@pytest.mark.parametrize(
    ("written", "short"),
    [
        ("The United States District Court for the Western District of Washington", WESTERN),
        ("U.S. Dist. Ct., Western District of Washington", WESTERN),
        ("USDC, W.D. Wash.", "united states district court for the w d wash"),
        ("USDC SDNY", "united states district court for the s d n y"),
        ("United States District Court, Western District of Washington at Seattle", WESTERN),
        ("US District Court for the Western District of Washington, Seattle Division", WESTERN),
    ],
)
def test_a_district_court_is_read_in_its_usual_forms(written: str, short: str) -> None:
    assert court_in_short(fold_court(written), DISTRICTS.__contains__) == short


@pytest.mark.parametrize(
    "written",
    [
        "United States District Court for the Western District of Washington, Bankruptcy Division",
        "United States District Court for the Western District of Washington at the Clerk's Office",
        "United States District Court, Seattle Division",
        "District Court of King County, Western Division",
        "Office of the Clerk, W.D. Wash.",
    ],
)
def test_what_is_no_district_court_does_not_become_one(written: str) -> None:
    found = court_in_short(fold_court(written), DISTRICTS.__contains__)
    assert found.removeprefix("united states district court for the ") not in DISTRICTS
