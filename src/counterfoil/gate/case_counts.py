"""The counts that a sentence about the law supposes (cases.py): of its file and of earlier ones."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Annotated, Final

import msgspec

from counterfoil.core.values import EngagedOfficer, Header, Request
from counterfoil.gate.history.batch_counts import officer_hashes
from counterfoil.gate.history.fingerprints import are_years_known, is_number_known
from counterfoil.gate.history.request_counts import RequestCounts
from counterfoil.gate.law.agreement import Limits
from counterfoil.gate.law.route import Closed
from counterfoil.gate.law.schema import Count
from counterfoil.normalize import exact_address_key, normalize_address, normalize_name
from counterfoil.normalize.asked_keys import exact_name

_KEY: Final = bytes(32)
NotNegative = Annotated[int, msgspec.Meta(ge=0)]


class BatchChange(Closed, frozen=True, gc=False):
    """Counts of the file that the request came in."""

    rows: Count = 1
    same_reason: Count = 1
    similar_reason: Count = 1
    people_in_investigation: Count = 1
    officers: dict[str, Count] = {}
    attempts_on_person: Count = 1
    addresses_of_person: Count = 1
    addresses_of_given_and_birth: Count = 1
    people_at_address: Count = 1
    same_request: Count = 1
    dates_of_person: Count = 1
    numbers_of_person: Count = 1
    years_of_person: Count = 1


class Past(Closed, frozen=True, gc=False):
    """What earlier files asked about the request's person, address and content, and in all.

    `probes_days_ago`: attempts to probe in an earlier file, by how many days ago it came.
    """

    attempts_on_person: NotNegative = 0
    addresses_of_person: NotNegative = 0
    addresses_of_given_and_birth: NotNegative = 0
    people_at_address: NotNegative = 0
    dates_of_person: NotNegative = 0
    numbers_of_person: NotNegative = 0
    years_of_person: NotNegative = 0
    same_request: NotNegative = 0
    same_reason: NotNegative = 0
    similar_reason: NotNegative = 0
    people_in_investigation: NotNegative = 0
    requests_today: NotNegative = 0
    requests_of_365_days: NotNegative = 0
    probes_days_ago: dict[int, Count] = {}


def supposed_counts(
    batch: BatchChange,
    past: Past,
    history: dict[str, Count],
    header: Header,
    request: Request,
    limits: Limits,
    on: date,
) -> RequestCounts:
    """The counts that the sentence supposes: those of the file and of the past together. A name
    that names nobody, and an address without a key, are not counted."""
    loads: Counter[bytes] = Counter()
    for named in (batch.officers, history):
        for officer, requests in named.items():
            loads.update(dict.fromkeys(_hashes(officer), requests))
    named = bool(exact_name(normalize_name(request.person)))
    placed = named and bool(exact_address_key(normalize_address(request.address)))
    numbered = placed and is_number_known(request.person.tin)
    yearly = placed and are_years_known(request.taxable_periods)
    return RequestCounts(
        header=header,
        rows=batch.rows,
        reason_uses=batch.same_reason + past.same_reason,
        similar_uses=batch.similar_reason + past.similar_reason,
        investigation_people=batch.people_in_investigation + past.people_in_investigation,
        officers=tuple(
            max(loads[hashed] for hashed in officer_hashes(_KEY, officer)[:-1])
            for officer in request.engaged_officers
        ),
        attempts=batch.attempts_on_person + past.attempts_on_person if named else 1,
        addresses=batch.addresses_of_person + past.addresses_of_person if placed else 1,
        people=batch.people_at_address + past.people_at_address if placed else 1,
        contents=batch.same_request + past.same_request,
        day_requests=past.requests_today,
        year_requests=past.requests_of_365_days,
        probes=tuple(
            (on - timedelta(days=days), probes) for days, probes in past.probes_days_ago.items()
        ),
        born_addresses=(
            batch.addresses_of_given_and_birth + past.addresses_of_given_and_birth if placed else 1
        ),
        probe_days=limits.guards.window_of_probes,
        namesakes=tuple(
            loads[officer_hashes(_KEY, officer)[-1]] for officer in request.engaged_officers
        ),
        dates=batch.dates_of_person + past.dates_of_person if placed else 1,
        numbers=batch.numbers_of_person + past.numbers_of_person if numbered else 1,
        years=batch.years_of_person + past.years_of_person if yearly else 1,
    )


def _hashes(officer: str) -> tuple[bytes, ...]:
    """What an officer of a sentence is counted by: the id, and name and title where they are
    written."""
    found = officer_hashes(_KEY, EngagedOfficer(*officer_parts(officer)))
    return found if "|" in officer else found[:1]


def officer_parts(item: str) -> list[str]:
    """Id, name, title and agency of an officer as a request file writes them."""
    parts = [part.strip() for part in item.split("|")]
    return [*parts, "", "", "", ""][:4]
