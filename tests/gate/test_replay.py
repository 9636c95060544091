"""A decision can be made again, by the counts of one request alone; and what two officers set aside
is what waited."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest

from counterfoil.core.errors import GateFault
from counterfoil.core.values import Address, EngagedOfficer, Grant, Person, Refusal, Request
from counterfoil.gate import Gate, History, Law
from counterfoil.gate.history.batch_counts import earlier_officer_hash, officer_hashes
from counterfoil.gate.history.earlier import Counts, EarlierFingerprinter
from counterfoil.gate.history.request_counts import RequestCounts
from counterfoil.gate.history.snapshot import HistorySnapshot, snapshot_of
from counterfoil.gate.history.uses import ONCE, Uses
from counterfoil.gate.replay import RecordedCounts, decide_again, set_aside
from counterfoil.normalize import normalize_address, normalize_name
from tests.gate.world import HEADER, KEY, ON, REQUEST, amended, changed, facts_of, sandbox
from tests.world.faults import expect_fault

GUARDS = "limits.guards."
LIMITS: dict[str, object] = {
    "limits.same_reason": 4,
    "limits.similar_reason": 5,
    "limits.people_per_investigation": 6,
    "limits.officer_caseload.limit": 7,
    GUARDS + "attempts_on_person": 8,
    GUARDS + "addresses_of_person": 9,
    GUARDS + "people_at_address": 10,
    GUARDS + "same_request": 11,
    "limits.batch_rows": 12,
    GUARDS + "requests_per_day": 112,
    GUARDS + "requests_per_year": 212,
    GUARDS + "lockout_attempts": 13,
}
LAW = amended(LIMITS)
OFFICERS = (
    REQUEST.engaged_officers[0],
    EngagedOfficer("OFF-2", "Lee Marsh", "Special Agent", "Agency A"),
)
ASKED = changed(engaged_officers=OFFICERS)
AT_THE_LIMITS = RequestCounts(
    header=HEADER,
    rows=12,
    reason_uses=4,
    similar_uses=5,
    investigation_people=6,
    officers=(7, 7),
    attempts=8,
    addresses=9,
    people=10,
    contents=11,
    day_requests=100,
    year_requests=200,
    probes=((ON, 12),),
)
WAITING = "i2-address-not-general-delivery"
AT_A_POST_OFFICE = changed(address=Address("General Delivery", "", "Anytown", "WA", "98001"))


def _again(counted: RequestCounts, request: Request = ASKED, law: Law = LAW) -> set[str]:
    decided = decide_again(law, request, counted, ON)
    return (
        {finding.element for finding in decided.failed} if isinstance(decided, Refusal) else set()
    )


def test_at_every_limit_the_request_is_admitted_again() -> None:
    assert _again(AT_THE_LIMITS) == set()


@pytest.mark.parametrize(
    ("over", "element"),
    [
        ({"reason_uses": 5}, "i2-reason-own"),
        ({"similar_uses": 6}, "i2-reason-own"),
        ({"investigation_people": 7}, "investigation-own"),
        ({"officers": (8, 7)}, "i2-officers-caseload"),
        ({"officers": (7, 8)}, "i2-officers-caseload"),
        ({"attempts": 9}, "guard-attempts"),
        ({"addresses": 10}, "guard-addresses"),
        ({"people": 11}, "guard-people"),
        ({"contents": 12}, "guard-replay"),
        ({"rows": 13}, "batch-limit"),
        ({"day_requests": 101}, "guard-day"),
        ({"year_requests": 201}, "guard-year"),
        ({"probes": ((ON - timedelta(days=1), 13),)}, "guard-lockout"),
        ({"header": changed(HEADER, requester="Agency B")}, "requester-party"),
    ],
)
def test_one_over_a_limit_it_is_refused_again_for_that_alone(
    over: dict[str, object], element: str
) -> None:
    assert _again(changed(AT_THE_LIMITS, **over)) == {element}


def test_the_day_is_the_day_of_the_decision() -> None:
    assert isinstance(decide_again(LAW, ASKED, AT_THE_LIMITS, ON), Grant)
    early = decide_again(LAW, ASKED, AT_THE_LIMITS, ON - timedelta(days=1))
    assert isinstance(early, Refusal)
    assert [finding.element for finding in early.failed] == ["sent-date-come"]
    with expect_fault(GateFault, "law_not_in_force", "agreement sandbox"):
        decide_again(LAW, ASKED, AT_THE_LIMITS, date(2024, 12, 31))


# -- counting anew ---------------------------------------------------------------------------------


def _file() -> list[Request]:
    """One reason and one investigation; the first two rows are one question, the third is of a
    neighbour, the fourth elsewhere."""
    neighbour = changed(
        row=3, person=Person("Philippa", "", "Quill"), engaged_officers=OFFICERS[1:]
    )
    elsewhere = changed(
        row=4,
        address=Address("9 Oak Ave", "", "Anytown", "WA", "98001"),
        reason=REQUEST.reason + " 7",
    )
    return [ASKED, changed(ASKED, row=2, request_id="r2"), neighbour, elsewhere]


def _known(first_version: bool = True) -> HistorySnapshot:
    """What was kept beside the file's one chunk: as the first version did, or as it is kept now."""
    hashes = EarlierFingerprinter(KEY)
    person, address, content = hashes.asked(REQUEST)
    past = Counts(
        {person: 5},
        {person: {address, 7}},
        {address: {8, 9, 10}},
        {content: 1, hashes.asked(ASKED)[2]: 6},
    )
    if first_version:
        officer = earlier_officer_hash(KEY, OFFICERS[1])
        return HistorySnapshot(HEADER, History({officer: 20}, 30, 40, ((ON, 3),)), past)
    history = History({officer_hashes(KEY, OFFICERS[1])[0]: 20}, 30, 40, ((ON, 3),), 30)
    uses = {0: Uses(8, 3, 5, 8, 2, 3, 4, 2)}
    return snapshot_of(facts_of(*_file()), history, uses)


def _counted(request: Request, known: HistorySnapshot, place: int = 0) -> RequestCounts:
    return RecordedCounts(lambda: [_file()[:1], _file()[1:]], KEY).counts(request, place, known)


@pytest.mark.parametrize("first_version", [True, False])
def test_file_and_past_are_counted_anew_as_they_were_counted(first_version: bool) -> None:
    assert msgspec.structs.asdict(_counted(ASKED, _known(first_version))) == {
        "header": HEADER,
        "rows": 4,
        "reason_uses": 3,
        "similar_uses": 4,
        "investigation_people": 2,
        "officers": (3, 23),
        "attempts": 3 + 5,
        "addresses": 3,
        "people": 2 + 3,
        "contents": 2 + 6,
        "day_requests": 30,
        "year_requests": 40,
        "probes": ((ON, 3),),
        "born_addresses": 1 if first_version else 2,
        "probe_days": 0 if first_version else 30,
        "namesakes": () if first_version else (3, 3),
        "dates": 1,
        "numbers": 1,
        "years": 1,
    }


def test_a_question_that_is_like_no_other_is_kept_without_counts() -> None:
    assert _counted(_file()[3], _known(first_version=False), 3).uses == ONCE


@pytest.mark.parametrize(("namesakes", "state"), [((7, 7), None), ((7, 8), "needs_officer")])
def test_officers_of_one_name_are_judged_again_as_they_were(
    namesakes: tuple[int, int], state: str | None
) -> None:
    found = decide_again(LAW, ASKED, changed(AT_THE_LIMITS, namesakes=namesakes), ON)
    failed = found.failed if isinstance(found, Refusal) else ()
    assert [(each.element, each.state.value) for each in failed] == (
        [("i2-officers-caseload", state)] if state else []
    )


def test_a_lockout_of_the_first_version_is_that_of_one_file() -> None:
    """Two files of six attempts lock out now, and did not then."""
    probes = ((ON - timedelta(days=1), 7), (ON, 6))
    assert _again(changed(AT_THE_LIMITS, probes=probes)) == set()
    assert _again(changed(AT_THE_LIMITS, probes=probes, probe_days=30)) == {"guard-lockout"}


def test_the_counts_are_written_with_the_field_names_of_bundles_made_before() -> None:
    written = msgspec.to_builtins(AT_THE_LIMITS)
    assert list(written)[6:10] == ["attempts", "doors", "people", "contents"]
    assert msgspec.convert(written, RequestCounts) == AT_THE_LIMITS


def test_a_bundle_of_the_first_version_is_read() -> None:
    written = msgspec.to_builtins(AT_THE_LIMITS)
    for later in ("born_addresses", "probe_days", "namesakes", "dates", "numbers", "years"):
        del written[later]
    assert msgspec.convert(written, RequestCounts) == AT_THE_LIMITS


@pytest.mark.parametrize("place", range(4))
def test_each_decision_of_a_file_is_made_again_from_its_counts(place: int) -> None:
    tight = amended(
        LIMITS
        | {
            "limits.same_reason": 2,
            GUARDS + "attempts_on_person": 8,
            GUARDS + "people_at_address": 4,
        }
    )
    request, known = _file()[place], _known(first_version=False)
    gate = Gate(tight, facts_of(*_file()), known.history, ON)
    counted, uses = _counted(request, known, place), (known.uses or {}).get(place, ONCE)
    assert decide_again(tight, request, counted, ON) == gate.decide(request, uses)


# -- set aside ---------------------------------------------------------------------------------------


def _alone(request: Request) -> RequestCounts:
    known = snapshot_of(facts_of(request), History(), {})
    return RecordedCounts(lambda: [], KEY).counts(request, 0, known)


def test_what_waits_for_an_officer_is_set_aside_and_the_grant_is_whole() -> None:
    law = sandbox()
    grant = set_aside(law, AT_A_POST_OFFICE, _alone(AT_A_POST_OFFICE), ON, [WAITING])
    form = normalize_address(AT_A_POST_OFFICE.address)
    assert grant == Grant(
        AT_A_POST_OFFICE, form, normalize_name(REQUEST.person), (2022, 2023), law.digest
    )


@pytest.mark.parametrize("elements", [[], ["i2-name-given"], [WAITING, "i2-name-given"]])
def test_other_elements_than_those_that_wait_are_not_set_aside(elements: list[str]) -> None:
    with expect_fault(GateFault, "override_elements", "row 1"):
        set_aside(sandbox(), AT_A_POST_OFFICE, _alone(AT_A_POST_OFFICE), ON, elements)


def test_where_nothing_waits_nothing_is_set_aside() -> None:
    with expect_fault(GateFault, "override_elements", "row 1"):
        set_aside(sandbox(), REQUEST, _alone(REQUEST), ON, [])


@pytest.mark.parametrize(
    "failing",
    [
        {"taxable_periods": ("all years",)},
        {"use_certified": False},
        {"reason": "To locate her"},
        {"engaged_officers": ()},
    ],
)
def test_what_is_not_met_or_not_shown_cannot_be_set_aside_whoever_says_so(
    failing: dict[str, object],
) -> None:
    request = changed(AT_A_POST_OFFICE, row=7, **failing)
    failed = decide_again(sandbox(), request, _alone(request), ON).failed
    with expect_fault(GateFault, "override_statute", "row 7"):
        set_aside(sandbox(), request, _alone(request), ON, [finding.element for finding in failed])


def test_a_count_over_its_limit_cannot_be_set_aside() -> None:
    counted = changed(_alone(AT_A_POST_OFFICE), attempts=9)
    with expect_fault(GateFault, "override_statute", "row 1"):
        set_aside(LAW, AT_A_POST_OFFICE, counted, ON, [WAITING])
