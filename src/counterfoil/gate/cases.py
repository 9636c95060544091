"""Sentences about the law as data, and what the law says to each: `law/cases/**/*.yaml`.

A base file, `law/cases/base*.yaml`, has one whole request that every element admits:

    format: counterfoil-case-base-1
    agreement, on                        the agreement's name and the day of decision
    header, request                      fields of a file's header; columns of a request file
    document                             what the header states of an order or a consent, where the
                                         route needs one

Every other file has sentences, each of which changes something of its base:

    format: counterfoil-cases-1
    title: Names
    base: base-consent                   a base other than base.yaml; may be left out
    cases:
      - element: i2-name-given           the element that the sentences are about
        sentences:
          - because: the given name is empty
                                         read: on this date this request is refused, because ...
            change: {given_name: ""}     columns that differ from the base
            finds: {i2-name-given: not_shown}
                                         every finding that is not met; {} means admitted

A sentence may also have these fields; an unknown field refuses.

    agreement, on       instead of the base's
    header              fields that differ; `sent_on` is otherwise the day of decision
    document            fields of the base's document that differ
    no_document         true: the header states no document
    batch               counts of the request's file: `rows`, `same_reason`, `similar_reason`,
                        `people_in_investigation`, `officers` (officer to requests of the file), and
                        for the guards, this request included, `attempts_on_person`,
                        `addresses_of_person`, `addresses_of_given_and_birth`, `people_at_address`,
                        `same_request`, and different `dates_of_person`, `numbers_of_person` and
                        `years_of_person` stated for the person at the home
    past                all of these but `rows` and `officers` of earlier files, and
                        `requests_today`, `requests_of_365_days`, `probes_days_ago` (days to
                        attempts)
    history             officer to earlier requests; an officer is an id, or `id|name|title`
    amend               field of the agreement, dotted, to another value
    repeal              statute id to its last day

Nothing here is trusted: a file that does not fit refuses with a SettingsFault.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Final, Literal, cast

import msgspec

from counterfoil.core.errors import SettingsFault
from counterfoil.core.values import Document, Header, Person, Public, Refusal, Request, State
from counterfoil.gate.case_counts import BatchChange, Past, officer_parts, supposed_counts
from counterfoil.gate.law.agreement import Agreement
from counterfoil.gate.law.compiled import compile_terms
from counterfoil.gate.law.load import Law, elements_of, load_law
from counterfoil.gate.law.route import Closed
from counterfoil.gate.law.schema import Count, Digest, Identifier, Text, convert, read_law_file
from counterfoil.gate.law.statute import Statute
from counterfoil.gate.replay import decide_again

BASE: Final = "base"
AFTER: Final = "after-the-gate"
"""The folder of sentences about what follows the gate, each in a format of its own."""


class Columns(Closed, frozen=True, gc=False):
    """The columns of a request file (docs/formats/request-file.md), as text; absent is empty."""

    request_id: str = "case"
    given_name: str = ""
    middle_name: str = ""
    family_name: str = ""
    suffix: str = ""
    date_of_birth: str = ""
    tin: str = ""
    line1: str = ""
    line2: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    taxable_periods: str = ""
    statutory_authority: str = ""
    reason: str = ""
    investigation_number: str = ""
    investigation_opened_on: str = ""
    removal_order_number: str = ""
    removal_order_date: str = ""
    removal_ground: str = ""
    court_order_date: str = ""
    stay_or_deferral: str = ""
    engaged_officers: str = ""
    use_certified: str = ""
    review: str = ""
    offence_date: str = ""
    offence_fact: str = ""
    earlier_investigation: str = ""


class HeaderChange(Closed, frozen=True, gc=False):
    """Header fields that a sentence sets; None leaves the base's."""

    requester: str | None = None
    agreement: str | None = None
    principal: str | None = None
    sent_on: date | None = None
    signed: bool | None = None
    route: str | None = None


class StatedPerson(Closed, frozen=True, gc=False):
    """A person whom a document names."""

    given_name: str
    family_name: str
    date_of_birth: date | None = None


class StatedDocument(Closed, frozen=True, gc=False):
    """An order or consent, with the fields that a header has for it."""

    digest: Digest
    issued_on: date
    expires_on: date | None = None
    people: tuple[StatedPerson, ...] = ()
    periods: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    court: str = ""
    judge: str = ""
    finds: tuple[str, ...] = ()
    recipient: str = ""
    purpose: str = ""
    statute: str = ""
    signed_by: str = ""
    capacity: str = ""
    alone: str = ""
    revoked: str = ""


class Sentence(Closed, frozen=True, gc=False):
    """One sentence. See the module."""

    because: Text
    finds: dict[str, State]
    change: dict[str, str] = {}
    agreement: Identifier | None = None
    on: date | None = None
    header: HeaderChange = HeaderChange()
    batch: BatchChange = BatchChange()
    history: dict[str, Count] = {}
    past: Past = Past()
    amend: dict[str, Any] = {}
    document: dict[str, Any] = {}
    no_document: bool = False
    repeal: dict[str, date] = {}


class Case(Closed, frozen=True, gc=False):
    """The sentences about one element."""

    element: Identifier
    sentences: tuple[Sentence, ...]


class CaseFile(Closed, frozen=True, gc=False):
    """One file of cases."""

    format: Literal["counterfoil-cases-1"]
    title: Text
    cases: tuple[Case, ...]
    base: Identifier = BASE


class Base(Closed, frozen=True, gc=False):
    """The request that every sentence starts from."""

    format: Literal["counterfoil-case-base-1"]
    agreement: Identifier
    on: date
    header: HeaderChange
    request: dict[str, str]
    document: dict[str, Any] | None = None


def read_columns(fields: dict[str, str], path: Path) -> Request:
    """A request from text columns. Raises SettingsFault law_field for an unknown column or a bad
    date."""
    text = convert(fields, Columns, path)
    return convert(_request(text), Request, path)


def _request(text: Columns) -> list[Any]:
    """The fields of `Request` in their order."""
    person = [
        text.given_name,
        text.middle_name,
        text.family_name,
        text.suffix,
        text.date_of_birth or None,
        text.tin,
    ]
    ordered_on, court_ordered_on = text.removal_order_date or None, text.court_order_date or None
    return [
        text.request_id,
        1,
        person,
        [text.line1, text.line2, text.city, text.state, text.zip],
        _items(text.taxable_periods),
        text.statutory_authority,
        text.reason,
        text.investigation_number,
        text.investigation_opened_on or None,
        [text.removal_order_number, ordered_on, text.removal_ground, court_ordered_on],
        text.stay_or_deferral,
        [officer_parts(item) for item in _items(text.engaged_officers)],
        text.use_certified or "false",
        text.review,
        text.offence_date or None,
        text.offence_fact,
        text.earlier_investigation,
    ]


def _items(text: str) -> list[str]:
    return [item.strip() for item in text.split(";")] if text.strip() else []


def read_case_files(directory: Path) -> list[Path]:
    """Every case file under a directory, in order of path, without the bases and the sentences of
    `AFTER`, which are about no element."""
    left_out = {*directory.glob("base*.yaml"), *directory.glob(f"{AFTER}/*.yaml")}
    return sorted(path for path in directory.rglob("*.yaml") if path not in left_out)


def read_document(fields: dict[str, Any], path: Path) -> Document:
    """A document as a header states it. Raises SettingsFault law_field."""
    stated = convert(fields, StatedDocument, path)
    people = tuple(
        Person(each.given_name, "", each.family_name, "", each.date_of_birth)
        for each in stated.people
    )
    document: dict[str, Any] = msgspec.structs.asdict(stated) | {"people": people}
    return Document(**document)


def changed(base: Any, changes: dict[str, Any]) -> Any:
    """Builtins with dotted fields set to other values; a number selects an item of a list.

    Raises ValueError, IndexError or TypeError for a field that is not there.
    """
    for dotted, value in changes.items():
        *path, last = dotted.split(".")
        fields = _fields_at(base, path)
        if last not in fields:
            raise ValueError("no such field")
        fields[last] = value
    return base


def _fields_at(place: Any, path: list[str]) -> dict[str, Any]:
    for part in path:
        place = place[part if part in place else int(part)]
    return place


def agreement_fields(agreement: Agreement) -> dict[str, Any]:
    """The fields of an agreement as a file writes them, with those that may be left out."""
    return _fields(agreement)


def _fields(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        names = zip(value.__struct_encode_fields__, value.__struct_fields__, strict=True)
        return {written: _fields(getattr(value, name)) for written, name in names}
    if isinstance(value, tuple):
        return [_fields(item) for item in cast(tuple[Any, ...], value)]
    return msgspec.to_builtins(value)


Findings = tuple[tuple[str, State], ...]


class CaseResult(Public, frozen=True, gc=False):
    """One sentence with what it expects and what the law found: (element, state) of every finding
    not met."""

    file: str
    element: str
    because: str
    expected: Findings
    found: Findings

    @property
    def agrees(self) -> bool:
        """Whether the law finds what the sentence expects."""
        return self.expected == self.found


class PreparedSentence(Public, frozen=True, gc=False):
    """One sentence, ready to be run: the file that states it, the element that it is about, its
    base, and the law that it is about."""

    file: str
    element: str
    sentence: Sentence
    base: Base
    law: Law
    path: Path

    def run(self) -> CaseResult:
        """Ask the gate. Raises SettingsFault for a sentence that cannot be used."""
        sentence, base, path = self.sentence, self.base, self.path
        law, on = _amended(self.law, sentence, path), sentence.on or base.on
        if self.element not in {entry.id for entry in law.elements}:
            raise SettingsFault(
                "law_case_element",
                "the case is about no element of this law",
                place=f"{path.name}: {self.element}",
                cure="Correct the element's id.",
            )
        request = read_columns(base.request | sentence.change, path)
        header, limits = _header(base, sentence, law, on, path), law.agreement.limits
        loads, case = sentence.history, (sentence.batch, sentence.past)
        counts = supposed_counts(*case, loads, header, request, limits, on)
        decided = decide_again(law, request, counts, on)
        failed = decided.failed if isinstance(decided, Refusal) else ()
        found = tuple((finding.element, finding.state) for finding in failed)
        expected = tuple(sentence.finds.items())
        return CaseResult(self.file, self.element, sentence.because, expected, found)


def run_cases(
    law_directory: Path,
    cases_directory: Path,
    agreements: Path | None = None,
    *,
    about: str | None = None,
) -> list[CaseResult]:
    """Run every sentence under `cases_directory`, or those about the element of an id. Raises
    SettingsFault for a law or case file that cannot be used.

    `agreements` is the folder of those that the sentences suppose by name; None is the library's
    own.
    """
    return [
        prepared.run()
        for prepared in prepare_sentences(law_directory, cases_directory, agreements)
        if about is None or prepared.element == about
    ]


def prepare_sentences(
    law_directory: Path, cases_directory: Path, agreements: Path | None = None
) -> list[PreparedSentence]:
    """Every sentence with the law that it is about. Raises SettingsFault for a file that cannot be
    used."""
    bases: dict[str, Base] = {}
    laws: dict[str, Law] = {}
    agreements = agreements or law_directory / "agreements"
    found: list[PreparedSentence] = []
    for path in read_case_files(cases_directory):
        file = read_law_file(path, CaseFile)
        name = str(path.relative_to(cases_directory).with_suffix(""))
        if file.base not in bases:
            bases[file.base] = read_law_file(cases_directory / f"{file.base}.yaml", Base)
        base = bases[file.base]
        for case in file.cases:
            for sentence in case.sentences:
                agreement = sentence.agreement or base.agreement
                if agreement not in laws:
                    laws[agreement] = load_law(law_directory, agreements / f"{agreement}.yaml")
                law = laws[agreement].for_route(base.header.route or "")
                found.append(PreparedSentence(name, case.element, sentence, base, law, path))
    return found


def _header(base: Base, sentence: Sentence, law: Law, on: date, path: Path) -> Header:
    """The header that the sentence supposes: the base's with its changes."""
    changes = msgspec.structs.asdict(sentence.header)
    stated = msgspec.structs.replace(
        base.header, **{name: value for name, value in changes.items() if value is not None}
    )
    document = None
    if base.document is not None and not sentence.no_document:
        document = read_document(base.document | sentence.document, path)
    return Header(
        requester=stated.requester or "",
        agreement=law.agreement.id if stated.agreement is None else stated.agreement,
        principal=stated.principal or "",
        sent_on=stated.sent_on or on,
        signed=stated.signed or False,
        route=law.route.id,
        document=document,
    )


def _amended(law: Law, sentence: Sentence, path: Path) -> Law:
    """The law as the sentence supposes it: fields of the agreement changed, statutes ended."""
    if sentence.amend:
        try:
            fields = changed(agreement_fields(law.agreement), sentence.amend)
        except (IndexError, ValueError, TypeError):
            raise SettingsFault(
                "law_case_amend",
                "the case amends a field that the agreement does not have",
                place=f"{path.name}: {', '.join(sentence.amend)}",
                cure="Name the field as in docs/formats/law.md, dotted.",
            ) from None
        agreement = convert(fields, Agreement, path)
        law = msgspec.structs.replace(
            law,
            agreement=agreement,
            terms=compile_terms(law.route, law.common, agreement, law.lists),
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
    """The statute and each of its elements, with another last day."""
    replace = msgspec.structs.replace
    elements = tuple(
        replace(element, in_force=replace(element.in_force, last=last))
        for element in statute.elements
    )
    return replace(statute, in_force=replace(statute.in_force, last=last), elements=elements)
