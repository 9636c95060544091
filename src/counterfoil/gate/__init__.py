"""The gate: Request + law + history + date -> Grant or Refusal, every element with citation, reason
and cure.

    law = load_law(office / "law")
    builder = BatchFactsBuilder(history_key)             first pass: count
    builder.add(request, ...)
    facts = builder.finish(header, file_digest)
    history = load_history(connection, facts, batch_id, on, law.agreement.limits)
    gate = Gate(law, facts, history, on)                 second pass: decide
    gate.decide(request)

The folders form layers. `law` is the law as data, read from `law/` and checked whole
(docs/guides/lawyer.md shows how to change it); `history` is what was asked before; `checks` are
small pure functions, listed in checks/table.py. On these rest the decision (decide.py), a decision
made again (replay.py), the sentences about the law (cases.py) and the law as a whole (library.py).
What opens a database (history/store.py, law/archive.py) is imported by its own name: a worker that
decides needs none.
"""

from __future__ import annotations

from counterfoil.gate.cases import CaseResult, run_cases
from counterfoil.gate.decide import ExplainedFinding, Gate, decide, explain
from counterfoil.gate.history.batch_counts import BatchFacts, BatchFactsBuilder, History
from counterfoil.gate.law.agreement import Agreement
from counterfoil.gate.law.load import AGREEMENT_FILE, Law, copy_law, load_law
from counterfoil.gate.law.signatures import require_document, require_signed
from counterfoil.gate.law.statute import Element, Statute
from counterfoil.gate.library import LawReport, check_law, explain_element, table_page

__all__ = [
    "AGREEMENT_FILE",
    "Agreement",
    "BatchFacts",
    "BatchFactsBuilder",
    "CaseResult",
    "Element",
    "ExplainedFinding",
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
    "load_law",
    "require_document",
    "require_signed",
    "run_cases",
    "table_page",
]
