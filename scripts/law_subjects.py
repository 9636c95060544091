"""The subjects of the law, each with its elements, or with the tests of what no element can hold: a
duty beside the answer, the accounting, the report. docs/formats/law-cases.md is made from it.

An element of each route is written once, without `i1-`, `i2-` or `c-`. A test is a file and a
function.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_ROUTE: Final = re.compile(r"^(?:i1|i2|c)-")
_ACCOUNTING: Final = "tests/accountability/accounting/"


class Subject(NamedTuple):
    """One subject: its elements, or tests that show it."""

    title: str
    citation: str
    elements: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()


SUBJECTS: Final = (
    Subject(
        "Who receives",
        "26 USC 6103(i)(1)(A), (i)(2)(A)",
        (
            "officers-agency", "officers-employees", "officers-individual", "officers-named",
            "officers-caseload", "use-certified",
        ),
    ),
    Subject(
        "A court's order",
        "26 USC 6103(i)(1)",
        (
            "order-stated", "order-date", "order-recent", "order-unexpired", "order-court",
            "order-district-court", "order-judge", "order-statute", "finds-act", "finds-relevance",
            "finds-exclusive-use", "finds-no-other-source", "act-cited", "act-of-order",
            "reaches-item", "reaches-person", "reaches-periods",
        ),
    ),
    Subject("One taxpayer a row", "26 USC 6103(b)(6)", ("taxpayer-one",)),
    Subject(
        "One bit tells one bit",
        "26 USC 6103(b)(6)",
        (
            "guard-evidence", "guard-attempts", "guard-addresses", "guard-people", "guard-replay",
            "guard-day", "guard-year", "guard-lockout", "tin-form",
        ),
    ),
    Subject(
        "The facts of 8 USC 1253(a)(1)",
        "8 USC 1253(a)(1), (a)(2), 1227(a)",
        (
            "removal-order-number", "removal-order-date", "removal-ground", "court-order-date",
            "departure-days", "offence-documents", "offence-hampering", "offence-presenting",
            "no-stay", "no-review", "reason-none-pending", "investigation-after-order",
            "investigation-number", "investigation-opened", "investigation-begun",
            "investigation-own",
        ),
    ),
    Subject(
        "Who asks",
        "26 USC 6103(i)(1)(B), (i)(2)(A), (c)",
        (
            "principal-listed", "principal-agency", "no-delegate", "in-writing",
            "applicant-listed", "designee-listed",
        ),
    ),
    Subject(
        "Designated statutes",
        "26 USC 6103(i)(1)(A)(i); 8 USC 1326",
        (
            "authority-given", "authority-designated", "reentry-order-date", "reentry-date",
            "reentry-fact",
        ),
    ),
    Subject(
        "Reasons",
        "26 USC 6103(i)(2)(B)(iv), (i)(1)(B)",
        (
            "reason-given", "reason-specific", "reason-told", "reason-not-locating",
            "reason-not-civil", "reason-not-benefits", "reason-not-voter-rolls",
            "reason-this-purpose", "reason-not-forfeiture", "reason-not-missing-child",
            "reason-own",
        ),
    ),
    Subject(
        "Consent",
        "26 USC 6103(c)",
        (
            "recipient", "consent-stated", "consent-date", "consent-recent", "consent-unexpired",
            "consent-own", "purpose", "alone", "signed", "minor", "not-revoked",
        ),
    ),
    Subject(
        "Persons, addresses and periods",
        "26 USC 6103(b)(6), (e)(3), (i)(2)(B)(i), (ii); 7701(a)(1)",
        (
            "taxpayer-not-business", "taxpayer-not-estate", "taxpayer-child", "name-given",
            "name-real", "name-latin", "text-one-script", "address-complete", "address-real",
            "address-custodial", "address-not-own-office", "address-not-general-delivery",
            "address-zip-state", "period-given", "period-definite", "period-not-future",
            "period-within-limits",
        ),
    ),
    Subject(
        "The file and the agreement",
        "26 USC 6103(p)(4); the agreement",
        (
            "safeguards-current", "law-in-force", "agreement-named", "agreement-in-force",
            "requester-party", "batch-limit", "batch-plausible", "sent-date-come",
            "sent-date-recent",
        ),
    ),
    Subject(
        "The permanent accounting",
        "26 USC 6103(p)(3)(A); 5 USC 552a(c)(1)",
        tests=(
            f"{_ACCOUNTING}test_export.py::test_every_request_is_accounted_for_as_asked_and_as_"
            "answered_once_its_rows_are_gone",
            f"{_ACCOUNTING}test_export.py::test_the_file_agrees_with_the_ledger_before_and_after_"
            "disposal_and_is_the_same",
            f"{_ACCOUNTING}test_export.py::test_records_altered_deleted_or_added_by_sql_are_found_"
            "once_the_rows_are_gone",
        ),
    ),
    Subject(
        "What a person is told",
        "26 USC 6103(p)(3)(A); 5 USC 552a(c)(3)",
        tests=(
            f"{_ACCOUNTING}test_inform.py::test_a_person_is_shown_nothing_of_a_written_request_"
            "until_an_officer_decides_so",
            f"{_ACCOUNTING}test_inform.py::test_a_yes_a_no_and_their_order_are_shown_alike",
            f"{_ACCOUNTING}test_inform.py::test_what_a_person_under_a_hold_is_shown_is_byte_for_"
            "byte_that_of_one_who_is_not",
        ),
    ),
    Subject(
        "Holds, and what a court is told of them",
        "26 USC 6103(i)(6)",
        tests=(
            "tests/controls/holds/test_court.py::test_a_batch_by_order_under_a_hold_is_a_matter_"
            "with_a_day_and_then_late",
            "tests/controls/holds/test_court.py::test_the_certification_is_prepared_with_court_and_"
            "order_and_names_nobody",
        ),
    ),
    Subject(
        "The yearly report",
        "26 USC 6103(p)(3)(B), (C)",
        tests=(
            f"{_ACCOUNTING}test_reporting.py::test_a_year_is_counted_by_agency_and_provision_and_"
            "every_count_is_stated",
            f"{_ACCOUNTING}test_reporting.py::test_where_it_is_published_small_counts_and_what_"
            "gives_them_away_are_withheld",
        ),
    ),
    Subject(
        "Duties beside the answer",
        "5 USC 552a(c)(4), (e)(5), (e)(8); 26 USC 6103(p)(4)(E), (F); 18 USC 3500",
        tests=(
            "tests/controls/notices/test_notices.py::test_a_large_batch_waits_until_its_notice_is_"
            "as_old_as_the_agreement_says",
            "tests/controls/notices/test_notices.py::test_an_order_stands_beside_the_agreement_and_"
            "weakens_nothing",
            "tests/controls/duties/test_duties.py::test_notice_to_the_person_is_due_by_the_table_"
            "from_when_process_became_public",
            "tests/accountability/retention/test_litigation.py::test_what_a_hold_reaches_is_kept_"
            "and_passed_over_until_two_officers_lift_it",
            "tests/register/test_snapshot_age.py::test_an_older_snapshot_answers_nobody_and_a_"
            "newer_one_the_same_question",
            "tests/register/test_snapshot_age.py::test_a_snapshot_is_asked_as_the_sentence_says",
        ),
    ),
)  # fmt: skip


def own_name(element: str) -> str:
    """An element's id without its route."""
    return _ROUTE.sub("", element)


def subject_of(element: str) -> Subject | None:
    """The subject of an element, by its id."""
    return next((each for each in SUBJECTS if own_name(element) in each.elements), None)
