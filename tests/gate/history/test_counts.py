"""What the guards count: who could be confirmed by one question and by another is one person, and
what could be one home is one home; of the file and of the past together."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from counterfoil.core.values import Address, Person, Refusal, Request
from counterfoil.gate import Gate, Law
from counterfoil.gate.history import counts
from counterfoil.gate.history.counts import Counting, Recalled
from counterfoil.gate.history.earlier import Counts, EarlierFingerprinter
from counterfoil.gate.history.fingerprints import Fingerprinter, forms_of
from counterfoil.gate.history.uses import ONCE, Uses
from counterfoil.gate.law.folding import fold_parted_number
from tests.gate.world import (
    KEY,
    NO_HISTORY,
    ON,
    REQUEST,
    amended,
    asked_by,
    changed,
    decided_in,
    facts_of,
    sandbox,
    uses_in,
)

STREETS = ("Elm", "Oak", "Heron", "Cedar", "Birch")
BORN = date(1980, 2, 29)


def _asked(
    given: str = "Rosalind",
    family: str = "Quill",
    line: str = "12 Elm St",
    born: date | None = BORN,
    **fields: object,
) -> Request:
    address = Address(line, "", "Anytown", "WA", "98001")
    return changed(person=Person(given, "", family, "", born), address=address, **fields)


def _uses(*requests: Request) -> list[Uses]:
    return uses_in(*[changed(each, row=row) for row, each in enumerate(requests, 1)])


def _with_past(before: Sequence[Request], *now: Request, enough: int = 1000) -> list[Uses]:
    """The counts of a file, some of which was asked before, as a store recalls it."""
    past, counting = asked_by(*before), Counting(asked_by(*now), enough, KEY)
    wanted, rows = counting.wanted(range(len(now))), range(len(now))
    starts, keys = [0], list(past.keys)
    for sizes in zip(past.homes, past.people, strict=True):
        starts.append(starts[-1] + sum(sizes))
    asked = [
        (key, number, past.asked[number])
        for number in range(len(before))
        for key in keys[starts[number] : starts[number + 1]]
        if key in wanted.keys
    ]
    reasons = Counter(zip(past.similar, past.reasons, strict=True))
    reasons.update(zip(past.merged, past.reasons, strict=True))
    people = Counter(zip(past.investigations, past.owners, strict=True))
    people.update(zip(past.parted, past.owners, strict=True))
    matters = [
        (kind, key, part, times)
        for kind, counted, some in (
            (0, reasons, wanted.similar - {0}),
            (1, people, wanted.investigations - {0}),
        )
        for (key, part), times in counted.items()
        if key in some
    ]
    found = counting.uses(rows, Recalled(asked, matters))
    return [found.get(row, ONCE) for row in rows]


def _failed(law: Law, requests: list[Request]) -> list[set[str]]:
    return [
        {each.element for each in one.failed} if isinstance(one, Refusal) else set()
        for one in decided_in(law, requests)
    ]


def _guards(**limits: int) -> Law:
    return amended({f"limits.guards.{name}": value for name, value in limits.items()})


# -- one person ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "other",
    [
        _asked("3r1c", "4lon5o"),
        _asked("\u00c9ric", "Alonso"),
        _asked("E\u0301ric", "\u200bAlonso"),
        _asked("ERIC", "alonso"),
    ],
)
def test_a_person_written_otherwise_is_the_same_person(other: Request) -> None:
    assert [each.attempts for each in _uses(_asked("Eric", "Alonso"), other)] == [2, 2]


@pytest.mark.parametrize("born", [None, date(1981, 2, 28)])
@pytest.mark.parametrize("family", ["Quill", "X", "Thornquist"])
def test_at_one_home_a_given_name_is_one_person_whatever_date_and_family_name_are_tried(
    born: date | None, family: str
) -> None:
    uses = _uses(_asked(), _asked(family=family, born=born))
    assert [each.attempts for each in uses] == [2, 2]


def test_another_given_name_at_the_home_is_another_person() -> None:
    assert [each.attempts for each in _uses(_asked(), _asked("Bartholomew"))] == [1, 1]


def test_a_person_at_many_homes_is_one_person_at_so_many_addresses() -> None:
    uses = _uses(*[_asked(line=f"{number} Elm St") for number in (11, 12, 13)])
    assert [(each.attempts, each.addresses, each.people) for each in uses] == [(3, 3, 1)] * 3


def test_namesakes_of_another_date_of_birth_elsewhere_are_others() -> None:
    uses = _uses(_asked(line="11 Elm St"), _asked(line="12 Elm St", born=date(1990, 1, 3)))
    assert uses == [_matter(uses[0])] * 2


def _matter(uses: Uses) -> Uses:
    """The counts of the matter alone."""
    return Uses(reasons=uses.reasons, similar=uses.similar, investigated=uses.investigated)


def test_one_date_of_birth_and_given_name_under_many_family_names_is_counted_by_address() -> None:
    names = ("Quill", "Thornquist", "Villanueva", "Okafor")
    asked = [_asked(family=name, line=f"{at} Elm St") for at, name in enumerate(names, 11)]
    assert [each.born_addresses for each in _uses(*asked)] == [4] * 4
    assert [each.attempts for each in _uses(*asked)] == [1] * 4
    undated = [changed(each, person=changed(each.person, date_of_birth=None)) for each in asked]
    assert [each.born_addresses for each in _uses(*undated)] == [1] * 4


# -- one home ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["12 Elm Street", "12 ELM ST.", "12 Elm Ave", "12 Elmm St"])
def test_a_home_spelled_otherwise_is_one_home(line: str) -> None:
    uses = _uses(_asked(), _asked("Bartholomew", line=line))
    assert [each.people for each in uses] == [2, 2]


def test_a_family_that_is_asked_about_again_is_still_one_family() -> None:
    family = [_asked(given) for given in ("Ada", "Bartholomew", "Consuelo")]
    assert [each.people for each in _with_past(family, *family)] == [3] * 3


def test_who_names_nobody_or_no_home_is_not_counted() -> None:
    nobody, nowhere = _asked(given=""), _asked(line="Failed to Provide")
    uses = _uses(nobody, nobody, nowhere, nowhere)
    assert [(each.attempts, each.addresses, each.people) for each in uses] == [
        (1, 1, 1),
        (1, 1, 1),
        (2, 1, 1),
        (2, 1, 1),
    ]


# -- the same request, and its matter ----------------------------------------------------------------------


def test_a_request_that_differs_in_spelling_is_the_same_request() -> None:
    other = _asked("ROSALIND", "quill", "12 ELM STREET", reason=REQUEST.reason.upper())
    assert [each.contents for each in _uses(_asked(), changed(other, request_id="r2"))] == [2, 2]
    assert [each.contents for each in _uses(_asked(), _asked(reason="Another matter."))] == [1, 1]


def test_requests_that_name_nobody_are_known_again_by_their_content() -> None:
    nobody = _asked(given="")
    assert [each.contents for each in _with_past([nobody], nobody, nobody)] == [3, 3]


def test_reasons_and_investigations_are_counted_over_files() -> None:
    before = [_asked("Ada"), _asked("Consuelo", reason=REQUEST.reason + " 17")]
    [uses] = _with_past(before, _asked("Bartholomew"))
    assert (uses.reasons, uses.similar, uses.investigated) == (2, 3, 3)
    [other] = _with_past(before, _asked("Ada", reason="Another matter.", investigation_number="X9"))
    assert (other.reasons, other.similar, other.investigated) == (1, 1, 1)


def test_an_investigation_is_one_however_its_number_is_written() -> None:
    one, two = "HSI-2026-0017", "Inv. H5I 2O26 17"
    rows = [_asked("Ada", investigation_number=one), _asked("Consuelo", investigation_number=two)]
    assert [uses.investigated for uses in _uses(*rows)] == [2, 2]
    assert [uses.investigated for uses in _with_past(rows[:1], rows[1])] == [2]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("HSI-26-17", "HSI-26-0017"),
        ("HSI-26-0017", "HSI260017"),
        ("HSI-26-17", "HSI 26/017"),
        ("25-0417", "25-417"),
        ("0417-25", "417-25"),
        ("2:25-cr-00417", "02:25-CR-417"),
        ("100-01", "100-1"),
        ("H5I-26-OO17", "HSI-26-17"),
        ("Case no. 26-0017", "26-17"),
        ("26-17 (cont.)", "26-017"),
    ],
)
def test_an_investigation_is_one_whatever_zeros_its_groups_have(one: str, two: str) -> None:
    rows = [_asked("Ada", investigation_number=one), _asked("Consuelo", investigation_number=two)]
    assert [uses.investigated for uses in _uses(*rows)] == [2, 2]
    assert [uses.investigated for uses in _with_past(rows[:1], rows[1])] == [2]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("HSI-26-17", "HSI-26-18"),
        ("HSI-26-17", "HSI-27-17"),
        ("25-0417", "25-0471"),
        ("2:25-cr-00417", "3:25-cr-00417"),
        ("HSI-26-170", "HSI-26-017"),
        ("100-10", "100-01"),
    ],
)
def test_investigations_of_other_numbers_are_others(one: str, two: str) -> None:
    rows = [_asked("Ada", investigation_number=one), _asked("Consuelo", investigation_number=two)]
    assert [uses.investigated for uses in _uses(*rows)] == [1, 1]
    assert [uses.investigated for uses in _with_past(rows[:1], rows[1])] == [1]


@given(st.lists(st.text("0123456789", min_size=2, max_size=4), min_size=2, max_size=4), st.data())
def test_numbers_of_one_pattern_stay_as_many_as_they_are(
    groups: list[str], data: DataObject
) -> None:
    others = [data.draw(st.text("0123456789", min_size=len(g), max_size=len(g))) for g in groups]
    one, two = ("X-" + "-".join(each) for each in (groups, others))
    same = fold_parted_number(one) and fold_parted_number(one) == fold_parted_number(two)
    assert not same or one == two


def test_a_reason_with_each_persons_name_put_in_is_similar_over_files() -> None:
    text = "Whether the notice reached {} is what the grand jury asks of the landlord."
    before = [
        _asked("Ada", reason=text.format("Mr. Quill"), investigation_number=f"X{n}")
        for n in range(3)
    ]
    now = _asked("Consuelo", reason=text.format("Consuelo Quill"), investigation_number="X9")
    assert [uses.similar for uses in _with_past(before, now)] == [4]


def test_what_was_kept_under_a_number_as_it_is_written_counts_on() -> None:
    before, now = asked_by(_asked("Ada")), asked_by(_asked("Consuelo"))
    counting, key = Counting(now, 1 << 62, KEY), before.written[0]
    assert key in counting.wanted(range(1)).investigations
    kept = Recalled((), [(1, key, before.owners[0], 1)])
    assert counting.uses(range(1), kept)[0].investigated == 2


# -- the file and the past ---------------------------------------------------------------------------------


@pytest.mark.parametrize("cut", range(6))
def test_file_and_past_are_counted_as_one(cut: int) -> None:
    asked = [
        _asked(given, family, f"{at} Elm St", row=row)
        for row, (given, family, at) in enumerate(
            [
                ("Ada", "Quill", 11),
                ("Ada", "Quill", 12),
                ("Consuelo", "Quill", 11),
                ("Ada", "Quil", 12),
                ("Ada", "Quill", 11),
                ("Ada", "Quill", 11),
            ],
            1,
        )
    ]
    assert _with_past(asked[:cut], *asked[cut:]) == uses_in(*asked)[cut:]


def test_many_who_share_a_key_are_counted_as_few_are(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = random.Random(7)
    asked = [
        _asked(drawn.choice(STREETS), drawn.choice(STREETS), f"{drawn.choice((11, 12))} Elm St")
        for _ in range(60)
    ]
    many = _uses(*asked)
    monkeypatch.setattr(counts, "_FEW", 1 << 30)
    assert many == _uses(*asked)


def test_what_is_over_every_limit_is_only_known_to_be_over() -> None:
    asked = [_asked(row=row, line=f"{10 + row % 50} Elm St") for row in range(200)]
    found = Counting(asked_by(*asked), 20, KEY).uses(range(200))
    assert all(20 < found[row].attempts <= 200 for row in range(200))


def test_whoever_shares_a_key_with_too_many_is_over_every_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(counts, "MOST_COMPARED", 30)
    monkeypatch.setattr(counts, "_FEW", 0)
    names = [f"{a}{b}orquist" for a in "BCDFGHKLM" for b in "aeiouy"]
    asked = [_asked(family=name, line=f"{at} Elm St") for at, name in enumerate(names, 11)]
    found = Counting(asked_by(*asked), 20, KEY).uses(range(len(asked)))
    assert all(found[row].attempts >= 20 for row in range(len(asked)))


def test_what_the_first_version_remembered_counts_on() -> None:
    hashes, again = EarlierFingerprinter(KEY), _asked()
    person, address, content = hashes.asked(again)
    earlier = Counts({person: 5}, {person: {address, 7}}, {address: {person, 8, 9}}, {content: 2})
    rows = Fingerprinter(KEY, earlier=True).fingerprint([again], forms_of([again]))
    [uses] = Counting(rows, 1000, KEY).uses(range(1), Recalled(earlier=earlier)).values()
    assert uses == Uses(attempts=6, addresses=2, people=3, contents=3)


# -- decided -----------------------------------------------------------------------------------------------


def test_every_request_of_a_probe_is_refused_whatever_their_order() -> None:
    law = _guards(addresses_of_person=3)
    requests = [_asked(line=f"{at} Elm St", row=at) for at in (11, 12, 13, 14)]
    shuffled = requests[:]
    random.Random(3).shuffle(shuffled)
    assert _failed(law, requests) == _failed(law, shuffled) == [{"guard-addresses"}] * 4
    assert _failed(law, requests[:3]) == [set()] * 3


def test_name_after_name_at_one_address_is_refused_however_its_street_is_spelled() -> None:
    law = _guards(people_at_address=4)
    lines = ("12 Elm St", "12 Elmm St", "12 Elm Ave", "12 ELM STREET", "12 Elm St")
    names = ("Ada", "Bartholomew", "Consuelo", "Dmitri", "Eustace")
    requests = [_asked(*each, row=1) for each in zip(names, STREETS, lines, strict=True)]
    assert _failed(law, requests) == [{"guard-people"}] * 5
    assert _failed(law, requests[:4]) == [set()] * 4


def test_listed_places_have_limits_of_their_own() -> None:
    limits = {"limits.guards.people_at_address": 2, "limits.guards.addresses_of_person": 1000}
    names = ("Ada", "Bartholomew", "Consuelo", "Dmitri", "Eustace")
    asked = [_asked(given, row=row) for row, given in enumerate(names, 1)]

    def refused(**more: object) -> bool:
        law = sandbox()
        fields = limits | {f"limits.guards.{name}": value for name, value in more.items()}
        lists = changed(law.agreement.lists, shared_places=(SHELTER,))
        agreement = changed(law.agreement, lists=lists)
        listed = amended(fields, changed(law, agreement=agreement))
        return _failed(listed, asked) == [{"guard-people"}] * 5

    assert [refused(people_at_shared_place=None), refused(people_at_shared_place=4)] == [True, True]
    assert not refused(people_at_shared_place=5)


SHELTER = changed(
    sandbox().agreement.lists.custodial_places[0],
    name="A shelter (made up)",
    line1="12 Elm St",
    city="Anytown",
    state="WA",
    zip="98001",
)


def test_a_probe_counts_toward_a_lockout_and_other_refusals_do_not() -> None:
    law = _guards(attempts_on_person=1)
    gate = Gate(law, facts_of(REQUEST), NO_HISTORY, ON)
    assert gate.is_probe(gate.decide(REQUEST, Uses(attempts=2)))
    assert not gate.is_probe(gate.decide(REQUEST))
    assert not gate.is_probe(gate.decide(changed(reason="")))


def test_ten_thousand_made_up_people_pass_the_sandbox_however_often_they_are_sent() -> None:
    guards = sandbox().agreement.limits.guards
    assert guards.requests_per_day >= 100 * 10_000
    assert guards.people_at_address > 150
    assert min(guards.attempts_on_person, guards.same_request, guards.addresses_of_person) >= 1000
