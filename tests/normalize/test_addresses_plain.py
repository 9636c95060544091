"""The fast path gives exactly the full reading's form."""

from hypothesis import given, settings
from hypothesis import strategies as st

from counterfoil.core.values import Address
from counterfoil.normalize import tables
from counterfoil.normalize.addresses import normalize_address, read_in_full
from counterfoil.normalize.places import Place, read_place
from counterfoil.normalize.plain_address import read_plain_address

PLACE = Place("SEATTLE", "WA", "98103")
NAMES = [
    "main",
    "oak",
    "lake",
    "view",
    "interlake",
    "washington",
    "martin",
    "luther",
    "king",
    "la",
    "brea",
    "el",
    "camino",
    "real",
    "van",
    "dyke",
    "o",
    "brien",
    "park",
    "hill",
    "creek",
    "saint",
    "st",
    "mount",
    "mt",
    "first",
    "fifth",
    "5th",
    "21st",
    "145th",
    "3rd",
    "12",
    "twenty",
    "avenue",
    "county",
    "state",
    "north",
    "ne",
    "a",
    "b",
    "front",
    "rear",
    "upper",
    "side",
    "meadow",
    "mdws",
    "brk",
    "vw",
    "old",
    "highway",
    "hwy",
    "box",
    "star",
    "rural",
    "general",
    "post",
    "unit",
    "floor",
    "penthouse",
    "loop",
    "route",
    "calle",
    "via",
    "no",
    "number",
]
TABLES = sorted(
    {
        *tables.SUFFIXES,
        *tables.DIRECTIONALS,
        *tables.DESIGNATORS,
        *tables.STANDALONE,
        *tables.ORDINALS,
    }
)
WORD = st.one_of(
    st.sampled_from(NAMES),
    st.sampled_from(TABLES),
    st.sampled_from(["ave", "st", "rd", "dr", "n", "se"]),
)
SECOND = st.sampled_from(
    [
        "",
        "apt 4",
        "unit 12",
        "4",
        "fl 3",
        "apt 4b",
        "ste 007",
        "basement",
        "# 4",
        "box 4",
        "bldg 2",
        "apt",
        "pmb 9",
    ]
)


@settings(max_examples=2000)
@given(st.integers(0, 99999), st.lists(WORD, min_size=1, max_size=6), SECOND)
def test_the_plain_shape_is_read_alike_by_both_readings(
    number: int, words: list[str], second: str
) -> None:
    address = Address(f"{number} {' '.join(words)}", second, "Seattle", "WA", "98103")
    inline = Address(f"{address.line1} {second}", "", "Seattle", "WA", "98103")
    for written in (address, inline):
        plain = read_plain_address(written, PLACE)
        assert plain is None or plain == read_in_full(written, PLACE)


@given(
    st.integers(1, 99999),
    st.sampled_from(["Oak", "La Brea", "5th", "Heron Lake Park"]),
    st.sampled_from(["St", "Avenue", "Blvd"]),
)
def test_ordinary_lines_take_the_fast_path(number: int, name: str, suffix: str) -> None:
    address = Address(f"{number} N {name} {suffix}", "Apt 4", "Seattle", "WA", "98103")
    assert read_plain_address(address, PLACE) == normalize_address(address)


def test_a_place_is_read_the_same_on_both_paths() -> None:
    assert (
        read_place("Seattle", "WA", "98103")
        == read_place(" seattle. ", "wa", "98103-0000")
        == PLACE
    )
