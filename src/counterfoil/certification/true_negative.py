"""Whether a decoy's true answer is no, by what the register holds at the asked address. Pure;
checked after the address was opened.

An entry belongs to the row's person if it has that person's tax number or record reference; so does
every entry of the same given and family name and date of birth as one of those: one person under a
mistyped number. A question is no decoy

    withheld                where the register holds nothing of the person: the row was rejected
                            when the register was built
    former                  where the person is at the address in the period asked about
    next_unit, next_number, other_zip, like_street
                            where the person, or somebody of the asked given name and a word of the
                            family name, is at the very address that is asked about
    of persons.py           where somebody but the person bears the asked given name and a word of
                            the family name there
    junior_senior, sibling  where somebody of the asked given name and a word of the family name is
                            there, and has the asked suffix too, or the very date of birth that was
                            drawn: then the question is about that one
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from counterfoil.certification.decoys import KINDS
from counterfoil.core.values import Grant, NameForm, Resident, Residents, Sensitive
from counterfoil.normalize.name_similarity import NICKNAME, VARIANT, compare_words

EXACT: Final = "exact"
_SAME_SUFFIX: Final = {"II": "JR"}


class RowPerson(Sensitive, frozen=True, gc=False, array_like=True):
    """The row's person, as far as entries identify one: keyed hash of the tax number, and the
    record reference."""

    tin_hash: bytes
    ref: str


def residents_for_decoy(
    kind: str, person: RowPerson, grant: Grant, residents: Residents
) -> Residents | None:
    """The residents among whom the decoy is decided; None where it is no decoy after all."""
    rule = KINDS[kind]
    if rule.is_other:
        own = entries_of(person, residents.residents)
        others = [entry for entry in residents.residents if entry not in own]
        return None if any(_is_asked(grant, entry) for entry in others) else residents
    if rule.same_given:
        return (
            None if any(_is_named_so(grant, entry) for entry in residents.residents) else residents
        )
    if kind == "synthetic":
        return residents
    own = entries_of(person, residents.residents)
    if kind == "withheld":
        return remove_entries(residents, own) if own else None
    if rule.elsewhere:
        there = [
            entry
            for entry, tolerance in zip(residents.residents, residents.tolerances, strict=True)
            if tolerance == EXACT
        ]
        return (
            None if any(entry in own or _is_asked(grant, entry) for entry in there) else residents
        )
    return residents if all(set(grant.periods).isdisjoint(entry.periods) for entry in own) else None


def entries_of(person: RowPerson, residents: tuple[Resident, ...]) -> list[Resident]:
    """All entries of the row's person."""
    own = [
        entry
        for entry in residents
        if entry.tin_hash == person.tin_hash or entry.record_ref == person.ref
    ]
    known = {_identity(entry) for entry in own if entry.date_of_birth is not None}
    return (
        own + [entry for entry in residents if entry not in own and _identity(entry) in known]
        if known
        else own
    )


def remove_entries(residents: Residents, own: list[Resident]) -> Residents:
    """What was opened, with these entries taken out."""
    kept = [
        (entry, tolerance)
        for entry, tolerance in zip(residents.residents, residents.tolerances, strict=True)
        if entry not in own
    ]
    return replace(
        residents,
        residents=tuple(entry for entry, _ in kept),
        tolerances=tuple(tolerance for _, tolerance in kept),
    )


def _identity(entry: Resident) -> tuple[object, ...]:
    return entry.name.given, entry.name.family, entry.date_of_birth


def _is_asked(grant: Grant, entry: Resident) -> bool:
    """Whether an entry bears the asked first given name and a word of the asked family name."""
    asked, name = grant.name, entry.name
    return asked.given[:1] == name.given[:1] and not set(asked.family).isdisjoint(name.family)


def _is_named_so(grant: Grant, entry: Resident) -> bool:
    """Whether an entry bears the asked name, and the asked suffix or date of birth; or another form
    of it (JOHN, JACK) and the date of birth: a spelling of a resident's own name is no decoy."""
    born = grant.request.person.date_of_birth
    is_born = born is not None and born == entry.date_of_birth
    if not _is_asked(grant, entry):
        return is_born and _is_form(grant.name, entry.name)
    return is_born or _suffix(grant.name) == _suffix(entry.name)


def _is_form(asked: NameForm, name: NameForm) -> bool:
    """Whether the first given names are two forms of one, and the family names share a word."""
    if not asked.given or not name.given or set(asked.family).isdisjoint(name.family):
        return False
    return compare_words(asked.given[0], name.given[0]) in (NICKNAME, VARIANT)


def _suffix(name: NameForm) -> str:
    return _SAME_SUFFIX.get(name.suffix, name.suffix)
