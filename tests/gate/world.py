"""A made-up request that every element admits, and what stands round it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import msgspec

from counterfoil.core.values import (
    Address,
    EngagedOfficer,
    Grant,
    Header,
    Person,
    Refusal,
    RemovalOrder,
    Request,
)
from counterfoil.gate import BatchFacts, BatchFactsBuilder, Gate, History, Law, load_law
from counterfoil.gate.cases import agreement_fields
from counterfoil.gate.cases import changed as with_fields
from counterfoil.gate.history.counts import count_file
from counterfoil.gate.history.fingerprints import Fingerprints
from counterfoil.gate.history.uses import ONCE, Uses
from counterfoil.gate.law.compiled import compile_terms
from counterfoil.gate.law.schema import convert

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "law"
CASES = LIBRARY / "cases"
KEY = b"a made-up history key, 32 bytes!"
ON = date(2025, 8, 7)
HEADER = Header(
    requester="Agency A", agreement="sandbox", principal="sandbox-principal", sent_on=ON
)
REQUEST = Request(
    request_id="r1",
    row=1,
    person=Person("Rosalind", "", "Quill", "", date(1980, 2, 29), "900-00-1234"),
    address=Address("12 Elm St Apt 4", "", "Anytown", "WA", "98001"),
    taxable_periods=("2022", "2023"),
    statutory_authority="8 USC 1253(a)(1)",
    reason="The address on the notice to depart is disputed before the grand jury.",
    investigation_number="CR-2025-00417",
    investigation_opened_on=date(2025, 6, 2),
    removal_order=RemovalOrder("RO-2024-7731", date(2024, 11, 15), "8 USC 1227(a)(2)"),
    stay_or_deferral="none",
    engaged_officers=(EngagedOfficer("OFF-1", "Dana Fields", "Special Agent", "Agency A"),),
    use_certified=True,
    review="none",
)


def sandbox() -> Law:
    return load_law(LIBRARY, "sandbox")


def every_route() -> tuple[Law, ...]:
    """The law of each route, under the sandbox that has all of them."""
    return load_law(LIBRARY, "sandbox-routes").every_route


def amended(fields: dict[str, object], law: Law | None = None) -> Law:
    """A law, the sandbox's if none is named, with other values of its agreement, by dotted
    field."""
    law = law or sandbox()
    values = with_fields(agreement_fields(law.agreement), fields)
    agreement = convert(values, type(law.agreement), LIBRARY)
    return msgspec.structs.replace(
        law, agreement=agreement, terms=compile_terms(law.route, law.common, agreement, law.lists)
    )


def changed(request: Request = REQUEST, **fields: object) -> Request:
    return msgspec.structs.replace(request, **fields)


def facts_of(*requests: Request, header: Header = HEADER) -> BatchFacts:
    builder = BatchFactsBuilder(KEY)
    for request in requests:
        builder.add(request)
    return builder.finish(header, "sha256:" + "0" * 64)


def asked_by(*requests: Request, key: bytes = KEY) -> Fingerprints:
    """The fingerprints of a file of these requests."""
    builder = BatchFactsBuilder(key)
    builder.add(*requests)
    return builder.fingerprints


def uses_in(*requests: Request) -> list[Uses]:
    """The counts of each request of a file, without a past."""
    found = count_file(asked_by(*requests), KEY)
    return [found.get(place, ONCE) for place in range(len(requests))]


def decided_in(
    law: Law, requests: Sequence[Request], history: History | None = None, on: date = ON
) -> list[Grant | Refusal]:
    """The decision on each request of a file."""
    gate = Gate(law, facts_of(*requests), history or NO_HISTORY, on)
    return [gate.decide(*each) for each in zip(requests, uses_in(*requests), strict=True)]


NO_HISTORY = History()
