"""What a schema cannot see refuses the law; the fault names element, field and cure."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from counterfoil.core.errors import SettingsFault
from counterfoil.gate.law.demands import SINCE_COMMON_2, SINCE_COMMON_3
from counterfoil.gate.law.route import DatedDays, Route
from counterfoil.gate.law.schema import Span
from counterfoil.gate.law.statute import Element, Statute
from counterfoil.gate.law.validate import (
    check_demands,
    check_entries,
    check_quote,
    check_rules,
    check_within,
)
from tests.gate.world import changed, every_route
from tests.world.faults import expect_fault

FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)
DAY = timedelta(days=1)
LAWS = {law.route.id: law for law in every_route()}
WRITTEN = LAWS["written-request"]
QUOTED = next(element for element in WRITTEN.elements if element.id == "i2-in-writing")
UNQUOTED = next(element for element in WRITTEN.elements if element.id == "removal-order-number")


def _entry(first: date, last: date | None, **fields: object) -> Element:
    return changed(QUOTED, in_force=Span(first, last), **fields)


def _statute(whole: Span, element: Element) -> Statute:
    return changed(WRITTEN.statutes[0], in_force=whole, elements=(element,))


# -- quotes ------------------------------------------------------------------------------------


def test_words_with_their_digest_and_an_element_without_words_pass() -> None:
    assert [check_quote(QUOTED), check_quote(UNQUOTED)] == [None, None]


@pytest.mark.parametrize("half", [{"quote": None}, {"digest": None}])
def test_p10_words_and_digest_stand_together_or_not_at_all(half: dict[str, None]) -> None:
    with expect_fault(SettingsFault, "law_quote_digest", "element i2-in-writing: digest") as raised:
        check_quote(changed(QUOTED, **half))
    assert "go together" in raised.value.message


def test_p10_words_that_do_not_match_their_digest_refuse() -> None:
    with expect_fault(SettingsFault, "law_quote_digest", "element i2-in-writing: quote") as raised:
        check_quote(changed(QUOTED, quote="in writing."))
    assert "do not match" in raised.value.message


# -- days --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("whole", "span"),
    [
        (Span(FIRST, LAST), Span(FIRST, LAST)),
        (Span(FIRST, LAST), Span(FIRST + DAY, LAST - DAY)),
        (Span(FIRST, None), Span(FIRST, None)),
        (Span(FIRST, None), Span(FIRST, LAST)),
    ],
)
def test_a_statute_lends_an_element_within_its_own_days(whole: Span, span: Span) -> None:
    assert check_within(_statute(whole, changed(QUOTED, in_force=span))) is None


@pytest.mark.parametrize(
    ("whole", "span"),
    [
        (Span(FIRST, LAST), Span(FIRST - DAY, LAST)),
        (Span(FIRST, LAST), Span(FIRST, LAST + DAY)),
        (Span(FIRST, LAST), Span(FIRST, None)),
        (Span(FIRST, None), Span(FIRST - DAY, None)),
    ],
)
def test_p10_a_statute_lends_no_element_outside_its_own_days(whole: Span, span: Span) -> None:
    with expect_fault(SettingsFault, "law_dates_outside", "element i2-in-writing: in_force"):
        check_within(_statute(whole, changed(QUOTED, in_force=span)))


def test_an_entry_may_be_of_one_day_and_the_next_begins_the_day_after() -> None:
    assert (
        check_entries([_entry(FIRST, FIRST), _entry(FIRST + DAY, LAST), _entry(LAST + DAY, None)])
        is None
    )


def test_p10_an_entry_that_ends_before_it_begins_refuses() -> None:
    with expect_fault(SettingsFault, "law_dates_order", "element i2-in-writing: in_force"):
        check_entries([UNQUOTED, _entry(FIRST, FIRST - DAY)])


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (LAST, None),
        (FIRST, FIRST),
        (FIRST - DAY, FIRST),
        (FIRST - DAY, None),
        (FIRST + DAY, LAST - DAY),
    ],
)
def test_p10_entries_of_one_element_that_share_a_day_refuse_wherever_they_stand(
    first: date, last: date | None
) -> None:
    with expect_fault(SettingsFault, "law_dates_overlap", "element i2-in-writing: in_force"):
        check_entries([_entry(FIRST, LAST), UNQUOTED, _entry(first, last)])


def test_p10_each_two_entries_are_compared_and_not_neighbours_alone() -> None:
    later = LAST + timedelta(days=30)
    with expect_fault(SettingsFault, "law_dates_overlap", "element i2-in-writing: in_force"):
        check_entries([_entry(FIRST, LAST), _entry(later, None), _entry(LAST, LAST)])


@pytest.mark.parametrize("other", [{"check": "name_is_given"}, {"code": "another_code"}])
def test_p10_entries_of_one_element_have_one_check_and_one_code(other: dict[str, str]) -> None:
    with expect_fault(SettingsFault, "law_entry_differs", "element i2-in-writing: check"):
        check_entries([_entry(FIRST, LAST), _entry(LAST + DAY, None, **other)])


def test_p10_a_code_serves_one_element() -> None:
    with expect_fault(SettingsFault, "law_code_twice", "element removal-order-number: code"):
        check_entries([QUOTED, changed(UNQUOTED, code=QUOTED.code)])


# -- checks and rules of a kind ------------------------------------------------------------------


@pytest.mark.parametrize("name", LAWS)
def test_the_librarys_routes_have_the_checks_and_rules_of_their_kind(name: str) -> None:
    assert check_demands(LAWS[name].route, LAWS[name].common, LAWS[name].elements) is None
    assert check_rules(LAWS[name].route) is None


def test_p10_a_check_that_is_not_of_the_table_refuses() -> None:
    with expect_fault(SettingsFault, "law_check_unknown", "element i2-in-writing: check"):
        check_demands(WRITTEN.route, WRITTEN.common, [changed(QUOTED, check="name_is_nice")])


def test_p10_a_check_of_another_kind_of_route_refuses() -> None:
    with expect_fault(
        SettingsFault, "law_check_other_kind", "element i2-in-writing: check"
    ) as raised:
        check_demands(WRITTEN.route, WRITTEN.common, [changed(QUOTED, check="order_finds_act")])
    assert "kind written-request" in raised.value.message


def test_p10_a_check_of_the_kind_without_an_element_refuses_and_the_first_is_named() -> None:
    kept = [
        each for each in WRITTEN.elements if each.check not in ("use_is_certified", "name_is_given")
    ]
    with expect_fault(
        SettingsFault, "law_check_unused", "law: elements of routes/written-request.yaml"
    ) as raised:
        check_demands(WRITTEN.route, WRITTEN.common, kept)
    assert raised.value.message == "no element names the check name_is_given"


LATER = {
    "counterfoil-common-1": SINCE_COMMON_2 | SINCE_COMMON_3,
    "counterfoil-common-2": SINCE_COMMON_3,
}


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize("form", LATER)
def test_a_law_of_an_earlier_common_format_may_be_without_what_came_later(
    name: str, form: str
) -> None:
    law = LAWS[name]
    older = changed(law.common, format=form)
    kept = [each for each in law.elements if each.check not in LATER[form]]
    assert len(kept) < len(law.elements)
    check_demands(law.route, older, kept)
    with expect_fault(SettingsFault, "law_check_unused", f"law: elements of routes/{name}.yaml"):
        check_demands(law.route, law.common, kept)
    with expect_fault(SettingsFault, "law_check_unused", f"law: elements of routes/{name}.yaml"):
        check_demands(law.route, older, kept[1:])


def _with_rules(name: str, **rules: object) -> Route:
    route = LAWS[name].route
    return changed(route, rules=changed(route.rules, **rules))


def _of(name: str) -> object:
    return LAWS[name].route.rules.document


@pytest.mark.parametrize(
    ("route", "field"),
    [
        (_with_rules("written-request", removal=None), "removal"),
        (_with_rules("court-order", document=None), "document"),
        (
            _with_rules("court-order", document=changed(_of("court-order"), judges=None)),
            "document.judges",
        ),
        (_with_rules("consent", document=None), "document"),
    ],
)
def test_p10_a_route_without_the_rules_of_its_kind_refuses(route: Route, field: str) -> None:
    with expect_fault(
        SettingsFault, "law_rules_kind", f"routes/{route.id}.yaml: rules.{field}"
    ) as raised:
        check_rules(route)
    assert raised.value.cure == "Give them."
    assert f"kind {route.kind} needs" in raised.value.message


@pytest.mark.parametrize(
    ("route", "field"),
    [
        (_with_rules("written-request", document=changed(_of("consent"))), "document"),
        (_with_rules("court-order", removal=WRITTEN.route.rules.removal), "removal"),
        (_with_rules("consent", removal=WRITTEN.route.rules.removal), "removal"),
        (
            _with_rules("consent", document=changed(_of("consent"), judges=("district",))),
            "document.judges",
        ),
    ],
)
def test_p10_a_route_with_rules_of_another_kind_refuses(route: Route, field: str) -> None:
    with expect_fault(
        SettingsFault, "law_rules_kind", f"routes/{route.id}.yaml: rules.{field}"
    ) as raised:
        check_rules(route)
    assert raised.value.cure == "Write null."
    assert f"kind {route.kind} has no" in raised.value.message


@pytest.mark.parametrize(("second", "refuses"), [(LAST, True), (LAST + DAY, False)])
def test_p10_one_number_of_days_is_in_force_on_a_day(second: date, refuses: bool) -> None:
    days = tuple(
        DatedDays(n, span, "made up")
        for n, span in ((60, Span(FIRST, LAST)), (90, Span(second, None)))
    )
    route = _with_rules("consent", document=changed(_of("consent"), days=days))
    if refuses:
        with expect_fault(
            SettingsFault, "law_dates_overlap", "routes/consent.yaml: rules.document.days"
        ) as raised:
            check_rules(route)
        assert raised.value.message == "two numbers of days are in force on one day"
    else:
        assert check_rules(route) is None
