"""A ZIP is of its state, by its first three digits: every state has some, and none is two states'
but where islands share it."""

from __future__ import annotations

import pytest

from counterfoil.normalize.places import STATES_OF_PREFIX, is_zip_of_state
from counterfoil.normalize.tables import STATE_CODES

CAPITALS = """
    AL 36104; AK 99801; AZ 85001; AR 72201; CA 95814; CO 80202; CT 06103; DE 19901; DC 20001;
    FL 32301; GA 30303; HI 96813; ID 83702; IL 62701; IN 46225; IA 50309; KS 66603; KY 40601;
    LA 70802; ME 04330; MD 21401; MA 02201; MI 48933; MN 55102; MS 39205; MO 65101; MT 59623;
    NE 68502; NV 89701; NH 03301; NJ 08608; NM 87501; NY 12207; NC 27601; ND 58501; OH 43215;
    OK 73102; OR 97301; PA 17101; RI 02903; SC 29217; SD 57501; TN 37219; TX 78701; UT 84111;
    VT 05602; VA 23219; WA 98507; WV 25301; WI 53703; WY 82001; PR 00901; VI 00802; GU 96910;
    AS 96799; MP 96950; PW 96940; FM 96941; MH 96960; AA 34001; AE 09012; AP 96278
"""


@pytest.mark.parametrize("row", CAPITALS.split(";"))
def test_the_zip_of_a_capital_is_of_its_state_and_of_no_other(row: str) -> None:
    state, zip5 = row.split()
    assert is_zip_of_state(zip5, state)
    islands = {"GU", "AS", "MP", "PW", "FM", "MH", "HI"}
    others = {other for other in STATE_CODES if other != state and is_zip_of_state(zip5, other)}
    assert others <= (islands if state in islands else set())


def test_every_state_that_an_address_may_name_has_zips() -> None:
    assert {state for states in STATES_OF_PREFIX.values() for state in states} == {*STATE_CODES}


def test_states_whose_zips_begin_with_0_are_those_that_a_spreadsheet_spoils() -> None:
    zero = {
        state for prefix, states in STATES_OF_PREFIX.items() if prefix[0] == "0" for state in states
    }
    # 005 is one office of New York's.
    assert zero == {"CT", "MA", "ME", "NH", "NJ", "RI", "VT", "PR", "VI", "AE", "NY"}


@pytest.mark.parametrize("zip5", ["00000", "00123", "26900", "34300", "99999"])
def test_a_prefix_that_is_nobodys_is_of_no_state(zip5: str) -> None:
    assert not is_zip_of_state(zip5, "WA")


def test_a_few_offices_are_of_another_state_than_their_neighbors() -> None:
    assert is_zip_of_state("06390", "NY")
    assert is_zip_of_state("83414", "WY")
    assert not is_zip_of_state("06391", "NY")
    assert not is_zip_of_state("83415", "WY")
    assert is_zip_of_state("56901", "DC")
    assert not is_zip_of_state("99999", "WA")
