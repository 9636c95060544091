"""What is told to be plainly in order is what every check admits: names, addresses and reasons of
the law's own words, and of words that are nearly theirs."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from counterfoil.core.values import Address, Person
from counterfoil.gate.checks.inputs import MET, CheckInput, RequestReader
from counterfoil.gate.checks.memo import ALONE, PARTS, Part
from counterfoil.gate.checks.reason_words import plain_reasons
from counterfoil.gate.checks.table import REQUEST_CHECKS
from counterfoil.gate.history.fingerprints import forms_of
from counterfoil.gate.history.uses import ONCE
from tests.gate.world import NO_HISTORY, ON, REQUEST, changed, facts_of, sandbox

TERMS = sandbox().terms
READER = RequestReader(TERMS.rules.periods, facts_of(REQUEST), NO_HISTORY, ON, TERMS.edition)
REASONED, NAMED, HOUSED = PARTS[4], PARTS[5], PARTS[6]


def _split(text: str) -> list[str]:
    return text.split()


NAME_WORDS = st.one_of(
    st.sampled_from(
        _split(
            "Rosalind Quill Aaron Llllll Papapa Qwerty Asd Trevor Stuart Fnu Unknown Doe John Given "
            "Known First Last Foo Bar Nobody Estate Trust Child Or Y Et Ux Mr Jr Md Lee Ng O "
            "Nornornor Trendrorbor XXX VV IVIary Tbd Ward"
        )
    ),
    st.sampled_from(sorted(TERMS.placeholders)),
    st.sampled_from(sorted(TERMS.taxpayer.heads)),
    st.sampled_from(sorted(TERMS.wordings.no_names)),
    st.sampled_from(sorted(TERMS.wordings.names_too)),
    st.text("abcdxyz", min_size=1, max_size=9),
    st.sampled_from(
        ["Jos\u00e9", "\u041a\u043e", "de la Cruz", "O'Brien", "Anne-Marie", "", "\u00df"]
    ),
)
NAMES = st.builds(
    Person,
    given_name=NAME_WORDS,
    middle_name=st.sampled_from(["", "", "B", "L", "E", "Y", "1", "Or", "\u0415"]),
    family_name=NAME_WORDS,
    suffix=st.sampled_from(["", "", "Jr", "x"]),
)
LINE_WORDS = st.one_of(
    st.sampled_from(
        _split(
            "12 1111 55555 12345 98001 0 00 Elm Oak Jail St Rd Ave Way N S E NA N/A Apt Unit 4B "
            "Cell Pod Inmt Bunk Doc Reg No A Housing Unit Tier "
            "c/o Warden 12345-678 Unknown UNKNOVVN Homeless No Fixed Tbd l o c e Po Box 9 Xx "
            "County Ja1l "
            "Anytown WA At Large"
        )
    ),
    st.sampled_from(sorted(TERMS.custodial_words.starts | TERMS.placeholder_phrases.starts)),
)
LINES = st.lists(LINE_WORDS, max_size=5).map(" ".join)
HOUSE_LINES = st.builds("{} {} St".format, st.sampled_from(["12", "55555", "2983"]), LINES)
HOMES = st.builds(
    Address,
    line1=st.one_of(HOUSE_LINES, LINES),
    line2=st.one_of(st.just(""), st.builds("Apt {}".format, LINE_WORDS), LINES),
    city=st.sampled_from(
        [
            "Anytown",
            "Anytown",
            "X",
            "Tbd",
            "Jail City",
            "Jail Hill",
            "Anycity",
            "City Name",
            "WA",
            "DOC",
            "Y",
            "1",
            "",
        ]
    ),
    state=st.sampled_from(["WA", "WA", "AK", "FL"]),
    zip=st.sampled_from(["98001", "98001", "99999", "00000", ""]),
)
SCREENS = (*TERMS.other_purposes.values(), TERMS.forfeiture, TERMS.missing_child, TERMS.pending)
WRITTEN = [
    phrase.strip()
    for screen in (
        *TERMS.other_purposes.values(),
        TERMS.forfeiture,
        TERMS.pending,
        TERMS.purposes.watched,
    )
    for group in screen.phrases.values()
    for phrase in group
]
NEEDED = sorted(
    word
    for patterns in TERMS.purposes.others.values()
    for _, pattern in patterns
    for needs in pattern.needs
    for word in needs
)
REASONS = st.lists(
    st.one_of(
        st.sampled_from(sorted(TERMS.purposes.bearing)),
        st.sampled_from(WRITTEN),
        st.sampled_from(WRITTEN).map(lambda phrase: phrase.replace(" ", "")),
        st.sampled_from(WRITTEN).map(lambda phrase: f"{phrase[:3]} {phrase[3:]}"),
        st.sampled_from(NEEDED),
        st.sampled_from(_split("harbor ferry willful evidence a r e s t of the 17 2024 I-205 x9")),
    ),
    max_size=9,
).map(" ".join)


def _asked(**fields: object) -> CheckInput:
    request = changed(REQUEST, **fields)
    return READER.read(request, forms_of([request])[0], ONCE)


def _failing(part: Part, inputs: CheckInput) -> list[str]:
    return [
        check for check in sorted(part.checks) if REQUEST_CHECKS[check](inputs, TERMS) is not MET
    ]


@settings(max_examples=1500)
@given(NAMES)
def test_a_plain_name_is_one_that_every_check_admits(person: Person) -> None:
    inputs = _asked(person=person)
    assert NAMED.of(TERMS)(inputs) is ALONE or not _failing(NAMED, inputs)


@settings(max_examples=1500)
@given(HOMES)
def test_a_plain_address_is_one_that_every_check_admits(address: Address) -> None:
    inputs = _asked(address=address)
    assert HOUSED.of(TERMS)(inputs) is ALONE or not _failing(HOUSED, inputs)


def test_most_names_and_addresses_are_plain() -> None:
    thing = [part.of(TERMS)(_asked()) for part in (NAMED, HOUSED)]
    assert ALONE not in thing


@settings(max_examples=800)
@given(REASONS)
def test_a_reason_is_plain_by_what_is_left_of_it_or_by_all_its_words(reason: str) -> None:
    """What is remembered of the reasons before it decides nothing of this one."""
    words = _asked(reason=reason).reason_words
    is_plain = not any(screen.hits(words) for screen in SCREENS)
    assert plain_reasons(TERMS)(words) == (is_plain and _no_pattern_can_match(words))


def _no_pattern_can_match(words: list[str]) -> bool:
    own = frozenset(words)
    candidates = [
        pattern
        for word in own & TERMS.purposes.others.keys()
        for _, pattern in TERMS.purposes.others[word]
        if not any(map(own.isdisjoint, pattern.needs))
    ]
    return not candidates and not TERMS.purposes.watched.hits(words)


@settings(max_examples=600)
@given(st.lists(REASONS, min_size=2, max_size=4))
def test_reasons_of_one_thing_are_judged_alike(reasons: list[str]) -> None:
    found: dict[object, list[str]] = {}
    for reason in reasons:
        inputs = _asked(reason=reason)
        thing = REASONED.of(TERMS)(inputs)
        if thing is not ALONE:
            failing = _failing(REASONED, inputs)
            assert found.setdefault(thing, failing) == failing
