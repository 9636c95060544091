"""Runs the sentences of `law/cases/` against the law. The form of the files is in casefile.py."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Final

import msgspec

from counterfoil.core import canonical
from counterfoil.core.errors import SettingsFault
from counterfoil.core.values import Document, Header, Public, Refusal, Request, State
from counterfoil.gate.checks.words import fold_entry, fold_words
from counterfoil.gate.decide import Gate
from counterfoil.gate.history.batch_counts import (
    BatchFacts,
    History,
    investigation_hash,
    officer_hash,
    reason_hash,
)
from counterfoil.gate.history.counts import Counts, Question, read_question
from counterfoil.gate.law.agreement import Agreement
from counterfoil.gate.law.casefile import (
    Base,
    BatchChange,
    CaseFile,
    HeaderChange,
    Past,
    Sentence,
    changed,
    read_case_files,
    read_columns,
    read_document,
    to_builtins,
)
from counterfoil.gate.law.compiled import compile_terms
from counterfoil.gate.law.load import Law, elements_of, load_law
from counterfoil.gate.law.schema import Span, convert, read_law_file
from counterfoil.gate.law.statute import Statute

_KEY: Final = b"the history key of made-up cases"
_DIGEST: Final = canonical.digest(b"a made-up file")

Found = tuple[tuple[str, State], ...]


class CaseResult(Public, frozen=True, gc=False):
    """One sentence with what it expects and what the law found: (element, state) of every finding
    not met."""

    file: str
    element: str
    because: str
    expected: Found
    found: Found

    @property
    def holds(self) -> bool:
        """Whether the law says what the sentence says."""
        return self.expected == self.found


class Posed(Public, frozen=True, gc=False):
    """One sentence, ready to be put to the law: by whom it is told, about which element, from which
    base."""

    file: str
    element: str
    sentence: Sentence
    base: Base
    law: Law
    path: Path

    def run(self) -> CaseResult:
        """Put it to the law. Raises SettingsFault for a sentence that cannot be used."""
        return _run(self)


def run_cases(
    law_directory: Path, cases_directory: Path, agreements: Path | None = None
) -> list[CaseResult]:
    """Run every sentence under `cases_directory`. Raises SettingsFault for a law or case file that
    cannot be used.

    `agreements` is the folder of those that the sentences suppose by name; None is the library's
    own.
    """
    return [posed.run() for posed in pose_cases(law_directory, cases_directory, agreements)]


def pose_cases(
    law_directory: Path, cases_directory: Path, agreements: Path | None = None
) -> list[Posed]:
    """Every sentence with the law that it is put to. Raises SettingsFault for a file that cannot be
    used."""
    bases: dict[str, Base] = {}
    agreements = agreements or law_directory / "agreements"
    laws: dict[str, Law] = {}
    found: list[Posed] = []
    for path in read_case_files(cases_directory):
        file, name = (
            read_law_file(path, CaseFile),
            str(path.relative_to(cases_directory).with_suffix("")),
        )
        if file.base not in bases:
            bases[file.base] = read_law_file(cases_directory / f"{file.base}.yaml", Base)
        base = bases[file.base]
        for element, sentence in (
            (case.element, sentence) for case in file.cases for sentence in case.sentences
        ):
            agreement = sentence.agreement or base.agreement
            if agreement not in laws:
                laws[agreement] = load_law(law_directory, agreements / f"{agreement}.yaml")
            law = laws[agreement].under(base.header.route or "")
            found.append(Posed(name, element, sentence, base, law, path))
    return found


def _run(posed: Posed) -> CaseResult:
    sentence, element, base, path = posed.sentence, posed.element, posed.base, posed.path
    law = _amended(posed.law, sentence, path)
    if element not in {entry.id for entry in law.elements}:
        raise SettingsFault(
            "law_case_element",
            "the case is about no element of this law",
            place=f"{path.name}: {element}",
            cure="Correct the element's id.",
        )
    on = sentence.on or base.on
    request = read_columns(base.request | sentence.change, path)
    document = (
        None if base.document is None or sentence.no_document else base.document | sentence.document
    )
    header = _header(
        base.header, sentence.header, law, on, read_document(document, path) if document else None
    )
    facts = _facts(sentence.batch, header, request)
    officers = {officer_hash(_KEY, officer): count for officer, count in sentence.history.items()}
    past, question = sentence.past, read_question(_KEY, request)
    probes = tuple(
        (on - timedelta(days=days), probes) for days, probes in past.probes_days_ago.items()
    )
    history = History(officers, past.requests_today, past.requests_of_365_days, probes)
    decided = Gate(law, facts, history, on).decide(
        request, question, _asked(past, question, 1_000_000, set(), set())
    )
    failed = decided.failed if isinstance(decided, Refusal) else ()
    found = tuple((finding.element, finding.state) for finding in failed)
    return CaseResult(posed.file, element, sentence.because, tuple(sentence.finds.items()), found)


def _header(
    base: HeaderChange, change: HeaderChange, law: Law, on: date, document: Document | None
) -> Header:
    changes = {
        name: value for name, value in msgspec.structs.asdict(change).items() if value is not None
    }
    stated = msgspec.structs.replace(base, **changes)
    return Header(
        requester=stated.requester or "",
        agreement=law.agreement.id if stated.agreement is None else stated.agreement,
        principal=stated.principal or "",
        sent_on=stated.sent_on or on,
        signed=stated.signed or False,
        route=law.route.id,
        document=document,
    )


def _facts(batch: BatchChange, header: Header, request: Request) -> BatchFacts:
    question = read_question(_KEY, request)
    return BatchFacts(
        rows=batch.rows,
        file_digest=_DIGEST,
        header=header,
        key=_KEY,
        reasons={reason_hash(_KEY, fold_entry(request.reason)): batch.same_reason},
        similar_reasons={reason_hash(_KEY, fold_words(request.reason)): batch.similar_reason},
        investigations={
            investigation_hash(_KEY, request.investigation_number): batch.people_in_investigation
        },
        officers={officer_hash(_KEY, officer): count for officer, count in batch.officers.items()},
        asked=_asked(batch, question, 1, {question.door}, {question.person}),
    )


def _asked(
    counted: BatchChange | Past, question: Question, first: int, doors: set[int], people: set[int]
) -> Counts:
    """Counts about one question. `doors` and `people` are its own where it is counted among them;
    the others are made up."""
    return Counts(
        {question.person: counted.attempts_on_person},
        {
            question.person: doors
            | set(range(first, first + counted.addresses_of_person - len(doors)))
        },
        {
            question.door: people
            | set(range(first, first + counted.people_at_address - len(people)))
        },
        {question.content: counted.same_request},
    )


def _amended(law: Law, sentence: Sentence, path: Path) -> Law:
    """The law as the sentence supposes it: fields of the agreement changed, statutes ended."""
    if sentence.amend:
        try:
            fields = changed(to_builtins(law.agreement), sentence.amend)
        except (IndexError, ValueError, TypeError):
            raise SettingsFault(
                "law_case_amend",
                "the case amends a field that the agreement does not have",
                place=f"{path.name}: {', '.join(sentence.amend)}",
                cure="Name the field as in docs/formats/law.md, dotted.",
            ) from None
        agreement = convert(fields, Agreement, path)
        law = msgspec.structs.replace(
            law, agreement=agreement, terms=compile_terms(law.route, law.common, agreement)
        )
    return _repealed(law, sentence.repeal) if sentence.repeal else law


def _repealed(law: Law, repeal: dict[str, date]) -> Law:
    statutes = tuple(
        _ended(statute, repeal[statute.id]) if statute.id in repeal else statute
        for statute in law.statutes
    )
    elements = elements_of(statutes, law.route, law.common)
    return msgspec.structs.replace(law, statutes=statutes, elements=elements)


def _ended(statute: Statute, last: date) -> Statute:
    replace = msgspec.structs.replace
    elements = tuple(
        replace(element, in_force=Span(element.in_force.first, last))
        for element in statute.elements
    )
    return replace(statute, in_force=Span(statute.in_force.first, last), elements=elements)
