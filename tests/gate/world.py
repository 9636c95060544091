"""A made-up request that every element admits, and what stands round it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec

from counterfoil.core.values import Address, EngagedOfficer, Header, Person, RemovalOrder, Request
from counterfoil.gate import BatchFacts, BatchFactsBuilder, History, Law, load_law
from counterfoil.gate.cases import changed as with_fields
from counterfoil.gate.history.counts import read_question
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
    engaged_officers=(EngagedOfficer("OFF-1", "Dana Fields", "Special Agent"),),
    use_certified=True,
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
    values = with_fields(msgspec.to_builtins(law.agreement), fields)
    agreement = convert(values, type(law.agreement), LIBRARY)
    return msgspec.structs.replace(
        law, agreement=agreement, terms=compile_terms(law.route, law.common, agreement)
    )


def changed(request: Request = REQUEST, **fields: object) -> Request:
    return msgspec.structs.replace(request, **fields)


def facts_of(*requests: Request, header: Header = HEADER) -> BatchFacts:
    builder = BatchFactsBuilder(KEY)
    for request in requests:
        builder.add(request)
    return builder.finish(header, "sha256:" + "0" * 64)


def repeats_in(facts: BatchFacts, **fields: object) -> tuple[int, int, int]:
    """Requests of the file with the reason of a request of these fields, with a similar one, and
    people under its investigation."""
    question = read_question(facts.key, changed(**fields))
    return (
        facts.reasons.get(question.reason, 1),
        facts.similar_reasons.get(question.similar, 1),
        facts.investigations.get(question.investigation, 1),
    )


NO_HISTORY = History()
