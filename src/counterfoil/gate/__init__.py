"""The gate: Request + law + history + date -> Grant or Refusal, every element with citation, reason
and cure.

    law = load_law(office / "law")
    builder = BatchFactsBuilder(history_key)            first pass: count
    facts = builder.finish(header, file_digest)
    history = load_history(connection, facts, batch_id, on,
    law.agreement.limits.officer_caseload.window_days) gate = Gate(law, facts, history, on)
    second pass: decide gate.decide(request)

Law is data under `law/`; docs/guides/lawyer.md shows how to change it. A check is a small pure
function in one of the files `checks_*`, listed in `checks`. What opens a database (store, memory,
kept_law) is imported by its own name: a worker that decides needs none.
"""

from __future__ import annotations

from counterfoil.gate.cases import CaseResult, Findings, run_cases
from counterfoil.gate.decide import ExplainedFinding, Gate, decide, explain
from counterfoil.gate.history.batch_counts import BatchFacts, BatchFactsBuilder, History
from counterfoil.gate.law.agreement import Agreement
from counterfoil.gate.law.load import AGREEMENT_FILE, Law, copy_law, load_law
from counterfoil.gate.law.signatures import require_document, require_signed
from counterfoil.gate.law.statute import Element, Statute
from counterfoil.gate.library import (
    ElementPage,
    LawReport,
    check_law,
    explain_element,
    law_library,
    routes_of,
    table_page,
)

__all__ = [
    "AGREEMENT_FILE",
    "Agreement",
    "BatchFacts",
    "BatchFactsBuilder",
    "CaseResult",
    "Element",
    "ElementPage",
    "ExplainedFinding",
    "Findings",
    "Gate",
    "History",
    "Law",
    "LawReport",
    "Statute",
    "check_law",
    "copy_law",
    "decide",
    "explain",
    "explain_element",
    "law_library",
    "load_law",
    "require_document",
    "require_signed",
    "routes_of",
    "run_cases",
    "table_page",
]
