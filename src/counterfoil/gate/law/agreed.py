"""What an agreement must have under law of format 3 (demands.py), beyond what its own schema sees.

    1  it is written in format 2, with what format 2 asks for: a file of format 1 is refused with
       the list of what it lacks
    2  the requester is of the list of Federal agencies; a sandbox's may be made up
    3  each citation that it designates, however it is written, is of one entry of the list of
       criminal statutes, which has no civil provision and none of tax administration
    4  that entry has elements of its own, and a route that designates has them
    5  each reading that it signs is one of a question that the law leaves open
    6  its pages are of the host that the officers' security keys are made for

An agreement of format 2 needs law of format 3. Pure. Raises SettingsFault that names the field.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import UNSET

from counterfoil.core.origins import LOCAL, is_page_of, is_rp
from counterfoil.gate.law.agreement import DELEGATION, Agreement, Designated
from counterfoil.gate.law.citations import entries_of, ranges_of
from counterfoil.gate.law.demands import edition_of
from counterfoil.gate.law.folding import fold_citation
from counterfoil.gate.law.lists import LawList, ListEntry, Lists
from counterfoil.gate.law.route import Common, Route
from counterfoil.gate.law.schema import require
from counterfoil.gate.law.statute import Statute

FORMAT: Final = "counterfoil-agreement-2"


def check_agreed(route: Route, common: Common, lists: Lists | None, agreed: Agreement) -> None:
    """Check an agreement against the law of one of its routes. See the module.

    Raises SettingsFault law_agreement_form, law_agency_unknown, law_designated_other
    or law_designated_bare.
    """
    place = f"agreement {agreed.id}"
    if lists is None or edition_of(common) < 3:
        require(
            agreed.format != FORMAT,
            "law_agreement_form",
            "the agreement has format 2, and the law that it is to be read with an earlier form",
            f"{place}: format",
            "Take the statutes, routes, common files and lists of this version too.",
        )
        return
    lacking = [] if agreed.format == FORMAT else list(_lacking(agreed, lists))  # 1
    require(
        not lacking,
        "law_agreement_form",
        f"the agreement has an earlier form, and lacks: {'; '.join(lacking)}",
        f"{place}: format",
        "Write what it lacks, as docs/formats/law.md has it, and have both parties sign it anew.",
    )
    agencies = {entry.id for entry in lists.agencies.entries if entry.within is UNSET}
    agency = agreed.parties.requester.agency
    require(  # 2
        agreed.sandbox if agency is None else agency in agencies,
        "law_agency_unknown",
        "the requester is no agency of the list of Federal agencies",
        f"{place}: parties.requester.agency",
        f"Write the id that lists/{lists.agencies.id}.yaml has for it.",
    )
    if route.kind == "written-request":
        for number, designated in enumerate(agreed.designated):
            _check_designated(route, designated, lists.statutes, f"{place}: designated.{number}")


def check_readings(statutes: Iterable[Statute], agreed: Agreement) -> None:
    """Check that each reading which an agreement signs is one of a question that some statute of
    its routes leaves open. Raises SettingsFault law_reading_unknown."""
    open_questions = {each.id: each for statute in statutes for each in statute.open_questions}
    for number, signed in enumerate(agreed.readings):  # 5
        question = open_questions.get(signed.question)
        others = {each.id for each in question.readings[1:]} if question else set[str]()
        require(
            signed.reading in others,
            "law_reading_unknown",
            "the law leaves no such question open, or has no such reading of it",
            f"agreement {agreed.id}: readings.{number}",
            "Name a question and a reading that `open` of a statute file has; the first reading "
            "needs no signature.",
        )


def check_pages(agreed: Agreement) -> None:
    """Check that the pages on which officers sign are of the host that their keys are made for, and
    of this machine in a sandbox alone. Raises SettingsFault `law_pages`."""
    pages = agreed.pages
    if pages is None:
        return
    holds = (
        is_rp(pages.rp)
        and (pages.rp != LOCAL or agreed.sandbox)
        and all(is_page_of(each, pages.rp) for each in pages.origins)
        and len(set(pages.origins)) == len(pages.origins)
    )
    require(
        holds,
        "law_pages",
        "the pages are not origins of the host that the officers' keys are made for",
        f"agreement {agreed.id}: pages",
        "Write `rp` as a host's name in lower case, office.example, and each origin once and as a "
        "browser shows it, https://office.example or https://pages.office.example:8443.",
    )


def _lacking(agreed: Agreement, lists: Lists) -> Iterator[str]:
    """What an agreement of format 1 lacks."""
    yield f"format: {FORMAT}"
    if agreed.parties.requester.agency is None and not agreed.sandbox:
        yield "parties.requester.agency (whose officers and employees may receive)"
    if agreed.delegation.allowed:
        yield f"readings: {DELEGATION} (by which a delegate may ask)"
    for number, designated in enumerate(agreed.designated):
        if _entry_of(designated.citation, lists.statutes) is None:
            yield f"designated.{number}.citation (of a listed Federal criminal statute)"


def _check_designated(route: Route, designated: Designated, statutes: LawList, place: str) -> None:
    found = _entry_of(designated.citation, statutes)
    others = [_entry_of(each, statutes) for each in designated.written_as]
    require(  # 3
        found is not None and all(other == found for other in others),
        "law_designated_other",
        "what is designated is not one Federal criminal statute of the list, or is written as "
        "another one",
        place,
        f"Designate a statute that lists/{statutes.id}.yaml has; no civil provision and none of "
        "tax administration can be designated.",
    )
    entry = found[0] if found else None
    require(  # 4
        entry is not None and entry.elements in route.statutes,
        "law_designated_bare",
        "the statute that is designated has no elements of its own in this route",
        place,
        "Write the facts of its offence as a statute file, name it in the list and in the route; "
        "until then it cannot be designated.",
    )


def _entry_of(citation: str, statutes: LawList) -> tuple[ListEntry, str] | None:
    """The entry that a citation is of, with the folded subdivision of it."""
    folded = fold_citation(citation)
    for entry in statutes.entries:
        for spelling, below in () if entry.is_range else entry.spellings():
            if fold_citation(spelling) == folded:
                return entry, fold_citation(below)
    return next(((entry, folded) for entry in entries_of(folded, ranges_of(statutes))), None)
